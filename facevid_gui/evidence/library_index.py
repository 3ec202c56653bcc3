"""The file behind the library: a SQLite file that is only a cache (floor 1).

What enters: work to do with a connection. What leaves: what the work returns. Deleted, damaged or of another version,
the file is made anew; where it cannot be used (another process holds it, the medium refuses) there is none, and a scan
that must have one works in memory. It names people: mode 0600, and what is removed from it is overwritten. There is
one file, without a log beside it: the journal of a change is gone with the change.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from typing import TYPE_CHECKING, TypeVar

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.evidence import library_rows as rows
from facevid_gui.files import PRIVATE_FILE, make_private_folder, set_mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")
VERSION = 2
_PATIENCE_S = 1.0
_WRITER_PATIENCE_MS = 5000  # another program writes in steps; it is worth more than a scan from the beginning
_CACHE_KB = 32 * 1024  # a batch fits: nothing is written, and nobody locked out, before its end
# Not the file's fault: making it anew would not help, and another process may be at work with it.
_ELSEWHERE = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM,
})  # fmt: skip


class IndexLostError(Exception):
    """The file was made anew: what was in it before is gone."""


class IndexRefusedError(Exception):
    """The file cannot be used now."""


class LibraryIndex:
    """The file, or memory in its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._memory: sqlite3.Connection | None = None
        self._in_memory = threading.Lock()

    def use(self, work: Callable[[sqlite3.Connection], T], otherwise: T, *, writing: bool = True) -> T:
        """Do `work` in one transaction; `otherwise` where the index cannot be used. Never raises of its own."""
        for _ in range(2):
            try:
                return self.attempt(work, writing=writing)
            except IndexLostError:
                continue
            except IndexRefusedError:
                break
        return otherwise

    def attempt(self, work: Callable[[sqlite3.Connection], T], *, writing: bool = True) -> T:
        """Do `work` in one transaction: what it reads is one state, what it writes is based on nothing older.

        Raises `IndexLostError` when damage was removed, `IndexRefusedError`.
        """
        begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
        memory = self._memory
        if memory is not None:
            try:
                with self._in_memory, memory:
                    memory.execute(begin)
                    return work(memory)
            except sqlite3.Error as error:
                raise IndexRefusedError from error
        try:
            with self._opened() as connection, connection:
                _prepare(connection)
                if writing:
                    connection.execute(f"PRAGMA busy_timeout = {_WRITER_PATIENCE_MS}")
                connection.execute(begin)
                return work(connection)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _ELSEWHERE:
                raise IndexRefusedError from error
            with contextlib.suppress(OSError):
                self._path.unlink()
            raise IndexLostError from error
        except OSError as error:
            raise IndexRefusedError from error

    def prefer_file(self) -> None:
        """Leave memory when the file can be written again."""
        if self._memory is None:
            return
        memory, self._memory = self._memory, None
        try:
            self.attempt(_nothing)
        except IndexLostError:
            pass
        except IndexRefusedError:
            self._memory = memory

    def go_to_memory(self) -> None:
        """Do without the file until it can be written again. `SurroundingsError` when SQLite cannot search at all."""
        if self._memory is None:
            memory = sqlite3.connect(":memory:", check_same_thread=False)
            try:
                _prepare(memory)
            except sqlite3.Error as error:
                raise SurroundingsError("sqlite_no_search") from error
            self._memory = memory

    def remove(self) -> None:
        """Remove the file; the next use makes it anew."""
        self._memory = None
        with contextlib.suppress(OSError):
            self._path.unlink()

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        make_private_folder(self._path.parent)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
        set_mode(self._path, PRIVATE_FILE)
        with contextlib.closing(sqlite3.connect(self._path, timeout=_PATIENCE_S)) as connection:
            yield connection


def pinned(work: Callable[[sqlite3.Connection], T], epoch: str) -> Callable[[sqlite3.Connection], T]:
    """Work that only the index of that epoch is good for: `IndexLostError` when it was made anew meanwhile."""

    def checked(connection: sqlite3.Connection) -> T:
        if rows.epoch(connection) != epoch:
            raise IndexLostError
        return work(connection)

    return checked


def _nothing(_connection: sqlite3.Connection) -> None:
    """Work that only finds out whether one could write."""


def _prepare(connection: sqlite3.Connection) -> None:
    """Make sure the tables are ours; of two processes that find none, one makes them."""
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    connection.execute("PRAGMA temp_store = MEMORY")
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    if _version(connection) != VERSION:
        _clear(connection)
        for statement in rows.SCHEMA:
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('epoch', ?)", (rows.new_epoch(),))
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.commit()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _clear(connection: sqlite3.Connection) -> None:
    """Drop what another version left; what cannot be dropped is damage, and the file is made anew."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if names:
        raise sqlite3.DatabaseError(f"another version: {len(names)} tables")
