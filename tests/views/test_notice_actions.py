"""The buttons of a notice, and how a deadline reaches somebody who looks elsewhere."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QSystemTrayIcon

from facevid_gui.bridge.session import Notice, Page
from facevid_gui.core.deadline import Deadline
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.evidence.library import LibraryEntry
from facevid_gui.views import notice_bar
from tests.support.clocks import NOON, StillClock
from tests.support.library_source import ListedLibrary
from tests.support.window_driver import Driver
from tests.support.window_records import make_record, make_reviewed

ID = "ab" * 16


def deadline_notice(driver: Driver) -> None:
    values = {"id": "yDflow1", "key": ID, "hours": "2", "minutes": "10", "others": "0"}
    driver.desktop.controller.notify(
        Notice("warn", "notice.deadline.full.one", values, actions=(("open", ID), ("save", ID)))
    )
    driver.settle()


def buttons(driver: Driver) -> list[str]:
    driver.settle()
    bar = driver.find("notice_bar")
    return [button.text() for button in bar.findChildren(QPushButton) if button.isVisible()]


@pytest.mark.parametrize("code", sorted(notice_bar.LACKS))
def test_what_the_computer_lacks_leads_to_help(driver: Driver, code: str) -> None:
    driver.desktop.controller.tell_error(SurroundingsError(code))
    asked = ["Profile…"] if code in notice_bar.KEYS_ASKED else []
    assert buttons(driver) == [*asked, "Help…"]
    shown: list[str] = []
    driver.window.help.show_help = lambda: shown.append("help")  # type: ignore[method-assign]
    driver.click("notice_help_button")
    assert shown == ["help"]
    assert driver.find("notice_bar").isVisible(), "it stays to be read beside the page"


def test_other_notices_have_no_buttons_and_those_of_the_one_before_are_gone(driver: Driver) -> None:
    deadline_notice(driver)
    assert buttons(driver) == ["Open", "Save evidence…"]
    driver.desktop.controller.notify(Notice("warn", "notice.busy"))
    assert buttons(driver) == []
    assert driver.window.page.rect().contains(driver.find("notice_bar").geometry())


def test_a_folder_that_holds_evidence_becomes_a_place(driver: Driver, tmp_path: Path) -> None:
    place = tmp_path / "share"
    (place / f"fv-20260311T080000Z-ess-{ID}").mkdir(parents=True)
    driver.desktop.desks.packages.open(place)
    driver.until(lambda: driver.session.notice is not None)
    assert driver.session.page.kind == "empty"
    assert "holds 1 evidence folder" in driver.find("notice_bar").accessibleName()
    driver.click("notice_add_place_button")
    driver.until(lambda: place in driver.session.evidence_roots)
    assert driver.session.notice is None
    driver.desktop.desks.packages.open(place)
    driver.until(lambda: driver.session.notice is not None)
    assert buttons(driver) == []


def test_a_place_that_cannot_be_added_is_told(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise SurroundingsError("disk_full", path="settings.json")

    monkeypatch.setattr("facevid_gui.bridge.root_desk.add_root", refuse)
    driver.desktop.controller.notify(Notice("bad", "notice.busy", actions=(("add_place", "/srv/share"),)))
    driver.settle()
    driver.click("notice_add_place_button")
    driver.until(lambda: driver.session.notice is not None and driver.session.notice.error is not None)
    assert driver.session.notice is not None
    assert driver.session.notice.error is not None
    assert driver.session.notice.error.code == "disk_full"


def test_open_opens_the_record_and_the_notice_goes(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(driver.desktop.controller, "open_capture", opened.append)
    deadline_notice(driver)
    driver.click("notice_open_button")
    assert opened == [ID]
    assert driver.session.notice is None
    driver.show_page(Page("record", make_reviewed(make_record(evidence_id=ID))))
    assert not driver.has_dialog()


def test_save_opens_the_record_and_asks(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver.desktop.controller, "open_capture", lambda _key: None)
    deadline_notice(driver)
    driver.click("notice_save_button")
    assert not driver.has_dialog()
    driver.show_page(Page("record", make_reviewed(make_record(evidence_id=ID))))
    driver.dialog("save_dialog").close()
    deadline_notice(driver)  # the record is open already
    driver.click("notice_save_button")
    driver.dialog("save_dialog").close()


def test_what_was_to_be_saved_is_forgotten_when_another_record_is_opened(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver.desktop.controller, "open_capture", lambda _key: None)
    deadline_notice(driver)
    driver.click("notice_save_button")
    for evidence_id in ("cd" * 16, ID):
        driver.show_page(Page("record", make_reviewed(make_record(evidence_id=evidence_id))))
        driver.settle()
    assert not driver.has_dialog()


@pytest.mark.parametrize("in_front", [True, False])
def test_the_desktop_is_told_only_when_the_window_is_not_in_front_and_no_name_leaves(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, *, in_front: bool
) -> None:
    sent: list[str] = []
    alerts: list[Any] = []
    monkeypatch.setattr("facevid_gui.system_notice.notify", lambda *said: sent.append(" ".join(said)) or True)
    monkeypatch.setattr(QApplication, "alert", lambda *said: alerts.append(said))
    monkeypatch.setattr(driver.window, "isActiveWindow", lambda: in_front)
    driver.desktop.house.clock = StillClock()
    until = NOON + timedelta(hours=2)
    entry = LibraryEntry(Path("/c") / ID, ID, "complete", "ess", flow_id="yDflow1", person="李四", media=1,
                         deadline=Deadline(until, until))  # fmt: skip
    driver.desktop.house.__dict__["library"] = ListedLibrary([entry], NOON)
    driver.desktop.desks.deadlines.look()
    driver.until(lambda: driver.session.notice is not None and driver.desktop.jobs.is_idle)
    assert "yDflow1" in driver.notice()
    assert alerts == [(driver.window, 0)]
    assert len(sent) == (0 if in_front else 1)
    for text in sent:
        assert "yDflow1" not in text
        assert "李四" not in text
        assert ID not in text
        assert "2026-03-05 22:00" in text


def test_a_tray_icon_is_there_for_as_long_as_its_message(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[str, str]] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _self, title, text, *_: shown.append((title, text)))
    desk, actions = driver.desktop.desks.deadlines, driver.window.notices
    desk.tray_wanted.emit("Title", "Text")
    assert shown == [("Title", "Text")]
    assert actions._tray is not None
    assert actions._tray.isVisible()
    driver.window.showMinimized()
    actions._tray.messageClicked.emit()
    assert driver.window.isVisible()
    actions._tray_end.timeout.emit()
    assert not actions._tray.isVisible()


def test_without_a_tray_nothing_is_made(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    driver.desktop.desks.deadlines.tray_wanted.emit("Title", "Text")
    assert driver.window.notices._tray is None


def test_it_can_be_switched_off_in_the_settings(driver: Driver, make_driver: Callable[..., Driver]) -> None:
    driver.window.show_settings()
    driver.go_to_section("privacy")
    driver.click("deadline_box")
    assert not driver.find("deadline_hours_box").isEnabled()
    driver.click("save_settings_button")
    driver.until(lambda: not driver.desktop.desks.settings.settings.deadline_warn)


def test_a_damaged_settings_file_can_be_set_aside_from_the_notice(
    make_driver: Callable[..., Driver], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    driver = make_driver(home=home)
    file = home / "config" / "settings.json"
    for other in ("profiles.json", "home.json"):
        driver.desktop.controller.tell_error(SurroundingsError("config_damaged", path=file.with_name(other)))
        assert buttons(driver) == ["Help…"], "only the settings can be done without"
    driver.desktop.controller.notify(None)
    file.write_bytes(b"{broken")
    driver.desktop.desks.settings.read()
    driver.until(lambda: driver.session.notice is not None and driver.desktop.jobs.is_idle)
    assert buttons(driver) == ["Set the file aside", "Help…"]
    driver.click("notice_set_aside_button")
    driver.until(lambda: driver.desktop.jobs.is_idle and "settings.json.damaged-" in driver.notice())
    assert buttons(driver) == []
    assert [path.read_bytes() for path in file.parent.glob("settings.json.damaged-*")] == [b"{broken"]
    assert not file.exists()
