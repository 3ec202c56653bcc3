"""The timeline by hand: what stands where, what a pointer chooses and looks at; no preview is of another frame."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from facevid_gui.bridge.exact import ExactFrame
from facevid_gui.bridge.places import Marks
from facevid_gui.bridge.screening import FILMSTRIP_FRAMES
from facevid_gui.core.clip import AudioFacts, ClipFacts, VideoFacts
from facevid_gui.core.messages import Messages
from facevid_gui.views.theme import Theme
from facevid_gui.views.timeline import FILM, HEIGHT, LANE, SOUND, Timeline
from tests.support.media_clips import make_sound_only
from tests.support.window_driver import Driver

LEFT = Qt.MouseButton.LeftButton
WIDTH = 480
TIMES = tuple(range(0, 1_000_000, 40_000))
VIDEO = VideoFacts("h264", "", 8, 8, 0, 25.0, "yuv420p", 25)
FACTS = ClipFacts("mp4", "isom", 0, 1_000_000, 1, VIDEO, AudioFacts("aac", 16_000, 1), TIMES, (0,), 1_000_000)
FILM_ROW, SOUND_ROW = LANE + FILM // 2, HEIGHT - SOUND // 2


def colored(color: str) -> QImage:
    image = QImage(40, 30, QImage.Format.Format_RGB888)
    image.fill(QColor(color))
    return image


def frame(number: int, color: str = "#FF0000") -> ExactFrame:
    return ExactFrame("clip", number, TIMES[number], colored(color))


@pytest.fixture
def strip(theme: Theme) -> Iterator[Timeline]:
    window = QWidget()
    window.resize(WIDTH + 40, 400)
    strip = Timeline(theme, Messages("en"), "Timeline")
    strip.setParent(window)
    strip.setGeometry(20, 250, WIDTH, HEIGHT)
    window.show()
    yield strip
    window.close()


def color_at(strip: Timeline, x: int, y: int) -> str:
    return strip.grab().toImage().pixelColor(x, y).name()


def hover(strip: Timeline, x: int) -> None:
    QTest.mouseMove(strip, QPoint(x, FILM_ROW))


def test_a_click_or_a_drag_goes_to_that_time(strip: Timeline) -> None:
    chosen: list[int] = []
    strip.time_chosen.connect(chosen.append)
    QTest.mouseClick(strip, LEFT, pos=QPoint(100, FILM_ROW))
    assert chosen == [], "there is no clip yet"
    strip.show_clip(FACTS)
    QTest.mouseClick(strip, LEFT, pos=QPoint(WIDTH // 2, FILM_ROW))
    assert chosen == [500_000]
    QTest.mousePress(strip, LEFT, pos=QPoint(0, FILM_ROW))
    for x in (200, 400, 900, -50):
        QTest.mouseMove(strip, QPoint(x, FILM_ROW))
    QTest.mouseRelease(strip, LEFT, pos=QPoint(200, FILM_ROW))
    assert chosen[1] == 0
    assert all(TIMES[0] <= time <= TIMES[-1] for time in chosen)
    QTest.mouseClick(strip, Qt.MouseButton.RightButton, pos=QPoint(9, FILM_ROW))
    assert chosen[-1] != strip._time_at(9)


def test_small_frames_stand_where_their_time_lies(strip: Timeline) -> None:
    """Room for six cells of 167 ms; none where the very frame is not here yet."""
    strip.show_clip(FACTS)
    assert color_at(strip, 20, FILM_ROW) not in ("#ff0000", "#00ff00")
    strip.add_thumbnail(frame(0, "#FF0000"))
    strip.add_thumbnail(frame(12, "#00FF00"))
    assert strip.thumbnails == (0, 12)
    colors = [color_at(strip, x, FILM_ROW) for x in range(20, WIDTH, WIDTH // 6)]
    empty = colors[1]
    assert empty not in ("#ff0000", "#00ff00")
    assert colors == ["#ff0000", empty, empty, "#00ff00", empty, empty]
    strip.show_clip(None)
    assert strip.thumbnails == ()
    assert not strip.isEnabled()


def test_before_the_first_picture_there_is_none(strip: Timeline) -> None:
    """The sound of this clip comes a second before its pictures."""
    late = tuple(1_000_000 + time for time in TIMES)
    strip.show_clip(ClipFacts("mp4", "", 0, 2_000_000, 2, VIDEO, None, late, (0,), 2_000_000))
    strip.add_thumbnail(ExactFrame("clip", 0, late[0], colored("#FF0000")))
    assert color_at(strip, WIDTH // 4, FILM_ROW) != "#ff0000"
    assert color_at(strip, WIDTH // 2 + 9, FILM_ROW) == "#ff0000"


def test_pictures_of_variable_rate_fill_the_time_they_last(strip: Timeline) -> None:
    """One picture lasts nine tenths of the clip."""
    times = (0, 20_000, 40_000, 900_000)
    strip.show_clip(ClipFacts("mp4", "", 0, 1_000_000, 1, VIDEO, None, times, (0,), 1_000_000))
    for number, color in ((0, "#FF0000"), (2, "#00FF00"), (3, "#0000FF")):
        strip.add_thumbnail(ExactFrame("clip", number, times[number], colored(color)))
    colors = [color_at(strip, x, FILM_ROW) for x in range(20, WIDTH, WIDTH // 6)]
    assert colors == ["#ff0000"] + ["#00ff00"] * 5


def test_behind_the_pictures_and_where_none_decodes_the_strip_is_empty(strip: Timeline) -> None:
    """The pictures end at 0.4 of 1 s; of frame 4 (0.16 s) nothing came."""
    strip.show_clip(ClipFacts("mp4", "", 0, 1_000_000, 1, VIDEO, None, TIMES[:10], (0,), 400_000))
    for number in (0, 8, 9):
        strip.add_thumbnail(frame(number))
    colors = [color_at(strip, x, FILM_ROW) for x in range(20, WIDTH, WIDTH // 6)]
    assert [color == "#ff0000" for color in colors] == [True, False, True, False, False, False]


def test_in_a_long_clip_the_key_frame_before_stands_there(strip: Timeline) -> None:
    times = tuple(range(0, 4_000_000, 1000))
    strip.show_clip(ClipFacts("mp4", "", 0, 4_000_000, 1, VIDEO, None, times, (0, 2000), 4_000_000))
    for number, color in ((0, "#FF0000"), (2000, "#00FF00")):
        strip.add_thumbnail(ExactFrame("clip", number, times[number], colored(color)))
    colors = [color_at(strip, x, FILM_ROW) for x in range(20, WIDTH, WIDTH // 6)]
    assert colors == ["#ff0000"] * 3 + ["#00ff00"] * 3


@pytest.mark.parametrize("width", [300, 480, 1000, 2500])
@pytest.mark.parametrize("size", [(30, 40), (40, 30), (96, 54)])
def test_a_picture_is_shown_whole_in_height_at_any_width(strip: Timeline, width: int, size: tuple[int, int]) -> None:
    """Its first and last rows are red: no head is cut off however wide the window is."""
    image = QImage(*size, QImage.Format.Format_RGB888)
    image.fill(QColor("#0000FF"))
    for row in (*range(size[1] // 4), *range(size[1] * 3 // 4, size[1])):
        for column in range(size[0]):
            image.setPixelColor(column, row, QColor("#FF0000"))
    strip.window().resize(width + 40, 400)
    strip.setGeometry(20, 250, width, HEIGHT)
    strip.show_clip(FACTS)
    for number in range(25):
        strip.add_thumbnail(ExactFrame("clip", number, TIMES[number], image))
    assert color_at(strip, 12, LANE + 4) == "#ff0000"
    assert color_at(strip, 12, LANE + FILM // 2) == "#0000ff"
    assert color_at(strip, 12, LANE + FILM - 4) == "#ff0000"
    if width >= 480:
        shown = size[0] * FILM // size[1]
        assert color_at(strip, shown - 4, FILM_ROW) == "#0000ff", "and whole in width"


def test_the_place_moves(strip: Timeline, theme: Theme) -> None:
    strip.show_clip(FACTS)
    accent = theme.color("accent").name()
    for time in (240_000, 800_000):
        strip.show_position(time)
        assert color_at(strip, time * WIDTH // 1_000_000, FILM_ROW) == accent


def test_loud_places_stand_out_and_silence_is_said(strip: Timeline, theme: Theme) -> None:
    strip.show_clip(FACTS)
    strip.show_position(0)
    strip.show_sound(bytes([2] * 50 + [200] * 50))
    quiet, loud = theme.color("muted").name(), theme.color("accent").name()
    assert color_at(strip, WIDTH * 3 // 4, SOUND_ROW - 8) == loud
    assert color_at(strip, WIDTH // 4, SOUND_ROW - 8) not in (loud, quiet)
    assert color_at(strip, WIDTH // 4, SOUND_ROW) == quiet, "a quiet place is a thin line"
    assert strip._sound_words == ""
    strip.show_sound(bytes(100))
    assert strip._sound_words == "the sound track is silent"
    strip.say_no_sound("check")
    assert strip._sound_words == "the sound track is silent"
    strip.say_no_sound("sound")
    assert strip._sound_words == "the sound track cannot be decoded"
    strip.show_clip(ClipFacts("mp4", "", 0, 1_000_000, 1, VIDEO, None, TIMES, (0,)))
    assert strip._sound_words == "no sound track"
    assert strip.peaks == b""


def test_what_lies_outside_the_marks_recedes(strip: Timeline) -> None:
    strip.show_clip(FACTS)
    for number in range(25):
        strip.add_thumbnail(frame(number))
    strip.show_marks(Marks(6, 18))  # from 0.24 s to the end of frame 18 at 0.76 s
    inside, outside = color_at(strip, WIDTH // 2, FILM_ROW), color_at(strip, 20, FILM_ROW)
    assert inside == "#ff0000"
    assert outside != inside
    assert color_at(strip, WIDTH * 74 // 100, FILM_ROW) == inside
    assert color_at(strip, WIDTH * 86 // 100, FILM_ROW) == outside
    strip.show_marks(Marks(None, 18))
    assert color_at(strip, 20, FILM_ROW) == inside
    strip.show_marks(Marks())
    assert color_at(strip, WIDTH * 86 // 100, FILM_ROW) == inside


def test_a_marker_is_shown_named_and_gone_to(strip: Timeline, theme: Theme) -> None:
    chosen: list[int] = []
    strip.time_chosen.connect(chosen.append)
    strip.show_clip(FACTS)
    strip.set_markers([(760_000, "Answers <b>yes</b>"), (240_000, "Looks away")])
    assert color_at(strip, 240_000 * WIDTH // 1_000_000, 2) == theme.color("warn").name()
    near = 760_000 * WIDTH // 1_000_000 + 4
    hover(strip, near)
    assert strip.preview._label.text() == "Answers <b>yes</b>"
    assert strip.preview._label.textFormat() == Qt.TextFormat.PlainText
    QTest.mouseClick(strip, LEFT, pos=QPoint(near, 3))
    assert chosen == [760_000]
    hover(strip, 100)
    assert strip.preview._label.isHidden()


def test_the_preview_is_of_the_frame_a_click_leads_to_and_of_no_other(strip: Timeline) -> None:
    wanted: list[int] = []
    chosen: list[int] = []
    strip.preview_wanted.connect(wanted.append)
    strip.time_chosen.connect(chosen.append)
    hover(strip, 30)
    assert wanted == [], "there is no clip yet"
    strip.show_clip(FACTS)
    hover(strip, 240)
    assert wanted == [12]
    assert strip.preview.isVisible()
    assert strip.preview.words == "Frame 13 / 25 · 00:00.480"
    assert strip.preview.picture is None, "not here yet"
    strip.show_preview(frame(11))
    assert strip.preview.picture is None, "that is another one"
    strip.show_preview(frame(12, "#00FF00"))
    assert strip.preview.picture == colored("#00FF00")
    hover(strip, 241)
    assert wanted == [12], "the same frame is not asked for again"
    hover(strip, 300)
    assert wanted == [12, 15]
    assert strip.preview.picture is None, "the frame before does not stand in for it"
    QTest.mouseClick(strip, LEFT, pos=QPoint(300, FILM_ROW))
    assert FACTS.frame_at(chosen[-1]) == 15
    strip.say_no_preview(15)
    assert strip.preview.words == "Frame 16 cannot be decoded; go on to the next one"
    assert strip.preview._words.width() >= strip.preview._words.sizeHint().width(), "all of it is to be read"
    assert strip.preview.rect().contains(strip.preview._words.geometry())
    QApplication.sendEvent(strip, QEvent(QEvent.Type.Leave))
    assert strip.preview.isHidden()
    strip.show_preview(frame(15))
    assert strip.preview.picture is None


@pytest.mark.parametrize("x", [0, 5, WIDTH - 1])
def test_the_preview_stays_inside_the_window_and_lets_the_pointer_through(strip: Timeline, x: int) -> None:
    strip.show_clip(FACTS)
    hover(strip, x)
    preview, window = strip.preview, strip.window()
    assert window.rect().contains(preview.geometry())
    assert preview.geometry().bottom() < strip.geometry().top()
    assert preview.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def test_keys_step(strip: Timeline) -> None:
    steps: list[int] = []
    strip.step_wanted.connect(steps.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_A):
        QTest.keyClick(strip, key)
    assert steps == [-1, 1, -10, 10]


@pytest.mark.parametrize("width", [0, 1, 7])
def test_the_narrowest_strip_and_the_shortest_clip_are_painted(strip: Timeline, width: int) -> None:
    strip.resize(width, HEIGHT)
    one = ClipFacts("mp4", "", 0, 0, 1, VIDEO, None, (0,), (0,))
    for facts in (FACTS, one):
        strip.show_clip(facts)
        strip.add_thumbnail(ExactFrame("clip", 0, 0, colored("#FF0000")))
        strip.show_sound(b"\x01\xff")
        strip.show_marks(Marks(0, 0))
        strip.set_markers([(0, "x"), (10**12, "y")])
        strip.grab()


def test_the_real_clip_of_a_record_fills_it(make_driver: Any) -> None:
    """Through the window: small frames, sound, a preview and its picture, marks, all facts."""
    from facevid_gui.resources import resource

    driver = make_driver()
    driver.window.page._stack.setCurrentIndex(1)
    view, screening = driver.window.page.clip_view, driver.desktop.screening
    screening.load(resource("demo/question.mp4").read_bytes())
    driver.until(lambda: len(view.timeline.thumbnails) == FILMSTRIP_FRAMES and view.timeline.peaks)
    driver.until(lambda: "all 150 frames decoded" in view.health.label.text())
    assert max(view.timeline.peaks) > 60
    view.timeline._hover(view.timeline.width() / 2)
    driver.until(lambda: view.timeline.preview.picture is not None)
    assert view.timeline.preview.picture.height() == 132
    driver.click(view.transport.first_button)
    assert screening.loop.marks == Marks(0, None)
    view.set_markers([(1_000_000, "x")])
    driver.click("recording_button")
    text = driver.dialog("text_dialog").text.toPlainText()
    assert "Decoded one by one: 150 frames" in text
    assert "     51  IPPP" in text
    driver.press("text_dialog", Qt.Key.Key_Escape)
    screening.unload()
    assert (view.timeline._markers, view.health.label.text()) == ((), " ")
    assert not view.health.button.isEnabled()


def test_a_refused_clip_is_described_and_its_facts_can_be_read(driver: Driver) -> None:
    line, screening = driver.window.page.clip_view.health, driver.desktop.screening
    assert not line.button.isEnabled()
    screening.load(make_sound_only())
    driver.until(lambda: screening.state == "failed" and line.button.isEnabled())
    assert "MP4" in line.label.text()
    assert "sound AAC 48 kHz" in line.label.text()
    assert "InvalidDataError" not in driver.window.page.stage.canvas._message.text()
    assert "Sound alone is not played here" in driver.window.page.stage.canvas._message.text()
    line.button.click()
    text = driver.dialog("text_dialog")
    assert "Stream: audio AAC" in text.text.toPlainText()
    text.close()
    screening.unload()
    assert not line.button.isEnabled()
