"""The bytes of an answer, from a file or a buffer, packed or not."""

import gzip
import zlib
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.captures import body
from facevid_gui.captures.body import PIECE_BYTES, Body, BytesBody, FileBody, unpacked

DATA = bytes(i % 251 for i in range(2 * PIECE_BYTES + 17))


@pytest.fixture(params=["file", "bytes"])
def big_body(request: pytest.FixtureRequest, tmp_path: Path) -> Body:
    if request.param == "bytes":
        return BytesBody(DATA)
    path = tmp_path / "response-body.bin"
    path.write_bytes(DATA)
    return FileBody(path)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (0, None),
        (5, None),
        (0, 10),
        (PIECE_BYTES - 1, PIECE_BYTES + 1),
        (0, PIECE_BYTES + 1),
        (3, 2 * PIECE_BYTES),
        (7, 7),
        (len(DATA), None),
    ],
)
def test_a_body_gives_the_bytes_asked_for_in_pieces_of_a_megabyte(big_body: Body, start: int, end: int | None) -> None:
    pieces = list(big_body.pieces(start, end))
    assert b"".join(pieces) == DATA[start:end]
    assert all(0 < len(piece) <= PIECE_BYTES for piece in pieces)
    assert b"".join(big_body.pieces()) == DATA


def test_a_file_that_ends_early_gives_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "cut"
    path.write_bytes(b"abc")
    assert b"".join(FileBody(path).pieces(1, 100)) == b"bc"


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_a_plain_body_is_handed_on_as_it_is(coding: str) -> None:
    plain = BytesBody(b"x")
    assert unpacked(plain, coding) == (plain, ())


@pytest.mark.parametrize(
    ("coding", "packed", "step"),
    [
        ("gzip", gzip.compress(DATA, mtime=0), "gzip"),
        ("X-GZIP", gzip.compress(DATA, mtime=0), "gzip"),
        (" deflate ", zlib.compress(DATA), "deflate"),
    ],
    ids=["gzip", "x-gzip", "deflate"],
)
def test_a_packed_body_is_unpacked_and_the_step_is_named(coding: str, packed: bytes, step: str) -> None:
    plain, steps = unpacked(BytesBody(packed), coding)
    assert b"".join(plain.pieces()) == DATA
    assert steps == (step,)


@pytest.mark.parametrize(
    ("coding", "packed", "words"),
    [
        ("br", b"x", "unknown"),
        ("gzip, gzip", gzip.compress(b"x", mtime=0), "unknown"),
        ("gzip", b"{}", "damaged"),
        ("gzip", gzip.compress(DATA, mtime=0)[:-20], "short"),
        ("gzip", b"", "short"),
        ("gzip", gzip.compress(b"abc", mtime=0)[:-6] + b"\0" * 6, "damaged"),
    ],
    ids=["unknown", "twice", "plain", "cut", "empty", "wrong sum"],
)
def test_what_cannot_be_unpacked_is_refused(coding: str, packed: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        unpacked(BytesBody(packed), coding)


@pytest.mark.parametrize("size", [1000, 1001, 100_000])
def test_a_small_body_that_unpacks_to_too_much_is_refused(size: int) -> None:
    with mock.patch.object(body, "MAX_UNPACKED_BYTES", 1000):
        packed = BytesBody(gzip.compress(b"\0" * size))
        if size <= 1000:
            assert b"".join(unpacked(packed, "gzip")[0].pieces()) == b"\0" * size
            return
        with pytest.raises(ValueError, match="too much"):
            unpacked(packed, "gzip")


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "\u00e9", ""]))
def test_arbitrary_bytes_under_any_coding_give_a_body_or_a_value_error(data: bytes, coding: str) -> None:
    try:
        plain, _ = unpacked(BytesBody(data), coding)
    except ValueError:
        return
    assert coding or b"".join(plain.pieces()) == data
