"""Flow answers: from `DescribeFlowInfo` (ess) and `DescribeFlowDetailInfo` (essbasic) to signers (floor 1).

What enters: the document of a flow answer. What leaves: a `Flow`, or a copy of the answer trimmed to one
signer: the others are people this record is not about, and so are those who forwarded the contract to him,
made it or may only watch it. Fields and states: ess.md 3.1 and 4.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

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

# All that a trimmed copy keeps. What is not named here, fields of later years included, may be about others.
_FLOW_MEMBERS = ("FlowId", "FlowName", "FlowType", "FlowStatus", "CreatedOn", "CreateOn", "Deadline", "DeadLine")
_SIGNER_MEMBERS = (
    "SignId", "ApproveName", "ApproveStatus", "ApproveTime", "ApproveType", "Mobile", "SignOrder", "ReceiptId",
    "RecipientId", "CustomUserId", "ApproverSource", "ApproverRoleName", "OrganizationId", "OrganizationName",
    "ProxyOrganizationOpenId", "ProxyOperatorOpenId", "ProxyOrganizationName",
)  # fmt: skip
_IDENTIFYING = ("ApproveName", "Mobile", "SignId")
_STARS = "***"


def flow_of(kind: str, document: Json, flow_id: str) -> Flow | None:
    """Read the flow `flow_id` out of an answer; None when the answer does not hold it."""
    detail = _detail_of(kind, document, flow_id)
    if detail is None:
        return None
    status = text_of(member(detail, "FlowStatus")) or ""
    return Flow(
        flow_id=flow_id,
        name=text_of(member(detail, "FlowName")) or "",
        status=_FLOW_STATES.get(status, status or "unknown"),
        signers=tuple(_signer(kind, item) for item in _people(detail, "FlowApproverInfos")),
    )


def trimmed_to(kind: str, document: Json, flow_id: str, sign_id: str) -> bytes | None:
    """Serialise the answer with one signer and nothing about anybody else; None when he is not in it."""
    detail = _detail_of(kind, document, flow_id)
    kept = [s for s in _people(detail, "FlowApproverInfos") if text_of(s.get("SignId")) == sign_id]
    if not isinstance(detail, dict) or not kept:
        return None
    trimmed = _members(detail, _FLOW_MEMBERS)
    if "FlowName" in trimmed:
        others = [p for p in (*_people(detail, "FlowApproverInfos"), *_people(detail, "CcInfos")) if p not in kept]
        trimmed["FlowName"] = _without_names(str(trimmed["FlowName"]), others, kept)
    response = {
        _LISTS[kind]: [{**trimmed, "FlowApproverInfos": [_members(signer, _SIGNER_MEMBERS) for signer in kept]}],
        "RequestId": text_of(member(member(document, "Response"), "RequestId")),
    }
    return (json.dumps({"Response": response}, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _people(detail: Json, name: str) -> list[dict[str, Json]]:
    people = member(detail, name)
    return [person for person in people if isinstance(person, dict)] if isinstance(people, list) else []


def _members(holder: Mapping[str, Json], names: Iterable[str]) -> dict[str, str | int]:
    """The named members that are texts or numbers; a number too long for everybody's JSON becomes a text."""
    found: dict[str, str | int] = {}
    for name in names:
        value = holder.get(name)
        text = text_of(value)
        if text is not None:
            is_short_number = isinstance(value, Number) and text.isdecimal() and len(text) < 16
            found[name] = int(text) if is_short_number else text
    return found


def _without_names(text: str, others: Iterable[Mapping[str, Json]], kept: Iterable[Mapping[str, Json]]) -> str:
    """A title may name the parties: stars for all of them but the signer."""
    own = {text_of(person.get(name)) for person in kept for name in _IDENTIFYING}
    foreign = {text_of(person.get(name)) or "" for person in others for name in _IDENTIFYING} - own
    for name in sorted(foreign, key=len, reverse=True):
        text = text.replace(name, _STARS) if len(name) > 1 else text
    return text


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
