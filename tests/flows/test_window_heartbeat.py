"""The real window goes on while 60 MB with 12 clips are looked up, sealed and verified (design section 7).
Window and service run in processes of their own, so that neither the service's work nor the measuring of coverage
counts. What other programs took from the window is taken off (Linux says how much); a worker of ours that lost its
processor while it held the interpreter is not told apart from one that works, so of eight attempts the best counts.
How the usual gap (p99) stands is for `tests.benchmarks.heartbeat`: on a shared machine it asserts no such figure.
A slower machine gets as much more time as plain Qt needs there (`tests.support.pace`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.lookup_memory import service

pytest.importorskip("PySide6")
ROOT = Path(__file__).parent.parent.parent
ATTEMPTS = 8
LONGEST_MS, P99_MS = 50, 16
STAGES = ("idle", "look_up", "play", "switch", "seal", "verify", "show", "work", "all")


@pytest.fixture
def origin() -> Iterator[str]:
    """The service that answers with 60 MB."""
    with service() as host:
        yield f"http://{host}"


def attempt(origin: str, home: Path) -> dict[str, Any]:
    """One window, from its start to its end; its gaps by stage."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    command = [sys.executable, "-m", "tests.support.window_heartbeat", origin, str(home)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stderr[-4000:]}"
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


@pytest.mark.slow
def test_the_window_never_stands_still(origin: str, tmp_path: Path) -> None:
    attempts: list[tuple[float, float]] = []
    for number in range(ATTEMPTS):
        gaps = attempt(origin, tmp_path / f"home-{number}")
        pace = gaps.pop("pace")
        print(f"attempt {number + 1}, pace {pace:.2f}:", *(f"{name} {gaps[name]}" for name in STAGES), sep="\n    ")
        attempts.append((gaps["all"]["longest"] / pace, gaps["work"]["p99"] / pace))
        if attempts[-1][0] < LONGEST_MS and attempts[-1][1] < 2 * P99_MS:
            break
    assert min(longest for longest, _ in attempts) < LONGEST_MS
    assert min(p99 for _, p99 in attempts) < 2 * P99_MS, "the benchmark judges it; here only what is far off fails"
