"""Two lines below two pictures have the same shape: pictures equally high, tools level (floor 3).

What enters: the lines. What leaves: for both the width of the narrower one, by which each puts its words beside its
tools or above them, and a least height, that of the higher one; alone, a line is as it must be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from facevid_gui.views.canvas_line import CanvasLine

_CHANGES = (QEvent.Type.LayoutRequest, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize)


class SameShape(QObject):
    """Follows both lines."""

    def __init__(self, first: CanvasLine, second: CanvasLine) -> None:
        super().__init__(first)
        self._lines = (first, second)
        for line in self._lines:
            line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802
        """One of them is another size, or is seen no more."""
        if event.type() in _CHANGES:
            seen = [line for line in self._lines if line.isVisible()]
            for line in self._lines:
                line.stand_for(min((line.width() for line in seen), default=line.width()))
            height = max((line.sizeHint().height() for line in seen), default=0) if len(seen) > 1 else 0
            for line in self._lines:
                if line.minimumHeight() != height:
                    line.setMinimumHeight(height)
        return False
