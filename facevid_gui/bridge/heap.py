"""How much freed memory the C library keeps: little (floor 2). No Qt here.

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
malloc_trim(3) gives it back in 3 to 25 ms, but the next record then comes as empty pages: it is done only when
`MUCH_BYTES` more are held without use than after the best time before. (What all is held does not tell: it is as much
more when a large record is open.)
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import ClassVar

LARGE_BYTES = 1024 * 1024
HEAPS = 2
MUCH_BYTES = 24 * 1024 * 1024

# glibc's malloc.h
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8

_kept_least: list[int] = []  # bytes held, but not by what is in use, after freed memory was given back


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
    """`struct mallinfo2` of glibc 2.33 and newer, bytes."""

    _fields_: ClassVar = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
    )]  # fmt: skip


def allocated_bytes() -> int | None:
    """What is allocated and not freed, in all heaps and beside them; None where the C library does not count."""
    count = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if count is None:
        return None
    count.restype = _Counted
    counted = count()
    return int(counted.uordblks + counted.hblkhd)


def give_back() -> bool:
    """Give freed memory back if much has gathered; whether that was done. Not on the GUI thread: it takes 3 to 25 ms.

    Only where the C library can count and give back (glibc from 2.33 on).
    """
    allocated = allocated_bytes() if _is_ours_to_set() else None
    if allocated is None or (_kept_least and resident_bytes() - allocated < _kept_least[0] + MUCH_BYTES):
        return False
    ctypes.CDLL(None).malloc_trim(0)  # what has `mallinfo2` has this, too
    _kept_least[:] = [min([resident_bytes() - (allocated_bytes() or 0), *_kept_least])]
    return True
