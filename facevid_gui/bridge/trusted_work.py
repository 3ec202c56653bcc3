"""What workers do about the trusted set: functions of frozen values, no Qt (floor 2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.core.errors import SubjectError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.bridge.services import Services


@dataclass(frozen=True)
class TrustedRow:
    """A certificate that counts here. `use` is "signer" or "tsa-root"; `is_own`: a key of this computer."""

    use: str
    subject: str
    sha256: str
    not_after: str
    is_own: bool


@dataclass(frozen=True)
class Sent:
    """A certificate somebody sent, read but not trusted yet."""

    path: Path
    use: str
    subject: str
    sha256: str
    is_known: bool


def trusted_rows(services: Services) -> tuple[TrustedRow, ...]:
    """This home's own certificates, then those it was told to trust; `SurroundingsError` for one that is no PEM."""
    from facevid_gui.evidence.trusted_set import SIGNER, Trusted

    own = (Trusted(SIGNER, der, None) for der in services.keys.own())
    return tuple(
        TrustedRow(one.use, facts["subject"], facts["sha256"], facts["not_after"], one.path is None)
        for one in (*own, *services.trusted.all())
        if (facts := one.facts())
    )


def read_sent(services: Services, path: Path) -> Sent:
    """Read the one certificate of a file; `UsageError` for any other file."""
    from facevid_gui.evidence.signing_key import describe_certificate
    from facevid_gui.evidence.trusted_set import read_one_certificate, use_of

    der = read_one_certificate(path)
    facts, use = describe_certificate(der), use_of(der)
    is_known = any((row.use, row.sha256) == (use, facts["sha256"]) for row in trusted_rows(services))
    return Sent(path, use, facts["subject"], facts["sha256"], is_known)


def trust_sent(services: Services, path: Path, sha256: str) -> tuple[TrustedRow, ...]:
    """Trust the certificate of a file, if it still is the one that was compared. Logged first.

    `SubjectError` certificate_changed: nothing is trusted.
    """
    from facevid_gui.evidence.trusted_set import read_one_certificate, use_of

    der = read_one_certificate(path)
    if hashlib.sha256(der).hexdigest() != sha256:
        raise SubjectError("certificate_changed", path=path)
    use = use_of(der)
    services.access_log.add("trusted", sha256, use=use)
    services.trusted.add(der, use)
    return trusted_rows(services)


def distrust(services: Services, sha256: str) -> tuple[TrustedRow, ...]:
    """Trust a certificate no longer; logged first. `UsageError` trust_own_key for this home's own."""
    if any(hashlib.sha256(der).hexdigest() == sha256 for der in services.keys.own()):
        raise UsageError("trust_own_key")
    trusted = services.trusted.find(sha256)
    services.access_log.add("distrusted", sha256, use=trusted.use)
    services.trusted.remove(trusted)
    return trusted_rows(services)
