"""The tables of the library's index, and how folders are put into them and taken out (floor 1).

What enters: a connection and what was found in folders. What leaves: rows. The number of a row says its place in the
list: unsaved captures come first in an order of their own, evidence is numbered by the time of its seal, so that the
newest are the highest and a page of search results is read off the word index from its end, without sorting.

`marks` repeats what one can narrow by in short rows: counting 100 000 of them touches few pages. `history` and `checks`
are kept by path and outlive the row of a folder that was read anew.
"""

from __future__ import annotations

import os
import secrets
import zlib
from functools import partial
from typing import TYPE_CHECKING

from facevid_gui.evidence.library_entry import to_facts
from facevid_gui.evidence.library_reading import Stamp
from facevid_gui.evidence.library_words import storable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.evidence.library_reading import Found

# Tokens come parted by blanks; nothing else parts them, or index and question would disagree about a character.
_WORDS = """CREATE VIRTUAL TABLE words USING fts5 (
        texts, tails, columnsize = 0, prefix = '1 2 3',
        tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
    )"""
SCHEMA = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    "CREATE TABLE roots (id INTEGER PRIMARY KEY, path BLOB UNIQUE NOT NULL, device INTEGER, away INTEGER)",
    """CREATE TABLE folders (
        id INTEGER PRIMARY KEY, path BLOB UNIQUE NOT NULL, root INTEGER NOT NULL, size INTEGER, mtime_ns INTEGER,
        beside TEXT, facts BLOB
    )""",
    "CREATE INDEX by_root ON folders (root)",
    """CREATE TABLE marks (
        id INTEGER PRIMARY KEY, root INTEGER, state TEXT, kind TEXT, checked INTEGER, no_case INTEGER, case_ref TEXT,
        operator TEXT, captured INTEGER, safe INTEGER, outer INTEGER, review_by INTEGER, media INTEGER
    )""",
    "CREATE INDEX by_case ON marks (no_case, case_ref, id DESC)",
    "CREATE INDEX by_operator ON marks (operator)",
    "CREATE TABLE tags (tag TEXT, id INTEGER, PRIMARY KEY (tag, id)) WITHOUT ROWID",
    "CREATE INDEX tags_of ON tags (id)",
    "CREATE TABLE history (path BLOB PRIMARY KEY, verdict TEXT, verified_at TEXT, reason TEXT) WITHOUT ROWID",
    "CREATE TABLE checks (path BLOB PRIMARY KEY, before TEXT, verdict TEXT, good INTEGER, reason TEXT) WITHOUT ROWID",
    _WORDS,
)
FIRST_SEALED = 1 << 30  # below it are unsaved captures
_FIRST_TIMED = 1 << 31  # from FIRST_SEALED to here is evidence that does not say when it was sealed
_SLOTS = 64  # numbers for evidence of the same millisecond; when they are taken, later ones are used
_PAGES = 500  # written in one step of an overwriting: a few hundredths of a second
CAPTURES = 0  # the root of the captures
NEVER, GOOD, TROUBLE = 0, 1, 2
GOOD_VERDICTS = frozenset({"verified", "verified_unstamped"})


def key_of(path: Path) -> bytes:
    """A path as it is kept: bytes, since names may be no text."""
    return os.fsencode(path.absolute())


def epoch(connection: sqlite3.Connection) -> str:
    """Which index this is: another one when it was made anew."""
    return str(meta(connection, "epoch"))


def meta(connection: sqlite3.Connection, name: str) -> str | None:
    """One value kept for the whole index."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def set_meta(connection: sqlite3.Connection, name: str, value: str | None) -> None:
    """Keep or remove such a value."""
    if value is None:
        connection.execute("DELETE FROM meta WHERE name = ?", (name,))
    else:
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def is_scanned(connection: sqlite3.Connection) -> bool:
    """Whether this index was filled by a whole scan; one that was just made anew knows of no folder."""
    return meta(connection, "scanned") is not None


def is_fresh(connection: sqlite3.Connection) -> bool:
    """Whether the index was just made: no scan filled it, and none is at it."""
    return not is_scanned(connection) and connection.execute("SELECT 1 FROM folders LIMIT 1").fetchone() is None


def set_scanned(connection: sqlite3.Connection) -> None:
    """Note that a scan came to its end."""
    set_meta(connection, "scanned", "1")


def root_of(connection: sqlite3.Connection, key: bytes, *, is_captures: bool = False) -> int:
    """The number of a root, given one when it has none."""
    row = connection.execute("SELECT id FROM roots WHERE path = ?", (key,)).fetchone()
    if row is not None and (row[0] == CAPTURES) == is_captures:
        return int(row[0])
    connection.execute("DELETE FROM roots WHERE path = ? OR (? AND id = ?)", (key, is_captures, CAPTURES))
    number = CAPTURES if is_captures else None
    if number is None:
        number = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM roots").fetchone()[0]
    connection.execute("INSERT INTO roots (id, path, away) VALUES (?, ?, 0)", (number, key))
    return int(number)


def known(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, tuple[int, Stamp]]:
    """Number and stamp of those folders that are known, by path."""
    marks = ",".join("?" * len(keys))
    rows = connection.execute(
        f"SELECT path, id, size, mtime_ns, beside FROM folders WHERE path IN ({marks})",  # noqa: S608
        keys,
    )
    return {path: (number, Stamp(size, mtime_ns, beside)) for path, number, size, mtime_ns, beside in rows}


def put(connection: sqlite3.Connection, root: int, found: Iterable[Found]) -> list[int]:
    """Put folders in, in the place of what is known of them; return their numbers."""
    numbers = []
    for item in found:
        key = key_of(item.entry.path)
        row = connection.execute("SELECT id FROM folders WHERE path = ?", (key,)).fetchone()
        if row is not None:
            drop(connection, row)
        numbers.append(_insert(connection, root, key, item))
    return numbers


def drop(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Take rows out; history stays."""
    for number in numbers:
        for table, column in (("folders", "id"), ("marks", "id"), ("tags", "id"), ("words", "rowid")):
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))  # noqa: S608 - constants


def forget(connection: sqlite3.Connection, keys: Sequence[bytes]) -> bool:
    """Take folders out with all that is known of them; return whether there was anything."""
    before = connection.total_changes
    for key in keys:
        drop(connection, [row[0] for row in connection.execute("SELECT id FROM folders WHERE path = ?", (key,))])
        connection.execute("DELETE FROM history WHERE path = ?", (key,))
        connection.execute("DELETE FROM checks WHERE path = ?", (key,))
    return connection.total_changes > before


def clear(connection: sqlite3.Connection) -> None:
    """Take out all folders; history stays. A scan that is under way finds another index and begins anew."""
    for table in ("folders", "marks", "tags", "roots"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - constants
    connection.execute("DROP TABLE words")
    connection.execute(_WORDS)
    set_meta(connection, "epoch", new_epoch())
    set_meta(connection, "scanned", None)


def new_epoch() -> str:
    """A name for an index that is made."""
    return secrets.token_hex(8)


def overwrite(run: Callable[[Callable[[sqlite3.Connection], bool]], bool]) -> None:
    """Write the word index anew: until then it holds the words of rows that were taken out.

    That takes seconds for a hundred thousand folders. It goes in steps, each a transaction of its own that `run` makes,
    so that other programs get in between.
    """
    more = run(partial(_merge, pages=-_PAGES))  # negative: begin with everything there is (FTS5, "merge")
    while more:
        more = run(partial(_merge, pages=_PAGES))


def _merge(connection: sqlite3.Connection, *, pages: int) -> bool:
    """One step; return whether there is more to do."""
    before = connection.total_changes
    connection.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,))
    return connection.total_changes - before >= 2


def note(connection: sqlite3.Connection, key: bytes, verdict: str, verified_at: str, reason: str) -> None:
    """Keep what a check came to."""
    connection.execute(
        "INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)", (key, verdict, verified_at, storable(reason))
    )
    checked = GOOD if verdict in GOOD_VERDICTS else TROUBLE
    connection.execute(
        "UPDATE marks SET checked = ? WHERE id = (SELECT id FROM folders WHERE path = ?)", (checked, key)
    )


def _insert(connection: sqlite3.Connection, root: int, key: bytes, found: Found) -> int:
    entry, stamp = found.entry, found.stamp
    number = _number(connection, root, key, entry.sealed_at or entry.captured_at)
    connection.execute(
        "INSERT INTO folders VALUES (?, ?, ?, ?, ?, ?, ?)",
        (number, key, root, stamp.size, stamp.mtime_ns, stamp.beside, to_facts(entry)),
    )
    history = connection.execute("SELECT verdict FROM history WHERE path = ?", (key,)).fetchone()
    checked = NEVER if history is None else GOOD if history[0] in GOOD_VERDICTS else TROUBLE
    connection.execute(
        "INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number, root, entry.state, entry.kind, checked, not entry.case_ref, storable(entry.case_ref or ""),
            storable(entry.operator), moment(entry.captured_at), moment(entry.deadline.safe),
            moment(entry.deadline.outer), moment(entry.review_by), entry.media,
        ),
    )  # fmt: skip
    connection.execute("INSERT INTO words (rowid, texts, tails) VALUES (?, ?, ?)", (number, found.words, found.tails))
    connection.executemany("INSERT INTO tags VALUES (?, ?)", [(storable(tag), number) for tag in found.tags])
    return number


def moment(at: datetime | None) -> int | None:
    """A moment in milliseconds since 1970."""
    return None if at is None else int(at.timestamp() * 1000)


def _number(connection: sqlite3.Connection, root: int, key: bytes, at: datetime | None) -> int:
    """A free number in the right place. Where many crowd, the place is widened: finding one never takes long."""
    if root == CAPTURES:
        first, width = 1, 1 << 20
    elif at is None:
        first, width = FIRST_SEALED, 1 << 20
    else:
        first, width = _FIRST_TIMED + max(0, moment(at) or 0) * _SLOTS, _SLOTS
    while True:
        number = first + zlib.crc32(key) % width
        if connection.execute("SELECT 1 FROM folders WHERE id = ?", (number,)).fetchone() is None:
            return number
        key += b"+"
        width *= 2
