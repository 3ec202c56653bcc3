"""An append-only log whose lines are chained by hash: the common part of register and access log (floor 1).

What enters: entries. What leaves: one compact JSON line each, with gapless `seq` and `prev_sha256` over
the line before, its LF included. A chain shows changes in the middle; only a copy of its head kept
elsewhere shows that the end was cut.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from io import FileIO
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from facevid_gui.core.clock import Clock, to_rfc3339
from facevid_gui.core.errors import SurroundingsError, UsageError
from facevid_gui.files import PRIVATE_FILE, disk_errors, flush_folder, make_private_folder, write_all, write_new

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

NO_PREVIOUS = "0" * 64
MAX_LINE_BYTES = 64 * 1024
_LOCK_PATIENCE_S = 30.0
_LARGEST_SEQ = 10**15  # a longer number may be read and yet not be written


@dataclass(frozen=True)
class ChainProblem:
    """Something wrong in a log: "malformed", "gap", "broken" or "torn", at line `line` (from 1)."""

    code: str
    line: int


class ChainLog:
    """One log file of one schema."""

    def __init__(self, path: Path, schema: str, clock: Clock) -> None:
        self.path = path
        self._schema = schema
        self._clock = clock

    def append(self, entry: Mapping[str, Any]) -> str:
        """Add an entry (without schema, seq, at, prev_sha256); return the new head, flushed to the disk.

        A torn last line (a crash in the middle of a write) is moved aside to a file of its own first.
        `SurroundingsError` log_damaged when the last line cannot be followed; `UsageError` entry_too_long
        for what a reader would not accept.
        """
        with disk_errors(self.path):
            make_private_folder(self.path.parent)
            with FileLock(self.path.with_suffix(".lock"), timeout=_LOCK_PATIENCE_S, mode=PRIVATE_FILE):
                self._move_torn_line_aside()
                last = self._last_line()
                seq, previous = _follow(last, self.path)
                data = {
                    "schema": self._schema,
                    "seq": seq,
                    "at": to_rfc3339(self._clock.now()),
                    **entry,
                    "prev_sha256": previous,
                }
                line = compact_line(data)
                if len(line) > MAX_LINE_BYTES:
                    raise UsageError("entry_too_long", limit=MAX_LINE_BYTES)
                self._write(line)
        return hashlib.sha256(line).hexdigest()

    def head(self) -> str:
        """The hash of the last whole line."""
        with disk_errors(self.path):
            last = self._last_line()
        return hashlib.sha256(last).hexdigest() if last else NO_PREVIOUS

    def last_entry(self) -> dict[str, Any] | None:
        """The last whole line's object; None when there is none or it cannot be read."""
        with disk_errors(self.path):
            last = self._last_line()
        return _object_or_none(last) if last else None

    def copy_to(self, target: Path) -> int:
        """Copy every whole line to a new file; return how many bytes. `FileExistsError` becomes an error of the disk.

        A torn last line stays behind: it is no line.
        """
        with disk_errors(target):
            raw = self.path.read_bytes() if self.path.exists() else b""
            whole = raw[: raw.rfind(b"\n") + 1]
            write_new(target, whole)
        return len(whole)

    def moved_aside(self) -> tuple[str, ...]:
        """The names of the files that torn lines were moved to."""
        return tuple(sorted(path.name for path in self.path.parent.glob(f"{self.path.name}.torn-*")))

    def _write(self, line: bytes) -> None:
        is_new = not self.path.exists()
        descriptor = os.open(
            self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), PRIVATE_FILE
        )
        with FileIO(descriptor, "a") as file:
            write_all(file, line)
            os.fsync(descriptor)
        if is_new:
            flush_folder(self.path.parent)

    def _last_line(self) -> bytes | None:
        lines = self._end().split(b"\n")
        return lines[-2] + b"\n" if len(lines) > 1 else None

    def _end(self) -> bytes:
        """The end of the log, long enough for its last whole line and a torn one behind it.

        `SurroundingsError` log_damaged when no line ends there.
        """
        if not self.path.exists():
            return b""
        with self.path.open("rb") as file:
            begin = max(0, os.fstat(file.fileno()).st_size - 2 * MAX_LINE_BYTES)
            file.seek(begin)
            end = file.read()
        if begin and b"\n" not in end:  # nobody tore a line so long: what lies here is not ours, and stays
            raise SurroundingsError("log_damaged", path=self.path)
        return end

    def _move_torn_line_aside(self) -> None:
        end = self._end()
        torn = end[end.rfind(b"\n") + 1 :]
        if not torn:
            return
        stamp = to_rfc3339(self._clock.now()).replace(":", "")
        write_new(self.path.with_name(f"{self.path.name}.torn-{stamp}-{os.urandom(3).hex()}"), torn)
        with self.path.open("r+b") as file:
            file.truncate(os.fstat(file.fileno()).st_size - len(torn))
            os.fsync(file.fileno())


def compact_line(data: Mapping[str, Any]) -> bytes:
    """Serialise without blanks, in the order given, with a final LF.

    Half characters (an undecodable path or account name) become JSON's own escapes.
    """
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8", "backslashreplace")


def read_lines(path: Path) -> Iterator[tuple[bytes, dict[str, Any] | None]]:
    """Yield every line with its LF and its object; None for a line that is not one."""
    with disk_errors(path), path.open("rb") as file:
        while line := file.readline(MAX_LINE_BYTES):
            yield line, _object_or_none(line)


def check_chain(path: Path, schema: str) -> tuple[ChainProblem, ...]:
    """Check sequence and hashes of a whole log; an absent log has no problem."""
    if not path.exists():
        return ()
    return check_lines(read_lines(path), schema)


def check_lines(lines: Iterable[tuple[bytes, dict[str, Any] | None]], schema: str) -> tuple[ChainProblem, ...]:
    """Check sequence and hashes of what `read_lines` yields."""
    problems: list[ChainProblem] = []
    previous = NO_PREVIOUS
    for number, (line, data) in enumerate(lines, 1):
        if not line.endswith(b"\n"):
            problems.append(ChainProblem("torn", number))
        elif data is None or data.get("schema") != schema:
            problems.append(ChainProblem("malformed", number))
        elif data.get("seq") != number:
            problems.append(ChainProblem("gap", number))
        elif data.get("prev_sha256") != previous:
            problems.append(ChainProblem("broken", number))
        previous = hashlib.sha256(line).hexdigest()
    return tuple(problems)


def _follow(last: bytes | None, path: Path) -> tuple[int, str]:
    if last is None:
        return 1, NO_PREVIOUS
    data = _object_or_none(last)
    seq = data.get("seq") if data is not None else None
    if type(seq) is not int or not 0 < seq < _LARGEST_SEQ:
        raise SurroundingsError("log_damaged", path=path)
    return seq + 1, hashlib.sha256(last).hexdigest()


def _object_or_none(line: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
