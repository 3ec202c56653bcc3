"""Custody events: one file per event beside the seal, signed, each naming the hash of the one before (floor 1).

What enters: an event. What leaves: `custody/NNNNNN.json` and its signature; event 1 is `sealed` and names
the seal digest. Nothing existing is rewritten, a crash cannot leave half a line, and the chain can be
followed with `sha256sum` and `openssl` alone. Form: design section 9.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from facevid_gui.core.capture import unique_members
from facevid_gui.core.clock import from_rfc3339, to_rfc3339
from facevid_gui.core.errors import UsageError
from facevid_gui.core.verdict import Reason
from facevid_gui.evidence.chainlog import compact_line
from facevid_gui.evidence.chains import trusts, validity_problem
from facevid_gui.evidence.cms import CheckedSignature, CmsError, Signer, check_detached, sign_detached

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA = "facevid-custody/1"
EVENTS = frozenset({"sealed", "stamped", "verified", "exported", "restamped", "correction"})
MAX_EVENT_BYTES = 64 * 1024
MAX_EVENTS = 2000
_MEMBERS = {"seq": int, "event": str, "operator": str, "detail": dict, "prev_sha256": str}


@dataclass(frozen=True)
class CustodyEvent:
    """One event as files: its number, its bytes and their signature."""

    seq: int
    raw: bytes
    signature: bytes

    @property
    def name(self) -> str:
        """The path of the event inside the folder."""
        return f"custody/{self.seq:06d}.json"

    @property
    def sha256(self) -> str:
        """The head of the chain after this event."""
        return hashlib.sha256(self.raw).hexdigest()


@dataclass(frozen=True)
class CustodyChain:
    """What checking a chain came to. `stamps` pairs the path of a stamp with the SHA-256 it was recorded with.

    They are pairs, not a mapping: a later event cannot take back what an earlier one recorded.
    """

    head: str | None
    heads: tuple[str, ...]
    stamps: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]


def make_event(
    seq: int,
    event: str,
    *,
    at: datetime,
    operator: str,
    detail: Mapping[str, Any],
    previous: str,
    signer: Signer,
) -> CustodyEvent:
    """Build and sign an event. `previous` is the seal digest for event 1, else the head before.

    `UsageError` entry_too_long for one that would make the folder unreadable.
    """
    raw = compact_line(
        {
            "schema": SCHEMA,
            "seq": seq,
            "event": event,
            "at": to_rfc3339(at),
            "operator": operator,
            "detail": dict(detail),
            "prev_sha256": previous,
        }
    )
    if len(raw) > MAX_EVENT_BYTES:
        raise UsageError("entry_too_long", limit=MAX_EVENT_BYTES)
    return CustodyEvent(seq, raw, sign_detached(raw, signer, at))


def is_whole(seq: int, raw: bytes, signature: bytes) -> bool:
    """Whether an event and its signature hold as they are, whoever signed; half-written ones do not."""
    data = _read_event(raw)
    if data is None or data["seq"] != seq:
        return False
    try:
        check_detached(signature, raw)
    except CmsError:
        return False
    return True


def check_chain(files: Mapping[str, bytes], seal_sha256: str, trusted: Iterable[bytes]) -> CustodyChain:
    """Check all custody files (path to bytes) of a folder whose seal digest is `seal_sha256`."""
    return _Check(files, seal_sha256, frozenset(trusted)).run()


class _Check:
    def __init__(self, files: Mapping[str, bytes], seal_sha256: str, trusted: frozenset[bytes]) -> None:
        self._files = files
        self._trusted = trusted
        self._seal = seal_sha256
        self._previous = seal_sha256
        self._reasons: list[Reason] = []
        self._heads: list[str] = []
        self._stamps: list[tuple[str, str]] = []

    def run(self) -> CustodyChain:
        events = sorted(path for path in self._files if path.endswith(".json"))
        if not events:
            self._report("custody_missing", "custody/000001.json", "no event")
        for number, path in enumerate(events, 1):
            expected = f"custody/{number:06d}.json"
            if path != expected:
                self._report("custody_missing", expected, "gap in the numbers")
                break
            self._check_event(number, path)
        for path in self._files:
            if path.endswith(".p7s") and path.removesuffix(".p7s") not in self._files:
                self._report("custody_missing", path.removesuffix(".p7s"), "signature without an event")
        return CustodyChain(
            self._heads[-1] if self._heads else None,
            tuple(self._heads),
            tuple(self._stamps),
            tuple(self._reasons),
        )

    def _check_event(self, number: int, path: str) -> None:
        raw = self._files[path]
        data = _read_event(raw)
        if data is None or data["seq"] != number:
            self._report("custody_malformed", path, "not a custody event of that number")
            data = {}
        elif data["prev_sha256"] != self._previous:
            self._report("custody_changed", path, "does not name the event before")
            data = {}  # what it tells is not of this folder
        if number == 1 and data:
            self._check_first(path, data)
        elif data.get("event") in ("stamped", "restamped"):
            self._note_stamp(path, data["detail"])
        self._check_signature(path, raw)
        self._previous = hashlib.sha256(raw).hexdigest()
        self._heads.append(self._previous)

    def _check_first(self, path: str, data: Mapping[str, Any]) -> None:
        if data["event"] != "sealed" or data["detail"].get("seal_sha256") != self._seal:
            self._report("custody_changed", path, "event 1 does not name this seal")

    def _note_stamp(self, path: str, detail: Mapping[str, Any]) -> None:
        name, digest = detail.get("tsr"), detail.get("tsr_sha256")
        if isinstance(name, str) and isinstance(digest, str):
            self._stamps.append((name, digest))
        else:
            self._report("custody_malformed", path, "tells of a timestamp and names none")

    def _check_signature(self, path: str, raw: bytes) -> None:
        signature = self._files.get(f"{path}.p7s")
        if signature is None:
            self._report("custody_unsigned", path, "")
            return
        try:
            checked: CheckedSignature = check_detached(signature, raw)
        except CmsError as error:
            self._report("custody_bad_signature", path, str(error))
            return
        pinned = checked.certificate_der in self._trusted
        at = checked.signing_time
        problem = validity_problem(checked.certificate_der, at) if at else "the time of signing is not stated"
        if problem and pinned:
            self._report("custody_bad_signature", path, problem)
        if not trusts(self._trusted, checked, at or datetime.now(UTC)):
            self._report("custody_unknown_signer", path, checked.certificate_sha256)

    def _report(self, code: str, path: str, detail: str) -> None:
        self._reasons.append(Reason(code, path, detail))


def _read_event(raw: bytes) -> dict[str, Any] | None:
    """The members of an event; None when a member is missing, of another type, or twice: then readers differ."""
    try:
        data = json.loads(raw, object_pairs_hook=unique_members)
        from_rfc3339(data["at"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if data.get("schema") != SCHEMA or not all(type(data.get(name)) is kind for name, kind in _MEMBERS.items()):
        return None
    return data if data["event"] in EVENTS else None
