"""One door: a fresh capture and an old folder become the same record, read from the raw bytes every time."""

import gzip
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from facevid_gui.captures.body import BytesBody
from facevid_gui.captures.records import further_photos, latest_answer, open_answer, record_of
from facevid_gui.core.capture import CaptureRecord, Derived
from facevid_gui.core.exchange import Exchange
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.media.base64s import DAMAGED
from tests.support.captures_exchanges import draft, exchange
from tests.support.captures_samples import (
    FLOW_ID,
    KYC_SAMPLE,
    MP4,
    SIGN_ID,
    b64,
    ess_answer,
    ess_refusal,
    json_bytes,
    kyc_answer,
)
from tests.support.clocks import NOON

HEADERS = b"HTTP/1.1 200 OK\nContent-Type: application/json\n"
VIDEO = b64(MP4)


def body_path(number: int) -> str:
    return f"exchanges/{number:02d}/response-body.bin"


class Folder:
    """A folder's files in memory; which ones were read is noted."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.read_paths: list[str] = []

    def __call__(self, path: str) -> BytesBody:
        self.read_paths.append(path)
        return BytesBody(self.files[path])


def case(kind: str, *answers: object, headers: bytes = HEADERS, **facts: Any) -> tuple[CaptureRecord, Folder]:
    """A capture with these answers, and its folder."""
    files: dict[str, bytes] = {}
    exchanges: list[Exchange] = []
    for number, answer in enumerate(answers, 1):
        raw = answer if isinstance(answer, bytes) else json_bytes(answer)
        files |= {body_path(number): raw, f"exchanges/{number:02d}/response-headers.txt": headers}
        exchanges.append(exchange(kind, path=body_path(number)))
    return draft(kind, exchanges=tuple(exchanges), **facts), Folder(files)


def file_of(pointer: str, source: str = body_path(1)) -> Derived:
    return Derived("media/liveness.mp4", "liveness", 1, source, pointer, ("json", "base64"), "a" * 64, 9, "video/mp4")


LIVENESS = "/Response/VideoData/LiveNessVideo"


def test_a_contract_becomes_a_record() -> None:
    answer = ess_answer(
        VideoData={"LiveNessVideo": VIDEO},
        IntentionQuestionResult={"Video": "****", "AsrResult": ["同意"], "ResultCode": ["0"]},
        DeprecatedWarning="old",
    )
    capture, folder = case("ess", answer, derived=(file_of(LIVENESS),))
    record = record_of(capture, folder)
    assert record.outcome.kind is OutcomeKind.FOUND
    assert (record.kind, record.flow_id, record.sign_id, record.order_no) == ("ess", FLOW_ID, SIGN_ID, None)
    assert record.source == "official"
    assert [(clip.role, clip.path, clip.problem) for clip in record.clips] == [
        ("liveness", "media/liveness.mp4", None),
        ("question", None, DAMAGED),
    ]
    assert record.clips[0].sha256 == "a" * 64
    assert record.photos == ()
    assert record.questions[0].transcript == "同意"
    assert record.warnings == ("old",)
    assert record.signer is None
    assert record.deadline.outer is None
    assert record.captured_at == NOON


def test_an_order_becomes_a_record() -> None:
    capture, folder = case("kyc", KYC_SAMPLE.encode())
    record = record_of(capture, folder)
    assert record.order_no == "1617091885609174325769165852"
    assert (record.scores.live_rate, record.scores.similarity) == ("99", "88.01")
    assert record.occurred_at is not None
    assert record.deadline.outer == record.occurred_at + timedelta(hours=72)
    assert [len(record.clips), len(record.photos)] == [1, 1]
    assert record.outcome.code == "media_unreadable"


def signer_flow() -> dict[str, Any]:
    signer = {"SignId": SIGN_ID, "ApproveName": "张志英", "ApproveStatus": 3, "ApproveTime": 1695279840}
    return {"Response": {"FlowDetailInfos": [{"FlowId": FLOW_ID, "FlowApproverInfos": [signer]}]}}


def with_flow(capture: CaptureRecord, folder: Folder, flow: object) -> CaptureRecord:
    path = body_path(9)
    folder.files[path] = flow if isinstance(flow, bytes) else json_bytes(flow)
    trimmed = exchange(role="flow", trimmed=True, path=path)
    return replace(capture, exchanges=(*capture.exchanges, trimmed))


def test_the_kept_copy_of_the_flow_names_the_signer_and_starts_the_deadline() -> None:
    capture, folder = case("ess", ess_answer())
    record = record_of(with_flow(capture, folder, signer_flow()), folder)
    assert record.signer is not None
    assert record.signer.name == "张志英"
    assert record.occurred_at == record.signer.approved_at
    assert record.deadline.safe == record.signer.deadline.safe


@pytest.mark.parametrize(
    "flow",
    [b"no json", {}, {"Response": {"FlowDetailInfos": []}}, {"Response": {"FlowDetailInfos": [{"FlowId": FLOW_ID}]}}],
)
def test_a_copy_that_does_not_hold_the_signer_is_no_obstacle(flow: object) -> None:
    capture, folder = case("ess", ess_answer(VideoData={"LiveNessVideo": VIDEO}), derived=(file_of(LIVENESS),))
    record = record_of(with_flow(capture, folder, flow), folder)
    assert record.signer is None
    assert record.outcome.ok


def test_a_copy_of_a_flow_without_a_flow_id_is_not_searched() -> None:
    capture, folder = case("ess", ess_answer())
    capture = with_flow(capture, folder, signer_flow())
    capture = replace(capture, provider=replace(capture.provider, flow_id=None))
    assert record_of(capture, folder).signer is None


def test_files_are_joined_by_pointer_and_source_and_nothing_else() -> None:
    answer = ess_answer(VideoData={"LiveNessVideo": VIDEO})
    for wrong in (file_of("/Response/Other"), file_of(LIVENESS, body_path(2))):
        capture, folder = case("ess", answer, derived=(wrong,))
        record = record_of(capture, folder)
        assert [(clip.path, clip.problem) for clip in record.clips] == [(None, DAMAGED)]


GOOD = kyc_answer("0", video=VIDEO)
BARE = kyc_answer("0")
REFUSED = kyc_answer("400504")
PAGE = b"<html>bad gateway</html>"


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [
        ((GOOD,), 1),
        ((BARE, GOOD), 2),
        ((GOOD, BARE), 1),
        ((GOOD, REFUSED), 1),
        ((GOOD, PAGE), 1),
        ((GOOD, GOOD), 2),
        ((BARE, REFUSED), 1),
        ((REFUSED, BARE), 2),
        ((BARE, BARE, PAGE), 2),
        ((REFUSED, REFUSED), 2),
        ((REFUSED, PAGE), 1),
        ((PAGE,), None),
        ((PAGE, PAGE), None),
    ],
    ids=range(13),
)
def test_of_several_answers_the_one_with_the_recording_counts(answers: tuple[object, ...], chosen: int | None) -> None:
    capture, folder = case("kyc", *answers)
    found = open_answer(capture, folder)
    assert (found.exchange.path if found else None) == (body_path(chosen) if chosen else None)
    record = record_of(capture, folder)
    again = record_of(capture, folder, found)
    assert record == again


def test_the_latest_answer_is_the_latest_whatever_it_says() -> None:
    capture, folder = case("kyc", GOOD, REFUSED)
    latest = latest_answer(capture, folder)
    assert latest is not None
    assert latest.answer.provider_code == "400504"
    capture, folder = case("kyc", GOOD, PAGE)
    assert latest_answer(capture, folder) is None
    assert latest_answer(draft(), folder) is None


def photos_answer(*photos: str) -> dict[str, Any]:
    return {"code": 0, "msg": "请求成功", "result": {"orderNo": "o", "photoList": list(photos) or None}}


def with_photos(answer: object, *more: object, complete: bool = True) -> tuple[CaptureRecord, Folder]:
    """A capture with an answer and then answers to the question for further photos."""
    capture, folder = case("kyc", answer, *more)
    first, *others = capture.exchanges
    photos = (replace(e, role="photos", complete=complete) for e in others)
    return replace(capture, exchanges=(first, *photos)), folder


def numbered(capture: CaptureRecord, folder: Folder) -> list[tuple[int, str]]:
    return [(item.index, item.pointer) for item in record_of(capture, folder).photos]


def test_further_photos_are_numbered_after_those_of_the_record() -> None:
    further = [(2, "/result/photoList/0"), (3, "/result/photoList/1")]
    capture, folder = with_photos(kyc_answer("0", photo="AAAA", video=VIDEO), photos_answer("BBBB", "CCCC"))
    assert numbered(capture, folder) == [(1, "/result/photo"), *further]
    capture, folder = with_photos(BARE, photos_answer("BBBB"))
    assert numbered(capture, folder) == [(1, "/result/photoList/0")]
    more = further_photos(capture, folder, open_answer(capture, folder))
    assert more is not None
    assert [item.name for item in more.answer.media] == ["photo-01"]


def test_the_same_pointer_in_both_answers_means_two_photos() -> None:
    capture, folder = with_photos(kyc_answer("0", photoList=["AAAA"]), photos_answer("BBBB"))
    pointer = "/result/photoList/0"
    derived = tuple(
        replace(file_of(pointer, body_path(number)), path=f"media/photo-0{number}.jpg", role="photo", index=number)
        for number in (1, 2)
    )
    record = record_of(replace(capture, derived=derived), folder)
    assert [(item.index, item.path) for item in record.photos] == [(1, "media/photo-01.jpg"), (2, "media/photo-02.jpg")]


@pytest.mark.parametrize(
    "answer", [photos_answer(), kyc_answer("400101"), PAGE, b"", {"code": 0, "result": None}, {"code": 0}]
)
def test_what_stands_in_place_of_further_photos_is_nothing_of_the_record(answer: object) -> None:
    good = kyc_answer("0", photo="AAAA", video=VIDEO)
    capture, folder = with_photos(good, answer)
    alone, other = case("kyc", good)
    assert record_of(capture, folder) == record_of(alone, other)


def test_a_video_among_further_photos_is_no_clip() -> None:
    capture, folder = with_photos(GOOD, {"code": 0, "result": {"photoList": ["AAAA"], "video": VIDEO}})
    record = record_of(capture, folder)
    assert [clip.pointer for clip in record.clips] == ["/result/video"]
    assert len(record.photos) == 1


def test_of_several_answers_with_photos_the_latest_whole_one_counts() -> None:
    capture, folder = with_photos(GOOD, kyc_answer("400101"), photos_answer("AAAA", "BBBB"))
    assert len(numbered(capture, folder)) == 2
    capture, folder = with_photos(GOOD, photos_answer("AAAA"), complete=False)
    assert numbered(capture, folder) == []


def test_photos_without_a_record_are_none() -> None:
    capture, folder = with_photos(PAGE, photos_answer("AAAA"))
    record = record_of(capture, folder)
    assert (record.outcome.code, record.photos) == ("unreadable_answer", ())


def test_the_latest_answer_of_a_role_is_read() -> None:
    capture, folder = with_photos(GOOD, photos_answer("AAAA"))
    latest = latest_answer(capture, folder, "photos")
    assert latest is not None
    assert latest.answer.provider_code == "0"
    assert latest_answer(capture, folder, "ticket") is None
    record = latest_answer(capture, folder)
    assert record is not None
    assert record.exchange.role == "record"


def test_an_answer_read_a_moment_ago_is_not_read_again() -> None:
    capture, folder = case("kyc", GOOD)
    found = open_answer(capture, folder)
    folder.read_paths.clear()
    assert open_answer(capture, folder, found) is found
    assert record_of(capture, folder, found).clips
    assert folder.read_paths == []


def test_a_packed_answer_is_unpacked_and_that_is_a_step() -> None:
    headers = b"HTTP/1.1 200 OK\ncontent-encoding: gzip\n"
    capture, folder = case("kyc", gzip.compress(json_bytes(GOOD)), headers=headers)
    found = open_answer(capture, folder)
    assert found is not None
    assert found.steps == ("gzip",)
    assert b"".join(found.body.pieces()) == json_bytes(GOOD)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (b"HTTP/1.1 200 OK\nContent-Encoding: br\n", json_bytes(GOOD)),
        (b"HTTP/1.1 200 OK\nContent-Encoding: gzip\n", json_bytes(GOOD)),
    ],
)
def test_an_answer_whose_packing_cannot_be_undone_is_unreadable_and_stays(headers: bytes, body: bytes) -> None:
    capture, folder = case("kyc", body, headers=headers)
    assert open_answer(capture, folder) is None
    assert record_of(capture, folder).outcome.code == "unreadable_answer"


def test_a_status_line_is_no_header() -> None:
    capture, folder = case("kyc", GOOD, headers=b"content-encoding: gzip\nServer: x\n")
    assert open_answer(capture, folder) is not None


def test_a_capture_without_an_answer_has_a_record_that_says_so() -> None:
    cut = exchange(complete=False, error="incomplete_body", size_bytes=10)
    capture = draft(exchanges=(cut,))
    record = record_of(capture, Folder({}))
    assert (record.outcome.kind, record.outcome.code) == (OutcomeKind.INCOMPLETE, "incomplete_body")
    assert (record.clips, record.photos, record.details) == ((), (), ())


def test_a_refusal_has_a_record_with_the_services_words() -> None:
    capture, folder = case("ess", ess_refusal("OperationDenied", "无查看权限, 请检查"))
    record = record_of(capture, folder)
    assert record.outcome.kind is OutcomeKind.REFUSED
    assert record.outcome.provider_message == "无查看权限, 请检查"


def test_a_file_that_cannot_be_read_is_an_error_of_the_disk_and_not_a_missing_answer() -> None:
    capture, _ = case("ess", ess_answer())

    def refuse(path: str) -> BytesBody:
        raise PermissionError(path)

    with pytest.raises(PermissionError):
        record_of(capture, refuse)


def test_an_answer_nobody_witnessed_is_never_official() -> None:
    capture, folder = case("ess", ess_answer(), witnessed=False)
    assert record_of(capture, folder).source == "custom"
