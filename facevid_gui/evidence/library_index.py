"""The index of the library: a SQLite file that is only a cache (floor 1).

What enters: facts of folders that were read, verdicts. What leaves: the same, as rows. Deleted, damaged, locked
or of another version, the file is made anew or done without: nobody ever waits for it or hears of it. It names
people: mode 0600, and what is removed from it is overwritten.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from facevid_gui.files import PRIVATE_FILE, make_private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

T = TypeVar("T")
VERSION = 1
_PATIENCE_S = 0.25
_TABLE = """
DROP TABLE IF EXISTS folders;
CREATE TABLE folders (
    path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, facts BLOB, verdict TEXT, verified_at TEXT, reason TEXT
) WITHOUT ROWID;
"""
# Not the file's fault: making it anew would not help, and another process may be at work with it.
_ELSEWHERE = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM,
})  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What the index knows of a folder; `stamp` is size and time of the `capture.json` that `facts` come from."""

    stamp: tuple[int | None, int | None] = (None, None)
    facts: bytes | None = None
    verdict: str | None = None
    verified_at: str | None = None
    reason: str = ""


class LibraryIndex:
    """The file behind the library. No method raises: where the index fails, there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self) -> dict[bytes, Row]:
        """Everything it knows, by path."""

        def read(connection: sqlite3.Connection) -> dict[bytes, Row]:
            columns = "path, size, mtime_ns, facts, verdict, verified_at, coalesce(reason, '')"
            rows = connection.execute(f"SELECT {columns} FROM folders")  # noqa: S608 - a constant
            return dict(map(_checked, rows))

        return self._run(read, {})

    def update(self, fresh: Mapping[bytes, Row], gone: Sequence[bytes]) -> None:
        """Keep the facts of folders that were read, remove those that are gone."""
        if not fresh and not gone:
            return

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO folders (path, size, mtime_ns, facts) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE"
                " SET size = excluded.size, mtime_ns = excluded.mtime_ns, facts = excluded.facts",
                [(key, *row.stamp, row.facts) for key, row in fresh.items()],
            )
            connection.executemany("DELETE FROM folders WHERE path = ?", [(key,) for key in gone])

        self._run(write, None)

    def note(self, key: bytes, verdict: str, verified_at: str, reason: str) -> None:
        """Keep a verdict."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO folders (path, verdict, verified_at, reason) VALUES (?, ?, ?, ?) ON CONFLICT (path)"
                " DO UPDATE SET verdict = excluded.verdict, verified_at = excluded.verified_at,"
                " reason = excluded.reason",
                (key, verdict, verified_at, reason),
            )

        self._run(write, None)

    def _run(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Do `work` in one transaction; make a damaged index anew once, do without one that cannot be used."""
        for _ in range(2):
            try:
                with contextlib.closing(self._connect()) as connection, connection:
                    _prepare(connection)
                    return work(connection)
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _ELSEWHERE:
                    return otherwise
            except OSError:
                return otherwise
            with contextlib.suppress(OSError):
                self._path.unlink()
        return otherwise

    def _connect(self) -> sqlite3.Connection:
        make_private_folder(self._path.parent)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
        self._path.chmod(PRIVATE_FILE)
        return sqlite3.connect(self._path, timeout=_PATIENCE_S)


def _checked(values: tuple[object, ...]) -> tuple[bytes, Row]:
    """A row of the right types: SQLite reads many a damaged page without a word. `DatabaseError` otherwise."""
    path, size, mtime_ns, facts, verdict, verified_at, reason = values
    if (
        isinstance(path, bytes)
        and isinstance(size, int | None)
        and isinstance(mtime_ns, int | None)
        and isinstance(facts, bytes | None)
        and isinstance(verdict, str | None)
        and isinstance(verified_at, str | None)
        and isinstance(reason, str)
    ):
        return path, Row((size, mtime_ns), facts, verdict, verified_at, reason)
    raise sqlite3.DatabaseError("damaged")


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA secure_delete = ON")
    if connection.execute("PRAGMA user_version").fetchone() != (VERSION,):
        connection.executescript(f"BEGIN IMMEDIATE; {_TABLE} PRAGMA user_version = {VERSION}; COMMIT;")
