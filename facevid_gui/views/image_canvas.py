"""A picture on a dark stage: fitted, zoomed, moved, turned; what is drawn is what was handed in (floor 3).

One canvas serves live frames, exact frames and photos. Turning and zooming change the view only. Nothing is written
over a picture: what there is to say about it stands in the line below.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from facevid_gui.views.theme import RADIUS_CARD, SPACE_L, SPACE_XS, STAGE, STAGE_TEXT, Theme
from facevid_gui.views.widgets import BriefLabel, ElidedLabel, IconButton, box

_WIDE = 360
ZOOM_STEPS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)


class ImageCanvas(QWidget):
    """The stage."""

    view_changed = Signal()
    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._zoom: float | None = None  # None: fitted
        self._turn = 0
        self._offset = QPointF()
        self._grabbed: QPoint | None = None
        self._pressed = QPoint()
        self._message = BriefLabel()
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setStyleSheet(f"color: #{STAGE_TEXT};")
        box(QVBoxLayout(self), margin=SPACE_L).addWidget(self._message)
        self.setMinimumSize(160, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, on=False)

    @property
    def image(self) -> QImage | None:
        """The picture, as it was handed in."""
        return self._image

    @property
    def turn(self) -> int:
        """Clockwise degrees the view is turned by: 0, 90, 180 or 270."""
        return self._turn

    @property
    def zoom_percent(self) -> int:
        """Size on the screen in percent of the picture's own pixels."""
        return round(self._scale() * 100)

    @property
    def is_fitted(self) -> bool:
        """Whether the picture fills the stage."""
        return self._zoom is None

    def show_image(self, image: QImage | None) -> None:
        """Show a picture; None leaves the stage empty."""
        had = self._image is not None
        self._image = image
        if image is not None:
            self._message.setText("")
        if had != (image is not None):
            self.view_changed.emit()
        self.update()

    def say(self, text: str) -> None:
        """Say something in the middle of an empty stage."""
        self._message.setText(text)

    def reset_view(self) -> None:
        """Fitted and upright again."""
        self._zoom, self._turn, self._offset = None, 0, QPointF()
        self._changed()

    def fit(self) -> None:
        """Fill the stage."""
        self._zoom, self._offset = None, QPointF()
        self._changed()

    def rotate(self) -> None:
        """Turn the view by 90 degrees clockwise."""
        self._turn = (self._turn + 90) % 360
        self._changed()

    def zoom_in(self) -> None:
        """The next larger step."""
        self._zoom_to(next((z for z in ZOOM_STEPS if z > self._scale() + 0.001), ZOOM_STEPS[-1]))

    def zoom_out(self) -> None:
        """The next smaller step."""
        self._zoom_to(next((z for z in reversed(ZOOM_STEPS) if z < self._scale() - 0.001), ZOOM_STEPS[0]))

    def zoom_exact(self) -> None:
        """One pixel of the picture is one pixel of the screen."""
        self._zoom_to(1.0 / self.devicePixelRatioF())

    def sizeHint(self) -> QSize:  # noqa: N802
        """Not more than it needs: the stage takes all the room that is left."""
        return QSize(420, 200)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Stage, then picture."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(f"#{STAGE}"))
        painter.drawRoundedRect(self.rect(), RADIUS_CARD, RADIUS_CARD)
        if self._image is None:
            return
        scale = self._scale()
        painter.setClipRect(self.rect())
        smooth = scale * self.devicePixelRatioF() < 2.0  # at high zoom the pixels themselves are what is looked at
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.translate(QRectF(self.rect()).center() + self._offset)
        painter.rotate(self._turn)
        painter.scale(scale, scale)
        painter.drawImage(QPointF(-self._image.width() / 2, -self._image.height() / 2), self._image)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom with the wheel."""
        if self._image is None or not event.angleDelta().y():
            return
        if event.angleDelta().y() > 0:
            self.zoom_in()
        else:
            self.zoom_out()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of the picture."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move a zoomed picture."""
        if self._grabbed is not None and self._zoom is not None:
            here = event.position().toPoint()
            self._offset += QPointF(here - self._grabbed)
            self._grabbed = here
            self._keep_in_sight()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go; a click without moving is a click."""
        if self._grabbed is not None and (event.position().toPoint() - self._pressed).manhattanLength() < 4:
            self.clicked.emit()
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Between fitted and pixel for pixel; the first of the two clicks is taken back by another."""
        if event.button() == Qt.MouseButton.LeftButton and self._image is not None:
            self.clicked.emit()
            if self.is_fitted:
                self.zoom_exact()
            else:
                self.fit()

    def _zoom_to(self, zoom: float) -> None:
        if self._image is None:
            return
        self._zoom = zoom
        self._keep_in_sight()
        self._changed()

    def _changed(self) -> None:
        self.update()
        self.view_changed.emit()

    def _scale(self) -> float:
        if self._zoom is not None:
            return self._zoom
        size = self._turned_size()
        if size.isEmpty():
            return 1.0
        return min(self.width() / size.width(), self.height() / size.height())

    def _turned_size(self) -> QSize:
        if self._image is None:
            return QSize()
        return QTransform().rotate(self._turn).mapRect(QRectF(self._image.rect())).size().toSize()

    def _keep_in_sight(self) -> None:
        size = self._turned_size() * self._scale()
        room_x, room_y = max(0.0, (size.width() - 40) / 2), max(0.0, (size.height() - 40) / 2)
        self._offset = QPointF(max(-room_x, min(room_x, self._offset.x())), max(-room_y, min(room_y, self._offset.y())))


class CanvasLine(QWidget):
    """The line below a stage: what is shown, and the ways to look at it."""

    def __init__(self, theme: Theme, canvas: ImageCanvas) -> None:
        super().__init__()
        self._parts = box(QBoxLayout(QBoxLayout.Direction.LeftToRight, self), spacing=SPACE_XS)
        self._parts.setContentsMargins(0, SPACE_XS, 0, 0)
        self.caption = ElidedLabel(tone="muted")
        self._parts.addWidget(self.caption, 1)
        self._row = box(QHBoxLayout(), spacing=SPACE_XS)
        self._row.addStretch(1)
        self._parts.addLayout(self._row)
        self._tools: list[IconButton] = []
        for icon, name, keys, act in (
            ("zoom_out", self.tr("Smaller"), "-", canvas.zoom_out),
            ("fit", self.tr("Fit"), "0", canvas.fit),
            ("zoom_in", self.tr("Larger"), "+", canvas.zoom_in),
            ("rotate", self.tr("Turn the view"), "T", canvas.rotate),
        ):
            button = self.add_tool(IconButton(theme, icon, kind="flat", size=16))
            button.name(name, keys)
            button.clicked.connect(lambda _checked=False, act=act: act())
        canvas.view_changed.connect(lambda: self.allow(canvas.image is not None))
        self.allow(allowed=False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Where there is little room beside the tools, the words stand above them."""
        super().resizeEvent(event)
        direction = QBoxLayout.Direction
        wanted = direction.LeftToRight if self.width() >= _WIDE else direction.TopToBottom
        if self._parts.direction() != wanted:
            self._parts.setDirection(wanted)

    def add_tool(self, button: IconButton) -> IconButton:
        """One more way to look at it."""
        self._row.addWidget(button)
        self._tools.append(button)
        return button

    def allow(self, allowed: bool) -> None:
        """An empty stage cannot be zoomed."""
        for button in self._tools:
            button.setEnabled(allowed)
