"""Look-ups and their SIGN tickets: renewed once when the service refuses one, where another can be had."""

import json
from pathlib import Path

from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.query import Query
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.house import House
from facevid_gui.lookups.lookup import Lookup, LookupResult
from facevid_gui.providers.kyc import KycProvider
from facevid_gui.simulator import records
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.clocks import StillClock
from tests.support.net_lookups import Post, bodies, capture_of, look_up, read_again
from tests.support.net_servers import ScriptedServer
from tests.support.places import HastyToken, make_house

ORDER = {"order": "simOrder0001"}
RECORD = ["queryfacerecord", "queryphotoinfo"]


def with_ticket(
    house: House, simulator: Simulator, mode: str, secret: str, token: HastyToken | None = None, **options: str
) -> LookupResult:
    """Look up an order with a pasted ticket or one of a ticket server."""
    options = {"endpoint": simulator.base_url("kyc"), "app_id": records.KYC_APP_ID, "ticket_mode": mode, **options}
    profile = make_profile("other", "kyc", options)
    desk = house.ticket_desk(profile, {profile.secret_fields[0]: Secret(secret)}, house.secret_store)
    return Lookup(house.workplace, token or HastyToken()).kyc(
        KycProvider(profile), desk, Query.for_order("simOrder0001")
    )


def live_ticket(house: House, simulator: Simulator) -> str:
    """A ticket the service knows."""
    look_up(house, simulator, **ORDER)
    return next(iter(simulator.kyc._tickets))


def test_a_second_order_costs_neither_token_nor_ticket(house: House, simulator: Simulator, post: Post) -> None:
    look_up(house, simulator, **ORDER)
    look_up(house, simulator, order="simOrderNegative")
    assert post.asked == ["access_token", "api_ticket", *RECORD, *RECORD]


def test_a_refused_ticket_is_renewed_once_with_the_token_at_hand(
    house: House, simulator: Simulator, post: Post
) -> None:
    look_up(house, simulator, **ORDER)
    simulator.kyc._tickets.clear()
    post.asked.clear()
    post.sent.clear()
    result = look_up(house, simulator, **ORDER)
    assert result.outcome.ok
    assert post.asked == ["queryfacerecord", "api_ticket", *RECORD]
    assert simulator.kyc.token_requests == 1
    assert [exchange.role for exchange in capture_of(result).exchanges] == ["record", "ticket", "record", "photos"]
    assert result.capture is not None
    assert bodies(result.capture) == post.sent
    assert read_again(result.capture) == result.record


def test_a_token_somebody_else_replaced_is_renewed_once(house: House, simulator: Simulator, post: Post) -> None:
    look_up(house, simulator, **ORDER)
    simulator.kyc._tickets.clear()
    simulator.kyc._tokens.clear()
    post.asked.clear()
    assert look_up(house, simulator, **ORDER).outcome.ok
    assert post.asked == ["queryfacerecord", "api_ticket", "access_token", "api_ticket", *RECORD]


def test_a_service_that_refuses_every_ticket_is_asked_twice_and_no_more(
    house: House, simulator: Simulator, post: Post
) -> None:
    simulator.kyc._sign_is_good = lambda _body: False  # type: ignore[method-assign]
    result = look_up(house, simulator, **ORDER)
    assert result.outcome.kind is OutcomeKind.SIGNATURE
    assert (result.outcome.code, result.outcome.exit_code) == ("ticket_expired", 1)
    assert (result.outcome.provider_code, result.outcome.provider_message) == ("400101", "非法请求")
    assert post.asked.count("queryfacerecord") == 2
    assert simulator.kyc.token_requests == 1
    requests = [json.loads(r.body) for r in simulator.requests if r.path.endswith("queryfacerecord")]
    assert requests[0]["nonce"] != requests[1]["nonce"]
    assert result.capture is not None


def test_when_the_renewal_fails_the_refusal_is_kept(house: House, simulator: Simulator, post: Post) -> None:
    look_up(house, simulator, **ORDER)
    simulator.kyc._tickets.clear()
    simulator.kyc._tokens.clear()
    simulator.kyc._access_token = lambda _request: {"code": "400103", "msg": "拒绝"}  # type: ignore[method-assign]
    result = look_up(house, simulator, **ORDER)
    assert result.outcome.kind is OutcomeKind.SIGNATURE
    assert (result.outcome.code, result.outcome.exit_code) == ("ticket_refused", 1)
    assert (result.outcome.provider_code, result.outcome.provider_message) == ("400103", "拒绝")
    assert result.capture is not None
    assert bodies(result.capture) == [post.sent[-1]]


def test_without_any_ticket_nothing_is_kept(house: House, simulator: Simulator) -> None:
    simulator.kyc._access_token = lambda _request: {"code": "400103", "msg": "拒绝"}  # type: ignore[method-assign]
    result = look_up(house, simulator, **ORDER)
    assert (result.outcome.code, result.outcome.kind) == ("ticket_refused", OutcomeKind.SIGNATURE)
    assert (result.capture, list(house.paths.captures.iterdir())) == (None, [])


def test_a_pasted_ticket_is_enough(house: House, simulator: Simulator) -> None:
    ticket = live_ticket(house, simulator)
    result = with_ticket(house, simulator, "pasted", ticket)
    assert result.outcome.ok
    assert [exchange.role for exchange in capture_of(result).exchanges] == ["record", "photos"]


def test_an_old_pasted_ticket_is_said_so_and_nothing_is_fetched(house: House, simulator: Simulator, post: Post) -> None:
    result = with_ticket(house, simulator, "pasted", "an-old-ticket")
    assert (result.outcome.code, result.outcome.exit_code) == ("ticket_expired", 1)
    assert post.asked == ["queryfacerecord"]


def test_a_ticket_server_is_asked_and_asked_again_when_its_ticket_is_refused(
    house: House, simulator: Simulator
) -> None:
    ticket = live_ticket(house, simulator)
    answers = [json.dumps({"ticket": value}).encode() for value in ("stale", ticket)]
    with ScriptedServer(*(lambda talk, a=answer: talk.answer(a) for answer in answers)) as server:
        result = with_ticket(house, simulator, "server", "company-key", ticket_url=server.url("/sign"))
    assert result.outcome.ok
    roles = [exchange.role for exchange in capture_of(result).exchanges]
    assert roles == ["ticket", "record", "ticket", "record", "photos"]
    assert server.connections == 2


def test_a_ticket_server_that_is_away_is_asked_three_times(house: House, simulator: Simulator) -> None:
    token = HastyToken()
    with ScriptedServer(lambda talk: talk.answer(b"", status="503 Busy")) as server:
        result = with_ticket(house, simulator, "server", "company-key", token, ticket_url=server.url("/sign"))
    assert (result.outcome.kind, result.outcome.exit_code) == (OutcomeKind.NETWORK, 3)
    assert (result.outcome.code, dict(result.outcome.params)) == ("http_status", {"status": "503"})
    assert result.capture is None
    assert (token.waits, server.connections) == ([1.0, 2.0], 3)


def test_a_ticket_server_that_stumbles_is_asked_again(house: House, simulator: Simulator) -> None:
    ticket = live_ticket(house, simulator)
    answer = json.dumps({"ticket": ticket}).encode()
    with ScriptedServer(lambda talk: talk.reset(), lambda talk: talk.answer(answer)) as server:
        result = with_ticket(house, simulator, "server", "company-key", ticket_url=server.url("/sign"))
    assert result.outcome.ok


def test_every_try_is_signed_anew(home: Path, post: Post) -> None:
    clock = StillClock()

    class Moving(HastyToken):
        def wait(self, seconds: float) -> None:
            clock.move(seconds=200)

    with Simulator(now=clock.now) as simulator:
        post.recordings.extend(["server_error_html"] * 2)
        result = look_up(make_house(home, clock), simulator, flow=flow_id("One"), sign=sign_id("One"), token=Moving())
        stamps = [int(request.headers["x-tc-timestamp"]) for request in simulator.requests[:3]]
    assert result.outcome.ok
    assert [stamp - stamps[0] for stamp in stamps] == [0, 200, 400]
