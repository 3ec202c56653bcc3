"""Flow answers: from `DescribeFlowInfo` (ess) and `DescribeFlowDetailInfo` (essbasic) to signers (floor 1).

What enters: the document of a flow answer. What leaves: a `Flow`, or a copy of the answer trimmed to one
signer: the others are people this record is not about. Fields and states: ess.md 3.1 and 4.2.
"""

from __future__ import annotations

import json
from typing import Any

from facevid_gui.captures.scanner import Json, Number, member, text_of
from facevid_gui.core.clock import from_unix_seconds
from facevid_gui.core.deadline import deadline_for
from facevid_gui.core.record import Flow, Signer

_LISTS = {"ess": "FlowDetailInfos", "essbasic": "FlowInfo"}
_FLOW_STATES = {
    "0": "not_started", "1": "waiting", "2": "partly_signed", "3": "refused", "4": "signed", "5": "expired",
    "6": "withdrawn", "7": "not_started", "8": "waiting_fill_in", "9": "partly_filled_in", "10": "fill_in_refused",
    "16": "invalid", "21": "dissolved",
    "INIT": "not_started", "PART": "partly_signed", "REJECT": "refused", "ALL": "signed", "DEADLINE": "expired",
    "CANCEL": "withdrawn", "INVALID": "invalid", "RELIEVED": "dissolved",
}  # fmt: skip
_SIGNER_STATES = {
    "0": "not_started", "1": "not_begun", "2": "waiting", "3": "signed", "4": "refused", "5": "expired",
    "6": "withdrawn", "7": "not_started", "8": "waiting_fill_in", "9": "terminated", "10": "filled_in",
    "15": "dissolved", "19": "forwarded",
    "PENDING": "waiting", "FILLPENDING": "waiting_fill_in", "FILLACCEPT": "filled_in", "FILLREJECT": "fill_in_refused",
    "WAITPICKUP": "waiting_pick_up", "ACCEPT": "signed", "REJECT": "refused", "DEADLINE": "expired",
    "CANCEL": "withdrawn", "FORWARD": "forwarded", "STOP": "terminated", "RELIEVED": "dissolved",
}  # fmt: skip


def flow_of(kind: str, document: Json, flow_id: str) -> Flow | None:
    """Read the flow `flow_id` out of an answer; None when the answer does not hold it."""
    detail = _detail_of(kind, document, flow_id)
    if detail is None:
        return None
    signers = member(detail, "FlowApproverInfos")
    status = text_of(member(detail, "FlowStatus")) or ""
    return Flow(
        flow_id=flow_id,
        name=text_of(member(detail, "FlowName")) or "",
        status=_FLOW_STATES.get(status, status or "unknown"),
        signers=tuple(_signer(kind, item) for item in signers if isinstance(item, dict))
        if isinstance(signers, list)
        else (),
    )


def trimmed_to(kind: str, document: Json, flow_id: str, sign_id: str) -> bytes | None:
    """Serialise the answer without the other signers and observers; None when the signer is not in it."""
    detail = _detail_of(kind, document, flow_id)
    if not isinstance(detail, dict):
        return None
    signers = member(detail, "FlowApproverInfos")
    kept = [s for s in signers if text_of(member(s, "SignId")) == sign_id] if isinstance(signers, list) else []
    if not kept:
        return None
    trimmed = {**detail, "FlowApproverInfos": kept}
    trimmed.pop("CcInfos", None)
    response = {
        _LISTS[kind]: [trimmed],
        "RequestId": text_of(member(member(document, "Response"), "RequestId")),
    }
    return (json.dumps({"Response": _plain(response)}, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _detail_of(kind: str, document: Json, flow_id: str) -> Json:
    details = member(member(document, "Response"), _LISTS[kind])
    if not isinstance(details, list):
        return None
    return next((d for d in details if text_of(member(d, "FlowId")) == flow_id), None)


def _signer(kind: str, item: Json) -> Signer:
    status = text_of(member(item, "ApproveStatus")) or ""
    approved_at = from_unix_seconds(text_of(member(item, "ApproveTime")) or "0")
    return Signer(
        sign_id=text_of(member(item, "SignId")) or "",
        name=text_of(member(item, "ApproveName")) or "",
        type=text_of(member(item, "ApproveType")) or "",
        state=_SIGNER_STATES.get(status, status or "unknown"),
        approved_at=approved_at,
        deadline=deadline_for(kind, approved_at),
        mobile=text_of(member(item, "Mobile")) or "",
        organization=text_of(member(item, "OrganizationName") or member(item, "ProxyOrganizationName")) or "",
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - a JSON tree
    if isinstance(value, Number):
        return json.loads(value.text)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value if isinstance(value, str | bool | None) else str(value)
