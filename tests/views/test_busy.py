"""What lasts longer than a second says what it is, and can be stopped where that is possible."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from facevid_gui.bridge.session import Activity
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SubjectError
from facevid_gui.evidence import review
from facevid_gui.views.lookup_bar import LONG_MS, STOPPABLE
from tests.support.clocks import NOON
from tests.support.library_source import ListedLibrary
from tests.support.window_driver import Driver

WORK = ("open", "import", "seal", "keep", "purge", "trust", "export", "report")


def run(driver: Driver, what: str) -> None:
    driver.session.activity = Activity(what)
    driver.session.activity_changed.emit()
    driver.settle()


@pytest.mark.parametrize("what", WORK)
def test_after_a_second_it_says_what_it_is_and_offers_cancel_where_that_stops_it(driver: Driver, what: str) -> None:
    bar = driver.window.bar
    run(driver, what)
    assert bar.progress.isVisible(), "busy at once"
    assert not bar.cancel_button.isVisible(), "what is over in a moment flickers nothing"
    assert bar._long.isActive()
    assert bar._long.interval() == LONG_MS <= 1000
    bar._long.timeout.emit()
    driver.settle()
    assert bar.stage_text()
    assert not bar.stage_text().startswith("progress.")
    assert bar.cancel_button.isVisible() is (what in STOPPABLE)
    run(driver, "")
    assert not bar.cancel_button.isVisible()
    assert bar.stage_text() == ""
    assert not bar._long.isActive()


def test_work_that_follows_other_work_begins_its_second_anew(driver: Driver) -> None:
    bar = driver.window.bar
    run(driver, "open")
    bar._long.timeout.emit()
    run(driver, "import")
    assert not bar.cancel_button.isVisible()
    assert bar._long.isActive()


def test_opening_from_a_place_that_does_not_answer_can_be_left(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entered, released = threading.Event(), threading.Event()

    def hang(_folder: Path, _trust: object) -> review.Reviewed:
        entered.set()
        released.wait(30)
        raise SubjectError("not_found")  # looked at by nobody any more

    monkeypatch.setattr(review, "open_evidence", hang)
    driver.desktop.controller.open_folder(tmp_path)
    driver.until(entered.is_set)
    driver.window.bar._long.timeout.emit()
    driver.settle()
    driver.click("cancel_button")
    assert not driver.session.is_busy, "at once, although the disk has not answered"
    assert driver.session.page.kind == "empty"
    released.set()


def test_what_was_left_while_it_was_checked_is_not_logged_as_opened(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from facevid_gui.bridge import work

    token = CancelToken()
    logged: list[str] = []
    house = driver.desktop.house

    class Seen:
        verdict = None

    def checked(_folder: Path, _trust: object) -> Seen:
        token.cancel()
        return Seen()

    monkeypatch.setattr(review, "open_evidence", checked)
    monkeypatch.setattr(type(house.access_log), "add", lambda _self, event, *_, **__: logged.append(event))
    with pytest.raises(CancelledError):
        work.open_folder(house, tmp_path, None, token)
    assert logged == []


def test_reading_the_library_can_be_stopped_and_what_was_read_is_listed(driver: Driver) -> None:
    class Slow(ListedLibrary):
        def scan(self, _roots: object, token: CancelToken, tell: Callable[[int, int], None]) -> object:  # type: ignore[override]
            for _ in range(1000):
                tell(1, 1000)
                token.wait(0.02)  # ends the loop when it is stopped
            raise AssertionError("it was not stopped")

    driver.desktop.house.library = Slow([], NOON + timedelta())  # type: ignore[assignment]
    driver.desktop.desks.library.refresh()
    driver.until(lambda: driver.session.library.is_scanning and driver.session.library.done)
    driver.settle()
    driver.click("library_stop_button")
    driver.until(lambda: driver.desktop.desks.library.is_settled)
    assert driver.session.library.is_scanned
    assert "stopped" in driver.notice()
    assert not driver.find("library_stop_button").isVisible()


def test_the_list_of_what_has_expired_says_that_it_is_being_made(driver: Driver) -> None:
    driver.window.privacy_actions.show_expired()
    dialog = driver.dialog("expired_dialog")
    assert isinstance(dialog.waiting, QLabel)  # type: ignore[attr-defined]
    driver.until(lambda: dialog.waiting.isHidden())  # type: ignore[attr-defined]
    dialog.close()
