"""Nothing jumps: the stage keeps its place and size whatever is said, opened or changed below it."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QTabBar

from facevid_gui.bridge.session import Page
from facevid_gui.core.clip import ClipFacts, VideoFacts
from facevid_gui.core.record import Question
from tests.support.window_driver import Driver
from tests.support.window_records import clip, make_record, make_reviewed

ANSWERS = tuple(Question("是的，本人自愿签署本合同并知晓全部内容", code) for code in ("0", "-1", "0", "0"))


@pytest.fixture
def desk(driver: Driver) -> Driver:
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    driver.window.resize(1360, 860)
    clips = (clip(), clip("question"))
    driver.show_page(Page("record", make_reviewed(make_record(clips=clips, questions=ANSWERS))))
    image = QImage(480, 640, QImage.Format.Format_RGB888)
    image.fill(0)
    for canvas in (driver.window.page.stage.canvas,):
        canvas.show_image(image)
    driver.window.page.photo.show_pinned(image, "pinned")
    driver.settle()
    return driver


def place_of_stage(desk: Driver) -> tuple[int, ...]:
    canvas = desk.window.page.stage.canvas
    top = canvas.mapTo(desk.window, canvas.rect().topLeft())
    return top.x(), top.y(), canvas.width(), canvas.height()


CHANGES: dict[str, Callable[[Driver], object]] = {
    "a mirrored view": lambda desk: desk.window.page.stage.canvas.mirror(),
    "the question clip": lambda desk: desk.find("clip_tabs", QTabBar).setCurrentIndex(1),
}


@pytest.mark.parametrize("name", list(CHANGES))
@pytest.mark.parametrize("width", [1360, 960])
def test_the_stage_stays_where_it_is(desk: Driver, name: str, width: int) -> None:
    desk.window.resize(width, 860)
    desk.settle()
    before = place_of_stage(desk)
    CHANGES[name](desk)
    image = QImage(480, 640, QImage.Format.Format_RGB888)
    image.fill(0)
    desk.window.page.stage.canvas.show_image(image)  # another clip began with an empty stage
    desk.settle()
    assert place_of_stage(desk) == before


def test_with_levels_open_both_pictures_stay_equally_high(desk: Driver) -> None:
    page = desk.window.page
    before = page.stage.canvas.height()
    page.stage.canvas.levels_wanted.emit()
    desk.settle()
    assert page.stage.line.levels.isVisible()
    assert page.stage.canvas.height() == page.photo.canvas.height() < before
    page.stage.canvas.levels_wanted.emit()
    desk.settle()
    assert page.stage.canvas.height() == page.photo.canvas.height() == before


def test_the_field_for_a_place_covers_no_levels(desk: Driver) -> None:
    page = desk.window.page
    page.stage.canvas.levels_wanted.emit()
    desk.settle()
    times = tuple(range(0, 1_000_000, 40_000))
    video = VideoFacts("h264", "", 8, 8, 0, 25.0, "yuv420p", 25)
    desk.desktop.screening.facts = ClipFacts("mp4", "", 0, 1_000_000, 1, video, None, times, (0,))
    page.stage.ask_place()
    desk.settle()
    jump = page.stage.jump
    assert jump.isVisible()
    assert jump.height() <= jump.sizeHint().height()
    levels = page.stage.line.levels
    top = levels.mapTo(page.stage, levels.rect().topLeft()).y()
    assert jump.geometry().bottom() < top + levels.sliders["brightness"].y()
    desk.desktop.screening.facts = None
