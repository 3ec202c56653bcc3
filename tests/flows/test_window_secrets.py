"""No secret is in a file, a log, a crash report, the clipboard or on the screen, whatever is done in the window.

What the console does is watched by `tests.flows.test_secrets`, children and their environment too.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QWidget

from facevid_gui.last_run import crash_report
from facevid_gui.program import program_facts
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.evidence_places import unlock_folders
from tests.support.secrets import found_in, secrets_on_the_wire
from tests.views.conftest import application, make_driver  # noqa: F401 - fixtures

PASSPHRASE = "correct horse battery staple 7"


@pytest.fixture
def desk(make_driver: Callable[..., Any], tmp_path: Path) -> Iterator[Any]:  # noqa: F811
    """A window without a keyring: secrets and passphrase are typed."""
    yield make_driver(home=tmp_path / "home", keyring=False)
    unlock_folders(tmp_path)


def on_the_screen() -> bytes:
    """What every window says, to the eye and to a screen reader, but for what is being typed as a secret."""
    words: list[str] = []
    for widget in QApplication.allWidgets():
        words += [widget.windowTitle(), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        words += _texts(widget)
    return "\n".join(words).encode()


def _texts(widget: QWidget) -> list[str]:
    if isinstance(widget, QLineEdit):
        return [widget.displayText()]
    if isinstance(widget, QPlainTextEdit):
        return [widget.toPlainText()]
    return [widget.text()] if isinstance(widget, QLabel) else []


def type_order_profile(desk: Any, part: dict[str, Any]) -> None:
    """A profile whose secret makes tickets, as a user types it."""
    desk.click("new_profile_button")
    desk.pick("profile_kind_box", "kyc")
    desk.pick("profile_ticket_mode_box", "direct")
    desk.find("accept_token_risk_box").setChecked(True)
    typed = {
        "profile_name_field": "orders", "profile_endpoint_field": part["base_url"],
        "profile_app_id": part["settings"]["app_id"], "secret_secret": part["secrets"]["secret"],
    }  # fmt: skip
    for field, text in typed.items():
        desk.type(field, text)
    desk.click("keep_profile_button")
    desk.until(lambda: len(desk.session.profiles) == 2)


def test_no_secret_is_left_anywhere_by_the_window(desk: Any, simulator: Simulator, tmp_path: Path) -> None:
    told, seen = simulator.describe(), {}
    desk.desktop.watch_failures()
    desk.start()
    desk.window.show_profiles()
    desk.add_profile("contracts", "ess", told["ess"])
    seen["profile"] = on_the_screen()
    type_order_profile(desk, told["kyc"])
    seen["second profile"] = on_the_screen()
    desk.click("close_profiles_button")
    for pasted in ("simOrder0001", "simOrderGone", flow_id("One")):
        desk.look_up(pasted)
        seen[f"look-up of {pasted}"] = on_the_screen()
    desk.desktop.desks.imports.preview()
    seen["request"] = " ".join(desk.texts(desk.dialog("text_dialog"))).encode() + on_the_screen()
    desk.dialog("text_dialog").close()
    desk.first_frame()
    desk.save("2026-0311", "disputed signature", tmp_path / "evidence", PASSPHRASE)
    secret = told["ess"]["secrets"]["secret_key"]
    sys.excepthook(RuntimeError, RuntimeError(f"unforeseen beside {secret} and {PASSPHRASE}"), None)
    desk.until(lambda: "unforeseen" in desk.notice())
    seen["after a failure"] = on_the_screen()
    desk.window.help.show_help()
    desk.until(lambda: desk.find("help_copy_button").isEnabled())
    desk.click("help_copy_button")
    seen["clipboard"] = QApplication.clipboard().text().encode()
    seen["help"] = on_the_screen()
    desk.dialog("help_dialog").close()
    seen["report of a bad end"] = crash_report(desk.desktop.house.paths, program_facts()).encode()
    assert b"RuntimeError" in seen["report of a bad end"]
    seen |= {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    seen["names of files"] = "\n".join(map(str, tmp_path.rglob("*"))).encode()

    secrets = secrets_on_the_wire(simulator) | {PASSPHRASE}
    assert found_in(secrets, seen) == []
    for log in desk.desktop.house.paths.logs.iterdir():
        log.write_bytes(b"")  # whoever takes the window down would complain
    assert b"unforeseen beside" in b"".join(seen.values()), "the failure is in the log"
    assert found_in({flow_id("One")}, seen), "the search finds what is there"
