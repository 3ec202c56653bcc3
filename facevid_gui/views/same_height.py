"""Two lines below two pictures stay equally high, so that the pictures do (floor 3).

What enters: the lines. What leaves: a least height, that of the higher one while both are seen; alone, a line is as
high as it must be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_CHANGES = (QEvent.Type.LayoutRequest, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize)


class SameHeight(QObject):
    """Follows both lines."""

    def __init__(self, first: QWidget, second: QWidget) -> None:
        super().__init__(first)
        self._lines = (first, second)
        for line in self._lines:
            line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802
        """One of them is another height, or is seen no more."""
        if event.type() in _CHANGES:
            seen = [line for line in self._lines if line.isVisible()]
            height = max((line.sizeHint().height() for line in seen), default=0) if len(seen) > 1 else 0
            for line in self._lines:
                if line.minimumHeight() != height:
                    line.setMinimumHeight(height)
        return False
