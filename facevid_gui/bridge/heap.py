"""How much freed memory the C library keeps: little (floor 2). What is asked of the C library needs no Qt.

glibc gives every thread a heap of its own, up to eight for each processor core, and once a large block was freed it
takes blocks of up to 32 MB from these heaps instead of asking the system for each (mallopt(3)). A picture is one to
eight megabytes, made on one of a dozen threads and freed on another: every heap comes to be as large as the most that
was ever in it, with holes that nothing fits into. Counted over looking up, playing, saving and opening, 30 to 50 MB in
use: by itself the process grows by a fifth in 900 rounds. With two heaps for all threads it still grew, from 266 MB
after 40 rounds to 326 MB after 680; with blocks from 1 MB on always taken from the system and given back at once, it
held 223 MB after 20 rounds and 242 MB after 180.

Why not smaller blocks, too: every such block comes as empty pages, and with all from 768 kB on the window stood still
5 ms longer when a record is put on the page (53 instead of 47 ms, means of three runs); from 1 MB on it did not.

What lies between smaller blocks that are still held stays with the heaps and comes to 40 to 80 MB, now more, now less.
malloc_trim(3) gives it back in 3 to 6 ms, on a worker, but the next record then comes as empty pages: it is done only
when `MUCH_BYTES` more are held without use than after the best time before. (What all is held does not tell: it is as
much more when a large record is open.)
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

if TYPE_CHECKING:
    from facevid_gui.bridge.controller import Controller

LARGE_BYTES = 1024 * 1024
HEAPS = 2
MUCH_BYTES = 24 * 1024 * 1024
AFTER_MS = 2000  # the first picture is long there
KEY = "give_back"

# glibc's malloc.h
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


_kept_least: list[int] = []  # bytes, after freed memory was given back


def _is_ours_to_set() -> bool:
    """Whether this is Linux, and the user said nothing about it."""
    return sys.platform == "linux" and not any(name.startswith(("MALLOC_", "GLIBC_TUNABLES")) for name in os.environ)


def keep_little() -> bool:
    """Tell the C library so; whether it took it. Before the threads that make pictures. What a user set stays."""
    if not _is_ours_to_set():
        return False
    tell = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries of Linux have no such thing
    return tell is not None and all([tell(_M_MMAP_THRESHOLD, LARGE_BYTES), tell(_M_ARENA_MAX, HEAPS)])


def resident_bytes() -> int:
    """What this process holds of the computer's memory (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


class _Counted(ctypes.Structure):
    """glibc's `mallinfo2`, bytes."""

    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
    )]  # fmt: skip


def give_back() -> bool:
    """Give freed memory back if much has gathered; whether that was done. Not on the GUI thread: it takes 3 to 6 ms.

    Only where the C library can count and give back (glibc from 2.33 on).
    """
    library = ctypes.CDLL(None) if _is_ours_to_set() else None
    trim, count = getattr(library, "malloc_trim", None), getattr(library, "mallinfo2", None)
    if trim is None or count is None:
        return False
    count.restype = _Counted

    def kept() -> int:
        counted = count()
        return resident_bytes() - int(counted.uordblks + counted.hblkhd)  # held, but not by what is in use

    if _kept_least and kept() < _kept_least[0] + MUCH_BYTES:
        return False
    trim(0)
    _kept_least[:] = [min([*_kept_least, kept()])]
    return True


class GiveBack(QObject):
    """Gives back what the record before held, a moment after the page changed."""

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self._give_back)
        controller.session.page_changed.connect(self._on_page)

    @Slot()
    def _on_page(self) -> None:
        if not self._timer.isActive():  # who goes through records fast gives back meanwhile, too
            self._timer.start()

    @Slot()
    def _give_back(self) -> None:
        self._controller.jobs.submit(KEY, lambda _token, _tell: give_back(), lambda _done: None)
