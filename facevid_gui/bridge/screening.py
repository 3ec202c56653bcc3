"""One clip on the screen: live playback and exact frames as one thing with one position (floor 2).

What enters: the bytes whose hash matched, and gestures. What leaves: the picture to show with its number, time and
mode: "exact" from the decoder, "live" from the player that runs, "nearest" from a player that was asked for a frame and
has no exact decoder beside it. The child looks at the bytes first; what it refuses is never handed to the player in
this process. Where there is no decoder, or it fails later, the player is all there is.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from facevid_gui.bridge.backwards import Backwards
from facevid_gui.bridge.places import Loop
from facevid_gui.bridge.rates import Rates
from facevid_gui.bridge.shown import Shown, why_not_played

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from facevid_gui.bridge.exact import ExactFrame, ExactFrames
    from facevid_gui.bridge.player import Player
    from facevid_gui.core.clip import ClipFacts

FILMSTRIP_FRAMES = 24  # the strip shows all of them, or every second, third, fourth … where there is little room
MOVING = ("playing", "reversing")


class Screening(QObject):
    """At most one clip; views follow its signals."""

    picture_changed = Signal(object, object)  # QImage, Shown
    facts_changed = Signal(object)  # ClipFacts or None
    thumbnail_ready = Signal(object)  # ExactFrame
    state_changed = Signal(str)  # "empty", "loading", "paused", "playing", "reversing", "ended", "failed"
    position_changed = Signal(object)  # microseconds
    problem_found = Signal(str, str)  # message id, technical detail
    playable_changed = Signal()
    watching_began = Signal()  # somebody plays, steps or jumps: each time, whoever counts decides what is new

    def __init__(self, exact: ExactFrames, player: Player | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.exact = exact
        self._player = player
        self._numbers = count(1)
        self._data: bytes | None = None
        self.shown: Shown | None = None  # what is on the canvas, and its picture
        self.image: QImage | None = None
        self._wanted: int | None = None  # the frame asked for last, until it is here
        self._handed_over = False
        self._play_when_ready = False
        self._is_alone = False  # the player gets no exact pictures beside it
        self.loop = Loop(lambda: self.shown_number, self)
        self.rates = Rates(self)
        self.rates.changed.connect(self._on_rate)
        self._backwards = Backwards(exact.want, self.loop, self)
        self._backwards.reached_start.connect(lambda: self._set_state("paused"))
        self.state = "empty"
        self.facts: ClipFacts | None = None
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._want_rest)
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
        if self.facts is not None:
            self._hand_over()

    # --- commands --------------------------------------------------------------------------------------

    def load(self, data: bytes) -> None:
        """Show another clip, paused at its first frame."""
        self.unload()
        self._data = data
        self._set_state("loading")
        self.exact.open(f"clip-{next(self._numbers)}", data)

    def unload(self) -> None:
        """Let go of the clip."""
        self._play_when_ready = self._is_alone = False
        self._have_handed_over(False)
        self._rest.stop()
        self.exact.close_clip()
        if self._player is not None:
            self._player.unload()
        self._backwards.stop()
        self._data = self.image = self.shown = self._wanted = None
        self.loop.open(None)
        if self.facts is not None:
            self.facts = None
            self.facts_changed.emit(None)
        self._set_state("empty")

    def toggle(self) -> None:
        """Play, or hold."""
        if self.state in MOVING or self._play_when_ready:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Run the clip from where it stands; from its start when it had ended."""
        if self.state == "loading":
            self._play_when_ready = True
            return
        if self._player is None or not self.can_play or self.state == "playing":
            if self.facts is not None and self.state != "playing":
                self.problem_found.emit("not_played", "")
            return
        self._stop_backwards()
        self._wanted = None
        shown = self.shown
        if self.state == "paused" and shown is not None and shown.pts_us is not None:
            self._player.seek(self.loop.start_us if self.loop.is_at_end(shown.number) else shown.pts_us)
        self._player.play(self.loop.start_us)
        self.watching_began.emit()

    def play_backwards(self) -> None:
        """Run the clip backwards from where it stands, by exact frames and without sound; from its end at its start."""
        if self.facts is None or not self.can_reverse:
            return
        self.pause()
        self._set_state("reversing")
        number, self._wanted = self.current_number, None
        self._backwards.start(self.facts, number, self.rates.current)
        self.watching_began.emit()

    def shuttle(self, direction: int, *, slow: bool = False) -> None:
        """The keys J (-1) and L (1): run that way, or run faster; with `slow` at half speed, or slower still."""
        if direction == self.direction:
            self.rates.press_on(slow=slow)
        elif direction < 0 and self.can_reverse:
            self.play_backwards()
            self.rates.begin(slow=slow)
        elif direction > 0 and self.can_play:
            self.play()
            self.rates.begin(slow=slow)

    def pause(self) -> None:
        """Hold the clip; the frame held is then shown exactly."""
        self._play_when_ready = False
        self._stop_backwards()
        if self._player is not None and self.state == "playing":
            self._player.pause()

    def step(self, frames: int) -> None:
        """One frame (or several) forward or back, exactly."""
        if self.facts is None or self.shown is None:
            return
        self.pause()
        self.go_to_frame(self.current_number + frames)

    def go_to_frame(self, number: int) -> None:
        """Show a frame, exactly."""
        if self.facts is None:
            return
        self.pause()
        self.watching_began.emit()
        if self.state == "ended":
            self._set_state("paused")
        self._wanted = number = max(0, min(number, self.facts.frame_count - 1))
        if self._is_alone:
            self._seek_player(self.facts.pts_us[number])
        else:
            self.exact.want(number)

    def seek(self, position_us: int) -> None:
        """Show the frame at a time; playing goes on from there."""
        if self.state == "playing" or self.facts is None:
            self._seek_player(position_us)
        else:
            self.go_to_frame(self.facts.frame_at(position_us))

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
        return self.state == "loading" or (self._handed_over and self.state in ("paused", "ended", *MOVING))

    @property
    def can_reverse(self) -> bool:
        """Whether `play_backwards` does something: only exact frames run backwards."""
        return self.facts is not None and not self._is_alone and self.state in ("paused", "ended", *MOVING)

    @property
    def direction(self) -> int:
        """1 when it runs, -1 when it runs backwards, 0 when it stands."""
        return {"playing": 1, "reversing": -1}.get(self.state, 0)

    @property
    def has_sound(self) -> bool:
        """Whether sound can be heard."""
        return self._player is not None and self._player.has_sound

    @property
    def current_number(self) -> int:
        """The frame that stands, or was asked for and is on its way."""
        return self.shown_number if self._wanted is None else self._wanted

    @property
    def shown_number(self) -> int:
        """The frame that stands."""
        shown = self.shown
        if shown is None or self.facts is None:
            return 0
        return shown.number if shown.number is not None else self.facts.frame_at(shown.pts_us or 0)

    def shut_down(self) -> None:
        """Let go of everything."""
        self.unload()
        self.exact.shut_down()

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
        self.loop.open(facts)
        self.facts_changed.emit(facts)
        self.exact.want(0)
        self._rest.start()

    @Slot()
    def _want_rest(self) -> None:
        """The first frame was asked for, and painted if it was there: now for everything else."""
        self.exact.want_around()
        self.exact.want_thumbnails(FILMSTRIP_FRAMES)
        self.exact.want_looks()
        self._hand_over()

    def _seek_player(self, position_us: int) -> None:
        if self._player is not None and self._handed_over:
            self._player.seek(position_us)

    def _have_handed_over(self, done: bool) -> None:
        if done is not self._handed_over:
            self._handed_over = done
            self.playable_changed.emit()

    def _hand_over(self) -> None:
        """The child could open the clip: now the player may have the same bytes, if it can be trusted with them."""
        assert self.facts is not None
        if why := why_not_played(self.facts):
            self._do_without_player(*why)
        elif self._player is None:
            self._set_state("paused")
        elif self._data is not None and not self._handed_over:
            self._have_handed_over(True)
            self._player.set_rate(self.rates.current)
            self._player.load(self._data)

    @Slot(object)
    def _on_exact_frame(self, frame: ExactFrame) -> None:
        if self.state == "playing":
            return
        assert self.facts is not None
        if frame.number == self._wanted:
            self._wanted = None
        count, planes = self.facts.frame_count, frame.planes
        self._show(frame.image, Shown(frame.number, count, frame.pts_us, "exact", frame.damaged, planes))
        self.position_changed.emit(frame.pts_us)
        self._backwards.arrived(frame.number)

    @Slot(int)
    def _on_frame_missing(self, number: int) -> None:
        """The picture before stays; stepping, and running backwards, goes on from the frame that cannot be had."""
        if self.state == "reversing":
            self._backwards.arrived(number)
            return
        self._wanted = number
        self.problem_found.emit("frame_undecodable", str(number + 1))

    def _on_live_frame(self, image: QImage, start_us: int | None) -> None:
        if self.state != "playing" and self.shown is not None and not self._is_alone:
            return  # a paused player's own picture: the exact one is asked for
        facts, number, mode = self.facts, None, "live"
        if facts is not None and start_us is not None:
            number = facts.frame_at(start_us)
        if self.state == "playing" and self.loop.hides(number):
            if self.loop.turns():
                self._seek_player(self.loop.start_us)
            return
        if self.state != "playing" and (number is None or number != self._wanted):
            mode = "nearest"  # it shows what it has, which need not be what was asked for
        if number == self._wanted:
            self._wanted = None
        damaged = self.exact.is_damaged(number)
        self._show(image, Shown(number, facts.frame_count if facts else None, start_us, mode, damaged))
        if self.state != "playing" and start_us is not None:
            self.position_changed.emit(start_us)

    @Slot(str)
    def _on_player_state(self, state: str) -> None:
        if state in ("empty", "loading", "failed") or self._data is None:
            return  # why it failed comes by a signal of its own
        if self.state == "reversing":
            return  # the player stands meanwhile
        if state == "ended" and self.loop.looping and self._player is not None:
            self._player.play(self.loop.start_us)
            return
        was_playing = self.state == "playing"
        self._have_handed_over(True)  # a first picture may come late, after `no_picture`
        self._set_state(state)
        if state == "paused" and self._play_when_ready:
            self._play_when_ready = False
            self.play()
        elif state == "paused" and was_playing and self.shown is not None and self.shown.number is not None:
            self.exact.want(self.shown.number)
        elif state == "ended" and self.facts is not None:
            self.exact.want(self.facts.frame_count - 1)

    @Slot(object)
    def _on_position(self, position_us: int) -> None:
        if self.state == "playing":
            self.position_changed.emit(position_us)

    @Slot(str)
    def _on_player_failed(self, detail: str) -> None:
        self._do_without_player("player_failed", detail)

    @Slot()
    def _on_no_picture(self) -> None:
        self._do_without_player("player_no_picture")

    def _do_without_player(self, code: str, detail: str = "") -> None:
        """The decoder could open it, the player shows nothing of it: stepping still works."""
        self._play_when_ready = False
        self._have_handed_over(False)
        self._set_state("failed" if self.facts is None else "paused")
        self.problem_found.emit(code, detail)

    @Slot(str, str)
    def _on_exact_failed(self, code: str, detail: str) -> None:
        self._wanted = None
        self._is_alone = self.facts is not None
        if not self._handed_over and self.image is None:
            self._set_state("failed")
        self.problem_found.emit(code, detail)

    def _show(self, image: QImage, shown: Shown) -> None:
        self.image, self.shown = image, shown
        self.picture_changed.emit(image, shown)

    def _stop_backwards(self) -> None:
        if self.state == "reversing":
            self._backwards.stop()
            self._set_state("paused")

    @Slot(float)
    def _on_rate(self, rate: float) -> None:
        self._backwards.set_speed(rate)
        if self._player is not None:
            self._player.set_rate(rate)

    def _set_state(self, state: str) -> None:
        if state == self.state:
            return
        self.state = state
        if state not in MOVING:
            self.rates.settle()
        self.state_changed.emit(state)
