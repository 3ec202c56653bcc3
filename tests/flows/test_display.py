"""A clip is played on a display as users have it (X11, without a graphics card): smoothly, by the processor."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.display import virtual_display
from tests.support.window_flows import PATIENCE_S, ROOT

pytest.importorskip("PySide6")

# Plays a clip of 1280x720 and tells how long it took to make a picture of a frame, whoever makes it.
PLAY = """
import json, os, statistics, sys, time
from facevid_gui.bridge import player as room
from facevid_gui.application import make_application
from tests.support.media_clips import TICKS, make_clip
from tests.support.qt import pump_until
application = make_application(["test"])
room.prepare_environment()
player, shown, spent = room.Player(), [], []
inner = player._show_newest
def timed():
    began = time.perf_counter()
    inner()
    spent.append((time.perf_counter() - began) * 1000)
player._next_picture.timeout.disconnect()
player._next_picture.timeout.connect(timed)
player.frame_shown.connect(lambda image, start: shown.append(start))
player.load(make_clip([n * TICKS // 25 for n in range(36)], key_every=12, size=(1280, 720)))
pump_until(lambda: player.state == "paused")
player.play()
pump_until(lambda: player.state == "ended")
print(json.dumps({"platform": application.platformName(), "shown": len(set(shown)), "ms": statistics.median(spent)}))
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11")
def test_a_large_clip_is_played_without_a_graphics_card(tmp_path: Path) -> None:
    with virtual_display() as display:
        done = subprocess.run(
            [sys.executable, "-c", PLAY], cwd=ROOT, env={**os.environ, "HOME": str(tmp_path), **display},
            capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    print(f"a picture of 1280x720 took {seen['ms']:.1f} ms")
    assert seen["platform"] == "xcb"
    assert seen["shown"] >= 18, "of 36 frames; by way of the graphics card it was one in ten on a busy machine"
    assert "Using CPU conversion" in done.stderr
