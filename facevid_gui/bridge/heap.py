"""How many heaps the C library keeps: few (floor 2). No Qt here.

glibc gives every thread a heap of its own, up to eight for each processor core (mallopt(3)). A picture is one to eight
megabytes, made on one of a dozen threads and freed on another: every heap comes to be as large as the most that was
ever in it, with holes that nothing fits into. Counted over looking up, playing, saving and opening: 30 to 50 MB in use,
130 MB held after ten rounds, 190 MB after eighty and still growing. With two heaps for all threads 135 MB are held from
the thirtieth round on.

Why not give large blocks back to the system at once as well (45 MB held): then every picture comes as empty pages, and
the longest standstill of the window, when a record is put on the page, was 5 ms of 45 longer.
"""

import ctypes
import os
import sys

HEAPS = 2
_M_ARENA_MAX = -8  # glibc's malloc.h


def keep_few() -> bool:
    """Tell the C library so; whether it took it. Before the threads that make pictures. What a user set stays."""
    if sys.platform != "linux" or any(name.startswith(("MALLOC_", "GLIBC_TUNABLES")) for name in os.environ):
        return False
    tell = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries of Linux have no such thing
    return tell is not None and bool(tell(_M_ARENA_MAX, HEAPS))
