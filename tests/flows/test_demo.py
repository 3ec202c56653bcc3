"""`facevid-gui demo` without a display: the whole tour, pictures, exit 0; nothing left behind, nothing touched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facevid_gui.core.messages import Messages
from tests.support.window_flows import ROOT, environment

pytest.importorskip("PySide6")

STEPS = (
    "start", "look_up_flow", "clips", "play", "hold", "step", "filmstrip", "save", "look_up_order", "photo", "library",
    "reopen",
)  # fmt: skip
PICTURES = ["empty", "unsaved-contract", "sealed-contract", "unsaved-order", "sealed-order", "reopened"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_tour_runs_by_itself_and_leaves_nothing_behind(language: str, tmp_path: Path) -> None:
    home, temporary, pictures, where = (tmp_path / name for name in ("home", "tmp", "pictures", "where"))
    for folder in (home, temporary, where):
        folder.mkdir()
    surroundings = environment(
        HOME=str(home), USERPROFILE=str(home), TMPDIR=str(temporary), TEMP=str(temporary), FACEVID_LANG=language,
        PYTHONPATH=str(ROOT), FACEVID_HOME=str(home / "mine"),
    )  # fmt: skip
    del surroundings["QT_QPA_PLATFORM"]  # without a display the demo finds its own way
    command = [sys.executable, "-m", "facevid_gui.app", "demo", "--screenshot", str(pictures)]
    tour = subprocess.Popen(
        command, cwd=where, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", start_new_session=True,
    )  # fmt: skip
    out, err = tour.communicate(timeout=120)
    assert tour.returncode == 0, out + err[-4000:]
    assert "Traceback" not in err
    messages = Messages(language)
    for step in STEPS:
        assert messages.text("demo.step", step=messages.text(f"demo.step.{step}")) in out
    assert out.splitlines()[-1] == messages.text("demo.done")
    check_pictures(pictures)
    assert in_session(tour.pid) == []
    left = [path for path in temporary.iterdir() if not path.name.startswith("pulse-")]  # libpulse's own, empty
    assert left == []
    assert [path for path in home.rglob("*") if not path.is_dir()] == [], "something of the user's was touched"
    assert list(where.iterdir()) == []


def check_pictures(folder: Path) -> None:
    """Pictures of a window that shows something; what they look like is for people."""
    names = sorted(path.name for path in folder.iterdir())
    assert [name[3:-4] for name in names] == PICTURES
    for name in names:
        head = (folder / name).read_bytes()[:24]
        assert head.startswith(b"\x89PNG")
        width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
        assert (width, height) >= (1024, 680)
        assert (folder / name).stat().st_size > 10_000, f"{name} is blank"


def in_session(session: int) -> list[str]:
    """The processes of a session that still run (Linux)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[3] == str(session) and fields[0] != "Z":
            found.append(entry.name)
    return found


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    command = [sys.executable, "-m", "facevid_gui.app", "demo", "--screenshot", str(blocked / "pictures")]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(FACEVID_LANG="en", HOME=str(tmp_path)), capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert str(blocked) in done.stderr
    assert os.listdir(tmp_path) == ["file"]
