"""Files the careful way: private, whole or not at all, and a typed error for what a disk can do to us."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.files import (
    append_line,
    disk_error,
    disk_errors,
    flush_file,
    flush_folder,
    flush_tree,
    make_private_folder,
    open_new,
    open_regular,
    place_new,
    read_limited,
    remove_tree,
    replace_file,
    set_mode,
    sha256_of,
    write_all,
    write_new,
)
from tests.support.captures_processes import in_child
from tests.support.unprivileged import as_unprivileged, unprivileged_folder


@pytest.fixture(params=[0o000, 0o077])
def umask(request: pytest.FixtureRequest):
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.usefixtures("umask")
def test_files_and_folders_are_private_whatever_the_umask(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    make_private_folder(folder)
    assert [mode(path) for path in (folder, folder.parent, folder.parent.parent)] == [0o700] * 3
    write_new(folder / "new", b"x")
    replace_file(folder / "new", b"y")
    assert place_new(folder / "placed", b"z")
    assert [mode(folder / name) for name in ("new", "placed")] == [0o600] * 2


def test_an_existing_folder_keeps_its_mode_and_being_made_twice_is_fine(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o755)
    make_private_folder(folder)
    make_private_folder(folder)
    assert mode(folder) == 0o755


def test_a_file_in_the_way_of_a_folder_is_an_error_and_not_overlooked(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileExistsError):
        make_private_folder(tmp_path / "file")
    with pytest.raises(OSError, match="file"):
        make_private_folder(tmp_path / "file" / "below")


def test_a_folder_another_process_made_in_between_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.mkdir

    def slower(self: Path, *args, **kwargs) -> None:
        original(self)
        original(self, *args, **kwargs)

    monkeypatch.setattr(Path, "mkdir", slower)
    make_private_folder(tmp_path / "contested")
    assert (tmp_path / "contested").is_dir()


@pytest.mark.parametrize("make", [lambda path: write_new(path, b"new"), lambda path: open_new(path).close()])
def test_what_exists_is_never_opened_as_new(tmp_path: Path, make: Callable[[Path], object]) -> None:
    existing, target = tmp_path / "existing", tmp_path / "target"
    existing.write_bytes(b"old")
    (tmp_path / "link").symlink_to(target)
    for path in (existing, tmp_path / "link"):
        with pytest.raises(FileExistsError):
            make(path)
    assert existing.read_bytes() == b"old"
    assert not target.exists()


def test_every_byte_is_written_however_little_a_write_takes() -> None:
    class Narrow:
        data = b""

        def write(self, view: memoryview) -> int:
            self.data += bytes(view[:3])
            return min(3, len(view))

    narrow = Narrow()
    write_all(narrow, b"0123456789")  # type: ignore[arg-type]
    assert narrow.data == b"0123456789"


@pytest.mark.parametrize(("before", "after"), [(b"", b"x\n"), (b"a\n", b"a\nx\n"), (b"a", b"a\nx\n")])
def test_a_line_is_added_on_a_line_of_its_own(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = tmp_path / "heads.txt"
    path.write_bytes(before)
    append_line(path, b"x\n")
    assert path.read_bytes() == after
    with pytest.raises(SurroundingsError):
        append_line(tmp_path / "nothing", b"x\n")
    assert not (tmp_path / "nothing").exists()


def test_a_file_is_replaced_in_one_step_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    replace_file(path, b"first")
    with path.open("rb") as reader:
        replace_file(path, b"second")
        assert reader.read() == b"first"
    assert path.read_bytes() == b"second"
    assert os.listdir(tmp_path) == ["record.json"]


@pytest.mark.parametrize("failing", ["os.fsync", "os.replace"])
def test_a_replacement_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "record.json"
    replace_file(path, b"old")

    def refuse(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(f"facevid_gui.files.{failing}", refuse)
        with pytest.raises(OSError, match="space"):
            replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["record.json"]


def test_of_two_that_place_a_file_the_first_wins(tmp_path: Path) -> None:
    path = tmp_path / "home.json"
    assert place_new(path, b"first") is True
    assert place_new(path, b"second") is False
    assert path.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["home.json"]


def test_where_there_are_no_hard_links_a_file_is_placed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("facevid_gui.files.os.link", refuse)
    path = tmp_path / "home.json"
    assert place_new(path, b"first") is True
    assert place_new(path, b"second") is False
    assert path.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["home.json"]


def test_flushing_reaches_every_file_and_folder_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("one", "a/two", "a/b/three"):
        (tmp_path / name).write_bytes(name.encode())
    flushed: set[str] = set()
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        flushed.add(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr("facevid_gui.files.os.fsync", noting)
    flush_tree(tmp_path)
    assert flushed == {str(tmp_path), *(str(path) for path in tmp_path.rglob("*"))}
    assert len(flushed) == 6
    assert (tmp_path / "a/b/three").read_bytes() == b"a/b/three"


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were flushed to the disk, in order."""
    paths: list[str] = []
    monkeypatch.setattr("facevid_gui.files.os.fsync", lambda fd: paths.append(os.readlink(f"/proc/self/fd/{fd}")))
    return paths


def test_what_is_put_in_place_is_on_the_disk_and_so_is_its_name(tmp_path: Path, flushed: list[str]) -> None:
    path = tmp_path / "record.json"
    for put in (replace_file, place_new):
        put(path.with_name(put.__name__), b"x")
        written, folder = flushed[-2:]
        assert written.endswith(".tmp")
        assert folder == str(tmp_path)
    write_new(path, b"x")
    assert flushed[-1] == str(path)


def test_flushing_leaves_nothing_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    (tmp_path / "file").write_bytes(b"x")
    flush_tree(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before


def test_flushing_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    for flush in (flush_file, flush_folder):
        with pytest.raises(FileNotFoundError):
            flush(tmp_path / "missing")


def test_windows_has_no_folders_to_flush(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facevid_gui.files.os.name", "nt")
    flush_folder(tmp_path / "missing")


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 1024 * 1024 + 1])
def test_hash_and_size_are_those_of_the_bytes(tmp_path: Path, size: int) -> None:
    data = bytes(i % 251 for i in range(size))
    (tmp_path / "file").write_bytes(data)
    assert sha256_of(tmp_path / "file") == (hashlib.sha256(data).hexdigest(), size)


def strange_entries(folder: Path) -> dict[str, Path]:
    (folder / "file").write_bytes(b"x")
    (folder / "folder").mkdir()
    (folder / "link").symlink_to(folder / "file")
    (folder / "dangling").symlink_to(folder / "nothing")
    os.mkfifo(folder / "pipe")
    return {name: folder / name for name in ("folder", "link", "dangling", "pipe", "missing")}


@pytest.mark.parametrize("read", [open_regular, sha256_of, lambda path: read_limited(path, 10)])
def test_only_regular_files_are_read_and_nothing_is_followed_waited_for_or_left_open(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    entries = strange_entries(tmp_path)
    before = len(os.listdir("/proc/self/fd"))
    for path in entries.values():
        with pytest.raises(OSError, match=r"."):
            read(path)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_device_is_no_regular_file() -> None:
    with pytest.raises(OSError, match="regular"):
        open_regular(Path("/dev/zero"))


@pytest.mark.parametrize("size", [0, 9, 10])
def test_a_file_within_its_limit_is_read_whole(tmp_path: Path, size: int) -> None:
    (tmp_path / "file").write_bytes(b"x" * size)
    assert read_limited(tmp_path / "file", 10) == b"x" * size


def test_a_file_beyond_its_limit_is_refused_even_when_it_grows_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 11)
    with pytest.raises(ValueError, match="large"):
        read_limited(path, 10)
    fstat = os.fstat

    def small(descriptor: int) -> os.stat_result:
        facts = list(fstat(descriptor))
        facts[stat.ST_SIZE] = 1
        return os.stat_result(facts)

    monkeypatch.setattr("facevid_gui.files.os.fstat", small)
    with pytest.raises(ValueError, match="large"):
        read_limited(path, 10)


def test_a_tree_is_removed_with_its_read_only_entries() -> None:
    with unprivileged_folder() as folder:

        def work() -> list[str]:
            inner = folder / "capture" / "data" / "media"
            inner.mkdir(parents=True)
            (inner / "clip.mp4").write_bytes(b"x")
            (inner / "clip.mp4").chmod(0o444)
            for path in (inner, inner.parent, inner.parent.parent):
                path.chmod(0o555)
            remove_tree(folder / "capture")
            remove_tree(folder / "capture")
            return os.listdir(folder)

        assert as_unprivileged(work) == []


def test_a_link_to_a_folder_is_not_followed_when_removing(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir(mode=0o755)
    (precious / "file").write_bytes(b"x")
    (tmp_path / "capture").mkdir()
    (tmp_path / "capture" / "link").symlink_to(precious)
    (tmp_path / "direct").symlink_to(precious)
    remove_tree(tmp_path / "capture")
    remove_tree(tmp_path / "direct")
    remove_tree(precious / "file")
    assert not (tmp_path / "capture").exists()
    assert (precious / "file").read_bytes() == b"x"
    assert mode(precious) == 0o755


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EACCES, "permission_denied"),
        (errno.EPERM, "permission_denied"),
        (errno.EROFS, "read_only"),
        (errno.ENAMETOOLONG, "path_too_long"),
        (errno.EIO, "disk_failed"),
        (errno.ENOENT, "disk_failed"),
    ],
)
def test_what_the_system_says_becomes_an_error_with_a_sentence(number: int, code: str) -> None:
    cause = OSError(number, "as the system says", "/the/file")
    error = disk_error(cause)
    assert (error.code, error.params) == (code, {"path": "/the/file", "reason": "as the system says"})
    assert disk_error(cause, Path("/asked/for")).params["path"] == "/asked/for"
    with pytest.raises(SurroundingsError, match=code) as caught, disk_errors("/asked/for"):
        raise cause
    assert caught.value.__cause__ is cause


def test_an_error_without_number_or_words_is_told_by_its_kind() -> None:
    assert disk_error(OSError()).params == {"path": "", "reason": "OSError"}


def test_other_errors_pass_through_untouched() -> None:
    with pytest.raises(ValueError, match="mine"), disk_errors():
        raise ValueError("mine")
    with disk_errors():
        pass


def test_a_name_too_long_for_the_disk_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(SurroundingsError, match="path_too_long"), disk_errors():
        write_new(tmp_path / ("x" * 300), b"")


def test_replacing_under_many_processes_never_shows_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    replace_file(path, b"0" * 100_000)

    def write_often() -> None:
        for number in range(20):
            replace_file(path, str(number % 10).encode() * 100_000)

    for _ in range(2):
        in_child(write_often)
        data = path.read_bytes()
        assert len(data) == 100_000
        assert len(set(data)) == 1


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_medium_that_knows_no_modes_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    (tmp_path / "f").write_bytes(b"")
    set_mode(tmp_path / "f", 0o444)
    assert mode(tmp_path / "f") == 0o444

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "chmod", refuse)
    set_mode(tmp_path / "f", 0o600)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.EIO, errno.ENOENT])
def test_any_other_refusal_of_a_mode_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "chmod", refuse)
    with pytest.raises(OSError, match=os.strerror(code)):
        set_mode(tmp_path, 0o700)


@pytest.mark.parametrize("size", [0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3_000_000])
def test_files_of_every_size_have_the_hash_of_their_bytes(tmp_path: Path, size: int) -> None:
    raw = bytes(number % 251 for number in range(1000)) * (size // 1000 + 1)
    (tmp_path / "f").write_bytes(raw[:size])
    assert sha256_of(tmp_path / "f") == (hashlib.sha256(raw[:size]).hexdigest(), size)
    assert sha256_of(str(tmp_path / "f")) == sha256_of(tmp_path / "f")
