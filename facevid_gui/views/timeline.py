"""The clip on one line of time: small frames, sound, marks, markers, the place where it stands (floor 3).

What enters: facts, small frames, peaks of sound, marks. What leaves: the times that a hand chose or looks at. What is
painted stands where its time lies; under the pointer the very frame is shown that a click would lead to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from facevid_gui.bridge.places import Marks
from facevid_gui.bridge.screening import FILMSTRIP_FRAMES
from facevid_gui.core.clip import moments_of
from facevid_gui.views.hover_preview import HoverPreview
from facevid_gui.views.mark import mark_of, paint_mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent

    from facevid_gui.bridge.exact import ExactFrame
    from facevid_gui.core.clip import ClipFacts
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme

LANE, FILM, SOUND = 10, 48, 26  # heights of markers, frames and sound
HEIGHT = LANE + FILM + 2 + SOUND
_GAP = 2
# Divisors, so that every cell begins where one of the small frames lies.
_CELLS = tuple(n for n in range(FILMSTRIP_FRAMES, 3, -1) if FILMSTRIP_FRAMES % n == 0)
_NEAR = 6  # how far from a marker, in pixels, it is meant
_QUIET = 1 / 8  # of the loudest place; what is louder stands out
_PEAK = 255


class Timeline(QWidget):
    """A click or a drag goes to that time."""

    time_chosen = Signal(object)  # microseconds
    step_wanted = Signal(int)
    preview_wanted = Signal(int)  # the number of a frame

    def __init__(self, theme: Theme, messages: Messages, name: str) -> None:
        super().__init__()
        self._theme, self._messages = theme, messages
        self._facts: ClipFacts | None = None
        self._thumbnails: dict[int, ExactFrame] = {}
        self._peaks = b""
        self._sound_words = ""
        self._marks = Marks()
        self._markers: tuple[tuple[int, str], ...] = ()
        self._position_us = 0
        self._hovered: int | None = None
        self._ground: QPixmap | None = None  # everything but the place where it stands
        self._mark = ""  # the operator's, on it
        self._preview = HoverPreview(messages, self)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setAccessibleDescription(
            self.tr("Small pictures, sound and markers of the clip over time. The arrow keys step frame by frame.")
        )
        theme.changed.connect(self._repaint)

    # --- what it shows ---------------------------------------------------------------------------------

    def show_clip(self, facts: ClipFacts | None) -> None:
        """Begin a clip, or show none."""
        self._facts = facts
        self._thumbnails.clear()
        self._peaks, self._marks = b"", Marks()
        has_sound = facts is not None and facts.audio is not None
        self._sound_words = "" if facts is None or has_sound else self._messages.text("health.no_audio")
        self._position_us = facts.pts_us[0] if facts else 0
        self.setEnabled(facts is not None)
        self._leave()
        self._repaint()

    @property
    def thumbnails(self) -> tuple[int, ...]:
        """The numbers of the small frames that are here."""
        return tuple(sorted(self._thumbnails))

    @property
    def peaks(self) -> bytes:
        """How loud the clip is, slice by slice; empty while that is not known."""
        return self._peaks

    @property
    def preview(self) -> HoverPreview:
        """What stands over the pointer."""
        return self._preview

    def add_thumbnail(self, frame: ExactFrame) -> None:
        """One more small frame is here."""
        self._thumbnails[frame.number] = frame
        self._repaint()

    def show_sound(self, peaks: bytes) -> None:
        """How loud each slice of the clip's span is, 0 to 255."""
        self._peaks = peaks
        self._sound_words = "" if any(peaks) else self._messages.text("sound.silent")
        self._repaint()

    def say_no_sound(self, problem: str) -> None:
        """The sound could not be looked at."""
        if problem == "sound":
            self._sound_words = self._messages.text("sound.unheard")
            self._repaint()

    def show_marks(self, marks: Marks) -> None:
        """The marked part."""
        self._marks = marks
        self._repaint()

    def set_markers(self, markers: Sequence[tuple[int, str]]) -> None:
        """Moments somebody noted: time in microseconds, label. A click near one goes there, the label is shown."""
        self._markers = tuple(sorted(markers))
        self._repaint()

    def show_position(self, position_us: int) -> None:
        """Move the place where it stands."""
        self._position_us = position_us
        self.update()

    def show_preview(self, frame: ExactFrame) -> None:
        """A small frame that was asked for; only that under the pointer is shown."""
        if frame.number == self._hovered:
            self._preview.show_picture(frame.image)

    def say_no_preview(self, number: int) -> None:
        """A frame that cannot be decoded."""
        if number == self._hovered:
            self._preview.say(self._messages.text("problem.frame_undecodable", detail=str(number + 1)))

    # --- painting --------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as there is room."""
        return QSize(400, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Everything stands elsewhere."""
        super().resizeEvent(event)
        self._repaint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """What stands still, then the pointer, then the place."""
        painter = QPainter(self)
        ratio, mark = self.devicePixelRatioF(), mark_of(self)
        if self._ground is None or self._ground.devicePixelRatio() != ratio or mark != self._mark:
            self._mark = mark
            self._ground = self._paint_ground()
        painter.drawPixmap(0, 0, self._ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._facts is not None:
            if self._hovered is not None:
                self._draw_place(painter, self._x_of(self._facts.pts_us[self._hovered]), "muted", 1)
            self._draw_place(painter, self._x_of(self._position_us), "accent", 2)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _repaint(self) -> None:
        self._ground = None
        self.update()

    def _paint_ground(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        ground = QPixmap(self.size() * ratio)
        ground.setDevicePixelRatio(ratio)
        ground.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ground)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        painter.drawRoundedRect(QRectF(0, LANE, self.width(), HEIGHT - LANE), 4, 4)
        if self._facts is not None:
            self._paint_frames(painter, self._facts)
            if self._thumbnails:
                paint_mark(painter, QRectF(0, LANE, self.width(), FILM), self._mark)
            self._paint_sound(painter)
            self._paint_marks(painter, self._facts)
            self._paint_markers(painter)
        painter.end()
        return ground

    def _paint_frames(self, painter: QPainter, facts: ClipFacts) -> None:
        """Each cell shows the frame at its beginning, whole in height; where none can be shown it stays empty."""
        if not self._thumbnails:
            return
        count = self._cells(next(iter(self._thumbnails.values())).image.size())
        cell = self.width() / count
        part_us = (facts.span_us[1] - facts.span_us[0]) // count
        for place, moment in enumerate(moments_of(facts.span_us, count)):
            begins = max(moment, facts.pts_us[0]) if moment + part_us > facts.pts_us[0] else moment
            number = facts.small_frame_at(begins)
            if number is None or number not in self._thumbnails:
                continue
            image = self._thumbnails[number].image
            scale = FILM / image.height()
            width = min(cell - _GAP, image.width() * scale)
            source = QRectF((image.width() - width / scale) / 2, 0, width / scale, image.height())
            painter.drawImage(QRectF(place * cell, LANE, width, FILM), image, source)

    def _cells(self, picture: QSize) -> int:
        """How many cells: so many that each has room for a whole picture, never fewer than a few."""
        needed = picture.width() * FILM / max(1, picture.height()) + _GAP
        return next((n for n in _CELLS if self.width() / n >= needed), _CELLS[-1])

    def _paint_sound(self, painter: QPainter) -> None:
        """Twice the loudness is not twice the height: an answer that was spoken low is still seen."""
        lane = QRectF(0, LANE + FILM + _GAP, self.width(), SOUND)
        if self._sound_words:
            painter.setPen(self._theme.color("muted"))
            words = painter.fontMetrics().elidedText(self._sound_words, Qt.TextElideMode.ElideRight, self.width() - 12)
            painter.drawText(lane.adjusted(6, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter, words)
            return
        loudest = max(self._peaks, default=0)
        slices, middle = len(self._peaks), lane.center().y()
        loud, quiet = self._theme.color("accent"), self._theme.color("muted")
        for x in range(self.width() if loudest else 0):
            first = x * slices // self.width()
            peak = max(self._peaks[first : max(first + 1, (x + 1) * slices // self.width())])
            half = max(0.5, (peak / _PEAK) ** 0.5 * (SOUND / 2 - 1))
            painter.fillRect(QRectF(x, middle - half, 1, 2 * half), loud if peak > loudest * _QUIET else quiet)

    def _paint_marks(self, painter: QPainter, facts: ClipFacts) -> None:
        """What lies outside the marked part recedes; its ends are brackets."""
        if not self._marks.are_set:
            return
        begin = 0.0 if self._marks.first is None else self._x_of(facts.pts_us[self._marks.first])
        last = self._marks.last
        behind = facts.pts_us[last + 1] if last is not None and last + 1 < facts.frame_count else facts.span_us[1]
        end = float(self.width()) if last is None else self._x_of(behind)
        veil = self._theme.color("panel")
        veil.setAlpha(190)
        painter.fillRect(QRectF(0, LANE, begin, HEIGHT - LANE), veil)
        painter.fillRect(QRectF(end, LANE, self.width() - end, HEIGHT - LANE), veil)
        painter.fillRect(QRectF(begin, LANE - 4, max(1.0, end - begin), 3), self._theme.color("accent"))
        painter.setPen(QPen(self._theme.color("text"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._marks.first is not None:
            self._paint_bracket(painter, begin, 5)
        if last is not None:
            self._paint_bracket(painter, end, -5)

    def _paint_bracket(self, painter: QPainter, x: float, inward: int) -> None:
        x = max(1.0, min(self.width() - 1.0, x))
        painter.drawPolyline(
            [QPointF(x + inward, 1), QPointF(x, 1), QPointF(x, HEIGHT - 1), QPointF(x + inward, HEIGHT - 1)]
        )

    def _paint_markers(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("warn"))
        for moment, _ in self._markers:
            x = self._x_of(moment)
            flag = QPainterPath(QPointF(x - 5, 0))
            flag.lineTo(x + 5, 0)
            flag.lineTo(x, LANE - 1)
            flag.closeSubpath()
            painter.drawPath(flag)

    def _draw_place(self, painter: QPainter, x: float, color: str, width: int) -> None:
        painter.setPen(QPen(self._theme.color(color), width))
        painter.drawLine(QPointF(x, LANE - 4), QPointF(x, HEIGHT))

    # --- hands -----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton and self._facts is not None:
            near = self._marker_at(event.position().x())
            self.time_chosen.emit(near[0] if near is not None else self._time_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Look there; scrub while the button is held."""
        if self._facts is None:
            return
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.time_chosen.emit(self._time_at(event.position().x()))
        self._hover(event.position().x())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Nothing is looked at."""
        super().leaveEvent(event)
        self._leave()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """The preview goes with it."""
        self._leave()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrow keys step, page keys step ten frames."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.step_wanted.emit(step)

    def _hover(self, x: float) -> None:
        assert self._facts is not None
        near = self._marker_at(x)
        moment = near[0] if near is not None else self._time_at(x)
        number = self._facts.frame_at(moment)
        if number != self._hovered:
            self._hovered = number
            self._preview.begin(self._facts, number)
            self.preview_wanted.emit(number)
            self.update()
        self._preview.label(near[1] if near is not None else "")
        self._preview.stand_over(self, round(x))

    def _leave(self) -> None:
        self._hovered = None
        self._preview.hide()
        self.update()

    def _marker_at(self, x: float) -> tuple[int, str] | None:
        near = [marker for marker in self._markers if abs(self._x_of(marker[0]) - x) <= _NEAR]
        return min(near, key=lambda marker: abs(self._x_of(marker[0]) - x), default=None)

    def _x_of(self, position_us: int) -> float:
        assert self._facts is not None
        start, end = self._facts.span_us
        return max(1.0, min(self.width() - 1.0, (position_us - start) / (end - start) * self.width()))

    def _time_at(self, x: float) -> int:
        assert self._facts is not None
        start, end = self._facts.span_us
        share = max(0.0, min(1.0, x / max(1, self.width())))
        return min(self._facts.pts_us[-1], max(self._facts.pts_us[0], start + round(share * (end - start))))
