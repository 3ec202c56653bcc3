"""Library and findings give way where there is no room, and come back; low windows keep transport and pictures."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from facevid_gui.bridge.session import Page
from facevid_gui.bridge.window_state import read_window_state
from facevid_gui.core.verdict import Verdict
from tests.support.window_driver import Driver
from tests.support.window_records import clip, make_record, make_reviewed, make_verdict, reasons

PORTRAIT = (480, 640)


def shown(driver: Driver) -> tuple[bool, bool]:
    window = driver.window
    seen = (window.library.isVisible(), window.findings.isVisible())
    assert seen == tuple(button.isChecked() for button in window.splitter.buttons.values())
    return seen


def be_wide(driver: Driver, width: int, height: int = 860) -> None:
    driver.window.resize(width, height)
    driver.settle()


def open_record(driver: Driver, verdict: Verdict = Verdict.VERIFIED) -> None:
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    found = make_verdict(verdict, reasons=reasons("changed") if verdict is Verdict.ALTERED else ())
    record = make_record("kyc", clips=(clip(),), photos=(clip("photo"),))
    driver.show_page(Page("record", make_reviewed(record, found)))
    image = QImage(*PORTRAIT, QImage.Format.Format_RGB888)
    image.fill(0)
    driver.window.page.stage.canvas.show_image(image)
    driver.window.page.photo.show_photo(image, "Photo")
    driver.settle()


@pytest.mark.parametrize("width", [910, 960, 1024])
def test_where_there_is_no_room_the_library_goes_and_comes_back(driver: Driver, width: int) -> None:
    """910: 1366 pixels at 150 %; 960: 1920 pixels at 200 %."""
    be_wide(driver, 1360)
    before = driver.window.splitter.sizes()
    assert shown(driver) == (True, True)
    be_wide(driver, width)
    assert driver.window.width() == width
    assert shown(driver) == (False, True)
    findings = driver.window.findings
    right = findings.mapTo(driver.window, findings.rect().topRight()).x()
    assert right <= width, "the findings are on the screen"
    be_wide(driver, 1360)
    assert shown(driver) == (True, True)
    assert driver.window.splitter.sizes() == before


def test_in_a_narrow_window_the_side_asked_for_takes_the_place_of_the_other(driver: Driver) -> None:
    be_wide(driver, 960)
    driver.click("library_pane_button")
    assert shown(driver) == (True, False)
    driver.click("library_pane_button")
    assert shown(driver) == (False, False)
    driver.click("findings_pane_button")
    assert shown(driver) == (False, True)
    be_wide(driver, 970)
    assert shown(driver) == (False, True)


def test_what_was_put_away_stays_away_also_the_next_time(make_driver: Callable[..., Driver], tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = make_driver(home=home)
    be_wide(first, 1400)
    first.click("library_pane_button")
    assert shown(first) == (False, True)
    be_wide(first, 1500)
    assert shown(first) == (False, True)
    first.window.close()
    first.desktop.shut_down()
    assert not read_window_state(home / "state").library
    second = make_driver(home=home)
    assert shown(second) == (False, True)
    second.click("library_pane_button")
    assert shown(second) == (True, True)


def test_the_whole_screen_puts_both_away_and_brings_back_what_was_there(driver: Driver) -> None:
    open_record(driver)
    be_wide(driver, 960, 700)
    driver.window.stage_screen.enter()
    driver.settle()
    assert (driver.window.library.isVisible(), driver.window.findings.isVisible()) == (False, False)
    driver.window.stage_screen.leave()
    driver.settle()
    assert shown(driver) == (False, True)


@pytest.mark.parametrize("width", [960, 1360])
def test_the_library_over_the_whole_window_is_there_at_any_width(driver: Driver, width: int) -> None:
    be_wide(driver, width)
    before = shown(driver)
    driver.window.library_part.wide_action.trigger()
    for size in (width, width + 10, width):
        be_wide(driver, size)
        assert shown(driver) == (True, False)
        assert not driver.window.page.isVisible()
        assert driver.window.library.width() > size - 20
    driver.window.library_part.wide_action.trigger()
    driver.settle()
    assert shown(driver) == before
    assert driver.window.page.isVisible()


@pytest.mark.parametrize("verdict", [Verdict.VERIFIED, Verdict.ALTERED])
def test_in_a_low_window_banner_pictures_and_transport_are_in_sight_at_once(driver: Driver, verdict: Verdict) -> None:
    be_wide(driver, 1024, 640)
    open_record(driver, verdict)
    page = driver.window.page
    for part in (page.banner, page.stage.canvas, page.photo.canvas, page.clip_view.transport.play_button):
        assert part.visibleRegion().boundingRect().height() == part.height(), part.objectName()
    assert page.stage.canvas.height() >= 120
    assert page.banner.height() <= 80


def test_the_flat_banner_opens_out_and_what_is_bad_is_said_at_once(driver: Driver) -> None:
    open_record(driver, Verdict.ALTERED)
    banner = driver.window.page.banner
    be_wide(driver, 1360)
    assert banner.text.isVisible()
    assert not banner.details_button.isVisible()
    be_wide(driver, 1024, 640)
    assert not banner.text.isVisible()
    assert banner.line.isVisible()
    assert "changed" in banner.line.text()
    driver.click("banner_details_button")
    assert banner.text.isVisible()
    assert not banner.line.isVisible()
    open_record(driver)
    assert not banner.text.isVisible(), "another record is short again"
    assert not banner.line.isVisible()
