"""What a clip is made of: times, groups of pictures, and reports that are not trusted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.core.clip import AudioFacts, ClipCheck, ClipFacts, FramePixels, VideoFacts, moments_of

VIDEO = VideoFacts("h264", "High", 480, 640, 90, 25.0, "yuv420p", 6)


def facts(pts_us: tuple[int, ...] = (0, 40_000, 80_000), keys: tuple[int, ...] = (0,)) -> ClipFacts:
    return ClipFacts("mov,mp4", "isom", 0, 120_000, 1, VIDEO, None, pts_us, keys)


def report(**changes: Any) -> dict[str, Any]:
    own = {
        "container": "mov,mp4",
        "brands": "isom",
        "start_us": 2_000_000,
        "duration_us": 120_000,
        "streams": 2,
        "video": vars(VIDEO),
        "audio": {"codec": "aac", "sample_rate": 16_000, "channels": 1},
        "pts_us": [0, 40_000, 80_000],
        "keys": [0],
    }
    return own | changes


def header(**changes: Any) -> dict[str, Any]:
    own = {"frame": 3, "pts_us": 7, "width": 2, "height": 2, "stride": 8, "rotation": 90, "damaged": True}
    return own | changes


@pytest.mark.parametrize(
    ("position_us", "frame"),
    [(-5, 0), (0, 0), (66_666, 0), (66_667, 0), (99_999, 0), (100_000, 1), (100_001, 1), (250_000, 2), (10**12, 2)],
)
def test_a_frame_is_shown_from_its_time_to_the_next_even_before_the_first_begins(position_us: int, frame: int) -> None:
    assert facts((66_667, 100_000, 250_000)).frame_at(position_us) == frame


@given(st.lists(st.integers(0, 10**9), min_size=1, unique=True).map(sorted))
def test_the_time_of_a_frame_finds_that_frame(times: list[int]) -> None:
    clip = facts(tuple(times))
    assert [clip.frame_at(time) for time in times] == list(range(clip.frame_count))


@pytest.mark.parametrize(
    ("keys", "frame", "group"),
    [
        ((0, 2), 0, (0, 1)),
        ((0, 2), 1, (0, 1)),
        ((0, 2), 2, (2, 5)),
        ((0, 2), 5, (2, 5)),
        ((3,), 1, (0, 2)),  # the clip was cut: it does not begin with a key frame
        ((3,), 4, (3, 5)),
        ((), 4, (0, 5)),
        (tuple(range(6)), 4, (4, 4)),
    ],
)
def test_a_group_reaches_from_one_key_frame_to_the_next(
    keys: tuple[int, ...], frame: int, group: tuple[int, int]
) -> None:
    assert facts(tuple(range(6)), keys).group_of(frame) == group


def test_a_report_becomes_facts() -> None:
    clip = ClipFacts.from_json(report())
    assert clip == ClipFacts(
        container="mov,mp4",
        brands="isom",
        start_us=2_000_000,
        duration_us=120_000,
        streams=2,
        video=VIDEO,
        audio=AudioFacts("aac", 16_000, 1),
        pts_us=(0, 40_000, 80_000),
        keys=(0,),
    )
    assert (clip.frame_count, clip.video.frames_stated) == (3, 6)
    assert ClipFacts.from_json(report(audio=None)).audio is None


@pytest.mark.parametrize(
    "changes",
    [
        {"video": {}},
        {"video": None},
        {"pts_us": ["x"]},
        {"pts_us": None},
        {"keys": 7},
        {"duration_us": ""},
        {"duration_us": float("inf")},
        {"streams": True},
        {"pts_us": []},
        {"pts_us": [2, 1]},
        {"pts_us": [10**400]},
        {"keys": [3]},
        {"keys": [1, 1]},
        {"keys": [-1]},
        {"video": {**vars(VIDEO), "width": "480"}},
        {"video": {**vars(VIDEO), "fps": float("nan")}},
        {"video": {**vars(VIDEO), "mirrored": 1}},
        {"audio": {"codec": 7, "sample_rate": 1, "channels": 1}},
    ],
)
def test_a_malformed_report_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        ClipFacts.from_json(report(**changes))


def test_a_report_that_says_nothing_is_refused() -> None:
    with pytest.raises(KeyError):
        ClipFacts.from_json({})


def test_pixels_keep_the_padding_of_their_rows() -> None:
    pixels = FramePixels.from_json(header(), bytes(16))
    assert pixels == FramePixels(3, 7, 2, 2, 8, 90, bytes(16), damaged=True)


@pytest.mark.parametrize(
    "changes",
    [{"height": 3}, {"stride": 5}, {"stride": -8}, {"width": 0}, {"width": -1}, {"height": -2}, {"frame": ""}],
)
def test_pixels_that_do_not_fit_their_sizes_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        FramePixels.from_json(header(**changes), bytes(16))


@pytest.mark.parametrize(
    ("times", "duration_us", "span"),
    [((0, 40_000), 80_000, (0, 80_000)), ((66_667, 100_000), 133_000, (0, 133_000)), ((0,), 0, (0, 1)),
     ((-20_000, 20_000), 60_000, (-20_000, 60_000)), ((0, 90_000), 10, (0, 90_000))],
)  # fmt: skip
def test_a_timeline_holds_every_frame(times: tuple[int, ...], duration_us: int, span: tuple[int, int]) -> None:
    clip = ClipFacts("mp4", "", 0, duration_us, 1, VIDEO, None, times, (0,))
    assert clip.span_us == span


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**10), st.integers(1, 50))
def test_parts_of_a_timeline_begin_in_it_in_rising_order(start: int, length: int, count: int) -> None:
    moments = moments_of((start, start + length), count)
    assert len(moments) == count
    assert moments[0] == start
    assert moments == sorted(moments)
    assert moments[-1] <= start + length


def test_a_frame_that_begins_where_a_part_begins_belongs_to_it() -> None:
    times = tuple(round(number * 1_000_000 / 30) for number in range(200))
    clip = ClipFacts("mp4", "", 0, 6_666_667, 1, VIDEO, None, times, (0,))
    assert [clip.frame_at(moment) for moment in moments_of(clip.span_us, 4)] == [0, 50, 100, 150]


def test_a_check_counts_what_it_saw() -> None:
    check = ClipCheck("IPb!-?-")
    assert (check.looked_at, check.decoded, check.undecodable, check.damaged) == (7, 5, 2, 2)


@pytest.mark.parametrize("data", [{}, {"types": "xyz"}, {"types": 5}, {"types": "I P"}])
def test_a_check_that_makes_no_sense_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        ClipCheck.from_json(data)


def test_a_report_of_more_facts() -> None:
    more = {"end_us": 110_000, "created": "2026", "encoder": "x", "missing_bytes": 5}
    found = ClipFacts.from_json(report(**more))
    assert (found.end_us, found.created, found.encoder, found.missing_bytes) == (110_000, "2026", "x", 5)
    assert ClipFacts.from_json(report()).end_us == 0
