"""What can be done with the chosen rows of the library (floor 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QWidget

from facevid_gui.bridge.library_model import ENTRY

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.views.library_view import LibraryView


@dataclass(frozen=True)
class RowCommands:
    """What the menu's entries do; each gets the chosen spans, `open` the one entry."""

    open: Callable[[LibraryEntry], object]
    verify: Callable[[], object]
    copy_ids: Callable[[], object]
    stamp: Callable[[], object]


class RowMenu(QMenu):
    """The menu of the chosen rows; what makes no sense for them is grey and says why."""

    def __init__(self, view: LibraryView, commands: RowCommands, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("library_row_menu")
        self.setToolTipsVisible(True)
        count = sum(last - first + 1 for first, last in view.spans())
        entry: LibraryEntry | None = view.currentIndex().data(ENTRY) if view.currentIndex().isValid() else None
        one = self.tr("Choose one record to open it.") if count != 1 or entry is None else ""
        none = "" if count else self.tr("No record is chosen.")
        unsealed = self.tr("Only sealed evidence can be verified: save this record first.")
        is_unsealed = count == 1 and entry is not None and entry.state not in ("sealed", "unreadable")
        self._add(self.tr("Open"), "Return", one, lambda: commands.open(entry) if entry else None)
        self._add(self.tr("Verify the chosen ones"), "", none or (unsealed if is_unsealed else ""), commands.verify)
        self._add(self.tr("Copy ids"), "Ctrl+C", none, commands.copy_ids)
        self.addSeparator()
        self._add(self.tr("Fetch missing timestamps now"), "", "", commands.stamp)

    def _add(self, words: str, keys: str, why_not: str, act: Callable[[], object]) -> QAction:
        action = self.addAction(words)
        action.setEnabled(not why_not)
        if keys:
            action.setShortcut(keys)
        if why_not:
            action.setToolTip(why_not)
            action.setStatusTip(why_not)
            action.setText(f"{words}  –  {why_not}")
        action.triggered.connect(lambda _checked=False: act())
        return action
