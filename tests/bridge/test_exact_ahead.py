"""A clip that will be opened in a moment: the child begins with it; the open one goes on where it is not, after all."""

from collections.abc import Callable

import pytest

from facevid_gui.media.frames import FrameClient, Reply
from tests.support.bridge_children import missing
from tests.support.bridge_pictures import number_on
from tests.support.exact_desk import FRAMES, Desk, numbered
from tests.support.media_clips import at_rate, damage_frames, make_clip
from tests.support.qt import pump_until


class Counting(FrameClient):
    """Notes what it was asked for, by clip."""

    def __init__(self, tell: Callable[[Reply], None]) -> None:
        self.opened: list[str] = []
        self.asked: list[tuple[str, int, int]] = []
        super().__init__(tell)

    def open_clip(self, clip: str, data: bytes) -> None:
        self.opened.append(clip)
        super().open_clip(clip, data)

    def want_frames(self, clip: str, first: int, last: int, priority: int = 0) -> None:
        self.asked.append((clip, first, last))
        super().want_frames(clip, first, last, priority)


@pytest.fixture
def desk(make_exact_desk: Callable[..., Desk]) -> Desk:
    return make_exact_desk(make_client=Counting)


def client_of(desk: Desk) -> Counting:
    client = desk.exact._client
    assert isinstance(client, Counting)
    return client


def wait_ahead(desk: Desk, *kinds: str) -> None:
    """Until the child has said these of the clip that is expected."""

    def said() -> set[str]:
        ahead = desk.exact._ahead
        return {type(told.reply).__name__ for told in ahead.told} if ahead else set()

    pump_until(lambda: said() >= set(kinds))


def test_what_was_expected_is_there_the_moment_it_is_opened(desk: Desk) -> None:
    desk.exact.facts_found.connect(lambda _facts: desk.exact.want(0))
    desk.exact.expect(numbered())
    wait_ahead(desk, "Facts", "Frame", "Done")
    assert (desk.facts, desk.frames) == ([], [])
    desk.exact.open("a clip", numbered())
    assert [facts.frame_count for facts in desk.facts] == [FRAMES]
    assert [frame.number for frame in desk.frames] == [0]
    assert number_on(desk.frames[0].image) == 0
    assert len(client_of(desk).opened) == 1
    for number in (1, 30, FRAMES - 1, 0):
        assert number_on(desk.frame(number).image) == number


def test_one_that_is_opened_before_anything_was_said_is_not_begun_twice(desk: Desk) -> None:
    desk.exact.facts_found.connect(lambda _facts: desk.exact.want(0))
    desk.exact.expect(numbered())
    desk.exact.open("a clip", numbered())
    pump_until(lambda: desk.frames)
    assert number_on(desk.frames[0].image) == 0
    assert len(client_of(desk).opened) == 1
    assert [asked[1:] for asked in client_of(desk).asked] == [(0, 0)]
    desk.exact.want_around()
    pump_until(lambda: desk.comes_at_once(20))
    assert desk.comes_at_once(1)


def test_another_clip_than_the_expected_one_is_opened_as_ever(desk: Desk) -> None:
    desk.exact.expect(numbered())
    wait_ahead(desk, "Facts", "Frame")
    assert desk.open(numbered(40)).frame_count == 40
    assert number_on(desk.frame(33).image) == 33
    desk.exact.expect(None)
    assert number_on(desk.frame(39).image) == 39
    assert [facts.frame_count for facts in desk.facts] == [40]


def test_the_same_bytes_again_are_not_the_expected_ones(desk: Desk) -> None:
    """Only the very buffer that was checked is."""
    desk.exact.expect(bytes(numbered()[:-1] + numbered()[-1:]))
    wait_ahead(desk, "Facts")
    assert desk.open(numbered()).frame_count == FRAMES
    assert len(client_of(desk).opened) == 2


def test_the_open_clip_goes_on_when_the_expected_one_does_not_come(desk: Desk) -> None:
    desk.open(numbered())
    desk.exact.want_thumbnails(6)
    pump_until(lambda: len(desk.thumbnails) == 6)
    seen = desk.frame(3)
    desk.thumbnails.clear()
    desk.exact.expect(numbered(40))
    wait_ahead(desk, "Facts", "Frame")
    assert desk.comes_at_once(3)
    assert desk.frames == [seen]
    desk.frames.clear()
    desk.exact.want(55)  # the child has let go of this clip
    assert desk.frames == []
    desk.exact.expect(None)
    pump_until(lambda: desk.frames and len(desk.thumbnails) == 6)
    assert [number_on(frame.image) for frame in desk.frames] == [55]
    assert len(desk.facts) == 1
    assert number_on(desk.frame(20).image) == 20


def test_nothing_open_and_nothing_expected_any_more_is_quiet(desk: Desk) -> None:
    desk.exact.expect(numbered())
    wait_ahead(desk, "Facts", "Frame")
    desk.exact.expect(None)
    desk.exact.expect(None)
    assert (desk.exact.facts, desk.frames, desk.facts) == (None, [], [])
    assert desk.open(numbered()).frame_count == FRAMES


def test_closing_the_open_clip_leaves_the_expected_one_alone(desk: Desk) -> None:
    desk.open(numbered(40))
    desk.exact.expect(numbered())
    desk.exact.close_clip()
    wait_ahead(desk, "Facts", "Frame")
    desk.exact.open("a clip", numbered())
    assert [facts.frame_count for facts in desk.facts] == [40, FRAMES]
    assert len(client_of(desk).opened) == 2


def test_a_first_frame_that_cannot_be_decoded_is_said_to_be_missing(desk: Desk) -> None:
    data = damage_frames(make_clip(at_rate(20), key_every=5), [0], lambda frame: b"\xff" * len(frame))
    desk.exact.facts_found.connect(lambda _facts: desk.exact.want(0))
    desk.exact.expect(data)
    wait_ahead(desk, "Done")
    desk.exact.open("a clip", data)
    pump_until(lambda: desk.missing)
    assert (desk.missing, desk.frames) == ([0], [])
    assert number_on(desk.frame(12).image) == 12


@pytest.mark.parametrize("data", [b"", b"<html></html>" * 100])
def test_what_is_no_clip_fails_when_it_is_opened_not_before(desk: Desk, data: bytes) -> None:
    desk.exact.expect(data)
    wait_ahead(desk, "Failure")
    assert desk.failures == []
    desk.exact.open("bad", data)
    assert [code for code, _ in desk.failures] == ["clip_empty" if not data else "clip_unreadable"]


def test_without_a_decoder_that_is_said_when_it_is_opened(make_exact_desk: Callable[..., Desk]) -> None:
    desk = make_exact_desk(make_client=missing)
    desk.exact.expect(numbered())
    wait_ahead(desk, "Failure")
    assert desk.failures == []
    desk.exact.open("any", numbered())
    assert [code for code, _ in desk.failures] == ["decoder_missing"]
