"""Ranges that were played and frames that were seen: merged without losing or inventing anything."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.core.watched import MAX_CLIPS, MAX_RANGES, ClipWatch, merge, runs, watched_detail

RANGES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=30)


def points(ranges: list[tuple[int, int]]) -> set[int]:
    return {point for pair in ranges for point in range(min(pair), max(pair) + 1)}


@given(RANGES)
def test_merged_ranges_hold_what_was_played_in_order_and_apart(ranges: list[tuple[int, int]]) -> None:
    merged = merge(ranges)
    assert points(list(merged)) == points(ranges)
    assert all(first <= last for first, last in merged)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(merged))
    assert merge(merged) == merged
    assert merge(reversed(ranges)) == merged


@given(st.sets(st.integers(0, 300)))
def test_runs_hold_exactly_the_frames(numbers: set[int]) -> None:
    found = runs(numbers)
    assert points(list(found)) == numbers
    assert all(before[1] + 1 < after[0] for before, after in itertools.pairwise(found))


@given(st.lists(st.lists(st.integers(0, 60_000), min_size=1, max_size=30), max_size=10))
def test_only_what_ran_forwards_and_near_counts_as_played(plays: list[list[int]]) -> None:
    watch = ClipWatch()
    expected: list[tuple[int, int]] = []
    for positions in plays:
        for position in positions:
            watch.play(position * 1000, 1.0)
        watch.hold()
        expected += [(a, b) for a, b in itertools.pairwise(positions) if 0 <= b - a <= 2000]
    assert merge(pair for pair in watch.played_us) == merge((a * 1000, b * 1000) for a, b in expected)


def test_a_jump_is_not_watched() -> None:
    watch = ClipWatch()
    for position in (0, 500_000, 30_000_000, 30_500_000):
        watch.play(position, 1.0)
    watch.hold()
    watch.play(31_000_000, 1.0)
    assert watched_detail({"media/a.mp4": watch}) == {"media/a.mp4": "played 0-500,30000-30500 ms at 1"}


@given(st.integers(0, 60), st.integers(0, 400))
def test_what_is_written_is_bounded(clips: int, pieces: int) -> None:
    watch = ClipWatch()
    for number in range(pieces):
        watch.play(number * 10_000_000, 1.0)
        watch.play(number * 10_000_000 + 1_000_000, 4.0)
        watch.show(3 * number)
    detail = watched_detail({f"media/nod-{number:02d}.mp4": watch for number in range(clips)})
    assert len(detail) <= MAX_CLIPS + 1
    assert sum(map(len, detail.values())) < 60_000
    if pieces > MAX_RANGES and clips:
        assert f"and {pieces - MAX_RANGES} more" in detail["media/nod-00.mp4"]


def test_nothing_seen_is_nothing_told() -> None:
    watch = ClipWatch()
    watch.play(5_000, 1.0)
    assert watched_detail({"media/a.mp4": watch, "media/b.mp4": ClipWatch()}) == {}
