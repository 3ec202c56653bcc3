"""What the system keeps the decoding child from, for the rest of its life (floor 1).

What enters: nothing. What leaves: a word. On Linux a filter of system calls (`walls_filter`), on Windows a job
(`walls_job`). macOS has nothing to rely on: `sandbox_init` and `sandbox-exec` are deprecated since 10.7 and their
language is undocumented; the App Sandbox is granted to a signed bundle, not taken by a process for itself.
"""

from __future__ import annotations

import sys

from facevid_gui.media.walls_filter import shut_in
from facevid_gui.media.walls_job import join_job

FILTERED = "filtered"  # Linux: no file, no network, no other process
NO_LIBRARY = "no_library"  # Linux without libseccomp: limits of resources only
REFUSED = "refused"  # the system did not take it: limits of resources only
JOB = "job"  # Windows: bounded memory, no other process; files and network are open to it
NONE = "none"  # the system offers nothing beside limits of resources
WORDS = (FILTERED, NO_LIBRARY, REFUSED, JOB, NONE)


def raise_walls(memory_bytes: int) -> str:
    """Give up what decoding does not need, as far as the system takes it; one of `WORDS`.

    `memory_bytes` is for Windows, which has no limits of resources beside the job.
    """
    if sys.platform == "win32":
        return JOB if join_job(memory_bytes) else REFUSED
    if sys.platform == "linux":
        return {True: FILTERED, False: REFUSED, None: NO_LIBRARY}[shut_in()]
    return NONE
