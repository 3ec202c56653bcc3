"""The scanner says what `json.loads` says, at any piece boundary, and keeps long strings out of memory."""

import contextlib
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facevid_gui.captures import scanner
from facevid_gui.captures.scanner import (
    LONG_STRING_BYTES,
    MAX_DEPTH,
    MAX_SKELETON_BYTES,
    AnswerFormatError,
    AnswerScanner,
    Number,
    Span,
    member,
    read_document,
    text_of,
    unescaped,
    value_at,
    without_surrogates,
)
from tests.support.captures_samples import cut

TEXTS = st.one_of(
    st.text(max_size=40),
    st.text('"\\/\b\f\n\r\tu0', max_size=30),
    st.text(st.characters(min_codepoint=0xD700, max_codepoint=0xE100), max_size=10),
    st.text(st.characters(min_codepoint=0x1F600, max_codepoint=0x1F64F), max_size=10),
)
NUMBERS = st.one_of(st.integers(), st.floats(), st.integers(10**300, 10**310))
KEYS = st.text("abcXYZ_", max_size=5)
DOCUMENTS = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=25,
)
PLACES = st.lists(st.integers(0, 5000), max_size=15)


def clean(text: str) -> str:
    """Halves of surrogate pairs replaced, by another way than the program's."""
    return "".join("\ufffd" if 0xD800 <= ord(letter) <= 0xDFFF else letter for letter in text)


def expected_of(value: Any) -> Any:
    """What `json.loads` made, in comparable form."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [expected_of(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): expected_of(item) for key, item in value.items()}
    return value


def found_of(value: Any, data: bytes) -> Any:
    """What the scanner made, in comparable form; every span read from the raw bytes by `json.loads` itself."""
    if isinstance(value, Span):
        assert data[value.start - 1 : value.start] == data[value.end : value.end + 1] == b'"'
        assert value.has_escapes == (b"\\" in data[value.start : value.end])
        return clean(json.loads(data[value.start - 1 : value.end + 1]))
    if isinstance(value, Number):
        return ("number", value.text)
    if isinstance(value, list):
        return [found_of(item, data) for item in value]
    if isinstance(value, dict):
        return {key: found_of(item, data) for key, item in value.items()}
    return value


def number(text: str) -> tuple[str, str]:
    return ("number", text)


def loads(data: bytes) -> Any:
    """The standard library's reading, numbers as they were written."""
    text = data.decode("utf-8-sig")
    return expected_of(json.loads(text, parse_int=number, parse_float=number, parse_constant=number))


def spans_of(value: Any) -> list[Span]:
    if isinstance(value, Span):
        return [value]
    items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return [span for item in items for span in spans_of(item)]


@settings(deadline=None, max_examples=300)
@given(
    document=DOCUMENTS,
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 0, 3]),
    bom=st.booleans(),
    threshold=st.sampled_from([5, 6, 17, LONG_STRING_BYTES]),
    places=PLACES,
)
def test_any_document_in_any_pieces_reads_as_json_loads_reads_it(
    document: Any, ascii_only: bool, indent: int | None, bom: bool, threshold: int, places: list[int]
) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent)
    try:
        data = text.encode("utf-8-sig" if bom else "utf-8")
    except UnicodeEncodeError:  # halves of surrogate pairs exist as escapes only
        data = json.dumps(document, indent=indent).encode("utf-8-sig" if bom else "utf-8")
    with mock.patch.object(scanner, "LONG_STRING_BYTES", threshold):
        found = read_document(cut(data, places))
    assert found_of(found, data) == loads(data)


@settings(deadline=None, max_examples=300)
@given(document=DOCUMENTS, change=st.binary(max_size=4), place=st.integers(0, 5000), places=PLACES)
def test_any_damaged_document_is_refused_exactly_when_json_loads_refuses_it(
    document: Any, change: bytes, place: int, places: list[int]
) -> None:
    data = json.dumps(document).encode()
    place %= len(data) + 1
    data = data[:place] + change + data[place + len(change) // 2 :]
    try:
        expected = loads(data)
    except ValueError:
        with pytest.raises(AnswerFormatError):
            read_document(cut(data, places))
        return
    assert found_of(read_document(cut(data, places)), data) == expected


@settings(deadline=None, max_examples=200)
@given(
    data=st.one_of(st.binary(max_size=300), st.text('{}[]",:\\ntrue09.e-', max_size=80).map(str.encode)), places=PLACES
)
def test_arbitrary_bytes_give_a_document_or_an_answer_format_error(data: bytes, places: list[int]) -> None:
    with mock.patch.object(scanner, "LONG_STRING_BYTES", 8), contextlib.suppress(AnswerFormatError):
        read_document(cut(data, places))
    assert issubclass(AnswerFormatError, ValueError)


def test_every_truncation_of_an_answer_is_refused() -> None:
    data = b'{"Response":{"A":"x\\"\\u00e9","B":[1,null,true],"C":"' + b"Q" * 20 + b'"}}'
    with mock.patch.object(scanner, "LONG_STRING_BYTES", 8):
        for length in range(len(data)):
            with pytest.raises(AnswerFormatError):
                read_document([data[:length]])
        assert isinstance(read_document([data]), dict)


@pytest.mark.parametrize("raw_length", [LONG_STRING_BYTES - 1, LONG_STRING_BYTES, LONG_STRING_BYTES + 1])
@pytest.mark.parametrize("content", [b"Q", b"\\/", b"\\u0041"])
def test_a_string_becomes_a_span_exactly_above_the_threshold(raw_length: int, content: bytes) -> None:
    raw = (content * raw_length)[: raw_length - raw_length % len(content)]
    raw = raw + b"Q" * (raw_length - len(raw))
    data = b'{"a":"' + raw + b'","b":"after"}'
    for size in (1, 4096, len(data)):
        document = read_document(data[start : start + size] for start in range(0, len(data), size))
        value = document["a"]
        assert isinstance(value, Span) == (raw_length > LONG_STRING_BYTES)
        assert found_of(document, data) == loads(data)
        if isinstance(value, Span):
            assert data[value.start : value.end] == raw
        assert document["b"] == "after"


def test_spans_point_at_the_raw_text_behind_a_byte_order_mark_and_many_byte_characters() -> None:
    long = b"Q" * (LONG_STRING_BYTES + 1)
    data = b"\xef\xbb\xbf" + '{"名":"值😀","video":"'.encode() + long + b'","photo":"\\/' + long + b'"}'
    document = read_document([data])
    assert [data[span.start : span.end] for span in spans_of(document)] == [long, b"\\/" + long]
    assert [span.has_escapes for span in spans_of(document)] == [False, True]
    assert document["名"] == "值😀"


@pytest.mark.parametrize("tail", [b'\\"', b"\\\\", b"\\\\\\\\", b'\\\\\\"', b"\\u005c"])
def test_escapes_before_the_closing_mark_do_not_move_the_end_of_a_span(tail: bytes) -> None:
    data = b'["' + b"Q" * LONG_STRING_BYTES + tail + b'","next"]'
    for size in (1, 2, 3, LONG_STRING_BYTES + 3, len(data)):
        document = read_document(data[start : start + size] for start in range(0, len(data), size))
        assert found_of(document, data) == loads(data)
        assert document[1] == "next"


def test_of_members_with_the_same_name_the_last_counts_as_for_every_stock_tool() -> None:
    first, last = b"A" * 9000, b"B" * 9000
    data = b'{"video":"' + first + b'","video":"' + last + b'","code":1,"code":2}'
    document = read_document([data])
    assert data[document["video"].start : document["video"].end] == last
    assert document["code"] == Number("2")


def test_a_name_longer_than_any_name_is_read_as_such_and_disturbs_nothing() -> None:
    data = b'{"' + b"k" * 9000 + b'":1,"code":"0"}'
    assert read_document([data]) == {"(long name)": Number("1"), "code": "0"}


@pytest.mark.parametrize("text", ["NaN", "-Infinity", "1e999", "-0", "1.50", "9" * 5000, "0.1e-7"])
def test_numbers_stay_the_text_they_were_written_as(text: str) -> None:
    assert read_document([f'{{"n": {text}}}'.encode()]) == {"n": Number(text)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"\xef\xbb\xbf",
        b'"',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":1}{"b":2}',
        b'{"a":"\x01"}',
        b'{"a":"\\x41"}',
        b'{"a":"\\u12"}',
        b"{'a':1}",
        "{”photo”:”***”}".encode(),
        b"<!DOCTYPE html><html><body>Access denied</body></html>",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=range(16),
)
def test_what_is_no_json_document_is_refused(data: bytes) -> None:
    with pytest.raises(AnswerFormatError):
        read_document([data])


def test_nesting_is_read_to_its_limit_and_refused_beyond() -> None:
    assert read_document([b"[" * MAX_DEPTH + b"7" + b"]" * MAX_DEPTH]) is not None
    with pytest.raises(AnswerFormatError, match="deep"):
        read_document([b"[" * (MAX_DEPTH + 1) + b"7" + b"]" * (MAX_DEPTH + 1)])


def test_text_outside_of_media_has_a_limit() -> None:
    piece = b"[" + b"0," * (1 << 19)
    with pytest.raises(AnswerFormatError, match="too much"):
        read_document(piece for _ in range(MAX_SKELETON_BYTES // (1 << 20) + 2))


def test_a_guessed_marker_is_only_a_text() -> None:
    """The stand-in for a long string is random for every answer: no answer can point at another one's span."""
    assert AnswerScanner()._marker != AnswerScanner()._marker
    scan = AnswerScanner()
    scan.feed(b'["' + b"Q" * 9000 + b'","0123456789abcdef0"]')
    assert scan.finish()[1] == "0123456789abcdef0"


def stream(megabytes: int, content: bytes) -> Iterator[bytes]:
    """An answer of that size; its pieces are one and the same object, so that only the scanner takes memory."""
    piece = content * ((1 << 20) // len(content))
    yield b'{"code":"0","result":{"video":"'
    for number_ in range(megabytes):
        yield piece
        if number_ % 25 == 24:
            yield b'","more' + str(number_).encode() + b'":"'
    yield b'","liveRate":"99"}}'


@pytest.mark.parametrize("content", [b"Q", b"\\/"], ids=["plain", "escaped"])
def test_a_hundred_megabytes_are_scanned_in_a_few_megabytes_of_memory(content: bytes) -> None:
    tracemalloc.start()
    try:
        document = read_document(stream(100, content))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6 * (1 << 20)
    assert document["result"]["liveRate"] == "99"
    assert sum(span.end - span.start for span in spans_of(document)) == 100 * (1 << 20)


@settings(deadline=None, max_examples=300)
@given(text=TEXTS, places=PLACES)
def test_escapes_are_undone_in_any_pieces_as_json_loads_undoes_them(text: str, places: list[int]) -> None:
    raw = json.dumps(text).encode()[1:-1]
    found = b"".join(unescaped(cut(raw, places)))
    if all(ord(letter) < 0xD800 for letter in text):
        assert found == text.encode()
    # Half a pair, or a pair cut by a piece's end, is no base64 either way; nothing around it is disturbed.
    ascii_letters = [letter for letter in text if letter.isascii() and letter != "?"]
    assert [chr(byte) for byte in found if byte < 0x80 and byte != 0x3F] == ascii_letters


@settings(deadline=None, max_examples=100)
@given(places=PLACES, bad=st.sampled_from([b"\\x", b"\\u12G4", b"\\u", b"\\"]))
def test_an_escape_that_is_none_stays_and_all_before_it_is_undone(places: list[int], bad: bytes) -> None:
    found = b"".join(unescaped(cut(b"QU\\/J\\u0044" + bad, places)))
    assert found == b"QU/JD" + bad


def test_raw_bytes_that_are_no_text_are_replaced() -> None:
    assert b"".join(unescaped([b"QU\xff\\n"])) == "QU\ufffd\n".encode()


@given(st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF), max_size=30))
def test_without_surrogates_gives_text_every_file_can_hold(text: str) -> None:
    assert without_surrogates(text) == clean(text)
    without_surrogates(text).encode("utf-8")


def test_members_and_texts_of_anything_at_all() -> None:
    assert member({"a": 1}, "a") == 1
    assert [member(value, "a") for value in (None, [], "a", True, Number("1"), Span(0, 1, False), {})] == [None] * 7
    assert text_of("x") == "x"
    assert text_of("") == ""
    assert text_of(Number("1.50")) == "1.50"
    assert [text_of(value) for value in (None, True, [], {}, Span(0, 1, False))] == [None] * 5


POINTERS = {
    "/a": 1, "/b/0": "x", "/b/1/c": "y", "/d~1e/f~0g": "z", "/": "empty name", "/b/2": None, "/b/-1": None,
    "/b/01x": None, "/b/01": None, "/b/" + "9" * 5000: None, "/b/\u0661": None, "/nowhere/at/all": None, "/a/0": None,
    "": None, "a": None, "/b/0/x": None,
}  # fmt: skip


@pytest.mark.parametrize("pointer", POINTERS)
def test_a_json_pointer_leads_where_rfc_6901_says_or_nowhere(pointer: str) -> None:
    document = read_document([b'{"a": 1, "b": ["x", {"c": "y"}], "d/e": {"f~g": "z"}, "": "empty name"}'])
    expected = POINTERS[pointer]
    found = value_at(document, pointer)
    assert text_of(found) == (str(expected) if expected is not None else None)
