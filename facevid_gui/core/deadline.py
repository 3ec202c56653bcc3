"""When the provider deletes a recording (floor 0).

What enters: the kind of record and the moment of signing or of the face check. What leaves: a safe
and an outer deadline, each with its source, because Tencent's own pages contradict each other
(ess.md 2.1: 24 hours or three days; kyc.md 5.2: three days or no number at all).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

SAFE_HOURS_ESS = 24
OUTER_HOURS = 72
LAST_HOURS = 1  # before the end a second warning


@dataclass(frozen=True)
class Deadline:
    """Aware UTC moments; None means "not stated" (safe, KYC) or "start unknown: look up now" (outer)."""

    safe: datetime | None
    outer: datetime | None
    safe_source: str = ""
    outer_source: str = ""

    @property
    def nearest(self) -> datetime | None:
        """The moment to act before: the safe one where it is stated."""
        return self.safe or self.outer


def warned_at(until: datetime, now: datetime, hours: int) -> int | None:
    """Which warning is due of a moment that comes near: `hours` before it, or the last hour; None when none is.

    Only the wall clock counts: a computer that slept, or whose clock was set, is right at the next look.
    """
    left = until - now
    if left <= timedelta(0) or left > timedelta(hours=hours):
        return None
    return min(hours, LAST_HOURS) if left <= timedelta(hours=LAST_HOURS) else hours


def deadline_for(kind: str, started_at: datetime | None) -> Deadline:
    """Return the deadlines of a record of `kind` ("ess", "essbasic", "kyc") that began at `started_at`."""
    if started_at is None:
        return Deadline(None, None)
    outer = started_at + timedelta(hours=OUTER_HOURS)
    if kind == "kyc":
        return Deadline(None, outer, "", "cloud.tencent.com/document/product/1007/114181")
    return Deadline(
        started_at + timedelta(hours=SAFE_HOURS_ESS),
        outer,
        "cloud.tencent.com/document/product/1323/104133",
        "cloud.tencent.com/document/api/1420/104134",
    )
