"""The library as an item model: unsaved captures on top, sealed folders below, narrowed by a search (floor 2).

What enters: the entries as the library room listed them. What leaves: rows with roles; how they look is the view's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from facevid_gui.core.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.evidence.library import LibraryEntry

ENTRY = int(Qt.ItemDataRole.UserRole) + 1
HEADER = int(Qt.ItemDataRole.UserRole) + 2
_CLOCK = Clock()
FILTERS = ("all", "unsaved", "trouble", "due")
_TROUBLE = frozenset({"unsigned", "unknown_signer", "altered", "chain_broken", "register_disagrees", "unreadable"})


@dataclass(frozen=True)
class Header:
    """A headline between rows: "unsaved" or "sealed", with the number of rows below."""

    section: str
    count: int


class LibraryModel(QAbstractListModel):
    """Rows of the library pane."""

    counts_changed = Signal()

    def __init__(self, parent: QObject | None = None, now: Callable[[], datetime] = _CLOCK.now) -> None:
        super().__init__(parent)
        self._now = now
        self._entries: tuple[LibraryEntry, ...] = ()
        self._rows: list[Header | LibraryEntry] = []
        self._text = ""
        self._filter = "all"

    def show(self, entries: Sequence[LibraryEntry]) -> None:
        """Take what the library holds now."""
        if tuple(entries) == self._entries:
            return
        self._entries = tuple(entries)
        self._arrange()
        self.counts_changed.emit()

    def search(self, text: str) -> None:
        """Narrow the rows to those that hold every word of `text`."""
        self._text = text.strip()
        self._arrange()

    def choose(self, filter_name: str) -> None:
        """Narrow the rows to one of FILTERS."""
        self._filter = filter_name
        self._arrange()

    def count_of(self, filter_name: str) -> int:
        """How many entries a filter lets through, whatever was searched."""
        return sum(1 for entry in self._entries if self._passes(entry, filter_name))

    def row_of(self, folder: Path) -> int:
        """The row that shows a folder, -1 when it is not shown."""
        for number, row in enumerate(self._rows):
            if not isinstance(row, Header) and row.path == folder:
                return number
        return -1

    def entry_at(self, index: QModelIndex | QPersistentModelIndex) -> LibraryEntry | None:
        """The entry of a row, None for a headline."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        return None if isinstance(row, Header) else row

    def tick(self) -> None:
        """Time passed: the countdowns of the unsaved rows read differently now."""
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Headlines and entries."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        """The entry or headline; as text its id, for keyboard search and screen readers."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if isinstance(row, Header):
            return row if role == HEADER else None
        if role == ENTRY:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " ".join(filter(None, (row.flow_id or row.order_no or row.evidence_id, row.case_ref)))
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Headlines cannot be chosen."""
        if self.entry_at(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def _arrange(self) -> None:
        shown = [
            e for e in self._entries if self._passes(e, self._filter) and (not self._text or e.matches(self._text))
        ]
        unsaved = [entry for entry in shown if _is_unsaved(entry)]
        sealed = [entry for entry in shown if not _is_unsaved(entry)]
        rows: list[Header | LibraryEntry] = []
        for section, part in (("unsaved", unsaved), ("sealed", sealed)):
            if part:
                rows += [Header(section, len(part)), *part]
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def _passes(self, entry: LibraryEntry, filter_name: str) -> bool:
        if filter_name == "unsaved":
            return _is_unsaved(entry)
        if filter_name == "trouble":
            return entry.state in ("interrupted", "unreadable") or entry.last_verdict in _TROUBLE
        return filter_name != "due" or entry.is_due(self._now())


def _is_unsaved(entry: LibraryEntry) -> bool:
    return entry.state in ("complete", "interrupted", "receiving")
