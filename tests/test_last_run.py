"""What a window leaves while it runs, and what the next start makes of it."""

import os
from pathlib import Path

import pytest

from facevid_gui.last_run import FILE, STOOD, Running, crash_report, forget_running, note_running, read_running
from facevid_gui.paths import find_paths


def test_the_note_is_read_back_and_taken_away_by_its_own_window_only(tmp_path: Path) -> None:
    own, other = Running(os.getpid(), "facevid-1", "/evidence/fv-一"), Running(os.getpid() + 1, "facevid-2")
    note_running(tmp_path, own)
    assert read_running(tmp_path) == own
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    forget_running(tmp_path)
    assert read_running(tmp_path) is None
    note_running(tmp_path, other)
    forget_running(tmp_path)
    assert read_running(tmp_path) == other, "a later window's note stays"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"pid": "x", "server": 1}', "[" * 5000, "\xff"])
def test_a_note_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_bytes(text.encode("latin-1"))
    assert read_running(tmp_path) is None


def test_where_nothing_can_be_written_the_window_runs_all_the_same(tmp_path: Path) -> None:
    note_running(tmp_path / "not" / "there", Running(1, "x"))
    assert read_running(tmp_path / "not" / "there") is None


def test_the_report_holds_what_helps_and_no_ones_home(tmp_path: Path) -> None:
    paths = find_paths({"FACEVID_HOME": str(tmp_path)})
    paths.make()
    (paths.logs / STOOD).write_text(f"Fatal Python error\n  File {Path.home()}/x.py\n")
    (paths.logs / "facevid.log").write_text("".join(f"line {n}\n" for n in range(1000)))
    report = crash_report(paths, {"version": "1", "host": "desk-of-li", "os": "Linux"})
    assert "version: 1" in report
    assert "desk-of-li" not in report
    assert str(Path.home()) not in report
    assert "Fatal Python error" in report
    assert "line 999" in report
    assert "line 900" not in report, "the end of a long log"
    assert crash_report(find_paths({"FACEVID_HOME": str(tmp_path / "new")}), {}).endswith("(empty)")
