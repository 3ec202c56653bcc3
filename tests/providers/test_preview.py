"""What is shown before anything is sent: the truth, but for every secret."""

import json
from dataclasses import dataclass, replace

import pytest

from facevid_gui.core.clock import Clock
from facevid_gui.core.query import Query
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.profiles import Profile, make_profile
from facevid_gui.house import House
from facevid_gui.lookups.lookup import Lookup
from facevid_gui.net.http import HttpRequest
from facevid_gui.providers.ess import EssCredentials, EssProvider
from facevid_gui.providers.kyc import KycProvider
from facevid_gui.providers.kyc_ticket import server_request, ticket_request, token_request
from facevid_gui.providers.preview import MASK, SIGN_ID_TO_COME, RequestPreview, masked, preview
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.clocks import StillClock
from tests.support.places import ESS_SECRETS, HastyToken, ess_profile, kyc_profile, look_up_order

FLOW, SIGN = flow_id("One"), sign_id("One")
ESS = make_profile("p", "ess", {"user_id": "yDuser", "proxy_organization_id": "yDorg"})
AGENT = {"app_id": "yDapp", "proxy_organization_open_id": "org", "proxy_operator_open_id": "n9527"}
ESSBASIC = make_profile("p", "essbasic", AGENT)
SERVER = {"app_id": "IDA1", "ticket_mode": "server", "ticket_url": "https://tickets.example/t?who=me&key=hidden"}
KYC = make_profile("p", "kyc", {"app_id": "IDA1"})
NOON = StillClock()


def test_the_signer_is_asked_for_first_only_when_he_is_not_named() -> None:
    flow, video = preview(ESS, Query.for_flow("ess", FLOW, None), NOON)
    assert [flow.role, video.role] == ["flow", "record"]
    assert json.loads(flow.body) == {
        "Operator": {"UserId": "yDuser"}, "Agent": {"ProxyOrganizationId": "yDorg"}, "FlowIds": [FLOW],
    }  # fmt: skip
    assert json.loads(video.body)["SignId"] == SIGN_ID_TO_COME
    named = preview(ESS, Query.for_flow("ess", FLOW, SIGN), NOON)
    assert [request.role for request in named] == ["record", "flow"]
    assert json.loads(named[0].body)["SignId"] == SIGN


def test_a_signature_shows_its_scope_and_what_it_covers() -> None:
    (video, _) = preview(ESS, Query.for_flow("ess", FLOW, SIGN), NOON)
    assert (video.method, video.url) == ("POST", "https://ess.tencentcloudapi.com/")
    headers = dict(video.headers)
    assert headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=***/2026-03-05/ess/tc3_request, SignedHeaders=content-type;host, Signature=***"
    )
    assert headers["X-TC-Action"] == "DescribeSignFaceVideo"
    assert "X-TC-Token" not in headers


def test_temporary_credentials_show_that_there_is_a_token() -> None:
    (video, _) = preview(ESSBASIC, Query.for_flow("essbasic", FLOW, SIGN), NOON, temporary=True)
    assert dict(video.headers)["X-TC-Token"] == MASK
    assert json.loads(video.body)["Agent"]["ProxyOperator"] == {"OpenId": "n9527"}


def test_an_order_is_asked_for_with_what_its_ticket_takes() -> None:
    query = Query.for_order("order1")
    direct = make_profile("p", "kyc", {"app_id": "IDA1", "ticket_mode": "direct", "accept_token_risk": True})
    server = make_profile("p", "kyc", SERVER)
    roles = [[request.role for request in preview(profile, query, NOON)] for profile in (KYC, server, direct)]
    assert roles == [["record", "photos"], ["ticket", "record", "photos"], ["token", "ticket", "record", "photos"]]
    token, ticket, record, photos = preview(direct, query, NOON)
    base = "https://kyc1.qcloud.com/api/oauth2"
    assert token.url == f"{base}/access_token?appId=IDA1&secret=***&grant_type=client_credential&version=1.0.0"
    assert ticket.url == f"{base}/api_ticket?appId=IDA1&access_token=***&type=SIGN&version=1.0.0"
    assert token.body == ticket.body == ""
    assert record.url == "https://kyc1.qcloud.com/api/v2/base/queryfacerecord?orderNo=order1"
    assert (json.loads(record.body)["getFile"], json.loads(record.body)["sign"]) == ("1", MASK)
    assert json.loads(photos.body)["sign"] == MASK


def test_a_company_server_is_shown_without_its_header_and_its_parameters() -> None:
    ticket, *_ = preview(make_profile("p", "kyc", SERVER), Query.for_order("order1"), NOON)
    assert ticket.url == "https://tickets.example/t?who=***&key=***"
    assert dict(ticket.headers)["Authorization"] == MASK


def test_it_reads_like_a_request() -> None:
    text = preview(KYC, Query.for_order("order1"), NOON)[0].text()
    first, *rest = text.splitlines()
    assert first == "POST https://kyc1.qcloud.com/api/v2/base/queryfacerecord?orderNo=order1"
    assert "Content-Type: application/json" in rest
    assert rest[rest.index("") + 1] == "{"
    assert RequestPreview("ticket", "GET", "https://h/", (("Host", "h"),), "").text() == "GET https://h/\nHost: h"


SECRET_ID, SECRET_KEY, TOKEN, TICKET, APP_SECRET, ACCESS = (f"sEcReT-{n}" for n in range(6))


def real_requests() -> list[HttpRequest]:
    """Requests as they are sent, every secret in them."""
    query = Query.for_flow("ess", FLOW, SIGN)
    assert query.sign_id is not None
    keys = EssCredentials(Secret(SECRET_ID), Secret(SECRET_KEY), Secret(TOKEN))
    contracts = [EssProvider(profile, keys, Clock()) for profile in (ESS, ESSBASIC)]
    orders, ticket = KycProvider(KYC), Secret(TICKET)
    return [
        *(provider.face_video(FLOW, query.sign_id) for provider in contracts),
        *(provider.flow_info(FLOW) for provider in contracts),
        *(provider.probe() for provider in contracts),
        orders.face_record("order1", ticket),
        orders.further_photos("order1", ticket, "appId"),
        orders.probe(ticket),
        server_request(make_profile("p", "kyc", SERVER), Secret(APP_SECRET)),
        server_request(make_profile("p", "kyc", {**SERVER, "ticket_header": "X-Key"}), Secret(APP_SECRET)),
        token_request(KYC, Secret(APP_SECRET)),
        ticket_request(KYC, Secret(ACCESS)),
    ]


@pytest.mark.parametrize("request_", real_requests(), ids=lambda r: r.role)
def test_no_secret_of_a_real_request_is_shown(request_: HttpRequest) -> None:
    text = masked(request_).text() + repr(masked(request_))
    for secret in (SECRET_ID, SECRET_KEY, TOKEN, TICKET, APP_SECRET, ACCESS, "hidden"):
        assert secret not in text
    for name, value in request_.headers:
        if name == "Authorization" and "Signature=" in value:
            assert value.rsplit("=", 1)[1] not in text
    if b'"sign"' in request_.body:
        assert json.loads(request_.body)["sign"] not in text
    assert MASK in text


@dataclass(frozen=True)
class Sent:
    """What a server saw of a request, but for what is new in each."""

    method: str
    url: str
    headers: tuple[str, ...]
    members: tuple[str, ...]


def shown(requests: tuple[RequestPreview, ...]) -> list[Sent]:
    return [
        Sent(r.method, r.url.split("?")[0], tuple(name.lower() for name, _ in r.headers),
             tuple(json.loads(r.body)) if r.body else ())
        for r in requests
    ]  # fmt: skip


def seen(simulator: Simulator, profile: Profile, expected: list[Sent]) -> list[Sent]:
    """What arrived, only such headers as were announced: the transport adds the length and closes the connection."""
    return [
        Sent(r.method, f"{profile.base_url}{r.path}", tuple(name for name in told.headers if name in r.headers),
             tuple(r.json_body()))
        for r, told in zip(simulator.requests, expected, strict=True)
    ]  # fmt: skip


@pytest.mark.parametrize("sign", [None, SIGN])
@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_a_look_up_of_a_flow_sends_what_was_shown(
    house: House, simulator: Simulator, kind: str, sign: str | None
) -> None:
    profile, query = ess_profile(simulator, kind), Query.for_flow(kind, FLOW, sign)
    secrets = {**ESS_SECRETS, "secret_id": Secret(simulator.describe()[kind]["secrets"]["secret_id"])}
    Lookup(house.workplace, HastyToken()).ess(house.ess_provider(profile, secrets), query)
    expected = shown(preview(profile, query, house.clock))
    assert seen(simulator, profile, expected) == expected
    assert len(expected) == 2


def test_a_look_up_of_an_order_sends_what_was_shown(house: House, simulator: Simulator) -> None:
    look_up_order(house, simulator, "simOrder0001")
    profile = kyc_profile(simulator)
    expected = shown(preview(profile, Query.for_order("simOrder0001"), house.clock))
    assert seen(simulator, profile, expected) == expected
    assert len(expected) == 4
    unlike = replace(expected[-1], members=())
    assert [*expected[:-1], unlike] != seen(simulator, profile, expected)
