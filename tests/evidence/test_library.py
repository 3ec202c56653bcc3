"""The library: everything listed, the urgent first, nothing read twice; and an index that may fail in every way."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.captures.store import CaptureStore
from facevid_gui.core.deadline import Deadline, deadline_for
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.ids import folder_name, new_evidence_id
from facevid_gui.core.verdict import FolderVerdict, Reason, Verdict
from facevid_gui.evidence import library_index, library_reading, library_rows
from facevid_gui.evidence.library import Library, LibraryEntry
from facevid_gui.evidence.library_answers import Question
from facevid_gui.evidence.library_query import LibraryQuery
from facevid_gui.evidence.library_reading import Found, Stamp
from tests.support.captures_exchanges import EVIDENCE_ID, begin, draft, receive
from tests.support.captures_samples import FLOW_ID, ORDER_NO, SIGN_ID, json_bytes, kyc_answer
from tests.support.clocks import NOON, StillClock
from tests.support.evidence_places import CASE, PURPOSE, Place
from tests.support.evidence_tampering import edit_record, flip, video
from tests.support.library_shelf import Shelf, listed
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

OTHER_ID = "f" * 32


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the folders that were looked into."""
    seen: list[str] = []
    real = library_reading.record_of

    def watched(capture: Any, reader: Any) -> Any:
        seen.append(capture.evidence_id)
        return real(capture, reader)

    monkeypatch.setattr(library_reading, "record_of", watched)
    return seen


# --- what is listed ----------------------------------------------------------------------------------------------


def test_captures_and_evidence_are_listed_with_what_is_known_of_them(place: Place) -> None:
    capture = place.capture("flow")
    folder = place.folder("kyc")
    unsaved, sealed = listed(place.house.library, place.house.evidence_roots())
    assert capture.record is not None
    assert unsaved == LibraryEntry(
        path=capture.path,
        evidence_id=capture.evidence_id,
        state="complete",
        kind="ess",
        flow_id=capture.record.provider.flow_id,
        sign_id=capture.record.provider.sign_id,
        person="钱样本",
        captured_at=capture.record.captured_at,
        occurred_at=unsaved.occurred_at,
        review_by=capture.record.captured_at + timedelta(days=365),
        deadline=deadline_for("ess", unsaved.occurred_at),
        media=1,
        operator=place.house.operator["account"],
    )
    assert unsaved.occurred_at is not None
    assert (sealed.path, sealed.evidence_id, sealed.state) == (folder, folder.name[-32:], "sealed")
    assert (sealed.kind, sealed.order_no, sealed.case_ref, sealed.purpose) == ("kyc", "simOrder0001", CASE, PURPOSE)
    assert sealed.sealed_at is not None
    assert sealed.captured_at is not None
    assert (sealed.last_verdict, sealed.last_verified_at, sealed.last_reason) == (None, None, "")


def test_an_empty_library_is_empty(shelf: Shelf, tmp_path: Path) -> None:
    assert listed(shelf.library, []) == ()
    assert shelf.entries() == ()


def test_the_most_urgent_capture_comes_first_and_the_newest_evidence(shelf: Shelf) -> None:
    known = {"soon": "20260305190000", "passed": "20260301190000", "later": "20260305193000"}
    ids = {name: new_evidence_id() for name in (*known, "unknown", "cut")}
    for name, occurred in known.items():
        shelf.order(ids[name], occurred)
    shelf.order(ids["unknown"], "never")
    partial = begin(shelf.store, "kyc", ids["cut"])
    receive(partial, b"{", error="incomplete_body")
    partial.close()
    old, new = new_evidence_id(), new_evidence_id()
    shelf.folder(old, minutes=1)
    shelf.folder(new, minutes=2)
    listed = shelf.ids()
    assert set(listed[:2]) == {ids["unknown"], ids["cut"]}
    assert listed[2:] == [ids["soon"], ids["later"], ids["passed"], new, old]


def test_an_answer_without_media_is_no_hurry(shelf: Shelf) -> None:
    empty, late = new_evidence_id(), new_evidence_id()
    shelf.order(empty, "never", json_bytes(kyc_answer("66660011")))
    shelf.order(late, "20260301190000")
    assert shelf.ids() == [late, empty]


def test_a_safe_time_that_is_over_leaves_the_outer_one() -> None:
    """A contract's recording is safe for 24 hours and may be there for 72; an order's may be there for 72."""
    began = {
        "safe for 3 h": ("ess", 21),
        "there for 2 h": ("ess", 70),
        "there for 1 h": ("kyc", 71),
        "gone": ("ess", 73),
    }
    with closing(sqlite3.connect(":memory:")) as connection:
        library_index._prepare(connection)
        for name, (kind, hours) in began.items():
            deadline = deadline_for(kind, NOON - timedelta(hours=hours))
            entry = LibraryEntry(Path("/captures") / name, name, "complete", kind, deadline=deadline, media=1)
            library_rows.put(connection, library_rows.CAPTURES, [Found(entry, Stamp(), "", "")])
        page = Question(connection, LibraryQuery(), [], NOON).page(0, 10)
    assert [entry.evidence_id for entry in page.entries] == ["there for 1 h", "there for 2 h", "safe for 3 h", "gone"]


def test_captures_on_their_way_are_listed_without_being_read(shelf: Shelf, read: list[str]) -> None:
    receiving = begin(shelf.store, "kyc")
    cut = begin(shelf.store, "ess", OTHER_ID)
    receive(cut, b"{", error="incomplete_body")
    cut.close()
    (shelf.store.root / ".partial-nonsense").mkdir()
    by_id = {entry.evidence_id: entry for entry in shelf.entries()}
    assert {key: entry.state for key, entry in by_id.items()} == {
        EVIDENCE_ID: "receiving", OTHER_ID: "interrupted", "nonsense": "interrupted",
    }  # fmt: skip
    assert (by_id[OTHER_ID].flow_id, by_id[OTHER_ID].sign_id) == (FLOW_ID, SIGN_ID)
    assert (by_id[EVIDENCE_ID].order_no, by_id[EVIDENCE_ID].deadline) == (ORDER_NO, Deadline(None, None))
    assert read == []
    receiving.close()


def test_what_a_scan_met_while_it_was_being_received_is_one_record_afterwards(shelf: Shelf) -> None:
    partial = begin(shelf.store, "kyc")
    shelf.library.scan([shelf.root])
    receive(partial, json_bytes(kyc_answer()))
    path = partial.complete()
    shelf.library.refresh([path])
    (entry,) = shelf.library.page(LibraryQuery(), [shelf.root]).entries
    assert (entry.path, entry.state) == (path, "complete")
    shutil.rmtree(path)
    shelf.library.refresh([path])
    assert shelf.library.page(LibraryQuery(), [shelf.root]).total == 0


def unreadable(shelf: Shelf, what: str) -> str:
    """One folder that cannot be read; its id."""
    if what == "capture":
        (shelf.order(EVIDENCE_ID) / "capture.json").write_bytes(b"{")
        return EVIDENCE_ID
    record = shelf.folder(EVIDENCE_ID) / "data/capture.json"
    record.unlink()
    if what == "link":
        (shelf.root / "elsewhere.json").write_bytes(draft("kyc").to_bytes())
        record.symlink_to(shelf.root / "elsewhere.json")
    elif what == "pipe":
        os.mkfifo(record)
    elif what == "payload a link":
        record.parent.rmdir()
        (shelf.root / "data").mkdir()
        (shelf.root / "data/capture.json").write_bytes(draft("kyc").to_bytes())
        record.parent.symlink_to(shelf.root / "data")
    elif what == "huge":
        with record.open("wb") as file:
            file.truncate(2**32)
    return EVIDENCE_ID


@pytest.mark.parametrize("what", ["capture", "missing", "link", "pipe", "payload a link", "huge"])
def test_a_folder_without_a_readable_record_is_listed_as_such(shelf: Shelf, what: str) -> None:
    evidence_id = unreadable(shelf, what)
    for _ in range(2):
        (entry,) = shelf.entries()
        assert (entry.evidence_id, entry.state, entry.kind) == (evidence_id, "unreadable", "")


@pytest.mark.parametrize("replace_by", ["pipe", "link", "nothing", "folder"])
def test_an_answer_that_is_no_file_holds_nobody_up(shelf: Shelf, replace_by: str) -> None:
    body = next(shelf.order(EVIDENCE_ID).rglob("response-body.bin"))
    body.unlink()
    if replace_by == "pipe":
        os.mkfifo(body)
    elif replace_by == "link":
        body.symlink_to("/dev/zero")
    elif replace_by == "folder":
        body.mkdir()
    (entry,) = shelf.entries()
    assert (entry.state, entry.order_no, entry.occurred_at) == ("complete", ORDER_NO, None)


def test_only_evidence_folders_are_evidence(shelf: Shelf) -> None:
    folder = shelf.folder(EVIDENCE_ID)
    (shelf.root / f"{folder.name}.work").mkdir()
    (shelf.root / f".partial-{folder.name}").mkdir()
    (shelf.root / "fv-note.txt").write_text("x")
    (shelf.root / "holiday").mkdir()
    (shelf.root / folder_name("kyc", OTHER_ID, NOON)).symlink_to(folder)
    assert shelf.ids() == [EVIDENCE_ID]
    folder.rename(shelf.root / "fv-renamed by somebody")
    (entry,) = shelf.entries()
    assert (entry.path.name, entry.evidence_id) == ("fv-renamed by somebody", EVIDENCE_ID)


def test_roots_that_are_away_hold_nothing_and_one_named_twice_counts_once(shelf: Shelf, tmp_path: Path) -> None:
    shelf.folder(EVIDENCE_ID)
    (tmp_path / "file").write_bytes(b"")
    roots = [tmp_path / "nowhere", tmp_path / "file", shelf.root, shelf.root]
    assert [entry.evidence_id for entry in listed(shelf.library, roots)] == [EVIDENCE_ID]


def test_a_capture_that_is_discarded_meanwhile_is_not_listed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.order(EVIDENCE_ID)
    found = shelf.store.entries()
    shelf.store.discard(found[0])
    monkeypatch.setattr(shelf.store, "entries", lambda: found)
    assert shelf.entries() == ()


def test_captures_that_cannot_be_read_are_the_surroundings_fault() -> None:
    with unprivileged_folder() as base:
        store = CaptureStore(base / "captures")
        (base / "captures").mkdir(mode=0o000)
        if os.geteuid() == 0:
            os.chown(base / "captures", 65534, 65534)
        held = Library(store, base / "index.sqlite", StillClock())

        def refused() -> str:
            with pytest.raises(SurroundingsError) as caught:
                held.scan([])
            return caught.value.code

        assert as_unprivileged(refused) == "permission_denied"


# --- search ------------------------------------------------------------------------------------------------------


# --- the index spares work ---------------------------------------------------------------------------------------


def test_an_unchanged_folder_is_read_once(shelf: Shelf, read: list[str]) -> None:
    shelf.order(EVIDENCE_ID)
    shelf.folder(OTHER_ID)
    first = shelf.entries()
    assert sorted(read) == sorted([EVIDENCE_ID, OTHER_ID])
    assert shelf.entries() == first
    assert listed(Library(shelf.store, shelf.index, shelf.clock), [shelf.root]) == first
    assert len(read) == 2


def test_a_changed_record_is_read_again(shelf: Shelf, read: list[str]) -> None:
    folder = shelf.folder(EVIDENCE_ID)
    shelf.entries()
    edit_record(folder, case_ref="2026-0312")
    assert shelf.entries()[0].case_ref == "2026-0312"
    assert len(read) == 2


def test_the_second_listing_of_three_hundred_folders_is_quick(shelf: Shelf) -> None:
    for number in range(280):
        shelf.folder(f"{number:032x}", minutes=number)
    for number in range(280, 300):
        shelf.order(f"{number:032x}")
    first = shelf.entries()
    assert len(first) == 300
    times = []
    for _ in range(3):
        began = time.perf_counter()
        again = shelf.entries()
        times.append(time.perf_counter() - began)
        assert again == first
    assert min(times) < 0.1


def test_a_sealed_capture_moves_from_the_top_to_the_bottom(place: Place) -> None:
    entry = place.capture("order")
    roots = place.house.evidence_roots()
    assert [e.state for e in listed(place.house.library, roots)] == ["complete"]
    place.seal(entry)
    (sealed,) = listed(place.house.library, roots)
    assert (sealed.state, sealed.evidence_id, sealed.case_ref) == ("sealed", entry.evidence_id, CASE)


def test_listing_needs_no_cryptography() -> None:
    code = (
        "import sys, facevid_gui.evidence.library; "
        "print(sorted({'cryptography', 'asn1crypto', 'requests', 'keyring'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# --- verdicts as history -----------------------------------------------------------------------------------------


def test_the_last_verdict_is_remembered_with_what_was_wrong(place: Place) -> None:
    folder = place.open_folder("kyc")
    held = place.house.library
    held.note(place.verify(folder), NOON)
    (entry,) = listed(held, [place.root])
    assert (entry.last_verdict, entry.last_verified_at, entry.last_reason) == ("verified_unstamped", NOON, "")
    flip(video(folder))
    held.note(place.verify(folder), NOON + timedelta(days=1))
    (entry,) = listed(held, [place.root])
    assert (entry.last_verdict, entry.last_reason) == ("altered", "changed data/media/video.mp4")
    assert entry.last_verified_at == NOON + timedelta(days=1)
    assert entry.state == "sealed"


@pytest.mark.parametrize(
    ("verdict", "reasons", "said"),
    [
        (Verdict.VERIFIED, [Reason("stamp_late", "", "900 s")], ""),
        (Verdict.REGISTER_DISAGREES, [Reason("stamp_unchecked", "x"), Reason("register_purged")], "register_purged"),
        (Verdict.UNKNOWN_SIGNER, [Reason("stamp_unchecked", "x")], ""),
        (Verdict.UNREADABLE, [Reason("unreadable", "data", "no permission")], "unreadable data"),
    ],
)
def test_the_reason_is_the_first_that_matters(shelf: Shelf, verdict: Verdict, reasons: list[Reason], said: str) -> None:
    folder = shelf.folder(EVIDENCE_ID)
    shelf.library.note(FolderVerdict(str(folder), verdict, tuple(reasons)), NOON)
    (entry,) = shelf.entries()
    assert (entry.last_verdict, entry.last_reason) == (str(verdict), said)


def test_a_verdict_may_come_before_the_first_listing_and_by_a_relative_path(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, read: list[str]
) -> None:
    folder = shelf.folder(EVIDENCE_ID)
    monkeypatch.chdir(shelf.root)
    shelf.library.note(FolderVerdict(folder.name, Verdict.VERIFIED, ()), NOON)
    assert shelf.entries()[0].last_verdict == "verified"
    assert shelf.entries()[0].last_verdict == "verified"
    assert len(read) == 1


def test_a_record_that_changes_keeps_its_history(shelf: Shelf) -> None:
    folder = shelf.folder(EVIDENCE_ID)
    shelf.library.note(FolderVerdict(str(folder), Verdict.VERIFIED, ()), NOON)
    shelf.entries()
    edit_record(folder, case_ref="another")
    assert shelf.entries()[0].last_verdict == "verified"
    assert shelf.entries()[0].last_verdict == "verified"


def test_forgetting_removes_facts_and_verdict(shelf: Shelf, read: list[str]) -> None:
    folder = shelf.folder(EVIDENCE_ID)
    shelf.library.note(FolderVerdict(str(folder), Verdict.VERIFIED, ()), NOON)
    shelf.entries()
    shelf.library.forget(folder)
    assert shelf.entries()[0].last_verdict is None
    assert len(read) == 2


# --- the index names people --------------------------------------------------------------------------------------


def test_the_index_is_private_whatever_it_was(shelf: Shelf) -> None:
    shelf.folder(EVIDENCE_ID)
    shelf.entries()
    assert stat.S_IMODE(shelf.index.stat().st_mode) == 0o600
    assert stat.S_IMODE(shelf.index.parent.stat().st_mode) == 0o700
    shelf.index.chmod(0o644)
    shelf.entries()
    assert stat.S_IMODE(shelf.index.stat().st_mode) == 0o600
    assert [path.name for path in shelf.index.parent.iterdir()] == ["index.sqlite"]


def test_what_is_gone_is_overwritten_in_the_index(shelf: Shelf) -> None:
    shelf.order(EVIDENCE_ID)
    shelf.folder(OTHER_ID)
    shelf.entries()
    assert shelf.index.read_bytes().count(ORDER_NO.encode()) >= 2
    assert ORDER_NO.lower().encode() in shelf.index.read_bytes()
    shelf.store.discard(shelf.store.open(EVIDENCE_ID))
    shutil.rmtree(next(shelf.root.iterdir()))
    assert shelf.entries() == ()
    left = shelf.index.read_bytes().lower()
    assert all(text.lower().encode() not in left for text in (ORDER_NO, EVIDENCE_ID, ORDER_NO[::-1], EVIDENCE_ID[::-1]))


def test_a_root_that_is_away_for_a_while_loses_nothing(shelf: Shelf, read: list[str]) -> None:
    folder = shelf.folder(EVIDENCE_ID)
    shelf.library.note(FolderVerdict(str(folder), Verdict.VERIFIED, ()), NOON)
    before = shelf.entries()
    shelf.root.rename(shelf.root.with_name("away"))
    assert shelf.entries() == ()
    assert shelf.library.page(LibraryQuery(remembered=True), [shelf.root]).entries == before
    counts = [shelf.library.choices([shelf.root], remembered=remembered).counts["all"] for remembered in (True, False)]
    assert counts == [1, 0]
    shelf.root.with_name("away").rename(shelf.root)
    shelf.library.refresh([folder])
    assert shelf.library.page(LibraryQuery(), [shelf.root]).entries == before, "what is looked at is not away"
    assert shelf.entries() == before


def test_names_that_are_no_text_are_kept_apart(shelf: Shelf) -> None:
    shelf.folder(EVIDENCE_ID).rename(shelf.root / os.fsdecode(b"fv-\xff"))
    shelf.folder(OTHER_ID).rename(shelf.root / os.fsdecode(b"fv-\xfe"))
    first = shelf.entries()
    assert {entry.evidence_id for entry in first} == {EVIDENCE_ID, OTHER_ID}
    assert shelf.entries() == first


# --- the index is only a cache -----------------------------------------------------------------------------------


def run_sql(index: Path, *statements: str) -> None:
    with closing(sqlite3.connect(index)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def set_facts(index: Path, expression: str) -> None:
    run_sql(index, f"UPDATE folders SET facts = CAST({expression} AS BLOB)")


def damage_middle(index: Path) -> None:
    raw = bytearray(index.read_bytes())
    raw[100:] = os.urandom(len(raw) - 100)
    index.write_bytes(raw)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "empty": lambda index: index.write_bytes(b""),
    "no database": lambda index: index.write_bytes(b"this is no database" * 100),
    "cut": lambda index: os.truncate(index, 5000),
    "scrambled": damage_middle,
    "of a later version": lambda index: run_sql(index, "PRAGMA user_version = 99"),
    "of an older version": lambda index: run_sql(index, "PRAGMA user_version = 0"),
    "without its table": lambda index: run_sql(index, "DROP TABLE folders"),
    "with another table": lambda index: run_sql(index, "DROP TABLE folders", "CREATE TABLE folders (path TEXT)"),
    "with no facts": lambda index: set_facts(index, "'{}'"),
    "with no JSON": lambda index: set_facts(index, "x'ff00'"),
    "with a list": lambda index: set_facts(index, "'[1]'"),
    "with wrong texts": lambda index: set_facts(index, f"replace(facts, '\"{ORDER_NO}\"', '[1]')"),
    "with wrong times": lambda index: set_facts(index, "replace(facts, '2026-', '2026+')"),
    "with times that are none": lambda index: set_facts(index, "replace(facts, '\"2026-03-05T12:00:00Z\"', '7')"),
    "with numbers": lambda index: run_sql(index, "UPDATE folders SET facts = 7"),
    "with a text path": lambda index: run_sql(index, "UPDATE folders SET path = CAST(path AS TEXT)"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_index_is_made_anew(shelf: Shelf, what: str, read: list[str]) -> None:
    shelf.order(EVIDENCE_ID)
    shelf.folder(OTHER_ID)
    before = shelf.entries()
    DAMAGE[what](shelf.index)
    assert shelf.entries() == before
    again = len(read)
    assert again >= 4
    assert shelf.entries() == before
    assert len(read) == again
    assert stat.S_IMODE(shelf.index.stat().st_mode) == 0o600


@pytest.mark.parametrize("column", ["verdict = x'ff'", "verified_at = 'yesterday'", "verified_at = x'00'"])
def test_damaged_history_is_no_obstacle(shelf: Shelf, column: str) -> None:
    folder = shelf.folder(EVIDENCE_ID)
    shelf.library.note(FolderVerdict(str(folder), Verdict.VERIFIED, ()), NOON)
    run_sql(shelf.index, f"UPDATE history SET {column}")
    assert shelf.ids() == [EVIDENCE_ID]


def test_a_locked_index_is_done_without(shelf: Shelf) -> None:
    folder = shelf.folder(EVIDENCE_ID)
    before = shelf.entries()
    with closing(sqlite3.connect(shelf.index)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        assert shelf.entries() == before
        shelf.library.note(FolderVerdict(str(folder), Verdict.VERIFIED, ()), NOON)
        shelf.library.forget(folder)
        assert time.monotonic() - began < 5
        other.rollback()
    shelf.library.note(FolderVerdict(str(folder), Verdict.VERIFIED, ()), NOON)
    assert shelf.entries()[0].last_verdict == "verified"


@pytest.mark.parametrize("what", ["a folder", "below a file", "below nothing that can be made"])
def test_an_index_that_cannot_be_is_done_without(shelf: Shelf, tmp_path: Path, what: str) -> None:
    shelf.folder(EVIDENCE_ID)
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder/inside").mkdir(parents=True)
    paths = {"a folder": tmp_path / "folder", "below a file": tmp_path / "file" / "index.sqlite"}
    held = Library(shelf.store, paths.get(what, Path("/proc/nowhere/index.sqlite")), shelf.clock)
    (entry,) = listed(held, [shelf.root])
    assert entry.evidence_id == EVIDENCE_ID
    held.note(FolderVerdict(str(entry.path), Verdict.VERIFIED, ()), NOON)
    held.forget(entry.path)


def test_a_read_only_index_is_read_and_left_alone() -> None:
    with unprivileged_folder() as base:
        shelf = Shelf(base)
        shelf.folder(EVIDENCE_ID)
        if os.geteuid() == 0:
            for path in [base, *base.rglob("*")]:
                os.chown(path, 65534, 65534)

        def listed() -> tuple[list[str], list[str]]:
            first = shelf.ids()
            shelf.index.parent.chmod(0o500)
            return first, shelf.ids()

        assert as_unprivileged(listed) == ([EVIDENCE_ID], [EVIDENCE_ID])


def test_an_index_that_stays_damaged_is_given_up(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.folder(EVIDENCE_ID)

    real = library_index._prepare

    def refuse(connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA database_list").fetchone()[2]:
            raise sqlite3.DatabaseError("malformed")
        real(connection)

    monkeypatch.setattr(library_index, "_prepare", refuse)
    assert shelf.ids() == [EVIDENCE_ID]


def test_several_processes_and_threads_share_it(shelf: Shelf) -> None:
    folders = [shelf.folder(f"{number:032x}") for number in range(20)]

    def work(number: int) -> list[str]:
        held = Library(shelf.store, shelf.index, shelf.clock)
        for folder in folders[number::4]:
            held.note(FolderVerdict(str(folder), Verdict.VERIFIED, ()), NOON)
        return sorted(entry.evidence_id for entry in listed(held, [shelf.root]))

    with ThreadPoolExecutor(4) as pool:
        assert all(ids == [f"{number:032x}" for number in range(20)] for ids in pool.map(work, range(4)))


def test_a_first_start_of_many_makes_one_index(shelf: Shelf) -> None:
    shelf.folder(EVIDENCE_ID)
    code = (
        "import sys; from pathlib import Path; from facevid_gui.captures.store import CaptureStore; "
        "from facevid_gui.core.clock import Clock; from facevid_gui.evidence.library import Library; "
        "home = Path(sys.argv[1]); store = CaptureStore(home / 'captures'); "
        "print(Library(store, home / 'cache/index.sqlite', Clock()).scan([home / 'evidence']).seen)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(shelf.root.parent)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [process.communicate(timeout=60)[0] for process in started] == ["1\n"] * 4
    assert shelf.ids() == [EVIDENCE_ID]


def test_entries_are_values(shelf: Shelf) -> None:
    shelf.folder(EVIDENCE_ID)
    (entry,) = shelf.entries()
    assert replace(entry) == entry
    assert hash(replace(entry)) == hash(entry)
