"""Media before any decoder: outer boxes, what a file is; and pictures, by the two libraries that open them."""

import os
from pathlib import Path

from facevid_gui.core.messages import Messages
from facevid_gui.media.sniff import HEAD_BYTES, sniff
from facevid_gui.media.wholeness import missing_bytes, outer_boxes, why_unreadable
from tests.fuzz import box_level
from tests.fuzz.target import Feed, Target, must, sayable, typed

_MOST_PIXELS = 120_000_000


def _boxes(_: Path) -> Feed:
    def feed(data: bytes) -> None:
        found = sniff(data[:HEAD_BYTES])
        must(found == sniff(data), "what a file is depends on more than its head")
        must(missing_bytes(data) >= 0, "fewer bytes are missing than none")
        end = 0
        for kind, start, size in outer_boxes(data):
            must(start == end and size >= 8 and len(kind) <= 4, "boxes that do not follow one another")
            end = start + size
        sayable(why_unreadable(data, "X").code)

    return feed


def _photo(_: Path) -> Feed:
    """As the window opens it: Qt, one reader, a limit."""
    os.environ.setdefault("QT_LOGGING_RULES", "*=false")
    from facevid_gui.bridge.photos import FORMATS, decode_picture

    def feed(data: bytes) -> None:
        image = decode_picture(data)
        if image is not None:
            must(sniff(data).name in FORMATS, "a picture of a kind that is not opened")
            must(0 < image.width() * image.height() <= _MOST_PIXELS, "a picture of a size that is not shown")

    return feed


def _report_photo(_: Path) -> Feed:
    """As a report opens it: Pillow."""
    from facevid_gui.evidence.report_media import UnshownError, picture_of

    messages = Messages("en")

    def feed(data: bytes) -> None:
        with typed(UnshownError):
            image = picture_of(data, messages)
            must(0 < image.width * image.height <= _MOST_PIXELS, "a picture of a size that is not printed")

    return feed


TARGETS = (
    Target("boxes", "media.sniff, media.wholeness", _boxes, box_level.mutated),
    Target("photo", "bridge.photos (Qt)", _photo, box_level.mutated, 5.0, 700, ("PySide6",)),
    Target("report_photo", "evidence.report_media (Pillow)", _report_photo, box_level.mutated, 5.0, 700),
)
