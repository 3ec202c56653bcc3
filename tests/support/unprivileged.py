"""Run a function as a user who may not write everywhere: root may, users may not."""

import codecs
import importlib
import os
import pickle
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.support.forking import fork

NOBODY = 65534
# What Python imports when it is first asked for; the child may not be able to read where the interpreter lies.
LATE = ("_strptime", "concurrent.futures.thread", "ctypes", "platform", "secrets", "sqlite3", "ssl", "zipfile")
CODECS = ("utf-8-sig", "utf-16-le", "utf-16-be", "ascii", "latin-1", "cp437", "idna")


@cache
def import_what_comes_late() -> None:
    """Have everything in memory that a child may need, whatever ran in this process before."""
    for name in LATE:
        importlib.import_module(name)
    for name in CODECS:
        codecs.lookup(name)


@contextmanager
def unprivileged_folder() -> Iterator[Path]:
    """A temporary folder that the unprivileged user owns."""
    folder = Path(tempfile.mkdtemp(prefix="facevid-test-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    try:
        yield folder
    finally:
        for base, _, _ in os.walk(folder):
            os.chmod(base, 0o700)
        shutil.rmtree(folder)


def as_unprivileged(work: Callable[[], object]) -> object:
    """Run `work` in a forked child without privileges and return its value, or raise what it raised.

    Everything `work` imports must have been imported before: the interpreter may lie where only root can read.
    """
    import_what_comes_late()
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        os.close(reading)
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
            answer = ("value", work())
        except BaseException as error:
            answer = ("error", (type(error).__name__, str(error), traceback.format_exc()))
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        kind, value = pickle.load(pipe)
    os.waitpid(child, 0)
    if kind == "error":
        raise AssertionError(f"in the unprivileged child: {value[2]}")
    return value
