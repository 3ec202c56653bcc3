"""One table of keys: the window acts by it, the sheet shows it, typing and input methods are safe from it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from facevid_gui.bridge.session import Page
from facevid_gui.views.keys import GROUPS, is_typing
from tests.support.window_driver import Driver
from tests.support.window_records import clip, make_record, make_reviewed

KEY = Qt.Key


@pytest.fixture
def desk(driver: Driver) -> Driver:
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip(),)))))
    driver.window.setFocus()
    return driver


def press(driver: Driver, key: int, text: str = "", *, repeated: bool = False) -> None:
    QApplication.sendEvent(
        driver.window, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text, repeated)
    )


def sheet_words(driver: Driver) -> list[str]:
    sheet = driver.dialog("key_sheet")
    return [label.text() for label in sheet.findChildren(QLabel) if label.text()]


def test_the_sheet_shows_every_key_of_the_table_and_of_the_menu(desk: Driver) -> None:
    QTest.keyClick(desk.window, KEY.Key_Question)
    words = sheet_words(desk)
    for entry in desk.window.keys.table:
        assert entry.group in GROUPS
        if entry.says:
            assert entry.says in words
            assert set(entry.shown.split("  ")) <= set(words)
    for action in desk.window.actions():
        assert action.text().rstrip("…") in words
        assert action.shortcut().toString() in words
    assert "" not in {action.text() for action in desk.window.actions()}


def test_no_key_is_in_the_table_twice(desk: Driver) -> None:
    keys = [(key, shift) for entry in desk.window.keys.table for key in entry.keys
            for shift in ((True, False) if entry.shift is None else (entry.shift,))]  # fmt: skip
    assert len(keys) == len(set(keys))


def test_every_key_of_the_design_is_there(desk: Driver) -> None:
    keys = {key for entry in desk.window.keys.table for key in entry.keys}
    assert {KEY.Key_Space, KEY.Key_K, KEY.Key_J, KEY.Key_L, KEY.Key_Comma, KEY.Key_Period, KEY.Key_I, KEY.Key_O,
            KEY.Key_M, KEY.Key_C, KEY.Key_Home, KEY.Key_End, KEY.Key_F, KEY.Key_Question, KEY.Key_Escape,
            KEY.Key_S, KEY.Key_N} <= keys  # fmt: skip


def test_with_shift_the_arrows_move_the_picture_and_step_nowhere(desk: Driver) -> None:
    stepped: list[int] = []
    desk.desktop.screening.step = stepped.append  # type: ignore[method-assign]
    panned: list[bool] = []
    desk.window.page.stage.canvas.pan = lambda _by: panned.append(True)  # type: ignore[method-assign]
    for key in (KEY.Key_Left, KEY.Key_Right, KEY.Key_Up, KEY.Key_Down):
        QTest.keyClick(desk.window, key, Qt.KeyboardModifier.ShiftModifier)
    assert (stepped, len(panned)) == ([], 4)
    QTest.keyClick(desk.window, KEY.Key_Left)
    assert stepped == [-1]


def test_the_sheet_opens_without_a_record_and_closes_by_its_own_key(driver: Driver) -> None:
    driver.window.setFocus()
    QTest.keyClick(driver.window, KEY.Key_Question)
    sheet = driver.dialog("key_sheet")
    QTest.keyClick(sheet, KEY.Key_Question)
    driver.until(lambda: not any(top.objectName() == "key_sheet" for top in QApplication.topLevelWidgets()))
    driver.window.activateWindow()
    driver.until(driver.window.isActiveWindow)
    QTest.keyClick(driver.window, KEY.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(driver.dialog("key_sheet"), KEY.Key_Escape)
    driver.until(lambda: not any(top.objectName() == "key_sheet" for top in QApplication.topLevelWidgets()))


def test_the_sheet_is_in_chinese(make_driver: Callable[..., Driver]) -> None:
    driver = make_driver(language="zh_CN")
    driver.window.show_keys()
    words = sheet_words(driver)
    assert {"空格", "播放或暂停", "前进一帧", "视频全屏显示，再按返回"} <= set(words)
    assert not [word for word in words if word.isascii() and " " in word], "no English left"


@pytest.mark.parametrize(
    ("text", "key", "done"),
    [("，", 0xFF0C, "step -1"), ("。", 0x3002, "step 1"), ("、", 0, "step -1"), ("，", 0, "step -1")],
)
def test_full_width_marks_of_a_chinese_input_method_are_the_same_keys(
    desk: Driver, text: str, key: int, done: str
) -> None:
    called: list[str] = []
    desk.desktop.screening.step = lambda way: called.append(f"step {way}")  # type: ignore[method-assign]
    press(desk, key, text)
    assert called == [done]


def test_a_full_width_question_mark_opens_the_sheet(desk: Driver) -> None:
    press(desk, 0, "？")
    assert desk.dialog("key_sheet").isVisible()


def test_only_what_may_be_held_down_repeats(desk: Driver) -> None:
    called: list[str] = []
    screening = desk.desktop.screening
    screening.toggle = lambda: called.append("toggle")  # type: ignore[method-assign]
    screening.step = lambda way: called.append(f"step {way}")  # type: ignore[method-assign]
    press(desk, KEY.Key_Space, " ")
    for _ in range(3):
        press(desk, KEY.Key_Space, " ", repeated=True)
    assert called == ["toggle"]
    for _ in range(3):
        press(desk, KEY.Key_Period, ".", repeated=True)
    assert called == ["toggle", "step 1", "step 1", "step 1"]


@pytest.mark.parametrize(
    ("make", "typing"),
    [
        (QLineEdit, True), (QPlainTextEdit, True), (QSpinBox, True), (QComboBox, False), (QWidget, False),
        (lambda: read_only(QLineEdit()), False), (lambda: read_only(QPlainTextEdit()), False),
        (lambda: editable(QComboBox()), True), (lambda: None, False),
    ],
)  # fmt: skip
def test_what_counts_as_typing(application: object, make: Callable[[], QWidget | None], typing: bool) -> None:
    assert is_typing(make()) is typing


def read_only(field: QLineEdit | QPlainTextEdit) -> QWidget:
    field.setReadOnly(True)
    return field


def editable(box: QComboBox) -> QWidget:
    box.setEditable(True)
    return box


def test_a_field_that_lets_keys_through_keeps_the_desk_still(desk: Driver) -> None:
    """A number field refuses letters and passes them on to the window: the desk must not take them."""
    field = QSpinBox(desk.window)
    field.show()
    field.setFocus()
    desk.until(field.hasFocus)
    called: list[str] = []
    desk.desktop.screening.toggle = lambda: called.append("toggle")  # type: ignore[method-assign]
    for key in (KEY.Key_K, KEY.Key_F, KEY.Key_Space, KEY.Key_Question):
        QTest.keyClick(field, key)
    assert called == []
    assert not desk.window.isFullScreen()
    assert not desk.has_dialog()
    field.deleteLater()
