"""How long sealing takes, beside its physical floor. Asserts nothing.

Ours seals a fresh capture of the simulator, on the same disk (no copy). The floor is what nobody can leave out for the
same folder: every byte hashed once, one signature, every new file written and flushed, the folder flushed. In turn
within each round; medians.
"""

import argparse
import hashlib
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from facevid_gui.evidence.seal import SealRequest
from facevid_gui.house import House
from facevid_gui.simulator.server import Simulator
from tests.benchmarks.results import Result, tell
from tests.benchmarks.verify_speed import with_large_order
from tests.support.evidence_places import unlock_folders
from tests.support.places import look_up_order, make_house


def floor(folder: Path, scratch: Path) -> float:
    """Seconds for hashing what is in `folder`, one signature, and writing and flushing what sealing writes."""
    key = ec.generate_private_key(ec.SECP256R1())
    data = [path for path in (folder / "data").rglob("*") if path.is_file()]
    new = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path not in data]
    new.append((folder / "data" / "capture.json").read_bytes())
    began = time.perf_counter()
    digests = []
    for path in data:
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").digest())
    key.sign(b"".join(digests), ec.ECDSA(hashes.SHA256()))
    scratch.mkdir()
    for number, content in enumerate(new):
        with (scratch / str(number)).open("wb") as file:
            file.write(content)
            os.fsync(file.fileno())
    opened = os.open(scratch, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)
    spent = time.perf_counter() - began
    shutil.rmtree(scratch)
    return spent


def measure(house: House, simulator: Simulator, order_no: str, root: Path, rounds: int) -> tuple[float, float, int]:
    """Median seconds of sealing and of its floor, and the bytes of one folder."""
    request = SealRequest("benchmark", "benchmark", house.operator, root)
    signer = house.keys.open()
    ours, theirs, size = [], [], 0
    for _ in range(rounds):
        capture = house.captures.open(str(look_up_order(house, simulator, order_no).capture))
        began = time.perf_counter()
        sealed = house.sealer.seal(capture, request, signer)
        ours.append(time.perf_counter() - began)
        theirs.append(floor(sealed.folder, root.parent / "floor"))
        size = sum(path.stat().st_size for path in sealed.folder.rglob("*") if path.is_file())
    return statistics.median(ours), statistics.median(theirs), size


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--clip-mb", type=float, default=5.0)
    arguments = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="facevid-benchmark-"))
    try:
        house = make_house(scratch / "home")
        with Simulator() as simulator:
            large = with_large_order(simulator, arguments.clip_mb)
            for name in ("simOrder0001", large):
                ours, least, size = measure(house, simulator, name, scratch / "evidence", arguments.rounds)
                what = f"seal: a folder of {size / 1e6:.1f} MB"
                tell(Result(what, ours * 1000, "ms", "hash + one signature + flush", least * 1000))
                print(f"folder of {size / 1e6:5.1f} MB: ours {ours * 1000:7.1f} ms, "
                      f"hash + sign + flush {least * 1000:7.1f} ms, {ours / least:5.2f} x")  # fmt: skip
    finally:
        unlock_folders(scratch)
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
