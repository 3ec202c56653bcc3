"""Freed pictures go back to the system, whichever thread freed them. Each in a process of its own: it is for good."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LARGE_MB = 20
THREADS = 12

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a setting of glibc")

# It frees a large block, after which glibc by itself takes the next ones from its heaps; then it takes a picture's
# worth, and lets many threads have memory at the same time. It tells how much of the picture is the system's own, and
# how many heaps there are.
PROGRAM = """
import ctypes, json, os, sys, tempfile, threading
libc = ctypes.CDLL(None)
if not hasattr(libc, "mallinfo2"):
    sys.exit("does not count")
class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "o", "s", "h", "hblkhd", "u", "f", "b", "d", "k")]
libc.mallinfo2.restype = Info
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.fopen.restype = ctypes.c_void_p
took = None
if sys.argv[1] == "tell":
    from facevid_gui.bridge.heap import keep_little
    took = keep_little()
for _ in range(2):
    libc.free(libc.malloc(LARGE_MB << 20))
before = libc.mallinfo2().hblkhd
picture = libc.malloc(2 << 20)
own = libc.mallinfo2().hblkhd - before
libc.free(picture)
gate = threading.Barrier(THREADS)
def work():
    block = libc.malloc(1000)
    gate.wait(30)
    libc.free(block)
threads = [threading.Thread(target=work) for _ in range(THREADS)]
[thread.start() for thread in threads]
[thread.join(30) for thread in threads]
with tempfile.NamedTemporaryFile() as told:
    file = libc.fopen(told.name.encode(), b"w")
    libc.malloc_info(0, ctypes.c_void_p(file))
    libc.fclose(ctypes.c_void_p(file))
    heaps = told.read().count(b"<heap ")
print(json.dumps({"took": took, "own": own, "heaps": heaps}))
"""


def run(word: str, **environ: str) -> dict[str, int]:
    """What the program counted."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    code = PROGRAM.replace("LARGE_MB", str(LARGE_MB)).replace("THREADS", str(THREADS))
    done = subprocess.run(
        [sys.executable, "-c", code, word], env=kept | environ, cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    if "does not count" in done.stderr:
        pytest.skip("this C library does not count")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_a_freed_picture_is_the_systems_again_and_threads_share_their_heaps() -> None:
    by_itself, told = run("do not tell"), run("tell")
    assert by_itself["own"] == 0  # else there is nothing to tell
    assert told["took"]
    assert told["own"] >= 2 << 20
    assert told["heaps"] <= 2


def test_what_a_user_set_stays() -> None:
    found = run("tell", MALLOC_ARENA_MAX="1")
    assert not found["took"]
    assert (found["own"], found["heaps"]) == (0, 1)
