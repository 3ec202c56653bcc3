"""The answer as text a person can read: indented, its media folded (floor 1).

What enters: a capture record and a reader of its folder. What leaves: the beginning of the text. The answer can
be 200 MB of base64: it is scanned in pieces, and what is longer than a page becomes a word about its length.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from facevid_gui.captures.body import unpacked
from facevid_gui.captures.records import open_answer
from facevid_gui.captures.scanner import Json, Number, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

    from facevid_gui.captures.body import Body
    from facevid_gui.core.capture import CaptureRecord
    from facevid_gui.evidence.reading import FolderReader

_GZIP = b"\x1f\x8b"


def answer_text(capture: CaptureRecord, reader: FolderReader, limit: int) -> str:
    """At most `limit` characters, then an ellipsis; empty when no answer was kept."""
    found = open_answer(capture, reader)
    if found is not None:
        return _beginning(_json_text(found.answer.document, {media.text for media in found.answer.media}), limit)
    bodies = (reader(str(exchange.path)) for exchange in capture.answer_exchanges()[:1])
    return _beginning((_plain_text(body, limit) for body in bodies), limit)


def _plain_text(body: Body, limit: int) -> str:
    """The beginning of a text of any kind; a packed one is unpacked."""
    most = 4 * (limit + 1)  # bytes of a character in UTF-8
    head = bytearray()
    for piece in body.pieces():  # to its end: the hash is that of the whole
        head += piece[: most - len(head)]
    if head.startswith(_GZIP):
        try:
            plain, _ = unpacked(body, "gzip")
            head = bytearray(next(plain.pieces(0, most), b""))
        except ValueError:
            return "<damaged gzip>"
    return head.decode("utf-8", "replace")


def _json_text(value: Json, media: Set[str | Span], indent: str = "") -> Iterator[str]:
    """A document as indented JSON, piece by piece; numbers as received, long texts folded."""
    if isinstance(value, dict | list) and value:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        items: Iterable[tuple[str, Json]]
        items = value.items() if isinstance(value, dict) else (("", item) for item in value)
        for position, (name, item) in enumerate(items):
            label = f"{json.dumps(name, ensure_ascii=False)}: " if opening == "{" else ""
            yield f"{',' if position else opening}\n{indent}  {label}"
            yield from _json_text(item, media, f"{indent}  ")
        yield f"\n{indent}{closing}"
    elif isinstance(value, Span):
        yield f'"<{"base64" if value in media else "text"}, {value.end - value.start:,} characters>"'
    elif isinstance(value, Number):
        yield value.text
    else:
        yield json.dumps(value, ensure_ascii=False)


def _beginning(parts: Iterable[str], limit: int) -> str:
    found: list[str] = []
    length = 0
    for part in parts:
        found.append(part)
        length += len(part)
        if length > limit:
            return f"{''.join(found)[:limit]}…"
    return "".join(found)
