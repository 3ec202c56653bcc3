"""When something kept here is to be removed, and from when on that is said (floor 0).

What enters: times of a record, what the settings say. What leaves: dates and whether one is near. Nothing is removed
here, and nothing by itself: what was received is only *offered* for removal, unless the user chose otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CAPTURE_WARN_DAYS = 7  # before an unsaved capture's date


@dataclass(frozen=True)
class Keeping:
    """How long unsaved captures are kept (None: until somebody removes them), and how early retention is warned of."""

    capture_days: int | None = 30
    retention_warn_days: int = 14

    def capture_until(self, captured_at: datetime | None) -> datetime | None:
        """From when on an unsaved capture is offered for removal; None: never, or nobody knows since when it lies."""
        if self.capture_days is None or captured_at is None:
            return None
        return _later(captured_at, self.capture_days)

    def is_capture_expired(self, captured_at: datetime | None, now: datetime) -> bool:
        """Whether an unsaved capture may be removed."""
        until = self.capture_until(captured_at)
        return until is not None and until <= now

    def is_capture_ending(self, captured_at: datetime | None, now: datetime) -> bool:
        """Whether that date is near, and not passed yet."""
        until = self.capture_until(captured_at)
        return until is not None and now < until <= _later(now, CAPTURE_WARN_DAYS)

    def is_retention_ending(self, review_by: datetime | None, now: datetime) -> bool:
        """Whether the retention date of evidence is near, and not passed yet."""
        return review_by is not None and now < review_by <= _later(now, self.retention_warn_days)


def _later(moment: datetime, days: int) -> datetime:
    try:
        return moment + timedelta(days=days)
    except OverflowError:  # the year 9999, in a folder that came from elsewhere
        return datetime.max.replace(tzinfo=moment.tzinfo)
