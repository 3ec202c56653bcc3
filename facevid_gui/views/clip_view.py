"""The video: stage, timeline and transport for the clip that is open (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from facevid_gui.bridge.rates import RATES
from facevid_gui.bridge.screening import MOVING
from facevid_gui.core.clip_words import clock_text
from facevid_gui.views.canvas_line import CanvasLine
from facevid_gui.views.combo import Combo
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.health_line import LASTING_PROBLEMS, HealthLine
from facevid_gui.views.image_canvas import ImageCanvas
from facevid_gui.views.jump_field import JumpField
from facevid_gui.views.theme import SPACE_M, SPACE_S, SPACE_XS, fixed_font
from facevid_gui.views.timeline import Timeline
from facevid_gui.views.widgets import IconButton, PlainLabel, box, panel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QImage, QResizeEvent

    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.shown import Shown
    from facevid_gui.core.clip import ClipFacts
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme


class VideoStage(QWidget):
    """Canvas and line that follow a screening and say which frame is shown."""

    pin_wanted = Signal()

    def __init__(self, theme: Theme, screening: Screening, messages: Messages) -> None:
        super().__init__()
        self.canvas = ImageCanvas()
        self.canvas.setObjectName("video_canvas")
        self.canvas.setAccessibleName(self.tr("Video"))
        self.canvas.setAccessibleDescription(
            self.tr("The picture of the chosen clip. Space plays, the arrow keys step frame by frame.")
        )
        self.line = CanvasLine(theme, self.canvas)
        self.frame_label = self.line.caption
        self.frame_label.setObjectName("frame_label")
        self.frame_label.setCursor(Qt.CursorShape.PointingHandCursor)
        self.frame_label.installEventFilter(self)
        self.jump = JumpField(screening, messages, self)
        pin = self.line.add_tool(IconButton(theme, "pin", kind="flat", size=16))
        pin.name(self.tr("Pin this frame for comparison"), "P")
        pin.clicked.connect(self.pin_wanted)
        self.line.allow(allowed=False)
        column = box(QVBoxLayout(self), spacing=0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.line)
        self._screening = screening
        self._messages = messages
        self._frame = self._problem = ""  # what is shown; what could not be shown after it
        self._caption: Callable[[str], str] = str
        screening.picture_changed.connect(self._on_picture)
        screening.problem_found.connect(self._on_problem)
        screening.state_changed.connect(self._on_state)
        self.canvas.clicked.connect(screening.toggle)

    def ask_place(self) -> None:
        """Ask for a frame number or a time to go to."""
        self.jump.open_over(self.line)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """A click on the words that say which frame is shown asks for another one."""
        if watched is self.frame_label and event.type() == QEvent.Type.MouseButtonPress:
            self.ask_place()
        return False

    def empty(self, text: str) -> None:
        """Show no picture, and say why."""
        self.canvas.show_image(None)
        self._frame = self._problem = ""
        self._say()
        self.canvas.say(text)

    def use_caption(self, caption: Callable[[str], str]) -> None:
        """How what lies on the stage is said, given the words of the frame: another picture may lie there, too."""
        self._caption = caption
        self._say()

    def _on_picture(self, image: QImage, shown: Shown) -> None:
        self._frame, self._problem = self.words_of(shown), ""
        self.canvas.show_image(image)
        self._say("warn" if shown.damaged or shown.mode == "nearest" else "muted")

    def _say(self, tone: str = "") -> None:
        """Below the picture stands what is shown; what cannot be shown stands behind it."""
        words = self._caption(self._frame) if self._frame else ""
        self.frame_label.setText(" – ".join(filter(None, (words, self._problem))) or " ")
        if tone:
            self.frame_label.set_tone(tone)

    def words_of(self, shown: Shown) -> str:
        """Number, time and mode of what is shown."""
        mode = self._messages.text(f"frame.mode.{shown.mode}")
        time = clock_text(shown.pts_us) if shown.pts_us is not None else "–"
        if shown.number is None or shown.count is None:
            return self._messages.text("frame.unnumbered", time=time, mode=mode)
        words = self._messages.text("frame.numbered", number=shown.number + 1, count=shown.count, time=time, mode=mode)
        return f"{words} · {self._messages.text('frame.damaged')}" if shown.damaged else words

    def _on_state(self, state: str) -> None:
        if state == "loading":
            self.empty(self.tr("Opening the recording…"))

    def _on_problem(self, code: str, detail: str) -> None:
        """What lasts is said by the health line; while a picture stands, its own words stay below it."""
        text = self._messages.text(f"problem.{code}", detail=detail)
        if self.canvas.image is None:
            self.canvas.say(text)
        elif code not in LASTING_PROBLEMS:
            self._problem = text
            self._say("warn")


class Transport(QWidget):
    """Play, step, speed, loop, sound."""

    def __init__(self, theme: Theme, screening: Screening) -> None:
        super().__init__()
        self._screening = screening
        self._duration_us = 0
        row = FlowLayout(SPACE_XS)
        self.setLayout(row)
        self.start_button = self._button(theme, "to_start", self.tr("First frame"), "Home", self._to_start)
        self.reverse_button = self._button(theme, "reverse", self.tr("Play backwards"), "J", self._reverse)
        self.reverse_button.setObjectName("reverse_button")
        self.back_button = self._button(theme, "step_back", self.tr("One frame back"), ",", lambda: screening.step(-1))
        self.play_button = self._button(theme, "play", self.tr("Play"), "Space", screening.toggle, primary=True)
        self.forward_button = self._button(theme, "step_forward", self.tr("One frame forward"), ".",
                                           lambda: screening.step(1))  # fmt: skip
        self.end_button = self._button(theme, "to_end", self.tr("Last frame"), "End", self._to_end)
        self.play_button.setObjectName("play_button")
        self.back_button.setObjectName("step_back_button")
        self.forward_button.setObjectName("step_forward_button")
        self.clock = PlainLabel("00:00.000 / 00:00.000")
        self.clock.setFont(fixed_font())
        self.clock.setMinimumWidth(self.clock.fontMetrics().horizontalAdvance("00:00.000 / 00:00.000") + SPACE_S)
        self.speed_box = self._make_speed_box(theme)
        self.loop_button = self._button(theme, "loop", self.tr("Loop"), "R", None)
        self.loop_button.setCheckable(True)
        self.loop_button.toggled.connect(screening.loop.set_looping)
        loop = screening.loop
        self.first_button = self._button(theme, "mark_in", self.tr("Mark the first frame"), "I", loop.mark_first)
        self.last_button = self._button(theme, "mark_out", self.tr("Mark the last frame"), "O", loop.mark_last)
        self.first_button.setObjectName("mark_first_button")
        self.last_button.setObjectName("mark_last_button")
        self.mute_button = self._button(theme, "volume", self.tr("Mute"), "", None)
        self.mute_button.setCheckable(True)
        self.mute_button.toggled.connect(self._on_mute)
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(0, 100)
        self.volume.setValue(80)
        self.volume.setFixedWidth(52)
        self.volume.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.volume.setAccessibleName(self.tr("Volume"))
        self.volume.valueChanged.connect(lambda value: screening.set_volume(value / 100))
        for widget in (
            self.start_button, self.reverse_button, self.back_button, self.play_button, self.forward_button,
            self.end_button, self.clock, self.speed_box, self.loop_button, self.first_button, self.last_button,
            self.mute_button, self.volume,
        ):  # fmt: skip
            row.addWidget(widget)
        self._only_with_clip = (
            self.start_button, self.reverse_button, self.back_button, self.forward_button, self.end_button,
            self.first_button, self.last_button,
        )  # fmt: skip
        screening.state_changed.connect(self._update)
        screening.facts_changed.connect(self._on_facts)
        screening.position_changed.connect(self._on_position)
        screening.playable_changed.connect(self._update)
        screening.rates.changed.connect(lambda rate: self.speed_box.setCurrentIndex(RATES.index(rate)))
        self._update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Loudness has no line of its own: the picture above needs that room, and the system has a slider, too."""
        super().resizeEvent(event)
        parts = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        needed = sum(part.sizeHint().width() if part is not self.volume else part.width() for part in parts)
        self.volume.setVisible(self.width() >= needed + (len(parts) - 1) * SPACE_XS)

    def refresh_sound(self) -> None:
        """Offer sound only where there is a device to hear it on."""
        sound = self._screening.has_sound
        for widget in (self.mute_button, self.volume):
            widget.setEnabled(sound)
        missing = self.tr("No sound device on this computer. Connect headphones or a loudspeaker; Help (F1) says more.")
        self.mute_button.name(self.tr("Mute") if sound else missing)

    def _button(
        self, theme: Theme, icon: str, name: str, keys: str, on_click: Callable[[], object] | None, *,
        primary: bool = False,
    ) -> IconButton:  # fmt: skip
        color = "on_accent" if primary else "text"
        button = IconButton(theme, icon, color=color, kind="primary" if primary else "")
        button.name(name, keys)
        if on_click is not None:
            button.clicked.connect(lambda _checked=False: on_click())
        return button

    def _make_speed_box(self, theme: Theme) -> Combo:
        speed = Combo(theme)
        speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        speed.setAccessibleName(self.tr("Speed"))
        speed.setToolTip(self.tr("Speed"))
        for rate in RATES:
            speed.addItem(f"{rate:g}×", rate)
        speed.setCurrentIndex(RATES.index(1.0))
        speed.activated.connect(lambda index: self._screening.rates.choose(RATES[index]))
        return speed

    def _to_start(self) -> None:
        self._screening.go_to_frame(0)

    def _to_end(self) -> None:
        facts = self._screening.facts
        if facts is not None:
            self._screening.go_to_frame(facts.frame_count - 1)

    def _reverse(self) -> None:
        if self._screening.state == "reversing":
            self._screening.pause()
        else:
            self._screening.play_backwards()

    def _on_mute(self, muted: bool) -> None:
        self._screening.set_muted(muted)
        self.mute_button.show_icon("mute" if muted else "volume")

    def _on_facts(self, facts: ClipFacts | None) -> None:
        self._duration_us = facts.duration_us if facts else 0
        self._on_position(facts.pts_us[0] if facts else 0)
        self._update()

    def _on_position(self, position_us: int) -> None:
        self.clock.setText(f"{clock_text(position_us)} / {clock_text(self._duration_us)}")

    def _update(self, *_: object) -> None:
        screening = self._screening
        for button in self._only_with_clip:
            button.setEnabled(screening.facts is not None)
        playing = screening.state in MOVING
        self.reverse_button.setEnabled(screening.can_reverse)
        self.play_button.setEnabled(screening.can_play)
        self.play_button.show_icon("pause" if playing else "play")
        if screening.has_player and screening.state == "paused" and not screening.can_play:
            self.play_button.name(
                self.tr("This clip cannot be played here. Stepping works; open the record to try again.")
            )
        elif screening.has_player:
            self.play_button.name(self.tr("Pause") if playing else self.tr("Play"), "Space")
        else:
            self.play_button.name(self.tr("Playback is not possible here: Qt Multimedia is missing. Stepping works."))
        self.refresh_sound()


class ClipView(QWidget):
    """Timeline, transport and health line below the stage, as one card."""

    def __init__(self, theme: Theme, screening: Screening, messages: Messages) -> None:
        super().__init__()
        column = box(QVBoxLayout(self), spacing=SPACE_S)
        card = panel("card")
        self._column, self._inner = column, box(QVBoxLayout(card), margin=SPACE_M, spacing=SPACE_M)
        inner = self._inner
        self.timeline = Timeline(theme, messages, self.tr("Timeline"))
        self.transport = Transport(theme, screening)
        inner.addWidget(self.timeline)
        inner.addWidget(self.transport)
        column.addWidget(card)
        self.health = HealthLine(theme, screening, messages)
        column.addWidget(self.health)
        self._follow(screening)

    def flatten(self, *, flat: bool) -> None:
        """Less air, for a low window."""
        space = SPACE_S if flat else SPACE_M
        self._inner.setContentsMargins(SPACE_M, space, SPACE_M, space)
        self._inner.setSpacing(space)
        self._column.setSpacing(SPACE_XS if flat else SPACE_S)

    def set_markers(self, markers: Sequence[tuple[int, str]]) -> None:
        """Moments noted by somebody: time in microseconds, label. They are forgotten when the clip is let go."""
        self.timeline.set_markers(markers)

    def _on_state(self, state: str) -> None:
        if state == "empty":
            self.timeline.set_markers(())

    def _follow(self, screening: Screening) -> None:
        timeline, exact = self.timeline, screening.exact
        timeline.time_chosen.connect(screening.seek)
        timeline.step_wanted.connect(screening.step)
        timeline.preview_wanted.connect(exact.want_preview)
        exact.preview_ready.connect(timeline.show_preview)
        exact.preview_missing.connect(timeline.say_no_preview)
        exact.sound_heard.connect(timeline.show_sound)
        exact.look_failed.connect(lambda look, _code: timeline.say_no_sound(look))
        screening.state_changed.connect(self._on_state)
        screening.facts_changed.connect(timeline.show_clip)
        screening.thumbnail_ready.connect(timeline.add_thumbnail)
        screening.position_changed.connect(timeline.show_position)
        screening.loop.marks_changed.connect(timeline.show_marks)
