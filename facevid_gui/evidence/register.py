"""The register of seals: one chained line per thing that happened to a folder, outside the folder (floor 1).

It holds no biometric data and outlives the folders. It alone shows a folder that was sealed again with a
stolen key, or whose custody log lost its end. It lies beside the key that could rewrite it: its weight is
the head kept elsewhere (design section 6).

Each line also carries the head of the access log as it was then (`access_head`), so that the one head kept
elsewhere vouches for both. Where days pass without a seal, a line of the event `access` does nothing else:
design section 9 has no event for that, section 6 demands it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import Clock, to_rfc3339
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.evidence.chainlog import ChainLog, check_lines, read_lines
from facevid_gui.files import disk_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

SCHEMA = "facevid-register/1"
EVENTS = ("sealed", "stamped", "custody", "purged", "key", "pending", "access")


@dataclass(frozen=True)
class RegisterView:
    """What a register says about one evidence id. `problems` are findings about the register itself.

    `sealed_here` is false for a folder of another home that was only stamped or handed on in this one.
    `torn`: its last line is incomplete, as a crash (or a writer at work) leaves it; that disagrees with nothing.
    """

    known: bool
    sealed_here: bool = False
    seals: frozenset[str] = frozenset()
    signers: frozenset[str] = frozenset()
    heads: tuple[str, ...] = ()
    purged: bool = False
    problems: tuple[str, ...] = ()
    torn: bool = False


class Register:
    """The register of this home. `access_head` tells the head of the access log, "" when there is none."""

    def __init__(self, path: Path, clock: Clock, access_head: Callable[[], str] | None = None) -> None:
        self.path = path
        self.log = ChainLog(path, SCHEMA, clock)
        self._access_head = access_head or str

    def add(
        self,
        event: str,
        *,
        evidence_id: str = "",
        seal_sha256: str = "",
        custody_head: str = "",
        signer_sha256: str = "",
        stamp_time: datetime | None = None,
        detail: dict[str, str] | None = None,
    ) -> str:
        """Append a line (design section 9); return the register's new head."""
        entry: dict[str, Any] = {
            "event": event,
            "evidence_id": evidence_id,
            "seal_sha256": seal_sha256,
            "custody_head": custody_head,
            "signer_sha256": signer_sha256,
            "stamp_time": to_rfc3339(stamp_time) if stamp_time else None,
        }
        if detail:
            entry["detail"] = detail
        access_head = self._head_of_access()
        if access_head:
            entry["access_head"] = access_head
        return self.log.append(entry)

    def note_access(self) -> None:
        """Make sure that the last line carries the head of the access log as it is now."""
        access_head = self._head_of_access()
        last = self.log.last_entry() or {}
        if access_head and last.get("access_head") != access_head:
            self.add("access")

    def _head_of_access(self) -> str:
        """An access log that cannot be read stops whoever wants to look, but nobody who seals."""
        try:
            return self._access_head()
        except SurroundingsError:
            return ""

    def head(self) -> str:
        """The hash of the last line: what to keep elsewhere."""
        return self.log.head()

    def view(self, evidence_id: str) -> RegisterView:
        """What this register says about `evidence_id`."""
        return read_register(self.path, evidence_id)


@dataclass(frozen=True, slots=True)
class _Line:
    """What is kept of a line: a register grows for years, and the window holds what it read of it.

    `withdrawn` is the head of an event that is not in the folder: refused by the medium, or another workstation was
    faster.
    """

    event: str
    seal: str
    signer: str
    head: str
    withdrawn: str


@dataclass(frozen=True)
class _Contents:
    """A register read once: its lines by evidence id, and what is wrong with it."""

    lines: Mapping[str, tuple[_Line, ...]]
    problems: tuple[str, ...]
    torn: bool


def read_register(path: Path, evidence_id: str) -> RegisterView:
    """Read what a register file says about one evidence id. `SurroundingsError` when it cannot be read."""
    with disk_errors(path):
        try:
            facts = path.stat()
        except FileNotFoundError:
            return RegisterView(known=False)
    contents = _read(path.absolute(), facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
    lines = contents.lines.get(evidence_id, ())
    sealed_here = [line for line in lines if line.event == "sealed"]  # else sealed elsewhere, handed on here
    withdrawn = {line.withdrawn for line in lines if line.event == "pending"}
    return RegisterView(
        known=bool(lines),
        sealed_here=bool(sealed_here),
        seals=frozenset(line.seal for line in sealed_here or lines),
        signers=frozenset(line.signer for line in sealed_here),
        heads=tuple(line.head for line in lines if line.head and line.head not in withdrawn),
        purged=any(line.event == "purged" for line in lines),
        problems=contents.problems,
        torn=contents.torn,
    )


def _kept(data: Mapping[str, Any], share: Callable[[str], str]) -> _Line:
    detail = data.get("detail")
    return _Line(
        event=share(str(data.get("event"))),
        seal=share(str(data.get("seal_sha256"))),
        signer=share(str(data.get("signer_sha256"))),
        head=share(str(data.get("custody_head") or "")),
        withdrawn=share(str(detail.get("head") or "") if isinstance(detail, dict) else ""),
    )


@lru_cache(maxsize=1)
def _read(path: Path, *_facts: int) -> _Contents:
    """Read a register once for many folders: thousands are verified against the same one."""
    by_id: defaultdict[str, list[_Line]] = defaultdict(list)
    shared: dict[str, str] = {}  # events and signers are the same in many lines
    lines = 0

    def each() -> Iterator[tuple[bytes, dict[str, Any] | None]]:
        nonlocal lines
        for line, data in read_lines(path):
            lines += 1
            if data and line.endswith(b"\n"):
                by_id[str(data.get("evidence_id"))].append(_kept(data, lambda text: shared.setdefault(text, text)))
            yield line, data

    problems = check_lines(each(), SCHEMA)
    torn = bool(problems) and problems[-1].code == "torn" and problems[-1].line == lines
    return _Contents(
        {evidence_id: tuple(kept) for evidence_id, kept in by_id.items()},
        tuple(f"{p.code} line {p.line}" for p in (problems[:-1] if torn else problems)),
        torn,
    )
