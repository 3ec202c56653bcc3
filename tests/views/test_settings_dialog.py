"""The settings: what is chosen is in force once it is written, and is there at the next start."""

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QSpinBox

from facevid_gui.house import House
from tests.support.window_driver import Driver


def open_dialog(driver: Driver) -> None:
    driver.desktop.desks.settings.read()
    driver.until(lambda: driver.desktop.jobs.is_idle)
    driver.window.show_settings()
    driver.dialog("settings_dialog")
    driver.until(lambda: driver.desktop.jobs.is_idle)
    driver.go_to_section("privacy")


def file_of(home: Path) -> dict[str, object]:
    data: dict[str, object] = json.loads((home / "config" / "settings.json").read_text("utf-8"))
    return data


def test_the_menu_leads_there(driver: Driver) -> None:
    action = next(action for action in driver.window.menu.actions() if action.text() == "Settings…")
    action.trigger()
    assert driver.dialog("settings_dialog").isVisible()
    assert driver.find("watermark_box", QCheckBox).isChecked() is False
    assert driver.find("lock_box", QCheckBox).isChecked() is True


def test_what_is_chosen_is_written_and_in_force(make_driver: Callable[..., Driver], tmp_path: Path) -> None:
    home = tmp_path / "home"
    driver = make_driver(home=home)
    (home / "config" / "settings.json").write_text(json.dumps({"retention_days": 90, "mine": "kept"}))
    open_dialog(driver)
    assert not driver.find("watermark_field", QLineEdit).isEnabled()
    driver.click("watermark_box")
    driver.type("watermark_field", "李调查 desk 7")
    driver.find("idle_box", QCheckBox).setChecked(True)
    driver.find("minutes_box", QSpinBox).setValue(12)
    driver.go_to_section("look")
    driver.pick("language_box", "zh_CN")
    driver.click("save_settings_button")
    driver.until(lambda: not driver.has_dialog())
    settings = driver.desktop.desks.settings.settings
    assert (settings.watermark, settings.watermark_text, settings.hide_when_idle) == (True, "李调查 desk 7", True)
    assert (settings.idle_minutes, settings.language, settings.retention_days) == (12, "zh_CN", 90)
    kept = file_of(home)
    assert (kept["watermark_text"], kept["idle_minutes"], kept["mine"]) == ("李调查 desk 7", 12, "kept")
    open_dialog(driver)
    assert driver.find("watermark_field", QLineEdit).text() == "李调查 desk 7"
    assert driver.find("language_box", QComboBox).currentData() == "zh_CN"


def test_going_back_changes_nothing(make_driver: Callable[..., Driver], tmp_path: Path) -> None:
    home = tmp_path / "home"
    driver = make_driver(home=home)
    open_dialog(driver)
    driver.click("watermark_box")
    QTest.keyClick(driver.dialog("settings_dialog"), Qt.Key.Key_Escape)
    driver.until(lambda: not driver.has_dialog())
    assert not (home / "config" / "settings.json").exists()
    assert driver.desktop.desks.settings.settings.watermark is False


def test_settings_that_cannot_be_written_are_told_in_the_dialog(
    make_driver: Callable[..., Driver], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    driver = make_driver(home=home)
    open_dialog(driver)
    (home / "config" / "settings.json").write_bytes(b"{")
    driver.click("watermark_box")
    driver.click("save_settings_button")
    driver.until(lambda: driver.find("dialog_error", QLabel).text().strip())
    assert "settings.json" in driver.find("dialog_error", QLabel).text()
    assert driver.find("save_settings_button").isEnabled()
    assert (home / "config" / "settings.json").read_bytes() == b"{", "what is damaged is left alone"
    assert driver.desktop.desks.settings.settings.watermark is False


def test_the_language_is_that_of_the_next_start(tmp_path: Path) -> None:
    environ = {"FACEVID_HOME": str(tmp_path / "home"), "LANG": "en_US.UTF-8"}
    House(environ).settings_file.change({"language": "zh_CN"})
    assert House(environ).messages.language == "zh_CN"
    assert House({**environ, "FACEVID_LANG": "en"}).messages.language == "en"
    House(environ).settings_file.change({"language": ""})
    assert House(environ).messages.language == "en"


def test_words_are_there_before_a_home_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert House({"FACEVID_HOME": str(home), "LANG": "zh_CN.UTF-8"}).messages.language == "zh_CN"
    assert not home.exists(), "asking for words makes no home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.json").write_bytes(b"{")
    assert House({"FACEVID_HOME": str(home), "LANG": "en"}).messages.language == "en"
