"""How fast hundreds of sealed folders are verified: ours, bagit.py, sha256sum. Asserts nothing, prints a table.

    python -m tests.benchmarks.verify_speed [--folders N] [--rounds N] [--clip-mb MB]

Ours is the command as it is typed, `facevid verify --json FOLDER...`, start of the program included. The ways are
run in turn within each round, so that a noisy machine is noisy for all; the table shows medians and how many times
slower each is than ours. Ours checks more: file list, signature, custody, register, and every media file decoded
again from its answer. `sha256sum` over two joined lists is its best case: no program starts for a folder.

How large a folder has to be for that: the demo's video has 0.1 MB (a folder of 0.5 MB); a video of a provider has
one to several (`--clip-mb 2` gives a folder of 5 MB).
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bagit

from facevid_gui.evidence.seal import SealRequest
from facevid_gui.house import House
from facevid_gui.simulator.records import SimOrder, demo_media
from facevid_gui.simulator.server import Simulator
from tests.benchmarks.results import Result, tell
from tests.support.evidence_places import unlock_folders
from tests.support.places import look_up_order, make_house

LISTS = ("tagmanifest-sha256.txt", "manifest-sha256.txt")
CHECK = ("sha256sum", "--strict", "--quiet", "-c")
BAGIT = bagit.__file__
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def make_folders(house: House, root: Path, count: int, clip_mb: float) -> list[Path]:
    """Look up an order and seal it, `count` times; `clip_mb` adds bytes behind the video."""
    request = SealRequest("benchmark", "benchmark", house.operator, root)
    signer = house.keys.open()
    with Simulator() as simulator:
        order_no = with_large_order(simulator, clip_mb) if clip_mb else "simOrder0001"
        for _ in range(count):
            result = look_up_order(house, simulator, order_no)
            house.sealer.seal(house.captures.open(str(result.capture)), request, signer)
    return sorted(root.iterdir())


def with_large_order(simulator: Simulator, megabytes: float) -> str:
    """Add an order with a larger video; return its number."""
    order = next(order for order in simulator.kyc.orders if order.order_no == "simOrder0001")
    simulator.kyc.orders += (_large(order, megabytes),)
    return "simOrderLarge"


def _large(order: SimOrder, megabytes: float) -> SimOrder:
    video = b64encode(os.urandom(int(megabytes * 1_000_000))).decode()
    head = demo_media("order.mp4")
    return SimOrder("simOrderLarge", order.about, video=head[: len(head) // 4 * 4 - 4] + video, photo=order.photo)


def ways(home: Path, root: Path, folders: list[Path], scratch: Path) -> dict[str, Callable[[], None]]:
    """What is compared; each callable checks all folders."""
    split = [_joined_list(scratch / f"list-{core}", folders[core::CORES]) for core in range(CORES)]

    def each(*command: str) -> None:
        for folder in folders:
            subprocess.run(command, cwd=folder, check=True, stderr=subprocess.DEVNULL)

    def on_all_cores() -> None:
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(lambda path: subprocess.run([*CHECK, str(path)], check=True), split))

    names = [str(folder) for folder in folders]
    register = str(home / "register" / "register.jsonl")
    ours = [sys.executable, "-m", "facevid_gui", "verify", "--json", "--register", register, *names]
    environ = {**os.environ, "FACEVID_HOME": str(home)}
    quietly = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    check = " ".join((*CHECK, *LISTS))
    each_on_all_cores = f"printf '%s\\n' \"$@\" | xargs -P{CORES} -I{{}} sh -c 'cd {{}} && {check}'"
    return {
        "facevid verify": lambda: subprocess.run(ours, env=environ, **quietly) and None,
        "bagit.py --validate, per folder": lambda: each(sys.executable, BAGIT, "--quiet", "--validate", "."),
        "sha256sum -c, per folder": lambda: each(*CHECK, *LISTS),
        f"sha256sum -c, per folder, on {CORES} cores": lambda: (
            subprocess.run(["sh", "-c", each_on_all_cores, "sh", *names], **quietly) and None
        ),
        f"sha256sum -c, two lists, on {CORES} cores": on_all_cores,
    }


def _joined_list(target: Path, folders: list[Path]) -> Path:
    """One hash list with absolute paths over several folders."""
    with target.open("w", encoding="ascii") as file:
        for folder in folders:
            for name in LISTS:
                for line in (folder / name).read_text("ascii").splitlines():
                    file.write(f"{line[:66]}{folder}/{line[66:]}\n")
    return target


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folders", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clip-mb", type=float, default=0.0)
    arguments = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="facevid-benchmark-"))
    try:
        house = make_house(scratch / "home")
        folders = make_folders(house, scratch / "evidence", arguments.folders, arguments.clip_mb)
        size = sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())
        measured = measure(ways(scratch / "home", scratch / "evidence", folders, scratch), arguments.rounds)
    finally:
        unlock_folders(scratch)
        shutil.rmtree(scratch)
    print(f"{len(folders)} folders, {size / 1e6:.0f} MB, {arguments.rounds} rounds, {CORES} cores")
    ours = measured["facevid verify"]
    for name, seconds in measured.items():
        each = seconds / len(folders) * 1000
        print(f"{name:<45} {seconds * 1000:9.0f} ms {each:8.1f} ms/folder {seconds / ours:6.2f} x")
        if name != "facevid verify":
            what = f"verify {len(folders)} folders of {size / len(folders) / 1e6:.1f} MB; {name} takes"
            tell(Result(what, seconds, "s", "facevid verify", ours, _least(name), at_least=True))


def _least(name: str) -> float | None:
    """How many times slower than ours a way must be (design section 7)."""
    return 10.0 if name.startswith("bagit") else 1.0 if "two lists" in name else None


def measure(compared: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Run all ways in turn, `rounds` times; return the median seconds of each."""
    times: dict[str, list[float]] = {name: [] for name in compared}
    for _ in range(rounds):
        for name, run in compared.items():
            began = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in times.items()}


if __name__ == "__main__":
    main()
