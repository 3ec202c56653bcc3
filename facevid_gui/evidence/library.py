"""The library: unsaved captures and evidence folders in one list (floor 1).

What enters: the captures of this home, the roots that hold evidence, verdicts as they are found, questions. What
leaves: pages of entries, the unsaved first. The folders are the truth; the index only spares reading an unchanged
folder again (its answer can be 60 MB), finds words in a hundred thousand of them, and remembers the last verdict as
history.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from facevid_gui.captures.store import PARTIAL
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.evidence import library_rows as rows
from facevid_gui.evidence.library_answers import Question, choices, unreadable
from facevid_gui.evidence.library_entry import LibraryEntry as LibraryEntry  # what a library holds
from facevid_gui.evidence.library_index import IndexLostError, IndexRefusedError, LibraryIndex
from facevid_gui.evidence.library_query import PAGE_SIZE, LibraryChoices, LibraryPage, LibraryQuery
from facevid_gui.evidence.library_reading import SIDECAR_SUFFIX, is_evidence_name, read_capture, read_evidence
from facevid_gui.evidence.library_scan import Scan, ScanReport

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from facevid_gui.captures.store import CaptureStore
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clock import Clock
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.library_reading import Found

T = TypeVar("T")
_NOTICES = frozenset(
    {
        "stamp_late", "stamp_early", "stamp_unchecked", "stamp_unnamed", "register_torn",
        "request_stamped", "request_stamp_unchecked", "request_stamp_bad",
    }
)  # fmt: skip
_NOTHING = LibraryPage(0, 0, (), ())


class Library:
    """The captures of this home and the evidence below some roots."""

    def __init__(self, captures: CaptureStore, index: Path, clock: Clock) -> None:
        self._captures = captures
        self.index = LibraryIndex(index)
        self._clock = clock
        self._is_filled = False  # by a scan of this program

    def scan(
        self, roots: Sequence[Path], token: CancelToken | None = None, tell: Callable[[int, int], None] | None = None
    ) -> ScanReport:
        """Bring the index up to date with the folders; what did not change is not read.

        `tell` hears how many folders of how many are done. A root that cannot be read loses nothing: it is named, and
        its evidence is not listed until a scan finds it again. Raises `CancelledError` between two batches, what was
        read so far is kept; `SurroundingsError` when the captures cannot be read.
        """
        wanted = list(dict.fromkeys(root.absolute() for root in roots))
        self.index.prefer_file()
        report = self._scan_file(wanted, token, tell)
        if report is None:
            self.index.go_to_memory()
            report = Scan(self.index, self._captures, token, tell).run(wanted)
        self._is_filled = True
        return report

    def page(self, query: LibraryQuery, roots: Sequence[Path], offset: int = 0, limit: int = PAGE_SIZE) -> LibraryPage:
        """Answer a question from the index: unsaved first, the most urgent on top, then evidence, the newest first.

        An unknown deadline is the most urgent, one that has passed and an answer without media the least. With the
        order "case" evidence is grouped by its case, that without one last.
        """

        def ask(connection: sqlite3.Connection) -> LibraryPage:
            return self._question(connection, query, roots).page(offset, limit)

        return self._after_damage(ask, roots, _NOTHING)

    def position_after(self, query: LibraryQuery, roots: Sequence[Path], folder: Path, otherwise: int) -> int:
        """The offset behind a folder in an answer, `otherwise` when it does not hold the folder any more.

        So a list is gone on with although something came in at its top.
        """

        def ask(connection: sqlite3.Connection) -> int:
            return self._question(connection, query, roots).position_after(rows.key_of(folder), otherwise)

        return self.index.use(ask, otherwise, writing=False)

    def choices(self, roots: Sequence[Path], *, remembered: bool = False) -> LibraryChoices:
        """What there is to narrow by, at most `library_answers.MOST_CHOICES` of each, and what filters let through."""
        keys = [rows.key_of(root) for root in roots]
        now = self._clock.now()
        return self._after_damage(partial(choices, roots=keys, now=now, remembered=remembered), roots, LibraryChoices())

    def reindex(
        self, roots: Sequence[Path], token: CancelToken | None = None, tell: Callable[[int, int], None] | None = None
    ) -> ScanReport:
        """Throw away what the index knows of folders, read all of them again; raises as `scan`. History stays."""
        self.index.prefer_file()
        self._is_filled = False
        self.index.use(rows.clear, None)
        return self.scan(roots, token, tell)

    def unreadable(self, roots: Sequence[Path]) -> tuple[Path, ...]:
        """The folders whose record could not be read by the last scan, at most `library_answers.MOST_CHOICES`."""
        keys = [rows.key_of(root) for root in roots]
        return self._after_damage(lambda connection: unreadable(connection, keys), roots, ())

    def refresh(self, paths: Sequence[Path]) -> None:
        """Look anew at these folders only: after a seal, a note, a snapshot, a discarded capture."""
        captures = {entry.path.absolute(): entry for entry in self._captures.entries()}
        root = self._captures.root.absolute()
        named = [path.absolute() for path in paths]
        # A scan may have met a capture while it was being received, under the name it had then.
        named += [path.with_name(PARTIAL + path.name) for path in named if path.parent == root]
        for path in named:
            if path.parent == root:
                found = read_capture(captures[path]) if path in captures else None
            elif is_evidence_name(path.name) and path.is_dir() and not path.is_symlink():
                found = read_evidence(path, has_sidecar=path.with_name(path.name + SIDECAR_SUFFIX).is_dir())
            else:
                found = None
            if found is None:
                self.forget(path)
                continue

            def put(connection: sqlite3.Connection, path: Path = path, found: Found = found) -> None:
                number = rows.root_of(connection, rows.key_of(path.parent), is_captures=path.parent == root)
                connection.execute("UPDATE roots SET away = 0 WHERE id = ? AND away", (number,))  # it is there again
                rows.put(connection, number, [found])

            self.index.use(put, None)
            if not os.path.lexists(path):  # removed while it was read
                self.forget(path)

    def note(self, verdict: FolderVerdict, at: datetime) -> None:
        """Remember what a check came to, and the first thing that was wrong."""
        key, said = rows.key_of(Path(verdict.folder)), reason_of(verdict)
        moment = to_rfc3339(at)
        self.index.prefer_file()
        self.index.use(lambda connection: rows.note(connection, key, str(verdict.verdict), moment, said), None)

    def forget(self, path: Path) -> None:
        """Remove all that the index knows of a folder, and overwrite it."""
        self.index.prefer_file()
        if self.index.use(lambda connection: rows.forget(connection, [rows.key_of(path)]), otherwise=False):
            rows.overwrite(lambda step: self.index.use(step, otherwise=False))

    def _scan_file(
        self, roots: Sequence[Path], token: CancelToken | None, tell: Callable[[int, int], None] | None
    ) -> ScanReport | None:
        """Scan into the file; None where that does not do."""
        for _ in range(2):
            try:
                return Scan(self.index, self._captures, token, tell).run(roots)
            except IndexLostError:  # damaged, or removed meanwhile: once more from the beginning
                continue
            except IndexRefusedError:
                break
        return None

    def _after_damage(self, ask: Callable[[sqlite3.Connection], T], roots: Sequence[Path], otherwise: T) -> T:
        """Ask the index; one that was lost since it was filled is made anew from the folders first."""

        def checked(connection: sqlite3.Connection) -> tuple[bool, T]:
            return self._is_filled and rows.is_fresh(connection), ask(connection)

        try:
            lost, answer = self.index.attempt(checked, writing=False)
            if not lost:
                return answer
        except IndexLostError:
            pass
        except IndexRefusedError:
            return otherwise
        self.scan(roots)
        return self.index.use(ask, otherwise, writing=False)

    def _question(self, connection: sqlite3.Connection, query: LibraryQuery, roots: Sequence[Path]) -> Question:
        return Question(connection, query, [rows.key_of(root) for root in roots], self._clock.now())


def reason_of(verdict: FolderVerdict) -> str:
    """Code and path of the first thing that was wrong; nothing for a folder that holds."""
    wrong = [] if verdict.verified else [reason for reason in verdict.reasons if reason.code not in _NOTICES]
    return f"{wrong[0].code} {wrong[0].path}".strip() if wrong else ""
