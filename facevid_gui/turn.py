"""A turn that one process has and the others wait for (floor 1).

What enters: a file. What leaves: whether it is this process's turn. The system gives the turn back when its process
ends, however it ends. `filelock`, which the stores use, costs the start of the window 23 ms; this costs half of one.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from facevid_gui.files import PRIVATE_FILE, make_private_folder

if TYPE_CHECKING:
    from pathlib import Path

_TAKEN = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})


class Turn:
    """The turn at one file. The file stays: it is empty, and taking it away would give two processes a turn."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1

    @property
    def is_ours(self) -> bool:
        """Whether this process has it."""
        return self._file >= 0

    def take(self) -> bool:
        """Take it if it is free; False when another process has it. `OSError` where there are no such turns."""
        if self.is_ours:
            return True
        make_private_folder(self._path.parent)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), PRIVATE_FILE)
        try:
            _lock(file)
        except OSError as error:
            os.close(file)
            if error.errno in _TAKEN:
                return False
            raise
        self._file = file
        return True

    def __enter__(self) -> Turn:
        return self

    def __exit__(self, *_: object) -> None:
        self.give_back()

    def give_back(self) -> None:
        """Let the next one have it."""
        file, self._file = self._file, -1
        if file >= 0:
            with suppress(OSError):
                os.close(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
