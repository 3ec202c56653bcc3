"""Cancelling and leaving in the middle of work: quick, clean, nothing left behind, nothing lost."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from facevid_gui.simulator.server import Simulator
from tests.support.lines import next_line
from tests.support.window_flows import NOTHING_LEFT, PATIENCE_S, ROOT, environment, left_of, play

pytest.importorskip("PySide6")

ROUNDS = 20
END_PATIENCE_S = 5.0


def test_a_slow_look_up_is_cancelled_at_once_and_can_be_asked_again(tmp_path: Path) -> None:
    seen = play("cancel", {"home": str(tmp_path / "home")})
    assert seen["progress"] is True
    assert seen["stage"][0].startswith("Receiving: ")
    assert seen["stopping"] == ["Stopping…", False]
    assert seen["seconds"] < 1.0
    assert seen["states"] == ["interrupted"]
    kind, words = seen["page"]
    assert (kind, words[0], "kept on this computer" in words[-1]) == ("outcome", "Stopped.", True)
    assert (seen["notice"], seen["progress_after"], seen["can_rescue"]) == ("", False, True)
    assert (seen["again"], seen["notice_after"]) == ("record", "")


@pytest.mark.slow
def test_closing_in_the_middle_of_look_up_play_and_save_leaves_nothing_behind(
    simulator: Simulator, tmp_path: Path
) -> None:
    with Simulator(fault="slow_drip") as slow:
        parts = {"quick": simulator.describe()["ess"], "slow": slow.describe()["ess"]}
        seen = play("leave_midway", {"home": str(tmp_path / "home"), "rounds": ROUNDS, **parts})
    assert len(seen["rounds"]) == ROUNDS
    for number, one in enumerate(seen["rounds"]):
        assert left_of(one) == NOTHING_LEFT, f"round {number}, {one['what']}"
        assert one["seconds"] < END_PATIENCE_S, f"round {number}, {one['what']}"
    done = [one["what"] for one in seen["rounds"]]
    assert set(seen["verdicts"]) <= {"verified_unstamped"}
    kept = len(seen["verdicts"]) + seen["captures"].count("complete")
    assert kept == done.count("play") + done.count("save"), "each record is there once, sealed or not"
    assert seen["captures"].count("interrupted") == done.count("look_up")


@pytest.mark.parametrize("by", ["window", "SIGTERM", "SIGINT"])
def test_the_program_ends_in_the_middle_of_a_look_up(by: str, tmp_path: Path) -> None:
    if by != "window" and sys.platform == "win32":
        pytest.skip("signals of POSIX systems")
    with Simulator(fault="slow_drip") as slow:
        order = {"home": str(tmp_path / "home"), "by": by, "slow": slow.describe()["ess"]}
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.support.window_scenarios", "run_until_told"], cwd=ROOT, text=True,
            env=environment(FACEVID_HOME=order["home"], FACEVID_LANG="en"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert program.stdin is not None
        program.stdin.write(json.dumps(order))
        program.stdin.close()
        program.stdin = None
        receiving = json.loads(next_line(program) or "{}")
        began = time.monotonic()
        if by != "window":
            program.send_signal(getattr(signal, by))
        out, err = program.communicate(timeout=PATIENCE_S)
    assert time.monotonic() - began < END_PATIENCE_S
    assert program.returncode == 0, err[-4000:]
    seen = json.loads(out.splitlines()[-1])
    assert seen == {"code": 0, "threads": [], "unforeseen": []}
    assert not [child for child in receiving["children"] if Path(f"/proc/{child}").exists()]
