"""Stopping a look-up at every stage, and two of them at the same time."""

import threading
import time
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.house import House
from facevid_gui.lookups.lookup import LookupResult
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.net_lookups import Post, bodies, look_up, new_home, read_again
from tests.support.places import HastyToken

FLOW = {"flow": flow_id("One")}
ONE = {"flow": flow_id("One"), "sign": sign_id("One")}
LATE = {"order": "simOrderNoFiles"}


def stopped_at(
    house: House, simulator: Simulator, stage: str, subject: dict[str, str], number: int | None = None
) -> LookupResult:
    """Cancel when the look-up reports `stage` (and `number`)."""
    token = HastyToken()

    def progress(reached: str, done: int) -> None:
        if reached == stage and number in (None, done):
            token.cancel()

    return look_up(house, simulator, **subject, token=token, progress=progress)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stage", "subject"), [("flow", FLOW), ("ask", FLOW), ("ask", ONE), ("ticket", LATE), ("ask", LATE)]
)
def test_before_anything_arrived_nothing_is_left(
    house: House, simulator: Simulator, stage: str, subject: dict[str, str]
) -> None:
    result = stopped_at(house, simulator, stage, subject)
    assert (result.outcome.code, result.outcome.exit_code) == ("cancelled", 130)
    assert (result.capture, result.record) == (None, None)
    assert list(house.paths.captures.iterdir()) == []


@pytest.mark.parametrize("subject", [ONE, FLOW, {"order": "simOrder0001"}])
def test_in_the_middle_what_arrived_is_kept_as_interrupted(
    house: House, simulator: Simulator, post: Post, subject: dict[str, str]
) -> None:
    post.recordings.append("chunked")
    result = stopped_at(house, simulator, "receive", subject)
    assert (result.outcome.kind, result.outcome.exit_code) == (OutcomeKind.INCOMPLETE, 130)
    [entry] = house.captures.entries()
    assert (entry.state, entry.path) == ("interrupted", result.capture)
    assert result.capture is not None
    [body] = bodies(result.capture)
    assert post.sent[0].startswith(body)
    assert 0 < len(body) < len(post.sent[0])
    assert house.captures.recover() == ()


def test_between_two_tries_what_arrived_is_kept(house: House, simulator: Simulator, post: Post) -> None:
    post.recordings.append("server_error_html")
    result = stopped_at(house, simulator, "retry", ONE)
    assert result.outcome.exit_code == 130
    assert result.capture is not None
    assert bodies(result.capture) == post.sent


@pytest.mark.parametrize("number", [1, 2, 3])
def test_between_two_polls_the_record_is_kept_and_found_at_the_next_start(
    house: House, simulator: Simulator, post: Post, number: int
) -> None:
    result = stopped_at(house, simulator, "poll", LATE, number)
    assert result.outcome.exit_code == 130
    assert len(post.sent) == number
    [promoted] = new_home(house.paths.data).captures.recover()
    record = read_again(promoted)
    assert record.scores.live_rate == "99"
    assert record.outcome.code == "no_media_yet"


def test_while_the_flow_of_a_received_recording_is_asked_for_nothing_is_lost(
    house: House, simulator: Simulator, post: Post
) -> None:
    result = stopped_at(house, simulator, "flow", ONE)
    assert result.outcome.exit_code == 130
    assert post.asked == ["DescribeSignFaceVideo"]
    [promoted] = new_home(house.paths.data).captures.recover()
    assert read_again(promoted).outcome.ok


def test_while_storing_it_is_too_late_to_stop(house: House, simulator: Simulator) -> None:
    assert stopped_at(house, simulator, "store", ONE).outcome.ok


def test_between_the_tries_for_a_flow_it_stops_too(house: House, simulator: Simulator, post: Post) -> None:
    class Waiting(HastyToken):
        def wait(self, seconds: float) -> None:
            self.cancel()
            super().wait(seconds)

    post.flows.extend(["cut_short"] * 3)
    result = look_up(house, simulator, **FLOW, token=Waiting())
    assert (result.outcome.code, result.capture) == ("cancelled", None)
    assert post.asked == ["DescribeFlowInfo"]


@pytest.mark.parametrize("subject", [ONE, {"order": "simOrder0001"}])
def test_another_thread_stops_a_slow_answer_at_once(house: House, subject: dict[str, str]) -> None:
    token, receiving = CancelToken(), threading.Event()
    stopped: list[float] = []

    def progress(stage: str, _done: int) -> None:
        if stage == "receive":
            receiving.set()

    def stop() -> None:
        receiving.wait(10)
        stopped.append(time.monotonic())
        token.cancel()

    with Simulator(fault="slow_drip") as simulator:
        threading.Thread(target=stop, daemon=True).start()
        result = look_up(house, simulator, **subject, token=token, progress=progress)  # type: ignore[arg-type]
        assert time.monotonic() - stopped[0] < 0.8
    assert result.outcome.exit_code == 130
    assert result.capture is not None


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_what_nobody_foresaw_still_keeps_what_arrived(
    house: House, simulator: Simulator, post: Post, error: type[BaseException]
) -> None:
    def progress(stage: str, _done: int) -> None:
        if stage == "store":
            raise error

    with pytest.raises(error):
        look_up(house, simulator, **ONE, progress=progress)
    [entry] = house.captures.entries()
    assert entry.state == "interrupted"
    [promoted] = new_home(house.paths.data).captures.recover()
    assert bodies(promoted) == post.sent


def test_a_second_look_up_and_a_second_start_do_not_disturb_the_first(
    house: House, simulator: Simulator, post: Post, home: Path
) -> None:
    post.recordings.append("slow_drip")
    receiving, results = threading.Event(), []

    def progress(stage: str, _done: int) -> None:
        if stage == "receive":
            receiving.set()

    def first() -> None:
        results.append(look_up(house, simulator, order="simOrderLiveness", token=CancelToken(), progress=progress))

    thread = threading.Thread(target=first)
    thread.start()
    assert receiving.wait(10)
    second = new_home(home)
    assert second.captures.recover() == ()
    assert [entry.state for entry in second.captures.entries()] == ["receiving"]
    assert look_up(second, simulator, **ONE).outcome.ok
    thread.join(30)
    assert results[0].outcome.ok
    assert sorted(entry.state for entry in second.captures.entries()) == ["complete", "complete"]
    assert {bodies(entry.path)[0] for entry in second.captures.entries()} == set(post.sent)
