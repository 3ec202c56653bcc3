"""Photo against frame, compared by pixels: each mode paints what it should, links hold, the badge tells the truth."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider

from facevid_gui.bridge.session import Page
from facevid_gui.views.canvas_line import CanvasLine
from facevid_gui.views.comparison import MODES, CompareBar, Comparison
from facevid_gui.views.image_canvas import ALONE, BLINK, OVERLAY, SPLIT, ImageCanvas
from facevid_gui.views.photo_view import PhotoView
from facevid_gui.views.picture_layer import Layer, Levels, level_table
from facevid_gui.views.theme import Theme
from tests.support.window_driver import Driver
from tests.support.window_records import clip, make_record, make_reviewed
from tests.views.test_image_canvas import CORNERS, corners, drag, quarters

LEFT = Qt.MouseButton.LeftButton
RED, BLUE = QColor("#C80000"), QColor("#0000C8")


def plain(color: QColor, width: int = 80, height: int = 60) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.fill(color)
    return image


@pytest.fixture
def desk(theme: Theme) -> Any:
    """A stage with a red frame, a pane with a blue photo, and the bar between them."""
    canvas = ImageCanvas()
    said: list[Callable[[str], str]] = []
    stage = SimpleNamespace(canvas=canvas, line=CanvasLine(theme, canvas), use_caption=said.append)
    photo, bar = PhotoView(theme), CompareBar(theme)
    made = SimpleNamespace(canvas=canvas, line=stage.line, photo=photo, bar=bar, comparison=None)
    made.caption = lambda: said[-1]("Frame 1")
    made.comparison = Comparison(stage, photo, bar)  # type: ignore[arg-type]
    canvas.resize(400, 300)
    photo.resize(300, 400)
    for widget in (canvas, photo, bar):
        widget.show()
    canvas.show_image(plain(RED))
    photo.show_photo(plain(BLUE), "Photo 1")
    yield made
    for widget in (canvas, photo, bar, stage.line):
        widget.close()


def colour(canvas: ImageCanvas, x: int, y: int = 150) -> str:
    return canvas.grab().toImage().pixelColor(x, y).name()


# --- two pictures on one stage -----------------------------------------------------------------------------


def test_side_by_side_each_stage_shows_its_own(desk: Any) -> None:
    assert colour(desk.canvas, 200) == RED.name()
    assert desk.photo.isVisible()
    assert desk.caption() == "Frame 1"
    assert not desk.bar.slider.isVisible()


def test_the_divider_parts_frame_and_photo_where_it_stands(desk: Any) -> None:
    desk.comparison.choose(SPLIT)
    assert not desk.photo.isVisible()
    assert (colour(desk.canvas, 100), colour(desk.canvas, 300)) == (RED.name(), BLUE.name())
    desk.bar.slider.setValue(80)
    assert (colour(desk.canvas, 300), colour(desk.canvas, 380)) == (RED.name(), BLUE.name())
    assert desk.caption() == "left: Frame 1 · right: Photo 1"
    desk.bar.slider.setValue(0)
    assert colour(desk.canvas, 20) == BLUE.name()


def test_the_divider_is_dragged_and_that_is_no_click(desk: Any) -> None:
    clicks: list[bool] = []
    desk.canvas.clicked.connect(lambda: clicks.append(True))
    desk.comparison.choose(SPLIT)
    drag(desk.canvas, QPoint(200, 150), QPoint(80, 150))
    assert desk.bar.slider.value() == 20
    assert (colour(desk.canvas, 60), colour(desk.canvas, 100)) == (RED.name(), BLUE.name())
    assert clicks == []
    QTest.mouseClick(desk.canvas, LEFT, pos=QPoint(300, 150))
    assert clicks == [True]
    assert desk.bar.slider.value() == 20


def test_overlay_mixes_as_much_as_is_said(desk: Any) -> None:
    desk.comparison.choose(OVERLAY)
    mixed = desk.canvas.grab().toImage().pixelColor(200, 150)
    assert (abs(mixed.red() - 100) <= 1, mixed.green(), abs(mixed.blue() - 100) <= 1) == (True, 0, True)
    desk.bar.slider.setValue(100)
    assert colour(desk.canvas, 200) == BLUE.name()
    desk.bar.slider.setValue(0)
    assert colour(desk.canvas, 200) == RED.name()
    assert desk.caption() == "0 % of: Photo 1 · over: Frame 1"


def test_blink_shows_one_then_the_other_and_says_which(desk: Any) -> None:
    desk.comparison.choose(BLINK)
    seen = []
    for _ in range(3):
        seen.append((colour(desk.canvas, 200), desk.caption()))
        desk.comparison._blinking.timeout.emit()
    assert seen == [(RED.name(), "Frame 1"), (BLUE.name(), "Photo 1"), (RED.name(), "Frame 1")]
    assert desk.comparison._blinking.interval() >= 334, "at most three changes a second"
    desk.comparison.choose(ALONE)
    assert not desk.comparison._blinking.isActive()
    assert colour(desk.canvas, 200) == RED.name()


def test_a_picture_of_ones_own_is_never_called_the_photo(desk: Any) -> None:
    desk.photo.show_pinned(plain(BLUE), "Reference picture, not part of the evidence")
    desk.comparison.choose(SPLIT)
    assert desk.caption() == "left: Frame 1 · right: Reference picture, not part of the evidence"


def test_the_modes_follow_each_other_and_come_back(desk: Any) -> None:
    seen = []
    for _ in range(len(MODES)):
        desk.comparison.cycle()
        seen.append(desk.comparison.mode)
    assert seen == [SPLIT, BLINK, OVERLAY, ALONE]
    assert desk.photo.isVisible()
    assert desk.bar.buttons[ALONE].isChecked()


def test_a_moving_frame_is_compared_as_it_moves(desk: Any) -> None:
    desk.comparison.choose(SPLIT)
    desk.canvas.show_image(plain(QColor("#00C800")))
    assert (colour(desk.canvas, 100), colour(desk.canvas, 300)) == ("#00c800", BLUE.name())
    desk.canvas.show_image(None)
    assert colour(desk.canvas, 300) != BLUE.name(), "half a comparison is none"
    assert desk.comparison.mode == SPLIT, "the next clip is compared in the same way"


def test_without_a_second_picture_there_is_nothing_to_compare(desk: Any) -> None:
    desk.comparison.choose(SPLIT)
    desk.photo.show_nothing()
    assert desk.comparison.mode == ALONE
    assert desk.photo.isVisible()
    desk.comparison.cycle()
    assert desk.comparison.mode == ALONE
    assert not any(button.isEnabled() for button in desk.bar.buttons.values())
    assert "pin a frame" in desk.bar.toolTip()
    assert colour(desk.canvas, 300) == RED.name()


# --- linked views --------------------------------------------------------------------------------------------


def view(canvas: ImageCanvas) -> tuple[float, float, float]:
    relative = canvas.layer.relative_view(canvas.size())
    return (round(relative.factor or 1.0, 2), round(relative.x, 2), round(relative.y, 2))


def test_linked_both_are_zoomed_and_moved_together(desk: Any) -> None:
    for _ in range(3):
        desk.canvas.zoom_in()
    drag(desk.canvas, QPoint(200, 150), QPoint(150, 130))
    assert view(desk.canvas)[0] > 1
    assert view(desk.photo.canvas)[0] == view(desk.canvas)[0]
    assert view(desk.photo.canvas)[1:] == pytest.approx(view(desk.canvas)[1:], abs=0.02)
    desk.photo.canvas.fit()
    assert desk.canvas.is_fitted


def test_unlinked_each_keeps_its_own_view(desk: Any) -> None:
    desk.bar.link_button.click()
    desk.canvas.zoom_in()
    assert desk.photo.canvas.is_fitted
    assert not desk.canvas.is_fitted


def test_on_one_stage_unlinked_gestures_move_the_photo_and_linked_keep_what_was_found(desk: Any) -> None:
    desk.comparison.choose(SPLIT)
    desk.bar.link_button.click()
    for _ in range(2):
        desk.canvas.zoom_in()
    assert desk.canvas.is_fitted, "the frame stays"
    over = desk.canvas.over
    aligned = over.scale(desk.canvas.size()) / desk.canvas.layer.scale(desk.canvas.size())
    assert aligned > 1
    desk.bar.link_button.click()
    desk.canvas.zoom_in()
    again = over.scale(desk.canvas.size()) / desk.canvas.layer.scale(desk.canvas.size())
    assert again == pytest.approx(aligned), "two faces laid upon each other stay so"


def test_another_photo_takes_over_the_view_and_the_frame_does_not_follow(desk: Any) -> None:
    desk.canvas.zoom_in()
    before = view(desk.canvas)
    desk.photo.show_photo(plain(BLUE, 40, 90), "Photo 2")
    assert view(desk.canvas) == before
    assert view(desk.photo.canvas)[0] == before[0]
    desk.photo.reset("none", "none", can_pin=True)
    assert view(desk.canvas) == before


def test_turning_and_mirroring_are_not_linked(desk: Any) -> None:
    desk.canvas.rotate()
    desk.canvas.mirror()
    assert (desk.photo.canvas.turn, desk.photo.canvas.layer.mirrored) == (0, False)


# --- shown otherwise than in the file -------------------------------------------------------------------------


@pytest.fixture
def canvas(theme: Theme) -> Any:
    canvas = ImageCanvas()
    canvas.resize(400, 300)
    canvas.show()
    canvas.show_image(quarters())
    yield canvas
    canvas.close()


def test_a_mirror_swaps_left_and_right_as_they_are_seen(canvas: ImageCanvas) -> None:
    canvas.mirror()
    assert corners(canvas) == (CORNERS[1], CORNERS[0], CORNERS[3], CORNERS[2])
    canvas.rotate()
    canvas.resize(300, 400)
    turned = (CORNERS[3], CORNERS[0], CORNERS[1], CORNERS[2])
    assert corners(canvas) == (turned[1], turned[0], turned[3], turned[2])
    canvas.mirror()
    assert corners(canvas) == turned


def test_levels_change_every_pixel_by_the_table_and_the_stage_not_at_all(canvas: ImageCanvas) -> None:
    image = QImage(256, 1, QImage.Format.Format_RGB888)
    for value in range(256):
        image.setPixelColor(value, 0, QColor(value, 255 - value, 7))
    canvas.resize(1024, 200)
    canvas.show_image(image)
    before = bytes(image.constBits())
    for levels in (Levels(30, 0, 100), Levels(0, 60, 100), Levels(0, -60, 100), Levels(0, 0, 220), Levels(-20, 20, 50)):
        canvas.set_levels(levels)
        shown, table = canvas.grab().toImage(), level_table(levels)
        for value in (3, 64, 128, 200, 252):
            pixel = shown.pixelColor(value * 4 + 2, 100)
            assert (pixel.red(), pixel.green(), pixel.blue()) == (table[value], table[255 - value], table[7]), levels
        assert shown.pixelColor(500, 20).name()[1:].upper() == "0C0E11"
    assert bytes(image.constBits()) == before, "the picture itself is as it was"
    canvas.set_levels(Levels())
    assert canvas.grab().toImage().pixelColor(64 * 4 + 2, 100).red() == 64


def test_levels_do_what_they_are_called() -> None:
    assert level_table(Levels()) == bytes(range(256))
    assert level_table(Levels(brightness=50))[100] > 100 > level_table(Levels(brightness=-50))[100]
    steep, flat = level_table(Levels(contrast=50)), level_table(Levels(contrast=-50))
    assert steep[200] - steep[55] > 145 > flat[200] - flat[55]
    assert level_table(Levels(contrast=-100))[0] == level_table(Levels(contrast=-100))[255]
    assert level_table(Levels(gamma=200))[64] > 64 > level_table(Levels(gamma=50))[64]
    for levels in (Levels(gamma=200), Levels(contrast=100), Levels(100, 100, 300), Levels(-100, -100, 30)):
        table = level_table(levels)
        assert len(table) == 256
        assert list(table) == sorted(table)


def test_levels_of_a_turned_mirrored_zoomed_picture_hit_the_same_places(canvas: ImageCanvas) -> None:
    canvas.rotate()
    canvas.mirror()
    canvas.zoom_in()
    plain_picture = canvas.grab().toImage()
    canvas.set_levels(Levels(0, -40, 100))
    changed, table = canvas.grab().toImage(), level_table(Levels(0, -40, 100))
    for x in range(5, 400, 24):
        for y in range(5, 300, 24):
            was, now = plain_picture.pixelColor(x, y), changed.pixelColor(x, y)
            if was.name()[1:].upper() in CORNERS:
                assert [now.red(), now.green(), now.blue()] == [table[c] for c in (was.red(), was.green(), was.blue())]


def test_a_huge_photo_costs_no_more_than_its_stage(canvas: ImageCanvas) -> None:
    canvas.show_image(plain(RED, 9000, 7000))
    canvas.set_levels(Levels(10, 10, 110))
    layer, sizes = canvas.layer, []
    original = Layer._draw

    def spy(self: Layer, painter: Any, *rest: Any) -> None:
        sizes.append(painter.device().width() * painter.device().height())
        original(self, painter, *rest)

    Layer._draw = spy  # type: ignore[method-assign]
    try:
        for zoom in (None, 8.0):
            layer.zoom = zoom
            canvas.grab()
    finally:
        Layer._draw = original  # type: ignore[method-assign]
    assert sizes
    assert max(sizes) <= 401 * 301


CHANGES = {
    "turned": lambda canvas: canvas.rotate(),
    "mirrored": lambda canvas: canvas.mirror(),
    "brightness": lambda canvas: canvas.set_levels(Levels(brightness=5)),
    "contrast": lambda canvas: canvas.set_levels(Levels(contrast=-5)),
    "gamma": lambda canvas: canvas.set_levels(Levels(gamma=110)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_badge_is_there_whenever_the_pixels_are_not_the_files_and_is_the_way_back(
    theme: Theme, canvas: ImageCanvas, what: str
) -> None:
    line = CanvasLine(theme, canvas)
    line.show()
    image = quarters()
    image.setPixelColor(40, 30, QColor(100, 120, 140))
    canvas.show_image(image)
    canvas.zoom_in()
    assert line.badge.isHidden(), "larger or smaller is still the file's picture"
    before, zoom = canvas.grab().toImage(), canvas.zoom_percent
    CHANGES[what](canvas)
    assert line.badge.isVisible()
    assert what in line.badge.accessibleName()
    assert what in line.badge.toolTip()
    assert canvas.grab().toImage() != before
    QTest.mouseClick(line.badge, LEFT)
    assert line.badge.isHidden()
    assert canvas.grab().toImage() == before
    assert canvas.zoom_percent == zoom
    line.close()


def test_on_one_stage_the_badge_speaks_for_both_pictures(desk: Any) -> None:
    desk.line.show()
    desk.photo.canvas.mirror()
    assert desk.line.badge.isHidden(), "the photo is elsewhere"
    desk.comparison.choose(SPLIT)
    assert "other picture: mirrored" in desk.line.badge.accessibleName()
    assert desk.line.badge.isVisible()
    QTest.mouseClick(desk.line.badge, LEFT)
    assert desk.line.badge.isHidden()
    assert not desk.photo.canvas.layer.mirrored
    desk.comparison.choose(OVERLAY)
    assert "two pictures mixed" in desk.line.badge.toolTip()
    QTest.mouseClick(desk.line.badge, LEFT)
    assert desk.comparison.mode == ALONE, "as it is in the file is one picture"
    assert desk.line.badge.isHidden()


def test_the_sliders_stand_where_the_picture_stands(theme: Theme, canvas: ImageCanvas) -> None:
    line = CanvasLine(theme, canvas)
    line.show()
    canvas.levels_wanted.emit()
    sliders = line.levels.sliders
    sliders["contrast"].setValue(30)
    sliders["gamma"].setValue(150)
    assert canvas.layer.levels == Levels(0, 30, 150)
    canvas.show_as_recorded()
    assert [slider.value() for slider in sliders.values()] == [0, 0, 100]
    canvas.show_image(None)
    assert line.levels.isHidden()
    line.close()


# --- in the window ---------------------------------------------------------------------------------------------


@pytest.fixture
def page(driver: Driver) -> Driver:
    driver.show_page(Page("record", make_reviewed(make_record("kyc", clips=(clip(),)))))
    driver.until(lambda: driver.desktop.jobs.is_idle)
    driver.window.page.stage.canvas.show_image(plain(RED))
    driver.window.page.photo.show_photo(plain(BLUE), "Photo 1")
    driver.window.setFocus()
    return driver


def test_all_of_it_by_keys(page: Driver) -> None:
    key, window = Qt.Key, page.window
    stage, comparison = window.page.stage, window.page.comparison
    QTest.keyClick(window, key.Key_C)
    assert comparison.mode == SPLIT
    slider = page.find("compare_slider", QSlider)
    QTest.keyClick(window, key.Key_BracketRight)
    assert slider.value() == 55
    QTest.keyClick(window, key.Key_BracketLeft)
    assert slider.value() == 50
    QTest.keyClick(window, key.Key_Y)
    assert not window.page.compare_bar.link_button.isChecked()
    QTest.keyClick(window, key.Key_Y)
    QTest.keyClick(window, key.Key_H)
    assert stage.canvas.layer.mirrored
    QTest.keyClick(window, key.Key_1)
    assert not stage.canvas.is_fitted
    for _ in range(6):
        QTest.keyClick(window, key.Key_Plus)
    before = stage.canvas.layer.offset.x()
    QTest.keyClick(window, key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert stage.canvas.layer.offset.x() < before
    QTest.keyClick(window, key.Key_B)
    page.until(lambda: stage.line.levels.isVisible())
    focused = window.focusWidget()
    assert focused is stage.line.levels.sliders["brightness"]
    QTest.keyClick(focused, key.Key_Right)
    assert stage.canvas.layer.levels.brightness == 1
    QTest.keyClick(focused, key.Key_B)
    assert not stage.line.levels.isVisible()


def test_the_photo_has_the_keys_when_it_has_the_focus(page: Driver) -> None:
    photo = page.window.page.photo.canvas
    photo.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(photo, Qt.Key.Key_T)
    assert (photo.turn, page.window.page.stage.canvas.turn) == (90, 0)
    edge = photo.grab().toImage().pixelColor(1, photo.height() // 2)
    assert edge == photo.palette().highlight().color(), "whoever works with keys sees where he is"
    QTest.keyClick(photo, Qt.Key.Key_C)
    assert page.window.page.comparison.mode == SPLIT


def test_the_next_record_begins_side_by_side_and_as_in_its_file(page: Driver) -> None:
    page.window.page.comparison.choose(OVERLAY)
    page.window.page.stage.canvas.mirror()
    page.show_page(Page("record", make_reviewed(make_record("kyc", clips=(clip(),), evidence_id="f" * 32))))
    assert page.window.page.comparison.mode == ALONE
    assert page.window.page.stage.canvas.layer.is_as_recorded
    assert page.window.page.photo.isVisible()


def test_a_pinned_frame_gives_its_place_back_to_the_photo(page: Driver) -> None:
    photo = page.window.page.photo
    photo.show_pinned(plain(RED), "Pinned")
    assert colour(photo.canvas, photo.canvas.width() // 2, photo.canvas.height() // 2) == RED.name()
    page.click(photo._unpin)
    assert colour(photo.canvas, photo.canvas.width() // 2, photo.canvas.height() // 2) == BLUE.name()
    assert not photo._unpin.isVisible()


def test_a_picture_of_the_users_own_is_read_and_said_to_be_no_evidence(page: Driver, tmp_path: Path) -> None:
    file = tmp_path / "passport <b>.png"
    plain(QColor("#00C800"), 30, 20).save(str(file))
    page.window.page.show_reference(file)
    photo = page.window.page.photo
    page.until(lambda: "Reference" in photo.line.caption.text())
    assert "not part of the evidence" in photo.line.caption.text()
    assert "passport <b>.png · 30×20" in photo.line.caption.text()
    assert photo.canvas.image.pixelColor(5, 5).name() == "#00c800"
    assert file.stat().st_size == len(file.read_bytes())


@pytest.mark.parametrize(("content", "words"), [(b"%PDF-1.7 no picture", "no picture"), (None, "No such file")])
def test_a_file_that_is_no_picture_is_told_and_the_photo_stays(
    page: Driver, tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "reference.png"
    if content is not None:
        file.write_bytes(content)
    page.window.page.show_reference(file)
    page.until(lambda: page.session.notice is not None)
    assert words in page.notice()
    photo = page.window.page.photo.canvas
    assert colour(photo, photo.width() // 2, photo.height() // 2) == BLUE.name()
