"""Sealing on disks as they are: two volumes, full, forbidden, failing, gone."""

import errno
import os
import resource
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from facevid_gui.captures.store import CaptureEntry
from facevid_gui.core.errors import FacevidError, SurroundingsError
from facevid_gui.evidence.seal import Sealer
from tests.evidence.test_seal_crashes import hand_over
from tests.support.evidence_crash import end_of, in_child, start_child
from tests.support.evidence_places import Place, Template, files_of, unlock_folders
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

VOLUMES = (Path("/dev/shm"), Path("/var/tmp"), Path(__file__).parents[2])  # memory, the system's disk, the checkout's


def assert_nothing_happened(place: Place, entry: CaptureEntry, root: Path) -> None:
    """The capture is where and as it was; no half folder, no journal, no register line."""
    assert files_of(entry.path) == files_of(place.template.captures["order"])
    assert not root.is_dir() or list(root.iterdir()) == []
    assert list(place.house.paths.queue.iterdir()) == []
    assert not place.house.register.view(entry.evidence_id).known
    assert place.house.captures.open(entry.evidence_id).state == "complete"


def refused(place: Place, entry: CaptureEntry, root: Path) -> FacevidError:
    """The error of a sealing that cannot work."""
    with pytest.raises(FacevidError) as caught:
        place.seal(entry, root)
    return caught.value


# --- two volumes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP])
def test_where_links_are_impossible_files_are_copied(place: Place, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", no_links)
    entry = place.capture("order")
    sealed = place.seal(entry)
    assert place.verify(sealed.folder).verified
    assert not entry.path.exists()


def test_another_failure_of_linking_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", broken)
    entry = place.capture("order")
    assert refused(place, entry, place.root).code == "disk_failed"
    assert_nothing_happened(place, entry, place.root)


@pytest.fixture
def other_volume(tmp_path: Path) -> Iterator[Path]:
    """A folder on another volume than the home, wherever temporary files lie."""
    here = tmp_path.stat().st_dev
    others = (path for path in VOLUMES if os.access(path, os.W_OK) and path.stat().st_dev != here)
    volume = next(others, None)
    if volume is None:
        pytest.skip("no second volume here")
    folder = Path(tempfile.mkdtemp(prefix="facevid-test-", dir=volume))
    yield folder
    unlock_folders(folder)
    shutil.rmtree(folder)


def test_sealing_onto_another_volume_really_copies(place: Place, other_volume: Path) -> None:
    assert other_volume.stat().st_dev != place.home.stat().st_dev
    entry = place.capture("order")
    before = files_of(entry.path)
    sealed = place.seal(entry, other_volume / "evidence")
    after = files_of(sealed.folder / "data")
    assert place.verify(sealed.folder).verified
    assert {**after, "capture.json": b""} == {**before, "capture.json": b""}
    assert not entry.path.exists()
    assert stat.S_IMODE((sealed.folder / "data/media/video.mp4").stat().st_mode) == 0o444


@pytest.mark.parametrize("name", ["exchanges/01/request.json", "exchanges/01/response-headers.txt", "media/video.mp4"])
def test_a_copy_that_differs_is_never_sealed(place: Place, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Requests and headers have no hash in the record: only source and copy can be compared."""
    copyfile = shutil.copyfile

    def failing_medium(source: Path, target: Path, **options: bool) -> None:
        copyfile(source, target, **options)  # type: ignore[call-overload]
        if str(source).endswith(name):
            target.write_bytes(target.read_bytes()[:-1])

    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(shutil, "copyfile", failing_medium)
    entry = place.capture("order")
    assert refused(place, entry, place.root).code == "disk_failed"
    assert_nothing_happened(place, entry, place.root)


def test_a_file_that_does_not_read_back_is_never_sealed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def forgetful(self: Path) -> bytes:
        return b"" if self.name == "bag-info.txt" else read(self)

    entry = place.capture("order")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", forgetful)
        assert refused(place, entry, place.root).code == "disk_failed"
    assert_nothing_happened(place, entry, place.root)


# --- full --------------------------------------------------------------------------------------------------------


def test_a_full_evidence_volume_is_told_at_every_size_until_it_fits(place: Place, small_disk: Path) -> None:
    entry, root = place.capture("order"), small_disk / "evidence"
    refused_at: list[int] = []
    for kilobytes in (64, 320, 480, 492, 500, 508, 512, 516, 520, 524, 560, 640):
        subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", str(small_disk)], check=True)
        try:
            sealed = place.seal(entry, root)
        except SurroundingsError as full:
            error: FacevidError = full
        else:
            assert place.verify(sealed.folder).verified
            break
        assert error.code == "disk_full", kilobytes
        assert_nothing_happened(place, entry, root)
        refused_at.append(kilobytes)
    assert list(root.iterdir()) == [sealed.folder]
    assert max(refused_at) > 480, "it was refused in the middle of the payload and behind it"


def test_a_file_size_limit_is_told_too(place: Place) -> None:
    """The same without a right to mount: the system refuses the bytes behind the first 20 000."""
    entry, root = place.capture("order"), place.home / "limited"

    def seal_with_limit() -> None:
        def no_links(*_: object, **__: object) -> None:
            raise OSError(errno.EXDEV, "")

        os.link = no_links  # type: ignore[assignment]  # in the child only
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        assert refused(place, entry, root).code == "disk_failed"

    in_child(seal_with_limit)
    assert_nothing_happened(place, entry, root)


@pytest.mark.parametrize("written", [0, 100])
def test_a_register_that_takes_no_line_undoes_the_seal(
    place: Place, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    def full(file, data: bytes) -> None:
        file.write(data[:written])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    entry = place.capture("order")
    with monkeypatch.context() as patched:
        patched.setattr("facevid_gui.evidence.chainlog.write_all", full)
        assert refused(place, entry, place.root).code == "disk_full"
    assert_nothing_happened(place, entry, place.root)
    sealed = place.seal(entry)
    assert place.verify(sealed.folder).verified, "a torn line does not spoil the register"


# --- forbidden ---------------------------------------------------------------------------------------------------


def test_where_an_ordinary_user_may_not_write_the_capture_stays(template: Template) -> None:
    with unprivileged_folder() as folder:
        place = Place(template, folder / "home")
        entry = place.capture("order")
        original = files_of(entry.path)
        closed = folder / "closed"
        closed.mkdir()
        hand_over(folder)
        closed.chmod(0o555)

        def attempt() -> str:
            code = refused(place, entry, closed).code
            assert list(closed.iterdir()) == []
            assert list(place.house.paths.queue.iterdir()) == []
            assert files_of(entry.path) == original
            return code

        assert as_unprivileged(attempt) == "permission_denied"


def test_a_rename_that_fails_late_is_told_and_finished_later(template: Template) -> None:
    """The root becomes read-only after the register line: the folder is whole, only its name is missing."""
    with unprivileged_folder() as folder:
        place = Place(template, folder / "home")
        entry = place.capture("order")
        hand_over(folder)

        def attempt() -> str:
            publish = Sealer._publish

            def closed_first(self: Sealer, partial: Path, target: Path) -> None:
                target.parent.chmod(0o555)
                publish(self, partial, target)

            Sealer._publish = closed_first  # type: ignore[method-assign]  # in the child only
            code = refused(place, entry, place.root).code
            assert place.house.sealer.recover() == (), "still forbidden"
            assert entry.path.is_dir()
            Sealer._publish = publish  # type: ignore[method-assign]
            place.root.chmod(0o700)
            [finished] = place.house.sealer.recover()
            assert place.verify(finished).verified
            assert not entry.path.exists()
            return code

        assert as_unprivileged(attempt) == "permission_denied"


def test_a_capture_whose_seal_was_undone_late_can_be_sealed_by_an_ordinary_user(template: Template) -> None:
    """Hard links share their mode: the read-only mark of an undone folder must not lock the capture."""
    with unprivileged_folder() as folder:
        place = Place(template, folder / "home")
        entry = place.capture("order")
        hand_over(folder)

        def attempt() -> bool:
            add = place.house.register.add

            def fails(*_: object, **__: object) -> str:
                raise SurroundingsError("disk_full")

            place.house.register.add = fails  # type: ignore[method-assign]
            assert refused(place, entry, place.root).code == "disk_full"
            place.house.register.add = add  # type: ignore[method-assign]
            return place.verify(place.seal(entry).folder).verified

        assert as_unprivileged(attempt) is True


def test_a_root_that_is_a_file_is_told(place: Place) -> None:
    entry = place.capture("order")
    root = place.home / "file"
    root.write_bytes(b"")
    assert refused(place, entry, root / "evidence").exit_code == 3
    assert root.read_bytes() == b""
    assert files_of(entry.path) == files_of(place.template.captures["order"])
    assert list(place.house.paths.queue.iterdir()) == []


# --- media as people use them ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP])
def test_a_medium_without_modes_and_links_takes_evidence(
    place: Place, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A USB stick with FAT: every change of a mode is refused, and so is every hard link."""
    stick = place.home / "stick"
    chmod = os.chmod

    def refusing_chmod(path: Path | str, mode: int, **options: bool) -> None:
        if Path(path).is_relative_to(stick):
            raise OSError(code, os.strerror(code), str(path))
        chmod(path, mode, **options)

    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    entry = place.capture("order")
    with monkeypatch.context() as patched:
        patched.setattr(os, "chmod", refusing_chmod)
        patched.setattr(os, "link", no_links)
        sealed = place.seal(entry, stick)
        assert place.verify(sealed.folder).verified
        assert place.house.custody.append(sealed.folder, "verified", {"reason": "hand-over"}, place.signer)
        assert place.verify(sealed.folder).verified
    assert not entry.path.exists()
    assert list(stick.iterdir()) == [sealed.folder]


def test_a_mode_that_a_medium_with_modes_refuses_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    chmod = os.chmod

    def failing_chmod(path: Path | str, mode: int, **options: bool) -> None:
        if mode == 0o444:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        chmod(path, mode, **options)

    entry = place.capture("order")
    with monkeypatch.context() as patched:
        patched.setattr(os, "chmod", failing_chmod)
        assert refused(place, entry, place.root).code == "disk_failed"
    assert_nothing_happened(place, entry, place.root)


def test_a_read_only_volume_is_told(place: Place, small_disk: Path) -> None:
    entry, root = place.capture("order"), small_disk / "evidence"
    subprocess.run(["mount", "-o", "remount,size=8m,ro", str(small_disk)], check=True)
    assert refused(place, entry, root).code == "read_only"
    assert_nothing_happened(place, entry, root)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert place.verify(place.seal(entry, root).folder).verified


def test_a_volume_that_turns_read_only_before_the_rename_is_finished_later(
    place: Place, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    entry, root = place.capture("order"), small_disk / "evidence"
    publish = Sealer._publish

    def read_only_first(self: Sealer, partial: Path, target: Path) -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
        publish(self, partial, target)

    with monkeypatch.context() as patched:
        patched.setattr(Sealer, "_publish", read_only_first)
        assert refused(place, entry, root).code == "read_only"
    assert [path.name[:9] for path in root.iterdir()] == [".partial-"], "nothing that looks sealed"
    assert place.house.sealer.recover() == (), "still read-only"
    assert entry.path.is_dir()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    [finished] = place.house.sealer.recover()
    assert place.verify(finished).verified
    assert not entry.path.exists()


def moved_at(monkeypatch: pytest.MonkeyPatch, method: str, source: Path, target: Path) -> None:
    """Move a folder just before a step of the sealer."""
    step = getattr(Sealer, method)

    def moving(self: Sealer, *args: object) -> object:
        source.rename(target)
        return step(self, *args)

    monkeypatch.setattr(Sealer, method, moving)


@pytest.mark.parametrize("put_back", [True, False])
def test_an_evidence_root_moved_before_the_rename_is_told_and_nothing_is_lost(
    place: Place, monkeypatch: pytest.MonkeyPatch, put_back: bool
) -> None:
    entry, elsewhere = place.capture("order"), place.home / "moved"
    with monkeypatch.context() as patched:
        moved_at(patched, "_publish", place.root, elsewhere)
        assert refused(place, entry, place.root).code == "evidence_moved"
    assert files_of(entry.path) == files_of(place.template.captures["order"])
    assert [path.name[:9] for path in elsewhere.iterdir()] == [".partial-"], "nothing that looks sealed"
    if put_back:
        elsewhere.rename(place.root)
        [finished] = place.house.sealer.recover()
    else:  # the medium never comes back: the capture can be sealed anew
        finished = place.seal(entry, place.home / "another").folder
    assert place.verify(finished).verified
    assert not entry.path.exists()


def test_an_evidence_root_moved_while_the_folder_is_built_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, elsewhere = place.capture("order"), place.home / "moved"
    with monkeypatch.context() as patched:
        patched.setattr(
            "facevid_gui.evidence.seal.readme_bytes", lambda *_: (place.root.rename(elsewhere), b"readme")[1]
        )
        assert refused(place, entry, place.root).code == "evidence_moved"
    assert files_of(entry.path) == files_of(place.template.captures["order"])
    assert not place.house.register.view(entry.evidence_id).known
    assert [path.name[:9] for path in elsewhere.iterdir()] == [".partial-"]
    elsewhere.rename(place.root)
    sealed = place.seal(entry)
    assert list(place.root.iterdir()) == [sealed.folder], "what was left half built is gone"
    assert place.verify(sealed.folder).verified


def test_a_capture_moved_while_it_is_sealed_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    entry, elsewhere = place.capture("order"), place.home / "moved"
    with monkeypatch.context() as patched:
        moved_at(patched, "_build", entry.path, elsewhere)
        assert refused(place, entry, place.root).code in ("capture_unknown", "capture_changed")
    assert list(place.root.iterdir()) == []
    assert files_of(elsewhere) == files_of(place.template.captures["order"])
    elsewhere.rename(entry.path)
    assert place.verify(place.seal(entry).folder).verified


def test_paths_of_300_characters_are_sealed_and_verified(place: Place) -> None:
    entry = place.capture("order")
    root = place.home / ("d" * 150) / ("e" * 150) / "证据"
    sealed = place.seal(entry, root)
    assert len(str(sealed.folder)) > 350
    assert place.verify(sealed.folder).verified


@pytest.mark.parametrize("name", ["n" * 300, "名" * 120, "/".join(["n" * 200] * 25)])
def test_a_path_longer_than_the_system_takes_is_told(place: Place, name: str) -> None:
    entry = place.capture("order")
    assert refused(place, entry, place.home / "long" / name).code == "path_too_long"
    assert files_of(entry.path) == files_of(place.template.captures["order"])
    assert list(place.house.paths.queue.iterdir()) == []
    assert place.verify(place.seal(entry).folder).verified


def test_two_instances_that_seal_two_captures_at_once_share_one_register(place: Place) -> None:
    entries = [place.capture("order"), place.capture("flow")]
    signer = place.signer
    children = [
        start_child(lambda entry=entry: place.house.sealer.seal(entry, place.request(), signer)) for entry in entries
    ]
    assert [end_of(child) for child in children] == [0, 0]
    folders = list(place.root.iterdir())
    assert len(folders) == 2
    assert all(place.verify(folder).verified for folder in folders)
    assert place.house.captures.entries() == ()
