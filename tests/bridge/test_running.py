"""Running both ways: backwards by exact frames, faster and faster, between marks, to places that were named."""

from functools import cache
from itertools import pairwise

import pytest

from facevid_gui.bridge.places import Loop, Marks, place_named
from facevid_gui.bridge.rates import RATES, Rates
from facevid_gui.core.clip import ClipFacts, VideoFacts
from tests.bridge.test_screening import FRAMES, Watched, make_watched, numbered, watched  # noqa: F401 - fixtures
from tests.support.bridge_pictures import number_on
from tests.support.media_clips import at_rate, damage_frames, make_clip
from tests.support.qt import pump_until

VIDEO = VideoFacts("h264", "", 8, 8, 0, 25.0, "yuv420p", 100)
FACTS = ClipFacts("mp4", "", 0, 4_000_000, 1, VIDEO, None, tuple(range(0, 4_000_000, 40_000)), (0,), 4_000_000)


# --- places --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 0), ("100", 99), (" 12 ", 11), ("+5", 25), ("-20", 0), ("0", None), ("101", None), ("-21", None),
        ("+80", None), ("0:02", 50), ("00:02.000", 50), ("0:0:2.5", 62), ("1:00", None), ("2.5", 62), ("2s", 50),
        ("2 s", 50), ("2.04秒", 51), ("0:02.039", 50), ("４２", 41), ("０：０２．５", 62), ("4.0", 99), ("4.1", None),
        ("", None), ("x", None), ("1e3", None), ("--1", None), ("1:2:3:4", None), ("9" * 40, None), ("1.", None),
        ("٣", 2),
    ],
)  # fmt: skip
def test_a_text_names_a_frame_a_step_or_a_time(text: str, number: int | None) -> None:
    assert place_named(text, FACTS, 20) == number


@pytest.mark.parametrize(
    ("text", "drawn"), [("7", 6), ("+3", 9), ("-4", 5), ("0:00.5", 20), ("0:99", None), ("31", None)]
)
def test_going_to_a_place_shows_that_very_frame(watched: Watched, text: str, drawn: int | None) -> None:  # noqa: F811
    watched.load(numbered())
    watched.screening.go_to_frame(6 if text[0] == "+" else 9)
    watched.until_exact(watched.screening.current_number)
    number = place_named(text, watched.screening.facts, watched.screening.current_number)  # type: ignore[arg-type]
    assert number == drawn
    if number is not None:
        watched.screening.go_to_frame(number)
        watched.until_exact(number)


# --- backwards -----------------------------------------------------------------------------------------


def exact_since(watched: Watched, since: int) -> list[int]:  # noqa: F811
    """The numbers drawn into the exact pictures that were shown."""
    shown = [(image, shown) for image, shown in watched.pictures[since:] if shown.mode == "exact"]
    assert all(number_on(image) == what.number for image, what in shown)
    return [number_on(image) for image, _ in shown]


def test_backwards_shows_the_frames_in_falling_order_and_holds_at_the_start(watched: Watched) -> None:  # noqa: F811
    watched.load(numbered())
    watched.until_exact(0)
    watched.screening.go_to_frame(20)
    watched.until_exact(20)
    before = len(watched.pictures)
    watched.screening.play_backwards()
    assert (watched.screening.state, watched.screening.direction) == ("reversing", -1)
    watched.until("paused")
    shown = exact_since(watched, before)
    assert shown == sorted(shown, reverse=True)
    assert shown[-1] == 0
    assert len(shown) > 10, "a busy computer leaves some out, not most"
    assert watched.positions[-1] == 0
    assert watched.problems == []


def test_backwards_takes_as_long_as_forwards(watched: Watched) -> None:  # noqa: F811
    """Twenty frames of 25 ms; at a quarter of the speed four times as long."""
    import time

    watched.load(numbered())
    watched.until_exact(0)
    for rate, least in ((1.0, 0.45), (0.25, 1.9)):
        watched.screening.go_to_frame(20)
        watched.until_exact(20)
        watched.screening.rates.choose(rate)
        began = time.monotonic()
        watched.screening.play_backwards()
        watched.until("paused")
        assert time.monotonic() - began > least


def test_from_the_start_backwards_begins_at_the_end(watched: Watched) -> None:  # noqa: F811
    watched.load(numbered())
    watched.until_exact(0)
    before = len(watched.pictures)
    watched.screening.play_backwards()
    pump_until(lambda: len(exact_since(watched, before)) > 2)
    watched.screening.pause()
    shown = exact_since(watched, before)
    assert shown[0] == FRAMES - 1
    assert shown == sorted(shown, reverse=True)
    assert watched.screening.state == "paused"


def test_a_frame_that_cannot_be_decoded_does_not_stop_it(watched: Watched) -> None:  # noqa: F811
    watched.load(damage_frames(make_clip(at_rate(20, 40)), [4, 19], lambda frame: b"\xff" * len(frame)))
    watched.until_exact(0)
    before = len(watched.pictures)
    watched.screening.play_backwards()
    watched.until("paused")
    numbers = [shown.number for _, shown in watched.pictures[before:] if shown.mode == "exact"]
    assert numbers == sorted(numbers, reverse=True)  # type: ignore[type-var]
    assert numbers[-1] == 0
    assert 4 not in numbers


def test_turning_round_while_it_runs(watched: Watched) -> None:  # noqa: F811
    watched.load(numbered())
    watched.until_exact(0)
    watched.play_to(12)
    watched.screening.play_backwards()
    assert watched.screening.state == "reversing"
    before = len(watched.pictures)
    pump_until(lambda: len(exact_since(watched, before)) > 3)
    assert {shown.mode for _, shown in watched.pictures[before:]} == {"exact"}, "the player is silent meanwhile"
    watched.screening.play()
    pump_until(lambda: watched.screening.state == "playing")
    before = len(watched.pictures)
    pump_until(lambda: len(watched.live(before)) > 3)
    assert watched.live(before) == sorted(watched.live(before))
    watched.screening.step(1)
    pump_until(lambda: watched.is_exact())
    assert watched.screening.state == "paused"


def test_stepping_and_another_clip_end_it(watched: Watched) -> None:  # noqa: F811
    watched.load(numbered())
    watched.until_exact(0)
    watched.screening.go_to_frame(25)
    watched.until_exact(25)
    watched.screening.play_backwards()
    pump_until(lambda: (watched.number or 0) < 22)
    watched.screening.step(-1)
    assert watched.screening.state == "paused"
    held = watched.screening.current_number
    watched.until_exact(held)
    watched.screening.play_backwards()
    watched.load(numbered())
    watched.until_exact(0)
    pump_until(lambda: False, 0.1, must=False)
    assert (watched.screening.state, watched.number) == ("paused", 0)


def test_without_a_clip_or_a_decoder_it_does_nothing(watched: Watched, make_watched: object) -> None:  # noqa: F811
    from tests.support.bridge_children import missing

    watched.screening.play_backwards()
    watched.screening.shuttle(-1)
    assert watched.screening.state == "empty"
    alone: Watched = make_watched(make_client=missing)  # type: ignore[operator]
    alone.load(numbered(), "failed")
    alone.screening.play_backwards()
    assert not alone.screening.can_reverse
    assert alone.screening.state == "failed"


# --- J and L -------------------------------------------------------------------------------------------


def test_the_keys_run_faster_each_time_and_what_was_chosen_counts_again(watched: Watched) -> None:  # noqa: F811
    watched.load(slow())
    watched.until_exact(0)
    screening = watched.screening
    used: list[float] = []
    screening.rates.changed.connect(used.append)
    for _ in range(5):
        screening.shuttle(1)
        pump_until(lambda: screening.state == "playing")
    assert used == [1.5, 2.0, 4.0]
    screening.shuttle(1, slow=True)
    assert screening.rates.current == 2.0
    screening.pause()
    pump_until(lambda: screening.state == "paused")
    assert screening.rates.current == 1.0
    screening.go_to_frame(60)
    watched.until_exact(60)
    screening.shuttle(-1, slow=True)
    assert (screening.direction, screening.rates.current) == (-1, 0.5)
    screening.shuttle(-1, slow=True)
    assert screening.rates.current == 0.25
    screening.shuttle(-1)
    assert screening.rates.current == 0.5
    screening.shuttle(1)
    pump_until(lambda: screening.state == "playing")
    assert screening.rates.current == 1.0
    screening.rates.choose(2.0)
    screening.pause()
    pump_until(lambda: screening.state == "paused")
    assert screening.rates.current == 2.0


@cache
def slow() -> bytes:
    """A clip that lasts some time."""
    return make_clip(at_rate(100, 20), key_every=20, sound=True)


def test_rates_end_at_both_ends() -> None:
    rates = Rates()
    for _ in range(20):
        rates.press_on(slow=False)
    assert rates.current == RATES[-1]
    for _ in range(20):
        rates.press_on(slow=True)
    assert rates.current == RATES[0]
    assert rates.chosen == 1.0


# --- marks ---------------------------------------------------------------------------------------------


def test_marks_never_cross() -> None:
    assert Marks(3, 9).begin_at(5) == Marks(5, 9)
    assert Marks(3, 9).begin_at(9) == Marks(9, 9)
    assert Marks(3, 9).begin_at(10) == Marks(10, None)
    assert Marks(3, 9).end_at(3) == Marks(3, 3)
    assert Marks(3, 9).end_at(2) == Marks(None, 2)
    assert not Marks().are_set


def test_what_is_looped_is_the_marked_part_or_everything() -> None:
    loop = Loop(lambda: 7)
    loop.mark_first()
    assert loop.marks == Marks(), "nothing is open"
    loop.open(FACTS)
    loop.mark_first()
    assert (loop.marks, loop.part) == (Marks(7, None), (0, 99))
    loop.set_looping(True)
    assert (loop.part, loop.start_us) == ((7, 99), 280_000)
    loop.mark(Marks(None, 20))
    assert (loop.part, loop.start_us) == ((0, 20), 0)
    assert [loop.is_at_end(number) for number in (19, 20, 21, None)] == [False, True, True, False]
    assert [loop.hides(number) for number in (20, 21, None)] == [False, True, False]
    loop.open(FACTS)
    assert loop.marks == Marks(), "another clip"


def test_a_loop_between_marks_shows_nothing_outside_them(watched: Watched) -> None:  # noqa: F811
    watched.load(numbered())
    watched.until_exact(0)
    for number, mark in ((8, watched.screening.loop.mark_first), (17, watched.screening.loop.mark_last)):
        watched.screening.go_to_frame(number)
        watched.until_exact(number)
        mark()
    assert watched.screening.loop.marks == Marks(8, 17)
    watched.screening.loop.set_looping(True)
    before = len(watched.pictures)
    watched.screening.play()  # it stands at the end of the part
    pump_until(lambda: rounds(watched.live(before)) >= 3)
    assert watched.screening.state == "playing"
    live = watched.live(before)
    assert min(live) >= 8
    assert max(live) <= 17
    watched.screening.loop.set_looping(False)
    watched.until("ended")


def rounds(numbers: list[int]) -> int:
    """How often a falling number began anew."""
    return sum(later < earlier for earlier, later in pairwise(numbers))


def test_a_loop_runs_backwards_too(watched: Watched) -> None:  # noqa: F811
    watched.load(numbered())
    watched.until_exact(0)
    watched.screening.loop.mark(Marks(8, 17))
    watched.screening.loop.set_looping(True)
    watched.screening.go_to_frame(12)
    watched.until_exact(12)
    before = len(watched.pictures)
    watched.screening.play_backwards()
    pump_until(lambda: rounds(exact_since(watched, before)[::-1]) >= 2)
    shown = exact_since(watched, before)
    assert min(shown) == 8
    assert max(shown) == 17
    watched.screening.pause()


def test_a_loop_whose_part_ends_with_the_clip_begins_anew_at_its_mark(watched: Watched) -> None:  # noqa: F811
    watched.load(numbered())
    watched.until_exact(0)
    watched.screening.loop.mark(Marks(20, None))
    watched.screening.loop.set_looping(True)
    watched.screening.go_to_frame(22)
    watched.until_exact(22)
    before = len(watched.pictures)
    watched.screening.play()
    pump_until(lambda: rounds(watched.live(before)) >= 2)
    assert min(watched.live(before)) >= 19, "the player may show the frame before once, when it seeks"
    assert "ended" not in watched.states


# --- the nearest frame ---------------------------------------------------------------------------------


def test_a_player_alone_says_that_its_frame_is_only_the_nearest(make_watched: object) -> None:  # noqa: F811
    from tests.support.bridge_children import dying_at

    alone: Watched = make_watched(make_client=dying_at(7))  # type: ignore[operator]
    alone.load(make_clip([n * 3600 + (900 if n > 10 else 0) for n in range(20)]))
    alone.screening.go_to_frame(7)
    pump_until(lambda: alone.problems)
    for number in (15, 3, 16, 2):
        before = len(alone.pictures)
        alone.screening.go_to_frame(number)
        pump_until(lambda before=before: len(alone.pictures) > before)
        shown = alone.screening.shown
        assert shown is not None
        assert shown.mode == ("live" if shown.number == number else "nearest")
