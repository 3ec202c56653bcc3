"""What the demo has to look at: its records, each with a word on why (floor 3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from facevid_gui.views.theme import SPACE_M, SPACE_XS, fixed_font
from facevid_gui.views.widgets import PlainLabel, push

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.core.messages import Messages


class DemoList(QWidget):
    """A press looks the record up."""

    wanted = Signal(str)

    def __init__(self, messages: Messages, ids: Sequence[str]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, SPACE_M, 0, 0)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_XS)
        grid.setColumnStretch(1, 1)
        for row, record_id in enumerate(ids):
            short = record_id.rstrip("0") or record_id
            button = push(short, "link", partial(self.wanted.emit, record_id))
            button.setFont(fixed_font())
            button.setObjectName(f"demo_{short}")
            words = PlainLabel(messages.text(f"demo.example.{short}"), tone="muted")
            button.setAccessibleDescription(words.text())
            grid.addWidget(button, row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, row, 1)
