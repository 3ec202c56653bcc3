"""How much of a file is there, and why one cannot be opened, told by its own outermost sizes."""

from functools import cache

import pytest

from facevid_gui.media.wholeness import missing_bytes, outer_boxes, why_unreadable
from tests.support.media_clips import FRAGMENTED, INDEX_FIRST, at_rate, boxes, make_clip


@cache
def clip(name: str) -> bytes:
    how = {
        "plain": {}, "index first": {"options": INDEX_FIRST}, "fragmented": {"options": FRAGMENTED},
        "MOV": {"container": "mov"}, "Matroska": {"container": "matroska"},
        "WebM": {"container": "webm", "encoder": "libvpx"},
        "live WebM": {"container": "webm", "encoder": "libvpx", "options": {"live": "1"}},
        "transport stream": {"container": "mpegts"},
    }[name]  # fmt: skip
    return make_clip(at_rate(20), **how)  # type: ignore[arg-type]


TELLING = ["plain", "index first", "fragmented", "MOV", "Matroska", "WebM"]


@pytest.mark.parametrize("name", [*TELLING, "live WebM", "transport stream"])
def test_a_whole_file_lacks_nothing(name: str) -> None:
    assert missing_bytes(clip(name)) == 0


@pytest.mark.parametrize("name", ["index first", "MOV", "Matroska", "WebM"])
def test_a_file_that_was_cut_lacks_what_was_cut_off(name: str) -> None:
    data = clip(name)
    last = max(start for _, start, _ in outer_boxes(data)) + 8 if name in ("index first", "MOV") else 60
    for kept in range(last, len(data), 53):
        assert missing_bytes(data[:kept]) == len(data) - kept


def test_cut_between_two_fragments_nobody_can_tell() -> None:
    """Such a file is a whole one that is shorter; inside a fragment the rest of it is missing."""
    data = clip("fragmented")
    fragments = boxes(data, "moof")
    assert missing_bytes(data[: fragments[1][0] - 8]) == 0
    assert missing_bytes(data[: fragments[1][0]]) == fragments[1][1] - fragments[1][0]
    assert missing_bytes(data[: fragments[1][0] - 5]) == 5, "not even the header of the next one is there"


@pytest.mark.parametrize("name", ["live WebM", "transport stream"])
def test_who_states_no_size_lacks_nothing(name: str) -> None:
    assert missing_bytes(clip(name)[:-400]) == 0


@pytest.mark.parametrize(
    "data", [b"", b"\0", bytes(100), b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3\x00" * 9, b"\0\0\0\1ftyp", b"<html>" * 9,
             b"\0\0\0\x08ftyp\0\0\0\2moov", b"\xff" * 64],
)  # fmt: skip
def test_nonsense_ends(data: bytes) -> None:
    assert missing_bytes(data) >= 0
    assert len(list(outer_boxes(data))) < 10


def test_a_box_of_64_bit_size_and_one_up_to_the_end() -> None:
    large = b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\1mdat" + (16 + 50).to_bytes(8, "big") + bytes(30)
    assert missing_bytes(large) == 20
    assert missing_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\0mdat" + bytes(30)) == 0


@pytest.mark.parametrize(
    ("data", "code", "detail"),
    [
        (b"", "clip_empty", ""),
        (b"\xff\xd8\xff\xe0", "clip_container", "JPG"),
        (b"RIFF\0\0\0\0AVI LIST", "clip_container", "AVI"),
        (b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x08mdat", "clip_no_index", ""),
        (b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x08moov", "clip_unreadable", "EOFError"),
        (b"<html>", "clip_unreadable", "EOFError"),
    ],
)
def test_why_a_file_cannot_be_opened(data: bytes, code: str, detail: str) -> None:
    refusal = why_unreadable(data, "EOFError")
    assert (refusal.code, refusal.detail) == (code, detail)
