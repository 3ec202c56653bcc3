"""The operator's mark is on the screen and in no picture; the curtain hides everything until somebody is there."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from facevid_gui.bridge.exact import ExactFrame
from facevid_gui.bridge.session import Page
from facevid_gui.core.clip import ClipFacts, VideoFacts
from facevid_gui.settings import Settings
from facevid_gui.views.image_canvas import ImageCanvas
from facevid_gui.views.note_card import SmallPicture
from facevid_gui.views.picture_dialog import PictureDialog
from facevid_gui.views.privacy import Curtain, Watermark
from tests.support.window_driver import Driver, digest
from tests.support.window_records import clip, make_record, make_reviewed, make_verdict

KEY = Qt.Key


@pytest.fixture
def desk(driver: Driver) -> Iterator[Driver]:
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    driver.desktop._protect()
    driver.show_page(Page("record", make_reviewed(make_record(clips=(clip(),)))))
    driver.until(lambda: driver.desktop.jobs.is_idle)
    yield driver
    driver.desktop.privacy.lift()


def choose(desk: Driver, **changes: Any) -> None:
    settings = desk.desktop.desks.settings
    settings.save(**changes)
    desk.until(lambda: all(getattr(settings.settings, name) == value for name, value in changes.items()))


def grey(width: int = 300, height: int = 400) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.fill(QColor(128, 128, 128))
    return image


def colours(canvas: ImageCanvas) -> int:
    """How many colours a canvas shows around its middle."""
    shown = canvas.grab().toImage()
    middle = shown.rect().center()
    return len({shown.pixel(middle + QPoint(x, y)) for x in range(-60, 60, 2) for y in range(-60, 60, 2)})


def marks(desk: Driver) -> list[Watermark]:
    return [mark for mark in desk.window.findChildren(Watermark) if not mark.isHidden()]


# --- the mark -----------------------------------------------------------------------------------------------


def test_without_a_wish_there_is_no_mark(desk: Driver) -> None:
    assert marks(desk) == []
    assert Settings().watermark is False


def test_the_mark_lies_over_every_picture_and_in_none(desk: Driver) -> None:
    stage, photo = desk.window.page.stage.canvas, desk.window.page.photo.canvas
    image = grey()
    before = digest(image)
    for canvas in (stage, photo):
        canvas.show_image(image)
    desk.window.page.photo.show_photo(image, "photo")
    desk.settle()
    assert colours(stage) == 1
    choose(desk, watermark=True, watermark_text="李调查")
    desk.settle()
    assert {mark.parentWidget() for mark in marks(desk)} >= {stage, photo}
    assert colours(stage) > 3
    assert digest(stage.image) == before, "what a snapshot would take"
    choose(desk, watermark=False)
    assert marks(desk) == []
    assert colours(stage) == 1


def test_small_pictures_carry_the_mark_as_well(desk: Driver) -> None:
    timeline = desk.window.page.clip_view.timeline
    timeline.setEnabled(True)
    video = VideoFacts("h264", "", 300, 400, 0, 25.0, "yuv420p", 25)
    facts = ClipFacts("mp4", "", 0, 1_000_000, 1, video, None, tuple(range(0, 1_000_000, 40_000)), (0,))
    timeline.show_clip(facts)
    for number in range(25):
        timeline.add_thumbnail(ExactFrame("clip", number, number * 40_000, grey(72, 96)))
    timeline._hover(timeline.width() / 2)
    timeline.preview.show_picture(grey())
    small = SmallPicture("picture", lambda: None)
    small.setParent(desk.window)
    small.show_picture(grey(96, 128))
    small.show()
    seen: dict[str, int] = {}
    for marked in (False, True):
        choose(desk, watermark=marked, watermark_text="李调查")
        desk.settle()
        for name, widget in (("strip", timeline), ("preview", timeline.preview._picture), ("card", small)):
            shown = widget.grab().toImage()
            middle = shown.rect().center()
            colours_now = {shown.pixel(middle + QPoint(x, y)) for x in range(-20, 20) for y in range(-16, 0)}
            assert not marked or len(colours_now) > seen[name] + 3, name
            seen[name] = len(colours_now)
    dialog = PictureDialog(desk.desktop.theme, "Snapshot", "frame 1", grey(), {}, desk.window)
    dialog.show()
    assert colours(dialog.canvas) > 3
    dialog.close()
    dialog.deleteLater()


def test_no_open_menu_stays_above_the_curtain(desk: Driver) -> None:
    desk.window._pop_menu()
    assert desk.window.menu.isVisible()
    desk.desktop.privacy.hide("nobody is there")
    assert not desk.window.menu.isVisible()
    assert QApplication.activePopupWidget() is None


def test_the_mark_names_the_program_the_operator_and_the_day(desk: Driver) -> None:
    choose(desk, watermark=True)
    texts = {mark._text for mark in marks(desk)}
    day = f"{desk.desktop.house.clock.now():%Y-%m-%d}"
    assert texts == {f"facevid · operator {desk.desktop.house.operator['account']} · {day}"}
    choose(desk, watermark_text="desk 7\nsecond line " + "x" * 200)
    (text,) = {mark._text for mark in marks(desk)}
    assert "desk 7 second line" in text
    assert "\n" not in text
    assert len(text) < 120


def test_the_mark_takes_no_click_and_follows_the_size(desk: Driver) -> None:
    choose(desk, watermark=True)
    stage = desk.window.page.stage.canvas
    clicked: list[bool] = []
    stage.clicked.disconnect()
    stage.clicked.connect(lambda: clicked.append(True))
    QTest.mouseClick(desk.window.childAt(stage.mapTo(desk.window, stage.rect().center())), Qt.MouseButton.LeftButton,
                     pos=stage.rect().center())  # fmt: skip
    assert clicked == [True]
    desk.window.resize(desk.window.width() + 100, desk.window.height() + 60)
    desk.settle()
    mark = next(mark for mark in marks(desk) if mark.parentWidget() is stage)
    assert mark.size() == stage.size()


# --- the curtain --------------------------------------------------------------------------------------------


def curtains(desk: Driver) -> list[Curtain]:
    return [curtain for top in desk._tops() for curtain in top.findChildren(Curtain) if curtain.isVisible()]


def test_after_the_time_without_input_everything_is_hidden(desk: Driver) -> None:
    paused: list[bool] = []
    desk.desktop.screening.pause = lambda: paused.append(True)  # type: ignore[method-assign]
    choose(desk, hide_when_idle=True, idle_minutes=3)
    idle = desk.desktop.privacy._idle
    assert (idle.isActive(), idle.interval()) == (True, 180_000)
    idle.setInterval(1)
    desk.until(lambda: desk.desktop.privacy.is_hidden)
    (curtain,) = curtains(desk)
    assert curtain.geometry() == desk.window.rect()
    assert "Hidden after 3 minutes without input" in [label.text() for label in curtain.findChildren(QLabel)]
    assert paused == [True], "what plays is held: nobody listens"
    desk.window.resize(desk.window.width() + 40, desk.window.height())
    desk.settle()
    assert curtain.geometry() == desk.window.rect()


@pytest.mark.parametrize("act", ["key", "move", "click", "wheel"])
def test_input_begins_the_time_anew(desk: Driver, act: str) -> None:
    choose(desk, hide_when_idle=True)
    desk.desktop.privacy._idle.stop()
    handle = desk.window.windowHandle()
    acts: dict[str, Callable[[], object]] = {
        "key": lambda: QTest.keyClick(handle, KEY.Key_Shift),
        "move": lambda: QTest.mouseMove(handle, QPoint(50, 50)),
        "click": lambda: QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(5, 5)),
        "wheel": lambda: QTest.wheelEvent(handle, QPoint(50, 50), QPoint(0, 120)),
    }
    acts[act]()
    desk.settle()
    assert desk.desktop.privacy._idle.isActive()


def test_without_a_wish_nothing_is_watched(desk: Driver) -> None:
    privacy = desk.desktop.privacy
    assert not privacy._idle.isActive()
    choose(desk, hide_when_idle=True)
    choose(desk, hide_when_idle=False)
    assert not privacy._idle.isActive()
    QTest.keyClick(desk.window.windowHandle(), KEY.Key_Shift)
    assert not privacy._idle.isActive()


@pytest.mark.parametrize("how", ["key", "click", "shortcut"])
def test_a_click_or_a_key_brings_it_back_and_does_nothing_else(desk: Driver, how: str) -> None:
    done: list[str] = []
    desk.desktop.screening.toggle = lambda: done.append("toggle")  # type: ignore[method-assign]
    desk.window.page.banner.save_wanted.connect(lambda: done.append("save"))
    focused = desk.find("search_field")
    focused.setFocus()
    desk.desktop.privacy.hide("Hidden")
    (curtain,) = curtains(desk)
    assert curtain.hasFocus()
    if how == "key":
        QTest.keyClick(curtain, KEY.Key_Space)
    elif how == "shortcut":
        QTest.keyClick(curtain, KEY.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    else:
        save = desk.find("save_button")
        QTest.mouseClick(curtain, Qt.MouseButton.LeftButton, pos=save.mapTo(desk.window, save.rect().center()))
    assert not desk.desktop.privacy.is_hidden
    assert curtains(desk) == []
    assert done == []
    assert not desk.has_dialog()
    assert focused.hasFocus()
    assert focused.text() == ""  # type: ignore[attr-defined]


def test_dialogs_are_hidden_too(desk: Driver) -> None:
    desk.click("save_button")
    dialog = desk.dialog("save_dialog")
    desk.desktop.privacy.hide("Hidden")
    assert {curtain.parentWidget() for curtain in curtains(desk)} == {desk.window, dialog}
    QTest.keyClick(next(c for c in curtains(desk) if c.parentWidget() is dialog), KEY.Key_A)
    assert curtains(desk) == []
    assert dialog.isVisible()


def test_nobody_can_be_recognised_behind_it(desk: Driver) -> None:
    """Of a fine pattern that covers the stage nothing is left."""
    pattern = QImage(400, 400, QImage.Format.Format_RGB888)
    for y in range(400):
        for x in range(400):
            pattern.setPixelColor(x, y, QColor("white") if (x // 4 + y // 4) % 2 else QColor("black"))
    stage = desk.window.page.stage.canvas
    desk.window.resize(1360, 1000)  # the page need not scroll to show the stage
    stage.show_image(pattern)
    desk.settle()
    place = stage.mapTo(desk.window, stage.rect().center())

    def contrast() -> int:
        shown = desk.window.grab().toImage()
        row = [shown.pixelColor(place.x() + x, place.y()).lightness() for x in range(-40, 40)]
        return max(abs(one - other) for one, other in pairwise(row))

    assert contrast() > 60
    desk.desktop.privacy.hide("Hidden")
    for label in curtains(desk)[0].findChildren(QLabel):
        label.hide()
    assert contrast() < 16


def test_a_lock_hides_when_wished(desk: Driver) -> None:
    choose(desk, hide_when_locked=False)
    desk.desktop.lock.locked.emit()
    assert not desk.desktop.privacy.is_hidden
    choose(desk, hide_when_locked=True)
    desk.desktop.lock.locked.emit()
    desk.desktop.lock.locked.emit()
    assert len(curtains(desk)) == 1
    assert "nobody was at the screen" in curtains(desk)[0].accessibleName()


def test_what_had_the_keys_may_be_gone_when_it_comes_up(desk: Driver) -> None:
    field = QWidget(desk.window)
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    field.show()
    field.setFocus()
    desk.desktop.privacy.hide("Hidden")
    field.deleteLater()
    desk.until(lambda: field not in desk.window.findChildren(QWidget))
    desk.desktop.privacy.lift()
    assert curtains(desk) == []


def test_sealed_evidence_is_as_it_was_under_the_mark(desk: Driver) -> None:
    choose(desk, watermark=True)
    desk.show_page(Page("record", make_reviewed(make_record("kyc"), make_verdict())))
    assert "watermark" not in {widget.objectName() for widget in desk.window.findings.findChildren(QWidget)}
