"""The job runner: exactly one ending, on the GUI thread; what is late is dropped; leaving never waits for ever."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QThread

from facevid_gui.bridge import jobs as jobs_module
from facevid_gui.bridge.jobs import JobRunner
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import SubjectError
from tests.support.qt import pump_until


class Ear:
    """Everything one job said, and on which thread."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.threads: set[bool] = set()

    def on(self, kind: str) -> Callable[..., None]:
        def hear(*value: Any) -> None:
            self.heard.append((kind, value[0] if value else None))
            self.threads.add(QThread.currentThread().isMainThread())

        return hear

    def submit(self, runner: JobRunner, key: str, work: Callable[..., Any]) -> int:
        return runner.submit(
            key, work, self.on("done"),
            failed=self.on("failed"), progress=self.on("progress"), cancelled=self.on("cancelled"),
        )  # fmt: skip


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    made = JobRunner(logs="/where/logs/are")
    yield made
    assert made.shut_down()


@pytest.fixture
def ear() -> Ear:
    return Ear()


def settle(runner: JobRunner) -> None:
    """Wait for all endings, and for everything that might still be on its way after them."""
    pump_until(lambda: runner.is_idle)
    passed: list[object] = []
    runner.submit("settle", lambda _token, _tell: None, passed.append)
    pump_until(lambda: passed)


def held(gate: threading.Event) -> Callable[[CancelToken, Any], str]:
    """Work that takes no notice of its token until the gate opens."""

    def work(_token: CancelToken, _tell: Any) -> str:
        gate.wait(10)
        return "late"

    return work


def obedient(started: threading.Event) -> Callable[[CancelToken, Any], None]:
    """Work that runs until it is asked to stop."""

    def work(token: CancelToken, _tell: Any) -> None:
        started.set()
        token.wait(10)

    return work


def test_work_runs_elsewhere_and_its_answer_comes_here_once(runner: JobRunner, ear: Ear) -> None:
    def work(_token: CancelToken, tell: Callable[[Any], None]) -> str:
        tell(1)
        tell(2)
        return f"worked on {threading.current_thread() is threading.main_thread()}"

    assert ear.submit(runner, "a", work) > 0
    assert not runner.is_idle
    settle(runner)
    assert ear.heard == [("progress", 1), ("progress", 2), ("done", "worked on False")]
    assert ear.threads == {True}


def test_an_error_that_was_foreseen_arrives_as_it_is(runner: JobRunner, ear: Ear) -> None:
    error = SubjectError("media_changed", path="x")

    def work(*_: Any) -> None:
        raise error

    ear.submit(runner, "a", work)
    settle(runner)
    assert ear.heard == [("failed", error)]
    assert ear.threads == {True}


@pytest.mark.parametrize("raised", [RuntimeError("the number is 13800138000"), MemoryError(), SystemExit(3)])
def test_what_nobody_foresaw_becomes_an_error_that_names_the_log(
    runner: JobRunner, ear: Ear, raised: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    def work(*_: Any) -> None:
        raise raised

    caplog.set_level(logging.ERROR)
    ear.submit(runner, "a", work)
    settle(runner)
    [(kind, error)] = ear.heard
    assert (kind, error.code, error.exit_code) == ("failed", "unforeseen", 3)
    assert error.params == {"log": "/where/logs/are"}
    [record] = caplog.records
    assert record.exc_info
    assert record.exc_info[1] is raised


def test_a_cancelled_job_says_so_once(runner: JobRunner, ear: Ear) -> None:
    started = threading.Event()
    ear.submit(runner, "a", obedient(started))
    started.wait(10)
    runner.cancel("another key")
    runner.cancel("a")
    runner.cancel("a")
    settle(runner)
    assert ear.heard == [("cancelled", None)]


def test_what_was_asked_to_stop_too_late_is_done(runner: JobRunner, ear: Ear) -> None:
    gate = threading.Event()
    ear.submit(runner, "a", held(gate))
    runner.cancel("a")
    gate.set()
    settle(runner)
    assert [kind for kind, _ in ear.heard] in (["done"], ["cancelled"])  # whether it had begun is chance


def test_a_late_answer_of_a_replaced_job_is_dropped(runner: JobRunner, ear: Ear) -> None:
    gate, newer = threading.Event(), Ear()
    first = ear.submit(runner, "a", held(gate))
    second = newer.submit(runner, "a", lambda _token, _tell: "new")
    assert second != first
    pump_until(lambda: newer.heard)
    gate.set()
    settle(runner)
    assert newer.heard == [("done", "new")]
    assert ear.heard == []


def test_the_replaced_job_is_asked_to_stop(runner: JobRunner, ear: Ear) -> None:
    started, stopped = threading.Event(), threading.Event()

    def work(token: CancelToken, _tell: Any) -> None:
        started.set()
        try:
            token.wait(10)
        finally:
            stopped.set()

    ear.submit(runner, "a", work)
    started.wait(10)
    Ear().submit(runner, "a", lambda *_: None)
    assert stopped.wait(5)


def test_an_answer_on_its_way_when_its_job_is_replaced_is_dropped(ear: Ear) -> None:
    runner, newer, sent = JobRunner(threads=1), Ear(), threading.Event()
    ear.submit(runner, "a", lambda *_: "old")
    Ear().submit(runner, "b", lambda *_: sent.set())  # on the same thread: the first answer has been sent
    assert sent.wait(10)
    newer.submit(runner, "a", lambda *_: "new")
    settle(runner)
    assert newer.heard == [("done", "new")]
    assert ear.heard == []
    assert runner.shut_down()


def test_a_job_that_is_replaced_while_it_waits_for_a_thread_is_never_begun(ear: Ear) -> None:
    gate, begun = threading.Event(), []
    runner = JobRunner(threads=1)
    ear.submit(runner, "busy", held(gate))
    Ear().submit(runner, "a", lambda *_: begun.append("first"))
    Ear().submit(runner, "a", lambda *_: begun.append("second"))
    gate.set()
    settle(runner)
    assert begun == ["second"]
    assert runner.shut_down()


def test_jobs_of_different_keys_run_side_by_side(runner: JobRunner, ear: Ear) -> None:
    meeting = threading.Barrier(3, timeout=10)
    for key in ("a", "b", "c"):
        ear.submit(runner, key, lambda *_: meeting.wait() >= 0)
    settle(runner)
    assert [kind for kind, _ in ear.heard] == ["done"] * 3


def test_without_listeners_endings_are_fine(runner: JobRunner) -> None:
    def fail(*_: Any) -> None:
        raise SubjectError("media_changed")

    def tell(_token: CancelToken, tell: Callable[[Any], None]) -> None:
        tell(1)

    started = threading.Event()
    done: list[object] = []
    runner.submit("a", fail, done.append)
    runner.submit("b", obedient(started), done.append)
    runner.submit("c", tell, done.append)
    started.wait(10)
    runner.cancel("b")
    settle(runner)
    assert done == [None]


def test_shutting_down_cancels_waits_and_says_nothing_more(ear: Ear) -> None:
    runner = JobRunner(threads=2)
    started = threading.Event()
    ear.submit(runner, "a", obedient(started))
    ear.submit(runner, "b", lambda *_: "answered")
    started.wait(10)
    waiting = [ear.submit(runner, f"waiting {n}", lambda *_: "never") for n in range(5)]
    assert all(waiting)
    assert runner.shut_down()
    assert runner.is_idle
    assert ear.submit(runner, "c", lambda *_: "refused") == 0
    pump_until(lambda: ear.heard, 0.2, must=False)
    assert ear.heard == []
    assert runner.shut_down()


def test_a_lasting_job_is_done_before_the_runner_is_left_and_says_nothing_more(ear: Ear) -> None:
    runner = JobRunner(threads=1)
    began, written = threading.Event(), []

    def waits(token: CancelToken, _tell: object) -> None:
        began.set()
        while not token.is_cancelled:
            token.wait(0.01)

    ear.submit(runner, "long", waits)
    assert began.wait(5)
    runner.submit("line", lambda _token, _tell: written.append("line"), ear.on("done"), lasting=True)
    runner.submit("other", lambda _token, _tell: written.append("other"), ear.on("done"))
    assert runner.shut_down()
    assert written == ["line"]
    pump_until(lambda: bool(ear.heard), 0.1, must=False)
    assert ear.heard == []


def test_a_lane_goes_in_its_order_one_after_the_other_beside_other_work(runner: JobRunner, ear: Ear) -> None:
    gate, written, at_once = threading.Event(), list[int](), list[int]()
    inside = threading.Lock()

    def write(number: int) -> None:
        at_once.append(inside.acquire(blocking=False))
        if number == 0:
            gate.wait(10)
        written.append(number)
        inside.release()

    for number in range(20):
        runner.submit(
            f"line {number}", lambda _token, _tell, n=number: write(n), ear.on("done"), lane="log"
        )  # fmt: skip
    runner.submit("other", lambda _token, _tell: "beside", ear.on("beside"))
    pump_until(lambda: ear.heard)
    assert ear.heard == [("beside", "beside")], "a lane that waits keeps nobody else from working"
    gate.set()
    settle(runner)
    assert written == list(range(20))
    assert all(at_once)
    assert len(ear.heard) == 21


def test_a_failure_in_a_lane_is_told_by_its_own_job_and_the_next_goes_on(runner: JobRunner, ear: Ear) -> None:
    def refuse(_token: CancelToken, _tell: Any) -> None:
        raise SubjectError("media_missing", path="log")

    written: list[int] = []
    runner.submit("one", refuse, ear.on("done"), failed=ear.on("failed"), lane="log")
    runner.submit("two", lambda _token, _tell: written.append(2), ear.on("done"), failed=ear.on("failed"), lane="log")
    settle(runner)
    assert [kind for kind, _ in ear.heard] == ["failed", "done"]
    assert written == [2]
    runner.submit("three", lambda _token, _tell: written.append(3), ear.on("done"), lane="log")
    settle(runner)
    assert written == [2, 3], "a lane that came to its end begins anew"


def test_a_lasting_job_behind_others_in_its_lane_is_done_before_the_runner_is_left(ear: Ear) -> None:
    runner, started, written = JobRunner(threads=1), threading.Event(), list[str]()
    runner.submit("busy", obedient(started), ear.on("done"))
    assert started.wait(10)
    runner.submit("first", lambda _token, _tell: written.append("first"), ear.on("done"), lane="log")
    runner.submit("last", lambda _token, _tell: written.append("last"), ear.on("done"), lane="log", lasting=True)
    assert runner.shut_down()
    assert written == ["last"], "what does not last was cancelled, and did not take what lasts with it"


def test_work_that_hangs_is_left_behind(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "SHUTDOWN_PATIENCE_S", 0.1)
    runner = JobRunner()
    gate = threading.Event()
    ear.submit(runner, "a", held(gate))
    before = time.monotonic()
    assert not runner.shut_down()
    assert time.monotonic() - before < 2
    gate.set()
    pump_until(lambda: ear.heard, 0.2, must=False)
    assert ear.heard == []
    assert runner.shut_down()


HANGING = """
import sys, threading
from PySide6.QtCore import QCoreApplication
from facevid_gui.bridge import jobs
jobs.SHUTDOWN_PATIENCE_S = 0.1
application = QCoreApplication([])
runner, started = jobs.JobRunner(), threading.Event()
def hang(token, tell):
    started.set()
    threading.Event().wait(600)
runner.submit("a", hang, print)
started.wait()
sys.exit(5 if not runner.shut_down() else 1)
"""

DELETED = """
import threading, time
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer
from facevid_gui.bridge.jobs import JobRunner
application = QCoreApplication([])
told, endings = [], []
def turn(reached, timeout_s):
    until, loop, timer = time.monotonic() + timeout_s, QEventLoop(), QTimer()
    timer.timeout.connect(lambda: loop.quit() if reached() or time.monotonic() > until else None)
    timer.start(5)
    loop.exec()
def chatter(token, tell):
    until = time.monotonic() + 0.04
    while time.monotonic() < until:
        tell("x" * 1000)
    endings.append(1)
    return object()
for number in range(15):
    parent = QObject()
    runner = JobRunner(parent)
    for key in "abcd":
        runner.submit(key, chatter, told.append, progress=told.append)
    turn(lambda: False, 0.015)
    if number % 3 == 0: parent.deleteLater()
    if number % 3 == 1: del runner, parent
    if number % 3 == 2: runner.deleteLater(); runner = None
turn(lambda: len(endings) == 60, 20)
print("all ended" if told and len(endings) == 60 else (len(told), len(endings)))
"""


def run(program: str) -> tuple[int, str, str]:
    """Run a program in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_process_can_be_left_while_work_hangs() -> None:
    """Not only `shut_down`, the whole process ends: an interpreter that goes waits for no thread."""
    assert run(HANGING) == (5, "", "")


def test_a_runner_that_is_deleted_while_its_workers_talk_does_not_crash() -> None:
    """By its parent, by Python, by Qt."""
    assert run(DELETED) == (0, "all ended\n", "")
