"""Every way an answer can go wrong: outcome, exit code, retries, and nothing lost of what was received."""

import base64
import errno
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from facevid_gui.captures import sink, store
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.house import House
from facevid_gui.lookups.lookup import LookupResult
from facevid_gui.net.transport import Limits
from facevid_gui.simulator import records
from facevid_gui.simulator.faults import FAULTS, Delivery
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from facevid_gui.simulator.wire import SimError, SimResponse
from tests.support.console import Console
from tests.support.net_lookups import Post, bodies, capture_of, json_reply, look_up, new_home, read_again, written
from tests.support.places import HastyToken

K = OutcomeKind
COMPLETE, PARTIAL = "complete", "interrupted"
SUBJECTS = {"ess": {"flow": flow_id("Sample"), "sign": sign_id("Sample")}, "kyc": {"order": "simOrderLiveness"}}
ONE = {"flow": flow_id("One"), "sign": sign_id("One")}
ORDER = {"order": "simOrder0001"}

MENDED = {
    # fault: what is noted of the repair
    "base64_lines": ("blanks_removed",),
    "base64_blanks": ("blanks_removed",),
    "base64_unpadded": ("padding_added",),
    "base64_url_safe": ("url_safe_alphabet",),
    "base64_data_url": ("data_url_prefix_removed",),
    "base64_escaped": (),
}
LIMITS = Limits(max_bytes=1_500_000)  # more than any of these answers, much less than the huge one

FAULT_TABLE = [
    # fault, subject, outcome, code, exit code, state on disk, tries
    ("none", ONE, K.FOUND, "found", 0, COMPLETE, 1),
    ("none", ORDER, K.FOUND, "found", 0, COMPLETE, 1),
    ("cut_short", ONE, K.INCOMPLETE, "incomplete_body", 3, PARTIAL, 3),
    ("cut_short", ORDER, K.INCOMPLETE, "incomplete_body", 3, PARTIAL, 3),
    ("wrong_length", ONE, K.INCOMPLETE, "incomplete_body", 3, PARTIAL, 3),
    ("wrong_length", ORDER, K.INCOMPLETE, "incomplete_body", 3, PARTIAL, 3),
    ("chunked_cut", ONE, K.INCOMPLETE, "incomplete_body", 3, PARTIAL, 3),
    ("chunked_cut", ORDER, K.INCOMPLETE, "incomplete_body", 3, PARTIAL, 3),
    ("reset_mid_body", ONE, K.INCOMPLETE, "connection_reset", 3, PARTIAL, 3),
    ("reset_mid_body", ORDER, K.INCOMPLETE, "connection_reset", 3, PARTIAL, 3),
    ("short_length", ONE, K.INCOMPLETE, "unreadable_answer", 1, COMPLETE, 1),
    ("short_length", ORDER, K.INCOMPLETE, "unreadable_answer", 1, COMPLETE, 1),
    ("server_error_html", ONE, K.NETWORK, "http_status", 3, COMPLETE, 3),
    ("server_error_html", ORDER, K.NETWORK, "http_status", 3, COMPLETE, 3),
    ("proxy_page", ONE, K.INCOMPLETE, "unreadable_answer", 1, COMPLETE, 1),
    ("proxy_page", ORDER, K.INCOMPLETE, "unreadable_answer", 1, COMPLETE, 1),
    ("rate_limit", ONE, K.REFUSED, "rate_limited", 1, COMPLETE, 3),
    ("rate_limit", ORDER, K.REFUSED, "rate_limited", 1, COMPLETE, 3),
    ("redirect", ONE, K.NETWORK, "redirect", 3, COMPLETE, 1),
    ("redirect", ORDER, K.NETWORK, "redirect", 3, COMPLETE, 1),
    ("gzip", ONE, K.FOUND, "found", 0, COMPLETE, 1),
    ("gzip", ORDER, K.FOUND, "found", 0, COMPLETE, 1),
    ("charset", ONE, K.FOUND, "found", 0, COMPLETE, 1),
    ("charset", ORDER, K.FOUND, "found", 0, COMPLETE, 1),
    ("chunked", ONE, K.FOUND, "found", 0, COMPLETE, 1),
    ("chunked", ORDER, K.FOUND, "found", 0, COMPLETE, 1),
    ("slow_drip", SUBJECTS["ess"], K.INCOMPLETE, "media_unreadable", 1, COMPLETE, 1),
    ("slow_drip", {"order": "simOrderGone"}, K.NOT_FOUND, "no_such_record", 1, COMPLETE, 1),
    ("bad_base64", ONE, K.INCOMPLETE, "media_unreadable", 1, COMPLETE, 1),
    ("bad_base64", ORDER, K.INCOMPLETE, "media_unreadable", 1, COMPLETE, 1),
    ("bad_base64", SUBJECTS["kyc"], K.INCOMPLETE, "media_unreadable", 1, COMPLETE, 1),
    ("base64_cut", ONE, K.INCOMPLETE, "media_unreadable", 1, COMPLETE, 1),
    ("base64_cut", ORDER, K.INCOMPLETE, "media_unreadable", 1, COMPLETE, 1),
    ("base64_placeholder", ONE, K.INCOMPLETE, "media_unreadable", 1, COMPLETE, 1),
    ("base64_placeholder", ORDER, K.INCOMPLETE, "media_unreadable", 1, COMPLETE, 1),
    ("base64_empty", ONE, K.NO_RECORDING, "no_recording", 1, COMPLETE, 1),
    ("base64_empty", ORDER, K.NO_RECORDING, "no_files", 1, COMPLETE, 1),
    *((fault, subject, K.FOUND, "found", 0, COMPLETE, 1) for fault in MENDED for subject in (ONE, ORDER)),
    ("nulls", ONE, K.NO_RECORDING, "no_recording", 1, COMPLETE, 1),
    ("nulls", ORDER, K.NO_MEDIA_YET, "no_media_yet", 1, COMPLETE, 4),
    ("wrong_types", ONE, K.FOUND, "found", 0, COMPLETE, 1),
    ("wrong_types", ORDER, K.FOUND, "found", 0, COMPLETE, 1),
    ("extra_fields", ONE, K.FOUND, "found", 0, COMPLETE, 1),
    ("extra_fields", ORDER, K.FOUND, "found", 0, COMPLETE, 1),
    ("huge_answer", ONE, K.INCOMPLETE, "too_large", 3, PARTIAL, 1),
    ("huge_answer", ORDER, K.INCOMPLETE, "too_large", 3, PARTIAL, 1),
    ("clock_skew", ONE, K.SIGNATURE, "clock", 3, COMPLETE, 1),
    ("clock_skew", ORDER, K.FOUND, "found", 0, COMPLETE, 1),
    ("late_photo", ONE, K.FOUND, "found", 0, COMPLETE, 1),
    ("late_photo", ORDER, K.FOUND, "found", 0, COMPLETE, 3),
]
POLLED = [("nulls", "kyc"), ("late_photo", "kyc")]


def kind_of(subject: dict[str, str]) -> str:
    return "kyc" if "order" in subject else "ess"


def test_every_fault_is_tested_with_both_protocols() -> None:
    assert {(fault, kind_of(subject)) for fault, subject, *_ in FAULT_TABLE} == {
        (fault, kind) for fault in FAULTS for kind in ("ess", "kyc")
    }


def check_disk(house: House, result: LookupResult, state: str, post: Post, tries: int) -> None:
    """What lies on the disk is what was sent, try by try, and its facts are true."""
    assert result.capture is not None
    [entry] = house.captures.entries()
    assert (entry.path, entry.state) == (result.capture, state)
    received = bodies(result.capture)
    assert len(received) == len(post.sent) == tries
    asked = [exchange for exchange in capture_of(result).exchanges if exchange.role == "record"]
    assert [exchange.size_bytes for exchange in asked] == [len(body) for body in received]
    assert [exchange.path for exchange in asked] == [
        f"exchanges/{n:02d}/response-body.bin" for n in range(1, tries + 1)
    ]


@pytest.mark.parametrize(
    ("fault", "subject", "outcome", "code", "exit_code", "state", "tries"),
    FAULT_TABLE,
    ids=[f"{fault}-{kind_of(subject)}" for fault, subject, *_ in FAULT_TABLE],
)
def test_a_fault(
    house: House, post: Post, fault: str, subject: dict[str, str], outcome: OutcomeKind, code: str, exit_code: int,
    state: str, tries: int,
) -> None:  # fmt: skip
    house.__dict__["workplace"] = replace(house.workplace, limits=LIMITS)
    token = HastyToken()
    with Simulator(fault=fault) as simulator:
        result = look_up(house, simulator, **subject, token=token)  # type: ignore[arg-type]
    assert (result.outcome.kind, result.outcome.code, result.outcome.exit_code) == (outcome, code, exit_code)
    polled = (fault, kind_of(subject)) in POLLED
    assert token.waits == ([2.0] * (tries - 1) if polled else [1.0, 2.0][: tries - 1])
    check_disk(house, result, state, post, tries)
    assert result.capture is not None
    for received, sent in zip(bodies(result.capture), post.sent, strict=True):
        if fault == "reset_mid_body":
            assert sent.startswith(received)
        elif fault == "short_length":
            assert received == sent[: len(sent) // 2]
        elif fault == "huge_answer":
            assert received.startswith(b'{"Filler": "AAAA')
            assert LIMITS.max_bytes < len(received) < 2 * LIMITS.max_bytes
        else:
            assert received == sent
    if state == COMPLETE:
        assert read_again(result.capture).outcome.code == code


def original(name: str) -> bytes:
    return base64.b64decode(records.demo_media(name))


@pytest.mark.parametrize("subject", [ONE, ORDER], ids=kind_of)
@pytest.mark.parametrize("fault", [*MENDED, "gzip", "chunked", "charset", "wrong_types", "extra_fields", "late_photo"])
def test_of_what_is_found_nothing_is_lost(house: House, fault: str, subject: dict[str, str]) -> None:
    with Simulator(fault=fault) as simulator:
        result = look_up(house, simulator, **subject)  # type: ignore[arg-type]
    assert result.record is not None
    assert result.capture is not None
    items = (*result.record.clips, *result.record.photos)
    expected = ["liveness-fragmented.mp4", "question.mp4", "nod-01.mp4", "nod-02.mp4"]
    expected = ["order.mp4", "photo.jpg"] if subject is ORDER else expected
    expected = expected[:3] if fault == "wrong_types" and subject is ONE else expected  # one nod instead of a list
    assert [(result.capture / str(item.path)).read_bytes() for item in items] == [original(n) for n in expected]
    assert all(item.problem is None for item in items)
    noted = {repair for item in items for repair in item.repairs}
    assert noted == set(MENDED.get(fault, ()))
    if subject is ORDER:
        assert (result.record.scores.live_rate, result.record.scores.similarity) == ("99", "88.01")
        assert result.record.risk_tags[0].tag == ("3" if fault == "wrong_types" else "03")


def test_of_clips_that_are_cut_the_whole_part_is_kept(house: House) -> None:
    with Simulator(fault="base64_cut") as simulator:
        result = look_up(house, simulator, **ONE)
    assert result.record is not None
    assert result.capture is not None
    for clip, name in zip(result.record.clips, ("liveness-fragmented.mp4", "question.mp4"), strict=False):
        kept = (result.capture / str(clip.path)).read_bytes()
        assert original(name).startswith(kept)
        assert len(kept) > 100_000
        assert (clip.problem, clip.media_type) == ("damaged_base64", "video/mp4")


@pytest.mark.parametrize(
    ("fault", "subject", "outcome", "code", "exit_code", "state"),
    [row[:6] for row in FAULT_TABLE],
    ids=[f"{fault}-{kind_of(subject)}" for fault, subject, *_ in FAULT_TABLE],
)
def test_a_fault_in_the_console(
    console: Console, fault: str, subject: dict[str, str], outcome: OutcomeKind, code: str, exit_code: int, state: str
) -> None:
    """State, message id, exit code, and where what was received lies."""
    (console.home / "config").mkdir(parents=True)
    (console.home / "config" / "settings.json").write_text(json.dumps({"max_answer_bytes": LIMITS.max_bytes}))
    options = [text for name, value in subject.items() for text in (f"--{name}", value)]
    with Simulator(fault=fault) as simulator:
        console.add_profiles(simulator)
        kind, profile = ("kyc", "orders") if kind_of(subject) == "kyc" else ("ess", "contracts")
        done = console("lookup", kind, "--profile", profile, *options, "--json")
    document = done.json
    assert (done.code, document["outcome"], document["ok"]) == (exit_code, str(outcome), exit_code == 0)
    if exit_code:
        error = document["error"]
        assert error["code"] == code
        assert error["message"]
        assert error["next_step"]
    kept = Path(document["capture"])
    assert kept.name.startswith(".partial-") is (state == PARTIAL)
    assert any(path.stat().st_size or fault == "redirect" for path in kept.rglob("response-body.bin"))


def test_a_passing_fault_passes(house: House, simulator: Simulator, post: Post) -> None:
    post.recordings.extend(["cut_short", "server_error_html"])
    token = HastyToken()
    result = look_up(house, simulator, **ONE, token=token)
    assert result.outcome.ok
    assert token.waits == [1.0, 2.0]
    check_disk(house, result, COMPLETE, post, 3)
    assert result.capture is not None
    assert bodies(result.capture) == post.sent
    exchanges = [e for e in capture_of(result).exchanges if e.role == "record"]
    assert [(e.complete, e.status, e.error) for e in exchanges] == [
        (False, 200, "incomplete_body"), (True, 502, None), (True, 200, None),
    ]  # fmt: skip
    assert read_again(result.capture) == result.record


@pytest.mark.parametrize("code", ["InternalError.System", "ResourceUnavailable", "ServiceUnavailable"])
def test_trouble_of_the_service_is_tried_three_times(house: House, simulator: Simulator, post: Post, code: str) -> None:
    def fail(_body: object) -> None:
        raise SimError(code, "内部错误")

    simulator.ess._face_video = fail  # type: ignore[method-assign, assignment]
    token = HastyToken()
    result = look_up(house, simulator, **ONE, token=token)
    assert (result.outcome.code, result.outcome.exit_code) == ("provider_trouble", 1)
    assert token.waits == [1.0, 2.0]
    check_disk(house, result, COMPLETE, post, 3)


@pytest.mark.parametrize("code", ["OperationDenied.WhiteListForbid", "UnauthorizedOperation", "SomethingNew.Entirely"])
def test_a_refusal_is_never_tried_again(house: House, simulator: Simulator, post: Post, code: str) -> None:
    def refuse(_body: object) -> None:
        raise SimError(code, "无权限")

    simulator.ess._face_video = refuse  # type: ignore[method-assign, assignment]
    result = look_up(house, simulator, **ONE)
    assert result.outcome.kind is K.REFUSED
    assert (result.outcome.provider_code, result.outcome.provider_message) == (code, "无权限")
    check_disk(house, result, COMPLETE, post, 1)


def limited(seconds: str) -> SimResponse:
    content = {"Response": {"Error": {"Code": "RequestLimitExceeded", "Message": ""}}, "code": "400504"}
    return json_reply(content, 200, ("Retry-After", seconds))


@pytest.mark.parametrize(("seconds", "waits"), [("7", [7.0, 7.0]), ("31", []), ("soon", [1.0, 2.0])])
@pytest.mark.parametrize("subject", [ONE, ORDER], ids=["ess", "kyc"])
def test_the_service_may_ask_for_a_longer_pause_within_reason(
    house: House, simulator: Simulator, post: Post, monkeypatch: pytest.MonkeyPatch, subject: dict[str, str],
    seconds: str, waits: list[float],
) -> None:  # fmt: skip
    monkeypatch.setitem(FAULTS, "none", lambda _: Delivery(limited(seconds)))
    token = HastyToken()
    assert look_up(house, simulator, **subject, token=token).outcome.code == "rate_limited"  # type: ignore[arg-type]
    assert token.waits == waits


@pytest.fixture
def gone(simulator: Simulator) -> Iterator[Simulator]:
    """A simulator that was stopped: nobody listens at its ports."""
    described = {kind: simulator.base_url(kind) for kind in ("ess", "essbasic", "kyc")}
    simulator.stop()
    simulator.base_url = described.__getitem__  # type: ignore[method-assign]
    yield simulator
    del simulator.base_url


@pytest.mark.parametrize("subject", [ONE, {"flow": flow_id("One")}, ORDER], ids=["signer", "flow", "order"])
def test_a_service_that_cannot_be_reached_leaves_nothing_behind(
    house: House, gone: Simulator, subject: dict[str, str]
) -> None:
    token = HastyToken()
    result = look_up(house, gone, **subject, token=token)  # type: ignore[arg-type]
    assert (result.outcome.kind, result.outcome.code, result.outcome.exit_code) == (K.NETWORK, "unreachable", 3)
    assert dict(result.outcome.params) == {"host": "127.0.0.1"}
    assert token.waits == [1.0, 2.0]
    assert (result.capture, result.record) == (None, None)
    assert list(house.paths.captures.iterdir()) == []


def test_an_answer_beyond_the_limit_is_kept_up_to_there(house: House, simulator: Simulator, post: Post) -> None:
    house.__dict__["workplace"] = replace(house.workplace, limits=Limits(max_bytes=100_000))
    result = look_up(house, simulator, **ONE)
    assert (result.outcome.kind, result.outcome.code, result.outcome.exit_code) == (K.INCOMPLETE, "too_large", 3)
    assert result.capture is not None
    [body] = bodies(result.capture)
    assert post.sent[0].startswith(body)
    assert len(body) > 100_000


class TestPolling:
    """Late files are waited for, three times two seconds, and nothing that happens then spoils the record."""

    def test_old_orders_without_files_are_not_polled(self, house: House, simulator: Simulator, post: Post) -> None:
        old = records.SimOrder("old1", "", occurred_at=simulator.now() - timedelta(minutes=11))
        simulator.kyc.orders = (old,)
        token = HastyToken()
        result = look_up(house, simulator, order="old1", token=token)
        assert (result.outcome.kind, result.outcome.code) == (K.NO_RECORDING, "no_files")
        assert (token.waits, len(post.sent)) == ([], 1)

    def test_fresh_orders_are_polled_while_a_file_is_missing(
        self, house: House, simulator: Simulator, post: Post
    ) -> None:
        photo = records.demo_media("photo.jpg")
        fresh = records.SimOrder("fresh1", "", occurred_at=simulator.now() - timedelta(minutes=9), photo=photo)
        simulator.kyc.orders = (fresh,)
        token = HastyToken()
        result = look_up(house, simulator, order="fresh1", token=token)
        assert result.outcome.ok
        assert (token.waits, len(post.sent)) == ([2.0, 2.0, 2.0], 4)

    def test_every_poll_is_an_exchange_with_a_nonce_of_its_own(
        self, house: House, simulator: Simulator, post: Post
    ) -> None:
        result = look_up(house, simulator, order="simOrderLate")
        check_disk(house, result, COMPLETE, post, 3)
        requests = [json.loads(r.body) for r in simulator.requests if r.path.endswith("queryfacerecord")]
        assert len({request["nonce"] for request in requests}) == 3
        assert len({request["sign"] for request in requests}) == 3

    @pytest.mark.parametrize(
        ("faults", "waits"),
        [
            (["cut_short"] * 3, [2.0, 1.0, 2.0]),
            (["server_error_html"] * 3, [2.0, 1.0, 2.0]),
            (["rate_limit"] * 3, [2.0, 1.0, 2.0]),
            (["redirect"], [2.0]),
            (["proxy_page"], [2.0]),
        ],
        ids=["cut", "502", "rate", "redirect", "proxy page"],
    )
    def test_a_poll_that_fails_ends_the_polling_and_the_record_stays(
        self, house: House, simulator: Simulator, post: Post, faults: list[str], waits: list[float]
    ) -> None:
        post.recordings.extend(["none", *faults])
        token = HastyToken()
        result = look_up(house, simulator, order="simOrderNoFiles", token=token)
        assert (result.outcome.kind, result.outcome.code) == (K.NO_MEDIA_YET, "no_media_yet")
        assert token.waits == waits
        assert result.record is not None
        assert result.record.scores.live_rate == "99"
        check_disk(house, result, COMPLETE, post, 1 + len(faults))
        assert result.capture is not None
        assert read_again(result.capture) == result.record

    def test_a_poll_that_stumbles_may_still_bring_the_files(
        self, house: House, simulator: Simulator, post: Post
    ) -> None:
        post.recordings.extend(["none", "none", "cut_short"])
        result = look_up(house, simulator, order="simOrderLate")
        assert result.outcome.ok
        check_disk(house, result, COMPLETE, post, 4)
        assert result.capture is not None
        assert read_again(result.capture) == result.record


# Those that leave a flow's answer as it is, or only wrap it.
HARMLESS_TO_FLOWS = {"none", "chunked", "gzip", "charset", "slow_drip", "clock_skew", "late_photo", "extra_fields"}
HARMLESS_TO_FLOWS |= {name for name in FAULTS if "base64" in name}


class TestFlow:
    """The flow is worth something, never more than the recording."""

    @pytest.mark.parametrize("fault", sorted(set(FAULTS) - HARMLESS_TO_FLOWS))
    def test_its_failure_after_the_video_spoils_nothing(
        self, house: House, simulator: Simulator, post: Post, fault: str
    ) -> None:
        post.flows.extend([fault] * 5)
        token = HastyToken()
        result = look_up(house, simulator, **ONE, token=token)
        assert result.outcome.ok
        assert (token.waits, post.asked) == ([], ["DescribeSignFaceVideo", "DescribeFlowInfo"])
        assert result.record is not None
        assert len(result.record.clips) == 4
        assert result.record.signer is None
        assert result.capture is not None
        assert read_again(result.capture) == result.record

    @pytest.mark.parametrize(
        "reply",
        [json_reply({"Response": {}}), json_reply([]), SimResponse(b"x" * 9_000_000), SimResponse(b""),
         json_reply({"Response": {"FlowDetailInfos": [{"FlowId": "another", "FlowApproverInfos": []}]}}),
         json_reply({"Response": {"FlowDetailInfos": [{"FlowId": flow_id("One"), "FlowApproverInfos": None}]}})],
        ids=["empty", "list", "huge", "nothing", "another flow", "no signers"],
    )  # fmt: skip
    def test_a_strange_flow_after_the_video_spoils_nothing(
        self, house: House, simulator: Simulator, post: Post, reply: SimResponse
    ) -> None:
        post.replies.append(reply)
        result = look_up(house, simulator, **ONE)
        assert result.outcome.ok
        assert result.capture is not None
        assert read_again(result.capture) == result.record

    @pytest.mark.parametrize(
        ("fault", "outcome", "code", "exit_code", "tries", "kept"),
        [
            ("cut_short", K.NETWORK, "incomplete_body", 3, 3, False),
            ("reset_mid_body", K.NETWORK, "connection_reset", 3, 3, False),
            ("redirect", K.NETWORK, "redirect", 3, 1, False),
            ("server_error_html", K.NETWORK, "http_status", 3, 3, True),
            ("rate_limit", K.REFUSED, "rate_limited", 1, 3, True),
            ("proxy_page", K.INCOMPLETE, "unreadable_answer", 1, 1, True),
            ("short_length", K.INCOMPLETE, "unreadable_answer", 1, 1, True),
        ],
    )
    def test_its_failure_before_the_video_is_the_outcome(
        self, house: House, simulator: Simulator, post: Post, fault: str, outcome: OutcomeKind, code: str,
        exit_code: int, tries: int, kept: bool,
    ) -> None:  # fmt: skip
        post.flows.extend([fault] * 5)
        token = HastyToken()
        result = look_up(house, simulator, flow=flow_id("One"), token=token)
        assert (result.outcome.kind, result.outcome.code, result.outcome.exit_code) == (outcome, code, exit_code)
        assert post.asked == ["DescribeFlowInfo"] * tries
        assert token.waits == [1.0, 2.0][: tries - 1]
        assert (result.capture is not None) is kept
        if result.capture is not None:
            assert read_again(result.capture).outcome.code == code

    @pytest.mark.parametrize("fault", ["gzip", "chunked", "charset"])
    def test_it_is_read_however_it_is_wrapped(self, house: House, simulator: Simulator, post: Post, fault: str) -> None:
        post.flows.append(fault)
        result = look_up(house, simulator, flow=flow_id("One"))
        assert result.outcome.ok
        assert result.record is not None
        assert result.record.signer is not None

    def test_a_passing_failure_passes_with_the_pause_that_was_asked_for(
        self, house: House, simulator: Simulator, post: Post
    ) -> None:
        post.replies.append(limited("9"))
        post.flows.extend(["none", "cut_short"])
        token = HastyToken()
        assert look_up(house, simulator, flow=flow_id("One"), token=token).outcome.ok
        assert token.waits == [9.0, 2.0]

    def test_too_much_is_an_outcome(self, house: House, simulator: Simulator, post: Post) -> None:
        post.replies.append(SimResponse(b"x" * 9_000_000))
        result = look_up(house, simulator, flow=flow_id("One"))
        assert (result.outcome.kind, result.outcome.code, result.outcome.exit_code) == (K.NETWORK, "too_large", 3)
        assert result.capture is None

    def test_an_answer_about_other_people_is_not_kept(self, house: House, simulator: Simulator, post: Post) -> None:
        other = {"FlowId": flow_id("Other"), "FlowApproverInfos": [{"ApproveName": "外人", "Mobile": "13900001111"}]}
        post.replies.append(json_reply({"Response": {"FlowDetailInfos": [other], "RequestId": "r"}}))
        result = look_up(house, simulator, flow=flow_id("One"))
        assert (result.outcome.kind, result.outcome.code) == (K.NOT_FOUND, "flow_not_found")
        assert result.capture is None
        assert "外人" not in written(house.paths.data)

    def test_a_recording_that_cannot_be_had_leaves_no_trace_of_the_signer(
        self, house: House, simulator: Simulator, post: Post
    ) -> None:
        post.recordings.extend(["cut_short"] * 3)
        result = look_up(house, simulator, flow=flow_id("One"))
        assert result.outcome.kind is K.INCOMPLETE
        assert result.capture is not None
        assert "赵样本" not in written(result.capture)


class TestDisk:
    """A disk that refuses is told by name, and what was received stays."""

    def test_a_full_disk_keeps_what_was_received(
        self, house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = sink.write_all
        room = [300_000]

        def limited_write(file: object, data: bytes) -> None:
            room[0] -= len(data)
            if room[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            whole(file, data)

        monkeypatch.setattr(sink, "write_all", limited_write)
        result = look_up(house, simulator, **ONE)
        assert (result.outcome.code, result.outcome.exit_code) == ("disk_full", 3)
        [entry] = house.captures.entries()
        assert (entry.state, entry.path) == ("interrupted", result.capture)

    @pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EACCES, "permission_denied")])
    def test_a_disk_that_fails_at_the_end_loses_nothing(
        self, house: House, simulator: Simulator, post: Post, monkeypatch: pytest.MonkeyPatch, number: int, code: str
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise OSError(number, os.strerror(number))

        with monkeypatch.context() as patch:
            patch.setattr(store, "flush_tree", fail)
            result = look_up(house, simulator, **ONE)
        assert (result.outcome.code, result.outcome.exit_code) == (code, 3)
        assert result.capture is not None
        assert bodies(result.capture) == post.sent
        [promoted] = new_home(house.paths.data).captures.recover()
        assert read_again(promoted).outcome.ok

    def test_a_disk_that_refuses_from_the_start_is_an_error_before_anything_is_asked(
        self, house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))

        monkeypatch.setattr(store, "make_private_folder", fail)
        with pytest.raises(SurroundingsError) as caught:
            look_up(house, simulator, **ONE)
        assert caught.value.code == "read_only"
        assert simulator.requests == []
