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
"""

import ctypes
import os
import sys

LARGE_BYTES = 1024 * 1024
HEAPS = 2

# glibc's malloc.h
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


def keep_little() -> bool:
    """Tell the C library so; whether it took it. Before the threads that make pictures. What a user set stays."""
    if sys.platform != "linux" or any(name.startswith(("MALLOC_", "GLIBC_TUNABLES")) for name in os.environ):
        return False
    tell = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries of Linux have no such thing
    return tell is not None and all([tell(_M_MMAP_THRESHOLD, LARGE_BYTES), tell(_M_ARENA_MAX, HEAPS)])
