"""A program of its own: does the player's sound thread wait for the interpreter when a clip is stopped?

It must not: it holds a lock of Qt's that the GUI thread waits for, and the GUI thread has the interpreter. That both
wait for ever is rare, so it is looked at closely here: a clip with sound is stopped, the GUI thread keeps the
interpreter for a while, and the sound thread is watched. Who waits for the interpreter wakes up every 5 ms to ask for
it; who has nothing to do sleeps. Prints how often the thread woke up.
"""

import ctypes
import faulthandler
import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
PATIENCE_S = 40
KEEP_US = 300_000
LIBC = ctypes.PyDLL(None)  # calls through it do not let go of the interpreter
BUFFER = ctypes.create_string_buffer(8192)


def times_woken(thread: str) -> int:
    """How often a thread of this process went to sleep by itself so far."""
    file = LIBC.open(f"/proc/self/task/{thread}/status".encode(), os.O_RDONLY)
    size = LIBC.read(file, BUFFER, len(BUFFER))
    LIBC.close(file)
    return int(BUFFER.raw[:size].partition(b"\nvoluntary_ctxt_switches:")[2].split()[0])


def main() -> None:
    """Play, stop, keep the interpreter, count."""
    faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
    from PySide6.QtGui import QGuiApplication

    from facevid_gui.bridge.player import Player, prepare_environment
    from tests.support.bridge_pictures import demo
    from tests.support.qt import pump_until

    prepare_environment()
    application = QGuiApplication([])
    player = Player()
    shown: list[object] = []
    player.frame_shown.connect(lambda _image, start: shown.append(start))
    player.load(demo("A"))
    player.play()
    pump_until(lambda: len(shown) > 5)
    [thread] = [path.name for path in Path("/proc/self/task").iterdir()
                if (path / "comm").read_text().startswith("QFFmpeg::AudioR")]  # fmt: skip
    before = times_woken(thread)
    player._player.stop()
    LIBC.usleep(KEEP_US)
    woken = times_woken(thread) - before
    player.unload()
    print(woken, flush=True)
    application.quit()


if __name__ == "__main__":
    main()
