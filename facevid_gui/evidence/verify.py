"""Strict verification: everything a folder can reveal, and what only the register knows (floor 1).

What enters: a folder, certificates to trust and authorities' roots from outside it, a register. What
leaves: one `FolderVerdict` with every reason. Read-only; links are never followed; sizes and counts are
limited before anything is parsed. The checks and the tamper cases they answer: research paper
"evidence-format", sections 5 to 8 and 11; design sections 6 and 9.
"""

from __future__ import annotations

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from facevid_gui.core.capture import CaptureRecord
from facevid_gui.core.provenance import source_of
from facevid_gui.core.verdict import FolderVerdict, Reason, SignerFacts, StampFacts, Verdict
from facevid_gui.evidence import bag
from facevid_gui.evidence.chains import trusts
from facevid_gui.evidence.cms import CheckedSignature, CmsError, check_detached
from facevid_gui.evidence.custody import MAX_EVENTS, CustodyChain, check_chain
from facevid_gui.evidence.register import RegisterView, read_register
from facevid_gui.evidence.request_stamp import REQUEST_STAMP, check_request_stamp
from facevid_gui.evidence.timestamp import LATE_AFTER_S, Stamp, StampError, check_stamp
from facevid_gui.evidence.tree import Tree, limit_of, may_lie_there, shown, walk
from facevid_gui.files import read_limited, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LISTED_ALWAYS = "data/capture.json"
_HASH_THREADS = 2
_WORTH_THREADS_BYTES = 4 * 1024 * 1024  # starting them takes longer than hashing less
_EARLY_S = 300.0
_ALTERED = frozenset(
    {"changed", "missing", "extra", "link", "special_file", "bad_manifest", "bad_signature", "bad_stamp"}
)


@dataclass(frozen=True)
class Trust:
    """What the checker brings along. `register` is a register file, `register_required` when the user named it."""

    signers: tuple[bytes, ...] = ()
    tsa_roots: tuple[bytes, ...] = ()
    register: Path | None = None
    register_required: bool = False
    stamp_required: bool = False


def verify_folder(folder: Path, trust: Trust) -> FolderVerdict:
    """Verify one evidence folder. Never raises for what is in the folder: that is what the verdict is for."""
    try:
        facts = folder.lstat()
    except OSError as error:
        return _unreadable(folder, trust, error.strerror or "cannot be read")
    if not stat.S_ISDIR(facts.st_mode):
        return _unreadable(folder, trust, "not a folder")
    try:
        return _Verification(folder, trust).run()
    except OSError as error:
        where = os.path.relpath(str(error.filename), folder) if error.filename else ""
        return _unreadable(folder, trust, error.strerror or "cannot be read", where)
    except ValueError as error:  # a file that grew while it was looked at
        return _unreadable(folder, trust, str(error))


def _unreadable(folder: Path, trust: Trust, detail: str, path: str = "") -> FolderVerdict:
    reason = Reason("unreadable", shown(path), detail)
    return FolderVerdict(str(folder), Verdict.UNREADABLE, (reason,), stamp_required=trust.stamp_required)


class _Verification:
    """One verification; `reasons` grows as the checks go on."""

    def __init__(self, folder: Path, trust: Trust) -> None:
        self._folder = folder
        self._trust = trust
        self._reasons: list[Reason] = []
        self._read_once: dict[str, bytes] = {}
        self._seal: str | None = None
        self._signature: CheckedSignature | None = None
        self._chain: CustodyChain | None = None
        self._stamp: StampFacts | None = None
        self._capture: CaptureRecord | None = None
        self._source: str | None = None
        self._foreign_stamps: set[str] = set()
        self._files_checked = 0

    def run(self) -> FolderVerdict:
        tree = walk(self._folder)
        self._reasons += tree.reasons
        if not any(r.code == "too_large" for r in tree.reasons):
            self._check_payload(tree)
            self._check_signature(tree)
            self._check_custody(tree)
            self._read_capture(tree)
            self._check_stamps(tree)
            self._check_request_stamps(tree)
            self._check_register()
        return self._verdict()

    def _check_payload(self, tree: Tree) -> None:
        if _LISTED_ALWAYS in tree.files:
            self._read_once[_LISTED_ALWAYS] = self._read(_LISTED_ALWAYS)
        for path in filter(REQUEST_STAMP.fullmatch, tree.files):
            for name in (path, path.removesuffix(".tsr")):
                if name in tree.files and tree.sizes[name] <= limit_of(name):
                    self._read_once[name] = self._read(name)
        listed = self._read_lists(tree)
        present = {path for path in tree.files if path.startswith("data/")}
        self._reasons += [Reason("missing", path) for path in sorted(set(listed) - tree.files - self._linked())]
        if _LISTED_ALWAYS in listed:  # else the list itself is what is wrong
            self._reasons += [_extra(path) for path in sorted(present - set(listed))]
        outside = tree.files - present
        self._reasons += [_extra(path) for path in sorted(outside) if not may_lie_there(path, outside)]
        self._check_folders(tree, listed)
        to_hash = sorted(set(listed) & tree.files)
        results = self._hash_all(to_hash, sum(tree.sizes[path] for path in to_hash))
        self._files_checked = len(to_hash)
        for path, (digest, _) in zip(to_hash, results, strict=True):
            if digest != listed[path]:
                self._reasons.append(Reason("changed", path))
        sizes = [size for path, (_, size) in zip(to_hash, results, strict=True) if path.startswith("data/")]
        self._check_bag_files(tree, sum(sizes), len(sizes))

    def _hash_all(self, paths: Sequence[str], size_bytes: int) -> list[tuple[str, int]]:
        if size_bytes < _WORTH_THREADS_BYTES:
            return [self._hash_of(path) for path in paths]
        with ThreadPoolExecutor(_HASH_THREADS) as pool:
            return list(pool.map(self._hash_of, paths))

    def _hash_of(self, path: str) -> tuple[str, int]:
        """Hash and size of a file; what is also understood is hashed and understood from one reading."""
        raw = self._read_once.get(path)
        if raw is None:
            return sha256_of(self._folder / path)
        return hashlib.sha256(raw).hexdigest(), len(raw)

    def _read_lists(self, tree: Tree) -> dict[str, str]:
        """Both hash lists as one mapping; what cannot be read becomes a reason."""
        listed: dict[str, str] = {}
        for name, read in ((bag.TAG_MANIFEST, bag.read_tag_manifest), (bag.MANIFEST, bag.read_manifest)):
            if name not in tree.files:
                if name == bag.TAG_MANIFEST:
                    self._reasons.append(Reason("missing", name))
                continue
            raw = self._read_once[name] = self._read(name)
            if name == bag.TAG_MANIFEST:
                self._seal = hashlib.sha256(raw).hexdigest()
            try:
                listed |= read(raw)
            except bag.ListError as error:
                self._reasons.append(Reason("bad_manifest", name, str(error)))
        if bag.MANIFEST not in tree.files and bag.MANIFEST not in listed:
            self._reasons.append(Reason("missing", bag.MANIFEST))
        return listed

    def _linked(self) -> set[str]:
        return {r.path for r in self._reasons if r.code in ("link", "special_file")}

    def _check_folders(self, tree: Tree, listed: Mapping[str, str]) -> None:
        needed = {"data", "signatures", "custody"}
        for path in listed:
            needed.update(str(parent) for parent in Path(path).parents)
        for name in sorted(tree.folders - needed):
            if _LISTED_ALWAYS in listed or not name.startswith("data/"):
                self._reasons.append(Reason("extra", f"{name}/", "folder"))

    def _check_bag_files(self, tree: Tree, total: int, count: int) -> None:
        if bag.BAGIT in tree.files and self._read(bag.BAGIT) != bag.BAGIT_BYTES:
            self._reasons.append(Reason("bad_manifest", bag.BAGIT, "not BagIt 1.0, UTF-8"))
        if bag.BAG_INFO in tree.files and count and not self._has("changed", "missing", "link", "special_file"):
            lines = self._read(bag.BAG_INFO).decode("utf-8", "replace").splitlines()
            if f"Payload-Oxum: {total}.{count}" not in lines:
                self._reasons.append(Reason("bad_manifest", bag.BAG_INFO, "Payload-Oxum differs"))

    def _read(self, path: str) -> bytes:
        """Read a file that is understood, not only hashed; its size was limited when the tree was walked."""
        return read_limited(self._folder / path, limit_of(path))

    def _check_signature(self, tree: Tree) -> None:
        if bag.SIGNATURE not in tree.files:
            self._reasons.append(Reason("missing", bag.SIGNATURE, "not signed"))
            return
        if bag.TAG_MANIFEST not in tree.files:
            return
        try:
            self._signature = check_detached(self._read(bag.SIGNATURE), self._read_once[bag.TAG_MANIFEST])
        except CmsError as error:
            self._reasons.append(Reason(error.code, bag.SIGNATURE, str(error)))

    def _check_custody(self, tree: Tree) -> None:
        paths = sorted(p for p in tree.files if p.startswith("custody/") and bag.is_allowed_outside_data(p))
        if self._seal is None:
            return
        if len(paths) > 2 * MAX_EVENTS:
            self._reasons.append(Reason("too_large", "custody/", "too many events"))
            return
        files = {path: self._read(path) for path in paths}
        self._chain = check_chain(files, self._seal, self._trust.signers)
        foreign = self._signature is not None and not self._trusts_signer_then()
        for reason in self._chain.reasons:
            if reason.code == "custody_unknown_signer" and foreign:
                continue  # said once, by the verdict on the signature
            self._reasons.append(reason)
        for path, digest in self._chain.stamps:
            self._check_named_stamp(tree, path, digest)

    def _check_named_stamp(self, tree: Tree, path: str, digest: str) -> None:
        if path not in tree.files:
            self._reasons.append(Reason("missing", path, "a timestamp named in the custody log"))
        elif sha256_of(self._folder / path)[0] != digest:
            self._reasons.append(Reason("changed", path, "not the timestamp named in the custody log"))

    def _read_capture(self, tree: Tree) -> None:
        path = _LISTED_ALWAYS
        if path not in tree.files:
            return
        try:
            capture = CaptureRecord.from_bytes(self._read_once[path])
            self._source = source_of(capture.provider.kind, capture.exchanges, witnessed=capture.witnessed)
            self._capture = capture
        except ValueError as error:
            self._reasons.append(Reason("bad_manifest", path, str(error)))

    def _check_stamps(self, tree: Tree) -> None:
        prefix = f"{bag.SIGNATURE}."
        paths = sorted(p for p in tree.files if p.startswith(prefix) and p.endswith(".tsr"))
        found: list[Stamp] = []
        for path in filter(bag.is_allowed_outside_data, paths):
            is_restamp = path.endswith(".tsr.tsr")
            covered = path.removesuffix(".tsr") if is_restamp else bag.SIGNATURE
            if covered not in tree.files:
                self._reasons.append(Reason("bad_stamp", path, f"{covered} is missing"))
                continue
            stamp = self._check_stamp(path, self._read(covered))
            if stamp is not None and not is_restamp:
                found.append(stamp)
            if self._chain is not None and path not in dict(self._chain.stamps):
                self._reasons.append(Reason("stamp_unnamed", path, "no custody event tells of it"))
        if found:
            self._note_stamp(min(found, key=lambda stamp: stamp.time))

    def _check_stamp(self, path: str, covered: bytes) -> Stamp | None:
        try:
            stamp = check_stamp(self._read(path), covered, self._trust.tsa_roots)
        except StampError as error:
            self._reasons.append(Reason("bad_stamp", path, str(error)))
            return None
        if stamp.trusted:
            return stamp
        if self._trust.tsa_roots:
            self._foreign_stamps.add(path)
            self._reasons.append(Reason("bad_stamp", path, f"{stamp.authority} leads to none of the trusted roots"))
        else:
            self._reasons.append(Reason("stamp_unchecked", path, "no root of an authority was given"))
        return None

    def _check_request_stamps(self, tree: Tree) -> None:
        for path in sorted(filter(REQUEST_STAMP.fullmatch, tree.files)):
            response, request = self._read_once.get(path), self._read_once.get(path.removesuffix(".tsr"))
            if response is None or request is None:
                self._reasons.append(Reason("request_stamp_bad", path, "no request beside it, or too large"))
            else:
                self._reasons.append(check_request_stamp(path, response, request, self._trust.tsa_roots))

    def _note_stamp(self, stamp: Stamp) -> None:
        sealed_at = self._capture.sealed_at if self._capture else None
        delay = (stamp.time - sealed_at).total_seconds() if sealed_at else 0.0
        late = delay > LATE_AFTER_S
        if late:
            self._reasons.append(Reason("stamp_late", "", f"{delay:.0f} s after sealing"))
        if delay < -_EARLY_S:
            self._reasons.append(Reason("stamp_early", "", f"{-delay:.0f} s before sealing"))
        self._stamp = StampFacts(stamp.time, stamp.authority, round(delay, 3), late)

    def _check_register(self) -> None:
        if self._trust.register is None or self._capture is None or self._seal is None:
            return
        view = read_register(self._trust.register, self._capture.evidence_id)
        if view.torn:
            self._reasons.append(Reason("register_torn", "", "its last line is incomplete"))
        if view.problems:  # said even when it does not know the folder: its line may be what was damaged
            self._reasons.append(Reason("register_broken", "", "; ".join(view.problems[:3])))
        if view.known:
            self._reasons += _compare_register(view, self._seal, self._chain, self._signature)
        if not view.sealed_here and self._trust.register_required:
            knows = "does not hold the seal of this folder, only what was added" if view.known else "does not know it"
            self._reasons.append(Reason("register_missing", "", f"the register {knows}"))

    def _has(self, *codes: str) -> bool:
        return any(reason.code in codes for reason in self._reasons)

    def _shows_alteration(self, reason: Reason) -> bool:
        """A missing signature is "unsigned", stamps over it included, and a stamp by a stranger is as good as none.

        The rest is alteration.
        """
        is_unsigned = any(r.code == "missing" and r.path == bag.SIGNATURE for r in self._reasons)
        if reason.path == bag.SIGNATURE and reason.code == "missing":
            return False
        if reason.code == "bad_stamp" and (is_unsigned or reason.path in self._foreign_stamps):
            return False
        return reason.code in _ALTERED

    def _trusts_signer_then(self) -> bool:
        """Whether the signer was to be trusted at the time the signature itself states."""
        signature = self._signature
        if signature is None:
            return False
        return trusts(self._trust.signers, signature, signature.signing_time or datetime.now(UTC))

    def _trusts_signer(self) -> bool:
        """A certificate that only leads to a trusted authority must also have been valid when stamped, else today."""
        at = self._stamp.time if self._stamp else datetime.now(UTC)
        return self._trusts_signer_then() and trusts(self._trust.signers, cast("CheckedSignature", self._signature), at)

    def _judge(self) -> Verdict:
        if self._has("too_large"):
            return Verdict.UNREADABLE
        if any(self._shows_alteration(reason) for reason in self._reasons):
            return Verdict.ALTERED
        if self._signature is None:
            return Verdict.UNSIGNED
        if not self._trusts_signer():
            return Verdict.UNKNOWN_SIGNER
        if any(r.code.startswith("custody_") for r in self._reasons):
            return Verdict.CHAIN_BROKEN
        if any(r.code.startswith("register_") and r.code != "register_torn" for r in self._reasons):
            return Verdict.REGISTER_DISAGREES
        return Verdict.VERIFIED if self._stamp else Verdict.VERIFIED_UNSTAMPED

    def _verdict(self) -> FolderVerdict:
        capture = self._capture
        signature = self._signature
        return FolderVerdict(
            folder=str(self._folder),
            verdict=self._judge(),
            reasons=tuple(replace(reason, path=shown(reason.path)) for reason in self._reasons),
            evidence_id=capture.evidence_id if capture else None,
            seal_sha256=self._seal,
            source=self._source,
            signer=SignerFacts(signature.subject, signature.certificate_sha256, self._trusts_signer())
            if signature
            else None,
            stamp=self._stamp,
            capture_to_seal_s=_seconds_between(capture.captured_at, capture.sealed_at) if capture else None,
            custody_head=self._chain.head if self._chain else None,
            files_checked=self._files_checked,
            stamp_required=self._trust.stamp_required,
        )


def _extra(path: str) -> Reason:
    harmless = Path(path).name in bag.HARMLESS_STRANGERS
    return Reason("extra", path, "left by a file manager" if harmless else "")


def _compare_register(
    view: RegisterView, seal: str, chain: CustodyChain | None, signature: CheckedSignature | None
) -> Iterable[Reason]:
    if seal not in view.seals:
        yield Reason("register_seal_differs", "", "another seal is registered for this evidence id")
    if signature is not None and view.signers and signature.certificate_sha256 not in view.signers:
        yield Reason("register_signer_differs", "", "another signer is registered")
    heads: Sequence[str] = chain.heads if chain else ()
    if view.heads and view.heads[-1] not in heads:
        yield Reason("register_custody_behind", "custody/", "the custody log lacks registered events")
    if view.purged:
        yield Reason("register_purged", "", "the register says this folder was deleted")


def _seconds_between(start: datetime, end: datetime | None) -> float | None:
    return round((end - start).total_seconds(), 3) if end else None
