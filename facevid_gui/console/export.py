"""`facevid export FOLDER -o FILE.zip`: a package for somebody else (floor 4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.keys import open_key
from facevid_gui.console.output import plain
from facevid_gui.console.reasons import reason_given
from facevid_gui.console.verify import refuse_unclean, show_verdict
from facevid_gui.evidence.departure import ExportRefusedError
from facevid_gui.evidence.export import Exported, ExportRequest

if TYPE_CHECKING:
    from facevid_gui.console.context import Context

SCHEMA = "facevid-export/1"


def run(context: Context) -> int:
    """Verify a folder and pack it."""
    arguments, house = context.arguments, context.house
    reason = reason_given(context, "export", *(("unmask",) if arguments.unmask else ()))
    house.recover()
    request = ExportRequest(
        Path(arguments.folder), Path(arguments.output), (arguments.to or "").strip(), arguments.unmask,
        arguments.even_if_broken, reason.get("reason", ""),
    )  # fmt: skip
    try:
        exported = house.exporter.export(request, house.trust(), lambda: open_key(context), context.token)
    except ExportRefusedError as error:
        return refuse_unclean(context, SCHEMA, error)
    _show(context, exported)
    context.output.document(_document(exported, unmasked=arguments.unmask))
    return 0


def _show(context: Context, exported: Exported) -> None:
    output = context.output
    if not exported.verdict.verified:
        show_verdict(context, exported.verdict)
        output.say("export.broken")
    output.say("export.done", path=plain(str(exported.package)), files=exported.files, size=exported.size_bytes)
    output.line(f"  SHA-256 {exported.sha256}")
    output.say("export.hash_elsewhere")
    if exported.verdict.verified and not exported.recorded:
        output.note("export.pending")
    if exported.left_out:
        output.note("export.left_out", count=len(exported.left_out))
        for path in exported.left_out:
            output.note("export.left_out_one", path=plain(path))


def _document(exported: Exported, *, unmasked: bool) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "ok": True,
        "package": str(exported.package),
        "sha256": exported.sha256,
        "size_bytes": exported.size_bytes,
        "files": exported.files,
        "export_id": exported.export_id,
        "evidence_id": exported.evidence_id,
        "seal_sha256": exported.verdict.seal_sha256,
        "verified": exported.verdict.verified,
        "verdict": str(exported.verdict.verdict),
        "recorded": exported.recorded,
        "unmasked": unmasked,
        "left_out": list(exported.left_out),
    }
