"""States in the window for what is missing: each a sentence and a way to Help."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from facevid_gui import trouble
from facevid_gui.bridge.session import Page
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.credentials.secret_store import STATES
from facevid_gui.diagnosis import checking
from tests.support.places import make_house
from tests.support.qt import pump_until
from tests.support.window_driver import Driver


def test_every_state_of_the_keyring_is_said_and_leads_to_help_unless_it_is_ready(driver: Driver) -> None:
    said = set()
    for state in STATES:
        driver.session.keyring = state
        driver.session.keyring_changed.emit()
        driver.settle()
        said.add(next(text for text in driver.texts(driver.window.statusBar()) if text.startswith("Keyring: ")))
        shown = [b for b in buttons(driver.window.statusBar()) if b.objectName() == "keyring_help_button"]
        assert any(b.isVisible() for b in shown) is (state != "ready"), state
    assert len(said) == len(STATES)


def buttons(part: QWidget) -> list[QPushButton]:
    return part.findChildren(QPushButton)


def test_the_button_beside_the_keyring_opens_the_page(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "CHECKS", ())
    driver.session.keyring = "locked"
    driver.session.keyring_changed.emit()
    driver.settle()
    driver.click("keyring_help_button")
    driver.dialog("help_dialog").close()


@pytest.mark.parametrize(("code", "leads"), [("clock", True), ("read_only", True), ("not_found", False)])
def test_an_answer_that_is_the_computers_fault_leads_to_help(driver: Driver, code: str, leads: bool) -> None:
    driver.show_page(Page("outcome", outcome=Outcome(OutcomeKind.REFUSED, code, 1, clock_offset_s=-900.0)))
    assert ("Help…" in [button.text() for button in buttons(driver.window.page.outcome)]) is leads
    assert any("-900 s" in text for text in driver.texts(driver.window.page.outcome))


def test_without_a_sound_device_the_button_says_what_to_do(driver: Driver) -> None:
    transport = driver.window.page.clip_view.transport
    transport.refresh_sound()
    assert not transport.mute_button.isEnabled()
    assert "Help (F1)" in transport.mute_button.toolTip()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_home_that_cannot_be_written_to_is_said_on_the_screen(
    application: Any, tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no window then; who clicked an icon sees no terminal."""
    monkeypatch.setattr("facevid_gui.diagnosis.video.probe", dict)
    (tmp_path / "file").write_text("in the way")
    house = make_house(tmp_path / "file" / "home", FACEVID_LANG=language)
    with pytest.raises(SurroundingsError) as caught:
        house.paths  # noqa: B018
    dialog = trouble.make_dialog(application, house, caught.value)
    dialog.show()
    pump_until(dialog.refresh_button.isEnabled)
    top = dialog.findChild(QWidget, "help_trouble")
    assert str(tmp_path / "file") in top.accessibleName()
    data = dialog.findChild(QWidget, "help_folder_data")
    assert ("needed, not in order" if language == "en" else "必需项有问题") in data.accessibleName()
    dialog.copy_button.click()
    dialog.close()
    pump_until(lambda: not any(t.objectName() == "help_dialog" for t in QApplication.topLevelWidgets()))


def test_off_screen_nothing_waits_for_a_click(application: Any, tmp_path: Path) -> None:
    trouble.tell(make_house(tmp_path), SurroundingsError("read_only", path="/x"))
    assert not [top for top in QApplication.topLevelWidgets() if top.objectName() == "help_dialog"]


def test_after_unlocking_look_again_tells_the_window(make_driver: Callable[..., Driver]) -> None:
    driver = make_driver()
    driver.session.keyring = "locked"
    driver.desktop.desks.help.look()
    driver.until(lambda: driver.session.keyring == "ready")
