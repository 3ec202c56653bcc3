"""Rescue of a list: the most urgent first, each record asked for once, across crashes, failures and other runs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import CancelledError, SurroundingsError, UsageError
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.secret import Secret
from facevid_gui.evidence.journal import BusyError
from facevid_gui.evidence.review import open_evidence
from facevid_gui.house import House
from facevid_gui.lookups import rescue_list, rescue_one
from facevid_gui.lookups.connection import Connection
from facevid_gui.lookups.lookup import Lookup
from facevid_gui.lookups.rescue_list import RowResult, urgency
from facevid_gui.lookups.rescue_one import Tools
from facevid_gui.lookups.rescue_state import RescueState, Subject
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.clocks import NOON, StillClock
from tests.support.net_lookups import Post
from tests.support.places import HastyToken, ess_profile, kyc_profile, make_house
from tests.support.rescue_lists import CASE, Lists, add_flow, add_orders, asked_twice

HEADER = "FlowId,SignId,orderNo,signed_at"
Break = Callable[..., Any]


@pytest.fixture
def lists(house: House, simulator: Simulator, tmp_path: Path) -> Lists:
    return Lists(house, simulator, tmp_path)


def outcomes(results: list[RowResult]) -> dict[tuple[int, str], str]:
    """Line and id of each result, and what became of it: "sealed", an outcome or an error."""
    return {(result.line, name_of(result)): word_of(result) for result in results}


def name_of(result: RowResult) -> str:
    subject = result.subject
    return (subject.order_no or subject.sign_id or subject.flow_id or "") if subject else ""


def word_of(result: RowResult) -> str:
    ending = result.ending
    if ending.problem is not None:
        return ending.problem.code
    assert ending.outcome is not None
    return "sealed" if ending.evidence else ending.outcome.code


# --- rows and people ----------------------------------------------------------------------------------------------


def test_a_mixed_list_is_rescued_row_by_row(lists: Lists) -> None:
    one, many, waiting = flow_id("One"), flow_id("Many"), flow_id("Waiting")
    results = lists.run(
        HEADER, f"{one},,,", f"{many},,,", ",,simOrder0001,", ",,simOrderGone,", "short,,,", f"{waiting},,,",
        f"{flow_id('NoVideo')},{sign_id('NoVideo')},,", f"{'y' * 32},,,",
    )  # fmt: skip
    assert outcomes(results) == {
        (2, sign_id("One")): "sealed",
        (3, sign_id("Many")): "sealed",
        (3, sign_id("Clerk")): "sealed",
        (4, "simOrder0001"): "sealed",
        (5, "simOrderGone"): "no_such_record",
        (6, ""): "flow_id_length",
        (7, waiting): "nobody_signed",
        (8, sign_id("NoVideo")): "no_recording",
        (9, "y" * 32): "not_found",
    }
    assert [result.ending.exit_code for result in sorted(results, key=lambda r: r.line)] == [0, 0, 0, 0, 1, 2, 1, 1, 1]
    assert [result.line for result in results if not result.ending.settled] == [7], "somebody may sign tomorrow"
    assert {str(result.ending.evidence) for result in results} - {"None"} == {str(path) for path in lists.folders}
    assert lists.last is not None
    assert lists.last.waiting == 0


def test_every_person_who_signed_is_found_with_one_question_each(lists: Lists) -> None:
    flow = add_flow(lists.simulator, "Three", 3, 1, 2)
    results = lists.run("FlowId", flow)
    assert [name_of(result) for result in results] == [sign_id("Three1"), sign_id("Three3"), sign_id("Three2")]
    assert lists.asked == [name_of(result) for result in results]
    assert lists.flows_asked == 4  # who signed; then each capture keeps what is said of its own person
    assert {result.subject for result in results} == {Subject(flow, sign_id(f"Three{n}")) for n in (1, 2, 3)}


def test_rows_that_name_the_same_record_share_it(lists: Lists) -> None:
    flow = add_flow(lists.simulator, "Twice", 1, 2)
    results = lists.run(HEADER, f"{flow},{sign_id('Twice1')},,", f"{flow},,,", ",,simOrder0001,", ",,simOrder0001,")
    assert sorted((result.line, name_of(result)) for result in results) == [
        (2, sign_id("Twice1")), (3, sign_id("Twice1")), (3, sign_id("Twice2")), (4, "simOrder0001"),
        (5, "simOrder0001"),
    ]  # fmt: skip
    assert asked_twice(lists.simulator) == []
    assert len(lists.folders) == 3


def test_the_same_number_of_another_app_is_another_order(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(kyc_profile(lists.simulator), name="other", app_id="IDAOTHER")

    def choose(row: Any) -> Any:
        return other if row.profile else kyc_profile(lists.simulator)

    results = lists.run(
        "orderNo,profile", "simOrder0001,", "simOrder0001,other", change=lambda tools: replace(tools, choose=choose)
    )
    assert outcomes(results) == {(2, "simOrder0001"): "sealed", (3, "simOrder0001"): "ticket_refused"}


def test_a_row_may_bring_its_own_case_and_purpose(lists: Lists) -> None:
    results = lists.run("orderNo,案号,用途", "simOrder0001,2026-9,", "simOrderNegative,,复核")
    captures = [open_evidence(result.ending.evidence, lists.house.trust()).capture for result in results]  # type: ignore[arg-type]
    assert [(capture.case_ref, capture.purpose) for capture in captures] == [
        ("2026-9", "disputed signature"), (CASE, "复核"),
    ]  # fmt: skip


def test_every_sealed_folder_is_handed_over_for_its_stamp(lists: Lists) -> None:
    results = lists.run("orderNo", "simOrder0001", "simOrderGone")
    assert lists.stamped == [result.ending.evidence for result in results if result.ending.evidence]


def test_a_profile_that_cannot_be_chosen_or_opened_fails_its_rows_alone(lists: Lists) -> None:
    def choose(row: Any) -> Any:
        if row.flow_id:
            raise UsageError("profile_none", kind="ess")
        return lists.choose(row)

    lines = (HEADER, f"{flow_id('One')},,,", ",,simOrder0001,")
    results = lists.run(*lines, change=lambda tools: replace(tools, choose=choose))
    assert outcomes(results) == {(2, flow_id("One")): "profile_none", (3, "simOrder0001"): "sealed"}

    def connect(profile: Any) -> Any:
        raise SurroundingsError("keyring_locked")

    results = lists.run(change=lambda tools: replace(tools, connect=connect))
    assert outcomes(results) == {(3, "simOrder0001"): "sealed", (2, flow_id("One")): "keyring_locked"}
    assert not any(result.ending.settled for result in results if result.line == 2)
    assert outcomes(lists.run())[(2, sign_id("One"))] == "sealed"


def test_secrets_are_read_once_and_only_for_profiles_that_are_asked(lists: Lists) -> None:
    opened: list[str] = []

    def connect(profile: Any) -> Any:
        opened.append(profile.name)
        return lists.connect(profile)

    def counting(tools: Tools) -> Tools:
        return replace(tools, connect=connect)

    lists.run("orderNo", "simOrder0001", "simOrderNegative", "simOrderGone", change=counting)
    assert opened == ["orders"]


# --- the order ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "hours", "rank", "deadline"),
    [
        ("ess", None, 0, None), ("ess", -1, 0, None),
        ("ess", 1, 1, 23), ("ess", 24, 1, 48), ("essbasic", 30, 1, 42), ("kyc", 1, 1, 71),
        ("ess", 72, 2, None), ("kyc", 100, 2, None),
    ],
)  # fmt: skip
def test_urgency_is_the_deadline_that_comes_next(
    kind: str, hours: float | None, rank: int, deadline: float | None
) -> None:
    started_at = None if hours is None else NOON - timedelta(hours=hours)
    found, moment = urgency(kind, started_at, NOON)
    assert found == rank
    if deadline is not None:
        assert moment == (NOON + timedelta(hours=deadline)).timestamp()


def test_of_what_is_past_the_latest_is_the_likeliest_to_be_there() -> None:
    places = [urgency("kyc", NOON - timedelta(hours=hours), NOON) for hours in (73, 100, 200)]
    assert places == sorted(places)


def test_unknown_starts_go_first_then_by_deadline_then_what_is_past(lists: Lists) -> None:
    now = lists.simulator.now()

    def ago(hours: float) -> str:
        return to_rfc3339(now - timedelta(hours=hours))

    flow = add_flow(lists.simulator, "Order", 23, 2, 30)
    people = [f"{flow},{sign_id(f'Order{n}')},,{ago(hours)}" for n, hours in ((1, 23), (2, 2), (3, 30))]
    numbers = ("late", "old", "older", "soon", "unknown1", "unknown2")
    add_orders(lists.simulator, *numbers)
    lists.run(
        HEADER, f",,older,{ago(200)}", f",,old,{ago(100)}", *people, f",,soon,{ago(71)}", f",,late,{ago(1)}",
        ",,unknown1,", ",,unknown2,some day",
    )  # fmt: skip
    assert lists.asked == [
        "unknown1", "unknown2",
        sign_id("Order1"), "soon",  # an hour left each
        sign_id("Order2"),  # 22 hours to the safe deadline
        sign_id("Order3"),  # past it, 42 to the outer one
        "late",  # 71
        "old", "older",
    ]  # fmt: skip


def test_flows_are_asked_for_their_signers_first_and_their_people_by_the_time_of_signing(lists: Lists) -> None:
    early, late = add_flow(lists.simulator, "Early", 5, 20), add_flow(lists.simulator, "Late", 23, 1)
    lists.run("FlowId", early, late)
    assert lists.asked == [sign_id("Late1"), sign_id("Early2"), sign_id("Early1"), sign_id("Late2")]


# --- not too fast -------------------------------------------------------------------------------------------------


class MovingToken(HastyToken):
    """Waiting moves the clock."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, seconds: float) -> None:
        super().wait(seconds)
        self.clock.move(seconds=seconds)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def timed(home: Path, tmp_path: Path, clock: StillClock, simulator: Simulator) -> Lists:
    """A home whose time passes only while somebody waits."""
    lists = Lists(make_house(home, clock), simulator, tmp_path)
    lists.token = MovingToken(clock)
    return lists


def test_the_services_are_asked_below_their_limits(home: Path, tmp_path: Path, clock: StillClock) -> None:
    with Simulator(now=clock.now) as simulator:
        numbers = [f"paced{n}" for n in range(7)]
        add_orders(simulator, *numbers)
        flow = add_flow(simulator, "Paced", *range(1, 10))
        lists = timed(home, tmp_path, clock, simulator)
        began = clock.monotonic()
        lists.run("orderNo", *numbers)
        orders_s = clock.monotonic() - began
        lists.run("FlowId", flow)
        flow_s = clock.monotonic() - began - orders_s
        assert len(lists.asked) == 16
    assert orders_s == pytest.approx(6 / rescue_one.ORDERS_PER_S)
    assert flow_s == pytest.approx(8 / rescue_one.VIDEOS_PER_S)
    assert (rescue_one.ORDERS_PER_S * 3 <= 5, rescue_one.VIDEOS_PER_S < 20) == (True, True)
    assert rescue_one.FLOWS_PER_S + rescue_one.VIDEOS_PER_S < 50


def test_a_service_that_says_too_often_is_asked_more_slowly_and_again_at_the_next_run(
    home: Path, tmp_path: Path, clock: StillClock, post: Post
) -> None:
    with Simulator(now=clock.now) as simulator:
        add_orders(simulator, "a", "b", "c")
        lists = timed(home, tmp_path, clock, simulator)
        post.recordings.extend(["rate_limit"] * 3)
        results = lists.run("orderNo", "a", "b", "c")
        assert outcomes(results) == {(2, "a"): "rate_limited", (3, "b"): "sealed", (4, "c"): "sealed"}
        assert [result.ending.settled for result in results] == [False, True, True]
        waits = lists.token.waits  # type: ignore[attr-defined]
        assert waits[:2] == [1.0, 2.0], "the look-up's own patience"
        assert waits[2] > 2 / rescue_one.ORDERS_PER_S, "then the list's"
        assert outcomes(lists.run()) == {(3, "b"): "sealed", (4, "c"): "sealed", (2, "a"): "sealed"}


def test_a_limit_on_flows_slows_the_questions_for_signers(
    home: Path, tmp_path: Path, clock: StillClock, post: Post
) -> None:
    with Simulator(now=clock.now) as simulator:
        lists = timed(home, tmp_path, clock, simulator)
        post.flows.extend(["rate_limit"] * 3)
        results = lists.run("FlowId", flow_id("Waiting"), flow_id("One"))
        assert [word_of(result) for result in results] == ["rate_limited", "sealed"]
        waits = lists.token.waits  # type: ignore[attr-defined]
        assert waits[:3] == [1.0, 2.0, 4.0]


# --- what another run is for --------------------------------------------------------------------------------------


def test_a_finished_list_asks_nothing_and_needs_no_key(lists: Lists) -> None:
    flow = add_flow(lists.simulator, "Two", 1, 2)
    first = lists.run(HEADER, f"{flow},,,", ",,simOrder0001,", ",,simOrderGone,")
    asked = len(lists.simulator.requests)

    def no_key() -> Any:
        raise AssertionError

    again = lists.run(change=lambda tools: replace(tools, open_key=no_key))
    assert len(lists.simulator.requests) == asked
    assert outcomes(again) == outcomes(first)
    assert {r.ending.evidence for r in again} == {r.ending.evidence for r in first}
    assert {r.ending.seal_sha256 for r in again} == {r.ending.seal_sha256 for r in first}
    assert len(lists.folders) == 3


def test_a_flow_that_somebody_may_still_sign_is_asked_for_again(lists: Lists) -> None:
    lists.run("FlowId", flow_id("Many"))
    videos, flows = list(lists.asked), lists.flows_asked
    again = lists.run()
    assert lists.asked == videos, "whoever is sealed is not asked for twice"
    assert lists.flows_asked == flows + 1
    assert all(result.ending.evidence for result in again)


def test_what_one_company_was_refused_another_is_asked(lists: Lists) -> None:
    other = replace(ess_profile(lists.simulator), proxy_organization_id="yDSimOrgSecond000000000000000000")
    as_other = lambda tools: replace(tools, choose=lambda _row: other)  # noqa: E731
    (refused,) = lists.run(HEADER, f"{flow_id('One')},{sign_id('One')},,", change=as_other)
    assert refused.ending.evidence is None
    asked = len(lists.asked)
    lists.run(change=as_other)
    assert len(lists.asked) == asked, "the same company is told the same"
    (found,) = lists.run()
    assert found.ending.evidence is not None


def test_the_same_list_under_another_case_is_another_rescue(lists: Lists) -> None:
    lists.run("orderNo", "simOrder0001")
    lists.run(case="another")
    assert lists.asked == ["simOrder0001"] * 2
    assert len(lists.folders) == 2


def test_what_the_service_does_not_have_is_asked_again_only_when_told_to(lists: Lists) -> None:
    add_orders(lists.simulator, "there")
    assert [word_of(r) for r in lists.run("orderNo", "there", "later")] == ["sealed", "no_such_record"]
    add_orders(lists.simulator, "later")
    assert [word_of(r) for r in lists.run()] == ["sealed", "no_such_record"]
    assert [word_of(r) for r in lists.run(retry=True)] == ["sealed", "sealed"]
    assert lists.asked == ["there", "later", "later"]
    assert [word_of(r) for r in lists.run()] == ["sealed", "sealed"]


def test_a_flow_nobody_had_signed_is_asked_again_when_told_to(lists: Lists) -> None:
    assert [word_of(r) for r in lists.run("FlowId", flow_id("New"))] == ["not_found"]
    add_flow(lists.simulator, "New", 1)
    assert [word_of(r) for r in lists.run()] == ["not_found"]
    assert [word_of(r) for r in lists.run(retry=True)] == ["sealed"]


def test_failures_of_the_network_are_tried_again_at_the_next_run(lists: Lists, post: Post) -> None:
    post.recordings.extend(["cut_short"] * 3)
    post.flows.extend(["none", "server_error_html", "server_error_html", "server_error_html"])
    lines = (HEADER, f"{flow_id('Waiting')},,,", f"{flow_id('One')},,,", ",,simOrder0001,")
    results = lists.run(*lines)
    assert outcomes(results) == {
        (2, flow_id("Waiting")): "nobody_signed", (3, flow_id("One")): "http_status",
        (4, "simOrder0001"): "incomplete_body",
    }  # fmt: skip
    assert max(result.ending.exit_code for result in results) == 3
    assert outcomes(lists.run()) == {
        (2, flow_id("Waiting")): "nobody_signed", (3, sign_id("One")): "sealed", (4, "simOrder0001"): "sealed",
    }  # fmt: skip


def test_files_that_are_still_on_their_way_are_asked_for_at_the_next_run(lists: Lists) -> None:
    assert [word_of(r) for r in lists.run("orderNo", "simOrderNoFiles")] == ["no_media_yet"]
    asked = len(lists.asked)
    assert [word_of(r) for r in lists.run()] == ["no_media_yet"]
    assert len(lists.asked) == 2 * asked


def test_a_profile_the_service_does_not_know_is_asked_once_and_its_rows_are_left(lists: Lists) -> None:
    wrong = {"secret_id": Secret("AKIDwrong"), "secret_key": Secret("wrong")}

    def connect(profile: Any) -> Any:
        if profile.kind == "kyc":
            return lists.connect(profile)
        return Connection("ess", lists.house.ess_provider(profile, wrong))

    lines = (HEADER, f"{flow_id('One')},,,", f"{flow_id('Many')},{sign_id('Many')},,", ",,simOrder0001,")
    results = lists.run(*lines, change=lambda tools: replace(tools, connect=connect))
    assert [word_of(result) for result in results] == ["credentials_refused", "credentials_refused", "sealed"]
    assert [result.ending.settled for result in results] == [False, False, True]
    assert lists.flows_asked + len(lists.asked) == 2
    assert sorted(word_of(result) for result in lists.run()) == ["sealed"] * 3


def test_an_operator_the_company_does_not_know_is_a_matter_of_the_profile(lists: Lists) -> None:
    stranger = replace(ess_profile(lists.simulator), user_id="yDStranger".ljust(32, "0"))
    results = lists.run(
        "FlowId", flow_id("One"), flow_id("Many"), change=lambda tools: replace(tools, choose=lambda _row: stranger)
    )
    assert [word_of(result) for result in results] == ["operator_unknown"] * 2
    assert not any(result.ending.settled for result in results)
    assert lists.flows_asked == 1


def test_without_a_key_nothing_is_asked(lists: Lists) -> None:
    def no_key() -> Any:
        raise SurroundingsError("no_signing_key")

    with pytest.raises(SurroundingsError, match="no_signing_key"):
        lists.run("orderNo", "simOrder0001", change=lambda tools: replace(tools, open_key=no_key))
    assert lists.simulator.requests == []


def test_two_rescues_of_one_list_do_not_meet(lists: Lists) -> None:
    lists.path.write_text("orderNo\nsimOrder0001\n")
    results: list[RowResult] = []

    def open_key() -> Any:
        with pytest.raises(BusyError, match="work_in_progress"):
            lists.run()
        results.extend(lists.run(case="another"))
        return lists.house.keys.open()

    lists.run(change=lambda tools: replace(tools, open_key=open_key) if not results else tools)
    assert [word_of(result) for result in results] == ["sealed"]
    assert len(lists.folders) == 2


# --- stopped, crashed, no room ------------------------------------------------------------------------------------


class CrashError(BaseException):
    """The end of the process, as far as the code under test can tell."""


def crash(*_: object, **__: object) -> None:
    raise CrashError


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (RescueState, "note_asked"),
        (Lookup, "ess"),
        (RescueState, "note_received"),
        (rescue_one, "rescue"),
        (rescue_one.RescueOne, "_stamp"),
        (RescueState, "note_ending"),
        (rescue_list.RescueList, "_finish"),
    ],
)
def test_after_a_crash_between_two_steps_nothing_is_asked_twice(
    lists: Lists, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    flow = add_flow(lists.simulator, "Crash", 1, 2)
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, crash)
        with pytest.raises(CrashError):
            lists.run(HEADER, f"{flow},,,")
    assert sorted(outcomes(lists.run()).values()) == ["sealed", "sealed"]
    assert len(lists.asked) == 2
    assert asked_twice(lists.simulator) == []
    assert len(lists.folders) == 2
    assert lists.house.captures.entries() == ()
    assert set(lists.stamped) == set(lists.folders)


def test_a_refusal_that_arrived_before_a_crash_is_not_asked_for_again(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(RescueState, "note_ending", crash)
        with pytest.raises(CrashError):
            lists.run("orderNo", "simOrderGone")
    assert [word_of(result) for result in lists.run()] == ["no_such_record"]
    assert lists.asked == ["simOrderGone"]
    assert [word_of(result) for result in lists.run(retry=True)] == ["no_such_record"]
    assert lists.asked == ["simOrderGone"] * 2


def test_captures_of_other_look_ups_are_left_alone(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    add_orders(lists.simulator, "mine")
    token = HastyToken()
    profile = kyc_profile(lists.simulator)
    connection = lists.connect(profile)
    look_up = Lookup(lists.house.workplace, token)
    assert connection.desk is not None
    earlier = look_up.kyc(connection.provider, connection.desk, rescue_one.Query.for_order("mine"))  # type: ignore[arg-type]
    with monkeypatch.context() as broken:
        broken.setattr(Lookup, "kyc", crash)
        with pytest.raises(CrashError):
            lists.run("orderNo", "mine")
    assert [word_of(result) for result in lists.run()] == ["sealed"]
    assert lists.asked == ["mine", "mine"]
    assert [entry.path for entry in lists.house.captures.entries()] == [earlier.capture]


def test_a_capture_that_was_discarded_meanwhile_is_asked_for_again(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(rescue_one, "rescue", crash)
        with pytest.raises(CrashError):
            lists.run("orderNo", "simOrder0001")
    [entry] = lists.house.captures.entries()
    lists.house.captures.discard(entry)
    assert [word_of(result) for result in lists.run()] == ["sealed"]
    assert lists.asked == ["simOrder0001"] * 2


def test_stopping_keeps_what_is_done_and_the_next_run_goes_on(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    add_orders(lists.simulator, "a", "b", "c", "d")
    seen: list[RowResult] = []
    stop_after(lists, monkeypatch, 2)
    with pytest.raises(CancelledError):
        lists.run_into(seen, "orderNo", "a", "b", "c", "d")
    assert [name_of(result) for result in seen] == ["a", "b"]
    assert lists.last is not None
    assert lists.last.waiting == 2
    lists.token = HastyToken()
    assert sorted(outcomes(lists.run()).values()) == ["sealed"] * 4
    assert asked_twice(lists.simulator) == []


def stop_after(lists: Lists, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Ask for the stop as soon as so many folders are sealed."""
    finish = rescue_list.RescueList._finish

    def counting(self: rescue_list.RescueList, *arguments: Any) -> Any:
        results = finish(self, *arguments)
        if len(lists.stamped) == count:
            lists.token.cancel()
        return results

    monkeypatch.setattr(rescue_list.RescueList, "_finish", counting)


@pytest.mark.parametrize("stage", ["flow", "ask", "receive"])
def test_stopping_in_the_middle_of_a_look_up_leaves_it_to_the_next_run(
    lists: Lists, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def tell(self: Lookup, workplace: Any, token: Any, progress: Any) -> None:
        original(self, workplace, token, lambda reached, _done: token.cancel() if reached == stage else None)

    original = Lookup.__init__
    seen: list[RowResult] = []
    with monkeypatch.context() as stopping:
        stopping.setattr(Lookup, "__init__", tell)
        with pytest.raises(CancelledError):
            lists.run_into(seen, "FlowId", flow_id("One"))
    assert seen == []
    lists.token = HastyToken()
    assert [word_of(result) for result in lists.run()] == ["sealed"]
    assert len(lists.folders) == 1


def test_stopping_while_it_waits_for_its_turn(lists: Lists) -> None:
    class Waiting(HastyToken):
        def wait(self, seconds: float) -> None:
            self.cancel()
            super().wait(seconds)

    lists.token = Waiting()
    seen: list[RowResult] = []
    with pytest.raises(CancelledError):
        lists.run_into(seen, "orderNo", "simOrder0001", "simOrderNegative")
    assert lists.asked == ["simOrder0001"] == [name_of(result) for result in seen]


def test_a_stamp_that_came_before_a_crash_is_not_fetched_again(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    def stamp_and_crash(folder: Path, _signer: Any) -> None:
        (folder / "signatures" / "tagmanifest-sha256.txt.p7s.tsr").write_bytes(b"a stamp")
        raise CrashError

    with pytest.raises(CrashError):
        lists.run("orderNo", "simOrder0001", change=lambda tools: replace(tools, stamp=stamp_and_crash))
    assert [word_of(result) for result in lists.run()] == ["sealed"]
    assert lists.stamped == []


def test_stopping_while_a_stamp_is_fetched_still_counts_the_seal(lists: Lists) -> None:
    def stamp(_folder: Path, _signer: Any) -> None:
        lists.token.cancel()
        raise CancelledError

    seen: list[RowResult] = []
    with pytest.raises(CancelledError):
        lists.run_into(
            seen, "orderNo", "simOrder0001", "simOrderNegative", change=lambda tools: replace(tools, stamp=stamp)
        )
    assert [word_of(result) for result in seen] == ["sealed"]


def test_no_room_for_the_seal_keeps_the_capture_and_the_next_run_seals_it(lists: Lists, tmp_path: Path) -> None:
    lists.root = tmp_path / "taken"
    lists.root.write_bytes(b"a file where the root should be")
    results = lists.run("orderNo", "simOrder0001", "simOrderGone")
    assert [(r.ending.outcome.kind, r.ending.exit_code) for r in results if r.ending.outcome] == [
        (OutcomeKind.FOUND, 3), (OutcomeKind.NOT_FOUND, 1),
    ]  # fmt: skip
    ending = results[0].ending
    assert ending.problem is not None
    assert (ending.settled, ending.evidence) == (False, None)
    assert ending.capture is not None
    assert ending.capture.name == ending.evidence_id
    lists.root = tmp_path / "free"
    assert sorted(outcomes(lists.run()).values()) == ["no_such_record", "sealed"]
    assert asked_twice(lists.simulator) == []
    assert [folder.name[-32:] for folder in lists.folders] == [ending.evidence_id]


def broken_disk(*_: object, **__: object) -> None:
    raise SurroundingsError("disk_full", path="/", reason="No space left on device")


def test_what_cannot_be_noted_is_not_asked(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(RescueState, "_add", broken_disk)
        results = lists.run("orderNo", "simOrder0001", "simOrderGone")
    assert [word_of(result) for result in results] == ["disk_full"] * 2
    assert [result.ending.exit_code for result in results] == [3, 3]
    assert lists.asked == []
    assert sorted(outcomes(lists.run()).values()) == ["no_such_record", "sealed"]


def test_what_was_received_and_cannot_be_noted_is_kept_for_the_next_run(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(RescueState, "note_received", broken_disk)
        [result] = lists.run("orderNo", "simOrder0001")
    assert word_of(result) == "disk_full"
    assert result.ending.capture is not None
    assert result.ending.capture.is_dir()
    assert [word_of(result) for result in lists.run()] == ["sealed"]
    assert lists.asked == ["simOrder0001"]


def test_a_damaged_capture_is_asked_for_again(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(rescue_one, "rescue", crash)
        with pytest.raises(CrashError):
            lists.run("orderNo", "simOrder0001")
    [entry] = lists.house.captures.entries()
    next((entry.path / "exchanges").rglob("response-body.bin")).unlink()
    assert [word_of(result) for result in lists.run()] == ["sealed"]
    assert lists.asked == ["simOrder0001"] * 2
