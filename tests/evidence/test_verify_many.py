"""Many folders at once: the verdicts of the strict check, in their order, whatever happens to a process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SurroundingsError
from facevid_gui.evidence import verify_many
from facevid_gui.evidence.verify import verify_folder
from facevid_gui.evidence.verify_many import verify_folders
from tests.support.evidence_places import Place, unlock
from tests.support.evidence_tampering import flip, video
from tests.support.lines import next_line

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only there processes are forked")


@pytest.fixture
def folders(place: Place) -> list[Path]:
    """Forty folders, every third of them changed."""
    made = []
    for number in range(40):
        folder = place.folder("kyc" if number % 2 else "stamped", place.home / f"{number:02d}")
        if number % 3 == 0:
            flip(video(unlock(folder)))
        made.append(folder)
    return made


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Two processes whatever this machine has; the test itself may have threads. Notes how many were asked for."""
    pools: list[int] = []
    make = verify_many._pool
    monkeypatch.setattr(verify_many, "_cores", lambda: 2)
    monkeypatch.setattr(verify_many, "_can_fork", lambda: True)
    monkeypatch.setattr(verify_many, "_pool", lambda workers: (pools.append(workers), make(workers))[1])
    return pools


@LINUX
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_in_processes_the_verdicts_are_the_same_in_the_same_order(
    place: Place, folders: list[Path], forking: list[int]
) -> None:
    expected = [verify_folder(folder, place.trust()) for folder in folders]
    assert list(verify_folders(folders, place.trust(), CancelToken())) == expected
    assert forking == [2]
    assert {verdict.verified for verdict in expected} == {True, False}


def test_in_turn_the_verdicts_are_the_same(place: Place, folders: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_many, "_can_fork", lambda: False)
    expected = [verify_folder(folder, place.trust()) for folder in folders]
    assert list(verify_folders(folders, place.trust(), CancelToken())) == expected


def test_few_folders_start_no_process(place: Place, folders: list[Path], forking: list[int]) -> None:
    assert len(list(verify_folders(folders[:20], place.trust(), CancelToken()))) == 20
    assert forking == []


PARENT = os.getpid()


def dies_in_a_child(folder: Path, *args: object, **members: object) -> object:
    """The check, in a process that is killed at one of the folders."""
    if folder.name == "11" and os.getpid() != PARENT:
        os.kill(os.getpid(), signal.SIGKILL)
    return verify_folder(folder, *args, **members)  # type: ignore[arg-type]


@LINUX
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_a_dying_process_leaves_undone_is_verified_all_the_same(
    place: Place, folders: list[Path], forking: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [verify_folder(folder, place.trust()) for folder in folders]
    monkeypatch.setattr(verify_many, "verify_folder", dies_in_a_child)
    assert list(verify_folders(folders, place.trust(), CancelToken())) == expected
    assert forking == [2]


@LINUX
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("can_fork", [True, False])
def test_it_stops_between_two_folders(
    place: Place, folders: list[Path], forking: list[int], monkeypatch: pytest.MonkeyPatch, can_fork: bool
) -> None:
    monkeypatch.setattr(verify_many, "_can_fork", lambda: can_fork)
    token = CancelToken()
    verdicts = verify_folders(folders, place.trust(), token)
    next(verdicts)
    token.cancel()
    with pytest.raises(CancelledError):
        next(verdicts)


def test_a_register_that_cannot_be_read_is_told_before_anything_is_verified(place: Place, folders: list[Path]) -> None:
    verdicts: Iterator[object] = verify_folders(folders, place.trust(register=place.home), CancelToken())
    with pytest.raises(SurroundingsError):
        next(verdicts)


MAIN = """
import os, sys
from pathlib import Path
from facevid_gui.core.cancel import CancelToken
from facevid_gui.evidence import verify_many
from facevid_gui.evidence.verify import Trust
home = Path(sys.argv[1])
verify_many._cores = lambda: 2
def wait(folder, *args, **members):
    os.write(1, f"{os.getpid()}\\n".encode())
    os.read(int(sys.argv[2]), 1)
verify_many.verify_folder = wait
list(verify_many.verify_folders(sorted(home.glob("[0-9][0-9]")), Trust(), CancelToken()))
"""


@LINUX
def test_no_process_outlives_a_killed_parent(place: Place, folders: list[Path]) -> None:
    """The children hold the write end of a pipe; when all of them are gone, reading it comes to an end."""
    waits, nobody_writes = os.pipe()
    alive, holds = os.pipe()
    program = subprocess.Popen(
        [sys.executable, "-c", MAIN, str(place.home), str(waits)], pass_fds=(waits, holds), stdout=subprocess.PIPE
    )
    os.close(holds)
    assert program.stdout is not None
    children = {int(next_line(program)) for _ in range(2)}
    assert program.pid not in children
    assert len(children) == 2
    program.kill()
    program.wait(10)
    program.stdout.close()
    assert os.read(alive, 1) == b""
    for descriptor in (waits, nobody_writes, alive):
        os.close(descriptor)


def test_the_console_tells_its_progress_on_standard_error(
    place: Place, folders: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from facevid_gui import cli

    for name in list(os.environ):
        if name.startswith("FACEVID_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FACEVID_HOME", str(place.home))
    monkeypatch.setenv("FACEVID_LANG", "en")
    monkeypatch.setattr("facevid_gui.console.verify._TELL_EVERY_S", 0.0)
    assert cli.main(["verify", "--json", *map(str, folders[:3])]) == 1
    told = capsys.readouterr()
    assert told.err.splitlines() == ["1 of 3 folders verified…", "2 of 3 folders verified…"]
    assert told.out.startswith("{")
