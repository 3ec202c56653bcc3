"""The decoding child shut in: it reaches no file, no network and no other process, and decodes as before."""

import errno
import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from facevid_gui.media import walls, walls_filter, walls_job
from facevid_gui.media.frames import Done, Facts, Frame, FrameClient, Reply
from facevid_gui.media.frames_child import MEMORY_LIMIT_BYTES
from facevid_gui.media.frames_process import child_environment
from tests.support import confined
from tests.support.media_clips import at_rate, make_clip
from tests.support.media_decoding import answers_of, decode_every_kind
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a filter of system calls is of Linux")
PATIENCE_S = 30
X86_64, AARCH64 = 0xC000003E, 0xC00000B7  # AUDIT_ARCH_*
# What any user may do and what therefore shows that it is the walls that forbid it.
USUALLY_ALLOWED = (
    "speak to the network", "speak to a service of this computer", "listen to itself", "start a program",
    "read a file", "change a file", "make a file", "make a pipe", "ask whether a file is there", "look at a folder",
    "end its parent", "end its parent by another call", "limit its parent", "become traceable", "make new program code",
    "make data program code",
)  # fmt: skip

# The real child, up to the moment at which it would serve. What it is told of walls is what they are.
TAKEN_OVER = """
import json, os, sys
from pathlib import Path
from facevid_gui.media import walls_filter, frames_child
from tests.support import confined
folder, mode, *names = sys.argv[1:]
if mode == "open":
    frames_child.raise_walls = lambda memory: "open"
known = [*walls_filter.ALLOWED, *(name for name, _ in walls_filter.conditions(1))]
known = {confined.number_of(name) for name in known}
def run(child, walls):
    told = {"walls": walls, "outcomes": confined.outcomes(Path(folder), os.getppid(), names)}
    if mode == "shut":
        told["others"] = confined.allowed_numbers(known)
        told["thread"] = confined.a_thread_works()
        told["status"] = kept.read()
    child._send(told)
kept = open("/proc/self/status")
frames_child.Child.run = run
frames_child.main()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "there").write_bytes(b"evidence")
    return tmp_path


def taken_over(folder: Path, mode: str, *names: str) -> dict[str, Any]:
    command = [sys.executable, "-P", "-c", TAKEN_OVER, str(folder), mode, *names]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, env=child_environment(), timeout=PATIENCE_S, check=True
    )
    return json.loads(done.stdout)


@LINUX
def test_a_child_that_was_taken_over_reaches_nothing(folder: Path) -> None:
    told = taken_over(folder, "shut")
    assert told["walls"] == walls.FILTERED
    assert set(told["outcomes"]) == set(confined.attempts(folder, 0))
    assert {name: code for name, code in told["outcomes"].items() if code != errno.ENOSYS} == {}
    assert (folder / "there").read_bytes() == b"evidence"
    assert [path.name for path in folder.iterdir()] == ["there"]
    assert told["thread"]


@LINUX
def test_no_other_system_call_is_answered(folder: Path) -> None:
    """All numbers there are, whatever their names: a kernel's new calls are forbidden before anybody knows them."""
    assert taken_over(folder, "shut", "read a file")["others"] == []


@LINUX
def test_without_walls_it_could(folder: Path) -> None:
    """What the test above sees is the walls, not the machine it runs on."""
    told = taken_over(folder, "open", *USUALLY_ALLOWED)
    assert told["walls"] == "open"
    assert {name: code for name, code in told["outcomes"].items() if code} == {}
    assert (folder / "new").exists()


@LINUX
def test_the_walls_hold_for_an_unprivileged_user_too() -> None:
    with unprivileged_folder() as place:
        (place / "there").write_bytes(b"evidence")
        os.chmod(place / "there", 0o666)
        parent = os.getpid()

        def work() -> tuple[str, dict[str, int]]:
            return walls.raise_walls(MEMORY_LIMIT_BYTES), confined.outcomes(place, parent)

        word, outcomes = as_unprivileged(work)  # type: ignore[misc]
        assert word == walls.FILTERED
        assert set(outcomes.values()) == {errno.ENOSYS}, outcomes
        assert (place / "there").read_bytes() == b"evidence"


@LINUX
def test_the_system_says_that_it_is_shut_in_for_good(folder: Path) -> None:
    lines = dict(line.split(":\t", 1) for line in taken_over(folder, "shut", "read a file")["status"].splitlines())
    assert (lines["Seccomp"], lines["NoNewPrivs"]) == ("2", "1")


@LINUX
def test_every_kind_of_clip_is_decoded_behind_the_walls() -> None:
    assert decode_every_kind() == walls.FILTERED


@LINUX
def test_a_decoder_that_gives_up_behind_the_walls_is_a_crash(folder: Path) -> None:
    """abort(3) may still signal its own process."""
    code = TAKEN_OVER.replace("    told = {", "    os.abort()\n    told = {")
    command = [sys.executable, "-P", "-c", code, str(folder), "shut"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, env=child_environment(), timeout=PATIENCE_S, check=False)
    assert done.returncode == -signal.SIGABRT


@LINUX
@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("walls_filter.LIBRARY = 'libno-such-library.so.9'", walls.NO_LIBRARY),
        ("walls_filter.MACHINES = ()", walls.REFUSED),
        ("walls_filter._ALL_THREADS = 99", walls.REFUSED),  # as a kernel that does not know a wish
    ],
)
def test_where_no_walls_can_be_had_clips_are_decoded_and_it_is_told(change: str, word: str) -> None:
    code = f"from facevid_gui.media import walls_filter, frames_child\n{change}\nframes_child.main()"
    heard: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    client = FrameClient(heard.put, [sys.executable, "-P", "-c", code])
    try:
        client.open_clip("a", make_clip(at_rate(3)))
        client.want_frames("a", 0, 2)
        replies = answers_of(heard, "a", 1)
        assert [type(reply) for reply in replies] == [Facts, Frame, Frame, Frame, Done]
        assert client.walls == word
    finally:
        client.close()


@LINUX
def test_the_list_is_complete_on_the_other_machine_as_well() -> None:
    """aarch64 has fewer calls: those it lacks are the old forms of others on the list."""
    names = {*walls_filter.ALLOWED, *(name for name, _ in walls_filter.conditions(1))}
    assert {name for name in names if confined.number_of(name, X86_64) < 0} == set()
    assert {name for name in names if confined.number_of(name, AARCH64) < 0} == {"poll", "time"}


def test_other_systems_are_not_said_to_have_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert walls.raise_walls(1) == walls.NONE


# Windows, by its documentation: the calls are made as they are described, in order, with what they describe.


class Kernel:
    """kernel32.dll as far as it is asked; `fails` is the call that answers 0."""

    def __init__(self, fails: str = "") -> None:
        self.calls: list[tuple[Any, ...]] = []
        self._fails = fails

    def __getattr__(self, name: str) -> Callable[..., int]:
        def call(*arguments: Any) -> int:
            self.calls.append((name, *arguments))
            return 0 if name == self._fails else {"CreateJobObjectW": 41, "GetCurrentProcess": -1}.get(name, 1)

        return call


def test_on_windows_a_job_bounds_memory_and_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel()
    seen: list[walls_job.ExtendedLimits] = []
    monkeypatch.setattr(walls_job.ctypes, "byref", seen.append)
    assert walls_job.join_job(3_000_000_000, kernel)
    created, set_up, current, assigned = kernel.calls
    assert created == ("CreateJobObjectW", None, None)
    assert set_up[:3] == ("SetInformationJobObject", 41, 9)
    assert set_up[4] == 144  # sizeof(JOBOBJECT_EXTENDED_LIMIT_INFORMATION) of a 64-bit program
    assert current == ("GetCurrentProcess",)
    assert assigned == ("AssignProcessToJobObject", 41, -1)
    [limits] = seen
    assert limits.basic.limit_flags == 0x2508
    assert limits.basic.active_process_limit == 1
    assert limits.process_memory_limit == 3_000_000_000


@pytest.mark.parametrize("name", ["CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"])
def test_a_job_that_windows_refuses_is_told(name: str) -> None:
    assert not walls_job.join_job(1, Kernel(fails=name))


@pytest.mark.parametrize(("joined", "word"), [(True, walls.JOB), (False, walls.REFUSED)])
def test_windows_is_said_to_have_no_more_than_the_job(monkeypatch: pytest.MonkeyPatch, joined: bool, word: str) -> None:
    monkeypatch.setattr(walls, "sys", SimpleNamespace(platform="win32"))
    monkeypatch.setattr(walls, "join_job", lambda memory_bytes: joined and memory_bytes == 7)
    assert walls.raise_walls(7) == word
