"""Exact frames on the GUI side: facts, numbers and pictures, the bounded cache, looking ahead, switching, failures."""

import gc
import threading
from collections.abc import Callable
from functools import cache

import pytest
from PySide6.QtGui import QTransform

from facevid_gui.bridge.exact import THUMBNAIL_HEIGHT
from facevid_gui.core.clip import FramePixels
from facevid_gui.media.frames import Done, Facts, Failure, Frame, Reply
from tests.support.bridge_children import dying_at, missing
from tests.support.bridge_pictures import demo, is_same, number_on, person_in, pictures_of, times_of
from tests.support.exact_desk import FRAMES, Desk, numbered
from tests.support.media_clips import FRAGMENTED, HEIGHT, WIDTH, at_rate, damage_frames, make_clip, turned
from tests.support.qt import pump_until

FRAME_BYTES = 3 * WIDTH * HEIGHT


@cache
def fragmented() -> bytes:
    """The same as providers deliver it."""
    return make_clip(at_rate(FRAMES), key_every=25, b_frames=2, options=FRAGMENTED)


@cache
def long_group() -> bytes:
    """The same with one key frame only."""
    return make_clip(at_rate(FRAMES), key_every=250)


@pytest.fixture
def desk(make_exact_desk: Callable[..., Desk]) -> Desk:
    return make_exact_desk()


@pytest.mark.parametrize("person", ["A", "C"])
def test_facts_are_those_of_the_clip(desk: Desk, person: str) -> None:
    facts = desk.open(demo(person))
    assert facts.frame_count == len(pictures_of(demo(person)))
    assert facts.pts_us == times_of(demo(person))
    assert (facts.video.width, facts.video.height, facts.video.fps, facts.video.rotation) == (480, 640, 25.0, 0)
    assert len(desk.facts) == 1


def test_every_frame_there_and_back_is_the_very_picture(desk: Desk) -> None:
    data = numbered()
    facts, pictures = desk.open(data), pictures_of(data)
    assert facts.frame_count == FRAMES
    for number in [*range(FRAMES), *reversed(range(FRAMES))]:
        frame = desk.frame(number)
        assert (frame.number, number_on(frame.image)) == (number, number)
        assert frame.pts_us == times_of(data)[number]
        assert is_same(frame.image, pictures[number])
        assert not frame.damaged
    assert desk.on_main_thread == {True}
    assert desk.missing == []


def test_in_any_order_and_over_its_ends(desk: Desk) -> None:
    desk.open(fragmented())
    for number in (0, 59, 24, 25, 26, 50, 3, 58, 31, 49):
        assert number_on(desk.frame(number).image) == number
    assert desk.frame(-7).number == 0
    assert desk.frame(1000).number == FRAMES - 1


def test_of_wishes_in_haste_the_last_is_answered(desk: Desk) -> None:
    desk.open(long_group())
    for number in range(0, FRAMES, 7):
        desk.exact.want(number)
    pump_until(lambda: desk.frames and desk.frames[-1].number == 56)
    desk.until_quiet()
    assert desk.frames[-1].number == 56


@pytest.mark.parametrize("clip", [numbered, long_group])
def test_stepping_never_waits_because_the_next_frames_are_there_already(desk: Desk, clip: Callable[[], bytes]) -> None:
    desk.open(clip())
    desk.frame(30)
    for numbers in (range(31, FRAMES), reversed(range(FRAMES)), range(FRAMES)):
        for number in numbers:
            pump_until(lambda number=number: number in desk.exact._cache)
            assert desk.comes_at_once(number)


@pytest.mark.parametrize("kept", [0, 2, 12])
def test_the_cache_is_bounded_by_bytes_and_every_frame_can_still_be_had(
    make_exact_desk: Callable[..., Desk], kept: int
) -> None:
    desk = make_exact_desk(cache_bytes=kept * FRAME_BYTES)
    desk.open(long_group())
    for number in (*range(FRAMES), 10, 50, 11, 51, *reversed(range(40))):
        assert number_on(desk.frame(number).image) == number
        assert sum(frame.image.sizeInBytes() for frame in desk.exact._cache.values()) <= max(1, kept) * FRAME_BYTES
    assert desk.missing == []


def test_a_frame_that_came_and_had_to_go_is_fetched_again_not_called_missing(
    make_exact_desk: Callable[..., Desk],
) -> None:
    """Frames one looked at again push out those that came with the others and were not looked at."""
    desk = make_exact_desk(cache_bytes=9 * FRAME_BYTES)
    desk.open(long_group())
    for turn in range(30):
        number = (turn * 13) % FRAMES
        desk.exact.want(number)
        desk.exact.want(max(0, number - 3))
        assert number_on(desk.frame(number).image) == number
    assert desk.missing == []


def test_thumbnails_are_small_and_spread(desk: Desk) -> None:
    desk.open(demo("A"))
    desk.exact.want_thumbnails(12)
    pump_until(lambda: len(desk.thumbnails) == 12)
    numbers = [frame.number for frame in desk.thumbnails]
    assert numbers == sorted(set(numbers))
    assert (numbers[0], numbers[-1]) == (0, 114)
    assert {frame.image.height() for frame in desk.thumbnails} == {THUMBNAIL_HEIGHT}
    assert {person_in(frame.image) for frame in desk.thumbnails} == {"A"}
    assert desk.frames == []


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_pictures_stand_upright(desk: Desk, degrees: int) -> None:
    data = turned(numbered(), degrees)
    assert desk.open(data).video.rotation == degrees
    upright = pictures_of(data)[7].transformed(QTransform().rotate(degrees))
    assert is_same(desk.frame(7).image, upright)


def test_pictures_own_their_memory(desk: Desk) -> None:
    desk.open(numbered())
    frame = desk.frame(5)
    desk.exact.close_clip()
    desk.open(demo("B"), "another")
    gc.collect()
    assert number_on(frame.image) == 5


def test_frames_that_cannot_be_decoded_are_said_to_be_missing_and_those_after_them_come(desk: Desk) -> None:
    data = damage_frames(make_clip(at_rate(20)), [4, 19], lambda frame: b"\xff" * len(frame))
    desk.open(data)
    assert not desk.frame(3).damaged
    for number in (4, 19):
        desk.frames.clear()
        desk.exact.want(number)
        pump_until(lambda number=number: number in desk.missing)
        assert desk.frames == []
    assert desk.missing == [4, 19]
    assert desk.frame(5).damaged
    assert not desk.frame(10).damaged
    assert desk.failures == []


def test_nothing_of_the_clip_before_comes_once_another_is_open(desk: Desk) -> None:
    for turn, person in enumerate("ABCACBA"):
        desk.exact.open(f"clip {turn}", demo(person))
        if turn % 2:
            pump_until(lambda: desk.exact.facts is not None)
            desk.exact.want(40)
            desk.exact.want_thumbnails(12)
            pump_until(lambda: False, 0.03, must=False)
        desk.frames.clear()
        desk.thumbnails.clear()
    assert person_in(desk.open(demo("B"), "last") and desk.frame(0).image) == "B"
    desk.exact.want_thumbnails(12)
    pump_until(lambda: len(desk.thumbnails) == 12)
    assert {person_in(frame.image) for frame in (*desk.frames, *desk.thumbnails)} == {"B"}
    assert {frame.clip for frame in (*desk.frames, *desk.thumbnails)} == {"last"}


class Told:
    """Stands for the client: says what the test wants it to say, from a thread of its own."""

    def __init__(self, tell: Callable[[Reply], None]) -> None:
        self.tell = tell

    def say(self, *replies: Reply) -> None:
        speaking = threading.Thread(target=lambda: [self.tell(reply) for reply in replies])
        speaking.start()
        speaking.join()

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


def test_what_was_on_its_way_when_another_clip_was_opened_is_not_taken_for_its_own(
    make_exact_desk: Callable[..., Desk], desk: Desk
) -> None:
    facts = desk.open(numbered())
    pixels = FramePixels(0, 0, 2, 2, 8, 0, bytes(16))
    told: list[Told] = []
    other = make_exact_desk(make_client=lambda tell: told.append(Told(tell)) or told[0])
    other.exact.open("before", b"")
    replies = (Facts("before", facts), Frame("before", "frames", pixels), Frame("before", "thumbnails", pixels),
               Done("before", "frames", 0, 0), Failure("before", "clip_unreadable"))  # fmt: skip
    for next_step in (lambda: other.exact.open("after", b""), other.exact.close_clip):
        told[0].say(*replies)
        next_step()
        pump_until(lambda: False, 0.03, must=False)
    assert (other.facts, other.frames, other.thumbnails, other.failures) == ([], [], [], [])
    assert other.exact.facts is None


def test_of_a_closed_clip_nothing_comes(desk: Desk) -> None:
    desk.open(numbered())
    desk.exact.want(20)
    desk.exact.close_clip()
    desk.exact.want(3)
    pump_until(lambda: desk.frames, 0.2, must=False)
    assert desk.frames == []
    assert desk.exact.facts is None


@pytest.mark.parametrize(
    ("data", "why"), [(b"", ("clip_empty", "")), (b"<html></html>" * 100, ("clip_unreadable", "InvalidDataError"))]
)
def test_what_is_no_clip_fails_with_a_reason(desk: Desk, data: bytes, why: tuple[str, str]) -> None:
    desk.exact.open("bad", data)
    pump_until(lambda: desk.failures)
    assert desk.failures == [why]
    assert desk.facts == []
    assert number_on(desk.open(numbered()) and desk.frame(8).image) == 8


def test_without_a_decoder_that_is_said(make_exact_desk: Callable[..., Desk]) -> None:
    desk = make_exact_desk(make_client=missing)
    desk.exact.warm_up()
    desk.exact.open("any", demo("A"))
    pump_until(lambda: desk.failures)
    [(code, detail)] = desk.failures
    assert code == "decoder_missing"
    assert "nowhere" in detail


@pytest.mark.parametrize(("dies_at", "facts"), [(-1, 0), (7, 1)])
def test_a_child_that_dies_again_and_again_is_given_up(
    make_exact_desk: Callable[..., Desk], dies_at: int, facts: int
) -> None:
    desk = make_exact_desk(make_client=dying_at(dies_at))
    desk.exact.open("any", b"bytes")
    if facts:
        pump_until(lambda: desk.facts)
        desk.exact.want(7)
    pump_until(lambda: desk.failures)
    assert [code for code, _ in desk.failures] == ["decoder_crashed"]
    assert len(desk.facts) == facts


def test_shutting_down_in_the_middle_of_everything_is_quiet(make_exact_desk: Callable[..., Desk]) -> None:
    for _ in range(2):
        desk = make_exact_desk()
        desk.exact.open("a clip", demo("B"))
        pump_until(lambda desk=desk: desk.exact.facts is not None)
        desk.exact.want(100)
        desk.exact.want_thumbnails(12)
        desk.exact.shut_down()
        said = (len(desk.frames), len(desk.thumbnails))
        pump_until(lambda: False, 0.05, must=False)
        assert (len(desk.frames), len(desk.thumbnails)) == said
        desk.exact.shut_down()
