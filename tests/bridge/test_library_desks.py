"""The library's desks on real folders: index, places, kept filters, checks, small pictures."""

import json
import shutil
import stat
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage

from facevid_gui.bridge import library_work
from facevid_gui.bridge.check_desk import CheckDesk
from facevid_gui.bridge.exact import ExactFrame
from facevid_gui.bridge.library_model import LibraryQuery
from facevid_gui.bridge.root_desk import RootDesk
from facevid_gui.bridge.saved_filters import FILE, FilterDesk, SavedFilter, read_filters
from facevid_gui.bridge.session import LibraryState
from facevid_gui.bridge.settings_desk import SettingsDesk
from facevid_gui.bridge.thumb_desk import IN_MEMORY, SIDE, ThumbDesk
from facevid_gui.evidence.discarding import remove_thumbs
from facevid_gui.evidence.library_query import LibraryPage
from facevid_gui.evidence.thumbnails import Thumbnails
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import CONTRACTS, ORDERS, Office
from tests.support.evidence_tampering import flip, video
from tests.support.places import make_house
from tests.support.qt import pump_until


class Frames:
    """Where a screening's small frames come from."""

    def __init__(self) -> None:
        from PySide6.QtCore import QObject, Signal

        class Told(QObject):
            thumbnail_ready = Signal(object)

        self.told = Told()

    def come(self, color: str = "green") -> None:
        image = QImage(160, 90, QImage.Format.Format_RGB32)
        image.fill(QColor(color))
        self.told.thumbnail_ready.emit(ExactFrame("clip-1", 0, 0, image))


class Shelf(Office):
    """An office with the library's desks."""

    def __init__(self, house: Any) -> None:
        super().__init__(house)
        self.settings = SettingsDesk(house, self.controller)
        self.roots, self.filters = RootDesk(house, self.controller), FilterDesk(house, self.controller)
        self.checks = CheckDesk(house, self.controller)
        self.frames = Frames()
        self.thumbs = ThumbDesk(house, self.controller, self.frames.told, self.settings)  # type: ignore[arg-type]
        self.checks.finished.connect(lambda report: self.said.append(("checked", report)))
        self.roots.looked.connect(lambda states: self.said.append(("roots", states)))

    def seal(self, profile: str, text: str) -> Path:
        self.controller.choose_profile(profile)
        self.look_up(text)
        page = self.save()
        assert page.folder is not None
        return page.folder

    def last(self, what: str) -> Any:
        return next(value for said, value in reversed(self.said) if said == what)

    def thumbnail(self, evidence_id: str) -> QImage | None:
        self.thumbs.picture(evidence_id)
        pump_until(lambda: not (self.thumbs._timer.isActive() or self.thumbs._is_reading))
        return self.thumbs.picture(evidence_id)


@pytest.fixture
def shelf(home: Path, application: object, simulator: Simulator) -> Iterator[Shelf]:
    made = Shelf(make_house(home))
    made.know(simulator)
    made.start()
    yield made
    assert made.close()


# --- verifying everything ------------------------------------------------------------------------------


def test_everything_is_checked_and_what_changed_is_named(shelf: Shelf) -> None:
    order, contract = shelf.seal(ORDERS, "simOrder0001"), shelf.seal(CONTRACTS, flow_id("One"))
    shelf.checks.start()
    assert shelf.checks.state.what == "running"
    shelf.settle()
    report = shelf.last("checked")
    assert (report.total, report.checked, report.changed, report.bad_count) == (2, 2, (), 0)
    assert shelf.checks.state.what == "idle"
    flip(video(order))
    shelf.checks.start()
    shelf.settle()
    report = shelf.last("checked")
    assert [(row.folder, row.verdict, row.before) for row in report.changed] == [
        (order, "altered", "verified_unstamped")
    ]
    assert {entry.path: entry.last_verdict for entry in shelf.listed()} == {
        order: "altered", contract: "verified_unstamped",
    }  # fmt: skip
    assert shelf.model.count_of("trouble") == 1


def test_a_check_is_held_offered_by_the_next_program_and_gone_on_with(shelf: Shelf, home: Path) -> None:
    shelf.seal(ORDERS, "simOrder0001")
    shelf.checks.start()
    shelf.checks.pause()
    assert shelf.checks.state.what == "stopping"
    shelf.checks.pause()
    shelf.settle()
    assert shelf.checks.state.what == "paused"
    later = Shelf(make_house(home))
    later.start()
    later.checks.look()
    later.settle()
    held = later.checks.state
    if held.what == "paused":  # it was begun before it was held
        assert (held.done, held.total) in ((0, 1), (1, 1))
        later.checks.start()
        later.settle()
        assert later.last("checked").checked == 1
    later.checks.look()
    later.settle()
    assert later.checks.state.what == "idle", "what has ended is not offered"
    assert later.close()


def test_a_check_that_is_given_up_is_not_offered_again(shelf: Shelf) -> None:
    shelf.seal(ORDERS, "simOrder0001")
    shelf.checks.start()
    shelf.checks.give_up()
    shelf.settle()
    assert shelf.checks.state.what == "idle"
    shelf.checks.look()
    shelf.settle()
    assert shelf.checks.state.what == "idle"
    assert not [what for what, _ in shelf.said if what == "checked"]


def test_chosen_folders_are_checked_and_noted(shelf: Shelf) -> None:
    order = shelf.seal(ORDERS, "simOrder0001")
    flip(video(order))
    chosen = tuple(entry for entry in shelf.listed() if entry.path == order)
    assert shelf.checks.start_these(chosen)
    assert not shelf.checks.start_these(chosen), "one run at a time"
    shelf.settle()
    report = shelf.last("checked")
    assert [(row.folder, row.verdict) for row in report.changed] == [(order, "altered")]
    assert report.counts == {"altered": 1}
    assert next(entry for entry in shelf.listed() if entry.path == order).last_verdict == "altered"


# --- places --------------------------------------------------------------------------------------------


def test_places_are_looked_at_added_and_taken_out(shelf: Shelf, tmp_path: Path) -> None:
    shelf.seal(ORDERS, "simOrder0001")
    own, other, gone = shelf.house.evidence_root(None), tmp_path / "OneDrive", tmp_path / "gone"
    other.mkdir()
    shelf.roots.add(other)
    shelf.settle()
    shelf.roots.add(gone)
    shelf.settle()
    states = shelf.last("roots")
    assert [(s.path, s.state, s.is_synced, s.is_first) for s in states] == [
        (own, "reachable", False, True), (other, "reachable", True, False), (gone, "away", False, False),
    ]  # fmt: skip
    assert shelf.session.evidence_roots == (own, other, gone)
    assert shelf.session.library.away == (gone,)
    shelf.roots.remove(own)
    shelf.roots.remove(gone)
    shelf.settle()
    assert shelf.session.evidence_roots[0] == own, "where new evidence goes stays listed"
    shelf.roots.remove(other)
    shelf.settle()
    assert shelf.session.evidence_roots == (own,)
    assert other.is_dir()
    assert make_house(shelf.house.paths.config.parent).evidence_roots() == (own,)


# --- kept filters --------------------------------------------------------------------------------------


def test_filters_are_kept_in_a_private_file_and_all_of_several_at_once(shelf: Shelf) -> None:
    kept = [
        SavedFilter("待复核", LibraryQuery("样本", ("kyc",), operator="li", since=date(2026, 3, 1)), "trouble"),
        SavedFilter("by case", LibraryQuery(order="case", deadline="open", tag="03")),
    ]
    for item in kept:
        shelf.filters.keep(item)
    shelf.settle()
    assert set(shelf.filters.filters) == set(kept)
    file = shelf.house.paths.state / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(read_filters(shelf.house.paths.state)) == set(kept)
    shelf.filters.rename("by case", "待复核")
    shelf.settle()
    assert [item.name for item in shelf.filters.filters] == ["待复核"]
    assert shelf.filters.filters[0].query.order == "case"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"filters": 3}', '{"filters": [3, {}, {"name": "x"}]}', "\x00", '{"filters": ' + "[" * 5000],
)
def test_a_damaged_file_of_filters_is_as_if_there_were_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert read_filters(tmp_path) == ()


@pytest.mark.parametrize(
    "change",
    [{"filter": "none"}, {"name": ""}, {"query": {"order": "size"}}, {"query": {"since": "soon"}},
     {"query": {"kinds": ["fax"]}}, {"query": {"verdict": "verified"}}, {"query": 3}],
)  # fmt: skip
def test_a_filter_that_cannot_be_asked_is_left_out(tmp_path: Path, change: dict[str, Any]) -> None:
    good = {"name": "good", "filter": "all", "query": {"text": "x"}}
    (tmp_path / FILE).write_text(json.dumps({"filters": [{**good, **change}, good]}))
    assert read_filters(tmp_path) == (SavedFilter("good", LibraryQuery("x")),)


# --- small pictures ------------------------------------------------------------------------------------


def test_an_opened_order_leaves_a_picture_of_its_photo_until_it_is_discarded(shelf: Shelf) -> None:
    shelf.controller.choose_profile(ORDERS)
    page = shelf.look_up("simOrder0001")
    evidence_id = page.title_id
    kept = Thumbnails(shelf.house.paths.thumbs)
    pump_until(lambda: kept.has(evidence_id))
    shelf.settle()
    picture = shelf.thumbs.picture(evidence_id)
    assert picture is not None
    assert (picture.width(), picture.height()) == (SIDE, SIDE)
    again = Shelf(make_house(shelf.house.paths.config.parent))
    read = again.thumbnail(evidence_id)
    assert read is not None
    assert read.width() == SIDE
    assert again.close()
    shelf.controller.discard("not needed")
    shelf.settle()
    assert not kept.has(evidence_id)


def test_a_contract_gets_its_first_small_frame_and_no_other_records_frame(shelf: Shelf) -> None:
    shelf.frames.come("red")  # nothing is open
    shelf.controller.choose_profile(CONTRACTS)
    first = shelf.look_up(flow_id("One")).title_id
    shelf.frames.come("green")
    shelf.frames.come("blue")  # only the first
    shelf.settle()
    picture = shelf.thumbs.picture(first)
    assert picture is not None
    assert picture.pixelColor(SIDE // 2, SIDE // 2) == QColor("green")
    folder = shelf.save().folder
    assert folder is not None
    assert Thumbnails(shelf.house.paths.thumbs).has(first), "sealed, it is the same record"
    plan = shelf.house.purger.plan(folder, shelf.house.trust(), shelf.house.evidence_roots())
    shelf.house.purger.purge(plan, "asked for")
    assert not Thumbnails(shelf.house.paths.thumbs).has(first)


def test_broken_evidence_leaves_no_picture(shelf: Shelf) -> None:
    folder = shelf.seal(ORDERS, "simOrder0001")
    evidence_id = shelf.page.title_id
    remove_thumbs(shelf.house.paths.thumbs, evidence_id)
    flip(video(folder))
    page = shelf.open(folder)
    assert page.reviewed is not None
    assert not page.reviewed.verdict.verified  # type: ignore[union-attr]
    shelf.frames.come()
    shelf.settle()
    assert not Thumbnails(shelf.house.paths.thumbs).has(evidence_id)


def test_evidence_that_lies_elsewhere_leaves_no_trace_in_the_library(shelf: Shelf, tmp_path: Path) -> None:
    folder = shelf.seal(ORDERS, "simOrder0001")
    evidence_id = shelf.page.title_id
    remove_thumbs(shelf.house.paths.thumbs, evidence_id)
    elsewhere = folder.rename(tmp_path / folder.name)
    shelf.controller.refresh_library()
    shelf.settle()
    page = shelf.open(elsewhere)
    assert page.reviewed is not None
    shelf.controller.refresh_library(elsewhere)
    shelf.settle()
    assert shelf.listed() == ()
    assert not Thumbnails(shelf.house.paths.thumbs).has(evidence_id)
    raw = (shelf.house.paths.cache / "index.sqlite").read_bytes()
    assert b"simOrder0001" not in raw


def test_no_picture_is_seen_behind_the_curtain_or_against_the_settings(shelf: Shelf) -> None:
    shelf.controller.choose_profile(ORDERS)
    evidence_id = shelf.look_up("simOrder0001").title_id
    shelf.settle()
    assert shelf.thumbnail(evidence_id) is not None
    shelf.thumbs.set_covered(True)
    assert shelf.thumbnail(evidence_id) is None
    shelf.thumbs.set_covered(False)
    assert shelf.thumbnail(evidence_id) is not None
    shelf.settings.save(library_thumbnails=False)
    shelf.settle()
    assert shelf.thumbnail(evidence_id) is None
    assert not Thumbnails(shelf.house.paths.thumbs).has(evidence_id), "who wants none wants none on the disk"
    shelf.look_up("simOrder0001")
    shelf.settle()
    assert list((shelf.house.paths.thumbs).iterdir()) == []


def test_pictures_in_memory_are_bounded_and_a_file_that_is_none_is_none(shelf: Shelf) -> None:
    kept = Thumbnails(shelf.house.paths.thumbs)
    kept.keep("b" * 32, b"\xff\xd8\xff\xe0 no picture")
    assert shelf.thumbnail("b" * 32) is None
    for number in range(IN_MEMORY + 50):
        shelf.thumbs._hold(f"{number:032x}", None)
    assert len(shelf.thumbs._held) == IN_MEMORY


# --- the index -----------------------------------------------------------------------------------------


def test_only_what_changed_is_looked_at_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    scans: list[int] = []
    scan = shelf.house.library.scan
    monkeypatch.setattr(shelf.house.library, "scan", lambda *args: scans.append(1) or scan(*args))
    order = shelf.seal(ORDERS, "simOrder0001")
    assert [(entry.path, entry.state) for entry in shelf.listed()] == [(order, "sealed")]
    shelf.open(order)
    assert scans == [], "nothing of this needs a walk through every folder"
    shelf.controller.refresh_library()
    shelf.controller.refresh_library()
    shelf.controller.refresh_library()
    shelf.settle()
    assert len(scans) == 2, "what is asked during a scan is one more scan behind it"


def test_a_late_look_never_brings_back_what_was_removed_meanwhile(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker looks at a draft and is slow; the draft is discarded before it is done."""
    shelf.controller.choose_profile(CONTRACTS)
    shelf.look_up(flow_id("One"))
    desk, folder = shelf.library, shelf.session.page.folder
    assert folder is not None
    pump_until(lambda: desk.is_settled)
    looked, may_go = threading.Event(), threading.Event()
    inner = library_work.refresh

    def slow(services: Any, paths: Any) -> None:
        if not looked.is_set():
            looked.set()
            may_go.wait(20)
        inner(services, paths)

    monkeypatch.setattr(library_work, "refresh", slow)
    desk.refresh([folder])
    pump_until(looked.is_set)
    shutil.rmtree(folder)
    desk.refresh([folder])
    may_go.set()
    pump_until(lambda: desk.is_settled)
    assert not desk.model.here()


def test_what_changed_while_a_scan_ran_is_looked_at_behind_it(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, seen = shelf.library, []
    pump_until(lambda: desk.is_settled)
    monkeypatch.setattr(library_work, "refresh", lambda _services, paths: seen.append(tuple(paths)))
    desk.refresh()
    assert shelf.session.library.is_scanning
    desk.refresh([Path("/e/fv-1")])
    pump_until(lambda: desk.is_settled)
    assert seen == [(Path("/e/fv-1"),)] * 2


def test_the_first_scan_shows_what_it_has_found_so_far(shelf: Shelf) -> None:
    asked: list[Any] = []
    shelf.model.page_wanted.connect(asked.append)
    shelf.library._on_progress((10, 50))
    assert asked == [], "a later scan changes nothing before its end"
    shelf.session.library = LibraryState(is_scanning=True)
    for done in (10, 20, 30):
        shelf.library._on_progress((done, 50))
        shelf.model.take(asked[0], LibraryPage(0, 0, (), ()))
    assert len(asked) == 1, "not more often than every few seconds"
    assert (shelf.session.library.done, shelf.session.library.total) == (30, 50)
    shelf.session.library = LibraryState(is_scanned=True)


def test_entries_of_a_selection_are_brought_and_bounded(shelf: Shelf) -> None:
    order = shelf.seal(ORDERS, "simOrder0001")
    shelf.seal(CONTRACTS, flow_id("One"))
    brought: list[Any] = []
    shelf.library.entries_at(LibraryQuery(), [(0, 0), (1, 50)], brought.append)
    shelf.settle()
    assert len(brought[0]) == 2
    shelf.library.entries_at(LibraryQuery("simOrder0001"), [(0, 9)], brought.append)
    shelf.settle()
    assert [entry.path for entry in brought[1]] == [order]
