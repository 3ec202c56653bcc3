"""Captures on disk: received, complete, interrupted (floor 1).

What enters: exchanges, while they happen. What leaves: folders with exactly the layout of a bag's `data/`.
The body streams into `.partial-<id>/` from its first byte; complete captures are flushed and renamed
before anything is shown. At start, `recover` promotes the partial ones whose answer arrived whole (proved
by the hash noted when the last byte came) and leaves the rest as *interrupted*: never decoded, never
sealed, never lost.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from os import fsync
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from facevid_gui.captures.body import FileBody
from facevid_gui.captures.extract import extract_media
from facevid_gui.captures.records import ReadAnswer, copied_values, open_answer
from facevid_gui.core.capture import MAX_CAPTURE_JSON_BYTES, CaptureRecord
from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.core.ids import is_evidence_id
from facevid_gui.core.provenance import source_of, used_custom_ca
from facevid_gui.files import (
    disk_errors,
    flush_folder,
    flush_tree,
    make_private_folder,
    open_new,
    read_limited,
    remove_tree,
    replace_file,
    sha256_of,
    write_all,
    write_new,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import FileIO

    from facevid_gui.core.exchange import Exchange
    from facevid_gui.net.http import PublicRequest, ResponseHead

CAPTURE_FILE = "capture.json"
PARTIAL = ".partial-"
_DISCARDING = ".discarding-"
_FLUSH_EVERY_S = 5.0


@dataclass(frozen=True)
class CaptureEntry:
    """One capture of the store. `state` is "complete", "interrupted" or "receiving"."""

    path: Path
    evidence_id: str
    state: str
    record: CaptureRecord | None


class CaptureStore:
    """The captures of this home."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self, record: CaptureRecord) -> PartialCapture:
        """Start a capture; its folder exists, hidden, before the first request is sent."""
        with disk_errors(self.root):
            make_private_folder(self.root)
            lock = self._lock(record.evidence_id)
            lock.acquire(blocking=False)
            folder = self.root / f"{PARTIAL}{record.evidence_id}"
            make_private_folder(folder)
            partial = PartialCapture(self, folder, record, lock)
            partial.save()
        return partial

    def recover(self) -> tuple[Path, ...]:
        """Promote complete partial captures, finish discarding; return what was promoted."""
        promoted = []
        with disk_errors(self.root):
            for folder in sorted(self._folders(_DISCARDING)):
                remove_tree(folder)
            for folder in sorted(self._folders(PARTIAL)):
                path = self._promote(folder)
                if path is not None:
                    promoted.append(path)
        return tuple(promoted)

    def entries(self) -> tuple[CaptureEntry, ...]:
        """Every capture, newest first; those without a readable record last."""
        with disk_errors(self.root):
            found = [*self._complete(), *self._interrupted()]
        return tuple(sorted(found, key=_age_key, reverse=True))

    def open(self, name: str) -> CaptureEntry:
        """The capture of that id or path; `UsageError` when there is none."""
        wanted = Path(name).name.removeprefix(PARTIAL)
        for entry in self.entries():
            if entry.evidence_id == wanted:
                return entry
        raise UsageError("capture_unknown", id=name[:80])

    def discard(self, entry: CaptureEntry) -> None:
        """Remove a capture for good; `SubjectError` while it is still being received."""
        if entry.state == "receiving":
            raise SubjectError("capture_receiving", id=entry.evidence_id)
        with disk_errors(entry.path):
            doomed = self.root / f"{_DISCARDING}{entry.evidence_id}"
            entry.path.rename(doomed)
            remove_tree(doomed)
            self._lock_path(entry.evidence_id).unlink(missing_ok=True)

    def _promote(self, folder: Path) -> Path | None:
        evidence_id = folder.name.removeprefix(PARTIAL)
        lock = self._lock(evidence_id)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return None  # another process is receiving it
        record = read_capture_record(folder)
        if record is None or not _arrived(folder, record):
            lock.release()
            return None
        return PartialCapture(self, folder, record, lock).complete()

    def _complete(self) -> Iterator[CaptureEntry]:
        for folder in self._folders(""):
            if is_evidence_id(folder.name):
                yield CaptureEntry(folder, folder.name, "complete", read_capture_record(folder))

    def _interrupted(self) -> Iterator[CaptureEntry]:
        for folder in self._folders(PARTIAL):
            evidence_id = folder.name.removeprefix(PARTIAL)
            state = "receiving" if self._is_locked(evidence_id) else "interrupted"
            yield CaptureEntry(folder, evidence_id, state, read_capture_record(folder))

    def _folders(self, prefix: str) -> list[Path]:
        if not self.root.is_dir():
            return []
        return [p for p in self.root.iterdir() if p.name.startswith(prefix) and p.is_dir() and not p.is_symlink()]

    def _is_locked(self, evidence_id: str) -> bool:
        lock = self._lock(evidence_id)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return True
        lock.release()
        return False

    def _lock(self, evidence_id: str) -> FileLock:
        return FileLock(self._lock_path(evidence_id), mode=0o600)

    def _lock_path(self, evidence_id: str) -> Path:
        return self.root / f"{PARTIAL}{evidence_id}.lock"


class PartialCapture:
    """A capture being received. Its record on disk always says how far it came."""

    def __init__(self, store: CaptureStore, folder: Path, record: CaptureRecord, lock: FileLock) -> None:
        self._store = store
        self._lock = lock
        self.folder = folder
        self.record = record

    def sink(self, progress: Callable[[int], None] = lambda _: None) -> FileSink:
        """Open the next numbered exchange; `progress` is told the bytes received so far."""
        return FileSink(self, self._next_folder(), progress)

    def note(self, *exchanges: Exchange) -> None:
        """Record exchanges of which nothing may be written but their facts (tokens, tickets)."""
        self.record = replace(self.record, exchanges=(*self.record.exchanges, *exchanges))
        self.save()

    def keep(
        self,
        request: PublicRequest,
        head: ResponseHead | None,
        facts: Exchange,
        body: bytes,
        *,
        trimmed: bool,
    ) -> None:
        """Keep an answer that was received in memory as an exchange of its own; `trimmed` marks a reduced copy."""
        name = self._next_folder()
        with disk_errors(self.folder):
            folder = self.folder / name
            make_private_folder(folder)
            write_new(folder / "request.json", request.to_bytes())
            if head is not None:
                _write_head(folder, head)
            write_new(folder / "response-body.bin", body)
        self.note(
            replace(
                facts,
                path=f"{name}/response-body.bin",
                sha256=hashlib.sha256(body).hexdigest(),
                size_bytes=len(body),
                trimmed=trimmed,
            )
        )

    def update(self, old: Exchange | None, new: Exchange) -> None:
        """Replace the facts of an exchange in the record, or add them."""
        kept = [e for e in self.record.exchanges if e is not old]
        self.record = replace(self.record, exchanges=(*kept, new))
        self.save()

    def save(self) -> None:
        """Write the record as it stands, in one step."""
        with disk_errors(self.folder):
            replace_file(self.folder / CAPTURE_FILE, self.record.to_bytes())

    @property
    def received_anything(self) -> bool:
        """Whether any answer to the question itself began to arrive."""
        return any(e.status is not None and e.path for e in self.record.exchanges)

    @property
    def is_conclusive(self) -> bool:
        """Whether what arrived can be completed: the last answer is whole, or an earlier good one is."""
        return _is_conclusive(self.record)

    def answer(self) -> ReadAnswer | None:
        """Read the answer received so far; None when there is none or it cannot be read."""
        with disk_errors(self.folder):
            return open_answer(self.record, lambda path: FileBody(self.folder / path))

    def complete(self, found: ReadAnswer | None = None) -> Path:
        """Decode the media, write the final record, flush everything, rename; return the capture's path.

        `found` spares a second reading of an answer that was read a moment ago.
        """
        with disk_errors(self.folder):
            self._finish_record(found or self.answer())
            flush_tree(self.folder)
            target = self._store.root / self.record.evidence_id
            self.folder.rename(target)
            flush_folder(self._store.root)
        self.folder = target
        self.close()
        return target

    def abandon(self) -> None:
        """Remove a capture for which nothing was received."""
        with disk_errors(self.folder):
            remove_tree(self.folder)
        self.close()

    def close(self) -> None:
        """Let go of the capture; what is on disk stays as it is."""
        self._lock.release()
        with contextlib.suppress(OSError):
            Path(self._lock.lock_file).unlink(missing_ok=True)

    def _finish_record(self, found: ReadAnswer | None) -> None:
        if (self.folder / "media").exists():
            shutil.rmtree(self.folder / "media")  # left by a crash while decoding; made again below
        record = self.record
        if found is not None and found.exchange.path is not None:
            source = found.exchange.path
            record = replace(
                record,
                derived=extract_media(found.body, found.answer.media, self.folder, source, found.steps),
                result=copied_values(found.answer, source),
                provider=replace(record.provider, request_id=found.answer.request_id),
            )
        provider = replace(
            record.provider,
            source=source_of(record.provider.kind, record.exchanges, witnessed=record.witnessed),
            custom_ca=used_custom_ca(record.exchanges),
        )
        self.record = replace(record, provider=provider)
        self.save()

    def _next_folder(self) -> str:
        number = 1 + sum(1 for p in (self.folder / "exchanges").glob("[0-9][0-9]"))
        return f"exchanges/{number:02d}"


class FileSink:
    """Streams one exchange into its folder, hashing on the way."""

    def __init__(self, partial: PartialCapture, name: str, progress: Callable[[int], None]) -> None:
        self._partial = partial
        self._progress = progress
        self._name = name
        self._folder = partial.folder / name
        self._digest = hashlib.sha256()
        self._size = 0
        self._file: FileIO | None = None
        self._facts: Exchange | None = None
        self._flushed_at = time.monotonic()
        self.head: ResponseHead | None = None

    def started(self, request: PublicRequest, facts: Exchange) -> None:
        """Make the folder, keep the request."""
        with disk_errors(self._folder):
            make_private_folder(self._folder)
            write_new(self._folder / "request.json", request.to_bytes())
        self._note(facts)

    def responded(self, head: ResponseHead, facts: Exchange) -> None:
        """Keep the headers and the certificates, open the body."""
        self.head = head
        with disk_errors(self._folder):
            _write_head(self._folder, head)
            self._file = open_new(self._folder / "response-body.bin")
        self._note(replace(facts, path=f"{self._name}/response-body.bin"))

    def received(self, piece: bytes) -> None:
        """Write and hash the next bytes; flush every few seconds, for a slow answer and a power cut."""
        assert self._file is not None
        with disk_errors(self._folder):
            write_all(self._file, piece)
            if time.monotonic() - self._flushed_at > _FLUSH_EVERY_S:
                fsync(self._file.fileno())
                self._flushed_at = time.monotonic()
        self._digest.update(piece)
        self._size += len(piece)
        self._progress(self._size)

    def ended(self, facts: Exchange) -> None:
        """Note hash and size first, then flush: a crash in between is recognised by the hash."""
        if self._file is None:
            self._finish(facts)
            return
        self._finish(
            replace(
                facts,
                path=f"{self._name}/response-body.bin",
                sha256=self._digest.hexdigest(),
                size_bytes=self._size,
            )
        )
        with disk_errors(self._folder), self._file:
            fsync(self._file.fileno())

    def _finish(self, facts: Exchange) -> None:
        try:
            self._note(facts)
        except SurroundingsError:
            if facts.complete:
                raise  # otherwise the first failure is the one to tell

    def _note(self, facts: Exchange) -> None:
        self._partial.update(self._facts, facts)
        self._facts = facts


def read_capture_record(folder: Path) -> CaptureRecord | None:
    """Read `capture.json` of a folder; None when it is missing or malformed."""
    try:
        return CaptureRecord.from_bytes(read_limited(folder / CAPTURE_FILE, MAX_CAPTURE_JSON_BYTES))
    except (OSError, ValueError):
        return None


def pem_of(chain: tuple[bytes, ...]) -> bytes:
    """Write certificates (DER) as PEM, RFC 7468."""
    import ssl

    return "".join(ssl.DER_cert_to_PEM_cert(der) for der in chain).encode("ascii")


def _write_head(folder: Path, head: ResponseHead) -> None:
    write_new(folder / "response-headers.txt", head.to_bytes())
    if head.tls_chain:
        write_new(folder / "tls-chain.pem", pem_of(head.tls_chain))


def _arrived(folder: Path, record: CaptureRecord) -> bool:
    """Whether the last question was answered whole: the noted hash still fits the bytes on disk."""
    if not _is_conclusive(record):
        return False
    whole = (e for e in record.exchanges if e.complete and e.path)
    try:
        return all(sha256_of(folder / str(e.path))[0] == e.sha256 for e in whole)
    except OSError:
        return False


def _is_conclusive(record: CaptureRecord) -> bool:
    asked = [e for e in record.exchanges if e.role == "record"] or list(record.exchanges)
    asked = [e for e in asked if e.path]
    return bool(asked) and (asked[-1].complete or any(e.complete and e.status == 200 for e in asked))


def _age_key(entry: CaptureEntry) -> datetime:
    return entry.record.captured_at if entry.record else datetime.min.replace(tzinfo=UTC)
