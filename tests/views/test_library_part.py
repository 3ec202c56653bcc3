"""Filters, kept filters, places, verifying everything and the empty states of the library, as a person works them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QListWidget, QPushButton, QTableView

from facevid_gui.bridge.check_desk import CheckState
from facevid_gui.bridge.library_model import LibraryQuery
from facevid_gui.bridge.session import LibraryState
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.evidence.checking import CheckedFolder, CheckingReport
from facevid_gui.views.check_dialog import FOLDER
from tests.support.qt import pump_until
from tests.support.window_driver import Driver
from tests.support.window_records import NOW, make_entry

ENTRIES = (
    make_entry(1, "complete", operator="wang"),
    make_entry(2, case_ref="2026-0311", operator="li", last_verdict="verified"),
    make_entry(3, case_ref="2026-0400 & more", operator="wang", last_verdict="altered"),
    make_entry(4, kind="kyc", flow_id=None, order_no="orderFour", case_ref="2026-0311"),
)


@pytest.fixture
def desk(driver: Driver) -> Driver:
    driver.window.library.view.delegate._now = lambda: NOW
    driver.list_entries(ENTRIES, NOW)
    return driver


def query(driver: Driver) -> LibraryQuery:
    driver.listed()
    return driver.desktop.library_model.query


def names(driver: Driver) -> list[str]:
    driver.listed()
    return [(entry.flow_id or entry.order_no or "")[-4:] for entry in driver.desktop.library_model.here()]


def chips(driver: Driver) -> list[str]:
    driver.settle()
    return [chip.text() for chip in driver.window.library_part.chips.findChildren(QPushButton) if chip.isVisible()]


def test_each_filter_of_the_panel_narrows_and_its_chip_takes_it_away(desk: Driver) -> None:
    assert chips(desk) == []
    desk.click("library_filter_button")
    desk.pick("library_kind_box", "kyc")
    assert names(desk) == ["Four"]
    assert chips(desk) == ["order  ✕", "Clear"]
    assert desk.find("library_filter_button").accessibleName() == "More filters (some are set)"
    desk.click("library_chip_kinds")
    assert len(names(desk)) == 4
    desk.pick("library_operator_box", "wang")
    assert names(desk) == ["0001", "0003"]
    desk.pick("library_verdict_box", "trouble")
    assert names(desk) == ["0003"]
    desk.type("library_case_field", "2026-0400 & more")
    desk.press("library_case_field", Qt.Key.Key_Return)
    assert chips(desk) == ["trouble  ✕", "case 2026-0400 && more  ✕", "by wang  ✕", "Clear"]
    assert query(desk) == LibraryQuery(operator="wang", verdict="trouble", case_ref="2026-0400 & more")
    desk.click("library_clear_button")
    assert query(desk) == LibraryQuery()
    for name in ("kind", "verdict", "operator", "tag", "deadline"):
        assert desk.find(f"library_{name}_box").currentIndex() == 0  # type: ignore[attr-defined]
    assert desk.find("library_case_field", QLineEdit).text() == ""


def test_days_are_typed_and_a_wrong_one_is_told(desk: Driver) -> None:
    desk.click("library_filter_button")
    complaint = desk.find("library_day_complaint", QLabel)
    desk.type("library_since_field", "2026-02-30")
    desk.press("library_since_field", Qt.Key.Key_Return)
    assert complaint.isVisible()
    assert query(desk) == LibraryQuery()
    desk.type("library_since_field", "2026-03-01")
    desk.type("library_until_field", "2026-03-31")
    desk.press("library_until_field", Qt.Key.Key_Return)
    assert not complaint.isVisible()
    assert query(desk) == LibraryQuery(since=date(2026, 3, 1), until=date(2026, 3, 31))
    assert chips(desk) == ["from 2026-03-01  ✕", "up to 2026-03-31  ✕", "Clear"]


def test_grouping_by_case_is_a_toggle_of_the_menu(desk: Driver) -> None:
    part = desk.window.library_part
    part.group_action.trigger()
    desk.listed()
    words = [desk.window.library.view.delegate.heading_text(h) for h in desk.desktop.library_model.headings]
    assert words == ["Unsaved (1)", "Case 2026-0311 (2)", "Case 2026-0400 & more (1)"]
    part.group_action.trigger()
    desk.listed()
    assert len(desk.desktop.library_model.headings) == 2


def test_a_filter_is_kept_under_a_name_used_renamed_and_deleted(desk: Driver, make_driver: Callable[..., Any]) -> None:
    part = desk.window.library_part
    desk.type("search_field", "yD")
    desk.click(desk.window.library._filters.buttons()[2])
    desk.listed()
    part.ask_filter_name()
    desk.dialog("keep_filter_dialog")
    assert not desk.find("keep_filter_button").isEnabled()
    desk.type("filter_name_field", "待复核 & <b>fraud</b>")
    desk.click("keep_filter_button")
    desk.until(lambda: len(desk.desktop.desks.filters.filters) == 1)
    part.clear()
    assert query(desk) == LibraryQuery()
    named = next(action for action in part._filters_menu.actions() if "fraud" in action.text())
    assert named.text() == "待复核 && <b>fraud</b>"
    named.trigger()
    assert query(desk) == LibraryQuery("yD", verdict="trouble")
    assert desk.find("search_field", QLineEdit).text() == "yD"
    assert desk.window.library._filters.checkedId() == 2
    assert names(desk) == ["0003"]
    part.show_filters()
    desk.dialog("filters_dialog")
    desk.type("filter_new_name_field", "fraud")
    desk.click("rename_filter_button")
    desk.until(lambda: [kept.name for kept in desk.desktop.desks.filters.filters] == ["fraud"])
    rows = desk.find("filters_list", QListWidget)
    desk.until(lambda: rows.item(0).text() == "fraud")
    again = make_driver(home=desk.desktop.house.paths.config.parent)
    again.desktop.desks.filters.read()
    again.until(lambda: [kept.name for kept in again.desktop.desks.filters.filters] == ["fraud"])
    desk.click("delete_filter_button")
    desk.until(lambda: desk.desktop.desks.filters.filters == ())
    assert not desk.find("delete_filter_button").isEnabled()


def test_nothing_found_offers_to_show_everything(desk: Driver) -> None:
    desk.type("search_field", "no such thing")
    desk.listed()
    assert desk.window.library.empty.title.text() == "Nothing found"
    assert not desk.find("library_add_place_button").isVisible()
    desk.click("library_show_all_button")
    assert len(names(desk)) == 4
    assert desk.find("search_field", QLineEdit).text() == ""


def test_an_empty_library_says_what_comes_and_where_from(driver: Driver) -> None:
    empty = driver.window.library.empty
    assert empty.title.text() == "Reading the library…", "nothing is claimed before it was looked at"
    driver.list_entries((), NOW)
    assert empty.title.text() == "Nothing here yet"
    assert "No place for evidence is chosen yet" in empty.text.text()
    driver.session.evidence_roots = (Path("/srv/evidence"),)
    driver.list_entries((), NOW)
    assert "No place" not in empty.text.text()
    driver.click("library_add_place_button")
    driver.dialog("places_dialog")


def test_a_library_that_cannot_be_read_says_why_and_keeps_what_it_shows(desk: Driver) -> None:
    source = desk.desktop.house.library

    def refuse() -> None:
        raise SurroundingsError("disk_permission", path="/home/index")

    source.gate = refuse  # type: ignore[attr-defined]
    desk.type("search_field", "yD")
    desk.until(lambda: desk.desktop.library_model.problem is not None)
    assert desk.window.library.view.isVisible()
    assert len(desk.desktop.library_model.here()) == 4
    source.gate = lambda: None  # type: ignore[attr-defined]
    desk.desktop.controller.refresh_library()
    desk.until(lambda: desk.desktop.library_model.problem is None and len(names(desk)) == 3)


def test_the_index_being_built_and_places_that_are_away_are_told(desk: Driver) -> None:
    strip = desk.find("library_strip")
    assert not strip.isVisible()
    tell(desk, LibraryState(is_scanning=True, done=120, total=5000))
    assert desk.find("library_scan_text", QLabel).text() == "The index is being built: 120 of 5,000"
    assert strip.isVisible()
    tell(desk, LibraryState(is_scanned=True, away=(Path("/mnt/share"), Path("/mnt/<b>"))))
    away = desk.find("library_away_text", QLabel)
    assert away.text().startswith("Cannot be reached now: 2.")
    assert "/mnt/share" in away.toolTip()
    assert "<b>" not in away.toolTip()
    desk.click("library_places_button")
    desk.dialog("places_dialog")
    tell(desk, LibraryState(is_scanned=True))
    assert not strip.isVisible()


def tell(driver: Driver, state: LibraryState) -> None:
    driver.session.library = state
    driver.desktop.desks.library.state_changed.emit()
    driver.settle()


def test_places_are_added_and_taken_out_of_the_list_and_nothing_is_deleted(
    driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = driver.desktop.house
    first, more = tmp_path / "first", tmp_path / "more & <b>"
    for place in (first, more):
        (place / "fv-x").mkdir(parents=True)
    house.choose_evidence_root(first)
    driver.window.library_part.show_places()
    driver.dialog("places_dialog")
    monkeypatch.setattr(QFileDialog, "open", lambda self: self.fileSelected.emit(str(more)))
    driver.click("add_place_button")
    driver.until(lambda: more in driver.session.evidence_roots)
    driver.until(lambda: any(str(more) in card.accessibleName() for card in cards(driver)))
    said = [card.accessibleName() for card in cards(driver) if card.isVisible()]
    assert f"{more}: Reachable" in said
    assert len(driver.desktop.house.evidence_roots()) == len(said)
    button = next(card for card in cards(driver) if str(more) in card.accessibleName())
    driver.click(button.findChild(type(driver.find("remove_place_button")), "remove_place_button"))
    driver.until(lambda: more not in driver.session.evidence_roots)
    assert (more / "fv-x").is_dir()
    first_card = next(card for card in cards(driver) if f"{first}:" in card.accessibleName() and card.isVisible())
    assert first_card.findChild(object, "remove_place_button") is None  # type: ignore[type-var]
    driver.click("reindex_button")
    driver.listed()


def cards(driver: Driver) -> list[Any]:
    driver.settle()
    dialog = driver.dialog("places_dialog")
    return [card for card in dialog.findChildren(type(dialog).__mro__[-4]) if card.objectName() == "place_card"]


def report(*changed: CheckedFolder, bad: tuple[CheckedFolder, ...] = ()) -> CheckingReport:
    return CheckingReport(10, 10, True, changed, bad, len(changed), len(bad) + sum(not c.verified for c in changed), 1)


ALTERED = CheckedFolder(Path("/e/fv-altered"), "altered", False, "verified", "changed data/<b>")
MENDED = CheckedFolder(Path("/e/fv-mended"), "verified", True, "unreadable", "")
UNSIGNED = CheckedFolder(Path("/e/fv-unsigned"), "unsigned", False, None, "missing signatures/seal.p7s")


def test_what_changed_stands_on_top_and_each_row_opens_its_folder(desk: Driver) -> None:
    opened: list[Path] = []
    part = desk.window.library_part
    part._controller.open_folder = opened.append  # type: ignore[method-assign]
    assert not part.result_action.isEnabled()
    desk.desktop.desks.checks.report = made = report(ALTERED, MENDED, bad=(UNSIGNED,))
    desk.desktop.desks.checks.finished.emit(made)
    dialog = desk.dialog("check_dialog")
    table = desk.find("check_table", QTableView)
    model = table.model()
    cells = [[model.index(row, column).data() for column in range(4)] for row in range(3)]
    assert cells == [
        ["fv-altered", "unchanged", "altered", "changed since sealing: data/<b>"],
        ["fv-mended", "unreadable", "unchanged", ""],
        ["fv-unsigned", "not checked yet", "not signed", "missing: signatures/seal.p7s"],
    ]
    assert "2 folders differ from last time" in desk.texts(dialog)
    assert not any("verified" in text for text in desk.texts(dialog)), "history is no verdict"
    assert all(model.index(row, 0).data(Qt.ItemDataRole.DecorationRole) is not None for row in range(3))
    table.setCurrentIndex(model.index(2, 1))
    QTest.keyClick(table, Qt.Key.Key_Return)
    desk.click("check_open_button")
    assert opened == [UNSIGNED.folder] * 2
    assert model.index(0, 2).data(FOLDER) == ALTERED.folder
    assert dialog.isVisible()
    dialog.close()
    part.result_action.trigger()
    desk.dialog("check_dialog").close()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (report(), "Every folder was found unchanged"),
        (report(bad=(UNSIGNED,)), "Nothing differs from last time; 1 folder does not hold"),
        (replace(report(), unreadable_roots=(Path("/x"),)), "Places that could not be reached: 1. What lies there"),
    ],
)
def test_each_ending_is_said_in_words(desk: Driver, made: CheckingReport, words: str) -> None:
    desk.desktop.desks.checks.report = made
    desk.desktop.desks.checks.finished.emit(made)
    assert any(text.startswith(words) for text in desk.texts(desk.dialog("check_dialog")))


def test_the_line_of_a_check_says_how_far_it_is_and_holds_it(desk: Driver) -> None:
    checks = desk.desktop.desks.checks
    line = desk.find("check_line")
    assert not line.isVisible()
    checks._set(CheckState("running", 3, 9))
    desk.settle()
    assert desk.find("check_text", QLabel).text() == "Verifying 3 of 9"
    pause = desk.find("check_pause_button")
    assert pause.accessibleName() == "Hold verifying"
    desk.click("check_pause_button")
    assert (checks.state.what, pause.isEnabled()) == ("stopping", False)
    checks._on_ended(CheckingReport(9, 4))
    assert desk.find("check_text", QLabel).text() == "Verifying is held at 4 of 9"
    assert pause.accessibleName() == "Go on verifying"
    assert desk.window.library_part.check_action.text() == "Go on verifying"
    desk.click("check_stop_button")
    desk.until(lambda: not line.isVisible())
    pump_until(lambda: desk.desktop.jobs.is_idle)


def test_several_chosen_folders_are_verified_in_the_background(desk: Driver) -> None:
    part, begun = desk.window.library_part, list[Any]()
    opened: list[Path] = []
    part._controller.open_folder = opened.append  # type: ignore[method-assign]
    desk.desktop.desks.checks.start_these = lambda entries: begun.append(entries) or True  # type: ignore[method-assign]
    view = desk.window.library.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(3))
    part.verify_chosen()
    desk.until(lambda: opened == [ENTRIES[1].path])
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    part.verify_chosen()
    desk.until(lambda: begun)
    assert [entry.path for entry in begun[0]] == [entry.path for entry in ENTRIES[1:]], "the unsaved one has no seal"
    desk.desktop.desks.checks.start_these = lambda _entries: False  # type: ignore[method-assign]
    part.verify_chosen()
    desk.until(lambda: "under way or held" in desk.notice())


def test_everything_of_the_library_has_a_name_for_a_screen_reader(desk: Driver) -> None:
    desk.click("library_filter_button")
    desk.desktop.desks.checks._set(CheckState("running", 3, 9))
    desk.settle()
    for name in ("search_field", "library_filter_button", "library_menu_button", "library_view", "library_kind_box",
                 "library_verdict_box", "library_deadline_box", "library_case_field", "library_operator_box",
                 "library_tag_box", "library_since_field", "library_until_field", "check_pause_button",
                 "check_stop_button"):  # fmt: skip
        widget = desk.find(name)
        assert widget.accessibleName() or widget.property("text"), name
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, name
    desk.desktop.desks.checks._set(CheckState())
