"""Photos, decoded on a worker: they come from strangers and may be large or broken (floor 2).

What a photo is, its first bytes say, as everywhere in this program. Qt itself would let every reader it has look at
the bytes to find out, those for PDF and SVG among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

from facevid_gui.core.errors import SubjectError
from facevid_gui.files import disk_errors, read_limited
from facevid_gui.media.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.bridge.jobs import JobRunner
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.record import MediaItem

LIMIT_MB = 256
MAX_REFERENCE_BYTES = 64 * 1024 * 1024
FORMATS = {"image/jpeg": b"jpeg", "image/png": b"png", "image/webp": b"webp", "image/gif": b"gif", "image/bmp": b"bmp"}


@dataclass(frozen=True)
class Photo:
    """A photo; `image` is None when its bytes are no picture that can be shown."""

    item: MediaItem
    image: QImage | None


@dataclass(frozen=True)
class Reference:
    """A picture of the user's own, to compare with; never part of any evidence."""

    name: str
    image: QImage


def decode_photo(item: MediaItem, data: bytes) -> Photo:
    """Decode the bytes of a photo."""
    return Photo(item, decode_picture(data))


def read_reference(path: Path) -> Reference:
    """Read a picture from a file.

    `SubjectError` reference_undecodable, reference_too_large; `SurroundingsError` for the disk.
    """
    with disk_errors(path):
        try:
            data = read_limited(path, MAX_REFERENCE_BYTES)
        except ValueError as error:
            raise SubjectError("reference_too_large", path=path, limit=MAX_REFERENCE_BYTES // 1024**2) from error
    image = decode_picture(data)
    if image is None:
        raise SubjectError("reference_undecodable", path=path)
    return Reference(path.name, image)


def load_reference(
    jobs: JobRunner, path: Path, done: Callable[[Reference], None], failed: Callable[[FacevidError], None]
) -> None:
    """Read a picture of the user's own on a worker; only the latest wish is answered."""
    jobs.submit("reference", lambda _token, _tell: read_reference(path), done, failed=failed)


def decode_picture(data: bytes) -> QImage | None:
    """Decode the bytes of a picture; formats beyond the list are not tried."""
    name = FORMATS.get(sniff(data).name)
    if name is None:
        return None
    QImageReader.setAllocationLimit(LIMIT_MB)
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(name))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    image = reader.read()
    return None if image.isNull() else image
