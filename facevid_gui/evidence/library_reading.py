"""What the library finds in a folder (floor 1).

What enters: the folder of a capture or of evidence. What leaves: its entry, the words it is found by, what it can be
narrowed by. Nothing is checked here: reading for a list proves nothing, and says nothing of a verdict.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from facevid_gui.captures.records import record_of
from facevid_gui.captures.store import CAPTURE_FILE
from facevid_gui.core.ids import evidence_id_of
from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.evidence.library_entry import LibraryEntry, with_capture
from facevid_gui.evidence.library_words import indexed, tails
from facevid_gui.evidence.reading import DATA, FolderReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from facevid_gui.captures.store import CaptureEntry
    from facevid_gui.core.capture import CaptureRecord
    from facevid_gui.core.record import Record

FOLDER_PREFIX = "fv-"
SIDECAR_SUFFIX = ".work"
_SERIES = ("notes", "snapshots")
_SAID = ("text", "operator")
_MAX_DOCUMENT_BYTES = 64 * 1024  # as evidence.sidecar, which loads cryptography
_MAX_DOCUMENTS = 2000


@dataclass(frozen=True)
class Stamp:
    """By what an unchanged folder is known: size and time of its `capture.json`, and the times of its sidecar."""

    size: int = -1
    mtime_ns: int = -1
    beside: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is a `capture.json` at all: without one a folder is looked into every time."""
        return self.size >= 0


@dataclass(frozen=True)
class Found:
    """What was found in one folder. `words` and `tails` are as `library_words` wants them indexed."""

    entry: LibraryEntry
    stamp: Stamp
    words: str
    tails: str
    tags: tuple[str, ...] = ()


def is_evidence_name(name: str) -> bool:
    """Whether a folder of this name is evidence, as far as the name says."""
    return name.startswith(FOLDER_PREFIX) and not name.endswith(SIDECAR_SUFFIX)


def stamp_of(folder: Path | str, inside: str, sidecar: Path | str | None) -> Stamp:
    """Look at a folder without reading anything; `sidecar` is looked at where there may be one."""
    try:
        facts = os.lstat(f"{folder}/{inside}{CAPTURE_FILE}")
    except OSError:
        return Stamp()
    if not stat.S_ISREG(facts.st_mode):
        return Stamp()
    beside = "" if sidecar is None else " ".join(_times_beside(sidecar))
    return Stamp(facts.st_size, facts.st_mtime_ns, beside)


def read_evidence(folder: Path, *, has_sidecar: bool) -> Found:
    """Read an evidence folder; one that cannot be read is found, too, as unreadable."""
    sidecar = folder.with_name(folder.name + SIDECAR_SUFFIX) if has_sidecar else None
    stamp = stamp_of(folder, DATA, sidecar)  # before it is read: what changes meanwhile is read again
    blank = LibraryEntry(folder, evidence_id_of(folder.name) or "", "sealed")
    return _read(blank, stamp, DATA, list(_said_beside(sidecar)) if sidecar else [])


def read_capture(capture: CaptureEntry) -> Found:
    """Read a capture; only complete ones are looked into."""
    blank = LibraryEntry(capture.path, capture.evidence_id, capture.state)
    if capture.state == "complete":
        return _read(blank, stamp_of(capture.path, "", None), "", [])
    if capture.record is None:
        return _found(blank, Stamp(), None, None, [])
    return _found(with_capture(blank, capture.record), Stamp(), capture.record, None, [])


def _read(blank: LibraryEntry, stamp: Stamp, inside: str, beside: list[str]) -> Found:
    reader = FolderReader(blank.path, inside)
    try:
        capture = reader.capture()
        record = record_of(capture, reader)
    except (OSError, ValueError):
        state = "unreadable"
        return _found(replace(blank, state=state), Stamp(), None, None, beside)
    entry = replace(
        with_capture(blank, capture),
        person=record.signer.name if record.signer else "",
        occurred_at=record.occurred_at,
        deadline=record.deadline,
    )
    return _found(entry, stamp, capture, record, beside)


def _found(
    entry: LibraryEntry, stamp: Stamp, capture: CaptureRecord | None, record: Record | None, beside: list[str]
) -> Found:
    ids = [entry.evidence_id, entry.flow_id, entry.sign_id, entry.order_no]
    texts: list[str | None] = [*ids, entry.kind, entry.person, entry.case_ref, entry.purpose]
    if capture is not None:
        texts += [capture.legal_basis, capture.provider.request_id, *capture.operator.values()]
    if record is not None:
        texts += _said_in(record)
    tags = dict.fromkeys(tag.tag for tag in record.risk_tags) if record else ()
    return Found(entry, stamp, indexed([*texts, *beside]), tails(ids), tuple(tags))


def _said_in(record: Record) -> Iterator[str | None]:
    """What an answer says, as it is shown: tags in both languages, since nobody knows who will search."""
    if record.signer is not None:
        yield from (record.signer.organization, record.signer.mobile)
    for question in record.questions:
        yield question.transcript
    for tag in record.risk_tags:
        yield from (tag.field, tag.tag)
        if tag.meaning_id:
            yield from (Messages(language).text(tag.meaning_id) for language in LANGUAGES)


def _times_beside(sidecar: Path | str) -> Iterator[str]:
    """When something was last put beside a folder; a link is none."""
    for series in _SERIES:
        try:
            facts = os.lstat(f"{sidecar}/{series}")
        except OSError:
            continue
        if stat.S_ISDIR(facts.st_mode):
            yield f"{series}:{facts.st_mtime_ns}"


def _said_beside(sidecar: Path) -> Iterator[str]:
    """The words of notes and snapshots, whoever signed them: the page says what each is worth."""
    reader = FolderReader(sidecar)
    for series in _SERIES:
        try:
            if not stat.S_ISDIR(os.lstat(sidecar / series).st_mode) or sidecar.is_symlink():
                continue
            with os.scandir(sidecar / series) as entries:
                names = sorted(entry.name for entry in entries if entry.name.endswith(".json"))
        except OSError:
            continue
        for name in names[:_MAX_DOCUMENTS]:
            data = _document(reader, f"{series}/{name}")
            yield from (str(data[member]) for member in _SAID if isinstance(data.get(member), str))


def _document(reader: FolderReader, path: str) -> dict[str, Any]:
    try:
        data = json.loads(reader.read(path, _MAX_DOCUMENT_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
