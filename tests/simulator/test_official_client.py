"""Tencent's own client packages against the simulator: what convinces them is what the real service does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.ess.v20201111 import ess_client
from tencentcloud.ess.v20201111 import models as ess_models
from tencentcloud.essbasic.v20210526 import essbasic_client
from tencentcloud.essbasic.v20210526 import models as essbasic_models

from facevid_gui.simulator import records
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator

# Under Python 3.12 the client uses a function that is going away. Its other warnings stay errors: it warns of
# members in an answer that the real service does not have.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning")


class Peer:
    """The official clients of one simulated company."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def ess(self, action: str, body: dict[str, Any], *key: str, **profile: bool) -> Any:
        keys = key or (records.SECRET_ID, records.SECRET_KEY)
        client = ess_client.EssClient(credential.Credential(*keys), "", self._profile("ess", **profile))
        return self._call(client, ess_models, action, body)

    def essbasic(self, action: str, body: dict[str, Any], *key: str) -> Any:
        keys = credential.Credential(*(key or (records.ESSBASIC_SECRET_ID, records.SECRET_KEY)))
        client = essbasic_client.EssbasicClient(keys, "", self._profile("essbasic"))
        return self._call(client, essbasic_models, action, body)

    def _profile(self, kind: str, **more: bool) -> ClientProfile:
        http = HttpProfile(protocol="http", endpoint=self._simulator.base_url(kind).removeprefix("http://"))
        profile = ClientProfile(httpProfile=http)
        for name, value in more.items():
            setattr(profile, name, value)
        return profile

    @staticmethod
    def _call(client: Any, models: Any, action: str, body: dict[str, Any]) -> Any:
        request = getattr(models, f"{action}Request")()
        request._deserialize(body)
        return getattr(client, action)(request)


@pytest.fixture
def peer(simulator: Simulator) -> Peer:
    return Peer(simulator)


OPERATOR = {"Operator": {"UserId": records.USER_ID}}
AGENT = {
    "Agent": {
        "AppId": records.ESSBASIC_APP_ID,
        "ProxyOrganizationOpenId": records.ORGANIZATION,
        "ProxyOperator": {"OpenId": records.OPERATOR},
    }
}
ONE = {"FlowId": flow_id("One"), "SignId": sign_id("One")}


def refused(call: Any, code: str) -> TencentCloudSDKException:
    with pytest.raises(TencentCloudSDKException) as caught:
        call()
    assert caught.value.code == code
    assert caught.value.requestId
    return caught.value


def test_it_gets_the_recordings_of_a_signer(peer: Peer) -> None:
    answer = peer.ess("DescribeSignFaceVideo", {**OPERATOR, **ONE})
    assert answer.VideoData.LiveNessVideo == records.demo_media("liveness-fragmented.mp4")
    assert answer.IntentionQuestionResult.Video == records.demo_media("question.mp4")
    assert answer.IntentionQuestionResult.ResultCode == ["0", "0", "-1"]
    assert [d.Video for d in answer.IntentionActionResult.Details] == [
        records.demo_media("nod-01.mp4"), records.demo_media("nod-02.mp4"),
    ]  # fmt: skip
    assert answer.RequestId


def test_it_gets_a_flow_and_its_signers(peer: Peer) -> None:
    flow = peer.ess("DescribeFlowInfo", {**OPERATOR, "FlowIds": [flow_id("Many")]}).FlowDetailInfos[0]
    assert (flow.FlowId, flow.FlowStatus, len(flow.FlowApproverInfos)) == (flow_id("Many"), 2, 4)
    assert flow.FlowApproverInfos[0].SignId == sign_id("Many")


def test_it_gets_flow_briefs(peer: Peer) -> None:
    answer = peer.ess("DescribeFlowBriefs", {**OPERATOR, "FlowIds": [flow_id("One"), "nobody's"]})
    assert [flow.FlowId for flow in answer.FlowBriefs] == [flow_id("One")]


def test_the_platform_client_gets_recordings_and_flows(peer: Peer) -> None:
    video = peer.essbasic("ChannelDescribeSignFaceVideo", {**AGENT, **ONE})
    assert video.VideoData.LiveNessVideo == records.demo_media("liveness-fragmented.mp4")
    flow = peer.essbasic("DescribeFlowDetailInfo", {**AGENT, "FlowIds": [flow_id("One")]}).FlowInfo[0]
    assert (flow.FlowStatus, flow.FlowApproverInfos[0].ApproveStatus) == ("ALL", "ACCEPT")


def test_it_may_leave_the_payload_unsigned(peer: Peer) -> None:
    assert peer.ess("DescribeSignFaceVideo", {**OPERATOR, **ONE}, unsignedPayload=True).VideoData


def test_a_wrong_key_is_refused(peer: Peer) -> None:
    call = lambda: peer.ess("DescribeFlowInfo", OPERATOR, records.SECRET_ID, "wrong")  # noqa: E731
    refused(call, "AuthFailure.SignatureFailure")


def test_an_unknown_key_is_refused(peer: Peer) -> None:
    refused(lambda: peer.ess("DescribeFlowInfo", OPERATOR, "AKIDother", "x"), "AuthFailure.SecretIdNotFound")


@pytest.mark.parametrize("minutes", [6, -6])
def test_a_wrong_clock_is_refused(minutes: int) -> None:
    with Simulator(now=lambda: datetime.now(UTC) + timedelta(minutes=minutes)) as simulator:
        refused(lambda: Peer(simulator).ess("DescribeFlowInfo", OPERATOR), "AuthFailure.SignatureExpire")


def test_a_missing_parameter_is_refused(peer: Peer) -> None:
    refused(lambda: peer.ess("DescribeSignFaceVideo", OPERATOR), "MissingParameter.FlowId")
    refused(lambda: peer.ess("DescribeSignFaceVideo", ONE), "MissingParameter.UserId")


def test_an_unknown_flow_fails_the_whole_call(peer: Peer) -> None:
    ids = {"FlowIds": [flow_id("One"), flow_id("None")]}
    error = refused(lambda: peer.ess("DescribeFlowInfo", {**OPERATOR, **ids}), "FailedOperation")
    assert "无效的流程合同Id" in error.message


@pytest.fixture
def temporary(simulator: Simulator) -> Peer:
    """A company whose key is a temporary one."""
    simulator.ess.tokens = {records.SECRET_ID: "temporary-token"}
    return Peer(simulator)


def test_a_temporary_key_needs_its_token(temporary: Peer) -> None:
    key = (records.SECRET_ID, records.SECRET_KEY)
    body = {**OPERATOR, "FlowIds": [flow_id("One")]}
    assert temporary.ess("DescribeFlowInfo", body, *key, "temporary-token").FlowDetailInfos
    refused(lambda: temporary.ess("DescribeFlowInfo", body, *key), "AuthFailure.TokenFailure")
    refused(lambda: temporary.ess("DescribeFlowInfo", body, *key, "old-token"), "AuthFailure.TokenFailure")


def test_a_token_nobody_asked_for_is_refused(peer: Peer) -> None:
    key = (records.SECRET_ID, records.SECRET_KEY, "uncalled-for")
    refused(lambda: peer.ess("DescribeFlowInfo", OPERATOR, *key), "AuthFailure.TokenFailure")


SECOND = records.SECOND
SECOND_KEY = (SECOND.secret_id, SECOND.secret_key)
SECOND_BASIC_KEY = (SECOND.essbasic_secret_id, SECOND.secret_key)
SECOND_OPERATOR = {"Operator": {"UserId": SECOND.user_id}}
SECOND_AGENT = {
    "Agent": {
        "AppId": SECOND.essbasic_app_id,
        "ProxyOrganizationOpenId": SECOND.organization_open_id,
        "ProxyOperator": {"OpenId": SECOND.operator_open_id},
    }
}
OTHERS = {"FlowId": flow_id("Second"), "SignId": sign_id("Second")}
PLAIN = records.demo_media("liveness-plain.mp4")


def test_a_flow_brief_has_its_state_and_another_companys_is_refused(peer: Peer) -> None:
    (brief,) = peer.ess("DescribeFlowBriefs", {**OPERATOR, "FlowIds": [flow_id("Many")]}).FlowBriefs
    assert (brief.FlowName, brief.FlowStatus) == ("三方协议(样本)", 2)
    assert brief.CreatedOn > 0
    call = lambda: peer.ess("DescribeFlowBriefs", {**OPERATOR, "FlowIds": [flow_id("Second")]})  # noqa: E731
    assert refused(call, "OperationDenied").message == "无查看权限, 请检查"


def test_the_second_company_gets_its_own_records_with_either_client(peer: Peer) -> None:
    video = peer.ess("DescribeSignFaceVideo", {**SECOND_OPERATOR, **OTHERS}, *SECOND_KEY)
    assert video.VideoData.LiveNessVideo == PLAIN
    video = peer.essbasic("ChannelDescribeSignFaceVideo", {**SECOND_AGENT, **OTHERS}, *SECOND_BASIC_KEY)
    assert video.VideoData.LiveNessVideo == PLAIN
    answer = peer.essbasic("DescribeFlowDetailInfo", {**SECOND_AGENT, "FlowIds": [OTHERS["FlowId"]]}, *SECOND_BASIC_KEY)
    assert answer.ApplicationId == SECOND.essbasic_app_id
    assert answer.FlowInfo[0].FlowApproverInfos[0].SignId == OTHERS["SignId"]


def test_neither_company_gets_the_others_records(peer: Peer) -> None:
    video, channel = "DescribeSignFaceVideo", "ChannelDescribeSignFaceVideo"
    refused(lambda: peer.ess(video, {**OPERATOR, **OTHERS}), "OperationDenied")
    refused(lambda: peer.ess(video, {**SECOND_OPERATOR, **ONE}, *SECOND_KEY), "OperationDenied")
    refused(lambda: peer.essbasic(channel, {**AGENT, **OTHERS}), "OperationDenied")
    refused(lambda: peer.essbasic(channel, {**SECOND_AGENT, **ONE}, *SECOND_BASIC_KEY), "OperationDenied")
    ids = {"FlowIds": [OTHERS["FlowId"]]}
    refused(lambda: peer.ess("DescribeFlowInfo", {**OPERATOR, **ids}), "FailedOperation")
    refused(lambda: peer.essbasic("DescribeFlowDetailInfo", {**AGENT, **ids}), "FailedOperation")


def test_the_keys_of_one_company_do_not_speak_for_the_other(peer: Peer) -> None:
    ids = {"FlowIds": [flow_id("One")]}
    refused(lambda: peer.ess("DescribeFlowInfo", {**OPERATOR, **ids}, *SECOND_KEY), "ResourceNotFound.User")
    call = lambda: peer.essbasic("DescribeFlowDetailInfo", {**AGENT, **ids}, *SECOND_BASIC_KEY)  # noqa: E731
    refused(call, "OperationDenied.NoVerify")


def test_a_group_company_acts_for_its_subsidiary(peer: Peer) -> None:
    agent = {"Agent": {"ProxyOrganizationId": SECOND.organization_id}}
    assert peer.ess("DescribeSignFaceVideo", {**OPERATOR, **OTHERS, **agent}).VideoData.LiveNessVideo == PLAIN
    nobody = {"Agent": {"ProxyOrganizationId": "nobody"}}
    call = lambda: peer.ess("DescribeSignFaceVideo", {**OPERATOR, **OTHERS, **nobody})  # noqa: E731
    refused(call, "ResourceNotFound.Organization")


def test_the_platform_client_is_refused_in_the_same_words(peer: Peer) -> None:
    body = {**AGENT, "FlowIds": [flow_id("One")]}
    wrong = (records.ESSBASIC_SECRET_ID, "wrong")
    refused(lambda: peer.essbasic("DescribeFlowDetailInfo", body, *wrong), "AuthFailure.SignatureFailure")
    refused(lambda: peer.essbasic("DescribeFlowDetailInfo", body, "AKIDother", "x"), "AuthFailure.SecretIdNotFound")
    refused(lambda: peer.essbasic("DescribeFlowDetailInfo", {}), "MissingParameter")
    gone = {"FlowId": flow_id("Expired"), "SignId": sign_id("Expired")}
    refused(lambda: peer.essbasic("ChannelDescribeSignFaceVideo", {**AGENT, **gone}), "FailedOperation")


def test_the_platform_client_may_use_temporary_keys(simulator: Simulator, peer: Peer) -> None:
    simulator.essbasic.tokens = {records.ESSBASIC_SECRET_ID: "temporary-token"}
    key = (records.ESSBASIC_SECRET_ID, records.SECRET_KEY)
    body = {**AGENT, "FlowIds": [flow_id("One")]}
    assert peer.essbasic("DescribeFlowDetailInfo", body, *key, "temporary-token").FlowInfo
    refused(lambda: peer.essbasic("DescribeFlowDetailInfo", body, *key), "AuthFailure.TokenFailure")


def test_an_old_recording_goes_while_it_runs(simulator: Simulator, peer: Peer) -> None:
    body = {**OPERATOR, **ONE}
    assert peer.ess("DescribeSignFaceVideo", body).VideoData
    simulator.let_records_age(hours=71)
    refused(lambda: peer.ess("DescribeSignFaceVideo", body), "FailedOperation")
