"""Small pictures for the library's rows: a cache beside the index, never part of any evidence (floor 1).

What enters: a picture made of bytes that were verified when a record was opened. What leaves: the same, until the
record is purged or discarded (`discarding.remove_thumbs`). Files are private (mode 0600), named by evidence id alone.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from facevid_gui.files import make_private_folder, read_limited, replace_file

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 64 * 1024
_SUFFIX = ".jpg"
_ID = re.compile(r"[0-9a-f]{32}\Z")


class Thumbnails:
    """The pictures of one home. What cannot be read or written is as if it were not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, evidence_id: str) -> bytes | None:
        """The picture of a record as a JPEG file, None when there is none."""
        path = self._path(evidence_id)
        if path is None or path.is_symlink():
            return None
        try:
            return read_limited(path, MAX_BYTES)
        except (OSError, ValueError):
            return None

    def has(self, evidence_id: str) -> bool:
        """Whether there is one."""
        path = self._path(evidence_id)
        return path is not None and path.is_file()

    def keep(self, evidence_id: str, picture: bytes) -> bool:
        """Keep a picture; False when that is not possible."""
        path = self._path(evidence_id)
        if path is None or len(picture) > MAX_BYTES:
            return False
        try:
            make_private_folder(self._folder)
            replace_file(path, picture)
        except OSError:
            return False
        return True

    def clear(self) -> None:
        """Remove all of them."""
        with contextlib.suppress(OSError):
            for path in self._folder.glob(f"*{_SUFFIX}"):
                path.unlink(missing_ok=True)

    def _path(self, evidence_id: str) -> Path | None:
        return self._folder / f"{evidence_id}{_SUFFIX}" if _ID.match(evidence_id) else None
