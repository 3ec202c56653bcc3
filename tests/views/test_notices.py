"""Notices: bad news lies over the page until it was read and moves nothing; good news stands in the status bar."""

from PySide6.QtCore import QPoint

from facevid_gui.bridge.session import Notice, Page
from facevid_gui.core.errors import CancelledError, SubjectError, SurroundingsError
from facevid_gui.credentials.secret_store import STATES
from tests.support.window_driver import Driver
from tests.support.window_records import make_record, make_reviewed


def tell(driver: Driver, notice: Notice | None) -> None:
    driver.session.notice = notice
    driver.session.notice_changed.emit()
    driver.settle()


def test_bad_news_stays_over_the_page_until_it_was_read(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed()))
    places = {w.objectName(): w.geometry() for w in driver.window.page.findChildren(type(driver.window.page.banner))}
    tell(driver, Notice("bad", error=SurroundingsError("keyring_locked")))
    bar = driver.find("notice_bar")
    assert bar.isVisible()
    assert driver.window.page.rect().contains(bar.geometry())
    assert bar.property("tone") == "bad"
    assert driver.notice()
    assert bar.accessibleName() == driver.notice()
    assert {
        w.objectName(): w.geometry() for w in driver.window.page.findChildren(type(driver.window.page.banner))
    } == places
    driver.window.resize(1100, 700)
    driver.settle()
    assert driver.window.page.rect().contains(bar.geometry())
    close = next(b for b in bar.findChildren(type(driver.window.bar.profiles_button)))
    assert close.accessibleName() == "Close this notice"
    driver.click(close)
    assert not bar.isVisible()
    assert driver.session.notice is None


def test_a_warning_and_a_newer_notice_replace_the_one_before(driver: Driver) -> None:
    tell(driver, Notice("bad", error=SubjectError("media_changed", path="x")))
    first = driver.notice()
    tell(driver, Notice("warn", error=CancelledError()))
    assert driver.notice() != first
    assert driver.find("notice_bar").property("tone") == "warn"
    tell(driver, None)
    assert driver.notice() == ""


def test_good_news_stands_in_the_status_bar_for_a_while(driver: Driver) -> None:
    tell(driver, Notice("bad", error=SubjectError("media_changed", path="x")))
    tell(driver, Notice("ok", "notice.sealed", {"path": "/evidence/fv-1"}))
    assert driver.notice() == "", "good news takes the place of the bad news before"
    assert any("/evidence/fv-1" in text for text in driver.texts(driver.window.statusBar()))
    driver.window.statusBar().news_timer.timeout.emit()
    assert not any("/evidence/fv-1" in text for text in driver.texts(driver.window.statusBar()))


def test_a_failure_that_nobody_foresaw_is_told_once_with_the_place_of_the_log(driver: Driver) -> None:
    driver.desktop._alarm.emit()
    driver.settle()
    assert str(driver.desktop.house.paths.logs) in driver.notice()
    assert driver.find("notice_bar").property("tone") == "bad"


def test_the_status_bar_says_the_state_of_the_keyring_in_words(driver: Driver) -> None:
    said = set()
    for state in STATES:
        driver.session.keyring = state
        driver.session.keyring_changed.emit()
        said |= {text for text in driver.texts(driver.window.statusBar()) if text.startswith("Keyring: ")}
        assert driver.find("keyring_state").toolTip()
        assert driver.window.statusBar()._keyring_icon._color == ("muted" if state == "ready" else "warn")
    assert len(said) == len(STATES)


def test_it_lies_above_the_buttons_of_player_and_guide(driver: Driver) -> None:
    tell(driver, Notice("bad", error=SurroundingsError("keyring_locked")))
    bar, page = driver.find("notice_bar"), driver.window.page
    at_the_edge = bar.geometry()
    driver.show_page(Page("record", make_reviewed()))
    driver.settle()
    tops = page.clip_view.mapTo(page, QPoint()).y()
    assert bar.geometry().bottom() < tops
    driver.show_page(Page())
    driver.settle()
    assert bar.geometry() == at_the_edge, "without such a row it lies at the edge"
    driver.window.set_up.show_guide()
    assert not bar.isVisible(), "bad news of before does not lie over the guide"
    driver.until(lambda: driver.desktop.jobs.is_idle)
    tell(driver, Notice("bad", error=SurroundingsError("keyring_locked")))
    guide = driver.window.set_up.guide
    assert guide is not None
    assert bar.isVisible()
    assert bar.geometry().bottom() < guide.foot.mapTo(page, QPoint()).y()
    driver.window.resize(1100, 700)
    driver.settle()
    assert bar.geometry().bottom() < guide.foot.mapTo(page, QPoint()).y()


def test_bad_news_about_one_record_leaves_when_another_one_comes(driver: Driver) -> None:
    first, other = (make_reviewed(make_record("kyc", evidence_id=name)) for name in ("fv-one", "fv-other"))
    driver.show_page(Page("record", first))
    tell(driver, Notice("bad", error=SurroundingsError("keyring_locked")))
    driver.show_page(Page("record", first, unmasked=True))
    assert driver.notice(), "the same record, shown in another way"
    driver.show_page(Page("record", other))
    assert driver.notice() == ""
    assert driver.session.notice is None
    tell(driver, Notice("warn", error=CancelledError()))
    driver.show_page(Page("record", first))
    assert driver.notice(), "a warning may speak of another record: a deadline does"


def test_keys_that_are_gone_lead_to_the_profile(driver: Driver) -> None:
    tell(driver, Notice("bad", error=SurroundingsError("keys_not_kept", profile="mine")))
    assert "mine" in driver.notice()
    driver.click("notice_profile_button")
    assert driver.dialog("profiles_dialog").isVisible()
