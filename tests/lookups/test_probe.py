"""Testing a connection: found only when the credentials were accepted, and in the words of a look-up otherwise."""

from dataclasses import replace

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SurroundingsError
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.secret import Secret
from facevid_gui.house import House
from facevid_gui.lookups.probe import probe_ess, probe_kyc
from facevid_gui.providers.kyc import KycProvider
from facevid_gui.simulator.faults import FAULTS, Delivery
from facevid_gui.simulator.server import Simulator
from facevid_gui.simulator.wire import SimError, SimRequest, SimResponse
from tests.support.net_stores import RefusingStore
from tests.support.places import ESS_SECRETS, KYC_SECRETS, ess_profile, kyc_profile


def contracts(
    house: House, simulator: Simulator, kind: str = "ess", secrets: dict[str, Secret] | None = None, **changes: str
) -> Outcome:
    profile = replace(ess_profile(simulator, kind), **changes)
    key = Secret(next(iter(getattr(simulator, kind).keys)))
    provider = house.ess_provider(profile, {**ESS_SECRETS, "secret_id": key, **(secrets or {})})
    return probe_ess(provider, kind, house.transport, CancelToken())


def orders(house: House, simulator: Simulator, **changes: object) -> Outcome:
    profile = replace(kyc_profile(simulator), **changes)  # type: ignore[arg-type]
    desk = house.ticket_desk(profile, KYC_SECRETS, house.secret_store)
    return probe_kyc(KycProvider(profile), desk, house.transport, CancelToken())


def said(outcome: Outcome) -> tuple[OutcomeKind, str, int]:
    return (outcome.kind, outcome.code, outcome.exit_code)


OK = (OutcomeKind.FOUND, "found", 0)


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_good_keys_of_either_edition(house: House, simulator: Simulator, kind: str) -> None:
    outcome = contracts(house, simulator, kind)
    assert said(outcome) == OK
    assert outcome.request_id
    (asked,) = [request.headers["x-tc-action"] for request in simulator.requests]
    assert asked == {"ess": "DescribeFlowBriefs", "essbasic": "DescribeFlowDetailInfo"}[kind]


def test_a_good_secret_of_an_app(house: House, simulator: Simulator) -> None:
    assert said(orders(house, simulator)) == OK
    assert [request.path.rsplit("/", 1)[1] for request in simulator.requests] == [
        "access_token", "api_ticket", "queryfacerecord",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_a_wrong_key_is_refused(house: House, simulator: Simulator, kind: str) -> None:
    outcome = contracts(house, simulator, kind, {"secret_key": Secret("wrong")})
    assert said(outcome) == (OutcomeKind.SIGNATURE, "credentials_refused", 1)
    assert outcome.provider_code == "AuthFailure.SignatureFailure"


def test_an_operator_nobody_knows_is_no_working_connection(house: House, simulator: Simulator) -> None:
    """A code that says "not found" is good news about a made-up flow only."""
    outcome = contracts(house, simulator, user_id="stranger")
    assert said(outcome) == (OutcomeKind.REFUSED, "operator_unknown", 1)
    outcome = contracts(house, simulator, "essbasic", proxy_operator_open_id="stranger")
    assert said(outcome) == (OutcomeKind.REFUSED, "operator_refused", 1)


@pytest.mark.parametrize("code", ["FailedOperation", "ResourceNotFound.Flow"])
def test_a_refused_flow_proves_the_keys_only_where_unknown_flows_are_refused(
    house: House, simulator: Simulator, code: str
) -> None:
    def refuse(_body: object) -> None:
        raise SimError(code, "无效的流程合同Id，检查后重试")

    simulator.ess._flow_briefs = simulator.essbasic._flow_info = refuse  # type: ignore[method-assign, assignment]
    assert said(contracts(house, simulator, "essbasic")) == OK
    assert said(contracts(house, simulator, "ess")) == (OutcomeKind.NOT_FOUND, "not_found", 1)


def test_a_clock_that_is_off_is_measured(house: House) -> None:
    with Simulator(fault="clock_skew") as simulator:
        outcome = contracts(house, simulator)
    assert said(outcome) == (OutcomeKind.SIGNATURE, "clock", 3)
    assert outcome.clock_offset_s == pytest.approx(3600, abs=2)


def test_a_wrong_secret_of_an_app_is_told_in_the_services_words(house: House, simulator: Simulator) -> None:
    outcome = orders(house, simulator, app_id="IDAOTHER")
    assert said(outcome) == (OutcomeKind.SIGNATURE, "ticket_refused", 1)
    assert (outcome.provider_code, outcome.provider_message) == ("400101", "非法请求")


def test_a_cached_ticket_that_died_is_renewed_once(house: House, simulator: Simulator) -> None:
    assert said(orders(house, simulator)) == OK
    simulator.kyc._tickets.clear()
    assert said(orders(house, simulator)) == OK
    simulator.kyc._sign_is_good = lambda _body: False  # type: ignore[method-assign]
    assert said(orders(house, simulator)) == (OutcomeKind.SIGNATURE, "ticket_expired", 1)


def test_a_service_that_is_away(house: House, simulator: Simulator) -> None:
    profile = ess_profile(simulator)
    provider = house.ess_provider(profile, ESS_SECRETS)
    simulator.stop()
    outcome = probe_ess(provider, "ess", house.transport, CancelToken())
    assert said(outcome) == (OutcomeKind.NETWORK, "unreachable", 3)


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Let the simulator spoil every answer."""

    def use(fault: str) -> None:
        def spoiled(_handler: object, _request: SimRequest, response: SimResponse) -> Delivery:
            return FAULTS[fault](response)

        monkeypatch.setattr("facevid_gui.simulator.server._Handler._spoil", spoiled)

    return use


@pytest.mark.parametrize("fault", ["gzip", "chunked", "charset"])
def test_an_answer_is_read_however_it_is_wrapped(house: House, simulator: Simulator, spoil, fault: str) -> None:  # type: ignore[no-untyped-def]
    spoil(fault)
    assert said(contracts(house, simulator)) == OK


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("server_error_html", (OutcomeKind.NETWORK, "http_status", 3)),
        ("proxy_page", (OutcomeKind.INCOMPLETE, "unreadable_answer", 1)),
        ("redirect", (OutcomeKind.NETWORK, "redirect", 3)),
        ("cut_short", (OutcomeKind.NETWORK, "incomplete_body", 3)),
    ],
)
def test_what_is_no_answer_is_named(
    house: House,
    simulator: Simulator,
    spoil,
    fault: str,
    expected: tuple[OutcomeKind, str, int],  # type: ignore[no-untyped-def]
) -> None:
    spoil(fault)
    assert said(contracts(house, simulator)) == expected


def test_a_keyring_that_refuses_and_a_stop_are_for_the_caller(house: House, simulator: Simulator) -> None:
    profile = kyc_profile(simulator)
    desk = house.ticket_desk(profile, KYC_SECRETS, RefusingStore(reads=False))
    with pytest.raises(SurroundingsError, match="keyring_locked"):
        probe_kyc(KycProvider(profile), desk, house.transport, CancelToken())
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        probe_ess(house.ess_provider(ess_profile(simulator), ESS_SECRETS), "ess", house.transport, token)


def test_nothing_is_kept_of_a_test(house: House, simulator: Simulator) -> None:
    contracts(house, simulator)
    orders(house, simulator)
    assert not list(house.paths.captures.iterdir())
    assert all("getFile" not in request.json_body() for request in simulator.requests)
    assert not any(request.path.endswith("queryphotoinfo") for request in simulator.requests)
