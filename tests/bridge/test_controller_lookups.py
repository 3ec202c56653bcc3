"""Look-ups through the controller, against the simulator: what a person asks and what comes to be shown."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from facevid_gui.bridge import work
from facevid_gui.bridge.session import LibraryState
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.house import House
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import CONTRACTS, ORDERS, PLATFORM, Office
from tests.support.places import make_house
from tests.support.qt import pump_until

ORDER = "simOrder0001"


@pytest.fixture
def make_office(home: Path, application: object) -> Iterator[Callable[..., Office]]:
    made: list[Office] = []

    def make(house: House | None = None) -> Office:
        made.append(Office(house or make_house(home)))
        return made[-1]

    yield make
    closed = [office.close() for office in made]
    assert all(closed)


@pytest.fixture
def office(make_office: Callable[..., Office], simulator: Simulator) -> Office:
    made = make_office()
    made.know(simulator)
    made.start()
    return made


def test_at_the_start_profiles_keyring_and_library_are_known(make_office: Callable[..., Office]) -> None:
    office = make_office()
    told: list[str] = []
    office.session.profiles_changed.connect(lambda: told.append("profiles"))
    office.session.keyring_changed.connect(lambda: told.append("keyring"))
    office.session.library_changed.connect(lambda: told.append("library"))
    office.start()
    session = office.session
    assert (session.profiles, session.profile) == ((), None)
    assert session.library == LibraryState(is_scanned=True)
    assert office.listed() == ()
    assert (session.keyring, session.key_protection) == ("ready", "keyring")
    assert session.evidence_roots == (office.house.evidence_root(None),)
    assert told == ["keyring", "profiles", "library"]
    assert office.page.kind == "empty"
    assert office.session.notice is None


def test_the_profile_of_the_environment_is_chosen_first(
    make_office: Callable[..., Office], simulator: Simulator, home: Path
) -> None:
    office = make_office(make_house(home, FACEVID_PROFILE=PLATFORM))
    office.know(simulator)
    office.start()
    assert office.session.profile
    assert office.session.profile.name == PLATFORM
    assert [profile.name for profile in office.session.profiles] == [CONTRACTS, ORDERS, PLATFORM]


def test_damaged_profiles_and_captures_that_cannot_be_read_are_told_at_the_start(
    make_office: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = make_office()

    def refuse() -> None:
        raise SurroundingsError("permission_denied", path="captures")

    monkeypatch.setattr(office.house, "recover", refuse)
    office.start()
    assert office.notice_code == "bad permission_denied"
    (office.house.paths.config / "profiles.json").write_text("{")
    office.start()
    assert office.notice_code.startswith("bad ")
    assert office.notice_code != "bad permission_denied"
    office.controller.dismiss_notice()
    assert office.session.notice is None


@pytest.mark.parametrize(("name", "text"), [(CONTRACTS, flow_id("One")), (ORDERS, ORDER), (PLATFORM, flow_id("One"))])
def test_what_is_found_is_shown_as_an_unsaved_record(office: Office, name: str, text: str) -> None:
    office.controller.choose_profile(name)
    page = office.look_up(f"  {text} ")
    assert page.kind == "record"
    assert page.outcome is not None
    assert page.outcome.ok
    assert page.reviewed is not None
    record = page.reviewed.record
    assert text in (record.flow_id, record.order_no)
    assert not page.reviewed.is_sealed
    assert page.folder == page.capture == office.house.paths.captures / page.title_id
    assert [entry.evidence_id for entry in office.entries("complete")] == [page.title_id]
    stages = [activity.stage for activity in office.activities if activity.what == "look_up"]
    assert {"ask", "receive", "store"} <= set(stages)
    assert max(activity.number for activity in office.activities if activity.stage == "receive") > 0
    assert not office.session.is_busy
    assert office.notice_code == ""


def test_of_several_signers_one_must_be_chosen(office: Office) -> None:
    page = office.look_up(flow_id("Many"))
    assert (page.kind, page.outcome and page.outcome.code) == ("outcome", "signer_needed")
    assert page.flow is not None
    assert office.session.signers == page.flow.signers
    assert office.session.signers_of == flow_id("Many")
    assert len(office.session.signers) > 2
    assert office.entries("complete") == []
    page = office.look_up(flow_id("Many"), sign_id("Clerk"))
    assert page.kind == "record"
    assert page.reviewed is not None
    assert page.reviewed.record.sign_id == sign_id("Clerk")


def test_signers_can_be_listed_first_and_are_forgotten_with_the_flow(office: Office) -> None:
    told: list[int] = []
    office.session.signers_changed.connect(lambda: told.append(len(office.session.signers)))
    office.ask(flow_id("Many"), office.controller.list_signers)
    office.settle()
    assert len(office.session.signers) > 2
    assert office.page.kind == "empty"
    office.controller.recognise(flow_id("Many") + "\n")
    assert office.session.signers
    office.controller.recognise(flow_id("One"))
    assert office.session.signers == ()
    office.ask(flow_id("Many"), office.controller.list_signers)
    office.settle()
    office.controller.choose_profile(PLATFORM)
    assert office.session.signers == ()
    assert told[1::2] == [0, 0]


def test_signers_of_an_unknown_flow_are_an_outcome(office: Office) -> None:
    office.ask(flow_id("Nowhere"), office.controller.list_signers)
    office.settle()
    assert office.page.kind == "outcome"
    assert office.page.outcome
    assert office.page.outcome.kind is OutcomeKind.NOT_FOUND


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        (CONTRACTS, flow_id("NoVideo"), OutcomeKind.NO_RECORDING),
        (CONTRACTS, flow_id("Nowhere"), OutcomeKind.NOT_FOUND),
        (ORDERS, "noSuchOrder1", OutcomeKind.NOT_FOUND),
    ],
)
def test_what_is_not_there_is_an_outcome_and_no_record(office: Office, name: str, text: str, kind: OutcomeKind) -> None:
    office.controller.choose_profile(name)
    page = office.look_up(text)
    assert (page.kind, page.reviewed) == ("outcome", None)
    assert page.outcome is not None
    assert page.outcome.kind is kind
    assert not office.session.is_busy


def test_a_wrong_key_is_an_outcome(office: Office, simulator: Simulator) -> None:
    simulator.ess.keys = dict.fromkeys(simulator.ess.keys, "another key")
    page = office.look_up(flow_id("One"), sign_id("One"))
    assert page.kind == "outcome"
    assert page.outcome is not None
    assert not page.outcome.ok
    assert (page.outcome.provider_code or "").startswith("AuthFailure")


def test_secrets_that_are_not_there_are_told(office: Office) -> None:
    office.house.secret_store.delete(CONTRACTS, ("secret_id", "secret_key"))
    before = office.page
    page = office.look_up(flow_id("One"))
    assert page is before
    assert office.notice_code == "bad secrets_absent"
    assert not office.session.is_busy


def test_a_service_out_of_reach_is_an_outcome(
    office: Office, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facevid_gui.core.cancel.CancelToken.wait", lambda _self, _seconds: None)
    simulator.stop()
    page = office.look_up(flow_id("One"), sign_id("One"))
    assert page.kind == "outcome"
    assert page.outcome is not None
    assert page.outcome.kind is OutcomeKind.NETWORK
    assert page.capture is None


# --- asking at all -------------------------------------------------------------------------------------


def test_the_profile_follows_what_was_pasted_where_it_must(office: Office) -> None:
    chosen: list[str] = []
    office.session.profile_chosen.connect(lambda: chosen.append(office.session.profile.name))  # type: ignore[union-attr]
    assert office.session.profile is not None
    assert office.session.profile.name == CONTRACTS
    office.controller.recognise("订单号: " + ORDER)
    assert chosen == [ORDERS]
    office.controller.recognise(flow_id("One"))
    assert chosen == [ORDERS, CONTRACTS]
    office.controller.choose_profile(PLATFORM)
    office.controller.recognise(flow_id("Many"))
    assert chosen == [ORDERS, CONTRACTS, PLATFORM]  # it can ask for that, too


@pytest.mark.parametrize("text", ["", "   ", "yDtooShort", f"{flow_id('One')}\n{flow_id('Many')}"])
def test_what_cannot_be_asked_for_is_said_before_anything_is_asked(
    office: Office, simulator: Simulator, text: str
) -> None:
    office.look_up(text)
    assert office.notice_code.startswith("bad ")
    assert office.activities == []
    assert simulator.requests == []
    office.ask(text, lambda: office.controller.rescue(office.sealing()))
    office.ask(text, office.controller.list_signers)
    office.settle()
    assert simulator.requests == []


def test_without_a_profile_that_is_said(make_office: Callable[..., Office]) -> None:
    office = make_office()
    office.start()
    office.look_up(flow_id("One"))
    assert office.notice_code == "bad profile_none"


def test_an_order_is_not_asked_for_with_a_contract_profile(
    make_office: Callable[..., Office], simulator: Simulator
) -> None:
    office = make_office()
    office.know(simulator)
    office.house.profiles.remove(ORDERS)
    office.start()
    office.look_up("orderNo=" + ORDER)
    assert office.notice_code == "bad profile_none"
    assert simulator.requests == []


def test_for_an_order_no_signers_are_listed(office: Office, simulator: Simulator) -> None:
    office.controller.choose_profile(ORDERS)
    office.ask(ORDER, office.controller.list_signers)
    office.settle()
    assert simulator.requests == []
    assert office.activities == []


def test_an_unknown_profile_is_none(office: Office) -> None:
    office.controller.choose_profile("nobody")
    assert office.session.profile is None


# --- one at a time, and stopping -----------------------------------------------------------------------


@pytest.fixture
def slow(office: Office, simulator: Simulator) -> Office:
    """A look-up is under way and its answer drips."""
    simulator.fault = "slow_drip"
    office.ask(flow_id("One"), office.controller.look_up, sign_id("One"))
    pump_until(lambda: office.session.activity.stage == "receive")
    return office


def test_cancelled_what_was_received_is_kept_as_interrupted(slow: Office) -> None:
    slow.controller.cancel()
    assert slow.session.activity.cancelling
    slow.settle()
    assert slow.page.kind == "outcome"
    assert slow.page.outcome
    assert (slow.page.outcome.kind, slow.page.outcome.exit_code) == (OutcomeKind.INCOMPLETE, 130)
    [entry] = slow.entries("interrupted")
    assert entry.path == slow.page.capture
    assert any(file.stat().st_size > 0 for file in entry.path.rglob("response-body*"))
    assert slow.entries("complete") == []
    slow.controller.open_entry(entry)
    slow.settle()
    assert slow.page.kind == "error"
    assert slow.page.error
    assert slow.page.error.code == "capture_interrupted"


def test_a_second_gesture_while_one_runs_is_refused(slow: Office, simulator: Simulator) -> None:
    asked = len(simulator.requests)
    slow.ask(flow_id("Many"), slow.controller.look_up)
    slow.ask(flow_id("Many"), slow.controller.list_signers)
    slow.controller.rescue(slow.sealing())
    slow.controller.open_folder(slow.house.paths.data)
    pump_until(lambda: len(simulator.requests) > asked, 0.2, must=False)
    assert len(simulator.requests) == asked
    assert {activity.what for activity in slow.activities} == {"look_up"}
    slow.controller.cancel()
    slow.settle()


def test_cancelled_before_anything_came_it_says_so_and_the_page_stays(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "list_signers", lambda _services, _question, token, _tell: token.wait(20))
    office.ask(flow_id("Many"), office.controller.list_signers)
    office.controller.cancel()
    office.settle()
    assert office.notice_code == "warn cancelled"
    assert office.page.kind == "empty"
    assert office.entries("complete") == []


def test_with_nothing_running_there_is_nothing_to_cancel(office: Office) -> None:
    office.controller.cancel()
    assert office.activities == []


def test_leaving_in_the_middle_is_quick_and_nothing_changes_any_more(slow: Office) -> None:
    changed: list[str] = []
    session = slow.session
    for name in ("page_changed", "activity_changed", "notice_changed", "library_changed", "signers_changed"):
        getattr(session, name).connect(lambda name=name: changed.append(name))
    before = session.page
    assert slow.close()
    pump_until(lambda: changed, 0.3, must=False)
    assert changed == []
    assert session.page is before
    slow.controller.look_up()
    slow.controller.refresh_library()
    pump_until(lambda: changed, 0.1, must=False)
    assert "page_changed" not in changed
    [left] = make_house(slow.house.paths.data).captures.entries()
    assert left.state == "interrupted"


# --- rescue --------------------------------------------------------------------------------------------


def test_rescued_it_is_sealed_and_verified_at_once(office: Office, tmp_path: Path) -> None:
    root = tmp_path / "rescued"
    office.ask(flow_id("One"), lambda: office.controller.rescue(office.sealing(root)))
    office.settle()
    page = office.page
    assert page.kind == "record"
    assert page.reviewed
    assert page.reviewed.verdict
    assert page.reviewed.verdict.verified
    assert page.folder
    assert page.folder.parent == root
    assert office.notice_code == "ok notice.rescued"
    assert office.session.evidence_roots[0] == root
    assert [entry.path for entry in office.entries("sealed")] == [page.folder]
    assert office.entries("complete") == []


def test_a_rescue_that_cannot_seal_keeps_the_capture_and_says_why(office: Office, tmp_path: Path) -> None:
    root = tmp_path / "file"
    root.write_text("in the way")
    office.ask(flow_id("One"), lambda: office.controller.rescue(office.sealing(root)))
    office.settle()
    assert office.page.kind == "record"
    assert office.page.reviewed
    assert not office.page.reviewed.is_sealed
    assert office.notice_code.startswith("bad ")
    assert office.session.evidence_roots == (office.house.evidence_root(None),)
    assert len(office.entries("complete")) == 1


def test_a_rescue_without_a_case_asks_nothing(office: Office, simulator: Simulator) -> None:
    office.ask(flow_id("One"), lambda: office.controller.rescue(office.sealing(case_ref="  ")))
    office.settle()
    assert office.notice_code.startswith("bad ")
    assert simulator.requests == []
    assert not office.session.is_busy


def test_a_rescue_of_what_is_not_there_is_an_outcome(office: Office, tmp_path: Path) -> None:
    root = tmp_path / "rescued"
    office.ask(flow_id("Nowhere"), lambda: office.controller.rescue(office.sealing(root)))
    office.settle()
    assert office.page.kind == "outcome"
    assert office.notice_code == ""
    assert not root.exists()
