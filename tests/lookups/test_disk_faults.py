"""A disk that goes away, fails or is slow while an answer arrives: told by name, and every byte it took is there again.

Full and read-only disks have their tests in `tests/captures/test_store_disk.py`, those of the evidence place in
`tests/evidence/test_seal_disks.py`.
"""

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from facevid_gui.captures import sink
from facevid_gui.core.outcome import OutcomeKind
from facevid_gui.core.secret import Secret
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.seal import SealRequest
from facevid_gui.evidence.verify import Trust, verify_folder
from facevid_gui.house import House
from facevid_gui.lookups.lookup import LookupResult
from facevid_gui.net.transport import Limits
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.support.clocks import SetClock
from tests.support.net_lookups import Post, bodies, look_up, new_home, read_again
from tests.support.places import HastyToken, make_house

ONE = {"flow": flow_id("One"), "sign": sign_id("One")}
ORDER = {"order": "simOrder0001"}
BOTH = pytest.mark.parametrize("subject", [ONE, ORDER], ids=["ess", "kyc"])
PASSPHRASE = Secret("a passphrase for the test")
# What a cable that was pulled, a dying disk, a share whose server is away and a dead mount in user space say.
AWAY = (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.ENOTCONN)


def look_up_and(house: House, simulator: Simulator, subject: dict[str, str], act: Callable[[], object]) -> LookupResult:
    """Do something when the first piece of the answer is on the disk."""
    done: list[object] = []

    def progress(stage: str, count: int) -> None:
        if stage == "receive" and count and not done:
            done.append(act())

    result = look_up(house, simulator, **subject, token=HastyToken(), progress=progress)  # type: ignore[arg-type]
    assert done
    return result


def failing_after(monkeypatch: pytest.MonkeyPatch, number: int) -> Callable[[], None]:
    """From now on nothing can be written to a body."""

    def refuse(_file: object, _data: bytes) -> None:
        raise OSError(number, os.strerror(number))

    return lambda: monkeypatch.setattr(sink, "write_all", refuse)


def check_kept(folder: Path, post: Post) -> None:
    """What the disk took is there, and is what was sent."""
    [body] = bodies(folder)
    assert body
    assert post.sent[0].startswith(body)


@BOTH
@pytest.mark.parametrize("number", AWAY, ids=lambda number: errno.errorcode[number])
def test_a_disk_that_fails_while_an_answer_arrives_is_told_and_what_it_took_stays(
    house: House, simulator: Simulator, post: Post, monkeypatch: pytest.MonkeyPatch, subject: dict[str, str],
    number: int,
) -> None:  # fmt: skip
    post.recordings.append("chunked")
    with monkeypatch.context() as patch:
        result = look_up_and(house, simulator, subject, failing_after(patch, number))
    assert (result.outcome.kind, result.outcome.code, result.outcome.exit_code) == (
        OutcomeKind.INCOMPLETE, "disk_failed", 3,
    )  # fmt: skip
    assert dict(result.outcome.params)["reason"] == os.strerror(number)
    assert len(post.sent) == 1, "a disk is no network: nothing is asked for again"
    [entry] = house.captures.entries()
    assert (entry.state, entry.path) == ("interrupted", result.capture)
    check_kept(entry.path, post)
    assert look_up(house, simulator, **subject).outcome.ok, "when it is back, the next look-up brings the record"  # type: ignore[arg-type]
    check_kept(entry.path, post)


@BOTH
def test_a_folder_that_goes_away_while_an_answer_arrives_is_told_and_is_whole_when_it_is_back(
    house: House, simulator: Simulator, post: Post, tmp_path: Path, subject: dict[str, str]
) -> None:
    """Its open files go on being written to; under its old name there is nothing."""
    captures, elsewhere = house.paths.captures, tmp_path / "elsewhere"
    post.recordings.append("chunked")
    result = look_up_and(house, simulator, subject, lambda: captures.rename(elsewhere))
    assert (result.outcome.code, result.outcome.exit_code) == ("disk_failed", 3)
    assert result.record is None
    assert not captures.exists(), "nothing is begun in the place where it was"
    elsewhere.rename(captures)
    again = new_home(house.paths.data)
    again.captures.recover()
    [entry] = again.captures.entries()
    assert entry.state in ("interrupted", "complete")
    check_kept(entry.path, post)


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """A volume of its own under the home: "plug" and "pull" it. What was written to it outlives both."""
    image, place = tmp_path / "stick.img", tmp_path / "stick"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    image.write_bytes(b"")
    os.truncate(image, 24_000_000)

    def do(what: str) -> None:
        if what == "plug":
            subprocess.run(["mount", "-o", "loop", image, place], check=True)
        else:
            subprocess.run(["umount", "--lazy", place], check=True)

    try:
        subprocess.run(["mkfs.ext4", "-q", image], check=True, capture_output=True)
        do("plug")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file system in a file can be mounted here")
    try:
        yield do
    finally:
        subprocess.run(["umount", "--lazy", place], capture_output=True, check=False)


def test_a_volume_that_is_pulled_while_an_answer_arrives_holds_what_it_took_when_it_is_plugged_in_again(
    stick: Callable[[str], None], tmp_path: Path, simulator: Simulator, post: Post
) -> None:
    home = tmp_path / "stick" / "home"
    house = make_house(home)
    post.recordings.append("chunked")
    result = look_up_and(house, simulator, ORDER, lambda: stick("pull"))
    assert (result.outcome.code, result.outcome.exit_code) == ("disk_failed", 3)
    assert list((tmp_path / "stick").iterdir()) == [], "nothing is written to the disk that is under it"
    stick("plug")
    again = new_home(home)
    again.captures.recover()
    [entry] = again.captures.entries()
    check_kept(entry.path, post)
    assert look_up(again, simulator, **ORDER).outcome.ok


# A slow disk. Every write takes its time by the clocks; nobody waits here.


def slow_house(home: Path, monkeypatch: pytest.MonkeyPatch, seconds: float) -> tuple[House, list[int]]:
    clock, writes = SetClock(), []
    write = sink.write_all

    def write_slowly(file: object, data: bytes) -> None:
        clock.sleep_through(timedelta(seconds=seconds))
        writes.append(len(data))
        write(file, data)  # type: ignore[arg-type]

    monkeypatch.setattr(sink, "write_all", write_slowly)
    return make_house(home, clock), writes


@BOTH
def test_a_slow_disk_takes_its_time_and_nothing_else(
    home: Path, simulator: Simulator, post: Post, monkeypatch: pytest.MonkeyPatch, subject: dict[str, str]
) -> None:
    house, writes = slow_house(home, monkeypatch, 10)
    post.recordings.append("chunked")
    result = look_up(house, simulator, **subject)  # type: ignore[arg-type]
    assert result.outcome.ok
    assert len(writes) > 1
    assert result.capture is not None
    assert bodies(result.capture) == post.sent
    assert read_again(result.capture) == result.record


@BOTH
def test_a_disk_too_slow_for_any_answer_is_a_look_up_that_took_too_long_and_loses_nothing_it_took(
    home: Path, simulator: Simulator, post: Post, monkeypatch: pytest.MonkeyPatch, subject: dict[str, str]
) -> None:
    house, writes = slow_house(home, monkeypatch, 400)
    house.__dict__["workplace"] = replace(house.workplace, limits=Limits(total_s=600))
    simulator._now = house.clock.now
    post.recordings.extend(["slow_drip"] * 3)
    result = look_up(house, simulator, **subject)  # type: ignore[arg-type]
    assert (result.outcome.kind, result.outcome.code) == (OutcomeKind.INCOMPLETE, "timeout")
    assert result.capture is not None
    kept = bodies(result.capture)
    assert sum(map(len, kept)) == sum(writes)
    assert all(part and sent.startswith(part) for part, sent in zip(kept, post.sent, strict=True))


def test_a_disk_that_is_slow_to_flush_seals_all_the_same(
    home: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, flushes = SetClock(), []
    house, flush = make_house(home, clock), os.fsync

    def flush_slowly(number: int) -> None:
        clock.sleep_through(timedelta(seconds=30))
        flushes.append(number)
        flush(number)

    assert look_up(house, simulator, **ORDER).outcome.ok
    [entry] = house.captures.entries()
    monkeypatch.setattr(os, "fsync", flush_slowly)
    request = SealRequest("C", "P", house.operator, house.paths.data / "evidence")
    sealed = house.sealer.seal(entry, request, house.keys.open(PASSPHRASE))
    assert len(flushes) > 5
    trust = Trust(signers=house.keys.trusted(), register=house.paths.register, register_required=True)
    assert verify_folder(sealed.folder, trust).verdict is Verdict.VERIFIED_UNSTAMPED
