"""Photos: formats that are shown, what is no picture, bombs, and who gets to look at strangers' bytes."""

import resource
import struct
import subprocess
import sys
import zlib

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from facevid_gui.bridge.photos import LIMIT_MB, decode_photo
from facevid_gui.core.record import MediaItem
from facevid_gui.resources import resource as program_file
from tests.captures.test_polyglots import BOMBS, POLYGLOTS

ITEM = MediaItem(role="photo", index=1, pointer="/photo")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
GIF = bytes.fromhex("47494638396101000100800000ff000000000021f90400000000002c00000000010001000002024401003b")


def picture(name: str, width: int = 24, height: int = 16) -> bytes:
    """A red picture with a blue left edge, in a format."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    for x in range(4):
        for y in range(height):
            image.setPixelColor(x, y, QColor("blue"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, name, 100)
    return bytes(buffer.data().data())


def black_png(width: int, height: int) -> bytes:
    """A whole PNG of that size, packed a thousand to one."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(bytes(1 + 3 * width)) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def turned_jpeg() -> bytes:
    """A JPEG whose EXIF says it lies on its side."""
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    data = picture("jpeg")
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


@pytest.mark.parametrize("name", ["jpeg", "png", "bmp", "webp"])
def test_usual_formats_are_shown(name: str) -> None:
    photo = decode_photo(ITEM, picture(name))
    assert photo.item is ITEM
    assert photo.image is not None
    assert (photo.image.width(), photo.image.height()) == (24, 16)
    assert photo.image.pixelColor(20, 8).red() > 200
    assert photo.image.pixelColor(1, 8).blue() > 200


def test_a_gif_and_the_demo_photos_are_shown() -> None:
    image = decode_photo(ITEM, GIF).image
    assert image is not None
    assert image.pixelColor(0, 0) == QColor("red")
    for name in ("photo.jpg", "photo.png"):
        image = decode_photo(ITEM, program_file(f"demo/{name}").read_bytes()).image
        assert image is not None
        assert image.width() > 100


def test_what_the_camera_noted_turns_it_upright() -> None:
    image = decode_photo(ITEM, turned_jpeg()).image
    assert image is not None
    assert (image.width(), image.height()) == (16, 24)
    assert image.pixelColor(8, 1).blue() > 200


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8\xff", b"<html>not found</html>", SVG, b"%PDF-1.4\n%%EOF", b"P6 1 1 255 abc", b"\0\0\1\0\1\0" * 40,
     b"GIF89a", b"RIFF\0\0\0\0WEBP", program_file("demo/order.mp4").read_bytes()],
)  # fmt: skip
def test_what_is_no_picture_or_not_one_of_these_is_not_shown(data: bytes) -> None:
    assert decode_photo(ITEM, data).image is None


def test_half_a_photo_never_fails_hard() -> None:
    """Qt may show the upper half of a JPEG; that is as it is. A PNG without its end is not shown."""
    for name in ("jpeg", "png", "bmp", "webp"):
        data = picture(name, 200, 200)
        photo = decode_photo(ITEM, data[: len(data) // 2])
        assert photo.image is None or photo.image.width() == 200


def test_bombs_are_not_let_go_off() -> None:
    """What would be larger than the limit when unpacked is not unpacked; what would not, is."""
    assert 4 * 8300 * 8300 > LIMIT_MB * 1024**2 > 4 * 4000 * 4000
    bomb = black_png(8300, 8300)
    assert len(bomb) < 1_000_000
    assert decode_photo(ITEM, bomb).image is None
    image = decode_photo(ITEM, black_png(4000, 4000)).image
    assert image is not None
    assert image.width() == 4000


@pytest.mark.parametrize("name", POLYGLOTS)
def test_what_is_two_things_at_once_is_opened_as_one_or_not(name: str) -> None:
    data, extension = POLYGLOTS[name]
    image = decode_photo(ITEM, data).image
    assert image is None or extension in ("jpg", "png", "gif", "bmp", "webp")


@pytest.mark.parametrize("name", BOMBS)
def test_other_bombs_are_not_let_go_off_either(name: str) -> None:
    """Sizes that are only told, and what else a picture file may have packed in it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    image = decode_photo(ITEM, BOMBS[name]).image
    assert image is None or (image.width(), image.height()) == (1, 1)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024


PROGRAM = """
from pathlib import Path
from facevid_gui.bridge.photos import decode_photo
from facevid_gui.resources import resource
assert decode_photo(None, resource("demo/photo.jpg").read_bytes()).image is not None
assert decode_photo(None, b"%PDF-1.4").image is None
maps = Path("/proc/self/maps")
loaded = maps.read_text() if maps.exists() else ""
print([name for name in ("qpdf", "qsvg", "qtiff", "qtga", "qico") if f"lib{name}.so" in loaded])
"""


def test_nobody_else_looks_at_the_bytes() -> None:
    """A JPEG is no business of the readers for PDF and SVG."""
    command = [sys.executable, "-c", PROGRAM]
    assert subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout == "[]\n"
