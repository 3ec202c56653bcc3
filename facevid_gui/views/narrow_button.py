"""A push button for a narrow pane: words that do not fit are shortened, and the tooltip says them (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent

_LEAST = "mmmm…"


class NarrowButton(QPushButton):
    """Its text stays whole: for screen readers, and for whoever asks."""

    elides = True

    def __init__(self, text: str, kind: str = "", on_click: Callable[[], object] | None = None) -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if kind:
            self.setProperty("kind", kind)
        if on_click is not None:
            self.clicked.connect(lambda _checked: on_click())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Room for a few letters."""
        hint, metrics = super().minimumSizeHint(), self.fontMetrics()
        around = max(0, hint.width() - metrics.horizontalAdvance(self.text()))
        return QSize(min(hint.width(), around + metrics.horizontalAdvance(_LEAST)), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """As Qt does, with as many letters as fit; the tooltip says the words that do not."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self._shortened()
        tip = "" if option.text == self.text() else self.text()
        if self.toolTip() != tip:
            self.setToolTip(tip)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def _shortened(self) -> str:
        metrics = self.fontMetrics()
        around = max(0, self.sizeHint().width() - metrics.horizontalAdvance(self.text()))
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width() - around)
