"""The trust dialog: reached from the banner of a stranger's folder, and never passed without the sheet."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from facevid_gui.bridge.session import Activity, Page
from facevid_gui.core.fingerprints import grouped
from facevid_gui.core.messages import Messages
from facevid_gui.core.verdict import SignerFacts, Verdict
from facevid_gui.evidence.seal import SealRequest
from facevid_gui.simulator.server import Simulator
from facevid_gui.views.trust_dialog import HIDDEN, TrustDialog
from tests.support.evidence_places import unlock_folders
from tests.support.places import look_up_order, make_house
from tests.support.window_driver import Driver
from tests.support.window_records import make_reviewed, make_verdict

SHA = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder sealed on another workstation, and the fingerprint on its sheet."""
    base = tmp_path_factory.mktemp("foreign")
    house = make_house(base / "home")
    with Simulator() as simulator:
        capture = look_up_order(house, simulator, "simOrder0001").capture
    assert capture is not None
    signer = house.keys.open()
    request = SealRequest("2026-1", "test", house.operator, base / "evidence")
    yield house.sealer.seal(house.captures.open(capture.name), request, signer).folder, signer.certificate_sha256
    unlock_folders(base)


@pytest.fixture
def folder(foreign: tuple[Path, str], tmp_path: Path) -> Iterator[Path]:
    target = tmp_path / foreign[0].name
    shutil.copytree(foreign[0], target)
    yield target
    unlock_folders(tmp_path)


def show_stranger(driver: Driver, sha256: str = SHA, subject: str = "CN=somebody") -> None:
    verdict = make_verdict(Verdict.UNKNOWN_SIGNER, signer=SignerFacts(subject, sha256, trusted=False))
    driver.show_page(Page("record", make_reviewed(verdict=verdict)))


def open_dialog(driver: Driver) -> TrustDialog:
    driver.click("trust_button")
    dialog = driver.dialog("trust_dialog")
    assert isinstance(dialog, TrustDialog)
    return dialog


def confirm(driver: Driver) -> QPushButton:
    return driver.find("confirm_trust_button", QPushButton)


def error(driver: Driver) -> str:
    return driver.find("dialog_error", QLabel).text()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_the_banner_of_a_stranger_offers_to_compare(driver: Driver, verdict: Verdict) -> None:
    driver.show_page(Page("record", make_reviewed(verdict=make_verdict(verdict))))
    assert driver.find("trust_button").isVisible() == (verdict is Verdict.UNKNOWN_SIGNER)


def test_an_unsaved_record_and_a_signature_nobody_can_read_offer_nothing(driver: Driver) -> None:
    show_stranger(driver)
    assert driver.find("trust_button").isVisible()
    driver.show_page(Page("record", make_reviewed()))
    assert not driver.find("trust_button").isVisible()
    driver.show_page(Page("record", make_reviewed(verdict=make_verdict(Verdict.UNKNOWN_SIGNER, signer=None))))
    assert not driver.find("trust_button").isVisible()


def test_what_is_asked_for_is_hidden_and_the_rest_can_be_compared(driver: Driver) -> None:
    show_stranger(driver)
    dialog = open_dialog(driver)
    asked = dialog._stranger.asked
    texts = driver.texts(dialog)
    assert texts.count(HIDDEN) == len(asked) == 5
    visible = [group for number, group in enumerate(grouped(SHA).split()) if number not in asked]
    assert [text for text in texts if text in visible] == visible
    assert "CN=somebody" in texts
    whole = " ".join([*texts, dialog.field.placeholderText()])
    assert SHA not in whole.replace(" ", ""), "it could be copied from the dialog"
    names = [label.accessibleName() for label in dialog.findChildren(QLabel) if label.text() == HIDDEN]
    assert names == [f"group {number + 1}, hidden" for number in asked]


def test_nothing_can_be_confirmed_before_there_is_enough_to_compare(driver: Driver) -> None:
    show_stranger(driver)
    open_dialog(driver)
    for text, enough in (("", False), ("0123", False), ("0" * 19, False), ("0" * 20, True), ("0" * 21, False),
                         ("x" * 20, False), (grouped("0" * 64), True), ("0" * 65, False)):  # fmt: skip
        driver.find("trust_field", QLineEdit).setText(text)
        assert confirm(driver).isEnabled() == enough, text
    driver.find("trust_field", QLineEdit).setText("0" * 10)
    QTest.keyClick(driver.find("trust_field"), Qt.Key.Key_Return)
    assert driver.find("trust_dialog").isVisible()


def test_another_fingerprint_is_told_loudly_and_changes_nothing(driver: Driver) -> None:
    show_stranger(driver)
    open_dialog(driver)
    for typed in ("0" * 20, "f" * 64):
        driver.type("trust_field", typed)
        driver.click("confirm_trust_button")
        assert error(driver).startswith("NOT the same")
        assert driver.find("trust_dialog").isVisible()
    assert driver.desktop.jobs.is_idle
    assert driver.desktop.house.trusted.all() == ()
    driver.click(driver.button("Back"))
    driver.until(lambda: not driver.has_dialog())


@pytest.mark.parametrize("how", ["typed groups", "pasted whole"])
def test_with_the_sheet_the_folder_is_trusted_and_verified_anew(
    driver: Driver, folder: Path, foreign: tuple[Path, str], how: str
) -> None:
    sheet = grouped(foreign[1])
    driver.desktop.controller.open_folder(folder)
    driver.until(lambda: not driver.session.is_busy)
    assert "STRANGER" in driver.banner()["texts"][0]
    dialog = open_dialog(driver)
    if how == "typed groups":
        driver.type("trust_field", " ".join(sheet.split()[number] for number in dialog._stranger.asked))
    else:
        driver.paste("trust_field", f"SHA-256 {sheet.upper()}\n")
    driver.click("confirm_trust_button")
    driver.until(lambda: not driver.has_dialog())
    reviewed = driver.session.page.reviewed
    assert reviewed is not None
    assert reviewed.verdict is not None
    assert reviewed.verdict.verified
    assert driver.banner()["texts"][0].startswith("VERIFIED")
    assert not driver.find("trust_button").isVisible()
    assert [trusted.sha256 for trusted in driver.desktop.house.trusted.all()] == [foreign[1]]


def test_a_refusal_is_told_in_the_dialog_and_can_be_tried_again(driver: Driver, folder: Path) -> None:
    """The page speaks of a signer that the folder does not have."""
    reviewed = replace(make_reviewed(), folder=folder)
    verdict = make_verdict(Verdict.UNKNOWN_SIGNER, signer=SignerFacts("CN=somebody", SHA, trusted=False))
    driver.show_page(Page("record", replace(reviewed, verdict=verdict)))
    open_dialog(driver)
    driver.paste("trust_field", SHA)
    driver.click("confirm_trust_button")
    driver.until(lambda: "no longer the one you compared" in error(driver))
    assert driver.find("trust_field").isEnabled()
    assert confirm(driver).isEnabled()
    assert driver.desktop.house.trusted.all() == ()


def test_while_something_else_runs_it_says_so(driver: Driver) -> None:
    show_stranger(driver)
    open_dialog(driver)
    driver.session.activity = Activity("look_up")
    driver.paste("trust_field", SHA)
    driver.click("confirm_trust_button")
    assert "else is still running" in error(driver)
    driver.session.activity = Activity()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_is_said_in_both_languages_and_foreign_names_stay_plain(
    make_driver: Callable[..., Driver], language: str
) -> None:
    driver = make_driver(language=language)
    show_stranger(driver, subject="CN=<b>boss</b>\nTrusted \u202e" + "x" * 5000)
    dialog = open_dialog(driver)
    texts = driver.texts(dialog)
    assert Messages(language).text("trust.dialog.sentence") in texts
    assert not any(text.startswith("trust.") for text in texts)
    assert any("<b>boss</b>" in text for text in texts), "shown as it is, not as markup"
    assert not any("\u202e" in text for text in texts)
    assert dialog.sizeHint().width() < 700
    if language == "zh_CN":
        assert confirm(driver).text() == "核对并信任"
