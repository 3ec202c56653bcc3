"""What stands where nothing is yet: a picture, a sentence, the next step (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from facevid_gui.views.theme import SPACE_M, SPACE_S, by_font
from facevid_gui.views.widgets import BriefLabel, IconLabel, box

if TYPE_CHECKING:
    from facevid_gui.views.theme import Theme

_LOW, _LOWEST = 260, 190


class EmptyState(QWidget):
    """What stands where nothing is yet: a picture, a sentence, the next step."""

    def __init__(self, theme: Theme, icon: str, title: str, text: str) -> None:
        super().__init__()
        self._column = column = box(QVBoxLayout(self), margin=SPACE_M, spacing=SPACE_S)
        column.addStretch(2)
        self._picture = IconLabel(theme, icon, "muted", 44)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self.title = BriefLabel(title)
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.12)
        self.title.setFont(font)
        self.text = BriefLabel(text, tone="muted")
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
        self._buttons = box(QHBoxLayout(), spacing=SPACE_S)
        self._buttons.addStretch(1)
        self._buttons.addStretch(1)
        column.addSpacing(SPACE_S)
        column.addLayout(self._buttons)
        column.addStretch(3)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Words before pictures, and what can be done before explanations: where it is low, they go in turn."""
        super().resizeEvent(event)
        self._picture.setVisible(self.height() >= by_font(_LOW))
        is_lowest = self.height() < by_font(_LOWEST)
        self.text.setVisible(not is_lowest)
        above = 0 if is_lowest else SPACE_M
        self._column.setContentsMargins(SPACE_M, above, SPACE_M, above)

    def add_action(self, button: QWidget) -> None:
        """Offer a next step."""
        self._buttons.insertWidget(self._buttons.count() - 1, button)

    def add_below(self, part: QWidget) -> None:
        """More than buttons."""
        self._column.insertWidget(self._column.count() - 1, part, 0, Qt.AlignmentFlag.AlignHCenter)

    def say(self, title: str, text: str) -> None:
        """Change the words."""
        self.title.setText(title)
        self.text.setText(text)
