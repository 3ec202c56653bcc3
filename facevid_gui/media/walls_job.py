"""The decoding child puts itself into a job object (floor 1, Windows).

What enters: how much memory it may take. What leaves: whether the job holds. The four calls and their structures are
those of winnt.h and jobapi2.h ("Job Objects" in Microsoft's documentation); no dependency of ours offers them. The
child joins by itself: in a virtual environment the process its parent starts is only a launcher. It keeps the one
handle, so the job lasts as long as it does. UI limits are not set: who is in another job already may not have them.

Written from the documentation: no Windows was at hand to try it on. Where a call fails, decoding goes on without.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

ACTIVE_PROCESS, PROCESS_MEMORY, DIE_ON_UNHANDLED_EXCEPTION, KILL_ON_JOB_CLOSE = 0x8, 0x100, 0x400, 0x2000
EXTENDED_LIMIT_INFORMATION = 9  # JobObjectExtendedLimitInformation


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("per_process_user_time_limit", ctypes.c_int64),
        ("per_job_user_time_limit", ctypes.c_int64),
        ("limit_flags", ctypes.c_uint32),
        ("minimum_working_set_size", ctypes.c_size_t),
        ("maximum_working_set_size", ctypes.c_size_t),
        ("active_process_limit", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION; its IO_COUNTERS are six numbers of 64 bits."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory_limit", ctypes.c_size_t),
        ("job_memory_limit", ctypes.c_size_t),
        ("peak_process_memory_used", ctypes.c_size_t),
        ("peak_job_memory_used", ctypes.c_size_t),
    )


def join_job(memory_bytes: int, kernel: Any = None) -> bool:  # noqa: ANN401 - kernel32.dll
    """From now on: at most `memory_bytes`, no other process, no box that waits for a click after a crash."""
    kernel = kernel or _kernel()
    job = kernel.CreateJobObjectW(None, None)
    if not job:
        return False
    limits = ExtendedLimits()
    limits.basic.limit_flags = ACTIVE_PROCESS | PROCESS_MEMORY | DIE_ON_UNHANDLED_EXCEPTION | KILL_ON_JOB_CLOSE
    limits.basic.active_process_limit = 1
    limits.process_memory_limit = memory_bytes
    size = ctypes.sizeof(limits)
    set_up = kernel.SetInformationJobObject(job, EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size)
    return bool(set_up and kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess()))


def _kernel() -> Any:  # noqa: ANN401
    if sys.platform != "win32":
        raise OSError("job objects are of Windows")
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    handle = ctypes.c_void_p
    kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = handle
    kernel.CreateJobObjectW.argtypes = (ctypes.c_void_p, ctypes.c_wchar_p)
    kernel.SetInformationJobObject.argtypes = (handle, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32)
    kernel.AssignProcessToJobObject.argtypes = (handle, handle)
    return kernel
