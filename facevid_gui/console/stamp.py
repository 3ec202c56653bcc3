"""`facevid stamp [FOLDER...]`: timestamps for sealed folders, by default those that wait for one (floor 4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.options import passphrase, tsa_roots, tsa_url
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import UsageError

if TYPE_CHECKING:
    from facevid_gui.console.context import Context
    from facevid_gui.evidence.stamping import StampResult

SCHEMA = "facevid-stamp/1"


def run(context: Context) -> int:
    """Stamp the named folders, or the queue."""
    roots, _ = tsa_roots(context)
    context.house.recover()
    stamper = context.house.stamper(roots)
    url = tsa_url(context)
    named = [(Path(name), url) for name in context.arguments.folders]
    if named and not url:
        raise UsageError("tsa_url_missing")
    work = named or [(folder, url or queued) for folder, queued in stamper.waiting()]
    if not work:
        context.output.say("stamp.nothing")
        context.output.document({"schema": SCHEMA, "ok": True, "folders": []})
        return 0
    signer = context.house.keys.open(passphrase(context))
    results = [stamper.stamp(folder, where, signer, context.token) for folder, where in work]
    for result in results:
        _show(context, result)
    done = all(result.stamp for result in results)
    context.output.document({"schema": SCHEMA, "ok": done, "folders": [_member(result) for result in results]})
    return 0 if done else 3


def _show(context: Context, result: StampResult) -> None:
    if result.stamp:
        context.output.say("stamp.done", path=result.folder, time=to_rfc3339(result.stamp.time))
        return
    why, _ = context.messages.failure(result.waiting_because or "", {})
    context.output.note("seal.not_yet_stamped", why=why)


def _member(result: StampResult) -> dict[str, Any]:
    return {
        "folder": str(result.folder),
        "stamp_time": to_rfc3339(result.stamp.time) if result.stamp else None,
        "waiting_because": result.waiting_because,
    }
