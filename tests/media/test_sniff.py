"""What a file is, by its first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.media.sniff import HEAD_BYTES, UNKNOWN, sniff
from tests.support.captures_samples import SAMPLE_41_BYTES

SIZE = b"\x00\x00\x00\x1c"
WEBM_SHORT = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d4287810442858102")
WEBM_LONG = bytes.fromhex("1a45dfa301000000000000001f4286810142f7810142f2810442f381084282847765626d42878102")
MATROSKA = bytes.fromhex("1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b6142878104")

SIGNATURES = [
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg", "jpg", False),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png", False),
    (b"GIF87a", "image/gif", "gif", False),
    (b"GIF89a", "image/gif", "gif", False),
    (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp", "webp", False),
    (b"RIFF\x24\x00\x00\x00AVI LIST", "video/x-msvideo", "avi", True),
    (SIZE + b"ftypheic", "image/heic", "heic", False),
    (SIZE + b"ftypheix", "image/heic", "heic", False),
    (SIZE + b"ftypmif1", "image/heif", "heif", False),
    (SIZE + b"ftypavif", "image/avif", "avif", False),
    (SIZE + b"ftypisom", "video/mp4", "mp4", True),
    (SIZE + b"ftypmp42", "video/mp4", "mp4", True),
    (SAMPLE_41_BYTES, "video/mp4", "mp4", True),
    (SIZE + b"ftypqt  ", "video/quicktime", "mov", True),
    (SIZE + b"ftyp3gp4", "video/3gpp", "3gp", True),
    (SIZE + b"ftyp3g2a", "video/3gpp2", "3g2", True),
    (SIZE + b"ftypM4A ", "audio/mp4", "m4a", False),
    (SIZE + b"moov", "video/quicktime", "mov", True),
    (b"\x00\x00\x00\x08wide\x00\x00\x10\x00mdat", "video/quicktime", "mov", True),
    (SIZE + b"mdat", "video/quicktime", "mov", True),
    (SIZE + b"free", "video/quicktime", "mov", True),
    (SIZE + b"skip", "video/quicktime", "mov", True),
    (WEBM_SHORT, "video/webm", "webm", True),
    (WEBM_LONG, "video/webm", "webm", True),
    (MATROSKA, "video/x-matroska", "mkv", True),
    (b"FLV\x01\x05\x00\x00\x00\x09", "video/x-flv", "flv", True),
    (b"BM\x36\x10\x00\x00\x00\x00\x00\x00\x36\x00", "image/bmp", "bmp", False),
]


@pytest.mark.parametrize(("head", "name", "extension", "is_video"), SIGNATURES, ids=lambda v: str(v)[:24])
def test_every_signature_is_known_however_much_follows(head: bytes, name: str, extension: str, is_video: bool) -> None:
    for data in (head, head + b"\x00" * 100, head + b"webm" * 100):
        if data.startswith(MATROSKA[:4]) and len(data) > len(head) and name == "video/x-matroska":
            data = head + b"\x00" * HEAD_BYTES + b"webm" * 10
        found = sniff(data)
        assert (found.name, found.extension, found.is_video) == (name, extension, is_video)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"B",
        b"BMW is a car",
        b"<!DOCTYPE html><html>",
        b'{"code":1}',
        b"RIFF\x00\x00\x00\x00WAVE",
        b"ftypmp42",
        bytes(64),
    ],
)
def test_what_fits_no_signature_is_unknown_and_named_bin(data: bytes) -> None:
    assert sniff(data) is UNKNOWN
    assert (UNKNOWN.name, UNKNOWN.extension, UNKNOWN.is_video) == ("application/octet-stream", "bin", False)


@given(st.one_of(st.binary(max_size=100), st.tuples(st.sampled_from(SIGNATURES), st.binary(max_size=40)).map(
    lambda pair: pair[0][0][: len(pair[1])] + pair[1])))  # fmt: skip
def test_any_bytes_have_a_type_whose_extension_can_stand_in_a_file_name(data: bytes) -> None:
    found = sniff(data)
    assert found.extension.isascii()
    assert found.extension.isalnum()
    assert found.extension == found.extension.lower()
    assert "/" in found.name


@given(st.binary(min_size=HEAD_BYTES, max_size=200))
def test_the_first_sixty_four_bytes_decide(data: bytes) -> None:
    assert sniff(data) == sniff(data[:HEAD_BYTES])
