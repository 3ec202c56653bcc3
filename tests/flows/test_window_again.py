"""What is opened anew is loaded anew, a card asks for what it speaks of, and every photo can be seen."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from facevid_gui.bridge.work import Sealing
from facevid_gui.demo import add_profiles
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from facevid_gui.views.findings_custody import file_states
from tests.views.conftest import application, make_driver  # noqa: F401 - fixtures


@pytest.fixture
def driver(make_driver: Callable[..., Any], simulator: Simulator) -> Iterator[Any]:  # noqa: F811
    """A window with profiles of the simulated company; its workers have come."""
    made = make_driver()
    add_profiles(made.desktop.house, simulator)
    made.start()
    return made


def look_up(driver: Any, text: str) -> None:
    driver.window.bar.field.setText(text)
    driver.click("look_up_button")
    driver.until(lambda: not driver.session.is_busy)


def save(driver: Any) -> Path:
    """Seal the open record; its folder."""
    driver.desktop.controller.save(Sealing("case", "purpose", driver.session.evidence_roots[0]))
    driver.until(lambda: driver.session.page.reviewed is not None and driver.session.page.reviewed.is_sealed)
    folder: Path = driver.session.page.reviewed.folder
    return folder


def overwrite(file: Path, change: Callable[[bytes], bytes]) -> None:
    """Change a sealed file as somebody with rights could."""
    for path in (file.parent, file):
        path.chmod(0o700)
    file.write_bytes(change(file.read_bytes()))


def test_every_photo_of_an_order_can_be_seen(driver: Any) -> None:
    look_up(driver, "simOrderPhotos")
    tabs, canvas = driver.find("photo_tabs"), driver.find("photo_canvas")
    driver.until(lambda: canvas.image is not None)
    assert tabs.isVisible()
    assert [tabs.tabText(number) for number in range(tabs.count())] == ["Photo 1", "Photo 2", "Photo 3"]
    first = canvas.image
    tabs.setCurrentIndex(2)
    driver.until(lambda: canvas.image is not None and canvas.image is not first)
    look_up(driver, "simOrder0001")
    driver.until(lambda: canvas.image is not None)
    assert not tabs.isVisible()


def test_a_clip_that_was_changed_is_gone_after_verifying_again(driver: Any) -> None:
    look_up(driver, "simOrder0001")
    folder = save(driver)
    driver.until(lambda: driver.desktop.screening.image is not None)
    overwrite(folder / "data/media/video.mp4", lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]))
    driver.click(driver.window.page.banner.verify_button)
    driver.until(lambda: driver.session.page.reviewed.verdict.verdict == "altered")
    driver.until(lambda: driver.find("video_canvas").image is None)
    assert driver.desktop.screening.image is None


def test_each_file_of_a_folder_says_what_checking_it_came_to(driver: Any) -> None:
    look_up(driver, "simOrder0001")
    folder = save(driver)
    overwrite(folder / "data/media/video.mp4", lambda raw: raw + b"x")
    driver.desktop.controller.open_folder(folder)
    driver.until(lambda: driver.session.page.reviewed.verdict.verdict == "altered")
    note, files = file_states(driver.session.page.reviewed)
    assert note == "files.note.sealed"
    named = {file.path for file in files if file.path.startswith("data/")}
    assert named == {str(path.relative_to(folder)) for path in (folder / "data").rglob("*") if path.is_file()}
    assert [file.path for file in files if file.state != "file.sealed"] == ["data/media/video.mp4"]


def test_the_raw_answer_is_read_anew_with_the_folder(driver: Any) -> None:
    look_up(driver, "simOrder0001")
    folder = save(driver)
    findings = driver.window.findings
    driver.desktop.controller.unmask()
    driver.until(lambda: driver.session.page.unmasked)
    findings.tabs.setCurrentIndex(1)
    driver.until(lambda: not findings.answers.is_empty)
    assert findings.answers.model.tree.find("88.01")
    overwrite(folder / "data/exchanges/01/response-body.bin", lambda raw: raw.replace(b"88.01", b"11.01"))
    driver.desktop.controller.open_folder(folder)
    driver.until(lambda: driver.session.page.reviewed.verdict.verdict == "altered")
    assert findings.answers.is_empty


def test_a_card_asks_for_the_flow_it_speaks_of(driver: Any, simulator: Simulator) -> None:
    look_up(driver, flow_id("Many"))
    assert driver.session.page.kind == "outcome"
    driver.window.bar.field.setText(flow_id("One"))
    driver.window.page.outcome.signer_chosen.emit(sign_id("Clerk"))
    driver.until(lambda: driver.session.page.kind == "record")
    record = driver.session.page.reviewed.record
    assert (record.flow_id, record.sign_id) == (flow_id("Many"), sign_id("Clerk"))


def test_again_asks_for_what_was_asked(driver: Any, simulator: Simulator) -> None:
    look_up(driver, flow_id("NoVideo"))
    driver.window.bar.field.setText(flow_id("One"))
    asked = len(simulator.requests)
    driver.window.page.outcome.again_wanted.emit()
    driver.until(lambda: not driver.session.is_busy and len(simulator.requests) > asked)
    bodies = b"".join(request.body for request in simulator.requests[asked:])
    assert flow_id("NoVideo").encode() in bodies
    assert flow_id("One").encode() not in bodies


def test_a_gesture_while_something_runs_is_told_to_wait(driver: Any, tmp_path: Path) -> None:
    driver.window.bar.field.setText(flow_id("One"))
    driver.click("look_up_button")
    driver.desktop.controller.open_folder(tmp_path)
    assert driver.session.notice is not None
    assert driver.session.notice.message == "notice.busy"
    driver.until(lambda: not driver.session.is_busy)
