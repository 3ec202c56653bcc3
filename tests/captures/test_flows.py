"""Flows: the signers of both editions, and a copy that names nobody but the signer it is about."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facevid_gui.captures.flows import flow_of, trimmed_to
from facevid_gui.captures.scanner import Json, read_document
from facevid_gui.core.messages import Messages
from facevid_gui.core.record import Flow
from tests.support.captures_samples import FLOW_ID, SIGN_ID, json_bytes

OTHER_ID = "yDOtherSignIdOfSomebodyElse00000"


def document_of(detail: object, kind: str = "ess") -> Json:
    name = {"ess": "FlowDetailInfos", "essbasic": "FlowInfo"}[kind]
    details = detail if isinstance(detail, list) else [detail]
    return read_document([json_bytes({"Response": {name: details, "RequestId": "r1", "FlowGroupId": ""}})])


def flow(detail: object, kind: str = "ess") -> Flow | None:
    return flow_of(kind, document_of(detail, kind), FLOW_ID)


def person(**members: object) -> dict[str, object]:
    return {
        "SignId": SIGN_ID, "ApproveName": "张志英", "ApproveStatus": 3, "ApproveTime": 1695279840,
        "ApproveType": "PERSON", "Mobile": "13200000000", "SignOrder": 0, **members,
    }  # fmt: skip


def detail(**members: object) -> dict[str, object]:
    return {
        "FlowId": FLOW_ID, "FlowName": "个人征信查询申请表", "FlowStatus": 4, "CreatedOn": 1695279629,
        "FlowApproverInfos": [person()], **members,
    }  # fmt: skip


def test_the_documented_sample_of_e_sign_is_read() -> None:
    found = flow(detail())
    assert found is not None
    assert (found.flow_id, found.name, found.status) == (FLOW_ID, "个人征信查询申请表", "signed")
    (signer,) = found.signers
    assert (signer.sign_id, signer.name, signer.type, signer.state) == (SIGN_ID, "张志英", "PERSON", "signed")
    assert signer.approved_at == datetime(2023, 9, 21, 7, 4, tzinfo=UTC)
    assert signer.deadline.safe == datetime(2023, 9, 22, 7, 4, tzinfo=UTC)
    assert signer.mobile == "13200000000"
    assert signer.is_signed_person


def test_the_platform_edition_says_the_same_with_other_words() -> None:
    found = flow(
        {"FlowId": FLOW_ID, "FlowName": "n", "FlowStatus": "ALL", "CreateOn": 1, "FlowApproverInfos": [
            person(ApproveStatus="ACCEPT", ProxyOrganizationName="样本公司", ApproveType="ORGANIZATION")]},
        "essbasic",
    )  # fmt: skip
    assert found is not None
    assert (found.status, found.signers[0].state, found.signers[0].organization) == ("signed", "signed", "样本公司")


FLOW_STATES = {
    "ess": "0 not_started 1 waiting 2 partly_signed 3 refused 4 signed 5 expired 6 withdrawn 7 not_started "
    "8 waiting_fill_in 9 partly_filled_in 10 fill_in_refused 16 invalid 21 dissolved",
    "essbasic": "INIT not_started PART partly_signed REJECT refused ALL signed DEADLINE expired CANCEL withdrawn "
    "INVALID invalid RELIEVED dissolved",
}
SIGNER_STATES = {
    "ess": "0 not_started 1 not_begun 2 waiting 3 signed 4 refused 5 expired 6 withdrawn 7 not_started "
    "8 waiting_fill_in 9 terminated 10 filled_in 15 dissolved 19 forwarded",
    "essbasic": "PENDING waiting FILLPENDING waiting_fill_in FILLACCEPT filled_in FILLREJECT fill_in_refused "
    "WAITPICKUP waiting_pick_up ACCEPT signed REJECT refused DEADLINE expired CANCEL withdrawn FORWARD forwarded "
    "STOP terminated RELIEVED dissolved",
}


def pairs(table: dict[str, str]) -> list[tuple[str, str, str]]:
    words = {kind: text.split() for kind, text in table.items()}
    return [(kind, *pair) for kind, text in words.items() for pair in zip(text[::2], text[1::2], strict=True)]


@pytest.mark.parametrize(("kind", "status", "state"), pairs(FLOW_STATES))
def test_every_documented_state_of_a_flow_has_a_word(kind: str, status: str, state: str) -> None:
    spellings: list[object] = [status, int(status)] if status.isdigit() else [status]
    for spelling in spellings:
        found = flow(detail(FlowStatus=spelling), kind)
        assert found is not None
        assert found.status == state
    assert all(Messages(language).has(f"flow.state.{state}") for language in ("en", "zh_CN"))


@pytest.mark.parametrize(("kind", "status", "state"), pairs(SIGNER_STATES))
def test_every_documented_state_of_a_signer_has_a_word(kind: str, status: str, state: str) -> None:
    spellings: list[object] = [status, int(status)] if status.isdigit() else [status]
    for spelling in spellings:
        found = flow(detail(FlowApproverInfos=[person(ApproveStatus=spelling)]), kind)
        assert found is not None
        assert found.signers[0].state == state
    assert all(Messages(language).has(f"flow.state.{state}") for language in ("en", "zh_CN"))


def test_a_state_nobody_documented_is_shown_as_received_and_a_missing_one_as_unknown() -> None:
    found = flow(detail(FlowStatus=99, FlowApproverInfos=[person(ApproveStatus="NEW"), person(ApproveStatus=None)]))
    assert found is not None
    assert (found.status, [signer.state for signer in found.signers]) == ("99", ["NEW", "unknown"])
    unstated = flow({"FlowId": FLOW_ID})
    assert unstated == Flow(FLOW_ID, "", "unknown", ())


@pytest.mark.parametrize(
    "moment", [0, "0", None, "", "yesterday", 99999999999, 10**400, -1, 1.5], ids=lambda v: str(v)[:9]
)
def test_a_signer_without_a_possible_time_has_no_deadline(moment: object) -> None:
    found = flow(detail(FlowApproverInfos=[person(ApproveTime=moment)]))
    assert found is not None
    assert found.signers[0].approved_at is None
    assert found.signers[0].deadline.outer is None


def test_a_time_written_as_text_is_read() -> None:
    found = flow(detail(FlowApproverInfos=[person(ApproveTime="1695279840")]))
    assert found is not None
    assert found.signers[0].approved_at is not None


def test_of_several_flows_the_one_asked_for_is_read() -> None:
    found = flow([None, "x", detail(FlowId="other", FlowName="wrong"), detail(FlowName="right")])
    assert found is not None
    assert found.name == "right"
    assert flow(detail(FlowId="other")) is None


ODD = [None, "", "x", 7, True, [], {}, [None, "x", 7, []], {"a": 1}]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_any_part_of_a_flow_answer_may_be_anything(kind: str, value: object) -> None:
    assert flow_of(kind, read_document([json_bytes(value)]), FLOW_ID) is None
    assert flow_of(kind, read_document([json_bytes({"Response": value})]), FLOW_ID) is None
    assert flow_of(kind, document_of(value, kind), FLOW_ID) is None
    found = flow(detail(FlowApproverInfos=value, FlowName=value, FlowStatus=value), kind)
    assert found is not None
    assert found.signers == ()
    odd = flow(detail(FlowApproverInfos=[dict.fromkeys(person(), value)]), kind)
    assert odd is not None
    assert not odd.signers[0].is_signed_person


# --- the trimmed copy


def crowd() -> dict[str, Any]:
    """A flow in which other people turn up wherever the pages and later years may put them."""
    other = person(
        SignId=OTHER_ID,
        ApproveName="李小龙",
        Mobile="13911112222",
        OrganizationName="别家公司",
        CustomUserId="other_user",
    )
    return detail(
        FlowName="借款合同(张志英、李小龙)13911112222",
        FlowMessage="李小龙 refused",
        FlowDescription="for 李小龙",
        Creator="userid_of_the_clerk",
        FlowRemarks=["ask 李小龙"],
        UserFlowType={"Name": "李小龙's type"},
        TemplateId="template",
        LaterMember={"Witness": "王证人"},
        CcInfos=[{"ApproveName": "周抄送", "Mobile": "13733334444"}],
        FlowApproverInfos=[
            other,
            person(
                ForwardRecords=[{"Name": "前任签", "Mobile": "138****0000", "ForwardMessage": "left"}],
                ApproveMessage="after 李小龙",
                LaterMember="王证人",
                ApproverRoleName="borrower",
            ),
            "nonsense",
        ],
    )


FOREIGN = (
    "李小龙", "13911112222", OTHER_ID, "别家公司", "other_user", "userid_of_the_clerk", "周抄送", "13733334444",
    "前任签", "138****0000", "王证人",
)  # fmt: skip


def test_the_trimmed_copy_names_nobody_but_the_signer() -> None:
    raw = trimmed_to("ess", document_of(crowd()), FLOW_ID, SIGN_ID)
    assert raw is not None
    text = raw.decode()
    assert [word for word in FOREIGN if word in text] == []
    copy = json.loads(text)["Response"]
    assert copy["RequestId"] == "r1"
    (kept,) = copy["FlowDetailInfos"]
    assert kept["FlowName"] == "借款合同(张志英、***)***"
    assert (kept["FlowStatus"], kept["CreatedOn"]) == (4, 1695279629)
    (signer,) = kept["FlowApproverInfos"]
    assert signer == person(ApproverRoleName="borrower")


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_the_trimmed_copy_reads_as_the_same_signer(kind: str) -> None:
    whole = document_of(crowd(), kind)
    raw = trimmed_to(kind, whole, FLOW_ID, SIGN_ID)
    assert raw is not None
    copy = flow_of(kind, read_document([raw]), FLOW_ID)
    original = flow_of(kind, whole, FLOW_ID)
    assert copy is not None
    assert original is not None
    assert copy.signers == tuple(signer for signer in original.signers if signer.sign_id == SIGN_ID)
    assert copy.status == original.status


def test_without_the_signer_there_is_no_copy() -> None:
    assert trimmed_to("ess", document_of(crowd()), FLOW_ID, "unknown") is None
    assert trimmed_to("ess", document_of(crowd()), "unknown", SIGN_ID) is None
    assert trimmed_to("ess", document_of(detail(FlowApproverInfos=None)), FLOW_ID, SIGN_ID) is None
    assert trimmed_to("ess", read_document([b"null"]), FLOW_ID, SIGN_ID) is None


def test_numbers_of_any_length_survive_the_copy_as_what_they_say() -> None:
    for number in ("1695279840", "9" * 5000, "1.50", "-3", "1e400", "NaN"):
        raw = (
            b'{"Response":{"FlowDetailInfos":[' + json_bytes(detail()).replace(b"1695279840", number.encode()) + b"]}}"
        )
        copied = trimmed_to("ess", read_document([raw]), FLOW_ID, SIGN_ID)
        assert copied is not None
        signer = json.loads(copied)["Response"]["FlowDetailInfos"][0]["FlowApproverInfos"][0]
        assert str(signer["ApproveTime"]) == number


def test_members_the_service_left_out_are_not_invented_in_the_copy() -> None:
    bare = {"FlowId": FLOW_ID, "FlowApproverInfos": [{"SignId": SIGN_ID}]}
    raw = trimmed_to("ess", document_of(bare), FLOW_ID, SIGN_ID)
    assert raw is not None
    assert json.loads(raw) == {"Response": {"FlowDetailInfos": [bare], "RequestId": "r1"}}


def test_a_name_of_one_letter_does_not_star_the_whole_title() -> None:
    others = [person(), person(SignId="x", ApproveName="人", Mobile="")]
    raw = trimmed_to("ess", document_of(detail(FlowName="个人合同", FlowApproverInfos=others)), FLOW_ID, SIGN_ID)
    assert raw is not None
    assert "个人合同" in raw.decode()


NAMES = st.text("赵钱孙李周吴郑王", min_size=2, max_size=4)
PEOPLE = st.lists(st.tuples(NAMES, st.integers(13_000_000_000, 19_999_999_999).map(str)), max_size=4)


@settings(deadline=None, max_examples=100)
@given(people=PEOPLE, watchers=PEOPLE, order=st.randoms())
def test_whoever_else_signs_or_watches_is_not_in_the_copy(people: list, watchers: list, order) -> None:
    others = [person(SignId=f"other{n}", ApproveName=name, Mobile=mobile) for n, (name, mobile) in enumerate(people)]
    everybody = [person(), *others]
    order.shuffle(everybody)
    title = "合同" + "、".join(name for name, _ in (*people, *watchers))
    copies = [{"ApproveName": name, "Mobile": mobile} for name, mobile in watchers]
    document = document_of(detail(FlowName=title, FlowApproverInfos=everybody, CcInfos=copies))
    raw = trimmed_to("ess", document, FLOW_ID, SIGN_ID)
    assert raw is not None
    for name, mobile in (*people, *watchers):
        assert name not in raw.decode()
        assert mobile not in raw.decode()
    assert b"other" not in raw
