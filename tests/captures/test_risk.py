"""Risk tags: found wherever they are, split, never dropped, and worded only where this product has a table."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.captures.risk import LIVENESS_TAGS, hollow_risks, risk_tags
from facevid_gui.captures.scanner import Json, read_document
from facevid_gui.core.messages import Messages
from facevid_gui.core.record import RiskTag
from tests.support.captures_samples import json_bytes, kyc_answer


def tags(document: object) -> tuple[RiskTag, ...]:
    found: Json = read_document([json_bytes(document)])
    return risk_tags(found)


def liveness(tag: str) -> RiskTag:
    return RiskTag("LivenessInfoTag", tag, f"risk.liveness.{tag}")


@pytest.mark.parametrize("spelling", ["RiskInfo", "riskInfo", "riskinfo", "RISKINFO", "risk_info", "Risk-Info"])
@pytest.mark.parametrize("place", ["top", "result", "deeper", "list"])
def test_risk_info_is_found_in_any_spelling_at_any_place(spelling: str, place: str) -> None:
    info = {spelling: {"LivenessInfoTag": "03"}}
    places: dict[str, dict[str, Any]] = {
        "top": {**kyc_answer(), **info},
        "result": kyc_answer(**info),
        "deeper": kyc_answer(extra={"more": info}),
        "list": kyc_answer(checks=[None, info, "x"]),
    }
    assert tags(places[place]) == (liveness("03"),)


@pytest.mark.parametrize("spelling", ["LivenessInfoTag", "livenessInfoTag", "LIVENESSINFOTAG", "liveness_info_tag"])
def test_its_members_are_known_in_any_spelling_and_without_it(spelling: str) -> None:
    expected = (RiskTag(spelling, "03", "risk.liveness.03"),)
    assert tags(kyc_answer(RiskInfo={spelling: "03"})) == expected
    assert tags(kyc_answer(**{spelling: "03"})) == expected
    assert tags(kyc_answer(deviceInfoLevel=2)) == (RiskTag("deviceInfoLevel", "2"),)


def test_several_objects_and_nested_ones_are_all_read() -> None:
    info = [{"LivenessInfoTag": "01"}, None, {"device": {"deviceInfoTag": "03", "note": "rooted"}}]
    assert tags(kyc_answer(RiskInfo=info)) == (
        liveness("01"), RiskTag("deviceInfoTag", "03"), RiskTag("note", "rooted"),
    )  # fmt: skip


@pytest.mark.parametrize(("info", "shown"), [("03_04", ["03_04"]), (7, ["7"]), (["a", "b"], ["a", "b"])])
def test_risk_info_that_is_no_object_is_shown_as_it_is(info: object, shown: list[str]) -> None:
    assert tags(kyc_answer(RiskInfo=info)) == tuple(RiskTag("RiskInfo", text) for text in shown)


def test_an_empty_spelling_does_not_hide_another_one() -> None:
    assert tags(kyc_answer(riskInfo=None, RiskInfo={"LivenessInfoTag": "03"})) == (liveness("03"),)
    assert tags({**kyc_answer(RiskInfo={"LivenessInfoTag": "04"}), "riskInfo": {}}) == (liveness("04"),)


def test_the_same_tag_at_both_places_is_one_tag() -> None:
    info = {"LivenessInfoTag": "03"}
    assert tags({**kyc_answer(RiskInfo=info), "RiskInfo": info}) == (liveness("03"),)


@pytest.mark.parametrize(
    "text", ["01_03", "01,03", "01;03", "01 03", "01，03", "01；03", " 01__03 ", "_01_,03;", "01\n03"]
)
def test_joined_tags_are_split(text: str) -> None:
    assert tags(kyc_answer(RiskInfo={"LivenessInfoTag": text})) == (liveness("01"), liveness("03"))


@pytest.mark.parametrize(("text", "received"), [(" 3 ", " 3 "), ("03_99", "03_99"), ("03", "")])
def test_the_text_a_tag_was_taken_out_of_is_kept(text: str, received: str) -> None:
    assert {tag.received for tag in tags(kyc_answer(RiskInfo={"LivenessInfoTag": text}))} == {received}


@pytest.mark.parametrize(("value", "how"), [("", "empty"), (" ", "empty"), (None, "null")])
def test_a_field_without_a_value_is_named(value: str | None, how: str) -> None:
    info: dict[str, object] = {"LivenessInfoTag": value, "deviceInfoTag": "03", "note": "", "riskInfoLevel": 0}
    found: Json = read_document([json_bytes(kyc_answer(riskInfo=info, RiskInfo=None))])
    assert hollow_risks(found) == (("LivenessInfoTag", how),)


def test_a_list_of_tags_is_read_like_joined_ones() -> None:
    assert tags(kyc_answer(RiskInfo={"LivenessInfoTag": ["01", "03_04", None]})) == tuple(
        liveness(tag) for tag in ("01", "03", "04")
    )


def test_the_twelve_documented_tags_have_words_in_both_languages() -> None:
    """kyc.md 7.2, the table of this product; faceid numbers the same tags differently from 04 on."""
    expected = {
        "01": ("eyes closed throughout", "用户全程闭眼"),
        "02": ("required action not done", "用户未完成指定动作"),
        "03": ("suspected re-shoot of a screen or photo", "疑似翻拍攻击"),
        "04": ("suspected synthesis attack", "疑似合成攻击"),
        "05": ("suspected fraud template", "疑似黑产模版"),
        "06": ("suspected watermark", "疑似存在水印"),
        "07": ("reflection check failed", "反光校验未通过"),
        "08": ("several faces", "出现多张人脸"),
        "09": ("poor face quality", "人脸质量过差"),
        "10": ("distance check failed", "距离校验不通过"),
        "11": ("suspected adversarial sample", "疑似对抗样本攻击"),
        "12": ("traces of attack in the face area", "脸部区域疑似存在攻击痕迹"),
    }
    assert tuple(expected) == LIVENESS_TAGS
    for tag, words in expected.items():
        (found,) = tags(kyc_answer(RiskInfo={"LivenessInfoTag": tag}))
        assert found.meaning_id is not None
        assert (Messages("en").text(found.meaning_id), Messages("zh_CN").text(found.meaning_id)) == words


@pytest.mark.parametrize("tag", ["00", "13", "3", "003", "99", "x", "0３"])
def test_a_tag_outside_of_the_table_is_kept_without_a_meaning(tag: str) -> None:
    assert tags(kyc_answer(RiskInfo={"LivenessInfoTag": tag})) == (RiskTag("LivenessInfoTag", tag),)


def test_tags_of_other_fields_have_no_table_here() -> None:
    info = {"deviceInfoTag": "01_03", "riskInfoTag": "02", "CameraInfoTag": "05"}
    assert tags(kyc_answer(riskInfo=info)) == (
        RiskTag("deviceInfoTag", "01"),
        RiskTag("deviceInfoTag", "03"),
        RiskTag("riskInfoTag", "02"),
        RiskTag("CameraInfoTag", "05"),
    )


def test_levels_and_unknown_members_are_shown_as_they_are() -> None:
    info = {"deviceInfoLevel": 1, "riskInfoLevel": "-1", "note": "high risk_group, see console"}
    assert tags(kyc_answer(riskInfo=info)) == (
        RiskTag("deviceInfoLevel", "1"),
        RiskTag("riskInfoLevel", "-1"),
        RiskTag("note", "high risk_group, see console"),
    )


def test_yes_and_no_are_shown_too() -> None:
    assert tags(kyc_answer(RiskInfo={"rooted": True, "hooked": False})) == (
        RiskTag("rooted", "true"), RiskTag("hooked", "false"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "info",
    [None, "", [], [None], {}, True, {"LivenessInfoTag": None}, {"LivenessInfoTag": ""}, {"LivenessInfoTag": {}},
     {"LivenessInfoTag": "_ ,"}, {"note": ""}],
    ids=repr,
)  # fmt: skip
def test_no_tags_are_no_tags(info: object) -> None:
    assert tags(kyc_answer(RiskInfo=info)) == ()


@pytest.mark.parametrize("document", [None, [], "x", {}, {"result": None}, {"result": []}], ids=repr)
def test_a_document_without_risk_info_has_none(document: object) -> None:
    assert tags(document) == ()


@given(st.lists(st.text("0123456789abc", min_size=1, max_size=4), max_size=8), st.sampled_from("_,; "))
def test_no_tag_is_ever_dropped(parts: list[str], joint: str) -> None:
    found = tags(kyc_answer(RiskInfo={"LivenessInfoTag": joint.join(parts)}))
    assert [tag.tag for tag in found] == list(dict.fromkeys(parts))
    assert all((tag.meaning_id is not None) == (tag.tag in LIVENESS_TAGS) for tag in found)
