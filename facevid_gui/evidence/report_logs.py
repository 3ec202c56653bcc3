"""The back of a report: notes, hashes, signature, custody, access log, how to check, what it does not show (floor 1).

What enters: the gathered facts. What leaves: tables on the paper. All of it up to the state the report names.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clip_words import clock_text
from facevid_gui.core.note import RETRACTION
from facevid_gui.core.wording import document_state, local_time, missing_numbers
from facevid_gui.evidence import bag
from facevid_gui.evidence.reading_page import COMMANDS, LIMITS, STAMP_COMMAND
from facevid_gui.evidence.report_facts import size_text
from facevid_gui.evidence.report_paper import Column
from facevid_gui.evidence.sidecar import SIGNED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.notes import Note
    from facevid_gui.evidence.reading_rows import Row
    from facevid_gui.evidence.report_facts import FileRow, ReportFacts
    from facevid_gui.evidence.report_paper import ReportPaper

_SIGNERS = ("collector", "holder", "witness")
_TO_FILL_IN = ("name", "function", "place_and_date", "signature")
_MORE_LIMITS = ("score", "report")


def add_notes(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """What was said of the record later, with whether it is signed."""
    text, notes = messages.text, facts.notes
    paper.paragraph(text("notes.beside"), grey=True)
    if notes.gaps:
        paper.paragraph(missing_numbers(notes.gaps, messages), bad=True)
    for document in notes.unreadable:
        paper.paragraph(f"{document.name}: {document_state('broken', document.findings, messages)}", bad=True)
    if not notes.notes:
        paper.paragraph(text("report.no_notes"))
    for note in notes.notes:
        paper.rows([_note(note, messages)])


def add_files(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """Every file of the folder with its hash and what the check says of it."""
    text = messages.text
    paper.paragraph(text("report.files.note"), grey=True)
    columns = [
        Column(text("report.file.path"), 0.33), Column("SHA-256", 0.36, fixed=True),
        Column(text("report.file.size"), 0.14), Column(text("report.file.state"), 0.17),
    ]  # fmt: skip
    paper.table(columns, (_file(row, messages) for row in facts.files))


def add_signature(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """Who signed, which stamps there are."""
    text, signer, stamp = messages.text, facts.verdict.signer, facts.verdict.stamp
    paper.rows(
        [
            (text("page.label.seal"), facts.verdict.seal_sha256),
            (text("label.signed_by"), signer.subject if signer else text("page.none")),
            (text("page.label.signer_sha256"), signer.sha256 if signer else None),
            (text("report.signer"), text("report.signer.trusted" if signer.trusted else "report.signer.stranger")
             if signer else None),
            (text("page.label.stamp"), local_time(stamp.time, messages) if stamp else text("page.none")),
            (text("report.authority"), stamp.authority if stamp else None),
            (text("report.delay"), f"{stamp.delay_s:g} s" if stamp else None),
        ]
    )  # fmt: skip
    for event in facts.history.custody:
        if event.event in ("stamped", "restamped"):
            paper.rows(_detail(event.detail, text("report.stamp_event", number=event.seq)))
    paper.paragraph(text("report.signature.note"), grey=True)


def add_custody(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """The custody events."""
    text, history = messages.text, facts.history
    paper.paragraph(text("report.custody.note", count=len(history.custody)), grey=True)
    columns = [Column(text(f"report.event.{name}"), share) for name, share in
               (("number", 0.05), ("what", 0.11), ("when", 0.37), ("who", 0.12), ("detail", 0.35))]  # fmt: skip
    paper.table(
        columns,
        (
            (str(event.seq), text(f"custody.event.{event.event}"), local_time(event.at, messages), event.operator,
             "\n".join(f"{name}: {value}" for name, value in event.detail.items()))
            for event in history.custody
        ),
        7.0,
    )  # fmt: skip
    paper.space(2)
    paper.rows([(text("page.label.custody_head"), history.custody_head)])


def add_access(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """What the access log of this workstation tells of this record."""
    text, history = messages.text, facts.history
    paper.paragraph(text("report.access.note", number=facts.state.access), grey=True)
    if not facts.access_is_whole:
        paper.paragraph(text("report.access.broken"), bad=True)
    if not history.access:
        paper.paragraph(text("report.access.none"))
        return
    columns = [Column(text(f"report.event.{name}"), share) for name, share in
               (("number", 0.06), ("what", 0.12), ("when", 0.37), ("who", 0.12), ("detail", 0.33))]  # fmt: skip
    paper.table(
        columns,
        (
            (str(line.seq), text(f"access.event.{line.event}"), local_time(line.at, messages), line.operator,
             "\n".join(f"{name}: {value}" for name, value in line.detail.items() if value))
            for line in history.access
        ),
        7.0,
    )  # fmt: skip
    paper.space(2)
    paper.rows([(text("report.access.head"), history.access_head)])


def add_verify(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """How anybody checks the folder, and this paper, without the program."""
    text = messages.text
    paper.paragraph(text("report.how"))
    has_stamp = any(row.path == f"{bag.SIGNATURE}.tsr" for row in facts.files)
    paper.fixed(COMMANDS.format(folder=shlex.quote(facts.folder.name)) + (STAMP_COMMAND if has_stamp else ""))
    paper.paragraph(text("report.how.readme", readme=f"{facts.folder.name}/{bag.README}"))
    paper.paragraph(text("page.other_systems"), grey=True)
    paper.paragraph(text("report.how.paper", custody=facts.state.custody))
    paper.fixed("sha256sum REPORT.pdf")


def add_limits(paper: ReportPaper, _facts: ReportFacts, messages: Messages) -> None:
    """What neither folder nor paper shows."""
    paper.bullets(messages.text(f"page.limit.{name}") for name in LIMITS)
    paper.bullets(messages.text(f"report.limit.{name}") for name in _MORE_LIMITS)


def add_signature_lines(paper: ReportPaper, _facts: ReportFacts, messages: Messages) -> None:
    """Where people sign by hand."""
    text = messages.text
    paper.paragraph(text("report.sign.note"), grey=True)
    paper.boxes([text(f"report.sign.{name}") for name in _SIGNERS], [text(f"sheet.{n}") for n in _TO_FILL_IN], 13)


def _note(note: Note, messages: Messages) -> Row:
    text, document = messages.text, note.document
    lines = [f"{local_time(note.at, messages)} · {note.operator}"]
    if note.spot is not None:
        where = {"clip": note.spot.clip, "time": f"{clock_text(note.spot.pts_us)} · pts {note.spot.pts_us} µs"}
        numbered = note.spot.frame is not None
        lines.append(
            text("note.spot", frame=(note.spot.frame or 0) + 1, **where) if numbered
            else text("note.spot_time", **where)
        )  # fmt: skip
    lines.append(note.text)
    if note.about is not None:
        lines.append(text("note.withdraws" if note.kind == RETRACTION else "note.about", number=note.about.seq))
    if note.replaced_by is not None:
        lines.append(text("note.withdrawn" if note.is_withdrawn else "note.replaced", number=note.replaced_by))
    state = document_state(document.state, document.findings, messages)
    lines.append(f"{'' if document.state == SIGNED else '! '}{state} · {document.signer_subject}".rstrip(" ·"))
    lines.append(f"SHA-256 {document.sha256}")
    return f"{document.seq}  {text(f'note.kind.{note.kind}')}", "\n".join(lines)


def _file(row: FileRow, messages: Messages) -> tuple[str, str, str, str]:
    if row.finding:
        state = "! " + messages.text(f"reason.{row.finding}").rstrip().removesuffix(":").removesuffix("\uff1a")
    else:
        state = messages.text(f"report.file.{_standing(row)}")
    return row.path, row.sha256 or "-", size_text(row.size_bytes, messages), state


def _standing(row: FileRow) -> str:
    """What vouches for a file that is well."""
    if row.sealed:
        return "sealed"
    kinds = {bag.TAG_MANIFEST: "seal", ".p7s": "signature", ".tsr": "timestamp", ".json": "event"}
    return next((kind for end, kind in kinds.items() if row.path.endswith(end)), "other")


def _detail(detail: Mapping[str, Any], label: str) -> Iterator[Row]:
    yield label, "\n".join(f"{name}: {value}" for name, value in detail.items())
