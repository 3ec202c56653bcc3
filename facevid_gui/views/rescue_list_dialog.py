"""Rescuing a list of records: choose the list, say case and purpose once, watch the rows end (floor 3).

The dialog is not modal: the desk stays usable while the list is worked through, and closing it stops nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.bridge.rescue_desk import IDS, RESULT, WHOLE, RescueModel
from facevid_gui.bridge.work import Sealing
from facevid_gui.core.errors import UsageError
from facevid_gui.core.wording import failure_text, joined, window_failure
from facevid_gui.views.least_size import LEAST_WIDTH, LeastSize
from facevid_gui.views.passphrase_rows import PassphraseRows
from facevid_gui.views.save_dialog import typed_path
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S
from facevid_gui.views.widgets import BriefLabel, PlainLabel, add_row, box, push, tip, visible

if TYPE_CHECKING:
    from facevid_gui.bridge.rescue_desk import RescueDesk
    from facevid_gui.bridge.rescue_work import ListSummary
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages
    from facevid_gui.lookups.rescue_list import RowResult


_HEAD, _TAIL = 9, 8  # letters of an id that stay when two must stand in one row


def _ids(result: RowResult) -> list[str]:
    """The ids of a row: the flow's, and the signer's, who is one of several."""
    subject = result.subject
    ids = (subject.flow_id, subject.sign_id, subject.order_no) if subject else ()
    return [one for one in ids if one]


def _short(one: str) -> str:
    """An id without its middle: ids of one list differ at their ends."""
    return one if len(one) <= _HEAD + _TAIL + 1 else f"{one[:_HEAD]}…{one[-_TAIL:]}"


class RescueListDialog(QDialog):
    """The form above, the rows below."""

    def __init__(self, messages: Messages, session: Session, desk: RescueDesk, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("rescue_list_dialog")
        self.setWindowTitle(self.tr("Rescue a list"))
        self.resize(860, 620)
        LeastSize(self, LEAST_WIDTH)
        self._messages = messages
        self._session = session
        self._desk = desk
        column = box(QVBoxLayout(self), margin=SPACE_L, spacing=SPACE_M)
        column.addWidget(PlainLabel(messages.text("rescue_list.sentence"), tone="muted", wrap=True))
        column.addLayout(self._make_form())
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1)
        self.progress.setAccessibleName(self.tr("Progress"))
        column.addWidget(self.progress)
        titles = (self.tr("Line"), self.tr("Record"), self.tr("Result"))
        self.model = RescueModel(self._word, titles, self)
        self.table = QTableView()
        self.table.setObjectName("rescue_table")
        self.table.setAccessibleName(self.tr("Results"))
        self.table.setModel(self.model)
        self.table.selectionModel().currentChanged.connect(self._on_current)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setWordWrap(False)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(1, 300)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        column.addWidget(self.table, 1)
        self.status = BriefLabel(" ")
        self.status.setObjectName("rescue_status")
        self.status.setMinimumHeight(2 * self.status.fontMetrics().height())
        column.addWidget(self.status)
        column.addLayout(self._make_buttons())
        desk.row_ended.connect(self._on_row)
        desk.finished.connect(self._on_finished)
        desk.failed.connect(self._on_failed)
        desk.stopped.connect(self._on_stopped)
        self._update()

    def _make_form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(SPACE_M)
        form.setVerticalSpacing(SPACE_S)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        roots = self._session.evidence_roots
        self.file_field, self.case_field, self.purpose_field = QLineEdit(), QLineEdit(), QLineEdit()
        self.place_field = QLineEdit(str(roots[0]) if roots else "")
        holder = QWidget()
        row = box(QHBoxLayout(holder), spacing=SPACE_S)
        row.addWidget(self.file_field, 1)
        row.addWidget(push(self.tr("Choose…"), on_click=self._choose_file))
        add_row(form, self.tr("List (CSV)"), holder, self.file_field)
        add_row(form, self.tr("Case"), self.case_field)
        add_row(form, self.tr("Purpose"), self.purpose_field)
        add_row(form, self.tr("Place"), self.place_field)
        self.passphrase = PassphraseRows(form, self._messages, self._session.key_protection, self, "rescue_")
        self.passphrase.changed.connect(self._update)
        self.retry_box = QCheckBox(self.tr("Ask again for what was missing or refused"))
        self.retry_box.setObjectName("rescue_retry_box")
        form.addRow("", self.retry_box)
        kept = self._desk.unfinished
        if kept is not None:
            self.file_field.setText(str(kept.file))
            self.case_field.setText(kept.case_ref)
            self.purpose_field.setText(kept.purpose)
            self.place_field.setText(str(kept.root))
            self.retry_box.setChecked(kept.retry)
        for name, field in (("file", self.file_field), ("case", self.case_field), ("purpose", self.purpose_field),
                            ("place", self.place_field)):  # fmt: skip
            field.setObjectName(f"rescue_{name}_field")
            field.textChanged.connect(self._update)
        return form

    def _make_buttons(self) -> QHBoxLayout:
        row = box(QHBoxLayout(), spacing=SPACE_S)
        row.addStretch(1)
        self.stop_button = push(self.tr("Stop"), "danger", self._stop)
        self.stop_button.setObjectName("rescue_stop_button")
        self.start_button = push(self.tr("Rescue"), "primary", self._start)
        self.start_button.setObjectName("rescue_start_button")
        self.start_button.setDefault(True)
        for button in (self.stop_button, push(self.tr("Close"), on_click=self.close), self.start_button):
            row.addWidget(button)
        return row

    def _choose_file(self) -> None:
        dialog = QFileDialog(
            self, self.tr("Rescue a list"), self.file_field.text(), self.tr("Lists (*.csv *.txt *.tsv)")
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.file_field.setText)
        dialog.open()

    def _start(self) -> None:
        try:
            file, root = typed_path(self.file_field), typed_path(self.place_field)
        except UsageError as error:
            self._on_failed(error)
            return
        self.model.clear()
        self._say("muted", self.tr("Working through the list, the most urgent first…"))
        sealing = Sealing(self.case_field.text(), self.purpose_field.text(), root, self.passphrase.secret())
        self.passphrase.clear()
        self._desk.start(file, sealing, retry=self.retry_box.isChecked())
        self._update()

    def _stop(self) -> None:
        self._desk.stop()
        self.stop_button.setEnabled(False)
        self._say("muted", self.tr("Stopping…"))

    def _on_row(self, result: RowResult) -> None:
        self.model.add(result)
        self.table.scrollToBottom()

    def _on_finished(self, summary: ListSummary) -> None:
        tone = "ok" if not summary.left and not summary.unsealed else "warn"
        text = self._messages.text(
            "rescue.summary", sealed=summary.sealed, unsealed=summary.unsealed, left=summary.left
        )
        self._say(tone, text)
        self._update()

    def _on_failed(self, error: FacevidError) -> None:
        self._say("bad", failure_text(error.code, error.params, self._messages))
        self._update()

    def _on_stopped(self) -> None:
        self._say("warn", self._messages.text("rescue_list.stopped"))
        self._update()

    def _word(self, result: RowResult, column: str) -> str:
        if column == WHOLE:
            return tip("\n".join(filter(None, self._ending(result))))
        if column == IDS:
            return tip(visible("\n".join(_ids(result)) or result.written))
        return visible(self._cell(result, column)) or "–"

    def _cell(self, result: RowResult, column: str) -> str:
        if column == "line":
            return str(result.line)
        if column == "record":
            ids = _ids(result)
            return " ".join(ids if len(ids) < 2 else map(_short, ids)) or result.written
        if result.ending.evidence is not None:  # its name tells it from the others, not where all of them lie
            return self._messages.text("rescue_list.sealed", path=result.ending.evidence.name)
        return " ".join(filter(None, self._ending(result)))

    def _ending(self, result: RowResult) -> tuple[str, str]:
        """How a row ended, and what to do next."""
        ending = result.ending
        if ending.evidence is not None:
            return self._messages.text("rescue_list.sealed", path=str(ending.evidence)), ""
        if ending.problem is not None:
            return window_failure(ending.problem.code, ending.problem.params, self._messages)
        if ending.outcome is not None:
            return window_failure(ending.outcome.code, dict(ending.outcome.params), self._messages)
        return "", ""

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        """A row that is chosen is read whole below, by keyboard, too."""
        result = current.data(RESULT)
        if result is not None and not self._desk.is_running:
            tone = "muted" if result.ending.evidence is not None else "warn"
            what, next_step = self._ending(result)
            self._say(tone, joined(what, next_step) if next_step else what)

    def _say(self, tone: str, text: str) -> None:
        self.status.set_tone(tone)
        self.status.setText(text)

    def _update(self) -> None:
        running = self._desk.is_running
        fields = [self.file_field, self.case_field, self.purpose_field, self.place_field]
        for field in (*fields, *self.passphrase.fields):
            field.setEnabled(not running)
        is_complete = all(field.text().strip() for field in fields) and self.passphrase.is_complete
        self.start_button.setEnabled(not running and is_complete)
        self.stop_button.setEnabled(running)
        self.progress.setRange(0, 0 if running else 1)
