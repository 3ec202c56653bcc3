"""The decoding child shuts itself in: from then on the system answers next to none of its calls (floor 1, Linux).

What enters: nothing. What leaves: whether a filter of system calls holds. It is made by libseccomp, the library of the
kernel's own interface (seccomp(2), `PR_SET_NO_NEW_PRIVS` with it), which systemd, containers and Debian's apt use; five
of its functions are called here (seccomp_init(3) and those it names). pyseccomp would be a third file between the two:
its last release is of 2021, and it looks for libseccomp by starting programs (`ctypes.util.find_library`).

A list of what is allowed, not of what is forbidden: whatever a kernel will learn is forbidden already. Decoding from
memory into pipes needs little: memory, threads of this process, clocks, and the pipes that are open. Nothing is opened,
not even for reading, so libraries are loaded before. No network, no other process, no file, no new program code.

What is not on the list is answered "no such call" (ENOSYS). C libraries take that for an older kernel and do without:
so `clone3`, whose flags no filter can see, becomes `clone`, whose flags are looked at. "Not permitted" is an error to
them, and ending the process would turn a harmless question of a newer C library into a clip that crashes.
"""

from __future__ import annotations

import ctypes
import errno
import os

LIBRARY = "libseccomp.so.2"
MACHINES = ("x86_64", "aarch64")  # whose calls the list below was written for

# Whatever their arguments are.
ALLOWED = (
    # the pipes that are open
    "read", "readv", "write", "writev", "close", "fstat", "lseek", "poll", "ppoll",
    # memory
    "brk", "munmap", "mremap", "madvise",
    # threads of this process, and their end
    "futex", "set_robust_list", "rseq", "exit", "exit_group", "sched_yield", "sched_getaffinity", "gettid", "getpid",
    "membarrier", "getcpu", "restart_syscall",
    # signals to itself are below; these are how it takes them
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
    # clocks, chance, and what it used so far
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "getrandom", "getrusage",
    "times", "sysinfo", "getrlimit", "setrlimit",
)  # fmt: skip

_NEVER = 0x00050000 | errno.ENOSYS  # SCMP_ACT_ERRNO
_ALWAYS = 0x7FFF0000  # SCMP_ACT_ALLOW
_EQUAL, _EQUAL_WHERE = 4, 7  # SCMP_CMP_EQ, SCMP_CMP_MASKED_EQ
_ALL_THREADS = 4  # SCMP_FLTATR_CTL_TSYNC
_PROT_EXEC = 0x4  # mmap(2)
_CLONE_THREAD = 0x00010000  # clone(2)
_CLONE_NEW = 0x7E020000  # namespaces: mount, cgroup, UTS, IPC, user, PID, network
_PR_SET_NAME = 15  # prctl(2)

Condition = tuple[int, int, int, int]  # number of the argument, comparison, mask or value, value


class _Comparison(ctypes.Structure):
    """`struct scmp_arg_cmp` of seccomp.h."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def conditions(pid: int) -> tuple[tuple[str, Condition], ...]:
    """Calls that are allowed with one argument as it should be; `pid` is the process that shuts itself in."""
    no_code = (2, _EQUAL_WHERE, _PROT_EXEC, 0)
    return (
        ("mmap", no_code),
        ("mprotect", no_code),
        ("clone", (0, _EQUAL_WHERE, _CLONE_THREAD | _CLONE_NEW, _CLONE_THREAD)),
        ("prctl", (0, _EQUAL, _PR_SET_NAME, 0)),  # FFmpeg names its threads
        ("prlimit64", (0, _EQUAL, 0, 0)),  # its own limits; the hard ones cannot be raised
        ("tgkill", (0, _EQUAL, pid, 0)),  # abort(3)
    )


def shut_in() -> bool | None:
    """Load the filter, for every thread there is and will be; whether it holds, None without libseccomp.

    It cannot be taken off again. Where it does not hold, nothing has changed.
    """
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        return None
    if os.uname().machine not in MACHINES:
        return False
    library.seccomp_init.restype = ctypes.c_void_p
    address = library.seccomp_init(ctypes.c_uint32(_NEVER))
    if address is None:
        return False
    context = ctypes.c_void_p(address)
    try:
        return _is_loaded(library, context)
    finally:
        library.seccomp_release(context)


def _is_loaded(library: ctypes.CDLL, context: ctypes.c_void_p) -> bool:
    rules: list[tuple[str, tuple[Condition, ...]]] = [(name, ()) for name in ALLOWED]
    rules += [(name, (condition,)) for name, condition in conditions(os.getpid())]
    return (
        library.seccomp_attr_set(context, _ALL_THREADS, ctypes.c_uint32(1)) == 0
        and all(_is_added(library, context, name, when) for name, when in rules)
        and library.seccomp_load(context) == 0
    )


def _is_added(library: ctypes.CDLL, context: ctypes.c_void_p, name: str, when: tuple[Condition, ...]) -> bool:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:  # another machine's call (aarch64 has no `time`), or newer than the library: it stays forbidden
        return True
    compared = (_Comparison * len(when))(*(_Comparison(*condition) for condition in when))
    added: int = library.seccomp_rule_add_array(context, ctypes.c_uint32(_ALWAYS), number, len(when), compared)
    return added == 0
