"""The pace of requests, by a clock that moves only when somebody waits."""

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError
from facevid_gui.lookups.pace import BACK_OFF_S, SLOWEST_S, Pace
from tests.support.clocks import StillClock


class Waiting(CancelToken):
    """Waiting moves the clock."""

    def __init__(self, clock: StillClock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, seconds: float) -> None:
        self.raise_if_cancelled()
        assert seconds > 0
        self.clock.move(seconds=seconds)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def token(clock: StillClock) -> Waiting:
    return Waiting(clock)


def turns(pace: Pace, token: Waiting, count: int, work_s: float = 0) -> list[float]:
    """When each turn came, in seconds since now; each is followed by work."""
    began, moments = token.clock.monotonic(), []
    for _ in range(count):
        pace.wait(token)
        moments.append(round(token.clock.monotonic() - began, 3))
        token.clock.move(seconds=work_s)
    return moments


def test_the_first_request_goes_at_once_and_the_others_at_the_pace(clock: StillClock, token: Waiting) -> None:
    assert turns(Pace(5, clock), token, 6) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]


def test_work_counts_as_waiting_and_saves_nothing_up(clock: StillClock, token: Waiting) -> None:
    pace = Pace(2, clock)
    assert turns(pace, token, 3, work_s=0.25) == [0, 0.5, 1.0]
    clock.move(seconds=60)
    assert turns(pace, token, 4) == [0, 0.5, 1.0, 1.5]


def test_no_second_ever_sees_more_than_allowed(clock: StillClock, token: Waiting) -> None:
    moments = turns(Pace(5, clock), token, 200, work_s=0.03)
    assert max(sum(moment <= other < moment + 1 for other in moments) for moment in moments) <= 5


def test_a_service_that_asks_for_patience_gets_it(clock: StillClock, token: Waiting) -> None:
    pace = Pace(5, clock)
    pace.wait(token)
    pace.slow_down()
    assert turns(pace, token, 3) == [BACK_OFF_S, 2 * BACK_OFF_S, 3 * BACK_OFF_S]
    pace.slow_down()
    assert turns(pace, token, 2) == [2 * BACK_OFF_S, 4 * BACK_OFF_S]
    for _ in range(20):
        pace.slow_down()
    assert turns(pace, token, 2) == [SLOWEST_S, 2 * SLOWEST_S]


def test_good_answers_bring_the_usual_pace_back(clock: StillClock, token: Waiting) -> None:
    pace = Pace(5, clock)
    pace.slow_down()
    turns(pace, token, 1)
    gaps = []
    for _ in range(5):
        pace.speed_up()
        first, second = turns(pace, token, 2)
        gaps.append(round(second - first, 3))
    assert gaps == [0.5, 0.25, 0.2, 0.2, 0.2]


def test_stopping_ends_the_wait_and_loses_no_turn(clock: StillClock, token: Waiting) -> None:
    pace = Pace(1, clock)
    pace.wait(token)
    token.cancel()
    for _ in range(3):
        with pytest.raises(CancelledError):
            pace.wait(token)
    assert turns(pace, Waiting(clock), 1) == [1.0]
