"""Adding a custody event to a sealed folder (floor 1).

What enters: a folder, an event, perhaps the timestamp it tells of. What leaves: new files in `custody/`
(and `signatures/`), and a register line naming the new head, written first. Files appear by exclusive
creation, one writer of this home at a time; a journal entry lets the next start finish what a crash
interrupted. Where the medium refuses, the register keeps the event as `pending` and the caller's action
proceeds with a notice (design section 6).

Two workstations may share a folder. They have no lock in common, only exclusive creation: who comes second
takes back what it had begun, says so in its register (`pending` withdraws the head it had registered), and
takes the next number. An event of another workstation that is not whole yet is never built upon: its bytes may
still change, and with them the chain.
"""

from __future__ import annotations

import base64
import hashlib
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.core.capture import MAX_CAPTURE_JSON_BYTES, CaptureRecord
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.evidence import bag
from facevid_gui.evidence.chains import check_time
from facevid_gui.evidence.cms import MAX_SIGNATURE_BYTES
from facevid_gui.evidence.custody import MAX_EVENT_BYTES, MAX_EVENTS, CustodyEvent, is_whole, make_event
from facevid_gui.files import disk_errors, flush_folder, read_limited, set_mode, write_new

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from facevid_gui.core.clock import Clock
    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.register import Register
    from facevid_gui.evidence.timestamp import Stamp

_PREFIX = "custody-"
_PATIENCE_S = 30.0
_MAX_STAMPS = 99
_ATTEMPTS = 20
_PAUSE_S = 0.05


class _UnfinishedError(Exception):
    """The last event of the folder is not whole: another workstation is writing it, or crashed there."""


class _FullError(Exception):
    """The folder has as many events as a reader accepts: one more would make it unreadable."""


@dataclass(frozen=True)
class _Addition:
    """What one append adds to a folder: path to bytes, in the order in which they are written."""

    event: str
    head: str
    files: Mapping[str, bytes]
    stamp: Stamp | None = None


class CustodyWriter:
    """Writes custody events for this home."""

    def __init__(self, register: Register, journal: Journal, clock: Clock, operator: str) -> None:
        self._register = register
        self._journal = journal
        self._clock = clock
        self._operator = operator

    def append(self, folder: Path, event: str, detail: Mapping[str, Any], signer: Signer) -> bool:
        """Add an event; False when the folder takes none now and the register keeps it as pending.

        Raises `SubjectError` not_evidence when the folder has no custody log to add to, `SurroundingsError`
        for the disk, and signer_expired while the clock stands outside the certificate's time.
        """

        def build() -> _Addition:
            made = self._make(folder, event, detail, signer)
            return _Addition(event, made.sha256, _files_of(made))

        return self._add(folder, event, build, signer)

    def append_stamp(self, folder: Path, response: bytes, stamp: Stamp, signer: Signer) -> bool:
        """Add an authority's response and the event that names its hash; returns and raises as `append`."""

        def build() -> _Addition:
            name = _free_stamp_name(folder)
            detail = {
                "tsr": name,
                "tsr_sha256": hashlib.sha256(response).hexdigest(),
                "stamp_time": to_rfc3339(stamp.time),
                "authority": stamp.authority,
            }
            made = self._make(folder, "stamped", detail, signer)
            return _Addition("stamped", made.sha256, {name: response, **_files_of(made)}, stamp)

        return self._add(folder, "stamped", build, signer)

    def accepts(self, folder: Path) -> bool:
        """Whether the folder's medium takes new files; raises as `append`."""
        evidence_id, _ = _identity(folder)
        with self._at_work(folder, evidence_id, _PATIENCE_S):
            name = f"{_PREFIX}{evidence_id}-probe"
            self._journal.write(name, _intent(folder, "", "", {}))  # a crash may leave the probe behind
            accepted = _is_writable(folder)
            self._journal.done(name)
        return accepted

    def recover(self) -> None:
        """Finish events that a crash interrupted after their register line, drop those before it.

        What cannot be finished now (the medium is away, full, read-only) stays in the journal.
        """
        for name, intent in list(self._journal.pending(_PREFIX)):
            evidence_id = name.removeprefix(_PREFIX)[:32]
            with suppress(SurroundingsError), self._at_work(_folder_of(intent), evidence_id, patience_s=0):
                self._finish(name, intent, evidence_id)

    @contextmanager
    def _at_work(self, folder: Path, evidence_id: str, patience_s: float) -> Iterator[None]:
        """One writer of this home at a time, and the disk's refusals with a sentence."""
        with disk_errors(folder), self._journal.lock(f"{_PREFIX}{evidence_id}", patience_s):
            yield

    def _finish(self, name: str, intent: Mapping[str, Any], evidence_id: str) -> None:
        folder = _folder_of(intent)
        if not folder.is_dir() or not _is_writable(folder):
            return
        head = str(intent.get("head"))
        if head in self._register.view(evidence_id).heads:
            try:
                _put(folder, _decode(intent["files"]), heal=True)
            except FileExistsError:  # another workstation took the number
                self._note_pending(folder, str(intent.get("event", "")), head)
        self._journal.done(name)

    def _add(self, folder: Path, event: str, build: Callable[[], _Addition], signer: Signer) -> bool:
        evidence_id, _ = _identity(folder)
        with self._at_work(folder, evidence_id, _PATIENCE_S):
            for name, intent in list(self._journal.pending(f"{_PREFIX}{evidence_id}")):
                self._finish(name, intent, evidence_id)
            for _ in range(_ATTEMPTS):
                with suppress(_UnfinishedError):
                    try:
                        accepted = self._try(folder, build(), signer)
                    except _FullError:
                        break
                    if accepted is not None:
                        return accepted
                time.sleep(_PAUSE_S)  # another workstation is at work in the folder
            self._note_pending(folder, event, "")
        return False

    def _try(self, folder: Path, added: _Addition, signer: Signer) -> bool | None:
        """Add what was built; False when the medium refuses, None when another workstation took the number."""
        evidence_id, seal_sha256 = _identity(folder)
        name = f"{_PREFIX}{evidence_id}-{added.head[:16]}"
        self._journal.write(name, _intent(folder, added.event, added.head, added.files))
        accepted: bool | None = _is_writable(folder)
        if accepted:
            self._register.add(
                "stamped" if added.event == "stamped" else "custody",
                evidence_id=evidence_id,
                seal_sha256=seal_sha256,
                custody_head=added.head,
                signer_sha256=hashlib.sha256(signer.certificate_der).hexdigest(),
                stamp_time=added.stamp.time if added.stamp else None,
            )
            try:
                _put(folder, added.files)
            except FileExistsError:
                accepted = None
        if not accepted:
            self._note_pending(folder, added.event, added.head)
        self._journal.done(name)
        return accepted

    def _note_pending(self, folder: Path, event: str, head: str) -> None:
        """The event is not in the folder; the register keeps that it was to be, and withdraws its head."""
        evidence_id, seal_sha256 = _identity(folder)
        detail = {"event": event, "head": head} if head else {"event": event}
        self._register.add("pending", evidence_id=evidence_id, seal_sha256=seal_sha256, detail=detail)

    def _make(self, folder: Path, event: str, detail: Mapping[str, Any], signer: Signer) -> CustodyEvent:
        last, previous = _end_of_chain(folder)
        at = self._clock.now()
        check_time(signer.certificate_der, at)
        return make_event(
            last + 1, event, at=at, operator=self._operator, detail=detail, previous=previous,
            signer=signer,
        )  # fmt: skip


def _is_writable(folder: Path) -> bool:
    """Whether custody events can be added. Tried: permission bits say too little (root, shares, media).

    Another workstation may be trying at the same moment: then the file is there already, or gone already.
    """
    probe = folder / "custody" / ".probe"
    try:
        probe.unlink(missing_ok=True)
        with suppress(FileExistsError):
            write_new(probe, b"")
        probe.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _identity(folder: Path) -> tuple[str, str]:
    try:
        capture = CaptureRecord.from_bytes(read_limited(folder / "data" / "capture.json", MAX_CAPTURE_JSON_BYTES))
        seal = hashlib.sha256(read_limited(folder / bag.TAG_MANIFEST, bag.MAX_LIST_BYTES)).hexdigest()
    except (OSError, ValueError) as error:
        raise SubjectError("not_evidence", path=folder) from error
    return capture.evidence_id, seal


def _end_of_chain(folder: Path) -> tuple[int, str]:
    """The number of the last event and its hash.

    `SubjectError` not_evidence; `_UnfinishedError` when the last event is not whole, `_FullError`.
    """
    events = sorted((folder / "custody").glob("[0-9][0-9][0-9][0-9][0-9][0-9].json"))
    try:
        raw = read_limited(events[-1], MAX_EVENT_BYTES)
    except (IndexError, OSError, ValueError) as error:
        raise SubjectError("not_evidence", path=folder) from error
    number = int(events[-1].stem)
    try:
        signature = read_limited(events[-1].with_name(f"{events[-1].name}.p7s"), MAX_SIGNATURE_BYTES)
    except (OSError, ValueError) as error:
        raise _UnfinishedError from error
    if not is_whole(number, raw, signature):
        raise _UnfinishedError
    if number >= MAX_EVENTS:
        raise _FullError
    return number, hashlib.sha256(raw).hexdigest()


def _free_stamp_name(folder: Path) -> str:
    """The first stamp is `….p7s.tsr`, further authorities get a number."""
    names = [
        f"{bag.SIGNATURE}.tsr",
        *(f"{bag.SIGNATURE}.{number:02d}.tsr" for number in range(2, _MAX_STAMPS + 1)),
    ]
    return next(name for name in names if not (folder / name).exists())


def _files_of(event: CustodyEvent) -> dict[str, bytes]:
    return {event.name: event.raw, f"{event.name}.p7s": event.signature}


def _intent(folder: Path, event: str, head: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """What the journal keeps of an addition, so that it can be finished after a crash."""
    encoded = {path: base64.b64encode(raw).decode("ascii") for path, raw in files.items()}
    return {"folder": str(folder.absolute()), "event": event, "head": head, "files": encoded}


def _decode(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: base64.b64decode(text) for path, text in files.items()}


def _folder_of(intent: Mapping[str, Any]) -> Path:
    return Path(str(intent.get("folder", "")))


def _put(folder: Path, files: Mapping[str, bytes], *, heal: bool = False) -> None:
    """Create the files; with `heal`, what a crash of ours left of one of them is made whole.

    `FileExistsError` where there is any other content; what was put before it is taken back.
    """
    mine: list[Path] = []
    try:
        for name, raw in files.items():
            path = folder / name
            if heal and path.exists() and path.stat().st_size < len(raw) and raw.startswith(path.read_bytes()):
                path.unlink()
            if not heal or not path.exists() or path.read_bytes() != raw:
                write_new(path, raw)
            mine.append(path)
            set_mode(path, 0o444)
            flush_folder(path.parent)
    except FileExistsError:
        for path in mine:
            set_mode(path, 0o600)  # Windows removes nothing that is read-only
            path.unlink()
        raise
