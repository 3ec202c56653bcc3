"""Turns: one process has it, the next one gets it however the first one ended."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from facevid_gui.turn import Turn
from tests.support.lines import next_line
from tests.support.window_flows import PATIENCE_S, ROOT, environment

HOLD = """
import sys
from pathlib import Path
from facevid_gui.turn import Turn
turn = Turn(Path(sys.argv[1]))
print(turn.take(), flush=True)
sys.stdin.read()
"""


def test_only_one_has_it_until_it_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "state" / "a.turn"
    one, another = Turn(path), Turn(path)
    assert one.take()
    assert one.take()
    assert not another.take()
    assert (one.is_ours, another.is_ours) == (True, False)
    another.give_back()
    assert not another.take(), "what one never had is not given back"
    with one:
        pass
    assert another.take()
    assert path.read_bytes() == b""
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    another.give_back()


def test_a_process_that_is_killed_leaves_it_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.turn"
    program = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], cwd=ROOT, env=environment(),
                               text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    turn = Turn(path)
    try:
        assert next_line(program) == "True\n"
        assert not turn.take()
    finally:
        program.kill()
        program.communicate(timeout=PATIENCE_S)
    assert turn.take()
    turn.give_back()


def test_where_no_file_can_be_made_there_are_no_turns(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"")
    turn = Turn(tmp_path / "state" / "a.turn")
    with pytest.raises(OSError, match="state"):
        turn.take()
    assert not turn.is_ours
