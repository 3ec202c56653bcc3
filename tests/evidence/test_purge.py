"""Purge: what goes, what stays, what is told before; refusals, failing disks, and the power cut at every change."""

import errno
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence import purge as purge_module
from facevid_gui.evidence.chainlog import check_chain
from facevid_gui.evidence.purge import PurgePlan
from tests.evidence.test_export import access_lines, pack, register_lines
from tests.evidence.test_seal_crashes import fresh_house, hand_over
from tests.support.evidence_crash import crash_before
from tests.support.evidence_places import Place, Template, files_of, unlock_folders
from tests.support.evidence_tampering import flip, video
from tests.support.library_shelf import listed
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

REASON = "保存期限已过, retention ended"


def plan_of(place: Place, folder: Path) -> PurgePlan:
    return place.house.purger.plan(folder, place.trust(), [place.root])


def purge(place: Place, folder: Path, reason: str = REASON) -> Any:
    return place.house.purger.purge(plan_of(place, folder), reason)


def journal(place: Place) -> list[str]:
    return [path.name for path in place.house.paths.queue.glob("*") if path.suffix in (".json", ".tsr")]


def assert_gone(place: Place, folder: Path) -> None:
    """Nothing of the record is left in this home but the notes."""
    assert [path for path in folder.parent.iterdir() if path.name.startswith((folder.name, ".purging"))] == []
    assert journal(place) == []
    for log in (place.house.paths.access_log, place.house.paths.register):
        assert check_chain(log, "facevid-access/1" if log.name == "access.jsonl" else "facevid-register/1") == ()


def test_what_goes_and_what_stays(place: Place) -> None:
    folder, other = place.folder("kyc"), place.folder("ess")
    seal = place.verify(folder).seal_sha256
    beside = folder.with_name(f"{folder.name}.work")
    (beside / "notes").mkdir(parents=True)
    (beside / "notes" / "000001.json").write_bytes(b"{}")
    purged = purge(place, folder)
    assert_gone(place, folder)
    assert place.verify(other).verified
    line = register_lines(place)[-1]
    assert (line["event"], line["evidence_id"], line["seal_sha256"]) == ("purged", folder.name[-32:], seal)
    assert line["detail"]["verdict"] == "verified_unstamped"
    assert REASON not in str(register_lines(place)), "the register is shown to others"
    assert purged.register_head == place.house.register.head()
    told = access_lines(place)[-1]
    assert (told["event"], told["subject"], told["detail"]["reason"]) == ("purged", folder.name[-32:], REASON)
    assert (told["detail"]["verdict"], told["detail"]["folder"]) == ("verified_unstamped", str(folder))
    assert told["operator"]


def test_a_copy_found_later_names_the_deletion(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    copy = place.folder("kyc", tmp_path / folder.name)
    purge(place, folder)
    verdict = place.verify(copy)
    assert verdict.verdict is Verdict.REGISTER_DISAGREES
    assert [reason.code for reason in verdict.reasons] == ["register_purged"]
    purge(place, copy)
    assert_gone(place, copy)


def test_a_capture_of_the_same_record_rows_and_waiting_stamps_go_too(place: Place) -> None:
    """As a crash of long ago may have left them."""
    folder = place.folder("kyc")
    evidence_id = folder.name[-32:]
    capture = place.house.captures.root / evidence_id
    shutil.copytree(folder / "data", capture)
    unrelated = place.capture("order")
    listed(place.house.library, [place.root])
    place.house.library.note(place.verify(folder), datetime.now(UTC))
    queue = place.house.paths.queue
    place.house.journal.write("stamp-1", {"folder": str(folder), "url": "http://127.0.0.1/"})
    (queue / "stamp-1.tsr").write_bytes(b"response")
    place.house.journal.write("stamp-2", {"folder": str(place.root / "other"), "url": "http://127.0.0.1/"})
    place.house.journal.write(f"custody-{evidence_id}-probe", {"folder": str(folder), "head": "", "files": {}})
    purge(place, folder)
    assert not capture.exists()
    assert unrelated.path.exists()
    assert sorted(journal(place)) == ["stamp-2.json"]
    assert evidence_id.encode() not in (place.house.paths.cache / "index.sqlite").read_bytes()


def test_known_exports_are_listed_and_those_that_came_to_nothing_are_not(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place.folder("kyc")
    first = pack(place, folder, place.home / "first.zip", recipient="court")
    with monkeypatch.context() as patched:
        patched.setattr("facevid_gui.evidence.departure.move_new", lambda *_: False)
        with pytest.raises(UsageError):
            pack(place, folder, place.home / "second.zip")
    third = pack(place, folder, place.home / "third.zip")
    exports = plan_of(place, folder).exports
    assert [export.export_id for export in exports] == [first.export_id, third.export_id]
    assert (exports[0].recipient, exports[0].sha256) == ("court", first.sha256)
    assert exports[0].file == str(place.home / "first.zip")
    assert exports[1].operator


def test_exports_of_a_broken_folder_and_of_another_home_are_known_too(place: Place) -> None:
    folder = place.open_folder("kyc")
    assert place.house.custody.append(folder, "exported", {"to": "by another program"}, place.signer)
    flip(video(folder))
    broken = pack(place, folder, place.home / "x.zip", even_if_broken=True, recipient="expert")
    place.house.paths.access_log.unlink()
    exports = plan_of(place, folder).exports
    assert [export.recipient for export in exports] == ["by another program", "expert"]
    assert exports[1].export_id == broken.export_id


def test_copies_in_the_evidence_roots_are_named(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    copy = place.folder("kyc", tmp_path / folder.name)
    place.folder("ess", tmp_path / place.template.folders["ess"].name)
    plan = place.house.purger.plan(folder, place.trust(), [place.root, tmp_path, tmp_path / "missing"])
    assert plan.copies == (copy,)


def test_the_retention_date_is_read_and_compared(place: Place) -> None:
    plan = plan_of(place, place.folder("kyc"))
    assert plan.review_by is not None
    assert timedelta(days=364) < plan.review_by - datetime.now(UTC) < timedelta(days=366)
    assert not plan.is_due(datetime.now(UTC))
    assert plan.is_due(plan.review_by)


BROKEN = {
    "a changed video": (lambda folder: flip(video(folder)), Verdict.ALTERED),
    "no record": (lambda folder: (folder / "data/capture.json").unlink(), Verdict.ALTERED),
    "no seal": (lambda folder: (folder / "tagmanifest-sha256.txt").unlink(), Verdict.ALTERED),
    "no custody": (lambda folder: shutil.rmtree(folder / "custody"), Verdict.CHAIN_BROKEN),
    "beyond the limits": (lambda folder: (folder / "README.txt").write_bytes(b" " * 2_000_000), Verdict.UNREADABLE),
    "a link": (lambda folder: (folder / "data/link").symlink_to("/etc"), Verdict.ALTERED),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_folder_goes_too_and_its_state_is_noted(place: Place, what: str) -> None:
    folder = place.open_folder("kyc")
    seal = place.verify(folder).seal_sha256
    spoil, verdict = BROKEN[what]
    spoil(folder)
    purge(place, folder)
    assert_gone(place, folder)
    assert register_lines(place)[-1]["detail"]["verdict"] == verdict
    assert register_lines(place)[-1]["seal_sha256"] == seal, "the digest the register knows"
    assert access_lines(place)[-1]["detail"]["verdict"] == verdict
    assert Path("/etc").is_dir()


# --- refusals ----------------------------------------------------------------------------------------------------


def test_what_is_no_evidence_is_not_touched(place: Place, tmp_path: Path) -> None:
    holiday = tmp_path / "holiday"
    holiday.mkdir()
    (holiday / "photo.jpg").write_bytes(b"x")
    named = tmp_path / place.template.folders["kyc"].name
    named.mkdir()
    (named / "photo.jpg").write_bytes(b"x")
    link = tmp_path / "link"
    link.symlink_to(place.folder("ess"))
    for path in (holiday, holiday / "photo.jpg", named, link, tmp_path / "missing", place.home, Path("/")):
        with pytest.raises(SubjectError, match="not_evidence"):
            plan_of(place, path)
    assert (holiday / "photo.jpg").exists()
    assert (named / "photo.jpg").exists()


def test_name_and_record_must_agree(place: Place) -> None:
    folder = place.folder("kyc")
    wrong = folder.rename(folder.with_name(place.template.folders["ess"].name))
    with pytest.raises(SubjectError, match="two_identities"):
        plan_of(place, wrong)


@pytest.mark.parametrize(("reason", "code"), [("", "reason_missing"), ("  ", "reason_missing"), ("x" * 501, "option"),
                                              ("a\nb", "option_value")])  # fmt: skip
def test_a_reason_is_needed(place: Place, reason: str, code: str) -> None:
    folder = place.folder("kyc")
    with pytest.raises(UsageError, match=code):
        purge(place, folder, reason)
    assert place.verify(folder).verified


def test_a_folder_that_was_exchanged_after_the_look_is_not_deleted(place: Place) -> None:
    folder = place.folder("kyc")
    plan = plan_of(place, folder)
    aside = folder.rename(folder.with_name("aside"))
    other = place.folder("ess")
    other.rename(folder)
    with pytest.raises(FacevidError):
        place.house.purger.purge(plan, REASON)
    assert (folder / "data").is_dir()
    assert (aside / "data").is_dir()
    assert journal(place) == []
    assert access_lines(place) == []


# --- disks -------------------------------------------------------------------------------------------------------


def test_where_the_folder_may_not_be_removed_nothing_happens(template: Template) -> None:
    with unprivileged_folder() as base:
        place = Place(template, base / "home")
        folder = place.folder("kyc")
        plan_of(place, folder)  # imported before privileges are gone
        hand_over(base)
        place.root.chmod(0o555)
        before = files_of(folder)

        def attempt() -> str:
            with pytest.raises(SurroundingsError) as caught:
                purge(place, folder)
            return caught.value.code

        assert as_unprivileged(attempt) == "permission_denied"
        assert files_of(folder) == before
        assert journal(place) == []
        assert access_lines(place) == []
        assert "purged" not in [line["event"] for line in register_lines(place)]


@pytest.mark.parametrize("log", ["register", "access_log"])
def test_a_note_that_cannot_be_written_gives_the_folder_its_name_back(
    place: Place, monkeypatch: pytest.MonkeyPatch, log: str
) -> None:
    folder = place.folder("kyc")
    beside = folder.with_name(f"{folder.name}.work")
    beside.mkdir()
    before = files_of(folder)

    def full(*_: object, **__: object) -> None:
        raise SurroundingsError("disk_full", path=log)

    plan = plan_of(place, folder)
    with monkeypatch.context() as patched:
        patched.setattr(getattr(place.house, log), "add", full)
        with pytest.raises(SurroundingsError, match="disk_full"):
            place.house.purger.purge(plan, REASON)
    assert files_of(folder) == before
    assert beside.is_dir()
    assert place.verify(folder).verified
    assert journal(place) == []
    told = [line["event"] for line in access_lines(place)]
    assert told == (["purged", "purge_undone"] if log == "register" else [])


def test_bytes_that_cannot_be_removed_now_are_removed_by_the_next_start(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place.folder("kyc")
    plan = plan_of(place, folder)

    def stuck(root: Path) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(root))

    with monkeypatch.context() as patched:
        patched.setattr(purge_module, "remove_tree", stuck)
        with pytest.raises(SurroundingsError, match="purge_unfinished"):
            place.house.purger.purge(plan, REASON)
        place.house.purger.recover()  # still stuck
    assert not folder.exists()
    assert len(list(place.root.glob(".purging-*"))) == 1
    assert listed(place.house.library, [place.root]) == (), "it looks like evidence no more"
    fresh_house(place).recover()
    assert_gone(place, folder)
    assert [line["event"] for line in access_lines(place)] == ["purged"], "noted once"


def test_a_medium_that_is_away_is_finished_when_it_is_back(place: Place) -> None:
    folder = place.folder("kyc")
    intent = purge_module._intent(plan_of(place, folder), REASON, "1" * 32, place.house.clock)
    place.house.journal.write("purge-" + "1" * 32, intent)  # and then the power was cut
    away = place.root.rename(place.root.with_name("away"))
    place.house.purger.recover()
    assert len(journal(place)) == 1
    away.rename(place.root)
    place.house.purger.recover()
    assert_gone(place, folder)


def test_recovery_leaves_alone_what_was_put_in_the_place_since(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = place.folder("kyc")
    intent = purge_module._intent(plan_of(place, folder), REASON, "1" * 32, place.house.clock)
    place.house.journal.write("purge-" + "1" * 32, {**intent, "found_seal_sha256": "0" * 64})
    place.house.purger.recover()
    assert (folder / "data" / "capture.json").exists()
    assert journal(place) == []


def test_a_crash_before_any_change_leaves_the_folder_or_a_finished_purge(template: Template) -> None:
    with unprivileged_folder() as base:
        place = Place(template, base / "home")
        folder = place.folder("no_media")
        beside = folder.with_name(f"{folder.name}.work")
        beside.mkdir()
        (beside / "note.txt").write_bytes(b"x")
        plan_of(place, folder)
        hand_over(base)
        shutil.copytree(place.home, base / "pristine", symlinks=True)
        hand_over(base)
        states = as_unprivileged(lambda: crash_everywhere(place))
    assert isinstance(states, list)
    first = states.index("purged")
    assert set(states[:first]) == {"untouched"}
    assert set(states[first:]) == {"purged"}, "from the journal entry on, every start finishes"
    assert len(states) - first > 30, "renames, notes, every file, rows, journal"


def crash_everywhere(place: Place) -> list[str]:
    states, step = [], 1
    while True:
        [folder] = [path for path in place.root.iterdir() if not path.name.endswith(".work")]
        original, known = files_of(folder), place.house.paths.register.read_bytes()
        plan = plan_of(place, folder)
        crashed = crash_before(step, lambda plan=plan: place.house.purger.purge(plan, REASON))
        place.house = fresh_house(place)
        place.house.recover()
        assert [path.name for path in place.house.paths.queue.glob("*.json")] == []
        if folder.exists():
            assert files_of(folder) == original
            assert place.house.paths.register.read_bytes() == known
            states.append("untouched")
        else:
            assert_gone(place, folder)
            assert [line["event"] for line in access_lines(place)] == ["purged"]
            assert [line["event"] for line in register_lines(place)].count("purged") == 1
            states.append("purged")
        if not crashed:
            return states
        unlock_folders(place.home)
        shutil.rmtree(place.home)
        shutil.copytree(place.home.with_name("pristine"), place.home, symlinks=True)
        place.house = fresh_house(place)
        step += 1
