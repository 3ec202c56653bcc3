"""How much freed memory the C library keeps: little (floor 2). No Qt here.

glibc gives every thread a heap of its own, up to eight for each processor core, and once a large block was freed it
takes blocks of up to 32 MB from these heaps instead of asking the system for each (mallopt(3)). A picture is one to
eight megabytes, made on one of a dozen threads and freed on another: every heap comes to be as large as the most that
was ever in it, with holes that nothing fits into. Counted over looking up, playing, saving and opening: 30 to 50 MB in
use, 130 MB held after ten rounds, 190 MB after eighty. With two heaps for all threads 135 MB are held from the
thirtieth round on; with blocks from 256 kB on always taken from the system, and given back as soon as they are freed,
45 MB.

The price: the system gives each picture as empty pages. On a slow virtual machine a picture of 480 x 640 takes 0.3 ms
more, one of 1920 x 1080 takes 2.5 ms more.
"""

import ctypes
import os
import sys

LARGE_BYTES = 256 * 1024
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
