"""Reads a JSON answer of any size in pieces: long strings stay in the file, the rest is parsed (floor 1).

What enters: the body of an answer, piece by piece. What leaves: the parsed document in which every long
string (a video in base64) is a `Span` of byte offsets, and every number the text it was written as.

Why not a ready parser: the answer is up to 200 MB of base64 in a few strings. `json`, `orjson` and
`msgspec` need the body and its copy in memory at once and hold the GIL while they work; event parsers
(`ijson`) still build every string. Looking for quotation marks runs at the speed of `memchr`, needs one
piece of memory, and leaves the grammar itself to the standard library.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONG_STRING_BYTES = 8 * 1024
MAX_SKELETON_BYTES = 4 * 1024 * 1024  # parsed, it takes up to forty times as much memory
MAX_DEPTH = 60

_QUOTE = 0x22
_BACKSLASH = 0x5C
_POSITION = re.compile(r"0|[1-9][0-9]{0,8}")
_ESCAPED = re.compile(r'(?:[^\\"]+|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*')


class AnswerFormatError(ValueError):
    """The body is not one JSON document within the limits."""


@dataclass(frozen=True, slots=True)
class Span:
    """The raw text of a long JSON string: byte offsets into the body, quotation marks not included."""

    start: int
    end: int
    has_escapes: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number, as the text that stood in the answer: `99` and `99.0` are shown as received."""

    text: str


Json = None | bool | str | Number | Span | list[Any] | dict[str, Any]


class AnswerScanner:
    """Feed the body with `feed`, then take the document from `finish`."""

    def __init__(self) -> None:
        self._offset = 0
        self._skeleton = bytearray()
        self._spans: list[Span] = []
        self._in_string = False
        self._string_start = 0
        self._kept = 0
        self._odd_backslash = False
        self._has_escapes = False
        self._marker = secrets.token_hex(16)

    def feed(self, piece: bytes) -> None:
        """Scan the next piece of the body. Raises `AnswerFormatError` when it is too large to be an answer."""
        position = 0
        while position < len(piece):
            position = self._in(piece, position) if self._in_string else self._out(piece, position)
        self._offset += len(piece)
        if len(self._skeleton) > MAX_SKELETON_BYTES:
            raise AnswerFormatError("too much text outside of media")

    def finish(self) -> Json:
        """Parse what was scanned. Raises `AnswerFormatError` when it is not one JSON document."""
        if self._in_string:
            raise AnswerFormatError("the text ends inside a string")
        try:
            text = self._skeleton.decode("utf-8-sig")
            document = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=Number)
        except (ValueError, RecursionError) as error:
            raise AnswerFormatError(type(error).__name__) from error
        return self._with_spans(document, 0)

    def _out(self, piece: bytes, position: int) -> int:
        quote = piece.find(b'"', position)
        if quote < 0:
            self._skeleton += piece[position:]
            return len(piece)
        self._skeleton += piece[position : quote + 1]
        self._in_string = True
        self._string_start = self._offset + quote + 1
        self._kept = len(self._skeleton)
        self._odd_backslash = self._has_escapes = False
        return quote + 1

    def _in(self, piece: bytes, position: int) -> int:
        end = self._string_end(piece, position)
        content = piece[position : len(piece) if end < 0 else end]
        self._has_escapes = self._has_escapes or b"\\" in content
        self._keep(content)
        if end < 0:
            return len(piece)
        self._close(self._offset + end)
        return end + 1

    def _string_end(self, piece: bytes, position: int) -> int:
        """Index of the closing quotation mark, or -1; remembers an escape that is open at the piece's end."""
        carried = self._odd_backslash
        search = position
        while (quote := piece.find(b'"', search)) >= 0:
            if not self._is_escaped(piece, position, quote, carried):
                self._odd_backslash = False
                return quote
            search = quote + 1
        self._odd_backslash = self._is_escaped(piece, position, len(piece), carried)
        return -1

    @staticmethod
    def _is_escaped(piece: bytes, first: int, index: int, carried: bool) -> bool:
        run = index
        while run > first and piece[run - 1] == _BACKSLASH:
            run -= 1
        count = index - run + (1 if carried and run == first else 0)
        return count % 2 == 1

    def _keep(self, content: bytes) -> None:
        room = LONG_STRING_BYTES + 1 - (len(self._skeleton) - self._kept)
        if room > 0:
            self._skeleton += content[:room]

    def _close(self, end: int) -> None:
        if len(self._skeleton) - self._kept > LONG_STRING_BYTES:
            del self._skeleton[self._kept :]
            self._skeleton += f"{self._marker}{len(self._spans)}".encode()
            self._spans.append(Span(self._string_start, end, self._has_escapes))
        self._skeleton.append(_QUOTE)
        self._in_string = False

    def _with_spans(self, value: Any, depth: int) -> Json:  # noqa: ANN401 - json.loads gives Any
        if depth > MAX_DEPTH:
            raise AnswerFormatError("nested too deeply")
        if isinstance(value, str):
            return self._span_or_text(value)
        if isinstance(value, list):
            return [self._with_spans(item, depth + 1) for item in value]
        if isinstance(value, dict):
            return {self._key(key): self._with_spans(item, depth + 1) for key, item in value.items()}
        return value  # type: ignore[no-any-return]

    def _span_or_text(self, text: str) -> Span | str:
        number = text.removeprefix(self._marker)
        return self._spans[int(number)] if number != text else without_surrogates(text)

    def _key(self, key: str) -> str:
        return "(long name)" if key.startswith(self._marker) else without_surrogates(key)


def read_document(pieces: Iterable[bytes]) -> Json:
    """Scan a whole body and return its document; `AnswerFormatError` when there is none."""
    scanner = AnswerScanner()
    for piece in pieces:
        scanner.feed(piece)
    return scanner.finish()


def unescaped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Undo the JSON escapes of a long string piece by piece; an escape cut by a piece's end waits for the next."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        whole = _whole_escapes(text)
        rest = text[whole:]
        yield _unescape(text[:whole])
    yield _unescape(rest)


def _whole_escapes(text: bytes) -> int:
    """How much of `text` can be unescaped before the next piece is there."""
    last = text.rfind(b"\\", max(len(text) - 5, 0))
    if last < 0:
        return len(text)
    run = last
    while run > 0 and text[run - 1] == _BACKSLASH:
        run -= 1
    is_escape = (last - run) % 2 == 0
    needed = 6 if text[last + 1 : last + 2] == b"u" else 2
    return last if is_escape and len(text) - last < needed else len(text)


def _unescape(raw: bytes) -> bytes:
    """Undo escapes up to the first one that is none; from there the text stays as it is."""
    text = raw.decode("utf-8", "replace")
    try:
        plain: str = json.loads(f'"{text}"', strict=False)
    except ValueError:
        match = _ESCAPED.match(text)
        assert match is not None  # at least the empty text
        plain = json.loads(f'"{match[0]}"', strict=False) + text[match.end() :]
    return plain.encode("utf-8", "replace")


def without_surrogates(text: str) -> str:
    """Replace halves of surrogate pairs, which no terminal, file or widget can show."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def member(value: Json, name: str) -> Json:
    """The member `name` of a document that may be null, absent or of another type."""
    return value.get(name) if isinstance(value, Mapping) else None


def value_at(document: Json, pointer: str) -> Json:
    """What a JSON pointer (RFC 6901) leads to; None where it leads nowhere."""
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            value = value[int(name)] if _POSITION.fullmatch(name) and int(name) < len(value) else None
        else:
            value = member(value, name)
    return value if pointer.startswith("/") else None


def text_of(value: Json) -> str | None:
    """The text of a string or number as received; None for null, absent, or anything else."""
    if isinstance(value, Number):
        return value.text
    return value if isinstance(value, str) else None
