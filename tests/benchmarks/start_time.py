"""How long the window takes to start, beside a bare PySide6 window that holds a QMediaPlayer. Asserts nothing.

    python -m tests.benchmarks.start_time [--rounds N] [--imports]

Whole processes, started in turn, from their first instruction until the window was painted and its field took a key;
a second figure for ours says when the player is there, too. The table shows medians. `--imports` adds where Python's
own part of it goes (`-X importtime`).
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.results import Result, tell

ROOT = Path(__file__).parent.parent.parent
TARGET = 1.3
PATIENCE_S = 60

# What both tell: "painted" once the window was painted and the field has taken a key.
TELL = """
import os, sys, time
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

told = set()

def tell(what):
    os.write(1, f"{what} {time.process_time() * 1000:.1f}\\n".encode())
    told.add(what)
    if len(told) == 2:
        os._exit(0)

class Usable(QObject):
    def __init__(self, window, field):
        super().__init__(window)
        self.window, self.field, self.is_told = window, field, False
        field.installEventFilter(self)

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.is_told:
            self.is_told = True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), 100)  # before anything else that waits
        return False

    def event(self, event):
        if event.type() != QEvent.Type.User:
            return super().event(event)
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_X, Qt.KeyboardModifier(0), "x")
        QCoreApplication.sendEvent(self.field, key)
        assert self.field.text() == "x"
        tell("painted")
        return True
"""

BARE = (
    TELL
    + """
from PySide6.QtMultimedia import QMediaPlayer, QVideoSink
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
application = QApplication(["bare"])
window = QMainWindow()
player, sink = QMediaPlayer(window), QVideoSink(window)
player.setVideoSink(sink)
tell("player")
field = QLineEdit()
window.setCentralWidget(field)
window.resize(1360, 860)
usable = Usable(window, field)
window.show()
application.exec()
"""
)

# Watched from where the program itself loads Qt: what it does before, and in which order, counts as it is.
OURS = (
    f"TELL = {TELL!r}\n"
    """
import facevid_gui.app as app

def load_and_watch(load=app.load_qt):
    load()
    exec(TELL, globals())
    import facevid_gui.desktop as roof

    class Watched(roof.Desktop):
        def show(self):
            self.usable = Usable(self.window, self.window.bar.field)
            super().show()

        def _bring_player(self):
            super()._bring_player()
            tell("player")

    roof.Desktop = Watched

app.load_qt = load_and_watch
app.main([])
"""
)


def measure(program: str, home: Path) -> dict[str, float]:
    """Run a program once; milliseconds from its start to each thing it tells."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    surroundings = {**kept, "QT_QPA_PLATFORM": "offscreen", "FACEVID_HOME": str(home), "FACEVID_LANG": "en",
                    "PYTHONPATH": str(ROOT), "QT_MEDIA_BACKEND": "ffmpeg"}  # fmt: skip
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", program], env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert child.stdout is not None
    told = {}
    patience = threading.Timer(PATIENCE_S, child.kill)
    patience.start()
    for line in child.stdout:
        what, cpu = line.split()
        told[what], told[f"{what}, CPU"] = (time.perf_counter() - began) * 1000, float(cpu)
    child.wait()
    patience.cancel()
    assert {"painted", "player"} <= set(told), f"it told only {sorted(told)}"
    return told


def imports(home: Path) -> Iterator[tuple[float, str]]:
    """Milliseconds that each of Python's larger imports takes by itself, the largest first."""
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "FACEVID_HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", OURS], env=surroundings, capture_output=True, text=True, check=False
    )
    parts: dict[str, float] = {}
    for own, name in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", done.stderr):
        parts[group_of(name)] = parts.get(group_of(name), 0.0) + int(own) / 1000
    yield from sorted(((spent, name) for name, spent in parts.items()), reverse=True)


def group_of(name: str) -> str:
    """A library, a room of ours, or the standard library."""
    if name.startswith(("PySide6.", "facevid_gui.")):
        return ".".join(name.split(".")[:2])
    top = name.split(".")[0]
    return "standard library" if top.lstrip("_") in sys.stdlib_module_names or top in sys.stdlib_module_names else top


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--imports", action="store_true")
    arguments = parser.parse_args()
    times: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="facevid-start-") as folder:
        home = Path(folder)
        for number in range(arguments.rounds + 1):
            for name, program in (("bare", BARE), ("ours", OURS)):
                for told, spent in measure(program, home).items():
                    if number:  # the first round warms the disk
                        times.setdefault((name, told), []).append(spent)
        spent_on = list(imports(home)) if arguments.imports else []
    medians = {key: statistics.median(values) for key, values in times.items()}
    print(f"{arguments.rounds} rounds, medians; target: usable within {TARGET} of the bare window")
    for clock, words in (("", "by the clock"), (", CPU", "processor time, where the machine has other work")):
        print(words)
        bare = max(medians["bare", f"{told}{clock}"] for told in ("painted", "player"))
        print(f"    {'bare window with a QMediaPlayer':<41} {bare:8.0f} ms")
        for told, name in (("painted", "ours, painted and taking keys"), ("player", "ours, its player there, too")):
            spent = medians["ours", f"{told}{clock}"]
            print(f"    {name:<41} {spent:8.0f} ms {spent / bare:6.2f} x")
            if not clock:
                limit = TARGET if told == "painted" else None
                tell(Result(f"start: {name}", spent, "ms", "bare window with a QMediaPlayer", bare, limit))
    if spent_on:
        print("Python's imports (slower than without being watched)")
    for spent, name in spent_on[:16]:
        print(f"    {name:<41} {spent:8.1f} ms to import")


if __name__ == "__main__":
    main()
