"""Time: aware UTC everywhere, RFC 3339 with `Z` in every file and document (floor 0)."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8), "UTC+8")
_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOO_LATE = datetime(3000, 1, 1, tzinfo=UTC)  # beyond it, adding hours or a time zone may leave the calendar


class Clock:
    """The clocks of this computer; a test hands in one of its own."""

    def now(self) -> datetime:
        """Wall clock, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never jump, for durations and deadlines."""
        return time.monotonic()


def to_rfc3339(moment: datetime) -> str:
    """Write an aware datetime as `2026-11-21T02:29:00Z`, with milliseconds when there are any."""
    moment = moment.astimezone(UTC)
    text = moment.replace(tzinfo=None, microsecond=0).isoformat()
    milliseconds = moment.microsecond // 1000
    return f"{text}.{milliseconds:03d}Z" if milliseconds else f"{text}Z"


def from_rfc3339(text: str) -> datetime:
    """Read what `to_rfc3339` writes; `ValueError` for anything else."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 time in UTC")
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    fraction = int((match[7] or "0").ljust(6, "0"))
    return datetime(year, month, day, hour, minute, second, fraction, UTC)


def from_china_compact(text: str) -> datetime | None:
    """Read KYC's `yyyyMMddHHmmss`, assumed China time (kyc.md 5.1); None when it is not one."""
    if not re.fullmatch(r"[0-9]{14}", text):
        return None
    try:
        return _plausible(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=CHINA_TIME))
    except ValueError:
        return None


def from_unix_seconds(text: str) -> datetime | None:
    """Read ESS's UNIX seconds; None for 0, which means "not signed" (ess.md 3.1), or nonsense."""
    if not re.fullmatch(r"[0-9]{1,11}", text) or int(text) == 0:
        return None
    return _plausible(_EPOCH + timedelta(seconds=int(text)))


def from_http_date(text: str | None) -> datetime | None:
    """Read a `Date` header (RFC 9110 section 5.6.7); None when absent or unreadable."""
    if not text:
        return None
    from email.utils import parsedate_to_datetime  # brings a dozen modules, and start-up counts

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return _plausible(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _plausible(moment: datetime) -> datetime | None:
    """A foreign moment in UTC; None outside the years 1970 to 2999, where no record can come from."""
    return moment.astimezone(UTC) if _EPOCH <= moment < _TOO_LATE else None
