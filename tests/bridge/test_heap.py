"""All threads share two heaps. Each in a process of its own: it is for good."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
THREADS = 12

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a setting of glibc")

# It lets many threads have memory at the same time, and tells how many heaps there are.
PROGRAM = """
import ctypes, json, os, sys, tempfile, threading
libc = ctypes.CDLL(None)
if not hasattr(libc, "malloc_info"):
    sys.exit("does not count")
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.fopen.restype = ctypes.c_void_p
took = None
if sys.argv[1] == "tell":
    from facevid_gui.bridge.heap import keep_few
    took = keep_few()
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
print(json.dumps({"took": took, "heaps": heaps}))
"""


def run(word: str, **environ: str) -> dict[str, int]:
    """What the program counted."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    code = PROGRAM.replace("THREADS", str(THREADS))
    done = subprocess.run(
        [sys.executable, "-c", code, word], env=kept | environ, cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    if "does not count" in done.stderr:
        pytest.skip("this C library does not count")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_threads_share_their_heaps() -> None:
    by_itself, told = run("do not tell"), run("tell")
    assert by_itself["heaps"] > 2  # else there is nothing to tell
    assert told["took"]
    assert told["heaps"] <= 2


def test_what_a_user_set_stays() -> None:
    found = run("tell", MALLOC_ARENA_MAX="1")
    assert (found["took"], found["heaps"]) == (False, 1)
