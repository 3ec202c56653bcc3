"""F gives the video the screen with its transport, and the desk comes back as it was."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from facevid_gui.bridge.session import Page
from facevid_gui.core.errors import SubjectError
from tests.support.window_driver import Driver
from tests.support.window_records import clip, make_record, make_reviewed, make_verdict

KEY = Qt.Key
HIDDEN = ("look_up_field", "search_field", "verdict_banner", "scores_panel", "photo_tabs")
SHOWN = (
    "clip_tabs",
    "video_canvas",
    "play_button",
    "step_back_button",
    "step_forward_button",
    "frame_label",
)


@pytest.fixture
def desk(driver: Driver) -> Driver:
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    driver.window.resize(1300, 760)
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip(), clip("question"))))))
    driver.window.setFocus()
    return driver


def visible(driver: Driver, names: tuple[str, ...]) -> set[str]:
    return {name for name in names if driver.find(name).isVisible()}


def test_the_video_has_the_screen_with_its_transport(desk: Driver) -> None:
    before, size = visible(desk, HIDDEN), desk.find("video_canvas").size()
    QTest.keyClick(desk.window, KEY.Key_F)
    desk.settle()
    assert desk.window.isFullScreen()
    assert visible(desk, HIDDEN) == set()
    assert not desk.window.statusBar().isVisible()
    assert visible(desk, SHOWN) == set(SHOWN)
    stage = desk.find("video_canvas")
    screen = desk.window.size()
    assert stage.width() > 0.9 * screen.width()
    assert stage.height() > 0.5 * screen.height()
    QTest.keyClick(desk.window, KEY.Key_Escape)
    desk.settle()
    assert not desk.window.isFullScreen()
    assert visible(desk, HIDDEN) == before
    assert (desk.window.width(), desk.window.height()) == (1300, 760)
    assert desk.find("video_canvas").size() == size


def test_keys_and_button_go_there_and_back(desk: Driver) -> None:
    screen = desk.window.stage_screen
    button = desk.window.page.screen_button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert screen.is_on
    assert button.isVisible(), "who came with the mouse goes back with it"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not screen.is_on
    for key in (KEY.Key_F, KEY.Key_Escape, KEY.Key_Escape):
        QTest.keyClick(desk.window, key)
        assert screen.is_on is (key == KEY.Key_F)


def show_pictures(desk: Driver, width: int, height: int) -> None:
    for canvas in (desk.window.page.stage.canvas, desk.window.page.photo.canvas):
        image = QImage(width, height, QImage.Format.Format_RGB888)
        image.fill(0)
        canvas.show_image(image)


def test_the_photo_comes_back_unless_it_is_compared_in_another_way(desk: Driver) -> None:
    photo, comparison = desk.window.page.photo, desk.window.page.comparison
    show_pictures(desk, 64, 40)
    desk.window.stage_screen.enter()
    assert not photo.isVisible(), "a broad video has the whole breadth"
    QTest.mouseClick(desk.window.page.compare_bar.buttons["alone"], Qt.MouseButton.LeftButton)
    assert photo.isVisible(), "asked for, it stands beside the video"
    desk.window.stage_screen.leave()
    assert photo.isVisible()
    desk.window.stage_screen.enter()
    comparison.choose("split")
    assert desk.find("compare_slider").isVisible()
    desk.window.stage_screen.leave()
    assert not photo.isVisible(), "it lies on the stage"
    comparison.choose("alone")
    assert photo.isVisible()


def test_two_upright_pictures_stand_side_by_side_on_the_whole_screen(desk: Driver) -> None:
    show_pictures(desk, 40, 64)
    desk.window.stage_screen.enter()
    assert desk.window.page.photo.isVisible()
    assert desk.window.page.compare_bar.isVisible()


def test_what_is_written_stands_beside_the_video(desk: Driver) -> None:
    for key in (KEY.Key_M, KEY.Key_N):
        desk.window.stage_screen.enter()
        QTest.keyClick(desk.window, key)
        assert not desk.window.stage_screen.is_on


def test_the_keys_of_the_player_work_there(desk: Driver) -> None:
    called: list[int] = []
    desk.desktop.screening.step = called.append  # type: ignore[method-assign]
    QTest.keyClick(desk.window, KEY.Key_F)
    desk.settle()
    QTest.keyClick(QApplication.focusWidget() or desk.window, KEY.Key_Period)
    assert called == [1]


@pytest.mark.parametrize("page", [Page(), Page("error", error=SubjectError("media_changed", path="x"))])
def test_without_a_record_it_ends(desk: Driver, page: Page) -> None:
    QTest.keyClick(desk.window, KEY.Key_F)
    desk.show_page(page)
    assert not desk.window.isFullScreen()
    assert visible(desk, ("look_up_field", "search_field")) == {"look_up_field", "search_field"}


def test_another_record_keeps_the_screen_and_its_banner_comes_back(desk: Driver) -> None:
    QTest.keyClick(desk.window, KEY.Key_F)
    desk.show_page(Page("record", make_reviewed(make_record(clips=(clip(),)), make_verdict())))
    assert desk.window.stage_screen.is_on
    assert visible(desk, HIDDEN) == set()
    desk.window.stage_screen.leave()
    assert "verdict_banner" in visible(desk, HIDDEN)


def test_the_system_can_end_it(desk: Driver) -> None:
    QTest.keyClick(desk.window, KEY.Key_F)
    desk.window.setWindowState(Qt.WindowState.WindowNoState)
    desk.settle()
    assert not desk.window.stage_screen.is_on
    assert "search_field" in visible(desk, HIDDEN)


def test_a_window_that_had_the_screen_keeps_it(desk: Driver) -> None:
    desk.window.setWindowState(Qt.WindowState.WindowFullScreen)
    QTest.keyClick(desk.window, KEY.Key_F)
    QTest.keyClick(desk.window, KEY.Key_F)
    assert desk.window.isFullScreen()
    assert "search_field" in visible(desk, HIDDEN)
