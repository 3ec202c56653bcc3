"""Media out of answers: base64 text in the body becomes files beside it (floor 1).

What enters: a `Body` and the places `answers` found. What leaves: files named after what they are, not
after the field they came in, each traceable to its exchange by JSON pointer, decoding and SHA-256.
Works in pieces of a megabyte: neither memory nor the GIL is held for a whole answer. Several clips are decoded side by
side, and each is flushed to the disk while others are still being decoded: the disk is the slower of the two.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING

from facevid_gui.captures.scanner import Span, unescaped
from facevid_gui.core.capture import Derived
from facevid_gui.files import make_private_folder, open_new, write_all
from facevid_gui.media.base64s import Base64Decoder
from facevid_gui.media.sniff import HEAD_BYTES, sniff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from facevid_gui.captures.answers import MediaText
    from facevid_gui.captures.body import Body


_MOST_AT_ONCE = 4
Written = Callable[["Path", Derived], None]  # told where a file is and what it is


def extract_media(
    body: Body,
    media: Iterable[MediaText],
    folder: Path,
    source: str,
    steps: tuple[str, ...],
    first_clip: Written | None = None,
) -> tuple[Derived, ...]:
    """Decode every clip and photo into `folder/media/`, each file flushed; return what was made, in their order.

    `source` is the body's path inside the capture, `steps` the decodings already undone (gzip).
    A value of which nothing decodes makes no file and is left out; its raw text stays in the body.
    `first_clip` is told of the first one, on a thread of its own, once it is written and while others still are not.
    Raises `OSError` when the disk refuses.
    """
    from concurrent.futures import ThreadPoolExecutor  # the window starts without it

    items = list(media)
    first = next((item for item in items if item.role != "photo"), None)

    def extract(item: MediaText) -> Derived | None:
        return _extract_one(body, item, folder, source, steps, first_clip if item is first else None)

    with ThreadPoolExecutor(min(_MOST_AT_ONCE, os.cpu_count() or 1)) as pool:
        derived = list(pool.map(extract, items))
    return tuple(item for item in derived if item is not None)


def decoded(body: Body, text: str | Span) -> Iterator[bytes]:
    """Decode a base64 text of an answer in pieces, with every repair; damaged text up to its damage."""
    return Base64Decoder().decode(_text_pieces(body, text))


def _extract_one(
    body: Body, item: MediaText, folder: Path, source: str, steps: tuple[str, ...], written: Written | None
) -> Derived | None:
    decoder = Base64Decoder()
    pieces = decoder.decode(_text_pieces(body, item.text))
    first = next((piece for piece in pieces if piece), b"")
    while len(first) < HEAD_BYTES and (more := next(pieces, None)) is not None:
        first += more
    if not first:
        return None
    media_type = sniff(first)
    media_folder = folder / "media"
    make_private_folder(media_folder)
    path = media_folder / f"{item.name}.{media_type.extension}"
    digest = hashlib.sha256()
    size = 0
    with open_new(path) as file:
        for piece in chain((first,), pieces):
            write_all(file, piece)
            digest.update(piece)
            size += len(piece)
        derived = Derived(
            path=f"media/{path.name}",
            role=item.role,
            index=item.index,
            source=source,
            pointer=item.pointer,
            decoding=(*steps, "json", "base64"),
            sha256=digest.hexdigest(),
            size_bytes=size,
            media_type=media_type.name,
            repairs=tuple(decoder.repairs),
            problem=decoder.problem,
        )
        if written is not None:
            written(path, derived)
        os.fsync(file.fileno())
    return derived


def _text_pieces(body: Body, text: str | Span) -> Iterator[bytes]:
    if isinstance(text, str):
        yield text.encode("utf-8", "replace")
    elif text.has_escapes:
        yield from unescaped(body.pieces(text.start, text.end))
    else:
        yield from body.pieces(text.start, text.end)
