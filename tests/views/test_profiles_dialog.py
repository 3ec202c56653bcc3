"""The profiles dialog: every kind and every way to a ticket; what is missing in words a person typed; the keyring."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QLineEdit, QListWidget, QPushButton

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.messages import Messages
from facevid_gui.credentials.profiles import Profile, make_profile
from facevid_gui.simulator.server import Simulator
from facevid_gui.views.profile_form import FIELDS, SECRETS, TICKET_SECRET
from facevid_gui.views.profiles_dialog import ProfilesDialog
from tests.support.window_driver import Driver

ENDPOINT = "http://127.0.0.1:9"
SETTINGS = {
    "ess": {"user_id": "yDUser", "proxy_organization_id": "yDOrg"},
    "essbasic": {"app_id": "yDApp", "proxy_organization_open_id": "org", "proxy_operator_open_id": "op"},
    "kyc": {"app_id": "IDA1"},
}
SECRET_TEXT = {"secret_id": "AKIDx", "secret_key": "keyx", "token": "tokenx", "ticket": "ticketx",
               "header_value": "Bearer x", "secret": "secretx"}  # fmt: skip


@pytest.fixture
def dialog(driver: Driver) -> Driver:
    driver.choose_profile()
    driver.window.show_profiles()
    driver.dialog("profiles_dialog")
    return driver


def status(driver: Driver) -> QLabel:
    return driver.find("profile_status", QLabel)


def fill(
    driver: Driver, name: str, kind: str, settings: dict[str, str], secrets: tuple[str, ...], **boxes: str
) -> None:
    driver.type("profile_name_field", name)
    driver.pick("profile_kind_box", kind)
    for box, value in boxes.items():
        driver.pick(box, value)
    driver.type("profile_endpoint_field", ENDPOINT)
    for field, value in settings.items():
        driver.type(f"profile_{field}", value)
    for field in secrets:
        driver.type(f"secret_{field}", SECRET_TEXT[field])


def keep(driver: Driver) -> QLabel:
    driver.click("keep_profile_button")
    driver.until(lambda: driver.find("keep_profile_button").isEnabled() and status(driver).text().strip())
    return status(driver)


def kept(driver: Driver, name: str) -> Profile:
    return driver.desktop.house.profiles.get(name)


@pytest.mark.parametrize("kind", ["ess", "essbasic"])
def test_an_e_sign_profile_of_each_edition(dialog: Driver, kind: str) -> None:
    fill(dialog, "work", kind, SETTINGS[kind], SECRETS[kind])
    said = keep(dialog)
    assert (said.text(), said.property("tone")) == ("Profile work kept; its secrets are in the system's keyring.", "ok")
    profile = kept(dialog, "work")
    assert (profile.kind, profile.endpoint, profile.environment) == (kind, ENDPOINT, "prod")
    assert {field: getattr(profile, field) for field in SETTINGS[kind]} == SETTINGS[kind]
    store = dialog.desktop.house.secret_store
    for field in SECRETS[kind]:
        secret = store.read("work", field)
        assert secret is not None
        assert secret.reveal() == SECRET_TEXT[field]
    assert SECRET_TEXT["secret_key"] not in (dialog.desktop.house.paths.config / "profiles.json").read_text("utf-8")
    assert dialog.session.profile == profile, "what was kept is in use"


MODES = [
    ("pasted", {}),
    ("server", {"ticket_url": "https://tickets.example/sign", "ticket_header": "X-Key"}),
    ("direct", {}),
]


@pytest.mark.parametrize(("mode", "settings"), MODES)
def test_an_order_profile_with_each_way_to_a_ticket(dialog: Driver, mode: str, settings: dict[str, str]) -> None:
    secret = TICKET_SECRET[mode]
    fill(dialog, "orders", "kyc", SETTINGS["kyc"] | settings, (secret,), profile_ticket_mode_box=mode)
    said = keep(dialog)
    assert said.property("tone") == "ok", said.text()
    profile = kept(dialog, "orders")
    assert (profile.ticket_mode, profile.ticket_url) == (mode, settings.get("ticket_url", ""))
    value = dialog.desktop.house.secret_store.read("orders", secret)
    assert value is not None
    assert value.reveal() == SECRET_TEXT[secret]


def test_fetching_with_the_app_secret_is_warned_about_and_has_to_be_accepted(dialog: Driver) -> None:
    fill(dialog, "orders", "kyc", SETTINGS["kyc"], ("secret",), profile_ticket_mode_box="direct")
    assert any("ends the token of your production server" in text for text in dialog.texts("profiles_dialog"))
    dialog.find("profile_endpoint_field", QLineEdit).clear()
    said = keep(dialog)
    assert said.property("tone") == "bad"
    assert "accept the risk" in said.text()
    dialog.find("accept_token_risk_box", QCheckBox).click()
    assert keep(dialog).property("tone") == "ok"
    assert kept(dialog, "orders").accept_token_risk


@pytest.mark.parametrize(
    ("kind", "left_out"),
    [("ess", "user_id"), ("essbasic", "app_id"), ("essbasic", "proxy_operator_open_id"), ("kyc", "app_id")],
)
def test_a_setting_that_is_missing_is_named_as_the_form_names_it(dialog: Driver, kind: str, left_out: str) -> None:
    settings = {name: value for name, value in SETTINGS[kind].items() if name != left_out}
    secrets = SECRETS.get(kind, ("ticket",))
    fill(dialog, "work", kind, settings, secrets)
    said = keep(dialog)
    assert said.property("tone") == "bad"
    assert dialog.desktop.messages.text(f"profile.field.{left_out}") in said.text()
    assert "--" not in said.text(), "options are for the console"
    assert dialog.find("secret_" + secrets[0], QLineEdit).text(), "nothing has to be typed twice"
    dialog.type(f"profile_{left_out}", "x")
    assert keep(dialog).property("tone") == "ok"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("profile_name_field", "", "not a usable profile name"),
        ("profile_name_field", "a b/c", "not a usable profile name"),
        ("profile_endpoint_field", "http://example.com", "only for this computer"),
        ("profile_endpoint_field", "not an address", "not an origin"),
        ("secret_secret_key", "", "SecretKey"),
        ("secret_secret_key", "two words", "SecretKey"),
        ("secret_secret_id", "ＡＫＩＤ", "SecretId"),
    ],
)
def test_what_cannot_be_is_told(dialog: Driver, field: str, value: str, expected: str) -> None:
    fill(dialog, "work", "ess", SETTINGS["ess"], SECRETS["ess"])
    dialog.find(field, QLineEdit).clear()
    dialog.type(field, value)
    said = keep(dialog)
    assert said.property("tone") == "bad"
    assert expected in said.text()
    assert "--" not in said.text()
    assert "JSON" not in said.text()
    assert not dialog.session.profiles
    if value and field.startswith("secret"):
        assert value not in said.text()


def test_a_name_that_is_taken_is_told(dialog: Driver) -> None:
    fill(dialog, "work", "ess", SETTINGS["ess"], ("secret_id", "secret_key"))
    keep(dialog)
    dialog.click("new_profile_button")
    fill(dialog, "work", "ess", SETTINGS["ess"], ("secret_id", "secret_key"))
    said = keep(dialog)
    assert said.property("tone") == "bad"
    assert "exists already" in said.text()
    assert "--" not in said.text()


def test_secrets_are_hidden_until_looked_at(dialog: Driver) -> None:
    dialog.pick("profile_kind_box", "ess")
    dialog.settle()
    field = dialog.find("secret_secret_key", QLineEdit)
    assert field.echoMode() == QLineEdit.EchoMode.Password
    eye = next(
        b for b in field.parentWidget().children() if getattr(b, "accessibleName", str)() == "Show what was typed"
    )
    eye.click()
    assert field.echoMode() == QLineEdit.EchoMode.Normal
    eye.click()
    assert field.echoMode() == QLineEdit.EchoMode.Password


def test_a_profile_is_replaced_without_typing_its_secrets_again(dialog: Driver) -> None:
    fill(dialog, "work", "ess", SETTINGS["ess"], ("secret_id", "secret_key"))
    keep(dialog)
    assert dialog.find("keep_profile_button", QPushButton).text() == "Keep changes"
    assert dialog.find("profile_name_field", QLineEdit).isReadOnly()
    assert not dialog.find("profile_kind_box").isEnabled()
    assert dialog.find("secret_secret_key", QLineEdit).text() == "", "secrets are never shown again"
    assert dialog.find("secret_secret_key", QLineEdit).placeholderText() == "unchanged"
    dialog.type("profile_user_id", "yDOther")
    dialog.pick("profile_environment_box", "test")
    keep(dialog)
    assert (kept(dialog, "work").user_id, kept(dialog, "work").environment) == ("yDOther", "test")
    secret = dialog.desktop.house.secret_store.read("work", "secret_key")
    assert secret is not None
    assert secret.reveal() == "keyx"


def test_one_key_is_corrected_alone_and_enter_keeps_it(dialog: Driver) -> None:
    fill(dialog, "work", "ess", SETTINGS["ess"], ("secret_id", "secret_key"))
    keep(dialog)
    assert status(dialog).text().strip()
    field = dialog.find("secret_secret_key", QLineEdit)
    field.setFocus()
    QTest.keyClicks(field, "corrected")
    assert not status(dialog).text().strip(), "what was said of the profile before is over"
    QTest.keyClick(field, Qt.Key.Key_Return)
    dialog.until(lambda: status(dialog).text().strip())
    found = [dialog.desktop.house.secret_store.read("work", name) for name in ("secret_id", "secret_key")]
    assert [secret.reveal() for secret in found if secret] == ["AKIDx", "corrected"]
    assert dialog.window.findChild(QDialog, "profiles_dialog") is not None, "Enter closes nothing"


def test_forgetting_removes_profile_and_secrets(dialog: Driver) -> None:
    for name in ("one", "two"):
        dialog.click("new_profile_button")
        fill(dialog, name, "ess", SETTINGS["ess"], ("secret_id", "secret_key"))
        keep(dialog)
    listed = dialog.find("profiles_list", QListWidget)
    assert [listed.item(n).text().split("\n")[0] for n in range(listed.count())] == ["one", "two"]
    listed.setCurrentRow(0)
    assert dialog.find("profile_name_field", QLineEdit).text() == "one"
    dialog.click("forget_profile_button")
    dialog.until(lambda: [profile.name for profile in dialog.session.profiles] == ["two"])
    assert dialog.desktop.house.secret_store.read("one", "secret_key") is None
    assert dialog.find("profile_name_field", QLineEdit).text() == "two"
    dialog.click("forget_profile_button")
    dialog.until(lambda: not dialog.session.profiles)
    assert not dialog.find("forget_profile_button").isEnabled()
    assert not dialog.find("test_profile_button").isEnabled()
    assert dialog.session.profile is None


@pytest.mark.parametrize("state", ["ready", "locked", "unavailable"])
def test_the_state_of_the_keyring_is_said_in_a_sentence(dialog: Driver, state: str) -> None:
    dialog.session.keyring = state
    dialog.session.keyring_changed.emit()
    assert dialog.find("keyring_text", QLabel).text() == Messages("en").text(f"keyring.{state}")


def test_without_a_keyring_secrets_hold_for_this_run_and_the_profile_is_kept(
    make_driver: Callable[..., Driver],
) -> None:
    driver = make_driver(keyring=False)
    driver.choose_profile()
    driver.window.show_profiles()
    driver.dialog("profiles_dialog")
    fill(driver, "work", "ess", SETTINGS["ess"], ("secret_id", "secret_key"))
    said = keep(driver)
    assert said.property("tone") == "warn"
    assert "until the program ends" in said.text()
    assert driver.session.given["work"]["secret_key"].reveal() == "keyx"
    assert "keyx" not in repr(driver.session.given)
    assert kept(driver, "work").user_id == "yDUser"


def test_a_locked_keyring_is_another_sentence_than_none(dialog: Driver) -> None:
    def locked(*_: Any) -> None:
        raise SurroundingsError("keyring_locked")

    dialog.desktop.house.secret_store.write = locked  # type: ignore[method-assign]
    fill(dialog, "work", "ess", SETTINGS["ess"], ("secret_id", "secret_key"))
    said = keep(dialog)
    assert "locked" in said.text()
    assert said.property("tone") == "warn"


def part(simulator: Simulator, kind: str) -> dict[str, Any]:
    return simulator.describe()[kind]  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ["ess", "essbasic", "kyc"])
@pytest.mark.parametrize(
    "keyring",
    [True, pytest.param(False, id="no keyring")],
)
def test_the_connection_is_tested(
    make_driver: Callable[..., Driver], simulator: Simulator, kind: str, keyring: bool
) -> None:
    driver = make_driver(keyring=keyring)
    driver.choose_profile()
    driver.window.show_profiles()
    choices = {"profile_ticket_mode_box": "direct"} if kind == "kyc" else {}
    driver.add_profile("work", kind, part(simulator, kind), **choices)
    assert probe(driver).property("tone") == "ok", status(driver).text()
    assert status(driver).text().startswith("Profile work works: http://127.0.0.1:")
    if kind == "kyc" and not keyring:
        return  # a ticket of this run is kept for it
    secrets = {"secret": "0" * 64} if kind == "kyc" else {"secret_id": "AKIDx", "secret_key": "wrong"}
    for field, value in secrets.items():
        driver.type(f"secret_{field}", value)
    keep(driver)
    assert probe(driver).property("tone") == "bad"
    simulator.stop()
    assert probe(driver).property("tone") == "bad"
    assert "wrong" not in status(driver).text()


def probe(driver: Driver) -> QLabel:
    status(driver).setText("")
    driver.click("test_profile_button")
    button = driver.find("test_profile_button", QPushButton)
    driver.until(lambda: button.isEnabled() and button.text() == "Test connection" and status(driver).text().strip())
    return status(driver)


def test_a_test_can_be_stopped_and_is_when_another_profile_is_shown(
    make_driver: Callable[..., Driver], simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from facevid_gui.bridge import work

    tokens: list[CancelToken] = []

    def wait(_services: object, _profile: object, _given: object, token: CancelToken) -> None:
        tokens.append(token)
        token.wait(60)

    monkeypatch.setattr(work, "probe_profile", wait)
    driver = make_driver()
    driver.choose_profile()
    driver.window.show_profiles()
    driver.add_profile("work", "ess", part(simulator, "ess"))
    button = driver.find("test_profile_button", QPushButton)
    for number, leave in enumerate((lambda: driver.click(button), lambda: driver.click("new_profile_button"))):
        driver.find("profiles_list", QListWidget).setCurrentRow(0)
        driver.settle()
        driver.click(button)
        driver.until(lambda number=number: len(tokens) == number + 1)
        assert button.text() == "Stop"
        leave()
        assert tokens[-1].is_cancelled
        assert button.text() == "Test connection"
        driver.until(lambda: driver.desktop.jobs.is_idle)


def test_closing_while_it_asks_leaves_nothing_waiting(make_driver: Callable[..., Driver], simulator: Simulator) -> None:
    driver = make_driver()
    driver.choose_profile()
    driver.window.show_profiles()
    driver.add_profile("work", "ess", part(simulator, "ess"))
    driver.click("test_profile_button")
    driver.click("close_profiles_button")
    driver.until(lambda: not driver.has_dialog() and driver.desktop.jobs.is_idle)


def test_every_kind_shows_its_own_fields(dialog: Driver) -> None:
    for kind, names in FIELDS.items():
        dialog.pick("profile_kind_box", kind)
        dialog.settle()
        form: Any = dialog.find("profiles_dialog")
        assert isinstance(form, ProfilesDialog)
        assert tuple(form.panel.form._rows) == names
        for name in names:
            assert dialog.find(f"profile_{name}").isVisible()
    box = dialog.find("profile_ticket_mode_box", QComboBox)
    assert [box.itemData(n) for n in range(box.count())] == list(TICKET_SECRET)
    for mode, secret in TICKET_SECRET.items():
        dialog.pick("profile_ticket_mode_box", mode)
        dialog.settle()
        assert dialog.find(f"secret_{secret}").isVisible()


def test_a_profile_opens_as_it_was_kept(dialog: Driver) -> None:
    profile = make_profile(
        "orders", "kyc", {"app_id": "IDA1", "ticket_mode": "server", "ticket_url": "https://t.example"}
    )
    dialog.desktop.house.profiles.save(profile, replace=True)
    dialog.choose_profile(profile)
    dialog.settle()
    assert dialog.find("profile_name_field", QLineEdit).text() == "orders"
    assert dialog.find("profile_kind_box", QComboBox).currentData() == "kyc"
    assert dialog.find("profile_ticket_mode_box", QComboBox).currentData() == "server"
    assert dialog.find("profile_ticket_url", QLineEdit).text() == "https://t.example"


def test_the_settings_are_not_saved_over_a_profile_that_was_only_typed(driver: Driver) -> None:
    driver.choose_profile()
    driver.window.show_settings()
    settings = driver.dialog("settings_dialog")
    QTest.keyClicks(driver.find("profile_name_field", QLineEdit), "work")
    driver.click("save_settings_button")
    assert settings.isVisible()
    assert "is not kept yet" in driver.find("dialog_error", QLabel).text()
    driver.click("new_profile_button")
    driver.click("save_settings_button")
    driver.until(lambda: not driver.has_dialog())
