"""What is said of a recording: nothing wrong left out, nothing invented, in both languages."""

from dataclasses import replace

import pytest

from facevid_gui.core.clip import AudioFacts, ClipCheck, ClipFacts, ClipSeen, StreamSeen, VideoFacts
from facevid_gui.core.clip_words import (
    clock_text,
    container_name,
    details_text,
    health_text,
    is_sound,
    seen_details,
    seen_text,
)  # fmt: skip
from facevid_gui.core.messages import Messages

EN, ZH = Messages("en"), Messages("zh_CN")
VIDEO = VideoFacts("h264", "High", 480, 640, 0, 25.0, "yuv420p", 5)
FACTS = ClipFacts(
    "mov,mp4,m4a,3gp,3g2,mj2", "isom isomiso2avc1mp41", 0, 200_000, 2, VIDEO, AudioFacts("aac", 16_000, 1),
    tuple(range(0, 200_000, 40_000)), (0, 3), 200_000, "2026-11-20T08:00:00.000000Z", "Lavf62",
)  # fmt: skip
WHOLE = ClipCheck("IPPIP")


@pytest.mark.parametrize(
    ("position", "text"),
    [(0, "00:00.000"), (-5, "00:00.000"), (61_234_567, "01:01.234"), (3_599_999_999, "59:59.999"),
     (3_600_000_000, "1:00:00.000"), (90_061_001_000, "25:01:01.001")],
)  # fmt: skip
def test_times_are_clocks(position: int, text: str) -> None:
    assert clock_text(position) == text


def test_a_whole_recording_in_one_line() -> None:
    assert health_text(FACTS, WHOLE, EN) == (
        "H264 480×640, 25 fps · all 5 frames decoded · MP4, brand isom · sound AAC 16 kHz"
    )
    assert health_text(FACTS, None, EN) == "H264 480×640, 25 fps · 5 frames · MP4, brand isom · sound AAC 16 kHz"
    assert "5 帧全部可解码" in health_text(FACTS, WHOLE, ZH)
    assert is_sound(FACTS, None)
    assert is_sound(FACTS, WHOLE)


@pytest.mark.parametrize(
    ("facts", "check", "words"),
    [
        (replace(FACTS, missing_bytes=77), WHOLE, "cut off: 77 bytes missing"),
        (replace(FACTS, video=replace(VIDEO, frames_stated=9)), WHOLE, "frames: 5 found, 9 stated by the file"),
        (FACTS, ClipCheck("IP-IP"), "1 frame cannot be decoded"),
        (FACTS, ClipCheck("IPp!P"), "2 frames damaged"),
        (replace(FACTS, other_pictures=15), WHOLE, "15 more picture tracks, not shown"),
    ],
)
def test_what_is_wrong_comes_first_and_is_never_called_whole(facts: ClipFacts, check: ClipCheck, words: str) -> None:
    text = health_text(facts, check, EN)
    assert text.startswith(words)
    assert "all 5 frames" not in text
    assert not is_sound(facts, check)
    assert health_text(facts, check, ZH) != text


def test_everything_that_is_wrong_is_said() -> None:
    facts = replace(FACTS, missing_bytes=1, video=replace(VIDEO, frames_stated=6), duration_us=9_000_000)
    assert health_text(facts, ClipCheck("IP-i-"), EN).startswith(
        "cut off: 1 byte missing · frames: 5 found, 6 stated by the file · 2 frames cannot be decoded · "
        "1 frame damaged · pictures end at 00:00.200 of 00:09.000 · H264"
    )


def test_what_is_not_known_is_not_said() -> None:
    assert "25 fps · 5 frames, the first 3 decoded" in health_text(FACTS, ClipCheck("IPP"), EN)
    unstated = replace(FACTS, video=replace(VIDEO, frames_stated=0))
    assert "stated" not in health_text(unstated, WHOLE, EN)
    assert is_sound(unstated, WHOLE)
    assert "Frames: 5 found; the file states no number" in details_text(unstated, WHOLE, EN)
    nothing = replace(FACTS, created="", encoder="", brands="")
    assert details_text(nothing, WHOLE, EN).count("not stated") == 3
    assert "not been decoded one by one" in details_text(FACTS, None, EN)


@pytest.mark.parametrize(
    ("audio", "words"),
    [(None, "no sound track"), (AudioFacts("", 0, 0), "sound of an unknown kind"),
     (AudioFacts("opus", 48_000, 2), "sound OPUS 48 kHz")],
)  # fmt: skip
def test_its_sound(audio: AudioFacts | None, words: str) -> None:
    assert health_text(replace(FACTS, audio=audio), WHOLE, EN).endswith(words)


@pytest.mark.parametrize(
    ("container", "brands", "name"),
    [("mov,mp4,m4a", "isom", "MP4"), ("mov,mp4,m4a", "qt  ", "MOV"), ("mov,mp4,m4a", "3gp4", "3GP"),
     ("matroska,webm", "", "WebM / Matroska"), ("mpegts", "", "MPEGTS"), ("mov,mp4", "", "MP4")],
)  # fmt: skip
def test_its_container_has_a_name(container: str, brands: str, name: str) -> None:
    assert container_name(replace(FACTS, container=container, brands=brands)) == name


def test_a_turned_picture_has_the_size_it_is_shown_in() -> None:
    turned = replace(FACTS, video=replace(VIDEO, rotation=90))
    assert "640×480" in health_text(turned, WHOLE, EN)
    assert "480×640" in details_text(turned, WHOLE, EN), "and the file's own among all facts"


def test_all_facts() -> None:
    facts = replace(FACTS, video=replace(VIDEO, rotation=90, mirrored=True, pixel_shape="4:3"), start_us=66_667)
    text = details_text(facts, ClipCheck("IPbi-"), EN)
    for line in (
        "Container: MP4 (mov,mp4,m4a,3gp,3g2,mj2)", "Brands: isom, isom, iso2, avc1, mp41",
        "Created, as the file states: 2026-11-20T08:00:00.000000Z", "Written by, as the file states: Lavf62",
        "Streams: 2", "Picture: H264 High, 480×640, yuv420p",
        "Shown: turned by 90°, left and right exchanged, stretched: its pixels are 4:3",
        "Rate: constant, 25 fps", "Pictures from – to / duration: 00:00.000 – 00:00.200 / 00:00.200",
        "The container's clock begins at: 00:00.066", "Key frames: 2 (1, 4)",
        "Decoded one by one: 4 frames; cannot be decoded: 1; damaged: 2", "      1  IPbi-",
    ):  # fmt: skip
        assert line in text.splitlines(), line
    uneven = replace(FACTS, pts_us=(0, 20_000, 90_000, 100_000, 150_000))
    assert "Rate: variable, 25 fps on average, frames last 10 to 70 ms" in details_text(uneven, None, EN)


def test_kinds_of_frames_are_numbered_line_by_line() -> None:
    lines = details_text(FACTS, ClipCheck("I" + "P" * 119), EN).splitlines()
    assert lines[-3:] == ["      1  I" + "P" * 49, "     51  " + "P" * 50, "    101  " + "P" * 20]
    assert "Of the first 3 frames decoded one by one: 3" in details_text(FACTS, ClipCheck("IPP"), EN)


def test_with_a_fault_it_is_still_said_how_many_frames_decode_and_nothing_twice() -> None:
    stated = replace(FACTS, video=replace(VIDEO, frames_stated=9))
    assert "25 fps · decoded: 4 of 5 · MP4" in health_text(FACTS, ClipCheck("IP-IP"), EN)
    assert "decoded: 5 of 5" in health_text(stated, WHOLE, EN)
    assert "5 frames" not in health_text(stated, None, EN)
    assert "已解码 4 / 5 帧" in health_text(FACTS, ClipCheck("IP-IP"), ZH)


def test_a_single_frame_is_no_frames() -> None:
    one = replace(FACTS, pts_us=(0,), keys=(0,), video=replace(VIDEO, frames_stated=1))
    assert " · its only frame decoded · " in health_text(one, ClipCheck("I"), EN)
    assert " · 1 frame · " in health_text(one, None, EN)


def test_picture_tracks_that_are_not_shown_are_told_of() -> None:
    assert not is_sound(replace(FACTS, other_pictures=1), WHOLE)
    assert "Streams: 2; 1 more picture track, not shown" in details_text(replace(FACTS, other_pictures=1), WHOLE, EN)


def test_what_is_not_shown_is_described_as_far_as_it_was_seen() -> None:
    picture, sound = StreamSeen("video", "hevc", 16_400, 64), StreamSeen("audio", "aac")
    seen = ClipSeen("mov,mp4", "isom isom", "", "Lavf62", 2_000_000, (picture, sound), AudioFacts("aac", 16_000, 1))
    assert seen_text(seen, EN) == (
        "not shown, nothing of it was decoded · HEVC 16400×64 · MP4, brand isom · sound AAC 16 kHz · 00:02.000"
    )
    lines = seen_details(seen, EN).splitlines()
    for line in ("Container: MP4 (mov,mp4)", "Stream: video HEVC 16400×64", "Stream: audio AAC", "Streams: 2",
                 "Duration, as the file states: 00:02.000", "Written by, as the file states: Lavf62"):  # fmt: skip
        assert line in lines, line
    unknown = replace(seen, streams=(StreamSeen("video", ""),), audio=None, duration_us=0)
    assert "unknown coding" in seen_text(unknown, EN)
    assert "未解码任何内容" in seen_text(unknown, ZH)
