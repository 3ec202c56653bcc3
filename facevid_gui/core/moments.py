"""Moments as the window says them: in the custom of its language, in China time (floor 0).

What enters: an aware moment and the catalogue. What leaves: "11 Mar 2026, 16:00" or "2026年3月11日 16:00"; the zone is
said beside it or in the same sentence. Console, report and everything that is kept or read by programs use the forms of
`core.wording` and RFC 3339 instead: they sort, and they are the same in every language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.core.clock import CHINA_TIME, from_rfc3339, to_rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from facevid_gui.core.messages import Messages


def shown_day(moment: datetime | None, messages: Messages) -> str:
    """The day of a moment, "-" when unknown."""
    local = _local(moment)
    if local is None:
        return "-" if moment is None else to_rfc3339(moment)
    month = messages.text(f"moment.month.{local.month}")
    return messages.text("moment.day", day=local.day, month=month, year=local.year)


def shown_day_of(written: str, messages: Messages) -> str:
    """The day of a moment as files have it; what is no such moment (RFC 3339) is shown as it is."""
    try:
        return shown_day(from_rfc3339(written), messages)
    except ValueError:
        return written


def shown_time(moment: datetime | None, messages: Messages) -> str:
    """Day and minute of a moment, "-" when unknown."""
    return _with_time(moment, messages, "%H:%M")


def shown_moment(moment: datetime | None, messages: Messages) -> str:
    """A moment to the second with its zone, and beside it as files have it, for whoever compares the two."""
    if moment is None:
        return messages.text("value.not_returned")
    if _local(moment) is None:
        return to_rfc3339(moment)
    return f"{_with_time(moment, messages, '%H:%M:%S')} UTC+8 ({to_rfc3339(moment)})"


def _with_time(moment: datetime | None, messages: Messages, form: str) -> str:
    local, day = _local(moment), shown_day(moment, messages)
    return day if local is None else messages.text("moment.time", day=day, time=local.strftime(form))


def _local(moment: datetime | None) -> datetime | None:
    """The moment in China time; None for none, and for the last hours of the year 9999, which only a fake has."""
    try:
        return moment.astimezone(CHINA_TIME) if moment is not None else None
    except OverflowError:
        return None
