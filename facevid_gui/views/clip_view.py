"""The video: stage, filmstrip and transport for the clip that is open (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from facevid_gui.bridge.screening import RATES
from facevid_gui.views.canvas_line import CanvasLine
from facevid_gui.views.filmstrip import Filmstrip
from facevid_gui.views.flow_layout import FlowLayout
from facevid_gui.views.image_canvas import ImageCanvas
from facevid_gui.views.theme import SPACE_M, SPACE_S, fixed_font
from facevid_gui.views.widgets import Combo, ElidedLabel, IconButton, PlainLabel, box, panel

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from facevid_gui.bridge.screening import Screening, Shown
    from facevid_gui.core.clip import ClipFacts
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.theme import Theme


LASTING_PROBLEMS = frozenset({"decoder_missing", "player_failed", "player_no_picture"})


def clock_text(position_us: int) -> str:
    """Minutes, seconds and milliseconds of a position."""
    millis = max(0, position_us) // 1000
    return f"{millis // 60000:02d}:{millis // 1000 % 60:02d}.{millis % 1000:03d}"


class VideoStage(QWidget):
    """Canvas and line that follow a screening and say which frame is shown."""

    pin_wanted = Signal()

    def __init__(self, theme: Theme, screening: Screening, messages: Messages) -> None:
        super().__init__()
        self.canvas = ImageCanvas()
        self.canvas.setObjectName("video_canvas")
        self.canvas.setAccessibleName(self.tr("Video"))
        self.line = CanvasLine(theme, self.canvas)
        self.frame_label = self.line.caption
        self.frame_label.setObjectName("frame_label")
        pin = self.line.add_tool(IconButton(theme, "pin", kind="flat", size=16))
        pin.name(self.tr("Pin this frame for comparison"), "P")
        pin.clicked.connect(self.pin_wanted)
        self.line.allow(allowed=False)
        column = box(QVBoxLayout(self), spacing=0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.line)
        self._screening = screening
        self._messages = messages
        screening.picture_changed.connect(self._on_picture)
        screening.problem_found.connect(self._on_problem)
        screening.state_changed.connect(self._on_state)
        self.canvas.clicked.connect(screening.toggle)

    def empty(self, text: str) -> None:
        """Show no picture, and say why."""
        self.canvas.show_image(None)
        self.frame_label.setText(" ")
        self.canvas.say(text)

    def _on_picture(self, image: QImage, shown: Shown) -> None:
        self.canvas.show_image(image)
        self.frame_label.setText(self._frame_text(shown))
        self.frame_label.set_tone("warn" if shown.damaged else "muted")

    def _frame_text(self, shown: Shown) -> str:
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
        text = self._messages.text(f"problem.{code}", detail=detail)
        if self.canvas.image is None:
            self.canvas.say(text)
        else:
            self.frame_label.setText(text)
            self.frame_label.set_tone("warn")


class Transport(QWidget):
    """Play, step, speed, loop, sound."""

    def __init__(self, theme: Theme, screening: Screening) -> None:
        super().__init__()
        self._screening = screening
        self._duration_us = 0
        row = FlowLayout(SPACE_S)
        self.setLayout(row)
        self.start_button = self._button(theme, "to_start", self.tr("First frame"), "Home", self._to_start)
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
        self.loop_button.toggled.connect(screening.set_looping)
        self.mute_button = self._button(theme, "volume", self.tr("Mute"), "", None)
        self.mute_button.setCheckable(True)
        self.mute_button.toggled.connect(self._on_mute)
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(0, 100)
        self.volume.setValue(80)
        self.volume.setFixedWidth(72)
        self.volume.setAccessibleName(self.tr("Volume"))
        self.volume.valueChanged.connect(lambda value: screening.set_volume(value / 100))
        for widget in (
            self.start_button, self.back_button, self.play_button, self.forward_button, self.end_button, self.clock,
            self.speed_box, self.loop_button, self.mute_button, self.volume,
        ):  # fmt: skip
            row.addWidget(widget)
        self._only_with_clip = (self.start_button, self.back_button, self.forward_button, self.end_button)
        screening.state_changed.connect(self._update)
        screening.facts_changed.connect(self._on_facts)
        screening.position_changed.connect(self._on_position)
        screening.playable_changed.connect(self._update)
        self._update()

    def refresh_sound(self) -> None:
        """Offer sound only where there is a device to hear it on."""
        sound = self._screening.has_sound
        for widget in (self.mute_button, self.volume):
            widget.setEnabled(sound)
        self.mute_button.name(self.tr("Mute") if sound else self.tr("No sound device on this computer"))

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
        speed.setAccessibleName(self.tr("Speed"))
        speed.setToolTip(self.tr("Speed"))
        for rate in RATES:
            speed.addItem(f"{rate:g}×", rate)
        speed.setCurrentIndex(RATES.index(1.0))
        speed.activated.connect(lambda index: self._screening.set_rate(RATES[index]))
        return speed

    def _to_start(self) -> None:
        self._screening.go_to_frame(0)

    def _to_end(self) -> None:
        facts = self._screening.facts
        if facts is not None:
            self._screening.go_to_frame(facts.frame_count - 1)

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
        playing = screening.state == "playing"
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
    """Filmstrip, transport and health line below the stage, as one card."""

    def __init__(self, theme: Theme, screening: Screening, messages: Messages) -> None:
        super().__init__()
        self._messages = messages
        column = box(QVBoxLayout(self), spacing=SPACE_S)
        card = panel("card")
        inner = box(QVBoxLayout(card), margin=SPACE_M, spacing=SPACE_M)
        self.filmstrip = Filmstrip(theme, self.tr("Timeline"))
        self.filmstrip.time_chosen.connect(screening.seek)
        self.filmstrip.step_wanted.connect(screening.step)
        self.transport = Transport(theme, screening)
        inner.addWidget(self.filmstrip)
        inner.addWidget(self.transport)
        column.addWidget(card)
        self.health = ElidedLabel(" ", tone="muted")
        self.health.setObjectName("health_label")
        column.addWidget(self.health)
        screening.facts_changed.connect(self._on_facts)
        screening.thumbnail_ready.connect(self.filmstrip.add_thumbnail)
        screening.position_changed.connect(self.filmstrip.show_position)
        screening.problem_found.connect(self._on_problem)
        screening.state_changed.connect(self._on_state)

    def _on_facts(self, facts: ClipFacts | None) -> None:
        self.filmstrip.show_clip(facts)
        self.health.set_tone("muted")
        self.health.setText(health_text(facts, self._messages) if facts else " ")

    def _on_state(self, state: str) -> None:
        if state == "loading":
            self._on_facts(None)

    def _on_problem(self, code: str, detail: str) -> None:
        """What limits this clip for as long as it is open stays said, whatever picture comes."""
        if code in LASTING_PROBLEMS:
            self.health.set_tone("warn")
            self.health.setText(self._messages.text(f"problem.{code}", detail=detail))


def health_text(facts: ClipFacts, messages: Messages) -> str:
    """What the recording is made of, in one line."""
    video = facts.video
    stated = video.frames_stated
    width, height = (video.height, video.width) if video.rotation in (90, 270) else (video.width, video.height)
    frames = "health.frames_stated" if stated and stated != facts.frame_count else "health.frames"
    parts = [f"{video.codec.upper()} {width}×{height}, {video.fps:.4g} fps"]
    parts.append(messages.text(frames, count=facts.frame_count, stated=stated))
    brand = facts.brands.split(" ")[0]
    container = "MP4" if "mp4" in facts.container.split(",") else facts.container.split(",")[0]
    parts.append(messages.text("health.brand", container=container, brand=brand) if brand else container)
    audio = facts.audio
    if audio is None:
        parts.append(messages.text("health.no_audio"))
    else:
        parts.append(messages.text("health.audio", codec=audio.codec.upper(), rate=f"{audio.sample_rate / 1000:g}"))
    return QCoreApplication.translate("ClipView", "Recording: {0}").format(" · ".join(parts))
