"""The register of seals: one chained line per thing that happened to a folder, outside the folder (floor 1).

It holds no biometric data and outlives the folders. It alone shows a folder that was sealed again with a
stolen key, or whose custody log lost its end. It lies beside the key that could rewrite it: its weight is
the head kept elsewhere (design section 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import Clock, to_rfc3339
from facevid_gui.evidence.chainlog import ChainLog, check_chain, read_lines

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

SCHEMA = "facevid-register/1"
EVENTS = ("sealed", "stamped", "custody", "purged", "key", "pending")


@dataclass(frozen=True)
class RegisterView:
    """What a register says about one evidence id. `problems` are findings about the register itself."""

    known: bool
    seals: frozenset[str] = frozenset()
    signers: frozenset[str] = frozenset()
    heads: tuple[str, ...] = ()
    purged: bool = False
    problems: tuple[str, ...] = ()


class Register:
    """The register of this home."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self._log = ChainLog(path, SCHEMA, clock)

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
        return self._log.append(entry)

    def head(self) -> str:
        """The hash of the last line: what to keep elsewhere."""
        return self._log.head()

    def view(self, evidence_id: str) -> RegisterView:
        """What this register says about `evidence_id`."""
        return read_register(self.path, evidence_id)


def read_register(path: Path, evidence_id: str) -> RegisterView:
    """Read what a register file says about one evidence id. `SurroundingsError` when it cannot be read."""
    if not path.exists():
        return RegisterView(known=False)
    problems = tuple(f"{p.code} line {p.line}" for p in check_chain(path, SCHEMA))
    lines = [data for _, data in read_lines(path) if data and data.get("evidence_id") == evidence_id]
    if not lines:
        return RegisterView(known=False, problems=problems)
    return RegisterView(
        known=True,
        seals=frozenset(str(data.get("seal_sha256")) for data in lines if data.get("event") == "sealed"),
        signers=frozenset(str(data.get("signer_sha256")) for data in lines if data.get("event") == "sealed"),
        heads=tuple(str(data["custody_head"]) for data in lines if data.get("custody_head")),
        purged=any(data.get("event") == "purged" for data in lines),
        problems=problems,
    )
