"""Hand-over packages: what is in them, on which disks, and what is left when making one fails."""

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, FacevidError, SubjectError, UsageError
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import departure
from facevid_gui.evidence import export as export_module
from facevid_gui.evidence.archive_writer import PackageWriter
from facevid_gui.evidence.chainlog import check_chain, read_lines
from facevid_gui.evidence.departure import ExportRefusedError
from facevid_gui.evidence.export import Exported, ExportRequest
from facevid_gui.evidence.unpacking import verify_archive
from facevid_gui.files import open_new
from tests.support.evidence_places import Place, files_of
from tests.support.evidence_tampering import add_event, flip, video


def pack(place: Place, folder: Path, target: Path | None = None, **options: Any) -> Exported:
    """Export under the trust of a careful checker."""
    request = ExportRequest(folder, target or place.home / "package.zip", **options)
    return place.house.exporter.export(request, place.trust(), lambda: place.signer, CancelToken())


def verify_zip(place: Place, package: Path) -> Any:
    """The verdict on the only folder of a package."""
    (verdict,) = verify_archive(package, place.trust(), place.house.paths.unpacked, CancelToken()).verdicts
    return verdict


def access_lines(place: Place) -> list[dict[str, Any]]:
    log = place.house.paths.access_log
    return [data for _, data in read_lines(log) if data is not None] if log.exists() else []


def register_lines(place: Place) -> list[dict[str, Any]]:
    return [data for _, data in read_lines(place.house.paths.register) if data is not None]


def assert_no_half_package(place: Place) -> None:
    """Neither a package nor a part of one, nor anything to be finished."""
    assert [path.name for path in place.home.iterdir() if path.suffix in (".zip", ".partial")] == []
    assert list(place.house.paths.queue.glob("*.json")) == []


def sidecar(folder: Path) -> Path:
    """Notes and a snapshot beside a folder."""
    beside = folder.with_name(folder.name + ".work")
    (beside / "notes").mkdir(parents=True)
    (beside / "snapshots").mkdir()
    (beside / "notes" / "000001.json").write_bytes(b'{"text": "eyes closed"}\n')
    (beside / "snapshots" / "第12帧.png").write_bytes(b"\x89PNG")
    return beside


# --- what is in it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ess", "kyc", "stamped", "damaged", "no_media", "gzip"])
def test_a_package_holds_the_folder_its_history_and_a_page_and_verifies(place: Place, name: str) -> None:
    folder = place.folder(name)
    exported = pack(place, folder, recipient="Intermediate Court 第一庭")
    with zipfile.ZipFile(exported.package) as package:
        assert package.testzip() is None
        packed = {item: package.read(item) for item in package.namelist()}
    after = {f"{folder.name}/{path}": raw for path, raw in files_of(folder).items()}
    page = packed.pop(f"{folder.name}.html")
    assert packed == after, "the event that tells of the package is in it"
    event = json.loads(sorted((folder / "custody").glob("*.json"))[-1].read_bytes())
    assert (event["event"], event["detail"]["to"]) == ("exported", "Intermediate Court 第一庭")
    assert event["detail"]["export_id"] == exported.export_id
    assert exported.recorded
    assert exported.left_out == ()
    assert hashlib.sha256(exported.package.read_bytes()).hexdigest() == exported.sha256
    verdict = verify_zip(place, exported.package)
    assert verdict.verified
    assert verdict.verdict is exported.verdict.verdict
    assert verdict.folder == f"{exported.package}!/{folder.name}"
    assert place.verify(folder).verified
    assert page.startswith(b"<!DOCTYPE html>")
    assert exported.package.stat().st_mode & 0o777 == 0o600
    assert_nothing_waits(place)


def assert_nothing_waits(place: Place) -> None:
    assert list(place.house.paths.queue.glob("*.json")) == []
    assert list(place.home.glob(".facevid-*")) == []


def test_register_and_access_log_tell_of_it(place: Place) -> None:
    folder = place.folder("kyc")
    exported = pack(place, folder, recipient="court")
    assert (register_lines(place)[-1]["event"], register_lines(place)[-1]["evidence_id"]) == (
        "custody",
        exported.evidence_id,
    )
    line = access_lines(place)[-1]
    assert (line["event"], line["subject"]) == ("exported", exported.evidence_id)
    assert line["detail"]["sha256"] == exported.sha256
    assert line["detail"]["file"] == str(exported.package)
    assert line["detail"]["to"] == "court"
    assert check_chain(place.house.paths.access_log, "facevid-access/1") == ()


def test_the_sidecar_travels_along_and_is_no_part_of_the_verdict(place: Place) -> None:
    folder = place.folder("ess")
    beside = sidecar(folder)
    (beside / "snapshots" / "a:b.png").write_bytes(b"not on Windows")
    (beside / "snapshots" / "passwd").symlink_to("/etc/passwd")
    exported = pack(place, folder)
    with zipfile.ZipFile(exported.package) as package:
        names = package.namelist()
        assert package.read(f"{folder.name}.work/snapshots/第12帧.png") == b"\x89PNG"
        page = package.read(f"{folder.name}.html").decode()
    assert f"{folder.name}.work/notes/000001.json" in names
    wanted = {f"{folder.name}.work/snapshots/{name}" for name in ("a:b.png", "passwd")}
    assert set(exported.left_out) == wanted
    assert all(path in page for path in wanted)
    found = verify_archive(exported.package, place.trust(), place.house.paths.unpacked, CancelToken())
    assert [verdict.verified for verdict in found.verdicts] == [True]
    assert f"{folder.name}.html" in found.beside
    assert f"{folder.name}.work/notes/000001.json" in found.beside


def test_stock_unzip_restores_the_same_bytes(place: Place, tmp_path: Path) -> None:
    unzip = shutil.which("unzip")
    if unzip is None:
        pytest.skip("no unzip here")
    folder = place.folder("stamped")
    sidecar(folder)
    exported = pack(place, folder)
    target = tmp_path / "court"
    target.mkdir()
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run([unzip, "-q", str(exported.package), "-d", str(target)], check=True, env=environ)
    assert files_of(target / folder.name) == files_of(folder)
    assert files_of(target / f"{folder.name}.work") == files_of(folder.with_name(f"{folder.name}.work"))
    assert place.verify(target / folder.name).verdict is Verdict.VERIFIED
    modes = {path.stat().st_mode & 0o777 for path in target.rglob("*") if path.is_file()}
    assert modes == {0o644}


def test_the_same_content_makes_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for number in range(2):
        source = tmp_path / f"source{number}"
        source.write_bytes(b"video" * 1000)
        os.utime(source, (number * 10**9, number * 10**9))
        source.chmod(0o644 if number else 0o400)
        with open_new(tmp_path / f"{number}.zip") as file:
            writer = PackageWriter(file)
            writer.add_file("a/视频.mp4", source, CancelToken())
            writer.add_bytes("a.html", b"<p>")
            writer.close()
        made.append((tmp_path / f"{number}.zip").read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "0.zip") as package:
        for entry in package.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            assert (entry.create_system, entry.external_attr >> 16) == (3, 0o100644)
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_large_members_get_the_large_form_and_are_read_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of 2 GiB moved down to 20 kB: headers, directory and end then have the form for large archives."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 20_000)
    folder = place.folder("kyc")
    exported = pack(place, folder)
    raw = exported.package.read_bytes()
    assert b"PK\6\6" in raw
    assert b"PK\6\7" in raw
    assert verify_zip(place, exported.package).verified


def test_a_folder_renamed_by_a_user_is_packed_under_its_name(place: Place) -> None:
    folder = place.folder("kyc")
    renamed = folder.rename(folder.with_name("案件 7 号"))
    exported = pack(place, renamed)
    verdict = verify_zip(place, exported.package)
    assert (verdict.verified, verdict.folder) == (True, f"{exported.package}!/案件 7 号")


def test_a_name_that_windows_does_not_know_is_replaced(place: Place) -> None:
    folder = place.folder("kyc")
    renamed = folder.rename(folder.with_name("case: 7?"))
    exported = pack(place, renamed)
    assert verify_zip(place, exported.package).folder.endswith(f"!/evidence-{exported.evidence_id}")


# --- a folder that does not hold ---------------------------------------------------------------------------------


def test_an_altered_folder_is_refused(place: Place) -> None:
    folder = place.open_folder("kyc")
    flip(video(folder))
    before, register = files_of(folder), place.house.paths.register.read_bytes()
    with pytest.raises(ExportRefusedError, match="export_not_clean") as caught:
        pack(place, folder)
    assert caught.value.verdict.verdict is Verdict.ALTERED
    assert files_of(folder) == before
    assert place.house.paths.register.read_bytes() == register
    assert access_lines(place) == []
    assert_no_half_package(place)


def test_asked_for_explicitly_it_is_packed_as_it_was_found_and_named_so(place: Place) -> None:
    folder = place.open_folder("kyc")
    flip(video(folder))
    (folder / "data" / "media" / "link.mp4").symlink_to("/etc/passwd")
    before = files_of(folder)

    def no_key() -> Any:
        raise AssertionError("nothing is signed")

    request = ExportRequest(folder, place.home / "package.zip", even_if_broken=True, recipient="expert")
    exported = place.house.exporter.export(request, place.trust(), no_key, CancelToken())
    assert files_of(folder) == before
    assert (exported.recorded, exported.verdict.verdict) == (False, Verdict.ALTERED)
    assert exported.left_out == (f"{folder.name}/data/media/link.mp4",)
    with zipfile.ZipFile(exported.package) as package:
        page = package.read(f"{folder.name}.html").decode()
    assert "ALTERED" in page
    assert "核验未通过" in page
    assert verify_zip(place, exported.package).verdict is Verdict.ALTERED
    line = register_lines(place)[-1]
    assert (line["event"], line["detail"]["event"], line["detail"]["verdict"]) == ("pending", "exported", "altered")
    assert access_lines(place)[-1]["detail"]["verdict"] == "altered"


def test_without_a_readable_record_the_page_says_so(place: Place) -> None:
    folder = place.open_folder("kyc")
    (folder / "data/capture.json").write_bytes(b"{}")
    exported = pack(place, folder, even_if_broken=True)
    with zipfile.ZipFile(exported.package) as package:
        assert "No record can be read" in package.read(f"{folder.name}.html").decode()


def test_what_is_beyond_the_limits_is_never_packed(place: Place) -> None:
    folder = place.open_folder("kyc")
    (folder / "README.txt").write_bytes(b" " * 2 * 1024 * 1024)
    with pytest.raises(ExportRefusedError, match="export_unreadable"):
        pack(place, folder, even_if_broken=True)
    assert_no_half_package(place)


def test_a_colleagues_folder_still_verifies_after_it_was_handed_on(place: Place) -> None:
    """The register of this home did not see it being sealed: its first line about it is the hand-over."""
    folder = place.folder("kyc")
    place.house.paths.register.unlink()
    trust = place.trust(register_required=False)
    request = ExportRequest(folder, place.home / "package.zip")
    place.house.exporter.export(request, trust, lambda: place.signer, CancelToken())
    verdict = place.verify(folder, register_required=False)
    assert (verdict.verified, verdict.reasons) == (True, ())


# --- wrong usage -------------------------------------------------------------------------------------------------


def test_nothing_is_overwritten(place: Place) -> None:
    folder, target = place.folder("kyc"), place.home / "package.zip"
    target.write_bytes(b"something")
    with pytest.raises(UsageError, match="file_exists"):
        pack(place, folder, target)
    assert target.read_bytes() == b"something"
    target.unlink()
    target.symlink_to(place.home / "nowhere")
    with pytest.raises(UsageError, match="file_exists"):
        pack(place, folder, target)


def test_a_name_taken_while_it_was_packed_is_not_overwritten(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, target = place.folder("kyc"), place.home / "package.zip"
    move = departure.move_new

    def others_first(source: Path, path: Path) -> bool:
        path.write_bytes(b"theirs")
        return move(source, path)

    monkeypatch.setattr(departure, "move_new", others_first)
    with pytest.raises(UsageError, match="file_exists"):
        pack(place, folder, target)
    assert target.read_bytes() == b"theirs"
    assert_nothing_waits(place)
    assert events(folder) == ["sealed", "exported", "correction"]
    assert [line["event"] for line in access_lines(place)] == ["exported", "export_undone"]


def events(folder: Path) -> list[str]:
    return [json.loads(path.read_bytes())["event"] for path in sorted((folder / "custody").glob("*.json"))]


@pytest.mark.parametrize("inside", ["package.zip", "data/package.zip", "custody/package.zip"])
def test_the_package_may_not_lie_in_the_folder(place: Place, inside: str) -> None:
    folder = place.folder("kyc")
    with pytest.raises(UsageError, match="export_inside"):
        pack(place, folder, folder / inside)
    assert place.verify(folder).verified


def test_a_way_into_the_folder_through_a_link_is_seen(place: Place) -> None:
    folder = place.folder("kyc")
    (place.home / "door").symlink_to(folder)
    with pytest.raises(UsageError, match="export_inside"):
        pack(place, folder, place.home / "door" / "package.zip")
    beside = sidecar(folder)
    with pytest.raises(UsageError, match="export_inside"):
        pack(place, folder, beside / "package.zip")


def test_a_place_that_does_not_exist_is_told(place: Place) -> None:
    with pytest.raises(UsageError, match="export_no_folder"):
        pack(place, place.folder("kyc"), place.home / "missing" / "package.zip")


@pytest.mark.parametrize("recipient", ["x" * 501, "a\nb", "\u202eabc"])
def test_a_recipient_that_could_act_is_refused(place: Place, recipient: str) -> None:
    with pytest.raises(UsageError, match="option_value"):
        pack(place, place.folder("kyc"), recipient=recipient)


def test_what_is_no_evidence_is_refused(place: Place, tmp_path: Path) -> None:
    stranger = tmp_path / "holiday"
    stranger.mkdir()
    (stranger / "photo.jpg").write_bytes(b"x")
    for path in (stranger, stranger / "photo.jpg", tmp_path / "missing"):
        with pytest.raises(SubjectError, match="not_evidence"):
            pack(place, path, even_if_broken=True)
    link = tmp_path / "link"
    link.symlink_to(place.folder("kyc"))
    with pytest.raises(SubjectError, match="not_evidence"):
        pack(place, link)


def test_name_and_record_must_not_disagree(place: Place) -> None:
    folder = place.folder("kyc")
    other = folder.rename(folder.with_name(place.template.folders["ess"].name))
    with pytest.raises(SubjectError, match="two_identities"):
        pack(place, other)


# --- while others are at work ------------------------------------------------------------------------------------


def test_a_folder_that_changes_after_the_check_is_not_packed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.open_folder("kyc")
    opened = departure.open_evidence

    def then_changed(*args: Any) -> Any:
        reviewed = opened(*args)
        flip(video(folder))
        return reviewed

    monkeypatch.setattr(departure, "open_evidence", then_changed)
    with pytest.raises(SubjectError, match="export_changed"):
        pack(place, folder)
    assert_no_half_package(place)
    assert events(folder) == ["sealed"], "the event comes after everything that is large"


def test_an_event_added_behind_ours_belongs_to_the_next_package(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.open_folder("stamped")
    history = export_module.history_up_to

    def another_first(path: Path, export_id: str) -> Any:
        add_event(folder, place.signer, "verified", {})
        (folder / "custody" / "000006.json").write_bytes(b"{half")
        return history(path, export_id)

    monkeypatch.setattr(export_module, "history_up_to", another_first)
    exported = pack(place, folder)
    with zipfile.ZipFile(exported.package) as package:
        names = [name for name in package.namelist() if "/custody/" in name]
    assert len(names) == 2 * 4
    assert (
        verify_archive(exported.package, place.trust(register=None), place.house.paths.unpacked, CancelToken())
        .verdicts[0]
        .verified
    )


def test_stopping_leaves_nothing(place: Place) -> None:
    folder = place.folder("kyc")
    token = CancelToken()
    request = ExportRequest(folder, place.home / "package.zip")

    def stop(stage: str, number: int) -> None:
        if stage == "pack":
            token.cancel()

    with pytest.raises(CancelledError):
        place.house.exporter.export(request, place.trust(), lambda: place.signer, token, stop)
    assert_no_half_package(place)
    assert place.verify(folder).verified


def test_bytes_that_do_not_read_back_make_no_package(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.folder("kyc")
    read_back = export_module._read_back

    def rotten(partial: Path, *args: Any) -> None:
        flip(partial, 5000)
        read_back(partial, *args)

    monkeypatch.setattr(export_module, "_read_back", rotten)
    with pytest.raises(FacevidError, match="disk_failed"):
        pack(place, folder)
    assert_no_half_package(place)
    assert events(folder) == ["sealed", "exported", "correction"]
    assert place.verify(folder).verified
