"""After a crash: what arrived whole is promoted, the rest waits untouched, and nobody disturbs a living receiver."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facevid_gui.captures.store import CAPTURE_FILE, CaptureStore, PartialCapture, read_capture_record
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.exchange import Exchange
from facevid_gui.net.http import PublicRequest, ResponseHead
from tests.support.captures_exchanges import EVIDENCE_ID, begin, draft, exchange, receive, sha256
from tests.support.captures_processes import another_process, killed
from tests.support.captures_samples import JPEG, b64, big_mp4, json_bytes, kyc_answer
from tests.support.clocks import NOON

GOOD = json_bytes(kyc_answer("0", video=b64(big_mp4()), photo=b64(JPEG)))
BARE = json_bytes(kyc_answer("0"))
PARTIAL_NAME = f".partial-{EVIDENCE_ID}"
BODY = "exchanges/01/response-body.bin"


@pytest.fixture
def store(tmp_path: Path) -> CaptureStore:
    return CaptureStore(tmp_path / "captures")


def begin_receiving(partial: PartialCapture, piece: bytes) -> None:
    """An exchange whose answer is on its way when the lights go out."""
    sink = partial.sink()
    facts = Exchange("POST", "https://kyc1.qcloud.com/", NOON)
    sink.started(PublicRequest("record", "POST", facts.url, (), None, ()), facts)
    sink.responded(ResponseHead("HTTP/1.1", 200, "OK", (), NOON), replace(facts, status=200))
    sink.received(piece)


def whole(partial: PartialCapture) -> None:
    receive(partial, GOOD)


def cut(partial: PartialCapture) -> None:
    receive(partial, GOOD[:500], error="incomplete_body")


def arriving(partial: PartialCapture) -> None:
    begin_receiving(partial, GOOD[:500])


def whole_then_arriving(partial: PartialCapture) -> None:
    receive(partial, BARE)
    begin_receiving(partial, GOOD[:500])


def whole_then_refused_by_a_proxy(partial: PartialCapture) -> None:
    receive(partial, GOOD)
    receive(partial, b"<html>", status=502)


def whole_then_asked_again(partial: PartialCapture) -> None:
    receive(partial, GOOD)
    asked(partial)


def proxy_then_arriving(partial: PartialCapture) -> None:
    receive(partial, b"<html>", status=502)
    begin_receiving(partial, GOOD[:500])


def nothing(partial: PartialCapture) -> None:
    pass


def asked(partial: PartialCapture) -> None:
    facts = Exchange("POST", "https://kyc1.qcloud.com/", NOON)
    partial.sink().started(PublicRequest("record", "POST", facts.url, (), None, ()), facts)


def flow_only(partial: PartialCapture) -> None:
    request = PublicRequest("flow", "POST", "https://kyc1.qcloud.com/", (), None, ())
    partial.keep(request, None, exchange(role="flow", path=None), b"{}", trimmed=True)


def bytes_lost(partial: PartialCapture) -> None:
    receive(partial, GOOD)
    os.truncate(partial.folder / BODY, len(GOOD) - 1)


def bytes_changed(partial: PartialCapture) -> None:
    receive(partial, GOOD)
    (partial.folder / BODY).write_bytes(GOOD.replace(b"}", b" ", 1))


def body_missing(partial: PartialCapture) -> None:
    receive(partial, GOOD)
    (partial.folder / BODY).unlink()


def record_missing(partial: PartialCapture) -> None:
    receive(partial, GOOD)
    (partial.folder / CAPTURE_FILE).unlink()


def record_damaged(partial: PartialCapture) -> None:
    receive(partial, GOOD)
    (partial.folder / CAPTURE_FILE).write_bytes(b"{")


def headers_missing(partial: PartialCapture) -> None:
    receive(partial, GOOD)
    (partial.folder / "exchanges/01/response-headers.txt").unlink()


State = Callable[[PartialCapture], None]
PROMOTED: list[State] = [whole, whole_then_arriving, whole_then_asked_again, whole_then_refused_by_a_proxy]
KEPT: list[State] = [
    cut, arriving, proxy_then_arriving, nothing, asked, flow_only, bytes_lost, bytes_changed, body_missing,
    record_missing, record_damaged, headers_missing,
]  # fmt: skip


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("state", PROMOTED, ids=lambda state: state.__name__)
def test_what_arrived_whole_before_a_kill_is_promoted(store: CaptureStore, state: State) -> None:
    killed(lambda: state(begin(store, "kyc")))
    assert [entry.state for entry in store.entries()] == ["interrupted"]
    assert store.recover() == (store.root / EVIDENCE_ID,)
    (entry,) = store.entries()
    assert entry.state == "complete"
    assert entry.record is not None
    for item in (*entry.record.exchanges, *entry.record.derived):
        if item.path:
            data = (entry.path / item.path).read_bytes()
            assert (item.sha256, item.size_bytes) == (sha256(data), len(data))
    assert not list(store.root.glob(".partial-*/"))


@pytest.mark.parametrize("state", KEPT, ids=lambda state: state.__name__)
def test_what_did_not_arrive_whole_stays_interrupted_and_untouched(store: CaptureStore, state: State) -> None:
    killed(lambda: state(begin(store, "kyc")))
    folder = store.root / PARTIAL_NAME
    before = snapshot(folder)
    for _ in range(2):
        assert store.recover() == ()
        (entry,) = store.entries()
        assert (entry.state, entry.path) == ("interrupted", folder)
        after = snapshot(folder)
        after.pop(CAPTURE_FILE, None)
        assert after == {path: raw for path, raw in before.items() if path != CAPTURE_FILE}
    assert not (folder / "media").exists()
    store.discard(entry)
    assert os.listdir(store.root) == []


def test_media_half_decoded_by_a_crash_are_made_again(store: CaptureStore) -> None:
    def crash_while_decoding() -> None:
        partial = begin(store, "kyc")
        receive(partial, GOOD)
        media = partial.folder / "media"
        media.mkdir()
        (media / "video.mp4").write_bytes(b"half")
        (media / "stray.bin").write_bytes(b"stray")

    killed(crash_while_decoding)
    (path,) = store.recover()
    assert sorted(os.listdir(path / "media")) == ["photo-01.jpg", "video.mp4"]
    assert (path / "media/video.mp4").read_bytes() == big_mp4()


def test_a_record_half_written_by_a_crash_leaves_no_stranger_in_the_capture(store: CaptureStore) -> None:
    def crash_while_writing() -> None:
        partial = begin(store, "kyc")
        receive(partial, GOOD)
        (partial.folder / f".{CAPTURE_FILE}.123.abcdef01.tmp").write_bytes(b'{"half')
        (partial.folder / "exchanges/02").mkdir()

    killed(crash_while_writing)
    (path,) = store.recover()
    assert not [name for name in snapshot(path) if name.endswith(".tmp")]
    assert os.listdir(path / "exchanges") == ["01"]


def test_a_body_whose_name_a_power_cut_took_is_no_longer_claimed(store: CaptureStore) -> None:
    def crash() -> None:
        partial = begin(store, "kyc")
        whole_then_arriving(partial)
        (partial.folder / "exchanges/02/response-body.bin").unlink()

    killed(crash)
    (path,) = store.recover()
    record = read_capture_record(path)
    assert record is not None
    assert [item.path for item in record.exchanges] == [BODY, None]


def test_a_capture_another_process_is_receiving_is_not_touched(store: CaptureStore) -> None:
    def receive_elsewhere() -> PartialCapture:
        partial = begin(store, "kyc")
        whole(partial)
        return partial

    with another_process(receive_elsewhere):
        before = snapshot(store.root / PARTIAL_NAME)
        assert store.recover() == ()
        assert [entry.state for entry in store.entries()] == ["receiving"]
        assert snapshot(store.root / PARTIAL_NAME) == before
    assert [entry.state for entry in store.entries()] == ["interrupted"]
    assert store.recover() == (store.root / EVIDENCE_ID,)


def test_a_capture_this_process_is_receiving_is_not_touched_either(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    whole(partial)
    assert CaptureStore(store.root).recover() == ()
    assert partial.complete().is_dir()


def test_another_process_sees_what_was_completed_here(store: CaptureStore) -> None:
    def complete_elsewhere() -> None:
        partial = begin(store, "kyc")
        whole(partial)
        partial.complete()

    with another_process(complete_elsewhere):
        assert [entry.state for entry in store.entries()] == ["complete"]
        assert os.listdir(store.root) == [EVIDENCE_ID]


def test_one_capture_that_cannot_be_finished_does_not_keep_the_others_waiting(store: CaptureStore) -> None:
    ids = ["1" * 32, "2" * 32, "3" * 32]
    for evidence_id in ids:
        partial = store.begin(draft("kyc", evidence_id))
        whole(partial)
        if evidence_id == ids[1]:
            (partial.folder / "exchanges/01/response-headers.txt").unlink()
        partial.close()
    assert store.recover() == (store.root / ids[0], store.root / ids[2])
    assert {entry.evidence_id: entry.state for entry in store.entries()} == {
        ids[0]: "complete",
        ids[1]: "interrupted",
        ids[2]: "complete",
    }


def test_a_discard_that_a_crash_interrupted_is_finished(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    whole(partial)
    partial.complete().rename(store.root / f".discarding-{EVIDENCE_ID}")
    assert store.entries() == ()
    assert store.recover() == ()
    assert os.listdir(store.root) == []


def test_a_folder_that_cannot_be_removed_does_not_end_the_start(
    store: CaptureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store.root / ".discarding-x").mkdir(parents=True)
    partial = begin(store, "kyc")
    whole(partial)
    partial.close()

    def refuse(root: Path) -> None:
        raise PermissionError(13, "Permission denied", str(root))

    monkeypatch.setattr("facevid_gui.captures.store.remove_tree", refuse)
    assert store.recover() == (store.root / EVIDENCE_ID,)


def test_a_folder_that_vanished_since_the_list_was_made_is_none_to_promote(store: CaptureStore) -> None:
    partial = begin(store, "kyc")
    whole(partial)
    partial.close()
    shutil.rmtree(partial.folder)
    assert store._promote(partial.folder) is None


def test_a_capture_whose_beginning_fails_leaves_nothing(store: CaptureStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as broken:
        broken.setattr("facevid_gui.captures.store.replace_file", refuse)
        with pytest.raises(SurroundingsError, match="disk_full"):
            begin(store)
    assert os.listdir(store.root) == []
    begin(store).abandon()
