"""What verifying a folder came to (floor 0). One verdict, with every reason that led to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Verdict(StrEnum):
    """The verdicts of design section 9."""

    VERIFIED = "verified"
    VERIFIED_UNSTAMPED = "verified_unstamped"
    UNSIGNED = "unsigned"
    UNKNOWN_SIGNER = "unknown_signer"
    ALTERED = "altered"
    CHAIN_BROKEN = "chain_broken"
    REGISTER_DISAGREES = "register_disagrees"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Reason:
    """One finding: a code of design section 9, the path inside the folder, and a technical detail."""

    code: str
    path: str = ""
    detail: str = ""


@dataclass(frozen=True)
class SignerFacts:
    """Who signed: certificate subject, SHA-256 of the certificate (DER), whether it is in the trusted set."""

    subject: str
    sha256: str
    trusted: bool


@dataclass(frozen=True)
class StampFacts:
    """A timestamp that was checked: stated time (UTC), authority, delay after sealing in seconds."""

    time: datetime
    authority: str
    delay_s: float
    late: bool


@dataclass(frozen=True)
class FolderVerdict:
    """The result for one folder. `verified` is true only for the two verified verdicts."""

    folder: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    evidence_id: str | None = None
    seal_sha256: str | None = None
    source: str | None = None
    signer: SignerFacts | None = None
    stamp: StampFacts | None = None
    capture_to_seal_s: float | None = None
    custody_head: str | None = None
    files_checked: int = 0
    stamp_required: bool = False

    @property
    def verified(self) -> bool:
        """Whether the folder passed every check asked for."""
        if self.verdict is Verdict.VERIFIED:
            return True
        return self.verdict is Verdict.VERIFIED_UNSTAMPED and not self.stamp_required
