"""`facevid stamp [FOLDER...]`: timestamps for sealed folders, by default those that wait for one (floor 4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.keys import late_signer
from facevid_gui.console.options import tsa_roots, tsa_urls
from facevid_gui.console.output import plain
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.evidence.notices import stamp_notice, unstamped_notices
from facevid_gui.evidence.timestamp import check_tsa_url

if TYPE_CHECKING:
    from facevid_gui.console.context import Context
    from facevid_gui.evidence.stamping import StampResult

SCHEMA = "facevid-stamp/1"


def run(context: Context) -> int:
    """Stamp the named folders, or the queue."""
    roots, _ = tsa_roots(context)
    urls = tuple(map(check_tsa_url, tsa_urls(context)))
    named = [Path(name) for name in context.arguments.folders]
    if named and not urls:
        raise UsageError("tsa_url_missing")
    context.house.recover()
    stamper = context.house.stamper(roots)
    signer = late_signer(context)
    if named:
        results = [stamper.stamp(folder, urls, signer, context.token) for folder in named]
    else:
        results = list(stamper.stamp_waiting(urls, signer, context.token))
    for result in results:
        _show(context, result)
    notices = [] if named else _stamp_notices(context, urls, roots)
    if not results and not notices:
        context.output.say("stamp.nothing")
    done = all(result.stamp for result in results) and all(notices)
    context.output.document({"schema": SCHEMA, "ok": done, "folders": [_member(result) for result in results]})
    return 0 if done else 3


def _stamp_notices(context: Context, urls: tuple[str, ...], roots: tuple[bytes, ...]) -> list[bool]:
    """Notes about retired keys wait for a stamp, too; whether each has one now."""
    done = []
    for path in unstamped_notices(context.house.paths.keys):
        try:
            stamp = stamp_notice(path, context.house.authorities, urls, roots, context.token)
        except (SubjectError, SurroundingsError, UsageError) as error:
            why, _ = context.messages.error(error)
            context.output.note("stamp.waits", path=path, why=plain(why))
            done.append(False)
        else:
            context.output.say("stamp.notice_done", path=path, time=to_rfc3339(stamp.time))
            done.append(True)
    return done


def _show(context: Context, result: StampResult) -> None:
    if result.stamp:
        context.output.say("stamp.done", path=result.folder, time=to_rfc3339(result.stamp.time))
    elif result.error:
        why, _ = context.messages.error(result.error)
        context.output.note("stamp.waits", path=result.folder, why=plain(why))


def _member(result: StampResult) -> dict[str, Any]:
    return {
        "folder": str(result.folder),
        "stamp_time": to_rfc3339(result.stamp.time) if result.stamp else None,
        "waiting_because": result.waiting_because,
    }
