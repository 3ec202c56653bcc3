"""Clocks of tests: one that stands still until it is told to move, and one that runs and can be set."""

from datetime import UTC, datetime, timedelta

from facevid_gui.core.clock import Clock

NOON = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)


class StillClock(Clock):
    """Wall clock and monotonic clock under the test's control."""

    def __init__(self, now: datetime = NOON) -> None:
        self.moment = now
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds

    def move(self, **span: float) -> None:
        """Let time pass: `move(hours=1)`."""
        step = timedelta(**span)
        self.moment += step
        self.seconds += step.total_seconds()


class SetClock(Clock):
    """The computer's clocks, which somebody sets in the middle of anything."""

    def __init__(self) -> None:
        self._set, self._later, self._awake_s, self.looks = timedelta(), timedelta(), 0.0, 0
        self._looks_left = -1

    def now(self) -> datetime:
        if self._looks_left == 0:
            self._set += self._later
        self._looks_left -= 1
        self.looks += 1
        return super().now() + self._set

    def monotonic(self) -> float:
        return super().monotonic() + self._awake_s

    def set(self, span: timedelta, looks: int = 0) -> None:
        """Set the wall clock on or back, after so many looks at it. Sleep sets on that of a Linux computer or a Mac."""
        self._later, self._looks_left = span, looks

    def sleep_through(self, span: timedelta) -> None:
        """Both clocks go on while nothing runs, as in the sleep of a Windows computer."""
        self._set += span
        self._awake_s += span.total_seconds()
