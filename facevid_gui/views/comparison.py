"""Photo against frame: side by side, split, blinking, one through the other; with linked views (floor 3).

What enters: the stage of the video and the pane of the photo. What leaves: both side by side, or both on the stage
while the pane is hidden. Linked, both are zoomed and moved together; else gestures move the photo alone, so that two
faces can be laid upon each other. The bar says how two pictures are shown; the line below the stage, which is which.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSlider, QWidget

from facevid_gui.views.image_canvas import ALONE, BLINK, OVERLAY, SPLIT
from facevid_gui.views.same_shape import SameShape
from facevid_gui.views.theme import SPACE_S, SPACE_XS, Theme
from facevid_gui.views.widgets import IconButton, box

if TYPE_CHECKING:
    from PySide6.QtCore import QSize

    from facevid_gui.views.clip_view import VideoStage
    from facevid_gui.views.image_canvas import ImageCanvas
    from facevid_gui.views.photo_view import PhotoView
    from facevid_gui.views.picture_layer import Layer

MODES = (ALONE, SPLIT, BLINK, OVERLAY)  # `ALONE` on the stage is side by side on the page
BLINK_MS = 600  # slow enough for whoever must not see flicker (WCAG 2.3.1: at most three flashes a second)
_STEP = 5
_SLIDER = 90


class CompareBar(QWidget):
    """How the pictures are compared. Its slider is the divider, or how much of the photo is seen."""

    mode_chosen = Signal(str)
    share_chosen = Signal(float)
    link_chosen = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        row = box(QHBoxLayout(self), spacing=SPACE_XS)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("compare_slider")
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setFixedWidth(_SLIDER)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.valueChanged.connect(lambda value: self.share_chosen.emit(value / 100))
        row.addWidget(self.slider)
        row.addSpacing(SPACE_S)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, IconButton] = {}
        for mode, icon, name in (
            (ALONE, "compare_side", self.tr("Side by side")),
            (SPLIT, "compare_split", self.tr("Swipe: a divider between frame and photo")),
            (BLINK, "compare_blink", self.tr("Blink: frame and photo in turn")),
            (OVERLAY, "compare_overlay", self.tr("Overlay: the photo shines through")),
        ):
            button = IconButton(theme, icon, kind="flat", size=16)
            button.name(name, "C")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, mode=mode: self.mode_chosen.emit(mode))
            self._group.addButton(button)
            self.buttons[mode] = button
            row.addWidget(button)
        self.link_button = IconButton(theme, "link", kind="flat", size=16)
        self.link_button.setCheckable(True)
        self.link_button.setChecked(True)
        self.link_button.name(self.tr("Zoom and move both together"), "Y")
        self.link_button.toggled.connect(self.link_chosen)
        row.addWidget(self.link_button)
        self.show_mode(ALONE, 0.5)
        self.allow(allowed=False)

    def show_mode(self, mode: str, share: float) -> None:
        """Say how the pictures are shown."""
        self.buttons[mode].setChecked(True)
        self.slider.setVisible(mode in (SPLIT, OVERLAY))
        name = self.tr("Divider") if mode == SPLIT else self.tr("How much of the photo is seen")
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(f"{name}  ([ ])")
        with QSignalBlocker(self.slider):  # told, not chosen
            self.slider.setValue(round(share * 100))

    def allow(self, *, allowed: bool) -> None:
        """Comparing takes two pictures."""
        for button in (*self.buttons.values(), self.link_button):
            button.setEnabled(allowed)
        reason = "" if allowed else self.tr("To compare, pin a frame (P) or choose a reference picture.")
        self.setToolTip(reason)


class Comparison(QObject):
    """Keeps stage, photo and bar in step."""

    def __init__(self, stage: VideoStage, photo: PhotoView, bar: CompareBar) -> None:
        super().__init__(bar)
        self._stage, self._photo, self._bar = stage, photo, bar
        SameShape(stage.line, photo.line)
        self._mode = ALONE
        self._shares = {SPLIT: 0.5, OVERLAY: 0.5}
        self._linked, self._following = True, False
        self._is_photo_shown = False
        self._blinking = QTimer(self)
        self._blinking.setInterval(BLINK_MS)
        self._blinking.timeout.connect(self._blink)
        self._views: dict[Layer, tuple[float | None, QPointF]] = {}
        self._known: tuple[object, ...] = ()
        for canvas in (stage.canvas, photo.canvas):
            canvas.view_changed.connect(partial(self._follow, canvas))
        stage.canvas.split_moved.connect(self._on_split)
        stage.line.badge.clicked.connect(self._unmix)
        bar.mode_chosen.connect(self.choose)
        bar.share_chosen.connect(self._set_share)
        bar.link_chosen.connect(self._set_linked)
        stage.use_caption(self._caption)

    @property
    def mode(self) -> str:
        """One of `MODES`."""
        return self._mode

    @property
    def is_possible(self) -> bool:
        """Whether there are two pictures."""
        return self._stage.canvas.image is not None and self._photo.canvas.image is not None

    def cycle(self) -> None:
        """The next way to compare."""
        if self.is_possible:
            self.choose(MODES[(MODES.index(self._mode) + 1) % len(MODES)])

    def nudge(self, direction: int) -> None:
        """Move the divider, or let more of the photo be seen."""
        if self._mode in self._shares:
            self._set_share(max(0.0, min(1.0, self._shares[self._mode] + direction * _STEP / 100)))

    def choose(self, mode: str) -> None:
        """Show both pictures in another way."""
        self._mode = mode if self.is_possible else ALONE
        canvas = self._stage.canvas
        self._known = ()  # each stage has a size of its own
        self._photo.setVisible(self._mode == ALONE)
        self._is_photo_shown = False
        canvas.set_split(self._shares[SPLIT])
        canvas.set_opacity(self._shares[OVERLAY])
        canvas.compare(self._mode, None if self._mode == ALONE else self._photo.canvas.layer)
        self._hold()
        if self._mode == BLINK:
            self._blinking.start()
        else:
            self._blinking.stop()
        self._show()

    def _show(self) -> None:
        self._bar.show_mode(self._mode, self._shares.get(self._mode, 0.5))
        self._stage.use_caption(self._caption)

    def _caption(self, frame: str) -> str:
        """Which picture is which, in the words that stand below each by itself."""
        other = self._photo.caption
        if self._mode == SPLIT:
            return self.tr("left: {0} · right: {1}").format(frame, other)
        if self._mode == OVERLAY:
            return self.tr("{0} % of: {1} · over: {2}").format(round(self._shares[OVERLAY] * 100), other, frame)
        return other if self._mode == BLINK and self._is_photo_shown else frame

    def _blink(self) -> None:
        self._is_photo_shown = not self._is_photo_shown
        self._stage.canvas.show_over(shown=self._is_photo_shown)
        self._show()

    def _set_share(self, share: float) -> None:
        if self._mode not in self._shares:
            return
        self._shares[self._mode] = share
        if self._mode == SPLIT:
            self._stage.canvas.set_split(share)
        else:
            self._stage.canvas.set_opacity(share)
        self._show()

    def _on_split(self, share: float) -> None:
        self._shares[SPLIT] = share
        self._show()

    def _set_linked(self, linked: bool) -> None:
        self._linked = linked
        self._hold()

    def _hold(self) -> None:
        """On one stage, unlinked, gestures are for the photo."""
        canvas = self._stage.canvas
        canvas.held = canvas.over if canvas.over is not None and not self._linked else canvas.layer

    def _unmix(self) -> None:
        """As it is in the file means: one picture, not two in one."""
        if self._mode == OVERLAY:
            self.choose(ALONE)

    def _follow(self, canvas: ImageCanvas) -> None:
        """What was done to one view is done to the other; how the two lie to each other stays."""
        possible = self.is_possible
        self._bar.allow(allowed=possible)
        if self._mode != ALONE and self._photo.canvas.image is None:
            self.choose(ALONE)
        if self._following or not possible:
            return
        self._following = True
        if self._linked and self._pictures() != self._known:
            self._align()
        elif self._linked:
            self._carry(canvas)
        self._note_views()
        self._following = False

    def _align(self) -> None:
        """A picture that has just come is looked at as the frame is."""
        layer, room = self._photo.canvas.layer, self._room_of(self._photo.canvas)
        layer.take_view(self._stage.canvas.layer.relative_view(self._stage.canvas.size()), room)
        self._photo.canvas.update()

    def _carry(self, canvas: ImageCanvas) -> None:
        other = self._photo.canvas if canvas is self._stage.canvas else self._stage.canvas
        room, other_room = self._room_of(canvas), self._room_of(other)
        zoom, offset = self._views[canvas.layer]
        before = canvas.layer.fitted_scale(room) if zoom is None else zoom
        ratio = canvas.layer.scale(room) / before
        shift = canvas.layer.offset - offset * ratio
        if self._mode == ALONE:  # stages of their own: as far as the picture there is larger or smaller
            shift *= other.layer.fitted_height(other_room) / max(1.0, canvas.layer.fitted_height(room))
        other.layer.carry(ratio, shift, other_room)
        other.update()

    def _room_of(self, canvas: ImageCanvas) -> QSize:
        return canvas.size() if self._mode == ALONE else self._stage.canvas.size()

    def _pictures(self) -> tuple[object, ...]:
        """Which pictures lie there; frames of one size are one picture that moves."""
        frame, photo = self._stage.canvas.image, self._photo.canvas.image
        return (frame.size() if frame else None, photo.cacheKey() if photo else None)

    def _note_views(self) -> None:
        layers = (self._stage.canvas.layer, self._photo.canvas.layer)
        self._views = {layer: (layer.zoom, QPointF(layer.offset)) for layer in layers}
        self._known = self._pictures()
