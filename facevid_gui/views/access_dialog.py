"""The access log on the screen: of one record or of everybody, narrowed, and as CSV (floor 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QFileDialog, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout

from facevid_gui.bridge.access_desk import AccessModel
from facevid_gui.core.wording import failure_text
from facevid_gui.views.combo import Combo
from facevid_gui.views.least_size import LEAST_WIDTH, LeastSize
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S
from facevid_gui.views.widgets import PlainLabel, box, push, tip, visible

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QWidget

    from facevid_gui.bridge.access_desk import AccessDesk
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.access_view import AccessView, Choices
    from facevid_gui.views.theme import Theme

_SIZE = (960, 560)
_WIDTHS = (140, 110, 170, 150, 190)
_FILTERS = ("operator", "event", "day")


class AccessDialog(QDialog):
    """A table with filters. With `evidence_id` only the lines about that record."""

    def __init__(
        self, theme: Theme, messages: Messages, desk: AccessDesk, parent: QWidget | None, evidence_id: str = ""
    ) -> None:
        super().__init__(parent)
        self.setObjectName("access_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Who looked at this record") if evidence_id else self.tr("Access log"))
        self.setModal(True)
        self._messages = messages
        self._desk = desk
        self._evidence_id = evidence_id
        self._view: AccessView | None = None
        self.model = AccessModel(messages, self, shown=visible, tipped=tip)
        column = box(QVBoxLayout(self), margin=SPACE_L, spacing=SPACE_M)
        sentence = "access.sentence_record" if evidence_id else "access.sentence"
        column.addWidget(PlainLabel(messages.text(sentence, id=evidence_id), tone="muted", wrap=True))
        column.addLayout(self._make_filters(theme))
        self.state = PlainLabel(messages.text("access.reading"), wrap=True)
        self.state.setObjectName("access_state")
        column.addWidget(self.state)
        column.addWidget(self._make_table(), 1)
        buttons = box(QHBoxLayout(), spacing=SPACE_S)
        buttons.addStretch(1)
        self.csv_button = push(self.tr("Save as CSV…"), on_click=self._choose_csv)
        self.csv_button.setObjectName("access_csv_button")
        self.csv_button.setEnabled(False)
        close = push(self.tr("Close"), "primary", self.close)
        close.setDefault(True)
        buttons.addWidget(self.csv_button)
        buttons.addWidget(close)
        column.addLayout(buttons)
        self.resize(*_SIZE)
        LeastSize(self, LEAST_WIDTH)
        desk.read.connect(self._on_read)
        desk.narrowed.connect(self._on_narrowed)
        desk.written.connect(self._on_written)
        desk.refused.connect(self._on_refused)
        desk.load(evidence_id)

    def _make_filters(self, theme: Theme) -> QHBoxLayout:
        row = box(QHBoxLayout(), spacing=SPACE_S)
        self.filters: dict[str, Combo] = {}
        names = {"operator": self.tr("Operator"), "event": self.tr("Event"), "day": self.tr("Day (UTC+8)")}
        for name in _FILTERS:
            made = Combo(theme)
            made.setObjectName(f"access_{name}_box")
            made.addItem(self._messages.text(f"access.any.{name}"), "")
            made.setEnabled(False)
            made.currentIndexChanged.connect(self._narrow)
            label = PlainLabel(names[name], tone="muted")
            label.setBuddy(made)
            made.setAccessibleName(names[name])
            row.addWidget(label)
            row.addWidget(made)
            self.filters[name] = made
        row.addStretch(1)
        return row

    def _make_table(self) -> QTableView:
        self.table = QTableView()
        self.table.setObjectName("access_table")
        self.table.setAccessibleName(self.tr("Access log"))
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setWordWrap(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(number, width)
        if self._evidence_id:
            self.table.hideColumn(3)
        return self.table

    def _on_read(self, view: AccessView, choices: Choices) -> None:
        self._view = view
        known = {"operator": choices.operators, "event": choices.events, "day": choices.days}
        for name, values in known.items():
            made = self.filters[name]
            with QSignalBlocker(made):
                for value in values:
                    made.addItem(visible(self.model.words_of(value) if name == "event" else value), value)
            made.setEnabled(bool(values))
        self._narrow()

    def _narrow(self) -> None:
        if self._view is not None:
            operator, event, day = (str(self.filters[name].currentData() or "") for name in _FILTERS)
            self._desk.narrow(self._view, self._evidence_id, operator, event, day)

    def _on_narrowed(self, lines: object) -> None:
        self.model.show(lines)  # type: ignore[arg-type]
        count = self.model.rowCount()
        self.csv_button.setEnabled(count > 0)
        assert self._view is not None
        if self._view.problems:
            first = self._view.problems[0]
            self._say("bad", self._messages.text("access.broken", line=first.line, count=len(self._view.problems)))
        else:
            self._say("ok" if count else "muted", self._messages.text("access.count", count=count))

    def _choose_csv(self) -> None:
        name = f"access-{self._evidence_id[:8]}.csv" if self._evidence_id else "access.csv"
        dialog = QFileDialog(self, self.tr("Save as CSV"), str(Path.home() / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save_csv(Path(chosen)))
        dialog.open()

    def save_csv(self, path: Path) -> None:
        """Write what the table shows."""
        self._desk.write_csv(path, self.model.lines)

    def _on_written(self, path: Path, count: int) -> None:
        self._say("ok", self._messages.text("access.csv_written", path=path, count=count))

    def _on_refused(self, error: FacevidError) -> None:
        self._say("bad", failure_text(error.code, error.params, self._messages))

    def _say(self, tone: str, text: str) -> None:
        self.state.set_tone(tone)
        self.state.setText(text)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Nobody looks any more."""
        self._desk.stop()
        super().closeEvent(event)
