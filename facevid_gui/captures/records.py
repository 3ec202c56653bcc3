"""From a folder to a `Record`: the one door through which a fresh capture and old evidence come (floor 1).

What enters: a capture record and a way to read the folder's bytes (checked by whoever hands it in). What
leaves: a `Record`. The answer is parsed again from its raw bytes every time; the capture record only says
which exchange holds it and which files were derived from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from facevid_gui.captures.answers import Answer, MediaText, answer_of, read_answer
from facevid_gui.captures.body import Body, as_saved, unpacked
from facevid_gui.captures.flows import flow_of
from facevid_gui.captures.outcomes import outcome_of, unreadable_outcome
from facevid_gui.captures.scanner import AnswerFormatError, Json, read_document
from facevid_gui.core.capture import CaptureRecord, CopiedValue, Derived
from facevid_gui.core.deadline import deadline_for
from facevid_gui.core.provenance import source_of
from facevid_gui.core.record import MediaItem, Record, Signer
from facevid_gui.media.base64s import DAMAGED

if TYPE_CHECKING:
    from facevid_gui.core.exchange import Exchange

BodyReader = Callable[[str], Body]


@dataclass(frozen=True)
class Scanned:
    """The document in the body of an exchange, found while the body was received and written."""

    exchange: Exchange
    document: Json


@dataclass(frozen=True)
class ReadAnswer:
    """An answer, the exchange it came in, its plain body and the decoding steps that led there."""

    answer: Answer
    exchange: Exchange
    body: Body
    steps: tuple[str, ...]


def open_answer(capture: CaptureRecord, read: BodyReader, known: ReadAnswer | None = None) -> ReadAnswer | None:
    """Read the answer of a capture; None when there is none that can be read.

    Of several answers the latest that holds media counts, else the latest that is no refusal, else the
    latest: a poll that was refused, or answered by a proxy, takes nothing away from what came before it.
    `known` spares a second reading of an answer that was read a moment ago.
    """
    best: ReadAnswer | None = None
    for exchange in capture.answer_exchanges():
        found = known if known and known.exchange == exchange else _read_exchange(capture, exchange, read)
        if found and found.answer.media:
            return found
        if found and (best is None or (best.answer.is_refusal and not found.answer.is_refusal)):
            best = found
    return best


def latest_answer(
    capture: CaptureRecord, read: BodyReader, role: str = "record", scanned: Scanned | None = None
) -> ReadAnswer | None:
    """Read the latest whole answer to a question of that role; None when there is none or it cannot be read.

    `scanned` spares the reading of a body that was scanned while it was received.
    """
    exchanges = capture.answer_exchanges() if role == "record" else _answered(capture, role)
    return _read_exchange(capture, exchanges[0], read, scanned) if exchanges else None


def further_photos(capture: CaptureRecord, read: BodyReader, found: ReadAnswer | None) -> ReadAnswer | None:
    """Read the further photos of an order (kyc.md 6), numbered after those of its record; None when there are none.

    What stands in place of them, a refusal or a proxy's page, is nothing of the record.
    """
    if found is None:
        return None
    for exchange in _answered(capture, "photos"):
        more = _read_exchange(capture, exchange, read)
        if more and more.answer.media:
            return replace(more, answer=replace(more.answer, media=_numbered_after(found, more)))
    return None


def _read_exchange(
    capture: CaptureRecord, exchange: Exchange, read: BodyReader, scanned: Scanned | None = None
) -> ReadAnswer | None:
    kind, bare = capture.provider.kind, not capture.witnessed
    try:
        body, steps = plain_body(capture, exchange, read)
        if scanned is not None and scanned.exchange is exchange and not steps:
            answer = answer_of(kind, scanned.document, bare=bare)
        else:
            answer = read_answer(kind, body, bare=bare)
    except (AnswerFormatError, ValueError):
        return None
    return ReadAnswer(answer, exchange, body, steps)


def plain_body(capture: CaptureRecord, exchange: Exchange, read: BodyReader) -> tuple[Body, tuple[str, ...]]:
    """The body of an exchange without the coding it came in, and the decoding steps that led there.

    Raises `ValueError` for an unknown coding, damaged data or more than 400 MB.
    """
    assert exchange.path is not None
    if capture.witnessed:
        return unpacked(read(exchange.path), _content_coding(read(headers_path(exchange.path))))
    return as_saved(
        read(exchange.path)
    )  # imported: nobody saw its headers, and what saved it may have changed its form


def record_of(capture: CaptureRecord, read: BodyReader, found: ReadAnswer | None = None) -> Record:
    """Build the record of a capture. Raises `OSError` when a file cannot be read.

    `found` spares a second reading of an answer that was read a moment ago.
    """
    found = open_answer(capture, read, found)
    signer = _signer_of(capture, read)
    answer = found.answer if found else Answer(None, None, None, None)
    items = _items_of(capture, found, further_photos(capture, read, found))
    outcome = (
        outcome_of(capture.provider.kind, answer, items, found.exchange)
        if found
        else unreadable_outcome(capture.exchanges)
    )
    occurred_at = answer.occurred_at or (signer.approved_at if signer else None)
    return Record(
        evidence_id=capture.evidence_id,
        kind=capture.provider.kind,
        source=source_of(capture.provider.kind, capture.exchanges, witnessed=capture.witnessed),
        outcome=outcome,
        flow_id=capture.provider.flow_id,
        sign_id=capture.provider.sign_id,
        order_no=capture.provider.order_no,
        scores=answer.scores,
        risk_tags=answer.risk_tags,
        questions=answer.questions,
        clips=tuple(item for item in items if item.role != "photo"),
        photos=tuple(item for item in items if item.role == "photo"),
        details=answer.details,
        signer=signer,
        occurred_at=occurred_at,
        captured_at=capture.captured_at,
        deadline=deadline_for(capture.provider.kind, occurred_at),
        clock_offset_s=outcome.clock_offset_s,
        warnings=answer.warnings,
        hollow_risks=answer.hollow_risks,
    )


def media_items(media: tuple[MediaText, ...], derived: tuple[Derived, ...]) -> tuple[MediaItem, ...]:
    """Join what the answer holds with the files that were made of it."""
    files = {item.pointer: item for item in derived}
    return tuple(_media_item(text, files.get(text.pointer)) for text in media)


def _items_of(capture: CaptureRecord, *parts: ReadAnswer | None) -> tuple[MediaItem, ...]:
    items: tuple[MediaItem, ...] = ()
    for part in filter(None, parts):
        derived = tuple(item for item in capture.derived if item.source == part.exchange.path)
        items += media_items(part.answer.media, derived)
    return items


def _answered(capture: CaptureRecord, role: str) -> list[Exchange]:
    """The exchanges of a role that were answered whole, latest first."""
    return [e for e in reversed(capture.exchanges) if e.role == role and e.complete and e.path]


def _numbered_after(found: ReadAnswer, more: ReadAnswer) -> tuple[MediaText, ...]:
    number = 1 + sum(1 for item in found.answer.media if item.role == "photo")
    photos = [item for item in more.answer.media if item.role == "photo"]
    return tuple(replace(item, index=n, name=f"photo-{n:02d}") for n, item in enumerate(photos, number))


def copied_values(answer: Answer, source: str) -> tuple[CopiedValue, ...]:
    """The result code and the scores of the answer, each marked as a copy by its JSON pointer."""
    return tuple(CopiedValue(_name_in(pointer), text, source, pointer) for pointer, text in answer.copies)


def headers_path(body_path: str) -> str:
    """The path of the headers that came with a body."""
    return body_path.replace("response-body.bin", "response-headers.txt")


def _name_in(pointer: str) -> str:
    """The member's name; that of the list when the pointer ends in a position."""
    *_, holder, last = pointer.split("/")
    return holder if last.isdigit() else last


def _media_item(text: MediaText, file: Derived | None) -> MediaItem:
    item = MediaItem(role=text.role, index=text.index, pointer=text.pointer)
    if file is None:
        return replace(item, problem=DAMAGED)
    return replace(
        item,
        path=file.path,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        repairs=file.repairs,
        problem=file.problem,
    )


def _signer_of(capture: CaptureRecord, read: BodyReader) -> Signer | None:
    exchange = capture.flow_exchange()
    flow_id = capture.provider.flow_id
    if exchange is None or exchange.path is None or flow_id is None:
        return None
    try:
        document = read_document(read(exchange.path).pieces())
    except AnswerFormatError:
        return None
    flow = flow_of(capture.provider.kind, document, flow_id)
    return next((s for s in flow.signers if s.sign_id == capture.provider.sign_id), None) if flow else None


def _content_coding(headers: Body) -> str:
    text = b"".join(headers.pieces()).decode("utf-8", "replace")
    for line in text.splitlines()[1:]:
        name, _, value = line.partition(": ")
        if name.lower() == "content-encoding":
            return value
    return ""
