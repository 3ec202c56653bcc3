"""Export and deletion in the window: when they are offered, what they ask, what they say."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton

from facevid_gui.bridge.session import Activity, Page
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.departure import ExportRefusedError
from facevid_gui.evidence.exports import KnownExport
from facevid_gui.evidence.purge import PurgePlan
from facevid_gui.views.export_dialog import ExportDialog
from facevid_gui.views.purge_dialog import PurgeDialog
from tests.support.window_driver import Driver
from tests.support.window_records import EVIDENCE_ID, NOW, NOWHERE, SHA, make_reviewed, make_verdict, reasons
from tests.support.window_results import exported, plan

HOSTILE = "<b>court</b>\u202e\x1b"


@pytest.fixture
def sealed(driver: Driver) -> Driver:
    driver.show_page(Page("record", make_reviewed(verdict=make_verdict())))
    return driver


def open_dialog(driver: Driver) -> tuple[ExportDialog, list[Any]]:
    """The export dialog, and what it asks the desk for."""
    driver.click("export_button")
    dialog = driver.dialog("export_dialog")
    assert isinstance(dialog, ExportDialog)
    asked: list[Any] = []
    dialog.confirmed.disconnect()
    dialog.confirmed.connect(asked.append)
    return dialog, asked


def confirm(driver: Driver) -> QPushButton:
    return driver.find("confirm_export_button", QPushButton)


def actions(driver: Driver) -> dict[str, bool]:
    return {action.text(): action.isEnabled() for action in driver.window._hand_over.actions}


def test_they_are_offered_for_sealed_folders_only(driver: Driver) -> None:
    assert actions(driver) == {"Export…": False, "Delete evidence…": False}
    driver.show_page(Page("record", make_reviewed()))
    assert not driver.find("export_button").isVisible()
    assert set(actions(driver).values()) == {False}
    driver.show_page(Page("record", make_reviewed(verdict=make_verdict())))
    assert driver.find("export_button").isVisible()
    assert set(actions(driver).values()) == {True}
    unreadable = make_verdict(Verdict.UNREADABLE, reasons=reasons("unreadable"))
    driver.show_page(Page("error", error=SubjectError("folder_unreadable", path="x"), verdict=unreadable))
    assert set(actions(driver).values()) == {True}, "a broken folder can be deleted, too"
    driver.show_page(Page())
    assert set(actions(driver).values()) == {False}


def test_while_something_runs_the_button_rests(sealed: Driver) -> None:
    sealed.session.activity = Activity("look_up")
    sealed.session.activity_changed.emit()
    assert not sealed.find("export_button").isEnabled()


def test_the_key_opens_the_dialog(sealed: Driver) -> None:
    QTest.keyClick(sealed.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert sealed.dialog("export_dialog").isVisible()


def test_what_is_asked_is_what_is_packed(sealed: Driver, tmp_path: Path) -> None:
    _, asked = open_dialog(sealed)
    assert sealed.find("package_field", QLineEdit).text().endswith(f"{NOWHERE.name}.zip")
    assert not sealed.find("even_if_broken_box").isVisible()
    sealed.find("package_field", QLineEdit).clear()
    assert not confirm(sealed).isEnabled()
    sealed.type("package_field", str(tmp_path / "包.zip"))
    sealed.type("recipient_field", "court 第一庭")
    sealed.click("unmask_page_box")
    sealed.click("confirm_export_button")
    (wish,) = asked
    assert (wish.folder, wish.package, wish.recipient) == (NOWHERE, tmp_path / "包.zip", "court 第一庭")
    assert (wish.unmask, wish.even_if_broken, wish.passphrase) == (True, False, None)
    assert (confirm(sealed).text(), confirm(sealed).isEnabled()) == ("Packing…", False)
    assert sealed.find("export_back_button", QPushButton).text() == "Stop"


def test_one_begins_with_whom_it_is_for(sealed: Driver) -> None:
    dialog, _ = open_dialog(sealed)
    assert dialog.focusWidget() is dialog.recipient_field


@pytest.mark.parametrize(("typed", "named"), [("court", "court.zip"), ("court.7z", "court.7z.zip"), ("A.ZIP", "A.ZIP")])
def test_a_package_is_called_a_zip(sealed: Driver, tmp_path: Path, typed: str, named: str) -> None:
    dialog, asked = open_dialog(sealed)
    sealed.type("package_field", str(tmp_path / typed))
    assert ("is added" in dialog.warning.text()) is (typed != named)
    sealed.click("confirm_export_button")
    assert asked[0].package == tmp_path / named
    assert sealed.find("package_field", QLineEdit).text() == str(tmp_path / named)


def test_the_folder_of_the_package_is_a_click_away(sealed: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    dialog, _ = open_dialog(sealed)
    assert not sealed.find("export_folder_button").isVisible()
    sealed.click("confirm_export_button")
    dialog.finish(exported())
    sealed.settle()
    sealed.click("export_folder_button")
    assert opened == ["/srv"]


def test_enter_without_a_passphrase_says_what_is_missing(sealed: Driver) -> None:
    sealed.session.key_protection = "passphrase"
    dialog, asked = open_dialog(sealed)
    sealed.press("recipient_field", Qt.Key.Key_Return)
    assert asked == []
    assert dialog.error.text() == "Still missing: Key passphrase"
    assert dialog.focusWidget() is sealed.find("passphrase_field")
    sealed.type("passphrase_field", "x")
    assert dialog.error.text().strip() == ""
    sealed.press("passphrase_field", Qt.Key.Key_Return)
    assert len(asked) == 1
    assert dialog.error.text().strip() == "", "while it is packed nothing is missing"
    sealed.press("export_dialog", Qt.Key.Key_Return)
    assert dialog.error.text().strip() == ""


def test_the_result_stays_until_it_was_read(sealed: Driver) -> None:
    dialog, _ = open_dialog(sealed)
    sealed.click("confirm_export_button")
    dialog.finish(exported(recorded=False, left_out=("a", "b")))
    text = sealed.find("export_result", QLabel).text()
    for words in ("/srv/x.zip", "17 files", "another road", "register keeps the event", "every system: 2"):
        assert words in text, words
    assert sealed.find("export_sha256", QLineEdit).text() == SHA
    assert not confirm(sealed).isVisible()
    assert not sealed.find("package_field").isEnabled()
    sealed.click("export_back_button")
    assert not sealed.has_dialog()


def test_a_refusal_is_said_and_nothing_is_typed_twice(sealed: Driver) -> None:
    dialog, asked = open_dialog(sealed)
    sealed.type("recipient_field", "court")
    sealed.click("confirm_export_button")
    dialog.refuse(SurroundingsError("disk_full", path="/srv"))
    assert "The disk is full" in sealed.find("dialog_error", QLabel).text()
    assert sealed.find("recipient_field", QLineEdit).text() == "court"
    sealed.click("confirm_export_button")
    assert len(asked) == 2


def test_a_folder_that_broke_meanwhile_asks_for_the_explicit_wish(sealed: Driver) -> None:
    dialog, asked = open_dialog(sealed)
    sealed.click("confirm_export_button")
    dialog.refuse(ExportRefusedError("export_not_clean", make_verdict(Verdict.ALTERED)))
    assert "tick the box" in sealed.find("dialog_error", QLabel).text()
    assert not confirm(sealed).isEnabled()
    sealed.until(lambda: sealed.find("even_if_broken_box").isVisible())
    sealed.find("even_if_broken_box", QCheckBox).click()
    sealed.click("confirm_export_button")
    assert [wish.even_if_broken for wish in asked] == [False, True]


def test_a_broken_folder_needs_the_box_from_the_start(driver: Driver) -> None:
    driver.show_page(Page("record", make_reviewed(verdict=make_verdict(Verdict.ALTERED, reasons=reasons("changed")))))
    _, asked = open_dialog(driver)
    assert not confirm(driver).isEnabled()
    driver.find("even_if_broken_box", QCheckBox).click()
    driver.click("confirm_export_button")
    assert asked[0].even_if_broken


def test_without_a_keyring_the_passphrase_is_asked_for(make_driver: Callable[..., Driver]) -> None:
    driver = make_driver(keyring=False)
    driver.session.key_protection = "passphrase"
    driver.show_page(Page("record", make_reviewed(verdict=make_verdict())))
    _, asked = open_dialog(driver)
    assert not confirm(driver).isEnabled()
    driver.type("passphrase_field", "a long passphrase")
    driver.click("confirm_export_button")
    assert asked[0].passphrase.reveal() == "a long passphrase"
    assert "long passphrase" not in repr(asked[0])


def test_leaving_while_it_packs_means_to_stop(sealed: Driver) -> None:
    dialog, _ = open_dialog(sealed)
    stops: list[int] = []
    dialog.stop_wanted.connect(lambda: stops.append(1))
    sealed.click("confirm_export_button")
    sealed.click("export_back_button")
    assert stops == [1]
    assert dialog.isVisible()
    dialog.stopped()
    assert (confirm(sealed).text(), confirm(sealed).isEnabled()) == ("Export", True)
    sealed.click("confirm_export_button")
    dialog.close()
    assert stops == [1, 1]


def show_plan(driver: Driver, made: PurgePlan) -> tuple[PurgeDialog, list[Any]]:
    driver.window._hand_over._now = lambda: NOW
    driver.window._hand_over._show_plan(made)
    dialog = driver.dialog("purge_dialog")
    assert isinstance(dialog, PurgeDialog)
    asked: list[Any] = []
    dialog.confirmed.disconnect()
    dialog.confirmed.connect(lambda *given: asked.append(given))
    return dialog, asked


def test_deleting_needs_a_reason_and_the_id(sealed: Driver) -> None:
    made = plan()
    _, asked = show_plan(sealed, made)
    button = sealed.find("confirm_purge_button", QPushButton)
    assert not button.isEnabled()
    sealed.find("purge_reason_field", QPlainTextEdit).setPlainText("  retention \n ended ")
    assert not button.isEnabled()
    for typed, enough in ((EVIDENCE_ID[:7], False), ("0" * 32, False), (EVIDENCE_ID[:8].upper(), True),
                          (EVIDENCE_ID, True), (EVIDENCE_ID + "0", False), (f" {EVIDENCE_ID} ", True)):  # fmt: skip
        sealed.find("purge_id_field", QLineEdit).setText(typed)
        assert button.isEnabled() is enough, typed
    sealed.click("confirm_purge_button")
    assert asked == [(made, "retention ended")]
    assert not sealed.has_dialog()


def test_what_should_be_known_before_is_said(sealed: Driver) -> None:
    export = KnownExport("1", "2026-02-01T00:00:00Z", "investigator", HOSTILE, "/srv/x.zip", SHA)
    made = plan(
        verdict=make_verdict(Verdict.ALTERED), exports=(export,), copies=(Path("/mnt/stick/copy"),), has_sidecar=False
    )
    dialog, _ = show_plan(sealed, made)
    said = "\n".join(sealed.texts(dialog))
    for words in ("ALTERED", "NOT YET REACHED", "2026-02-01", "/srv/x.zip", "/mnt/stick/copy", "SSD", EVIDENCE_ID):
        assert words in said, words
    assert "notes and snapshots" not in said
    assert "\u202e" not in said
    assert "\x1b" not in said
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel))


def test_a_record_past_its_date_says_so(sealed: Driver) -> None:
    dialog, _ = show_plan(sealed, plan(review_by=NOW))
    assert any("passed" in text for text in sealed.texts(dialog))


def test_leaving_deletes_nothing(sealed: Driver) -> None:
    dialog, asked = show_plan(sealed, plan())
    sealed.click(sealed.button("Back", dialog))
    assert asked == []
