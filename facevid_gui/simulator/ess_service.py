"""The simulated e-sign service, both editions (floor 1).

What enters: requests. What leaves: answers, after every signature was checked against the check list of
ess.md 1.5: form, key, clock (five minutes), scope, signed headers, payload, token, action, parameters.
Companies do not see each other's flows, but a group may act for its subsidiary (ess.md 2.2).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from facevid_gui.providers.ess import EDITIONS
from facevid_gui.providers.tc3 import MAX_SKEW_S, Tc3Request, scope_of, signature
from facevid_gui.simulator.records import FIRST, SimCompany, SimFlow, SimSigner
from facevid_gui.simulator.wire import SimError, SimRequest, SimResponse, tc3_envelope, tc3_refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/\s,]+)/([^/\s,]+)/([^/\s,]+)/tc3_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
_UNSIGNED = "UNSIGNED-PAYLOAD"


@dataclass
class EssService:
    """One edition of the service for one company; `neighbours` are the services of the others.

    `keys` maps SecretId to SecretKey, `tokens` SecretId to a required token.
    """

    kind: str
    flows: tuple[SimFlow, ...]
    now: Callable[[], datetime]
    keys: Mapping[str, str]
    tokens: Mapping[str, str] = field(default_factory=dict)
    company: SimCompany = FIRST
    neighbours: Sequence[EssService] = field(default=(), repr=False, compare=False)

    def handle(self, request: SimRequest) -> SimResponse:
        """Check and answer one request."""
        try:
            self._check_signature(request)
            return tc3_envelope(self._answer(request))
        except SimError as error:
            return tc3_refusal(error)

    def _check_signature(self, request: SimRequest) -> None:
        match = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        if match is None:
            raise SimError("AuthFailure.InvalidAuthorization", "请求头部的 Authorization 不符合腾讯云标准。")
        secret_id, date, service, names, value = match.groups()
        key = self.keys.get(secret_id)
        if key is None:
            raise SimError("AuthFailure.SecretIdNotFound", "密钥不存在。")
        stamp = request.headers.get("x-tc-timestamp", "")
        if not (stamp.isascii() and stamp.isdigit()) or abs(self.now().timestamp() - int(stamp)) > MAX_SKEW_S:
            raise SimError("AuthFailure.SignatureExpire", "签名过期。Timestamp 与服务器时间相差不得超过五分钟。")
        expected = self._expected_signature(request, int(stamp), names.split(";"), key)
        scope_ok = f"{date}/{service}/tc3_request" == scope_of(int(stamp), EDITIONS[self.kind].service)
        if not scope_ok or expected is None or not hmac.compare_digest(expected, value):
            raise SimError("AuthFailure.SignatureFailure", "请求签名验证失败，请检查您的签名计算是否正确。")
        if self.tokens.get(secret_id, "") != request.headers.get("x-tc-token", ""):
            raise SimError("AuthFailure.TokenFailure", "临时证书所带的 token 错误。")

    def _expected_signature(self, request: SimRequest, stamp: int, names: list[str], key: str) -> str | None:
        if not {"content-type", "host"} <= set(names) or any(name not in request.headers for name in names):
            return None
        unsigned = request.headers.get("x-tc-content-sha256") == _UNSIGNED
        payload = _UNSIGNED.encode() if unsigned else request.body
        signed = Tc3Request(
            request.method,
            "",
            {name: request.headers[name] for name in names},
            hashlib.sha256(payload).hexdigest(),
        )
        return signature(signed, stamp, EDITIONS[self.kind].service, key)

    def _answer(self, request: SimRequest) -> dict[str, Any]:
        edition = EDITIONS[self.kind]
        if request.headers.get("x-tc-version") != edition.version:
            raise SimError("NoSuchVersion", "接口版本不存在。")
        action = request.headers.get("x-tc-action", "")
        if action not in self.actions():
            raise SimError("InvalidAction", "接口不存在。")
        body = request.json_body()
        return self._acting_for(body).actions()[action](body)

    def actions(self) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
        """What this company can be asked for, by the action's name."""
        edition = EDITIONS[self.kind]
        actions: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            edition.face_video: self._face_video,
            edition.flow_info: self._flow_info,
        }
        if self.kind == "ess":
            actions[edition.probe] = self._flow_briefs
        return actions

    def _acting_for(self, body: dict[str, Any]) -> EssService:
        """The company whose flows are asked for."""
        agent = _object(body, "Agent")
        if self.kind == "essbasic":
            self._check_agent(agent)
            return self
        user_id = _object(body, "Operator").get("UserId")
        if not user_id:
            raise SimError("MissingParameter.UserId", "缺少参数 Operator.UserId。")
        if user_id != self.company.user_id:
            raise SimError("ResourceNotFound.User", "未找到对应的员工信息。")
        return self._subsidiary(agent.get("ProxyOrganizationId")) if agent else self

    def _check_agent(self, agent: dict[str, Any]) -> None:
        operator = _object(agent, "ProxyOperator")
        if not agent.get("AppId") or not agent.get("ProxyOrganizationOpenId") or not operator:
            raise SimError("MissingParameter", "缺少参数 Agent。")
        known = (self.company.essbasic_app_id, self.company.organization_open_id, self.company.operator_open_id)
        if (agent["AppId"], agent["ProxyOrganizationOpenId"], operator.get("OpenId")) != known:
            raise SimError("OperationDenied.NoVerify", "子客企业或员工未实名。")

    def _subsidiary(self, organization_id: object) -> EssService:
        if not organization_id:
            raise SimError("MissingParameter", "缺少参数 Agent.ProxyOrganizationId。")
        for service in self.neighbours:
            if service.company.organization_id == organization_id and organization_id in self.company.subsidiaries:
                return service
        raise SimError("ResourceNotFound.Organization", "机构不存在或者未完成认证，请检查机构信息。")

    def _face_video(self, body: dict[str, Any]) -> dict[str, Any]:
        flow = self._flow(_required(body, "FlowId"))
        wanted = _required(body, "SignId")
        signer = next((s for s in flow.signers if s.sign_id == wanted), None)
        if signer is None:
            raise SimError("ResourceNotFound.FlowApprover", "签署方不存在。")
        if signer.signed_at is None:
            raise SimError("OperationDenied.FlowStatusForbid", "合同状态不允许此操作。")
        if self.now() - signer.signed_at > self.company.expires_after:
            raise SimError("FailedOperation", "视频已过期，无法获取。")
        return _face_video_of(signer)

    def _flow_info(self, body: dict[str, Any]) -> dict[str, Any]:
        ids = body.get("FlowIds") or []
        if not ids:
            raise SimError("FailedOperation", "流程ID和合同组ID不能同时为空，请检查参数后再试")
        flows = {flow.flow_id: flow for flow in self.flows}
        if any(flow_id not in flows for flow_id in ids):
            raise SimError("FailedOperation", "无效的流程合同Id，检查后重试")
        details = [self._detail(flows[flow_id]) for flow_id in ids]
        if self.kind == "ess":
            return {"FlowDetailInfos": details, "FlowGroupId": "", "FlowGroupName": ""}
        return {
            "ApplicationId": self.company.essbasic_app_id,
            "ProxyOrganizationOpenId": self.company.organization_open_id,
            "FlowInfo": details,
        }

    def _flow_briefs(self, body: dict[str, Any]) -> dict[str, Any]:
        ids = body.get("FlowIds") or []
        if any(self._is_others(flow_id) for flow_id in ids):
            raise SimError("OperationDenied", "无查看权限, 请检查")
        return {"FlowBriefs": [self._brief(flow) for flow in self.flows if flow.flow_id in ids]}

    def _flow(self, flow_id: str) -> SimFlow:
        for flow in self.flows:
            if flow.flow_id == flow_id:
                return flow
        if self._is_others(flow_id):
            raise SimError("OperationDenied", "无查看权限, 请检查")
        raise SimError("ResourceNotFound.Flow", "合同流程不存在。")

    def _is_others(self, flow_id: str) -> bool:
        return any(flow.flow_id == flow_id for service in self.neighbours for flow in service.flows)

    def _brief(self, flow: SimFlow) -> dict[str, Any]:
        signed = [signer.signed_at is not None for signer in flow.signers]
        words = ("ALL", "PART", "INIT") if self.kind == "essbasic" else (4, 2, 1)
        created = "CreateOn" if self.kind == "essbasic" else "CreatedOn"
        return {
            "FlowId": flow.flow_id,
            "FlowName": flow.name,
            "FlowStatus": words[0] if all(signed) else words[1] if any(signed) else words[2],
            created: int(flow.created_at.timestamp()),
        }

    def _detail(self, flow: SimFlow) -> dict[str, Any]:
        return {
            **self._brief(flow),
            "FlowApproverInfos": [self._approver(s, order) for order, s in enumerate(flow.signers)],
            "CcInfos": [{"ApproveName": "观察样本", "Mobile": "13900000009", "ApproveType": "PERSON"}],
        }

    def _approver(self, signer: SimSigner, order: int) -> dict[str, Any]:
        signed = signer.signed_at is not None
        words = ("ACCEPT", "PENDING") if self.kind == "essbasic" else (3, 2)
        organization = "ProxyOrganizationName" if self.kind == "essbasic" else "OrganizationName"
        return {
            "SignId": signer.sign_id,
            "ApproveName": signer.name,
            "ApproveStatus": words[0] if signed else words[1],
            "ApproveTime": int(signer.signed_at.timestamp()) if signer.signed_at else 0,
            "ApproveType": signer.type,
            "Mobile": signer.mobile,
            "SignOrder": order,
            organization: signer.organization,
        }


def company_of(services: Sequence[EssService], request: SimRequest) -> EssService:
    """The service of the company whose key signed; the first one for a key nobody has."""
    match = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    return next((service for service in services if match and match[1] in service.keys), services[0])


def _face_video_of(signer: SimSigner) -> dict[str, Any]:
    nods = [{"Video": text} for role, text in sorted(signer.clips.items()) if role.startswith("nod-")]
    question = signer.clips.get("question")
    return {
        "VideoData": {"LiveNessVideo": signer.clips["liveness"]} if signer.clips.get("liveness") else None,
        "IntentionQuestionResult": {
            "Video": question,
            "AsrResult": list(signer.transcripts),
            "ResultCode": list(signer.codes),
        }
        if question
        else None,
        "IntentionActionResult": {"Details": nods} if nods else None,
    }


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _required(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise SimError(f"MissingParameter.{name}", f"缺少参数 {name}。")
    return value
