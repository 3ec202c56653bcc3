"""The clip as a strip of small frames with the place where it stands (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from facevid_gui.bridge.exact import ExactFrame
    from facevid_gui.core.clip import ClipFacts
    from facevid_gui.views.theme import Theme

HEIGHT = 52
_GAP = 2


class Filmstrip(QWidget):
    """Thumbnails side by side; a click or a drag goes to that time."""

    time_chosen = Signal(object)  # microseconds
    step_wanted = Signal(int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._facts: ClipFacts | None = None
        self._thumbnails: dict[int, ExactFrame] = {}
        self._position_us = 0
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def show_clip(self, facts: ClipFacts | None) -> None:
        """Begin a clip, or show none."""
        self._facts = facts
        self._thumbnails.clear()
        self._position_us = facts.pts_us[0] if facts else 0
        self.setEnabled(facts is not None)
        self.update()

    @property
    def thumbnails(self) -> tuple[int, ...]:
        """The numbers of the small frames that are here."""
        return tuple(sorted(self._thumbnails))

    def add_thumbnail(self, frame: ExactFrame) -> None:
        """One more small frame is here."""
        self._thumbnails[frame.number] = frame
        self.update()

    def show_position(self, position_us: int) -> None:
        """Move the mark."""
        self._position_us = position_us
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as there is room."""
        return QSize(400, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Frames, then the mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        painter.drawRoundedRect(self.rect(), 4, 4)
        if self._facts is None:
            return
        frames = [self._thumbnails[number] for number in sorted(self._thumbnails)]
        if frames:
            self._paint_frames(painter, frames)
        x = self._x_of(self._position_us)
        painter.setPen(QPen(self._theme.color("accent"), 2))
        painter.drawLine(round(x), 0, round(x), self.height())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go there."""
        self._choose(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Scrub."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrow keys step."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.step_wanted.emit(step)

    def _paint_frames(self, painter: QPainter, frames: list[ExactFrame]) -> None:
        """Each frame stands where its time lies; the space up to the next is filled with as much as fits."""
        count = len(frames)
        cell = self.width() / count
        for place, frame in enumerate(frames):
            target = QRectF(place * cell, 0, cell - _GAP, self.height())
            image = frame.image
            wanted = image.height() * target.width() / target.height() if target.height() else image.width()
            width = min(float(image.width()), wanted)
            height = image.height() if width == wanted else image.width() * target.height() / target.width()
            source = QRectF((image.width() - width) / 2, (image.height() - height) / 2, width, height)
            painter.drawImage(target, image, source)

    def _span(self) -> tuple[int, int]:
        assert self._facts is not None
        start = self._facts.pts_us[0]
        return start, max(1, self._facts.pts_us[-1] - start)

    def _x_of(self, position_us: int) -> float:
        start, span = self._span()
        return max(1.0, min(self.width() - 1.0, (position_us - start) / span * self.width()))

    def _choose(self, event: QMouseEvent) -> None:
        if self._facts is not None and self.width():
            start, span = self._span()
            share = max(0.0, min(1.0, event.position().x() / self.width()))
            self.time_chosen.emit(start + round(share * span))
