"""Rescue: look up and seal in one action, without viewing, because the provider's clock runs (floor 1).

What enters: a look-up ready to be made, and everything a seal needs. What leaves: what the look-up came to, and
the sealed folder or what stood in its way. The capture stays where it was unless it became evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.core.errors import FacevidError
from facevid_gui.evidence.seal import check_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.captures.store import CaptureStore
    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.seal import Sealed, Sealer, SealRequest
    from facevid_gui.lookups.lookup import LookupResult


@dataclass(frozen=True)
class Rescued:
    """The look-up, and the seal if the record was found; `problem` says why what was found is not sealed."""

    result: LookupResult
    sealed: Sealed | None
    problem: FacevidError | None


def rescue(
    look_up: Callable[[], LookupResult], store: CaptureStore, sealer: Sealer, request: SealRequest, signer: Signer
) -> Rescued:
    """Look up and seal what is found. `UsageError` for a bad case or purpose, before anything is asked."""
    check_case(request.case_ref, request.purpose)
    result = look_up()
    if not result.outcome.ok or result.capture is None:
        return Rescued(result, None, None)
    try:
        sealed = sealer.seal(store.open(str(result.capture)), request, signer)
    except FacevidError as error:
        return Rescued(result, None, error)
    return Rescued(result, sealed, None)
