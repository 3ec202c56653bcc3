"""Reports in the window: when they are offered, what is asked, what is said, and the way to the printer."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton

from facevid_gui.bridge.session import Page
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.core.report_sections import SECTIONS
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.departure import ExportRefusedError
from facevid_gui.settings import Settings
from facevid_gui.views.report_dialog import ReportDialog
from tests.support.window_driver import Driver
from tests.support.window_records import NOWHERE, make_reviewed, make_verdict, reasons
from tests.support.window_results import reported


@pytest.fixture
def sealed(driver: Driver) -> Driver:
    driver.show_page(Page("record", make_reviewed(verdict=make_verdict())))
    return driver


def open_dialog(driver: Driver, *, printing: bool = False) -> tuple[ReportDialog, list[Any]]:
    """The dialog, and what it asks the desk for."""
    reports = driver.window._reports
    action = reports.print_action if printing else reports.report_action
    action.trigger()
    dialog = driver.dialog("report_dialog")
    assert isinstance(dialog, ReportDialog)
    asked: list[Any] = []
    dialog.confirmed.disconnect()
    dialog.confirmed.connect(asked.append)
    return dialog, asked


def confirm(driver: Driver) -> QPushButton:
    return driver.find("confirm_report_button", QPushButton)


def actions(driver: Driver) -> dict[str, bool]:
    return {action.text(): action.isEnabled() for action in driver.window._reports.actions}


def test_both_are_offered_for_sealed_folders_only(driver: Driver) -> None:
    assert actions(driver) == {"Report…": False, "Print…": False}
    driver.show_page(Page("record", make_reviewed()))
    assert set(actions(driver).values()) == {False}, "a report is made of sealed evidence"
    driver.show_page(Page("record", make_reviewed(verdict=make_verdict())))
    assert set(actions(driver).values()) == {True}
    unreadable = make_verdict(Verdict.UNREADABLE, reasons=reasons("unreadable"))
    driver.show_page(Page("error", error=SubjectError("folder_unreadable", path="x"), verdict=unreadable))
    assert set(actions(driver).values()) == {True}


def test_the_menu_has_both(sealed: Driver) -> None:
    names = [action.text() for action in sealed.window.menu.actions()]
    assert names.index("Report…") + 1 == names.index("Print…")


def test_the_keys_open_the_dialog(sealed: Driver) -> None:
    QTest.keyClick(sealed.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    dialog = sealed.dialog("report_dialog")
    assert not sealed.find("report_file_field").isVisible()
    assert confirm(sealed).text() == "Print…"
    dialog.close()


def test_what_is_asked_is_what_is_made(sealed: Driver) -> None:
    _, asked = open_dialog(sealed)
    field = sealed.find("report_file_field", QLineEdit)
    assert field.text().endswith(f"{NOWHERE.name}.en.pdf")
    box = sealed.find("report_language_box", QComboBox)
    box.setCurrentIndex(box.findData("zh_CN"))
    assert field.text().endswith(".zh_CN.pdf")
    field.setText("/srv/court.pdf")
    box.setCurrentIndex(box.findData("en"))
    assert field.text() == "/srv/court.pdf", "a name of the user's own stays"
    sealed.find("report_section_access", QCheckBox).setChecked(False)
    sealed.click(confirm(sealed))
    (wish,) = asked
    assert (wish.folder, wish.file, wish.language) == (NOWHERE, Path("/srv/court.pdf"), "en")
    assert wish.sections == tuple(name for name in SECTIONS if name != "access")
    assert (wish.unmask, wish.even_if_broken, wish.passphrase) == (False, False, None)
    assert not field.isEnabled()
    assert not confirm(sealed).isEnabled()


def test_all_sections_are_told_as_all_and_none_is_nothing_to_make(sealed: Driver) -> None:
    _, asked = open_dialog(sealed)
    for name in SECTIONS:
        sealed.find(f"report_section_{name}", QCheckBox).setChecked(False)
    assert not confirm(sealed).isEnabled()
    for name in SECTIONS:
        sealed.find(f"report_section_{name}", QCheckBox).setChecked(True)
    sealed.click(confirm(sealed))
    assert asked[0].sections == ()


def test_what_was_chosen_last_time_is_chosen_again(sealed: Driver) -> None:
    desk = sealed.desktop.desks.settings
    desk.settings = Settings(report_language="zh_CN", report_sections=("check", "limits"))
    open_dialog(sealed)
    assert sealed.find("report_language_box", QComboBox).currentData() == "zh_CN"
    chosen = [name for name in SECTIONS if sealed.find(f"report_section_{name}", QCheckBox).isChecked()]
    assert chosen == ["check", "limits"]


def test_unmasking_warns(sealed: Driver) -> None:
    dialog, asked = open_dialog(sealed)
    assert dialog.warning.text().strip() == ""
    sealed.find("report_unmask_box", QCheckBox).setChecked(True)
    assert "in full" in dialog.warning.text()
    sealed.click(confirm(sealed))
    assert asked[0].unmask


def test_a_reason_is_demanded_where_the_settings_say_so(sealed: Driver) -> None:
    sealed.desktop.desks.settings.settings = Settings(ask_purpose=("export",))
    dialog, asked = open_dialog(sealed)
    assert not confirm(sealed).isEnabled()
    dialog.reason_field.setText("court order")
    sealed.click(confirm(sealed))
    assert asked[0].reason == "court order"


def test_a_broken_folder_needs_a_tick(driver: Driver) -> None:
    altered = make_verdict(Verdict.ALTERED, reasons=reasons("changed"))
    driver.show_page(Page("record", make_reviewed(verdict=altered)))
    _, asked = open_dialog(driver)
    assert not confirm(driver).isEnabled()
    driver.find("report_broken_box", QCheckBox).setChecked(True)
    driver.click(confirm(driver))
    assert asked[0].even_if_broken


def test_one_that_broke_since_it_was_opened_asks_then(sealed: Driver) -> None:
    dialog, _ = open_dialog(sealed)
    sealed.click(confirm(sealed))
    dialog.refuse(ExportRefusedError("export_not_clean", make_verdict(Verdict.ALTERED)))
    assert sealed.find("report_broken_box").isVisible()
    assert not confirm(sealed).isEnabled()
    assert sealed.find("dialog_error", QLabel).text().strip()


def test_progress_stop_and_result(sealed: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog, _ = open_dialog(sealed)
    stops: list[bool] = []
    dialog.stop_wanted.disconnect()
    dialog.stop_wanted.connect(lambda: stops.append(True))
    sealed.click(confirm(sealed))
    dialog.show_stage("frames", 2)
    assert "recording 2" in dialog.result_text.text()
    sealed.click("report_back_button")
    assert stops == [True]
    dialog.stopped()
    assert confirm(sealed).isEnabled()
    sealed.click(confirm(sealed))
    dialog.finish(reported())
    assert "/srv/x.pdf" in dialog.result_text.text()
    assert "8 pages" in dialog.result_text.text()
    assert sealed.find("report_sha256", QLineEdit).text() == reported().draft.sha256
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    dialog.file_field.setText("/srv/x.pdf")
    sealed.click("report_folder_button")
    assert opened == ["/srv"]
    sealed.click("report_back_button")
    assert not dialog.isVisible()


def test_a_refusal_is_said_with_the_windows_next_step(sealed: Driver) -> None:
    dialog, _ = open_dialog(sealed)
    sealed.click(confirm(sealed))
    dialog.refuse(SurroundingsError("report_no_font"))
    said = sealed.find("dialog_error", QLabel).text()
    assert "choose English" in said
    assert "--lang" not in said
    assert confirm(sealed).isEnabled()


def test_where_nothing_can_be_printed_that_is_said_instead(sealed: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "PySide6.QtPdf", None)
    sealed.window._reports.print_action.trigger()
    assert "Make the report as a PDF" in sealed.notice()
    assert sealed.window.findChild(ReportDialog) is None


def test_the_systems_print_dialog_comes_before_anything_is_made(sealed: Driver) -> None:
    from PySide6.QtPrintSupport import QPrintDialog

    sealed.window._reports.print_action.trigger()
    dialog = sealed.dialog("report_dialog")
    printed: list[Any] = []
    desk = sealed.desktop.desks.reports
    desk.print = lambda wish, printer: printed.append((wish, printer))  # type: ignore[method-assign]
    sealed.click(confirm(sealed))
    (chooser,) = dialog.findChildren(QPrintDialog)
    assert chooser.isVisible()
    chooser.reject()
    assert printed == []
    assert confirm(sealed).isEnabled()
    sealed.click(confirm(sealed))
    next(found for found in dialog.findChildren(QPrintDialog) if found.isVisible()).accept()
    assert [wish.file for wish, _ in printed] == [None]
    assert dialog.isVisible()
