"""Forked children of the test process, none of which outlives its patience."""

import os
import signal
import warnings

PATIENCE_S = 60


def fork() -> int:
    """`os.fork()`, whose child the system ends after `PATIENCE_S`: its parent, who waits for it, never hangs.

    Newer Pythons warn when other threads exist, for a child might wait for a lock of theirs. The children here use
    none of the servers and players whose threads those are; should one wait all the same, its end fails the test.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE_S)
    return child
