"""Scans: what they read, what they leave alone, roots that come and go, several programs at once, nothing left over."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SurroundingsError
from facevid_gui.core.verdict import FolderVerdict, Verdict
from facevid_gui.evidence import library_index, library_reading, library_rows, library_scan
from facevid_gui.evidence.library import Library
from facevid_gui.evidence.library_query import LibraryQuery
from facevid_gui.evidence.library_scan import ScanReport
from tests.support.captures_exchanges import EVIDENCE_ID, draft
from tests.support.clocks import NOON
from tests.support.evidence_places import Place, unlock
from tests.support.evidence_tampering import edit_record
from tests.support.library_shelf import Shelf, make_shelf
from tests.support.sidecars import note, snapshot
from tests.support.unprivileged import NOBODY, as_unprivileged, unprivileged_folder

OTHER_ID = "f" * 32


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan of few folders goes in batches, too."""
    monkeypatch.setattr(library_scan, "BATCH", 4)


def opened_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files below data/ that are opened from now on."""
    opened: list[str] = []
    real = library_reading.FolderReader.place_of

    def place_of(self: library_reading.FolderReader, path: str) -> Path:
        opened.append(path)
        return real(self, path)

    monkeypatch.setattr(library_reading.FolderReader, "place_of", place_of)
    return opened


# --- what a scan reads ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_batches")
def test_a_scan_says_what_it_came_to(shelf: Shelf) -> None:
    list(make_shelf(shelf.root, 10))
    capture = shelf.order(EVIDENCE_ID)
    told: list[tuple[int, int]] = []
    report = shelf.library.scan([shelf.root], None, lambda done, total: told.append((done, total)))
    assert report == ScanReport(11, 11, 0)
    assert told == [(1, 11), (5, 11), (9, 11), (11, 11)]
    assert shelf.library.scan([shelf.root]) == ScanReport(11, 0, 0)
    first = min(shelf.root.iterdir())
    edit_record(unlock(first), case_ref="another")
    shutil.rmtree(max(shelf.root.iterdir()))
    shutil.rmtree(capture)
    assert shelf.library.scan([shelf.root]) == ScanReport(9, 1, 2)
    assert shelf.page().total == 9


def test_a_second_scan_opens_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    list(make_shelf(shelf.root, 6))
    shelf.order(EVIDENCE_ID)
    shelf.library.scan([shelf.root])
    opened = opened_files(monkeypatch)
    shelf.library.scan([shelf.root])
    assert opened == []
    edit_record(unlock(min(shelf.root.iterdir())), purpose="read again")
    shelf.library.scan([shelf.root])
    assert set(opened) >= {"capture.json"}


def test_a_snapshot_beside_a_folder_has_it_read_again(place: Place) -> None:
    folder = place.folder("kyc")
    library, roots = place.house.library, place.house.evidence_roots()
    assert library.scan(roots).read == 1
    for add in (note, snapshot, note):
        add(place, folder)
        assert [library.scan(roots).read, library.scan(roots).read] == [1, 0]


def test_what_lies_beside_a_folder_and_is_no_sidecar_is_no_obstacle(shelf: Shelf) -> None:
    for number, put in enumerate((
        lambda path: path.write_bytes(b"x"),
        lambda path: path.symlink_to("/etc"),
        lambda path: (path / "notes").mkdir(parents=True) or (path / "notes/000001.json").mkdir(),
        lambda path: (path / "notes").mkdir(parents=True) or (path / "notes/000001.json").write_bytes(b"[1]"),
        lambda path: (path / "notes").mkdir(parents=True) or (path / "notes/000001.json").write_bytes(b'{"text": 7}'),
        lambda path: path.mkdir() or (path / "notes").symlink_to("/etc"),
        lambda path: (path / "notes").mkdir(parents=True) or os.mkfifo(path / "notes/000001.json"),
    )):  # fmt: skip
        folder = shelf.folder(f"{number:032x}")
        put(folder.with_name(f"{folder.name}.work"))
    assert len(shelf.entries()) == len(shelf.entries()) == 7


def test_a_scan_that_is_stopped_keeps_what_it_read(shelf: Shelf, small_batches: None) -> None:
    list(make_shelf(shelf.root, 12))
    token = CancelToken()

    def tell(done: int, total: int) -> None:
        if done >= 8:
            token.cancel()

    with pytest.raises(CancelledError):
        shelf.library.scan([shelf.root], token, tell)
    assert shelf.page().total == 8
    assert shelf.library.scan([shelf.root]) == ScanReport(12, 4, 0)


def test_refresh_looks_at_the_folders_that_are_named(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    changed, other = shelf.folder(EVIDENCE_ID), shelf.folder(OTHER_ID)
    capture = shelf.order("a" * 32)
    shelf.library.scan([shelf.root])
    opened = opened_files(monkeypatch)
    edit_record(changed, case_ref="new words")
    fresh = shelf.folder("b" * 32, case_ref="new words too")
    shutil.rmtree(other)
    shutil.rmtree(capture)
    shelf.library.refresh([changed, fresh, other, capture, shelf.root / "holiday"])
    assert sorted(opened) == ["capture.json", "capture.json"]
    assert set(shelf.found("new words")) == {EVIDENCE_ID, "b" * 32}
    assert shelf.page().total == 2
    assert shelf.library.scan([shelf.root]) == ScanReport(2, 0, 0)


def test_a_sealed_capture_is_refreshed_from_one_section_into_the_other(place: Place) -> None:
    entry = place.capture("order")
    library, roots = place.house.library, place.house.evidence_roots()
    library.scan(roots)
    sealed = place.seal(entry)
    library.refresh([entry.path, sealed.folder])
    (listed,) = library.page(LibraryQuery(), roots).entries
    assert (listed.path, listed.state) == (sealed.folder, "sealed")


# --- paging while a scan goes on -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_batches")
def test_every_page_is_of_one_state_while_a_scan_goes_on(shelf: Shelf) -> None:
    list(make_shelf(shelf.root, 40))
    totals = []

    def tell(done: int, total: int) -> None:
        """Between two batches another program pages through what is there."""
        other = Library(shelf.store, shelf.index, shelf.clock)
        pages = [other.page(LibraryQuery("202"), [shelf.root], offset, 7) for offset in range(0, done, 7)]
        ids = [entry.evidence_id for page in pages for entry in page.entries]
        assert len(set(ids)) == len(ids) == pages[0].total == done
        totals.append(done)

    shelf.library.scan([shelf.root], None, tell)
    assert totals == [*range(4, 41, 4)]


def test_a_list_is_gone_on_with_although_something_came_in_at_its_top(shelf: Shelf) -> None:
    for number in range(6):
        shelf.folder(f"{number:032x}", number)
    shelf.library.scan([shelf.root])
    query = LibraryQuery()
    first = shelf.page(query, 0, 3)
    for number in (7, 8):
        shelf.folder(f"{number:032x}", number)
    shelf.library.scan([shelf.root])
    offset = shelf.library.position_after(query, [shelf.root], first.entries[-1].path, 3)
    rest = shelf.page(query, offset, 10)
    assert [entry.evidence_id[-1] for entry in (*first.entries, *rest.entries)] == ["5", "4", "3", "2", "1", "0"]
    assert shelf.library.position_after(query, [shelf.root], shelf.root / "fv-gone", 3) == 3


# --- roots ---------------------------------------------------------------------------------------------------------


def test_a_root_that_is_away_is_named_and_back_as_it_was(shelf: Shelf, tmp_path: Path) -> None:
    share = tmp_path / "share"
    list(make_shelf(share, 4))
    shelf.folder(EVIDENCE_ID)
    roots = [shelf.root, share]
    shelf.library.scan(roots)
    noted = min(share.iterdir())
    shelf.library.note(FolderVerdict(str(noted), Verdict.VERIFIED, ()), NOON)
    before = shelf.library.page(LibraryQuery(), roots)
    share.rename(tmp_path / "elsewhere")
    assert shelf.library.scan(roots) == ScanReport(1, 0, 0, (share,))
    assert shelf.library.page(LibraryQuery(), roots).total == shelf.library.choices(roots).counts["all"] == 1
    (tmp_path / "elsewhere").rename(share)
    assert shelf.library.scan(roots) == ScanReport(5, 0, 0)
    assert shelf.library.page(LibraryQuery(), roots) == before


def test_an_empty_mount_point_is_a_root_that_is_away(shelf: Shelf, small_disk: Path) -> None:
    """Where a share was unmounted an empty folder stays: nothing is gone, nothing is forgotten."""
    below = small_disk / "evidence"
    below.mkdir()
    record = draft("kyc", EVIDENCE_ID)
    folder = small_disk / f"fv-20260305T120000Z-kyc-{EVIDENCE_ID}"
    (folder / "data").mkdir(parents=True)
    (folder / "data/capture.json").write_bytes(record.to_bytes())
    assert shelf.library.scan([small_disk]) == ScanReport(1, 1, 0)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small_disk)], check=True)
    try:
        assert shelf.library.scan([small_disk]) == ScanReport(0, 0, 0, (small_disk,))
        assert shelf.library.page(LibraryQuery(), [small_disk]).total == 0
    finally:
        subprocess.run(["umount", str(small_disk)], check=True)
    assert shelf.library.scan([small_disk]) == ScanReport(1, 0, 0)
    shutil.rmtree(folder)
    assert shelf.library.scan([small_disk]) == ScanReport(0, 0, 1)


def test_a_root_that_goes_away_in_the_middle_loses_nothing(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(make_shelf(shelf.root, 6))
    shelf.library.scan([shelf.root])
    real, calls = os.scandir, []

    def scandir(path: Path) -> object:
        calls.append(path)
        if calls.count(shelf.root) == 2:
            raise OSError(5, "Input/output error")
        return real(path)

    monkeypatch.setattr(library_scan.os, "scandir", scandir)
    assert shelf.library.scan([shelf.root]).unreadable_roots == (shelf.root,)
    monkeypatch.undo()
    assert shelf.library.scan([shelf.root]) == ScanReport(6, 0, 0)


def test_evidence_on_a_medium_that_nobody_may_write_to() -> None:
    with unprivileged_folder() as base:
        shelf = Shelf(base)
        samples = list(make_shelf(shelf.root, 4))
        for folder, _, files in os.walk(shelf.root):
            for name in files:
                os.chmod(Path(folder, name), 0o444)
            os.chmod(folder, 0o555)
        if os.geteuid() == 0:
            os.chown(base, NOBODY, NOBODY)

        def searched() -> tuple[ScanReport, list[str], ScanReport]:
            first = shelf.library.scan([shelf.root])
            return first, shelf.found(samples[0].evidence_id[-6:]), shelf.library.scan([shelf.root])

        first, found, second = as_unprivileged(searched)  # type: ignore[misc]
    assert (first, second) == (ScanReport(4, 4, 0), ScanReport(4, 0, 0))
    assert found == [samples[0].evidence_id]


def test_a_root_that_this_user_may_not_read_is_named() -> None:
    with unprivileged_folder() as base:
        shelf = Shelf(base)
        list(make_shelf(shelf.root, 2))
        shelf.root.chmod(0o700 if os.geteuid() == 0 else 0o000)
        assert as_unprivileged(lambda: shelf.library.scan([shelf.root])) == ScanReport(0, 0, 0, (shelf.root,))


# --- the index is only a cache -------------------------------------------------------------------------------------


def test_reindexing_reads_everything_and_keeps_history(shelf: Shelf) -> None:
    list(make_shelf(shelf.root, 3))
    broken = shelf.folder(EVIDENCE_ID)
    shelf.library.scan([shelf.root])
    shelf.library.note(FolderVerdict(str(broken), Verdict.ALTERED, ()), NOON)
    (broken / "data/capture.json").write_bytes(b"{")
    assert shelf.library.reindex([shelf.root]) == ScanReport(4, 4, 0)
    assert shelf.library.unreadable([shelf.root]) == (broken,)
    assert [e.last_verdict for e in shelf.page().entries if e.path == broken] == ["altered"]
    shelf.index.write_bytes(b"no database")
    assert shelf.library.reindex([shelf.root]) == ScanReport(4, 4, 0)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("what", ["removed", "damaged"])
def test_an_index_that_is_lost_in_the_middle_of_a_scan_is_made_anew(shelf: Shelf, what: str) -> None:
    list(make_shelf(shelf.root, 12))
    lost = []

    def tell(done: int, total: int) -> None:
        if done == 8 and not lost:
            lost.append(done)
            shelf.index.unlink() if what == "removed" else shelf.index.write_bytes(b"no database at all")

    assert shelf.library.scan([shelf.root], None, tell) == ScanReport(12, 12, 0)
    assert shelf.page().total == 12


@pytest.mark.parametrize("what", ["removed", "damaged", "damaged and noticed by a verdict"])
def test_an_index_that_is_lost_after_a_scan_is_made_anew_by_the_next_question(shelf: Shelf, what: str) -> None:
    list(make_shelf(shelf.root, 3))
    assert shelf.page().total == 0
    shelf.library.scan([shelf.root])
    shelf.index.unlink() if what == "removed" else shelf.index.write_bytes(b"no database at all")
    if "verdict" in what:
        shelf.library.note(FolderVerdict(str(min(shelf.root.iterdir())), Verdict.VERIFIED, ()), NOON)
    assert shelf.library.choices([shelf.root]).counts["all"] == 3
    page = shelf.page()
    assert page.total == 3
    assert [entry.last_verdict for entry in page.entries].count("verified") == ("verdict" in what)


def test_without_a_search_in_sqlite_one_is_told_so(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(connection: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("no such module: fts5")

    monkeypatch.setattr(library_index, "_prepare", refuse)
    for asked in (shelf.entries, shelf.page):
        with pytest.raises(SurroundingsError) as caught:
            asked()
        assert caught.value.code == "sqlite_no_search"


WORK = """
import sys
from pathlib import Path
from facevid_gui.captures.store import CaptureStore
from facevid_gui.core.clock import Clock
from facevid_gui.core.verdict import FolderVerdict, Verdict
from facevid_gui.evidence.library import Library
from facevid_gui.evidence.library_query import LibraryQuery
home, mine = Path(sys.argv[1]), int(sys.argv[2])
library = Library(CaptureStore(home / "captures"), home / "cache/index.sqlite", Clock())
roots = [home / "evidence"]
folders = sorted(roots[0].iterdir())
for turn in range(6):
    report = library.scan(roots)
    assert (report.seen, report.gone) == (len(folders), 0), report
    for folder in folders[mine::2]:
        library.refresh([folder])
        library.note(FolderVerdict(str(folder), Verdict.VERIFIED, ()), Clock().now())
    if turn == 2 and mine:
        library.reindex(roots)
    page = library.page(LibraryQuery("202"), roots, 0, 50)
    assert page.total <= len(folders), page.total
print(library.scan(roots).seen)
"""


def test_two_processes_of_one_user_do_not_break_each_other(shelf: Shelf) -> None:
    list(make_shelf(shelf.root, 20))
    home = str(shelf.root.parent)
    started = [
        subprocess.Popen([sys.executable, "-c", WORK, home, str(number)], stdout=subprocess.PIPE, text=True)
        for number in (0, 1)
    ]
    assert [process.communicate(timeout=120)[0] for process in started] == ["20\n", "20\n"]
    assert shelf.library.scan([shelf.root]) == ScanReport(20, 0, 0)
    page = shelf.page(LibraryQuery("202"))
    assert page.total == len({entry.evidence_id for entry in page.entries}) == 20
    assert {entry.last_verdict for entry in page.entries} == {"verified"}
    with closing(sqlite3.connect(shelf.index)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")


def test_threads_of_one_program_share_the_library(shelf: Shelf) -> None:
    samples = list(make_shelf(shelf.root, 30))
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for sample in samples[number::4]:
                shelf.library.scan([shelf.root])
                assert shelf.found(sample.evidence_id) == [sample.evidence_id]
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []


# --- nothing is left of what was deleted ---------------------------------------------------------------------------


def bytes_of(cache: Path) -> Iterator[bytes]:
    """Every byte of the index and whatever lies beside it, folded as the index folds."""
    for path in cache.iterdir():
        yield path.read_bytes()


def is_left(cache: Path, text: str) -> bool:
    """Whether the index still knows a text: as it was, as JSON escapes it, as it is indexed, read backwards."""
    folded = text.casefold()
    forms = {text, folded, folded[::-1], " ".join(text), text.encode("unicode_escape").decode()}
    return any(form.encode() in raw for raw in bytes_of(cache) for form in forms)


@pytest.mark.parametrize("how", ["purge", "scan"])
def test_nothing_of_a_purged_person_is_left_in_the_index(place: Place, how: str) -> None:
    folder, other = place.folder("ess"), place.folder("kyc")
    note(place, folder, "提到了王阿姨 Zebra77")
    library, roots = place.house.library, place.house.evidence_roots()
    library.scan(roots)
    (entry,) = library.page(LibraryQuery(kinds=("ess",)), roots).entries
    library.note(place.verify(folder), NOON)
    told = [entry.person, entry.evidence_id, str(entry.flow_id), str(entry.sign_id), "王阿姨", "Zebra77"]
    assert all(is_left(place.home / "cache", text) for text in told), told
    if how == "purge":
        plan = place.house.purger.plan(folder, place.trust(), roots)
        place.house.purger.purge(plan, "retention ended")
    else:
        shutil.rmtree(unlock(folder))
        shutil.rmtree(folder.with_name(f"{folder.name}.work"))
        assert library.scan(roots).gone == 1
    assert [text for text in told if is_left(place.home / "cache", text)] == []
    assert sorted(path.name for path in (place.home / "cache").iterdir()) == ["index.sqlite"]
    assert library.page(LibraryQuery(), roots).entries[0].path == other


def test_a_folder_that_changed_leaves_its_old_words_only_until_the_next_deletion(shelf: Shelf) -> None:
    changed, gone = shelf.folder(EVIDENCE_ID, case_ref="Zebra77"), shelf.folder(OTHER_ID)
    shelf.library.scan([shelf.root])
    edit_record(changed, case_ref="Quagga88")
    shelf.library.scan([shelf.root])
    assert shelf.found("Zebra77") == []
    shelf.library.forget(gone)
    assert not is_left(shelf.index.parent, "Zebra77")
    assert is_left(shelf.index.parent, "Quagga88")


def test_overwriting_goes_in_steps_that_let_others_in(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    list(make_shelf(shelf.root, 60))
    gone = shelf.folder(EVIDENCE_ID, case_ref="Zebra77")
    shelf.library.scan([shelf.root])
    monkeypatch.setattr(library_rows, "_PAGES", 1)
    steps: list[bool] = []
    real = library_rows._merge

    def watched(connection: sqlite3.Connection, *, pages: int) -> bool:
        steps.append(real(connection, pages=pages))
        return steps[-1]

    monkeypatch.setattr(library_rows, "_merge", watched)
    shelf.library.forget(gone)
    assert len(steps) > 5
    assert steps[-1] is False
    assert [text for text in ("Zebra77", EVIDENCE_ID) if is_left(shelf.index.parent, text)] == []
    assert shelf.page().total == 60
    with closing(sqlite3.connect(shelf.index)) as connection:
        connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
