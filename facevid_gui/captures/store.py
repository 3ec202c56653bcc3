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
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from facevid_gui.captures.body import FileBody
from facevid_gui.captures.extract import Written, extract_media
from facevid_gui.captures.records import (
    ReadAnswer,
    Scanned,
    copied_values,
    further_photos,
    latest_answer,
    open_answer,
)
from facevid_gui.captures.sink import FileSink, write_head
from facevid_gui.core.capture import MAX_CAPTURE_JSON_BYTES, CaptureRecord
from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.core.ids import is_evidence_id
from facevid_gui.core.provenance import source_of, used_custom_ca
from facevid_gui.files import (
    disk_errors,
    flush_folder,
    flush_tree,
    make_private_folder,
    read_limited,
    remove_tree,
    replace_file,
    sha256_of,
    write_new,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from facevid_gui.core.capture import Derived
    from facevid_gui.core.exchange import Exchange
    from facevid_gui.net.http import PublicRequest, ResponseHead

CAPTURE_FILE = "capture.json"
PARTIAL = ".partial-"
_DISCARDING = ".discarding-"


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
            partial = PartialCapture(self, self.root / f"{PARTIAL}{record.evidence_id}", record, lock)
            try:
                make_private_folder(partial.folder)
                partial.save()
            except BaseException:
                partial.abandon()
                raise
        return partial

    def recover(self) -> tuple[Path, ...]:
        """Promote complete partial captures, finish discarding; return what was promoted.

        One that the disk refuses stays as it is, for the next start; the others are not kept waiting.
        """
        promoted = []
        with disk_errors(self.root):
            for folder in sorted(self._folders(_DISCARDING)):
                with contextlib.suppress(OSError):
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
        """Remove a capture for good; `SubjectError` while it is still being received or promoted."""
        lock = self._lock(entry.evidence_id)
        with disk_errors(entry.path):
            try:
                lock.acquire(blocking=False)
            except Timeout as error:
                raise SubjectError("capture_receiving", id=entry.evidence_id) from error
            try:
                doomed = self.root / f"{_DISCARDING}{entry.evidence_id}"
                entry.path.rename(doomed)
                remove_tree(doomed)
            finally:
                _let_go(lock)

    def _promote(self, folder: Path) -> Path | None:
        evidence_id = folder.name.removeprefix(PARTIAL)
        lock = self._lock(evidence_id)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return None  # another process is receiving it
        try:
            record = read_capture_record(folder)
            if record is None or not _arrived(folder, record):
                return None
            return PartialCapture(self, folder, record, lock).complete()
        except SurroundingsError:
            return None
        finally:
            lock.release()

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

    def sink(self, progress: Callable[[int], None] = lambda _: None, request_stamp: bytes | None = None) -> FileSink:
        """Open the next numbered exchange; `progress` is told the bytes received so far.

        `request_stamp` is an authority's response over `request.json`, kept beside it.
        """
        return FileSink(self, self._next_folder(), progress, request_stamp)

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
        """Keep an answer that was received in memory as an exchange of its own; `trimmed` marks a reduced copy.

        Its facts are noted before its files are written, so that a crash in between leaves no file nobody recorded.
        """
        name = self._next_folder()
        unwritten = replace(facts, complete=False)
        self.note(unwritten)
        with disk_errors(self.folder):
            folder = self.folder / name
            make_private_folder(folder)
            write_new(folder / "request.json", request.to_bytes())
            if head is not None:
                write_head(folder, head)
            write_new(folder / "response-body.bin", body)
        written = replace(
            facts,
            path=f"{name}/response-body.bin",
            sha256=hashlib.sha256(body).hexdigest(),
            size_bytes=len(body),
            trimmed=trimmed,
        )
        self.update(unwritten, written)

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
        """Whether any answer to the question itself began to arrive; the signer's data alone are none."""
        return any(e.status is not None and e.path and not e.trimmed for e in self.record.exchanges)

    @property
    def is_conclusive(self) -> bool:
        """Whether what arrived can be completed: the last answer is whole, or an earlier good one is."""
        return _is_conclusive(self.record)

    def answer(self, role: str = "record", scanned: Scanned | None = None) -> ReadAnswer | None:
        """Read the answer of that role that was received last; None when there is none or it cannot be read.

        `scanned` is what its sink found in it on its way to the disk.
        """
        with disk_errors(self.folder):
            return latest_answer(self.record, self._body, role, scanned)

    def complete(self, found: ReadAnswer | None = None, first_clip: Written | None = None) -> Path:
        """Decode the media, write the final record, flush everything, rename; return the capture's path.

        `found` spares a second reading of an answer that was read a moment ago; `first_clip` is told of the answer's
        first clip while the others are still being decoded (`extract_media`).
        """
        with disk_errors(self.folder):
            self._finish_record(open_answer(self.record, self._body, found), first_clip)
            flush_tree(self.folder, flushed={self.folder / item.path for item in self.record.derived})
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
        _let_go(self._lock)

    def _finish_record(self, found: ReadAnswer | None, first_clip: Written | None) -> None:
        if (self.folder / "media").exists():
            shutil.rmtree(self.folder / "media")  # left by a crash while decoding; made again below
        for leftover in self.folder.glob(f".{CAPTURE_FILE}.*.tmp"):
            leftover.unlink()  # left by a crash while the record was written
        for folder in (self.folder / "exchanges").glob("[0-9][0-9]"):
            with contextlib.suppress(OSError):
                folder.rmdir()  # left empty by a crash before its request was noted; others stay
        record = self.record
        if found is not None and found.exchange.path is not None:
            parts = (found, further_photos(record, self._body, found))
            record = replace(
                record,
                derived=tuple(item for part in filter(None, parts) for item in self._derived(part, first_clip)),
                result=copied_values(found.answer, found.exchange.path),
                provider=replace(record.provider, request_id=found.answer.request_id),
            )
        provider = replace(
            record.provider,
            source=source_of(record.provider.kind, record.exchanges, witnessed=record.witnessed),
            custom_ca=used_custom_ca(record.exchanges),
        )
        exchanges = tuple(self._as_on_disk(exchange) for exchange in record.exchanges)
        self.record = replace(record, provider=provider, exchanges=exchanges)
        self.save()

    def _derived(self, part: ReadAnswer, first_clip: Written | None) -> tuple[Derived, ...]:
        assert part.exchange.path is not None
        return extract_media(part.body, part.answer.media, self.folder, part.exchange.path, part.steps, first_clip)

    def _as_on_disk(self, exchange: Exchange) -> Exchange:
        """A cut exchange with the hash of what is there: a crash noted none, a full disk that of its beginning."""
        if exchange.complete or exchange.path is None:
            return exchange
        try:
            digest, size = sha256_of(self.folder / exchange.path)
        except FileNotFoundError:  # a power cut took even its name
            return replace(exchange, path=None)
        return replace(exchange, sha256=digest, size_bytes=size)

    def _body(self, path: str) -> FileBody:
        return FileBody(self.folder / path)

    def _next_folder(self) -> str:
        number = 1 + sum(1 for p in (self.folder / "exchanges").glob("[0-9][0-9]"))
        return f"exchanges/{number:02d}"


def read_capture_record(folder: Path) -> CaptureRecord | None:
    """Read `capture.json` of a folder; None when it is missing or malformed."""
    try:
        return CaptureRecord.from_bytes(read_limited(folder / CAPTURE_FILE, MAX_CAPTURE_JSON_BYTES))
    except (OSError, ValueError):
        return None


def _let_go(lock: FileLock) -> None:
    lock.release()
    with contextlib.suppress(OSError):
        Path(lock.lock_file).unlink(missing_ok=True)


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
    asked = [e for e in record.exchanges if e.path and e.role == "record"]
    asked = asked or [e for e in record.exchanges if e.path and not e.trimmed]  # the flow itself was refused
    return bool(asked) and (asked[-1].complete or any(e.complete and e.status == 200 for e in asked))


def _age_key(entry: CaptureEntry) -> datetime:
    return entry.record.captured_at if entry.record else datetime.min.replace(tzinfo=UTC)
