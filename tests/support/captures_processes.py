"""Work in another process, while this one looks on, or that ends by being killed."""

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.support.forking import fork


@contextmanager
def another_process(work: Callable[[], object]) -> Iterator[None]:
    """Run `work` in a forked child; the block runs when it is done, the child lives as long as the block."""
    ready_read, ready_write = os.pipe()
    end_read, end_write = os.pipe()
    child = fork()
    if child == 0:
        os.close(end_write)
        try:
            _keep = work()  # what it returns stays alive, locks included
            os.write(ready_write, b"1")
            os.read(end_read, 1)
            os._exit(0)
        except BaseException:
            os._exit(1)
    os.close(ready_write)
    os.close(end_read)
    try:
        assert os.read(ready_read, 1) == b"1", "the other process failed"
        yield
    finally:
        os.close(end_write)
        os.close(ready_read)
        os.waitpid(child, 0)


def killed(work: Callable[[], object]) -> None:
    """Run `work` in a forked child that is then killed by SIGKILL, as by a crash."""
    child = fork()
    if child == 0:
        try:
            _keep = work()
        except BaseException:
            os._exit(1)
        os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, "the work failed before it could be killed"


def in_child(work: Callable[[], None]) -> None:
    """Run `work` in a forked child whose limits and ids may be changed; what it raises fails the test."""
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        os.close(reading)
        try:
            work()
            report = ""
        except BaseException:
            report = traceback.format_exc()
        os.write(writing, report.encode()[:60_000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        report = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    assert (report, status) == ("", 0), report
