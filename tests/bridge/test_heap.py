"""Freed pictures go back to the system, whichever thread freed them. Each in a process of its own: it is for good."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QThread

from facevid_gui.bridge import give_back
from facevid_gui.simulator.records import flow_id
from tests.support.bridge_office import CONTRACTS, Office
from tests.support.qt import pump_until

ROOT = Path(__file__).parent.parent.parent
LARGE_MB = 20
THREADS = 12
BLOCK, COUNT = 32 * 1024, 4000

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
""".replace("LARGE_MB", str(LARGE_MB)).replace("THREADS", str(THREADS))


def run(code: str, *words: str, **environ: str) -> Any:
    """What the program told."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(
        command, env=kept | environ, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    if "does not count" in done.stderr:
        pytest.skip("this C library does not count, or gives nothing back")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_freed_picture_is_the_systems_again_and_threads_share_their_heaps() -> None:
    by_itself, told = run(PROGRAM, "do not tell"), run(PROGRAM, "tell")
    assert by_itself["own"] == 0  # else there is nothing to tell
    assert told["took"]
    assert told["own"] >= 2 << 20
    assert told["heaps"] <= 2


# Many blocks with one in between that is held: what is freed lies in holes, and the process stays as large.
HOLES = """
import ctypes, json, sys
from facevid_gui.bridge import heap
libc = ctypes.CDLL(None)
if not hasattr(libc, "malloc_trim"):
    sys.exit("does not count")
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
def holes():
    blocks = [libc.malloc(BLOCK) for _ in range(COUNT)]
    for block in blocks:
        libc.memset(block, 1, BLOCK)
    for number, block in enumerate(blocks):
        if number % 32:
            libc.free(block)
told = [("first", heap.give_back(), 0)]
for what in ("nothing new", "holes", "nothing new"):
    if what == "holes":
        holes()
    before = heap.resident_bytes()
    told.append((what, heap.give_back(), before - heap.resident_bytes()))
print(json.dumps(told))
""".replace("BLOCK", str(BLOCK)).replace("COUNT", str(COUNT))


def test_freed_memory_is_given_back_when_much_has_gathered() -> None:
    told = run(HOLES)
    assert [(what, did) for what, did, _ in told] == [
        ("first", True), ("nothing new", False), ("holes", True), ("nothing new", False),
    ]  # fmt: skip
    assert told[2][2] > BLOCK * COUNT // 2


def test_nothing_is_given_back_where_the_user_said_how() -> None:
    assert not any(did for _, did, _ in run(HOLES, MALLOC_ARENA_MAX="4"))


def test_it_is_done_a_moment_after_the_page_changed_and_on_a_worker(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    on: list[bool] = []
    monkeypatch.setattr(give_back, "give_back", lambda: on.append(QThread.currentThread().isMainThread()))
    gives = give_back.GiveBack(office.controller)
    assert not gives._timer.isActive()
    office.controller.choose_profile(CONTRACTS)
    office.look_up(flow_id("One"))
    assert gives._timer.remainingTime() > 0
    gives._timer.setInterval(0)
    pump_until(lambda: bool(on))
    assert on == [False]
    assert not gives._timer.isActive()


def test_what_a_user_set_stays() -> None:
    found = run(PROGRAM, "tell", MALLOC_ARENA_MAX="1")
    assert not found["took"]
    assert (found["own"], found["heaps"]) == (0, 1)
