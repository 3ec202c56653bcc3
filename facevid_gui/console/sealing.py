"""Sealing as the console does it: plan first, then key, seal, stamp (floor 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.console.keys import open_key
from facevid_gui.console.options import tsa_roots, tsa_urls
from facevid_gui.console.output import plain
from facevid_gui.evidence.seal import Sealed, SealRequest, check_case
from facevid_gui.evidence.stamping import stamp_sealed
from facevid_gui.evidence.timestamp import check_tsa_url

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.captures.store import CaptureEntry
    from facevid_gui.console.context import Context
    from facevid_gui.evidence.cms import Signer


@dataclass(frozen=True)
class SealPlan:
    """Everything sealing needs, checked before the first request is sent."""

    request: SealRequest
    tsa_urls: tuple[str, ...]
    tsa_roots: tuple[bytes, ...]


def plan_seal(context: Context) -> SealPlan:
    """Check case, purpose, root and authority; `UsageError` for what is missing or malformed."""
    arguments = context.arguments
    case_ref, purpose = arguments.case or "", arguments.purpose or ""
    check_case(case_ref, purpose)
    urls = tuple(map(check_tsa_url, tsa_urls(context)))
    house = context.house
    root: Path = house.evidence_root(arguments.evidence_root)
    roots, _ = tsa_roots(context)
    request = SealRequest(case_ref.strip(), purpose.strip(), house.operator, root, house.settings.legal_basis)
    return SealPlan(request, urls, roots)


def seal_capture(context: Context, plan: SealPlan, entry: CaptureEntry) -> Sealed:
    """Open the key, seal, and ask for the stamp when an authority is set."""
    house = context.house
    signer = open_key(context)
    sealed = house.sealer.seal(entry, plan.request, signer)
    stamp_capture(context, plan, sealed.folder, signer)
    return sealed


def stamp_capture(context: Context, plan: SealPlan, folder: Path, signer: Signer) -> None:
    """Ask for the stamp of a folder just sealed; say what keeps it waiting."""
    house = context.house
    problem = stamp_sealed(lambda: house.stamper(plan.tsa_roots), folder, plan.tsa_urls, signer, context.token)
    if problem is not None:
        why, _ = context.messages.error(problem)
        context.output.note("seal.not_yet_stamped", why=plain(why))
