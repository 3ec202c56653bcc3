"""A dark stage with a picture, or with two that are compared (floor 3).

One canvas serves live frames, exact frames and photos. Turning, zooming and levels change the view only, never the
picture, and nothing is written over it: what there is to say stands in the line below, first of all that the pixels
shown are not those of the file.

Two pictures lie on one stage as `split` (one left, one right of a divider that is dragged), `blink` (one, then the
other) or `overlay` (one shines through the other). Each keeps its own view; gestures move what `held` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from facevid_gui.views.picture_layer import ZOOM_STEPS, Layer
from facevid_gui.views.theme import RADIUS_CARD, SPACE_L, STAGE, STAGE_TEXT
from facevid_gui.views.widgets import BriefLabel, box

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.views.picture_layer import Levels

__all__ = ["ZOOM_STEPS", "ImageCanvas"]
ALONE, SPLIT, BLINK, OVERLAY = "alone", "split", "blink", "overlay"
_GRIP = 10  # how near the divider it is taken hold of, in pixels
_PAN_STEP = 40
_BY_KEYS = frozenset(
    {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}
)


class ImageCanvas(QWidget):
    """The stage."""

    view_changed = Signal()
    clicked = Signal()
    split_moved = Signal(float)
    levels_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.layer = Layer()
        self.over: Layer | None = None
        self.held = self.layer
        self._mode, self._split, self._opacity, self._is_over_shown = ALONE, 0.5, 0.5, False
        self._grabbed: QPoint | None = None
        self._pressed = QPoint()
        self._holds_divider = False
        self._shows_focus = False
        self._message = BriefLabel()
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setStyleSheet(f"color: #{STAGE_TEXT};")
        box(QVBoxLayout(self), margin=SPACE_L).addWidget(self._message)
        self.setMinimumSize(160, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, on=False)

    # --- what is shown -----------------------------------------------------------------------------------

    @property
    def image(self) -> QImage | None:
        """The picture, as it was handed in."""
        return self.layer.image

    @property
    def turn(self) -> int:
        """Clockwise degrees the view is turned by: 0, 90, 180 or 270."""
        return self.layer.turn

    @property
    def zoom_percent(self) -> int:
        """Size on the screen in percent of the picture's own pixels."""
        return round(self.layer.scale(self.size()) * 100)

    @property
    def is_fitted(self) -> bool:
        """Whether the picture fills the stage."""
        return self.layer.zoom is None

    @property
    def mode(self) -> str:
        """How two pictures are shown, or "alone"."""
        return self._mode

    def show_image(self, image: QImage | None) -> None:
        """Show a picture; None leaves the stage empty."""
        had = self.layer.image is not None
        self.layer.image = image
        if image is not None:
            self._message.setText("")
        if had != (image is not None):
            self.view_changed.emit()
        self.update()

    def show_another(self, image: QImage) -> None:
        """Show another picture than the one before, looked at afresh."""
        self.layer.reset()
        self.layer.image = image
        self._message.setText("")
        self._changed()

    def say(self, text: str) -> None:
        """Say something in the middle of an empty stage."""
        self._message.setText(text)

    def compare(self, mode: str, over: Layer | None) -> None:
        """Show another picture with this one; `ALONE` ends that."""
        self._mode, self.over = (mode, over) if over is not None else (ALONE, None)
        self._is_over_shown = False
        self.held = self.layer
        self._changed()

    def show_over(self, *, shown: bool) -> None:
        """In `BLINK`: show the other picture, or this one."""
        self._is_over_shown = shown
        self.update()

    def set_split(self, share: float) -> None:
        """In `SPLIT`: where the divider stands, 0 to 1 from the left."""
        self._split = max(0.0, min(1.0, share))
        self.update()

    def set_opacity(self, share: float) -> None:
        """In `OVERLAY`: how much of the other picture is seen, 0 to 1."""
        self._opacity = max(0.0, min(1.0, share))
        self._changed()

    # --- how it is looked at -----------------------------------------------------------------------------

    def reset_view(self) -> None:
        """Fitted, and as it is in the file."""
        self.layer.reset()
        self._changed()

    def show_as_recorded(self) -> None:
        """One way back: what is shown is as it is in the file; zoom and place stay."""
        for layer in filter(None, (self.layer, self.over)):
            layer.show_as_recorded()
        self._changed()

    def fit(self) -> None:
        """Fill the stage."""
        self.held.fit()
        self._changed()

    def rotate(self) -> None:
        """Turn the view by 90 degrees clockwise."""
        self.held.turn = (self.held.turn + 90) % 360
        self._changed()

    def mirror(self) -> None:
        """Swap left and right, as a mirror does."""
        self.held.mirrored = not self.held.mirrored
        self._changed()

    def set_levels(self, levels: Levels) -> None:
        """Show other levels than the file's."""
        self.layer.levels = levels
        self._changed()

    def zoom_in(self) -> None:
        """The next larger step."""
        self._zoom(lambda: self.held.zoom_step(1, self.size()))

    def zoom_out(self) -> None:
        """The next smaller step."""
        self._zoom(lambda: self.held.zoom_step(-1, self.size()))

    def zoom_exact(self) -> None:
        """One pixel of the picture is one pixel of the screen."""
        self._zoom(lambda: self.held.zoom_to(1.0 / self.devicePixelRatioF(), self.size()))

    def pan(self, by: QPointF) -> None:
        """Move a zoomed picture."""
        if self.held.zoom is not None:
            self.held.move_to(self.held.offset + by, self.size())
            self._changed()

    def command_for(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> Callable[[], object] | None:
        """What a key does to the view; None for keys that are somebody else's."""
        steps = {Qt.Key.Key_Left: (1, 0), Qt.Key.Key_Right: (-1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if modifiers & Qt.KeyboardModifier.ShiftModifier and key in steps:
            x, y = steps[key]
            return lambda: self.pan(QPointF(x * _PAN_STEP, y * _PAN_STEP))
        commands: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_T: self.rotate, Qt.Key.Key_H: self.mirror, Qt.Key.Key_0: self.fit, Qt.Key.Key_1: self.zoom_exact,
            Qt.Key.Key_Plus: self.zoom_in, Qt.Key.Key_Equal: self.zoom_in, Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_B: self.levels_wanted.emit,
        }  # fmt: skip
        return commands.get(key)

    # --- painting ----------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802
        """Not more than it needs: the stage takes all the room that is left."""
        return QSize(420, 150)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Stage, then pictures."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(f"#{STAGE}"))
        painter.drawRoundedRect(self.rect(), RADIUS_CARD, RADIUS_CARD)
        self._paint_pictures(painter)
        if self._shows_focus and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), RADIUS_CARD, RADIUS_CARD)

    def _paint_pictures(self, painter: QPainter) -> None:
        room, ratio = self.size(), self.devicePixelRatioF()
        if self.layer.image is None:
            return  # nothing to compare with yet
        if self.over is None or self.over.image is None or self._mode == ALONE:
            self.layer.paint(painter, room, ratio)
        elif self._mode == BLINK:
            (self.over if self._is_over_shown else self.layer).paint(painter, room, ratio)
        elif self._mode == OVERLAY:
            self.layer.paint(painter, room, ratio)
            painter.setOpacity(self._opacity)
            self.over.paint(painter, room, ratio)
            painter.setOpacity(1.0)
        else:
            x = self._divider_x()
            for layer, area in ((self.layer, QRect(0, 0, x, room.height())),
                                (self.over, QRect(x, 0, room.width() - x, room.height()))):  # fmt: skip
                painter.save()
                painter.setClipRect(area)
                layer.paint(painter, room, ratio)
                painter.restore()
            for width, color in ((4, STAGE), (2, STAGE_TEXT)):
                painter.fillRect(QRect(x - width // 2, 0, width, room.height()), QColor(f"#{color}"))

    def _divider_x(self) -> int:
        return round(self._split * self.width())

    # --- gestures ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The keys of the view act on the stage that has the focus."""
        others = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        act = None if event.modifiers() & others else self.command_for(Qt.Key(event.key()), event.modifiers())
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Show the focus to whoever works with keys."""
        self._shows_focus = event.reason() in _BY_KEYS
        super().focusInEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom with the wheel."""
        if self.layer.image is None or not event.angleDelta().y():
            return
        if event.angleDelta().y() > 0:
            self.zoom_in()
        else:
            self.zoom_out()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of the picture, or of the divider; a fitted picture cannot be moved, the divider always can."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = self._pressed = event.position().toPoint()
            self._holds_divider = self._mode == SPLIT and (self.held.zoom is None or self._is_at_divider(self._grabbed))
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move what is held."""
        here = event.position().toPoint()
        if self._grabbed is None:
            self.setCursor(Qt.CursorShape.SplitHCursor if self._is_at_divider(here) else Qt.CursorShape.ArrowCursor)
            return
        if not self._holds_divider:
            self.pan(QPointF(here - self._grabbed))
        elif (here - self._pressed).manhattanLength() >= 4:  # a click is none that moves it
            self.set_split(here.x() / max(1, self.width()))
            self.split_moved.emit(self._split)
        self._grabbed = here

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go; a click without moving is a click."""
        if self._grabbed is not None and (event.position().toPoint() - self._pressed).manhattanLength() < 4:
            self.clicked.emit()
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Between fitted and pixel for pixel; the first of the two clicks is taken back by another."""
        if event.button() == Qt.MouseButton.LeftButton and self.layer.image is not None:
            self.clicked.emit()
            if self.held.zoom is None:
                self.zoom_exact()
            else:
                self.fit()

    def _is_at_divider(self, place: QPoint) -> bool:
        return self._mode == SPLIT and abs(place.x() - self._divider_x()) <= _GRIP

    def _zoom(self, act: Callable[[], None]) -> None:
        if self.held.image is not None:
            act()
            self._changed()

    def _changed(self) -> None:
        self.update()
        self.view_changed.emit()
