"""Killed at any moment of look-up and seal: no received byte is lost, nothing looks sealed that is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from facevid_gui.core.secret import Secret
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.seal import SealRequest, evidence_folders
from facevid_gui.evidence.verify import Trust, verify_folder
from facevid_gui.house import House
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.places import make_house

PASSPHRASE = "a passphrase for the test"
MOMENTS = int(os.environ.get("FACEVID_KILL_MOMENTS", "40"))  # a number above that of all events kills at each of them
SCRIPT = Path(__file__).with_name("kill_points.py")


def look_up_and_save(simulator: Simulator, root: Path, points: list[int]) -> None:
    """Run the kills in a process that has nothing else to do."""
    for point in points:
        house = make_house(root / f"home-{point:04d}")
        profile = {"kind": "ess", "endpoint": simulator.base_url("ess"), **simulator.describe()["ess"]["settings"]}
        text = json.dumps({"schema": "facevid-profiles/1", "profiles": {"p": profile}})
        (house.paths.config / "profiles.json").write_text(text)
        house.keys.open(Secret(PASSPHRASE))  # the key exists; its making is another test
    secrets = json.dumps(simulator.describe()["ess"]["secrets"])
    order = {
        "arguments": ["lookup", "ess", "--flow", flow_id("One"), "--secrets-stdin", "--save", "--case", "C",
                      "--purpose", "P", "--key-passphrase-stdin"],
        "stdin": f"{secrets}\n{PASSPHRASE}\n",
        "points": points,
    }  # fmt: skip
    subprocess.run([sys.executable, str(SCRIPT), str(root)], input=json.dumps(order).encode(), check=True, timeout=300)


def bodies_below(home: Path) -> list[bytes]:
    """Every answer body kept anywhere in the home."""
    return [path.read_bytes() for path in home.rglob("response-body.bin")]


def verified_folders(house: House) -> list[Path]:
    """The folders that look like evidence; each must be."""
    root = house.evidence_root(None)
    trust = Trust(signers=house.keys.trusted(), register=house.paths.register, register_required=True)
    folders = list(evidence_folders(root))
    for folder in folders:
        verdict = verify_folder(folder, trust)
        assert verdict.verdict is Verdict.VERIFIED_UNSTAMPED, (folder, verdict.reasons)
    return folders


def check_after_kill(root: Path, point: int, whole: bytes) -> str:
    """Look at what a kill left behind, let the next start tidy up, look again. Names the state found."""
    home = root / f"home-{point:04d}"
    received = home.with_suffix(".received").read_bytes()
    house = make_house(home)
    kept = bodies_below(home)
    assert not received or any(body.startswith(received) for body in kept), "a received byte is lost"
    verified_folders(house)

    house.recover()
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
        return "interrupted"
    request = SealRequest("C", "P", house.operator, house.evidence_root(None))
    house.sealer.seal(entry, request, house.keys.open(Secret(PASSPHRASE)))
    assert len(verified_folders(house)) == 1
    return "complete, sealed later"


@pytest.mark.slow
def test_killed_at_many_moments_nothing_received_is_lost_and_nothing_half_sealed_shows(
    simulator: Simulator, tmp_path: Path
) -> None:
    look_up_and_save(simulator, tmp_path, [0])
    events, code = map(int, (tmp_path / "home-0000.events").read_text().split())
    assert code == 0
    moments = min(MOMENTS, events)
    assert moments >= 30
    whole = (tmp_path / "home-0000.received").read_bytes()
    points = sorted({1 + index * (events - 1) // (moments - 1) for index in range(moments)})
    assert len(points) == moments

    look_up_and_save(simulator, tmp_path, points)
    states = [check_after_kill(tmp_path, point, whole) for point in points]
    assert set(states) >= {"interrupted", "complete, sealed later", "sealed"}
