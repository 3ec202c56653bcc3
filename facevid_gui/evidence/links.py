"""Whether the capture record and the files beside it belong together: one law for sealing and verifying (floor 1).

What enters: a capture record, the hashes and sizes of the payload, a way to read its bodies. What leaves: a
reason for everything that does not fit. First the names: every file is told of by the record, with the hash
that the manifest has. Then the meaning: every media file is decoded again from its exchange by JSON pointer
and recorded steps, every copied value is compared with what stands at its pointer. A signature over all of
them cannot say this: it only says that somebody put them together.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from facevid_gui.captures.extract import decoded
from facevid_gui.captures.records import plain_body
from facevid_gui.captures.scanner import AnswerFormatError, Json, Span, read_document, text_of, value_at
from facevid_gui.captures.store import CAPTURE_FILE
from facevid_gui.core.capture import CopiedValue
from facevid_gui.core.verdict import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from facevid_gui.captures.body import Body
    from facevid_gui.captures.records import BodyReader
    from facevid_gui.core.capture import CaptureRecord, Derived

_DATA = "data/"
_RECORD = f"{_DATA}{CAPTURE_FILE}"
_BODY = "response-body.bin"
_BESIDE_AN_ANSWER = ("request.json", "request.json.tsr", "response-headers.txt", "tls-chain.pem")
_EXCHANGE = re.compile(r"exchanges/[0-9]{2,3}")
_WORD = re.compile(r"[a-z_0-9]{1,40}")


def misfits(record: CaptureRecord, hashes: Mapping[str, str], sizes: Mapping[str, int]) -> Iterator[Reason]:
    """Compare what the record says of files with the manifest; paths with `data/`, `sizes` of files that are there."""
    noted = [(e.path, e.sha256, e.size_bytes) for e in record.exchanges if e.path]
    noted += [(item.path, item.sha256, item.size_bytes) for item in record.derived]
    for path, digest, size in noted:
        listed = hashes.get(f"{_DATA}{path}")
        if listed is None:
            yield Reason("missing", f"{_DATA}{path}", "the record names it, the manifest does not")
        elif listed != digest:
            yield Reason("changed", f"{_DATA}{path}", "the record names another hash")
        elif sizes.get(f"{_DATA}{path}", size) != size:
            yield Reason("changed", f"{_DATA}{path}", "the record names another size")
    yield from _strangers(record, hashes)
    sources = {exchange.path for exchange in record.exchanges}
    for item in record.derived:
        if item.source not in sources:
            yield Reason("bad_manifest", _RECORD, f"{item.path} comes from no exchange")
        if not all(map(_WORD.fullmatch, item.repairs)):
            yield Reason("bad_manifest", _RECORD, f"{item.path} was repaired by no known way")


def _strangers(record: CaptureRecord, paths: Collection[str]) -> Iterator[Reason]:
    """Every file is named by the record, or lies beside an answer; a crash may have cut an answer unrecorded."""
    known = {CAPTURE_FILE, *(e.path for e in record.exchanges), *(item.path for item in record.derived)}
    beside = list(_BESIDE_AN_ANSWER)
    if any(e.path is None and not e.complete for e in record.exchanges):
        beside.append(_BODY)
    for path in sorted(paths):
        inside = path.removeprefix(_DATA)
        folder, _, name = inside.rpartition("/")
        if inside not in known and not (_EXCHANGE.fullmatch(folder) and name in beside):
            yield Reason("extra", path, "the record does not tell of it")


def underivable(record: CaptureRecord, read: BodyReader, doubted: Collection[str] = ()) -> Iterator[Reason]:
    """Derive every media file and copied value from its exchange again.

    `read` gives bodies by their path below `data/`. Files in `doubted` (with `data/`) are left out: why they do
    not fit is known already. Raises `OSError` when a body cannot be read.
    """
    by_source: dict[str, list[Derived | CopiedValue]] = {}
    everything: tuple[Derived | CopiedValue, ...] = (*record.derived, *record.result)
    for item in everything:
        by_source.setdefault(item.source, []).append(item)
    for source, items in by_source.items():
        known = [i for i in items if isinstance(i, CopiedValue) or f"{_DATA}{i.path}" not in doubted]
        if f"{_DATA}{source}" not in doubted:
            yield from _of_one_source(record, read, source, known)


def _of_one_source(
    record: CaptureRecord, read: BodyReader, source: str, items: list[Derived | CopiedValue]
) -> Iterator[Reason]:
    exchange = next((e for e in record.exchanges if e.path == source), None)
    if exchange is None:  # of a media file it is said already
        yield Reason("bad_manifest", _RECORD, f"a value comes from no exchange: {source[:60]}")
        return
    try:
        body, steps = plain_body(record, exchange, read)
        document = read_document(body.pieces())
    except (AnswerFormatError, ValueError):
        yield Reason("changed", f"{_DATA}{source}", "the record derives from it what it does not hold")
        return
    for item in items:
        value = value_at(document, item.pointer)
        if isinstance(item, CopiedValue):
            if text_of(value) != item.value:
                yield Reason("bad_manifest", _RECORD, f"{item.pointer} says something else")
        elif item.decoding != (*steps, "json", "base64") or _hash_of(body, value) != item.sha256:
            yield Reason("changed", f"{_DATA}{item.path}", f"not what {source} holds at {item.pointer}")


def _hash_of(body: Body, value: Json) -> str | None:
    """The SHA-256 of what a base64 text decodes to; None when there is no text."""
    if not isinstance(value, (str, Span)):
        return None
    digest = hashlib.sha256()
    for piece in decoded(body, value):
        digest.update(piece)
    return digest.hexdigest()
