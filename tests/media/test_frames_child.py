"""Exact frames, proved by their pictures: every clip says in its picture which frame it is."""

import io
import multiprocessing
import os
import resource
import signal
import struct
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import av
import pytest

from facevid_gui.media import child_clip, child_probe, frames_child
from facevid_gui.media.child_clip import Clip
from facevid_gui.media.frames_child import limit_resources
from facevid_gui.media.wholeness import NotShownError
from facevid_gui.resources import resource as own_file
from tests.support.captures_processes import in_child
from tests.support.media_clips import (
    FRAGMENTED,
    HEIGHT,
    INDEX_FIRST,
    TICKS,
    WIDTH,
    at_rate,
    boxes,
    changed,
    damage_frames,
    make_clip,
    make_flat_clip,
    make_song_with_cover,
    make_sound_only,
    number_in,
    renamed,
    turned,
)

FRAMES = 34
DEMO = ["liveness-plain", "liveness-fragmented", "order", "nod-01"]
UNEVEN = [0, 3000, 9000, 9090, 50_000, 50_001, 200_000, 203_000]


EXACT: dict[str, dict[str, Any]] = {
    "plain": {},
    "plain with B-frames": {"b_frames": 3},
    "fragmented": {"options": FRAGMENTED},
    "fragmented with B-frames": {"options": FRAGMENTED, "b_frames": 2},
    "fragmented with sound": {"options": FRAGMENTED, "b_frames": 2, "sound": True},
    "index first": {"options": INDEX_FIRST},
    "variable rate": {"times": UNEVEN},
    "one frame": {"times": [0]},
    "two seconds late": {"times": at_rate(FRAMES, first=2 * TICKS)},
    "late behind its sound": {"times": at_rate(FRAMES, first=2 * TICKS), "sound": True},
    "open groups": {"b_frames": 3, "settings": ":open-gop=1:b-pyramid=normal"},
    "no key frames but the first": {"b_frames": 3, "key_every": 250},
    "refreshed little by little": {"settings": ":intra-refresh=1"},
    "all called key frames": {"b_frames": 2},
    "odd colours": {"settings": ":colormatrix=YCgCo"},
    "Matroska": {"b_frames": 2, "container": "matroska"},
    "WebM": {"container": "webm", "encoder": "libvpx"},
    "transport stream": {"b_frames": 2, "container": "mpegts"},
    "Flash": {"b_frames": 2, "container": "flv"},
    "AVI": {"container": "avi"},
    "animation": {"container": "mov", "encoder": "qtrle", "pixels": "rgb24"},
}


@cache
def clip(name: str) -> bytes:
    how = EXACT[name]
    data = make_clip(**{"times": at_rate(FRAMES), **how})
    return renamed(data, "moov/trak/mdia/minf/stbl/stss", b"free") if name == "all called key frames" else data


def photo() -> bytes:
    return own_file("demo/photo.jpg").read_bytes()


def unknown_codec() -> bytes:
    [(start, _)] = boxes(clip("plain"), "moov/trak/mdia/minf/stbl/stsd")
    return changed(clip("plain"), start + 12, b"zzzz")


REFUSED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("clip_empty ", bytes),
    "page": ("clip_unreadable InvalidDataError", lambda: b"<html>not found</html>" * 50),
    "playlist": ("clip_unreadable InvalidDataError", lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"),
    "photo": ("clip_container JPG", photo),
    "AVI": ("clip_container AVI", lambda: clip("AVI")),
    "sound": ("clip_sound_only aac", make_sound_only),
    "cover": ("clip_sound_only aac", lambda: make_song_with_cover(photo())),
    "streams": ("clip_too_many_streams 17", lambda: make_clip([0], copies=17)),
    "unknown codec": ("clip_codec ?", unknown_codec),
    "other codec": ("clip_codec qtrle", lambda: clip("animation")),
}


def shown(opened: Clip, numbers: Sequence[int], height: int = 0) -> dict[int, tuple[int, bool]]:
    """What is seen in the frames asked for: their drawn number and whether they are damaged."""
    seen = {}
    for decoded in opened.walk(numbers):
        if decoded.number in numbers:
            header, pixels = opened.picture(decoded, height)
            drawn = number_in(bytes(pixels), header["stride"], header["height"])
            seen[header["frame"]] = (drawn, header["damaged"])
    return seen


def whole(numbers: Iterable[int]) -> dict[int, tuple[int, bool]]:
    return {number: (number, False) for number in numbers}


def refusal(data: bytes) -> str:
    with pytest.raises(NotShownError) as caught:
        Clip(data)
    return f"{caught.value.code} {caught.value.detail}"


@pytest.mark.parametrize("name", [name for name in EXACT if name not in ("AVI", "animation")])
def test_every_frame_is_the_one_its_number_says_in_whatever_order_they_are_asked_for(name: str) -> None:
    opened = Clip(clip(name))
    count = len(opened.facts["pts_us"])
    everything = range(count)
    assert shown(opened, everything) == whole(everything)
    for number in [*everything, *reversed(everything), *(n * 13 % count for n in everything)]:
        assert shown(opened, [number]) == whole([number])
    for numbers in ([0, count // 2, count - 1], range(count // 3, count), range(count // 2)):
        assert shown(opened, numbers) == whole(numbers)


@pytest.mark.parametrize(
    ("name", "first_us", "start_us"),
    [
        ("plain", 0, 0),
        ("plain with B-frames", 0, 0),
        ("fragmented", 0, 0),
        ("fragmented with B-frames", 0, 66_667),
        ("fragmented with sound", 66_667, 0),
        ("two seconds late", 0, 2_000_000),
        ("late behind its sound", 2_000_000, 0),
    ],
)
def test_times_count_from_the_start_of_the_clip_rounded_like_the_player_does(
    name: str, first_us: int, start_us: int
) -> None:
    facts = Clip(clip(name)).facts
    assert facts["start_us"] == start_us
    ticks = (first_us + start_us) * 9 // 100
    assert facts["pts_us"] == [round((ticks + 3000 * n) * 100 / 9) - start_us for n in range(FRAMES)]


def test_uneven_times_are_kept() -> None:
    facts = Clip(clip("variable rate")).facts
    assert facts["pts_us"] == [0, 33_333, 100_000, 101_000, 555_556, 555_567, 2_222_222, 2_255_556]


def test_facts_tell_what_the_clip_is_made_of() -> None:
    facts = Clip(clip("fragmented with sound")).facts
    assert facts["container"] == "mov,mp4,m4a,3gp,3g2,mj2"
    assert facts["brands"].split()[0] == "iso5"
    assert facts["streams"] == 2
    assert facts["audio"] == {"codec": "aac", "sample_rate": 48_000, "channels": 1}
    assert facts["keys"] == [0, 10, 20, 30]
    video = {name: facts["video"][name] for name in ("codec", "width", "height", "rotation", "fps", "pixel_format")}
    assert video == {
        "codec": "h264", "width": WIDTH, "height": HEIGHT, "rotation": 0, "fps": 30.0, "pixel_format": "yuv420p",
    }  # fmt: skip


def test_a_clip_without_sound_says_so() -> None:
    assert Clip(clip("plain")).facts["audio"] is None


def test_sound_of_an_unknown_kind_does_not_hide_the_pictures() -> None:
    data = clip("fragmented with sound")
    [_, (start, _)] = boxes(data, "moov/trak/mdia/minf/stbl/stsd")
    opened = Clip(changed(data, start + 12, b"zzzz").replace(b"esds", b"free"))
    assert opened.facts["audio"] == {"codec": "", "sample_rate": 0, "channels": 0}
    assert shown(opened, [5]) == whole([5])


def test_a_clip_lasts_until_the_end_of_its_last_frame() -> None:
    assert Clip(clip("plain")).facts["duration_us"] == 1_133_333
    assert Clip(clip("one frame")).facts["duration_us"] == 33_333
    [(start, _)] = boxes(clip("plain"), "moov/mvhd")
    lying = changed(clip("plain"), start + 16, struct.pack(">I", 10))
    assert Clip(lying).facts["duration_us"] >= 1_133_333


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_the_turn_is_told_clockwise_and_not_applied(degrees: int) -> None:
    opened = Clip(turned(clip("plain with B-frames"), degrees))
    assert opened.facts["video"]["rotation"] == degrees
    [decoded] = opened.walk([0])
    header, _ = opened.picture(decoded)
    assert (header["rotation"], header["width"], header["height"]) == (degrees, WIDTH, HEIGHT)
    assert shown(opened, range(FRAMES)) == whole(range(FRAMES))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_mirror_is_told_apart_from_a_turn(degrees: int) -> None:
    """Turn, then mirror: a display matrix of either kind is one of the eight ways a picture can lie."""
    facts = Clip(turned(clip("plain"), degrees, mirrored=True)).facts
    assert (facts["video"]["rotation"], facts["video"]["mirrored"]) == (degrees, True)
    assert not Clip(turned(clip("plain"), degrees)).facts["video"]["mirrored"]


@pytest.mark.parametrize(
    ("shape", "size"), [("2/1", (192, 64)), ("1/2", (96, 128)), ("3/4", (96, 85)), ("12/11", (104, 64))]
)
def test_pixels_that_are_not_square_are_stretched_as_the_player_does(shape: str, size: tuple[int, int]) -> None:
    opened = Clip(make_clip(at_rate(3), settings=f":sar={shape}"))
    assert opened.facts["video"]["pixel_shape"] == shape.replace("/", ":")
    assert (opened.facts["video"]["width"], opened.facts["video"]["height"]) == (WIDTH, HEIGHT)
    [decoded] = opened.walk([0])
    header, pixels = opened.picture(decoded)
    assert (header["width"], header["height"]) == size
    assert len(pixels) == header["stride"] * header["height"]
    small, _ = opened.picture(decoded, 32)
    assert small["height"] == 32
    assert small["width"] == round(size[0] * 32 / size[1])


def test_stretching_makes_no_picture_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_clip(at_rate(3), settings=":sar=2/1")
    monkeypatch.setattr(child_clip, "MAX_PIXELS", 2 * WIDTH * HEIGHT - 1)
    assert refusal(data) == f"clip_dimensions {WIDTH}x{HEIGHT}"


def test_the_container_tells_when_and_by_what_it_was_written() -> None:
    file = io.BytesIO()
    with av.open(io.BytesIO(clip("plain"))) as source, av.open(file, "w", format="mp4") as target:
        target.metadata["creation_time"] = "2026-11-20T08:00:00Z"
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    facts = Clip(file.getvalue()).facts
    assert facts["created"].startswith("2026-11-20T08:00:00")
    assert facts["encoder"].startswith("Lavf")
    assert Clip(clip("plain")).facts["created"] == ""


def test_opening_ends_when_whoever_waits_has_enough() -> None:
    asked = []

    def go_on() -> None:
        asked.append(True)
        if len(asked) > 5:
            raise NotShownError("clip_too_slow", "1")

    with pytest.raises(NotShownError, match="clip_too_slow"):
        Clip(clip("plain"), go_on)
    assert len(asked) == 6


def test_frames_hidden_by_an_edit_list_are_not_counted() -> None:
    [(start, _)] = boxes(clip("plain"), "moov/trak/edts/elst")
    opened = Clip(changed(clip("plain"), start + 12, struct.pack(">I", 5 * 3000)))
    seen = shown(opened, range(FRAMES - 5))
    assert seen == {number: (number + 5, False) for number in range(FRAMES - 5)}
    assert (opened.facts["pts_us"][0], opened.facts["video"]["frames_stated"]) == (0, FRAMES)


@pytest.mark.parametrize("name", DEMO)
def test_the_demo_clips_decode_as_they_do_from_end_to_end(name: str) -> None:
    data = own_file(f"demo/{name}.mp4").read_bytes()
    with av.open(io.BytesIO(data)) as container:
        straight = [(frame.pts * frame.time_base, hash(bytes(frame.planes[0]))) for frame in container.decode(video=0)]
    opened = Clip(data)
    times = [time_us / 1_000_000 for time_us in opened.facts["pts_us"]]
    assert times == pytest.approx([float(time) for time, _ in straight], abs=1e-6)
    for number in (len(straight) - 1, 0, len(straight) // 2, 27, 26, 25, 24, 25):
        *_, decoded = opened.walk([number])
        assert (decoded.number, hash(bytes(decoded.frame.planes[0]))) == (number, straight[number][1])


@pytest.mark.parametrize(
    ("height", "rgb"), [(HEIGHT, (219, 84, 44)), (576, (219, 84, 44)), (592, (232, 95, 40))], ids=["SD", "576", "HD"]
)
def test_unnamed_colours_are_those_the_player_shows(height: int, rgb: tuple[int, int, int]) -> None:
    opened = Clip(make_flat_clip(height, (120, 90, 190)))
    [decoded] = opened.walk([0])
    assert tuple(opened.picture(decoded)[1][:3]) == rgb


def test_thumbnails_are_spread_over_the_clip_and_small() -> None:
    opened = Clip(clip("plain with B-frames"))
    numbers = opened.spread(5)
    assert numbers == [0, 6, 13, 20, 27]
    assert shown(opened, numbers, height=HEIGHT // 2) == whole(numbers)
    decoded = next(opened.walk([0]))
    header, pixels = opened.picture(decoded, HEIGHT // 2)
    assert (header["width"], header["height"]) == (WIDTH // 2, HEIGHT // 2)
    assert len(pixels) == header["stride"] * header["height"]
    assert opened.picture(decoded, 10 * HEIGHT)[0]["height"] == HEIGHT
    assert opened.spread(1000) == list(range(FRAMES))
    assert opened.spread(0) == [0]


def test_thumbnails_of_a_long_clip_are_its_key_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_clip, "MAX_DECODED_FOR_THUMBNAILS", 10)
    assert Clip(clip("plain")).spread(7) == [0, 10, 20]


def test_only_frames_that_exist_are_given() -> None:
    opened = Clip(clip("plain"))
    assert opened.between(-3, 2) == [0, 1, 2]
    assert opened.between(32, 99) == [32, 33]
    assert opened.between(5, 4) == opened.between(99, 120) == []
    assert shown(opened, []) == {}


def spoiled(frame: bytes) -> bytes:
    return frame[:4] + b"\xff" * (len(frame) - 4)


def half_spoiled(frame: bytes) -> bytes:
    return frame[: len(frame) // 2] + bytes(len(frame) - len(frame) // 2)


@pytest.mark.parametrize("numbers", [[5], [0], [10], [25, 30], [7, 8], [33]], ids=str)
@pytest.mark.parametrize("damage", [spoiled, half_spoiled])
def test_damage_ends_neither_the_request_nor_goes_unmarked(numbers: list[int], damage: Any) -> None:
    opened = Clip(damage_frames(clip("plain"), numbers, damage))
    hurt = {n for number in numbers for n in range(number, min(FRAMES, number // 10 * 10 + 10))}
    for asked in [list(range(FRAMES)), *([number] for number in reversed(range(FRAMES)))]:
        seen = shown(opened, asked)
        sound = set(asked) - hurt
        assert {number: seen[number] for number in sound} == whole(sound)
        assert all(damaged for number, (_, damaged) in seen.items() if number in hurt)


def test_a_clip_of_nothing_but_damage_is_undecodable() -> None:
    assert refusal(damage_frames(clip("plain"), range(FRAMES), spoiled)) == f"clip_undecodable 0/{FRAMES}"


@pytest.mark.parametrize("name", ["index first", "fragmented"])
def test_what_a_truncated_clip_still_holds_is_shown(name: str) -> None:
    data = clip(name)
    counts, refused = set(), set()
    for length in range(len(data) * 3 // 5, len(data), 37):
        try:
            opened = Clip(data[:length])
        except NotShownError as error:
            refused.add(error.code)
            continue
        count = len(opened.facts["pts_us"])
        assert shown(opened, range(count)) == whole(range(count))
        counts.add(count)
    assert len(counts) > 5
    assert refused <= {
        "clip_no_frames",
        "clip_unreadable",
        "clip_no_index",
    }  # cut before the first frame, or inside an index


def test_a_clip_cut_before_its_index_is_unreadable() -> None:
    data = clip("plain")
    [(start, _)] = boxes(data, "moov")
    assert refusal(data[: start - 8]) == "clip_no_index "


@pytest.mark.parametrize("name", REFUSED)
def test_each_clip_that_cannot_be_shown_says_why(name: str) -> None:
    why, make = REFUSED[name]
    assert refusal(make()) == why


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [
        ("MAX_PIXELS", WIDTH * HEIGHT - 1, f"clip_dimensions {WIDTH}x{HEIGHT}"),
        ("MAX_SIDE", WIDTH - 1, f"clip_dimensions {WIDTH}x{HEIGHT}"),
        ("MAX_FRAMES", FRAMES - 1, f"clip_too_long {FRAMES - 1}"),
    ],
)
def test_huge_clips_are_refused(limit: str, value: int, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_probe, limit, value)
    assert refusal(clip("plain")) == why


def test_pictures_that_span_days_are_refused() -> None:
    hour = 3600 * TICKS
    times = [0, 6 * hour, 12 * hour, 18 * hour, 24 * hour]  # the box of times holds no longer steps
    assert shown(Clip(make_clip(times)), [4]) == whole([4])
    assert refusal(make_clip([*times[:-1], times[-1] + TICKS])) == "clip_lasts_too_long 24"


def test_pictures_larger_than_their_header_says_are_not_decoded() -> None:
    data = clip("WebM")
    frame = data.index(b"\x9d\x01\x2a") + 3  # RFC 6386, 9.1: start code, then 14 bits of width and of height
    monster = changed(data, frame, struct.pack("<HH", 16_383, 16_383))
    with av.open(io.BytesIO(monster)) as container:
        assert container.streams.video[0].codec_context.width == WIDTH
    opened = Clip(monster)
    assert 0 not in shown(opened, range(FRAMES))
    assert shown(opened, [10]) == whole([10])


def test_words_in_another_encoding_do_not_matter() -> None:
    file = io.BytesIO()
    with av.open(io.BytesIO(clip("plain"))) as source, av.open(file, "w", format="mp4") as target:
        target.metadata["title"] = "QQQQ"
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    data = file.getvalue()
    assert shown(Clip(data.replace(b"QQQQ", "认证".encode("gbk"))), [3]) == whole([3])


def test_the_child_may_not_write_files_nor_take_all_memory(tmp_path: Path) -> None:
    def work() -> None:
        limit_resources()
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
        assert resource.getrlimit(resource.RLIMIT_AS)[0] <= frames_child.MEMORY_LIMIT_BYTES
        with pytest.raises(OSError, match="File too large"):
            os.write(os.open(tmp_path / "written", os.O_WRONLY | os.O_CREAT), b"x")
        with pytest.raises(MemoryError):
            bytearray(4 * 1024**3)

    in_child(work)


def test_the_child_may_not_think_for_ever_without_answering() -> None:
    """The system ends it, whatever its threads are doing."""

    def work() -> None:
        frames_child.CPU_LIMIT_S = 0
        frames_child.limit_time()
        while True:
            pass

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGXCPU


def test_an_answer_gives_the_child_new_time() -> None:
    def work() -> None:
        limit_resources()
        frames_child.limit_time()
        first, hard = resource.getrlimit(resource.RLIMIT_CPU)
        assert first <= time.process_time() + frames_child.CPU_LIMIT_S + 1
        until = time.process_time() + 1.1
        while time.process_time() < until:
            pass
        frames_child.limit_time()
        assert resource.getrlimit(resource.RLIMIT_CPU) == (first + 1, hard)

    in_child(work)
