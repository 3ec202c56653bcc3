"""`facevid purge FOLDER --reason R`, `facevid purge --due`: deleting evidence with proof (floor 4)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.output import plain
from facevid_gui.console.verify import show_verdict
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import UsageError
from facevid_gui.core.wording import short_time
from facevid_gui.evidence.library_query import LibraryQuery
from facevid_gui.evidence.purge import check_reason

if TYPE_CHECKING:
    from datetime import datetime

    from facevid_gui.console.context import Context
    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.evidence.purge import PurgePlan

SCHEMA = "facevid-purge/1"
_ENOUGH = 8  # characters of an evidence id


def run(context: Context) -> int:
    """Delete one folder, or list those whose retention date has passed."""
    arguments, house = context.arguments, context.house
    if arguments.due == bool(arguments.folder) or (arguments.soon and not arguments.due):
        raise UsageError("purge_what")
    if arguments.due:
        return _list_due(context)
    check_reason(arguments.reason or "")
    house.recover()
    plan = house.purger.plan(Path(arguments.folder), house.trust(), house.evidence_roots())
    _show_plan(context, plan)
    _confirm(context, plan)
    purged = house.purger.purge(plan, arguments.reason)
    context.output.say("purge.done", id=plan.evidence_id, seal=plan.seal_sha256 or "-")
    context.output.say("purge.head", head=purged.register_head)
    context.output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "purged": _plan_member(plan, house.clock.now()),
            "purged_at": to_rfc3339(purged.at),
            "register_head": purged.register_head,
            "not_proven": context.messages.text("purge.not_proven"),
        }
    )
    return 0


def _list_due(context: Context) -> int:
    house, now = context.house, context.house.clock.now()
    roots = house.evidence_roots()
    house.library.scan(roots, context.token)
    due = list(house.library.page(LibraryQuery(deadline="retention_due"), roots, 0, -1).entries)
    due.sort(key=lambda entry: entry.review_by or now)
    context.output.say("purge.due" if due else "purge.none_due", count=len(due))
    _list(context, due)
    document: dict[str, Any] = {"schema": SCHEMA, "ok": True, "due": [_due_member(entry) for entry in due]}
    if context.arguments.soon:
        keeping = house.keeping
        sealed = (e for e in house.library.page(LibraryQuery(), roots, 0, -1).entries if e.state == "sealed")
        soon = [entry for entry in sealed if keeping.is_retention_ending(entry.review_by, now)]
        soon.sort(key=lambda entry: entry.review_by or now)
        context.output.say("purge.soon", count=len(soon), days=keeping.retention_warn_days)
        _list(context, soon)
        document["soon"] = [_due_member(entry) for entry in soon]
    context.output.document(document)
    return 0


def _list(context: Context, entries: list[LibraryEntry]) -> None:
    for entry in entries:
        context.output.line(f"  {short_time(entry.review_by)}  {plain(str(entry.path))}")


def _due_member(entry: LibraryEntry) -> dict[str, Any]:
    return {
        "folder": str(entry.path),
        "evidence_id": entry.evidence_id,
        "case_ref": entry.case_ref,
        "review_by": to_rfc3339(entry.review_by) if entry.review_by else None,
    }


def _show_plan(context: Context, plan: PurgePlan) -> None:
    output, now = context.output, context.house.clock.now()
    show_verdict(context, plan.verdict)
    if plan.review_by is None:
        output.say("purge.no_date")
    else:
        output.say("purge.date_passed" if plan.is_due(now) else "purge.date_ahead", when=short_time(plan.review_by))
    output.say("purge.covers" if plan.has_sidecar else "purge.covers_folder")
    if plan.exports:
        output.say("purge.exports", count=len(plan.exports))
    for export in plan.exports:
        known = " · ".join(filter(None, (export.at, export.operator, export.recipient, export.file, export.sha256)))
        output.line(f"  {plain(known)}")
    if plan.copies:
        output.say("purge.copies", count=len(plan.copies))
    for path in plan.copies:
        output.line(f"  {plain(str(path))}")
    output.say("purge.not_proven")


def _confirm(context: Context, plan: PurgePlan) -> None:
    """Let the user type the evidence id; `UsageError` when it is another, or when nobody can be asked."""
    if context.arguments.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("purge_unconfirmed")
    context.output.note("purge.type_id", id=plan.evidence_id, count=_ENOUGH)
    typed = sys.stdin.readline().strip().lower()
    if len(typed) < _ENOUGH or not plan.evidence_id.startswith(typed):
        raise UsageError("purge_other_id")


def _plan_member(plan: PurgePlan, now: datetime) -> dict[str, Any]:
    return {
        "folder": str(plan.folder),
        "evidence_id": plan.evidence_id,
        "seal_sha256": plan.seal_sha256,
        "verdict": str(plan.verdict.verdict),
        "reasons": [{"code": r.code, "path": r.path, "detail": r.detail} for r in plan.verdict.reasons],
        "review_by": to_rfc3339(plan.review_by) if plan.review_by else None,
        "due": plan.is_due(now),
        "exports": [dict(vars(export)) for export in plan.exports],
        "copies": [str(path) for path in plan.copies],
    }
