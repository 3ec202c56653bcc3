"""What a process that took over the decoding child would try. Each attempt returns, or raises what the system said."""

import ctypes
import errno
import mmap
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

CALLS = ctypes.CDLL(None, use_errno=True)
SECCOMP = "libseccomp.so.2"
HIGHEST = 600  # no kernel has a call of a higher number yet
# Linux makes these itself, to trace programs; no filter sees them, and SIGILL answers everybody else (x86_64, 6.11).
KERNELS_OWN = frozenset({335, 336})  # uretprobe, uprobe
NO_SIGNAL = 0  # only asks whether it may be sent: a hole in the walls ends no test


def attempts(folder: Path, parent: int) -> dict[str, Callable[[], object]]:
    """Each by what it would be. `folder` belongs to the user, and holds a file "there"; `parent` is another process."""
    there, new = str(folder / "there"), str(folder / "new")
    return {
        "speak to the network": lambda: socket.socket(socket.AF_INET),
        "speak to a service of this computer": lambda: socket.socket(socket.AF_UNIX),
        "listen to itself": socket.socketpair,
        "start a program": lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {}),
        "become a program": lambda: os.execv("/bin/true", ["true"]),
        "divide": os.fork,
        "read a file": lambda: os.open(there, os.O_RDONLY),
        "change a file": lambda: os.open(there, os.O_WRONLY),
        "make a file": lambda: os.open(new, os.O_WRONLY | os.O_CREAT),
        "make a folder": lambda: os.mkdir(new),
        "make a link": lambda: os.symlink(there, new),
        "make a pipe": lambda: os.mkfifo(f"{new}-pipe"),
        "rename a file": lambda: os.rename(there, new),
        "cut a file": lambda: os.truncate(there, 0),
        "open a file to others": lambda: os.chmod(there, 0o777),
        "remove a file": lambda: os.unlink(there),
        "look at a folder": lambda: os.listdir(folder),
        "ask whether a file is there": lambda: os.stat(there),
        "end its parent": lambda: os.kill(parent, NO_SIGNAL),
        "end its parent by another call": lambda: called("tgkill", parent, parent, NO_SIGNAL),
        "limit its parent": lambda: resource.prlimit(parent, resource.RLIMIT_CORE),
        "become traceable": lambda: called("prctl", 4, 1),  # PR_SET_DUMPABLE
        "make new program code": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
        "make data program code": lambda: called("mprotect", *_page(), mmap.PROT_READ | mmap.PROT_EXEC),
        "make a namespace": lambda: called("clone", 0x10000000 | signal.SIGCHLD, 0),  # CLONE_NEWUSER
    }


def outcomes(folder: Path, parent: int, names: Sequence[str] = ()) -> dict[str, int]:
    """The error of each attempt, or of those named; 0 where it was allowed."""
    tried = attempts(folder, parent)
    return {name: outcome(tried[name]) for name in names or tried}


def outcome(attempt: Callable[[], object]) -> int:
    try:
        attempt()
    except OSError as error:
        return error.errno or -1
    return 0


def called(name: str, *arguments: int) -> int:
    """A system call by its name. `OSError` when it is refused."""
    ctypes.set_errno(0)
    answer = CALLS.syscall(number_of(name), *(ctypes.c_long(argument) for argument in arguments))
    if answer < 0:
        raise OSError(ctypes.get_errno(), name)
    return int(answer)


def number_of(name: str, machine: int | None = None) -> int:
    """The number of a system call here, or on another machine by libseccomp's name for it; negative for none."""
    library = ctypes.CDLL(SECCOMP)
    if machine is None:
        return int(library.seccomp_syscall_resolve_name(name.encode()))
    return int(library.seccomp_syscall_resolve_name_arch(ctypes.c_uint32(machine), name.encode()))


def allowed_numbers(known: set[int]) -> list[int]:
    """The calls beside the known ones that are answered otherwise than "no such call". Only for who is shut in."""
    found = []
    for number in set(range(HIGHEST)) - known - KERNELS_OWN:
        ctypes.set_errno(0)
        answer = CALLS.syscall(number, 0, 0, 0, 0, 0, 0)
        if (answer, ctypes.get_errno()) != (-1, errno.ENOSYS):
            found.append(number)
    return found


def a_thread_works() -> bool:
    heard = threading.Event()
    thread = threading.Thread(target=heard.set)
    thread.start()
    thread.join(10)
    return heard.is_set()


def _page() -> tuple[int, int]:
    page = mmap.mmap(-1, mmap.PAGESIZE)
    _KEPT.append(page)
    return ctypes.addressof(ctypes.c_char.from_buffer(page)), mmap.PAGESIZE


_KEPT: list[mmap.mmap] = []
