"""A turn of the event loop for what changes, the next one for painting it (floor 3).

A record that comes changes the whole window. Qt paints at the end of the turn in which something changed: both
together were the longest time for which the window did not answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def paint_later(window: QWidget) -> None:
    """Paint nothing of `window` in this turn, and all of it once in a turn that comes at once.

    A timer of 1 ms: `QTimer.singleShot` of 0 is an event that is still handled in this turn.
    """
    if window.updatesEnabled():
        window.setUpdatesEnabled(False)
        QTimer.singleShot(1, window, lambda: window.setUpdatesEnabled(True))
