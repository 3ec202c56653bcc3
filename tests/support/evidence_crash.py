"""Crashes and other processes: run work in a forked child that dies before its n-th change of the disk."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import facevid_gui.evidence.chainlog
import facevid_gui.files
from tests.support.forking import fork

CRASHED = 9
_CHANGES = ("link", "rename", "replace", "unlink", "rmdir", "mkdir", "chmod", "fsync")


def start_child(work: Callable[[], object]) -> int:
    """Run `work` in a forked child; return the child's id."""
    child = fork()
    if child == 0:
        code = 0
        try:
            work()
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
            code = 1
        os._exit(code)
    return child


def end_of(child: int) -> int:
    """Wait for a child; return its exit code. An exception there fails the test."""
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code != -signal.SIGALRM, "the child hung"
    assert code != 1, "the child failed; its words are on standard error"
    return code


def in_child(work: Callable[[], object]) -> int:
    """Run `work` in a forked child; return its exit code. An exception there fails the test."""
    return end_of(start_child(work))


def crash_before(step: int, work: Callable[[], object]) -> bool:
    """Run `work` in a child that dies before its change number `step` (from 1); False when it came to its end.

    A change is a call that creates, renames, links, removes or flushes something, and the middle of every
    write: half of the bytes are then on the disk.
    """

    def doomed() -> None:
        _lay_tripwire(step)
        work()

    return in_child(doomed) == CRASHED


def _lay_tripwire(step: int) -> None:
    changes = 0

    def count() -> None:
        nonlocal changes
        changes += 1
        if changes == step:
            os._exit(CRASHED)

    def watched(call: Callable[..., Any]) -> Callable[..., Any]:
        def watching(*args: Any, **kwargs: Any) -> Any:
            count()
            return call(*args, **kwargs)

        return watching

    def torn_write(file: Any, data: bytes) -> None:
        view = memoryview(data)
        half = len(view) // 2
        write_all(file, view[:half])
        count()
        write_all(file, view[half:])

    def watched_open(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & os.O_CREAT:
            count()
        return system_open(path, flags, *args, **kwargs)

    write_all, system_open = facevid_gui.files.write_all, os.open
    for name in _CHANGES:
        setattr(os, name, watched(getattr(os, name)))
    os.open = watched_open
    facevid_gui.files.write_all = torn_write
    facevid_gui.evidence.chainlog.write_all = torn_write


class Other:
    """Another process that holds still where it is told to, until it is let go."""

    def __init__(self) -> None:
        self._arrived = os.pipe()
        self._go = os.pipe()
        self._child = 0

    def hold(self) -> None:
        """Called in the child: say "here I am" and wait."""
        os.write(self._arrived[1], b".")
        os.read(self._go[0], 1)

    def start(self, work: Callable[[], object]) -> None:
        """Run `work` in a child and wait until it holds."""
        self._child = start_child(work)
        os.close(self._arrived[1])
        assert os.read(self._arrived[0], 1) == b".", "the child failed before it held"

    def go_on(self) -> int:
        """Let it finish; return its exit code."""
        os.write(self._go[1], b".")
        return end_of(self._child)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Another umask for a while."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)
