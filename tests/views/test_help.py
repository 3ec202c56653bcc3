"""The Help page: the same findings as `facevid doctor`, the worst first, copied without secrets."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPlainTextEdit, QPushButton

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.messages import Messages
from facevid_gui.diagnosis import checking, papers, video
from facevid_gui.diagnosis.checking import findings
from facevid_gui.diagnosis.finding import Finding, Question
from facevid_gui.diagnosis.words import cure_of, name_of, value_of
from tests.support.window_driver import Driver


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The children are tried elsewhere."""
    monkeypatch.setattr(video, "probe", lambda: {"player": "ready", "detail": "H.264", "sound": True})
    monkeypatch.setattr(checking, "CHECKS", tuple(pair for pair in checking.CHECKS if pair[0] != "decoder"))


def open_help(driver: Driver) -> None:
    driver.window.activateWindow()
    driver.until(driver.window.isActiveWindow)
    QTest.keyClick(driver.window, Qt.Key.Key_F1)
    driver.dialog("help_dialog")
    driver.until(lambda: driver.find("help_refresh_button").isEnabled())


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_page_shows_what_the_doctor_says(make_driver: Callable[..., Driver], language: str) -> None:
    driver = make_driver(language=language)
    open_help(driver)
    shown = " ".join(driver.texts(driver.dialog("help_dialog")))
    messages = Messages(language)
    told = list(findings(Question(driver.desktop.house, CancelToken(), fresh=False)))
    names = {finding.name for finding in told} | {"chinese_font", "player"}
    assert {finding.name for finding in driver.desktop.desks.help.findings} == names - {"sound"}, "no player, no sound"
    for finding in told:
        if finding.name not in (
            "clock",
            "disk",
            "player",
            "sound",
            "chinese_font",
        ):  # these change, or are the window's
            assert name_of(finding, messages) in shown
            assert value_of(finding, messages) in shown
            assert cure_of(finding, messages) in shown


def test_the_worst_comes_first_each_state_in_words_and_the_number_above(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [Finding("proxy", "ok", "none"), Finding("keyring", "warn", "locked", "doctor.cure.keyring_locked"),
            Finding("disk", "missing", "0 MB", "doctor.cure.disk")]  # fmt: skip
    monkeypatch.setattr(checking, "CHECKS", (("all", lambda _question: iter(told)),))
    open_help(driver)
    driver.settle()
    cards = [driver.find(f"help_{name}") for name in ("disk", "keyring", "proxy")]
    places = [card.y() for card in cards]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    states = ["needed, not in order", "to be mended", "in order"]
    assert [driver.texts(card)[1] for card in cards] == states
    assert "To be mended: 2" in driver.find("help_summary").text()  # type: ignore[attr-defined]
    assert driver.find("help_disk").accessibleName().startswith("free space: needed, not in order. 0 MB Less than")
    monkeypatch.setattr(checking, "CHECKS", (("all", lambda _question: iter(told[:1])),))
    driver.click("help_refresh_button")
    driver.until(lambda: driver.find("help_refresh_button").isEnabled())
    assert driver.find("help_summary").text() == "Everything is in order."  # type: ignore[attr-defined]


def test_it_can_be_stopped_and_what_was_found_stays(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(question: Question):  # type: ignore[no-untyped-def]
        yield Finding("proxy", "ok", "none")
        question.token.wait(60)

    monkeypatch.setattr(checking, "CHECKS", (("all", endless),))
    QTest.keyClick(driver.window, Qt.Key.Key_F1)
    driver.until(lambda: driver.desktop.desks.help.findings)
    assert not driver.find("help_refresh_button").isEnabled()
    driver.click("help_stop_button")
    driver.until(lambda: driver.find("help_refresh_button").isEnabled())
    assert "proxy" in driver.texts(driver.dialog("help_dialog"))


def test_closing_it_stops_the_looking(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = []

    def endless(question: Question):  # type: ignore[no-untyped-def]
        tokens.append(question.token)
        yield Finding("proxy", "ok", "none")
        question.token.wait(60)

    monkeypatch.setattr(checking, "CHECKS", (("all", endless),))
    for close in (lambda page: page.close(), lambda page: QTest.keyClick(page, Qt.Key.Key_Escape)):
        driver.window.help.show_help()
        driver.until(lambda: driver.desktop.desks.help.findings)
        page = driver.dialog("help_dialog")
        close(page)
        driver.until(lambda: not any(t.objectName() == "help_dialog" for t in QApplication.topLevelWidgets()))
        assert tokens[-1].is_cancelled
        driver.desktop.desks.help.findings = ()


def test_what_is_copied_names_neither_the_account_nor_a_secret(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: driver.desktop.house.paths.data)
    open_help(driver)
    driver.click("help_copy_button")
    copied = QGuiApplication.clipboard().text()
    assert "✓ in order · data folder: ~" in copied
    assert str(driver.desktop.house.paths.data) not in copied
    assert "holds no secrets" in driver.find("help_summary").text()  # type: ignore[attr-defined]


def test_texts_to_read_come_from_a_worker(driver: Driver) -> None:
    open_help(driver)
    page = driver.dialog("help_dialog")
    driver.click(driver.button("Check evidence without this program…", page))
    text = driver.dialog("text_dialog").findChild(QPlainTextEdit).toPlainText()
    assert "sha256sum --strict" in text
    assert "openssl cms -verify" in text
    assert "{media_commands}" not in text
    driver.dialog("text_dialog").close()
    driver.click(driver.button("Licences…", page))
    dialog = driver.dialog("papers_dialog")
    box = driver.find("paper_box", QComboBox)
    shown = dialog.findChild(QPlainTextEdit)
    assert "Apache-2.0" in shown.toPlainText()
    box.setCurrentIndex(box.findText("GPL-3.0"))
    assert "GNU GENERAL PUBLIC LICENSE" in shown.toPlainText()
    assert box.findText("LGPL-3.0") >= 0


def test_other_pages_open_over_it(driver: Driver) -> None:
    open_help(driver)
    page = driver.dialog("help_dialog")
    for words, name in (("Keys…", "key_sheet"), ("What is stored where…", "stored_dialog")):
        driver.click(driver.button(words, page))
        other = driver.dialog(name)
        other.close()
        driver.until(lambda other=name: not any(t.objectName() == other for t in QApplication.topLevelWidgets()))
    assert page.isVisible()


def test_a_failure_is_told_on_the_page(driver: Driver) -> None:
    open_help(driver)
    driver.desktop.desks.help.refused.emit(SurroundingsError("keyring_locked"))
    assert "keyring is locked" in driver.find("help_summary").text()  # type: ignore[attr-defined]


def test_every_control_of_the_page_has_a_name(driver: Driver) -> None:
    open_help(driver)
    for button in driver.dialog("help_dialog").findChildren(QPushButton):
        assert button.text() or button.accessibleName()


def test_licences_of_a_bundle_are_those_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "licenses").mkdir()
    (tmp_path / "NOTICE.txt").write_text("all of it")
    (tmp_path / "licenses" / "GPL-3.0.txt").write_text("the GPL")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "facevid-gui"))
    assert [(paper.title, paper.text) for paper in papers.licences()] == [
        ("NOTICE", "all of it"),
        ("GPL-3.0", "the GPL"),
    ]
