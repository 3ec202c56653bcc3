"""What a window leaves while it runs, so that the next start knows of it, or that it ended badly (floor 1).

What enters: that a window runs, under which name it can be reached, which record is open. What leaves: the same, read
by the next start; and, after a bad end, a report to read and copy: versions, the log's last lines, where the program
stood. The note is taken away by whoever ends in order. It holds the path of an evidence folder and nothing of people;
the report names no user's home.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.files import PRIVATE_FILE, read_limited, replace_file

if TYPE_CHECKING:
    from facevid_gui.paths import Paths

FILE = "running.json"
NOW, STOOD = "crash-now.log", "crash.log"  # where faulthandler writes; what the run before left of it
SCHEMA = "facevid-running/1"
_MAX_BYTES = 64 * 1024
_LOG_LINES, _STOOD_LINES = 60, 120


@dataclass(frozen=True)
class Running:
    """A window: its process, the name others reach it by, the folder that is open in it ("" for none)."""

    pid: int
    server: str
    open: str = ""


def read_running(state: Path) -> Running | None:
    """The note of a window that runs, or that ended badly; None when there is none that can be read."""
    try:
        data = json.loads(read_limited(state / FILE, _MAX_BYTES))
        return Running(int(data["pid"]), str(data["server"]), str(data.get("open", "")))
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def note_running(state: Path, running: Running) -> None:
    """Leave the note. Where that is not possible nothing is left: the window runs all the same."""
    with suppress(OSError):
        replace_file(state / FILE, json.dumps({"schema": SCHEMA, **asdict(running)}).encode("ascii"))


def forget_running(state: Path) -> None:
    """Take our own note away, not that of a window that began later."""
    running = read_running(state)
    if running is not None and running.pid == os.getpid():
        with suppress(OSError):
            (state / FILE).unlink()


def watch_crashes(paths: Paths) -> None:
    """From now on a crash of a library leaves where the program stood; what the run before left is put aside."""
    import faulthandler

    with suppress(OSError):
        (paths.logs / NOW).replace(paths.logs / STOOD)
    with suppress(OSError):
        faulthandler.enable(os.open(paths.logs / NOW, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE))


def crash_report(paths: Paths, facts: dict[str, str]) -> str:
    """What somebody who helps must know of a bad end. The log is redacted as it is written."""
    lines = [f"{name}: {value}" for name, value in facts.items() if name != "host"]
    stood = _tail(paths.logs / STOOD, _STOOD_LINES)
    if stood:
        lines += ["", "--- where it stood ---", *stood]
    lines += ["", "--- log ---", *(_tail(paths.logs / "facevid.log", _LOG_LINES) or ["(empty)"])]
    return "\n".join(lines).replace(str(Path.home()), "~")


def _tail(path: Path, count: int) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _MAX_BYTES))
            return file.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        return []
