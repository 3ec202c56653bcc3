"""Mark, note, snapshot in the real window; close; open the folder again without network: all of it is checked anew."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from facevid_gui.bridge.work import Sealing
from facevid_gui.demo import add_profiles
from facevid_gui.evidence.package import sidecar_of
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.evidence_places import files_of, unlock_folders
from tests.support.sidecars import edit
from tests.support.tools import need, run_tool
from tests.support.window_scenarios import PASSPHRASE
from tests.views.conftest import application, make_driver  # noqa: F401 - fixtures

KEY = Qt.Key


def seal(driver: Any) -> Path:
    root = driver.session.evidence_roots[0]
    driver.desktop.controller.save(Sealing("case", "purpose", root))
    driver.until(lambda: driver.session.page.reviewed is not None and driver.session.page.reviewed.is_sealed)
    driver.until(lambda: not driver.session.is_busy)
    folder: Path = driver.session.page.reviewed.folder
    driver.at_frame(0)
    return folder


def beside(driver: Any) -> Any:
    return driver.desktop.desks.notes.beside


def press(driver: Any, key: Qt.Key) -> None:
    driver.window.page.clip_view.transport.play_button.setFocus()
    QTest.keyClick(driver.window, key)


def words(driver: Any) -> str:
    driver.until(lambda: not driver.window.notes.view.is_filling)
    driver.settle()
    return "\n".join(driver.texts(driver.window.notes.view))


def step_to(driver: Any, number: int) -> None:
    driver.desktop.screening.go_to_frame(number)
    driver.at_frame(number)


def sign(driver: Any, text: str | None, count: int) -> None:
    """Type, sign with the keyboard, wait until it was kept."""
    field = driver.find("note_field")
    if text is not None:
        driver.compose(field, text)
    QTest.keyClick(field, KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    driver.until(lambda: beside(driver) is not None and len(beside(driver).notes.notes) == count)


def test_mark_note_snapshot_close_and_read_them_again_offline(
    driver: Any,
    make_driver: Callable[..., Any],  # noqa: F811
    simulator: Simulator,
) -> None:
    assert driver.look_up(flow_id("One")) == "record"
    driver.at_frame(0)
    folder = seal(driver)
    sealed = files_of(folder)
    step_to(driver, 30)
    press(driver, KEY.Key_M)
    field = driver.find("note_field")
    assert field.toPlainText() == "Liveness video, frame 31, 00:01.200"
    assert field.hasFocus()
    sign(driver, "looks away", 1)
    driver.window.page.clip_tabs.setCurrentIndex(1)
    driver.at_frame(0)
    step_to(driver, 7)
    press(driver, KEY.Key_M)
    sign(driver, None, 2)
    press(driver, KEY.Key_N)
    sign(driver, "口型与声音不一致", 3)
    press(driver, KEY.Key_S)
    driver.until(lambda: len(beside(driver).snapshots.snapshots) == 1)
    assert driver.session.notice.message == "notice.snapshot"
    shown = driver.desktop.screening.image.copy()
    driver.close()
    simulator.stop()
    assert files_of(folder) == sealed, "the seal is never touched"

    again = make_driver(home=driver.desktop.house.paths.config.parent)
    again.desktop.house.__dict__["secret_store"] = driver.desktop.house.secret_store
    told: list[list[tuple[int, str]]] = []
    again.desktop.desks.notes.markers_changed.connect(told.append)
    again.start()
    again.desktop.controller.open_folder(folder)
    again.until(lambda: beside(again) is not None)
    again.at_frame(0)
    assert again.session.page.reviewed.verdict.verified
    again.window.findings.tabs.setCurrentIndex(again.window.notes._tab)
    seen = words(again)
    for text in ("looks away", "Question and answer video, frame 8", "口型与声音不一致", "snapshot 000001.png"):
        assert text in seen
    assert seen.count("signature valid") == 4
    assert told[-1] == [(1_200_000, "looks away")], "the markers of the clip that is shown"
    again.click(next(b for b in again.window.notes.view.findChildren(type(again.button("Correct")))
                     if b.text() == "Go to the frame" and b.isVisible()))  # fmt: skip
    again.at_frame(7)
    assert again.window.page.clip_tabs.currentIndex() == 1
    assert told[-1] == [(beside(again).notes.notes[1].spot.pts_us, "Question and answer video, frame 8, 00:00.280")]
    check_snapshot(folder, shown, again)


def check_snapshot(folder: Path, shown: QImage, driver: Any) -> None:
    where = sidecar_of(folder) / "snapshots"
    said = json.loads((where / "000001.json").read_bytes())
    png = (where / "000001.png").read_bytes()
    picture = QImage.fromData(png, "PNG").convertToFormat(QImage.Format.Format_RGB888)
    assert picture == shown.convertToFormat(QImage.Format.Format_RGB888), "the frame's own pixels"
    assert said["picture"]["sha256"] == hashlib.sha256(png).hexdigest()
    media = (folder / "data" / said["clip"]["path"]).read_bytes()
    assert said["clip"]["sha256"] == hashlib.sha256(media).hexdigest()
    assert said["frame"] == 7
    assert said["pts_us"] == driver.desktop.screening.facts.pts_us[7]
    assert said["decoder"]["name"] == "h264"
    assert "libavcodec" in said["decoder"]["version"]
    assert said["planes"]["format"] == "yuv420p"
    planes = reference_planes(media, 7)
    assert hashlib.sha256(planes).hexdigest() == said["planes"]["sha256"], "another decoder run finds the same bytes"


def reference_planes(media: bytes, number: int) -> bytes:
    """The frame's decoded planes as FFmpeg's own encoder of raw video writes them, in a process of its own."""
    code = (
        "import av, io, sys\n"
        "from fractions import Fraction\n"
        "frames = av.open(io.BytesIO(sys.stdin.buffer.read())).decode(video=0)\n"
        "frame = next(f for n, f in enumerate(frames) if n == int(sys.argv[1]))\n"
        "raw = av.CodecContext.create('rawvideo', 'w')\n"
        "raw.width, raw.height, raw.pix_fmt = frame.width, frame.height, frame.format.name\n"
        "raw.time_base = Fraction(1, 25)\n"
        "sys.stdout.buffer.write(b''.join(map(bytes, [*raw.encode(frame), *raw.encode(None)])))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(number)], input=media, capture_output=True, check=True)
    return done.stdout


def test_a_snapshot_while_playing_holds_the_clip_and_is_exact(driver: Any) -> None:
    assert driver.look_up("simOrder0001") == "record"
    driver.at_frame(0)
    folder = seal(driver)
    screening = driver.desktop.screening
    if not screening.can_play:
        driver.until(lambda: screening.can_play)
    screening.play()
    driver.until(lambda: screening.state == "playing" and (screening.shown.number or 0) > 3)
    press(driver, KEY.Key_S)
    driver.until(lambda: beside(driver) is not None and len(beside(driver).snapshots.snapshots) == 1)
    assert screening.state == "paused"
    said = json.loads((sidecar_of(folder) / "snapshots/000001.json").read_bytes())
    assert said["frame"] == screening.shown.number
    media = (folder / "data" / said["clip"]["path"]).read_bytes()
    assert hashlib.sha256(reference_planes(media, said["frame"])).hexdigest() == said["planes"]["sha256"]


def take_snapshot(driver: Any, number: int) -> Path:
    """A snapshot of a frame; the path of its picture. The notes are in sight."""
    step_to(driver, number)
    press(driver, KEY.Key_S)
    driver.until(lambda: beside(driver) is not None and beside(driver).snapshots.snapshots)
    driver.window.findings.tabs.setCurrentIndex(driver.window.notes._tab)
    driver.until(lambda: not driver.window.notes.view.is_filling)
    return sidecar_of(driver.session.page.reviewed.folder) / "snapshots" / "000001.png"


def test_a_snapshot_can_be_looked_at_where_it_is_told_of(driver: Any) -> None:
    assert driver.look_up("simOrder0001") == "record"
    driver.at_frame(0)
    seal(driver)
    take_snapshot(driver, 9)
    shown = driver.desktop.screening.image.convertToFormat(QImage.Format.Format_RGB888)
    small = driver.find("snapshot_picture")
    driver.until(lambda: small.image is not None)
    assert small.image.height() < shown.height()
    driver.click(driver.button("Look at it closer", driver.window.notes.view))
    driver.until(driver.has_dialog)
    dialog = driver.dialog("picture_dialog")
    assert dialog.canvas.image.convertToFormat(QImage.Format.Format_RGB888) == shown
    said = beside(driver).snapshots.snapshots[0].document.data
    seen = "\n".join(driver.texts(dialog))
    assert said["picture"]["sha256"] in seen
    assert said["planes"]["sha256"] in seen
    assert "liveness video, frame 10" in seen
    dialog.copy_button.click()
    copied = driver.desktop.application.clipboard().image()
    assert copied.convertToFormat(QImage.Format.Format_RGB888) == shown
    dialog.close()


def test_a_picture_that_is_not_the_one_that_was_signed_is_not_decoded(
    driver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert driver.look_up("simOrder0001") == "record"
    driver.at_frame(0)
    seal(driver)
    file = take_snapshot(driver, 9)
    driver.until(lambda: driver.find("snapshot_picture").image is not None)
    decoded: list[bytes] = []
    monkeypatch.setattr("facevid_gui.bridge.photos.decode_picture", decoded.append)
    file.chmod(0o600)
    other = QImage(8, 8, QImage.Format.Format_RGB888)
    other.fill(0)
    other.save(str(file), "PNG")
    driver.click(driver.button("Look at it closer", driver.window.notes.view))
    driver.until(lambda: driver.session.notice is not None and driver.session.notice.error is not None)
    assert driver.session.notice.error.code == "snapshot_picture"
    assert not driver.has_dialog()
    assert decoded == []
    monkeypatch.undo()
    sealed = driver.session.page.reviewed
    driver.window._verify_again()
    driver.until(lambda: driver.session.page.reviewed is not sealed and not driver.session.is_busy)
    driver.until(lambda: beside(driver) is not None)
    driver.until(lambda: not driver.window.notes.view.is_filling)
    assert not driver.window.notes.view._pictures, "a broken one has no picture"


def test_an_unsaved_record_is_saved_first(driver: Any) -> None:
    assert driver.look_up("simOrder0001") == "record"
    driver.at_frame(0)
    for key in (KEY.Key_M, KEY.Key_N, KEY.Key_S):
        driver.desktop.controller.dismiss_notice()
        press(driver, key)
        assert "not saved yet" in driver.notice()
        assert "Save the evidence first" in driver.notice()
    driver.window.findings.tabs.setCurrentIndex(driver.window.notes._tab)
    assert "Save this record first" in words(driver)
    capture = driver.session.page.reviewed.folder
    assert not capture.with_name(capture.name + ".work").exists()


def test_tampering_with_notes_is_seen_at_the_next_opening(driver: Any) -> None:
    assert driver.look_up("simOrder0001") == "record"
    driver.at_frame(0)
    folder = seal(driver)
    for number, text in enumerate(("one", "two", "three", "four"), 1):
        press(driver, KEY.Key_N)
        sign(driver, text, number)
    where = sidecar_of(folder) / "notes"
    edit(where / "000002.json", text="something else")
    for name in ("000003.json", "000003.json.p7s"):
        (where / name).unlink()
    driver.desktop.controller.open_folder(folder)
    driver.until(lambda: beside(driver) is not None and beside(driver).notes.gaps)
    driver.window.findings.tabs.setCurrentIndex(driver.window.notes._tab)
    seen = words(driver)
    assert "broken: changed since it was signed" in seen
    assert "Notes: Missing: number 3" in seen
    assert driver.session.page.reviewed.verdict.verified, "the seal does not speak of notes"


def test_corrections_and_withdrawals_are_new_notes(driver: Any) -> None:
    assert driver.look_up("simOrder0001") == "record"
    driver.at_frame(0)
    folder = seal(driver)
    press(driver, KEY.Key_M)
    sign(driver, "blinks twice", 1)
    first = (sidecar_of(folder) / "notes/000001.json").read_bytes()
    words(driver)
    driver.click(driver.button("Correct", driver.window.notes.view))
    assert driver.find("note_about").text() == "corrects number 1"
    assert driver.find("note_field").toPlainText() == "blinks twice"
    sign(driver, "blinks once", 2)
    words(driver)
    driver.click(driver.button("Withdraw", driver.window.notes.view))
    sign(driver, "wrong person", 3)
    seen = words(driver)
    for text in ("corrected by number 2", "withdrawn by number 3", "withdraws number 2", "blinks twice"):
        assert text in seen
    assert beside(driver).notes.markers == ()
    assert (sidecar_of(folder) / "notes/000001.json").read_bytes() == first


def test_stock_tools_check_a_note(driver: Any, tmp_path: Path) -> None:
    need("openssl")
    assert driver.look_up("simOrder0001") == "record"
    driver.at_frame(0)
    folder = seal(driver)
    press(driver, KEY.Key_N)
    sign(driver, "for the court", 1)
    note = sidecar_of(folder) / "notes/000001.json"
    own = driver.desktop.house.paths.keys / "workstation.crt"
    done = run_tool(
        "openssl", "cms", "-verify", "-binary", "-inform", "PEM", "-in", f"{note}.p7s", "-content", str(note),
        "-CAfile", str(own), "-purpose", "any", "-out", str(tmp_path / "said"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "said").read_bytes() == note.read_bytes()


def test_without_a_keyring_each_signature_asks_for_the_passphrase(
    make_driver: Callable[..., Any],  # noqa: F811
    simulator: Simulator,
    tmp_path: Path,
) -> None:
    driver = make_driver(home=tmp_path / "desk", keyring=False)
    driver.start()
    driver.until(lambda: driver.session.key_protection == "new_passphrase")
    with_keyring = make_driver(home=tmp_path / "other")
    add_profiles(with_keyring.desktop.house, simulator)
    with_keyring.start()
    assert with_keyring.look_up("simOrder0001") == "record"
    with_keyring.at_frame(0)
    folder = seal(with_keyring)
    driver.desktop.controller.open_folder(folder)
    driver.until(lambda: beside(driver) is not None)
    driver.at_frame(0)
    press(driver, KEY.Key_N)
    field = driver.find("note_field")
    driver.compose(field, "seen by a colleague")
    driver.click("sign_note_button")
    driver.dialog("passphrase_dialog")
    driver.type("note_passphrase_field", PASSPHRASE)
    driver.type("note_passphrase_again_field", PASSPHRASE)
    driver.click("confirm_passphrase_button")
    driver.until(lambda: len(beside(driver).notes.notes) == 1)
    assert driver.session.key_protection == "passphrase", "there is a key now: it is typed once"
    press(driver, KEY.Key_N)
    driver.compose(field, "another one")
    driver.click("sign_note_button")
    driver.dialog("passphrase_dialog")
    driver.type("note_passphrase_field", "a wrong passphrase")
    driver.click("confirm_passphrase_button")
    driver.until(lambda: "passphrase" in driver.find("note_told").text())
    assert field.toPlainText() == "another one", "what was typed stays"
    assert field.isEnabled()
    assert len(beside(driver).notes.notes) == 1
    text = "".join(path.read_text("utf-8") for path in sidecar_of(folder).rglob("*.json"))
    assert PASSPHRASE not in text
    driver.close()
    with_keyring.desktop.controller.open_folder(folder)
    with_keyring.until(lambda: beside(with_keyring) is not None and beside(with_keyring).notes.notes)
    assert "does not know" in words(with_keyring), "a stranger's note is said to be that"
    unlock_folders(tmp_path)
