"""`facevid-gui demo`: the window on the embedded simulator, nothing of the user's touched (floor 4).

What enters: perhaps a folder for pictures. What leaves: an exit code. Home and secrets are thrown away afterwards.
With a display the user has the window. Without one the same tour runs off-screen by itself: look up a flow and an
order, play until real frames were painted, save, verify, write pictures, say each step; a step that does not come
to its end in time fails the tour.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from facevid_gui.application import make_application, quit_on_signals
from facevid_gui.console.output import Output
from facevid_gui.core.clock import Clock
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.desktop import Desktop
from facevid_gui.files import disk_errors
from facevid_gui.house import House
from facevid_gui.logs import start_logging
from facevid_gui.simulator.server import Simulator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facevid_gui.bridge.work import Sealing

STEP_PATIENCE_S = 30.0
FRAMES_TO_PAINT = 10
_KEPT = ("FACEVID_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
FLOW, ORDER = "yDSimFlowOne".ljust(32, "0"), "simOrder0001"
EXAMPLES = (
    FLOW, ORDER, *(f"yDSimFlow{name}".ljust(32, "0") for name in ("Many", "Twelve", "Damaged", "NoVideo", "Expired")),
    "simOrderNegative", "simOrderPhotos", "simOrderLate", "simOrderGone",
)  # fmt: skip
CONTRACTS, ORDERS = "contracts", "orders"


class DemoHouse(House):
    """A house in a throw-away home; its secrets live in memory, its key is called what it is."""

    def __init__(self, home: Path, environ: Mapping[str, str]) -> None:
        kept = {name: environ[name] for name in _KEPT if name in environ}
        super().__init__({**kept, "FACEVID_HOME": str(home)}, Clock())
        self.__dict__["secret_store"] = SessionStore()

    examples = EXAMPLES

    @property
    def key_name(self) -> str:
        """What nobody can take for the key of a workstation."""
        return "DEMO - not evidence"


def run(screenshot: Path | None) -> int:
    """Run the demo; return its exit code. `SurroundingsError` for a folder that cannot be made."""
    if screenshot is not None:
        with disk_errors(screenshot):
            screenshot.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="facevid-demo-") as folder, Simulator() as simulator:
        house = DemoHouse(Path(folder), os.environ)
        add_profiles(house, simulator)
        start_logging(house.paths.logs)
        application = make_application(sys.argv[:1])
        desktop = Desktop(application, house)
        desktop.watch_failures()
        desktop.furnish()
        notifier = quit_on_signals(application)
        output = Output(house.messages, as_json=False)
        tour = Tour(desktop, output, screenshot)
        desktop.show()
        if QGuiApplication.platformName() == "offscreen" or screenshot is not None:
            tour.start()
        else:
            output.say("demo.window", flow=FLOW, order=ORDER)
        code = application.exec()
        desktop.shut_down()
        notifier.setEnabled(False)
        return code or tour.code


def add_profiles(house: House, simulator: Simulator) -> None:
    """A profile per service of the simulator, secrets in the house's own store."""
    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.keeping import keep_secrets

    described = simulator.describe()
    for name, kind in ((CONTRACTS, "ess"), (ORDERS, "kyc"), ("platform", "essbasic")):
        part = described[kind]
        options = {"endpoint": part["base_url"], **part["settings"]}
        if kind == "kyc":
            options["ticket_mode"] = "direct"
        profile = make_profile(name, kind, options)
        house.profiles.save(profile, replace=True)
        secrets = {field: Secret(value) for field, value in part["secrets"].items()}
        keep_secrets(house.secret_store, profile, secrets)


Step = tuple[str, Callable[[], object], Callable[[], bool]]


class Tour(QObject):
    """Goes through the steps: does something, then looks every few milliseconds whether it has come about."""

    def __init__(self, desktop: Desktop, output: Output, pictures: Path | None) -> None:
        super().__init__(desktop)
        self.code = 0
        self._desktop = desktop
        self._output = output
        self._pictures = pictures
        self._steps: Iterator[Step] = iter(())
        self._reached: Callable[[], bool] = lambda: True
        self._name = ""
        self._until = 0.0
        self._painted = 0
        self._number = 0
        self._timer = QTimer(self)
        self._timer.setInterval(15)
        self._timer.timeout.connect(self._look)
        desktop.screening.picture_changed.connect(self._count)

    def start(self) -> None:
        """Begin."""
        self._steps = self._tour()
        self._next()
        self._timer.start()

    def _tour(self) -> Iterator[Step]:
        session, window, screening = self._desktop.session, self._desktop.window, self._desktop.screening
        yield "start", lambda: None, lambda: session.started and len(session.profiles) == 3 and screening.has_player
        self._picture("empty")
        yield "look_up_flow", lambda: self._look_up(FLOW), lambda: self._shows(FLOW) and screening.image is not None
        yield "clips", lambda: None, lambda: window.page.clip_tabs.count() == 4 and screening.state == "paused"
        yield "play", self._play, lambda: self._painted >= FRAMES_TO_PAINT
        yield "hold", screening.pause, lambda: self._is_exact() and screening.state == "paused"
        yield "step", lambda: screening.step(1), self._is_exact
        yield "filmstrip", lambda: None, lambda: len(window.page.clip_view.timeline.thumbnails) >= 10
        self._picture("unsaved-contract")
        yield "save", self._save, lambda: self._is_verified(FLOW)
        self._picture("sealed-contract")
        yield "look_up_order", lambda: self._look_up(ORDER), lambda: self._shows(ORDER) and screening.image is not None
        yield "photo", lambda: None, lambda: window.page.photo.canvas.image is not None
        self._picture("unsaved-order")
        yield "save", self._save, lambda: self._is_verified(ORDER)
        yield "filmstrip", lambda: None, lambda: len(window.page.clip_view.timeline.thumbnails) >= 10
        yield "step", lambda: screening.go_to_frame(40), lambda: self._is_exact(40)
        self._picture("sealed-order")
        yield "library", lambda: None, lambda: len(self._desktop.library_model.here()) == 2
        yield "reopen", self._reopen_first, lambda: self._is_verified(FLOW) and screening.image is not None
        self._picture("reopened")

    def _next(self) -> None:
        step = next(self._steps, None)
        if step is None:
            self._timer.stop()
            self._output.say("demo.done")
            self._desktop.window.close()
            self._desktop.application.exit(0)
            return
        self._name, act, self._reached = step
        self._until = time.monotonic() + STEP_PATIENCE_S
        act()

    @Slot()
    def _look(self) -> None:
        if self._reached():
            self._output.say("demo.step", step=self._desktop.messages.text(f"demo.step.{self._name}"))
            self._next()
        elif time.monotonic() > self._until:
            self._timer.stop()
            self.code = 1
            self._picture("stuck")
            self._output.say("demo.stuck", step=self._desktop.messages.text(f"demo.step.{self._name}"))
            self._desktop.application.exit(1)

    def _count(self, _image: object, shown: object) -> None:
        if getattr(shown, "mode", "") == "live":
            self._painted += 1

    def _look_up(self, text: str) -> None:
        self._desktop.window.bar.field.setText(text)
        self._desktop.window.bar.look_up_button.click()

    def _play(self) -> None:
        self._painted = 0
        self._desktop.window.page.clip_view.transport.play_button.click()

    def _save(self) -> None:
        from facevid_gui.bridge.work import Sealing

        root = self._desktop.session.evidence_roots[0]
        sealing: Sealing = Sealing("2026-0311", "demo", root)
        self._desktop.controller.save(sealing)

    def _reopen_first(self) -> None:
        entry = next(e for e in self._desktop.library_model.here() if e.flow_id == FLOW)
        self._desktop.controller.open_entry(entry)

    def _shows(self, record_id: str) -> bool:
        reviewed = self._desktop.session.page.reviewed
        return reviewed is not None and record_id in (reviewed.record.flow_id, reviewed.record.order_no)

    def _is_verified(self, record_id: str) -> bool:
        reviewed = self._desktop.session.page.reviewed
        if reviewed is None or reviewed.verdict is None or self._desktop.session.is_busy:
            return False
        return reviewed.verdict.verified and record_id in (reviewed.record.flow_id, reviewed.record.order_no)

    def _is_exact(self, number: int | None = None) -> bool:
        shown = self._desktop.screening.shown
        return shown is not None and shown.mode == "exact" and number in (None, shown.number)

    def _picture(self, name: str) -> None:
        """Write what the window looks like now."""
        if self._pictures is not None:
            self._number += 1
            path = self._pictures / f"{self._number:02d}-{name}.png"
            self._desktop.window.grab().save(str(path))
