"""What the provider said: scores, risk tags, questions, details, the raw answers, the custody (floor 3).

Scores are shown as received, without an invented pass line; "not returned" is never 0. Personal data are masked until
asked for, and asking is logged. A record of many clips has many rows: they are made step by step, from top to bottom,
and what else happens comes in between (at once they held the window up for 40 ms).
"""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from facevid_gui.views.empty_state import EmptyState
from facevid_gui.views.findings_custody import DATA, CustodyPanel
from facevid_gui.views.findings_details import DetailsPanel
from facevid_gui.views.findings_scores import QuestionsPanel, RiskPanel, ScoresPanel
from facevid_gui.views.narrow_button import NarrowButton
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.theme import SPACE_L, SPACE_M, SPACE_S
from facevid_gui.views.widgets import Tabs, box, scrolling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.answer_tree import AnswerTree
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.views.answer_view import AnswerView
    from facevid_gui.views.theme import Theme

_STEP_S = 0.004
SUMMARY, ANSWERS, CUSTODY = range(3)


class Findings(QWidget):
    """The right-hand pane. `nothing` is what it shows without a record."""

    unmask_wanted = Signal()
    raw_answers_wanted = Signal()

    def __init__(self, theme: Theme, messages: Messages, nothing: EmptyState) -> None:
        super().__init__()
        self._theme = theme
        self._messages = messages
        self._shown: Reviewed | None = None
        self._unmasked = False
        self._steps: Iterator[None] | None = None
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
        self.scores_panel, self.risk_panel = ScoresPanel(messages), RiskPanel(messages)
        self.questions_panel, self.details_panel = QuestionsPanel(messages), DetailsPanel(theme, messages)
        self.custody_panel = CustodyPanel(theme, messages)
        self.custody_panel.setContentsMargins(0, 0, SPACE_S, 0)
        self.scores_panel.setObjectName("scores_panel")
        self.risk_panel.setObjectName("risk_panel")
        self.details_panel.unmask_wanted.connect(self.unmask_wanted)
        self._nothing = nothing
        self._pages = [scrolling(self._make_summary()), self._make_locked(), scrolling(self.custody_panel)]
        for page in (nothing, *self._pages):
            self._stack.addWidget(page)
        self._answers: AnswerView | None = None
        column.addWidget(self._stack, 1)
        self.show_nothing()

    def add_page(self, name: str, page: QWidget) -> int:
        """A tab of somebody else's; its number."""
        self._stack.addWidget(page)
        self._pages.append(page)
        return self.tabs.addTab(name)

    def _make_summary(self) -> QWidget:
        summary = QWidget()
        column = box(QVBoxLayout(summary), spacing=SPACE_L)
        column.setContentsMargins(0, 0, SPACE_S, 0)  # the scores stand at the right edge, beside the bar
        for part in (self.scores_panel, self.risk_panel, self.questions_panel, self.details_panel):
            column.addWidget(part)
        column.addStretch(1)
        return summary

    def _make_locked(self) -> QWidget:
        self._locked = EmptyState(self._theme, "lock", self.tr("Personal data"), self.tr(
            "The raw answer holds names and numbers as they were received."))  # fmt: skip
        self._locked.add_action(NarrowButton(self.tr("Show personal data (logged)"), on_click=self.unmask_wanted.emit))
        return self._locked

    @property
    def answers(self) -> AnswerView:
        """The raw answers' page, made when it is first looked at."""
        if self._answers is None:
            from facevid_gui.views.answer_view import AnswerView

            self._answers = AnswerView(self._theme, self._messages)
            self._stack.addWidget(self._answers)
        return self._answers

    def show_nothing(self) -> None:
        """No record is open."""
        self._shown = None
        self._forget_answers()
        self.tabs.setCurrentIndex(SUMMARY)
        self.tabs.hide()
        self._stack.setCurrentWidget(self._nothing)
        self._clear_all()

    def show_record(self, reviewed: Reviewed, *, unmasked: bool) -> None:
        """Show what an opened record says."""
        before = self._shown.record.evidence_id if self._shown else ""
        if reviewed is not self._shown:
            self._shown = reviewed
            self._forget_answers()  # what was opened anew is read anew
            if before != reviewed.record.evidence_id:
                self.tabs.setCurrentIndex(SUMMARY)
        self.tabs.show()
        self._unmasked = unmasked
        self._on_tab(self.tabs.currentIndex())
        self._clear_all()
        record = reviewed.record
        self._steps = chain(
            self.scores_panel.fill(record), self.risk_panel.fill(record), self.questions_panel.fill(record),
            self.details_panel.fill(reviewed, unmasked=unmasked), self.custody_panel.fill(reviewed),
        )  # fmt: skip
        self._filling.start()

    @property
    def is_filling(self) -> bool:
        """Whether rows are still to come."""
        return self._steps is not None

    def show_raw_answers(self, evidence_id: str, tree: AnswerTree) -> None:
        """The raw answers have been read."""
        if self._shown is not None and evidence_id == self._shown.record.evidence_id and self._unmasked:
            self.answers.show_tree(tree, DATA if self._shown.is_sealed else "")

    def _forget_answers(self) -> None:
        if self._answers is not None:
            self._answers.show_tree(None)

    def _clear_all(self) -> None:
        """Nothing of a record stays beside another."""
        self._steps = None
        self._filling.stop()
        for part in (
            self.scores_panel, self.risk_panel, self.questions_panel, self.details_panel, self.custody_panel,
        ):  # fmt: skip
            part.clear()

    def _fill_next(self) -> None:
        """Make rows for a few milliseconds."""
        until = time.perf_counter() + _STEP_S
        while self._steps is not None and time.perf_counter() < until:
            if next(self._steps, self) is self:
                self._steps = None
        if self._steps is None:
            self._filling.stop()
            keep_reading_order(self)

    def _on_tab(self, number: int) -> None:
        if self._shown is None or number < 0:
            return
        if number != ANSWERS or not self._unmasked:
            self._stack.setCurrentWidget(self._pages[number])
            return
        self._stack.setCurrentWidget(self.answers)
        if self.answers.is_empty:
            self.raw_answers_wanted.emit()
