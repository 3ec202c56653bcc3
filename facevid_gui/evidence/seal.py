"""Sealing: a capture becomes evidence (floor 1).

What enters: a complete capture, case and purpose, a signer, an evidence root. What leaves: one folder in
that root, signed, listed in the register. It is built hidden on the root's own volume, flushed, read back
and re-hashed, registered, and appears by one rename; the capture is removed only after that. A journal
lets the next start finish or undo what a crash interrupted: nothing that looks sealed is not.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui import __version__
from facevid_gui.captures.store import CAPTURE_FILE, CaptureEntry, CaptureStore
from facevid_gui.core.capture import MAX_CAPTURE_JSON_BYTES, SCHEMA, CaptureRecord
from facevid_gui.core.clock import Clock, to_rfc3339
from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.core.ids import folder_name
from facevid_gui.evidence import bag
from facevid_gui.evidence.chains import check_time, may_sign
from facevid_gui.evidence.cms import Signer, sign_detached
from facevid_gui.evidence.custody import make_event
from facevid_gui.evidence.journal import BusyError, Journal
from facevid_gui.evidence.links import misfits, underivable
from facevid_gui.evidence.reading import DATA, PlainBody
from facevid_gui.evidence.readme import readme_bytes, request_stamps_in
from facevid_gui.files import (
    PRIVATE_FILE,
    disk_errors,
    flush_folder,
    flush_tree,
    make_private_folder,
    read_limited,
    remove_tree,
    set_mode,
    sha256_of,
    write_new,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from facevid_gui.captures.records import BodyReader
    from facevid_gui.evidence.register import Register

PARTIAL = ".partial-"
_JOURNAL_PREFIX = "seal-"
_NO_LINKS = {errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS, errno.EACCES}
_HASH_THREADS = 2
MAX_TEXT = 500


@dataclass(frozen=True)
class SealRequest:
    """What the user says when sealing. `operator` has account, name and role."""

    case_ref: str
    purpose: str
    operator: Mapping[str, str]
    root: Path
    legal_basis: str = ""


@dataclass(frozen=True)
class Sealed:
    """A sealed folder and what identifies it."""

    folder: Path
    evidence_id: str
    seal_sha256: str
    signer_sha256: str
    custody_head: str


def check_signer(certificate_der: bytes, at: datetime) -> None:
    """Refuse a certificate that no check would accept for what is signed now; `SurroundingsError`."""
    if not may_sign(certificate_der):
        raise SurroundingsError("signer_unfit")
    check_time(certificate_der, at)


def check_case(case_ref: str, purpose: str) -> None:
    """Refuse an empty or overlong case reference or purpose; `UsageError`."""
    for option, text in (("--case", case_ref), ("--purpose", purpose)):
        if not text.strip():
            raise UsageError("case_missing", option=option)
        if len(text) > MAX_TEXT or not text.isprintable():
            raise UsageError("option_value", option=option, value=text[:40])


class Sealer:
    """Seals captures of one home."""

    def __init__(self, store: CaptureStore, register: Register, journal: Journal, clock: Clock) -> None:
        self._store = store
        self._register = register
        self._journal = journal
        self._clock = clock

    def seal(self, entry: CaptureEntry, request: SealRequest, signer: Signer) -> Sealed:
        """Seal a complete capture.

        Raises `SubjectError` (capture_interrupted, capture_changed, capture_being_sealed, already_sealed),
        `SurroundingsError` signer_expired or signer_unfit, and for the disk (evidence_moved when the root went away
        meanwhile); the capture is then where it was.
        """
        check_case(request.case_ref, request.purpose)
        check_signer(signer.certificate_der, self._clock.now())
        if entry.state != "complete":
            raise SubjectError("capture_interrupted", id=entry.evidence_id)
        try:
            with self._journal.lock(f"{_JOURNAL_PREFIX}{entry.evidence_id}", 0), _seal_errors(entry, request.root):
                return self._seal(entry, request, signer)
        except BusyError as error:
            raise SubjectError("capture_being_sealed", id=entry.evidence_id) from error

    def recover(self) -> tuple[Path, ...]:
        """Finish or undo what a crash interrupted; return the folders that were finished.

        What cannot be finished now (the medium is away, full, read-only; the capture is being sealed right
        now) stays in the journal.
        """
        finished = []
        for name, intent in list(self._journal.pending(_JOURNAL_PREFIX)):
            with contextlib.suppress(SurroundingsError), self._journal.lock(name, 0), disk_errors(self._store.root):
                done = self._recover_one(name, Path(str(intent.get("target"))))
                finished += [done] if done is not None else []
        return tuple(finished)

    def _seal(self, entry: CaptureEntry, request: SealRequest, signer: Signer) -> Sealed:
        draft, record = _read_draft(entry)
        root = request.root.absolute()
        make_private_folder(root)
        target = root / folder_name(record.provider.kind, record.evidence_id, record.captured_at)
        if os.path.lexists(target):
            raise SubjectError("already_sealed", path=target)
        partial = root / f"{PARTIAL}{target.name}"
        remove_tree(partial)
        name = f"{_JOURNAL_PREFIX}{record.evidence_id}"
        self._journal.write(name, {"target": str(target)})
        try:
            sealed = self._build(entry.path, draft, record, request, signer, partial)
            self._register.add(
                "sealed",
                evidence_id=record.evidence_id,
                seal_sha256=sealed.seal_sha256,
                custody_head=sealed.custody_head,
                signer_sha256=sealed.signer_sha256,
            )
        except BaseException:
            if not self._is_registered(partial, record.evidence_id):  # else the next start finishes it
                remove_tree(partial)
                self._journal.done(name)
            raise
        self._publish(partial, target)
        self._store.discard(entry)
        self._journal.done(name)
        return replace(sealed, folder=target)

    def _build(
        self, capture: Path, draft: bytes, record: CaptureRecord, request: SealRequest, signer: Signer, partial: Path
    ) -> Sealed:
        for folder in ("data", "signatures", "custody"):
            make_private_folder(partial / folder)
        data = partial / "data"
        _bring(capture, data)
        sealed_at = self._clock.now()
        check_time(signer.certificate_der, sealed_at)
        write_new(data / CAPTURE_FILE, final_capture_json(draft, request, to_rfc3339(sealed_at)))
        flush_tree(data)
        hashes, sizes = _hash_payload(partial)
        _compare_with_record(record, hashes, sizes, lambda path: PlainBody(f"{data}/{path}"))
        info = bag.BagInfo(
            record.evidence_id, f"{sealed_at.astimezone(UTC):%Y-%m-%d}", f"facevid_gui {__version__}", SCHEMA,
            sum(sizes.values()), len(hashes),
        )  # fmt: skip
        tags = {
            bag.BAGIT: bag.BAGIT_BYTES,
            bag.BAG_INFO: info.to_bytes(),
            bag.README: readme_bytes(record, to_rfc3339(sealed_at), request_stamps_in(hashes)),
            bag.MANIFEST: bag.write_list(hashes),
        }
        tag_manifest = bag.write_list({name: hashlib.sha256(raw).hexdigest() for name, raw in tags.items()})
        seal_sha256 = hashlib.sha256(tag_manifest).hexdigest()
        event = make_event(
            1, "sealed", at=sealed_at, operator=str(request.operator.get("account", "")), signer=signer,
            detail={"seal_sha256": seal_sha256, "evidence_id": record.evidence_id}, previous=seal_sha256,
        )  # fmt: skip
        for name, raw in (
            *tags.items(),
            (bag.TAG_MANIFEST, tag_manifest),
            (bag.SIGNATURE, sign_detached(tag_manifest, signer, sealed_at)),
            (event.name, event.raw),
            (f"{event.name}.p7s", event.signature),
        ):
            write_new(partial / name, raw)
            if (partial / name).read_bytes() != raw:
                raise OSError(errno.EIO, "what was written does not read back", str(partial / name))
        flush_tree(partial)
        set_sealed_modes(partial)
        signer_sha256 = hashlib.sha256(signer.certificate_der).hexdigest()
        return Sealed(partial, record.evidence_id, seal_sha256, signer_sha256, event.sha256)

    def _publish(self, partial: Path, target: Path) -> None:
        partial.rename(target)
        flush_folder(target.parent)

    def _recover_one(self, name: str, target: Path) -> Path | None:
        evidence_id = name.removeprefix(_JOURNAL_PREFIX)
        partial = target.with_name(f"{PARTIAL}{target.name}")
        if not target.parent.is_dir():
            return None  # the medium is away; its folder is finished or undone when it is back
        finished = None
        if self._is_registered(partial, evidence_id):
            self._publish(partial, target)
        if self._is_registered(target, evidence_id):
            finished = target
            self._discard_capture(evidence_id)
        else:
            remove_tree(partial)
        self._journal.done(name)
        return finished

    def _is_registered(self, folder: Path, evidence_id: str) -> bool:
        """The register line is written after everything was flushed: with it, the folder is whole."""
        try:
            raw = read_limited(folder / bag.TAG_MANIFEST, bag.MAX_LIST_BYTES)
        except (FileNotFoundError, ValueError):
            return False
        return hashlib.sha256(raw).hexdigest() in self._register.view(evidence_id).seals

    def _discard_capture(self, evidence_id: str) -> None:
        try:
            entry = self._store.open(evidence_id)
        except UsageError:
            return
        self._store.discard(entry)


@contextlib.contextmanager
def _seal_errors(entry: CaptureEntry, root: Path) -> Iterator[None]:
    """What the disk may do, with a sentence; what is gone in the midst of it was moved, or its medium unplugged."""
    with disk_errors(root):
        try:
            yield
        except FileNotFoundError as error:
            if not entry.path.is_dir():
                raise UsageError("capture_unknown", id=entry.evidence_id) from error
            raise SurroundingsError("evidence_moved", path=root) from error


def _read_draft(entry: CaptureEntry) -> tuple[bytes, CaptureRecord]:
    """The capture's record, bytes and meaning from one reading; `SubjectError` when it is not this capture's."""
    if not entry.path.is_dir():  # sealed or discarded by another process meanwhile
        raise UsageError("capture_unknown", id=entry.evidence_id)
    path = entry.path / CAPTURE_FILE
    try:
        draft = read_limited(path, MAX_CAPTURE_JSON_BYTES)
        record = CaptureRecord.from_bytes(draft)
    except (FileNotFoundError, ValueError) as error:
        raise SubjectError("capture_changed", path=path) from error
    if record.evidence_id != entry.evidence_id:
        raise SubjectError("capture_changed", path=path)
    return draft, record


def final_capture_json(draft: bytes, request: SealRequest, sealed_at: str) -> bytes:
    """The final record: every captured fact unchanged, plus what is only known when sealing."""
    data = json.loads(draft)
    data |= {
        "case_ref": request.case_ref,
        "purpose": request.purpose,
        "legal_basis": request.legal_basis or None,
        "captured_by": data["operator"],
        "operator": dict(request.operator),
        "sealed_at": sealed_at,
        "draft_sha256": hashlib.sha256(draft).hexdigest(),
    }
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-8", "backslashreplace")  # half a surrogate pair becomes its JSON escape


def _bring(source: Path, data: Path) -> None:
    """Bring every file of the capture but its record: as hard links on the same volume, else as copies.

    `SubjectError` for anything but files and folders. A folder that a crash left empty stays behind.
    """
    for folder, folders, names in os.walk(source):
        inside = Path(folder).relative_to(source)
        for name in [*folders, *names]:
            mode = Path(folder, name).lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise SubjectError("capture_changed", path=inside / name)
        for name in names:
            if inside == Path() and name == CAPTURE_FILE:
                continue
            make_private_folder(data / inside)
            _link_or_copy(Path(folder, name), data / inside / name)
            set_mode(data / inside / name, PRIVATE_FILE)  # a seal undone late left its read-only mark on both names


def _link_or_copy(source: Path, target: Path) -> None:
    if os.name != "nt":  # there a read-only mark on one name would hold for both
        try:
            os.link(source, target, follow_symlinks=False)
            return
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
    shutil.copyfile(source, target, follow_symlinks=False)
    if sha256_of(target) != sha256_of(source):
        raise OSError(errno.EIO, "the copy differs from the capture", str(target))


def _hash_payload(root: Path) -> tuple[dict[str, str], dict[str, int]]:
    """Hash and size of every file in `data/`, by its path."""
    paths = sorted(p for p in (root / "data").rglob("*") if not p.is_dir())
    with ThreadPoolExecutor(_HASH_THREADS) as pool:
        results = list(pool.map(sha256_of, paths))
    names = [path.relative_to(root).as_posix() for path in paths]
    for name in names:
        if not bag.is_data_path(name):
            raise SubjectError("capture_changed", path=name)
    by_name = dict(zip(names, results, strict=True))
    return {name: digest for name, (digest, _) in by_name.items()}, {name: size for name, (_, size) in by_name.items()}


def _compare_with_record(
    record: CaptureRecord, hashes: Mapping[str, str], sizes: Mapping[str, int], read: BodyReader
) -> None:
    """Refuse to seal bytes that are not those received, files nobody recorded, media that no answer holds."""
    for reason in (*misfits(record, hashes, sizes), *underivable(record, read)):
        raise SubjectError("capture_changed", path=reason.path.removeprefix(DATA))


def set_sealed_modes(root: Path) -> None:
    """Files 0444, `data/` and below 0555; root, signatures and custody stay writable for their owner."""
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            set_mode(Path(folder, name), 0o444)
        if Path(folder) == root / "data" or root / "data" in Path(folder).parents:
            set_mode(folder, 0o555)


def evidence_folders(root: Path) -> Iterable[Path]:
    """The evidence folders directly below a root."""
    if not root.is_dir():
        return ()
    return (path for path in sorted(root.iterdir()) if path.name.startswith("fv-") and path.is_dir())
