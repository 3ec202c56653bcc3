"""`facevid library list|search|reindex`: the library without a window (floor 4)."""

from __future__ import annotations

import base64
import binascii
import os
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.output import plain
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import UsageError
from facevid_gui.core.masking import mask_name
from facevid_gui.core.wording import short_time
from facevid_gui.evidence.library_query import LibraryQuery
from facevid_gui.evidence.library_rows import GOOD_VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.console.context import Context
    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.evidence.library_query import LibraryPage

SCHEMA = "facevid-library/1"
MOST_AT_ONCE = 10_000
_TELL_EVERY_S = 2.0


class Progress:
    """How far it came, on standard error, every few seconds."""

    def __init__(self, context: Context, message_id: str) -> None:
        self._output = context.output
        self._message_id = message_id
        self._told_at = time.monotonic()

    def tell(self, done: int, total: int) -> None:
        """Say it when it is time to."""
        if done < total and time.monotonic() - self._told_at >= _TELL_EVERY_S:
            self._told_at = time.monotonic()
            self._output.note(self._message_id, done=done, total=total)


def run_list(context: Context) -> int:
    """List what the library holds, narrowed by options or words."""
    arguments, house = context.arguments, context.house
    query, limit = _query(context), arguments.limit
    if not 1 <= limit <= MOST_AT_ONCE:
        raise UsageError("option_value", option="--limit", value=limit)
    place = _place(arguments.after) if arguments.after else None
    house.recover()
    roots = roots_of(context)
    report = house.library.scan(roots, context.token, Progress(context, "library.scanning").tell)
    offset = house.library.position_after(query, roots, place[1], place[0]) if place else 0
    page = house.library.page(query, roots, offset, limit)
    if arguments.unmask:
        for entry in page.entries:
            if entry.person:
                house.access_log.add("unmasked", entry.evidence_id, command="library")
    code = tell_away(context, report.unreadable_roots)
    context.output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "total": page.total,
            "next": _next(page),
            "records": [_member(entry, unmask=arguments.unmask) for entry in page.entries],
            "unreadable_roots": [str(root) for root in report.unreadable_roots],
        }
    )
    _show(context, page)
    return code


def run_reindex(context: Context) -> int:
    """Throw the index away and read every folder again."""
    house = context.house
    house.recover()
    roots = roots_of(context)
    report = house.library.reindex(roots, context.token, Progress(context, "library.scanning").tell)
    unreadable = house.library.unreadable(roots)
    context.output.say("library.reindexed", count=report.seen)
    for folder in unreadable:
        context.output.line(f"✗ {plain(str(folder))}: {context.messages.text('library.unreadable')}")
    code = tell_away(context, report.unreadable_roots)
    context.output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "total": report.seen,
            "unreadable": [str(folder) for folder in unreadable],
            "unreadable_roots": [str(root) for root in report.unreadable_roots],
        }
    )
    return code


def roots_of(context: Context) -> tuple[Path, ...]:
    """The roots that were named, else all that are known."""
    named = context.arguments.evidence_root
    if not named:
        return context.house.evidence_roots()
    return tuple(dict.fromkeys(Path(name).expanduser().absolute() for name in named))


def tell_away(context: Context, roots: Sequence[Path]) -> int:
    """Name the roots that could not be read; the exit code: 3 when one of them had been asked for by name.

    The root of a new home, which nothing was saved to yet, is no trouble.
    """
    named = bool(context.arguments.evidence_root)
    for root in roots:
        if named or root != context.house.paths.default_evidence_root:
            context.output.note("library.root_away", path=plain(str(root)))
    return 3 if named and roots else 0


def _query(context: Context) -> LibraryQuery:
    arguments = context.arguments
    return LibraryQuery(
        text=" ".join(getattr(arguments, "text", ())),
        kinds=tuple(arguments.kind or ()),
        section=arguments.section or "",
        verdict=arguments.last_verdict or "",
        case_ref=arguments.case or "",
        operator=arguments.operator or "",
        tag=arguments.tag or "",
        since=_day("--since", arguments.since),
        until=_day("--until", arguments.until),
        deadline=arguments.deadline or "",
        order="case" if arguments.by_case else "time",
    )


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("option_value", option=option, value=text) from error


def _next(page: LibraryPage) -> str | None:
    """Where the list goes on: its offset and, since something may come in above, the last folder of this page."""
    end = page.offset + len(page.entries)
    if end >= page.total or not page.entries:
        return None
    raw = str(end).encode() + b":" + os.fsencode(page.entries[-1].path)
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _place(token: str) -> tuple[int, Path]:
    """Offset and folder of a token; `UsageError` when it is none."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        offset, found, path = raw.partition(b":")
        if not found or not offset.isdigit() or b"\0" in path:
            raise ValueError("no token")
        return int(offset), Path(os.fsdecode(path))
    except (ValueError, binascii.Error) as error:
        raise UsageError("option_value", option="--after", value=token[:40]) from error


def _member(entry: LibraryEntry, *, unmask: bool) -> dict[str, Any]:
    return {
        "folder": str(entry.path),
        "evidence_id": entry.evidence_id,
        "state": entry.state,
        "kind": entry.kind or None,
        "flow_id": entry.flow_id,
        "sign_id": entry.sign_id,
        "order_no": entry.order_no,
        "person": (entry.person if unmask else mask_name(entry.person)) or None,
        "case_ref": entry.case_ref,
        "purpose": entry.purpose,
        "captured_at": to_rfc3339(entry.captured_at) if entry.captured_at else None,
        "sealed_at": to_rfc3339(entry.sealed_at) if entry.sealed_at else None,
        "review_by": to_rfc3339(entry.review_by) if entry.review_by else None,
        "last_verdict": entry.last_verdict,
        "last_verified_at": to_rfc3339(entry.last_verified_at) if entry.last_verified_at else None,
    }


def _show(context: Context, page: LibraryPage) -> None:
    messages, output = context.messages, context.output
    if not page.total:
        output.say("library.none")
        return
    output.say("library.found", count=page.total)
    for entry in page.entries:
        person = entry.person if context.arguments.unmask else mask_name(entry.person)
        kind = messages.text(f"library.kind.{entry.kind}") if entry.kind else "-"
        subject = entry.order_no or entry.flow_id or entry.evidence_id
        case = messages.text("library.case", case=entry.case_ref) if entry.case_ref else ""
        parts = [short_time(entry.captured_at), kind, subject, person, case]
        output.line(plain("  ".join(filter(None, parts))))
        output.line(f"    {_state(context, entry)} · {plain(str(entry.path))}")
    token = _next(page)
    if token is not None:
        output.say("library.more", count=page.total - page.offset - len(page.entries), token=token)


def _state(context: Context, entry: LibraryEntry) -> str:
    """What is known of an entry; of evidence, what its last check came to, and when."""
    text, last = context.messages.text, entry.last_verdict
    if entry.state == "unreadable":
        return text("library.unreadable")
    if entry.state != "sealed":
        return text(f"capture.state.{entry.state}")
    if last is None:
        return text("library.never_verified")
    name = "good" if last in GOOD_VERDICTS else last
    return text(f"library.last.{name}", when=short_time(entry.last_verified_at))
