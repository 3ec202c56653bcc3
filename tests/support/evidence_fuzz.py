"""Mutates every file of a sealed folder that the verifier understands, and watches the verifier.

    python -m tests.support.evidence_fuzz --seconds 3600 [--seed N]

It must never raise, never take longer than `PATIENCE_S`, and never say verified for changed bytes. Half of the
mutations are sealed anew with the stolen key, so that parsers behind the hashes are reached; the register knows.
A finding is printed with its seed and number, and its bytes are kept: `--seed N --only NUMBER` does it again.
"""

import argparse
import base64
import faulthandler
import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from facevid_gui.core.verdict import FolderVerdict
from facevid_gui.evidence import bag
from facevid_gui.evidence.cms import CmsError, check_detached, sign_detached
from tests.fuzz import byte_level
from tests.support.evidence_authority import Authority
from tests.support.evidence_cms import to_der, to_pem
from tests.support.evidence_places import Place, make_template, unlock_folders
from tests.support.evidence_tampering import P7S, TSR, custody_anew, rebuild_lists, rebuild_tag_manifest, sign_anew

PATIENCE_S = 10.0
EVENT = "custody/000002.json"


@dataclass(frozen=True)
class Finding:
    """What must not happen."""

    number: int
    path: str
    what: str
    raw: bytes


class Fuzzer:
    """Mutations of one stamped folder, drawn with a seed: the same number is the same mutation."""

    def __init__(self, place: Place, seed: int) -> None:
        self._place = place
        self._seed = seed
        self._folder = place.open_folder("stamped")
        self._original = {
            path.relative_to(self._folder).as_posix(): path.read_bytes()
            for path in sorted(self._folder.rglob("*"))
            if path.is_file()
        }
        headers = next(path for path in self._original if path.endswith("response-headers.txt"))
        bodies = [path for path in self._original if path.endswith("response-body.bin")]
        self._targets = [
            P7S, TSR, bag.MANIFEST, bag.TAG_MANIFEST, bag.BAG_INFO, bag.BAGIT, "data/capture.json", EVENT,
            f"{EVENT}.p7s", "custody/000001.json", headers, *bodies,
        ]  # fmt: skip
        self.verdicts: Counter[str] = Counter()

    def run(self, number: int) -> Finding | None:
        """Do mutation `number`; put everything back afterwards."""
        draw = random.Random(f"{self._seed}/{number}")
        path = draw.choice(self._targets)
        raw = self._mutated(draw, path)
        if raw == self._original[path]:
            return None
        (self._folder / path).write_bytes(raw)
        try:
            if draw.random() < 0.5:
                self._seal_anew(path, raw)
            return self._judge(number, path, raw)
        finally:
            self._restore()

    def _judge(self, number: int, path: str, raw: bytes) -> Finding | None:
        began = time.monotonic()
        try:
            verdict = self._place.verify(self._folder)
        except Exception as error:
            return Finding(number, path, f"raised {type(error).__name__}: {error}", raw)
        self.verdicts[str(verdict.verdict)] += 1
        if time.monotonic() - began > PATIENCE_S:
            return Finding(number, path, "took too long", raw)
        if verdict.verified and not self._means_the_same(path, raw):
            return Finding(number, path, "verified", raw)
        return self._unsayable(number, path, raw, verdict)

    @staticmethod
    def _unsayable(number: int, path: str, raw: bytes, verdict: FolderVerdict) -> Finding | None:
        try:
            repr(verdict).encode("utf-8")
        except UnicodeEncodeError:
            return Finding(number, path, "a verdict that cannot be written", raw)
        return None

    def _means_the_same(self, path: str, raw: bytes) -> bool:
        """Bits of an event's signature that no program gives a meaning; all other files are covered by a hash."""
        if not path.endswith(".json.p7s"):
            return False
        data = self._original[path.removesuffix(".p7s")]
        try:
            return check_detached(raw, data) == check_detached(self._original[path], data)
        except CmsError:
            return False

    def _mutated(self, draw: random.Random, path: str) -> bytes:
        original = self._original[path]
        inside = path.endswith(".p7s") and draw.random() < 0.8  # in the DER: a changed PEM is soon told
        data = bytearray(to_der(original) if inside else original)
        byte_level.mutate(draw, data)
        return to_pem(bytes(data)) if inside else bytes(data)

    def _seal_anew(self, path: str, raw: bytes) -> None:
        """Make what is around the mutation fit, with the stolen key."""
        signer, folder = self._place.signer, self._folder
        if path.startswith("custody/") and path.endswith(".json"):
            (folder / f"{path}.p7s").write_bytes(sign_detached(raw, signer, datetime.now(UTC)))
        elif path.startswith("data/"):
            rebuild_lists(folder)
        elif path in bag.TAGGED:
            rebuild_tag_manifest(folder)
        if path.startswith("data/") or path in (*bag.TAGGED, bag.TAG_MANIFEST):
            sign_anew(folder, signer)
            (folder / TSR).unlink()
            custody_anew(folder, signer, stamped=False)

    def _restore(self) -> None:
        for path in self._folder.rglob("*"):
            if path.is_file() and path.relative_to(self._folder).as_posix() not in self._original:
                path.unlink()
        for name, raw in self._original.items():
            if not (self._folder / name).exists() or (self._folder / name).read_bytes() != raw:
                (self._folder / name).write_bytes(raw)


def main() -> None:
    """Fuzz for so many seconds; exit 1 when anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    parser.add_argument("--only", type=int)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # cryptography warns of odd certificates
    base = Path(tempfile.mkdtemp(prefix="facevid-fuzz-"))
    template = make_template(base / "home", Authority(base / "authority"))
    fuzzer = Fuzzer(Place(template, base / "fuzzed"), arguments.seed)
    numbers = iter([arguments.only]) if arguments.only is not None else iter(range(10**12))
    found, end, number = 0, time.monotonic() + arguments.seconds, 0
    while time.monotonic() < end and (number := next(numbers, -1)) >= 0:
        faulthandler.dump_traceback_later(6 * PATIENCE_S, exit=True)
        finding = fuzzer.run(number)
        faulthandler.cancel_dump_traceback_later()
        if finding:
            found += 1
            print(f"seed {arguments.seed} number {number} {finding.path}: {finding.what}", flush=True)
            print(f"  {base64.b64encode(finding.raw)[:4000].decode()}", flush=True)
    print(f"seed {arguments.seed}: {number} mutations, {found} findings; {dict(fuzzer.verdicts)}")
    unlock_folders(base)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
