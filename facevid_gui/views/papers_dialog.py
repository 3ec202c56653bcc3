"""The licences of the program and of all that is inside, one text at a time (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from facevid_gui.views.combo import Combo
from facevid_gui.views.reading_order import keep_reading_order
from facevid_gui.views.text_dialog import TextDialog
from facevid_gui.views.widgets import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.diagnosis.papers import Paper
    from facevid_gui.views.theme import Theme


class PapersDialog(TextDialog):
    """A box with the titles above the text."""

    def __init__(
        self, theme: Theme, title: str, sentence: str, papers: Sequence[Paper], parent: QWidget | None
    ) -> None:  # fmt: skip
        super().__init__(title, sentence, "", parent)
        self.setObjectName("papers_dialog")
        self.box = Combo(theme)
        self.box.setObjectName("paper_box")
        self.box.setAccessibleName(self.tr("Text"))
        for paper in papers:
            self.box.addItem(visible(paper.title), paper.text)
        self.column.insertWidget(1, self.box)
        self.box.stackUnder(self.text)
        keep_reading_order(self)
        self.box.currentIndexChanged.connect(lambda _index: self._show())
        self._show()

    def _show(self) -> None:
        self.text.setPlainText(str(self.box.currentData() or ""))
