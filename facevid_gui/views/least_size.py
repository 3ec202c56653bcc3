"""A window cannot be made so small that its words are cut (floor 3).

Qt's layouts hold a least width and a least height, each by itself: a sentence that needs three lines at the least width
is cut, because its least height is that of one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LEAST_WIDTH = 480  # of a window that has no reason of its own to be wider
_FRAME = 64  # what a window's own frame and a panel of the desktop may take of a screen


class LeastSize(QObject):
    """Keeps `window` at least `width` wide, and as high as what it shows needs at that width; never over the screen."""

    def __init__(self, window: QWidget, width: int = 0) -> None:
        super().__init__(window)
        self._window, self._width = window, width
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """What it shows may have changed."""
        if watched is self._window and event.type() in (QEvent.Type.Show, QEvent.Type.LayoutRequest):
            self._hold()
        return False

    def _hold(self) -> None:
        layout = self._window.layout()
        if layout is None:
            return
        least = layout.totalMinimumSize()
        width = max(self._width, least.width())
        height = max(least.height(), layout.totalMinimumHeightForWidth(width))
        self._window.setMinimumSize(width, min(height, self._window.screen().availableGeometry().height() - _FRAME))
