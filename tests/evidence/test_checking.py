"""Checking everything: what changed first, stopped and gone on with, by another program, with the index in trouble."""

import os
import shutil
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.verdict import FolderVerdict, Verdict
from facevid_gui.evidence import checking
from facevid_gui.evidence.checking import CheckedFolder, Checking, CheckingReport
from facevid_gui.evidence.library_query import LibraryQuery
from tests.support.clocks import NOON
from tests.support.evidence_places import Place, unlock
from tests.support.evidence_tampering import flip, video
from tests.support.places import make_house

NAMES = ("ess", "kyc", "other", "repaired", "gzip")


@pytest.fixture
def folders(place: Place) -> dict[str, Path]:
    """Five folders that hold."""
    return {name: place.folder(name) for name in NAMES}


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five folders go in several portions, too."""
    monkeypatch.setattr(checking, "_AT_ONCE", 2)
    monkeypatch.setattr(checking, "_KEEP_EVERY", 2)


def check(place: Place, *, resume: bool = False, stop_after: int = 0) -> CheckingReport:
    """Check everything with a program just started, stopped after some folders where that is wished."""
    house = make_house(place.home)
    token = CancelToken()

    def tell(done: int, _total: int) -> None:
        if stop_after and done >= stop_after:
            token.cancel()

    made = Checking(house.library, place.trust(), place.house.clock)
    return made.run(house.evidence_roots(), token, tell, resume=resume)


def tamper(folder: Path) -> None:
    flip(video(unlock(folder)))


def test_a_first_check_finds_everything_new(place: Place, folders: dict[str, Path]) -> None:
    tamper(folders["kyc"])
    told: list[tuple[int, int]] = []
    house = place.house
    made = Checking(house.library, place.trust(), house.clock)
    report = made.run(house.evidence_roots(), CancelToken(), lambda done, total: told.append((done, total)))
    assert told == [(number, 5) for number in range(1, 6)]
    assert (report.total, report.checked, report.new, report.finished) == (5, 5, 5, True)
    assert dict(report.counts) == {"verified_unstamped": 4, "altered": 1}
    assert report.changed == ()
    assert report.bad == (CheckedFolder(folders["kyc"], "altered", False, None, "changed data/media/video.mp4"),)
    assert (report.changed_count, report.bad_count, report.verified) == (0, 1, False)


def test_what_changed_since_last_time_comes_first(place: Place, folders: dict[str, Path]) -> None:
    tamper(folders["kyc"])
    check(place)
    place.house.library.note(FolderVerdict(str(folders["ess"]), Verdict.UNSIGNED, ()), NOON)
    tamper(folders["other"])
    report = check(place)
    assert [(item.folder, item.before, item.verdict) for item in report.changed] == [
        (folders["other"], "verified_unstamped", "altered"),
        (folders["ess"], "unsigned", "verified_unstamped"),
    ]
    assert [item.folder for item in report.bad] == [folders["kyc"]]
    assert (report.new, report.changed_count, report.bad_count) == (0, 2, 2)
    again = check(place)
    assert (again.changed, len(again.bad)) == ((), 2)


def test_all_holds(place: Place, folders: dict[str, Path]) -> None:
    report = check(place)
    assert report.verified
    assert (report.changed, report.bad, report.bad_count) == ((), (), 0)


def test_a_check_leaves_its_verdicts_as_history(place: Place, folders: dict[str, Path]) -> None:
    tamper(folders["kyc"])
    check(place)
    library, roots = place.house.library, place.house.evidence_roots()
    page = library.page(LibraryQuery(verdict="trouble"), roots)
    assert [(entry.path, entry.last_reason) for entry in page.entries] == [
        (folders["kyc"], "changed data/media/video.mp4")
    ]
    assert library.page(LibraryQuery(verdict="never"), roots).total == 0


@pytest.mark.parametrize("stop_after", [1, 2, 3, 4])
def test_a_check_that_was_stopped_goes_on_in_the_next_program(
    place: Place, folders: dict[str, Path], stop_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(folders["kyc"])
    checked: list[Path] = []
    real = checking.verify_folders

    def watched(paths: list[Path], *more: object) -> object:
        for verdict in real(paths, *more):  # type: ignore[arg-type]
            checked.append(Path(verdict.folder))
            yield verdict

    monkeypatch.setattr(checking, "verify_folders", watched)
    first = check(place, stop_after=stop_after)
    assert (first.finished, first.verified, first.checked, first.total) == (False, False, stop_after, 5)
    rest = check(place, resume=True)
    assert (rest.finished, rest.checked, rest.new) == (True, 5, 5)
    assert [item.folder for item in rest.bad] == [folders["kyc"]]
    assert sorted(checked) == sorted(folders.values())
    anew = check(place, resume=True)
    assert (anew.checked, anew.new, len(checked)) == (5, 0, 10)


def test_what_changed_before_a_stop_is_still_told_after_it(place: Place, folders: dict[str, Path]) -> None:
    check(place)
    for folder in folders.values():
        tamper(folder)
    check(place, stop_after=2)
    assert check(place, resume=True).changed_count == 5
    assert check(place).changed_count == 0


def test_without_resume_a_check_begins_anew(place: Place, folders: dict[str, Path]) -> None:
    check(place, stop_after=2)
    tamper(folders["kyc"])
    report = check(place)
    assert (report.checked, report.bad_count) == (5, 1)


def test_being_stopped_at_once_is_no_result(place: Place, folders: dict[str, Path]) -> None:
    token = CancelToken()
    token.cancel()
    report = Checking(place.house.library, place.trust(), place.house.clock).run(place.house.evidence_roots(), token)
    assert (report.finished, report.verified, report.checked) == (False, False, 0)


def test_a_root_that_is_away_is_named_and_nothing_is_called_verified(
    place: Place, folders: dict[str, Path], tmp_path: Path
) -> None:
    house = place.house
    report = Checking(house.library, place.trust(), house.clock).run([place.root, tmp_path / "nowhere"], CancelToken())
    assert (report.finished, report.bad_count, report.verified) == (True, 0, False)
    assert report.unreadable_roots == (tmp_path / "nowhere",)


def test_a_folder_that_goes_away_meanwhile_is_unreadable_and_then_gone(place: Place, folders: dict[str, Path]) -> None:
    house = place.house
    token = CancelToken()

    def tell(done: int, _total: int) -> None:
        if done == 1:
            for folder in folders.values():
                shutil.rmtree(unlock(folder), ignore_errors=True)

    report = Checking(house.library, place.trust(), house.clock).run(house.evidence_roots(), token, tell)
    assert report.finished
    assert not report.verified
    assert report.counts["unreadable"] >= 3
    assert check(place).total == 0


@pytest.mark.parametrize("what", ["removed", "damaged", "refused"])
def test_an_index_in_trouble_is_made_anew_or_done_without(place: Place, folders: dict[str, Path], what: str) -> None:
    index = place.house.paths.cache / "index.sqlite"
    tamper(folders["kyc"])
    done_to: list[str] = []

    def tell(done: int, _total: int) -> None:
        if done == 2 and not done_to:
            done_to.append(what)
            if what == "damaged":
                index.write_bytes(os.urandom(9000))
            else:
                index.unlink()
            if what == "refused":
                index.mkdir()

    house = place.house
    report = Checking(house.library, place.trust(), house.clock).run(house.evidence_roots(), CancelToken(), tell)
    assert (report.finished, report.checked, report.total, report.bad_count) == (True, 5, 5, 1)
    if what == "refused":
        index.rmdir()


def test_a_required_stamp_counts(place: Place, folders: dict[str, Path]) -> None:
    place.folder("stamped")
    house = place.house
    report = Checking(house.library, place.trust(stamp_required=True), house.clock).run(
        house.evidence_roots(), CancelToken()
    )
    assert (report.bad_count, dict(report.counts)) == (5, {"verified": 1, "verified_unstamped": 5})


def test_long_lists_are_cut_and_counted(
    place: Place, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MOST_NAMED", 2)
    for folder in folders.values():
        tamper(folder)
    report = check(place)
    assert (len(report.bad), report.bad_count) == (2, 5)
