"""One picture as it is looked at: zoomed, moved, turned, mirrored, its levels changed; its bytes never are (floor 3).

What enters: a picture and gestures. What leaves: paint. A stage holds one layer, or two when pictures are compared.
Levels are worked out for what is on the screen only, so that a photo of any size costs no more than the stage is large.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

if TYPE_CHECKING:
    from PySide6.QtCore import QSize

ZOOM_STEPS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
_NEARLY = 0.001
_IN_SIGHT = 40  # pixels of a picture that cannot be pulled out of the stage


@dataclass(frozen=True)
class Levels:
    """Changes of the pixels shown: brightness and contrast from -100 to 100, gamma in percent (100 is none)."""

    brightness: int = 0
    contrast: int = 0
    gamma: int = 100

    @property
    def are_plain(self) -> bool:
        """Whether nothing is changed."""
        return self == Levels()


@lru_cache(maxsize=64)
def level_table(levels: Levels) -> bytes:
    """What becomes of each of the 256 values of a channel: gamma first, then contrast around the middle, then light."""
    gain = 1 + levels.contrast / 100 if levels.contrast <= 0 else 100 / (101 - levels.contrast)
    table = bytearray()
    for value in range(256):
        light = (value / 255) ** (100 / levels.gamma)
        light = (light - 0.5) * gain + 0.5 + levels.brightness / 200
        table.append(max(0, min(255, round(light * 255))))
    return bytes(table)


@dataclass(frozen=True)
class RelativeView:
    """Zoom and place independent of a picture's size: times the fitted size (None: fitted), shares of what is shown."""

    factor: float | None
    x: float
    y: float


class Layer:
    """A picture and the way it is looked at. `room` is the size of the stage it lies on."""

    def __init__(self) -> None:
        self.image: QImage | None = None
        self.zoom: float | None = None  # None: fitted
        self.turn = 0
        self.mirrored = False
        self.levels = Levels()
        self.offset = QPointF()

    @property
    def is_as_recorded(self) -> bool:
        """Whether the pixels shown are the file's, where the file puts them."""
        return not self.turn and not self.mirrored and self.levels.are_plain

    def reset(self) -> None:
        """Fitted, and as it is in the file."""
        self.fit()
        self.show_as_recorded()

    def fit(self) -> None:
        """Fill the stage."""
        self.zoom, self.offset = None, QPointF()

    def show_as_recorded(self) -> None:
        """As it is in the file; zoom and place stay."""
        self.turn, self.mirrored, self.levels = 0, False, Levels()

    def scale(self, room: QSize) -> float:
        """Screen pixels per pixel of the picture."""
        return self.fitted_scale(room) if self.zoom is None else self.zoom

    def zoom_to(self, zoom: float, room: QSize) -> None:
        """Zoom around the middle of the stage."""
        before = self.scale(room)
        self.zoom = zoom
        self.move_to(self.offset * (zoom / before), room)

    def zoom_step(self, direction: int, room: QSize) -> None:
        """The next larger (1) or smaller (-1) step."""
        scale = self.scale(room)
        if direction > 0:
            self.zoom_to(next((z for z in ZOOM_STEPS if z > scale + 0.001), ZOOM_STEPS[-1]), room)
        else:
            self.zoom_to(next((z for z in reversed(ZOOM_STEPS) if z < scale - 0.001), ZOOM_STEPS[0]), room)

    def move_to(self, offset: QPointF, room: QSize) -> None:
        """Move the middle of the picture off that of the stage, but never out of sight."""
        size = self._turned_size() * self.scale(room)
        most_x, most_y = max(0.0, (size.width() - _IN_SIGHT) / 2), max(0.0, (size.height() - _IN_SIGHT) / 2)
        self.offset = QPointF(max(-most_x, min(most_x, offset.x())), max(-most_y, min(most_y, offset.y())))

    def relative_view(self, room: QSize) -> RelativeView:
        """The view as another picture can take it over."""
        size = self._turned_size() * self.scale(room)
        if self.zoom is None or size.isEmpty():
            return RelativeView(None, 0.0, 0.0)
        factor = self.zoom / self.fitted_scale(room)
        return RelativeView(factor, self.offset.x() / size.width(), self.offset.y() / size.height())

    def take_view(self, view: RelativeView, room: QSize) -> None:
        """Look at this picture as at another one."""
        if view.factor is None or self.image is None:
            self.fit()
            return
        self.zoom = view.factor * self.fitted_scale(room)
        size = self._turned_size() * self.zoom
        self.move_to(QPointF(view.x * size.width(), view.y * size.height()), room)

    def carry(self, ratio: float, shift: QPointF, room: QSize) -> None:
        """Do what was done to another picture: zoom by `ratio`, then move by `shift`."""
        fitted, zoom = self.fitted_scale(room), self.scale(room) * ratio
        offset = self.offset * ratio + shift
        if abs(zoom / fitted - 1) < _NEARLY and offset.manhattanLength() < 1:
            self.fit()
            return
        self.zoom = zoom
        self.move_to(offset, room)

    def paint(self, painter: QPainter, room: QSize, pixel_ratio: float) -> None:
        """Paint the picture onto its stage."""
        if self.image is None:
            return
        place = self._transform(room)
        if self.levels.are_plain:
            self._draw(painter, place, room, pixel_ratio)
            return
        shown = place.mapRect(QRectF(self.image.rect())).intersected(QRectF(QPointF(), QSizeF(room)))
        area = shown.toAlignedRect()
        if area.isEmpty():
            return
        canvas = QImage(area.size() * pixel_ratio, QImage.Format.Format_RGB32)
        canvas.setDevicePixelRatio(pixel_ratio)
        canvas.fill(0)
        inner = QPainter(canvas)
        self._draw(inner, place * QTransform.fromTranslate(-area.x(), -area.y()), room, pixel_ratio)
        inner.end()
        pixels = bytes(canvas.constBits()).translate(level_table(self.levels))
        changed = QImage(pixels, canvas.width(), canvas.height(), canvas.bytesPerLine(), canvas.format())
        changed.setDevicePixelRatio(pixel_ratio)
        painter.save()
        painter.setClipRect(shown, Qt.ClipOperation.IntersectClip)
        painter.drawImage(area.topLeft(), changed)
        painter.restore()

    def _draw(self, painter: QPainter, place: QTransform, room: QSize, pixel_ratio: float) -> None:
        assert self.image is not None
        # At high zoom the pixels themselves are what is looked at.
        smooth = self.scale(room) * pixel_ratio < 2.0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.setTransform(place, combine=True)
        painter.drawImage(QPointF(), self.image)
        painter.restore()

    def _transform(self, room: QSize) -> QTransform:
        """From the picture's pixels to the stage: centred, scaled, turned, mirrored as it is seen, moved."""
        assert self.image is not None
        scale = self.scale(room)
        place = QTransform.fromTranslate(-self.image.width() / 2, -self.image.height() / 2)
        place *= QTransform.fromScale(scale, scale)
        place *= QTransform().rotate(self.turn)
        place *= QTransform.fromScale(-1.0 if self.mirrored else 1.0, 1.0)
        return place * QTransform.fromTranslate(room.width() / 2 + self.offset.x(), room.height() / 2 + self.offset.y())

    def fitted_height(self, room: QSize) -> float:
        """How high the picture is on the screen when it fills the stage."""
        return self._turned_size().height() * self.fitted_scale(room)

    def fitted_scale(self, room: QSize) -> float:
        """The scale at which the picture just fills the stage."""
        size = self._turned_size()
        if size.isEmpty():
            return 1.0
        return max(1e-6, min(room.width() / size.width(), room.height() / size.height()))

    def _turned_size(self) -> QSizeF:
        if self.image is None:
            return QSizeF()
        size = QSizeF(self.image.size())
        return size.transposed() if self.turn in (90, 270) else size
