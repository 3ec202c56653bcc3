"""A full disk, a missing permission: a typed error, and every byte that was received is still there."""

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from facevid_gui.captures.store import CaptureStore, PartialCapture, read_capture_record
from facevid_gui.core.errors import SurroundingsError
from tests.support.captures_exchanges import EVIDENCE_ID, begin, pieces_of, receive
from tests.support.captures_processes import in_child
from tests.support.captures_samples import b64, big_mp4, json_bytes, kyc_answer
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

GOOD = json_bytes(kyc_answer("0", video=b64(big_mp4(200_000))))
BODY = "exchanges/01/response-body.bin"


def receive_as_the_transport_does(partial: PartialCapture, body: bytes) -> str:
    """Let the sink fail in the middle, tell it that this was the end, return the code of the first error."""
    try:
        receive(partial, body)
    except SurroundingsError as error:
        return error.code
    return "no error"


def test_a_file_that_may_not_grow_ends_the_look_up_and_keeps_what_was_received(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path / "captures")

    def limited() -> None:
        partial = begin(store, "kyc")
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_500, 100_500))
        code = receive_as_the_transport_does(partial, GOOD)
        assert code == "disk_failed", code
        assert partial.received_anything
        assert not partial.is_conclusive
        partial.close()

    in_child(limited)
    (entry,) = store.entries()
    assert entry.state == "interrupted"
    kept = (entry.path / BODY).read_bytes()
    assert len(kept) == 100_500
    assert GOOD.startswith(kept)
    assert store.recover() == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_is_said_to_be_full_and_keeps_what_was_received(small_disk: Path) -> None:
    store = CaptureStore(small_disk / "captures")
    partial = begin(store, "kyc")
    assert receive_as_the_transport_does(partial, GOOD) == "disk_full"
    partial.close()
    kept = (partial.folder / BODY).read_bytes()
    assert len(kept) > 100_000
    assert GOOD.startswith(kept)
    assert [entry.state for entry in store.entries()] == ["interrupted"]
    with pytest.raises(SurroundingsError, match="disk_full"):
        begin(store, "kyc", "f" * 32)
    assert [entry.evidence_id for entry in store.entries()] == [EVIDENCE_ID]


def test_an_answer_that_arrived_whole_before_its_media_filled_the_disk_is_completed_when_there_is_room(
    small_disk: Path,
) -> None:
    body = json_bytes(kyc_answer("0", video=b64(big_mp4(110_000))))
    store = CaptureStore(small_disk / "captures")
    partial = begin(store, "kyc")
    receive(partial, body)
    with pytest.raises(SurroundingsError, match="disk_full"):
        partial.complete()
    partial.close()
    assert store.recover() == ()
    assert [entry.state for entry in store.entries()] == ["interrupted"]
    assert (partial.folder / BODY).read_bytes() == body
    subprocess.run(["mount", "-o", "remount,size=2m", str(small_disk)], check=True)
    (path,) = store.recover()
    assert (path / "media/video.mp4").read_bytes() == big_mp4(110_000)


def test_a_write_that_fails_late_is_told_once_and_the_record_can_be_completed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poll meets a full disk: the answer before it counts, and the hash of the cut one is that of its bytes."""
    store = CaptureStore(tmp_path / "captures")
    partial = begin(store, "kyc")
    receive(partial, GOOD)
    sink_write = "facevid_gui.captures.sink.write_all"

    def half(file, data: bytes) -> None:
        file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(sink_write, half)
        with pytest.raises(SurroundingsError, match="disk_full"):
            receive(partial, b"x" * 1000)
    partial.close()
    (path,) = store.recover()
    record = read_capture_record(path)
    assert record is not None
    cut = record.exchanges[1]
    assert (cut.complete, cut.size_bytes) == (False, 500)
    assert [item.path for item in record.derived] == ["media/video.mp4"]


def test_an_error_while_noting_a_failure_does_not_hide_the_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = CaptureStore(tmp_path / "captures")

    def refuse(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    partial = begin(store)
    pieces = iter(pieces_of(GOOD))

    def then_the_disk_fills_up():
        yield next(pieces)
        monkeypatch.setattr("facevid_gui.captures.store.replace_file", refuse)

    receive_cut = receive(partial, then_the_disk_fills_up(), error="incomplete_body")
    assert receive_cut.error == "incomplete_body"
    assert (partial.folder / BODY).read_bytes() == GOOD[:1000]


def test_an_answer_that_cannot_be_noted_as_whole_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = CaptureStore(tmp_path / "captures")
    partial = begin(store)

    def refuse(path: Path, data: bytes) -> None:
        raise OSError(30, "Read-only file system", str(path))

    def then_the_disk_is_read_only():
        yield GOOD
        monkeypatch.setattr("facevid_gui.captures.store.replace_file", refuse)

    with pytest.raises(SurroundingsError, match="read_only"):
        receive(partial, then_the_disk_is_read_only())
    partial.close()
    assert [entry.state for entry in store.entries()] == ["interrupted"]
    assert store.recover() == ()


def test_without_permission_there_is_a_typed_error_and_nothing_else() -> None:
    with unprivileged_folder() as folder:
        (folder / "locked").mkdir(mode=0o500)

        def attempt() -> str:
            try:
                begin(CaptureStore(folder / "locked" / "captures"))
            except SurroundingsError as error:
                return error.code
            return "no error"

        os.chmod(folder / "locked", 0o500)
        assert as_unprivileged(attempt) == "permission_denied"
        assert list((folder / "locked").iterdir()) == []


def test_a_store_that_became_read_only_loses_nothing() -> None:
    with unprivileged_folder() as folder:

        def work() -> tuple[str, str, list[str]]:
            store = CaptureStore(folder / "captures")
            partial = begin(store, "kyc")
            receive(partial, GOOD)
            os.chmod(partial.folder, 0o500)
            os.chmod(partial.folder / "exchanges", 0o500)
            refused = receive_as_the_transport_does(partial, b"more")
            partial.close()
            promoted = store.recover()
            os.chmod(partial.folder, 0o700)
            os.chmod(partial.folder / "exchanges", 0o700)
            (path,) = store.recover()
            return refused, str(promoted), sorted(os.listdir(path / "media"))

        assert as_unprivileged(work) == ("permission_denied", "()", ["video.mp4"])
