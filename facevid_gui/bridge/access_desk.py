"""Looking through the access log: who looked at this record, who did what (floor 2).

What enters: wishes of a dialog. What leaves: the lines it shows, in an item model, and CSV files. The log is read,
narrowed and written by workers; a hundred thousand lines take a second or two, and the window goes on meanwhile.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from facevid_gui.core.clock import from_rfc3339
from facevid_gui.core.moments import shown_time
from facevid_gui.core.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from facevid_gui.bridge.jobs import JobRunner
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.access_view import AccessLine, AccessView, Choices, Row, Wanted

COLUMNS = ("at", "operator", "event", "subject", "reason", "detail")
LINE = int(Qt.ItemDataRole.UserRole) + 1
_AnyIndex = QModelIndex | QPersistentModelIndex


class AccessModel(QAbstractTableModel):
    """Lines of the log, the newest first. `shown` and `tipped` make foreign text harmless in a cell and in a tip."""

    def __init__(
        self, messages: Messages, parent: QObject | None = None, *, shown: Callable[[str], str] = plain,
        tipped: Callable[[str], str] = plain,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._messages = messages
        self._made_harmless = {
            int(Qt.ItemDataRole.DisplayRole): shown, int(Qt.ItemDataRole.ToolTipRole): tipped,
        }  # fmt: skip
        self.lines: Sequence[Row] = ()

    def show(self, lines: Sequence[Row]) -> None:
        """Take other lines; they come in the order of the log."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """A row for each line."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """The columns of COLUMNS."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: _AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        """The words of a cell; as a tip all of it."""
        if not index.isValid():
            return None
        line = _line(self.lines[len(self.lines) - 1 - index.row()])
        if role == LINE:
            return line
        harmless = self._made_harmless.get(int(role))
        return harmless(self._cell(line, COLUMNS[index.column()])) if harmless else None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:  # noqa: ANN401
        """The names of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._messages.text(f"access.column.{COLUMNS[section]}")
        return None

    def words_of(self, event: str) -> str:
        """What an event is called."""
        known = f"access.event.{event}"
        return self._messages.text(known) if self._messages.has(known) else event

    def _cell(self, line: AccessLine, column: str) -> str:
        if column == "at":
            try:
                return shown_time(from_rfc3339(line.at), self._messages)
            except ValueError:
                return line.at
        if column == "event":
            return self.words_of(line.event)
        return line.rest if column == "detail" else str(getattr(line, column))


class AccessDesk(QObject):
    """What the dialogs ask for. One log is read at a time; a new wish takes the place of the one before."""

    read = Signal(object, object)  # AccessView: the whole log; Choices
    narrowed = Signal(object)  # the lines that are wanted
    written = Signal(object, int)  # the CSV file, how many lines
    refused = Signal(object)  # FacevidError

    def __init__(self, services: Services, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._jobs = jobs
        self._numbers = count(1)

    def load(self, subject: str = "") -> None:
        """Read the log and check its chain; what can be chosen is that of the lines about `subject`, if any."""
        self._jobs.submit(
            "access", lambda token, _tell: _read(self._services, subject, token), lambda read: self.read.emit(*read),
            failed=self.refused.emit,
        )  # fmt: skip

    def narrow(self, view: AccessView, subject: str, operator: str, event: str, day: str) -> None:
        """Pick the lines that are wanted; empty texts leave them all."""
        from facevid_gui.evidence.access_view import Wanted

        wanted = Wanted(subject, operator, event, day)
        self._jobs.submit(
            "access lines", lambda token, _tell: _picked(view, wanted, token), self.narrowed.emit,
            failed=self.refused.emit,
        )  # fmt: skip

    def write_csv(self, path: Path, lines: Sequence[Row]) -> None:
        """Write lines as CSV; a file that is there was agreed upon by whoever chose it."""
        self._jobs.submit(
            f"csv {next(self._numbers)}", lambda _token, _tell: _write(path, lines),
            lambda _none: self.written.emit(path, len(lines)), failed=self.refused.emit,
        )  # fmt: skip

    def stop(self) -> None:
        """Nobody looks any more."""
        for key in ("access", "access lines"):
            self._jobs.cancel(key, drop=True)


def _read(services: Services, subject: str, token: CancelToken) -> tuple[AccessView, Choices]:
    from facevid_gui.evidence.access_view import choices_of, read_access

    view = read_access(services.access_log.path, token)
    return view, choices_of(view, subject)


def _picked(view: AccessView, wanted: Wanted, token: CancelToken) -> tuple[Row, ...]:
    picked = []
    for number, row in enumerate(view.rows):
        if number % 1000 == 0:
            token.raise_if_cancelled()
        if wanted.takes(row):
            picked.append(row)
    return tuple(picked)


def _line(row: Row) -> AccessLine:
    from facevid_gui.evidence.access_view import AccessLine

    return AccessLine._make(row)


def _write(path: Path, lines: Sequence[Row]) -> None:
    from facevid_gui.evidence.access_view import csv_of
    from facevid_gui.files import disk_errors, replace_file

    with disk_errors(path):
        replace_file(path, csv_of(lines))
