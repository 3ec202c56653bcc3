"""The window in a process of its own. Run: python -m tests.support.window_scenarios NAME, the order as JSON on stdin.

What a scenario saw is the last line of standard output, as JSON. The process ends as the program does: an exit code
of its own accord, nothing killed.
"""

import contextlib
import gc
import importlib.abc
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from facevid_gui.app import QUIET_QT

os.environ.setdefault("QT_LOGGING_RULES", QUIET_QT)

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from facevid_gui.application import make_application
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.query import Query
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.keeping import keep_secrets
from facevid_gui.credentials.profiles import Profile, make_profile
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.desktop import Desktop
from facevid_gui.evidence.verify import verify_folder
from facevid_gui.house import House
from facevid_gui.logs import start_logging
from facevid_gui.lookups.lookup import Lookup
from facevid_gui.providers.ess import EssProvider
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from facevid_gui.views.library_view import LibraryView
from tests.support.qt import pump_until
from tests.support.window_driver import Driver, Paints

CASE, PURPOSE, PASSPHRASE = "2026-0311", "disputed signature", "a long passphrase for the test"


class NoKeyring:
    """A system without a keyring."""

    def read(self, owner: str, field: str) -> Secret | None:
        raise SurroundingsError("keyring_unavailable")

    def write(self, owner: str, field: str, secret: Secret) -> None:
        raise SurroundingsError("keyring_unavailable")

    def delete(self, owner: str, fields: Iterable[str]) -> None:
        raise SurroundingsError("keyring_unavailable")

    def state(self) -> str:
        return "unavailable"


def make_home(home: str | Path, *, keyring: bool, language: str = "en") -> House:
    """A house on a home, its secrets in memory or nowhere."""
    house = House({"FACEVID_HOME": str(home), "FACEVID_LANG": language})
    house.__dict__["secret_store"] = SessionStore() if keyring else NoKeyring()
    return house


def make_desktop(house: House) -> Driver:
    """A desktop on a house; its window is not shown yet."""
    gc.disable()  # as the program does before its first window
    start_logging(house.paths.logs)
    application = QApplication.instance() or make_application(["facevid-gui"])
    assert isinstance(application, QApplication)
    desktop = Desktop(application, house)
    desktop.watch_failures()
    return Driver(desktop)


def unforeseen(home: str | Path) -> list[str]:
    """What the log tells of failures that nobody foresaw."""
    lines = [line for path in Path(home, "logs").glob("*") for line in path.read_text("utf-8").splitlines()]
    return [line for line in lines if "ERROR" in line or "Traceback" in line or "left behind" in line]


def children() -> list[str]:
    """The processes this one started that still run (Linux)."""
    tasks = Path("/proc/self/task")
    if not tasks.exists():
        return []
    found = []
    for task in tasks.iterdir():
        with contextlib.suppress(OSError):  # a thread that has just ended
            found += (task / "children").read_text().split()
    return [number for number in found if Path(f"/proc/{number}").exists()]


def threads() -> list[str]:
    """Python's own threads besides the main one; those of Qt's pool are only guests in that list."""
    own = [t for t in threading.enumerate() if not isinstance(t, threading._DummyThread)]
    return [thread.name for thread in own if thread is not threading.main_thread()]


def bury(driver: Driver) -> None:
    """Let a closed desktop be destroyed, as the end of the program would."""
    driver.desktop.clear_away()
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))


# --- the flow of the issue ------------------------------------------------------------------------------


def online(order: dict[str, Any]) -> dict[str, Any]:
    """From an empty home to verified evidence: profile, id, look, play, step, save."""
    seen: dict[str, Any] = {}
    driver = make_desktop(make_home(order["home"], keyring=order["keyring"]))
    driver.start()
    seen["welcome"] = driver.texts(driver.window.page)
    driver.click(driver.button("Add a profile…", driver.window.page))
    seen["keyring_words"] = driver.texts(driver.dialog("profiles_dialog"))
    choices = {"profile_ticket_mode_box": "direct"} if order["kind"] == "kyc" else {}
    seen["profile_status"] = driver.add_profile("work", order["kind"], order["part"], **choices)
    driver.click("test_profile_button")
    status = driver.find("profile_status", QLabel)
    driver.until(lambda: "works" in status.text() or status.property("tone") == "bad")
    seen["probe_status"] = status.text()
    driver.click("close_profiles_button")
    driver.until(lambda: not driver.has_dialog())
    seen["profile"] = driver.find("profile_box", QComboBox).currentText()
    seen["badge"] = driver.window.bar.badge.text()
    seen["page_kind"] = driver.look_up(order["pasted"])
    seen["field"] = driver.find("look_up_field", QLineEdit).text()
    driver.first_frame()
    seen["unsaved_banner"] = driver.banner()
    seen["painted"] = driver.play()
    seen["forward"] = driver.step("step_forward_button")
    seen["back"] = driver.step("step_back_button")
    driver.save(CASE, PURPOSE, Path(order["evidence"]), "" if order["keyring"] else PASSPHRASE)
    seen["banner"] = driver.banner()
    seen["page"] = driver.page()
    seen["folder"] = str(driver.session.page.reviewed.folder)  # type: ignore[union-attr]
    driver.until(lambda: driver.desktop.library_model.count_of("all") == 1)
    seen["settings"] = {path.name: path.read_text("utf-8") for path in Path(order["home"], "config").glob("*.json")}
    driver.close()
    return {**seen, **left(order["home"])}


def offline(order: dict[str, Any]) -> dict[str, Any]:
    """The sealed folder on another, empty home: no network, no keyring; a stranger's, then a known signer's."""
    forbid_sockets()
    driver = make_desktop(make_home(order["home"], keyring=False))
    driver.start()
    driver.desktop.controller.open_folder(Path(order["folder"]))
    driver.until(lambda: not driver.session.is_busy and driver.session.page.kind == "record")
    seen = {"stranger_banner": driver.banner(), "stranger_page": driver.page()}
    trusted = Path(order["home"], "keys", "trusted")
    trusted.mkdir(parents=True, exist_ok=True)
    (trusted / "colleague.pem").write_bytes(Path(order["certificate"]).read_bytes())
    before = driver.session.page.reviewed
    driver.click(driver.button("Verify again"))
    driver.until(lambda: driver.session.page.reviewed is not before and not driver.session.is_busy)
    seen |= {"banner": driver.banner(), "page": driver.page()}
    driver.close()
    return {**seen, **left(order["home"])}


def signers(order: dict[str, Any]) -> dict[str, Any]:
    """A flow with several signers: asked for in the box, one chosen; a SignId typed before and after the id."""
    driver = make_desktop(make_home(order["home"], keyring=True))
    driver.start()
    driver.click(driver.button("Add a profile…", driver.window.page))
    driver.add_profile("work", "ess", order["part"])
    driver.click("close_profiles_button")
    many, clerk = flow_id("Many"), sign_id("Clerk")
    box, field = driver.find("signer_box", QComboBox), driver.find("signer_field", QLineEdit)
    seen: dict[str, Any] = {}
    seen["first_page"] = driver.look_up(many)
    seen["first_words"] = driver.texts("outcome_view")
    seen["offered"] = [box.itemText(number) for number in range(box.count())]
    driver.pick("signer_box", clerk)
    seen["chosen"] = (driver.look_up(), record_of(driver).sign_id)

    driver.paste("look_up_field", flow_id("One"))
    seen["forgotten"] = box.findData(clerk) < 0
    driver.paste("look_up_field", many)
    driver.pick("signer_box", "?")
    driver.until(lambda: not driver.session.is_busy and driver.session.signers)
    seen["asked"] = box.findData(clerk) >= 0

    driver.pick("signer_box", "+")
    driver.until(field.isVisible)
    driver.type("signer_field", sign_id("Many"))
    seen["typed_after"] = (driver.look_up(), record_of(driver).sign_id)
    seen["next_flow"] = (driver.look_up(flow_id("One")), record_of(driver).sign_id, field.isVisible())

    driver.pick("signer_box", "+")
    driver.until(field.isVisible)
    driver.type("signer_field", clerk)
    seen["typed_before"] = (driver.look_up(many), record_of(driver).sign_id)
    driver.close()
    return {**seen, **left(order["home"])}


# --- leaving and cancelling -----------------------------------------------------------------------------


def cancel(order: dict[str, Any]) -> dict[str, Any]:
    """A slow answer, cancelled; then the same question again, answered at once."""
    with Simulator(fault="slow_drip") as simulator:
        driver = make_desktop(make_home(order["home"], keyring=True))
        add_profiles(driver.desktop.house, simulator)
        driver.start()
        begin_receiving(driver)
        button = driver.find("cancel_button", QPushButton)
        seen: dict[str, Any] = {
            "stage": driver.texts("look_up_field"),
            "progress": driver.window.bar.progress.isVisible(),
        }
        driver.click(button)
        seen["stopping"] = (button.text(), button.isEnabled())
        began = time.monotonic()
        driver.until(lambda: not driver.session.is_busy)
        seen["seconds"] = time.monotonic() - began
        driver.until(lambda: [entry.state for entry in driver.desktop.library_model.here()] == ["interrupted"])
        seen |= {
            "notice": driver.notice(),
            "states": [entry.state for entry in driver.desktop.library_model.here()],
            "page": (driver.session.page.kind, driver.texts("outcome_view")),
            "progress_after": driver.window.bar.progress.isVisible(),
            "can_rescue": driver.find("rescue_button").isVisible(),
        }
        simulator.fault = "none"
        seen["again"] = driver.look_up()
        seen["notice_after"] = driver.notice()
        driver.close()
        return seen


def leave_midway(order: dict[str, Any]) -> dict[str, Any]:
    """Close the window in the middle of look-up, play and save, again and again, with one home."""
    house = make_home(order["home"], keyring=True)
    add_profiles(house, order["slow"])
    rounds: list[dict[str, Any]] = []
    for number in range(order["rounds"]):
        what = ("look_up", "play", "save")[number % 3]
        if what != "look_up":
            quick = house.ess_provider(profile_of(order["quick"]), secrets_of(order["quick"]))
            look_up_again(house, quick)
        driver = make_desktop(house)
        driver.start()
        {"look_up": begin_receiving, "play": begin_playing, "save": begin_saving}[what](driver)
        began = time.monotonic()
        if what == "save":
            driver.desktop.application.closeAllWindows()  # the dialog over the window goes, too
        else:
            driver.close()
        remains = left(order["home"])
        rounds.append({"what": what, "seconds": time.monotonic() - began, **remains})
        bury(driver)
    house.recover()
    folders = sorted(house.evidence_roots()[0].glob("fv-*"))
    verdicts = [verify_folder(folder, house.trust()).verdict for folder in folders]
    return {"rounds": rounds, "verdicts": verdicts, "captures": [e.state for e in house.captures.entries()]}


def run_until_told(order: dict[str, Any]) -> dict[str, Any]:
    """The program itself, in the middle of a slow look-up; says so, and goes on until it is told to end."""
    import facevid_gui.running as roof

    class Eager(Desktop):
        def show(self) -> None:
            super().show()
            driver = Driver(self)
            self._timer = QTimer(self, interval=10)  # type: ignore[call-overload]
            self._timer.timeout.connect(lambda: self._act(driver))
            self._timer.start()

        def _act(self, driver: Driver) -> None:
            if self.session.started and self.player is not None and not self.session.is_busy:
                driver.paste("look_up_field", flow_id("One"))
                driver.click("look_up_button")
            if self.session.activity.stage == "receive" and self.session.activity.number:
                self._timer.stop()
                print(json.dumps({"children": children()}), flush=True)
                if order["by"] == "window":
                    driver.close()

    store = SessionStore()
    roof.Desktop = Eager  # type: ignore[misc]
    House.__dict__["secret_store"].func = lambda _house: store
    house = House(os.environ)
    add_profiles(house, order["slow"])
    code = roof.run(None, house)
    return {"code": code, "threads": threads(), "unforeseen": unforeseen(order["home"])}


# --- systems that lack something ------------------------------------------------------------------------


def without_multimedia(order: dict[str, Any]) -> dict[str, Any]:
    """Qt Multimedia cannot be loaded: stepping, saving and reopening go on, and it is said what to install."""
    forbid_import("PySide6.QtMultimedia")
    with Simulator() as simulator:
        driver = make_desktop(make_home(order["home"], keyring=True))
        add_profiles(driver.desktop.house, simulator)
        driver.desktop.show()
        driver.until(lambda: driver.session.started and driver.notice())
        seen: dict[str, Any] = {"notice": driver.notice()}
        seen["page"] = driver.look_up(flow_id("One"))
    driver.first_frame()
    play = driver.find("play_button")
    seen["play"] = (play.isEnabled(), play.toolTip())
    seen["forward"] = driver.step("step_forward_button")
    driver.until(lambda: len(driver.window.page.clip_view.timeline.thumbnails) >= 10)
    driver.save(CASE, PURPOSE, None)
    seen["banner"] = driver.banner()
    driver.first_frame()
    driver.close()
    return {**seen, **left(order["home"])}


def without_decoder(order: dict[str, Any]) -> dict[str, Any]:
    """PyAV is missing: nothing is shown that nobody looked at first, saving goes on, it is said what to install."""
    import facevid_gui.media.frames as client

    hide = "import sys; sys.modules['av'] = None; from facevid_gui.media import frames_child; frames_child.main()"
    client.child_command = lambda: [sys.executable, "-P", "-c", hide]
    with Simulator() as simulator:
        driver = make_desktop(make_home(order["home"], keyring=True))
        add_profiles(driver.desktop.house, simulator)
        driver.start()
        problems: list[str] = []
        driver.desktop.screening.problem_found.connect(lambda code, _detail: problems.append(code))
        seen: dict[str, Any] = {"page": driver.look_up(flow_id("One"))}
    driver.until(lambda: problems)
    driver.until(lambda: driver.desktop.screening.has_player)
    seen |= {"problems": problems, "state": driver.desktop.screening.state, "words": said_anywhere(driver)}
    seen["enabled"] = [driver.find(name).isEnabled() for name in ("play_button", "step_forward_button")]
    driver.save(CASE, PURPOSE, None)
    seen["banner"] = driver.banner()
    driver.close()
    return {**seen, **left(order["home"])}


def said_anywhere(driver: Driver) -> list[str]:
    """Every word on the window."""
    return [text for part in (driver.window.page, driver.window.statusBar()) for text in driver.texts(part)]


def forbid_import(name: str) -> None:
    """Make a module fail to load, as one does whose libraries are missing."""

    class Absent(importlib.abc.MetaPathFinder):
        def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
            if fullname == name:
                raise ImportError(f"libpulse.so.0: cannot open shared object file: No such file or directory ({name})")

    sys.meta_path.insert(0, Absent())


def begin_receiving(driver: Driver) -> None:
    """Ask, and wait until the answer is coming in."""
    driver.paste("look_up_field", flow_id("One"))
    driver.click("look_up_button")
    driver.until(lambda: driver.session.activity.stage == "receive" and driver.session.activity.number)


def begin_playing(driver: Driver) -> None:
    """Open an unsaved capture from the library and let it play."""
    open_first(driver)
    paints = Paints(driver.find("video_canvas"))
    driver.click("play_button")
    driver.until(lambda: len(paints.pictures) >= 2 and driver.desktop.screening.state == "playing")


def begin_saving(driver: Driver) -> None:
    """Open an unsaved capture and press Save evidence; the seal is under way when this returns."""
    open_first(driver)
    driver.click("save_button")
    driver.dialog("save_dialog")
    driver.type("case_field", CASE)
    driver.type("purpose_field", PURPOSE)
    driver.click("confirm_save_button")
    assert driver.session.activity.what == "seal"


def open_first(driver: Driver) -> None:
    """Open the first whole capture of the library with the keyboard."""
    model, view = driver.desktop.library_model, driver.find("library_view", LibraryView)
    driver.until(lambda: any(entry.state == "complete" for entry in model.here()))
    entry = next(entry for entry in model.here() if entry.state == "complete")
    view.setCurrentIndex(model.index(model.row_of(entry.path)))
    driver.press("library_view", Qt.Key.Key_Return)
    driver.first_frame()


def add_profiles(house: House, simulator: Simulator | dict[str, Any]) -> None:
    """A profile of the simulated company, its secrets kept."""
    part = simulator if isinstance(simulator, dict) else simulator.describe()["ess"]
    know(house, profile_of(part), secrets_of(part))


def know(house: House, profile: Profile, secrets: Mapping[str, Secret]) -> None:
    """A profile, its secrets kept."""
    house.profiles.save(profile, replace=True)
    keep_secrets(house.secret_store, profile, secrets)


def profile_of(part: dict[str, Any]) -> Profile:
    return make_profile("work", "ess", {"endpoint": part["base_url"], **part["settings"]})


def secrets_of(part: dict[str, Any]) -> dict[str, Secret]:
    return {field: Secret(value) for field, value in part["secrets"].items()}


def look_up_again(house: House, provider: EssProvider) -> None:
    """One more unsaved capture, without a window."""
    result = Lookup(house.workplace, CancelToken()).ess(provider, Query.for_flow("ess", flow_id("One"), None))
    assert result.outcome.ok


def record_of(driver: Driver) -> Any:
    """The open record."""
    reviewed = driver.session.page.reviewed
    assert reviewed is not None
    return reviewed.record


def left(home: str) -> dict[str, Any]:
    """What is left after the window closed."""
    began = time.monotonic()
    until = began + 5.0
    while (children() or threads()) and time.monotonic() < until:
        pump_until(lambda: not (children() or threads()), timeout_s=0.2, must=False)
    return {"children": children(), "threads": threads(), "unforeseen": unforeseen(home)}


def forbid_sockets() -> None:
    """Any socket at all, from Python or from a C module, is an error."""
    import socket

    class ForbiddenSocket(socket.socket):
        def __init__(self, *arguments: object, **options: object) -> None:
            refuse()

    def refuse(*_: object) -> NoReturn:
        raise RuntimeError("a socket was wanted")

    socket.socket = ForbiddenSocket  # type: ignore[misc]
    sys.addaudithook(lambda event, arguments: refuse() if event.startswith("socket.") else None)


SCENARIOS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "online": online,
    "offline": offline,
    "signers": signers,
    "cancel": cancel,
    "leave_midway": leave_midway,
    "run_until_told": run_until_told,
    "without_multimedia": without_multimedia,
    "without_decoder": without_decoder,
}


def main() -> int:
    """Run one scenario."""
    try:
        seen = SCENARIOS[sys.argv[1]](json.load(sys.stdin))
    except BaseException:
        traceback.print_exc()  # the desktop's own hook only logs
        return 1
    print(json.dumps(seen, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
