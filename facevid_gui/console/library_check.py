"""`facevid library verify`: the strict check of all evidence, what changed since last time first (floor 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facevid_gui.console.library import Progress, roots_of, tell_away
from facevid_gui.console.output import plain
from facevid_gui.console.verify import trust_of
from facevid_gui.core.errors import CancelledError
from facevid_gui.core.wording import reason_words
from facevid_gui.evidence.checking import Checking

if TYPE_CHECKING:
    from facevid_gui.console.context import Context
    from facevid_gui.evidence.checking import CheckedFolder, CheckingReport

SCHEMA = "facevid-library-verify/1"


def run(context: Context) -> int:
    """Check everything; 1 when something does not hold, 130 when it was stopped and can be gone on with."""
    house = context.house
    house.recover()
    roots = roots_of(context)
    checking = Checking(house.library, trust_of(context), house.clock)
    progress = Progress(context, "verify.progress")
    report = checking.run(roots, context.token, progress.tell, resume=context.arguments.resume)
    _show(context, report)
    code = max(tell_away(context, report.unreadable_roots), 1 if report.bad_count else 0)
    context.output.document(_document(report))
    if not report.finished:
        context.output.note("library.check_stopped", done=report.checked, total=report.total)
        return CancelledError.exit_code
    return code


def _show(context: Context, report: CheckingReport) -> None:
    output = context.output
    if report.changed:
        output.say("library.check_changed", count=report.changed_count)
    for folder in report.changed:
        _show_folder(context, folder)
    others = report.bad_count - sum(not folder.verified for folder in report.changed)
    if report.bad:
        output.say("library.check_bad", count=others)
    for folder in report.bad:
        _show_folder(context, folder)
    output.say("library.checked", done=report.checked, total=report.total, new=report.new)
    for name, count in sorted(report.counts.items()):
        output.line(f"  {count:7}  {context.messages.text(f'verdict.{name}')}")


def _show_folder(context: Context, folder: CheckedFolder) -> None:
    text = context.messages.text
    words = text(f"verdict.{folder.verdict}")
    if folder.before not in (None, folder.verdict):
        words = text("library.check_before", now=words, before=text(f"verdict.{folder.before}"))
    wrong = reason_words(folder.reason, context.messages)
    why = f" · {wrong}" if wrong else ""
    context.output.line(plain(f"  {'✓' if folder.verified else '✗'} {folder.folder}"))
    context.output.line(plain(f"      {words}{why}"))


def _document(report: CheckingReport) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "ok": True,
        "verified": report.verified,
        "finished": report.finished,
        "total": report.total,
        "checked": report.checked,
        "changed_count": report.changed_count,
        "bad_count": report.bad_count,
        "new_count": report.new,
        "counts": dict(report.counts),
        "changed": [_member(folder) for folder in report.changed],
        "bad": [_member(folder) for folder in report.bad],
        "unreadable_roots": [str(root) for root in report.unreadable_roots],
    }


def _member(folder: CheckedFolder) -> dict[str, Any]:
    return {
        "folder": str(folder.folder),
        "verdict": folder.verdict,
        "verified": folder.verified,
        "last_verdict": folder.before,
        "reason": folder.reason or None,
    }
