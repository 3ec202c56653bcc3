"""Review: from a folder to what is shown, a fresh capture and old evidence through the same door (floor 1).

What enters: a capture of the store, or an evidence folder and what to trust. What leaves: a `Reviewed`, and on
demand the bytes of its media and its answers as a tree. Never the network. Verify comes first; and because a
folder can change after it was verified, every byte that is understood or shown later is hashed from the very
buffer that was read, and that hash leads to the seal that was checked: seal, tag manifest, manifest, file.
"""

from __future__ import annotations

import errno
import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from facevid_gui.captures.records import record_of
from facevid_gui.captures.store import CAPTURE_FILE
from facevid_gui.core.capture import CaptureRecord
from facevid_gui.core.clock import from_rfc3339
from facevid_gui.core.errors import SubjectError, UsageError
from facevid_gui.core.verdict import FolderVerdict, Reason, Verdict
from facevid_gui.evidence import bag
from facevid_gui.evidence.answer_tree import AnswerTree, answer_tree
from facevid_gui.evidence.reading import DATA, FolderReader
from facevid_gui.files import disk_errors, read_limited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.captures.store import CaptureEntry
    from facevid_gui.core.capture import Derived
    from facevid_gui.core.record import MediaItem, Record
    from facevid_gui.evidence.verify import Trust

MAX_MEDIA_BYTES = 400 * 1024 * 1024
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR})
_NOT_A_FILE = frozenset({errno.ELOOP, errno.EINVAL, errno.ENXIO, errno.EISDIR})
_NO_CHAIN = frozenset({"custody_missing", "custody_changed", "custody_malformed"})


class UnreadableFolderError(SubjectError):
    """An evidence folder without a readable record; `verdict` says what is wrong with it."""

    def __init__(self, verdict: FolderVerdict) -> None:
        super().__init__("folder_unreadable", path=verdict.folder)
        self.verdict = verdict


@dataclass(frozen=True)
class ReviewedEvent:
    """A custody event as it can be shown; `event` is one of `custody.EVENTS`, `detail` whatever it says besides."""

    seq: int
    event: str
    at: datetime
    operator: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Reviewed:
    """A folder as it was read. `data` is the folder that holds `capture.json`; paths of media are relative to it.

    `verdict` is None for an unsaved capture, `custody` holds the events as far as they can be read. What is read
    later must fit `listed`, the sealed manifest, and `read`, the hashes of what the record was made of. Where it was
    made of the bytes on their way to the folder, `is_read_back` is false.
    """

    folder: Path
    data: Path
    capture: CaptureRecord
    record: Record
    verdict: FolderVerdict | None
    custody: tuple[ReviewedEvent, ...]
    listed: Mapping[str, str] = field(default_factory=dict, repr=False)
    read: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    is_read_back: bool = True

    @property
    def is_sealed(self) -> bool:
        """Whether this is an evidence folder, verified or not."""
        return self.verdict is not None


def open_capture(entry: CaptureEntry) -> Reviewed:
    """Read a complete capture.

    Raises `SubjectError` capture_interrupted for any other, capture_changed when its record or answer is not
    what was received; `UsageError` capture_unknown when it is gone.
    """
    if entry.state != "complete":
        raise SubjectError("capture_interrupted", id=entry.evidence_id)
    if not entry.path.is_dir():  # sealed or discarded meanwhile
        raise UsageError("capture_unknown", id=entry.evidence_id)
    reader = FolderReader(entry.path)
    with disk_errors(entry.path):
        try:
            capture = reader.capture()
        except (OSError, ValueError) as error:
            raise SubjectError("capture_changed", path=entry.path / CAPTURE_FILE) from error
        record = record_of(capture, reader)
        read = reader.hashes()
    noted = {exchange.path: exchange.sha256 for exchange in capture.exchanges if exchange.path}
    changed = [path for path, digest in read.items() if path in noted and noted[path] != digest]
    if changed or capture.evidence_id != entry.evidence_id:
        raise SubjectError("capture_changed", path=entry.path / (changed or [CAPTURE_FILE])[0])
    return Reviewed(entry.path, entry.path, capture, record, None, (), read=read)


def just_received(folder: Path, capture: CaptureRecord, record: Record) -> Reviewed:
    """A capture as it was written a moment ago, its record made of the very bytes that were hashed and written.

    Its media are read from the folder and checked like any others. `open_capture` reads it back.
    """
    capture = CaptureRecord.from_bytes(capture.to_bytes())  # its times as they stand there
    noted = {exchange.path: exchange.sha256 for exchange in capture.exchanges if exchange.path}
    return Reviewed(folder, folder, capture, record, None, (), read=noted, is_read_back=False)


def open_evidence(folder: Path, trust: Trust) -> Reviewed:
    """Verify an evidence folder, then read it; a broken one is read, too, as far as it can be.

    Raises `UnreadableFolderError` when there is no record to show. What changes while the folder is opened
    makes it `altered`, whatever it was a moment before.
    """
    from facevid_gui.evidence.verify import verify_folder  # cryptography: a library is listed without

    verdict = verify_folder(folder, trust)
    if verdict.verdict is Verdict.UNREADABLE:
        raise UnreadableFolderError(verdict)
    reader = FolderReader(folder, DATA)
    with disk_errors(folder):
        try:
            capture = reader.capture()
        except (OSError, ValueError) as error:
            raise UnreadableFolderError(verdict) from error
        record = record_of(capture, reader)
        read = reader.hashes()
    listed = _sealed_hashes(folder, verdict.seal_sha256)
    custody = _custody_files(folder, verdict.custody_head)
    differing = [DATA + path for path, digest in read.items() if listed.get(path) != digest]
    if not _lead_to_head(custody, verdict):
        differing.append("custody/")
    if differing and verdict.verdict is not Verdict.ALTERED:
        reasons = tuple(Reason("changed", path, "while it was opened") for path in differing)
        verdict = replace(verdict, verdict=Verdict.ALTERED, reasons=(*verdict.reasons, *reasons))
    return Reviewed(folder, folder / DATA, capture, record, verdict, tuple(_events(custody)), listed, read)


def read_media(reviewed: Reviewed, item: MediaItem) -> bytes:
    """The bytes of a clip or photo, only if their hash is the recorded one and, once sealed, the sealed one.

    Raises `SubjectError` media_missing, media_changed, media_too_large; `SurroundingsError` for the disk.
    """
    if item.path is None:
        raise SubjectError("media_missing", path=item.pointer)
    if (item.size_bytes or 0) > MAX_MEDIA_BYTES:
        raise SubjectError("media_too_large", path=item.path, limit=MAX_MEDIA_BYTES // 1024**2)
    with disk_errors(reviewed.data / item.path):
        try:
            raw = _reader_of(reviewed).read(item.path, item.size_bytes or 0)
        except ValueError as error:
            raise SubjectError("media_changed", path=item.path) from error
        except OSError as error:
            if error.errno in _NOT_THERE:
                raise SubjectError("media_missing", path=item.path) from error
            if error.errno in _NOT_A_FILE:
                raise SubjectError("media_changed", path=item.path) from error
            raise
    wanted = {item.sha256, reviewed.listed.get(item.path) if reviewed.is_sealed else item.sha256}
    if wanted != {hashlib.sha256(raw).hexdigest()}:
        raise SubjectError("media_changed", path=item.path)
    return raw


def read_written(path: Path, written: Derived) -> bytes | None:
    """The bytes of a clip or photo that was written a moment ago; None where they are not those that were written."""
    try:
        raw = read_limited(path, min(written.size_bytes, MAX_MEDIA_BYTES))
    except (OSError, ValueError):
        return None
    return raw if hashlib.sha256(raw).hexdigest() == written.sha256 else None


def raw_answers(reviewed: Reviewed) -> AnswerTree:
    """Every answer that was kept, as a tree, its media folded; empty when none was kept.

    Raises `SubjectError` answer_changed when the bytes are not those the record was made of. Other answers that are
    not what was recorded are marked.
    """
    reader = _reader_of(reviewed)
    record = reviewed.record
    with disk_errors(reviewed.data):
        tree = answer_tree(reviewed.capture, reader, (*record.clips, *record.photos))
        read = reader.hashes()
    for path, digest in read.items():
        if path in reviewed.read and digest != reviewed.read[path]:
            raise SubjectError("answer_changed", path=path)
    recorded = {exchange.path: exchange.sha256 for exchange in reviewed.capture.exchanges}
    known = reviewed.listed if reviewed.is_sealed else recorded
    answers = tree.rows[: tree.answers]
    damaged = {number for number, row in enumerate(answers) if read.get(row.path) != known.get(row.path)}
    return replace(tree, damaged=frozenset(damaged))


def custody_events(folder: Path, head: str | None) -> tuple[ReviewedEvent, ...]:
    """The custody events of a folder up to `head`, as far as they can be read."""
    return tuple(_events(_custody_files(folder, head)))


def _reader_of(reviewed: Reviewed) -> FolderReader:
    return FolderReader(reviewed.folder, DATA if reviewed.is_sealed else "")


def _sealed_hashes(folder: Path, seal_sha256: str | None) -> dict[str, str]:
    """The manifest's hashes by path below `data/`, if the lists lead to the seal that was checked; else none."""
    reader = FolderReader(folder)
    try:
        tags = reader.read(bag.TAG_MANIFEST, bag.MAX_LIST_BYTES)
        manifest = reader.read(bag.MANIFEST, bag.MAX_LIST_BYTES)
        if hashlib.sha256(tags).hexdigest() != seal_sha256:
            return {}
        if hashlib.sha256(manifest).hexdigest() != bag.read_tag_manifest(tags)[bag.MANIFEST]:
            return {}
        return {path.removeprefix(DATA): digest for path, digest in bag.read_manifest(manifest).items()}
    except (OSError, ValueError):
        return {}


def _custody_files(folder: Path, head: str | None) -> list[bytes]:
    """The custody events in order, up to the head that was checked, or to the first that is missing."""
    from facevid_gui.evidence.custody import MAX_EVENT_BYTES, MAX_EVENTS

    reader = FolderReader(folder)
    files: list[bytes] = []
    while len(files) < MAX_EVENTS and (not files or hashlib.sha256(files[-1]).hexdigest() != head):
        try:
            files.append(reader.read(f"custody/{len(files) + 1:06d}.json", MAX_EVENT_BYTES))
        except (OSError, ValueError):
            break
    return files


def _lead_to_head(files: list[bytes], verdict: FolderVerdict) -> bool:
    """Whether these are the events that were checked, hash by hash, where the check found a chain at all."""
    if any(reason.code in _NO_CHAIN for reason in verdict.reasons):
        return True
    named = [_members(raw).get("prev_sha256") for raw in files[1:]]
    hashes = [hashlib.sha256(raw).hexdigest() for raw in files]
    return hashes[-1:] == [verdict.custody_head] and named == hashes[:-1]


def _events(files: list[bytes]) -> Iterator[ReviewedEvent]:
    from facevid_gui.evidence.custody import EVENTS

    for seq, raw in enumerate(files, 1):
        data = _members(raw)
        event, operator, detail = data.get("event"), data.get("operator"), data.get("detail")
        if not (isinstance(event, str) and isinstance(operator, str) and isinstance(detail, dict)):
            return
        try:
            at = from_rfc3339(data["at"])
        except (KeyError, TypeError, ValueError):
            return
        if event not in EVENTS:
            return
        yield ReviewedEvent(seq, event, at, operator, detail)


def _members(raw: bytes) -> dict[str, Any]:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
