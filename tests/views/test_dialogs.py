"""Saving and discarding: what is asked, what cannot be left out, what is said when it does not work."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton

from facevid_gui.bridge.session import Activity, Page
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.views.save_dialog import DiscardDialog, SaveDialog
from tests.support.window_driver import Driver
from tests.support.window_records import make_reviewed


@pytest.fixture
def unsaved(driver: Driver, tmp_path: Path) -> Driver:
    driver.session.evidence_roots = (tmp_path / "evidence",)
    driver.show_page(Page("record", make_reviewed()))
    return driver


def confirm(driver: Driver) -> QPushButton:
    return driver.find("confirm_save_button", QPushButton)


def test_saving_needs_case_purpose_and_place(unsaved: Driver, tmp_path: Path) -> None:
    unsaved.click("save_button")
    unsaved.dialog("save_dialog")
    assert unsaved.find("place_field", QLineEdit).text() == str(tmp_path / "evidence")
    assert not confirm(unsaved).isEnabled()
    for name in ("case_field", "purpose_field"):
        assert not confirm(unsaved).isEnabled()
        unsaved.type(name, "   ")
        assert not confirm(unsaved).isEnabled(), "blanks are nothing"
        unsaved.type(name, "x")
    assert confirm(unsaved).isEnabled()
    unsaved.find("place_field", QLineEdit).clear()
    assert not confirm(unsaved).isEnabled()
    assert not unsaved.find("save_dialog").findChildren(QLineEdit, "passphrase_field"), "a keyring keeps the password"


def test_what_was_typed_is_what_is_sealed_with(unsaved: Driver, tmp_path: Path) -> None:
    asked = []
    unsaved.desktop.controller.save = asked.append  # type: ignore[method-assign]
    unsaved.click("save_button")
    dialog = unsaved.dialog("save_dialog")
    assert isinstance(dialog, SaveDialog)
    dialog.confirmed.disconnect()
    dialog.confirmed.connect(asked.append)
    unsaved.type("case_field", "2026-0311 纠纷")
    unsaved.type("purpose_field", "was it she?")
    unsaved.type("place_field", str(tmp_path / "other"))
    unsaved.click("confirm_save_button")
    (sealing,) = asked
    assert (sealing.case_ref, sealing.purpose, sealing.root) == ("2026-0311 纠纷", "was it she?", tmp_path / "other")
    assert sealing.passphrase is None
    assert (confirm(unsaved).text(), confirm(unsaved).isEnabled()) == ("Sealing…", False)
    dialog.refuse(SurroundingsError("permission_denied", path="/evidence"))
    error = unsaved.find("dialog_error", QLabel)
    assert error.text().startswith("No permission: /evidence")
    assert (confirm(unsaved).text(), confirm(unsaved).isEnabled()) == ("Save evidence", True)
    assert unsaved.find("case_field", QLineEdit).text() == "2026-0311 纠纷", "nothing has to be typed twice"


def test_without_a_keyring_a_passphrase_is_needed_and_never_shown(make_driver: Callable[..., Driver]) -> None:
    driver = make_driver(keyring=False)
    driver.session.key_protection = "passphrase"
    driver.show_page(Page("record", make_reviewed()))
    driver.click("save_button")
    driver.dialog("save_dialog")
    for name in ("case_field", "purpose_field", "place_field"):
        driver.type(name, "x")
    assert not confirm(driver).isEnabled()
    field = driver.find("passphrase_field", QLineEdit)
    driver.type("passphrase_field", "open sesame")
    assert confirm(driver).isEnabled()
    assert field.echoMode() == QLineEdit.EchoMode.Password
    assert "open sesame" not in " ".join(driver.texts(driver.find("save_dialog")))


def test_enter_says_what_is_missing_and_leads_there(make_driver: Callable[..., Driver]) -> None:
    driver = make_driver(keyring=False)
    driver.session.key_protection = "new_passphrase"
    driver.show_page(Page("record", make_reviewed()))
    driver.click("save_button")
    dialog = driver.dialog("save_dialog")
    error = driver.find("dialog_error", QLabel)
    for field, name, text in (
        ("case_field", "Case", "2026-1"), ("purpose_field", "Purpose", "x"), ("place_field", "Place", "/srv"),
        ("passphrase_field", "Key passphrase", "open sesame"), ("passphrase_again_field", "Once more", "open sesame"),
    ):  # fmt: skip
        if driver.find(field, QLineEdit).text():
            driver.type(field, "")
        driver.press("save_dialog", Qt.Key.Key_Return)
        assert error.text() == f"Still missing: {name}"
        assert dialog.focusWidget() is driver.find(field)
        driver.type(field, text)
        assert error.text().strip() == ""
    assert dialog.isVisible()
    assert confirm(driver).isEnabled()


@pytest.mark.parametrize("dialog", ["save_dialog", "rescue_list_dialog"])
def test_the_passphrase_of_a_key_that_is_yet_to_be_made_is_typed_twice(
    make_driver: Callable[..., Driver], tmp_path: Path, dialog: str
) -> None:
    driver = make_driver(keyring=False)
    driver.session.key_protection = "new_passphrase"
    if dialog == "save_dialog":
        driver.show_page(Page("record", make_reviewed()))
        driver.click("save_button")
        prefix, button = "", "confirm_save_button"
        names = ["case_field", "purpose_field", "place_field"]
    else:
        driver.window.show_rescue_list()
        prefix, button = "rescue_", "rescue_start_button"
        names = [f"rescue_{name}_field" for name in ("file", "case", "purpose", "place")]
    driver.dialog(dialog)
    for name in names:
        driver.type(name, str(tmp_path) if "place" in name or "file" in name else "x")
    confirm = driver.find(button, QPushButton)
    for field in ("passphrase_field", "passphrase_again_field"):
        driver.type(f"{prefix}{field}", "7 chars")
    assert not confirm.isEnabled()
    assert "at least 8 characters" in " ".join(driver.texts(driver.find(dialog)))
    driver.type(f"{prefix}passphrase_again_field", "")
    driver.type(f"{prefix}passphrase_field", "open sesame")
    assert not confirm.isEnabled()
    driver.type(f"{prefix}passphrase_again_field", "open sesam")
    assert not confirm.isEnabled()
    assert "differ" not in " ".join(driver.texts(driver.find(dialog))), "so far it is only not finished"
    driver.type(f"{prefix}passphrase_again_field", "open sesamme")
    assert not confirm.isEnabled()
    assert "The two passphrases differ." in driver.texts(driver.find(dialog))
    driver.type(f"{prefix}passphrase_again_field", "open sesame")
    assert confirm.isEnabled()
    again = driver.find(f"{prefix}passphrase_again_field", QLineEdit)
    assert again.echoMode() == QLineEdit.EchoMode.Password
    assert "open sesame" not in " ".join(driver.texts(driver.find(dialog)))


@pytest.mark.parametrize("place", ["/srv/me/OneDrive/evidence", "/srv/me/坚果云/x", "C:/Users/me/Dropbox"])
def test_a_place_that_is_copied_to_a_cloud_is_warned_about_not_forbidden(unsaved: Driver, place: str) -> None:
    unsaved.click("save_button")
    dialog = unsaved.dialog("save_dialog")
    assert isinstance(dialog, SaveDialog)
    assert dialog.warning.text().strip() == ""
    unsaved.type("case_field", "x")
    unsaved.type("purpose_field", "x")
    unsaved.type("place_field", place)
    assert "cloud" in dialog.warning.text()
    assert confirm(unsaved).isEnabled()


def test_a_place_that_means_nothing_is_told_and_the_dialog_stays_usable(unsaved: Driver) -> None:
    unsaved.click("save_button")
    unsaved.dialog("save_dialog")
    for name, text in (("case_field", "x"), ("purpose_field", "x"), ("place_field", "~nobody-of-that-name/x")):
        unsaved.type(name, text)
    unsaved.click("confirm_save_button")
    assert "~nobody-of-that-name/x" in unsaved.find("dialog_error", QLabel).text()
    assert confirm(unsaved).isEnabled()


def test_paths_that_mean_nothing_are_told_in_every_dialog(driver: Driver, tmp_path: Path) -> None:
    nowhere = "~nobody-of-that-name/x"
    driver.window.ask_import()
    driver.dialog("import_dialog")
    driver.type("import_file_field", nowhere)
    driver.click("confirm_import_button")
    assert nowhere in driver.find("dialog_error", QLabel).text()
    driver.press("import_dialog", Qt.Key.Key_Escape)
    driver.until(lambda: not driver.has_dialog())
    driver.window.show_rescue_list()
    driver.dialog("rescue_list_dialog")
    for name, text in (("file", str(tmp_path)), ("case", "x"), ("purpose", "x"), ("place", nowhere)):
        driver.type(f"rescue_{name}_field", text)
    driver.click("rescue_start_button")
    assert nowhere in driver.find("rescue_status", QLabel).text()
    assert driver.find("rescue_start_button").isEnabled()
    driver.find("rescue_list_dialog").close()


def test_a_place_where_nothing_can_be_written_is_told_and_the_capture_kept(
    make_driver: Callable[..., Driver], tmp_path: Path
) -> None:
    from facevid_gui.simulator.records import flow_id
    from facevid_gui.simulator.server import Simulator
    from tests.support.window_scenarios import add_profiles

    driver = make_driver()
    blocked = tmp_path / "file"
    blocked.write_text("this is no folder")
    with Simulator() as simulator:
        add_profiles(driver.desktop.house, simulator)
        driver.start()
        assert driver.look_up(flow_id("One")) == "record"
    driver.click("save_button")
    driver.dialog("save_dialog")
    for name, text in (("case_field", "x"), ("purpose_field", "x"), ("place_field", str(blocked / "evidence"))):
        driver.type(name, text)
    driver.click("confirm_save_button")
    error = driver.find("dialog_error", QLabel)
    driver.until(lambda: error.text().strip())
    assert confirm(driver).isEnabled()
    assert driver.session.page.reviewed is not None
    assert not driver.session.page.reviewed.is_sealed
    driver.type("place_field", str(tmp_path / "evidence"))
    driver.click("confirm_save_button")
    driver.until(lambda: driver.session.page.reviewed is not None and driver.session.page.reviewed.is_sealed)
    driver.until(lambda: not driver.has_dialog())


def test_case_and_purpose_are_remembered_for_the_next_record(unsaved: Driver) -> None:
    unsaved.click("save_button")
    dialog = unsaved.dialog("save_dialog")
    assert isinstance(dialog, SaveDialog)
    unsaved.type("case_field", "2026-0311")
    unsaved.type("purpose_field", "dispute")
    dialog.confirmed.disconnect(unsaved.desktop.controller.save)
    unsaved.click("confirm_save_button")
    unsaved.press("save_dialog", Qt.Key.Key_Escape)
    unsaved.until(lambda: not unsaved.has_dialog())
    unsaved.click("save_button")
    unsaved.dialog("save_dialog")
    assert unsaved.find("case_field", QLineEdit).text() == "2026-0311"
    assert unsaved.find("purpose_field", QLineEdit).text() == "dispute"


def test_enter_saves_and_escape_goes_back(unsaved: Driver) -> None:
    unsaved.click("save_button")
    dialog = unsaved.dialog("save_dialog")
    assert isinstance(dialog, SaveDialog)
    asked: list[object] = []
    dialog.confirmed.disconnect()
    dialog.confirmed.connect(asked.append)
    unsaved.press("case_field", Qt.Key.Key_Return)
    assert asked == [], "nothing is saved before it is complete"
    unsaved.type("case_field", "x")
    unsaved.type("purpose_field", "x")
    unsaved.press("purpose_field", Qt.Key.Key_Return)
    assert len(asked) == 1
    unsaved.press("save_dialog", Qt.Key.Key_Escape)
    unsaved.until(lambda: not unsaved.has_dialog())


def test_while_something_else_runs_nothing_can_be_saved_or_discarded(unsaved: Driver) -> None:
    """A seal that would not be begun must not leave a dialog that waits for it."""
    for activity in (Activity("look_up", "receive", 1), Activity("open")):
        unsaved.session.activity = activity
        unsaved.session.activity_changed.emit()
        for name in ("save_button", "discard_button"):
            assert not unsaved.find(name).isEnabled()
    unsaved.session.activity = Activity()
    unsaved.session.activity_changed.emit()
    for name in ("save_button", "discard_button"):
        assert unsaved.find(name).isEnabled()


def test_rescue_asks_the_same_and_looks_up_without_showing(driver: Driver) -> None:
    from tests.views.test_lookup_bar import profile

    driver.choose_profile(profile())
    driver.click("rescue_button")
    dialog = driver.dialog("save_dialog")
    assert dialog.windowTitle() == "Rescue"
    assert "clock runs" in " ".join(driver.texts(dialog))
    assert confirm(driver).text() == "Rescue"


def test_discarding_needs_a_reason(unsaved: Driver) -> None:
    unsaved.click("discard_button")
    dialog = unsaved.dialog("discard_dialog")
    assert isinstance(dialog, DiscardDialog)
    button = unsaved.find("confirm_discard_button", QPushButton)
    assert not button.isEnabled()
    field = unsaved.find("reason_field", QPlainTextEdit)
    QTest.keyClicks(field, "  ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not button.isEnabled()
    QTest.keyClicks(field, "wrong")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "person")
    assert button.isEnabled()
    reasons: list[str] = []
    dialog.confirmed.disconnect()
    dialog.confirmed.connect(reasons.append)
    unsaved.click(button)
    assert reasons == ["wrong person"]
    unsaved.until(lambda: not unsaved.has_dialog())


def test_discarding_removes_the_draft_for_good_and_logs_why(make_driver: Callable[..., Driver]) -> None:
    from facevid_gui.simulator.records import flow_id
    from facevid_gui.simulator.server import Simulator
    from tests.support.window_scenarios import add_profiles

    driver = make_driver()
    with Simulator() as simulator:
        add_profiles(driver.desktop.house, simulator)
        driver.start()
        assert driver.look_up(flow_id("One")) == "record"
    folder = driver.session.page.folder
    assert folder is not None
    evidence_id = driver.session.page.title_id
    driver.click("discard_button")
    driver.dialog("discard_dialog")
    QTest.keyClicks(driver.find("reason_field"), "wrong person")
    driver.click("confirm_discard_button")
    driver.until(lambda: driver.session.page.kind == "empty" and driver.desktop.jobs.is_idle)
    assert folder.exists(), "it can be taken back"
    driver.until(lambda: not driver.has_dialog())
    driver.settle()
    undo = driver.find("notice_undo_button", QPushButton)
    assert driver.window.focusWidget() is undo, "the seconds need not be spent on finding it"
    assert "is removed for good in 10 s" in undo.accessibleDescription(), "and what it is about is spoken with it"
    driver.press("notice_undo_button", Qt.Key.Key_Space)
    driver.until(lambda: driver.session.page.title_id == evidence_id and driver.desktop.jobs.is_idle)
    assert "wrong person" not in driver.desktop.house.paths.access_log.read_text("utf-8")
    driver.click("discard_button")
    driver.dialog("discard_dialog")
    QTest.keyClicks(driver.find("reason_field"), "wrong person")
    driver.click("confirm_discard_button")
    driver.until(lambda: bool(driver.notice()))
    driver.settle()
    assert driver.window.focusWidget() is driver.find("notice_undo_button")
    driver.desktop.desks.undo._timer.timeout.emit()
    driver.until(lambda: driver.desktop.jobs.is_idle)
    assert driver.window.focusWidget() is driver.find("look_up_field"), "no other button takes what was meant for it"
    assert not folder.exists()
    log = driver.desktop.house.paths.access_log.read_text("utf-8")
    assert "wrong person" in log
    assert evidence_id in log
    driver.until(lambda: not driver.desktop.library_model.here())


@pytest.mark.parametrize("code", ["key_passphrase_wrong", "permission_denied"])
def test_after_a_refusal_the_keys_go_on_where_they_were_never_to_the_way_back(
    make_driver: Callable[..., Driver], code: str
) -> None:
    driver = make_driver(keyring=False)
    driver.session.key_protection = "passphrase"
    driver.show_page(Page("record", make_reviewed()))
    driver.click("save_button")
    dialog = driver.dialog("save_dialog")
    assert isinstance(dialog, SaveDialog)
    wished: list[object] = []
    dialog.confirmed.disconnect()
    dialog.confirmed.connect(wished.append)
    for name in ("case_field", "purpose_field", "place_field"):
        driver.type(name, "x")
    driver.type("passphrase_field", "open sesame")
    driver.find("case_field").setFocus()
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert len(wished) == 1
    assert dialog.window().focusWidget() is dialog, "a second Enter presses nothing while it is sealed"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.refuse(SurroundingsError(code, path="/evidence"))
    focused = dialog.window().focusWidget()
    assert isinstance(focused, QLineEdit)
    assert focused.objectName() == ("passphrase_field" if code == "key_passphrase_wrong" else "case_field")
    assert focused.hasSelectedText()
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert len(wished) == 2, "Enter tries again"
    assert dialog.isVisible()
