"""Notes and markers on a sealed record: what somebody said of it later, signed, beside the seal (floor 1).

What enters: a draft. What leaves: `notes/NNNNNN.json(.p7s)` in the sidecar, and on reading the notes with what checking
each came to. Schema `facevid-note/1`: `seq`, `at`, `operator`, `evidence_id`, `seal_sha256`, `kind` ("note", "marker",
"retraction"), `text`, `clip`, `frame` (from 0), `pts_us` (microseconds from the clip's start), `about` (the note that
this one corrects or withdraws: its `seq` and SHA-256), `prev_sha256`. Nothing is rewritten or hidden: a note that was
corrected stays readable beside the one that corrects it, and only a signed note can correct another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import from_rfc3339
from facevid_gui.core.errors import UsageError
from facevid_gui.core.exchange import capture_path
from facevid_gui.core.note import KINDS, MARKER, RETRACTION, NoteDraft, NoteRef, Spot
from facevid_gui.evidence.sidecar import SIGNED, number_of, read_documents, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.identity import Identity
    from facevid_gui.evidence.sidecar import Document, SidecarWriter

SCHEMA = "facevid-note/1"
SERIES = "notes"
MAX_TEXT = 4000  # characters
_MAX_FRAME = 10_000_000
_MAX_US = 10**15


@dataclass(frozen=True)
class Note:
    """A note as it was read; `document` says what checking it came to. Its text comes from whoever wrote the file.

    `replaced_by` is the number of the last signed note that corrects or withdraws this one.
    """

    document: Document
    kind: str
    text: str
    at: datetime
    operator: str
    spot: Spot | None
    about: NoteRef | None
    replaced_by: int | None = None
    is_withdrawn: bool = False

    @property
    def ref(self) -> NoteRef:
        """How other notes name this one."""
        return NoteRef(self.document.seq, self.document.sha256)


@dataclass(frozen=True)
class Notes:
    """All notes on a record. `unreadable` are documents without the members of a note, `gaps` runs that are missing."""

    notes: tuple[Note, ...] = ()
    unreadable: tuple[Document, ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()

    @property
    def markers(self) -> tuple[Note, ...]:
        """The signed markers that are in force: what a timeline shows."""
        in_force = (note for note in self.notes if note.replaced_by is None and note.spot is not None)
        return tuple(note for note in in_force if note.kind == MARKER and note.document.state == SIGNED)

    @property
    def is_whole(self) -> bool:
        """Whether every note is there and signed by somebody who is trusted."""
        return not self.gaps and not self.unreadable and all(note.document.state == SIGNED for note in self.notes)


def check_text(text: str) -> str:
    """The text of a note as it is signed; `UsageError` note_empty, note_too_long."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not clean:
        raise UsageError("note_empty")
    if len(clean) > MAX_TEXT:
        raise UsageError("note_too_long", length=len(clean), limit=MAX_TEXT)
    return clean


def add_note(writer: SidecarWriter, folder: Path, subject: Identity, draft: NoteDraft, signer: Signer) -> str:
    """Sign a draft and put it into the sidecar; return its name there. Raises as `check_text` and the writer do."""
    spot, about = draft.spot, draft.about
    members = {
        "kind": draft.kind,
        "text": check_text(draft.text),
        "clip": spot.clip if spot else None,
        "frame": spot.frame if spot else None,
        "pts_us": spot.pts_us if spot else None,
        "about": {"seq": about.seq, "sha256": about.sha256} if about else None,
    }
    return writer.append(folder, SERIES, SCHEMA, subject, members, signer)


def read_notes(folder: Path, subject: Identity, trusted: Collection[bytes], last: int | None = None) -> Notes:
    """Read and check the notes beside a folder, with `last` as they stood after that one.

    Raises as `read_documents`.
    """
    documents = read_documents(folder, SERIES, SCHEMA, subject, trusted, last)
    notes, unreadable = documents.parsed(_note_of)
    return Notes(tuple(_with_corrections(notes)), unreadable, documents.gaps)


def _note_of(document: Document) -> Note:
    """Read the members of a note; `KeyError`, `TypeError` or `ValueError` when they are none."""
    data = document.data
    if data["kind"] not in KINDS:
        raise ValueError("unknown kind of note")
    about = data.get("about")
    return Note(
        document,
        data["kind"],
        text_of(data["text"], 2 * MAX_TEXT),
        from_rfc3339(text_of(data["at"], 40)),
        text_of(data["operator"], 400),
        _spot_of(data),
        NoteRef(number_of(about["seq"], _MAX_FRAME), text_of(about["sha256"], 64)) if about is not None else None,
    )


def _spot_of(data: Mapping[str, Any]) -> Spot | None:
    if data.get("clip") is None:
        return None
    frame = data.get("frame")
    return Spot(
        capture_path(text_of(data["clip"], 400)),
        None if frame is None else number_of(frame, _MAX_FRAME),
        number_of(data["pts_us"], _MAX_US, least=-_MAX_US),
    )


def _with_corrections(notes: list[Note]) -> list[Note]:
    """Say of each note which later one takes its place. A note nobody trusted signed changes nothing."""
    places = {(note.document.seq, note.document.sha256): place for place, note in enumerate(notes)}
    found = list(notes)
    for later in notes:
        if later.about is None or later.document.state != SIGNED:
            continue
        place = places.get((later.about.seq, later.about.sha256))
        if place is not None and later.document.seq > later.about.seq:
            old = found[place]
            found[place] = replace(old, replaced_by=later.document.seq, is_withdrawn=later.kind == RETRACTION)
    return found
