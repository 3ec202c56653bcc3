"""A walk through all windows: names, order, focus, contrast, nothing cut, nothing left untranslated.

Each run is a process of its own that builds the window once; what is looked for is in `tests/support/window_*`:
`layout` what is cut or outside, `access` names, Tab's order and the focus, `contrast` WCAG AA in the pixels, `words`
what is not translated. A window that is new is walked through by itself when the menu opens it; if not, the walk says
that it was never shown.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.screens import large_screen
from tests.support.window_flows import ROOT, environment

BOTH = "1024x680 1360x860"
WINDOWS = 130


@dataclass(frozen=True)
class Run:
    """A language, what is looked at, and how."""

    language: str
    checks: str
    scheme: str = "light"
    scale: int = 1
    font: float = 1.0
    sizes: str = "1024x680"


RUNS = {
    "English at 200 %": Run("en", "layout access contrast", scale=2, sizes=BOTH),
    "Chinese": Run("zh_CN", "layout access"),
    "Chinese at 200 %, dark": Run("zh_CN", "layout contrast", "dark", scale=2),
    "English, high contrast, larger letters": Run("en", "layout contrast", "contrast", scale=2, font=1.5),
    "Chinese, larger letters": Run("zh_CN", "layout", font=1.5),
    "a language nobody speaks": Run("qps", "layout words", sizes="1360x860"),
}


@pytest.mark.parametrize("name", RUNS)
def test_every_window_can_be_read_and_worked_by_everybody(name: str, tmp_path: Path) -> None:
    run = RUNS[name]
    surroundings = environment(
        QT_QPA_PLATFORM=large_screen(tmp_path), QT_SCALE_FACTOR=str(run.scale), WALK_CHECKS=run.checks,
        WALK_SCHEME=run.scheme, WALK_FONT=str(run.font), WALK_SIZES=run.sizes,
    )  # fmt: skip
    command = [sys.executable, "-m", "tests.support.window_look", run.language]
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=100, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    seen = json.loads(done.stdout)
    assert (seen["language"], seen["scale"]) == (run.language, run.scale)
    assert seen["windows"] >= WINDOWS
    assert seen["never_shown"] == [], "nobody walked through these: show them in tests/support/window_walk.py"
    assert set(seen["found"]) == set(run.checks.split())
    for check, complaints in seen["found"].items():
        assert complaints == {}, check
    if run.font == 1.0 and run.language != "qps":
        width, height = seen["smallest"]
        assert width <= 1024, "the window does not fit the smallest screen that is promised"
        assert height <= 680
