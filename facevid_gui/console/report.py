"""`facevid report FOLDER -o FILE.pdf`: a record on paper (floor 4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.keys import open_key
from facevid_gui.console.output import plain
from facevid_gui.console.reasons import reason_given
from facevid_gui.console.verify import refuse_unclean, show_verdict
from facevid_gui.evidence.departure import ExportRefusedError, check_target
from facevid_gui.evidence.report import Reported, ReportRequest

if TYPE_CHECKING:
    from facevid_gui.console.context import Context

SCHEMA = "facevid-report/1"


def run(context: Context) -> int:
    """Check a folder and make its report."""
    arguments, house = context.arguments, context.house
    house.recover()
    folder, target = Path(arguments.folder), Path(arguments.output)
    check_target(folder.absolute(), target.absolute())  # said before a minute is spent
    reason = reason_given(context, "export", *(("unmask",) if arguments.unmask else ()))
    request = ReportRequest(
        folder, arguments.lang or house.messages.language, _names(arguments.sections), arguments.unmask,
        arguments.even_if_broken, arguments.as_of, house.report_mark(), reason.get("reason", ""),
    )  # fmt: skip
    try:
        draft = house.reporter.build(request, house.trust(), context.token)
        reported = house.reporter.write(draft, target, lambda: open_key(context))
    except ExportRefusedError as error:
        return refuse_unclean(context, SCHEMA, error)
    _show(context, reported)
    context.output.document(_document(reported))
    return 0


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def _show(context: Context, reported: Reported) -> None:
    output, draft = context.output, reported.draft
    if not draft.verdict.verified:
        show_verdict(context, draft.verdict)
        output.say("report.told_broken")
    output.say("report.done", path=plain(str(reported.file)), pages=draft.pages)
    output.line(f"  SHA-256 {draft.sha256}")
    if draft.noted is not None:
        output.say("report.again")
    elif reported.recorded:
        output.say("report.hash_noted", custody=draft.state.custody)
    elif draft.verdict.verified:
        output.note("export.pending")


def _document(reported: Reported) -> dict[str, Any]:
    draft = reported.draft
    return {
        "schema": SCHEMA,
        "ok": True,
        "report": str(reported.file),
        "sha256": draft.sha256,
        "pages": draft.pages,
        "language": draft.language,
        "sections": list(draft.sections),
        "folder": str(draft.request.folder),
        "evidence_id": draft.identity.evidence_id,
        "seal_sha256": draft.verdict.seal_sha256,
        "verified": draft.verdict.verified,
        "verdict": str(draft.verdict.verdict),
        "as_of": vars(draft.state),
        "export_id": reported.export_id,
        "recorded": reported.recorded,
        "repeated": draft.noted is not None,
        "unmasked": draft.unmasked,
    }
