"""The stage by hand: zoomed, moved, turned; what is drawn is what was handed in."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from facevid_gui.views.image_canvas import ZOOM_STEPS, ImageCanvas
from facevid_gui.views.theme import STAGE, Theme

LEFT = Qt.MouseButton.LeftButton
CORNERS = ("FF0000", "00FF00", "0000FF", "FFFF00")  # clockwise from the upper left


def quarters(width: int = 80, height: int = 60) -> QImage:
    """A picture whose quarters have colours of their own."""
    image = QImage(width, height, QImage.Format.Format_RGB888)
    places = ((0, 0), (width // 2, 0), (width // 2, height // 2), (0, height // 2))
    for (x, y), color in zip(places, CORNERS, strict=True):
        for row in range(y, y + height // 2):
            for column in range(x, x + width // 2):
                image.setPixelColor(column, row, QColor(f"#{color}"))
    return image


@pytest.fixture
def canvas(theme: Theme) -> Any:
    canvas = ImageCanvas()
    canvas.resize(400, 300)
    canvas.show()
    canvas.show_image(quarters())
    yield canvas
    canvas.close()


def corners(canvas: ImageCanvas, inset: int = 20) -> tuple[str, ...]:
    """The colours near the corners of what is painted, clockwise from the upper left."""
    picture = canvas.grab().toImage()
    right, low = picture.width() - inset, picture.height() - inset
    return tuple(
        picture.pixelColor(x, y).name()[1:].upper()
        for x, y in ((inset, inset), (right, inset), (right, low), (inset, low))
    )


def test_a_picture_fills_the_stage_without_being_distorted(canvas: ImageCanvas) -> None:
    assert canvas.is_fitted
    assert canvas.zoom_percent == 500
    assert corners(canvas) == CORNERS
    canvas.resize(600, 300)
    assert canvas.zoom_percent == 500
    assert corners(canvas)[0] == STAGE, "the stage is seen beside it"


def test_turning_turns_the_view_only(canvas: ImageCanvas) -> None:
    image = canvas.image
    for number in range(1, 5):
        canvas.rotate()
        assert canvas.turn == 90 * number % 360
        canvas.resize(*((300, 400) if canvas.turn in (90, 270) else (400, 300)))
        turned = CORNERS[-number % 4 :] + CORNERS[: -number % 4]
        assert corners(canvas) == turned
    assert canvas.image is image


def test_zooming_goes_in_steps_to_its_ends(canvas: ImageCanvas) -> None:
    for _ in range(len(ZOOM_STEPS) + 2):
        canvas.zoom_in()
    assert canvas.zoom_percent == round(ZOOM_STEPS[-1] * 100)
    for _ in range(len(ZOOM_STEPS) + 2):
        canvas.zoom_out()
    assert canvas.zoom_percent == round(ZOOM_STEPS[0] * 100)
    canvas.fit()
    assert canvas.is_fitted
    canvas.zoom_exact()
    assert canvas.zoom_percent == round(100 / canvas.devicePixelRatioF())


def wheel(canvas: ImageCanvas, steps: int) -> None:
    event = QWheelEvent(QPointF(200, 150), QPointF(200, 150), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms(canvas: ImageCanvas) -> None:
    before = canvas.zoom_percent
    wheel(canvas, 1)
    assert canvas.zoom_percent > before
    wheel(canvas, -1)
    wheel(canvas, -1)
    assert canvas.zoom_percent < before


def test_a_double_click_shows_pixel_for_pixel_and_back(canvas: ImageCanvas) -> None:
    QTest.mouseDClick(canvas, LEFT)
    assert not canvas.is_fitted
    QTest.mouseDClick(canvas, LEFT)
    assert canvas.is_fitted


def drag(canvas: ImageCanvas, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, (start + end) / 2)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, LEFT, pos=end)


def test_a_zoomed_picture_is_moved_but_never_out_of_sight(canvas: ImageCanvas) -> None:
    clicks: list[bool] = []
    canvas.clicked.connect(lambda: clicks.append(True))
    for _ in range(5):
        canvas.zoom_in()
    drag(canvas, QPoint(50, 50), QPoint(350, 250))
    assert corners(canvas)[2] == CORNERS[0], "the upper left quarter was pulled to the lower right"
    for _ in range(20):
        drag(canvas, QPoint(10, 10), QPoint(390, 290))
    picture = canvas.grab().toImage()
    shown = {picture.pixelColor(x, y).name()[1:].upper() for x in range(0, 400, 5) for y in range(0, 300, 5)}
    assert shown & set(CORNERS), "it was pulled out of sight"
    assert clicks == [], "moving is no click"
    canvas.reset_view()
    assert corners(canvas) == CORNERS


def test_a_double_click_is_two_clicks_so_that_what_runs_goes_on(canvas: ImageCanvas) -> None:
    clicks: list[bool] = []
    canvas.clicked.connect(lambda: clicks.append(True))
    QTest.mouseClick(canvas, LEFT)
    QTest.mouseDClick(canvas, LEFT)
    assert len(clicks) == 2, "the first began what the second ends"
    clicks.clear()
    QTest.mousePress(canvas, LEFT)
    QTest.mouseMove(canvas, QPoint(300, 200))
    QTest.mouseRelease(canvas, LEFT, pos=QPoint(300, 200))
    assert clicks == []


def test_a_click_is_told_once(canvas: ImageCanvas) -> None:
    clicks: list[bool] = []
    canvas.clicked.connect(lambda: clicks.append(True))
    QTest.mouseClick(canvas, LEFT)
    QTest.mouseClick(canvas, Qt.MouseButton.RightButton)
    assert clicks == [True]


def test_an_empty_stage_can_be_handled_without_harm(theme: Theme) -> None:
    canvas = ImageCanvas()
    canvas.resize(400, 300)
    canvas.show()
    for act in (canvas.zoom_in, canvas.zoom_out, canvas.zoom_exact, canvas.fit, canvas.rotate, canvas.reset_view):
        act()
    wheel(canvas, 1)
    QTest.mouseDClick(canvas, LEFT)
    drag(canvas, QPoint(10, 10), QPoint(50, 50))
    canvas.say("nothing yet")
    assert set(corners(canvas)) == {STAGE}
    canvas.close()


def test_a_picture_of_one_pixel_and_a_huge_one_are_shown(canvas: ImageCanvas) -> None:
    for size in ((1, 1), (1, 5000), (8000, 2)):
        image = QImage(*size, QImage.Format.Format_RGB888)
        image.fill(QColor("#00FF00"))
        canvas.show_image(image)
        canvas.grab()
        canvas.zoom_exact()
        canvas.grab()
        canvas.fit()
