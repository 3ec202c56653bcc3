"""The tolerant decoder: every variant of pitfalls.md 4.1, at every piece boundary, honest about damage."""

import base64
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facevid_gui.media.base64s import DAMAGED, Base64Decoder
from tests.support.captures_samples import SAMPLE_41, SAMPLE_41_BYTES, b64, cut

LEAD = b"QUJD" * 80  # longer than what the decoder looks at before it begins
LEAD_BYTES = b"ABC" * 80
ODD = bytes(range(256)) + b"\xfb\xef\xbe\xff\xff\xfe"  # holds both characters in which the alphabets differ


def decode(text: bytes, size: int = 1 << 20) -> tuple[bytes, list[str], str | None]:
    decoder = Base64Decoder()
    out = b"".join(decoder.decode(text[start : start + size] for start in range(0, len(text), size)))
    return out, decoder.repairs, decoder.problem


def decode_pieces(pieces: list[bytes]) -> tuple[bytes, list[str], str | None]:
    decoder = Base64Decoder()
    return b"".join(decoder.decode(pieces)), decoder.repairs, decoder.problem


def reference(text: bytes) -> tuple[bytes, bool]:
    """What can be had of a text without a prefix, and whether it is damaged: bit by bit, with nothing clever."""
    plain = text.translate(bytes.maketrans(b"-_", b"+/"), b" \t\r\n")
    good = re.match(rb"[A-Za-z0-9+/]*", plain)[0]
    damaged = plain[len(good) :].strip(b"=") != b"" or len(good) % 4 == 1
    good = good[: len(good) // 4 * 4] if damaged else good
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    bits = "".join(f"{alphabet.index(letter):06b}" for letter in good)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)), damaged


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100, 1 << 20])
def test_plain_base64_is_decoded_and_nothing_is_called_a_repair(size: int) -> None:
    for length in (*range(20), *range(255, 262)):
        data = ODD[-length:] if length else b""
        assert decode(base64.b64encode(data), size) == (data, [], None)


@pytest.mark.parametrize(
    ("text", "repairs"),
    [
        (base64.b64encode(ODD[:10]).rstrip(b"="), ["padding_added"]),
        (base64.b64encode(ODD[:10]).rstrip(b"=") + b"=", ["padding_added"]),
        (base64.b64encode(ODD[:10]) + b"=", ["padding_removed"]),
        (base64.b64encode(ODD[:9]) + b"==", ["padding_removed"]),
    ],
)
def test_wrong_padding_is_mended_and_said(text: bytes, repairs: list[str]) -> None:
    for lead, begun in ((b"", b""), (LEAD, LEAD_BYTES)):
        data, said, problem = decode(lead + text, 3)
        assert data == (begun + ODD)[: len(data)]
        assert len(data) - len(begun) in (9, 10)
        assert (said, problem) == (repairs, None)


def test_the_url_safe_alphabet_is_read_and_said() -> None:
    assert decode(base64.urlsafe_b64encode(ODD), 7) == (ODD, ["url_safe_alphabet"], None)


@pytest.mark.parametrize("blank", [b" ", b"\t", b"\n", b"\r\n"])
def test_blanks_and_line_breaks_are_removed_and_said(blank: bytes) -> None:
    lines = blank.join(pieces[0] for pieces in zip(cut(base64.b64encode(ODD), [76, 152, 228]), strict=True))
    for text in (lines, blank + lines, lines + blank):
        for size in (1, 75, 1 << 20):
            assert decode(text, size) == (ODD, ["blanks_removed"], None)


@pytest.mark.parametrize(
    "prefix",
    [
        b"data:image/jpeg;base64,",
        b"data:video/mp4;base64,",
        b"data:;base64,",
        b"data:,",
        b"DATA:IMAGE/PNG;BASE64,",
        b"data:video/webm;codecs=vp8,opus;base64,",
        b'data:video/mp4;codecs="avc1.42E01E, mp4a.40.2";base64,',
    ],
)
@pytest.mark.parametrize("size", [1, 4, 30, 1 << 20])
def test_a_data_url_prefix_is_removed_and_said(prefix: bytes, size: int) -> None:
    assert decode(prefix + base64.b64encode(ODD), size) == (ODD, ["data_url_prefix_removed"], None)
    assert decode(b"\n " + prefix + base64.b64encode(ODD), size) == (
        ODD,
        ["blanks_removed", "data_url_prefix_removed"],
        None,
    )


def test_base64_that_merely_begins_like_a_prefix_is_left_whole() -> None:
    data = base64.b64decode(b"data" + b"AAAA")
    assert decode(b"dataAAAA") == (data, [], None)


def test_an_empty_value_is_no_damage_and_no_bytes() -> None:
    assert decode(b"") == (b"", [], None)
    assert decode_pieces([]) == (b"", [], None)
    assert decode(b" \n ") == (b"", ["blanks_removed"], None)
    assert decode(b"==") == (b"", ["padding_removed"], None)


def test_the_documented_sample_of_41_characters_is_damaged_and_keeps_its_thirty_bytes() -> None:
    for size in (1, 40, 41):
        assert decode(SAMPLE_41.encode(), size) == (SAMPLE_41_BYTES, [], DAMAGED)


@pytest.mark.parametrize("placeholder", [b"...", b"******", "照片".encode(), b'"'])
def test_a_placeholder_gives_no_bytes_and_is_called_damaged(placeholder: bytes) -> None:
    assert decode(placeholder) == (b"", [], DAMAGED)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 1 << 20])
def test_text_after_the_padding_is_damage_and_the_whole_groups_before_it_stay(size: int) -> None:
    for lead, begun in ((b"", b""), (LEAD, LEAD_BYTES)):
        assert decode(lead + b"QUJDRA==QUJD", size) == (begun + b"ABC", [], DAMAGED)
        assert decode(lead + b"QUJDRA=QUJD", size) == (begun + b"ABC", [], DAMAGED)
        assert decode(lead + b"QUJDREVG=QUJD", size) == (begun + b"ABCDEF", [], DAMAGED)
        assert decode(lead + b"QUJDRA==\n", size) == (begun + b"ABCD", ["blanks_removed"], None)


def test_nothing_is_read_beyond_the_damage() -> None:
    asked = []

    def pieces():
        for piece in (b"QUJD" * 100, b"****", b"QUJD"):
            asked.append(piece)
            yield piece

    decoder = Base64Decoder()
    assert b"".join(decoder.decode(pieces())) == b"ABC" * 100
    assert asked[-1] == b"****"


@settings(deadline=None, max_examples=200)
@given(
    data=st.binary(max_size=700),
    url_safe=st.booleans(),
    padded=st.booleans(),
    prefixed=st.booleans(),
    line=st.sampled_from([0, 1, 4, 64, 76]),
    places=st.lists(st.integers(0, 2000), max_size=12),
)
def test_whatever_the_variant_and_the_pieces_the_bytes_come_back(
    data: bytes, url_safe: bool, padded: bool, prefixed: bool, line: int, places: list[int]
) -> None:
    text = base64.b64encode(data)
    expected = set()
    if url_safe and set(text) & set(b"+/"):
        expected.add("url_safe_alphabet")
    text = text.translate(bytes.maketrans(b"+/", b"-_")) if url_safe else text
    if not padded and text.endswith(b"="):
        text = text.rstrip(b"=")
        expected.add("padding_added")
    if line and len(text) > line:
        text = b"\r\n".join(text[start : start + line] for start in range(0, len(text), line))
        expected.add("blanks_removed")
    if prefixed:
        text = b"data:video/mp4;base64," + text
        expected.add("data_url_prefix_removed")
    out, repairs, problem = decode_pieces(cut(text, places))
    assert out == data
    assert problem is None
    assert set(repairs) == expected
    assert len(repairs) == len(expected)


@settings(deadline=None, max_examples=300)
@given(
    text=st.one_of(
        st.binary(max_size=60),
        st.text("ABCabc019+/-_= \n*", max_size=60).map(str.encode),
        st.tuples(st.binary(max_size=60).map(base64.b64encode), st.binary(max_size=3), st.binary(max_size=9)).map(
            lambda parts: parts[0] + parts[1] + base64.b64encode(parts[2])
        ),
    ).filter(lambda text: not text.strip().lower().startswith(b"data:")),
    lead=st.sampled_from([b"", LEAD]),
    places=st.lists(st.integers(0, 100), max_size=6),
)
def test_any_damage_is_named_and_every_whole_group_before_it_survives(
    text: bytes, lead: bytes, places: list[int]
) -> None:
    expected, damaged = reference(lead + text)
    out, _, problem = decode_pieces([lead, *cut(text, places)])
    assert out == expected
    assert problem == (DAMAGED if damaged else None)


@settings(deadline=None, max_examples=100)
@given(
    data=st.binary(min_size=1, max_size=200), place=st.integers(0, 10**6), letter=st.sampled_from(b"*.\"'\\\x00\xff")
)
def test_one_foreign_character_keeps_what_stood_before_it(data: bytes, place: int, letter: int) -> None:
    text = base64.b64encode(data)
    place %= len(text) + 1
    broken = LEAD + text[:place] + bytes([letter]) + text[place:]
    out, _, problem = decode(broken, 5)
    assert problem == DAMAGED
    out = out.removeprefix(LEAD_BYTES)
    assert out == data[: len(out)]
    assert len(out) == len(text[:place].rstrip(b"=")) // 4 * 3


@settings(deadline=None, max_examples=100)
@given(prefix=st.binary(max_size=300), places=st.lists(st.integers(0, 400), max_size=6))
def test_whatever_follows_data_colon_never_raises_and_does_not_depend_on_the_pieces(
    prefix: bytes, places: list[int]
) -> None:
    text = b"data:" + prefix + b64(ODD).encode()
    whole = decode(text)
    in_pieces = decode_pieces(cut(text, places))
    assert (in_pieces[0], in_pieces[2]) == (whole[0], whole[2])
