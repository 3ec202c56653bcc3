"""Import: a file saved earlier becomes a capture that says nobody witnessed it; what is no answer leaves nothing."""

import base64
import errno
import gzip
import json
import os
import socket
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facevid_gui.captures import body
from facevid_gui.captures.answers import read_answer
from facevid_gui.captures.body import BytesBody, as_saved
from facevid_gui.captures.importing import Imported, Importer
from facevid_gui.captures.scanner import AnswerFormatError
from facevid_gui.captures.sink import FileSink
from facevid_gui.captures.store import CaptureStore, PartialCapture, read_capture_record
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.capture import CaptureRecord
from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import CancelledError, FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.provenance import source_of
from facevid_gui.core.query import Query
from facevid_gui.house import House
from tests.support.captures_exchanges import begin, receive, sha256
from tests.support.captures_samples import (
    FLOW_ID,
    JPEG,
    MP4,
    ORDER_NO,
    SIGN_ID,
    at_pointer,
    b64,
    big_mp4,
    ess_answer,
    ess_refusal,
    json_bytes,
    kyc_answer,
)
from tests.support.clocks import NOON, StillClock
from tests.support.places import make_house
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

ESS = ess_answer(
    VideoData={"LiveNessVideo": b64(big_mp4())},
    IntentionQuestionResult={"Video": b64(MP4), "AsrResult": ["同意"], "ResultCode": ["0"]},
    IntentionActionResult={"Details": [{"Video": b64(MP4 + b"1")}]},
)
BARE = ESS["Response"]
KYC = kyc_answer("0", video=b64(big_mp4()), photo=b64(JPEG), liveRate="99", occurredTime="20261121101500")
INDENTED = json.dumps(BARE, indent=4, ensure_ascii=False) + "\n\n"
FORMS = {
    "wrapped": (json_bytes(ESS), ()),
    "bare": (json_bytes(BARE), ()),
    "lines of Windows": (INDENTED.replace("\n", "\r\n").encode(), ()),
    "byte order mark": (b"\xef\xbb\xbf" + json_bytes(ESS), ()),
    "UTF-16": (b"\xff\xfe" + INDENTED.encode("utf-16-le"), ("utf-16le",)),
    "UTF-16, big end first": (b"\xfe\xff" + INDENTED.encode("utf-16-be"), ("utf-16be",)),
    "UTF-16, no mark": (json_bytes(ESS).decode().encode("utf-16-le"), ("utf-16le",)),
    "UTF-16, big end first, no mark": (json_bytes(ESS).decode().encode("utf-16-be"), ("utf-16be",)),
    "gzip": (gzip.compress(json_bytes(ESS), mtime=0), ("gzip",)),
    "gzip of UTF-16": (gzip.compress(b"\xff\xfe" + INDENTED.encode("utf-16-le"), mtime=0), ("gzip", "utf-16le")),
}
NOT_ANSWERS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "import_empty"),
    "blank": (b" \r\n", "import_not_json"),
    "text": ("记录不存在".encode(), "import_not_json"),
    "cut short": (json_bytes(ESS)[:-400], "import_not_json"),
    "two answers": (json_bytes(ESS) * 2, "import_not_json"),
    "a video": (big_mp4(), "import_not_json"),
    "UTF-32": (json_bytes(ESS).decode().encode("utf-32"), "import_not_json"),
    "web page": (b"\xef\xbb\xbf\r\n <!DOCTYPE html><title>log in</title>", "import_web_page"),
    "packed web page": (gzip.compress(b"<html>"), "import_web_page"),
    "packed, cut short": (gzip.compress(json_bytes(ESS))[:-9], "import_undecodable"),
    "half a character": (b"\xff\xfe{", "import_undecodable"),
    "half a pair": (b"\xff\xfe" + '"\ud83d"'.encode("utf-16-le", "surrogatepass"), "import_undecodable"),
    "a list": (json_bytes([BARE]), "import_not_an_answer"),
    "a number": (b"7", "import_not_an_answer"),
    "nothing in it": (b"{}", "import_not_an_answer"),
    "no response": (b'{"Response":null}', "import_not_an_answer"),
    "empty response": (b'{"Response":{}}', "import_not_an_answer"),
    "a flow and its signers": (
        json_bytes(ess_answer(FlowDetailInfos=[{"FlowApproverInfos": []}])),
        "import_not_an_answer",
    ),
    "a token": (
        json_bytes({"code": "0", "msg": "请求成功", "access_token": "secret", "expire_in": "7200"}),
        "import_not_an_answer",
    ),
    "a ticket": (json_bytes({"code": "0", "msg": "ok", "tickets": [{"value": "secret"}]}), "import_not_an_answer"),
    "anybody's error": (json_bytes({"code": 404, "message": "not found"}), "import_not_an_answer"),
}


def import_bytes(house: House, data: bytes, kind: str = "ess", /, **ids: str) -> Imported:
    """Import a file with these bytes."""
    path = house.paths.state.parent / "answers of user Zhao" / "answer.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    try:
        return house.importer.import_file(path, Query(kind, **ids), CancelToken())
    finally:
        assert path.read_bytes() == data


def kept_by(house: House) -> list[str]:
    """Everything in the store, locks included."""
    root = house.captures.root
    return sorted(os.listdir(root)) if root.is_dir() else []


def record_in(imported: Imported) -> CaptureRecord:
    record = read_capture_record(imported.capture)
    assert record is not None
    return record


def plain_document(raw: bytes, steps: tuple[str, ...]) -> Any:
    """What the file holds, unpacked by other means than the program's."""
    for step in steps:
        raw = gzip.decompress(raw) if step == "gzip" else raw.decode(step).encode()
    return json.loads(raw.decode("utf-8").lstrip("\ufeff"))


@pytest.mark.parametrize(("data", "steps"), list(FORMS.values()), ids=list(FORMS))
@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_every_form_an_answer_is_saved_in_gives_the_same_record(
    house: House, kind: str, data: bytes, steps: tuple[str, ...]
) -> None:
    imported = import_bytes(house, data, kind)
    record = imported.record
    assert (record.kind, record.outcome.kind, record.source) == (kind, OutcomeKind.FOUND, "custom")
    assert [(clip.role, clip.index, clip.problem) for clip in record.clips] == [
        ("liveness", 1, None), ("question", 1, None), ("nod", 1, None),
    ]  # fmt: skip
    assert [(q.transcript, q.code) for q in record.questions] == [("同意", "0")]
    assert record.outcome.request_id == "s1709628366717791449"

    capture = record_in(imported)
    (exchange,) = capture.exchanges
    assert (imported.capture / str(exchange.path)).read_bytes() == data
    assert (exchange.sha256, exchange.size_bytes) == (sha256(data), len(data))
    document = plain_document(data, steps)
    for item in capture.derived:
        assert item.decoding == (*steps, "json", "base64")
        media = base64.b64decode(at_pointer(document, item.pointer))
        assert (imported.capture / item.path).read_bytes() == media
        assert item.sha256 == sha256(media)
    for copy in capture.result:
        assert at_pointer(document, copy.pointer) == copy.value


def test_an_order_brings_its_number_scores_video_and_photo(house: House) -> None:
    record = import_bytes(house, json_bytes(KYC), "kyc").record
    assert (record.outcome.kind, record.order_no, record.scores.live_rate) == (OutcomeKind.FOUND, ORDER_NO, "99")
    assert [item.media_type for item in (*record.clips, *record.photos)] == ["video/mp4", "image/jpeg"]


def test_the_capture_says_nobody_witnessed_it_and_knows_nothing_of_the_file_but_its_bytes(home: Path) -> None:
    house = make_house(home, StillClock(NOON))
    imported = import_bytes(house, json_bytes(ESS), flow_id=FLOW_ID, sign_id=SIGN_ID)
    capture = record_in(imported)
    (exchange,) = capture.exchanges
    assert capture.witnessed is False
    assert (exchange.method, exchange.url, exchange.role) == ("IMPORT", "file:", "record")
    assert (exchange.status, exchange.tls, exchange.ip, exchange.server_date) == (None, None, None, None)
    assert (exchange.complete, exchange.sent_at, exchange.received_at, exchange.error) == (True, NOON, NOON, None)
    provider = capture.provider
    assert (provider.host, provider.action, provider.version, provider.source) == ("", "", "", "custom")
    assert (provider.kind, provider.flow_id, provider.sign_id) == ("ess", FLOW_ID, SIGN_ID)
    assert (capture.captured_at, capture.operator, capture.program["name"]) == (NOON, house.operator, "facevid_gui")
    assert set(capture.retention) == {"review_by", "rule"}
    assert sorted(p.relative_to(imported.capture).as_posix() for p in imported.capture.rglob("*") if p.is_file()) == [
        "capture.json", "exchanges/01/response-body.bin",
        "media/liveness.mp4", "media/nod-01.mp4", "media/question.mp4",
    ]  # fmt: skip
    text = (imported.capture / "capture.json").read_text("utf-8")
    assert "Zhao" not in text
    assert "answer.json" not in text
    assert set(kept_by(house)) == {imported.capture.name}


def test_the_times_of_the_file_are_no_facts(house: House, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_bytes(json_bytes(ESS))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    imported = house.importer.import_file(path, Query("ess"), CancelToken())
    assert "2001-09-09" not in (imported.capture / "capture.json").read_text("utf-8")
    assert imported.record.occurred_at is None


def test_saying_it_was_witnessed_makes_it_no_more_official(house: House) -> None:
    capture = record_in(import_bytes(house, json_bytes(ESS)))
    assert source_of("ess", capture.exchanges, witnessed=True) == "custom"


def test_the_same_file_twice_is_two_captures(house: House) -> None:
    first, second = (import_bytes(house, json_bytes(ESS)) for _ in range(2))
    assert kept_by(house) == sorted((first.capture.name, second.capture.name))
    assert {entry.state for entry in house.captures.entries()} == {"complete"}


@pytest.mark.parametrize(
    ("kind", "document", "outcome", "code"),
    [
        ("ess", ess_refusal("ResourceNotFound.Flow"), OutcomeKind.NOT_FOUND, "ResourceNotFound.Flow"),
        ("essbasic", ess_refusal("OperationDenied")["Response"], OutcomeKind.REFUSED, "OperationDenied"),
        ("ess", {"RequestId": "r", "VideoData": None, "IntentionQuestionResult": None}, OutcomeKind.NO_RECORDING, None),
        ("ess", {"RequestId": "r"}, OutcomeKind.NO_RECORDING, None),
        ("kyc", {"code": "66660011", "msg": "无此查询结果", "result": None}, OutcomeKind.NOT_FOUND, "66660011"),
        ("kyc", kyc_answer(66660004), OutcomeKind.NO_RECORDING, "66660004"),
    ],
    ids=["refused", "refused, bare", "nothing", "nothing at all", "no such order", "not the same person"],
)
def test_an_answer_without_media_is_kept_as_what_it_says(
    house: House, kind: str, document: Any, outcome: OutcomeKind, code: str | None
) -> None:
    imported = import_bytes(house, json_bytes(document), kind)
    assert (imported.record.outcome.kind, imported.record.outcome.provider_code) == (outcome, code)
    assert imported.record.outcome.exit_code == 1
    assert json.loads((imported.capture / "exchanges/01/response-body.bin").read_bytes()) == document
    for copy in record_in(imported).result:
        assert str(at_pointer(document, copy.pointer)) == copy.value == code


@pytest.mark.parametrize("occurred", [{}, {"occurredTime": "now"}])
def test_files_of_an_imported_answer_are_never_still_on_their_way(home: Path, occurred: dict[str, str]) -> None:
    house = make_house(home, StillClock(NOON))
    times = {name: to_rfc3339(NOON).translate({ord(c): None for c in "-T:Z"}) for name in occurred}
    assert import_bytes(house, json_bytes(kyc_answer("0", **times)), "kyc").record.outcome.code == "no_files"


@pytest.mark.parametrize(("data", "code"), list(NOT_ANSWERS.values()), ids=list(NOT_ANSWERS))
@pytest.mark.parametrize("kind", ["ess", "essbasic", "kyc"])
def test_what_is_no_answer_is_refused_and_nothing_of_it_is_kept(
    house: House, kind: str, data: bytes, code: str
) -> None:
    with pytest.raises(SubjectError) as caught:
        import_bytes(house, data, kind)
    assert caught.value.code == code
    assert kept_by(house) == []


@pytest.mark.parametrize(
    ("kind", "document", "other"),
    [
        ("kyc", ESS, "ess"),
        ("kyc", BARE, "ess"),
        ("kyc", ess_refusal("OperationDenied"), "ess"),
        ("ess", KYC, "kyc"),
        ("essbasic", {"code": "66660011", "msg": "无此查询结果"}, "kyc"),
    ],
)
def test_an_answer_of_the_other_service_is_called_one(house: House, kind: str, document: Any, other: str) -> None:
    with pytest.raises(SubjectError) as caught:
        import_bytes(house, json_bytes(document), kind)
    assert caught.value.code == "import_wrong_kind"
    assert (caught.value.params["kind"], caught.value.params["other"]) == (kind, other)
    assert kept_by(house) == []


def test_what_was_looked_up_is_read_as_strictly_as_ever(tmp_path: Path) -> None:
    with pytest.raises(AnswerFormatError):
        read_answer("ess", BytesBody(json_bytes(BARE)))
    partial = begin(CaptureStore(tmp_path / "captures"))
    for data in (json_bytes(BARE), FORMS["UTF-16, no mark"][0], FORMS["gzip"][0]):
        receive(partial, data)
        assert partial.answer() is None
    partial.close()


def order(**ids: object) -> bytes:
    return json_bytes(kyc_answer("0", photo=b64(JPEG), **ids))


def test_an_order_number_is_asked_for_only_where_the_answer_holds_none(house: House) -> None:
    assert import_bytes(house, order(), "kyc", order_no=ORDER_NO).record.order_no == ORDER_NO
    assert import_bytes(house, order(orderNo=None), "kyc", order_no="mine").record.order_no == "mine"
    assert import_bytes(house, order(orderNo=None), "kyc").record.order_no is None
    assert import_bytes(house, order(orderNo="no-such/形"), "kyc", order_no="mine").record.order_no == "mine"


def test_another_order_than_the_one_named_is_refused(house: House) -> None:
    with pytest.raises(SubjectError) as caught:
        import_bytes(house, order(), "kyc", order_no="another")
    assert (caught.value.code, caught.value.params) == ("import_other_order", {"given": "another", "held": ORDER_NO})
    assert kept_by(house) == []


@pytest.mark.parametrize(
    ("kind", "ids", "code"),
    [
        ("ess", {"flow_id": "short"}, "flow_id_length"),
        ("ess", {"sign_id": ""}, "sign_id_empty"),
        ("kyc", {"order_no": "a b"}, "order_no_characters"),
        ("kyc", {"flow_id": FLOW_ID}, "import_ids"),
        ("kyc", {"sign_id": SIGN_ID}, "import_ids"),
        ("essbasic", {"order_no": ORDER_NO}, "import_ids"),
    ],
)
def test_ids_that_cannot_be_are_refused_before_the_file_is_touched(
    house: House, kind: str, ids: dict[str, str], code: str
) -> None:
    with pytest.raises(UsageError) as caught:
        house.importer.import_file(Path("/nowhere"), Query(kind, **ids), CancelToken())
    assert caught.value.code == code


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


@pytest.mark.parametrize(
    "make",
    [Path.mkdir, os.mkfifo, make_socket, lambda path: path.symlink_to("real"), lambda path: path.symlink_to("gone")],
    ids=["folder", "pipe", "socket", "link", "dangling link"],
)
def test_what_is_no_file_is_refused_at_once(house: House, tmp_path: Path, make: Callable[[Path], object]) -> None:
    (tmp_path / "real").write_bytes(json_bytes(ESS))
    make(tmp_path / "x")
    for path in (tmp_path / "x", Path("/dev/null"), Path("/dev/zero")):
        with pytest.raises(UsageError) as caught:
            house.importer.import_file(path, Query("ess"), CancelToken())
        assert caught.value.code == "import_not_a_file"
    assert kept_by(house) == []


@pytest.mark.parametrize("name", ["gone.json", "file/inside"])
def test_a_file_that_is_not_there_is_a_matter_of_the_call(house: House, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(UsageError) as caught:
        house.importer.import_file(tmp_path / name, Query("ess"), CancelToken())
    assert caught.value.code == "import_no_file"


def test_a_file_that_may_not_be_read_is_a_matter_of_the_surroundings() -> None:
    with unprivileged_folder() as folder:
        path = folder / "answer.json"
        path.write_bytes(json_bytes(ESS))
        path.chmod(0)

        def work() -> tuple[str, str]:
            house = make_house(folder / "home")
            with pytest.raises(SurroundingsError) as caught:
                house.importer.import_file(path, Query("ess"), CancelToken())
            return caught.value.code, caught.value.params["reason"]

        assert as_unprivileged(work) == ("import_unreadable", "Permission denied")


class BadDisk(FileIO):
    """A file whose disk fails at the n-th reading."""

    good_readings = 0

    def read(self, size: int | None = -1, /) -> bytes:
        BadDisk.good_readings -= 1
        if BadDisk.good_readings < 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().read(size) or b""


@pytest.mark.parametrize("good_readings", range(4))
def test_a_disk_that_cannot_be_read_is_said_to_be_so_and_nothing_stays(house: House, good_readings: int) -> None:
    BadDisk.good_readings = good_readings
    with mock.patch("facevid_gui.captures.importing.open_regular", BadDisk), pytest.raises(SurroundingsError) as caught:
        import_bytes(house, json_bytes(ESS))
    assert (caught.value.code, caught.value.params["reason"]) == ("import_unreadable", os.strerror(errno.EIO))
    assert kept_by(house) == []


def limited(house: House, max_bytes: int) -> Importer:
    return replace(house.importer, max_bytes=max_bytes)


def test_a_file_may_be_as_large_as_the_setting_says_and_no_larger(house: House, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(json_bytes(ESS))
    size = path.stat().st_size
    with pytest.raises(SubjectError) as caught:
        limited(house, size - 1).import_file(path, Query("ess"), CancelToken())
    assert caught.value.code == "import_too_large"
    assert kept_by(house) == []
    assert limited(house, size).import_file(path, Query("ess"), CancelToken()).record.outcome.ok
    assert house.importer.max_bytes == house.settings.max_answer_bytes


def test_a_small_file_that_unpacks_to_too_much_is_refused(house: House) -> None:
    with mock.patch.object(body, "MAX_UNPACKED_BYTES", 1000), pytest.raises(SubjectError) as caught:
        import_bytes(house, FORMS["gzip"][0])
    assert caught.value.code == "import_undecodable"


def test_a_large_answer_is_never_in_memory_as_a_whole(house: House, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    clip = b64(big_mp4(1000)) * 10_000  # 14 MB; only its beginning is base64, which is enough to be found
    path.write_bytes(json_bytes(ess_answer(IntentionActionResult={"Details": [{"Video": clip}] * 3})))
    assert path.stat().st_size > 40_000_000
    house.importer.import_file(path, Query("ess"), CancelToken())
    tracemalloc.start()
    try:
        house.importer.import_file(path, Query("ess"), CancelToken())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


class LateToken(CancelToken):
    """Cancelled when it was looked at a number of times."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def raise_if_cancelled(self) -> None:
        self.looks -= 1
        if self.looks < 0:
            self.cancel()
        super().raise_if_cancelled()


@pytest.mark.parametrize("looks", range(3))
def test_who_cancels_finds_everything_as_it_was(house: House, tmp_path: Path, looks: int) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(json_bytes(ESS))
    with pytest.raises(CancelledError):
        house.importer.import_file(path, Query("ess"), LateToken(looks))
    assert kept_by(house) == []
    assert path.read_bytes() == json_bytes(ESS)


@pytest.mark.parametrize("step", ["opened", "received", "ended"])
def test_a_disk_that_fills_while_copying_leaves_nothing_behind(house: House, step: str) -> None:
    original = getattr(FileSink, step)

    def fill(*arguments: object) -> None:
        original(*arguments)
        raise SurroundingsError("disk_full", path="x", reason="full")

    with mock.patch.object(FileSink, step, fill), pytest.raises(SurroundingsError) as caught:
        import_bytes(house, json_bytes(ESS))
    assert caught.value.code == "disk_full"
    assert kept_by(house) == []
    assert import_bytes(house, json_bytes(ESS)).record.outcome.ok


@pytest.mark.parametrize("step", ["extract_media", "flush_tree"])
def test_a_disk_that_fills_while_completing_leaves_nothing_behind(house: House, step: str) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with (
        mock.patch(f"facevid_gui.captures.store.{step}", side_effect=full),
        pytest.raises(SurroundingsError) as caught,
    ):
        import_bytes(house, json_bytes(ESS))
    assert caught.value.code == "disk_full"
    assert kept_by(house) == []


def change_at_begin(house: House, change: Callable[[], object]) -> Any:
    """Change the file between its reading and its copying."""
    original = CaptureStore.begin

    def begin_late(store: CaptureStore, record: CaptureRecord) -> PartialCapture:
        change()
        return original(store, record)

    return mock.patch.object(CaptureStore, "begin", begin_late)


@pytest.mark.parametrize("data", [json_bytes(KYC), json_bytes(ESS)[:-90], b"", json_bytes(ess_answer(FlowInfo=[]))])
def test_a_file_that_changes_while_it_is_imported_is_refused(house: House, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(json_bytes(ESS))
    with change_at_begin(house, lambda: path.write_bytes(data)), pytest.raises(SubjectError) as caught:
        house.importer.import_file(path, Query("ess"), CancelToken())
    assert caught.value.code == "import_changed"
    assert kept_by(house) == []


def test_what_is_written_to_the_file_meanwhile_is_not_part_of_it(house: House, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_bytes(json_bytes(ESS))
    with change_at_begin(house, lambda: path.write_bytes(json_bytes(ESS) + b" more")):
        imported = house.importer.import_file(path, Query("ess"), CancelToken())
    assert (imported.capture / "exchanges/01/response-body.bin").read_bytes() == json_bytes(ESS)


def test_a_failure_nobody_foresaw_leaves_nothing_either(house: House) -> None:
    with mock.patch.object(PartialCapture, "answer", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        import_bytes(house, json_bytes(ESS))
    assert kept_by(house) == []


@given(st.binary(max_size=60), st.sampled_from([b"", b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{", b"{"]))
def test_arbitrary_bytes_are_undone_or_refused(data: bytes, start: bytes) -> None:
    try:
        plain, steps = as_saved(BytesBody(start + data))
    except ValueError:
        return
    assert steps or b"".join(plain.pieces()) == start + data


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["0", "66660011", b64(MP4)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([
                "Response", "Error", "Code", "VideoData", "LiveNessVideo", "IntentionQuestionResult", "AsrResult",
                "IntentionActionResult", "Details", "Video", "RequestId", "code", "msg", "result", "orderNo", "photo",
                "video", "photoList",
            ]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(JSON, st.sampled_from(["ess", "essbasic", "kyc"]), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_any_document_becomes_one_capture_or_none(house: House, document: object, kind: str, encoding: str) -> None:
    before = kept_by(house)
    data = json.dumps(document).encode(encoding)
    try:
        imported = import_bytes(house, data, kind)
    except FacevidError:
        assert kept_by(house) == before
        return
    assert set(kept_by(house)) - set(before) == {imported.capture.name}
    capture = record_in(imported)
    assert (capture.witnessed, imported.record.source) == (False, "custom")
    assert (imported.capture / "exchanges/01/response-body.bin").read_bytes() == data
    reread = house.captures.open(imported.capture.name).record
    assert reread == capture
