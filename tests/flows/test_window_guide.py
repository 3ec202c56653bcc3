"""The guide, gone through as a newcomer would: from an empty home to a record that is looked up, saved and verified."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtWidgets import QFileDialog, QListWidget

from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.evidence_places import unlock_folders
from tests.support.window_flows import check_verified
from tests.views.conftest import application, make_driver  # noqa: F401 - fixtures

PASSPHRASE = "a long passphrase for the test"
KINDS = [("ess", flow_id("One")), ("essbasic", flow_id("One")), ("kyc", "simOrder0001")]


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Path]:
    """Where evidence goes; it can be removed afterwards."""
    yield tmp_path / "evidence of Müller & 赵"
    unlock_folders(tmp_path)


def idle(driver: Any) -> None:
    driver.until(lambda: driver.desktop.jobs.is_idle and not driver.session.is_busy)
    driver.settle()


def say_file(driver: Any, path: Path) -> None:
    """A name for the file dialog that is open."""
    dialog = next(found for found in driver.window.findChildren(QFileDialog) if found.isVisible())
    dialog.fileSelected.emit(str(path))
    dialog.close()
    idle(driver)


def words(driver: Any) -> list[str]:
    listed = driver.find("guide_steps", QListWidget)
    return [listed.item(row).text().split("\n")[-1] for row in range(6)]


def on(driver: Any) -> None:
    driver.click("guide_next_button")
    idle(driver)


def paste_keys(driver: Any, kind: str, part: dict[str, Any], **wrong: str) -> None:
    if kind == "kyc":
        driver.pick("profile_ticket_mode_box", "direct")
    driver.type("profile_endpoint_field", part["base_url"])
    for field, value in part["settings"].items():
        driver.type(f"profile_{field}", value)
    for field, value in {**part["secrets"], **wrong}.items():
        driver.type(f"secret_{field}", value)
    driver.click("keep_profile_button")
    idle(driver)


@pytest.mark.parametrize("keyring", [True, False], ids=["keyring", "no keyring"])
@pytest.mark.parametrize(("kind", "pasted"), KINDS, ids=[kind for kind, _ in KINDS])
def test_from_an_empty_home_through_the_guide_to_verified_evidence(
    make_driver: Callable[..., Any],  # noqa: F811
    simulator: Simulator, tmp_path: Path, places: Path, kind: str, pasted: str, keyring: bool,
) -> None:  # fmt: skip
    part = simulator.describe()[kind]
    driver = make_driver(home=tmp_path / "desk", keyring=keyring)
    driver.start()
    idle(driver)
    driver.click("guide_button")
    idle(driver)
    driver.click(f"guide_service_{kind}")
    on(driver)
    paste_keys(driver, kind, part)
    on(driver)
    driver.click("guide_test_button")
    idle(driver)
    assert driver.find("guide_connection_status").property("tone") == "ok"
    on(driver)
    driver.click("guide_choose_place_button")
    say_file(driver, places)
    on(driver)
    if not keyring:
        for field in ("key_passphrase_field", "key_passphrase_again_field"):
            driver.type(field, PASSPHRASE)
    driver.click("make_key_button")
    idle(driver)
    on(driver)
    driver.click("save_sheet_button")
    say_file(driver, tmp_path / "sheet.pdf")
    assert words(driver) == ["done"] * 6
    on(driver)
    driver.click("guide_paste_button")
    assert driver.window.focusWidget() is driver.find("look_up_field")

    assert driver.look_up(pasted) == "record"
    driver.first_frame()
    driver.save("2026-0311", "disputed signature", None, "" if keyring else PASSPHRASE)
    check_verified(driver.banner())
    assert driver.session.page.reviewed.folder.parent == places
    signer = driver.session.page.reviewed.verdict.signer.sha256
    assert signer == driver.desktop.desks.keys.state.facts["sha256"], "by the key that was made, and that is on paper"
    secrets = [*part["secrets"].values(), PASSPHRASE]
    held = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(secret.encode() in raw for secret in secrets for raw in held)


def test_the_guide_stays_away_when_a_folder_is_opened(
    make_driver: Callable[..., Any],  # noqa: F811
    simulator: Simulator, tmp_path: Path, places: Path,
) -> None:  # fmt: skip
    from facevid_gui.bridge.work import Sealing
    from facevid_gui.demo import add_profiles

    desk = make_driver(home=tmp_path / "desk")
    add_profiles(desk.desktop.house, simulator)
    desk.start()
    desk.look_up(flow_id("One"))
    desk.desktop.controller.save(Sealing("case", "purpose", places))
    desk.until(lambda: desk.session.page.reviewed.is_sealed and not desk.session.is_busy)
    folder = desk.session.page.reviewed.folder
    other = make_driver(home=tmp_path / "another", keyring=False)
    other.desktop.open_named(folder)
    other.start()
    other.until(lambda: other.session.page.kind == "record" and not other.session.is_busy)
    assert other.session.profiles == ()
    assert other.window.set_up.guide is None
    assert other.find("verdict_banner").isVisible()
    assert not other.find("guide_button").isVisible()
