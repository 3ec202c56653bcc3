"""Keeping requests apart, so that a service is never asked faster than it allows (floor 1).

What enters: how often a second, a clock. What leaves: a wait before each request, under the caller's cancel token.
When the service says "too often", the pace is at most half of what it was, from one request a second downwards; with
every good answer it doubles until it is the usual one again (pitfalls.md 6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clock import Clock

BACK_OFF_S = 1.0
SLOWEST_S = 30.0


class Pace:
    """The pace of one kind of request."""

    def __init__(self, per_second: float, clock: Clock) -> None:
        self._usual_s = 1 / per_second
        self._gap_s = self._usual_s
        self._clock = clock
        self._turn = clock.monotonic()

    def wait(self, token: CancelToken) -> None:
        """Wait for the next turn and take it. `CancelledError` as soon as the stop is asked for; no turn is lost."""
        token.raise_if_cancelled()
        pause_s = self._turn - self._clock.monotonic()
        if pause_s > 0:
            token.wait(pause_s)
        self._turn = max(self._turn, self._clock.monotonic()) + self._gap_s

    def slow_down(self) -> None:
        """The service asked for patience: the next turn comes later, and so do those after it."""
        self._gap_s = min(max(2 * self._gap_s, BACK_OFF_S), SLOWEST_S)
        self._turn = self._clock.monotonic() + self._gap_s

    def speed_up(self) -> None:
        """An answer came as it should."""
        self._gap_s = max(self._gap_s / 2, self._usual_s)
