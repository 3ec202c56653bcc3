"""Photos, decoded on a worker: they come from strangers and may be large or broken (floor 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

if TYPE_CHECKING:
    from facevid_gui.core.record import MediaItem

LIMIT_MB = 256
FORMATS = frozenset({"jpeg", "png", "webp", "gif", "bmp"})


@dataclass(frozen=True)
class Photo:
    """A photo; `image` is None when its bytes are no picture that can be shown."""

    item: MediaItem
    image: QImage | None


def decode_photo(item: MediaItem, data: bytes) -> Photo:
    """Decode the bytes of a photo; formats beyond the list are not tried."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    QImageReader.setAllocationLimit(LIMIT_MB)
    if bytes(reader.format().data()).decode("ascii", "replace") not in FORMATS:
        return Photo(item, None)
    image = reader.read()
    return Photo(item, None if image.isNull() else image)
