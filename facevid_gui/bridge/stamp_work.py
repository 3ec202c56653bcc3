"""What workers do about timestamps: folders that wait for one, and the one just sealed (floor 2). No Qt here."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from facevid_gui.core.errors import CancelledError, FacevidError

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.stamping import Stamper


@dataclass(frozen=True)
class StampRound:
    """What one round over the folders that wait for a stamp came to; `problem` is the first that kept one waiting."""

    stamped: tuple[Path, ...]
    waiting: int
    problem: FacevidError | None = None


def _has_waiting(services: Services) -> bool:  # in the usual case none does, and nothing more is loaded
    return any(services.paths.queue.glob("stamp-*.json"))


def _stamper(services: Services) -> Stamper:
    return services.stamper(services.trust().tsa_roots)


def stamp_waiting(services: Services, token: CancelToken) -> StampRound:
    """Try the folders that wait for a stamp.

    The key is unlocked only when an answer is here, and only by the keyring: where it needs a passphrase the answer
    is kept, with its time, until the key is next unlocked.
    """
    if not _has_waiting(services):
        return StampRound((), 0)
    from facevid_gui.evidence.signing_key import LateSigner

    results = list(_stamper(services).stamp_waiting(services.tsa_urls, LateSigner(services.keys.open), token))
    problems = [result.error for result in results if result.error is not None]
    stamped = tuple(result.folder for result in results if result.stamp is not None)
    return StampRound(stamped, len(problems), problems[0] if problems else None)


def stamp_sealed(services: Services, folder: Path, signer: Signer, token: CancelToken) -> FacevidError | None:
    """Ask for a timestamp when an authority is set; return what keeps the folder waiting. Never raises.

    Being asked to stop means not to wait any longer: that is no problem. Answers that only lacked the key, which is
    unlocked now, are put into their folders, too.
    """
    from facevid_gui.evidence import stamping

    problem = stamping.stamp_sealed(partial(_stamper, services), folder, services.tsa_urls, signer, token)
    with contextlib.suppress(FacevidError):
        if _has_waiting(services):
            for _ in _stamper(services).stamp_waiting(services.tsa_urls, signer, token, only_answered=True):
                pass
    return None if isinstance(problem, CancelledError) else problem
