"""Reading a folder that may be someone else's: no link is followed, what was read is known by its hash (floor 1).

What enters: a folder and paths inside it. What leaves: bytes, bodies for the one parser, and the SHA-256 of the
very bytes that were handed out, to be compared with a manifest by whoever shows them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.captures.body import PIECE_BYTES
from facevid_gui.captures.store import CAPTURE_FILE
from facevid_gui.core.capture import MAX_CAPTURE_JSON_BYTES, CaptureRecord
from facevid_gui.files import open_regular, read_limited, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = "data/"


class FolderReader:
    """Reads files of one folder: links are not followed, and the hashes of bodies are those of the bytes handed out.

    `inside` is the part of the folder that all paths are relative to, with its slash.
    """

    def __init__(self, folder: Path, inside: str = "") -> None:
        self._folder = folder
        self._inside = inside
        self._bodies: dict[str, HashedBody] = {}
        self._hashes: dict[str, str | None] = {}

    def __call__(self, path: str) -> HashedBody:
        """The body at `path`, as `captures.records` asks for it; what is no file is empty and has no hash."""
        return self._bodies.setdefault(path, HashedBody(self, path))

    def capture(self) -> CaptureRecord:
        """Read `capture.json`; `OSError` or `ValueError` when there is none."""
        raw = self.read(CAPTURE_FILE, MAX_CAPTURE_JSON_BYTES)
        self._hashes[CAPTURE_FILE] = hashlib.sha256(raw).hexdigest()
        return CaptureRecord.from_bytes(raw)

    def read(self, path: str, limit: int) -> bytes:
        """Read a whole file; `ValueError` when it is larger than `limit`, `OSError` when it is no file."""
        return read_limited(self.place_of(path), limit)

    def hashes(self) -> dict[str, str | None]:
        """The SHA-256 of everything that was read, by path; None for what is no file."""
        return self._hashes | {path: body.digest() for path, body in self._bodies.items()}

    def place_of(self, path: str) -> Path:
        """Where a file lies; `OSError` when a folder on the way to it is a link."""
        place = self._folder
        *folders, name = (self._inside + path).split("/")
        for part in folders:
            place /= part
            if stat.S_ISLNK(os.lstat(place).st_mode):
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(place))
        return place / name


@dataclass(frozen=True)
class PlainBody:
    """The bytes of a file that is known to be regular and whose hash is compared elsewhere; what is none is empty."""

    path: str

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` in pieces of at most one megabyte."""
        try:
            file = open_regular(self.path)
        except OSError:
            return
        with file:
            file.seek(start)
            left = None if end is None else end - start
            while piece := file.read(PIECE_BYTES if left is None else min(PIECE_BYTES, left)):
                left = None if left is None else left - len(piece)
                yield piece


class HashedBody:
    """The bytes of a file, hashed while they are handed out."""

    def __init__(self, reader: FolderReader, path: str) -> None:
        self._reader = reader
        self._path = path
        self._digest: str | None = None

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` in pieces of at most one megabyte."""
        try:
            body = PlainBody(str(self._reader.place_of(self._path)))
        except OSError:
            return
        if (start, end) != (0, None):
            yield from body.pieces(start, end)
            return
        digest = hashlib.sha256()
        for piece in body.pieces():
            digest.update(piece)
            yield piece
        self._digest = digest.hexdigest()

    def digest(self) -> str | None:
        """The hash of what was handed out, or of the file when a parser gave up before its end."""
        if self._digest is None:
            try:
                return sha256_of(self._reader.place_of(self._path))[0]
            except OSError:
                return None
        return self._digest
