"""What is asked of e-sign, byte for byte, in both editions and both environments."""

import json
from datetime import UTC, datetime

import pytest

from facevid_gui.core.ids import check_flow_id
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.net.http import HttpRequest
from facevid_gui.providers.ess import PROBE_FLOW_ID, EssCredentials, EssProvider
from tests.support.clocks import StillClock
from tests.support.net_vectors import tc3_vector

FLOW = "yDwFmUUckpstqfvzUE1h3jo1f3cqjkGm"
SIGN = "yDCNOUUckpv3ecwcUECtq4n1jXPLxLq7"
USER = "yDRCLUUgygq2xun5UuO4zjEwg0vjoimj"
AGENT = {
    "app_id": "yDxbWUyKQDxgXVUuO4zjEB8mxCcDjAyF",
    "proxy_organization_open_id": "org_dianziqian",
    "proxy_operator_open_id": "n9527",
}


def provider(vector: dict, kind: str = "ess", **options: str) -> EssProvider:
    """A provider with the vector's key and clock."""
    token = Secret(vector["token"]) if vector.get("token") else None
    keys = EssCredentials(Secret(vector["secret_id"]), Secret(vector["secret_key"]), token)
    clock = StillClock(datetime.fromtimestamp(vector["timestamp"], UTC))
    return EssProvider(make_profile("p", kind, options), keys, clock)


def headers_of(request: HttpRequest) -> dict[str, str]:
    assert len({name.lower() for name, _ in request.headers}) == len(request.headers)
    return dict(request.headers)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("tc3-sdk-ess-describesignfacevideo", {}),
        ("tc3-sdk-ess-temporary-credential-en", {}),
        ("tc3-sdk-ess-test-environment", {"environment": "test"}),
        ("tc3-sdk-utc-day-before", {}),
        ("tc3-sdk-utc-day-after", {}),
    ],
)
def test_a_face_video_is_asked_for_exactly_as_the_official_client_does(name: str, options: dict[str, str]) -> None:
    vector = tc3_vector(name)
    request = provider(vector, user_id=USER, **options).face_video(FLOW, SIGN)
    sent = headers_of(request)
    assert request.body == vector["body"].encode()
    for header in ("Authorization", "Host", "Content-Type", "X-TC-Action", "X-TC-Version", "X-TC-Timestamp"):
        assert sent[header] == vector["sent_headers"][header]
    assert sent.get("X-TC-Token") == vector["token"]
    assert request.url == f"https://{vector['sent_headers']['Host']}/"
    assert (request.method, request.role) == ("POST", "record")


def test_a_flow_is_asked_for_exactly_as_the_official_client_does() -> None:
    vector = tc3_vector("tc3-sdk-ess-describeflowinfo")
    request = provider(vector, user_id=USER).flow_info(FLOW)
    assert request.body == vector["body"].encode()
    assert headers_of(request)["Authorization"] == vector["authorization"]
    assert request.role == "flow"


def test_the_platform_edition_is_asked_exactly_as_the_official_client_does() -> None:
    vector = tc3_vector("tc3-sdk-essbasic-channeldescribesignfacevideo")
    request = provider(vector, "essbasic", **AGENT).face_video(FLOW, SIGN)
    assert request.body == vector["body"].encode()
    assert headers_of(request)["Authorization"] == vector["authorization"]
    assert headers_of(request)["X-TC-Version"] == "2021-05-26"


def test_a_group_company_names_its_subsidiary() -> None:
    vector = tc3_vector("tc3-sdk-ess-group-proxy-agent")
    options = {"user_id": USER, "proxy_organization_id": "yDxTESTProxyOrganizationId000001"}
    assert json.loads(provider(vector, **options).face_video(FLOW, SIGN).body) == json.loads(vector["body"])


def test_a_chinese_user_id_is_escaped_before_it_is_signed() -> None:
    vector = tc3_vector("tc3-sdk-non-ascii-body")
    request = provider(vector, user_id="用户甲").flow_info(FLOW)
    assert request.body == vector["body"].encode()
    assert headers_of(request)["Authorization"] == vector["authorization"]


@pytest.mark.parametrize(
    ("kind", "options", "action"),
    [("ess", {"user_id": USER}, "DescribeFlowBriefs"), ("essbasic", AGENT, "DescribeFlowDetailInfo")],
)
def test_the_probe_asks_for_a_flow_that_nobody_has(kind: str, options: dict[str, str], action: str) -> None:
    request = provider(tc3_vector("tc3-sdk-ess-describeflowinfo"), kind, **options).probe()
    assert headers_of(request)["X-TC-Action"] == action
    assert json.loads(request.body)["FlowIds"] == [check_flow_id(PROBE_FLOW_ID)]
    assert request.role == "test"


def test_signature_and_token_are_never_written_down() -> None:
    vector = tc3_vector("tc3-sdk-ess-temporary-credential-en")
    written = provider(vector, user_id=USER).face_video(FLOW, SIGN).public().to_bytes().decode()
    assert vector["secret_id"] not in written
    assert vector["token"] not in written
    assert "Signature=" not in written
    assert json.loads(written)["removed"] == ["Authorization", "X-TC-Token"]
    assert json.loads(written)["body"]["FlowId"] == FLOW


def test_another_port_is_part_of_the_signed_host() -> None:
    built = provider(tc3_vector("tc3-sdk-ess-describeflowinfo"), user_id=USER, endpoint="http://127.0.0.1:8081")
    request = built.flow_info(FLOW)
    assert headers_of(request)["Host"] == built.host == "127.0.0.1:8081"
    assert request.url == "http://127.0.0.1:8081/"
