"""Every benchmark in turn, one table. Asserts nothing; keep the machine quiet meanwhile.

    python -m tests.benchmarks [--runs N] [--only NAME,NAME] [--soak N] [--keep]

`--keep` writes the table to `tests/benchmarks/RESULTS.md`, with the machine described; the targets of the design
(section 7) hold when each of three runs meets them. A full run takes about eight minutes on two cores; the soak of 2000
cycles (`--soak 2000`) three quarters of an hour more. What was run is kept when the rest is stopped.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.results import ENVIRONMENT, Result, table, told

ROOT = Path(__file__).parent.parent.parent
KEPT = Path(__file__).with_name("RESULTS.md")
BUNDLE = ROOT / "dist" / "facevid-gui"
MAX_BUNDLE_MB = 320.0
ALL: dict[str, tuple[str, ...]] = {
    "start_time": (),
    "lookup_memory": ("5",),
    "first_frame": (),
    "step_latency": (),
    "heartbeat": (),
    "verify_speed": ("--folders", "200", "--clip-mb", "2"),
    "seal_speed": (),
    "library_scan": (),
    "growth": ("--folders", "1000,10000"),
}


def run(name: str, arguments: tuple[str, ...], notes: Path) -> None:
    """One benchmark, whole process; its own words go where ours go."""
    print(f"\n== {name}", flush=True)
    environ = {**os.environ, ENVIRONMENT: str(notes), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{name}", *arguments], cwd=ROOT, env=environ, check=False
    )
    if done.returncode:
        print(f"{name} ended with {done.returncode}", flush=True)


def bundle() -> list[Result]:
    """The built program, where there is one."""
    if not BUNDLE.is_dir():
        return []
    size = sum(path.stat().st_size for path in BUNDLE.rglob("*") if path.is_file() and not path.is_symlink())
    return [Result("built program", size / 1e6, "MB", limit=MAX_BUNDLE_MB)]


def machine() -> list[str]:
    """What the figures were measured on."""
    from PySide6.QtCore import qVersion

    models = [line.partition(":")[2].strip() for line in _text("/proc/cpuinfo").splitlines() if "model name" in line]
    memory = next((int(line.split()[1]) for line in _text("/proc/meminfo").splitlines() if "MemTotal" in line), 0)
    return [
        f"- {datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.release()}, {os.cpu_count()} cores"
        + (f" of {models[0]}" if models else "") + (f", {memory / 1e6:.0f} GB of memory" if memory else ""),
        f"- Python {platform.python_version()}, Qt {qVersion()}, off-screen",
    ]  # fmt: skip


def _text(path: str) -> str:
    return Path(path).read_text("utf-8") if Path(path).exists() else ""


def main() -> None:
    """Run, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default=",".join(ALL), help="names of benchmarks")
    parser.add_argument("--soak", type=int, default=0, help="cycles of endurance, after the last run")
    parser.add_argument("--keep", action="store_true", help="write RESULTS.md")
    arguments = parser.parse_args()
    runs: list[list[Result]] = []
    loads: list[float] = []
    with tempfile.TemporaryDirectory(prefix="facevid-results-") as folder:
        for number in range(1, arguments.runs + 1):
            notes = Path(folder, str(number))
            for name in arguments.only.split(","):
                loads.append(os.getloadavg()[0])
                run(name, ALL[name], notes)
            runs.append([*told(notes), *bundle()])
            say(runs, loads, f"--runs {number}", keep=arguments.keep)
        if arguments.soak:
            notes = Path(folder, "soak")
            run("soak", ("--cycles", str(arguments.soak)), notes)
            runs.append(told(notes))
            say(runs, loads, f"--runs {arguments.runs} --soak {arguments.soak}", keep=arguments.keep)


def say(runs: Sequence[Sequence[Result]], loads: Sequence[float], how: str, *, keep: bool) -> None:
    """Print the table of what was run so far, and keep it: who has no time for the rest has that."""
    lines = [*machine(), f"- load before each benchmark: {min(loads):.1f} to {max(loads):.1f}", "", *table(runs)]
    print("", *lines, sep="\n", flush=True)
    if keep:
        how = f"python -m tests.benchmarks {how} --keep"
        head = f"# Measured\n\nBy `{how}`, which writes this page. Each benchmark says first what it means.\n"
        KEPT.write_text("\n".join([head, *lines, ""]), "utf-8")


if __name__ == "__main__":
    main()
