"""What a check of everything keeps in the library's index (floor 1).

What enters: a connection, verdicts as they are found. What leaves: what is still to be checked, and what was found, so
that a check that was stopped goes on later. `before` is the verdict that history knew when this check came to a folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import Connection as Connection
from typing import TYPE_CHECKING

from facevid_gui.evidence import library_rows as rows
from facevid_gui.evidence.library_answers import roots_condition
from facevid_gui.evidence.library_index import IndexLostError
from facevid_gui.evidence.library_rows import FIRST_SEALED
from facevid_gui.evidence.library_words import storable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from facevid_gui.evidence.library_index import LibraryIndex

Row = tuple[bytes, str | None, str, int, str]
_RUNNING = "check_running"
_CHANGED = "c.before IS NOT NULL AND c.before != c.verdict"


@dataclass(frozen=True)
class Kept:
    """A verdict as it is kept; `at` is RFC 3339."""

    verdict: str
    good: bool
    reason: str
    at: str


@dataclass(frozen=True)
class Numbers:
    """How many folders a check found changed, bad, never checked before, and by verdict."""

    changed: int
    bad: int
    new: int
    by_verdict: Mapping[str, int]


def begin(connection: Connection, *, resume: bool) -> str:
    """Begin a check of what was scanned, with `resume` the one that was stopped, if any; return the index's epoch."""
    if not rows.is_scanned(connection):
        raise IndexLostError
    if not (resume and rows.meta(connection, _RUNNING)):
        connection.execute("DELETE FROM checks")
        rows.set_meta(connection, _RUNNING, "1")
    return rows.epoch(connection)


def finish(connection: Connection) -> None:
    """The check came to its end: the next one begins anew."""
    rows.set_meta(connection, _RUNNING, None)


def waiting(index: LibraryIndex, roots: Sequence[Path]) -> tuple[int, int] | None:
    """How many folders of how many a check that was stopped had come to; None when there is none."""
    keys = [rows.key_of(root) for root in roots]

    def read(connection: Connection) -> tuple[int, int] | None:
        if rows.meta(connection, _RUNNING) is None:
            return None
        total, checked = progress(connection, keys)
        return checked, total

    return index.use(read, None)


def drop(index: LibraryIndex) -> None:
    """Forget the check that was stopped; what it found stays history."""
    index.use(finish, None)


def progress(connection: Connection, roots: Sequence[bytes]) -> tuple[int, int]:
    """How many folders there are to check, and how many of them were."""
    where = _evidence(connection, roots)
    done = "SELECT count(*) FROM checks c JOIN folders f ON f.path = c.path JOIN marks m ON m.id = f.id"
    return (
        int(connection.execute(f"SELECT count(*) FROM marks m WHERE {where}").fetchone()[0]),  # noqa: S608
        int(connection.execute(f"{done} WHERE {where}").fetchone()[0]),
    )


def unchecked(connection: Connection, roots: Sequence[bytes], below: int | None, limit: int) -> list[tuple[int, bytes]]:
    """Folders still to be checked, the newest first: number and path. `below` is the last number asked for before."""
    where = f"{_evidence(connection, roots)} AND m.id < ?"
    statement = (
        f"SELECT m.id, f.path FROM marks m JOIN folders f ON f.id = m.id WHERE {where}"  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM checks c WHERE c.path = f.path) ORDER BY m.id DESC LIMIT ?"
    )
    return connection.execute(statement, ((1 << 63) - 1 if below is None else below, limit)).fetchall()


def keep(connection: Connection, path: bytes, kept: Kept) -> None:
    """Keep what checking a folder came to, and what history knew before."""
    row = connection.execute("SELECT verdict FROM history WHERE path = ?", (path,)).fetchone()
    found = (path, row[0] if row else None, kept.verdict, kept.good, storable(kept.reason))
    connection.execute("INSERT OR REPLACE INTO checks VALUES (?, ?, ?, ?, ?)", found)
    rows.note(connection, path, kept.verdict, kept.at, kept.reason)


def changed(connection: Connection, roots: Sequence[bytes], limit: int) -> list[Row]:
    """Folders whose verdict is another than before, the bad ones first."""
    return _found(connection, roots, _CHANGED, limit)


def bad(connection: Connection, roots: Sequence[bytes], limit: int) -> list[Row]:
    """Folders that do not hold, and did not change."""
    return _found(connection, roots, f"NOT c.good AND NOT ({_CHANGED})", limit)


def numbers(connection: Connection, roots: Sequence[bytes]) -> Numbers:
    """What a check found, in numbers."""
    found = _joined(connection, roots)
    counted = f"SELECT sum({_CHANGED}), sum(NOT c.good), sum(c.before IS NULL) {found}"
    differing, bad_ones, new = (int(number or 0) for number in connection.execute(counted).fetchone())
    by_verdict = dict(connection.execute(f"SELECT c.verdict, count(*) {found} GROUP BY c.verdict"))
    return Numbers(differing, bad_ones, new, by_verdict)


def _found(connection: Connection, roots: Sequence[bytes], condition: str, limit: int) -> list[Row]:
    columns = "c.path, c.before, c.verdict, c.good, c.reason"
    statement = f"SELECT {columns} {_joined(connection, roots)} AND {condition} ORDER BY c.good, c.path LIMIT ?"
    return connection.execute(statement, (limit,)).fetchall()


def _joined(connection: Connection, roots: Sequence[bytes]) -> str:
    where = _evidence(connection, roots)
    return f"FROM checks c JOIN folders f ON f.path = c.path JOIN marks m ON m.id = f.id WHERE {where}"


def _evidence(connection: Connection, roots: Sequence[bytes]) -> str:
    """The condition on `marks` for the evidence of these roots."""
    return " AND ".join([f"m.id >= {FIRST_SEALED}", *roots_condition(connection, roots)])
