"""A record for people and as JSON (floor 4). Personal data are masked unless the user asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facevid_gui.console.output import Output, plain
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.wording import (
    deadline_text,
    local_time,
    media_name,
    question_result,
    risk_meaning,
    score_text,
    signer_text,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.core.deadline import Deadline
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import MediaItem, Record


def record_members(record: Record, folder: Path | None, messages: Messages) -> dict[str, Any]:
    """The members of `facevid-lookup/1` that come from the record. Media paths are absolute."""
    return {
        "kind": record.kind,
        "source": record.source,
        "flow_id": record.flow_id,
        "sign_id": record.sign_id,
        "order_no": record.order_no,
        "provider_code": record.outcome.provider_code,
        "provider_message": record.outcome.provider_message,
        "request_id": record.outcome.request_id,
        "scores": {"live_rate": record.scores.live_rate, "similarity": record.scores.similarity},
        "risk_tags": [
            {"field": tag.field, "tag": tag.tag, "meaning": risk_meaning(tag, messages)} for tag in record.risk_tags
        ],
        "questions": [{"transcript": q.transcript, "code": q.code} for q in record.questions],
        "clips": [_media_member(item, folder) for item in record.clips],
        "photos": [_media_member(item, folder) for item in record.photos],
        "occurred_at": _time(record.occurred_at),
        "deadline": deadline_member(record.deadline),
        "clock_offset_s": record.clock_offset_s,
        "evidence_id": record.evidence_id,
    }


def deadline_member(deadline: Deadline) -> dict[str, str | None]:
    """The `deadline` member."""
    return {"safe": _time(deadline.safe), "outer": _time(deadline.outer)}


def show_record(record: Record, output: Output, now: datetime, *, unmask: bool) -> None:
    """Print a record without its media."""
    messages = output.messages
    output.say(f"record.kind.{record.kind}")
    for label, value in (
        ("flow_id", record.flow_id),
        ("sign_id", record.sign_id),
        ("order_no", record.order_no),
    ):
        if value:
            output.pair(f"label.{label}", value)
    if record.signer:
        output.pair("label.signer", plain(signer_text(record.signer, unmask=unmask)))
    output.pair("label.source", messages.text(f"source.{record.source}"))
    output.pair("label.occurred_at", local_time(record.occurred_at, messages))
    output.pair("label.deadline", deadline_text(record.deadline, now, messages))
    if record.kind == "kyc":
        output.pair("label.provider_code", _code_and_message(record))
        output.pair("label.live_rate", plain(score_text(record.scores, "live_rate", messages)))
        output.pair("label.similarity", plain(score_text(record.scores, "similarity", messages)))
    for tag in record.risk_tags:
        output.pair("label.risk_tag", f"{plain(tag.field)} {plain(tag.tag)}: {risk_meaning(tag, messages)}")
    for number, question in enumerate(record.questions, 1):
        transcript = messages.text("value.not_returned") if question.transcript is None else plain(question.transcript)
        result = plain(question_result(question, messages)[0])
        output.line(f"  {messages.text('label.question', number=number)}: {transcript} ({result})")
    for item in (*record.clips, *record.photos):
        output.line(f"  {_show_media(item, messages)}")
    output.pair("label.request_id", _plain_or_none(record.outcome.request_id))
    for warning in record.warnings:
        output.line(f"  ! {plain(warning)}")


def _show_media(item: MediaItem, messages: Messages) -> str:
    name = media_name(item, messages)
    if item.path is None:
        return f"{name}: {messages.text('media.unusable')}"
    text = messages.text("media.line", name=name, media_type=item.media_type, size=item.size_bytes, sha256=item.sha256)
    return f"{text}  ! {messages.text(f'problem.{item.problem}')}" if item.problem else text


def _media_member(item: MediaItem, folder: Path | None) -> dict[str, Any]:
    return {
        "role": item.role,
        "index": item.index,
        "path": str(folder / item.path) if folder and item.path else None,
        "media_type": item.media_type,
        "size_bytes": item.size_bytes,
        "sha256": item.sha256,
        "problem": item.problem,
    }


def _code_and_message(record: Record) -> str | None:
    outcome = record.outcome
    parts = [part for part in (outcome.provider_code, outcome.provider_message) if part]
    return plain(" ".join(parts)) if parts else None


def _plain_or_none(text: str | None) -> str | None:
    return plain(text) if text is not None else None


def _time(moment: datetime | None) -> str | None:
    return to_rfc3339(moment) if moment else None
