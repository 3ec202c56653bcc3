"""The operator's mark, painted over whatever shows a person: a line, again and again (floor 3).

What enters: its text, kept at the window, so that what is made later carries it, too. What leaves: paint. It is
never part of a picture that is saved or copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtWidgets import QWidget

_NAME = "facevid_mark"
_TILT = -24
_SMALL = 160  # pixels; in what is lower the lines stand closer


def mark_of(widget: QWidget | None) -> str:
    """The mark of the window that a widget stands in, or nothing."""
    return str(widget.window().property(_NAME) or "") if widget is not None else ""


def set_mark(window: QWidget, text: str) -> None:
    """Give a window another mark; none ends it. Everything in it is painted anew."""
    window.setProperty(_NAME, text)
    window.update()


def paint_mark(painter: QPainter, area: QRect | QRectF, text: str) -> None:
    """Paint a mark over an area: light letters with a dark edge, so that they are seen on any picture."""
    area = QRectF(area)
    if not text or area.isEmpty():
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    letter = painter.fontMetrics().height()
    width = painter.fontMetrics().horizontalAdvance(text) + 3 * letter
    row_height = (5 if area.height() >= _SMALL else 2) * letter
    painter.translate(area.center())
    painter.rotate(_TILT)
    reach = int(area.width() + area.height())
    for row, y in enumerate(range(-reach, reach, row_height)):
        for x in range(-reach - (row % 2) * width // 2, reach, width):
            painter.setPen(QColor(0, 0, 0, 70))
            painter.drawText(QPointF(x + 1, y + 1), text)
            painter.setPen(QColor(255, 255, 255, 84))
            painter.drawText(QPointF(x, y), text)
    painter.restore()
