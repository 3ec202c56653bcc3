"""Packing on disks as they are: full, forbidden, read-only, gone; and with the power cut at every change."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import FacevidError, SurroundingsError
from facevid_gui.evidence import export as export_module
from facevid_gui.evidence.chainlog import check_chain
from facevid_gui.evidence.unpacking import verify_archive
from tests.evidence.test_export import access_lines, assert_no_half_package, events, pack, register_lines, verify_zip
from tests.evidence.test_seal_crashes import fresh_house, hand_over
from tests.support.evidence_crash import crash_before
from tests.support.evidence_places import Place, Template, unlock_folders
from tests.support.unprivileged import as_unprivileged, unprivileged_folder


def refused(place: Place, folder: Path, target: Path) -> FacevidError:
    with pytest.raises(FacevidError) as caught:
        pack(place, folder, target)
    return caught.value


def test_a_package_that_will_not_fit_is_refused_before_anything_is_written(place: Place, small_disk: Path) -> None:
    folder = place.folder("kyc")
    assert refused(place, folder, small_disk / "package.zip").code == "disk_full"
    assert list(small_disk.iterdir()) == []
    assert_no_half_package(place)
    assert (events(folder), access_lines(place)) == (["sealed"], [])


def test_a_volume_that_fills_up_meanwhile_is_told_at_every_size_until_it_fits(
    place: Place, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others write, too: the look at the free space says there is enough, the disk then refuses."""
    monkeypatch.setattr(export_module, "_check_room", lambda work: None)
    folder, target = place.folder("kyc"), small_disk / "package.zip"
    refused_at: list[int] = []
    for kilobytes in (64, 256, 460, 472, 476, 480, 484, 488, 492, 496, 500, 504, 508, 512, 520, 560, 600, 640):
        subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", str(small_disk)], check=True)
        try:
            exported = pack(place, folder, target)
        except SurroundingsError as full:
            code = full.code
        else:
            break
        assert code == "disk_full", kilobytes
        refused_at.append(kilobytes)
        assert list(small_disk.iterdir()) == []
        assert list(place.house.paths.queue.glob("*.json")) == []
        assert place.verify(folder).verified
    assert verify_zip(place, exported.package).verified
    history = events(folder)
    assert "correction" in history, "it was refused behind the event, too"
    assert history.count("exported") == history.count("correction") + 1
    assert history.count("exported") < len(refused_at) + 1, "and before it"


def test_a_read_only_volume_is_told(place: Place, small_disk: Path) -> None:
    folder = place.folder("kyc")
    subprocess.run(["mount", "-o", "remount,ro,size=64m", str(small_disk)], check=True)
    assert refused(place, folder, small_disk / "package.zip").code == "read_only"
    assert_no_half_package(place)
    assert events(folder) == ["sealed"]


def test_evidence_on_a_read_only_volume_is_packed_and_the_register_keeps_the_event(
    place: Place, small_disk: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    folder = place.folder("kyc", small_disk / place.template.folders["kyc"].name)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    exported = pack(place, folder)
    assert exported.recorded is False
    assert verify_zip(place, exported.package).verified
    line = register_lines(place)[-1]
    assert (line["event"], line["detail"]["event"]) == ("pending", "exported")
    assert access_lines(place)[-1]["event"] == "exported"


@pytest.mark.parametrize("length", [256, 300])
def test_a_name_that_is_too_long_is_told(place: Place, length: int) -> None:
    folder = place.folder("kyc")
    assert refused(place, folder, place.home / ("n" * (length - 4) + ".zip")).code == "path_too_long"
    assert_no_half_package(place)


def test_a_path_of_more_than_300_characters_is_fine(place: Place) -> None:
    deep = place.home / ("d" * 120) / ("e" * 120) / ("f" * 120)
    deep.mkdir(parents=True)
    folder = place.folder("kyc", deep / place.template.folders["kyc"].name)
    exported = pack(place, folder, deep / ("n" * 250 + ".zip"))
    assert verify_zip(place, exported.package).verified


def test_where_an_ordinary_user_may_not_write_nothing_happens(template: Template) -> None:
    with unprivileged_folder() as base:
        place = Place(template, base / "home")
        folder = place.folder("kyc")
        closed = base / "closed"
        closed.mkdir()
        hand_over(base)
        closed.chmod(0o555)
        verify_archive(place.home, place.trust(), place.home, CancelToken())  # imported before privileges are gone

        def attempt() -> tuple[str, list[str]]:
            return refused(place, folder, closed / "package.zip").code, events(folder)

        assert as_unprivileged(attempt) == ("permission_denied", ["sealed"])
        assert list(closed.iterdir()) == []
        assert_no_half_package(place)


def test_a_file_that_may_not_be_read_is_told(template: Template) -> None:
    with unprivileged_folder() as base:
        place = Place(template, base / "home")
        folder = place.folder("kyc")
        beside = folder.with_name(f"{folder.name}.work")
        beside.mkdir()
        (beside / "note.txt").write_bytes(b"x")
        hand_over(base)
        (beside / "note.txt").chmod(0)
        assert as_unprivileged(lambda: refused(place, folder, place.home / "package.zip").code) == "permission_denied"
        assert_no_half_package(place)


def test_a_crash_before_any_change_leaves_no_package_or_a_whole_one(template: Template) -> None:
    """At every change of the disk a process dies; the next start clears away, and the folder holds."""
    with unprivileged_folder() as base:
        place = Place(template, base / "home")
        place.folder("no_media")
        hand_over(base)
        shutil.copytree(place.home, base / "pristine", symlinks=True)
        hand_over(base)
        states = as_unprivileged(lambda: crash_everywhere(place))
    assert isinstance(states, list)
    assert states[-1] == "done"
    assert states.count("nothing") > 20, "journal, package, event, read back"
    assert "undone" in states, "after the event"
    assert "whole" in states, "after the name"


def crash_everywhere(place: Place) -> list[str]:
    states, step = [], 1
    while True:
        [folder] = place.root.iterdir()
        target = place.home / "package.zip"
        place.house = fresh_house(place)
        crashed = crash_before(step, lambda folder=folder, target=target: pack(place, folder, target))
        states.append(state_after(place, folder, target) if crashed else "done")
        if not crashed:
            return states
        unlock_folders(place.home)
        shutil.rmtree(place.home)
        shutil.copytree(place.home.with_name("pristine"), place.home, symlinks=True)
        place.house = fresh_house(place)
        step += 1


def state_after(place: Place, folder: Path, target: Path) -> str:
    """Start again; check what must hold whatever happened."""
    place.house = fresh_house(place)
    place.house.recover()
    assert [path.name for path in place.house.paths.queue.glob("*.json")] == []
    assert list(place.home.glob(".facevid-*")) == []
    assert place.verify(folder).verified
    assert check_chain(place.house.paths.access_log, "facevid-access/1") == ()
    told = [line["event"] for line in access_lines(place)]
    exported = "exported" in events(folder)
    if target.exists():
        with zipfile.ZipFile(target) as package:
            assert package.testzip() is None
        assert exported
        assert told == ["exported"]
        assert verify_zip(place, target).verified
        return "whole"
    if exported:
        assert told[-1] == "export_undone"
        return "undone"
    return "nothing"


def test_an_export_that_is_still_running_is_not_cleared_away(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.folder("kyc")
    read_back = export_module._read_back

    def meanwhile(*args: object) -> None:
        fresh_house(place).recover()
        read_back(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(export_module, "_read_back", meanwhile)
    assert verify_zip(place, pack(place, folder).package).verified


def test_a_medium_that_is_away_keeps_the_entry_until_it_is_back(place: Place) -> None:
    medium = place.home / "stick"
    intent = {"partial": str(medium / ".facevid-1.partial"), "target": str(medium / "p.zip"), "evidence_id": "0" * 32}
    place.house.journal.write("export-1", intent)
    place.house.exporter.recover()
    assert (place.house.paths.queue / "export-1.json").exists()
    medium.mkdir()
    (medium / ".facevid-1.partial").write_bytes(b"half")
    place.house.exporter.recover()
    assert list(medium.iterdir()) == []
    assert list(place.house.paths.queue.glob("*.json")) == []
    assert json.loads(place.house.paths.access_log.read_bytes())["event"] == "export_undone"
    assert os.listdir(medium) == []
