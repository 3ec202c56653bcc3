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


@dataclass(frozen=True)
class Deadline:
    """Aware UTC moments; None means "not stated" (safe, KYC) or "start unknown: look up now" (outer)."""

    safe: datetime | None
    outer: datetime | None
    safe_source: str = ""
    outer_source: str = ""


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
