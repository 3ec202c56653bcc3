"""The simulated e-sign service checks what the real one checks, and says so in the real one's words."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from facevid_gui.providers.tc3 import Tc3Request, authorization
from facevid_gui.simulator import records
from facevid_gui.simulator.ess_service import EssService, company_of
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.wire import SimRequest
from tests.support.clocks import NOON
from tests.support.net_vectors import tc3_request, tc3_vector, vectors

TEST_ID, TEST_KEY = "AKIDTESTTESTTESTTESTTESTTESTTEST0001", "TestSecretKeyForVectorsOnly00001"
SDK_VECTORS = [v for v in vectors()["tc3"] if v["origin"] == "derived-official-sdk" and v["method"] == "POST"]


def sent(vector: dict[str, Any], **headers: str) -> SimRequest:
    """The request of a vector as it arrives, some headers changed."""
    names = {name.lower(): value for name, value in vector["sent_headers"].items()}
    return SimRequest(vector["method"], "/", {}, {**names, **headers}, vector["body"].encode())


def service(kind: str, now: datetime, tokens: dict[str, str] | None = None) -> EssService:
    return EssService(kind, records.make_flows(now), lambda: now, {TEST_ID: TEST_KEY}, tokens or {})


def code_of(kind: str, request: SimRequest, at: float, tokens: dict[str, str] | None = None) -> str:
    """The error code of the answer, or "" for success."""
    answer = json.loads(service(kind, datetime.fromtimestamp(at, UTC), tokens).handle(request).body)
    assert answer["Response"]["RequestId"]
    return answer["Response"].get("Error", {}).get("Code", "")


def ask(kind: str, action: str, body: dict[str, Any], at: EssService | None = None, **headers: str) -> dict[str, Any]:
    """Ask a properly signed question at noon; return the content of the answer."""
    raw = json.dumps(body).encode()
    stamp = int(NOON.timestamp())
    signed = Tc3Request.for_post("h", "application/json", raw)
    own = {
        "host": "h", "content-type": "application/json", "x-tc-action": action, "x-tc-timestamp": str(stamp),
        "x-tc-version": "2020-11-11" if kind == "ess" else "2021-05-26",
        "authorization": authorization(signed, stamp, kind, TEST_ID, TEST_KEY),
    }  # fmt: skip
    response = (at or service(kind, NOON)).handle(SimRequest("POST", "/", {}, {**own, **headers}, raw))
    assert response.status == 200
    assert response.content_type == "application/json"
    return json.loads(response.body)["Response"]


ESS_CALLER = {"Operator": {"UserId": records.USER_ID}}
BASIC_CALLER = {
    "Agent": {
        "AppId": records.ESSBASIC_APP_ID,
        "ProxyOrganizationOpenId": records.ORGANIZATION,
        "ProxyOperator": {"OpenId": records.OPERATOR},
    }
}
CALLERS = {"ess": ESS_CALLER, "essbasic": BASIC_CALLER}
FACE_VIDEO = {"ess": "DescribeSignFaceVideo", "essbasic": "ChannelDescribeSignFaceVideo"}
FLOW_INFO = {"ess": "DescribeFlowInfo", "essbasic": "DescribeFlowDetailInfo"}


@pytest.mark.parametrize("vector", SDK_VECTORS, ids=lambda v: str(v["id"]))
def test_what_the_official_client_signs_passes_the_signature_check(vector: dict[str, Any]) -> None:
    """The key is right, so the refusal is about the caller: the vectors' user is not the simulated company's."""
    kind = vector["service"]
    code = code_of(kind, sent(vector), vector["timestamp"], {TEST_ID: vector["token"]} if vector["token"] else {})
    assert code == {"ess": "ResourceNotFound.User", "essbasic": "OperationDenied.NoVerify"}[kind]


def local_date(vector: dict[str, Any]) -> SimRequest:
    stamp, day = vector["timestamp"], timedelta(days=1).total_seconds()
    header = authorization(tc3_request(vector), int(stamp + day), "ess", TEST_ID, TEST_KEY)
    assert "/2026-01-01/" in header
    return sent(vector, authorization=header)


def wrong_key(vector: dict[str, Any]) -> SimRequest:
    header = authorization(tc3_request(vector), vector["timestamp"], "ess", TEST_ID, "another key")
    return sent(vector, authorization=header)


def unknown_id(vector: dict[str, Any]) -> SimRequest:
    return sent(vector, authorization=vector["authorization"].replace(TEST_ID, "AKIDUNKNOWN"))


def body_changed(vector: dict[str, Any]) -> SimRequest:
    request = sent(vector)
    return replace(request, body=request.body.replace(b"yDw", b"yDx", 1))


def other_content_type(vector: dict[str, Any]) -> SimRequest:
    return sent(vector, **{"content-type": "application/json; charset=utf-8"})


def wrong_service(vector: dict[str, Any]) -> SimRequest:
    header = authorization(tc3_request(vector), vector["timestamp"], "essbasic", TEST_ID, TEST_KEY)
    return sent(vector, authorization=header)


NEGATIVES = {
    "tc3-neg-local-date": (local_date, 0),
    "tc3-neg-wrong-key": (wrong_key, 0),
    "tc3-neg-unknown-secretid": (unknown_id, 0),
    "tc3-neg-skew": (sent, 301),
    "tc3-neg-body-changed": (body_changed, 0),
    "tc3-neg-content-type-mismatch": (other_content_type, 0),
    "tc3-neg-wrong-service": (wrong_service, 0),
}


@pytest.mark.parametrize("negative", vectors()["tc3_negative"], ids=lambda v: str(v["id"]))
def test_every_known_mistake_gets_its_code(negative: dict[str, Any]) -> None:
    vector = tc3_vector(negative["base"])
    spoil, skew = NEGATIVES[negative["id"]]
    for sign in (1, -1):
        assert code_of("ess", spoil(vector), vector["timestamp"] + sign * skew) == negative["expect_code"]


@pytest.mark.parametrize("skew", [300, -300])
def test_five_minutes_are_still_accepted(skew: int) -> None:
    vector = tc3_vector("tc3-sdk-ess-describesignfacevideo")
    assert code_of("ess", sent(vector), vector["timestamp"] + skew) == "ResourceNotFound.User"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("authorization", ""),
        ("authorization", "Basic dXNlcjpwYXNz"),
        ("authorization", "TC3-HMAC-SHA256 Credential=a/b/c/tc3_request, SignedHeaders=host, Signature=xyz"),
    ],
)
def test_an_authorization_of_another_form_is_refused(header: str, value: str) -> None:
    vector = tc3_vector("tc3-sdk-ess-describesignfacevideo")
    assert code_of("ess", sent(vector, **{header: value}), vector["timestamp"]) == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize("stamp", ["", "soon", "\u00b2"])
def test_a_timestamp_that_is_none_has_expired(stamp: str) -> None:
    vector = tc3_vector("tc3-sdk-ess-describesignfacevideo")
    request = sent(vector, **{"x-tc-timestamp": stamp})
    assert code_of("ess", request, vector["timestamp"]) == "AuthFailure.SignatureExpire"


@pytest.mark.parametrize("names", ["host", "content-type", "content-type;host;x-tc-missing"])
def test_host_and_content_type_must_be_signed_and_signed_headers_must_be_sent(names: str) -> None:
    vector = tc3_vector("tc3-sdk-ess-describesignfacevideo")
    changed = vector["authorization"].replace("content-type;host", names)
    request = sent(vector, authorization=changed)
    assert code_of("ess", request, vector["timestamp"]) == "AuthFailure.SignatureFailure"


def test_more_signed_headers_than_needed_are_fine() -> None:
    vector = tc3_vector("tc3-sdk-ess-describesignfacevideo")
    base = tc3_request(vector)
    wider = replace(base, signed_headers={**base.signed_headers, "X-TC-Action": "DescribeSignFaceVideo"})
    header = authorization(wider, vector["timestamp"], "ess", TEST_ID, TEST_KEY)
    assert "content-type;host;x-tc-action" in header
    assert code_of("ess", sent(vector, authorization=header), vector["timestamp"]) == "ResourceNotFound.User"


@pytest.mark.parametrize(("required", "given"), [("token", ""), ("token", "other"), ("", "token")])
def test_a_temporary_token_must_match(required: str, given: str) -> None:
    vector = tc3_vector("tc3-sdk-ess-describesignfacevideo")
    request = sent(vector, **({"x-tc-token": given} if given else {}))
    tokens = {TEST_ID: required} if required else {}
    assert code_of("ess", request, vector["timestamp"], tokens) == "AuthFailure.TokenFailure"


@pytest.mark.parametrize(
    ("kind", "action", "body", "headers", "code"),
    [
        ("ess", "DescribeSignFaceVideo", {}, {"x-tc-version": "2019-01-01"}, "NoSuchVersion"),
        ("essbasic", "ChannelDescribeSignFaceVideo", {}, {"x-tc-version": "2020-11-11"}, "NoSuchVersion"),
        ("ess", "ChannelDescribeSignFaceVideo", {}, {}, "InvalidAction"),
        ("essbasic", "DescribeFlowBriefs", {}, {}, "InvalidAction"),
        ("ess", "DescribeFlowInfo", {}, {}, "MissingParameter.UserId"),
        ("ess", "DescribeFlowInfo", {"Operator": None}, {}, "MissingParameter.UserId"),
        ("ess", "DescribeFlowInfo", {"Operator": {"UserId": "stranger"}}, {}, "ResourceNotFound.User"),
        ("ess", "DescribeFlowInfo", ESS_CALLER, {}, "FailedOperation"),
        ("ess", "DescribeFlowInfo", {**ESS_CALLER, "FlowIds": ["unknown"]}, {}, "FailedOperation"),
        ("ess", "DescribeFlowInfo", {**ESS_CALLER, "FlowIds": [flow_id("One"), "unknown"]}, {}, "FailedOperation"),
        ("essbasic", "DescribeFlowDetailInfo", {}, {}, "MissingParameter"),
        ("essbasic", "DescribeFlowDetailInfo", {"Agent": {**BASIC_CALLER["Agent"], "ProxyOperator": "text"}}, {},
         "MissingParameter"),
        ("essbasic", "DescribeFlowDetailInfo", {"Agent": {**BASIC_CALLER["Agent"], "AppId": "other"}}, {},
         "OperationDenied.NoVerify"),
        ("ess", "DescribeSignFaceVideo", ESS_CALLER, {}, "MissingParameter.FlowId"),
        ("ess", "DescribeSignFaceVideo", {**ESS_CALLER, "FlowId": flow_id("One")}, {}, "MissingParameter.SignId"),
        ("ess", "DescribeSignFaceVideo", {**ESS_CALLER, "FlowId": "unknown", "SignId": "s"}, {},
         "ResourceNotFound.Flow"),
        ("ess", "DescribeSignFaceVideo", {**ESS_CALLER, "FlowId": flow_id("One"), "SignId": sign_id("Many")}, {},
         "ResourceNotFound.FlowApprover"),
        ("ess", "DescribeSignFaceVideo", {**ESS_CALLER, "FlowId": flow_id("Many"), "SignId": sign_id("Waiting")}, {},
         "OperationDenied.FlowStatusForbid"),
        ("ess", "DescribeSignFaceVideo", {**ESS_CALLER, "FlowId": flow_id("Expired"), "SignId": sign_id("Expired")},
         {}, "FailedOperation"),
    ],
)  # fmt: skip
def test_every_refusal_has_its_code(kind: str, action: str, body: dict, headers: dict[str, str], code: str) -> None:
    answer = ask(kind, action, body, **headers)
    assert answer["Error"]["Code"] == code
    assert answer["Error"]["Message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b"\xff"])
def test_a_body_that_is_no_object_misses_its_parameters(body: bytes) -> None:
    stamp = int(NOON.timestamp())
    signed = Tc3Request.for_post("h", "application/json", body)
    headers = {
        "host": "h", "content-type": "application/json", "x-tc-action": "DescribeFlowInfo",
        "x-tc-timestamp": str(stamp), "x-tc-version": "2020-11-11",
        "authorization": authorization(signed, stamp, "ess", TEST_ID, TEST_KEY),
    }  # fmt: skip
    assert code_of("ess", SimRequest("POST", "/", {}, headers, body), stamp) == "MissingParameter.UserId"


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_a_recording_has_the_clips_the_signer_made(kind: str) -> None:
    ids = {"FlowId": flow_id("One"), "SignId": sign_id("One")}
    answer = ask(kind, FACE_VIDEO[kind], {**CALLERS[kind], **ids})
    assert answer["VideoData"]["LiveNessVideo"] == records.demo_media("liveness-fragmented.mp4")
    assert answer["IntentionQuestionResult"]["AsrResult"] == ["同意", "是的，本人签署", None]
    assert answer["IntentionQuestionResult"]["ResultCode"] == ["0", "0", "-1"]
    assert len(answer["IntentionActionResult"]["Details"]) == 2


def test_a_signature_in_the_mini_program_has_no_recording() -> None:
    ids = {"FlowId": flow_id("NoVideo"), "SignId": sign_id("NoVideo")}
    answer = ask("ess", "DescribeSignFaceVideo", {**ESS_CALLER, **ids})
    assert (answer["VideoData"], answer["IntentionQuestionResult"], answer["IntentionActionResult"]) == (None,) * 3


def test_the_enterprise_edition_describes_a_flow_in_numbers() -> None:
    answer = ask("ess", "DescribeFlowInfo", {**ESS_CALLER, "FlowIds": [flow_id("Many")]})
    flow = answer["FlowDetailInfos"][0]
    assert (flow["FlowId"], flow["FlowStatus"]) == (flow_id("Many"), 2)
    assert flow["CreatedOn"] == int((NOON - timedelta(hours=6)).timestamp())
    assert [s["ApproveStatus"] for s in flow["FlowApproverInfos"]] == [3, 3, 3, 2]
    assert [s["ApproveType"] for s in flow["FlowApproverInfos"]] == [
        "PERSON", "ORGANIZATION", "ENTERPRISESERVER", "PERSON",
    ]  # fmt: skip
    assert flow["FlowApproverInfos"][3]["ApproveTime"] == 0


@pytest.mark.parametrize(("label", "status"), [("One", "ALL"), ("Many", "PART"), ("Waiting", "INIT")])
def test_the_platform_edition_describes_a_flow_in_words(label: str, status: str) -> None:
    answer = ask("essbasic", "DescribeFlowDetailInfo", {**BASIC_CALLER, "FlowIds": [flow_id(label)]})
    flow = answer["FlowInfo"][0]
    assert flow["FlowStatus"] == status
    assert "CreateOn" in flow
    assert {s["ApproveStatus"] for s in flow["FlowApproverInfos"]} <= {"ACCEPT", "PENDING"}


def test_a_flow_brief_names_no_signer() -> None:
    (brief,) = ask("ess", "DescribeFlowBriefs", {**ESS_CALLER, "FlowIds": [flow_id("Many")]})["FlowBriefs"]
    assert set(brief) == {"FlowId", "FlowName", "FlowStatus", "CreatedOn"}
    assert brief["FlowStatus"] == 2


def with_neighbour(kind: str) -> EssService:
    first = service(kind, NOON)
    company = records.SECOND
    second = EssService(kind, records.make_second_flows(NOON), lambda: NOON, {"other": "key"}, company=company)
    first.neighbours, second.neighbours = (second,), (first,)
    return first


OTHERS = {"FlowId": flow_id("Second"), "SignId": sign_id("Second")}
FOR_SECOND = {**ESS_CALLER, "Agent": {"ProxyOrganizationId": records.SECOND.organization_id}}


@pytest.mark.parametrize(
    ("kind", "action", "body", "code"),
    [
        ("ess", "DescribeSignFaceVideo", {**ESS_CALLER, **OTHERS}, "OperationDenied"),
        ("essbasic", "ChannelDescribeSignFaceVideo", {**BASIC_CALLER, **OTHERS}, "OperationDenied"),
        ("ess", "DescribeFlowInfo", {**ESS_CALLER, "FlowIds": [flow_id("Second")]}, "FailedOperation"),
        ("essbasic", "DescribeFlowDetailInfo", {**BASIC_CALLER, "FlowIds": [flow_id("Second")]}, "FailedOperation"),
        ("ess", "DescribeFlowBriefs", {**ESS_CALLER, "FlowIds": [flow_id("Second")]}, "OperationDenied"),
        ("ess", "DescribeSignFaceVideo", {**ESS_CALLER, **OTHERS, "Agent": {"AppId": "x"}}, "MissingParameter"),
        ("ess", "DescribeSignFaceVideo", {**ESS_CALLER, **OTHERS, "Agent": {"ProxyOrganizationId": "x"}},
         "ResourceNotFound.Organization"),
        ("ess", "DescribeSignFaceVideo",
         {**ESS_CALLER, **OTHERS, "Agent": {"ProxyOrganizationId": records.FIRST.organization_id}},
         "ResourceNotFound.Organization"),
        ("ess", "DescribeSignFaceVideo", {**FOR_SECOND, **OTHERS}, ""),
        ("ess", "DescribeFlowInfo", {**FOR_SECOND, "FlowIds": [flow_id("Second")]}, ""),
        ("ess", "DescribeFlowBriefs", {**FOR_SECOND, "FlowIds": [flow_id("Second")]}, ""),
        ("ess", "DescribeFlowInfo", {**FOR_SECOND, "FlowIds": [flow_id("One")]}, "FailedOperation"),
    ],
)  # fmt: skip
def test_another_companys_flows_are_seen_by_its_parent_and_nobody_else(
    kind: str, action: str, body: dict[str, Any], code: str
) -> None:
    answer = ask(kind, action, body, at=with_neighbour(kind))
    assert answer.get("Error", {}).get("Code", "") == code


@pytest.mark.parametrize("name", ["Operator", "Agent"])
@pytest.mark.parametrize("value", ["text", 7, [], None])
def test_a_caller_of_another_type_is_a_missing_one(name: str, value: object) -> None:
    body = {**ESS_CALLER, name: value, "FlowIds": [flow_id("One")]}
    answer = ask("ess", "DescribeFlowInfo", body)
    assert answer.get("Error", {}).get("Code", "") == ("MissingParameter.UserId" if name == "Operator" else "")


def test_a_request_goes_to_the_company_whose_key_signed() -> None:
    first = with_neighbour("ess")
    (second,) = first.neighbours

    def chosen(authorization: str) -> EssService:
        request = SimRequest("POST", "/", {}, {"authorization": authorization}, b"")
        return company_of((first, second), request)

    def signed_by(secret_id: str) -> str:
        return authorization(Tc3Request.for_post("h", "application/json", b""), 0, "ess", secret_id, "key")

    assert chosen(signed_by("other")) is second
    assert chosen(signed_by(TEST_ID)) is chosen(signed_by("nobody")) is chosen("") is first


def test_flow_briefs_skip_unknown_ids() -> None:
    answer = ask("ess", "DescribeFlowBriefs", {**ESS_CALLER, "FlowIds": ["unknown", flow_id("One")]})
    assert [flow["FlowId"] for flow in answer["FlowBriefs"]] == [flow_id("One")]
    assert ask("ess", "DescribeFlowBriefs", ESS_CALLER)["FlowBriefs"] == []
