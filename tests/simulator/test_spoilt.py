"""Answers with content nobody promised: changed as their name says, and in nothing else."""

import base64
import json
from typing import Any

import pytest

from facevid_gui.media.base64s import Base64Decoder
from facevid_gui.simulator import spoilt
from facevid_gui.simulator.wire import SimResponse

MEDIA = base64.b64encode(bytes(range(256)) * 3 + b"?~").decode()
ESS: dict[str, Any] = {
    "Response": {
        "VideoData": {"LiveNessVideo": MEDIA},
        "IntentionQuestionResult": {"Video": MEDIA, "AsrResult": ["同意", None], "ResultCode": ["0", "-1"]},
        "IntentionActionResult": {"Details": [{"Video": MEDIA}, {"Video": MEDIA}]},
        "RequestId": "r",
    }
}
KYC: dict[str, Any] = {
    "code": "0",
    "msg": "请求成功",
    "bizSeqNo": "b",
    "result": {"orderNo": "o", "liveRate": "99", "similarity": "88.01", "video": MEDIA, "RiskInfo": {"Tag": "03"}},
}


def answer(document: dict[str, Any]) -> SimResponse:
    return SimResponse(json.dumps(document, ensure_ascii=False).encode(), headers=(("X", "y"),))


def read(response: SimResponse) -> Any:
    assert response.headers == (("X", "y"),)
    return json.loads(response.body)


def test_everything_may_be_null_but_ids_and_result_codes() -> None:
    response = read(spoilt.with_nulls(answer(ESS)))["Response"]
    assert response == {
        "VideoData": {"LiveNessVideo": None},
        "IntentionQuestionResult": {"Video": None, "AsrResult": [None, None], "ResultCode": [None, None]},
        "IntentionActionResult": {"Details": [{"Video": None}, {"Video": None}]},
        "RequestId": "r",
    }
    document = read(spoilt.with_nulls(answer(KYC)))
    assert (document["code"], document["msg"], document["bizSeqNo"]) == ("0", "请求成功", "b")
    assert document["result"] == {
        "orderNo": "o", "liveRate": None, "similarity": None, "video": None, "RiskInfo": {"Tag": None},
    }  # fmt: skip


def test_types_change_and_media_stay() -> None:
    response = read(spoilt.with_wrong_types(answer(ESS)))["Response"]
    assert response["VideoData"] == {"LiveNessVideo": MEDIA}
    assert response["IntentionQuestionResult"] == {
        "Video": MEDIA, "AsrResult": ["同意", None, 7], "ResultCode": ["0", "-1", 7],
    }  # fmt: skip
    assert response["IntentionActionResult"] == {"Details": {"Video": MEDIA}}
    document = read(spoilt.with_wrong_types(answer({**KYC, "number": 5})))
    assert (document["code"], document["number"]) == (0, "5")
    assert document["result"] == {
        "orderNo": "o", "liveRate": 99, "similarity": 88.01, "video": MEDIA, "RiskInfo": {"Tag": 3},
    }  # fmt: skip
    assert "result" not in read(spoilt.with_wrong_types(answer({"code": "66660011"})))


@pytest.mark.parametrize("document", [ESS, KYC])
def test_every_object_gets_further_members_and_loses_none(document: dict[str, Any]) -> None:
    def holds(grown: Any, value: Any) -> bool:
        if isinstance(value, dict):
            return "FurtherField" in grown and all(holds(grown[name], inner) for name, inner in value.items())
        if isinstance(value, list):
            return all(holds(*pair) for pair in zip(grown, value, strict=True))
        return bool(grown == value)

    assert holds(read(spoilt.with_further_fields(answer(document))), document)


def decoded(text: str) -> tuple[bytes, list[str], str | None]:
    decoder = Base64Decoder()
    data = b"".join(decoder.decode([text.encode()]))
    return data, decoder.repairs, decoder.problem


@pytest.mark.parametrize(
    ("rewrite", "whole", "repairs"),
    [
        (spoilt.in_lines, True, ["blanks_removed"]),
        (spoilt.url_safe, True, ["url_safe_alphabet"]),
        (spoilt.cut, False, []),
        (spoilt.with_foreign_character, False, []),
    ],
)
def test_media_are_written_in_another_way(rewrite: Any, whole: bool, repairs: list[str]) -> None:
    document = read(spoilt.with_media(answer(ESS), rewrite))
    text = document["Response"]["IntentionActionResult"]["Details"][1]["Video"]
    assert text == rewrite(MEDIA) != MEDIA
    assert document["Response"]["RequestId"] == "r"
    data, noted, problem = decoded(text)
    assert base64.b64decode(MEDIA).startswith(data)
    assert (len(data) == len(base64.b64decode(MEDIA))) is whole
    assert (noted, problem is None) == (repairs, whole)
