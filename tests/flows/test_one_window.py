"""A second start hands over to the window that runs; a bad end is told by the next start, its record opened again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from facevid_gui.evidence.seal import SealRequest
from facevid_gui.last_run import Running, note_running, read_running
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.evidence_places import unlock_folders
from tests.support.lines import next_line
from tests.support.places import look_up_flow, make_house
from tests.support.window_flows import PATIENCE_S, ROOT, environment

pytest.importorskip("PySide6")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    unlock_folders(tmp_path)


def sealed(home: Path, root: Path, simulator: Simulator) -> Path:
    """An evidence folder of this home."""
    house = make_house(home)
    capture = house.captures.open(str(look_up_flow(house, simulator, flow_id("One")).capture))
    return house.sealer.seal(capture, SealRequest("c", "p", house.operator, root), house.keys.open()).folder


@contextmanager
def window(home: Path, *orders: str, language: str = "en") -> Iterator["subprocess.Popen[str]"]:
    """The program's window, told by lines what to wait for; what it saw is one line of JSON each."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.support.window_standing", *orders], cwd=ROOT, text=True,
        env=environment(FACEVID_HOME=str(home), FACEVID_LANG=language), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield program
    finally:
        program.kill()
        program.communicate(timeout=PATIENCE_S)


def told(program: "subprocess.Popen[str]") -> dict[str, object]:
    line = next_line(program)
    assert line, "it ended, or said nothing more"
    answer: dict[str, object] = json.loads(line)
    return answer


def order(program: "subprocess.Popen[str]", line: str) -> None:
    assert program.stdin is not None
    program.stdin.write(f"{line}\n")
    program.stdin.flush()


def start_again(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "facevid_gui.app", *arguments], cwd=ROOT, text=True, capture_output=True,
        env=environment(FACEVID_HOME=str(home), FACEVID_LANG="en"), timeout=PATIENCE_S, check=False,
    )  # fmt: skip


def test_a_second_start_hands_over_and_ends(home: Path, tmp_path: Path, simulator: Simulator) -> None:
    folder = sealed(home, tmp_path / "evidence", simulator)
    with window(home) as first:
        assert told(first)["ready"] is True
        second = start_again(home, str(folder))
        assert (second.returncode, second.stdout.strip()) == (
            0, "A window is open already for these data; it was asked to come to the front.",
        )  # fmt: skip
        assert told(first) == {"opened": str(folder), "dialog": False}
        assert start_again(home).returncode == 0, "without a folder it only comes to the front"
        running = read_running(home / "state")
        assert running is not None
        assert (running.pid, running.open) == (first.pid, str(folder))


@pytest.mark.parametrize("attempt", range(3))
def test_of_starts_at_one_moment_one_window_comes(home: Path, attempt: int) -> None:
    """Three at once; the others wait for the one that was first, hand over, and end. Nobody speaks of a bad end."""
    with window(home) as one, window(home) as another, window(home) as third:
        programs = [one, another, third]
        firsts = [next_line(program) for program in programs]
        assert sorted(line.startswith("{") for line in firsts) == [False, False, True], firsts
        main = next(program for program, line in zip(programs, firsts, strict=True) if line.startswith("{"))
        for program, line in zip(programs, firsts, strict=True):
            if program is not main:
                assert line.startswith("A window is open already")
                assert program.wait(timeout=PATIENCE_S) == 0
        rest, _ = main.communicate("close\n", timeout=PATIENCE_S)
        assert main.returncode == 0
        assert "report" not in rest
    assert read_running(home / "state") is None


def test_a_start_while_the_window_leaves_comes_up_itself(home: Path) -> None:
    with window(home) as first:
        assert told(first)["ready"] is True
        order(first, "close")
        with window(home) as second:
            assert told(second)["ready"] is True
            rest, _ = second.communicate("close\n", timeout=PATIENCE_S)
            assert "report" not in rest
            assert first.wait(timeout=PATIENCE_S) == 0


@pytest.mark.skipif(os.name != "posix", reason="processes are stopped by a signal")
@pytest.mark.parametrize("patience_ms", [200, -1000], ids=["usual", "used up by a slow computer"])
def test_a_window_that_does_not_answer_is_waited_for_but_not_for_ever(home: Path, patience_ms: int) -> None:
    from facevid_gui.one_window import begin

    with window(home) as first:
        assert told(first)["ready"] is True
        first.send_signal(signal.SIGSTOP)
        turn = begin(home / "state", None, patience_ms=patience_ms)
        assert turn is not None
        assert not turn.is_ours, "so nothing is said of a bad end"
        first.send_signal(signal.SIGCONT)
        assert begin(home / "state", None) is None
        order(first, "close")
        assert first.wait(timeout=PATIENCE_S) == 0
    turn = begin(home / "state", None)
    assert turn is not None
    assert turn.is_ours
    turn.give_back()


def test_a_home_that_knows_no_turns_gets_its_window(tmp_path: Path) -> None:
    from facevid_gui.one_window import begin

    (tmp_path / "state").write_bytes(b"")
    turn = begin(tmp_path / "state", None)
    assert turn is not None
    assert not turn.is_ours


def test_after_a_bad_end_the_record_is_opened_again_and_a_report_offered(
    home: Path, tmp_path: Path, simulator: Simulator
) -> None:
    folder = sealed(home, tmp_path / "evidence", simulator)
    with window(home, str(folder)) as first:
        assert told(first)["ready"] is True
        assert told(first) == {"opened": str(folder), "dialog": False}
        first.send_signal(signal.SIGABRT if os.name == "posix" else signal.SIGTERM)
        first.wait(timeout=PATIENCE_S)
    assert read_running(home / "state") is not None, "it could not take its note away"
    with window(home) as second:
        assert told(second)["ready"] is True
        answer = told(second) | told(second)  # in any order
        assert answer["opened"] == str(folder)
        report = answer["report"]
        assert "version: " in str(report)
        if os.name == "posix":
            assert "Fatal Python error: Aborted" in str(report)
        assert "is opened again" in str(answer["sentence"])
        order(second, "close")
        assert second.wait(timeout=PATIENCE_S) == 0
    assert read_running(home / "state") is None, "an end in order leaves nothing"


def test_after_a_bad_end_nothing_is_said_to_be_open_that_is_not(
    home: Path, tmp_path: Path, simulator: Simulator
) -> None:
    """Settings that were damaged meanwhile demand a reason first."""
    folder = sealed(home, tmp_path / "evidence", simulator)
    note_running(home / "state", Running(2**22 + 1, "nobody", str(folder)))
    (home / "config" / "settings.json").write_bytes(b"{broken")
    with window(home) as program:
        assert told(program)["ready"] is True
        sentence = str(told(program)["sentence"])
        assert f"{folder.name} was open and is not opened again yet" in sentence
        order(program, "reason court date")
        assert told(program) == {"opened": str(folder), "dialog": False}, "evidence opens without settings"
    assert (home / "config" / "settings.json").read_bytes() == b"{broken"
    note_running(home / "state", Running(2**22 + 1, "nobody"))
    with window(home) as program:
        assert told(program)["ready"] is True
        sentence = str(told(program)["sentence"])
        assert "open" not in sentence
        assert "kept" in sentence


def test_another_language_is_spoken_at_once_with_the_record_that_is_open(
    home: Path, tmp_path: Path, simulator: Simulator
) -> None:
    folder = sealed(home, tmp_path / "evidence", simulator)
    with window(home, str(folder), language="") as program:
        before = told(program)
        assert told(program)["opened"] == str(folder)
        other = "zh_CN" if before["look_up"] == "Look up" else "en"
        order(program, "note half a sentence")
        order(program, f"speak {other}")
        assert told(program) == {"notice": "settings.language.later"}, "nothing that is being written is lost"
        order(program, "note")
        order(program, f"speak {other}")
        after = told(program)
        assert after["ready"] is True
        assert {before["look_up"], after["look_up"]} == {"Look up", "查询"}
        assert told(program)["opened"] == str(folder)
        order(program, "close")
        assert program.wait(timeout=PATIENCE_S) == 0
    assert read_running(home / "state") is None
