"""Rescuing a list: rows come back one by one, the list can be stopped and gone on with (floor 2).

What enters: a list file and what a seal says. What leaves: rows as they end, then a summary; each on the GUI thread.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from facevid_gui.bridge.kept_list import KeptList, read_kept_list
from facevid_gui.bridge.rescue_work import kept_as, rescue_list
from facevid_gui.bridge.session import Notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.bridge.jobs import JobRunner
    from facevid_gui.bridge.rescue_work import ListSummary
    from facevid_gui.bridge.services import Services
    from facevid_gui.bridge.session import Session
    from facevid_gui.bridge.work import Sealing
    from facevid_gui.lookups.rescue_list import RowResult

KEY = "rescue_list"
RESULT = int(Qt.ItemDataRole.UserRole) + 1
COLUMNS = ("line", "record", "state")
WHOLE, IDS = "whole", "ids"  # how a row ended, and what to do next; every id, whole


class RescueDesk(QObject):
    """The commands of the rescue list's window."""

    row_ended = Signal(object)  # RowResult
    finished = Signal(object)  # ListSummary
    failed = Signal(object)  # FacevidError
    stopped = Signal()

    def __init__(
        self, services: Services, session: Session, jobs: JobRunner, tell: Callable[[str, Notice], None],
        parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._tell = tell
        self.unfinished: KeptList | None = None  # of which something is left, as far as this run knows
        self._services = services
        self._session = session
        self._jobs = jobs
        self.is_running = self._has_looked = False
        session.library_changed.connect(self._look)

    def _look(self) -> None:
        """Once, when the window has what it shows first: a list that was cut short waits, and its clock runs."""
        if not self._has_looked:
            self._has_looked = True
            state = self._services.paths.state
            self._jobs.submit("kept list", lambda _token, _tell: read_kept_list(state), self._on_kept)

    def _on_kept(self, kept: KeptList | None) -> None:
        if kept is not None and self.unfinished is None and not self.is_running:
            self.unfinished = kept
            told = {"name": kept.file.name, "case": kept.case_ref}
            self._tell("list", Notice("warn", "notice.list_unfinished", told, actions=(("rescue_list", ""),)))

    def start(self, file: Path, sealing: Sealing, *, retry: bool = False) -> None:
        """Rescue what is left of a list; one at a time. With `retry` what was missing or refused is asked for again."""
        if self.is_running:
            return
        self.is_running = True
        self.unfinished = kept_as(file, sealing, retry=retry)
        profile = self._session.profile
        named, given = profile.name if profile else None, dict(self._session.given)
        run = partial(rescue_list, self._services, named, given, file, sealing, retry)
        self._jobs.submit(
            KEY, run, self._on_finished,
            failed=partial(self._end, self.failed.emit), progress=self.row_ended.emit,
            cancelled=partial(self._end, self.stopped.emit),
        )  # fmt: skip

    def stop(self) -> None:
        """Stop after what is under way; the next start goes on."""
        self._jobs.cancel(KEY)

    def _on_finished(self, summary: ListSummary) -> None:
        if summary.is_over:
            self.unfinished = None
        if summary.sealed:
            self._session.note_sealed(self._services.evidence_roots(), waits=bool(self._services.tsa_urls))
        self._end(self.finished.emit, summary)

    def _end(self, tell: Callable[..., None], *what: object) -> None:
        self.is_running = False
        self._session.evidence_roots = self._services.evidence_roots()
        tell(*what)


class RescueModel(QAbstractTableModel):
    """The rows of a list as they ended; how a row is worded is the view's."""

    def __init__(self, word: Callable[[RowResult, str], str], titles: tuple[str, ...], parent: QObject | None) -> None:
        super().__init__(parent)
        self._word = word
        self._titles = titles
        self._rows: list[RowResult] = []

    def add(self, result: RowResult) -> None:
        """One more row ended."""
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows))
        self._rows.append(result)
        self.endInsertRows()

    def clear(self) -> None:
        """Begin again."""
        self.beginResetModel()
        self._rows.clear()
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """How many ended."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Line, record, state."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        """Words of a cell, or the row's result."""
        if not index.isValid():
            return None
        result = self._rows[index.row()]
        if role == RESULT:
            return result
        if role == Qt.ItemDataRole.DisplayRole:
            return self._word(result, COLUMNS[index.column()])
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self._word(result, IDS if COLUMNS[index.column()] == "record" else WHOLE)
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:  # noqa: ANN401
        """Titles of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._titles[section]
        return None
