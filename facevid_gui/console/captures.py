"""`facevid captures list|discard`: what was received and is not evidence yet (floor 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facevid_gui.captures.body import FileBody
from facevid_gui.captures.records import record_of
from facevid_gui.console.show_record import deadline_member
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.deadline import Deadline
from facevid_gui.core.errors import UsageError
from facevid_gui.core.wording import deadline_text
from facevid_gui.evidence.discarding import received_at

if TYPE_CHECKING:
    from datetime import datetime

    from facevid_gui.captures.store import CaptureEntry
    from facevid_gui.console.context import Context

SCHEMA = "facevid-captures/1"


def run_list(context: Context) -> int:
    """List complete and interrupted captures."""
    context.house.recover()
    entries = context.house.captures.entries()
    keeping = context.house.safe_settings.keeping
    members = [_member(entry, keeping.capture_until(received_at(entry))) for entry in entries]
    if not entries:
        context.output.say("captures.none")
    for entry, member in zip(entries, members, strict=True):
        _show(context, entry, member)
    context.output.document({"schema": SCHEMA, "ok": True, "captures": members})
    return 0


def run_discard(context: Context) -> int:
    """Remove a capture for good, with a reason that is logged."""
    reason, house = context.arguments.reason.strip(), context.house
    if not reason:
        raise UsageError("reason_missing")
    if context.arguments.expired == bool(context.arguments.id):
        raise UsageError("discard_what")
    if context.arguments.expired:
        return _discard_expired(context, reason)
    entry = house.captures.open(context.arguments.id)
    house.discarder.discard(entry, reason)
    context.output.say("captures.discarded", id=entry.evidence_id)
    context.output.document({"schema": SCHEMA, "ok": True, "discarded": entry.evidence_id})
    return 0


def _discard_expired(context: Context, reason: str) -> int:
    house = context.house
    house.recover()
    done = house.discarder.discard_all(house.discarder.expired(house.keeping, house.clock.now()), reason)
    for evidence_id in done.evidence_ids:
        context.output.say("captures.discarded", id=evidence_id)
    if not done.evidence_ids and done.problem is None:
        context.output.say("captures.none_expired")
    if done.problem is not None:
        raise done.problem
    context.output.document({"schema": SCHEMA, "ok": True, "discarded": list(done.evidence_ids)})
    return 0


def _member(entry: CaptureEntry, until: datetime | None) -> dict[str, Any]:
    record = entry.record
    deadline = _deadline(entry)
    return {
        "id": entry.evidence_id,
        "state": entry.state,
        "path": str(entry.path),
        "kind": record.provider.kind if record else None,
        "flow_id": record.provider.flow_id if record else None,
        "sign_id": record.provider.sign_id if record else None,
        "order_no": record.provider.order_no if record else None,
        "captured_at": to_rfc3339(record.captured_at) if record else None,
        "clips": sum(1 for item in record.derived if item.role != "photo") if record else 0,
        "photos": sum(1 for item in record.derived if item.role == "photo") if record else 0,
        "size_bytes": sum(path.stat().st_size for path in entry.path.rglob("*") if path.is_file()),
        "deadline": deadline_member(deadline),
        "expires_at": to_rfc3339(until) if until else None,
    }


def _deadline(entry: CaptureEntry) -> Deadline:
    if entry.record is None or entry.state != "complete":
        return Deadline(None, None)
    try:
        return record_of(entry.record, lambda path: FileBody(entry.path / path)).deadline
    except OSError:
        return Deadline(None, None)  # a damaged capture is listed, too


def _show(context: Context, entry: CaptureEntry, member: dict[str, Any]) -> None:
    messages = context.messages
    subject = member["order_no"] or member["flow_id"] or "-"
    state = messages.text(f"capture.state.{entry.state}")
    context.output.line(f"{entry.evidence_id}  {state}  {member['kind'] or '-'}  {subject}")
    left = deadline_text(_deadline(entry), context.house.clock.now(), messages)
    context.output.line(f"    {member['captured_at'] or '-'} · {member['size_bytes']} B · {left}")
    if member["expires_at"]:
        context.output.line(f"    {messages.text('captures.expires', when=member['expires_at'])}")
