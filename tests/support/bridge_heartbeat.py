"""A program of its own: how long the event loop stands still while a large answer is looked up, sealed and verified.

`python -m tests.support.bridge_heartbeat ORIGIN HOME` asks the service of `tests.benchmarks.lookup_memory --serve`,
which runs in another process: its work must not count. A timer of 5 ms in the GUI thread is the heart; says what came
of it as one line of JSON, milliseconds by stage.
"""

import contextlib
import faulthandler
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
BEAT_MS = 5
PATIENCE_S = 60


class Heart:
    """Notes the time between two beats, by stage."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps: dict[str, list[float]] = {}
        self.stage = ""
        self._last = time.monotonic()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.monotonic()
        self.gaps.setdefault(self.stage, []).append(1000 * (now - self._last))
        self._last = now

    def report(self) -> dict[str, dict[str, float]]:
        """Beats, median, 99th percentile and longest gap of each stage and of all stages but "idle" together."""
        stages = {name: sorted(gaps) for name, gaps in self.gaps.items() if name}
        stages["all"] = sorted(gap for name, gaps in stages.items() if name != "idle" for gap in gaps)
        return {
            name: {
                "beats": len(gaps),
                "p50": round(gaps[len(gaps) // 2], 1),
                "p99": round(gaps[int(len(gaps) * 0.99)], 1),
                "longest": round(gaps[-1], 1),
            }
            for name, gaps in stages.items()
        }


def _go_first() -> None:
    """Where that is allowed, what else this computer does counts less: Linux schedules sessions, then processes."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(-15)
        Path("/proc/self/autogroup").write_text("-15")


def main() -> None:
    """Look up, save, open again, each under the heart."""
    faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
    _go_first()
    from PySide6.QtGui import QGuiApplication

    from facevid_gui.credentials.keeping import keep_secrets
    from facevid_gui.credentials.profiles import make_profile
    from facevid_gui.simulator.records import USER_ID
    from tests.benchmarks.lookup_memory import FLOW, SIGN
    from tests.support.bridge_office import CONTRACTS, Office
    from tests.support.places import ESS_SECRETS, make_house
    from tests.support.qt import pump_until

    origin, home = sys.argv[1:]
    application = QGuiApplication([])
    office = Office(make_house(Path(home)))
    profile = make_profile(CONTRACTS, "ess", {"endpoint": origin, "user_id": USER_ID})
    office.house.profiles.save(profile, replace=True)
    keep_secrets(office.house.secret_store, profile, ESS_SECRETS)
    office.start()
    heart = Heart()
    pump_until(lambda: len(heart.gaps.get("", ())) > 20)
    heart.stage = "idle"
    pump_until(lambda: len(heart.gaps.get("idle", ())) > 150)

    def under(stage: str, act: Callable[[], Any]) -> None:
        heart.stage = stage
        act()
        office.settle(PATIENCE_S)
        heart.stage = ""

    under("look_up", lambda: office.ask(FLOW, office.controller.look_up, SIGN))
    assert office.page.reviewed is not None, office.session.notice
    assert len(office.page.reviewed.record.clips) == 12
    under("seal", lambda: office.controller.save(office.sealing()))
    assert office.page.reviewed.verdict is not None
    assert office.page.reviewed.verdict.verified
    folder = office.page.folder
    assert folder is not None
    under("verify", lambda: office.controller.open_folder(folder))
    clip = office.page.reviewed.record.clips[0]
    under("clip", lambda: office.controller.load_media(clip, lambda _: None, lambda _: None))
    assert office.close()
    print(json.dumps(heart.report()), flush=True)
    application.quit()


if __name__ == "__main__":
    main()
