"""`facevid verify PATH...`: the strict verdict per folder, also for those inside an exported zip (floor 4)."""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.options import tsa_roots
from facevid_gui.console.output import error_document, plain
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import SubjectError, UsageError
from facevid_gui.evidence.certificate_files import read_certificates
from facevid_gui.evidence.marks import require_marks
from facevid_gui.evidence.unpacking import ArchiveVerdicts, verify_archive
from facevid_gui.evidence.verify import Trust
from facevid_gui.evidence.verify_many import verify_folders
from facevid_gui.evidence.visiting import looks_like_package

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.console.context import Context
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.departure import ExportRefusedError

SCHEMA = "facevid-verify/1"
_TELL_EVERY_S = 2.0
_MOST_NAMES = 3


def run(context: Context) -> int:
    """Verify each folder and each archive; the highest exit code counts."""
    trust = trust_of(context)
    verdicts: list[FolderVerdict] = []
    archives: list[dict[str, Any]] = []
    paths = [(path, path.is_file()) for path in map(Path, context.arguments.paths)]
    folders = verify_folders([path for path, is_archive in paths if not is_archive], trust, context.token)
    progress = _Progress(context, len(paths))
    with closing(folders):
        for number, (path, is_archive) in enumerate(paths, 1):
            context.token.raise_if_cancelled()
            if is_archive:
                found = verify_archive(path, trust, context.house.paths.unpacked, context.token)
                archives.append({"path": str(path), "not_checked": list(found.beside)})
            else:
                found = ArchiveVerdicts((next(folders),))
            verdicts += found.verdicts
            _show_all(context, path, found)
            progress.tell(number)
    verified = all(verdict.verified for verdict in verdicts)
    context.output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "verified": verified,
            "folders": [verdict_member(verdict) for verdict in verdicts],
            "archives": archives,
        }
    )
    return 0 if verified else 1


def _show_all(context: Context, path: Path, found: ArchiveVerdicts) -> None:
    for verdict in found.verdicts:
        is_heard = not (verdict.verified or context.output.as_json)
        show_verdict(context, verdict, _advice(context, path, found) if is_heard else "")
    if found.beside:
        context.output.say("verify.beside", count=len(found.beside), names=_some(found.beside))


def _advice(context: Context, path: Path, found: ArchiveVerdicts) -> str:
    """What to do where the path itself is the mistake; "" where it is not. The verdict stays what it is."""
    if found.problem:
        is_package = found.problem != "package_no_zip" or looks_like_package(path)
        return context.messages.text(f"error.{found.problem}.next" if is_package else "verify.next.no_package")
    if not os.path.lexists(path):
        return context.messages.text("verify.next.gone")
    if path.is_dir():
        try:
            require_marks(path, context.house.evidence_roots(), context.token)
        except SubjectError as error:
            what, next_step = context.messages.error(error)
            return f"{plain(what)}\n    {next_step}"
    return ""


class _Progress:
    """How far it came, on standard error, every few seconds."""

    def __init__(self, context: Context, total: int) -> None:
        self._output = context.output
        self._total = total
        self._told_at = time.monotonic()

    def tell(self, done: int) -> None:
        if done < self._total and time.monotonic() - self._told_at >= _TELL_EVERY_S:
            self._told_at = time.monotonic()
            self._output.note("verify.progress", done=done, total=self._total)


def trust_of(context: Context) -> Trust:
    """What options, environment and this home say is to be trusted; `UsageError` for files that are none."""
    house, arguments = context.house, context.arguments
    roots, named = tsa_roots(context)
    register = Path(arguments.register) if arguments.register else house.paths.register
    if arguments.register and not register.is_file():
        raise UsageError("register_file", path=register)
    signers = read_certificates(arguments.signer) if arguments.signer else house.keys.trusted()
    return Trust(
        signers=signers,
        tsa_roots=roots,
        register=register,
        register_required=bool(arguments.register),
        stamp_required=named or arguments.require_stamp,
    )


def refuse_unclean(context: Context, schema: str, error: ExportRefusedError) -> int:
    """What goes nowhere because its check failed: say the verdict and why; return the exit code."""
    show_verdict(context, error.verdict)
    context.output.error(error)
    document = error_document(schema, error, context.messages)
    context.output.document(document | {"check": verdict_member(error.verdict)})
    return error.exit_code


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(plain(name) for name in names[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else f"{shown} …"


def _source(messages: Messages, verdict: FolderVerdict) -> str:
    return messages.text(f"source.{verdict.source or 'unknown'}")


def verdict_member(verdict: FolderVerdict) -> dict[str, Any]:
    """One item of `folders` (design section 9)."""
    signer, stamp = verdict.signer, verdict.stamp
    return {
        "folder": verdict.folder,
        "verified": verdict.verified,
        "verdict": str(verdict.verdict),
        "reasons": [{"code": r.code, "path": r.path, "detail": r.detail} for r in verdict.reasons],
        "evidence_id": verdict.evidence_id,
        "seal_sha256": verdict.seal_sha256,
        "source": verdict.source,
        "signer": {"subject": signer.subject, "sha256": signer.sha256, "trusted": signer.trusted} if signer else None,
        "stamp": {
            "time": to_rfc3339(stamp.time),
            "authority": stamp.authority,
            "delay_s": stamp.delay_s,
            "late": stamp.late,
        }
        if stamp
        else None,
        "capture_to_seal_s": verdict.capture_to_seal_s,
        "custody_head": verdict.custody_head,
        "files_checked": verdict.files_checked,
    }


def show_verdict(context: Context, verdict: FolderVerdict, next_step: str = "") -> None:
    """Print a verdict with its reasons and the next step: that of the verdict where there is no better one."""
    messages, output = context.messages, context.output
    output.line(f"{plain(verdict.folder)}")
    headline = messages.text(f"verdict.{verdict.verdict}")
    if verdict.source != "official":
        headline = messages.text("verdict.not_official", headline=headline, source=_source(messages, verdict))
    output.line(f"  {'✓' if verdict.verified else '✗'} {headline}")
    for reason in verdict.reasons:
        text = messages.text(f"reason.{reason.code}")
        detail = messages.text("verify.detail", detail=messages.detail(reason.detail)) if reason.detail else ""
        where = plain(" ".join(part for part in (reason.path, detail) if part))
        output.line(f"  - {text} {where}".rstrip())
    if verdict.signer:
        trusted = messages.text("signer.trusted" if verdict.signer.trusted else "signer.unknown")
        output.line(f"  {messages.text('label.signed_by')}: {plain(verdict.signer.subject)} · {trusted}")
        output.line(f"    SHA-256 {verdict.signer.sha256}")
    if verdict.stamp:
        output.say("verify.stamp", time=to_rfc3339(verdict.stamp.time), authority=plain(verdict.stamp.authority))
    if verdict.capture_to_seal_s is not None:
        output.say("verify.capture_to_seal", seconds=verdict.capture_to_seal_s)
    if verdict.stamp_required and verdict.stamp is None:
        output.say("verify.stamp_required")
    if not verdict.verified:
        output.line(f"  → {next_step or messages.text(f'verdict.{verdict.verdict}.next')}")
