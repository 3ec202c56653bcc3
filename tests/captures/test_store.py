"""Captures on disk: the layout of a bag's `data/`, byte-exact, traceable, private."""

import base64
import gzip
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.captures import records
from facevid_gui.captures.body import FileBody
from facevid_gui.captures.records import record_of
from facevid_gui.captures.sink import FileSink, pem_of
from facevid_gui.captures.store import CAPTURE_FILE, CaptureStore, PartialCapture, read_capture_record
from facevid_gui.core.capture import CaptureRecord
from facevid_gui.core.errors import SubjectError, UsageError
from facevid_gui.core.exchange import Exchange
from facevid_gui.net.http import PublicRequest, ResponseHead
from tests.support.captures_exchanges import EVIDENCE_ID, begin, draft, exchange, pieces_of, receive, sha256
from tests.support.captures_samples import (
    JPEG,
    MP4,
    SIGN_ID,
    at_pointer,
    b64,
    big_mp4,
    ess_answer,
    json_bytes,
    kyc_answer,
)
from tests.support.clocks import NOON

OTHER_ID = "f" * 32
GOOD = json_bytes(kyc_answer("0", video=b64(big_mp4()), photo=b64(JPEG), liveRate="99"))


@pytest.fixture
def store(tmp_path: Path) -> CaptureStore:
    return CaptureStore(tmp_path / "data" / "captures")


def files_below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def record_in(folder: Path) -> CaptureRecord:
    record = read_capture_record(folder)
    assert record is not None
    return record


def test_a_complete_capture_has_exactly_the_layout_of_the_payload(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    partial.note(exchange("kyc", role="ticket", path=None))
    receive(partial, GOOD, chain=(b"leaf", b"root"))
    path = partial.complete()
    assert path == store.root / EVIDENCE_ID
    assert files_below(path) == [
        "capture.json",
        "exchanges/01/request.json",
        "exchanges/01/response-body.bin",
        "exchanges/01/response-headers.txt",
        "exchanges/01/tls-chain.pem",
        "media/photo-01.jpg",
        "media/video.mp4",
    ]
    assert os.listdir(store.root) == [EVIDENCE_ID]
    assert partial.folder == path
    assert partial.record == record_in(path)


def test_what_was_received_is_kept_byte_for_byte(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    body = GOOD + b" \n\r\n"
    headers = (("Content-Type", "application/json"), ("X-Odd", "caf\udce9"), ("X-Odd", "again"))
    facts = receive(partial, body, headers=headers, chain=(b"leaf",))
    folder = partial.folder / "exchanges/01"
    assert (folder / "response-body.bin").read_bytes() == body
    assert (facts.sha256, facts.size_bytes, facts.complete) == (sha256(body), len(body), True)
    assert (folder / "response-headers.txt").read_bytes() == (
        b"HTTP/1.1 200 OK\nContent-Type: application/json\nX-Odd: caf\\udce9\nX-Odd: again\n"
    )
    assert (folder / "tls-chain.pem").read_bytes() == pem_of((b"leaf",))
    request = json.loads((folder / "request.json").read_bytes())
    assert request["method"] == "POST"
    assert request["body"] == {"a": 1}


def test_certificates_are_written_in_the_order_received() -> None:
    text = pem_of((b"leaf certificate", b"root certificate")).decode("ascii")
    blocks = re.findall(r"-----BEGIN CERTIFICATE-----\n([^-]+)-----END CERTIFICATE-----\n", text)
    assert [base64.b64decode(block) for block in blocks] == [b"leaf certificate", b"root certificate"]
    assert pem_of(()) == b""


def test_every_derived_file_can_be_derived_again_from_the_raw_answer(store: CaptureStore) -> None:
    partial = begin(store)
    document = ess_answer(
        VideoData={"LiveNessVideo": b64(big_mp4())},
        IntentionQuestionResult={"Video": b64(MP4), "AsrResult": ["同意"], "ResultCode": ["0"]},
        IntentionActionResult={"Details": [{"Video": b64(MP4 + bytes([n]))} for n in range(3)]},
    )
    receive(partial, json_bytes(document))
    path = partial.complete()
    record = record_in(path)
    assert sorted(item.path for item in record.derived) == [
        "media/liveness.mp4", "media/nod-01.mp4", "media/nod-02.mp4", "media/nod-03.mp4", "media/question.mp4",
    ]  # fmt: skip
    for item in record.derived:
        raw = json.loads((path / item.source).read_bytes())
        data = base64.b64decode(at_pointer(raw, item.pointer), validate=True)
        assert item.decoding == ("json", "base64")
        assert (path / item.path).read_bytes() == data
        assert (item.sha256, item.size_bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    for copy in record.result:
        assert at_pointer(json.loads((path / copy.source).read_bytes()), copy.pointer) == copy.value
    assert [(copy.name, copy.value) for copy in record.result] == [("AsrResult", "同意"), ("ResultCode", "0")]
    assert record.provider.request_id == "s1709628366717791449"
    assert record.provider.source == "official"
    assert record.provider.custom_ca is False


def test_a_packed_answer_stays_packed_on_disk_and_its_files_say_how_to_unpack_it(store: CaptureStore) -> None:
    packed = gzip.compress(GOOD)
    partial = begin(store, "kyc")
    receive(partial, packed, headers=(("Content-Encoding", "gzip"),))
    path = partial.complete()
    assert (path / "exchanges/01/response-body.bin").read_bytes() == packed
    assert {item.decoding for item in record_in(path).derived} == {("gzip", "json", "base64")}
    assert (path / "media/photo-01.jpg").read_bytes() == JPEG


def sink_of(partial: PartialCapture, body: bytes, size: int, headers: tuple[tuple[str, str], ...] = ()) -> FileSink:
    """A sink that has received an answer in pieces of that size."""
    sinks: list[FileSink] = []
    make = partial.sink

    def noting(*arguments: Any) -> FileSink:
        sinks.append(make(*arguments))
        return sinks[-1]

    partial.sink = noting  # type: ignore[method-assign]
    receive(partial, pieces_of(body, size), headers=headers)
    return sinks[-1]


@pytest.mark.parametrize("size", [1, 7, 4096, 10**7])
def test_an_answer_is_read_on_its_way_to_the_disk(
    store: CaptureStore, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    partial = begin(store, "kyc")
    sink = sink_of(partial, GOOD, size)
    read = partial.answer()
    monkeypatch.setattr(FileBody, "pieces", lambda *_: pytest.fail("it was read a second time"))
    monkeypatch.setattr(records, "_content_coding", lambda _headers: "")
    assert read is not None
    assert partial.answer("record", sink.scanned()) == read
    assert read.answer.media


@pytest.mark.parametrize("body", [b"", b"<html>", GOOD[:-1], b'{"code": 1} x', b"[" * 100, b"x" * 5_000_000])
def test_what_is_no_answer_on_its_way_is_none_from_the_disk(store: CaptureStore, body: bytes) -> None:
    partial = begin(store, "kyc")
    sink = sink_of(partial, body, 4096)
    assert sink.scanned() is None
    assert partial.answer("record", sink.scanned()) is None


def test_a_packed_answer_is_read_from_the_disk(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    sink = sink_of(partial, gzip.compress(GOOD), 4096, (("Content-Encoding", "gzip"),))
    found = partial.answer("record", sink.scanned())
    assert found is not None
    assert found.steps == ("gzip",)
    assert len(found.answer.media) == 2


def test_what_looks_like_an_answer_while_packed_is_still_unpacked(store: CaptureStore) -> None:
    """Told to be packed and not: it cannot be unpacked, whatever its bytes look like."""
    partial = begin(store, "kyc")
    sink = sink_of(partial, GOOD, 4096, (("Content-Encoding", "gzip"),))
    assert sink.scanned() is not None
    assert partial.answer("record", sink.scanned()) is None


def test_what_one_exchange_brought_is_not_taken_for_that_of_another(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    first = sink_of(partial, GOOD, 4096)
    receive(partial, json_bytes(kyc_answer("400504")))
    found = partial.answer("record", first.scanned())
    assert found is not None
    assert found.answer.provider_code == "400504"


def test_retries_and_polls_are_exchanges_of_their_own_numbered_as_they_happen(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    partial.note(exchange("kyc", role="ticket", path=None))
    bodies = [b"<html>bad gateway</html>", json_bytes(kyc_answer("0")), GOOD]
    receive(partial, bodies[0], status=502)
    receive(partial, bodies[1])
    assert partial.answer() is not None
    receive(partial, bodies[2])
    path = partial.complete(partial.answer())
    record = record_in(path)
    assert [item.role for item in record.exchanges] == ["ticket", "record", "record", "record"]
    assert [item.path for item in record.exchanges] == [
        None,
        *(f"exchanges/{n:02d}/response-body.bin" for n in (1, 2, 3)),
    ]
    assert [item.status for item in record.exchanges[1:]] == [502, 200, 200]
    for item, body in zip(record.exchanges[1:], bodies, strict=True):
        assert (path / str(item.path)).read_bytes() == body
        assert item.sha256 == sha256(body)
    assert {item.source for item in record.derived} == {"exchanges/03/response-body.bin"}


def test_a_refused_poll_takes_nothing_from_the_recording_before_it(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    receive(partial, GOOD)
    receive(partial, json_bytes(kyc_answer("400504")))
    latest = partial.answer()
    assert latest is not None
    assert latest.answer.is_refusal
    path = partial.complete(latest)
    record = record_of(record_in(path), lambda name: FileBody(path / name))
    assert record.outcome.ok
    assert record.clips[0].path == "media/video.mp4"


def test_while_an_answer_arrives_the_record_on_disk_says_how_far_it_came(store: CaptureStore) -> None:
    partial = begin(store)
    assert record_in(partial.folder).exchanges == ()
    told: list[int] = []
    sink = partial.sink(told.append)
    facts = Exchange("POST", "https://ess.tencentcloudapi.com/", NOON)
    sink.started(PublicRequest("record", "POST", facts.url, (), None, ()), facts)
    assert record_in(partial.folder).exchanges == (facts,)
    assert not partial.received_anything
    head = ResponseHead("HTTP/1.1", 200, "OK", (), NOON)
    facts = replace(facts, status=200)
    sink.responded(head, facts)
    path = "exchanges/01/response-body.bin"
    assert record_in(partial.folder).exchanges == (replace(facts, path=path),)
    assert partial.received_anything
    assert sink.head is head
    for piece in (b"abc", b"", b"de"):
        sink.received(piece)
    assert (partial.folder / path).read_bytes() == b"abcde"
    assert told == [3, 3, 5]
    assert not partial.is_conclusive
    sink.ended(replace(facts, complete=True))
    (noted,) = record_in(partial.folder).exchanges
    assert (noted.sha256, noted.size_bytes, noted.complete) == (sha256(b"abcde"), 5, True)
    assert partial.is_conclusive
    partial.close()


def test_an_exchange_that_never_got_an_answer_has_facts_and_a_request_only(store: CaptureStore) -> None:
    partial = begin(store)
    sink = partial.sink()
    facts = Exchange("POST", "https://ess.tencentcloudapi.com/", NOON)
    sink.started(PublicRequest("record", "POST", facts.url, (), None, ()), facts)
    sink.ended(replace(facts, error="unreachable"))
    assert record_in(partial.folder).exchanges == (replace(facts, error="unreachable"),)
    assert files_below(partial.folder) == ["capture.json", "exchanges/01/request.json"]
    assert not partial.received_anything
    partial.abandon()
    assert os.listdir(store.root) == []


def test_a_slow_answer_is_flushed_while_it_arrives(store: CaptureStore, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    flushed: list[tuple[float, int]] = []
    partial = begin(store)
    body = partial.folder / "exchanges/01/response-body.bin"
    monkeypatch.setattr("facevid_gui.captures.sink.time.monotonic", lambda: now)
    monkeypatch.setattr("facevid_gui.captures.sink.fsync", lambda _: flushed.append((now, body.stat().st_size)))

    def pieces() -> Iterator[bytes]:
        nonlocal now
        for moment in (101.0, 105.0, 105.5, 106.0, 110.5, 110.6, 130.0):
            now = moment
            yield b"x"

    receive(partial, pieces())
    assert flushed == [(105.5, 3), (110.6, 6), (130.0, 7), (130.0, 7)]  # the last one is the end
    partial.close()


def test_a_completed_capture_is_on_the_disk_before_anybody_hears_of_it(
    store: CaptureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    partial = begin(store, "kyc")
    receive(partial, GOOD)
    flushed: list[str] = []
    monkeypatch.setattr("facevid_gui.files.os.fsync", lambda fd: flushed.append(os.readlink(f"/proc/self/fd/{fd}")))
    path = partial.complete()
    assert flushed[-1] == str(store.root), "the new name"
    name = store.root / f".partial-{EVIDENCE_ID}"
    assert set(flushed) >= {str(name), *(str(name / item.relative_to(path)) for item in path.rglob("*"))}


def test_an_answer_received_in_memory_is_kept_as_an_exchange(store: CaptureStore) -> None:
    partial = begin(store)
    body = b'{"Response":{}}'
    head = ResponseHead("HTTP/1.1", 200, "OK", (("A", "b"),), NOON, (b"leaf",))
    request = PublicRequest("flow", "POST", "https://ess.tencentcloudapi.com/", (), {"x": 1}, ())
    partial.keep(request, head, exchange(role="flow", path=None), body, trimmed=True)
    partial.keep(request, None, exchange(role="flow", path=None), body, trimmed=False)
    first, second = partial.record.exchanges
    assert (first.path, first.trimmed, first.sha256) == ("exchanges/01/response-body.bin", True, sha256(body))
    assert (second.path, second.trimmed, second.size_bytes) == ("exchanges/02/response-body.bin", False, len(body))
    assert files_below(partial.folder) == [
        "capture.json",
        "exchanges/01/request.json",
        "exchanges/01/response-body.bin",
        "exchanges/01/response-headers.txt",
        "exchanges/01/tls-chain.pem",
        "exchanges/02/request.json",
        "exchanges/02/response-body.bin",
    ]
    partial.close()


def test_the_signers_data_alone_are_no_answer(store: CaptureStore) -> None:
    partial = begin(store)
    request = PublicRequest("flow", "POST", "https://ess.tencentcloudapi.com/", (), None, ())
    partial.keep(request, None, exchange(role="flow", path=None), b"{}", trimmed=True)
    assert not partial.received_anything
    assert not partial.is_conclusive
    assert partial.answer() is None
    partial.keep(request, None, exchange(role="flow", path=None), b"{}", trimmed=False)
    assert partial.received_anything
    assert partial.is_conclusive
    partial.abandon()


@pytest.mark.parametrize(
    ("exchanges", "conclusive"),
    [
        ([], False),
        ([exchange(role="ticket", path=None)], False),
        ([exchange()], True),
        ([exchange(status=502)], True),
        ([exchange(complete=False)], False),
        ([exchange(complete=False), exchange()], True),
        ([exchange(), exchange(complete=False)], True),
        ([exchange(status=502), exchange(complete=False)], False),
        ([exchange(), exchange(path=None, complete=False)], True),
        ([exchange(role="flow")], True),
        ([exchange(role="flow", trimmed=True)], False),
        ([exchange(role="flow", trimmed=True), exchange(path=None, complete=False)], False),
        ([exchange(role="flow", trimmed=True), exchange(complete=False)], False),
    ],
    ids=range(13),
)
def test_what_arrived_is_conclusive_when_a_whole_answer_is_among_it(
    store: CaptureStore, exchanges: list[Exchange], conclusive: bool
) -> None:
    partial = begin(store)
    partial.note(*exchanges)
    assert partial.is_conclusive is conclusive
    partial.close()


def test_an_unreadable_answer_completes_without_media(store: CaptureStore) -> None:
    partial = begin(store)
    receive(partial, b"<html>log in</html>")
    path = partial.complete()
    record = record_in(path)
    assert (record.derived, record.result, record.provider.request_id) == ((), (), None)
    assert files_below(path) == [
        "capture.json",
        "exchanges/01/request.json",
        "exchanges/01/response-body.bin",
        "exchanges/01/response-headers.txt",
    ]


def test_damaged_media_are_salvaged_and_said_to_be_damaged(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    receive(partial, json_bytes(kyc_answer("0", video=b64(MP4)[:401], photo="******")))
    path = partial.complete()
    (item,) = record_in(path).derived
    assert item.problem == "damaged_base64"
    assert (path / item.path).read_bytes() == MP4[:300]


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o022])
def test_everything_is_private_whatever_the_umask(store: CaptureStore, umask: int) -> None:
    before = os.umask(umask)
    try:
        partial = begin(store, "kyc")
        receive(partial, GOOD, chain=(b"leaf",))
        locks = list(store.root.glob("*.lock"))
        modes = {stat.S_IMODE(path.stat().st_mode) for path in locks}
        path = partial.complete()
    finally:
        os.umask(before)
    assert modes == {0o600}
    folders = [store.root.parent, store.root, path, *(p for p in path.rglob("*") if p.is_dir())]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.rglob("*") if file.is_file()} == {0o600}


def test_the_list_shows_every_state_newest_first_and_unreadable_ones_last(store: CaptureStore) -> None:
    for number, state in enumerate(("complete", "interrupted", "receiving", "unreadable")):
        partial = store.begin(draft(evidence_id=str(number) * 32, captured_at=NOON.replace(hour=10 + number)))
        receive(partial, GOOD)
        if state == "complete":
            partial.complete()
        elif state == "unreadable":
            (partial.complete() / CAPTURE_FILE).write_bytes(b"{}")
        elif state == "interrupted":
            partial.close()
        else:
            held = partial
    (store.root / "notes.txt").write_text("mine")
    (store.root / "some folder").mkdir()
    (store.root / ("a" * 32)).symlink_to(store.root / ("0" * 32))
    entries = store.entries()
    assert [(entry.evidence_id[0], entry.state) for entry in entries] == [
        ("2", "receiving"),
        ("1", "interrupted"),
        ("0", "complete"),
        ("3", "complete"),
    ]
    assert [entry.record is None for entry in entries] == [False, False, False, True]
    held.close()


def test_an_empty_home_has_no_captures_and_nothing_is_created_by_looking(store: CaptureStore) -> None:
    assert store.entries() == ()
    assert store.recover() == ()
    assert not store.root.exists()


def test_a_capture_is_opened_by_id_or_path_in_any_state(store: CaptureStore) -> None:
    begin(store).close()
    done = begin(store, evidence_id=OTHER_ID)
    receive(done, GOOD)
    path = done.complete()
    assert store.open(EVIDENCE_ID).state == "interrupted"
    assert store.open(f".partial-{EVIDENCE_ID}").state == "interrupted"
    assert store.open(str(store.root / f".partial-{EVIDENCE_ID}")).evidence_id == EVIDENCE_ID
    assert store.open(str(path)).path == path
    assert store.open(f"{path}/").path == path
    for name in ("", "nothing", "0" * 32, "/"):
        with pytest.raises(UsageError, match="capture_unknown"):
            store.open(name)


@pytest.mark.parametrize("state", ["complete", "interrupted"])
def test_a_discarded_capture_leaves_nothing(store: CaptureStore, state: str) -> None:
    partial = begin(store)
    receive(partial, GOOD)
    if state == "complete":
        path = partial.complete()
        for folder in (path, path / "exchanges", path / "exchanges/01"):
            folder.chmod(0o500)
    else:
        partial.close()
    store.discard(store.open(EVIDENCE_ID))
    assert os.listdir(store.root) == []


def test_a_capture_that_is_being_received_is_not_discarded(store: CaptureStore) -> None:
    partial = begin(store)
    receive(partial, GOOD)
    entry = store.open(EVIDENCE_ID)
    assert entry.state == "receiving"
    with pytest.raises(SubjectError, match="capture_receiving"):
        store.discard(entry)
    assert partial.complete().is_dir()


def test_what_another_process_began_to_receive_since_the_list_was_made_is_not_discarded(store: CaptureStore) -> None:
    begin(store).close()
    entry = store.open(EVIDENCE_ID)
    assert entry.state == "interrupted"
    lock = store._lock(EVIDENCE_ID)
    lock.acquire(blocking=False)
    with pytest.raises(SubjectError, match="capture_receiving"):
        store.discard(entry)
    lock.release()
    store.discard(entry)


def test_two_captures_at_once_do_not_touch_each_other(store: CaptureStore) -> None:
    first, second = begin(store, "kyc"), begin(store, "ess", OTHER_ID)
    receive(first, GOOD)
    receive(second, json_bytes(ess_answer(VideoData={"LiveNessVideo": b64(MP4)})))
    paths = {second.complete(), first.complete()}
    assert {entry.path for entry in store.entries()} == paths
    assert all(record_in(path).derived for path in paths)


def test_a_record_is_updated_in_place_of_its_older_state_only(store: CaptureStore) -> None:
    partial = begin(store)
    same = exchange()
    partial.note(same, replace(same))
    partial.update(partial.record.exchanges[0], replace(same, status=500))
    assert [item.status for item in partial.record.exchanges] == [200, 500]
    partial.update(None, replace(same, status=404))
    assert [item.status for item in record_in(partial.folder).exchanges] == [200, 500, 404]
    partial.close()


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", b"x" * 5_000_000], ids=["empty", "object", "bytes", "huge"])
def test_a_folder_without_a_readable_record_has_none(tmp_path: Path, raw: bytes) -> None:
    assert read_capture_record(tmp_path) is None
    (tmp_path / CAPTURE_FILE).write_bytes(raw)
    assert read_capture_record(tmp_path) is None


def test_ids_with_letters_of_any_kind_never_become_names(store: CaptureStore) -> None:
    record = draft()
    odd: dict[str, Any] = {"sign_id": "../../x", "flow_id": "张志英", "order_no": "a/b"}
    partial = store.begin(replace(record, provider=replace(record.provider, **odd)))
    receive(partial, GOOD)
    path = partial.complete()
    assert path.name == EVIDENCE_ID
    assert not any(SIGN_ID in name or "张" in name for name in files_below(path))


def test_an_answer_in_a_thousand_pieces_is_the_same_answer(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    facts = receive(partial, pieces_of(GOOD, 401))
    assert facts.sha256 == sha256(GOOD)
    assert (partial.complete() / "media/video.mp4").read_bytes() == big_mp4()
