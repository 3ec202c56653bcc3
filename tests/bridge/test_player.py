"""Real-time playback: what is shown and when, ends, failures, and the rules of switching clips."""

import struct
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame

from facevid_gui.bridge.player import Player
from tests.support.bridge_pictures import demo, difference, number_on, person_in, pictures_of
from tests.support.media_clips import at_rate, make_clip, make_sound_only
from tests.support.qt import pump_until

FRAMES, FPS = 20, 40


@cache
def numbered() -> bytes:
    """A short clip whose pictures say which they are."""
    return make_clip(at_rate(FRAMES, FPS), b_frames=2, sound=True)


class Screen:
    """Everything a player showed and said."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.images: list[QImage] = []
        self.starts: list[int | None] = []
        self.states: list[str] = []
        self.problems: list[str] = []
        self.positions: list[int] = []
        player.frame_shown.connect(self._on_frame)
        player.state_changed.connect(self.states.append)
        player.failed.connect(lambda detail: self.problems.append(f"failed {detail}"))
        player.no_picture.connect(lambda: self.problems.append("no picture"))
        player.position_changed.connect(self.positions.append)

    def _on_frame(self, image: QImage, start_us: int | None) -> None:
        assert not image.isNull()
        self.images.append(image)
        self.starts.append(start_us)

    @property
    def numbers(self) -> list[int]:
        return [number_on(image) for image in self.images]

    def until(self, state: str, timeout_s: float = 20.0) -> None:
        pump_until(lambda: self.player.state == state, timeout_s)

    def next_number(self, act: Callable[[], object]) -> int:
        """The number of the next picture after something was done."""
        before = len(self.images)
        act()
        pump_until(lambda: len(self.images) > before)
        return self.numbers[-1]


@pytest.fixture
def player(make_player: Callable[..., Player]) -> Player:
    return make_player()


@pytest.fixture
def screen(player: Player) -> Screen:
    return Screen(player)


def test_a_clip_appears_paused_at_its_first_frame(player: Player, screen: Screen) -> None:
    player.load(demo("A"))
    assert screen.states == ["loading"]
    screen.until("paused")
    assert screen.starts == [0]
    assert difference(screen.images[0], pictures_of(demo("A"))[0]) < 2
    assert (screen.images[0].width(), screen.images[0].height()) == (480, 640)
    assert player.duration_us == 5_000_000
    assert not player.is_playing


def test_it_plays_in_order_to_its_last_frame_and_keeps_it(player: Player, screen: Screen) -> None:
    player.load(numbered())
    screen.until("paused")
    player.play()
    assert player.is_playing
    screen.until("ended")
    assert screen.states == ["loading", "paused", "playing", "ended"]
    assert screen.numbers == sorted(screen.numbers)
    assert len(set(screen.numbers)) > FRAMES / 2
    assert screen.numbers[-1] == FRAMES - 1  # and no empty picture after it: see Screen
    assert screen.positions == sorted(screen.positions)
    shown = len(screen.images)
    pump_until(lambda: len(screen.images) > shown, 0.1, must=False)
    assert screen.numbers[-1] == FRAMES - 1


def test_after_its_end_it_plays_from_its_start(player: Player, screen: Screen) -> None:
    player.load(numbered())
    player.play()
    screen.until("ended")
    played = len(screen.images)
    player.play()
    pump_until(lambda: len(screen.images) > played + 2)
    assert min(screen.numbers[played:]) == 0
    screen.until("ended")


def test_after_its_end_it_plays_from_where_one_went(player: Player, screen: Screen) -> None:
    player.load(numbered())
    player.play()
    screen.until("ended")
    player.seek(10 * 1_000_000 // FPS)
    assert player.state == "paused"
    pump_until(lambda: screen.numbers[-1] == 10)
    played = len(screen.images)
    player.play()
    screen.until("ended")
    assert screen.numbers[played:] == sorted(screen.numbers[played:])
    assert min(screen.numbers[played:]) >= 10


def test_it_holds_and_goes_on(player: Player, screen: Screen) -> None:
    player.load(numbered())
    screen.until("paused")
    player.play()
    pump_until(lambda: screen.numbers[-1] >= 4)
    player.pause()
    assert player.state == "paused"
    pump_until(lambda: False, 0.1, must=False)
    held = screen.numbers[-1]
    pump_until(lambda: False, 0.1, must=False)
    assert screen.numbers[-1] == held
    player.pause()  # of what is held already
    assert player.state == "paused"
    player.play()
    screen.until("ended")
    assert screen.numbers == sorted(screen.numbers)


def test_held_it_shows_the_frame_of_a_time(player: Player, screen: Screen) -> None:
    """Also where frames begin between two milliseconds, which is all that the player can be told."""
    player.load(make_clip(at_rate(FRAMES, 30)))
    screen.until("paused")
    for number in (7, 3, 19, 5, 0):
        assert screen.next_number(lambda number=number: player.seek(number * 1_000_000 // 30)) == number
        assert screen.starts[-1] == pytest.approx(number * 1_000_000 / 30, abs=1000)


def test_playing_it_goes_on_from_a_time(player: Player, screen: Screen) -> None:
    player.load(numbered())
    screen.until("paused")
    player.play()
    pump_until(lambda: screen.numbers[-1] >= 15)
    player.seek(0)
    assert player.is_playing
    pump_until(lambda: screen.numbers[-1] <= 5)
    screen.until("ended")
    assert screen.numbers[-1] == FRAMES - 1


@pytest.mark.parametrize(("late", "sought"), [(0, 10), (12, 2), (9, 10)])
def test_playing_on_from_a_time_a_late_picture_of_another_place_is_not_shown(
    player: Player, screen: Screen, late: int, sought: int
) -> None:
    """It waited in the event loop, or in the sink, when the player was told to go elsewhere."""
    frames: list[QVideoFrame] = []
    player._sink.videoFrameChanged.connect(frames.append)
    player.load(numbered())
    screen.until("paused")
    if late:
        screen.next_number(lambda: player.seek(late * 1_000_000 // FPS))
    stray = frames[-1]
    assert screen.numbers[-1] == late
    before = len(screen.numbers)
    player._sink.videoFrameChanged.emit(stray)  # on its way to the screen already
    player.seek(sought * 1_000_000 // FPS)
    player.play()
    player._sink.videoFrameChanged.emit(stray)  # on its way to the player
    pump_until(lambda: len(screen.numbers) > before + 2)
    player.pause()
    shown = screen.numbers[before:]
    assert shown == sorted(shown)
    assert shown[0] >= sought
    assert late not in shown or late > sought


def test_pictures_are_shown_however_far_they_are_from_the_time_sought(player: Player, screen: Screen) -> None:
    """A clip whose times are wrong shows something other than what was asked for, but it goes on."""
    player.load(numbered())
    screen.until("paused")
    player.play()
    before = len(screen.numbers)
    player.seek(0)
    player._sought_us = 60_000_000
    pump_until(lambda: len(screen.numbers) > before)
    screen.until("ended")


def test_it_plays_at_another_speed(player: Player, screen: Screen) -> None:
    """One that was set before, and one that is set while it plays."""
    player.set_rate(0.25)
    player.load(numbered())
    screen.until("paused")
    player.play()
    assert not pump_until(lambda: player.state == "ended", 0.8, must=False)  # 2 s instead of 0.5
    player.set_rate(4)
    screen.until("ended", 5)


@pytest.mark.parametrize("broken", [b"", b"this is no clip at all" * 1000, "cut"])
def test_broken_bytes_fail_once_and_leave_the_player_usable(player: Player, screen: Screen, broken: Any) -> None:
    player.load(demo("B")[:5000] if broken == "cut" else broken)
    screen.until("failed")
    pump_until(lambda: False, 0.1, must=False)
    [problem] = screen.problems
    assert problem.startswith("failed ")
    assert len(problem) > len("failed ")
    assert screen.images == []
    player.play()
    player.pause()
    player.seek(1000)
    pump_until(lambda: False, 0.05, must=False)
    assert player.state == "failed"
    player.load(demo("A"))
    screen.until("paused")
    assert person_in(screen.images[-1]) == "A"
    assert len(screen.problems) == 1


def test_a_clip_that_shows_nothing_is_told_of(make_player: Callable[..., Player]) -> None:
    player = make_player(patience_ms=100)
    screen = Screen(player)
    player.load(make_sound_only())
    pump_until(lambda: screen.problems)
    assert screen.problems == ["no picture"]
    assert player.state == "loading"


def test_a_picture_that_comes_late_is_welcome(make_player: Callable[..., Player]) -> None:
    """A busy computer is no broken clip."""
    player = make_player(patience_ms=0)
    screen = Screen(player)
    player.load(numbered())
    screen.until("paused")
    assert screen.problems == ["no picture"]
    assert screen.numbers == [0]
    player.play()
    screen.until("ended")


def test_a_clip_that_shows_in_time_is_not_complained_of(make_player: Callable[..., Player]) -> None:
    player = make_player(patience_ms=300)
    screen = Screen(player)
    player.load(numbered())
    screen.until("paused")
    pump_until(lambda: False, 0.35, must=False)
    assert screen.problems == []


def large(person: str) -> bytes:
    """A clip of 30 MB: it takes several turns of the event loop to give it to the player."""
    return demo(person) + struct.pack(">I4s", 30_000_008, b"free") + bytes(30_000_000)


def test_a_large_clip_does_not_stop_the_event_loop(player: Player, screen: Screen) -> None:
    player.load(large("A"))
    assert player.state == "loading"
    assert player._next_turn.isActive()  # the rest is copied later
    screen.until("paused")
    assert person_in(screen.images[-1]) == "A"
    assert player.duration_us == 5_000_000


def test_what_is_wished_of_a_large_clip_is_done_once_it_is_there(player: Player, screen: Screen) -> None:
    player.load(large("A"))
    player.play()
    pump_until(lambda: len(screen.images) > 2)
    assert player.is_playing
    player.load(large("B"))
    player.unload()
    shown = len(screen.images)
    player.load(large("B"))
    player.load(demo("C"))
    screen.until("paused")
    pump_until(lambda: False, 0.05, must=False)
    assert {person_in(image) for image in screen.images[shown:]} == {"C"}


def test_unloaded_it_shows_and_does_nothing(player: Player, screen: Screen) -> None:
    player.load(demo("A"))
    screen.until("paused")
    player.play()
    pump_until(lambda: len(screen.images) > 3)
    player.unload()
    assert player.state == "empty"
    shown, positions = len(screen.images), len(screen.positions)
    player.play()
    player.pause()
    player.seek(1_000_000)
    player.unload()
    pump_until(lambda: False, 0.15, must=False)
    assert (len(screen.images), len(screen.positions)) == (shown, positions)
    assert screen.states[-1] == "empty"
    assert screen.problems == []


def test_pictures_of_the_clip_before_are_never_shown_as_those_of_the_next(player: Player, screen: Screen) -> None:
    """Other threads make pictures, and they wait in the event loop while the next clip is loaded."""
    player.load(demo("A"))
    screen.until("paused")
    late = QVideoFrame(pictures_of(demo("A"))[50])
    for person in ("B", "C", "B"):
        sending = threading.Thread(target=player._sink.setVideoFrame, args=(late,))
        sending.start()
        sending.join()  # it is on its way now
        shown = len(screen.images)
        player.load(demo(person))
        screen.until("paused")
        pump_until(lambda: False, 0.05, must=False)
        assert {person_in(image) for image in screen.images[shown:]} == {person}


def test_every_clip_shows_its_own_person_however_fast_they_change(player: Player, screen: Screen) -> None:
    for number, person in enumerate("ABCACBABC"):
        shown = len(screen.images)
        player.load(demo(person))
        player.play()
        pump_until(lambda shown=shown: len(screen.images) > shown + 1, (0.02, 5.0)[number % 2], must=bool(number % 2))
        assert {person_in(image) for image in screen.images[shown:]} <= {person}


def test_without_a_sound_device_it_plays_and_remembers_what_was_set(player: Player, screen: Screen) -> None:
    if player.has_sound:
        pytest.skip("this computer has a sound device")
    player.set_volume(0.3)
    player.set_muted(True)
    player.load(numbered())
    player.play()
    screen.until("ended")
    assert screen.numbers[-1] == FRAMES - 1
