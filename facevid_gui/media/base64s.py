"""Base64 as it really arrives: tolerant, and honest about what it had to mend (floor 1).

What enters: the text of a base64 value in pieces, so that a 60 MB answer is never in memory whole.
What leaves: decoded bytes in pieces, the repairs made, and a problem when the text is damaged.
The variants are those of pitfalls.md 4.1: line breaks, missing padding, the URL-safe alphabet, a
`data:` prefix, JSON escapes. Damage never raises: what decodes up to the damage is kept and named.
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
_DATA_URL = re.compile(rb"data:[A-Za-z0-9.+/-]{0,80}(?:;[A-Za-z0-9=._-]{1,60})*,")
_LONGEST_DATA_URL = 256

DAMAGED = "damaged_base64"


@dataclass
class Base64Decoder:
    """Decodes one value. After the last piece, `repairs` and `problem` say what the text was like."""

    repairs: list[str] = field(default_factory=list)
    problem: str | None = None
    _carry: bytes = b""
    _padding: int = 0
    _started: bool = False

    def decode(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the decoded bytes of the value whose text comes in `pieces`."""
        for piece in pieces:
            if self.problem:
                return
            text = self._clean(piece)
            if text:
                yield from self._decode_quads(text)
        yield from self._finish()

    def _clean(self, piece: bytes) -> bytes:
        if not self._started:
            piece = self._without_prefix(piece)
        if b"-" in piece or b"_" in piece:
            self._note("url_safe_alphabet")
            piece = piece.translate(_URL_SAFE)
        if any(blank in piece for blank in (b" ", b"\t", b"\r", b"\n")):
            self._note("blanks_removed")
            piece = piece.translate(None, _BLANKS)
        return piece

    def _without_prefix(self, piece: bytes) -> bytes:
        stripped = piece.lstrip(_BLANKS)
        if stripped:
            self._started = True
        match = _DATA_URL.match(stripped[:_LONGEST_DATA_URL])
        if match:
            self._note("data_url_prefix_removed")
            return stripped[match.end() :]
        return piece

    def _decode_quads(self, text: bytes) -> Iterator[bytes]:
        body = text.rstrip(b"=")
        if self._padding and body:
            self.problem = DAMAGED
            return
        self._padding += len(text) - len(body)
        body = self._carry + body
        usable = len(body) - len(body) % 4
        chunk, self._carry = body[:usable], body[usable:]
        yield from self._decode_exact(chunk)

    def _decode_exact(self, chunk: bytes) -> Iterator[bytes]:
        if not chunk:
            return
        try:
            yield pybase64.b64decode(chunk, validate=True)
        except ValueError:
            self.problem = DAMAGED
            self._carry = b""
            match = _FOREIGN.search(chunk)
            good = match.start() if match else 0
            yield pybase64.b64decode(chunk[: good - good % 4])

    def _finish(self) -> Iterator[bytes]:
        if self.problem:
            return
        rest, self._carry = self._carry, b""
        if len(rest) == 1 or _FOREIGN.search(rest):
            self.problem = DAMAGED
            return
        needed = -len(rest) % 4
        if self._padding != needed:
            self._note("padding_added" if self._padding < needed else "padding_removed")
        if rest:
            yield pybase64.b64decode(rest + b"=" * needed)

    def _note(self, repair: str) -> None:
        if repair not in self.repairs:
            self.repairs.append(repair)
