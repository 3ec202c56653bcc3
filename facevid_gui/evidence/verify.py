"""Strict verification: everything a folder can reveal, and what only the register knows (floor 1).

What enters: a folder, certificates to trust and authorities' roots from outside it, a register. What
leaves: one `FolderVerdict` with every reason. Read-only; links are never followed; sizes and counts are
limited before anything is parsed. The checks and the tamper cases they answer: research paper
"evidence-format", sections 5 to 8 and 11; design sections 6 and 9. Which stock command sees what: TAMPERING.md
beside this module. Modes, times and further names of a file (hard links) are no part of the evidence: copying
changes them.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from facevid_gui.core.capture import CaptureRecord
from facevid_gui.core.provenance import source_of
from facevid_gui.core.verdict import FolderVerdict, Reason, SignerFacts, StampFacts, Verdict
from facevid_gui.evidence import bag
from facevid_gui.evidence.chains import trusts, validity_problem
from facevid_gui.evidence.cms import CheckedSignature, CmsError, check_detached
from facevid_gui.evidence.custody import MAX_EVENTS, CustodyChain, check_chain
from facevid_gui.evidence.links import misfits, underivable
from facevid_gui.evidence.payload import Payload, check_payload
from facevid_gui.evidence.reading import DATA, PlainBody
from facevid_gui.evidence.register import RegisterView, read_register
from facevid_gui.evidence.request_stamp import REQUEST_STAMP, check_request_stamp
from facevid_gui.evidence.timestamp import LATE_AFTER_S, Stamp, StampError, check_stamp
from facevid_gui.evidence.tree import RECORD, Tree, limit_of, shown, walk
from facevid_gui.files import read_limited, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HASH_THREADS = 2
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


def verify_folder(folder: Path, trust: Trust, threads: int = _HASH_THREADS) -> FolderVerdict:
    """Verify one evidence folder, hashing in so many threads.

    Never raises for what is in the folder: that is what the verdict is for. `SurroundingsError` when the register
    cannot be read.
    """
    try:
        facts = folder.lstat()
    except OSError as error:
        return _unreadable(folder, trust, error.strerror or "cannot be read")
    if not stat.S_ISDIR(facts.st_mode):
        return _unreadable(folder, trust, "not a folder")
    try:
        return _Verification(folder, trust, threads).run()
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

    def __init__(self, folder: Path, trust: Trust, threads: int) -> None:
        self._folder = folder
        self._trust = trust
        self._threads = threads
        self._reasons: list[Reason] = []
        self._payload = Payload()
        self._signature: CheckedSignature | None = None
        self._chain: CustodyChain | None = None
        self._stamp: StampFacts | None = None
        self._capture: CaptureRecord | None = None
        self._source: str | None = None
        self._foreign_stamps: set[str] = set()

    def run(self) -> FolderVerdict:
        tree = walk(self._folder)
        self._reasons += tree.reasons
        if not any(r.code == "too_large" for r in tree.reasons):
            self._payload = check_payload(self._folder, tree, self._threads)
            self._reasons += self._payload.reasons
            self._check_signature(tree)
            self._check_custody(tree)
            self._read_capture()
            self._check_links(tree)
            self._check_stamps(tree)
            self._check_request_stamps(tree)
            self._check_validity()
            self._check_register()
        return self._verdict()

    def _read(self, path: str) -> bytes:
        """Read a file that is understood; its size was limited when the tree was walked."""
        return read_limited(f"{self._folder}/{path}", limit_of(path))

    def _check_signature(self, tree: Tree) -> None:
        if bag.SIGNATURE not in tree.files:
            self._reasons.append(Reason("missing", bag.SIGNATURE, "not signed"))
            return
        if self._payload.tag_manifest is None:
            return
        try:
            self._signature = check_detached(self._read(bag.SIGNATURE), self._payload.tag_manifest)
        except CmsError as error:
            self._reasons.append(Reason(error.code, bag.SIGNATURE, str(error)))

    def _check_custody(self, tree: Tree) -> None:
        paths = sorted(p for p in tree.files if p.startswith("custody/") and bag.is_allowed_outside_data(p))
        if self._payload.seal_sha256 is None:
            return
        if len(paths) > 2 * MAX_EVENTS:
            self._reasons.append(Reason("too_large", "custody/", "too many events"))
            return
        files = {path: self._read(path) for path in paths}
        self._chain = check_chain(files, self._payload.seal_sha256, self._trust.signers)
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
        elif sha256_of(f"{self._folder}/{path}")[0] != digest:
            self._reasons.append(Reason("changed", path, "not the timestamp named in the custody log"))

    def _read_capture(self) -> None:
        if self._payload.record is None:
            return
        try:
            capture = CaptureRecord.from_bytes(self._payload.record)
            self._source = source_of(capture.provider.kind, capture.exchanges, witnessed=capture.witnessed)
            self._capture = capture
        except ValueError as error:
            self._reasons.append(Reason("bad_manifest", RECORD, str(error)))

    def _check_links(self, tree: Tree) -> None:
        """Whether record, exchanges and media tell of each other; what is known to be changed is not asked again."""
        if self._capture is None or not self._payload.listed:
            return
        doubted = {reason.path for reason in self._reasons}
        if doubted & {RECORD, bag.MANIFEST}:
            return
        told = misfits(self._capture, self._payload.listed, tree.sizes)
        found = [reason for reason in told if reason.path not in doubted]
        doubted |= {reason.path for reason in found}
        self._reasons += [*found, *underivable(self._capture, self._body, doubted)]

    def _body(self, path: str) -> PlainBody:
        """A body that was hashed already: it is compared with media whose hashes are sealed, too."""
        return PlainBody(f"{self._folder}/{DATA}{path}")

    def _check_validity(self) -> None:
        """A pinned certificate when the signature is known to exist: stamped, or as the signer states if later.

        One that leads to a trusted authority is judged by `trusts`; that of a stranger says nothing anyway.
        """
        signature = self._signature
        if signature is None or signature.certificate_der not in self._trust.signers:
            return
        stated = signature.signing_time
        moment = max(stated, self._stamp.time) if stated and self._stamp else stated
        certificate = signature.certificate_der
        problem = validity_problem(certificate, moment) if moment else "the time of signing is not stated"
        if problem:
            self._reasons.append(Reason("weak_signature", bag.SIGNATURE, problem))

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
            understood = self._payload.understood
            response, request = understood.get(path), understood.get(path.removesuffix(".tsr"))
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
        seal = self._payload.seal_sha256
        if self._trust.register is None or self._capture is None or seal is None:
            return
        view = read_register(self._trust.register, self._capture.evidence_id)
        if view.torn:
            self._reasons.append(Reason("register_torn", "", "its last line is incomplete"))
        if view.problems:  # said even when it does not know the folder: its line may be what was damaged
            self._reasons.append(Reason("register_broken", "", "; ".join(view.problems[:3])))
        if view.known:
            self._reasons += _compare_register(view, seal, self._chain, self._signature)
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
        if self._signature is None or self._has("weak_signature"):
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
            seal_sha256=self._payload.seal_sha256,
            source=self._source,
            signer=SignerFacts(signature.subject, signature.certificate_sha256, self._trusts_signer())
            if signature
            else None,
            stamp=self._stamp,
            capture_to_seal_s=_seconds_between(capture.captured_at, capture.sealed_at) if capture else None,
            custody_head=self._chain.head if self._chain else None,
            files_checked=self._payload.files_checked,
            stamp_required=self._trust.stamp_required,
        )


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
