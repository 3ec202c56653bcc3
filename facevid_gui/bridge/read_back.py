"""What was shown as it was received is read back from its folder, like everything else that is shown (floor 2).

What enters: pages. What leaves: nothing, as a rule; an error in place of a record that is not what lies on the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from facevid_gui.bridge import work
from facevid_gui.bridge.session import Page
from facevid_gui.core.errors import FacevidError, SubjectError

if TYPE_CHECKING:
    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services
    from facevid_gui.evidence.review import Reviewed

AFTER_MS = 1000  # the first picture comes first
KEY = "read_back"


class ReadBack(QObject):
    """Follows the page."""

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self._read)
        controller.session.page_changed.connect(self._on_page)

    def _on_page(self) -> None:
        self._controller.jobs.cancel(KEY, drop=True)
        if self._fresh is None:
            self._timer.stop()
        else:
            self._timer.start()

    @property
    def _fresh(self) -> Reviewed | None:
        """What is shown and was not read back, unless it is just becoming evidence: that reads it, too."""
        session = self._controller.session
        reviewed = session.page.reviewed if session.page.kind == "record" else None
        if reviewed is None or reviewed.is_read_back or session.activity.what == "seal":
            return None
        return reviewed

    def _read(self) -> None:
        reviewed = self._fresh
        if reviewed is not None:
            self._controller.jobs.submit(
                KEY, lambda _token, _tell: _read_back(self._services, reviewed), lambda _none: None,
                failed=lambda error: self._on_failed(reviewed, error),
            )  # fmt: skip

    def _on_failed(self, reviewed: Reviewed, error: FacevidError) -> None:
        if reviewed is self._fresh:
            self._controller.show_page(Page("error", error=error))
            self._controller.refresh_library(reviewed.folder)


def _read_back(services: Services, reviewed: Reviewed) -> None:
    """Read a capture through the door of every other; `SubjectError` capture_changed when it is not what was shown."""
    again = work.review_capture(services, reviewed.record.evidence_id)
    if (again.capture, again.record) != (reviewed.capture, reviewed.record):
        raise SubjectError("capture_changed", path=reviewed.folder)
