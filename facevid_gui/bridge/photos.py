"""Photos, decoded on a worker: they come from strangers and may be large or broken (floor 2).

What a photo is, its first bytes say, as everywhere in this program. Qt itself would let every reader it has look at
the bytes to find out, those for PDF and SVG among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

from facevid_gui.media.sniff import sniff

if TYPE_CHECKING:
    from facevid_gui.core.record import MediaItem

LIMIT_MB = 256
FORMATS = {"image/jpeg": b"jpeg", "image/png": b"png", "image/webp": b"webp", "image/gif": b"gif", "image/bmp": b"bmp"}


@dataclass(frozen=True)
class Photo:
    """A photo; `image` is None when its bytes are no picture that can be shown."""

    item: MediaItem
    image: QImage | None


def decode_photo(item: MediaItem, data: bytes) -> Photo:
    """Decode the bytes of a photo; formats beyond the list are not tried."""
    name = FORMATS.get(sniff(data).name)
    if name is None:
        return Photo(item, None)
    QImageReader.setAllocationLimit(LIMIT_MB)
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(name))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    image = reader.read()
    return Photo(item, None if image.isNull() else image)
