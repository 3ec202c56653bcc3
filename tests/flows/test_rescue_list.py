"""Rescue of a list as a program of its own: killed, run twice at once, without rights; every record once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.captures.store import read_capture_record
from facevid_gui.core.secret import Secret
from facevid_gui.evidence.seal import evidence_folders
from facevid_gui.house import House
from facevid_gui.simulator.records import flow_id, sign_id
from facevid_gui.simulator.server import Simulator
from tests.flows.test_killed import PASSPHRASE, SCRIPT, verified_folders
from tests.support.places import make_house
from tests.support.rescue_lists import Lists, add_flow, add_orders, asked_of, asked_twice
from tests.support.unprivileged import as_unprivileged, unprivileged_folder

USUAL_MOMENTS = 12
MOMENTS = int(os.environ.get("FACEVID_KILL_MOMENTS", USUAL_MOMENTS))
SEAL = ("--case", "C", "--purpose", "P", "--secrets-stdin", "--key-passphrase-stdin")


def make_ready(home: Path, simulator: Simulator) -> House:
    """A home with a profile and a key; secrets come by standard input."""
    house = make_house(home)
    profile = {"kind": "ess", "endpoint": simulator.base_url("ess"), **simulator.describe()["ess"]["settings"]}
    text = json.dumps({"schema": "facevid-profiles/1", "profiles": {"p": profile}})
    (house.paths.config / "profiles.json").write_text(text)
    house.keys.open(Secret(PASSPHRASE))
    return house


def standard_input(simulator: Simulator) -> str:
    return f"{json.dumps(simulator.describe()['ess']['secrets'])}\n{PASSPHRASE}\n"


def start(home: Path, simulator: Simulator, path: Path) -> subprocess.Popen[bytes]:
    """Start `facevid rescue` as a user does."""
    child = subprocess.Popen(
        [sys.executable, "-m", "facevid_gui", "rescue", str(path), *SEAL, "--json"],
        env={**os.environ, "FACEVID_HOME": str(home), "FACEVID_LANG": "en"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin is not None
    child.stdin.write(standard_input(simulator).encode())
    child.stdin.close()
    child.stdin = None
    return child


def finish(child: subprocess.Popen[bytes]) -> tuple[int, Any]:
    out, err = child.communicate(timeout=60)
    assert out, err.decode()
    return child.returncode, json.loads(out)


def wait_for(simulator: Simulator, count: int) -> None:
    """Wait until so many recordings were asked for."""
    patience = time.monotonic() + 30
    while len(asked_of(simulator)) < count:
        assert time.monotonic() < patience
        time.sleep(0.01)


def test_killed_in_the_middle_of_an_answer_and_continued(simulator: Simulator, home: Path, tmp_path: Path) -> None:
    make_ready(home, simulator)
    flow = add_flow(simulator, "Kill", 1, 2, 3)
    path = tmp_path / "list.csv"
    path.write_text(f"FlowId\n{flow}\n")
    first = start(home, simulator, path)
    wait_for(simulator, 1)
    simulator.fault = "slow_drip"
    wait_for(simulator, 2)
    time.sleep(0.2)

    code, document = finish(start(home, simulator, path))
    assert (code, document["error"]["code"]) == (3, "work_in_progress"), "the second says so, and disturbs nothing"
    first.send_signal(signal.SIGKILL)
    assert first.wait(30) == -signal.SIGKILL
    first.communicate()

    simulator.fault = "none"
    cut = asked_of(simulator)[1]
    code, document = finish(start(home, simulator, path))
    assert (code, document["done"], document["left"]) == (0, 3, 0)
    assert {row["sign_id"] for row in document["rows"]} == {sign_id(f"Kill{n}") for n in (1, 2, 3)}
    assert asked_twice(simulator) == [cut], "only the answer that was cut"
    assert len(verified_folders(make_house(home))) == 3


def test_ctrl_c_in_the_middle_of_an_answer(simulator: Simulator, home: Path, tmp_path: Path) -> None:
    make_ready(home, simulator)
    flow = add_flow(simulator, "Stop", 1, 2)
    path = tmp_path / "list.csv"
    path.write_text(f"FlowId\n{flow}\n")
    simulator.fault = "slow_drip"
    child = start(home, simulator, path)
    wait_for(simulator, 1)
    time.sleep(0.2)
    child.send_signal(signal.SIGINT)
    code, document = finish(child)
    assert (code, document["ok"], document["rows"], document["done"], document["left"]) == (130, False, [], 0, 2)
    simulator.fault = "none"
    code, document = finish(start(home, simulator, path))
    assert (code, document["done"]) == (0, 2)


def whole_on_disk(house: House) -> set[str]:
    """The signers whose recording lies there whole, sealed or not."""
    folders = [folder / "data" for folder in evidence_folders(house.evidence_root(None))]
    folders += [entry.path for entry in house.captures.entries() if entry.state == "complete"]
    records = [read_capture_record(folder) for folder in folders]
    return {str(record.provider.sign_id) for record in records if record is not None}


def run_and_kill(root: Path, simulator: Simulator, path: Path, point: int) -> Path:
    """Run the command in a process that kills itself at `point`; 0 kills nothing. Returns its home."""
    home = root / f"home-{point:04d}"
    make_ready(home, simulator)
    order = {"arguments": ["rescue", str(path), *SEAL], "stdin": standard_input(simulator), "points": [point]}
    subprocess.run([sys.executable, str(SCRIPT), str(root)], input=json.dumps(order).encode(), check=True, timeout=120)
    return home


@pytest.mark.slow
def test_killed_at_many_moments_each_record_is_sealed_once_and_no_whole_answer_asked_for_again(
    simulator: Simulator, tmp_path: Path
) -> None:
    people = {sign_id("Many"), sign_id("Clerk")}
    path = tmp_path / "list.csv"
    path.write_text(f"FlowId\n{flow_id('Many')}\n")
    unharmed = run_and_kill(tmp_path, simulator, path, 0)
    events, code = map(int, unharmed.with_suffix(".events").read_text().split())
    assert code == 0
    moments = min(MOMENTS, events)
    assert moments >= 12
    asked_again = 0
    for point in sorted({1 + index * (events - 1) // (moments - 1) for index in range(moments)}):
        simulator.requests.clear()
        home = run_and_kill(tmp_path, simulator, path, point)
        house = make_house(home)
        house.recover()
        first = Counter(asked_of(simulator))
        whole = whole_on_disk(house)
        simulator.requests.clear()

        code, document = finish(start(home, simulator, path))
        second = Counter(asked_of(simulator))
        assert (code, document["done"], document["left"]) == (0, 2, 0), (point, document)
        assert set(second) == people - whole, point
        assert all(count == 1 for count in (*first.values(), *second.values())), point
        assert {row["sign_id"] for row in document["rows"]} == people
        folders = verified_folders(house)
        assert {str(folder) for folder in folders} == {row["evidence"] for row in document["rows"]}
        assert len(folders) == 2, point
        assert all(entry.state == "interrupted" for entry in house.captures.entries()), point
        asked_again += len(first.keys() & second.keys())
    assert 0 < asked_again < moments, "some kills met an answer in the middle, most did not"


@pytest.mark.skipif(os.name == "nt", reason="modes are a thing of POSIX")
def test_without_the_right_to_write_evidence_captures_are_kept_and_sealed_by_the_next_run(
    simulator: Simulator, home: Path, tmp_path: Path
) -> None:
    Lists(make_house(home), simulator, tmp_path).run("orderNo", "simOrder0001")  # imports what the child cannot read
    simulator.requests.clear()
    add_orders(simulator, "a", "b")
    with unprivileged_folder() as folder:
        root = folder / "evidence"

        def rescue() -> list[tuple[str | None, bool, str | None]]:
            lists = Lists(make_house(folder / "home"), simulator, folder)
            lists.root = root
            endings = [result.ending for result in lists.run("orderNo", "a", "b", "simOrderGone")]
            return [(e.problem.code if e.problem else None, e.evidence is not None, e.evidence_id) for e in endings]

        def locked() -> object:
            root.mkdir()
            root.chmod(0o500)
            return rescue()

        def unlocked() -> object:
            root.chmod(0o700)
            for name in ("workstation.key", "workstation.crt"):  # its password died with the first process
                (folder / "home/keys" / name).unlink()
            return rescue()

        first: Any = as_unprivileged(locked)
        assert [(code, sealed) for code, sealed, _ in first] == [
            ("permission_denied", False), ("permission_denied", False), (None, False),
        ]  # fmt: skip
        asked = asked_of(simulator)
        second: Any = as_unprivileged(unlocked)
        assert asked_of(simulator) == asked == ["a", "b", "simOrderGone"]
        assert {(sealed, kept) for _, sealed, kept in second} == {
            (True, first[0][2]), (True, first[1][2]), (False, first[2][2]),
        }  # fmt: skip
