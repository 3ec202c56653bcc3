"""The real program, stopped in the middle of a look-up and let go on: as by a laptop's lid, a debugger, a job's Ctrl+Z.

The clocks of a computer that slept are in `tests/lookups/test_clock_faults.py`; here the process itself stands still,
while the service, and a second program on the same home, do not.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from facevid_gui.simulator import server
from facevid_gui.simulator.faults import FAULTS, Delivery
from facevid_gui.simulator.server import Simulator
from tests.flows.test_killed import make_home
from tests.support.net_lookups import Post, bodies, new_home
from tests.support.places import make_house

PATIENCE_S = 60
ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be stopped here")


@pytest.fixture
def slow(post: Post) -> Iterator[Simulator]:
    with Simulator(fault="slow_drip") as simulator:
        yield simulator


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    return Post(monkeypatch)


@contextmanager
def looking_up(home: Path, simulator: Simulator) -> Iterator["subprocess.Popen[bytes]"]:
    """The console, at an order whose answer takes seconds."""
    make_home(simulator, home, "kyc")
    command = [sys.executable, "-P", "-m", "facevid_gui", "lookup", "kyc", "--order", "simOrder0001",
               "--secrets-stdin", "--json"]  # fmt: skip
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "FACEVID_HOME": str(home), "FACEVID_LANG": "en"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ) as program:
        try:
            assert program.stdin is not None
            program.stdin.write(json.dumps(simulator.describe()["kyc"]["secrets"]).encode() + b"\n")
            program.stdin.close()
            program.stdin = None
            yield program
        finally:
            program.send_signal(signal.SIGCONT)
            program.kill()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def received(home: Path) -> int:
    return sum(path.stat().st_size for path in (home / "captures").rglob("response-body.bin"))


def stop(program: "subprocess.Popen[bytes]", home: Path) -> int:
    """Stop it when a part of the answer has come; how much."""
    until(lambda: received(home) > 0)
    program.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, program.pid, os.WSTOPPED | os.WNOWAIT)
    return received(home)


def end_of(program: "subprocess.Popen[bytes]") -> tuple[int, dict[str, object]]:
    program.send_signal(signal.SIGCONT)
    out, _ = program.communicate(timeout=PATIENCE_S)
    return program.returncode, json.loads(out)


def test_stopped_in_the_middle_of_an_answer_it_goes_on_and_nothing_is_missing(
    tmp_path: Path, slow: Simulator, post: Post
) -> None:
    home = tmp_path / "home"
    with looking_up(home, slow) as program:
        stop(program, home)
        second = new_home(home)
        assert second.captures.recover() == (), "a second start leaves what stands still alone"
        assert [entry.state for entry in second.captures.entries()] == ["receiving"]
        code, told = end_of(program)
    assert (code, told["outcome"]) == (0, "found")
    assert bodies(Path(str(told["capture"]))) == post.sent


def test_stopped_until_the_service_had_hung_up_it_says_so_and_keeps_what_had_come(
    tmp_path: Path, slow: Simulator, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every try is cut; the first one while nobody reads it, so that the system throws away what came meanwhile."""
    cut = threading.Event()
    deliver = server._Handler._deliver

    def deliver_and_tell(handler: server._Handler, delivery: Delivery) -> None:
        deliver(handler, delivery)
        if delivery.reset:
            cut.set()

    monkeypatch.setattr(server._Handler, "_deliver", deliver_and_tell)
    half = lambda response: Delivery(response, drip=True, cut_at=len(response.body) // 2, reset=True)  # noqa: E731
    monkeypatch.setitem(FAULTS, "slow_drip", half)
    home = tmp_path / "home"
    with looking_up(home, slow) as program:
        had_come = stop(program, home)
        assert cut.wait(PATIENCE_S)
        code, told = end_of(program)
    assert (code, told["outcome"]) == (3, "incomplete")
    error = told["error"]
    assert isinstance(error, dict)
    assert error["code"] == "connection_reset"
    assert error["next_step"]
    kept = bodies(Path(str(told["capture"])))
    assert len(kept[0]) >= had_come > 0
    assert all(sent.startswith(body) for body, sent in zip(kept, post.sent, strict=True))
    assert [entry.state for entry in make_house(home).captures.entries()] == ["interrupted"]


def test_stopped_and_killed_it_loses_nothing_that_had_come(tmp_path: Path, slow: Simulator, post: Post) -> None:
    """As a laptop whose battery ends while it sleeps."""
    home = tmp_path / "home"
    with looking_up(home, slow) as program:
        had_come = stop(program, home)
        program.kill()
        program.wait(PATIENCE_S)
    house = make_house(home)
    assert house.captures.recover() == ()
    [entry] = house.captures.entries()
    assert entry.state == "interrupted"
    [body] = bodies(entry.path)
    assert len(body) >= had_come > 0
    assert post.sent[0].startswith(body)
