"""A program of its own: switch the player from clip to clip, and say what came of it as one line of JSON.

`python -m tests.support.bridge_switching ROUNDS`. Every clip is loaded after every other; some are played, some are
only looked at, some are let go before they showed anything. Each has a tail of random bytes, so that bytes that are
kept would be seen in the memory.
"""

import faulthandler
import json
import os
import random
import struct
import sys
import threading
import time

from facevid_gui.bridge.heap import resident_bytes

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
WARM_UP = 60
TAIL_BYTES = 1_000_000
PATIENCE_S = 100


def count_in(folder: str) -> int:
    """How many entries a folder of /proc has."""
    return len(os.listdir(f"/proc/self/{folder}"))


def main() -> None:
    """Switch, watch, report."""
    faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
    from PySide6.QtGui import QGuiApplication, QImage

    from facevid_gui.bridge.player import Player, prepare_environment
    from tests.support.bridge_pictures import PEOPLE, demo, person_in
    from tests.support.qt import pump_until

    prepare_environment()
    application = QGuiApplication([])
    chance = random.Random(1)
    tail = struct.pack(">I4s", TAIL_BYTES + 8, b"free") + chance.randbytes(TAIL_BYTES)
    clips = {person: demo(person) + tail for person in PEOPLE}
    shown, wrong, failed = [], [], []
    loading_s = []
    open_now = ""

    def on_frame(image: QImage, _start: object) -> None:
        shown.append(open_now)
        if person_in(image) != open_now:
            wrong.append(f"{person_in(image)} instead of {open_now}")

    player = Player()
    player.frame_shown.connect(on_frame)
    player.failed.connect(failed.append)
    rounds = int(sys.argv[1])

    def measure() -> tuple[float, int, int]:
        """Memory, threads and open files when nothing is loaded and all has settled."""
        player.unload()
        counts: list[int] = []
        pump_until(lambda: counts.append(count_in("task")) or counts[-20:] == counts[-1:] * 20)
        return resident_bytes() / 1e6, count_in("task"), count_in("fd")

    warm = measure()
    for number in range(rounds):
        if number == WARM_UP:
            warm = measure()
        open_now = chance.choice([person for person in PEOPLE if person != open_now])
        before = time.monotonic()
        player.load(clips[open_now])
        loading_s.append(time.monotonic() - before)
        seen = len(shown)
        if chance.random() < 0.5:
            player.play()
        if number % 3 == 0:
            pump_until(lambda seen=seen: len(shown) > seen)
        pump_until(lambda: False, chance.choice((0.0, 0.003, 0.01, 0.02)), must=False)
    end = measure()
    loading_s.sort()
    report = {
        "sound": player.has_sound, "rounds": rounds, "shown": len(shown), "people": len(set(shown)), "wrong": wrong,
        "failed": failed, "resident_mb": round(end[0], 1), "grown_mb": round(end[0] - warm[0], 1),
        "threads_more": end[1] - warm[1], "files_more": end[2] - warm[2], "python_threads": threading.active_count(),
        "switch_ms": [round(1000 * loading_s[place]) for place in (len(loading_s) // 2, -len(loading_s) // 100, -1)],
    }  # fmt: skip
    print(json.dumps(report), flush=True)
    application.quit()


if __name__ == "__main__":
    main()
