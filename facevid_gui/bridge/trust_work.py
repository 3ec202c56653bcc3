"""What workers do about trust and about watching: functions of frozen values, no Qt (floor 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.bridge.work import open_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from facevid_gui.bridge.services import Services
    from facevid_gui.evidence.review import Reviewed


def trust_signer(services: Services, folder: Path, sha256: str) -> Reviewed:
    """Trust who signed a folder, if that still is the certificate that was compared; then verify the folder anew.

    `SubjectError` signer_changed: nothing is trusted. Logged first.
    """
    from facevid_gui.evidence.trusted_set import SIGNER, signer_of

    der = signer_of(folder, sha256)
    services.access_log.add("trusted", sha256, use=SIGNER)
    services.trusted.add(der, SIGNER)
    return open_folder(services, folder)


def note_watching(services: Services, evidence_id: str) -> None:
    """Log that a recording was watched."""
    services.access_log.add("watched", evidence_id)


def note_seen(services: Services, evidence_id: str, detail: Mapping[str, str]) -> None:
    """Log what of a recording was seen: times and frame numbers by clip."""
    services.access_log.add("looked_at", evidence_id, **detail)
