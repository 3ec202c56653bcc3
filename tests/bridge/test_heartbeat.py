"""The event loop goes on while 60 MB with 12 clips are looked up, sealed and verified (design section 7).

Program and service run in processes of their own, so that neither the service's work nor the measuring of coverage
counts. The computer may be busy with other things: of three attempts the best counts.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
ATTEMPTS = 3
LONGEST_MS, P99_MS = 50, 16
BEAT_MS = 5
STAGES = ("look_up", "seal", "verify", "clip")


@pytest.fixture
def origin() -> Iterator[str]:
    """The service that answers with 60 MB."""
    command = [sys.executable, "-m", "tests.benchmarks.lookup_memory", "--serve"]
    service = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert service.stdout is not None
        yield f"http://{service.stdout.readline().strip()}"
    finally:
        service.terminate()
        service.communicate(timeout=10)


def attempt(origin: str, home: Path) -> dict[str, Any]:
    """One program run; its gaps by stage."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    command = [sys.executable, "-m", "tests.support.bridge_heartbeat", origin, str(home)]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=90, check=False, start_new_session=True
    )
    for folder, _, _ in os.walk(home):
        os.chmod(folder, 0o700)
    shutil.rmtree(home)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stderr[-4000:]}"
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


@pytest.mark.slow
def test_the_event_loop_never_stands_still(origin: str, tmp_path: Path) -> None:
    longest, p99 = [], []
    for number in range(ATTEMPTS):
        gaps = attempt(origin, tmp_path / f"home-{number}")
        print(f"attempt {number + 1}:", {name: gaps[name] for name in ("idle", *STAGES, "all")})
        busy_elsewhere = gaps["idle"]["p99"] - BEAT_MS  # how late the beat is when this program does nothing
        longest.append(gaps["all"]["longest"])
        p99.append(gaps["all"]["p99"] - busy_elsewhere)
        if min(longest) < LONGEST_MS and min(p99) < P99_MS:
            break
    assert min(longest) < LONGEST_MS
    assert min(p99) < P99_MS
