"""A scan: the index is brought up to date with the folders, in batches (floor 1).

What enters: an index, the captures, the roots. What leaves: the index as the folders are now, and what was found. An
unchanged folder costs a look at its `capture.json` and, where it has one, at its sidecar; nothing of it is read. Of
every folder only its number is held in memory. What is away (a share, a stick) loses nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.evidence import library_rows as rows
from facevid_gui.evidence.library_index import pinned
from facevid_gui.evidence.library_reading import (
    SIDECAR_SUFFIX,
    Found,
    is_evidence_name,
    read_capture,
    read_evidence,
    stamp_of,
)
from facevid_gui.evidence.reading import DATA

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from facevid_gui.captures.store import CaptureStore
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.library_index import LibraryIndex

    T = TypeVar("T")

BATCH = 500  # folders; each batch is one transaction
_MANY = 2000  # folders that make it worth while to put the word index in order: searches are twice as fast then


@dataclass(frozen=True)
class ScanReport:
    """What a scan came to: folders seen, read because they were new or had changed, gone; roots that are away."""

    seen: int
    read: int
    gone: int
    unreadable_roots: tuple[Path, ...] = ()


@dataclass
class _Count:
    total: int = 0
    seen: int = 0
    read: int = 0
    gone: int = 0
    away: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class _Listed:
    """A root as it was listed: how many folders it holds, and the names that have a sidecar beside them."""

    count: int
    sidecars: frozenset[str]
    device: int


class Scan:
    """One scan. `tell` hears how many folders of how many are done, after every batch."""

    def __init__(
        self, index: LibraryIndex, captures: CaptureStore, token: CancelToken | None,
        tell: Callable[[int, int], None] | None,
    ) -> None:  # fmt: skip
        self._index = index
        self._captures = captures
        self._token = token
        self._tell = tell
        self._count = _Count()
        self._epoch = ""

    def run(self, roots: Sequence[Path]) -> ScanReport:
        """Scan captures and roots.

        Raises `IndexLostError`, `IndexRefusedError`; `CancelledError` between two batches, with what was read so far
        kept; `SurroundingsError` when the captures cannot be read.
        """
        self._epoch = self._index.attempt(rows.epoch, writing=False)
        listed = {root: _list(root) for root in roots}
        self._count.total = sum(found.count for found in listed.values() if found is not None)
        self._scan_captures()
        for root, found in listed.items():
            if found is None or self._looks_unmounted(root, found):
                self._count.away.append(root)
                self._mark(root, away=True)
            else:
                self._scan_root(root, found)
        count = self._count
        if count.gone or count.read > _MANY:
            rows.overwrite(self._write)
        if not self._read(rows.is_scanned):
            self._write(rows.set_scanned)
        return ScanReport(count.seen, count.read, count.gone, tuple(count.away))

    def _scan_captures(self) -> None:
        entries = self._captures.entries()
        key = rows.key_of(self._captures.root)
        root = self._write(lambda connection: rows.root_of(connection, key, is_captures=True))
        seen: set[int] = set()
        self._count.total += len(entries)
        for start in range(0, len(entries), BATCH):
            some = {rows.key_of(entry.path): entry for entry in entries[start : start + BATCH]}
            known = self._read(partial(rows.known, keys=tuple(some)))
            found = []
            for path, entry in some.items():
                if entry.state == "complete" and path in known:
                    stamp = stamp_of(entry.path, "", None)
                    if stamp.is_known and stamp == known[path][1]:
                        seen.add(known[path][0])
                        continue
                if entry.path.is_dir():  # not sealed or discarded meanwhile
                    found.append(read_capture(entry))
            self._keep(root, found, len(some), seen)
        self._remove_gone(root, seen)

    def _scan_root(self, root: Path, listed: _Listed) -> None:
        number = self._mark(root, away=False, device=listed.device)
        seen: set[int] = set()
        base = os.fsencode(root) + os.fsencode(os.sep)
        try:
            with os.scandir(root) as entries:
                names = (entry.name for entry in entries if _is_evidence(entry))
                while some := list(islice(names, BATCH)):
                    self._scan_some(root, base, some, listed, number, seen)
        except OSError:  # it went away in the middle: what was not seen may be there
            self._count.away.append(root)
        else:
            self._remove_gone(number, seen)

    def _scan_some(
        self, root: Path, base: bytes, names: Sequence[str], listed: _Listed, number: int, seen: set[int]
    ) -> None:
        keys = [base + os.fsencode(name) for name in names]
        known = self._read(partial(rows.known, keys=keys))
        found = []
        for name, key in zip(names, keys, strict=True):
            has_sidecar = name in listed.sidecars
            if key in known:
                path = f"{root}{os.sep}{name}"
                stamp = stamp_of(path, DATA, f"{path}{SIDECAR_SUFFIX}" if has_sidecar else None)
                if stamp.is_known and stamp == known[key][1]:
                    seen.add(known[key][0])
                    continue
            found.append(read_evidence(root / name, has_sidecar=has_sidecar))
        self._keep(number, found, len(names), seen)

    def _keep(self, root: int, found: Sequence[Found], looked_at: int, seen: set[int]) -> None:
        """Put a batch in, and say how far the scan is."""
        if found:
            seen.update(self._write(lambda connection: rows.put(connection, root, found)))
        self._count.seen += looked_at
        self._count.read += len(found)
        if self._tell is not None:
            self._tell(self._count.seen, max(self._count.total, self._count.seen))
        if self._token is not None:
            self._token.raise_if_cancelled()

    def _remove_gone(self, root: int, seen: set[int]) -> None:
        """Take out what is not there any more. Another process may just have put something in: its place is asked."""

        def unseen(connection: sqlite3.Connection) -> list[bytes]:
            numbers = [n for (n,) in connection.execute("SELECT id FROM folders WHERE root = ?", (root,))]
            missing = [(n,) for n in numbers if n not in seen]
            paths = (connection.execute("SELECT path FROM folders WHERE id = ?", n).fetchone() for n in missing)
            return [row[0] for row in paths]

        gone = [key for key in self._read(unseen) if not _is_folder(Path(os.fsdecode(key)))]
        for start in range(0, len(gone), BATCH):
            self._write(partial(rows.forget, keys=gone[start : start + BATCH]))
        self._count.gone += len(gone)

    def _looks_unmounted(self, root: Path, listed: _Listed) -> bool:
        """Whether an empty folder stands where a volume with evidence was mounted."""
        if listed.count:
            return False
        key = rows.key_of(root)

        def device(connection: sqlite3.Connection) -> int | None:
            row = connection.execute("SELECT device FROM roots WHERE path = ?", (key,)).fetchone()
            return row[0] if row else None

        return self._read(device) not in (None, listed.device)

    def _mark(self, root: Path, *, away: bool, device: int | None = None) -> int:
        """Note whether a root is there, and on which device; return its number."""
        key = rows.key_of(root)

        def mark(connection: sqlite3.Connection) -> int:
            number = rows.root_of(connection, key)
            connection.execute(
                "UPDATE roots SET away = ?, device = coalesce(?, device) WHERE id = ?"
                " AND (away IS NOT ? OR device IS NOT coalesce(?, device))",
                (away, device, number, away, device),
            )
            return number

        return self._write(mark)

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Ask the index that the scan began with; `IndexLostError` when it is another one now."""
        return self._index.attempt(pinned(work, self._epoch), writing=False)

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Change the index that the scan began with; `IndexLostError` when it is another one now."""
        return self._index.attempt(pinned(work, self._epoch))


def _list(root: Path) -> _Listed | None:
    """Look through a root once; None when it cannot be read."""
    count, sidecars = 0, set()
    try:
        with os.scandir(root) as entries:
            for entry in entries:
                if entry.name.endswith(SIDECAR_SUFFIX):
                    sidecars.add(entry.name.removesuffix(SIDECAR_SUFFIX))
                elif _is_evidence(entry):
                    count += 1
        return _Listed(count, frozenset(sidecars), root.stat().st_dev)
    except OSError:
        return None


def _is_evidence(entry: os.DirEntry[str]) -> bool:
    return is_evidence_name(entry.name) and entry.is_dir(follow_symlinks=False)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
