"""The one parser: documented answers, everything the pages warn of, and anything else there is."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facevid_gui.captures.answers import MAX_CLIPS, MAX_QUESTIONS, Answer, read_answer
from facevid_gui.captures.body import BytesBody
from facevid_gui.captures.details import MAX_DETAILS
from facevid_gui.captures.outcomes import outcome_of
from facevid_gui.captures.records import copied_values, media_items
from facevid_gui.captures.scanner import AnswerFormatError, Span
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.record import Detail, Question, Scores
from tests.support.captures_exchanges import exchange, read
from tests.support.captures_samples import (
    ESS_SAMPLE,
    KYC_SAMPLE,
    MP4,
    ORDER_NO,
    SAMPLE_41,
    at_pointer,
    b64,
    big_mp4,
    ess_answer,
    ess_refusal,
    json_bytes,
    kyc_answer,
)

VIDEO = b64(MP4)
ODD_VALUES = (None, "", "  ", 7, 1.5, True, [], {}, [None], ["x"], {"Video": {}}, "99")


def media_of(answer: Answer) -> list[tuple[str, int, str, str]]:
    return [(item.role, item.index, item.name, item.pointer) for item in answer.media]


def test_the_documented_answer_of_e_sign_is_read() -> None:
    answer = read("ess", ESS_SAMPLE)
    assert (answer.provider_code, answer.provider_message, answer.is_refusal) == (None, None, False)
    assert answer.request_id == "s1709628366717791449"
    assert media_of(answer) == [
        ("liveness", 1, "liveness", "/Response/VideoData/LiveNessVideo"),
        ("question", 1, "question", "/Response/IntentionQuestionResult/Video"),
    ]
    assert [item.text for item in answer.media] == [SAMPLE_41, SAMPLE_41]
    assert answer.questions == (Question("同意", "0"),)
    assert answer.scores == Scores()
    assert answer.occurred_at is None
    assert answer.warnings == ()


def test_the_documented_answer_of_face_verification_is_read() -> None:
    answer = read("kyc", KYC_SAMPLE.encode())
    assert (answer.provider_code, answer.provider_message, answer.is_refusal) == ("0", "请求成功", False)
    assert answer.request_id == "22032920001184453211174015790894"
    assert answer.scores == Scores("99", "88.01")
    assert answer.occurred_at is not None
    assert to_rfc3339(answer.occurred_at) == "2022-03-29T02:47:17Z"
    assert media_of(answer) == [
        ("liveness", 1, "video", "/result/video"),
        ("photo", 1, "photo-01", "/result/photo"),
    ]
    details = {detail.pointer: detail.value for detail in answer.details}
    assert details["/result/sdkVersion"] == "1.12.12"
    assert details["/result/trtcFlag"] == "Y"
    assert details["/transactionTime"] == "20220329111740"
    assert not any(pointer.endswith(("photo", "video")) for pointer in details)


def test_all_clips_of_a_contract_are_found_in_order() -> None:
    nods = [{"Video": b64(MP4 + bytes([n]))} for n in range(10)]
    answer = read(
        "ess",
        ess_answer(
            VideoData={"LiveNessVideo": VIDEO},
            IntentionQuestionResult={"Video": VIDEO},
            IntentionActionResult={"Details": nods},
        ),
    )
    assert [item.name for item in answer.media] == ["liveness", "question", *(f"nod-{n:02d}" for n in range(1, 11))]
    assert [item.index for item in answer.media] == [1, 1, *range(1, 11)]


def test_a_missing_nod_leaves_its_number_free() -> None:
    details = [{"Video": None}, {"Video": VIDEO}, "x", {}, {"Video": VIDEO}]
    answer = read("ess", ess_answer(IntentionActionResult={"Details": details}))
    assert media_of(answer) == [
        ("nod", 2, "nod-02", "/Response/IntentionActionResult/Details/1/Video"),
        ("nod", 5, "nod-05", "/Response/IntentionActionResult/Details/4/Video"),
    ]


def test_one_nod_instead_of_a_list_is_a_nod() -> None:
    answer = read("ess", ess_answer(IntentionActionResult={"Details": {"Video": VIDEO}}))
    assert media_of(answer) == [("nod", 1, "nod-01", "/Response/IntentionActionResult/Details/Video")]


def test_both_spellings_of_the_liveness_video_are_known_and_the_documented_one_comes_first() -> None:
    assert media_of(read("ess", ess_answer(VideoData={"LivenessVideo": VIDEO})))[0][3].endswith("/LivenessVideo")
    both = {"LivenessVideo": "b", "LiveNessVideo": "a"}
    assert [item.text for item in read("ess", ess_answer(VideoData=both)).media] == ["a"]
    empty = {"LivenessVideo": "b", "LiveNessVideo": ""}
    assert [item.text for item in read("ess", ess_answer(VideoData=empty)).media] == ["b"]


def test_no_answer_holds_more_clips_and_questions_than_a_folder_can() -> None:
    many = {"Details": [{"Video": "AAAA"}] * 1000}
    questions = {"AsrResult": ["x"] * 1000, "ResultCode": ["0"] * 1000}
    answer = read("ess", ess_answer(IntentionActionResult=many, IntentionQuestionResult=questions))
    assert len(answer.media) == MAX_CLIPS
    assert len(answer.questions) == MAX_QUESTIONS
    assert len(answer.copies) == 2 * MAX_QUESTIONS
    assert len(read("kyc", kyc_answer(photoList=["AAAA"] * 1000)).media) == MAX_CLIPS


def test_long_texts_stay_in_the_body_and_short_ones_come_along() -> None:
    long = b64(big_mp4())
    body = json_bytes(ess_answer(VideoData={"LiveNessVideo": long}, IntentionQuestionResult={"Video": VIDEO}))
    answer = read("ess", body)
    span = answer.media[0].text
    assert isinstance(span, Span)
    assert body[span.start : span.end].decode() == long
    assert answer.media[1].text == VIDEO


@pytest.mark.parametrize("value", ODD_VALUES, ids=repr)
@pytest.mark.parametrize("name", ["VideoData", "IntentionQuestionResult", "IntentionActionResult"])
def test_any_part_of_an_e_sign_answer_may_be_anything(name: str, value: object) -> None:
    answer = read("ess", ess_answer(**{name: value}))
    assert not answer.is_refusal
    assert answer.request_id == "s1709628366717791449"
    assert all(item.text for item in answer.media)


@pytest.mark.parametrize("value", ODD_VALUES, ids=repr)
def test_any_video_member_may_be_anything(value: object) -> None:
    answer = read(
        "ess",
        ess_answer(
            VideoData={"LiveNessVideo": value},
            IntentionQuestionResult={"Video": value, "AsrResult": value, "ResultCode": value},
            IntentionActionResult={"Details": [{"Video": value}]},
        ),
    )
    assert len(answer.media) == (3 if isinstance(value, str) and value.strip() else 0)


@pytest.mark.parametrize(
    ("transcripts", "codes", "questions"),
    [
        (["同意", "是"], ["0", "-1"], [("同意", "0"), ("是", "-1")]),
        (["同意"], ["0", "0"], [("同意", "0"), (None, "0")]),
        (["同意", None], [], [("同意", None), (None, None)]),
        (None, ["0"], [(None, "0")]),
        ("同意", "0", [("同意", "0")]),
        (["同意"], [0], [("同意", "0")]),
        ([7], ["0"], [("7", "0")]),
        ([""], [""], [("", "")]),
        (None, None, []),
        ({}, True, []),
        ([{}], [[]], [(None, None)]),
    ],
)
def test_questions_are_paired_however_unequal_the_lists(
    transcripts: object, codes: object, questions: list[tuple[str | None, str | None]]
) -> None:
    answer = read("ess", ess_answer(IntentionQuestionResult={"AsrResult": transcripts, "ResultCode": codes}))
    assert [(question.transcript, question.code) for question in answer.questions] == questions


def test_a_refusal_of_e_sign_brings_the_services_words() -> None:
    answer = read("ess", ess_refusal("OperationDenied", "无查看权限, 请检查"))
    assert answer.is_refusal
    assert (answer.provider_code, answer.provider_message) == ("OperationDenied", "无查看权限, 请检查")
    assert answer.request_id == "s1709628366717791449"
    assert answer.copies == (("/Response/Error/Code", "OperationDenied"),)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        ({}, "unknown", None),
        ({"Code": None, "Message": None}, "unknown", None),
        ({"Code": "", "Message": "x"}, "unknown", "x"),
        ({"Code": 7}, "7", None),
        ("nothing works", "unknown", "nothing works"),
        ([], "unknown", None),
        (False, "unknown", None),
    ],
)
def test_an_error_of_any_shape_is_a_refusal(error: object, code: str, message: str | None) -> None:
    answer = read("ess", ess_answer(Error=error))
    assert answer.is_refusal
    assert (answer.provider_code, answer.provider_message) == (code, message)


def test_a_null_error_is_no_error_and_a_deprecation_is_a_warning() -> None:
    answer = read("ess", ess_answer(Error=None, DeprecatedWarning="use another action"))
    assert not answer.is_refusal
    assert answer.warnings == ("use another action",)


def test_further_fields_of_the_service_change_nothing() -> None:
    more = {"ScreenShot": ["x"], "FinalResultCode": "0", "Audios": [{"a": 1}]}
    plain = ess_answer(VideoData={"LiveNessVideo": VIDEO}, IntentionQuestionResult={"Video": VIDEO, "AsrResult": ["a"]})
    rich = ess_answer(
        VideoData={"LiveNessVideo": VIDEO, **more},
        IntentionQuestionResult={"Video": VIDEO, "AsrResult": ["a"], **more},
        Later=more,
    )
    first, second = read("ess", plain), read("ess", rich)
    assert (first.media, first.questions) == (second.media, second.questions)


@pytest.mark.parametrize(
    "document", [None, [], "x", 7, True, {}, {"Response": None}, {"Response": []}, {"response": {}}], ids=repr
)
@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_what_has_no_response_is_no_e_sign_answer(kind: str, document: object) -> None:
    with pytest.raises(AnswerFormatError):
        read(kind, document)


@pytest.mark.parametrize(
    "document",
    [None, [], "x", 7, {}, {"code": None}, {"code": {}}, {"code": True}, {"code": []}, {"Response": {}}],
    ids=repr,
)
def test_what_has_no_code_is_no_kyc_answer(document: object) -> None:
    with pytest.raises(AnswerFormatError):
        read("kyc", document)


@pytest.mark.parametrize(
    ("code", "provider_code", "is_refusal"),
    [
        ("0", "0", False),
        (0, "0", False),
        (" 0 ", "0", False),
        ("66660004", "66660004", True),
        (66660004, "66660004", True),
        (-5020, "-5020", True),
        ("", "", True),
    ],
)
def test_result_codes_are_compared_as_text(code: object, provider_code: str, is_refusal: bool) -> None:
    answer = read("kyc", kyc_answer(code))
    assert (answer.provider_code, answer.is_refusal) == (provider_code, is_refusal)


def test_a_refusal_may_come_without_result() -> None:
    for result in (None, [], "x", {}):
        answer = read("kyc", {"code": "66660011", "msg": " 无此查询结果 ", "bizSeqNo": "b", "result": result})
        assert (answer.provider_message, answer.request_id, answer.media) == ("无此查询结果", "b", ())
    assert read("kyc", {"code": "400101"}).provider_message is None


@pytest.mark.parametrize(
    ("value", "score", "hollow"),
    [
        ("99", "99", ""), (99, "99", ""), (88.01, "88.01", ""), ("分数为空", "分数为空", ""),
        (0, "0", ""), ("0", "0", ""),
        ("", None, "empty"), (None, None, "null"), ([], None, "odd"), ({}, None, "odd"), (False, None, "odd"),
    ],
)  # fmt: skip
def test_scores_are_shown_as_received_and_never_invented(value: object, score: str | None, hollow: str) -> None:
    answer = read("kyc", kyc_answer(liveRate=value, similarity=value))
    why = (("live_rate", hollow), ("similarity", hollow)) if hollow else ()
    assert answer.scores == Scores(score, score, why)
    assert read("kyc", kyc_answer()).scores == Scores(None, None)


def test_numbers_keep_their_spelling() -> None:
    answer = read("kyc", b'{"code":0,"result":{"liveRate":99.50,"similarity":1e2}}')
    assert answer.scores == Scores("99.50", "1e2")


def test_the_request_id_stands_inside_or_outside() -> None:
    assert read("kyc", {"code": "0", "result": {"bizSeqNo": "inner"}}).request_id == "inner"
    assert read("kyc", {"code": "0", "bizSeqNo": "outer", "result": {"bizSeqNo": "inner"}}).request_id == "outer"
    assert read("kyc", {"code": "0"}).request_id is None


def test_a_negative_result_keeps_its_files() -> None:
    answer = read("kyc", kyc_answer("66660004", video=VIDEO, photo=VIDEO))
    assert answer.is_refusal
    assert [item.name for item in answer.media] == ["video", "photo-01"]


def test_several_photos_are_numbered_as_they_come() -> None:
    answer = read("kyc", kyc_answer(photo="AAAA", photoList=[None, "BBBB", 7, "CCCC"]))
    assert media_of(answer) == [
        ("photo", 1, "photo-01", "/result/photo"),
        ("photo", 2, "photo-02", "/result/photoList/1"),
        ("photo", 3, "photo-03", "/result/photoList/3"),
    ]
    assert read("kyc", kyc_answer(photoList=None)).media == ()


def test_an_answer_with_further_photos_is_read_by_the_same_parser() -> None:
    """kyc.md 6: the code is a number there."""
    document = {
        "code": 0, "msg": "请求成功", "bizSeqNo": "b",
        "result": {"orderNo": ORDER_NO, "occurredTime": "20220329104717", "photoList": ["AAAA", "BBBB", "CCCC"]},
    }  # fmt: skip
    answer = read("kyc", document)
    assert (answer.provider_code, answer.is_refusal) == ("0", False)
    assert [item.name for item in answer.media] == ["photo-01", "photo-02", "photo-03"]
    assert "photoList" not in {detail.name for detail in answer.details}


def test_one_photo_instead_of_a_list_is_a_photo() -> None:
    answer = read("kyc", kyc_answer(photoList="AAAA"))
    assert media_of(answer) == [("photo", 1, "photo-01", "/result/photoList")]
    assert "photoList" not in {detail.name for detail in answer.details}


@pytest.mark.parametrize("value", ["", "yesterday", None, 7, "00010101000000", "99991231235959"], ids=repr)
def test_an_impossible_time_is_not_stated(value: object) -> None:
    assert read("kyc", kyc_answer(occurredTime=value)).occurred_at is None


def test_a_time_written_as_a_number_is_read() -> None:
    assert read("kyc", kyc_answer(occurredTime=20220329104717)).occurred_at is not None


def test_further_values_are_details_with_pointers_and_personal_ones_are_marked() -> None:
    answer = read(
        "kyc",
        kyc_answer(
            name="张志英", idNo="11010119900101123X", id_no="1", idType="01", success=False, count=3, nested={"a": 1},
            empty="", Mobile="13200000000", **{"a/b~c": "odd"},
        ),
    )  # fmt: skip
    details = {detail.name: detail for detail in answer.details if detail.pointer.startswith("/result/")}
    assert details["a/b~c"] == Detail("a/b~c", "odd", "/result/a~1b~0c")
    assert details["success"].value == "false"
    assert details["count"].value == "3"
    assert {name for name, detail in details.items() if detail.personal} == {"name", "idNo", "id_no", "Mobile"}
    assert details["nested.a"] == Detail("nested.a", "1", "/result/nested/a")
    assert "nested" not in details
    assert "empty" not in details


def test_unknown_members_go_unshown_nowhere() -> None:
    answer = read("kyc", kyc_answer(more={"deep": [{"x": "1"}, True]}, name={"given": "英"}, RiskInfo={"note": "n"},
                                    photoList=["AAAA"]))  # fmt: skip
    found = {detail.name: (detail.value, detail.personal) for detail in answer.details}
    assert found["more.deep.0.x"] == ("1", False)
    assert found["more.deep.1"] == ("true", False)
    assert found["name.given"] == ("英", True), "what is inside of a name is one, too"
    assert not any("note" in name or "photo" in name for name in found), "risk and media have places of their own"


def test_an_e_sign_answer_shows_what_nobody_documented() -> None:
    asked = {"AsrResult": ["同意"], "ResultCode": ["0"], "Score": 1}
    video = {"LiveNessVideo": VIDEO, "Frames": 75}
    answer = read("ess", ess_answer(FinalResultCode="0", VideoData=video, IntentionQuestionResult=asked))
    found = {detail.name: (detail.value, detail.pointer) for detail in answer.details}
    assert found == {
        "FinalResultCode": ("0", "/Response/FinalResultCode"),
        "VideoData.Frames": ("75", "/Response/VideoData/Frames"),
        "IntentionQuestionResult.Score": ("1", "/Response/IntentionQuestionResult/Score"),
    }


def test_very_many_further_values_are_bounded() -> None:
    assert len(read("kyc", kyc_answer(many={f"n{n}": "1" for n in range(1000)})).details) == MAX_DETAILS


def test_every_copy_stands_where_its_pointer_says() -> None:
    documents: list[tuple[str, Any]] = [
        ("ess", ESS_SAMPLE),
        ("ess", ess_answer(IntentionQuestionResult={"AsrResult": "同意", "ResultCode": ["0", None, "-1"]})),
        ("essbasic", ess_refusal("FailedOperation")),
        ("kyc", kyc_answer(liveRate="99", similarity="88.01")),
        ("kyc", kyc_answer(" 66660004 ", liveRate="35")),
    ]
    for kind, document in documents:
        copies = copied_values(read(kind, document), "exchanges/01/response-body.bin")
        assert copies
        for copy in copies:
            assert str(at_pointer(document, copy.pointer)) == copy.value
            assert copy.source == "exchanges/01/response-body.bin"
            assert copy.name in copy.pointer.split("/")
            assert not copy.name.isdigit()


def test_the_copies_of_an_order_are_its_code_and_its_scores() -> None:
    copies = copied_values(read("kyc", kyc_answer(liveRate="99", similarity="")), "s")
    assert [(copy.name, copy.value) for copy in copies] == [("code", "0"), ("liveRate", "99")]
    assert copied_values(read("ess", ess_answer()), "s") == ()


NAMES = st.sampled_from([
    "Response", "Error", "Code", "Message", "RequestId", "VideoData", "LiveNessVideo", "LivenessVideo", "Video",
    "IntentionQuestionResult", "AsrResult", "ResultCode", "IntentionActionResult", "Details", "DeprecatedWarning",
    "code", "msg", "bizSeqNo", "result", "liveRate", "similarity", "occurredTime", "photo", "video", "photoList",
    "RiskInfo", "riskInfo", "LivenessInfoTag", "deviceInfoTag", "name", "a/b", "~",
])  # fmt: skip
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["0", "01_03", "20220329104717", "99991231235959", "AAAA", "Q" * 9000, "\ud800"]),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=6)),
    max_leaves=30,
)
ESS_LIKE = st.fixed_dictionaries({"Response": st.dictionaries(NAMES, TREES, max_size=6)})
KYC_LIKE = st.fixed_dictionaries({"code": LEAVES, "result": st.dictionaries(NAMES, TREES, max_size=8)})


@settings(deadline=None, max_examples=400)
@given(kind=st.sampled_from(["ess", "essbasic", "kyc"]), document=st.one_of(TREES, ESS_LIKE, KYC_LIKE))
def test_any_json_is_an_answer_or_is_said_to_be_none(kind: str, document: object) -> None:
    body = BytesBody(json.dumps(document).encode())
    try:
        answer = read_answer(kind, body)
    except AnswerFormatError:
        return
    assert all(isinstance(item.text, Span) or item.text.strip() for item in answer.media)
    assert len({item.name for item in answer.media}) == len(answer.media)
    outcome = outcome_of(kind, answer, media_items(answer.media, ()), exchange(kind))
    assert outcome.code
    for copy in copied_values(answer, "s"):
        copy.value.encode("utf-8")


@settings(deadline=None, max_examples=200)
@given(kind=st.sampled_from(["ess", "kyc"]), data=st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_are_said_to_be_none(kind: str, data: bytes) -> None:
    try:
        read_answer(kind, BytesBody(data))
    except AnswerFormatError:
        return


def test_the_order_number_of_the_answer_is_a_detail() -> None:
    details = read("kyc", kyc_answer()).details
    assert Detail("orderNo", ORDER_NO, "/result/orderNo") in details
