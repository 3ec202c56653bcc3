"""What workers do about the provider's deadlines (floor 2). No Qt here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from facevid_gui.evidence.library_query import LibraryQuery

if TYPE_CHECKING:
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.record import Signer

MOST = 200


@dataclass(frozen=True)
class Unsaved:
    """Something not saved whose recording the provider deletes at `until`.

    `key` is its evidence id, or the SignId of a signer who was listed and never looked up; then `is_capture` is false.
    `is_empty`: nothing of the recording has come yet.
    """

    key: str
    subject: str
    until: datetime
    is_capture: bool = True
    is_empty: bool = False


def unsaved(services: Services, signers: tuple[Signer, ...], flow_id: str) -> tuple[Unsaved, ...]:
    """All of it, the most urgent first; of captures at most MOST."""
    found = []
    library = services.library
    for entry in library.page(LibraryQuery(section="unsaved", deadline="open"), (), 0, MOST).entries:
        until = entry.deadline.nearest
        if until is not None and entry.state == "complete":
            subject = entry.flow_id or entry.order_no or entry.evidence_id
            found.append(Unsaved(entry.evidence_id, subject, until, is_empty=not entry.media))
    for signer in signers:
        until = signer.deadline.nearest
        if signer.is_signed_person and until is not None and not _is_known(services, signer.sign_id):
            found.append(Unsaved(signer.sign_id, flow_id, until, is_capture=False, is_empty=True))
    return tuple(sorted(found, key=lambda one: one.until))


def _is_known(services: Services, sign_id: str) -> bool:
    """Whether the library holds a record of this signer, saved or not."""
    page = services.library.page(LibraryQuery(text=sign_id, remembered=True), services.evidence_roots(), 0, 1)
    return page.total > 0
