"""The list of the library: where rows stand, several chosen, keys, menu, and what 100 000 rows cost."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from facevid_gui.bridge.library_answer import MAX_PAGES
from facevid_gui.bridge.library_model import ENTRY, LibraryQuery
from facevid_gui.bridge.session import Page
from facevid_gui.evidence.library_query import PAGE_SIZE
from facevid_gui.views.library_view import LibraryView
from tests.support.library_source import ListedLibrary
from tests.support.qt import pump_until
from tests.support.window_driver import Driver
from tests.support.window_heartbeat import Heart
from tests.support.window_records import NOW, make_entry, make_reviewed

LEFT, SHIFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def cases(number: int, **changes: Any) -> list[Any]:
    return [make_entry(n, case_ref=f"2026-{n // 4:05d}", **changes) for n in range(number)]


@pytest.fixture
def listed(driver: Driver) -> Driver:
    driver.window.library.view.delegate._now = lambda: NOW
    driver.list_entries((make_entry(900, "complete"), *cases(40)), NOW)
    return driver


@pytest.fixture
def view(listed: Driver) -> Iterator[LibraryView]:
    view = listed.find("library_view", LibraryView)
    opened: list[Any] = []
    view.open_wanted.disconnect(listed.desktop.controller.open_entry)
    view.open_wanted.connect(opened.append)
    view.opened = opened  # type: ignore[attr-defined]
    yield view
    view.open_wanted.connect(listed.desktop.controller.open_entry)


def click(view: LibraryView, row: int, modifier: Any = Qt.KeyboardModifier.NoModifier, button: Any = LEFT) -> None:
    view.scrollTo(view.model().index(row))
    QTest.mouseClick(view.viewport(), button, modifier, view.visualRect(view.model().index(row)).center())


def chosen(view: LibraryView) -> list[int]:
    """Offsets of what is chosen."""
    return [offset for first, last in view.spans() for offset in range(first, last + 1)]


@pytest.mark.parametrize("order", ["time", "case"])
def test_each_row_is_found_where_it_stands(listed: Driver, view: LibraryView, order: str) -> None:
    model = listed.desktop.library_model
    model.narrow(LibraryQuery(order=order))
    listed.listed()
    last, previous = model.rowCount(), 0
    assert last == (43 if order == "time" else 52)
    for row in range(last):
        top = view.top_of(row)
        assert top == previous
        assert view.row_at(top) == row
        previous = view.top_of(row + 1)
        assert view.row_at(previous - 1) == row
        place = view.visualRect(model.index(row))
        assert (place.top(), place.height()) == (top - view.verticalOffset(), previous - top)
    assert view.verticalScrollBar().maximum() == previous - view.viewport().height()
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    assert view.indexAt(QPoint(3, view.viewport().height() - 1)).row() == last - 1
    assert not view.indexAt(QPoint(3, view.viewport().height())).isValid()
    assert view.visualRect(model.index(-1)) == QRect()


def test_a_click_opens_and_with_ctrl_or_shift_it_only_chooses(view: LibraryView) -> None:
    click(view, 1)
    assert [entry.evidence_id for entry in view.opened] == [f"{900:032x}"]  # type: ignore[attr-defined]
    click(view, 3, CTRL)
    click(view, 4, CTRL)
    assert chosen(view) == [0, 1, 2]
    click(view, 3)
    click(view, 8, SHIFT)
    assert chosen(view) == [1, 2, 3, 4, 5, 6]
    assert len(view.opened) == 2  # type: ignore[attr-defined]
    click(view, 0, CTRL)
    assert chosen(view) == [1, 2, 3, 4, 5, 6], "a headline cannot be chosen"


def test_keys_move_choose_and_open(view: LibraryView) -> None:
    view.setFocus()
    for key, modifier, current, selected in (
        (Qt.Key.Key_Down, None, 3, [1]),  # the headline is stepped over
        (Qt.Key.Key_Home, None, 1, [0]),
        (Qt.Key.Key_Down, None, 3, [1]),
        (Qt.Key.Key_Down, SHIFT, 4, [1, 2]),
        (Qt.Key.Key_Down, SHIFT, 5, [1, 2, 3]),
        (Qt.Key.Key_Up, None, 4, [2]),
        (Qt.Key.Key_End, None, 42, [40]),
        (Qt.Key.Key_Down, None, 42, [40]),
        (Qt.Key.Key_A, CTRL, 42, list(range(41))),
    ):
        QTest.keyClick(view, key, modifier or Qt.KeyboardModifier.NoModifier)
        assert (view.currentIndex().row(), chosen(view)) == (current, selected), key
        assert view.viewport().rect().intersects(view.visualRect(view.currentIndex()))
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    row = view.currentIndex().row()
    assert 20 < row < 42
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.currentIndex().row() == 42
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.opened[-1].evidence_id == f"{39:032x}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_J, Qt.Key.Key_M, Qt.Key.Key_Left, Qt.Key.Key_Comma])
def test_keys_of_the_desk_are_let_through(view: LibraryView, key: Qt.Key) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "x")
    view.keyPressEvent(event)
    assert not event.isAccepted()


def test_the_focused_row_is_painted_with_its_words(view: LibraryView) -> None:
    view.window().activateWindow()
    view.setFocus()
    row = view.model().index(3)
    plain = picture(view, row)
    view.setCurrentIndex(row)
    focused = picture(view, row)
    assert view.hasFocus()
    assert focused != plain
    accent = view.delegate._theme.color("accent").rgb()
    assert accent in colours(focused.copy(0, 0, focused.width(), 3)), "a frame says where the keys are"
    ground = view.delegate._theme.color("accent_soft").rgb()
    inside = focused.copy(60, 8, focused.width() - 80, focused.height() - 16)
    assert ground in colours(inside)
    assert len(colours(inside)) > 20, "its words are there"
    tile = focused.copy(14, 14, 30, 30)
    assert len(colours(tile)) > 3


def picture(view: LibraryView, index: Any) -> QImage:
    QApplication.processEvents()
    image = view.viewport().grab(view.visualRect(index)).toImage()
    return image.convertToFormat(QImage.Format.Format_RGB32)


def colours(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def test_a_wide_list_says_more_of_each_row(listed: Driver, view: LibraryView) -> None:
    entry = make_entry(1, operator="investigator", case_ref="2026-0311", sealed_at=NOW)
    option_width = 1400
    titles = [column.title for column in view.delegate._columns(entry, view_option(view))]
    assert titles == ["Captured", "Case", "Sealed", "Operator"]
    narrow = painted(view, entry, 280)
    wide = painted(view, entry, option_width)
    assert len(colours(narrow.copy(0, 0, 280, narrow.height()))) > 20
    assert len(colours(wide.copy(option_width // 2, 0, option_width // 2, wide.height()))) > 10, "more columns"
    listed.window.library_part.wide_action.trigger()
    listed.settle()
    assert not listed.find("verdict_banner").isVisible()
    assert view.width() > 900
    listed.show_page(Page("record", make_reviewed()))
    assert listed.window.library_part.wide_action.isChecked() is False
    assert view.width() < 500


def view_option(view: LibraryView) -> Any:
    from PySide6.QtWidgets import QStyleOptionViewItem

    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    return option


def painted(view: LibraryView, entry: Any, width: int) -> QImage:
    from PySide6.QtGui import QPainter

    image = QImage(width, 80, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter, option = QPainter(image), view_option(view)
    option.rect = QRect(0, 0, width, 80)
    view.delegate._paint_entry(painter, option, entry)
    painter.end()
    return image


def test_what_is_chosen_and_where_one_is_survive_a_refresh(listed: Driver, view: LibraryView) -> None:
    click(view, 20)
    click(view, 22, CTRL)
    before = {view.model().index(row).data(ENTRY).path for row in (20, 22)}
    view.verticalScrollBar().setValue(view.top_of(15) + 7)
    listed.desktop.house.library.all.insert(0, make_entry(901, "complete"))
    listed.desktop.desks.library.refresh()
    listed.listed()
    assert {view.model().index(offset + 2).data(ENTRY).path for offset in chosen(view)} == before
    assert view.currentIndex().row() == 23
    assert view.verticalOffset() == view.top_of(16) + 7, "the same row stands at the same place"
    listed.desktop.library_model.search("2026-00001")
    listed.listed()
    assert view.verticalOffset() == 0, "another question begins at the top"
    assert chosen(view) == []


def test_the_open_record_is_marked_whatever_is_chosen(listed: Driver, view: LibraryView) -> None:
    reviewed = make_reviewed()
    mine = make_entry(77, path=reviewed.folder)
    listed.list_entries((mine, *cases(6)), NOW)
    listed.show_page(Page("record", reviewed))
    click(view, 4)
    edge = picture(view, view.model().index(1)).pixel(1, 20)
    assert edge == view.delegate._theme.color("accent").rgb()
    assert picture(view, view.model().index(2)).pixel(1, 20) != edge


@pytest.mark.parametrize(("key", "modifier"), [(Qt.Key.Key_Menu, None), (Qt.Key.Key_F10, SHIFT)])
def test_the_menu_comes_by_keyboard_and_says_what_cannot_be(
    listed: Driver, view: LibraryView, key: Qt.Key, modifier: Any
) -> None:
    part = listed.window.library_part
    view.setFocus()
    view.setCurrentIndex(view.model().index(1))
    QTest.keyClick(view, key, modifier or Qt.KeyboardModifier.NoModifier)
    listed.until(lambda: part.row_menu is not None and part.row_menu.isVisible())
    assert part.row_menu is not None
    offered = {action.text(): action.isEnabled() for action in part.row_menu.actions() if action.text()}
    assert offered == {
        "Open": True,
        "Verify the chosen ones  –  Only sealed evidence can be verified: save this record first.": False,
        "Copy ids": True,
        "Fetch missing timestamps now": True,
    }
    part.row_menu.close()
    QTest.keyClick(view, Qt.Key.Key_A, CTRL)
    QTest.keyClick(view, key, modifier or Qt.KeyboardModifier.NoModifier)
    offered = {action.text(): action.isEnabled() for action in part.row_menu.actions() if action.text()}
    assert list(offered.values()) == [False, True, True, True]
    part.row_menu.close()


def test_ids_of_what_is_chosen_are_copied_even_when_not_all_were_looked_at(listed: Driver, view: LibraryView) -> None:
    listed.list_entries(cases(PAGE_SIZE * 3), NOW)
    click(view, 1)
    QTest.keyClick(view, Qt.Key.Key_A, CTRL)
    QGuiApplication.clipboard().setText("before")
    QTest.keyClick(view, Qt.Key.Key_C, CTRL)
    listed.until(lambda: QGuiApplication.clipboard().text() != "before")
    assert QGuiApplication.clipboard().text().splitlines() == [f"yDFlow{n:026d}" for n in range(PAGE_SIZE * 3)]


def test_a_screen_reader_hears_rows(view: LibraryView) -> None:
    heard = QAccessible.queryAccessibleInterface(view)
    assert heard is not None
    assert heard.text(QAccessible.Text.Name) == "Library"
    spoken = int(Qt.ItemDataRole.AccessibleTextRole)
    said = [view.model().index(row).data(spoken) for row in (0, 1, 2, 3)]
    assert said == [
        "Unsaved (1)", "赵*本, contract, yDFlow00000000000000000000000900, 22 h 0 min left",
        "Sealed (40)", "赵*本, contract · case 2026-00000, yDFlow00000000000000000000000000, not checked here yet",
    ]  # fmt: skip


def test_a_tip_is_plain_text_and_holds_what_was_cut(view: LibraryView) -> None:
    hostile = "<b>bold</b>\u202egnp"
    tip = view.delegate.tip_of(make_entry(3, case_ref=hostile, last_verdict="verified", last_verified_at=NOW))
    assert "<b>" not in tip
    assert "\u202e" not in tip
    assert "last check 11 Mar 2026, 16:00" in tip
    away = make_entry(4, last_verdict="verified", last_verified_at=NOW)
    view.delegate.away = frozenset({away.path.parent})
    assert view.delegate.state_of(away)[1:] == ("out of reach, from memory", "muted")


def test_hostile_cases_become_harmless_headlines(listed: Driver, view: LibraryView) -> None:
    hostile = "<b>x</b>\u202e" + "y" * 5000
    listed.list_entries([make_entry(n, case_ref=hostile) for n in range(3)], NOW)
    listed.desktop.library_model.narrow(LibraryQuery(order="case"))
    listed.listed()
    heading = listed.desktop.library_model.headings[0]
    words = view.delegate.heading_text(heading)
    assert "\u202e" not in words
    assert len(words) < 2100
    assert len(colours(picture(view, view.model().index(0)))) > 5


@pytest.mark.no_cover
def test_a_hundred_thousand_rows_cost_no_more_than_a_page(driver: Driver) -> None:
    """Pages come from a source that holds them all; the window holds a few, and its heart goes on beating."""
    view, model = driver.find("library_view", LibraryView), driver.desktop.library_model
    base = make_entry(0)
    entries = [
        replace(base, path=Path(f"/e/fv-{n}"), evidence_id=f"{n:032x}", flow_id=f"yD{n:06d}", case_ref=f"{n // 20}")
        for n in range(100_000)
    ]
    source = ListedLibrary(entries, NOW)
    page = source.page(LibraryQuery(), (), 0)
    grouped = source.page(LibraryQuery(order="case"), (), 0)

    def at(query: LibraryQuery, _roots: Any, offset: int, limit: int = PAGE_SIZE) -> Any:
        source.asked.append((query, offset))
        like = (
            grouped if query.order == "case" else page
        )  # sliced, not searched: the index's speed is measured elsewhere
        return replace(like, offset=offset, entries=tuple(entries[offset : offset + limit]))

    counts = source.choices(())
    source.page, source.choices = at, lambda _roots, **_: counts  # type: ignore[method-assign]
    driver.desktop.house.library = source  # type: ignore[assignment]
    heart = Heart()
    heart.stage = "list"
    driver.desktop.desks.library.refresh()
    driver.listed()
    assert model.rowCount() == 100_001
    bar = view.verticalScrollBar()
    for step in range(60):
        heart.stage = "scroll"
        bar.setValue(bar.maximum() * step // 59)
        QApplication.processEvents()
    driver.until(lambda: view.model().index(100_000).data(ENTRY) is not None)  # asked for when it is painted
    assert view.model().index(100_000).data(ENTRY).flow_id == "yD099999"
    heart.stage = "group"
    model.narrow(LibraryQuery(order="case"))
    driver.listed()
    assert (model.rowCount(), len(model.headings)) == (105_000, 5000)
    heart.stage = "keys"
    view.setFocus()
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_PageDown, Qt.Key.Key_Down):
        QTest.keyClick(view, key)
        driver.listed()
    model.tick()
    beats = heart.beats("keys")
    pump_until(lambda: heart.beats("keys") > beats + 5)
    heart.stage = ""
    assert len(model.here()) <= MAX_PAGES * PAGE_SIZE
    assert len(source.asked) < 140, "flying through does not ask for every page"
    gaps = {stage: max(own for own, _ in found) for stage, found in heart.gaps.items() if stage}
    assert max(gaps.values()) < 50, gaps  # milliseconds of this window's own time; measured: 7
