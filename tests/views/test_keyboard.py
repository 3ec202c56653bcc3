"""Everything by keyboard: keys of the desk, inert while typing; names for screen readers; tab order; no key lost."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from facevid_gui.bridge.places import Marks
from facevid_gui.bridge.session import Page
from facevid_gui.core.clip import ClipFacts, VideoFacts
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.views.text_dialog import TextDialog
from tests.support.window_driver import Driver
from tests.support.window_records import clip, make_record, make_reviewed, make_verdict
from tests.views.test_lookup_bar import profile

KEY = Qt.Key
CONTRACT = (
    "look_up_field", "look_up_button", "profile_box", "signer_box", "signer_field", "rescue_button", "save_button",
    "discard_button", "library_view", "verdict_banner", "clip_tabs", "video_canvas", "photo_canvas", "frame_label",
    "play_button", "step_back_button", "step_forward_button", "scores_panel", "risk_panel",
)  # fmt: skip


class Called(list[str]):
    """Stands in the place of what keys do, and notes what was done."""

    def of(self, name: str) -> Callable[..., None]:
        return lambda *arguments, slow=False: self.append(
            " ".join([name, *map(str, arguments), *(["slow"] if slow else [])])
        )


@pytest.fixture
def desk(driver: Driver) -> Driver:
    driver.choose_profile(profile())
    driver.show_page(Page("record", make_reviewed(make_record("kyc", clips=(clip(),)))))
    facts = ClipFacts(
        "mp4", "isom", 0, 40_000, 1, VideoFacts("h264", "", 8, 8, 0, 25.0, "yuv420p", 1), None, (0,), (0,)
    )
    driver.until(lambda: driver.desktop.jobs.is_idle)
    driver.desktop.screening.facts = facts
    driver.desktop.screening.facts_changed.emit(facts)
    image = QImage(8, 8, QImage.Format.Format_RGB888)
    image.fill(0)
    driver.window.page.stage.canvas.show_image(image)
    return driver


def watch(desk: Driver) -> Called:
    called = Called()
    screening = desk.desktop.screening
    for name in ("toggle", "play", "step", "go_to_frame", "shuttle"):
        setattr(screening, name, called.of(name))
    for name in ("set_looping", "mark_first", "mark_last", "mark"):
        setattr(screening.loop, name, called.of(name))
    return called


DESK_KEYS = [
    (KEY.Key_Space, "toggle"), (KEY.Key_K, "toggle"), (KEY.Key_L, "shuttle 1"), (KEY.Key_J, "shuttle -1"),
    (KEY.Key_I, "mark_first"), (KEY.Key_O, "mark_last"),
    (KEY.Key_X, "mark Marks(first=None, last=None)"), (KEY.Key_Comma, "step -1"),
    (KEY.Key_Period, "step 1"), (KEY.Key_Left, "step -1"), (KEY.Key_Right, "step 1"), (KEY.Key_Home, "go_to_frame 0"),
    (KEY.Key_End, "go_to_frame 0"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "done"), DESK_KEYS, ids=lambda value: str(value))
def test_keys_of_the_desk(desk: Driver, key: Qt.Key, done: str) -> None:
    desk.window.setFocus()
    called = watch(desk)
    QTest.keyClick(desk.window, key)
    assert called == [done]
    for modifier in (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier):
        QTest.keyClick(desk.window, key, modifier)
    assert called == [done], "with Ctrl or Alt they are somebody else's"


def hold(desk: Driver, key: Qt.Key, *, repeats: int = 0) -> None:
    """Press a key and keep it down; the system repeats it."""
    QTest.keyPress(desk.window, key)
    for _ in range(repeats):
        repeated = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", autorep=True)
        QApplication.sendEvent(desk.window, repeated)


def test_with_k_held_down_j_and_l_are_single_steps(desk: Driver) -> None:
    desk.window.setFocus()
    called = watch(desk)
    hold(desk, KEY.Key_K)
    assert called == [], "whether it is a tap is known when it is let go"
    QTest.keyClick(desk.window, KEY.Key_L)
    QTest.keyClick(desk.window, KEY.Key_J)
    QTest.keyRelease(desk.window, KEY.Key_K)
    assert called == ["step 1", "step -1"]
    QTest.keyClick(desk.window, KEY.Key_L)
    assert called[2:] == ["shuttle 1"]


def test_k_holds_a_clip_that_runs_at_once(desk: Driver) -> None:
    desk.window.setFocus()
    called = watch(desk)
    desk.desktop.screening.pause = called.of("pause")  # type: ignore[method-assign]
    desk.desktop.screening.state = "reversing"
    hold(desk, KEY.Key_K, repeats=3)
    assert called == ["pause"]
    QTest.keyRelease(desk.window, KEY.Key_K)
    assert called == ["pause"]


def test_a_key_that_is_held_down_does_not_run_faster_and_faster(desk: Driver) -> None:
    desk.window.setFocus()
    called = watch(desk)
    hold(desk, KEY.Key_L, repeats=5)
    assert called == ["shuttle 1"]
    hold(desk, KEY.Key_K)
    called.clear()
    hold(desk, KEY.Key_J, repeats=3)
    assert called == ["step -1"] * 4, "steps repeat"


def test_k_that_was_let_go_elsewhere_is_not_held(desk: Driver) -> None:
    desk.window.setFocus()
    called = watch(desk)
    hold(desk, KEY.Key_K)
    QApplication.sendEvent(desk.window, QEvent(QEvent.Type.WindowDeactivate))
    QTest.keyClick(desk.window, KEY.Key_L)
    assert called == ["shuttle 1"]


def test_with_shift_it_runs_slowly_and_marks_are_gone_to(desk: Driver) -> None:
    desk.window.setFocus()
    desk.desktop.screening.loop.marks = Marks(3, 8)
    called = watch(desk)
    for key in (KEY.Key_L, KEY.Key_J, KEY.Key_I, KEY.Key_O):
        QTest.keyClick(desk.window, key, Qt.KeyboardModifier.ShiftModifier)
    assert called == ["shuttle 1 slow", "shuttle -1 slow", "go_to_frame 3", "go_to_frame 8"]
    desk.desktop.screening.loop.marks = Marks()
    QTest.keyClick(desk.window, KEY.Key_I, Qt.KeyboardModifier.ShiftModifier)
    assert len(called) == 4, "there is no mark to go to"


@pytest.mark.parametrize("way", ["keys", "click"])
def test_a_typed_number_or_time_is_gone_to(desk: Driver, way: str) -> None:
    play = desk.find("play_button")
    play.setEnabled(True)
    play.setFocus()
    called = watch(desk)

    def ask() -> QLineEdit:
        if way == "keys":
            QTest.keyClick(desk.window, KEY.Key_G, Qt.KeyboardModifier.ControlModifier)
        else:
            QTest.mouseClick(desk.find("frame_label"), Qt.MouseButton.LeftButton)
        field = desk.find("jump_field", QLineEdit)
        assert field.isVisible()
        return field

    jump = desk.window.page.stage.jump
    field = ask()
    assert jump.hint.text() == "frames 1 to 1, times 00:00.000 to 00:00.040"
    QTest.keyClicks(field, "k l j i o x 7")
    assert called == [], "what is typed is typed"
    QTest.keyClick(field, KEY.Key_Return)
    assert jump.hint.text() == "There is no such place: frames 1 to 1, times 00:00.000 to 00:00.040"
    assert jump.isVisible()
    field.clear()
    QTest.keyClicks(field, "0:00.03")
    assert not jump.hint.text().startswith("There")
    QTest.keyClick(field, KEY.Key_Return)
    assert called == ["go_to_frame 0"]
    assert jump.isHidden()
    assert play.hasFocus() or way == "click"
    QTest.keyClick(QApplication.focusWidget(), KEY.Key_L)
    assert called.pop() == "shuttle 1", "the keys of the desk work at once"
    field = ask()
    QTest.keyClick(field, KEY.Key_Escape)
    assert (jump.isHidden(), called) == (True, ["go_to_frame 0"])
    ask()
    desk.find("look_up_field").setFocus()
    assert jump.isHidden()


def test_without_a_clip_no_place_is_asked_for(desk: Driver) -> None:
    desk.desktop.screening.facts = None
    QTest.keyClick(desk.window, KEY.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert desk.window.page.stage.jump.isHidden()


def test_keys_of_the_view(desk: Driver) -> None:
    desk.window.setFocus()
    stage = desk.window.page.stage.canvas
    QTest.keyClick(desk.window, KEY.Key_T)
    assert stage.turn == 90
    QTest.keyClick(desk.window, KEY.Key_Plus)
    assert not stage.is_fitted
    QTest.keyClick(desk.window, KEY.Key_0)
    assert stage.is_fitted
    QTest.keyClick(desk.window, KEY.Key_Minus)
    assert not stage.is_fitted
    QTest.keyClick(desk.window, KEY.Key_R)
    assert desk.window.page.clip_view.transport.loop_button.isChecked()
    QTest.keyClick(desk.window, KEY.Key_F)
    assert desk.window.isFullScreen()
    QTest.keyClick(desk.window, KEY.Key_F)
    assert not desk.window.isFullScreen()


def test_the_keys_do_nothing_without_a_record(driver: Driver) -> None:
    called = watch(driver)
    driver.window.setFocus()
    for key, _ in DESK_KEYS:
        QTest.keyClick(driver.window, key)
    QTest.keyClick(driver.window, KEY.Key_F)
    assert called == []
    assert not driver.window.isFullScreen()


@pytest.mark.parametrize("field", ["look_up_field", "search_field"])
def test_the_keys_are_inert_while_typing(desk: Driver, field: str) -> None:
    called = watch(desk)
    stage = desk.window.page.stage.canvas
    widget = desk.find(field)
    widget.setFocus()
    desk.until(widget.hasFocus)
    for key, _ in DESK_KEYS:
        QTest.keyClick(widget, key)
    for text in ("k l , . r t p f m c i o ? + - 0", "jJkKlL"):
        QTest.keyClicks(widget, text)
    assert called == []
    assert (stage.turn, stage.is_fitted, desk.window.isFullScreen()) == (0, True, False)
    assert desk.window.page.photo.canvas.image is None
    assert widget.text().endswith("jJkKlL")  # type: ignore[attr-defined]


def test_an_input_method_keeps_its_keys(desk: Driver) -> None:
    called = watch(desk)
    desk.find("search_field").setFocus()
    desk.compose(desk.find("search_field"), "赵样本")
    assert called == []
    assert desk.find("search_field").text() == "赵样本"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name", ["play_button", "step_back_button", "step_forward_button", "library_view", "clip_tabs", "look_up_button"]
)
def test_a_key_acts_once_wherever_the_focus_stands(desk: Driver, name: str) -> None:
    """A button that has the focus takes Space for itself; the desk must not take it a second time."""
    widget = desk.find(name)
    desk.window.page.clip_view.transport.play_button.setEnabled(True)
    if not widget.isEnabled():
        widget.setEnabled(True)
    widget.setFocus()
    called = watch(desk)
    QTest.keyClick(widget, KEY.Key_K)
    assert called in (["toggle"], []), called
    if name == "library_view":
        assert called == ["toggle"], "letters are the desk's, in the list, too"
        return
    QTest.keyClick(widget, KEY.Key_Period)
    assert called.count("step 1") == 1


def focusable(window: QWidget) -> list[QWidget]:
    """What Tab can reach now, in the order it is reached."""
    found: list[QWidget] = []
    widget = window.nextInFocusChain()
    while widget is not None and widget is not window:
        by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if by_tab and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None:
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def name_of(widget: QWidget) -> str:
    """What a screen reader says of a widget."""
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QPushButton | QCheckBox):
        return widget.text()
    buddies = [label for label in widget.window().findChildren(QLabel) if label.buddy() is widget]
    return buddies[0].text() if buddies else ""


def check_names(window: QWidget) -> None:
    for widget in focusable(window):
        place = f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}"
        if isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QAbstractItemView):
            continue  # Qt's own: it scrolls with the arrow keys
        assert name_of(widget).strip(), f"{place} has no name"
        assert name_of(widget) != "…"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_that_takes_the_focus_has_a_name(make_driver: Callable[..., Driver], language: str) -> None:
    driver = make_driver(language=language)
    driver.choose_profile(profile(), profile("kyc", "orders"))
    pages = [
        Page(),
        Page("record", make_reviewed(make_record("kyc", clips=(clip(), clip("nod"))))),
        Page("record", make_reviewed(verdict=make_verdict()), unmasked=True),
        Page("outcome", outcome=Outcome(OutcomeKind.SIGNATURE, "credentials_refused", 1, request_id="r")),
    ]
    for page in pages:
        driver.show_page(page)
        check_names(driver.window)
        for number in range(driver.window.findings.tabs.count()):
            driver.window.findings.tabs.setCurrentIndex(number)
            driver.settle()
            check_names(driver.window)
    for tool in driver.window.findChildren(QWidget):
        if tool.metaObject().className() == "IconButton":
            assert tool.accessibleName(), "an icon says nothing to a screen reader"
            assert tool.toolTip().startswith(tool.accessibleName())


def test_everything_in_the_dialogs_has_a_name(driver: Driver) -> None:
    driver.choose_profile()
    driver.session.key_protection = "new_passphrase"
    driver.window.show_profiles()
    dialog = driver.dialog("profiles_dialog")
    for kind in ("ess", "essbasic", "kyc"):
        driver.pick("profile_kind_box", kind)
        driver.settle()
        check_names(dialog)
    for mode in ("server", "direct", "pasted"):
        driver.pick("profile_ticket_mode_box", mode)
        driver.settle()
        check_names(dialog)
    driver.click("close_profiles_button")
    driver.show_page(Page("record", make_reviewed()))
    for button, name in (("save_button", "save_dialog"), ("discard_button", "discard_dialog")):
        driver.click(button)
        check_names(driver.dialog(name))
        driver.press(name, KEY.Key_Escape)
        driver.until(lambda: not driver.has_dialog())


def test_everything_in_the_other_dialogs_has_a_name(driver: Driver) -> None:
    driver.choose_profile(profile())
    driver.session.key_protection = "new_passphrase"
    driver.window.ask_import()
    for kind in ("ess", "kyc"):
        driver.pick("import_kind_box", kind)
        driver.settle()
        check_names(driver.dialog("import_dialog"))
    driver.press("import_dialog", KEY.Key_Escape)
    driver.until(lambda: not driver.has_dialog())
    driver.window.show_rescue_list()
    check_names(driver.dialog("rescue_list_dialog"))
    driver.find("rescue_list_dialog").close()
    text = TextDialog("Request", "What would be sent", "POST /", driver.window)
    text.open()
    check_names(text)
    text.close()


def test_tab_goes_through_the_bar_as_it_is_read(desk: Driver) -> None:
    desk.choose_profile(profile())
    bar = desk.window.bar
    reached = [widget for widget in focusable(desk.window) if bar.isAncestorOf(widget)]
    places = [widget.mapTo(desk.window, widget.rect().center()).x() for widget in reached]
    assert places == sorted(places), [widget.objectName() for widget in reached]
    assert [widget.objectName() for widget in reached] == [
        "menu_button", "library_pane_button", "profile_box", "look_up_field", "signer_box", "look_up_button",
        "rescue_button", "findings_pane_button",
    ]  # fmt: skip


def test_tab_goes_from_the_bar_to_library_page_and_findings(desk: Driver) -> None:
    parts = [desk.window.bar, desk.window.library, desk.window.page, desk.window.findings]
    order = []
    for widget in focusable(desk.window):
        part = next(number for number, part in enumerate(parts) if part.isAncestorOf(widget))
        if not order or order[-1] != part:
            order.append(part)
    assert order == [0, 1, 2, 3]


def test_real_tab_keys_move_through_the_bar_and_back(desk: Driver) -> None:
    names = ["profile_box", "look_up_field", "signer_box", "look_up_button", "rescue_button"]
    desk.find(names[0]).setFocus()
    for expected in names[1:]:
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_Tab)
        assert QApplication.focusWidget().objectName() == expected
    for expected in reversed(names[:-1]):
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_Backtab)
        assert QApplication.focusWidget().objectName() == expected


def test_clips_are_switched_with_the_arrow_keys(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip(), clip("question"), clip("nod"))))))
    tabs = driver.find("clip_tabs", QTabBar)
    tabs.setFocus()
    QTest.keyClick(tabs, KEY.Key_Right)
    assert tabs.currentIndex() == 1
    QTest.keyClick(tabs, KEY.Key_Left)
    assert tabs.currentIndex() == 0


def test_the_filmstrip_steps_with_the_arrow_keys(desk: Driver) -> None:
    called = Called()
    strip = desk.window.page.clip_view.timeline
    strip.step_wanted.disconnect()
    strip.step_wanted.connect(called.of("step"))
    strip.setFocus()
    QTest.keyClick(strip, KEY.Key_Right)
    QTest.keyClick(strip, KEY.Key_Left)
    assert called == ["step 1", "step -1"]


@pytest.mark.parametrize(
    "name", ["video_canvas", "play_button", "speed_box", "clip_tabs", "library_view", "compare_slider", "answer_tree"]
)
def test_letters_reach_the_desk_wherever_the_focus_stands(desk: Driver, name: str) -> None:
    widget = desk.window.page.clip_view.transport.speed_box if name == "speed_box" else None
    if name == "answer_tree":
        widget = desk.window.findings.answers.tree
    widget = widget or desk.find(name)
    widget.setEnabled(True)
    widget.setFocus()
    desk.window.keys._focus._on_focus(None, widget)
    called = watch(desk)
    for key in (KEY.Key_L, KEY.Key_Period, KEY.Key_I):
        QTest.keyClick(widget, key)
    assert called == ["shuttle 1", "step 1", "mark_first"]


def test_what_has_the_focus_keeps_the_keys_it_is_worked_with(desk: Driver) -> None:
    transport, page = desk.window.page.clip_view.transport, desk.window.page
    called = watch(desk)
    transport.end_button.setFocus()
    QTest.keyClick(transport.end_button, KEY.Key_Space)
    assert called == ["go_to_frame 0"], "a button with the focus is pressed"
    called.clear()
    QTest.keyClick(transport.end_button, KEY.Key_Right)
    assert called == ["step 1"], "the arrows do not walk through buttons"
    called.clear()
    transport.volume.setEnabled(True)
    transport.volume.setFocus()
    before = transport.volume.value()
    QTest.keyClick(transport.volume, KEY.Key_Left)
    assert (transport.volume.value() < before, called) == (True, [])
    page.stage.canvas.setFocus()
    QTest.keyClick(page.stage.canvas, KEY.Key_Left)
    assert called == ["step -1"], "the page does not scroll instead"


def test_a_click_leaves_the_focus_so_that_space_does_not_press_again(desk: Driver) -> None:
    page = desk.window.page
    page.stage.canvas.setFocus()
    called = watch(desk)
    QTest.mouseClick(page.clip_view.transport.end_button, Qt.MouseButton.LeftButton)
    assert desk.window.focusWidget() is page.stage.canvas
    called.clear()
    QTest.keyClick(page.stage.canvas, KEY.Key_Space)
    assert called == ["toggle"]


def test_after_a_look_up_the_keys_of_the_desk_work_at_once(driver: Driver) -> None:
    driver.choose_profile(profile())
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    field = driver.find("look_up_field", QLineEdit)
    field.setFocus()
    QTest.keyClicks(field, "abc")
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip(),)))))
    called = watch(driver)
    assert driver.window.focusWidget() is not field
    QTest.keyClick(driver.window.focusWidget(), KEY.Key_J)
    assert (field.text(), called) == ("abc", ["shuttle -1"])


def test_the_names_of_the_contract_are_there_once(desk: Driver) -> None:
    for name in CONTRACT:
        found = [w for w in desk.window.findChildren(QWidget) if w.objectName() == name]
        assert len(found) == 1, f"{name}: {len(found)}"


def test_shortcuts_of_the_menu_work_without_opening_it(desk: Driver) -> None:
    QTest.keyClick(desk.window, KEY.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert desk.dialog("settings_dialog").isVisible()
    QTest.keyClick(desk.dialog("settings_dialog"), KEY.Key_Escape)
    desk.until(lambda: not desk.has_dialog())
    keys = [action.shortcut().toString() for action in desk.window.actions()]
    assert len(keys) == len(set(keys)), "two actions share their keys"


def test_ctrl_s_saves_what_is_not_saved_and_nothing_else(desk: Driver) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    desk.show_page(Page("record", make_reviewed()))
    QTest.keyClick(desk.window, KEY.Key_S, control)
    QTest.keyClick(desk.dialog("save_dialog"), KEY.Key_Escape)
    desk.until(lambda: not desk.has_dialog())
    desk.show_page(Page())
    QTest.keyClick(desk.window, KEY.Key_S, control)
    assert not desk.has_dialog()
