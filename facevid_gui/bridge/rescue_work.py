"""Rescuing a list for the window, on a worker (floor 2). No Qt here.

What enters: a list file, what a seal says, the profile and secrets of this run. What leaves: each row as it ends,
then a summary. Stopped, the same list goes on where it was, and is offered at the next start until nothing of it is
left.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from facevid_gui.bridge.kept_list import KeptList, forget_list, keep_list
from facevid_gui.bridge.stamp_work import stamp_sealed
from facevid_gui.bridge.work import connect, seal_request
from facevid_gui.core.errors import SurroundingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from facevid_gui.bridge.services import Services
    from facevid_gui.bridge.work import Sealing
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.secret import Secret
    from facevid_gui.lookups.rescue_state import Ending


@dataclass(frozen=True)
class ListSummary:
    """How many rows were sealed, settled without evidence, and are left for the next time.

    `is_over`: the next time can come to no more.
    """

    sealed: int
    unsealed: int
    left: int
    is_over: bool


def kept_as(file: Path, sealing: Sealing, *, retry: bool) -> KeptList:
    """What starts it again; a passphrase is typed again."""
    return KeptList(file, sealing.case_ref, sealing.purpose, sealing.root, retry)


def is_worth_again(ending: Ending) -> bool:
    """Whether the same row may come to more the next time; a malformed one does not."""
    return not ending.settled and ending.exit_code != UsageError.exit_code


def rescue_list(
    services: Services, named: str | None, given: Mapping[str, Mapping[str, Secret]], file: Path, sealing: Sealing,
    retry: bool, token: CancelToken, tell: Callable[[object], None],
) -> ListSummary:  # fmt: skip
    """Rescue what is left of a list; `named` is the profile for rows of its kind, `given` are secrets of this run."""
    from facevid_gui.lookups.list_file import read_list
    from facevid_gui.lookups.rescue_list import RescueList, kind_in_use, profile_for
    from facevid_gui.lookups.rescue_one import Tools

    listed = read_list(file, kind_in_use(named, services.profiles))
    with suppress(SurroundingsError):  # on a full disk the rescue says so itself; being reminded is a help only
        keep_list(services.paths.state, kept_as(file, sealing, retry=retry))
    services.recover()
    tools = Tools(
        workplace=services.workplace,
        sealer=services.sealer,
        register=services.register,
        journal=services.journal,
        choose=lambda row: profile_for(row, named, services.environ, services.profiles),
        connect=lambda profile: connect(services, profile, given.get(profile.name)),
        open_key=partial(services.keys.open, sealing.passphrase),
        stamp=lambda folder, signer: stamp_sealed(services, folder, signer, token),
    )
    rescue = RescueList(tools, seal_request(services, sealing), token, retry=retry)
    results = []
    for result in rescue.run(listed):
        results.append(result)
        tell(result)
    services.choose_evidence_root(sealing.root)
    sealed = sum(result.ending.evidence is not None for result in results)
    settled = sum(result.ending.settled for result in results)
    is_over = not rescue.waiting and not any(is_worth_again(result.ending) for result in results)
    if is_over:
        with suppress(SurroundingsError):
            forget_list(services.paths.state)
    return ListSummary(sealed, settled - sealed, len(results) - settled + rescue.waiting, is_over)
