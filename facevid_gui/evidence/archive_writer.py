"""Writing a hand-over package: a zip whose bytes follow from its content alone (floor 1).

What enters: names and files. What leaves: a zip of stored members in the order they were added, with fixed times
and modes, zip64 where needed. Stored, not compressed: media do not shrink, and a compressor of another version would
make other bytes of the same content. Constant memory. Form: APPNOTE.TXT 6.3.10, written by `zipfile`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import zipfile
from typing import TYPE_CHECKING

from facevid_gui.files import open_regular, write_all

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken

PIECE_BYTES = 1024 * 1024
OVERHEAD_BYTES = 512  # at most, per member beside its name (it stands there twice) and its bytes
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip knows; times of files are no evidence
_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3


class PackageWriter:
    """Writes one package into an open, empty file. `hashes` grows: name to SHA-256 of the bytes that were written."""

    def __init__(self, file: FileIO) -> None:
        self._sink = _Sink(file)
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_STORED)  # type: ignore[call-overload]
        self.hashes: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def add_bytes(self, name: str, raw: bytes) -> None:
        """Add a member with these bytes."""
        with self._zip.open(_entry(name, len(raw)), "w") as member:
            member.write(raw)
        self.hashes[name], self.sizes[name] = hashlib.sha256(raw).hexdigest(), len(raw)

    def add_file(self, name: str, path: Path, token: CancelToken) -> None:
        """Add a regular file, piece by piece; `OSError` when it is none or changes its size meanwhile."""
        digest = hashlib.sha256()
        with open_regular(path) as file:
            size = left = os.fstat(file.fileno()).st_size
            with self._zip.open(_entry(name, size), "w") as member:
                while piece := file.read(min(PIECE_BYTES, left + 1)):
                    token.raise_if_cancelled()
                    left -= len(piece)
                    if left < 0:
                        break
                    digest.update(piece)
                    member.write(piece)
        if left:
            raise OSError(errno.EIO, "the file changed its size while it was copied", str(path))
        self.hashes[name], self.sizes[name] = digest.hexdigest(), size

    def close(self) -> None:
        """Write the directory; the package is whole. The file stays open."""
        self._zip.close()

    def give_up(self) -> None:
        """Write nothing more, whatever `zipfile` still has to say."""
        self._sink.is_closed = True
        self._zip.close()


class _Sink:
    """The file as `zipfile` wants it, every byte of a piece written or an error."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self.is_closed = False

    def write(self, data: bytes) -> int:
        if not self.is_closed:
            write_all(self._file, data)
        return len(data)

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, position: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(position, whence)

    def flush(self) -> None:
        """Nothing is held back."""


def _entry(name: str, size: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.create_system = _UNIX
    entry.external_attr = _MODE
    entry.file_size = size  # known beforehand: `zipfile` decides by it whether zip64 is needed
    return entry
