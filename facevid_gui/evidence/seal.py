"""Sealing: a capture becomes evidence (floor 1).

What enters: a complete capture, case and purpose, a signer, an evidence root. What leaves: one folder in
that root, signed, listed in the register. It is built hidden on the root's own volume, flushed, read back
and re-hashed, registered, and appears by one rename; the capture is removed only after that. A journal
lets the next start finish or undo what a crash interrupted: nothing that looks sealed is not.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from facevid_gui import __version__
from facevid_gui.captures.store import CAPTURE_FILE, CaptureEntry, CaptureStore
from facevid_gui.core.capture import MAX_CAPTURE_JSON_BYTES, SCHEMA, CaptureRecord, Derived
from facevid_gui.core.clock import Clock, to_rfc3339
from facevid_gui.core.errors import SubjectError, UsageError
from facevid_gui.core.ids import folder_name
from facevid_gui.evidence import bag
from facevid_gui.evidence.cms import Signer, sign_detached
from facevid_gui.evidence.custody import make_event
from facevid_gui.files import (
    PRIVATE_FILE,
    disk_errors,
    flush_folder,
    flush_tree,
    make_private_folder,
    read_limited,
    remove_tree,
    sha256_of,
    write_new,
)
from facevid_gui.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from facevid_gui.evidence.journal import Journal
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
        `SurroundingsError` for the disk; the capture is then where it was.
        """
        check_case(request.case_ref, request.purpose)
        if entry.state != "complete" or entry.record is None:
            raise SubjectError("capture_interrupted", id=entry.evidence_id)
        lock = self._lock(entry.evidence_id)
        with disk_errors(request.root):
            try:
                lock.acquire(blocking=False)
            except Timeout as error:
                raise SubjectError("capture_being_sealed", id=entry.evidence_id) from error
            try:
                return self._seal(entry, entry.record, request, signer)
            finally:
                lock.release()
                Path(lock.lock_file).unlink(missing_ok=True)

    def recover(self) -> tuple[Path, ...]:
        """Finish or undo what a crash interrupted; return the folders that were finished."""
        finished = []
        for name, intent in list(self._journal.pending(_JOURNAL_PREFIX)):
            lock = self._lock(name.removeprefix(_JOURNAL_PREFIX))
            with disk_errors(self._store.root):
                try:
                    lock.acquire(blocking=False)
                except Timeout:
                    continue  # being sealed right now
                try:
                    done = self._recover_one(name, Path(str(intent.get("target"))))
                finally:
                    lock.release()
                    Path(lock.lock_file).unlink(missing_ok=True)
            if done is not None:
                finished.append(done)
        return tuple(finished)

    def _seal(self, entry: CaptureEntry, record: CaptureRecord, request: SealRequest, signer: Signer) -> Sealed:
        root = request.root.absolute()
        make_private_folder(root)
        target = root / folder_name(record.provider.kind, record.evidence_id, record.captured_at)
        if target.exists():
            raise SubjectError("already_sealed", path=target)
        partial = root / f"{PARTIAL}{target.name}"
        remove_tree(partial)
        name = f"{_JOURNAL_PREFIX}{record.evidence_id}"
        self._journal.write(name, {"target": str(target)})
        try:
            sealed = self._build(entry, record, request, signer, partial)
        except BaseException:
            remove_tree(partial)
            self._journal.done(name)
            raise
        self._register.add(
            "sealed",
            evidence_id=record.evidence_id,
            seal_sha256=sealed.seal_sha256,
            custody_head=sealed.custody_head,
            signer_sha256=sealed.signer_sha256,
        )
        self._publish(partial, target)
        self._store.discard(entry)
        self._journal.done(name)
        return Sealed(target, sealed.evidence_id, sealed.seal_sha256, sealed.signer_sha256, sealed.custody_head)

    def _build(
        self, entry: CaptureEntry, record: CaptureRecord, request: SealRequest, signer: Signer, partial: Path
    ) -> Sealed:
        for folder in ("data", "signatures", "custody"):
            make_private_folder(partial / folder)
        data = partial / "data"
        _bring(entry.path, data)
        sealed_at = self._clock.now()
        draft = read_limited(entry.path / CAPTURE_FILE, MAX_CAPTURE_JSON_BYTES)
        write_new(data / CAPTURE_FILE, final_capture_json(draft, request, to_rfc3339(sealed_at)))
        flush_tree(data)
        hashes, total = _hash_payload(partial)
        _compare_with_record(record, hashes)
        info = bag.BagInfo(
            record.evidence_id, f"{sealed_at.astimezone(UTC):%Y-%m-%d}", f"facevid_gui {__version__}", SCHEMA,
            total, len(hashes),
        )  # fmt: skip
        tags = {
            bag.BAGIT: bag.BAGIT_BYTES,
            bag.BAG_INFO: info.to_bytes(),
            bag.README: _readme(record, to_rfc3339(sealed_at)),
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
        _set_modes(partial)
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
        if partial.is_dir() and self._is_registered(partial, evidence_id):
            self._publish(partial, target)
        if target.is_dir():
            finished = target
            self._discard_capture(evidence_id)
        else:
            remove_tree(partial)
        self._journal.done(name)
        return finished

    def _is_registered(self, partial: Path, evidence_id: str) -> bool:
        """The register line is written after everything was flushed: with it, the folder is whole."""
        path = partial / bag.TAG_MANIFEST
        if not path.exists():
            return False
        digest = hashlib.sha256(read_limited(path, bag.MAX_LIST_BYTES)).hexdigest()
        return digest in self._register.view(evidence_id).seals

    def _discard_capture(self, evidence_id: str) -> None:
        try:
            entry = self._store.open(evidence_id)
        except UsageError:
            return
        self._store.discard(entry)

    def _lock(self, evidence_id: str) -> FileLock:
        return FileLock(self._store.root / f".sealing-{evidence_id}.lock", mode=PRIVATE_FILE)


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
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _bring(source: Path, data: Path) -> None:
    """Bring every file of the capture but its record: as hard links on the same volume, else as copies."""
    for folder, _, names in os.walk(source):
        inside = Path(folder).relative_to(source)
        make_private_folder(data / inside)
        for name in names:
            if inside == Path() and name == CAPTURE_FILE:
                continue
            _link_or_copy(Path(folder, name), data / inside / name)


def _link_or_copy(source: Path, target: Path) -> None:
    if os.name != "nt":  # there a read-only mark on one name would hold for both
        try:
            os.link(source, target, follow_symlinks=False)
            return
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
    shutil.copyfile(source, target, follow_symlinks=False)


def _hash_payload(root: Path) -> tuple[dict[str, str], int]:
    paths = sorted(p for p in (root / "data").rglob("*") if not p.is_dir())
    with ThreadPoolExecutor(_HASH_THREADS) as pool:
        results = list(pool.map(sha256_of, paths))
    names = [path.relative_to(root).as_posix() for path in paths]
    for name in names:
        if not bag.is_data_path(name):
            raise SubjectError("capture_changed", path=name)
    return {name: digest for name, (digest, _) in zip(names, results, strict=True)}, sum(s for _, s in results)


def _compare_with_record(record: CaptureRecord, hashes: Mapping[str, str]) -> None:
    """Refuse to seal bytes that are not those received, or files nobody recorded."""
    noted = [(e.path, e.sha256) for e in record.exchanges if e.path] + [(d.path, d.sha256) for d in record.derived]
    for path, digest in noted:
        if hashes.get(f"data/{path}") != digest:
            raise SubjectError("capture_changed", path=path)
    media = {f"data/{item.path}" for item in record.derived}
    strangers = [path for path in hashes if path.startswith("data/media/") and path not in media]
    if strangers:
        raise SubjectError("capture_changed", path=strangers[0])


def _set_modes(root: Path) -> None:
    """Files 0444, `data/` and below 0555; root, signatures and custody stay writable for their owner."""
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            os.chmod(Path(folder, name), 0o444)
        if Path(folder) == root / "data" or root / "data" in Path(folder).parents:
            os.chmod(folder, 0o555)  # noqa: S103 - read-only is the point


def _readme(record: CaptureRecord, sealed_at: str) -> bytes:
    template = resource("evidence/README.txt").read_text("utf-8")
    commands = "\n".join(media_command(item) for item in record.derived) or "(无媒体 / no media)"
    for name, value in {
        "schema": SCHEMA,
        "evidence_id": record.evidence_id,
        "sealed_at": sealed_at,
        "media_commands": commands,
    }.items():
        template = template.replace(f"{{{name}}}", value)
    return template.encode("utf-8")


def media_command(item: Derived) -> str:
    """The stock command that derives a media file from its answer again."""
    path = "".join(_jq_step(part) for part in item.pointer.split("/")[1:])
    source = f"data/{item.source}"
    read = f"jq -r '{path}' {source}"
    if "gzip" in item.decoding:
        read = f"gunzip -c < {source} | jq -r '{path}'"
    note = f"   # {', '.join(item.repairs)}" if item.repairs else ""
    return f"{read} | base64 -d | sha256sum   # data/{item.path}{note}"


def _jq_step(part: str) -> str:
    name = part.replace("~1", "/").replace("~0", "~")
    if name.isdigit():
        return f"[{name}]"
    return f".{name}" if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else f'."{name}"'


def evidence_folders(root: Path) -> Iterable[Path]:
    """The evidence folders directly below a root."""
    if not root.is_dir():
        return ()
    return (path for path in sorted(root.iterdir()) if path.name.startswith("fv-") and path.is_dir())
