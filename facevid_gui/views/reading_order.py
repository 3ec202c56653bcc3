"""Tab goes through a part as it is read (floor 3).

Qt goes in the order in which widgets came to their window; rows that come later would be reached behind the buttons
below them. Widgets come to their parent in the order in which they are laid out, so that order is taken here.

Layouts are not asked: what `QLayoutItem.widget()` gives, PySide takes for a part of the item, and forgets it with it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator


def keep_reading_order(part: QWidget) -> None:
    """Let Tab go through `part` in the order of its children. Call it again when something was added."""
    controls = list(_controls(part))
    if len(controls) > 1:
        # Qt leaves two alone when the second is the next one, round the end of the window, too. With the last control
        # behind the first, none but the last is ever the next one, and each is really moved.
        QWidget.setTabOrder(controls[0], controls[-1])
    for before, after in pairwise(controls):
        QWidget.setTabOrder(before, after)


def _controls(part: QWidget) -> Iterator[QWidget]:
    """What Tab can reach, itself first, then what lies in it."""
    if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.focusProxy() is None:
        yield part
    inside = [part.widget(number) for number in range(part.count())] if isinstance(part, QSplitter) else part.children()
    for child in inside:
        if isinstance(child, QWidget) and not child.isWindow():
            yield from _controls(child)
