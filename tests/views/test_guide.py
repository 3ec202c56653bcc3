"""The guide: every step, done and skipped and refused; it never comes by itself and never stands in the way."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QListWidget

from facevid_gui.bridge.session import Page
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.simulator.server import Simulator
from tests.support.window_driver import Driver
from tests.support.window_records import clip, make_record, make_reviewed

STEPS = ("Service", "Service keys", "Connection", "Evidence place", "Workstation key", "Enrolment sheet")


@pytest.fixture
def guide(driver: Driver) -> Driver:
    return at_start(driver)


def at_start(driver: Driver) -> Driver:
    """The guide as a newcomer sees it first."""
    driver.choose_profile()
    driver.click("guide_button")
    idle(driver)
    return driver


def idle(driver: Driver) -> None:
    driver.until(lambda: driver.desktop.jobs.is_idle)
    driver.settle()


def states(driver: Driver) -> dict[str, str]:
    """The word at each step."""
    listed = driver.find("guide_steps", QListWidget)
    texts = [listed.item(row).text().split("\n") for row in range(listed.count())]
    return {text[0]: text[1] for text in texts if len(text) == 2}


def go(driver: Driver, step: str) -> None:
    driver.find("guide_steps", QListWidget).setCurrentRow(STEPS.index(step))
    idle(driver)


def said(driver: Driver, name: str) -> QLabel:
    return driver.find(name, QLabel)


def fill_keys(driver: Driver, part: dict[str, Any], **changed: str) -> None:
    driver.type("profile_endpoint_field", part["base_url"])
    for field, value in part["settings"].items():
        driver.type(f"profile_{field}", value)
    for field, value in {**part["secrets"], **changed}.items():
        driver.type(f"secret_{field}", value)
    driver.click("keep_profile_button")
    driver.until(lambda: driver.session.profiles)
    idle(driver)


def choose_file(driver: Driver, path: Path) -> None:
    """Say a name in the file dialog that is open."""
    dialog = next(found for found in driver.window.findChildren(QFileDialog) if found.isVisible())
    dialog.fileSelected.emit(str(path))
    dialog.close()
    idle(driver)


def test_the_first_start_offers_it_first_and_never_opens_it(driver: Driver) -> None:
    driver.choose_profile()
    assert driver.find("guide_button").property("kind") == "primary"
    assert driver.button("Add a profile…", driver.window.page).isVisible()
    assert driver.window.set_up.guide is None
    driver.click("guide_button")
    assert driver.find("guide_page").isVisible()
    assert set(states(driver)) == set(STEPS)


def test_with_a_profile_the_welcome_speaks_of_ids_and_the_menu_has_the_guide(driver: Driver) -> None:
    from tests.views.test_lookup_bar import profile

    driver.choose_profile(profile())
    assert not driver.find("guide_button").isVisible()
    next(action for action in driver.window.menu.actions() if action.text() == "Getting started…").trigger()
    idle(driver)
    assert states(driver)["Service"] == states(driver)["Service keys"] == "done"
    assert driver.find("guide_steps", QListWidget).currentRow() == STEPS.index("Connection")


def test_every_step_can_be_skipped_and_what_was_skipped_is_known_at_the_next_start(
    make_driver: Callable[..., Driver], tmp_path: Path
) -> None:
    driver = at_start(make_driver(home=tmp_path / "home"))
    go(driver, "Service")
    for step in STEPS:
        assert driver.find("guide_steps", QListWidget).currentRow() == STEPS.index(step)
        driver.click("guide_next_button" if states(driver)[step] == "done" else "guide_skip_button")
        idle(driver)
    assert "What comes next" in driver.texts("guide_page")
    assert set(states(driver).values()) == {"skipped"}
    driver.click("guide_paste_button")
    assert not driver.find("guide_page").isVisible()
    assert driver.find("look_up_field").hasFocus()
    again = at_start(make_driver(home=tmp_path / "home"))
    assert states(again)["Service keys"] == "skipped"
    go(again, "Service keys")
    assert not again.find("guide_skip_button").isVisible()
    assert again.find("keep_profile_button").isEnabled(), "what was skipped can be done all the same"


@pytest.mark.parametrize("kind", ["ess", "essbasic", "kyc"])
def test_the_form_is_that_of_the_service_and_says_where_its_keys_come_from(guide: Driver, kind: str) -> None:
    go(guide, "Service")
    guide.click(f"guide_service_{kind}")
    assert states(guide)["Service"] == "done"
    guide.click("guide_next_button")
    idle(guide)
    assert guide.find("profile_kind_box").currentData() == kind  # type: ignore[attr-defined]
    assert guide.find("profile_name_field", QLineEdit).text()
    words = " ".join(guide.texts("guide_page"))
    assert guide.desktop.messages.text(f"guide.keys.{kind}") in words
    assert "http" not in guide.desktop.messages.text(f"guide.keys.{kind}"), "no link that grows old"


def test_keys_are_pasted_tested_and_wrong_ones_refused(guide: Driver, simulator: Simulator) -> None:
    part = simulator.describe()["ess"]
    go(guide, "Service")
    guide.click("guide_service_ess")
    go(guide, "Service keys")
    fill_keys(guide, part, secret_key="wrong")
    assert "kept" in said(guide, "profile_status").text()
    assert states(guide)["Service keys"] == "done"
    go(guide, "Connection")
    guide.click("guide_test_button")
    idle(guide)
    refused = said(guide, "guide_connection_status")
    assert refused.property("tone") == "bad"
    assert "AuthFailure" in refused.text()
    assert "wrong" not in refused.text()
    assert states(guide)["Connection"] == "to do"
    go(guide, "Service keys")
    guide.type("secret_secret_id", part["secrets"]["secret_id"])
    guide.type("secret_secret_key", part["secrets"]["secret_key"])
    guide.click("keep_profile_button")
    idle(guide)
    go(guide, "Connection")
    guide.click("guide_test_button")
    idle(guide)
    assert said(guide, "guide_connection_status").property("tone") == "ok"
    assert states(guide)["Connection"] == "done"


def test_a_test_that_takes_long_can_be_stopped(guide: Driver, simulator: Simulator) -> None:
    from facevid_gui.core.cancel import CancelToken

    fill_ready(guide, simulator)
    go(guide, "Connection")

    def hang(*arguments: Any) -> None:
        token = next(argument for argument in arguments if isinstance(argument, CancelToken))
        token.wait(20.0)
        raise AssertionError("nobody stopped it")

    guide.desktop.house.connection = lambda *_args, **_kw: type("Slow", (), {"probe": staticmethod(hang)})()  # type: ignore[assignment,method-assign]
    guide.click("guide_test_button")
    guide.until(lambda: guide.find("guide_stop_test_button").isVisible())
    assert not guide.find("guide_test_button").isEnabled()
    guide.click("guide_stop_test_button")
    idle(guide)
    assert said(guide, "guide_connection_status").property("tone") == "muted"
    assert guide.find("guide_test_button").isEnabled()
    assert states(guide)["Connection"] == "to do"


def fill_ready(driver: Driver, simulator: Simulator) -> None:
    go(driver, "Service")
    driver.click("guide_service_ess")
    go(driver, "Service keys")
    fill_keys(driver, simulator.describe()["ess"])


def test_without_a_profile_the_connection_says_what_is_missing(guide: Driver) -> None:
    go(guide, "Connection")
    assert not guide.find("guide_test_button").isEnabled()
    assert "no profile" in said(guide, "guide_connection_profile").text()


def test_a_place_is_chosen_and_one_in_a_cloud_is_warned_of(guide: Driver, tmp_path: Path) -> None:
    go(guide, "Evidence place")
    guide.click("guide_choose_place_button")
    choose_file(guide, tmp_path / "OneDrive" / "evidence")
    assert guide.session.evidence_roots[0] == tmp_path / "OneDrive" / "evidence"
    assert guide.desktop.house.evidence_root(None) == tmp_path / "OneDrive" / "evidence"
    assert any("copied to a cloud" in text for text in guide.texts("guide_page"))
    assert states(guide)["Evidence place"] == "done"


def test_a_place_that_cannot_be_written_to_is_refused_with_a_next_step(guide: Driver, tmp_path: Path) -> None:
    before = guide.session.evidence_roots
    (tmp_path / "a file").write_text("")
    go(guide, "Evidence place")
    guide.click("guide_choose_place_button")
    choose_file(guide, tmp_path / "a file" / "evidence")
    assert said(guide, "guide_place_status").text().strip()
    assert guide.session.evidence_roots == before
    assert guide.desktop.house.settings.evidence_root == ""


def test_the_key_is_made_once_and_its_sheet_saved(guide: Driver, tmp_path: Path) -> None:
    go(guide, "Enrolment sheet")
    assert not guide.find("save_sheet_button").isEnabled()
    assert any("no workstation key yet" in text for text in guide.texts("guide_page"))
    go(guide, "Workstation key")
    guide.click("make_key_button")
    idle(guide)
    certificate = guide.desktop.house.keys.certificate()
    assert certificate is not None
    assert states(guide)["Workstation key"] == "done"
    shown = said(guide, "key_fingerprint").text().split()
    assert "".join(shown) == guide.desktop.desks.keys.state.facts["sha256"]
    assert not guide.find("make_key_button").isVisible()
    guide.click("guide_next_button")
    idle(guide)
    guide.click("save_sheet_button")
    choose_file(guide, tmp_path / "sheet.pdf")
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    assert states(guide)["Enrolment sheet"] == "done"
    assert str(tmp_path / "sheet.pdf") in said(guide, "key_status").text()
    guide.click("save_sheet_button")
    choose_file(guide, tmp_path / "sheet.pdf")
    assert "exists already" in said(guide, "key_status").text()


def test_without_a_keyring_the_key_asks_for_a_passphrase_twice(make_driver: Callable[..., Driver]) -> None:
    driver = at_start(make_driver(keyring=False))
    go(driver, "Workstation key")
    assert not driver.find("make_key_button").isEnabled()
    driver.find("guide_steps").setFocus()
    for expected in ("key_passphrase_field", "key_passphrase_again_field", "guide_back_button"):
        QTest.keyClick(driver.window.focusWidget(), Qt.Key.Key_Tab)
        assert focused(driver) == expected, "the button is off as yet"
    driver.type("key_passphrase_field", "a long passphrase")
    driver.type("key_passphrase_again_field", "another one")
    assert not driver.find("make_key_button").isEnabled()
    driver.type("key_passphrase_again_field", "a long passphrase")
    driver.click("make_key_button")
    idle(driver)
    assert driver.session.key_protection == "passphrase"
    assert states(driver)["Workstation key"] == "done"
    key = driver.desktop.house.paths.keys / "workstation.key"
    assert key.read_text("ascii", "replace").startswith("Protected-By: passphrase")


def test_a_damaged_certificate_says_why_and_offers_no_second_key(guide: Driver) -> None:
    keys = guide.desktop.house.paths.keys
    keys.mkdir(parents=True, exist_ok=True)
    (keys / "workstation.crt").write_text("nonsense")
    go(guide, "Workstation key")
    assert "certificate" in said(guide, "key_problem").text()
    assert not guide.find("make_key_button").isVisible()
    assert states(guide)["Workstation key"] == "to do"


def test_where_nothing_can_be_printed_that_is_said(guide: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    from facevid_gui.bridge import printing

    def refuse() -> None:
        raise SurroundingsError("no_printing", reason="no library")

    monkeypatch.setattr(printing, "make_printer", refuse)
    go(guide, "Workstation key")
    guide.click("make_key_button")
    idle(guide)
    go(guide, "Enrolment sheet")
    guide.click("print_sheet_button")
    assert said(guide, "key_status").property("tone") == "bad"
    assert not guide.has_dialog()


def test_the_sheet_is_printed(guide: Driver, tmp_path: Path) -> None:
    pytest.importorskip("PySide6.QtPrintSupport")
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter

    go(guide, "Workstation key")
    guide.click("make_key_button")
    idle(guide)
    go(guide, "Enrolment sheet")
    guide.click("print_sheet_button")
    chooser = guide.dialog("print_dialog") if guide.has_dialog() else None
    assert isinstance(chooser, QPrintDialog)
    printer = chooser.printer()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    chooser.accepted.emit(printer)
    chooser.close()
    idle(guide)
    assert (tmp_path / "printed.pdf").stat().st_size > 1000
    assert states(guide)["Enrolment sheet"] == "done"


def pressed(driver: Driver, letter: str) -> list[str]:
    """What a key of the desk does now."""
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent

    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_K, Qt.KeyboardModifier.NoModifier, letter)
    return ["toggle"] if driver.window.keys.command(event) is not None else []


def test_a_record_that_is_opened_takes_its_place_and_closing_it_brings_the_guide_back(guide: Driver) -> None:
    reviewed = make_reviewed(make_record("kyc", clips=(clip(),)))
    guide.show_page(Page("record", reviewed))
    assert pressed(guide, "k") == ["toggle"]
    assert not guide.find("guide_page").isVisible()
    guide.show_page(Page())
    assert guide.find("guide_page").isVisible()
    guide.show_page(Page("record", reviewed))
    guide.window.set_up.show_guide()
    idle(guide)
    assert guide.find("guide_page").isVisible(), "the menu brings it in front of a record"
    assert "toggle" not in pressed(guide, "k"), "the keys of the desk rest"
    guide.click("guide_close_button")
    assert not guide.find("guide_page").isVisible()
    assert guide.find("video_canvas").isVisible()
    guide.show_page(Page())
    assert not guide.find("guide_page").isVisible(), "what was closed stays closed"
    assert guide.find("guide_button").isVisible()


def focused(driver: Driver) -> str:
    """The name of what the keys go to; a part of a step that is no control counts as its kind."""
    widget = driver.window.focusWidget()
    return (widget.objectName() or type(widget).__name__) if widget is not None else ""  # type: ignore[redundant-expr]


def press(driver: Driver, key: str) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    QTest.keyClick(driver.window.focusWidget(), getattr(Qt.Key, f"Key_{key}"))
    idle(driver)


def test_the_whole_guide_is_gone_through_by_keys(guide: Driver, simulator: Simulator, tmp_path: Path) -> None:
    """With a step its first control has the focus, after its work Next has it; it is never on the way back."""
    go(guide, "Service")
    guide.click("guide_service_ess")
    guide.find("guide_next_button").setFocus()
    press(guide, "Space")
    assert states(guide)["Service keys"] == "to do"
    assert focused(guide) == "profile_name_field"
    part = simulator.describe()["ess"]
    guide.type("profile_endpoint_field", part["base_url"])
    for field, value in part["settings"].items():
        guide.type(f"profile_{field}", value)
    for field, value in part["secrets"].items():
        guide.type(f"secret_{field}", value)
    guide.find("keep_profile_button").setFocus()
    press(guide, "Space")
    assert states(guide)["Service keys"] == "done"
    assert focused(guide) == "guide_next_button"
    press(guide, "Space")
    assert focused(guide) == "guide_test_button"
    press(guide, "Space")
    assert states(guide)["Connection"] == "done"
    assert focused(guide) == "guide_next_button"
    press(guide, "Space")
    assert focused(guide) == "guide_choose_place_button"
    guide.click("guide_choose_place_button")
    choose_file(guide, tmp_path / "evidence")
    go(guide, "Evidence place")
    guide.find("guide_next_button").setFocus()
    press(guide, "Space")
    assert focused(guide) == "make_key_button"
    press(guide, "Space")
    assert states(guide)["Workstation key"] == "done"
    assert focused(guide) == "guide_next_button"
    press(guide, "Space")
    assert focused(guide) == "print_sheet_button"
    guide.click("save_sheet_button")
    choose_file(guide, tmp_path / "sheet.pdf")
    assert states(guide)["Enrolment sheet"] == "done"
    assert focused(guide) == "guide_next_button"
    press(guide, "Space")
    assert focused(guide) == "guide_paste_button"


def test_what_came_to_nothing_can_be_tried_again_with_one_key(guide: Driver, simulator: Simulator) -> None:
    fill_ready(guide, simulator)
    go(guide, "Connection")
    simulator.stop()
    guide.find("guide_test_button").setFocus()
    guide.find("guide_test_button").click()  # type: ignore[attr-defined]
    assert focused(guide) == "ConnectionStep", "while it is asked Enter goes nowhere"
    idle(guide)
    assert states(guide)["Connection"] == "to do"
    assert focused(guide) == "guide_test_button"
    go(guide, "Service keys")
    guide.type("secret_secret_id", "x y")
    guide.find("keep_profile_button").setFocus()
    press(guide, "Space")
    assert said(guide, "profile_status").property("tone") == "bad"
    assert focused(guide) == "keep_profile_button"


def test_every_stop_of_tab_in_the_guide_is_a_control(guide: Driver) -> None:
    go(guide, "Service")
    guide.find("guide_steps").setFocus()
    press(guide, "Tab")
    assert focused(guide).startswith("guide_service_")


def test_keys_of_an_earlier_run_are_to_be_entered_again_where_no_keyring_kept_them(
    make_driver: Callable[..., Driver], tmp_path: Path, simulator: Simulator
) -> None:
    driver = at_start(make_driver(keyring=False, home=tmp_path / "home"))
    fill_ready(driver, simulator)
    assert states(driver)["Service keys"] == "done", "for this run they are there"
    assert driver.find("secret_secret_key", QLineEdit).placeholderText() == "unchanged"
    again = make_driver(keyring=False, home=tmp_path / "home")
    again.start()
    again.window.set_up.show_guide()
    idle(again)
    assert states(again)["Service keys"] == "to do"
    go(again, "Service keys")
    assert again.find("secret_secret_key", QLineEdit).placeholderText() == "enter again"
    assert any("were for one run only" in text for text in again.texts("guide_page"))
    go(again, "Connection")
    again.click("guide_test_button")
    idle(again)
    assert "not there any more" in said(again, "guide_connection_status").text()
    again.session.keyring = "locked"
    again.session.keyring_changed.emit()
    go(again, "Service keys")
    assert again.find("secret_secret_key", QLineEdit).placeholderText() == "cannot be read now"
    assert not any("were for one run only" in text for text in again.texts("guide_page"))


def test_rows_that_come_late_are_reached_where_they_stand(guide: Driver) -> None:
    go(guide, "Workstation key")
    desk = guide.window.set_up._desks.keys
    desk.state = replace(desk.state, protection="new_passphrase")
    desk.changed.emit()
    guide.settle()
    guide.find("guide_steps").setFocus()
    for expected in ("key_passphrase_field", "key_passphrase_again_field", "guide_back_button"):
        QTest.keyClick(guide.window.focusWidget(), Qt.Key.Key_Tab)
        assert focused(guide) == expected
