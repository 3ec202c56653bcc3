"""Media before any decoder: outer boxes, what a file is; and pictures, by the two libraries that open them."""

import json
import os
from pathlib import Path

from facevid_gui.core.clip import ClipCheck, ClipFacts, ClipSeen, FramePixels, moments_of
from facevid_gui.core.clip_words import details_text, health_text, seen_details, seen_text
from facevid_gui.core.messages import Messages
from facevid_gui.media.sniff import HEAD_BYTES, sniff
from facevid_gui.media.wholeness import missing_bytes, outer_boxes, why_unreadable
from tests.fuzz import box_level, json_level
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


def _decoder_answer(_: Path) -> Feed:
    """What the decoding child says of a clip and of a frame: whoever took it over may say anything."""
    messages, pixels = Messages("en"), bytes(24)

    def feed(data: bytes) -> None:
        try:
            header = json.loads(data)
        except (ValueError, RecursionError):
            return
        with typed(KeyError, TypeError, ValueError):
            facts = ClipFacts.from_json(header)
            last = facts.group_of(facts.frame_at(facts.pts_us[-1]))[1]
            must(0 <= last < facts.frame_count, "a frame that is none")
            facts.small_frame_at(0), moments_of(facts.span_us, 12)
            (
                health_text(facts, None, messages),
                details_text(facts, None, messages),
            )  # whoever shows it makes it harmless
        with typed(KeyError, TypeError, ValueError):
            frame = FramePixels.from_json(header, pixels)
            must(frame.stride * frame.height <= len(pixels), "pixels that are not there")
        with typed(KeyError, TypeError, ValueError):
            seen = ClipSeen.from_json(header)
            seen_text(seen, messages), seen_details(seen, messages)
        with typed(KeyError, TypeError, ValueError):
            ClipCheck.from_json(header)

    return feed


TARGETS = (
    Target("decoder_answer", "core.clip, from the decoding child", _decoder_answer, json_level.mutated),
    Target("boxes", "media.sniff, media.wholeness", _boxes, box_level.mutated),
    Target("photo", "bridge.photos (Qt)", _photo, box_level.mutated, 5.0, 700, ("PySide6",)),
    Target("report_photo", "evidence.report_media (Pillow)", _report_photo, box_level.mutated, 5.0, 700),
)
