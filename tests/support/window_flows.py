"""Plays scenarios of the window in processes of their own; imports no Qt."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 100
NOTHING_LEFT = {"children": [], "threads": [], "unforeseen": []}


def environment(**more: str) -> dict[str, str]:
    """What a scenario runs in: no display, nobody's settings."""
    kept = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "COVERAGE_PROCESS_START")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"QT_QPA_PLATFORM": "offscreen", **more}


def play(name: str, order: dict[str, Any]) -> Any:
    """Run a scenario of `tests.support.window_scenarios` to its end; what it saw."""
    command = [sys.executable, "-m", "tests.support.window_scenarios", name]
    done = subprocess.run(command, input=json.dumps(order), cwd=ROOT, env=environment(), capture_output=True, text=True,
                          timeout=PATIENCE_S, check=False)  # fmt: skip
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stderr[-6000:]}"
    return json.loads(done.stdout.splitlines()[-1])


def left_of(seen: dict[str, Any]) -> dict[str, Any]:
    return {name: seen[name] for name in NOTHING_LEFT}


def check_verified(banner: dict[str, Any]) -> None:
    """Verified, said in words; not in the colour of evidence, for a simulator is no official source."""
    assert banner["texts"][:2] == ["VERIFIED, not stamped", "simulator, not evidence"]
    assert banner["tone"] == "warn"
