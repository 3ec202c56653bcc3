"""A clock that stands still until it is told to move."""

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
