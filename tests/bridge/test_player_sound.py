"""The player with a sound device: the switch rule, and devices that come and go. Each in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.bridge_sound import null_sink

ROUNDS = 300
LOST_MB = 0.1  # Qt would lose 0.03 MB with each clip (see `bridge.clip_source`); a clip here has over 1 MB
ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc; PulseAudio")


@pytest.fixture(scope="module")
def sound() -> Iterator[dict[str, str]]:
    """The environment of programs that hear the null sink."""
    with null_sink() as environ:
        yield environ


def run(sound: dict[str, str], *command: str) -> Any:
    """Run a program to its end; what it reported. One that hangs says where and is ended by itself."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env={**os.environ, **sound}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stderr[-4000:]}"
    assert "Protocol name not provided" not in done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_three_hundred_switches_neither_hang_nor_crash_nor_leak_nor_mix_people_up(sound: dict[str, str]) -> None:
    report = run(sound, "tests.support.bridge_switching", str(ROUNDS))
    print(report)
    assert report["sound"], "the player found no device"
    assert report["rounds"] == ROUNDS
    assert report["people"] == 3
    assert report["shown"] >= ROUNDS / 3
    assert report["wrong"] == []
    assert report["failed"] == []
    assert report["grown_mb"] < LOST_MB * ROUNDS
    assert report["threads_more"] <= 2
    assert report["files_more"] <= 2
    assert report["python_threads"] == 1


def test_sound_follows_the_device_that_is_there(sound: dict[str, str]) -> None:
    assert run(sound, "tests.support.bridge_devices") == {
        "first": "null",
        "told": [True],
        "set before": [0.25, True],
        "set after": [0.5, False],
        "goes on without the first": True,
        "moved to": "second",
        "next clip": "second",
        "goes on beside the third": True,
        "last": "third",
        "goes on without any": True,
        "the next, too": True,
        "goes on with one again": True,
        "back": "back",
    }


def test_the_sound_thread_never_waits_for_the_interpreter(sound: dict[str, str]) -> None:
    """In the switch test this shows as a hang, but only once in some hundred first switches."""
    assert run(sound, "tests.support.bridge_waiting") < 20
