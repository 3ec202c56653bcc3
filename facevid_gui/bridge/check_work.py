"""What a worker does to verify many folders for the window (floor 2). No Qt here.

What leaves is a report whose verdicts are history as soon as it is read: a folder that holds is shown as verified only
when it is opened, and checked once more for that.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.core.errors import CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.checking import CheckedFolder, Checking, CheckingReport
    from facevid_gui.evidence.library import LibraryEntry

_TELL_EVERY_S = 0.1


@dataclass(frozen=True)
class CheckProgress:
    """`done` of `total` folders."""

    done: int
    total: int


def checking_of(services: Services) -> Checking:
    """What verifies everything, with what is trusted now."""
    from facevid_gui.evidence.checking import Checking  # loads cryptography

    return Checking(services.library, services.trust(), services.clock)


def waiting(services: Services) -> CheckProgress | None:
    """A run that was left unfinished, perhaps by an earlier program."""
    from facevid_gui.evidence import library_checks  # loads SQLite

    found = library_checks.waiting(services.library.index, services.evidence_roots())
    return None if found is None else CheckProgress(*found)


def drop(services: Services) -> None:
    """Forget it; what it found stays history."""
    from facevid_gui.evidence import library_checks

    library_checks.drop(services.library.index)


def check_all(
    services: Services, token: CancelToken, tell: Callable[[CheckProgress], None], *, resume: bool
) -> CheckingReport:
    """Verify everything, or what is left of it. Being asked to stop ends in a report that is not `finished`."""
    paced = _Paced(tell)
    return checking_of(services).run(services.evidence_roots(), token, paced.tell, resume=resume)


def check_these(
    services: Services, entries: Sequence[LibraryEntry], token: CancelToken, tell: Callable[[CheckProgress], None]
) -> CheckingReport:
    """Verify chosen folders; each verdict is noted as it is found."""
    from facevid_gui.evidence.checking import CheckingReport
    from facevid_gui.evidence.library import reason_of
    from facevid_gui.evidence.verify_many import verify_folders

    paced, found, counts = _Paced(tell), [], dict[str, int]()
    try:
        for entry, verdict in zip(
            entries, verify_folders([e.path for e in entries], services.trust(), token), strict=True
        ):
            services.library.note(verdict, services.clock.now())
            found.append(_checked(entry, verdict, reason_of(verdict)))
            counts[str(verdict.verdict)] = counts.get(str(verdict.verdict), 0) + 1
            paced.tell(len(found), len(entries))
    except CancelledError:
        pass
    changed = [row for row in found if row.before not in (None, row.verdict)]
    bad = [row for row in found if not row.verified and row not in changed]
    return CheckingReport(
        total=len(entries), checked=len(found), finished=len(found) == len(entries),
        changed=tuple(sorted(changed, key=lambda row: row.verified)), bad=tuple(bad), changed_count=len(changed),
        bad_count=sum(not row.verified for row in found), new=sum(row.before is None for row in found), counts=counts,
    )  # fmt: skip


def _checked(entry: LibraryEntry, verdict: FolderVerdict, reason: str) -> CheckedFolder:
    from facevid_gui.evidence.checking import CheckedFolder

    return CheckedFolder(entry.path, str(verdict.verdict), verdict.verified, entry.last_verdict, reason)


class _Paced:
    """Tells progress at most ten times a second, the end always."""

    def __init__(self, tell: Callable[[CheckProgress], None]) -> None:
        self._tell = tell
        self._told = 0.0

    def tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - self._told >= _TELL_EVERY_S:
            self._told = now
            self._tell(CheckProgress(done, total))
