"""Memory that a record held goes back to the system a moment after another page took its place (floor 2).

What enters: pages. What leaves: nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from facevid_gui.bridge.heap import give_back

if TYPE_CHECKING:
    from facevid_gui.bridge.controller import Controller

AFTER_MS = 2000  # the first picture is long there
KEY = "give_back"


class GiveBack(QObject):
    """Follows the page."""

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._timer = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._timer.timeout.connect(self._give_back)
        controller.session.page_changed.connect(self._on_page)

    @Slot()
    def _on_page(self) -> None:
        if not self._timer.isActive():  # who goes through records fast gives back meanwhile, too
            self._timer.start()

    @Slot()
    def _give_back(self) -> None:
        self._controller.jobs.submit(KEY, lambda _token, _tell: give_back(), lambda _done: None)
