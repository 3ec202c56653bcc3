"""Base64 as it really arrives: tolerant, and honest about what it had to mend (floor 1).

What enters: the text of a base64 value in pieces, so that a 60 MB answer is never in memory whole.
What leaves: decoded bytes in pieces, the repairs made, and a problem when the text is damaged.
The variants are those of pitfalls.md 4.1: line breaks, missing padding, the URL-safe alphabet, a
`data:` prefix. Damage never raises: it is named, and every whole group of four characters before it is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pybase64

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_BLANKS = b" \t\r\n"
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/]")
# Browsers write commas into it, too: data:video/webm;codecs=vp8,opus;base64,
_DATA_URL = re.compile(rb"(?i)data:(?:[\x20-\x7e]{0,240}?;base64|[a-z0-9.+/;=_-]{0,240}),")
_LONGEST_DATA_URL = 256

DAMAGED = "damaged_base64"


@dataclass
class Base64Decoder:
    """Decodes one value. After the last piece, `repairs` and `problem` say what the text was like."""

    repairs: list[str] = field(default_factory=list)
    problem: str | None = None
    _carry: bytes = b""
    _padding: int = 0

    def decode(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the decoded bytes of the value whose text comes in `pieces`."""
        for piece in self._without_prefix(iter(pieces)):
            text = self._clean(piece)
            if text:
                yield from self._decode_quads(text)
            if self.problem:
                return
        yield from self._finish()

    def _without_prefix(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        head = b""
        while len(head) < _LONGEST_DATA_URL and (piece := next(pieces, None)) is not None:
            head += piece
            if head[:1] in (b" ", b"\t", b"\r", b"\n"):
                self._note("blanks_removed")
                head = head.lstrip(_BLANKS)
        match = _DATA_URL.match(head)
        if match:
            self._note("data_url_prefix_removed")
            head = head[match.end() :]
        yield head
        yield from pieces

    def _clean(self, piece: bytes) -> bytes:
        if b"-" in piece or b"_" in piece:
            self._note("url_safe_alphabet")
            piece = piece.translate(_URL_SAFE)
        if any(blank in piece for blank in (b" ", b"\t", b"\r", b"\n")):
            self._note("blanks_removed")
            piece = piece.translate(None, _BLANKS)
        return piece

    def _decode_quads(self, text: bytes) -> Iterator[bytes]:
        body = text.rstrip(b"=")
        if self._padding and body:  # text goes on after its padding
            self.problem = DAMAGED
            return
        self._padding += len(text) - len(body)
        body = self._carry + body
        usable = len(body) - len(body) % 4
        chunk, self._carry = body[:usable], body[usable:]
        if b"=" in chunk:  # a decoder would take it for the end of the value
            yield self._salvage(chunk)
            return
        try:
            yield pybase64.b64decode(chunk, validate=True)
        except ValueError:
            yield self._salvage(chunk)

    def _finish(self) -> Iterator[bytes]:
        rest = self._carry
        needed = -len(rest) % 4
        if needed == 3 or _FOREIGN.search(rest):
            self.problem = DAMAGED
            return
        if self._padding != needed:
            self._note("padding_added" if self._padding < needed else "padding_removed")
        yield pybase64.b64decode(rest + b"=" * needed)

    def _salvage(self, chunk: bytes) -> bytes:
        self.problem = DAMAGED
        foreign = _FOREIGN.search(chunk)
        assert foreign is not None  # it is what made the chunk damaged
        return pybase64.b64decode(chunk[: foreign.start() // 4 * 4])

    def _note(self, repair: str) -> None:
        if repair not in self.repairs:
            self.repairs.append(repair)
