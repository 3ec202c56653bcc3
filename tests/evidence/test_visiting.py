"""Packages that are looked at: what is unpacked where, what is refused with which words, what is left afterwards."""

import hashlib
import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, FacevidError, SurroundingsError
from facevid_gui.evidence import unpacking, visiting
from facevid_gui.evidence.visiting import OpenedPackage, SeveralInsideError, Visits, looks_like_package
from tests.evidence.test_export import pack, sidecar
from tests.support.evidence_places import Place, files_of
from tests.support.evidence_zips import Entry, entries_of, make_zip, zip_folder
from tests.support.unprivileged import as_unprivileged, unprivileged_folder


def visit(
    place: Place, package: Path, inside: str | None = None, token: CancelToken | None = None, **more: Any
) -> OpenedPackage:
    return place.house.visits.open(package, inside, token or CancelToken(), more.get("tell", lambda *_: None))


def left(place: Place) -> list[str]:
    scratch = place.house.paths.visiting
    return sorted(path.name for path in scratch.iterdir()) if scratch.exists() else []


def refused(place: Place, package: Path) -> str:
    with pytest.raises(FacevidError) as caught:
        visit(place, package)
    assert left(place) == []
    return caught.value.code


@pytest.fixture
def handed_over(place: Place) -> Path:
    """A package as this program makes it, with notes in it."""
    folder = place.folder("kyc")
    sidecar(folder)
    return pack(place, folder).package


def test_a_package_is_unpacked_privately_with_its_notes_and_goes_when_it_is_closed(
    place: Place, handed_over: Path
) -> None:
    raw = handed_over.read_bytes()
    told: list[tuple[str, int]] = []
    opened = visit(place, handed_over, tell=lambda stage, number: told.append((stage, number)))
    original = next(place.root.glob("fv-*-kyc-????????????????????????????????"))
    assert opened.sha256 == hashlib.sha256(raw).hexdigest()
    assert files_of(opened.folder) == files_of(original)
    assert files_of(opened.folder.with_name(f"{opened.folder.name}.work")) == files_of(
        original.with_name(f"{original.name}.work")
    )
    private = opened.folder.parent
    assert private.parent == place.house.paths.visiting
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in private.rglob("*") if path.is_file()} == {0o600}
    assert [path.name for path in private.iterdir() if path.suffix == ".html"] == [], "the reading page is not needed"
    assert place.verify(opened.folder).verified
    assert [stage for stage, _ in told][:2] == ["hash", "unpack"]
    assert [number for stage, number in told if stage == "unpack"] == sorted(n for s, n in told if s == "unpack")
    place.house.visits.close(opened)
    assert left(place) == []
    assert handed_over.read_bytes() == raw
    place.house.visits.close(opened)  # twice does nothing


@pytest.mark.parametrize("wrapper", ["", "Compressed (2)/来自 法院/"])
def test_an_ordinary_zip_of_one_folder_will_do(place: Place, tmp_path: Path, wrapper: str) -> None:
    folder = place.folder("ess")
    package = zip_folder(folder, tmp_path / "一个 包.zip", deflate=True, wrapper=wrapper)
    opened = visit(place, package)
    assert opened.folder.name == folder.name
    assert opened.inside == f"{wrapper}{folder.name}"
    place.house.visits.close(opened)


def test_files_at_the_top_of_the_zip_get_a_folder(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    entries = [replace(entry, name=entry.name.partition("/")[2]) for entry in entries_of(folder)]
    (tmp_path / "flat.zip").write_bytes(make_zip(entries))
    opened = visit(place, tmp_path / "flat.zip")
    assert (opened.inside, opened.folder.name) == ("", "evidence")
    assert files_of(opened.folder) == files_of(folder)
    place.house.visits.close(opened)


def test_of_several_folders_one_has_to_be_named(place: Place, tmp_path: Path) -> None:
    first, second = place.folder("kyc"), place.folder("ess")
    package = tmp_path / "two.zip"
    package.write_bytes(make_zip([*entries_of(first), *entries_of(second)]))
    with pytest.raises(SeveralInsideError) as caught:
        visit(place, package)
    assert left(place) == []
    assert {packed.name for packed in caught.value.found} == {first.name, second.name}
    assert all(packed.size_bytes > 1000 and packed.files > 5 for packed in caught.value.found)
    opened = visit(place, package, second.name)
    assert files_of(opened.folder) == files_of(second)
    place.house.visits.close(opened)
    with pytest.raises(FacevidError, match="package_none"):
        visit(place, package, "fv-of-something-else")


def bad_packages(place: Place) -> dict[str, bytes]:
    entries = entries_of(place.folder("kyc"))
    good = make_zip(entries)
    bomb = Entry(f"{entries[0].name}x", bytes(40_000_000), method=8)
    return {
        "package_none": make_zip([Entry("holiday/beach.jpg", b"\xff\xd8")]),
        "package_no_zip": good[: len(good) // 2],
        "package_encrypted": make_zip([*entries[1:], replace(entries[0], flags=0x0801)]),
        "package_too_large": make_zip([*entries[:3], bomb]),
        "package_unsafe": make_zip([*entries, Entry(f"{entries[0].name}.lnk", b"/etc", attributes=0o120777 << 16)]),
        "package_damaged": make_zip([*entries[1:], replace(entries[0], crc=1)]),
    }


@pytest.mark.parametrize(
    "code", ["package_none", "package_no_zip", "package_encrypted", "package_too_large", "package_unsafe",
             "package_damaged"],
)  # fmt: skip
def test_what_is_wrong_with_a_zip_is_said_and_nothing_is_left(place: Place, tmp_path: Path, code: str) -> None:
    package = tmp_path / "stranger.zip"
    package.write_bytes(bad_packages(place)[code])
    assert refused(place, package) == code
    for language in ("en", "zh_CN"):
        from facevid_gui.core.messages import Messages

        what, next_step = Messages(language).failure(code, {"path": str(package)})
        assert str(package) in what
        assert next_step


def test_names_that_lead_out_of_the_folder_are_not_unpacked(place: Place, tmp_path: Path) -> None:
    entries = entries_of(place.folder("kyc"))
    (tmp_path / "evil.zip").write_bytes(make_zip([*entries, Entry(f"{entries[0].name}/../../../evil", b"x")]))
    assert refused(place, tmp_path / "evil.zip") == "package_damaged"
    assert not list(tmp_path.rglob("evil"))


def test_no_zip_at_all_empty_gone_and_a_pipe(place: Place, tmp_path: Path) -> None:
    for name, raw in (("a.zip", b""), ("b.zip", b"<html>log in</html>" * 40)):
        (tmp_path / name).write_bytes(raw)
        assert refused(place, tmp_path / name) == "package_no_zip"
    assert refused(place, tmp_path / "nowhere.zip") == "package_gone"
    os.mkfifo(tmp_path / "pipe.zip")
    assert refused(place, tmp_path / "pipe.zip") == "disk_failed"


def test_a_zip_is_known_by_its_name_or_by_its_beginning(place: Place, handed_over: Path, tmp_path: Path) -> None:
    nameless = tmp_path / "download"
    nameless.write_bytes(handed_over.read_bytes())
    (tmp_path / "answer.json").write_bytes(b"{}")
    (tmp_path / "X.ZIP").write_bytes(b"{}")
    found = {name: looks_like_package(tmp_path / name) for name in ("download", "answer.json", "X.ZIP")}
    assert found == {"download": True, "answer.json": False, "X.ZIP": True}
    with pytest.raises(SurroundingsError, match="package_gone"):
        looks_like_package(tmp_path / "gone")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SurroundingsError, match="disk_failed"):
        looks_like_package(tmp_path / "pipe")


def test_a_full_disk_is_told_before_anything_is_written(
    place: Place, handed_over: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda path: usage)
    assert refused(place, handed_over) == "disk_full"


def test_stopping_leaves_nothing(place: Place, handed_over: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = CancelToken()
    unpack = visiting.unpack_member

    def stop(*args: Any) -> None:
        unpack(*args)
        token.cancel()

    monkeypatch.setattr(visiting, "unpack_member", stop)
    with pytest.raises(CancelledError):
        visit(place, handed_over, token=token)
    assert left(place) == []


def test_a_second_program_is_not_disturbed_and_a_killed_one_is_cleaned_up(place: Place, handed_over: Path) -> None:
    opened = visit(place, handed_over)
    other = Visits(place.house.paths.visiting)
    other.recover()
    assert place.verify(opened.folder).verified, "it is still being looked at"
    code = (
        "import os, signal, sys; from pathlib import Path; from facevid_gui.core.cancel import CancelToken\n"
        "from facevid_gui.evidence.visiting import Visits\n"
        "visits = Visits(Path(sys.argv[1])); visits.open(Path(sys.argv[2]), None, CancelToken(), lambda *_: None)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, place.house.paths.visiting, handed_over], check=False)
    assert killed.returncode == -signal.SIGKILL
    folders = [path for path in place.house.paths.visiting.iterdir() if path.is_dir()]
    assert len(folders) == 2
    place.house.recover()
    assert [path for path in place.house.paths.visiting.iterdir() if path.is_dir()] == [opened.folder.parent]
    place.house.visits.close_all()
    assert left(place) == []


def test_a_package_that_may_not_be_read_is_told() -> None:
    def work(folder: Path) -> str:
        (folder / "x.zip").write_bytes(b"PK\3\4")
        (folder / "x.zip").chmod(0)
        try:
            Visits(folder / "scratch").open(folder / "x.zip", None, CancelToken(), lambda *_: None)
        except FacevidError as error:
            return error.code
        return "opened"

    with unprivileged_folder() as folder:
        assert as_unprivileged(lambda: work(folder)) == "permission_denied"
