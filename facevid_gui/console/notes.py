"""`facevid notes FOLDER`: the notes and snapshots beside an evidence folder, each checked (floor 4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.output import plain
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.note import RETRACTION
from facevid_gui.core.wording import document_state, local_time, missing_numbers
from facevid_gui.evidence.certificate_files import read_certificates
from facevid_gui.evidence.notes import read_notes
from facevid_gui.evidence.sidecar import SIGNED, sealed_identity
from facevid_gui.evidence.snapshots import read_snapshots

if TYPE_CHECKING:
    from collections.abc import Iterable

    from facevid_gui.console.context import Context
    from facevid_gui.evidence.notes import Note
    from facevid_gui.evidence.sidecar import Document
    from facevid_gui.evidence.snapshots import Snapshot

SCHEMA = "facevid-notes/1"
_SIGNATURE = {SIGNED: "valid"}


def run(context: Context) -> int:
    """Read and check what lies beside one folder; 1 when something of it is broken, missing or a stranger's."""
    folder = Path(context.arguments.folder)
    signers = context.arguments.signer
    trusted = read_certificates(signers) if signers else context.house.keys.trusted()
    subject = sealed_identity(folder)
    notes, snapshots = read_notes(folder, subject, trusted), read_snapshots(folder, subject, trusted)
    unreadable = (*notes.unreadable, *snapshots.unreadable)
    whole = notes.is_whole and snapshots.is_whole
    if not (notes.notes or snapshots.snapshots or unreadable):
        context.output.say("notes.none")
    for note in notes.notes:
        _show_note(context, note)
    for snapshot in snapshots.snapshots:
        _show_snapshot(context, snapshot)
    for document in unreadable:
        _show_state(context, document.name, document.state, document.findings)
    for gaps in (notes.gaps, snapshots.gaps):
        if gaps:
            context.output.line(f"✗ {missing_numbers(gaps, context.messages)}")
    context.output.say("notes.beside")
    context.output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "folder": str(folder),
            "evidence_id": subject.evidence_id,
            "seal_sha256": subject.seal_sha256,
            "whole": whole,
            "notes": [_note_member(note) for note in notes.notes],
            "snapshots": [_snapshot_member(snapshot) for snapshot in snapshots.snapshots],
            "unreadable": [{"path": d.name, "findings": list(d.findings)} for d in unreadable],
            "missing": {"notes": _runs(notes.gaps), "snapshots": _runs(snapshots.gaps)},
        }
    )
    return 0 if whole else 1


def _show_note(context: Context, note: Note) -> None:
    messages, document = context.messages, note.document
    parts = [str(document.seq), messages.text(f"note.kind.{note.kind}"), local_time(note.at, messages), note.operator]
    context.output.line(plain("  ".join(parts)))
    if note.spot is not None:
        time = f"{note.spot.pts_us / 1_000_000:.3f} s"
        where = {"clip": note.spot.clip, "time": time}
        numbered = note.spot.frame is not None
        words = messages.text("note.spot", frame=(note.spot.frame or 0) + 1, **where) if numbered else ""
        context.output.line(f"    {plain(words or messages.text('note.spot_time', **where))}")
    for line in note.text.splitlines():
        context.output.line(f"    | {plain(line)}")
    if note.about is not None:
        relation = "note.withdraws" if note.kind == RETRACTION else "note.about"
        context.output.line(f"    {messages.text(relation, number=note.about.seq)}")
    if note.replaced_by is not None:
        relation = "note.withdrawn" if note.is_withdrawn else "note.replaced"
        context.output.line(f"    {messages.text(relation, number=note.replaced_by)}")
    _show_state(context, document.signer_subject, document.state, document.findings)


def _show_snapshot(context: Context, snapshot: Snapshot) -> None:
    messages = context.messages
    title = messages.text("notes.snapshot", picture=snapshot.picture)
    context.output.line(plain("  ".join([title, local_time(snapshot.at, messages), snapshot.operator])))
    time = f"{snapshot.pts_us / 1_000_000:.3f} s"
    where = messages.text("note.spot", clip=snapshot.clip, frame=snapshot.frame + 1, time=time)
    context.output.line(f"    {plain(where)}")
    _show_state(context, snapshot.document.signer_subject, snapshot.state, snapshot.findings)


def _show_state(context: Context, name: str, state: str, findings: tuple[str, ...]) -> None:
    words = document_state(state, findings, context.messages)
    context.output.line(plain(f"    {'✓' if state == SIGNED else '✗'} {words}{f' · {name}' if name else ''}"))


def _note_member(note: Note) -> dict[str, Any]:
    spot, about = note.spot, note.about
    return {
        **_document_member(note.document),
        "at": to_rfc3339(note.at),
        "operator": note.operator,
        "kind": note.kind,
        "text": note.text,
        "clip": spot.clip if spot else None,
        "frame": spot.frame if spot else None,
        "pts_us": spot.pts_us if spot else None,
        "about": {"seq": about.seq, "sha256": about.sha256} if about else None,
        "replaced_by": note.replaced_by,
        "withdrawn": note.is_withdrawn,
    }


def _snapshot_member(snapshot: Snapshot) -> dict[str, Any]:
    return {
        **_document_member(snapshot.document),
        "signature": _SIGNATURE.get(snapshot.state, snapshot.state),
        "findings": list(snapshot.findings),
        "at": to_rfc3339(snapshot.at),
        "operator": snapshot.operator,
        "picture": snapshot.picture,
        "clip": snapshot.clip,
        "frame": snapshot.frame,
        "pts_us": snapshot.pts_us,
    }


def _document_member(document: Document) -> dict[str, Any]:
    return {
        "seq": document.seq,
        "path": document.name,
        "sha256": document.sha256,
        "signature": _SIGNATURE.get(document.state, document.state),
        "findings": list(document.findings),
        "signer": {"subject": document.signer_subject, "sha256": document.signer_sha256},
    }


def _runs(gaps: Iterable[tuple[int, int]]) -> list[list[int]]:
    return [[first, last] for first, last in gaps]
