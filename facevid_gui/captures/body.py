"""The bytes of an answer, wherever they are: a file of a capture, or a buffer that was just checked (floor 1).

What enters: a path or a buffer. What leaves: pieces of it, so that nobody needs the whole in memory. What a
server or a program did to an answer on its way (gzip, UTF-16) is undone here and nowhere else.
"""

from __future__ import annotations

import codecs
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
_GZIP = b"\x1f\x8b"
# A byte order mark, or the first character of every answer. The names are understood by Python and `iconv`.
_UTF16 = {b"\xff\xfe": "utf-16le", b"\xfe\xff": "utf-16be", b"{\0": "utf-16le", b"\0{": "utf-16be"}


class Body(Protocol):
    """What a parser needs of an answer's bytes."""

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` (default: all) in order."""
        ...


@dataclass(frozen=True)
class FileBody:
    """Bytes in a file."""

    path: Path

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` in pieces of at most one megabyte."""
        with self.path.open("rb", buffering=0) as file:
            file.seek(start)
            left = end - start if end is not None else None
            while left is None or left > 0:
                piece = file.read(PIECE_BYTES if left is None else min(PIECE_BYTES, left))
                if not piece:
                    return
                left = left - len(piece) if left is not None else None
                yield piece


@dataclass(frozen=True)
class BytesBody:
    """Bytes in memory."""

    data: bytes | bytearray

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` in pieces of at most one megabyte."""
        stop = len(self.data) if end is None else end
        view = memoryview(self.data)
        for position in range(start, stop, PIECE_BYTES):
            yield bytes(view[position : min(position + PIECE_BYTES, stop)])


def unpacked(body: Body, content_encoding: str) -> tuple[Body, tuple[str, ...]]:
    """Undo a content coding the server used although none was asked for.

    Returns the plain body and the decoding steps to note. Raises `ValueError` for an unknown coding,
    damaged data or more than 400 MB.
    """
    coding = content_encoding.strip().lower()
    if coding in ("", "identity"):
        return body, ()
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise ValueError(f"unknown content coding {coding[:20]!r}")
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    parts = bytearray()
    try:
        for piece in body.pieces():
            parts += stream.decompress(piece, MAX_UNPACKED_BYTES + 1 - len(parts))
            if len(parts) > MAX_UNPACKED_BYTES:
                raise ValueError("the answer unpacks to too much")
    except zlib.error as error:
        raise ValueError("the answer's compression is damaged") from error
    if not stream.eof:
        raise ValueError("the answer's compression is cut short")
    return BytesBody(parts), ("gzip" if coding == "x-gzip" else coding,)


def as_saved(body: Body) -> tuple[Body, tuple[str, ...]]:
    """Undo what programs do to an answer when they save it: gzip, and the UTF-16 of PowerShell's `>`.

    Its first bytes tell. Returns the plain body and the decoding steps to note. Raises `ValueError` for
    damaged data or more than 400 MB.
    """
    steps: tuple[str, ...] = ()
    if _first_two(body) == _GZIP:
        body, steps = unpacked(body, "gzip")
    encoding = _UTF16.get(_first_two(body))
    return (body, steps) if encoding is None else (_in_utf8(body, encoding), (*steps, encoding))


def _first_two(body: Body) -> bytes:
    return b"".join(body.pieces(0, 2))


def _in_utf8(body: Body, encoding: str) -> Body:
    """The body in UTF-8; `UnicodeDecodeError` when it is not in that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    parts = bytearray()
    for piece in body.pieces():
        parts += decoder.decode(piece).encode("utf-8")
    decoder.decode(b"", final=True)
    return BytesBody(parts)
