"""Rescue: looked up and sealed in one action; nothing received is lost, nothing is asked for a seal that cannot be."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facevid_gui.core.errors import CancelledError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.query import Query
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.review import open_capture, open_evidence
from facevid_gui.evidence.seal import SealRequest
from facevid_gui.house import House
from facevid_gui.lookups.lookup import Lookup, LookupResult
from facevid_gui.lookups.rescue import Rescued, rescue
from facevid_gui.providers.kyc import KycProvider
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.net_lookups import look_up
from tests.support.places import KYC_SECRETS, HastyToken, kyc_profile

CASE = "2026-0311"
LookUp = Callable[[], LookupResult]


def asking(house: House, simulator: Simulator, order: str = "simOrder0001") -> LookUp:
    return lambda: look_up(house, simulator, order=order)


def rescued(house: House, look: LookUp, **changes: object) -> Rescued:
    request = SealRequest(CASE, "disputed signature", house.operator, house.evidence_root(None))
    return rescue(look, house.captures, house.sealer, replace(request, **changes), house.keys.open())  # type: ignore[arg-type]


def test_what_is_found_is_sealed_at_once(house: House, simulator: Simulator) -> None:
    done = rescued(house, asking(house, simulator))
    assert done.problem is None
    assert done.sealed is not None
    assert done.result.outcome.kind is OutcomeKind.FOUND
    assert done.sealed.folder.parent == house.evidence_root(None)
    assert house.captures.entries() == ()
    reviewed = open_evidence(done.sealed.folder, house.trust())
    assert reviewed.verdict is not None
    assert reviewed.verdict.verdict is Verdict.VERIFIED_UNSTAMPED
    assert reviewed.record == done.result.record
    assert reviewed.capture.case_ref == CASE


def test_a_flow_is_rescued_by_its_id_alone(house: House, simulator: Simulator) -> None:
    done = rescued(house, lambda: look_up(house, simulator, flow=flow_id("One")))
    assert done.sealed is not None
    assert len(done.result.record.clips if done.result.record else ()) == 4


@pytest.mark.parametrize("order", ["simOrderGone", "simOrderNoFiles", "simOrderNegativeBare"])
def test_what_is_not_found_is_kept_and_not_sealed(house: House, simulator: Simulator, order: str) -> None:
    done = rescued(house, asking(house, simulator, order))
    assert (done.sealed, done.problem) == (None, None)
    assert not done.result.outcome.ok
    assert [entry.state for entry in house.captures.entries()] == ["complete"]
    assert not house.evidence_root(None).exists()


def test_an_unreachable_service_leaves_nothing(house: House, simulator: Simulator) -> None:
    profile = kyc_profile(simulator)
    desk = house.ticket_desk(profile, KYC_SECRETS, house.secret_store)
    simulator.stop()
    lookup = Lookup(house.workplace, HastyToken())
    done = rescued(house, lambda: lookup.kyc(KycProvider(profile), desk, Query.for_order("simOrder0001")))
    assert (done.sealed, done.problem, done.result.capture) == (None, None, None)


def test_an_answer_cut_short_stays_interrupted(house: House) -> None:
    with Simulator(fault="cut_short") as cutting:
        done = rescued(house, asking(house, cutting))
    assert (done.sealed, done.problem) == (None, None)
    assert [entry.state for entry in house.captures.entries()] == ["interrupted"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"case_ref": ""}, "case_missing"),
        ({"case_ref": " "}, "case_missing"),
        ({"purpose": ""}, "case_missing"),
        ({"purpose": "x" * 501}, "option_value"),
        ({"case_ref": "a\nb"}, "option_value"),
    ],
)
def test_case_and_purpose_are_checked_before_anything_is_asked(
    house: House, simulator: Simulator, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(UsageError, match=code):
        rescued(house, asking(house, simulator), **changes)
    assert simulator.requests == []
    assert house.captures.entries() == ()


def test_a_seal_that_fails_keeps_the_capture(house: House, simulator: Simulator, tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"a file where the root should be")
    done = rescued(house, asking(house, simulator), root=tmp_path / "taken")
    assert done.sealed is None
    assert isinstance(done.problem, SurroundingsError)
    (entry,) = house.captures.entries()
    assert done.result.capture == entry.path
    assert open_capture(entry).record == done.result.record
    again = rescued(house, lambda: done.result)
    assert (again.problem, again.sealed is not None) == (None, True)
    assert house.captures.entries() == ()


def test_a_record_sealed_already_is_a_problem_not_a_loss(house: House, simulator: Simulator) -> None:
    done = rescued(house, asking(house, simulator))
    again = rescued(house, lambda: done.result)
    assert again.sealed is None
    assert isinstance(again.problem, UsageError)
    assert again.problem.code == "capture_unknown"


def test_a_capture_somebody_changed_is_not_sealed(house: House, simulator: Simulator) -> None:
    def look() -> LookupResult:
        result = look_up(house, simulator, order="simOrder0001")
        assert result.capture is not None
        next((result.capture / "media").iterdir()).write_bytes(b"x")
        return result

    done = rescued(house, look)
    assert isinstance(done.problem, SubjectError)
    assert done.problem.code == "capture_changed"
    assert len(house.captures.entries()) == 1


def test_a_look_up_that_is_stopped_stops_the_rescue(house: House) -> None:
    def stopped() -> LookupResult:
        raise CancelledError

    with pytest.raises(CancelledError):
        rescued(house, stopped)
