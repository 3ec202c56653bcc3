"""Moments in the window's own form: each language's custom, in China time, whatever the computer's zone and locale."""

from datetime import UTC, datetime

import pytest

from facevid_gui.core.messages import Messages
from facevid_gui.core.moments import shown_day, shown_day_of, shown_moment, shown_time
from facevid_gui.core.wording import local_time, short_time

EN, ZH = Messages("en"), Messages("zh_CN")
MOMENT = datetime(2026, 3, 11, 8, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("messages", "day", "time", "moment"),
    [
        (EN, "11 Mar 2026", "11 Mar 2026, 16:00", "11 Mar 2026, 16:00:05 UTC+8 (2026-03-11T08:00:05Z)"),
        (ZH, "2026年3月11日", "2026年3月11日 16:00", "2026年3月11日 16:00:05 UTC+8 (2026-03-11T08:00:05Z)"),
    ],
)
def test_each_language_has_its_custom(messages: Messages, day: str, time: str, moment: str) -> None:
    assert shown_day(MOMENT, messages) == day
    assert shown_time(MOMENT, messages) == time
    assert shown_moment(MOMENT, messages) == moment


def test_a_day_is_that_of_china() -> None:
    assert shown_day(datetime(2026, 12, 31, 16, 0, tzinfo=UTC), EN) == "1 Jan 2027"
    assert shown_time(datetime(2026, 12, 31, 16, 0, tzinfo=UTC), ZH) == "2027年1月1日 00:00"


def test_every_month_has_its_name() -> None:
    names = {shown_day(MOMENT.replace(month=number), EN).split()[1] for number in range(1, 13)}
    assert len(names) == 12
    assert shown_day(MOMENT.replace(month=12), ZH) == "2026年12月11日"


def test_what_is_not_known_and_what_cannot_be_is_said() -> None:
    assert (shown_day(None, EN), shown_time(None, ZH), shown_moment(None, EN)) == ("-", "-", "not returned")
    last = datetime(9999, 12, 31, 23, 0, tzinfo=UTC)
    assert shown_time(last, EN) == shown_day(last, EN) == shown_moment(last, EN) == "9999-12-31T23:00:00Z"


def test_console_and_report_keep_one_form_in_both_languages() -> None:
    assert local_time(MOMENT, EN) == local_time(MOMENT, ZH) == "2026-03-11 16:00:05 UTC+8 (2026-03-11T08:00:05Z)"
    assert short_time(MOMENT) == "2026-03-11 16:00"


def test_a_day_that_files_have_is_said_too_and_what_is_none_stays() -> None:
    assert shown_day_of("2026-03-11T23:00:00Z", EN) == "12 Mar 2026"
    assert shown_day_of("999-01-01T00:00:00Z", EN) == "999-01-01T00:00:00Z"
