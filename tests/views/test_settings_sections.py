"""The sections of the settings: each shows what is in force, is checked when it is saved, and has its effect."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLabel, QLineEdit, QListWidget, QSpinBox

from facevid_gui.settings import Settings
from facevid_gui.views import settings_section
from facevid_gui.views.theme import Theme
from tests.support.window_driver import Driver

SECTIONS = ("profiles", "places", "operator", "stamps", "trusted", "network", "privacy", "playback", "look", "keys")


def idle(driver: Driver) -> None:
    driver.until(lambda: driver.desktop.jobs.is_idle)
    driver.settle()


@pytest.fixture
def settings(driver: Driver) -> Driver:
    return opened(driver)


def opened(driver: Driver, section: str = "profiles") -> Driver:
    driver.desktop.desks.settings.read()
    idle(driver)
    driver.window.show_settings()
    driver.dialog("settings_dialog")
    driver.go_to_section(section)
    idle(driver)
    return driver


def save(driver: Driver) -> Settings:
    driver.click("save_settings_button")
    driver.until(lambda: not driver.has_dialog())
    return driver.desktop.desks.settings.settings


def refused(driver: Driver) -> str:
    """Save; what the dialog says against it."""
    driver.click("save_settings_button")
    driver.until(lambda: driver.find("dialog_error", QLabel).text().strip())
    assert driver.find("save_settings_button").isEnabled()
    return driver.find("dialog_error", QLabel).text()


def section(driver: Driver) -> str:
    return SECTIONS[driver.find("settings_sections", QListWidget).currentRow()]


def choose_file(driver: Driver, path: Path) -> None:
    dialog = next(found for found in driver.dialog("settings_dialog").findChildren(QFileDialog) if found.isVisible())
    dialog.fileSelected.emit(str(path))
    dialog.close()
    idle(driver)


def test_every_section_is_there_and_can_be_gone_to(settings: Driver) -> None:
    dialog: Any = settings.dialog("settings_dialog")
    assert tuple(dialog.sections) == SECTIONS
    listed = settings.find("settings_sections", QListWidget)
    for number, name in enumerate(SECTIONS):
        settings.go_to_section(name)
        idle(settings)
        assert dialog.sections[name].isVisible()
        assert listed.item(number).text() == dialog.sections[name].title


def test_saving_without_a_change_changes_nothing(settings: Driver) -> None:
    assert save(settings) == Settings()


def test_operator_and_retention_stand_in_the_next_seal(driver: Driver) -> None:
    opened(driver, "operator")
    driver.type("operator_name_field", "李调查")
    driver.type("operator_role_field", "compliance")
    driver.type("legal_basis_field", "contract dispute")
    driver.find("retention_days_box", QSpinBox).setValue(1000)
    workplace = driver.desktop.house.workplace
    assert workplace.retention_days == 365
    kept = save(driver)
    assert (kept.operator_name, kept.legal_basis, kept.retention_days) == ("李调查", "contract dispute", 1000)
    house = driver.desktop.house
    assert (house.workplace.retention_days, house.workplace.operator["name"]) == (1000, "李调查")
    assert house.importer.operator["role"] == "compliance"


def test_what_a_seal_would_not_take_is_refused_where_it_stands(driver: Driver) -> None:
    opened(driver, "operator")
    driver.find("operator_role_field", QLineEdit).setText("zero\u200bwidth")
    driver.go_to_section("look")
    assert "cannot be printed" in refused(driver)
    assert section(driver) == "operator"
    assert driver.desktop.desks.settings.settings == Settings()


@pytest.mark.parametrize(
    ("where", "field", "typed", "says"),
    [
        ("stamps", "tsa_url_field", "http://good.example ftp://bad.example", "ftp://bad.example"),
        ("stamps", "tsa_root_field", "/no/such/file.pem", "/no/such/file.pem"),
        ("network", "proxy_field", "proxy.example:8080", "proxy.example:8080"),
        ("network", "proxy_field", "http://me:hunter2@proxy.example:8080", "not kept in the settings"),
        ("network", "ca_file_field", "/no/such/ca.pem", "/no/such/ca.pem"),
    ],
)
def test_a_wrong_value_is_refused_with_a_next_step(
    driver: Driver, where: str, field: str, typed: str, says: str
) -> None:
    opened(driver, where)
    driver.find(field, QLineEdit).setText(typed)
    driver.go_to_section("look")
    words = refused(driver)
    assert says in words
    assert "hunter2" not in words
    assert section(driver) == where
    assert not (driver.desktop.house.paths.config / "settings.json").exists(), "nothing of it is written"


def test_requests_are_only_stamped_where_somebody_stamps(driver: Driver) -> None:
    opened(driver, "stamps")
    driver.click("request_stamp_box")
    assert "authority" in refused(driver)
    driver.type("tsa_url_field", "http://127.0.0.1:9/a   http://127.0.0.1:9/b")
    kept = save(driver)
    assert (kept.tsa_url, kept.request_stamp) == ("http://127.0.0.1:9/a http://127.0.0.1:9/b", True)
    assert driver.desktop.house.tsa_urls == ("http://127.0.0.1:9/a", "http://127.0.0.1:9/b")
    assert driver.desktop.house.workplace.stamp_request is not None


def test_proxy_and_size_are_in_force_at_once(driver: Driver) -> None:
    before = driver.desktop.house.transport
    opened(driver, "network")
    driver.type("proxy_field", "http://127.0.0.1:3128")
    driver.find("max_answer_box", QSpinBox).setValue(300)
    kept = save(driver)
    assert (kept.proxy, kept.max_answer_bytes) == ("http://127.0.0.1:3128", 300 * 1024 * 1024)
    house = driver.desktop.house
    assert house.transport is not before
    assert house.workplace.limits.max_bytes == 300 * 1024 * 1024


def test_a_size_that_is_no_whole_mebibyte_stays_as_it_is(driver: Driver) -> None:
    driver.desktop.house.settings_file.change({"max_answer_bytes": 5_000_000})
    opened(driver, "network")
    assert save(driver).max_answer_bytes == 5_000_000


def test_what_the_environment_decides_is_said(driver: Driver) -> None:
    driver.desktop.house.environ = {**driver.desktop.house.environ, "FACEVID_TSA_URL": "http://127.0.0.1:9/"}
    opened(driver, "stamps")
    assert any("FACEVID_TSA_URL" in text for text in driver.texts("settings_dialog"))


def test_playback_is_the_state_of_the_players_own_controls(driver: Driver) -> None:
    transport, screening = driver.window.page.clip_view.transport, driver.desktop.screening
    transport.volume.setValue(33)
    opened(driver, "playback")
    assert driver.find("playback_volume_box", QSpinBox).value() == 33
    driver.find("playback_volume_box", QSpinBox).setValue(55)
    driver.pick("playback_speed_box", 2.0)
    driver.find("playback_mute_box", QCheckBox).setChecked(True)
    driver.find("playback_loop_box", QCheckBox).setChecked(True)
    assert (transport.volume.value(), screening.rates.chosen) == (33, 1.0), "not before it is saved"
    save(driver)
    assert (transport.volume.value(), transport.mute_button.isChecked()) == (55, True)
    assert (screening.rates.chosen, screening.loop.looping) == (2.0, True)
    assert transport.speed_box.currentIndex() == 4


def test_colours_have_one_state_and_two_doors(driver: Driver) -> None:
    theme = driver.desktop.theme
    theme.choose("light")
    opened(driver, "look")
    assert driver.find("theme_box", QComboBox).currentData() == "light"
    driver.pick("theme_box", "dark")
    assert theme.choice == "dark"
    appearance = next(a.menu() for a in driver.window.menu.actions() if a.text() == "Appearance")
    assert [a.text() for a in appearance.actions() if a.isChecked()] == ["Dark"]
    driver.click(driver.button("Back", driver.dialog("settings_dialog")))
    assert theme.choice == "light", "going back takes it back"
    assert [a.text() for a in appearance.actions() if a.isChecked()] == ["Light"]


def test_another_place_for_new_evidence_is_one_click(driver: Driver, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    second.mkdir()
    driver.desktop.house.choose_evidence_root(first)
    opened(driver, "places")
    driver.click("add_place_button")
    choose_file(driver, second)
    assert driver.desktop.house.evidence_root(None) == first
    driver.click("use_place_button")
    idle(driver)
    assert driver.desktop.house.evidence_root(None) == second
    assert driver.session.evidence_roots[:2] == (second, first)


def test_the_key_is_exported_and_replaced(driver: Driver, tmp_path: Path) -> None:
    opened(driver, "keys")
    assert not driver.find("rotate_key_button").isEnabled()
    driver.click("make_key_button")
    idle(driver)
    before = driver.desktop.desks.keys.state.facts["sha256"]
    driver.click("export_certificate_button")
    choose_file(driver, tmp_path / "signer.pem")
    assert (tmp_path / "signer.pem").read_text().startswith("-----BEGIN CERTIFICATE-----")
    driver.click("rotate_key_button")
    dialog: Any = driver.dialog("settings_dialog").findChild(object, "rotate_dialog")
    dialog.confirm_button.click()
    idle(driver)
    after = driver.desktop.desks.keys.state.facts["sha256"]
    assert after != before
    assert "stays trusted" in driver.find("key_status", QLabel).text()
    driver.go_to_section("trusted")
    idle(driver)
    assert len(driver.dialog("settings_dialog").findChildren(object, "trusted_card")) == 2


def test_the_organisations_key_is_imported_and_either_signs(driver: Driver, tmp_path: Path) -> None:
    from tests.support.evidence_organisation import PASSPHRASE, make_organisation

    file = make_organisation(tmp_path / "ca").issue("desk")
    opened(driver, "keys")
    driver.click("make_key_button")
    idle(driver)
    assert not driver.find("use_key_button").isVisible()
    for passphrase, tone in (("wrong", "bad"), (PASSPHRASE, "ok")):
        driver.click("import_key_button")
        choose_file(driver, file)
        dialog: Any = driver.dialog("settings_dialog").findChildren(object, "import_key_dialog")[-1]
        dialog._rows.field.setText(passphrase)
        dialog.confirm_button.click()
        idle(driver)
        assert driver.find("key_status", QLabel).property("tone") == tone, driver.find("key_status", QLabel).text()
    assert driver.desktop.house.keys.in_use == "organisation"
    assert "CN=desk" in driver.find("key_subject", QLabel).text()
    assert not driver.find("rotate_key_button").isEnabled()
    driver.click("use_key_button")
    idle(driver)
    assert driver.desktop.house.keys.in_use == "workstation"
    assert driver.find("rotate_key_button").isEnabled()
    assert PASSPHRASE not in driver.find("key_status", QLabel).text()


def a_certificate(folder: Path) -> tuple[Path, str]:
    """Somebody else's certificate as a file, and its fingerprint."""
    import hashlib
    from datetime import UTC, datetime

    from facevid_gui.evidence.fresh_key import make_workstation_key
    from facevid_gui.evidence.signing_key import pem_of_certificate

    der = make_workstation_key("colleague", datetime.now(UTC)).certificate_der
    path = folder / "colleague.pem"
    path.write_bytes(pem_of_certificate(der))
    return path, hashlib.sha256(der).hexdigest()


def test_a_signer_is_trusted_after_comparing_and_can_be_taken_out(driver: Driver, tmp_path: Path) -> None:
    path, sha256 = a_certificate(tmp_path)
    opened(driver, "trusted")
    driver.click("add_trusted_button")
    choose_file(driver, path)
    dialog: Any = driver.dialog("settings_dialog").findChild(object, "trust_dialog")
    dialog.field.setText("0" * 64)
    dialog.confirm_button.click()
    assert "NOT the same" in dialog.error.text()
    assert driver.desktop.house.trusted.all() == ()
    dialog.field.setText(sha256)
    dialog.confirm_button.click()
    idle(driver)
    assert [one.sha256 for one in driver.desktop.house.trusted.all()] == [sha256]
    assert "trusted from now on" in driver.find("trusted_status", QLabel).text()
    driver.click("distrust_button")
    idle(driver)
    assert driver.desktop.house.trusted.all() == ()
    logged = driver.desktop.house.paths.access_log.read_text("utf-8")
    assert '"trusted"' in logged
    assert '"distrusted"' in logged


def test_a_file_that_is_no_certificate_is_refused(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("nothing")
    opened(driver, "trusted")
    driver.click("add_trusted_button")
    choose_file(driver, tmp_path / "x.pem")
    assert driver.find("trusted_status", QLabel).property("tone") == "bad"


def test_what_happens_after_the_settings_were_closed_disturbs_nobody(driver: Driver, tmp_path: Path) -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    path, sha256 = a_certificate(tmp_path)
    opened(driver, "keys")
    driver.dialog("settings_dialog").close()
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))
    desks = driver.desktop.desks
    desks.keys.make(None)
    idle(driver)
    desks.keys.stopped.emit()
    desks.trusted.read(path)
    idle(driver)
    desks.trusted.trusted.emit()
    desks.trusted.distrusted.emit(sha256)
    desks.roots.look()
    desks.settings.save(retention_days=5)
    driver.desktop.theme.choose("dark")
    idle(driver)
    assert not driver.has_dialog()


def test_sections_that_cannot_be_read_say_why(make_driver: Callable[..., Driver], tmp_path: Path) -> None:
    home = tmp_path / "home"
    driver = make_driver(home=home)
    (home / "keys" / "trusted").mkdir(parents=True)
    (home / "keys" / "trusted" / "broken.pem").write_text("nonsense")
    (home / "keys" / "workstation.crt").write_text("nonsense")
    (home / "config" / "settings.json").write_bytes(b"{")
    opened(driver, "keys")
    assert "settings.json" in driver.find("dialog_error", QLabel).text()
    assert driver.find("key_problem", QLabel).text().strip()
    driver.go_to_section("trusted")
    idle(driver)
    assert driver.find("trusted_status", QLabel).property("tone") == "bad"
    driver.go_to_section("privacy")
    assert driver.find("watermark_box").isVisible(), "the defaults stand there"


def test_a_number_is_framed_like_a_field_and_has_its_arrows(theme: Theme) -> None:
    """The sheet that frames it takes the style's arrows away: they are painted, and the buttons still count."""
    theme.dress()
    made = settings_section.number("days", "Days", 30, 365)
    made.resize(140, made.sizeHint().height())
    made.show()
    image = made.grab().toImage()
    ratio = image.devicePixelRatio()
    middle = round(image.height() / 2)
    assert image.pixelColor(0, middle) == QColor(f"#{theme.tokens.outline}")
    column = range(round((made.width() - 18) * ratio), round((made.width() - 4) * ratio))
    ground = QColor(f"#{theme.tokens.panel}")
    for rows in (range(round(3 * ratio), middle - 2), range(middle + 2, image.height() - round(3 * ratio))):
        assert any(image.pixelColor(x, y) != ground for x in column for y in rows)
    QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(made.width() - 10, 6))
    assert made.value() == 31
    QTest.mouseClick(made, Qt.MouseButton.LeftButton, pos=QPoint(made.width() - 10, made.height() - 6))
    assert made.value() == 30
    made.deleteLater()
