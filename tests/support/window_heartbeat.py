"""A program of its own: how long the event loop of the real window stands still while it works with a large answer.

`python -m tests.support.window_heartbeat ORIGIN HOME` asks the service of `tests.benchmarks.lookup_memory --serve`,
which runs in another process: its work must not count. A timer of 5 ms in the GUI thread is the heart; says what came
of it as one line of JSON, milliseconds by stage, and the `pace` of this machine (`tests.support.pace`). Nobody's
priority is raised. What other programs of this computer took is left out where the system tells (Linux: how long the
GUI thread was ready to run and had no processor).
"""

import faulthandler
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer

from facevid_gui.credentials.profiles import make_profile
from facevid_gui.simulator.records import USER_ID
from tests.benchmarks.lookup_memory import FLOW, SIGN
from tests.support.pace import pace
from tests.support.places import ESS_SECRETS
from tests.support.qt import pump_until
from tests.support.window_scenarios import CASE, PURPOSE, know, make_desktop, make_home

BEAT_MS = 5
PATIENCE_S = 80
SHOW = "show"  # a record has come and is put on the page, until its first frame and all findings stand
IDLE_BEATS = 150
SCHEDULED = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")


def waited_ms() -> float:
    """How long this thread was ready and had to wait for a processor since it began (proc(5)); 0 where nobody says."""
    try:
        return int(SCHEDULED.read_text().split()[1]) / 1e6
    except OSError:
        return 0.0


class Heart:
    """Notes the time between two beats, by stage."""

    def __init__(self) -> None:
        self.gaps: dict[str, list[tuple[float, float]]] = {}
        self.stage = ""
        self._last, self._waited = time.monotonic(), waited_ms()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, waited = time.monotonic(), waited_ms()
        gap = 1000 * (now - self._last)
        self.gaps.setdefault(self.stage, []).append((gap - (waited - self._waited), gap))
        self._last, self._waited = now, waited

    def beats(self, stage: str) -> int:
        """How often it beat in a stage."""
        return len(self.gaps.get(stage, ()))

    def report(self) -> dict[str, dict[str, float]]:
        """Beats, 99th percentile and longest gap of each stage; "work" is all of them while nothing new is shown."""
        stages = {name: gaps for name, gaps in self.gaps.items() if name}
        stages["work"] = [gap for name, gaps in stages.items() if name not in ("idle", SHOW) for gap in gaps]
        stages["all"] = [*stages["work"], *stages[SHOW]]
        return {name: summary(gaps) for name, gaps in stages.items()}


def summary(gaps: list[tuple[float, float]]) -> dict[str, float]:
    """A stage in a few figures; "by_clock" counts what other programs took, too."""
    own, by_clock = sorted(gap for gap, _ in gaps), max(gap for _, gap in gaps)
    return {
        "beats": len(own), "p99": round(own[int(len(own) * 0.99)], 1), "longest": round(own[-1], 1),
        "by_clock": round(by_clock, 1),
    }  # fmt: skip


def main() -> None:
    """Look up, play, switch, save, open again, each under the heart."""
    faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
    origin, home = sys.argv[1:]
    driver = make_desktop(make_home(home, keyring=True))
    house, desktop, session = driver.desktop.house, driver.desktop, driver.session
    know(house, make_profile("contracts", "ess", {"endpoint": origin, "user_id": USER_ID}), ESS_SECRETS)
    pace_before = pace()
    driver.start()
    driver.paste("look_up_field", f"{FLOW} {SIGN}")
    heart = Heart()
    heart.stage = "idle"
    pump_until(lambda: heart.beats("idle") > IDLE_BEATS)

    def on_page() -> None:
        if heart.stage:
            heart.stage = SHOW

    session.page_changed.connect(on_page)

    def under(stage: str, act: Callable[[], Any]) -> None:
        heart.stage = stage
        act()
        beats = heart.beats(heart.stage)
        pump_until(lambda: heart.beats(heart.stage) > beats + 5)
        heart.stage = ""

    def shown() -> None:
        driver.first_frame()
        driver.until(lambda: not desktop.window.findings.is_filling)
        breathe()

    def breathe() -> None:
        """A person's next gesture comes in a later turn of the loop."""
        beats = heart.beats(heart.stage)
        pump_until(lambda: heart.beats(heart.stage) > beats)

    def look_up() -> None:
        driver.look_up(f"SignId={SIGN}&FlowId={FLOW}")
        shown()

    under("look_up", look_up)
    reviewed = session.page.reviewed
    assert reviewed is not None, driver.notice()
    assert len(reviewed.record.clips) == 12
    under("play", driver.play)
    under("switch", lambda: (desktop.window.page.clip_tabs.setCurrentIndex(1), driver.first_frame()))

    def seal() -> None:
        driver.click("save_button")
        breathe()
        for name, text in (("case_field", CASE), ("purpose_field", PURPOSE), ("place_field", f"{home}/evidence")):
            driver.paste(name, text)
            breathe()
        driver.click("confirm_save_button")
        driver.until(lambda: session.page.reviewed is not None and session.page.reviewed.is_sealed)
        driver.until(lambda: not session.is_busy)
        shown()

    under("seal", seal)
    folder = session.page.folder
    assert folder is not None

    def verify() -> None:
        desktop.controller.open_folder(folder)
        driver.until(lambda: not session.is_busy)
        shown()

    under("verify", verify)
    assert session.page.reviewed is not None
    assert session.page.reviewed.verdict is not None
    assert session.page.reviewed.verdict.verified
    driver.close()
    print(json.dumps({**heart.report(), "pace": pace_before}), flush=True)


if __name__ == "__main__":
    main()
