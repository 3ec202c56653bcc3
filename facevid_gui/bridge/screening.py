"""One clip on the screen: live playback and exact frames as one thing with one position (floor 2).

What enters: the bytes whose hash matched, and gestures. What leaves: the picture to show with its number, time and
mode ("live" from the player, "exact" from the decoder). The child looks at the bytes first; what it refuses is never
handed to the player in this process. Where there is no decoder, or it fails later, the player is all there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from facevid_gui.bridge.exact import ExactFrame, ExactFrames
    from facevid_gui.bridge.player import Player
    from facevid_gui.core.clip import ClipFacts

FILMSTRIP_FRAMES = 12
RATES = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0)


@dataclass(frozen=True)
class Shown:
    """What is on the canvas. `number` counts from 0 and is None while the clip's index is not known."""

    number: int | None
    count: int | None
    pts_us: int | None
    mode: str
    damaged: bool = False


class Screening(QObject):
    """At most one clip; views follow its signals."""

    picture_changed = Signal(object, object)  # QImage, Shown
    facts_changed = Signal(object)  # ClipFacts or None
    thumbnail_ready = Signal(object)  # ExactFrame
    state_changed = Signal(str)  # "empty", "loading", "paused", "playing", "ended", "failed"
    position_changed = Signal(object)  # microseconds
    problem_found = Signal(str, str)  # message id, technical detail
    loop_changed = Signal(bool)
    playable_changed = Signal()
    watching_began = Signal()  # somebody plays, steps or jumps: each time, whoever counts decides what is new

    def __init__(self, exact: ExactFrames, player: Player | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._exact = exact
        self._player = player
        self._numbers = count(1)
        self._data: bytes | None = None
        self._shown: Shown | None = None
        self._image: QImage | None = None
        self._wanted: int | None = None  # the frame asked for last, until it is here
        self._handed_over = False
        self._play_when_ready = False
        self._is_alone = False  # the player gets no exact pictures beside it
        self.state = "empty"
        self.facts: ClipFacts | None = None
        self.looping = False
        self.rate = 1.0
        exact.facts_found.connect(self._on_facts)
        exact.frame_ready.connect(self._on_exact_frame)
        exact.frame_missing.connect(self._on_frame_missing)
        exact.thumbnail_ready.connect(self.thumbnail_ready)
        exact.failed.connect(self._on_exact_failed)
        if player is not None:
            self._follow(player)

    def use_player(self, player: Player) -> None:
        """Take the player, made a moment after the window appeared."""
        self._player = player
        self._follow(player)
        if self.facts is not None or self._is_alone:
            self._hand_over()

    def warm_up(self) -> None:
        """A clip is about to come: start its decoder now."""
        self._exact.warm_up()

    # --- commands --------------------------------------------------------------------------------------

    def load(self, data: bytes) -> None:
        """Show another clip, paused at its first frame."""
        self.unload()
        self._data = data
        self._set_state("loading")
        self._exact.open(f"clip-{next(self._numbers)}", data)

    def unload(self) -> None:
        """Let go of the clip."""
        self._play_when_ready = self._is_alone = False
        self._have_handed_over(False)
        self._exact.close_clip()
        if self._player is not None:
            self._player.unload()
        self._data = self._image = self._shown = self._wanted = None
        if self.facts is not None:
            self.facts = None
            self.facts_changed.emit(None)
        self._set_state("empty")

    def toggle(self) -> None:
        """Play, or hold."""
        if self.state == "playing" or self._play_when_ready:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Run the clip from where it stands; from its start when it had ended."""
        if self.state == "loading":
            self._play_when_ready = True
            return
        if self._player is None or not self.can_play or self.state == "playing":
            return
        self._wanted = None
        shown = self._shown
        if self.state == "paused" and shown is not None and shown.pts_us is not None:  # ended, it begins anew by itself
            self._player.seek(self._start_us() if self._is_last(shown.number) else shown.pts_us)
        self._player.play()
        self.watching_began.emit()

    def pause(self) -> None:
        """Hold the clip; the frame held is then shown exactly."""
        self._play_when_ready = False
        if self._player is not None and self.state == "playing":
            self._player.pause()

    def step(self, frames: int) -> None:
        """One frame (or several) forward or back, exactly."""
        if self.facts is None or self._shown is None:
            return
        self.pause()
        number = self._wanted if self._wanted is not None else self._shown.number
        if number is None:
            number = self.facts.frame_at(self._shown.pts_us or 0)
        self.go_to_frame(number + frames)

    def go_to_frame(self, number: int) -> None:
        """Show a frame, exactly."""
        if self.facts is None:
            return
        self.pause()
        self.watching_began.emit()
        if self.state == "ended":
            self._set_state("paused")
        number = max(0, min(number, self.facts.frame_count - 1))
        if self._is_alone:
            self._seek_player(self.facts.pts_us[number])
        else:
            self._wanted = number
            self._exact.want(number)

    def seek(self, position_us: int) -> None:
        """Show the frame at a time; playing goes on from there."""
        if self.state == "playing" or self.facts is None:
            self._seek_player(position_us)
        else:
            self.go_to_frame(self.facts.frame_at(position_us))

    def set_rate(self, rate: float) -> None:
        """Play at another speed."""
        self.rate = rate
        if self._player is not None:
            self._player.set_rate(rate)

    def set_looping(self, looping: bool) -> None:
        """Begin again at the end, or not."""
        self.looping = looping
        self.loop_changed.emit(looping)

    def set_volume(self, volume: float) -> None:
        """Loudness, 0 to 1."""
        if self._player is not None:
            self._player.set_volume(volume)

    def set_muted(self, muted: bool) -> None:
        """Silence, or not."""
        if self._player is not None:
            self._player.set_muted(muted)

    @property
    def has_player(self) -> bool:
        """Whether real-time playback is possible on this system."""
        return self._player is not None

    @property
    def can_play(self) -> bool:
        """Whether `play` does something: the player has this clip, or will have it in a moment."""
        if self._player is None:
            return False
        return self.state == "loading" or (self._handed_over and self.state in ("paused", "playing", "ended"))

    @property
    def has_sound(self) -> bool:
        """Whether sound can be heard."""
        return self._player is not None and self._player.has_sound

    @property
    def shown(self) -> Shown | None:
        """What is on the canvas."""
        return self._shown

    @property
    def image(self) -> QImage | None:
        """The picture on the canvas."""
        return self._image

    def shut_down(self) -> None:
        """Let go of everything."""
        self.unload()
        self._exact.shut_down()

    # --- answers ---------------------------------------------------------------------------------------

    def _follow(self, player: Player) -> None:
        player.frame_shown.connect(self._on_live_frame)
        player.state_changed.connect(self._on_player_state)
        player.position_changed.connect(self._on_position)
        player.failed.connect(self._on_player_failed)
        player.no_picture.connect(self._on_no_picture)

    @Slot(object)
    def _on_facts(self, facts: ClipFacts) -> None:
        self.facts = facts
        self.facts_changed.emit(facts)
        self._exact.want(0)
        self._exact.want_thumbnails(FILMSTRIP_FRAMES)
        if self._player is None:
            self._set_state("paused")
        else:
            self._hand_over()

    def _seek_player(self, position_us: int) -> None:
        if self._player is not None and self._handed_over:
            self._player.seek(position_us)

    def _have_handed_over(self, done: bool) -> None:
        if done is not self._handed_over:
            self._handed_over = done
            self.playable_changed.emit()

    def _hand_over(self) -> None:
        """The child could open the clip, or there is none: now the player may have the same bytes."""
        if self._player is not None and self._data is not None and not self._handed_over:
            self._have_handed_over(True)
            self._player.set_rate(self.rate)
            self._player.load(self._data)

    @Slot(object)
    def _on_exact_frame(self, frame: ExactFrame) -> None:
        if self.state == "playing":
            return
        assert self.facts is not None
        if frame.number == self._wanted:
            self._wanted = None
        self._show(frame.image, Shown(frame.number, self.facts.frame_count, frame.pts_us, "exact", frame.damaged))
        self.position_changed.emit(frame.pts_us)

    @Slot(int)
    def _on_frame_missing(self, number: int) -> None:
        """The picture before stays; stepping goes on from the frame that cannot be had."""
        self._wanted = number
        self.problem_found.emit("frame_undecodable", str(number + 1))

    def _on_live_frame(self, image: QImage, start_us: int | None) -> None:
        if self.state != "playing" and self._shown is not None and not self._is_alone:
            return  # a paused player's own picture: the exact one is asked for
        number = None
        if self.facts is not None and start_us is not None:
            number = self.facts.frame_at(start_us)
        self._show(image, Shown(number, self.facts.frame_count if self.facts else None, start_us, "live"))
        if self.state != "playing" and start_us is not None:
            self.position_changed.emit(start_us)

    @Slot(str)
    def _on_player_state(self, state: str) -> None:
        if state in ("empty", "loading", "failed") or self._data is None:
            return  # why it failed comes by a signal of its own
        if state == "ended" and self.looping and self._player is not None:
            self._player.play()
            return
        was_playing = self.state == "playing"
        self._have_handed_over(True)  # a first picture may come late, after `no_picture`
        self._set_state(state)
        if state == "paused" and self._play_when_ready:
            self._play_when_ready = False
            self.play()
        elif state == "paused" and was_playing:
            self._show_held_frame()
        elif state == "ended" and self.facts is not None:
            self._exact.want(self.facts.frame_count - 1)

    def _show_held_frame(self) -> None:
        if self._shown is not None and self._shown.number is not None:
            self._exact.want(self._shown.number)

    @Slot(object)
    def _on_position(self, position_us: int) -> None:
        if self.state == "playing":
            self.position_changed.emit(position_us)

    @Slot(str)
    def _on_player_failed(self, detail: str) -> None:
        """The decoder could open it, the player could not: stepping still works."""
        self._play_when_ready = False
        self._have_handed_over(False)
        self._set_state("failed" if self.facts is None else "paused")
        self.problem_found.emit("player_failed", detail)

    @Slot()
    def _on_no_picture(self) -> None:
        self._play_when_ready = False
        self._have_handed_over(False)
        self._set_state("paused" if self.facts is not None else "failed")
        self.problem_found.emit("player_no_picture", "")

    @Slot(str, str)
    def _on_exact_failed(self, code: str, detail: str) -> None:
        self._wanted = None
        self._is_alone = code == "decoder_missing" or self.facts is not None
        if self._is_alone and self.facts is None:
            self._hand_over()
        if not self._handed_over and self._image is None:
            self._set_state("failed")
        self.problem_found.emit(code, detail)

    def _show(self, image: QImage, shown: Shown) -> None:
        self._image, self._shown = image, shown
        self.picture_changed.emit(image, shown)

    def _is_last(self, number: int | None) -> bool:
        return self.facts is not None and number is not None and number >= self.facts.frame_count - 1

    def _start_us(self) -> int:
        return self.facts.pts_us[0] if self.facts is not None else 0

    def _set_state(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
