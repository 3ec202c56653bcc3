"""Checking everything: the strict check of every folder, with what changed since last time on top (floor 1).

What enters: the library, what to trust, roots. What leaves: a report: the folders whose verdict is another than the one
before, then those that do not hold, the others as numbers. A check of 100 000 folders takes an hour: what was found is
kept in the library's index as it is found, so that a check that was stopped, by the user or by a power cut, goes on
where it was. A verdict is history as soon as it is written down; nothing here says that a folder holds *now*.
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import CancelledError
from facevid_gui.evidence import library_checks as checks
from facevid_gui.evidence import library_rows as rows
from facevid_gui.evidence.library import reason_of
from facevid_gui.evidence.library_index import IndexLostError, IndexRefusedError, pinned
from facevid_gui.evidence.verify_many import verify_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clock import Clock
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.library import Library
    from facevid_gui.evidence.verify import Trust

T = TypeVar("T")
MOST_NAMED = 1000  # folders in each list of a report; the numbers count all
_AT_ONCE = 256  # folders that are handed to the verifier together
_KEEP_EVERY = 16  # verdicts that a power cut may cost


@dataclass(frozen=True)
class CheckedFolder:
    """What checking one folder came to. `before` is the verdict of the last check, None when there was none."""

    folder: Path
    verdict: str
    verified: bool
    before: str | None
    reason: str


@dataclass(frozen=True)
class CheckingReport:
    """What checking everything came to.

    `changed` are folders whose verdict is another than before, the bad ones first; `bad` are the others that do not
    hold, those never checked before among them; each at most MOST_NAMED. `counts` has the number of folders by
    verdict; `new` were never checked before. `total` folders were to be checked, `checked` were; not `finished`
    means that somebody stopped it, and `run(resume=True)` goes on.
    """

    total: int = 0
    checked: int = 0
    finished: bool = False
    changed: tuple[CheckedFolder, ...] = ()
    bad: tuple[CheckedFolder, ...] = ()
    changed_count: int = 0
    bad_count: int = 0
    new: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    unreadable_roots: tuple[Path, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether every folder was checked, no root was away, and each passed."""
        whole = self.finished and self.checked == self.total
        return whole and not self.bad_count and not self.unreadable_roots


class Checking:
    """Checks all folders of some roots."""

    def __init__(self, library: Library, trust: Trust, clock: Clock) -> None:
        self._library = library
        self._index = library.index
        self._trust = trust
        self._clock = clock
        self._epoch = ""

    def run(
        self, roots: Sequence[Path], token: CancelToken, tell: Callable[[int, int], None] | None = None, *,
        resume: bool = False,
    ) -> CheckingReport:  # fmt: skip
        """Check every folder, or with `resume` those that the check that was stopped had not come to.

        `tell` hears how many folders of how many are done. Being asked to stop ends in a report that is not
        `finished`. Raises `SurroundingsError` when captures or register cannot be read.
        """
        for _ in range(2):
            try:
                return self._run(roots, token, tell, resume=resume)
            except (IndexLostError, IndexRefusedError):  # what was kept of this check is gone: from the beginning
                continue
        self._index.go_to_memory()
        return self._run(roots, token, tell, resume=False)

    def _run(
        self, roots: Sequence[Path], token: CancelToken, tell: Callable[[int, int], None] | None, *, resume: bool
    ) -> CheckingReport:
        keys = [rows.key_of(root) for root in roots]
        away: tuple[Path, ...] = ()
        finished = False
        self._epoch = ""
        try:
            away = self._library.scan(roots, token).unreadable_roots
            self._epoch = self._index.attempt(partial(checks.begin, resume=resume))
            self._check_all(keys, token, tell)
            self._write(checks.finish)
            finished = True
        except CancelledError:
            pass
        return self._report(keys, away, finished=finished)

    def _check_all(self, roots: Sequence[bytes], token: CancelToken, tell: Callable[[int, int], None] | None) -> None:
        total, done = self._read(partial(checks.progress, roots=roots))
        below: int | None = None
        while found := self._read(partial(checks.unchecked, roots=roots, below=below, limit=_AT_ONCE)):
            below = found[-1][0]
            waiting: list[FolderVerdict] = []
            folders = [Path(os.fsdecode(key)) for _, key in found]
            try:
                with closing(verify_folders(folders, self._trust, token)) as verdicts:
                    for verdict in verdicts:
                        waiting.append(verdict)
                        done += 1
                        if len(waiting) >= _KEEP_EVERY:
                            self._keep(waiting)
                        if tell is not None:
                            tell(done, total)
            finally:
                self._keep(waiting)

    def _keep(self, waiting: list[FolderVerdict]) -> None:
        """Write verdicts down, as results of this check and as history."""
        at = to_rfc3339(self._clock.now())

        def keep(connection: checks.Connection) -> None:
            for verdict in waiting:
                found = checks.Kept(str(verdict.verdict), verdict.verified, reason_of(verdict), at)
                checks.keep(connection, rows.key_of(Path(verdict.folder)), found)

        if waiting:
            self._write(keep)
            waiting.clear()

    def _report(self, roots: Sequence[bytes], away: tuple[Path, ...], *, finished: bool) -> CheckingReport:
        def read(connection: checks.Connection) -> CheckingReport:
            total, checked = checks.progress(connection, roots)
            numbers = checks.numbers(connection, roots)
            return CheckingReport(
                total=total,
                checked=checked,
                finished=finished,
                changed=tuple(map(_checked, checks.changed(connection, roots, MOST_NAMED))),
                bad=tuple(map(_checked, checks.bad(connection, roots, MOST_NAMED))),
                changed_count=numbers.changed,
                bad_count=numbers.bad,
                new=numbers.new,
                counts=numbers.by_verdict,
                unreadable_roots=away,
            )

        return self._read(read) if self._epoch else CheckingReport(unreadable_roots=away)

    def _read(self, work: Callable[[checks.Connection], T]) -> T:
        """Ask the index that this check began with; `IndexLostError` when it is another one now."""
        return self._index.attempt(pinned(work, self._epoch), writing=False)

    def _write(self, work: Callable[[checks.Connection], T]) -> T:
        return self._index.attempt(pinned(work, self._epoch))


def _checked(row: checks.Row) -> CheckedFolder:
    key, before, verdict, good, reason = row
    return CheckedFolder(Path(os.fsdecode(key)), verdict, bool(good), before, reason)
