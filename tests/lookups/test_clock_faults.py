"""A clock that is set or in the wrong zone, a computer that sleeps: the record stands, its times are told as they were.

The simulator's own clock is right throughout. Whatever this computer's says, it never decides whether bytes are kept.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facevid_gui.core.errors import FacevidError, SurroundingsError
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.secret import Secret
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.seal import SealRequest
from facevid_gui.evidence.verify import Trust, verify_folder
from facevid_gui.house import House
from facevid_gui.lookups.lookup import LookupResult
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from facevid_gui.simulator.wire import SimRequest, SimResponse
from tests.support.clocks import SetClock
from tests.support.net_lookups import Post, bodies, capture_of, look_up, read_again
from tests.support.places import HastyToken, make_house

ONE = {"flow": flow_id("One"), "sign": sign_id("One")}
ORDER = {"order": "simOrder0001"}
BOTH = pytest.mark.parametrize("subject", [ONE, ORDER], ids=["ess", "kyc"])
DAY = timedelta(days=1)
SET = pytest.mark.parametrize("span", [DAY, -DAY, 4000 * DAY, -4000 * DAY], ids=lambda span: f"{span.days} days")
PASSPHRASE = Secret("a passphrase for the test")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def house(home: Path, clock: SetClock) -> House:
    return make_house(home, clock)


def before_the_answer(post: Post, act: Callable[[], object]) -> None:
    """Do something between the request for a record and its answer, once."""
    spoil, waiting = post._spoil, [act]

    def spoil_after(request: SimRequest, response: SimResponse, fault: str) -> object:
        if "FaceVideo" in request.headers.get("x-tc-action", "") or request.path.endswith("queryfacerecord"):
            while waiting:
                waiting.pop()()
        return spoil(request, response, fault)

    post._spoil = spoil_after  # type: ignore[method-assign, assignment]


def check_whole(house: House, result: LookupResult, post: Post) -> None:
    """Every answer is kept as it was sent, and read again it is the same record."""
    assert result.outcome.ok, result.outcome
    assert result.capture is not None
    assert bodies(result.capture) == post.sent
    assert [entry.state for entry in house.captures.entries()] == ["complete"]
    assert read_again(result.capture) == result.record


def seal(house: House) -> Path:
    [entry] = house.captures.entries()
    request = SealRequest("C", "P", house.operator, house.paths.data / "evidence")
    return house.sealer.seal(entry, request, house.keys.open(PASSPHRASE)).folder


def verdict_of(house: House, folder: Path) -> Verdict:
    trust = Trust(signers=house.keys.trusted(), register=house.paths.register, register_required=True)
    return verify_folder(folder, trust).verdict


# The clock is set


@BOTH
@SET
def test_a_clock_that_is_set_during_a_look_up_costs_nothing_and_is_not_called_a_difference(
    house: House, clock: SetClock, simulator: Simulator, post: Post, subject: dict[str, str], span: timedelta
) -> None:
    before_the_answer(post, lambda: clock.set(span))
    result = look_up(house, simulator, **subject)  # type: ignore[arg-type]
    check_whole(house, result, post)
    asked = [exchange for exchange in capture_of(result).exchanges if exchange.role == "record"]
    assert asked[0].clock_offset_s is None, "compared with a clock that moved, it would be any number"
    assert asked[0].received_at is not None
    assert abs(asked[0].received_at - asked[0].sent_at - span) < timedelta(minutes=1)  # told as the clock said it
    assert all(exchange.duration_s is not None and 0 <= exchange.duration_s < 60 for exchange in asked)
    assert verdict_of(house, seal(house)) is Verdict.VERIFIED_UNSTAMPED


def test_a_clock_that_is_steered_is_still_compared(
    house: House, clock: SetClock, simulator: Simulator, post: Post
) -> None:
    before_the_answer(post, lambda: clock.set(timedelta(seconds=1)))
    [exchange] = [one for one in capture_of(look_up(house, simulator, **ORDER)).exchanges if one.role == "record"]
    assert exchange.clock_offset_s is not None
    assert abs(exchange.clock_offset_s) < 5


@BOTH
@pytest.mark.parametrize("span", [DAY, -DAY], ids=["on", "back"])
def test_a_clock_that_is_set_before_the_request_is_named_with_its_error(
    house: House, clock: SetClock, simulator: Simulator, post: Post, subject: dict[str, str], span: timedelta
) -> None:
    """ESS refuses what was signed at another time; KYC does not look at the time."""
    clock.set(span)
    result = look_up(house, simulator, **subject)  # type: ignore[arg-type]
    offset = result.outcome.clock_offset_s
    assert offset is not None
    assert offset == pytest.approx(-span.total_seconds(), abs=60)
    assert result.outcome.code == ("found" if subject is ORDER else "clock")
    assert result.capture is not None
    assert bodies(result.capture) == post.sent


@SET
def test_a_clock_that_is_set_during_a_save_leaves_a_sealed_folder_or_the_capture(
    home: Path, simulator: Simulator, span: timedelta
) -> None:
    """At every look the save takes at it."""
    first = SetClock()
    house = make_house(home / "first", first)
    assert look_up(house, simulator, **ORDER).outcome.ok
    house.keys.open(PASSPHRASE)
    looked = first.looks
    assert verdict_of(house, seal(house)) is Verdict.VERIFIED_UNSTAMPED
    looks = first.looks - looked
    assert looks > 3
    ends = []
    for number in range(looks):
        clock = SetClock()
        house = make_house(home / str(number), clock)
        assert look_up(house, simulator, **ORDER).outcome.ok
        house.keys.open(PASSPHRASE)
        clock.set(span, looks=number)
        ends.append(end_of_save(house, clock, span))
    assert "sealed" in ends
    assert set(ends) <= {"sealed", "signer_expired", "key_expired", "key_not_yet_valid"}


def end_of_save(house: House, clock: SetClock, span: timedelta) -> str:
    try:
        folder = seal(house)
    except FacevidError as error:
        assert [entry.state for entry in house.captures.entries()] == ["complete"]
        clock.set(-span)  # and back: now it can be sealed
        assert verdict_of(house, seal(house)) is Verdict.VERIFIED_UNSTAMPED
        return error.code
    assert verdict_of(house, folder) is Verdict.VERIFIED_UNSTAMPED
    assert house.captures.entries() == ()
    return "sealed"


@SET
def test_nothing_is_signed_into_a_sealed_folder_that_would_break_it(
    house: House, clock: SetClock, simulator: Simulator, span: timedelta
) -> None:
    """An event signed outside the certificate's time could never be taken back."""
    assert look_up(house, simulator, **ORDER).outcome.ok
    folder, signer = seal(house), house.keys.open(PASSPHRASE)
    clock.set(span)
    if span == DAY:
        assert house.custody.append(folder, "exported", {}, signer)
    else:
        with pytest.raises(SurroundingsError, match="signer_expired"):
            house.custody.append(folder, "exported", {}, signer)
        assert [path.name for path in (folder / "custody").iterdir() if path.name > "000001.json.p7s"] == []
        clock.set(-span)
        assert verdict_of(house, folder) is Verdict.VERIFIED_UNSTAMPED
        assert house.custody.append(folder, "exported", {}, signer)
    assert verdict_of(house, folder) is Verdict.VERIFIED_UNSTAMPED


# The zone is wrong


@pytest.fixture(params=["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Shanghai", "Mars/Base", ":/nowhere"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Between the first two, the local date is another one than that of UTC at any time."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@BOTH
def test_in_any_zone_requests_are_signed_and_times_kept_in_utc(
    house: House, simulator: Simulator, post: Post, subject: dict[str, str], zone: str
) -> None:
    assert os.environ["TZ"] == zone
    began = datetime.now(UTC)
    result = look_up(house, simulator, **subject)  # type: ignore[arg-type]
    check_whole(house, result, post)
    told = json.loads((result.capture / "capture.json").read_text("utf-8"))  # type: ignore[operator]
    captured_at = datetime.fromisoformat(told["captured_at"])
    assert told["captured_at"].endswith("Z")
    assert began - timedelta(seconds=1) <= captured_at <= datetime.now(UTC)
    folder = seal(house)
    assert abs(datetime.strptime(folder.name[3:19], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) - began) < timedelta(hours=1)
    assert verdict_of(house, folder) is Verdict.VERIFIED_UNSTAMPED


# The computer sleeps


def asleep_on_the_way(
    house: House, simulator: Simulator, subject: dict[str, str], sleep: Callable[[], object]
) -> LookupResult:
    """Sleep once, while the first piece of the answer has come; the service stays awake."""
    simulator._now = house.clock.now
    slept: list[object] = []

    def progress(stage: str, done: int) -> None:
        if stage == "receive" and done and not slept:
            slept.append(sleep())

    result = look_up(house, simulator, **subject, token=HastyToken(), progress=progress)  # type: ignore[arg-type]
    assert slept
    return result


@BOTH
@pytest.mark.parametrize("hours", [1, 1000])
def test_asleep_in_the_middle_of_an_answer_that_goes_on_afterwards_nothing_is_missing(
    house: House, clock: SetClock, simulator: Simulator, post: Post, subject: dict[str, str], hours: int
) -> None:
    """Linux and macOS: the steady clock slept, too, so no limit has passed."""
    post.recordings.append("chunked")
    result = asleep_on_the_way(house, simulator, subject, lambda: clock.set(timedelta(hours=hours)))
    check_whole(house, result, post)
    [exchange, *_] = [one for one in capture_of(result).exchanges if one.role == "record"]
    assert exchange.duration_s is not None
    assert exchange.duration_s < 60


@BOTH
def test_asleep_until_the_service_had_hung_up_the_next_try_brings_it_and_the_first_is_kept(
    house: House, clock: SetClock, simulator: Simulator, post: Post, subject: dict[str, str]
) -> None:
    post.recordings.extend(["reset_mid_body", "none"])
    result = asleep_on_the_way(house, simulator, subject, lambda: clock.set(timedelta(minutes=4)))
    assert result.outcome.ok
    assert result.capture is not None
    cut, whole = bodies(result.capture)
    assert cut
    assert post.sent[0].startswith(cut)
    assert whole == post.sent[1]
    [first, second, *_] = [one for one in capture_of(result).exchanges if one.role == "record"]
    assert (first.complete, second.complete) == (False, True)


@BOTH
def test_asleep_for_longer_than_an_answer_may_take_it_is_asked_for_again_and_the_part_is_kept(
    house: House, clock: SetClock, simulator: Simulator, post: Post, subject: dict[str, str]
) -> None:
    """Windows: the steady clock went on."""
    post.recordings.extend(["slow_drip", "none"])
    result = asleep_on_the_way(house, simulator, subject, lambda: clock.sleep_through(timedelta(hours=3)))
    assert result.outcome.ok
    assert result.capture is not None
    part, *_, whole = bodies(result.capture)  # between them the refusal of a ticket that grew too old
    assert post.sent[0].startswith(part)
    assert whole == post.sent[-1]
    first = next(one for one in capture_of(result).exchanges if one.role == "record")
    assert (first.complete, first.error) == (False, "timeout")
    assert read_again(result.capture) == result.record


def test_asleep_again_and_again_it_ends_with_what_came(
    house: House, clock: SetClock, simulator: Simulator, post: Post
) -> None:
    post.recordings.extend(["slow_drip"] * 3)

    def progress(stage: str, done: int) -> None:
        if stage == "receive" and done:
            clock.sleep_through(timedelta(hours=3))

    result = look_up(house, simulator, **ORDER, token=HastyToken(), progress=progress)
    assert (result.outcome.kind, result.outcome.code) == (OutcomeKind.INCOMPLETE, "timeout")
    [entry] = house.captures.entries()
    assert entry.state == "interrupted"
    kept = bodies(entry.path)
    assert len(kept) == 3
    assert all(part and sent.startswith(part) for part, sent in zip(kept, post.sent, strict=True))
