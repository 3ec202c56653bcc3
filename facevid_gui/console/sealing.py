"""Sealing as the console does it: plan first, then key, seal, stamp (floor 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.console.options import passphrase, tsa_roots, tsa_url
from facevid_gui.evidence.seal import Sealed, SealRequest, check_case
from facevid_gui.evidence.timestamp import check_tsa_url

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.captures.store import CaptureEntry
    from facevid_gui.console.context import Context


@dataclass(frozen=True)
class SealPlan:
    """Everything sealing needs, checked before the first request is sent."""

    request: SealRequest
    tsa_url: str
    tsa_roots: tuple[bytes, ...]


def plan_seal(context: Context) -> SealPlan:
    """Check case, purpose, root and authority; `UsageError` for what is missing or malformed."""
    arguments = context.arguments
    case_ref, purpose = arguments.case or "", arguments.purpose or ""
    check_case(case_ref, purpose)
    url = tsa_url(context)
    house = context.house
    root: Path = house.evidence_root(arguments.evidence_root)
    roots, _ = tsa_roots(context)
    request = SealRequest(case_ref.strip(), purpose.strip(), house.operator, root, house.settings.legal_basis)
    return SealPlan(request, check_tsa_url(url) if url else "", roots)


def seal_capture(context: Context, plan: SealPlan, entry: CaptureEntry) -> Sealed:
    """Open the key, seal, and ask for the stamp when an authority is set."""
    house = context.house
    signer = house.keys.open(passphrase(context))
    sealed = house.sealer.seal(entry, plan.request, signer)
    if plan.tsa_url:
        result = house.stamper(plan.tsa_roots).stamp(sealed.folder, plan.tsa_url, signer, context.token)
        if result.stamp is None:
            code = result.waiting_because or ""
            why, _ = context.messages.failure(code, {})
            context.output.note("seal.not_yet_stamped", why=why)
    return sealed
