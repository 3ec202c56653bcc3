"""Killed at any moment of look-up, capture and seal: no received byte is lost, nothing looks sealed that is not."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from facevid_gui.core.secret import Secret
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.seal import SealRequest
from facevid_gui.evidence.verify import Trust, verify_folder
from facevid_gui.house import House
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.places import look_up_order, make_house

PASSPHRASE = "a passphrase for the test"
USUAL_MOMENTS = 40
MOMENTS = int(
    os.environ.get("FACEVID_KILL_MOMENTS", USUAL_MOMENTS)
)  # a number above that of all events kills at each of them
SCRIPT = Path(__file__).with_name("kill_points.py")


@dataclass(frozen=True)
class Command:
    """A command that is killed. `captured` means that it starts from a capture; `states` must all be found after it."""

    kind: str
    arguments: tuple[str, ...]
    states: frozenset[str]
    captured: bool = False


SAVE = ("--save", "--case", "C", "--purpose", "P", "--key-passphrase-stdin")
EVERY = frozenset({"nothing received", "interrupted", "complete, sealed later", "sealed"})
COMMANDS = {
    "a contract is looked up and saved": Command(
        "ess", ("lookup", "ess", "--flow", flow_id("One"), "--secrets-stdin", *SAVE), EVERY
    ),
    "an order is looked up and saved": Command(
        "kyc", ("lookup", "kyc", "--order", "simOrder0001", "--secrets-stdin", *SAVE), EVERY
    ),
    "an order is looked up and left unsaved": Command(
        "kyc", ("lookup", "kyc", "--order", "simOrder0001", "--secrets-stdin"), EVERY - {"sealed"}
    ),
    "a capture is sealed": Command(
        "kyc", ("seal", "CAPTURE", *SAVE[1:]), frozenset({"complete, sealed later", "sealed"}), captured=True
    ),
}


def make_home(simulator: Simulator, home: Path, kind: str) -> House:
    """A home with a profile and a key; the making of a key is another test."""
    house = make_house(home)
    profile = {"kind": kind, "endpoint": simulator.base_url(kind), **simulator.describe()[kind]["settings"]}
    text = json.dumps({"schema": "facevid-profiles/1", "profiles": {"p": profile}})
    (house.paths.config / "profiles.json").write_text(text)
    house.keys.open(Secret(PASSPHRASE))
    return house


def run_and_kill(simulator: Simulator, root: Path, command: Command, points: list[int]) -> None:
    """Run the kills in a process that has nothing else to do."""
    arguments = list(command.arguments)
    if command.captured:
        arguments[1] = make_house(root / "prepared").captures.entries()[0].evidence_id
    for point in points:
        shutil.copytree(root / "prepared", root / f"home-{point:04d}")
    secrets = json.dumps(simulator.describe()[command.kind]["secrets"])
    lines = {"--secrets-stdin": secrets, "--key-passphrase-stdin": PASSPHRASE}
    given = "".join(f"{line}\n" for option, line in lines.items() if option in arguments)
    order = {"arguments": arguments, "stdin": given, "points": points}
    subprocess.run([sys.executable, str(SCRIPT), str(root)], input=json.dumps(order).encode(), check=True, timeout=300)


def received_by(home: Path) -> list[bytes]:
    """What the program had taken over of each answer."""
    return [path.read_bytes() for path in sorted(home.with_suffix(".received").iterdir())]


def bodies_below(home: Path) -> list[bytes]:
    """Every answer body kept anywhere in the home."""
    return [path.read_bytes() for path in home.rglob("response-body.bin")]


def verified_folders(house: House) -> list[Path]:
    """The folders that look like evidence; each must be."""
    root = house.evidence_root(None)
    trust = Trust(signers=house.keys.trusted(), register=house.paths.register, register_required=True)
    folders = [path for path in root.iterdir() if not path.name.startswith(".")] if root.is_dir() else []
    for folder in folders:
        verdict = verify_folder(folder, trust)
        assert verdict.verdict is Verdict.VERIFIED_UNSTAMPED, (folder, verdict.reasons)
    return folders


def assert_kept(home: Path, received: list[bytes]) -> None:
    """Every answer that had begun to arrive is there, in a body of its own, as far as it had come."""
    kept = bodies_below(home)
    for answer in received:
        match = next((body for body in kept if body.startswith(answer)), None)
        assert match is not None, "a received byte is lost"
        kept.remove(match)


def check_after_kill(root: Path, point: int, whole: list[bytes], *, captured: bool) -> str:
    """Look at what a kill left behind, let the next start tidy up, look again. Names the state found."""
    home = root / f"home-{point:04d}"
    received = whole if captured else received_by(home)
    house = make_house(home)
    assert_kept(home, received)
    verified_folders(house)

    house.recover()
    assert_kept(home, received)
    sealed = verified_folders(house)
    entries = house.captures.entries()
    assert len(sealed) + len(entries) <= 1, "the record exists twice"
    if received == whole:
        assert sealed or entries, "a whole answer is lost"
    assert not list(house.paths.queue.glob("seal-*")), "the journal was not cleared"
    assert not list(house.evidence_root(None).glob(".partial-*")), "half a folder was left"
    if sealed:
        return "sealed"
    if not entries:
        return "nothing received"
    entry = entries[0]
    if entry.state == "interrupted":
        return "interrupted" if any(received) else "nothing received"
    request = SealRequest("C", "P", house.operator, house.evidence_root(None))
    house.sealer.seal(entry, request, house.keys.open(Secret(PASSPHRASE)))
    assert len(verified_folders(house)) == 1
    return "complete, sealed later"


@pytest.mark.slow
@pytest.mark.parametrize("what", COMMANDS)
def test_killed_at_many_moments_nothing_received_is_lost_and_nothing_half_sealed_shows(
    simulator: Simulator, tmp_path: Path, what: str
) -> None:
    command = COMMANDS[what]
    house = make_home(simulator, tmp_path / "prepared", command.kind)
    if command.captured:
        assert look_up_order(house, simulator, "simOrder0001").capture is not None
    run_and_kill(simulator, tmp_path, command, [0])
    events, code = map(int, (tmp_path / "home-0000.events").read_text().split())
    assert code == 0
    moments = min(MOMENTS, events)
    assert moments >= 30
    whole = bodies_below(tmp_path / "prepared") if command.captured else received_by(tmp_path / "home-0000")
    assert all(whole)
    points = sorted({1 + index * (events - 1) // (moments - 1) for index in range(moments)})
    assert len(points) == moments

    run_and_kill(simulator, tmp_path, command, points)
    states = [check_after_kill(tmp_path, point, whole, captured=command.captured) for point in points]
    assert set(states) == command.states
    assert states == sorted(states, key=ORDER.index), "from one state to the next, and never back"


ORDER = ["nothing received", "interrupted", "complete, sealed later", "sealed"]
