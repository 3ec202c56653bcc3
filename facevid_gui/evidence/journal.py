"""Work that must be finished after a crash: what was about to happen, written before it happens (floor 1).

What enters: a named intent. What leaves: a file in `queue/`, there until the work is done, and locks for
work that only one process of this home may do at a time.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.files import PRIVATE_FILE, disk_errors, flush_folder, make_private_folder, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class BusyError(SurroundingsError):
    """Another process or thread of this home is doing this work right now."""


class Journal:
    """The intents of this home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, intent: Mapping[str, Any]) -> None:
        """Write an intent, flushed, before the work begins."""
        with disk_errors(self.folder):
            make_private_folder(self.folder)
            replace_file(self.folder / f"{name}.json", (json.dumps(intent) + "\n").encode())

    def done(self, name: str) -> None:
        """The work is done."""
        with disk_errors(self.folder):
            (self.folder / f"{name}.json").unlink(missing_ok=True)
            flush_folder(self.folder)

    def pending(self, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield name and intent of all unfinished work whose name begins with `prefix`."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.glob(f"{prefix}*.json")):
            try:
                intent = json.loads(path.read_bytes())
            except (OSError, ValueError, RecursionError):
                continue
            if isinstance(intent, dict):
                yield path.stem, intent

    @contextlib.contextmanager
    def lock(self, name: str, patience_s: float) -> Iterator[None]:
        """Hold the lock of that name; `BusyError` when another has it for longer than `patience_s`."""
        with disk_errors(self.folder):
            make_private_folder(self.folder)
            lock = FileLock(self.folder / f".{name}.lock", timeout=patience_s, mode=PRIVATE_FILE)
            try:
                lock.acquire()
            except Timeout as error:
                raise BusyError("work_in_progress", name=name) from error
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # Windows keeps an open file; the next holder uses it again
                Path(lock.lock_file).unlink()
            lock.release()
