"""Verifying many folders at once: the same strict check, on every core (floor 1).

What enters: folders, what to trust. What leaves: their verdicts in the order of the folders, as they are ready.
Where processes can be forked safely (Linux, a program of one thread: the console) every core has one, made once
for all folders; hashing alone would run in threads, but parsing would wait for the interpreter's lock. Elsewhere
folders are verified one after the other, each hashing in threads.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TYPE_CHECKING

from facevid_gui.evidence.register import read_register
from facevid_gui.evidence.verify import Trust, verify_folder

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.verdict import FolderVerdict

_WORTH_A_PROCESS = 16  # folders; fewer are done before a process has started
_AT_A_TIME = 4
_PR_SET_PDEATHSIG = 1  # prctl(2)


def verify_folders(folders: Sequence[Path], trust: Trust, token: CancelToken) -> Generator[FolderVerdict, None, None]:
    """Yield the verdict of each folder, in their order.

    Raises `SurroundingsError` when the register cannot be read, `CancelledError` between two verdicts.
    """
    if trust.register is not None:
        read_register(trust.register, "")  # once, before there are processes: each finds it read
    workers = min(_cores(), len(folders) // _WORTH_A_PROCESS)
    found = _in_processes(folders, trust, workers) if workers > 1 and _can_fork() else _in_turn(folders, trust)
    for verdict in found:
        yield verdict
        token.raise_if_cancelled()


def _in_turn(folders: Sequence[Path], trust: Trust) -> Iterator[FolderVerdict]:
    return (verify_folder(folder, trust) for folder in folders)


def _in_processes(folders: Sequence[Path], trust: Trust, workers: int) -> Iterator[FolderVerdict]:
    """Verify in forked processes; what a dying one leaves undone is verified here."""
    done = 0
    try:
        with _pool(workers) as pool:
            check = partial(verify_folder, trust=trust, threads=1)
            try:
                for verdict in pool.map(check, folders, chunksize=_AT_A_TIME):
                    done += 1
                    yield verdict
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
    except (BrokenProcessPool, OSError):  # killed for its memory, or no processes to be had
        yield from _in_turn(folders[done:], trust)


def _pool(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), initializer=_begin)


def _begin() -> None:
    """Ctrl-C reaches the whole group: only the parent decides, and when it dies its children die with it."""
    gc.freeze()  # what was there before the fork is not searched for garbage again and again: a fifth of the time
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _can_fork() -> bool:
    """A thread that holds a lock while the process is forked would hold it in the child for ever."""
    return sys.platform == "linux" and threading.active_count() == 1


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
