"""What a machine said of the person: scores, risk tags, recognised answers (floor 3).

Scores are shown as received, with the scale they are read on and without a pass line; what is not there says in which
way it is not. A tag says what it means, what to look for and what it does not prove. Each panel is filled in steps,
so that the event loop goes on in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.core.wording import question_result, risk_limits, risk_meaning, score_text
from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS
from facevid_gui.views.widgets import Line, PlainLabel, SectionTitle, box, embolden, panel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QLayout

    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import Question, Record, RiskTag, Scores

FIELDS = {"live_rate": "liveRate", "similarity": "similarity"}


class Part(QWidget):
    """A part of the findings: emptied, then filled step by step."""

    def __init__(self, messages: Messages) -> None:
        super().__init__()
        self._messages = messages
        self._column = box(QVBoxLayout(self), spacing=SPACE_S)

    def clear(self) -> None:
        """Nothing of a record stays beside another."""
        empty(self._column)

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)

    def _say(self, text: str, tone: str = "muted") -> None:
        self._add(PlainLabel(text, tone=tone, wrap=True))


class ScoresPanel(Part):
    """The scores, as received."""

    def fill(self, record: Record) -> Iterator[None]:
        """Show the scores of a record."""
        self._add(SectionTitle(self.tr("Scores, as received")))
        if record.kind != "kyc":
            self._say(self._messages.text("scores.none_ess"))
            return
        for name in FIELDS:
            self._add(self._row(record.scores, name))
            self._add(Line())
            yield
        self._say(self._messages.text("scores.limits"))

    def _row(self, scores: Scores, name: str) -> QWidget:
        row = QWidget()
        line = box(QHBoxLayout(row), spacing=SPACE_S)
        words = box(QVBoxLayout(), spacing=0)
        label = self._messages.text(f"score.{name}")
        words.addWidget(PlainLabel(label, wrap=True))
        words.addWidget(PlainLabel(self._messages.text("score.scale", field=FIELDS[name]), tone="muted", wrap=True))
        line.addLayout(words, 1)
        is_there = getattr(scores, name) is not None
        shown = PlainLabel(
            score_text(scores, name, self._messages), tone="" if is_there else "muted", wrap=not is_there
        )
        if is_there:
            embolden(shown, 1.7)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(shown, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.setAccessibleName(f"{label}: {shown.text()}")
        return row


class RiskPanel(Part):
    """Risk tags with their meaning; unknown ones as they came."""

    def fill(self, record: Record) -> Iterator[None]:
        """Show the tags of a record; e-sign has none."""
        self.setVisible(record.kind == "kyc")
        if record.kind != "kyc":
            return
        self._add(SectionTitle(self.tr("Risk tags")))
        if not record.risk_tags and not record.hollow_risks:
            self._say(self._messages.text("risk.none_returned"))
        for field, how in record.hollow_risks:
            self._say(self._messages.text("risk.hollow", field=field, how=self._messages.text(f"value.{how}")))
        for tag in record.risk_tags:
            self._add(self._card(tag))
            yield

    def _card(self, tag: RiskTag) -> QWidget:
        card = panel("tag")
        inner = box(QVBoxLayout(card), margin=SPACE_M, spacing=SPACE_XS)
        title = PlainLabel(f"{tag.tag}  {risk_meaning(tag, self._messages)}", wrap=True)
        embolden(title)
        inner.addWidget(title)
        if tag.meaning_id:
            inner.addWidget(PlainLabel(self._messages.text(f"{tag.meaning_id}.look"), wrap=True))
        inner.addWidget(PlainLabel(risk_limits(tag, self._messages), tone="muted", wrap=True))
        name = "risk.field_received" if tag.received else "risk.field"
        said = self._messages.text(name, field=tag.field, received=tag.received)
        inner.addWidget(PlainLabel(said, tone="muted", wrap=True))
        return card


class QuestionsPanel(Part):
    """The intention check: what was recognised for each question, and its code."""

    def fill(self, record: Record) -> Iterator[None]:
        """Show the answers of a record as a table."""
        self.setVisible(bool(record.questions))
        if not record.questions:
            return
        self._add(SectionTitle(self.tr("Intention: questions and answers")))
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        for column, title in enumerate((self.tr("No."), self.tr("Recognised answer"), self.tr("Result"))):
            grid.addWidget(PlainLabel(title, tone="muted", wrap=True), 0, column)
        self._add(table)
        for number, question in enumerate(record.questions, 1):
            self._add_question(grid, number, question)
            yield
        self._say(self._messages.text("question.limits"))

    def _add_question(self, grid: QGridLayout, number: int, question: Question) -> None:
        is_there = question.transcript is not None
        said = question.transcript if question.transcript is not None else self._messages.text("value.not_returned")
        result, tone = question_result(question, self._messages)
        words = PlainLabel(
            said or self._messages.text("value.empty"), tone="" if is_there and said else "muted", wrap=True
        )
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        cells = (PlainLabel(str(number), tone="muted"), words, PlainLabel(result, tone=tone, wrap=True))
        for column, label in enumerate(cells):
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label, number, column)


def empty(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
