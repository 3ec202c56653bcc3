"""What was said in the clip that is open: the recognised answers and their codes, beside the clips' tabs (floor 3).

Only the question clip has words. In a record with one, the place is kept for the others, too, so that the stage does
not jump when the tab changes, unless the window is low; in a record without, nothing is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedLayout, QWidget

from facevid_gui.core.wording import question_result
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.theme import SPACE_S
from facevid_gui.views.widgets import Chip

if TYPE_CHECKING:
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import MediaItem, Question, Record

_LETTERS = 44
_MOST = 10  # rounds of one check (ess.md 2)


class ClipWords(QWidget):
    """A row of answers that wraps like words."""

    def __init__(self, messages: Messages) -> None:
        super().__init__()
        self.setObjectName("clip_words")
        self.setAccessibleName(self.tr("Recognised answers"))
        self._messages = messages
        self._pages = QStackedLayout(self)  # as high as the higher one: the stage does not jump
        self._row, none = FlowLayout(SPACE_S), FlowLayout(SPACE_S)
        self._said, self._none = QWidget(), QWidget()
        for page, row in ((self._said, self._row), (self._none, none)):
            page.setLayout(row)
            self._pages.addWidget(page)
        none.addWidget(Chip(messages.text("question.no_words")))
        self._keeps_place, self._has_words = True, False
        self.hide()

    def keep_place(self, *, keeps: bool) -> None:
        """Whether a clip without words has the place of those that have some."""
        self._keeps_place = keeps
        self._arrange()

    def show_record(self, record: Record | None) -> None:
        """Begin a record: without recognised answers to a clip there is nothing to say."""
        has_clip = record is not None and any(clip.role == "question" for clip in record.clips)
        questions = record.questions if record is not None and has_clip else ()
        while (old := self._row.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, question in enumerate(questions[:_MOST], 1):
            self._row.addWidget(self._chip(number, question))
        self._has_words = bool(questions)
        self.show_clip(None)

    def show_clip(self, item: MediaItem | None) -> None:
        """Say what was said in this clip."""
        is_asked = item is not None and item.role == "question"
        self._pages.setCurrentWidget(self._said if is_asked else self._none)
        self._arrange()
        self.updateGeometry()

    def _arrange(self) -> None:
        is_said = self._pages.currentWidget() is self._said
        self.setVisible(self._has_words and (self._keeps_place or is_said))

    def _chip(self, number: int, question: Question) -> Chip:
        result, tone = question_result(question, self._messages)
        if question.transcript is None:
            words = self._messages.text("question.said_nothing", number=number, result=result)
        else:
            words = self._messages.text("question.said", number=number, said=question.transcript, result=result)
        return Chip(words, tone="ok" if question.code == "0" else tone, letters=_LETTERS)
