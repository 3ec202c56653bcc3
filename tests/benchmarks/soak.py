"""Endurance: look up, look, seal, open again, close, thousands of times. Run: python -m tests.benchmarks.soak [...]

    python -m tests.benchmarks.soak [--cycles 2000] [--per-window 20] [--closes 200]

One process, off-screen. A cycle asks the simulator (a process of its own) for a contract or an order, waits for the
first exact frame, plays a moment, switches the clip, seals, opens what was sealed, and removes it from the disk. Every
`--per-window` cycles the window is closed and another one made. Memory of this process is counted after each cycle,
with a record open; after the window what is left: memory, files, threads, Qt objects, child processes. Afterwards
`--closes` windows are closed in the middle of work. Prints a line per window and what grew from the first quarter to
the last, medians; asserts nothing and ends with 1 when something was left behind or a close was not clean. Memory
settles in the first windows: they are not counted.
"""

import argparse
import faulthandler
import gc
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, QTimer

from facevid_gui.bridge.heap import resident_bytes
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.demo import FLOW, ORDER
from tests.benchmarks.results import Result, tell
from tests.support.evidence_places import unlock_folders
from tests.support.places import ESS_SECRETS, KYC_SECRETS
from tests.support.qt import pump_until, run_alone
from tests.support.window_driver import Driver
from tests.support.window_scenarios import bury, children, know, make_desktop, make_home, threads, unforeseen

SETTLING = 2  # windows until caches of Qt and FFmpeg are filled
PATIENCE_S = 120
SERVICE: list[str] = []  # its process number
KEYRING = SessionStore()
GROWTH = 1.05  # that much memory may grow
COUNTED = ("memory_open_mb", "memory_mb", "files", "threads", "qt_objects", "children")


@contextmanager
def simulator() -> Iterator[dict[str, Any]]:
    """The local service in a process of its own: its memory must not count."""
    command = [sys.executable, "-m", "facevid_gui", "simulator"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        SERVICE.append(str(process.pid))
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def window_on(home: Path, service: dict[str, Any]) -> Driver:
    """A window that knows both services; all windows share one keyring."""
    house = make_home(home, keyring=True)
    house.__dict__["secret_store"] = KEYRING
    secrets = {"ess": ESS_SECRETS, "kyc": KYC_SECRETS}
    for kind, name in (("ess", "contracts"), ("kyc", "orders")):
        settings = {"endpoint": service[kind]["base_url"], **service[kind]["settings"]}
        settings |= {"ticket_mode": "direct"} if kind == "kyc" else {}
        know(house, make_profile(name, kind, settings), secrets[kind])
    driver = make_desktop(house)
    driver.start()
    return driver


def cycle(driver: Driver, number: int, place: Path) -> None:
    """Look up, look, seal, open again, remove."""
    driver.look_up((FLOW, ORDER)[number % 2])
    driver.first_frame()
    driver.play(2)
    if len(driver.tabs()) > 1:
        driver.desktop.window.page.clip_tabs.setCurrentIndex(1)
        driver.first_frame()
    driver.save("2026-0311", "endurance", place)
    driver.first_frame()
    folder = driver.session.page.folder
    assert folder is not None
    driver.desktop.controller.open_folder(folder)
    driver.until(lambda: not driver.session.is_busy)
    driver.first_frame()
    unlock_folders(place)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def left() -> list[str]:
    """The processes of ours that still run, without the service."""
    return [number for number in children() if number not in SERVICE]


def end(driver: Driver) -> None:
    """Close the window, and let it be destroyed."""
    driver.close()
    bury(driver)
    pump_until(lambda: not left(), 10.0, must=False)
    gc.collect()


def count() -> dict[str, float]:
    """What this process holds."""
    objects = [thing for thing in gc.get_objects() if isinstance(thing, QObject)]
    return {
        "memory_mb": resident_bytes() / 2**20,
        "files": len(os.listdir("/proc/self/fd")),
        "threads": len(os.listdir("/proc/self/task")),
        "qt_objects": len(objects),
        "children": len(left()),
    }


def close_midway(home: Path, service: dict[str, Any], closes: int) -> int:
    """Close windows at any moment of their work; return how many did not end cleanly."""
    dice, unclean = random.Random(7), 0
    for _ in range(closes):
        driver = window_on(home, service)
        QTimer.singleShot(dice.randrange(0, 400), driver.window.close)
        driver.paste("look_up_field", dice.choice((FLOW, ORDER)))
        driver.click("look_up_button")
        is_closed = pump_until(lambda driver=driver: not driver.window.isVisible(), 20.0, must=False)
        end(driver)
        unclean += not is_closed or bool(threads() or left())
    return unclean


def report(counted: list[dict[str, float]]) -> bool:
    """Say what grew from the first quarter of the windows to the last; whether anything did."""
    quarter = max(1, len(counted) // 4)
    grew = False
    for name in COUNTED:
        first = statistics.median(one[name] for one in counted[:quarter])
        last = statistics.median(one[name] for one in counted[-quarter:])
        is_more = last > first * GROWTH + (0 if name.startswith("memory") else 0.5)
        grew |= is_more
        limit = GROWTH if name.startswith("memory") else None
        tell(Result(f"soak: {name}, last quarter of the windows", last, "", "first quarter", first, limit))
        print(
            f"{name:<14} {first:9.1f} -> {last:9.1f}  {last / first if first else 1:6.3f} x {'GREW' if is_more else ''}"
        )
    return grew


def main() -> None:
    """Run it and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=2000)
    parser.add_argument("--per-window", type=int, default=20)
    parser.add_argument("--closes", type=int, default=200)
    arguments = parser.parse_args()
    counted: list[dict[str, float]] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="facevid-soak-") as folder, simulator() as service:
        home, place = Path(folder, "home"), Path(folder, "evidence")
        place.mkdir()
        windows = -(-arguments.cycles // arguments.per_window)
        for window in range(windows):
            faulthandler.dump_traceback_later(PATIENCE_S + 10 * arguments.per_window, exit=True)
            driver = window_on(home, service)
            held = []
            for number in range(arguments.per_window):
                cycle(driver, number, place)
                held.append(resident_bytes() / 2**20)
            is_open = {"memory_open_mb": statistics.median(held)}
            end(driver)
            counted.append(is_open | count())
            told = "  ".join(f"{name} {value:.0f}" for name, value in counted[-1].items())
            print(
                f"{(window + 1) * arguments.per_window:5} cycles, {time.monotonic() - began:5.0f} s: {told}", flush=True
            )
        faulthandler.dump_traceback_later(PATIENCE_S + 5 * arguments.closes, exit=True)
        unclean = close_midway(home, service, arguments.closes)
        faulthandler.cancel_dump_traceback_later()
        after, complaints = count(), unforeseen(home)
    print(f"{arguments.closes} closes in the middle of work, {unclean} not clean; then "
          + "  ".join(f"{name} {value:.0f}" for name, value in after.items()))  # fmt: skip
    tell(
        Result(f"soak: of {arguments.closes} windows closed in the middle of work, not clean", unclean, "", limit=0),
        Result(f"soak: {arguments.cycles} cycles, lines of unforeseen errors", len(complaints), "", limit=0),
    )
    print(f"{len(complaints)} lines of unforeseen errors in the log")
    grew = report(counted[SETTLING:] or counted)
    sys.stdout.flush()
    os._exit(1 if grew or unclean or complaints else 0)


if __name__ == "__main__":
    run_alone(main)
