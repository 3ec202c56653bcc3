"""Fuzzing from the command line: every target in a process of its own, one table.

    python -m tests.fuzz --minutes 2                 all targets share two minutes (CI)
    python -m tests.fuzz --runs 1000000 [--keep]     cases of each target; --keep writes RESULTS.md
    python -m tests.fuzz --only cms --runs 50000     one target (--only may be repeated)
    python -m tests.fuzz --only cms --replay FILE    one input, in this process, with its traceback

Our own mutations of `tests/fuzz/corpora/` are tried first: case N of seed S is always the same. Where `atheris` is
installed (`pip install --require-hashes -r .ci/locks/fuzz.txt`; Linux), as many follow that are chosen by the coverage
they reach (not with `--unguided`). Exit code 1 when anything was found; each finding lies in `.cache/fuzz/` with
its traceback. A finding is mended in the parser, and its input goes into the corpus: the suite replays it for ever.
"""

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.child import HEAD, MOST_BYTES
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS
from tests.support.evidence_places import unlock_folders

FOUND = Path(".cache") / "fuzz"
RESULTS = Path(__file__).with_name("RESULTS.md")
HANGS_AFTER_S = 90.0
FOREVER_S = 30 * 86400.0
COLUMNS = ("target", "parser", "cases", "guided", "seconds", "findings", "peak MB", "one input MB")


@dataclass(frozen=True)
class Row:
    """What the fuzzing of one target came to."""

    target: Target
    cases: int
    guided: int  # of them, chosen by coverage
    seconds: float
    findings: int
    peak_mb: int  # of the process, mutations included
    most_mb: int  # by which one input raised it

    def cells(self) -> tuple[str, ...]:
        """A row of the table."""
        return (
            self.target.name, self.target.about, f"{self.cases:,}", f"{self.guided:,}", f"{self.seconds:.0f}",
            str(self.findings), str(self.peak_mb), str(self.most_mb),
        )  # fmt: skip


def fuzz(target: Target, seed: int, runs: int, seconds: float, *, guided: bool) -> Row:
    """Fuzz one target, each way in a child of its own; findings are copied to `FOUND`."""
    first = _fuzz(target, seed, runs, seconds / (1 + guided), guided=False)
    if not guided:
        return first
    second = _fuzz(target, seed, runs, seconds / 2, guided=True)
    return Row(
        target, first.cases + second.cases, second.cases, first.seconds + second.seconds,
        first.findings + second.findings, max(first.peak_mb, second.peak_mb),
        max(first.most_mb, second.most_mb),
    )  # fmt: skip


def _fuzz(target: Target, seed: int, runs: int, seconds: float, *, guided: bool) -> Row:
    with tempfile.TemporaryDirectory(prefix="facevid-fuzz-", dir=_fast_folder()) as place:
        folder = Path(place)
        command = [
            sys.executable, "-m", "tests.fuzz.child", target.name, place, "--seed", str(seed), "--runs", str(runs),
            "--seconds", str(seconds), *(["--guided"] if guided else []),
        ]  # fmt: skip
        began = time.monotonic()
        with (folder / "log.txt").open("wb") as log:
            child = subprocess.Popen(command, stdout=log, stderr=log)
            why = _wait(child, folder)
        took = time.monotonic() - began
        told = folder / "result.json"
        result = json.loads(told.read_text()) if told.exists() else {"peak_mb": 0, "most_mb": 0, "findings": 0}
        if why or child.returncode:
            _keep_last(target, folder, why or f"the process ended with {child.returncode}")
        found = sorted((folder / "findings").glob("*")) if (folder / "findings").exists() else []
        for path in found:
            FOUND.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, FOUND / (f"guided-{path.name}" if guided else path.name))
        number = len([path for path in found if path.suffix == ".txt"])
        unlock_folders(folder)
        cases = _cases(folder)
        return Row(target, cases, cases if guided else 0, took, number, int(result["peak_mb"]), int(result["most_mb"]))


def _fast_folder() -> str | None:
    """Where files cost no disk; None for the usual place."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _wait(child: subprocess.Popen[bytes], folder: Path) -> str:
    """Wait for the end; a child whose case does not change for too long is killed."""
    last, since = -1, time.monotonic()
    while True:
        try:
            child.wait(1.0)
            return ""
        except subprocess.TimeoutExpired:
            pass
        cases = _cases(folder)
        if cases != last:
            last, since = cases, time.monotonic()
        elif time.monotonic() - since > HANGS_AFTER_S:
            child.kill()
            child.wait()
            return "hung"


def _cases(folder: Path) -> int:
    progress = folder / "progress"
    raw = progress.read_bytes()[: HEAD.size] if progress.exists() else b""
    return int(HEAD.unpack(raw)[0]) + 1 if len(raw) == HEAD.size else 0


def _keep_last(target: Target, folder: Path, why: str) -> None:
    """Keep the case that took the process down."""
    progress = folder / "progress"
    raw = progress.read_bytes() if progress.exists() else b""
    size = HEAD.unpack(raw[: HEAD.size])[1] if raw else 0
    findings = folder / "findings"
    findings.mkdir(exist_ok=True)
    (findings / f"{target.name}-end.bin").write_bytes(raw[HEAD.size : HEAD.size + min(size, MOST_BYTES)])
    log = (folder / "log.txt").read_text("utf-8", "replace")[-4000:]
    (findings / f"{target.name}-end.txt").write_text(f"{why}\n{log}", "utf-8")


def table(lines: list[tuple[str, ...]]) -> str:
    """All rows and what they come to together, as Markdown."""
    sums = [sum(_number(line[place]) for line in lines) for place in range(2, len(COLUMNS))]
    peaks = [max(_number(line[place]) for line in lines) for place in (-2, -1)]
    total = ("all", "", *(f"{number:,}" for number in (*sums[:-2], *peaks)))
    cells = [COLUMNS, tuple("-" * len(name) for name in COLUMNS), *lines, total]
    widths = [max(len(line[place]) for line in cells) for place in range(len(COLUMNS))]
    padded = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)


def _number(cell: str) -> int:
    return int(cell.replace(",", ""))


def write_results(rows: list[Row], seed: int) -> Path:
    """Keep the table of a long run in the repository; targets that were not run keep their old row."""
    old = RESULTS.read_text("utf-8") if RESULTS.exists() else ""
    known = {cells[0]: cells for line in old.splitlines() if (cells := _cells_of(line)) and cells[0] in TARGETS}
    known |= {row.target.name: row.cells() for row in rows}
    day = time.strftime("%Y-%m-%d", time.gmtime())
    RESULTS.write_text(
        f"# Fuzzing: the last long run\n\n`python -m tests.fuzz --keep`, {day}, seed {seed}, Python"
        f" {sys.version.split()[0]}, {sys.platform}. A finding is anything but a value or the parser's typed error"
        f" within its time and memory.\nWhat earlier runs found is mended; the inputs lie in `corpora/`, replayed by"
        f" `test_targets.py`.\n\n{table([known[name] for name in TARGETS if name in known])}\n",
        "utf-8",
    )
    return RESULTS


def _cells_of(line: str) -> tuple[str, ...]:
    cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
    return cells if len(cells) == len(COLUMNS) else ()


def can_be_guided() -> bool:
    """Whether atheris is installed."""
    return importlib.util.find_spec("atheris") is not None


def available(target: Target) -> bool:
    """Whether what a target needs is installed."""
    return all(importlib.util.find_spec(name) is not None for name in target.needs)


def replay(target: Target, path: Path) -> None:
    """Feed one input here; what it raises is seen."""
    with tempfile.TemporaryDirectory() as scratch:
        target.make(Path(scratch))(path.read_bytes())
    print("nothing found")


def main() -> int:
    """Fuzz and print the table; 1 when anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=sorted(TARGETS), metavar="NAME")
    parser.add_argument("--minutes", type=float, help="that all targets share")
    parser.add_argument("--runs", type=int, help="cases of each target, each way")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    parser.add_argument("--unguided", action="store_true")
    parser.add_argument("--keep", action="store_true", help="write tests/fuzz/RESULTS.md")
    parser.add_argument("--replay", type=Path)
    arguments = parser.parse_args()
    chosen = [TARGETS[name] for name in arguments.only or TARGETS if available(TARGETS[name])]
    if arguments.replay:
        replay(chosen[0], arguments.replay)
        return 0
    seconds = arguments.minutes * 60 / len(chosen) if arguments.minutes else FOREVER_S
    runs = arguments.runs or (10**12 if arguments.minutes else 2000)
    rows = []
    for target in chosen:
        rows.append(fuzz(target, arguments.seed, runs, seconds, guided=can_be_guided() and not arguments.unguided))
        print(" | ".join(rows[-1].cells()), flush=True)
    print(f"\nseed {arguments.seed}\n{table([row.cells() for row in rows])}")
    if arguments.keep:
        print(write_results(rows, arguments.seed))
    return 1 if any(row.findings for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
