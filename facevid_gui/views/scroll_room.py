"""A place that scrolls up and down: as wide as what it holds needs to be (floor 3)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QScrollArea


class ScrollRoom(QScrollArea):
    """Holds one widget, which is as high as its words need beside the bar.

    Qt reckons that height without the bar: where the bar then takes the place of a few letters, a line is cut.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click on a button in it leaves the focus where it is

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Tab stops where keys can scroll something."""
        super().focusInEvent(event)
        forwards, backwards = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason
        if not self.verticalScrollBar().maximum() and event.reason() in (forwards, backwards):
            self.focusNextPrevChild(event.reason() == forwards)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The content's width, and a little height."""
        hint, content = super().minimumSizeHint(), self.widget()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(max(hint.width(), content.minimumSizeHint().width() + bar if content else 0), hint.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """What it holds may need another size now."""
        if watched is self.widget() and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            if event.type() == QEvent.Type.LayoutRequest:
                self.updateGeometry()
            self._make_high()
        return super().eventFilter(watched, event)

    def _make_high(self) -> None:
        content = self.widget()
        if content is not None and content.hasHeightForWidth():
            height = content.heightForWidth(self.viewport().width())
            if content.minimumHeight() != height:
                content.setMinimumHeight(height)
