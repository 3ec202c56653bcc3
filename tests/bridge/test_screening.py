"""One clip on the screen: playing and stepping as one thing, each failing without the other, no clip for another."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from PySide6.QtGui import QImage

from facevid_gui.bridge.exact import ExactFrame, ExactFrames
from facevid_gui.bridge.player import Player
from facevid_gui.bridge.screening import FILMSTRIP_FRAMES, Screening
from facevid_gui.bridge.shown import Shown
from facevid_gui.core.clip import ClipCheck
from facevid_gui.resources import resource as own_file
from tests.support.bridge_children import dying_at, missing
from tests.support.bridge_pictures import PEOPLE, demo, is_same, number_on, person_in, pictures_of, times_of
from tests.support.media_clips import at_rate, damage_frames, make_clip, make_sound_only
from tests.support.qt import pump_until

FRAMES, FPS = 30, 40


@cache
def numbered() -> bytes:
    """A clip whose pictures say which they are."""
    return make_clip(at_rate(FRAMES, FPS), key_every=12, b_frames=2, sound=True)


class Watched:
    """A screening, and everything it showed and said."""

    def __init__(self, screening: Screening) -> None:
        self.screening = screening
        self.pictures: list[tuple[QImage, Shown]] = []
        self.states: list[str] = []
        self.problems: list[tuple[str, str]] = []
        self.thumbnails: list[ExactFrame] = []
        self.facts: list[Any] = []
        self.positions: list[int] = []
        self.loops: list[bool] = []
        screening.picture_changed.connect(lambda image, shown: self.pictures.append((image, shown)))
        screening.state_changed.connect(self.states.append)
        screening.problem_found.connect(lambda code, detail: self.problems.append((code, detail)))
        screening.thumbnail_ready.connect(self.thumbnails.append)
        screening.facts_changed.connect(self.facts.append)
        screening.position_changed.connect(self.positions.append)
        screening.loop.looping_changed.connect(self.loops.append)

    @property
    def number(self) -> int | None:
        return self.screening.shown.number if self.screening.shown else None

    @property
    def drawn(self) -> int:
        """The number on the picture that is shown now."""
        assert self.screening.image is not None
        return number_on(self.screening.image)

    def live(self, since: int = 0) -> list[int]:
        """The numbers on the pictures the player showed."""
        return [number_on(image) for image, shown in self.pictures[since:] if shown.mode == "live"]

    def plays_from(self, number: int, since: int) -> None:
        """The player's pictures begin with that number, without a glimpse of another place; a busy computer skips."""
        live = self.live(since)
        assert live == sorted(live)
        assert number <= live[0] <= number + 5

    def is_exact(self, number: int | None = None) -> bool:
        shown = self.screening.shown
        return shown is not None and shown.mode == "exact" and number in (None, shown.number)

    def load(self, data: bytes, state: str = "paused") -> None:
        self.screening.load(data)
        self.until(state)

    def until(self, state: str) -> None:
        pump_until(lambda: self.screening.state == state)

    def until_exact(self, number: int) -> None:
        pump_until(lambda: self.is_exact(number))
        assert self.drawn == number

    def play_to(self, number: int) -> None:
        self.screening.play()
        pump_until(lambda: self.screening.state == "playing" and (self.number or 0) >= number)

    def pause(self) -> int:
        """Hold, wait for the exact picture; the number held."""
        held = self.number
        assert held is not None
        self.screening.pause()
        self.until_exact(held)
        return held


@pytest.fixture
def make_watched(application: Any) -> Iterator[Callable[..., Watched]]:
    made: list[Screening] = []
    players: list[Player] = []

    def make(*, with_player: bool = True, patience_ms: int = 5000, **options: Any) -> Watched:
        if with_player:
            players.append(Player(patience_ms=patience_ms))
        made.append(Screening(ExactFrames(**options), players[-1] if with_player else None))
        return Watched(made[-1])

    yield make
    for screening in made:
        screening.shut_down()
        screening.deleteLater()
    for player in players:
        player.deleteLater()


@pytest.fixture
def watched(make_watched: Callable[..., Watched]) -> Watched:
    return make_watched()


# --- showing -------------------------------------------------------------------------------------------


def test_a_clip_appears_exactly_at_its_first_frame(watched: Watched) -> None:
    watched.load(demo("A"))
    pump_until(lambda: watched.is_exact(0))
    screening = watched.screening
    assert screening.shown is not None
    assert screening.shown.planes is not None, "what the picture was made of"
    assert replace(screening.shown, planes=None) == Shown(0, 125, 0, "exact")
    assert screening.image is not None
    assert is_same(screening.image, pictures_of(demo("A"))[0])
    assert watched.states == ["loading", "paused"]
    [facts] = watched.facts
    assert (facts.pts_us, screening.facts) == (times_of(demo("A")), facts)
    pump_until(lambda: len(watched.thumbnails) == FILMSTRIP_FRAMES)
    assert watched.positions[-1] == 0
    assert watched.problems == []


def test_stepping_both_ways_shows_the_very_frames_and_stops_at_the_ends(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    for number in range(1, FRAMES):
        watched.screening.step(1)
        watched.until_exact(number)
    watched.screening.step(1)
    watched.screening.step(5)
    watched.until_exact(FRAMES - 1)
    for number in reversed(range(FRAMES - 1)):
        watched.screening.step(-1)
        watched.until_exact(number)
    watched.screening.step(-1)
    watched.until_exact(0)
    watched.screening.step(10)
    watched.until_exact(10)
    assert watched.positions[-1] == times_of(numbered())[10]
    assert all(number_on(image) == shown.number for image, shown in watched.pictures)


def test_steps_in_haste_add_up(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    for _ in range(17):
        watched.screening.step(1)
    watched.until_exact(17)


def test_to_a_frame_and_to_a_time(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    watched.screening.go_to_frame(29)
    watched.until_exact(29)
    watched.screening.go_to_frame(-1)
    watched.until_exact(0)
    watched.screening.seek(times_of(numbered())[13])
    watched.until_exact(13)
    watched.screening.seek(times_of(numbered())[14] - 1)
    watched.until_exact(13)
    watched.screening.seek(10**9)
    watched.until_exact(29)


def test_a_damaged_frame_says_so_and_one_that_cannot_be_decoded_is_stepped_over(watched: Watched) -> None:
    watched.load(damage_frames(make_clip(at_rate(20, FPS)), [4], lambda frame: b"\xff" * len(frame)))
    watched.until_exact(0)
    watched.screening.go_to_frame(3)
    watched.until_exact(3)
    watched.screening.step(1)
    pump_until(lambda: watched.problems)
    assert watched.problems == [("frame_undecodable", "5")]
    assert watched.number == 3
    watched.screening.step(1)
    pump_until(lambda: watched.is_exact(5))
    assert watched.screening.shown
    assert watched.screening.shown.damaged
    watched.screening.go_to_frame(10)
    watched.until_exact(10)
    assert not watched.screening.shown.damaged


# --- playing -------------------------------------------------------------------------------------------


def test_damage_is_said_while_it_plays_and_a_mark_is_set_where_the_picture_stands(watched: Watched) -> None:
    checks: list[ClipCheck] = []
    watched.screening.exact.clip_checked.connect(checks.append)
    watched.load(damage_frames(make_clip(at_rate(20, FPS)), [4], lambda frame: b"\xff" * len(frame)))
    pump_until(lambda: checks)
    damaged = {number for number in range(20) if checks[0].is_damaged(number)}
    assert {4, 5} <= damaged
    assert 3 not in damaged
    watched.screening.go_to_frame(3)
    watched.until_exact(3)
    watched.screening.step(1)
    pump_until(lambda: watched.problems)
    watched.screening.loop.mark_first()
    assert watched.screening.loop.marks.first == 3, "frame 4 cannot be seen"
    before = len(watched.pictures)
    watched.screening.play()
    watched.until("ended")
    live = [shown for _, shown in watched.pictures[before:] if shown.mode == "live"]
    assert live
    assert all(shown.damaged is (shown.number in damaged) for shown in live)


def test_playing_shows_live_pictures_in_order_and_ends_exactly_on_the_last(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    watched.screening.play()
    watched.until("ended")
    watched.until_exact(FRAMES - 1)
    live = watched.live()
    assert live == sorted(live)
    assert len(set(live)) > FRAMES / 2
    assert all(number_on(image) == shown.number for image, shown in watched.pictures)
    assert watched.states == ["loading", "paused", "playing", "ended"]
    assert watched.positions[-1] == times_of(numbered())[-1]


def test_pausing_shows_exactly_the_frame_that_was_held(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    for wanted in (3, 9, 16):
        watched.play_to(wanted)
        held = watched.pause()
        assert held >= wanted
        assert watched.screening.image is not None
        assert is_same(watched.screening.image, pictures_of(numbered())[held])
        pump_until(lambda: False, 0.05, must=False)
        assert watched.is_exact(held)


def test_playing_goes_on_from_the_frame_that_is_shown(watched: Watched) -> None:
    """Neither from where the player last was, nor with a glimpse of another place."""
    watched.load(numbered())
    watched.until_exact(0)
    for number in (20, 5, 14):
        watched.screening.go_to_frame(number)
        watched.until_exact(number)
        before = len(watched.pictures)
        watched.screening.play()
        pump_until(lambda before=before: len(watched.live(before)) > 4)
        watched.plays_from(number, before)
        watched.pause()


def test_an_exact_picture_that_comes_while_it_plays_already_is_not_shown(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    for _ in range(3):
        watched.screening.go_to_frame(0)
        watched.until_exact(0)
        before = len(watched.pictures)
        watched.screening.go_to_frame(27)  # not here yet: it is in another group of pictures
        watched.screening.play()
        pump_until(lambda before=before: len(watched.live(before)) > 5)
        assert {shown.mode for _, shown in watched.pictures[before:]} == {"live"}
        watched.load(numbered())


def test_stepping_and_going_elsewhere_hold_a_clip_that_plays(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    watched.play_to(5)
    watched.screening.step(-1)
    assert watched.screening.state == "paused"
    pump_until(lambda: watched.is_exact())
    pump_until(lambda: False, 0.1, must=False)
    assert watched.drawn == watched.number
    watched.play_to((watched.number or 0) + 3)
    watched.screening.go_to_frame(2)
    watched.until_exact(2)
    assert watched.screening.state == "paused"


def test_seeking_while_it_plays_goes_on_playing(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    watched.play_to(3)
    before = len(watched.pictures)
    watched.screening.seek(times_of(numbered())[20])
    assert watched.screening.state == "playing"
    pump_until(lambda: (watched.number or 0) >= 20)
    watched.screening.seek(0)
    pump_until(lambda: (watched.number or 0) < 10)
    assert watched.screening.state == "playing"
    assert all(shown.mode == "live" for _, shown in watched.pictures[before:])


@pytest.mark.parametrize("way", ["ended", "stepped"])
def test_playing_at_the_end_begins_at_the_start(watched: Watched, way: str) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    if way == "ended":
        watched.screening.go_to_frame(FRAMES - 5)
        watched.until_exact(FRAMES - 5)
        watched.screening.play()
        watched.until("ended")
    else:
        watched.screening.go_to_frame(FRAMES - 1)
    watched.until_exact(FRAMES - 1)
    before = len(watched.pictures)
    watched.screening.play()
    pump_until(lambda: len(watched.live(before)) > 4)
    watched.plays_from(0, before)


def test_after_the_end_one_can_step_back_and_play_from_there(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    watched.screening.play()
    watched.until("ended")
    watched.until_exact(FRAMES - 1)
    watched.screening.step(-1)
    watched.until_exact(FRAMES - 2)
    assert watched.screening.state == "paused"
    watched.screening.go_to_frame(12)
    watched.until_exact(12)
    before = len(watched.pictures)
    watched.screening.play()
    pump_until(lambda: len(watched.live(before)) > 4)
    watched.plays_from(12, before)


def test_looping_begins_again_until_it_is_told_not_to(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    watched.screening.loop.set_looping(True)
    watched.screening.go_to_frame(FRAMES - 6)
    watched.until_exact(FRAMES - 6)
    watched.screening.play()
    for _ in range(2):
        pump_until(lambda: (watched.number or 0) >= FRAMES - 3)
        pump_until(lambda: (watched.number or 0) < 10)
        assert watched.screening.state == "playing"
        watched.screening.seek(times_of(numbered())[FRAMES - 8])
        pump_until(lambda: (watched.number or 0) >= FRAMES - 8)
    assert "ended" not in watched.states
    watched.screening.loop.set_looping(False)
    watched.until("ended")
    assert watched.loops == [True, False]


def test_it_plays_slower_also_the_next_clip(watched: Watched) -> None:
    watched.screening.rates.choose(0.25)
    watched.load(numbered())
    watched.screening.play()
    assert not pump_until(lambda: watched.screening.state == "ended", 1.0, must=False)  # 3 s instead of 0.75
    watched.screening.rates.choose(4.0)
    assert watched.screening.rates.current == 4.0
    watched.until("ended")


def test_what_is_wished_while_it_opens_is_done_when_it_is_open(watched: Watched) -> None:
    watched.screening.load(numbered())
    watched.screening.toggle()
    watched.until("playing")
    watched.screening.toggle()
    assert watched.screening.state == "paused"
    watched.screening.load(numbered())
    watched.screening.toggle()
    watched.screening.toggle()  # thought better of it
    watched.until("paused")
    pump_until(lambda: False, 0.1, must=False)
    assert watched.screening.state == "paused"


def test_with_nothing_open_commands_do_nothing(watched: Watched) -> None:
    screening = watched.screening
    for act in (screening.play, screening.pause, screening.toggle, screening.unload, lambda: screening.step(1),
                lambda: screening.go_to_frame(3), lambda: screening.seek(1000)):  # fmt: skip
        act()
    screening.set_volume(0.4)
    screening.set_muted(True)
    assert (screening.state, screening.image, screening.shown, watched.pictures) == ("empty", None, None, [])
    assert screening.has_player
    assert not screening.has_sound or screening._player is not None


def test_let_go_it_forgets_everything(watched: Watched) -> None:
    watched.load(numbered())
    watched.until_exact(0)
    watched.play_to(3)
    watched.screening.unload()
    shown = len(watched.pictures)
    assert watched.screening.state == "empty"
    assert (watched.screening.facts, watched.screening.image, watched.screening.shown) == (None, None, None)
    assert watched.facts[-1] is None
    pump_until(lambda: False, 0.15, must=False)
    assert len(watched.pictures) == shown


def test_switching_fast_never_shows_a_frame_of_another_clip(watched: Watched) -> None:
    """Live, exact and small pictures alike; whether a clip had just been opened, stepped or played."""
    shown: list[tuple[str, str]] = []
    open_now = ""
    watched.screening.picture_changed.connect(lambda image, _: shown.append((open_now, person_in(image))))
    watched.screening.thumbnail_ready.connect(lambda frame: shown.append((open_now, person_in(frame.image))))
    for turn in range(36):
        open_now = "ABC"[(turn * turn + turn // 3) % 3]
        watched.screening.load(demo(open_now))
        if turn % 4 == 1:
            watched.screening.play()
            pump_until(lambda: watched.screening.state == "playing")
        if turn % 4 == 2:
            watched.until("paused")
            watched.screening.step(3)
        pump_until(lambda: False, (0.0, 0.01, 0.03, 0.06)[turn % 4], must=False)
    assert {who for who, _ in shown} == set(PEOPLE)
    assert [pair for pair in shown if pair[0] != pair[1]] == []
    assert watched.problems == []


# --- failing -------------------------------------------------------------------------------------------


class Spy(Player):
    """A player that notes what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[bytes] = []

    def load(self, data: bytes) -> None:
        self.given.append(data)
        super().load(data)


@pytest.fixture
def spy(watched: Watched, make_watched: Callable[..., Watched]) -> Iterator[tuple[Watched, Spy]]:
    player = Spy()
    looked_at = make_watched(with_player=False)
    looked_at.screening.use_player(player)
    yield looked_at, player
    player.unload()
    player.deleteLater()


@pytest.mark.parametrize("data", [b"", b"<html>not found</html>" * 99, make_sound_only])
def test_what_the_child_refuses_the_player_never_gets(spy: tuple[Watched, Spy], data: Any) -> None:
    watched, player = spy
    watched.load(data() if callable(data) else data, "failed")
    pump_until(lambda: False, 0.05, must=False)
    [(code, _)] = watched.problems
    assert code in ("clip_empty", "clip_unreadable", "clip_sound_only")
    assert player.given == []
    watched.screening.play()
    watched.screening.step(1)
    assert watched.screening.state == "failed"
    watched.load(numbered())
    assert player.given == [numbered()]


def test_the_player_gets_the_very_bytes_only_after_the_child_opened_them(spy: tuple[Watched, Spy]) -> None:
    watched, player = spy
    watched.screening.load(demo("A"))
    assert player.given == []
    pump_until(lambda: watched.facts)
    assert len(player.given) == 1
    assert player.given[0] is watched.screening._data


def test_bytes_that_crash_the_child_are_a_state_and_the_player_never_gets_them(
    make_watched: Callable[..., Watched], application: Any
) -> None:
    watched = make_watched(with_player=False, make_client=dying_at(-1))
    player = Spy()
    watched.screening.use_player(player)
    watched.load(numbered(), "failed")
    assert [code for code, _ in watched.problems] == ["decoder_crashed"]
    assert player.given == []
    player.deleteLater()


def test_without_a_decoder_nothing_is_played_for_nothing_was_looked_at(make_watched: Callable[..., Watched]) -> None:
    watched = make_watched(with_player=False, make_client=missing)
    player = Spy()
    watched.screening.use_player(player)
    watched.load(numbered(), "failed")
    assert [code for code, _ in watched.problems] == ["decoder_missing"]
    watched.screening.play()
    watched.screening.seek(0)
    assert (watched.screening.state, player.given) == ("failed", [])
    late = Spy()
    watched.screening.use_player(late)
    assert (watched.screening.state, late.given) == ("failed", [])
    for spied in (player, late):
        spied.deleteLater()


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"sound": True, "sound_encoder": "ac3"}, "ac3"),
        ({"container": "matroska", "cover": own_file("demo/photo.jpg").read_bytes()}, "mjpeg"),
    ],
    ids=["sound of another kind", "cover"],
)
def test_what_only_the_child_may_decode_is_stepped_through_and_not_played(
    spy: tuple[Watched, Spy], how: dict[str, Any], kind: str
) -> None:
    """Qt makes a picture of a cover as soon as it opens the file, and plays every sound it knows."""
    watched, player = spy
    watched.load(make_clip(at_rate(FRAMES, FPS), **how))
    assert watched.problems == [("player_not_given", kind)]
    watched.until_exact(0)
    assert not watched.screening.can_play
    watched.screening.play()
    watched.screening.step(2)
    watched.until_exact(2)
    assert player.given == []
    watched.load(numbered())
    assert player.given == [numbered()]


def test_without_a_player_stepping_is_alone(make_watched: Callable[..., Watched]) -> None:
    watched = make_watched(with_player=False)
    assert not watched.screening.has_player
    assert not watched.screening.has_sound
    watched.screening.exact.warm_up()
    watched.load(numbered())
    watched.until_exact(0)
    watched.screening.play()
    watched.screening.rates.choose(2.0)
    watched.screening.set_volume(1.0)
    watched.screening.set_muted(True)
    assert watched.screening.state == "paused"
    watched.screening.seek(times_of(numbered())[9])
    watched.until_exact(9)
    watched.screening.step(-1)
    watched.until_exact(8)
    watched.screening.unload()
    assert watched.problems == [("not_played", "")], "said once, when it was asked to play"


def test_without_either_it_says_what_is_missing(make_watched: Callable[..., Watched]) -> None:
    watched = make_watched(with_player=False, make_client=missing)
    watched.load(numbered(), "failed")
    assert [code for code, _ in watched.problems] == ["decoder_missing"]


def test_a_player_that_comes_later_gets_the_open_clip(make_watched: Callable[..., Watched]) -> None:
    watched = make_watched(with_player=False)
    watched.screening.rates.choose(0.25)
    watched.load(numbered())
    player = Player()
    watched.screening.use_player(player)
    watched.until("paused")
    watched.screening.play()
    pump_until(lambda: len(watched.live()) > 2)
    player.unload()
    player.deleteLater()


def test_a_player_that_fails_after_the_decoder_succeeded_leaves_stepping(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = watched.screening._player
    assert player is not None
    monkeypatch.setattr(player, "load", lambda _data: Player.load(player, b"not what the decoder got"))
    watched.screening.load(numbered())
    watched.screening.play()
    pump_until(lambda: watched.problems)
    assert [code for code, _ in watched.problems] == ["player_failed"]
    assert watched.screening.state == "paused"
    watched.until_exact(0)
    assert not watched.screening.can_play
    watched.screening.play()
    watched.screening.step(2)
    watched.until_exact(2)
    assert watched.screening.state == "paused"
    assert "failed" not in watched.states
    monkeypatch.undo()
    watched.load(demo("B"))
    assert watched.screening.state == "paused"
    assert watched.screening.can_play


def test_a_player_without_a_picture_leaves_stepping_until_one_comes(make_watched: Callable[..., Watched]) -> None:
    watched = make_watched(patience_ms=0)
    told: list[bool] = []
    for changed in (watched.screening.playable_changed, watched.screening.state_changed):
        changed.connect(lambda *_: told.append(watched.screening.can_play))
    watched.screening.load(numbered())
    pump_until(lambda: watched.problems)
    assert watched.problems == [("player_no_picture", "")]
    assert watched.screening.state == "paused"
    watched.until_exact(0)
    player = watched.screening._player
    assert player is not None
    pump_until(lambda: player.state == "paused")
    assert False in told, "nothing to see yet"
    assert told[-1]
    watched.screening.play()
    watched.until("ended")


def test_a_decoder_that_dies_later_leaves_the_player(make_watched: Callable[..., Watched]) -> None:
    """Going to a frame then shows what the player makes of it, and says that it is the player's."""
    watched = make_watched(make_client=dying_at(7))
    watched.load(make_clip(at_rate(20, 25)))  # the facts the dying child tells fit this clip
    watched.screening.go_to_frame(7)
    pump_until(lambda: watched.problems)
    assert watched.facts
    assert [code for code, _ in watched.problems] == ["decoder_crashed"]
    assert watched.screening.state == "paused"
    watched.screening.go_to_frame(15)
    pump_until(lambda: watched.number == 15 and watched.screening.shown and watched.screening.shown.mode == "live")
    assert watched.drawn == 15
    watched.screening.step(-3)
    pump_until(lambda: watched.number == 12)
    watched.screening.play()
    watched.until("ended")
    assert watched.drawn == 19
