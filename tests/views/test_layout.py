"""Nothing is cut and nothing lies outside its place: both languages, two sizes of window, 100 % and 200 %."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.screens import large_screen
from tests.support.window_flows import ROOT, environment


@pytest.mark.parametrize("scale", [1, 2])
def test_no_word_is_cut_and_no_part_lies_outside(scale: int, tmp_path: Path) -> None:
    surroundings = environment(QT_QPA_PLATFORM=large_screen(tmp_path), QT_SCALE_FACTOR=str(scale))
    command = [sys.executable, "-m", "tests.support.window_layout"]
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=100, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    seen = json.loads(done.stdout)
    assert seen["scale"] == scale
    assert list(seen["found"]) == ["en 1024x680", "en 1360x860", "zh_CN 1024x680", "zh_CN 1360x860"]
    for place, complaints in seen["found"].items():
        assert complaints == [], f"{place} at {scale}00 %"
