"""Kills `facevid` at chosen moments. Run as a program by test_killed.py, never imported by the package.

Arguments: a folder for the homes, a JSON object on standard input: {"arguments", "stdin", "points"}. For each
point a child process runs the command in a home of its own and kills itself with SIGKILL at that event: the
n-th time it opens a file for writing, links, renames, changes modes, removes, makes a folder, or is about to write, or
has just written, another sixteen kilobytes of an answer: however large the pieces are in which it comes, the n-th time
is the same moment in every run. Bytes are noted in `<home>.received/<n>`, one file for each answer, only after the
program took them over. Point 0 kills nothing and tells how many events there are.
"""

import io
import json
import os
import signal
import sys
from pathlib import Path

# Everything is loaded before the children are made, so that only the work itself is counted.
import facevid_gui.console.lookup
import facevid_gui.console.seal
import facevid_gui.evidence.stamping
import facevid_gui.providers.kyc  # noqa: F401
from facevid_gui import cli
from facevid_gui.captures import store

STEP_BYTES = 16 * 1024
COUNTED = {"open", "os.rename", "os.link", "os.mkdir", "os.chmod", "os.remove", "os.rmdir", "os.truncate"}


class Counter:
    """Counts events below a home and kills the process at the chosen one."""

    def __init__(self, home: str, point: int) -> None:
        self.home = home
        self.point = point
        self.count = 0

    def hit(self) -> None:
        self.count += 1
        if self.count == self.point:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in COUNTED or not str(arguments[0]).startswith(self.home):
            return
        if event == "open" and isinstance(arguments[2], int) and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return
        self.hit()


def run_child(home: Path, arguments: list[str], stdin: str, point: int) -> None:
    """Be the program, and die at the point."""
    os.environ["FACEVID_HOME"] = str(home)
    os.environ["FACEVID_LANG"] = "en"
    counter = Counter(str(home), point)
    original = store.FileSink.received
    logs: dict[store.FileSink, int] = {}
    sizes: dict[store.FileSink, int] = {}
    home.with_suffix(".received").mkdir()

    def received(self: store.FileSink, piece: bytes) -> None:
        if self not in logs:
            name = home.with_suffix(".received") / str(len(logs))
            logs[self] = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        before = sizes.get(self, 0)
        sizes[self] = before + len(piece)
        steps = -(-sizes[self] // STEP_BYTES) - -(-before // STEP_BYTES)
        for _ in range(steps):
            counter.hit()
        original(self, piece)
        os.write(logs[self], piece)
        for _ in range(steps):
            counter.hit()

    store.FileSink.received = received  # type: ignore[method-assign]
    stream = io.TextIOWrapper(io.BytesIO(stdin.encode()))
    sys.stdin = stream
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.addaudithook(counter.audit)
    code = cli.main(arguments)
    home.with_suffix(".events").write_text(f"{counter.count} {code}")
    os._exit(0)


def main() -> None:
    """Run one child per point."""
    root = Path(sys.argv[1])
    order = json.loads(sys.stdin.read())
    for point in order["points"]:
        child = os.fork()
        if child == 0:
            run_child(root / f"home-{point:04d}", order["arguments"], order["stdin"], point)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
