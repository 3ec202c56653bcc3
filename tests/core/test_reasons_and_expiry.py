"""Why something is done, where that has to be said; from when on something may be removed."""

from datetime import UTC, datetime, timedelta

import pytest

from facevid_gui.core.errors import UsageError
from facevid_gui.core.expiry import CAPTURE_WARN_DAYS, Keeping
from facevid_gui.core.reasons import MAX_REASON, reason_detail, remember
from facevid_gui.settings import Settings

NOW = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)


def test_a_reason_is_demanded_only_where_the_settings_say_so() -> None:
    assert reason_detail((), "open", "") == {}
    assert reason_detail(("export",), "open", "  ") == {}
    assert reason_detail(("open",), "open", None) == {}, "it goes on with what had one"
    assert reason_detail((), "open", " court\n order ") == {"reason": "court order"}
    with pytest.raises(UsageError, match="reason_needed"):
        reason_detail(("open", "export"), "open", " \n ")


@pytest.mark.parametrize("bad", ["x" * (MAX_REASON + 1), "a\x00b", "a\u202eb"])
def test_what_cannot_be_written_down_is_refused(bad: str) -> None:
    with pytest.raises(UsageError, match="option_value"):
        reason_detail((), "open", bad)


def test_the_last_reasons_are_remembered_each_once() -> None:
    reasons: tuple[str, ...] = ()
    for said in ("a", "b", "a", "", " c  d "):
        reasons = remember(reasons, said)
    assert reasons == ("c d", "a", "b")
    for number in range(20):
        reasons = remember(reasons, str(number))
    assert len(reasons) == 8
    assert reasons[0] == "19"


def test_a_capture_is_kept_for_its_days_then_offered() -> None:
    keeping = Settings(captures_expire=True, captures_expire_days=30, retention_warn_days=14).keeping
    day = timedelta(days=1)
    assert keeping.capture_until(NOW) == NOW + 30 * day
    ages = {age: (keeping.is_capture_ending(NOW - age * day, NOW), keeping.is_capture_expired(NOW - age * day, NOW))
            for age in (0, 30 - CAPTURE_WARN_DAYS - 1, 30 - CAPTURE_WARN_DAYS, 29, 30, 300)}  # fmt: skip
    assert list(ages.values()) == [
        (False, False), (False, False), (True, False), (True, False), (False, True), (False, True)
    ]  # fmt: skip


def test_without_a_date_nothing_expires() -> None:
    never = Settings(captures_expire=False, captures_expire_days=30, retention_warn_days=14).keeping
    assert never.capture_until(NOW) is None
    assert not never.is_capture_expired(NOW - timedelta(days=9999), NOW)
    assert not Keeping().is_capture_expired(None, NOW)
    assert not Keeping().is_retention_ending(None, NOW)


def test_retention_is_warned_of_before_not_after() -> None:
    keeping = Keeping(30, 14)
    days = (-1, 0, 1, 14, 15)
    assert [keeping.is_retention_ending(NOW + timedelta(days=d), NOW) for d in days] == [
        False, False, True, True, False
    ]  # fmt: skip


def test_the_end_of_time_is_no_error() -> None:
    last = datetime(9999, 12, 31, tzinfo=UTC)
    assert not Keeping().is_capture_expired(last, NOW)
    assert Keeping().is_capture_ending(last, last)
