"""What verifying many folders came to: what changed since last time first, then what does not hold (floor 3).

A verdict of a while ago is history: what passed is only counted, and opening a folder checks it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from facevid_gui.core.wording import reason_words
from facevid_gui.views.least_size import LEAST_WIDTH, LeastSize
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S
from facevid_gui.views.widgets import Headline, IconLabel, PlainLabel, box, push, tip, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.checking import CheckedFolder, CheckingReport
    from facevid_gui.views.theme import Theme

FOLDER = int(Qt.ItemDataRole.UserRole) + 1
_SIZE = QSize(860, 520)


class CheckModel(QAbstractTableModel):
    """The folders that are named in a report."""

    def __init__(
        self, theme: Theme, messages: Messages, report: CheckingReport, word: Callable[[str | None], str],
        titles: tuple[str, ...], parent: QObject,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._theme = theme
        self._messages = messages
        self._word = word
        self._titles = titles
        self._changed = len(report.changed)
        self._rows: tuple[CheckedFolder, ...] = (*report.changed, *report.bad)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Changed ones, then bad ones."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Folder, last time, this time, what was wrong."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        """Words of a cell; the folder of the row."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == FOLDER:
            return row.folder
        if role == Qt.ItemDataRole.DisplayRole:
            wrong = reason_words(row.reason, self._messages)
            texts = (row.folder.name, self._word(row.before), self._word(row.verdict), wrong)
            return visible(texts[column])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(str(row.folder))
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            changed = index.row() < self._changed
            return self._theme.icon(
                "flag" if changed and row.verified else "warning", "warn" if row.verified else "bad", 16
            )
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:  # noqa: ANN401
        """Titles of the columns."""
        is_title = role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal
        return self._titles[section] if is_title else None


class _Table(QTableView):
    """Enter opens, on every system."""

    chosen = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter opens a row; the dialog's button does not hear it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class CheckDialog(QDialog):
    """The result of one run; the desk stays usable beside it."""

    open_wanted = Signal(object)  # Path

    def __init__(self, theme: Theme, messages: Messages, report: CheckingReport, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("check_dialog")
        self.setWindowTitle(self.tr("What verifying came to"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._messages = messages
        column = box(QVBoxLayout(self), margin=SPACE_L, spacing=SPACE_M)
        row = box(QHBoxLayout(), spacing=SPACE_S)
        icon, tone, words = self._ending(report)
        row.addWidget(IconLabel(theme, icon, tone, 22), 0, Qt.AlignmentFlag.AlignTop)
        self.headline = Headline()
        self.headline.setText(words)
        row.addWidget(self.headline, 1)
        column.addLayout(row)
        self.numbers = PlainLabel(self._numbers(report), tone="muted", wrap=True)
        self.numbers.setObjectName("check_numbers")
        column.addWidget(self.numbers)
        titles = (self.tr("Folder"), self.tr("Last time"), self.tr("This time"), self.tr("What was wrong"))
        self.model = CheckModel(theme, messages, report, self._word, titles, self)
        self.table = self._make_table()
        self.table.setVisible(self.model.rowCount() > 0)
        column.addWidget(self.table, 1)
        if not self.model.rowCount():
            column.addStretch(1)
        column.addWidget(PlainLabel(messages.text("check.history"), tone="muted", wrap=True))
        buttons = box(QHBoxLayout(), spacing=SPACE_S)
        buttons.addStretch(1)
        self.open_button = push(self.tr("Open"), "", lambda: self._open(self.table.currentIndex()))
        self.open_button.setObjectName("check_open_button")
        self.open_button.setEnabled(False)
        close = push(self.tr("Close"), "primary", self.accept)
        close.setDefault(True)
        buttons.addWidget(self.open_button)
        buttons.addWidget(close)
        column.addLayout(buttons)
        LeastSize(self, LEAST_WIDTH)
        self.resize(_SIZE if self.model.rowCount() else QSize(_SIZE.width(), 240))

    def _make_table(self) -> _Table:
        table = _Table()
        table.setObjectName("check_table")
        table.setAccessibleName(self.tr("Folders that changed or do not hold"))
        table.setModel(self.model)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.setWordWrap(False)  # it would cut names at their first dash
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for number, width in enumerate((290, 150, 150)):
            header.resizeSection(number, width)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        table.doubleClicked.connect(self._open)
        table.chosen.connect(self._open)
        table.selectionModel().currentChanged.connect(lambda now, _before: self.open_button.setEnabled(now.isValid()))
        return table

    def _ending(self, report: CheckingReport) -> tuple[str, str, str]:
        text = self._messages.text
        if report.changed_count:
            return "warning", "bad", text("check.end.changed", count=report.changed_count)
        if report.bad_count:
            return "warning", "bad", text("check.end.bad", count=report.bad_count)
        if report.unreadable_roots:
            return "network", "warn", text("check.end.away", count=len(report.unreadable_roots))
        return "check", "ok", text("check.end.good")

    def _numbers(self, report: CheckingReport) -> str:
        text = self._messages.text
        parts = [text("check.numbers", checked=report.checked, bad=report.bad_count, new=report.new)]
        if report.unreadable_roots and (report.changed_count or report.bad_count):
            parts.append(text("check.end.away", count=len(report.unreadable_roots)))
        return " ".join(parts)

    def _word(self, verdict: str | None) -> str:
        return self._messages.text(f"check.verdict.{verdict}" if verdict else "check.verdict.none")

    def _open(self, index: QModelIndex) -> None:
        folder = index.data(FOLDER)
        if folder is not None:
            self.open_wanted.emit(folder)
