"""What the provider said: scores, risk tags, questions, details, the raw answer, the custody (floor 3).

Scores are shown as received, without an invented pass line; "not returned" is never 0. Personal data are masked until
asked for, and asking is logged. A record of many clips has many rows: they are made section by section, from top to
bottom, and what else happens comes in between (at once they held the window up for 40 ms).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.codes import meaning_of
from facevid_gui.core.masking import mask_number
from facevid_gui.core.wording import deadline_rule, local_time, media_name, risk_meaning, signer_text
from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S, SPACE_XS, fixed_font
from facevid_gui.views.widgets import (
    Line,
    PlainLabel,
    SectionTitle,
    Tabs,
    ValueRow,
    box,
    panel,
    push,
    scrolling,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtWidgets import QLayout

    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import Record
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.views.theme import Theme

Row = tuple[str, str | None, bool]  # label, value, whether it is an id
# Members of an answer that have a place of their own in the pane.
_SHOWN_ABOVE = frozenset(
    {"code", "msg", "orderNo", "bizSeqNo", "liveRate", "similarity", "occurredTime", "RequestId", "FlowId", "SignId"}
)


class Findings(QWidget):
    """The right-hand pane. `nothing` is what it shows without a record."""

    unmask_wanted = Signal()
    raw_answer_wanted = Signal()

    def __init__(self, theme: Theme, messages: Messages, nothing: EmptyState) -> None:
        super().__init__()
        self._theme = theme
        self._messages = messages
        self._raw_of = ""
        self._shown: Reviewed | None = None
        self._unmasked = False
        self._sections: list[Callable[[], None]] = []
        self._filling = QTimer(self)
        self._filling.setInterval(0)
        self._filling.timeout.connect(self._fill_next)
        column = box(QVBoxLayout(self), spacing=SPACE_M)
        self.tabs = Tabs()
        self.tabs.setObjectName("findings_tabs")
        self.tabs.setAccessibleName(self.tr("Findings"))
        self.tabs.show_tabs([self.tr("Findings"), self.tr("Raw answer"), self.tr("Custody")])
        self.tabs.currentChanged.connect(self._on_tab)
        column.addWidget(self.tabs)
        self._stack = QStackedWidget()
        self._pages: dict[int, QWidget] = {}
        self._summary, self.scores_panel, self.risk_panel = QWidget(), QWidget(), QWidget()
        self.scores_panel.setObjectName("scores_panel")
        self.risk_panel.setObjectName("risk_panel")
        self._questions, self._details = QWidget(), QWidget()
        summary = box(QVBoxLayout(self._summary), spacing=SPACE_L)
        for part in (self.scores_panel, self.risk_panel, self._questions, self._details):
            box(QVBoxLayout(part), spacing=SPACE_S)
            summary.addWidget(part)
        summary.addStretch(1)
        self.raw_text = QPlainTextEdit()
        self.raw_text.setReadOnly(True)
        self.raw_text.setFont(fixed_font(0.9))
        self.raw_text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.raw_text.setAccessibleName(self.tr("Raw answer"))
        self._custody = QWidget()
        box(QVBoxLayout(self._custody), spacing=SPACE_S)
        self._masked = EmptyState(theme, "lock", self.tr("Personal data"), self.tr(
            "The raw answer holds names and numbers as they were received."))  # fmt: skip
        self._masked.add_action(push(self.tr("Show personal data (logged)"), on_click=self.unmask_wanted.emit))
        for page in (nothing, scrolling(self._summary), self.raw_text, scrolling(self._custody), self._masked):
            self._stack.addWidget(page)
        column.addWidget(self._stack, 1)
        self.show_nothing()

    def add_page(self, name: str, page: QWidget) -> int:
        """A tab of somebody else's; its number."""
        self._stack.addWidget(page)
        number = self.tabs.addTab(name)
        self._pages[number] = page
        return number

    def show_nothing(self) -> None:
        """No record is open."""
        self._raw_of, self._shown = "", None
        self.raw_text.clear()
        self.tabs.setCurrentIndex(0)
        self.tabs.hide()
        self._stack.setCurrentIndex(0)
        self._clear_all()

    def show_record(self, reviewed: Reviewed, *, unmasked: bool) -> None:
        """Show what an opened record says."""
        record = reviewed.record
        if reviewed is not self._shown:
            is_other = self._raw_of != record.evidence_id
            self._shown, self._raw_of = reviewed, record.evidence_id
            self.raw_text.clear()  # what was opened anew is read anew
            if is_other:
                self.tabs.setCurrentIndex(0)
        self.tabs.show()
        self._unmasked = unmasked
        self._on_tab(self.tabs.currentIndex())
        self._clear_all()
        self._sections = [
            partial(self._fill_scores, record), partial(self._fill_risk, record),
            partial(self._fill_questions, record), partial(self._fill_details, reviewed, unmasked=unmasked),
            partial(self._fill_files, reviewed), partial(self._fill_custody, reviewed),
        ]  # fmt: skip
        self._filling.start()

    @property
    def is_filling(self) -> bool:
        """Whether sections are still to come."""
        return bool(self._sections)

    def _clear_all(self) -> None:
        """Nothing of a record stays beside another."""
        self._sections = []
        for part in (self.scores_panel, self.risk_panel, self._questions, self._details, self._custody):
            _clear(part)

    def _fill_next(self) -> None:
        if self._sections:
            self._sections.pop(0)()
        if not self._sections:
            self._filling.stop()

    def show_raw_answer(self, evidence_id: str, text: str) -> None:
        """The raw answer has been read."""
        if evidence_id == self._raw_of:
            lines = text.replace("\r\n", "\n").expandtabs(4)
            self.raw_text.setPlainText(visible(lines, len(lines)))

    def _on_tab(self, number: int) -> None:
        if not self._raw_of or number < 0:
            return
        if number in self._pages:
            self._stack.setCurrentWidget(self._pages[number])
            return
        if number == 1 and not self._unmasked:
            self._stack.setCurrentWidget(self._masked)
            return
        self._stack.setCurrentIndex(1 + number)
        if number == 1 and not self.raw_text.toPlainText():
            self.raw_text.setPlaceholderText(self.tr("Reading the answer…"))
            self.raw_answer_wanted.emit()

    def _fill_scores(self, record: Record) -> None:
        layout = _layout(self.scores_panel)
        layout.addWidget(SectionTitle(self.tr("Scores, as received")))
        if record.kind != "kyc":
            layout.addWidget(PlainLabel(self._messages.text("scores.none_ess"), tone="muted", wrap=True))
            return
        for name, value in (("live_rate", record.scores.live_rate), ("similarity", record.scores.similarity)):
            layout.addWidget(_score_row(self._messages.text(f"score.{name}"), name, value, self._messages))
            layout.addWidget(Line())
        layout.addWidget(PlainLabel(self._messages.text("scores.limits"), tone="muted", wrap=True))

    def _fill_risk(self, record: Record) -> None:
        layout = _layout(self.risk_panel)
        self.risk_panel.setVisible(record.kind == "kyc")
        if record.kind != "kyc":
            return
        layout.addWidget(SectionTitle(self.tr("Risk tags")))
        if not record.risk_tags:
            layout.addWidget(PlainLabel(self._messages.text("risk.none_returned"), tone="muted", wrap=True))
        for tag in record.risk_tags:
            card = panel("tag")
            inner = box(QVBoxLayout(card), margin=SPACE_M, spacing=SPACE_XS)
            title = PlainLabel(f"{tag.tag}  {risk_meaning(tag, self._messages)}", wrap=True)
            font = title.font()
            font.setBold(True)
            title.setFont(font)
            inner.addWidget(title)
            hint = f"{tag.meaning_id}.look" if tag.meaning_id else ""
            if hint and self._messages.has(hint):
                inner.addWidget(PlainLabel(self._messages.text(hint), tone="muted", wrap=True))
            inner.addWidget(PlainLabel(self._messages.text("risk.field", field=tag.field), tone="muted", wrap=True))
            layout.addWidget(card)

    def _fill_questions(self, record: Record) -> None:
        layout = _layout(self._questions)
        self._questions.setVisible(bool(record.questions))
        if not record.questions:
            return
        layout.addWidget(SectionTitle(self.tr("Intention: questions and answers")))
        for number, question in enumerate(record.questions, 1):
            row = QWidget()
            line = box(QHBoxLayout(row), spacing=SPACE_S)
            name = PlainLabel(self._messages.text("label.question", number=number), tone="muted")
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            line.addWidget(name)
            matched = question.code == "0"
            said = self._messages.text("value.not_returned") if question.transcript is None else question.transcript
            code = self._messages.text(
                "question.matched" if matched else "question.not_matched", code=question.code or "–"
            )
            line.addWidget(PlainLabel(f"{said}\n{code}", tone="" if matched else "warn", wrap=True), 1)
            layout.addWidget(row)

    def _fill_details(self, reviewed: Reviewed, *, unmasked: bool) -> None:
        layout = _layout(self._details)
        layout.addWidget(SectionTitle(self.tr("Details")))
        record = reviewed.record
        for row in (*self._record_rows(reviewed, unmasked=unmasked), *self._answer_rows(record, unmasked=unmasked)):
            self._add_row(layout, *row)
        if not unmasked and (record.signer is not None or any(detail.personal for detail in record.details)):
            layout.addWidget(push(self.tr("Show personal data (logged)"), "link", self.unmask_wanted.emit), 0,
                             Qt.AlignmentFlag.AlignLeft)  # fmt: skip

    def _fill_files(self, reviewed: Reviewed) -> None:
        layout = _layout(self._details)
        for row in self._file_rows(reviewed):
            self._add_row(layout, *row)
        for warning in reviewed.record.warnings:
            layout.addWidget(PlainLabel(warning, tone="warn", wrap=True))

    def _add_row(self, layout: QVBoxLayout, label: str, value: str | None, is_id: bool = False) -> None:
        if value:
            layout.addWidget(ValueRow(self._theme, label, value, is_id=is_id, copy_tip=self.tr("Copy")))

    def _record_rows(self, reviewed: Reviewed, *, unmasked: bool) -> Iterator[Row]:
        text, record, outcome = self._messages.text, reviewed.record, reviewed.record.outcome
        for name in ("flow_id", "sign_id", "order_no"):
            yield text(f"label.{name}"), getattr(record, name), True
        if record.signer is not None:
            yield text("label.signer"), signer_text(record.signer, unmask=unmasked), False
        yield text("label.occurred_at"), local_time(record.occurred_at, self._messages), False
        deadline = record.deadline
        yield text("label.deadline"), deadline_rule(deadline, reviewed.capture.captured_at, self._messages), False
        yield self.tr("rule"), "\n".join(filter(None, (deadline.safe_source, deadline.outer_source))), False
        yield self.tr("looked up"), local_time(reviewed.capture.captured_at, self._messages), False
        if record.clock_offset_s is not None:
            yield self.tr("clock"), text("clock.difference", seconds=f"{record.clock_offset_s:+.1f}"), False
        said = " ".join(filter(None, (outcome.provider_code, outcome.provider_message)))
        yield text("label.provider_code"), said, False
        if record.kind == "kyc" and outcome.provider_code not in (None, "0"):
            yield self.tr("meaning"), text(f"error.{meaning_of('kyc', str(outcome.provider_code)).message}"), False
        yield text("label.request_id"), outcome.request_id, True

    def _answer_rows(self, record: Record, *, unmasked: bool) -> Iterator[Row]:
        for detail in record.details:
            if detail.name not in _SHOWN_ABOVE:
                yield (
                    detail.name,
                    mask_number(detail.value) if detail.personal and not unmasked else detail.value,
                    False,
                )

    def _file_rows(self, reviewed: Reviewed) -> Iterator[Row]:
        record, capture = reviewed.record, reviewed.capture
        yield self.tr("case"), capture.case_ref, False
        yield self.tr("purpose"), capture.purpose, False
        yield self.tr("server"), _server(reviewed), False
        for item in (*record.clips, *record.photos):
            unusable = self._messages.text("media.unusable")
            yield media_name(item, self._messages), item.sha256 or unusable, item.sha256 is not None

    def _fill_custody(self, reviewed: Reviewed) -> None:
        layout = _layout(self._custody)
        if reviewed.verdict is None:
            layout.addWidget(PlainLabel(self._messages.text("custody.unsaved"), tone="muted", wrap=True))
        else:
            verdict = reviewed.verdict
            layout.addWidget(SectionTitle(self.tr("Seal")))
            self._add_row(layout, self.tr("seal digest"), verdict.seal_sha256, is_id=True)
            self._add_row(layout, self.tr("signer"), verdict.signer.sha256 if verdict.signer else None, is_id=True)
            self._add_row(layout, self.tr("custody head"), verdict.custody_head, is_id=True)
            if verdict.capture_to_seal_s is not None:
                self._add_row(layout, self.tr("look-up to seal"), f"{verdict.capture_to_seal_s:g} s")
            layout.addWidget(SectionTitle(self.tr("Events")))
            for event in reviewed.custody:
                name = self._messages.text(f"custody.event.{event.event}")
                layout.addWidget(
                    PlainLabel(f"{event.seq}  {name}\n{to_rfc3339(event.at)} · {event.operator}", wrap=True)
                )
        layout.addStretch(1)


def _score_row(label: str, name: str, value: str | None, messages: Messages) -> QWidget:
    row = QWidget()
    line = box(QHBoxLayout(row), spacing=SPACE_S)
    words = box(QVBoxLayout(), spacing=0)
    words.addWidget(PlainLabel(label))
    field = {"live_rate": "liveRate"}.get(name, name)
    words.addWidget(PlainLabel(field, tone="muted"))
    line.addLayout(words, 1)
    shown = PlainLabel(value if value is not None else messages.text("value.not_returned"),
                       tone="" if value is not None else "muted")  # fmt: skip
    if value is not None:
        font = shown.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        font.setBold(True)
        shown.setFont(font)
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    line.addWidget(shown, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    row.setAccessibleName(f"{label}: {shown.text()}")
    return row


def _server(reviewed: Reviewed) -> str:
    provider = reviewed.capture.provider
    tls = next((e.tls.version for e in reviewed.capture.exchanges if e.tls), None)
    return " · ".join(filter(None, (provider.host, tls)))


def _layout(part: QWidget) -> QVBoxLayout:
    layout = part.layout()
    assert isinstance(layout, QVBoxLayout)
    return layout


def _clear(part: QWidget) -> None:
    _empty(_layout(part))


def _empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
