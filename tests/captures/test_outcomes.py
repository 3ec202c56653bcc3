"""What an answer comes to: files count more than codes, and every failure has a name and a sentence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from facevid_gui.captures.outcomes import is_fresh, outcome_of, unreadable_outcome
from facevid_gui.core.clock import CHINA_TIME
from facevid_gui.core.exchange import Exchange
from facevid_gui.core.messages import Messages
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.record import MediaItem
from facevid_gui.media.base64s import DAMAGED
from tests.support.captures_exchanges import exchange, read
from tests.support.captures_samples import ess_answer, ess_refusal, kyc_answer
from tests.support.clocks import NOON

GOOD = MediaItem("liveness", 1, "/a", path="media/liveness.mp4")
BAD = MediaItem("photo", 1, "/b", problem=DAMAGED)


def outcome(kind: str, document: object, items: tuple[MediaItem, ...] = (), **facts: object) -> Outcome:
    return outcome_of(kind, read(kind, document), items, exchange(kind, **facts))


def at(**ago: float) -> str:
    """A KYC time so long before the answer came."""
    return (NOON - timedelta(**ago)).astimezone(CHINA_TIME).strftime("%Y%m%d%H%M%S")


def test_a_recording_is_found() -> None:
    found = outcome("ess", ess_answer(), (GOOD,), clock_offset_s=-1.5)
    assert (found.kind, found.code, found.exit_code, found.ok) == (OutcomeKind.FOUND, "found", 0, True)
    assert (found.request_id, found.clock_offset_s) == ("s1709628366717791449", -1.5)


def test_a_record_with_damaged_extras_is_found() -> None:
    assert outcome("kyc", kyc_answer(), (GOOD, BAD)).kind is OutcomeKind.FOUND


def test_a_negative_result_with_files_is_found_and_tells_its_code() -> None:
    found = outcome("kyc", kyc_answer("66660004"), (GOOD,))
    assert (found.kind, found.exit_code, found.provider_code) == (OutcomeKind.FOUND, 0, "66660004")


def test_a_negative_result_without_files_is_no_recording() -> None:
    found = outcome("kyc", kyc_answer("66660004"))
    assert (found.kind, found.code, found.exit_code) == (OutcomeKind.NO_RECORDING, "not_same_person", 1)
    assert found.provider_message == "请求成功"


@pytest.mark.parametrize(("kind", "document"), [("ess", ess_answer()), ("kyc", kyc_answer("66660004"))])
def test_media_that_are_all_damaged_are_incomplete_whatever_the_code(kind: str, document: object) -> None:
    found = outcome(kind, document, (BAD,))
    assert (found.kind, found.code, found.exit_code) == (OutcomeKind.INCOMPLETE, "media_unreadable", 1)


@pytest.mark.parametrize(
    ("code", "kind", "exit_code"),
    [
        ("ResourceNotFound.Flow", OutcomeKind.NOT_FOUND, 1),
        ("AuthFailure.SignatureExpire", OutcomeKind.SIGNATURE, 3),
        ("OperationDenied.WhiteListForbid", OutcomeKind.REFUSED, 1),
        ("NobodyDocumentedThis", OutcomeKind.REFUSED, 1),
    ],
)
def test_a_refusal_has_the_outcome_of_its_code(code: str, kind: OutcomeKind, exit_code: int) -> None:
    found = outcome("ess", ess_refusal(code))
    assert (found.kind, found.exit_code, found.provider_code) == (kind, exit_code, code)


def test_an_e_sign_answer_without_media_is_no_recording() -> None:
    empty = ess_answer(VideoData=None, IntentionQuestionResult=None, IntentionActionResult=None)
    found = outcome("ess", empty)
    assert (found.kind, found.code, found.exit_code) == (OutcomeKind.NO_RECORDING, "no_recording", 1)


@pytest.mark.parametrize(
    ("occurred", "kind"),
    [
        (at(seconds=5), OutcomeKind.NO_MEDIA_YET),
        (at(minutes=9, seconds=58), OutcomeKind.NO_MEDIA_YET),
        (at(minutes=9, seconds=59), OutcomeKind.NO_RECORDING),  # the answer came a second after noon
        (at(days=2), OutcomeKind.NO_RECORDING),
        (at(minutes=-3), OutcomeKind.NO_MEDIA_YET),
        ("", OutcomeKind.NO_MEDIA_YET),
    ],
)
def test_a_fresh_order_without_files_may_still_get_them(occurred: str, kind: OutcomeKind) -> None:
    found = outcome("kyc", kyc_answer("0", occurredTime=occurred))
    assert (found.kind, found.exit_code) == (kind, 1)
    assert found.code == ("no_files" if kind is OutcomeKind.NO_RECORDING else "no_media_yet")


def test_freshness_is_measured_by_the_servers_clock_when_it_told_one() -> None:
    answer = read("kyc", kyc_answer("0", occurredTime=at(minutes=30)))
    ours = exchange("kyc")
    assert not is_fresh(answer, ours)
    assert is_fresh(answer, replace(ours, server_date=NOON - timedelta(minutes=29)))
    assert is_fresh(answer, replace(ours, received_at=None))


CUT = exchange(complete=False, error="incomplete_body", size_bytes=500, clock_offset_s=2.0)


@pytest.mark.parametrize(
    ("last", "kind", "code", "exit_code"),
    [
        (CUT, OutcomeKind.INCOMPLETE, "incomplete_body", 3),
        (replace(CUT, error="timeout"), OutcomeKind.INCOMPLETE, "timeout", 3),
        (replace(CUT, error="timeout", size_bytes=None), OutcomeKind.NETWORK, "timeout", 3),
        (replace(CUT, error="unreachable", status=None, size_bytes=None), OutcomeKind.NETWORK, "unreachable", 3),
        (replace(CUT, error="redirect", status=302), OutcomeKind.NETWORK, "redirect", 3),
        (exchange(status=502, clock_offset_s=2.0), OutcomeKind.NETWORK, "http_status", 3),
        (exchange(clock_offset_s=2.0), OutcomeKind.INCOMPLETE, "unreadable_answer", 1),
    ],
)
def test_without_a_readable_answer_the_last_question_says_why(
    last: Exchange, kind: OutcomeKind, code: str, exit_code: int
) -> None:
    found = unreadable_outcome([exchange(error="tls_failed"), last, exchange(role="flow", trimmed=True)])
    assert (found.kind, found.code, found.exit_code) == (kind, code, exit_code)
    assert found.clock_offset_s == 2.0


def test_without_any_question_nothing_was_reached() -> None:
    for exchanges in ([], [exchange(role="ticket", error="timeout")], [exchange(role="flow", trimmed=True)]):
        found = unreadable_outcome(exchanges)
        assert (found.kind, found.code, found.exit_code) == (OutcomeKind.NETWORK, "unreachable", 3)


def test_a_flow_that_is_refused_is_not_said_to_be_an_expired_recording() -> None:
    found = outcome("ess", ess_refusal("FailedOperation", "无效的流程合同Id，检查后重试"), role="flow")
    assert (found.kind, found.code) == (OutcomeKind.NOT_FOUND, "not_found")
    assert outcome("ess", ess_refusal("FailedOperation")).code == "gone_or_never_there"


def test_a_flow_that_could_not_be_asked_for_says_why() -> None:
    assert unreadable_outcome([exchange(role="flow", status=503)]).code == "http_status"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_sentence_of_a_failure_found_later_names_what_is_known(language: str) -> None:
    messages = Messages(language)

    def worded(last: Exchange) -> str:
        found = unreadable_outcome([last])
        return " ".join(messages.failure(found.code, dict(found.params)))

    assert "500" in worded(CUT)
    assert "ess.tencentcloudapi.com" in worded(replace(CUT, error="unreachable"))
    assert "503" in worded(exchange(status=503))
    assert "0 " in worded(exchange(error="incomplete_body", size_bytes=None))
