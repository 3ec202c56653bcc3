"""The flag by which one thread asks another to stop (floor 0).

Nobody closes a socket or a file from another thread: the worker looks at its token and stops itself.
"""

from __future__ import annotations

import threading

from facevid_gui.core.errors import CancelledError


class CancelToken:
    """Set once by whoever wants the work to stop; read often by the work."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask for the stop; safe from any thread and from a signal handler."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether the stop was asked for."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `CancelledError` when the stop was asked for."""
        if self._event.is_set():
            raise CancelledError

    def wait(self, seconds: float) -> None:
        """Wait `seconds`, or raise `CancelledError` as soon as the stop is asked for."""
        if self._event.wait(seconds):
            raise CancelledError
