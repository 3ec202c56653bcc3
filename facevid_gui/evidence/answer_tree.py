"""The kept answers as a tree a person can read, of any size (floor 1).

What enters: a capture record, a reader of its folder, the record's media. What leaves: an `AnswerTree`: rows of
names and values as received, media folded to what was made of them. An answer can be 200 MB of base64: it is scanned
in pieces, long texts stay in their file, and no more rows are made than a person can look through. Rows are made
level by level, so that a list of a million numbers takes no room from what stands beside it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.captures.body import unpacked
from facevid_gui.captures.records import open_answer, plain_body
from facevid_gui.captures.scanner import AnswerFormatError, Json, Number, Span, read_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from facevid_gui.captures.body import Body
    from facevid_gui.core.capture import CaptureRecord
    from facevid_gui.core.exchange import Exchange
    from facevid_gui.core.record import MediaItem
    from facevid_gui.evidence.reading import FolderReader

MAX_ROWS = 50_000
MAX_CHILDREN = 5_000  # of one list or object
MAX_TEXT = 200_000  # characters of an answer that is no JSON
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One value. `parent` is the number of another row, -1 for an answer; children are `count` rows from `first` on.

    `kind` is "answer", "object", "array", "string", "number", "literal" (true, false, null), "media", "long" (a text
    that stays in its file), "text" (an answer that is no JSON), "more" (rows that are not listed). `length` counts
    members, the characters of a long text, or what is not listed. `path` is the file of an answer or of media.
    """

    parent: int
    name: str
    kind: str
    text: str = ""
    length: int = 0
    path: str = ""
    first: int = 0
    count: int = 0


@dataclass(frozen=True)
class AnswerTree:
    """All rows. `answers` is how many of them, from the first on, are answers; the record was made of the first.

    `order` holds the numbers of all rows as they are read from top to bottom, `folded` their names and texts for a
    search that does not mind upper and lower case. `damaged`: answers whose bytes are not those that were recorded.
    """

    rows: tuple[AnswerRow, ...]
    answers: int
    order: tuple[int, ...]
    folded: tuple[str, ...]
    damaged: frozenset[int] = frozenset()

    def pointer(self, number: int) -> str:
        """The JSON pointer (RFC 6901) of a row inside its answer."""
        names: list[str] = []
        row = self.rows[number]
        while row.parent >= 0:
            names.append(row.name.replace("~", "~0").replace("/", "~1"))
            row = self.rows[row.parent]
        return "".join(f"/{name}" for name in reversed(names))

    def find(self, text: str) -> tuple[int, ...]:
        """The numbers of the rows that hold `text` in their name or value, from top to bottom."""
        wanted = text.casefold()
        return tuple(number for number in self.order if wanted in self.folded[number]) if wanted else ()


def answer_tree(capture: CaptureRecord, reader: FolderReader, media: Iterable[MediaItem]) -> AnswerTree:
    """Read every answer that was kept, the one the record was made of first; empty when none was kept."""
    found = open_answer(capture, reader)
    main = found.exchange if found else next(iter(capture.answer_exchanges()), None)
    kept = [exchange for exchange in capture.exchanges if exchange.path]
    growing = _Growing({(item.source, item.pointer): item.path for item in capture.derived})
    if main is not None:
        growing.undecoded = {(str(main.path), item.pointer) for item in media if item.path is None}
        kept.sort(key=lambda exchange: exchange is not main)
    for exchange in kept:
        is_known = found is not None and exchange is found.exchange
        document = found.answer.document if found and is_known else _document(capture, exchange, reader)
        text = "" if document is not _NONE else _plain_text(reader(str(exchange.path)))
        growing.add_answer(str(exchange.path), document, text)
    return growing.tree()


_NONE = object()


def _document(capture: CaptureRecord, exchange: Exchange, reader: FolderReader) -> Json | object:
    """The document of an answer; `_NONE` when it is no JSON."""
    try:
        return read_document(plain_body(capture, exchange, reader)[0].pieces())
    except (AnswerFormatError, ValueError):
        return _NONE


def _plain_text(body: Body) -> str:
    """The beginning of a text of any kind; a packed one is unpacked."""
    most = 4 * (MAX_TEXT + 1)  # bytes of a character in UTF-8
    head = bytearray()
    for piece in body.pieces():  # to its end: the hash is that of the whole
        head += piece[: most - len(head)]
    if head.startswith(_GZIP):
        try:
            plain, _ = unpacked(body, "gzip")
            head = bytearray(next(plain.pieces(0, most), b""))
        except ValueError:
            return "<damaged gzip>"
    text = head.decode("utf-8", "replace")
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


@dataclass(slots=True)
class _Draft:
    """A row that is still being made."""

    parent: int
    name: str
    kind: str
    text: str = ""
    length: int = 0
    path: str = ""
    first: int = 0
    count: int = 0

    def row(self) -> AnswerRow:
        return AnswerRow(
            self.parent, self.name, self.kind, self.text, self.length, self.path, self.first, self.count
        )  # fmt: skip


class _Growing:
    """A tree while it grows. `derived` and `undecoded` know media by their answer and JSON pointer."""

    def __init__(self, derived: Mapping[tuple[str, str], str]) -> None:
        self._derived = derived
        self.undecoded: set[tuple[str, str]] = set()
        self._answers: list[tuple[str, Json | object]] = []
        self._drafts: list[_Draft] = []

    def add_answer(self, path: str, document: Json | object, text: str) -> None:
        """One more answer; all of them are the first rows."""
        self._answers.append((path, document))
        kind = "text" if document is _NONE else "answer"
        self._drafts.append(_Draft(-1, path, kind, text, path=path))

    def tree(self) -> AnswerTree:
        """Make the rows below the answers."""
        waiting: deque[tuple[int, str, str, Json]] = deque()
        for number, (path, document) in enumerate(self._answers):
            if document is not _NONE:
                waiting.append((number, path, "", document))  # type: ignore[arg-type]
        while waiting:
            self._open(*waiting.popleft(), waiting)
        rows = tuple(draft.row() for draft in self._drafts)
        folded = tuple(f"{row.name}\n{row.text}\n{row.path}".casefold() for row in rows)
        return AnswerTree(rows, len(self._answers), tuple(_in_reading_order(rows, len(self._answers))), folded)

    def _open(
        self, number: int, answer: str, pointer: str, value: Json, waiting: deque[tuple[int, str, str, Json]]
    ) -> None:
        """List the members of a value; a document that is neither list nor object is its only member."""
        members: Iterator[tuple[str, Json]]
        if isinstance(value, dict):
            members, length = iter(value.items()), len(value)
        elif isinstance(value, list):
            members, length = ((str(place), item) for place, item in enumerate(value)), len(value)
        else:
            members, length = iter([("", value)]), 1
        room = max(0, min(length, MAX_CHILDREN, MAX_ROWS - len(self._drafts)))
        holder = self._drafts[number]
        holder.length, holder.first, holder.count = length, len(self._drafts), room + (room < length)
        for _ in range(room):
            name, item = next(members)
            below = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            self._drafts.append(self._draft(number, answer, below, name, item))
            if isinstance(item, dict | list) and item:
                waiting.append((len(self._drafts) - 1, answer, below, item))
        if room < length:
            self._drafts.append(_Draft(number, "", "more", length=length - room))

    def _draft(self, parent: int, answer: str, pointer: str, name: str, value: Json) -> _Draft:
        if isinstance(value, dict | list):
            return _Draft(parent, name, "object" if isinstance(value, dict) else "array", length=len(value))
        if isinstance(value, Number):
            return _Draft(parent, name, "number", value.text)
        if isinstance(value, str | Span):
            return self._text_draft(parent, (answer, pointer), name, value)
        return _Draft(parent, name, "literal", {None: "null", True: "true", False: "false"}[value])

    def _text_draft(self, parent: int, place: tuple[str, str], name: str, value: str | Span) -> _Draft:
        length = value.end - value.start if isinstance(value, Span) else len(value)
        path = self._derived.get(place, "")
        if path or (place in self.undecoded and value):
            return _Draft(parent, name, "media", length=length, path=path)
        if isinstance(value, Span):
            return _Draft(parent, name, "long", length=length)
        return _Draft(parent, name, "string", value, length)


def _in_reading_order(rows: tuple[AnswerRow, ...], answers: int) -> Iterator[int]:
    waiting = list(range(answers - 1, -1, -1))
    while waiting:
        number = waiting.pop()
        yield number
        row = rows[number]
        waiting.extend(range(row.first + row.count - 1, row.first - 1, -1))
