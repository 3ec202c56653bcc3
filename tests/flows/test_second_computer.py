"""Years later on another computer: a package, no keyring, no profile, no network, nobody who made it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import pathname2url

import pytest

pytest.importorskip("PySide6")

from PySide6.QtWidgets import QLabel

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.note import NOTE, NoteDraft
from facevid_gui.evidence.export import ExportRequest
from facevid_gui.evidence.identity import identify
from facevid_gui.evidence.notes import add_note
from facevid_gui.evidence.seal import SealRequest
from facevid_gui.evidence.sidecar import SidecarWriter
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support import drops
from tests.support.evidence_places import capture_of, files_of, unlock_folders
from tests.support.evidence_zips import entries_of, make_zip
from tests.support.places import look_up_flow, make_house
from tests.views.conftest import application, make_driver  # noqa: F401 - fixtures

NOTE_TEXT = "口型与声音不一致"

# The window as `facevid-gui FILE` starts it, in a process where nothing can be reached.
OFFLINE = """
import json, os, socket, sys
def forbidden(*_args, **_more): raise AssertionError("a socket")
socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = forbidden
socket.getaddrinfo = socket.create_connection = forbidden
from facevid_gui import app, desktop
from facevid_gui.house import House
class NoKeyring:
    def state(self): return "unavailable"
    def __getattr__(self, name): raise AssertionError("the keyring was asked for " + name)
House.secret_store = property(lambda self: NoKeyring())
from PySide6.QtCore import QTimer
before = desktop.Desktop.show
def show(self):
    before(self)
    timer = QTimer(self)
    def look():
        page, screening = self.session.page, getattr(self, "screening", None)
        if page.kind in ("error", "outcome") or self.session.notice is not None and self.session.notice.error:
            print(json.dumps({"kind": page.kind, "notice": str(self.session.notice)}), flush=True)
        elif page.kind != "record" or screening is None or screening.shown is None or self.session.is_busy:
            return
        else:
            banner = self.window.page.banner
            print(json.dumps({
                "kind": page.kind, "id": page.title_id, "verdict": page.reviewed.verdict.verdict,
                "package": banner.package.text(), "frame": self.window.page.stage.frame_label.text(),
                "unpacked": [str(path) for path in self.house.paths.visiting.iterdir() if path.is_dir()],
            }), flush=True)
        timer.stop()
        self.window.close()
    timer.timeout.connect(look)
    timer.start(20)
desktop.Desktop.show = show
sys.exit(app.main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """The sender's folder with a note beside it, and the package made of it."""
    home = tmp_path_factory.mktemp("sender")
    house = make_house(home)
    with Simulator() as simulator:
        capture = capture_of(look_up_flow(house, simulator, flow_id("One")))
    signer = house.keys.open()
    request = SealRequest("2026-0311", "disputed signature", house.operator, home / "evidence")
    folder = house.sealer.seal(house.captures.open(str(capture)), request, signer).folder
    writer = SidecarWriter(house.journal, house.clock, "sender")
    add_note(writer, folder, identify(folder), NoteDraft(NOTE, NOTE_TEXT, None), signer)
    package = home / "给 法院" / "court (2026).zip"
    package.parent.mkdir()
    house.exporter.export(ExportRequest(folder, package), house.trust(), lambda: signer, CancelToken())
    yield folder, package
    unlock_folders(home)


def start_with(argument: str, home: Path) -> dict[str, Any]:
    """What the window shows that is started with an argument."""
    environ = {**os.environ, "FACEVID_HOME": str(home), "FACEVID_LANG": "en", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, argument], env=environ, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "a socket" not in done.stderr
    assert not [path for path in (home / "cache" / "visiting").glob("*") if path.is_dir()], "closing removes it"
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


@pytest.mark.parametrize("how", ["path", "url"])
def test_a_package_named_on_the_command_line_opens_without_anything_else(
    sent: tuple[Path, Path], tmp_path: Path, how: str
) -> None:
    folder, package = sent
    argument = str(package) if how == "path" else f"file://{pathname2url(str(package))}"
    seen = start_with(argument, tmp_path / "reader")
    assert (seen["kind"], seen["id"], seen["verdict"]) == ("record", folder.name[-32:], "unknown_signer")
    assert package.name in seen["package"]
    assert seen["frame"]
    assert len(seen["unpacked"]) == 1


def test_a_file_that_is_no_package_is_told_in_the_window(tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"nothing of ours")
    seen = start_with(str(bad), tmp_path / "reader")
    assert (seen["kind"], "package_no_zip" in seen["notice"]) == ("empty", True)


def drop(driver: Any, path: Path) -> None:
    drops.drop(driver.window, path)
    driver.until(lambda: not driver.session.is_busy)


@pytest.fixture
def reader(make_driver: Callable[..., Any]) -> Any:  # noqa: F811
    driver = make_driver(keyring=False)
    driver.start()
    return driver


def test_a_dropped_package_is_looked_at_and_a_copy_kept(reader: Any, sent: tuple[Path, Path], tmp_path: Path) -> None:
    folder, package = sent
    drop(reader, package)
    reader.first_frame()
    page, house = reader.window.page, reader.desktop.house
    assert page.banner.package.isVisible()
    assert package.name in page.banner.package.text()
    assert not page.banner.export_button.isVisible()
    hand_over = reader.window._hand_over
    assert [action.isEnabled() for action in hand_over.actions] == [False, False]
    view = reader.window.notes.view
    reader.until(lambda: any(NOTE_TEXT in label.text() for label in view.findChildren(QLabel)))
    assert view.composer.isHidden()
    assert not view.view_only.isHidden()
    reader.window.notes.mark()
    assert reader.session.notice.error.code == "package_view_only"
    reader.window.packages.keep_action.trigger()
    reader.dialog("keep_dialog")
    root = tmp_path / "kept here"
    reader.type("keep_place_field", str(root))
    reader.click("confirm_keep_button")
    reader.until(lambda: reader.session.page.folder is not None and reader.session.page.folder.parent == root)
    kept = reader.session.page.folder
    assert files_of(kept) == files_of(folder)
    assert files_of(kept.with_name(f"{kept.name}.work")) == files_of(folder.with_name(f"{folder.name}.work"))
    assert not page.banner.package.isVisible()
    assert [action.isEnabled() for action in hand_over.actions] == [True, True]
    reader.until(lambda: not [path for path in house.paths.visiting.iterdir() if path.is_dir()])


def test_of_several_folders_the_user_chooses(reader: Any, sent: tuple[Path, Path], tmp_path: Path) -> None:
    folder, _ = sent
    inner = entries_of(folder)
    twin = [type(entry)(f"second/{entry.name}", entry.data) for entry in inner]
    package = tmp_path / "two.zip"
    package.write_bytes(make_zip([*inner, *twin]))
    drop(reader, package)
    dialog = reader.dialog("which_dialog")
    assert dialog.list.count() == 2  # type: ignore[attr-defined]
    dialog.list.setCurrentRow(1)  # type: ignore[attr-defined]
    reader.click("open_packed_button")
    reader.until(lambda: reader.session.page.kind == "record")
    assert reader.session.visiting.inside == f"second/{folder.name}"


def test_the_reason_is_asked_before_anything_is_shown(reader: Any, sent: tuple[Path, Path]) -> None:
    reader.desktop.house.settings_file.change({"ask_purpose": ("open",)})
    drop(reader, sent[1])
    reader.dialog("reason_dialog")
    assert reader.session.page.kind == "empty"
    assert not reader.find("confirm_reason_button").isEnabled()
    reader.type("reason_field", "court order 7/2026")
    reader.click("confirm_reason_button")
    reader.until(lambda: reader.session.page.kind == "record")
    assert not reader.has_dialog()
    lines = reader.desktop.house.paths.access_log.read_text("utf-8").splitlines()
    assert json.loads(lines[0])["detail"]["reason"] == "court order 7/2026"


def test_what_was_watched_is_in_the_log_when_the_window_was_closed_at_once(
    reader: Any, sent: tuple[Path, Path]
) -> None:
    drop(reader, sent[1])
    reader.first_frame()
    for number in (3, 4, 9):
        reader.desktop.screening.go_to_frame(number)
        reader.until(lambda number=number: reader.desktop.screening.shown.number == number)
    reader.close()
    log = reader.desktop.house.paths.access_log
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["opened", "watched", "looked_at"]
    [told] = lines[-1]["detail"].values()
    assert told == "frames 4: 1,4-5,10"
