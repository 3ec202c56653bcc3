"""A window is there before what shows a record: what happens in between counts, and it can be left at any moment."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from facevid_gui.bridge.session import Session
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.messages import Messages
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.simulator.records import flow_id
from facevid_gui.views.main_window import MainWindow
from facevid_gui.views.theme import Theme
from tests.support.clocks import NOON
from tests.support.window_driver import Driver
from tests.support.window_scenarios import bury, make_desktop, make_home


@pytest.fixture
def bare(application: Any, tmp_path: Path) -> Iterator[Driver]:
    """A window as the first paint shows it."""
    driver = make_desktop(make_home(tmp_path / "home", keyring=True))
    driver.window.show()
    driver.settle()
    yield driver
    driver.window.close()
    theme = driver.desktop.theme
    application.styleHints().colorSchemeChanged.disconnect(theme.apply)
    theme.deleteLater()
    bury(driver)


def test_the_first_paint_says_what_to_do_next(bare: Driver) -> None:
    assert not bare.desktop.is_furnished
    words = bare.texts(bare.window)
    assert "Look up a record" in words
    assert "Scores, risk tags, questions and details of the record you open appear here." in words


def test_an_id_pasted_before_everything_is_there_is_recognised(bare: Driver) -> None:
    bare.paste("look_up_field", flow_id("One"))
    bare.press("look_up_field", Qt.Key.Key_Return)
    bare.desktop.furnish()
    assert bare.session.recognised.flow_id == flow_id("One")


def test_nothing_moves_when_the_rest_comes(bare: Driver) -> None:
    def places() -> list[Any]:
        shown = [label for label in bare.window.findChildren(QLabel) if label.isVisible() and label.text()]
        return [(label.text(), label.mapTo(bare.window, label.rect().topLeft()), label.size()) for label in shown]

    before = places()
    bare.desktop.furnish()
    bare.settle()
    assert places() == before


def test_it_can_be_left_before_everything_is_there(bare: Driver) -> None:
    bare.window.close()
    bare.desktop.shut_down()
    bare.desktop._go_on()
    assert not bare.desktop.is_furnished


def test_python_itself_collects_no_garbage_before_with_or_after_a_window(bare: Driver) -> None:
    """Parts of a window that has gone would be destroyed on whatever thread allocates."""
    assert not gc.isenabled()
    bare.start()
    bare.until(lambda: bare.desktop._collector is not None)
    assert not gc.isenabled()
    bare.window.close()
    assert not gc.isenabled()


def test_a_job_that_fails_as_nobody_foresaw_names_the_log(make_driver: Callable[..., Driver]) -> None:
    driver = make_driver()
    told: list[Any] = []

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    driver.desktop.jobs.submit("a job", fail, told.append, failed=told.append)
    driver.until(lambda: told)
    assert isinstance(told[0], SurroundingsError)
    assert told[0].params["log"] == str(driver.desktop.house.paths.logs)
    for log in driver.desktop.house.paths.logs.glob("*"):
        assert "ZeroDivisionError" in log.read_text("utf-8")
        log.write_text("")  # the fixture looks for failures that nobody foresaw


def test_on_a_computer_without_profiles_enter_begins_the_guide(bare: Driver) -> None:
    bare.desktop.furnish()
    bare.start()
    assert bare.window.focusWidget() is bare.find("guide_button")


def test_with_a_profile_an_id_can_be_typed_at_once(bare: Driver) -> None:
    bare.desktop.furnish()
    bare.choose_profile(make_profile("work", "ess", {"user_id": "yDUser"}))
    assert bare.window.focusWidget() is bare.find("look_up_field")


def test_f10_opens_the_menu(bare: Driver) -> None:
    bare.desktop.furnish()
    bare.press("look_up_field", Qt.Key.Key_F10)
    bare.until(bare.window.menu.isVisible)
    bare.window.menu.close()


def test_the_demo_says_what_it_is_in_its_title_and_at_its_foot(application: Any, tmp_path: Path) -> None:
    session = Session(examples=("simOrder0001",))
    window = MainWindow(Theme(application, "light"), Messages("en"), session, lambda: NOON)
    session.keyring = "ready"
    session.keyring_changed.emit()
    assert window.windowTitle() == "Demo, not evidence – facevid"
    keyring = window.findChild(QLabel, "keyring_state")
    assert keyring is not None
    assert keyring.text() == "Demo: nothing here stays"
    button = window.findChild(QPushButton, "demo_simOrder0001")
    assert button is not None
    assert button.accessibleDescription() == "passed; video, photo, a risk tag"
    window.deleteLater()
