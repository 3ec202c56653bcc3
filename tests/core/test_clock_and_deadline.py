"""Times: aware UTC, RFC 3339 in files, foreign times read without trust; and when a recording is deleted."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.core.clock import (
    Clock,
    from_china_compact,
    from_http_date,
    from_rfc3339,
    from_unix_seconds,
    to_rfc3339,
)
from facevid_gui.core.deadline import deadline_for
from tests.support.clocks import NOON

ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SENSIBLE = st.datetimes(datetime(1970, 1, 2), datetime(2999, 12, 30), timezones=ZONES)


def test_the_clock_tells_aware_utc_and_a_monotonic_time_that_does_not_go_back() -> None:
    clock = Clock()
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.monotonic() <= clock.monotonic()


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 21, 2, 29, tzinfo=UTC), "2026-11-21T02:29:00Z"),
        (datetime(2026, 11, 21, 2, 29, 1, 5_999, tzinfo=UTC), "2026-11-21T02:29:01.005Z"),
        (datetime(2026, 11, 21, 2, 29, 1, 999, tzinfo=UTC), "2026-11-21T02:29:01Z"),
        (datetime(2026, 11, 21, 10, 29, tzinfo=timezone(timedelta(hours=8))), "2026-11-21T02:29:00Z"),
        (datetime(999, 1, 2, tzinfo=UTC), "0999-01-02T00:00:00Z"),
    ],
)
def test_times_are_written_in_utc_with_milliseconds_only_when_there_are_any(moment: datetime, text: str) -> None:
    assert to_rfc3339(moment) == text


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES))
def test_every_time_written_is_read_back_to_the_millisecond(moment: datetime) -> None:
    back = from_rfc3339(to_rfc3339(moment))
    assert back.tzinfo is UTC
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [("2026-11-21T02:29:01.5Z", 500_000), ("2026-11-21T02:29:01.123456789Z", 123_456)],
)
def test_fractions_of_other_writers_are_read(text: str, microsecond: int) -> None:
    assert from_rfc3339(text) == datetime(2026, 11, 21, 2, 29, 1, microsecond, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-21",
        "2026-11-21T02:29:00",
        "2026-11-21 02:29:00Z",
        "2026-11-21T02:29:00+08:00",
        "2026-13-21T02:29:00Z",
        "2026-02-30T02:29:00Z",
        "2026-11-21T02:29:00.Z",
        "2026-11-21T02:29:00Z\n",
        "٢٠٢٦-11-21T02:29:00Z",
    ],
)
def test_what_is_no_rfc_3339_time_in_utc_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_rfc3339(text)


def test_kyc_times_are_china_time() -> None:
    assert from_china_compact("20220329104717") == datetime(2022, 3, 29, 2, 47, 17, tzinfo=UTC)
    assert from_china_compact("20220329040000") == datetime(2022, 3, 28, 20, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "0", "2022032910471", "202203291047170", "20221329104717", "20220329254717", " 20220329104717",
             "٢٠٢٢0329104717", "00010101000000", "00000000000000", "99991231235959", "19691231235959"]
)  # fmt: skip
def test_a_kyc_time_that_is_none_or_cannot_be_true_is_not_stated(text: str) -> None:
    assert from_china_compact(text) is None


def test_ess_times_are_unix_seconds_and_zero_means_not_signed() -> None:
    assert from_unix_seconds("1695279840") == datetime(2023, 9, 21, 7, 4, tzinfo=UTC)
    assert from_unix_seconds("1") == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    for text in ("0", "00", "", "-5", "1.5", "1e9", "abc", "99999999999", "100000000000", "٣"):
        assert from_unix_seconds(text) is None, text


def test_a_date_header_is_read_in_utc() -> None:
    moment = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)
    assert from_http_date("Thu, 05 Mar 2026 12:00:00 GMT") == moment
    assert from_http_date("Thu, 05 Mar 2026 20:00:00 +0800") == moment
    assert from_http_date("Thu, 05 Mar 2026 12:00:00 -0000") == moment


@pytest.mark.parametrize(
    "text",
    [None, "", "yesterday", "Thu, 05 Foo 2026 12:00:00 GMT", "Thu, 45 Mar 2026 12:00:00 GMT",
     "Fri, 31 Dec 9999 23:59:59 -2300", "Thu, 05 Mar 2026 12:00:00 +9999", "Mon, 01 Jan 0999 00:00:00 GMT"],
)  # fmt: skip
def test_a_date_header_that_cannot_be_true_counts_as_absent(text: str | None) -> None:
    assert from_http_date(text) is None


@given(st.text(max_size=40))
def test_foreign_times_never_raise_and_never_leave_the_calendar(text: str) -> None:
    for moment in (from_china_compact(text), from_unix_seconds(text), from_http_date(text)):
        if moment is not None:
            assert moment.tzinfo is UTC
            moment.astimezone(timezone(timedelta(hours=14)))
            assert from_rfc3339(to_rfc3339(moment)) == moment


@given(st.integers(0, 10**14 - 1))
def test_any_fourteen_digits_are_a_time_with_deadlines_or_no_time(number: int) -> None:
    moment = from_china_compact(f"{number:014d}")
    if moment is not None:
        assert 1969 < moment.year < 3000
        assert deadline_for("kyc", moment).outer == moment + timedelta(hours=72)


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
@given(started=SENSIBLE)
def test_a_contract_recording_is_safe_for_24_hours_and_gone_after_72(kind: str, started: datetime) -> None:
    deadline = deadline_for(kind, started)
    assert deadline.safe == started + timedelta(hours=24)
    assert deadline.outer == started + timedelta(hours=72)
    assert "104133" in deadline.safe_source
    assert "104134" in deadline.outer_source


def test_an_order_has_an_outer_deadline_only() -> None:
    deadline = deadline_for("kyc", NOON)
    assert deadline.safe is None
    assert deadline.outer == NOON + timedelta(hours=72)
    assert (deadline.safe_source, deadline.outer_source[-6:]) == ("", "114181")


@pytest.mark.parametrize("kind", ["ess", "essbasic", "kyc"])
def test_without_a_beginning_there_is_no_deadline_to_state(kind: str) -> None:
    deadline = deadline_for(kind, None)
    assert (deadline.safe, deadline.outer) == (None, None)
