"""Dialogs about privacy: the access log, what is stored, what expires, reasons; and forms on a low screen."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QTableView,
    QWidget,
)

from facevid_gui.core.clock import Clock
from facevid_gui.core.expiry import Keeping
from facevid_gui.demo import add_profiles
from facevid_gui.evidence.access_log import AccessLog
from facevid_gui.simulator.server import Simulator
from facevid_gui.views.save_dialog import FormDialog
from tests.support.places import look_up_order
from tests.support.window_records import NOW, make_entry, make_record, make_reviewed, make_verdict

FIRST, SECOND = "a" * 32, "b" * 32


@pytest.fixture
def logged(driver: Any) -> Any:
    """A window on a home in which two people did things on two records."""
    path = driver.desktop.house.paths.access_log
    for operator, subject in (("li", FIRST), ("wang", FIRST), ("wang", SECOND)):
        log = AccessLog(path, Clock(), operator)
        log.add("opened", subject, reason="court order 7/2026")
        log.add("looked_at", subject, **{"media/liveness.mp4": "played 0-3200 ms at 1"})
    return driver


def cells(driver: Any) -> list[list[str]]:
    model = driver.find("access_table", QTableView).model()
    return [[model.index(row, column).data() for column in range(model.columnCount())]
            for row in range(model.rowCount())]  # fmt: skip


def show_log(driver: Any) -> Any:
    driver.window.privacy_actions.log_action.trigger()
    dialog = driver.dialog("access_dialog")
    driver.until(lambda: driver.desktop.jobs.is_idle)
    return dialog


def test_the_log_is_narrowed_by_operator_event_and_day(logged: Any) -> None:
    show_log(logged)
    assert len(cells(logged)) == 6
    assert "chain holds" in logged.find("access_state", QLabel).text()
    logged.find("access_operator_box", QComboBox).setCurrentIndex(2)
    logged.until(lambda: len(cells(logged)) == 4)
    event = logged.find("access_event_box", QComboBox)
    event.setCurrentIndex(event.findData("looked_at"))
    logged.until(lambda: len(cells(logged)) == 2)
    assert {row[1] for row in cells(logged)} == {"wang"}
    day = logged.find("access_day_box", QComboBox)
    assert day.count() == 2
    day.setCurrentIndex(1)
    logged.until(lambda: logged.desktop.jobs.is_idle)
    assert len(cells(logged)) == 2


def test_what_is_shown_is_what_is_saved(logged: Any, tmp_path: Path) -> None:
    dialog = show_log(logged)
    logged.find("access_operator_box", QComboBox).setCurrentIndex(1)
    logged.until(lambda: len(cells(logged)) == 2)
    target = tmp_path / "li.csv"
    dialog.save_csv(target)
    logged.until(lambda: str(target) in logged.find("access_state", QLabel).text())
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert [row["operator"] for row in csv.DictReader(file)] == ["li", "li"]


def test_a_broken_chain_is_said_in_red(logged: Any) -> None:
    path = logged.desktop.house.paths.access_log
    path.write_bytes(path.read_bytes().replace(b'"operator":"li"', b'"operator":"no"', 1))
    show_log(logged)
    state = logged.find("access_state", QLabel)
    assert "broken from line 2" in state.text()
    assert state.property("tone") == "bad"
    assert len(cells(logged)) == 6


def test_of_the_open_record_only_its_own_lines(make_driver: Callable[..., Any], simulator: Simulator) -> None:
    driver = make_driver()
    add_profiles(driver.desktop.house, simulator)
    driver.start()
    assert not driver.window.privacy_actions.record_action.isEnabled()
    AccessLog(driver.desktop.house.paths.access_log, Clock(), "li").add("opened", FIRST)
    driver.window.bar.field.setText("simOrder0001")
    driver.click("look_up_button")
    driver.until(lambda: driver.session.page.kind == "record" and not driver.session.is_busy)
    assert driver.window.privacy_actions.record_action.isEnabled()
    driver.window.findings.tabs.setCurrentIndex(2)
    panel = driver.window.findings.custody_panel
    driver.until(lambda: [one for one in panel.findChildren(QPushButton) if one.isVisible()])
    driver.click(driver.button("Who looked at this record…"))
    driver.dialog("access_dialog")
    driver.until(lambda: len(cells(driver)) >= 1)
    assert {row[3] for row in cells(driver)} == {driver.session.page.title_id}
    assert driver.find("access_table", QTableView).isColumnHidden(3)


def test_what_is_stored_is_listed_and_measured(driver: Any) -> None:
    driver.window.privacy_actions.stored_action.trigger()
    dialog = driver.dialog("stored_dialog")
    driver.until(lambda: driver.desktop.jobs.is_idle)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert str(driver.desktop.house.paths.captures) in words
    assert "There is no telemetry" in words
    assert "being measured" not in words
    assert "@workstation/key_password" in words


def test_expired_captures_are_marked_explained_and_removed(
    make_driver: Callable[..., Any], simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = make_driver()
    house = driver.desktop.house
    add_profiles(house, simulator)
    captures = [look_up_order(house, simulator, text).capture for text in ("simOrder0001", "simOrderNegative")]
    later = house.clock.now() + timedelta(days=31)
    monkeypatch.setattr(Clock, "now", lambda _clock: later)
    driver.start()
    driver.until(lambda: driver.session.notice is not None)
    assert driver.session.notice.message == "notice.captures_expired"
    driver.window.privacy_actions.expired_action.trigger()
    driver.dialog("expired_dialog")
    rows = driver.find("expired_list", QListWidget)
    driver.until(lambda: rows.count() == 2)
    confirm = driver.find("confirm_expired_button")
    driver.type("reason_field", "never needed")
    assert not confirm.isEnabled(), "nothing is marked"
    rows.item(0).setCheckState(Qt.CheckState.Checked)
    gone = rows.item(0).data(Qt.ItemDataRole.UserRole)
    driver.click(confirm)
    driver.until(lambda: rows.count() == 1)
    left = [path for path in captures if path is not None and path.exists()]
    assert len(left) == 1
    assert left[0].name != gone
    last = json.loads(house.paths.access_log.read_text("utf-8").splitlines()[-1])
    assert (last["event"], last["subject"], last["detail"]) == ("discarded", gone, {"reason": "never needed"})


def test_the_privacy_settings_are_written_and_in_force(driver: Any) -> None:
    driver.desktop.desks.settings.read()
    driver.until(lambda: driver.desktop.jobs.is_idle)
    driver.window.show_settings()
    driver.go_to_section("privacy")
    driver.find("ask_open_box", QCheckBox).setChecked(True)
    driver.find("ask_export_box", QCheckBox).setChecked(True)
    driver.find("expire_days_box", QSpinBox).setValue(3)
    driver.find("expire_automatically_box", QCheckBox).setChecked(True)
    driver.find("warn_days_box", QSpinBox).setValue(60)
    driver.click("save_settings_button")
    driver.until(lambda: not driver.has_dialog())
    settings = driver.desktop.desks.settings.settings
    assert settings.ask_purpose == ("open", "export")
    assert (settings.captures_expire, settings.captures_expire_days, settings.captures_expire_automatically) == (
        True, 3, True
    )  # fmt: skip
    keeping = driver.window.library.view.itemDelegate().keeping
    assert (keeping.capture_days, keeping.retention_warn_days) == (3, 60)
    driver.window.show_settings()
    driver.go_to_section("privacy")
    driver.find("expire_box", QCheckBox).setChecked(False)
    assert not driver.find("expire_days_box").isEnabled()
    assert not driver.find("expire_automatically_box").isEnabled()
    driver.click("save_settings_button")
    driver.until(lambda: not driver.has_dialog())
    assert driver.window.library.view.itemDelegate().keeping.capture_days is None


# --- forms on a low screen --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("height", [640, 360])
def test_on_a_low_screen_the_buttons_are_seen_and_every_row_can_be_reached(driver: Any, height: int) -> None:
    driver.window.show_settings()
    dialog = driver.dialog("settings_dialog")
    driver.go_to_section("privacy")
    dialog.resize(dialog.width(), height)
    driver.settle()
    assert dialog.height() == height, "nothing forces it to be higher"
    for name in ("save_settings_button", "dialog_error"):
        part = driver.find(name)
        bottom = part.mapTo(dialog, part.rect().bottomLeft()).y()
        assert bottom <= height, name
    last = driver.find("warn_days_box")
    assert last.mapTo(dialog, last.rect().bottomLeft()).y() > driver.find("save_settings_button").y()
    last.setFocus(Qt.FocusReason.TabFocusReason)
    next(area for area in dialog.findChildren(QScrollArea) if area.isAncestorOf(last)).ensureWidgetVisible(last)
    driver.settle()
    assert not last.visibleRegion().isEmpty()


def test_where_there_is_room_nothing_scrolls(driver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FormDialog, "screen", lambda _dialog: _Screen())
    dialog = FormDialog("A form", "A sentence.", driver.window)
    for _ in range(30):
        dialog.form.addRow(QCheckBox("A row"))
    dialog.open()
    driver.settle()
    assert not dialog._room.verticalScrollBar().isVisible()
    assert dialog.height() > 640


class _Screen:
    def availableGeometry(self) -> Any:  # noqa: N802 - Qt's name
        return type("Area", (), {"height": lambda _self: 4000})()


def test_a_form_grows_with_its_rows(driver: Any) -> None:
    form = FormDialog("A form", "A sentence.", driver.window)
    extra = QWidget()
    extra.setMinimumSize(QSize(10, 200))
    form.form.addRow(extra)
    form.form.setRowVisible(extra, False)
    form.show()
    driver.settle()
    before = form.height()
    form.form.setRowVisible(extra, True)
    driver.until(lambda: form.height() >= before + 100)
    driver.settle()
    assert not form._room.verticalScrollBar().isVisible()
    form.close()


def test_an_export_asks_why_where_that_was_chosen(driver: Any, tmp_path: Path) -> None:
    from facevid_gui.views.export_dialog import ExportDialog

    plain = ExportDialog(driver.desktop.messages, tmp_path, "keyring", driver.window, holds=True)
    assert not plain.form.isRowVisible(plain.reason_field)
    assert plain.confirm_button.isEnabled()
    asks = ExportDialog(
        driver.desktop.messages, tmp_path, "keyring", driver.window, holds=True, ask_purpose=("unmask",)
    )
    assert asks.confirm_button.isEnabled()
    asks.unmask_box.setChecked(True)
    assert not asks.confirm_button.isEnabled()
    field = asks.findChild(QLineEdit, "reason_field")
    assert field is not None
    field.setText("asked for by court 9")
    wishes: list[Any] = []
    asks.confirmed.connect(wishes.append)
    asks.confirm_button.click()
    assert [wish.reason for wish in wishes] == ["asked for by court 9"]
    plain.close()
    asks.close()


def test_deleting_offers_the_last_reasons(driver: Any, tmp_path: Path) -> None:
    from facevid_gui.evidence.identity import Identity
    from facevid_gui.evidence.purge import PurgePlan
    from facevid_gui.views.purge_dialog import PurgeDialog

    plan = PurgePlan(tmp_path, Identity(FIRST, "c" * 64), "c" * 64, make_verdict(), None, False, (), ())
    dialog = PurgeDialog(driver.desktop.messages, plan, NOW, driver.window, ("court order 7/2026",))
    dialog.show()
    driver.click(driver.button("court order 7/2026", dialog))
    assert dialog.reason_field.toPlainText() == "court order 7/2026"
    assert not dialog.confirm_button.isEnabled(), "the id is still typed"
    dialog.close()


def test_the_banner_and_the_row_warn_of_the_date_when_it_is_near(driver: Any) -> None:
    banner, delegate = driver.window.page.banner, driver.window.library.view.itemDelegate()
    banner.keeping = delegate.keeping = Keeping(30)
    record, entry = make_reviewed(make_record()), make_entry(1, "complete", captured_at=NOW)
    words = {}
    for days in (0, 22, 24, 31):
        later = NOW + timedelta(days=days)
        delegate._now = lambda later=later: later
        banner.show_record(record, later)
        words[days] = ("may be removed" in banner.text.text(), delegate.state_of(entry)[1])
    assert [said for said, _ in words.values()] == [False, False, True, True]
    assert words[24][1] == "may be removed from 10 Apr 2026"
    assert words[31][1] == "past its date: may be removed"
    assert "removed" not in words[22][1]
