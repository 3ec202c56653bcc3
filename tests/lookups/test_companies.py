"""Two companies at one service: neither sees the other's records, and a group acts for its subsidiary."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.query import Query
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.house import House
from facevid_gui.lookups.lookup import Lookup, LookupResult
from facevid_gui.providers.kyc import KycProvider
from facevid_gui.simulator import records
from facevid_gui.simulator.records import FIRST, SECOND, flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.clocks import StillClock
from tests.support.net_lookups import read_again
from tests.support.places import HastyToken, make_house

FOUND, NOT_FOUND, REFUSED = OutcomeKind.FOUND, OutcomeKind.NOT_FOUND, OutcomeKind.REFUSED


@dataclass
class Desk:
    """Somebody who works for one of the companies."""

    house: House
    simulator: Simulator
    is_second: bool

    def described(self, kind: str) -> dict[str, Any]:
        company = self.simulator.second if self.is_second else self.simulator.first
        return self.simulator.describe(company)[kind]

    def flow(self, label: str, *, kind: str = "ess", named: bool = True, token: str = "", **more: str) -> LookupResult:
        part = self.described(kind)
        profile = make_profile("p", kind, {"endpoint": part["base_url"], **part["settings"], **more})
        secrets = {name: Secret(value) for name, value in {**part["secrets"], "token": token}.items() if value}
        query = Query.for_flow(kind, flow_id(label), sign_id(label) if named else None)
        return Lookup(self.house.workplace, HastyToken()).ess(self.house.ess_provider(profile, secrets), query)

    def order(self, order_no: str, ticket: str = "") -> LookupResult:
        part = self.described("kyc")
        mode, secrets = ("pasted", {"ticket": ticket}) if ticket else ("direct", part["secrets"])
        options = {"endpoint": part["base_url"], **part["settings"], "ticket_mode": mode}
        profile = make_profile(f"p{part['settings']['app_id']}", "kyc", options)
        held = {name: Secret(value) for name, value in secrets.items()}
        desk = self.house.ticket_desk(profile, held, self.house.secret_store)
        lookup = Lookup(self.house.workplace, HastyToken())
        return lookup.kyc(KycProvider(profile), desk, Query.for_order(order_no))


@pytest.fixture
def first(house: House, simulator: Simulator) -> Desk:
    return Desk(house, simulator, is_second=False)


@pytest.fixture
def second(house: House, simulator: Simulator) -> Desk:
    return Desk(house, simulator, is_second=True)


def said(result: LookupResult) -> tuple[OutcomeKind, str, str | None, int]:
    return (result.outcome.kind, result.outcome.code, result.outcome.provider_code, result.outcome.exit_code)


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_the_second_company_has_flows_and_keys_of_its_own(second: Desk, kind: str) -> None:
    assert second.flow("Second", kind=kind).outcome.ok
    assert second.flow("Second", kind=kind, named=False).outcome.ok
    assert second.order("simOrderSecond").outcome.ok


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_another_companys_flow_is_refused(first: Desk, second: Desk, kind: str) -> None:
    for desk, label in ((first, "Second"), (second, "One")):
        result = desk.flow(label, kind=kind)
        assert said(result) == (REFUSED, "no_permission", "OperationDenied", 1)
        assert result.outcome.provider_message == "无查看权限, 请检查"
        assert result.capture is not None
        assert read_again(result.capture).outcome.code == "no_permission"
        assert said(desk.flow(label, kind=kind, named=False)) == (NOT_FOUND, "not_found", "FailedOperation", 1)


def test_another_apps_order_is_not_there_and_its_ticket_is_none(first: Desk, second: Desk) -> None:
    assert said(first.order("simOrderSecond")) == (NOT_FOUND, "no_such_record", "66660011", 1)
    assert said(second.order("simOrder0001")) == (NOT_FOUND, "no_such_record", "66660011", 1)
    ticket = next(iter(first.simulator.kyc._tickets))
    assert first.order("simOrder0001", ticket).outcome.ok
    assert said(second.order("simOrderSecond", ticket)) == (OutcomeKind.SIGNATURE, "ticket_expired", "400101", 1)


def test_further_photos_are_had_from_an_app_that_wants_the_other_name(second: Desk) -> None:
    result = second.order("simOrderSecond")
    assert result.record is not None
    assert [item.path for item in result.record.photos] == ["media/photo-01.png", "media/photo-02.png"]


@pytest.mark.parametrize("named", [True, False])
def test_a_group_company_acts_for_its_subsidiary(first: Desk, named: bool) -> None:
    result = first.flow("Second", named=named, proxy_organization_id=SECOND.organization_id)
    assert result.outcome.ok
    assert result.record is not None
    assert result.record.signer is not None
    assert result.record.signer.name == "何样本"


@pytest.mark.parametrize("organization", [FIRST.organization_id, "yDnobody"])
def test_a_company_acts_for_nobody_else(second: Desk, organization: str) -> None:
    result = second.flow("Second", proxy_organization_id=organization)
    assert said(result) == (REFUSED, "operator_unknown", "ResourceNotFound.Organization", 1)


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_temporary_keys_work_with_their_token_and_with_no_other(first: Desk, kind: str) -> None:
    service = getattr(first.simulator, kind)
    service.tokens = {next(iter(service.keys)): "temporary-token"}
    assert first.flow("One", kind=kind, token="temporary-token").outcome.ok
    for token in ("", "yesterdays-token"):
        result = first.flow("One", kind=kind, token=token)
        assert said(result) == (OutcomeKind.SIGNATURE, "token_refused", "AuthFailure.TokenFailure", 1)


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_the_keys_of_one_edition_are_none_of_the_other(first: Desk, kind: str) -> None:
    other = "essbasic" if kind == "ess" else "ess"
    service = getattr(first.simulator, kind)
    service.keys = getattr(first.simulator, other).keys
    assert said(first.flow("One", kind=kind))[:2] == (OutcomeKind.SIGNATURE, "credentials_refused")


class TestTime:
    """Records grow old while the service runs; its clock, by which signatures are judged, stays."""

    def test_what_is_too_old_is_gone(self, first: Desk) -> None:
        assert first.flow("One").outcome.ok
        first.simulator.let_records_age(hours=69)
        result = first.flow("One")
        assert result.outcome.ok
        assert result.record is not None
        assert result.record.deadline.outer is not None
        assert 0.9 < (result.record.deadline.outer - first.house.clock.now()).total_seconds() / 3600 < 1.1
        first.simulator.let_records_age(hours=2)
        assert said(first.flow("One")) == (NOT_FOUND, "gone_or_never_there", "FailedOperation", 1)

    def test_one_company_keeps_them_for_a_day_only(self, second: Desk) -> None:
        second.simulator.let_records_age(hours=22)
        assert second.flow("Second").outcome.ok
        second.simulator.let_records_age(hours=2)
        assert said(second.flow("Second"))[:2] == (NOT_FOUND, "gone_or_never_there")

    def test_an_order_goes_after_three_days(self, first: Desk) -> None:
        first.simulator.let_records_age(hours=70)
        assert first.order("simOrder0001").outcome.ok
        first.simulator.let_records_age(hours=2)
        assert said(first.order("simOrder0001")) == (NOT_FOUND, "no_such_record", "66660011", 1)

    def test_a_clock_of_the_tests_own_moves_both_sides(self, home: Path) -> None:
        clock = StillClock()
        with Simulator(now=clock.now) as simulator:
            desk = Desk(make_house(home, clock), simulator, is_second=False)
            assert desk.flow("One").outcome.ok
            clock.move(hours=71)
            assert said(desk.flow("One"))[:2] == (NOT_FOUND, "gone_or_never_there")


def test_the_companies_share_no_id() -> None:
    mine, theirs = (set(vars(company).values()) - {company.subsidiaries} for company in (FIRST, SECOND))
    assert not mine & theirs
    now = StillClock().now()
    flows = [flow.flow_id for flow in (*records.make_flows(now), *records.make_second_flows(now))]
    assert len(flows) == len(set(flows))
