"""One target in a process of its own: feeds it, watches time and memory, keeps what was found.

    python -m tests.fuzz.child TARGET FOLDER --seed S --runs N --seconds S [--guided]

`FOLDER` gets `progress` (how many cases, and the one that is being tried: whoever waits knows it when this process
dies or hangs), `findings/` and, at the end, `result.json`. With `--guided`, atheris chooses the inputs by the coverage
they reach, and asks our mutations for every other one; without it, case N of seed S is always the same input.
"""

import argparse
import gc
import json
import mmap
import random
import resource
import signal
import struct
import time
import traceback
import warnings
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from tests.fuzz import byte_level

if TYPE_CHECKING:
    from tests.fuzz.target import Target

HEAD = struct.Struct("<QL")
MOST_BYTES = 1 << 20
_ROOM_BYTES = 3 << 30  # address space beyond what is there at the start: a bomb is a MemoryError
_MOST_FINDINGS = 20
_MOST_GUIDED_BYTES = 20_000  # long ones are slow, and reach no more code


class TooLongError(BaseException):
    """One input took more CPU time than it may; no parser can mistake it for bad bytes."""


class Watch:
    """Feeds one target and keeps count."""

    def __init__(self, target: "Target", folder: Path, scratch: Path) -> None:
        self.target = target
        self.findings = folder / "findings"
        self.findings.mkdir(exist_ok=True)
        self.cases = 0
        self.found: set[str] = set()
        self.most_mb = 0.0
        with (folder / "progress").open("w+b") as file:
            file.truncate(HEAD.size + MOST_BYTES)
            self._progress = mmap.mmap(file.fileno(), 0)
        self._feed = target.make(scratch)
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + _ROOM_BYTES, hard))
        signal.signal(signal.SIGPROF, _too_long)
        gc.freeze()

    def feed(self, data: bytes) -> None:
        """Try one input."""
        data = data[:MOST_BYTES]
        self._progress[: HEAD.size + len(data)] = HEAD.pack(self.cases, len(data)) + data
        before, began = _peak_mb(), time.process_time()
        signal.setitimer(signal.ITIMER_PROF, self.target.patience_s)
        try:
            self._feed(data)
        except KeyboardInterrupt:
            raise
        except TooLongError as error:
            self._keep("took too long", error, data)
        except BaseException as error:  # a panic of a library in Rust is no Exception
            self._keep(f"{type(error).__name__}: {str(error)[:200]}", error, data)
        else:
            if time.process_time() - began > self.target.patience_s:
                self._keep("took too long", None, data)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        self.most_mb = max(self.most_mb, _peak_mb() - before)
        if _peak_mb() - before > self.target.memory_mb:
            self._keep(f"took more than {self.target.memory_mb} MB", None, data)
        self.cases += 1

    def _keep(self, what: str, error: BaseException | None, data: bytes) -> None:
        """Keep an input, once per place in the code."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        frames = traceback.extract_tb(error.__traceback__) if error else []
        own = [frame for frame in frames if "facevid_gui" in frame.filename and "tests" not in frame.filename]
        where = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
        mark = f"{what.split(':')[0]} {where or what}"
        if mark in self.found or len(self.found) >= _MOST_FINDINGS:
            return
        self.found.add(mark)
        name = f"{self.target.name}-{len(self.found):02d}"
        (self.findings / f"{name}.bin").write_bytes(data)
        told = "".join(traceback.format_exception(error)) if error else what
        (self.findings / f"{name}.txt").write_text(f"{what} {where}\n{told}", "utf-8", "replace")

    def result(self, seconds: float) -> dict[str, object]:
        """What it came to."""
        peak, most = round(_peak_mb()), round(self.most_mb)
        return {"cases": self.cases, "seconds": seconds, "findings": len(self.found), "peak_mb": peak, "most_mb": most}


def case(target: "Target", corpus: list[bytes], seed: int, number: int) -> bytes:
    """Case `number` of a seed: an input of the corpus, changed."""
    draw = random.Random(f"{seed}/{target.name}/{number}")
    data = draw.choice(corpus)
    return changed(target, draw, data) if draw.random() < 0.85 else byte_level.mutated(draw, data)


def changed(target: "Target", draw: random.Random, data: bytes) -> bytes:
    """An input changed in its own structure; one that the readers of that structure choke on changes as bytes."""
    try:
        return target.mutate(draw, data)
    except Exception:
        return byte_level.mutated(draw, data)


def run(watch: Watch, seed: int, runs: int, seconds: float) -> None:
    """So many cases, or so many seconds, whatever is over first; the corpus comes first."""
    corpus, end = watch.target.corpus(), time.monotonic() + seconds
    for data in corpus:
        watch.feed(data)
    number = 0
    while number < runs and time.monotonic() < end:
        watch.feed(case(watch.target, corpus, seed, number))
        number += 1


def run_guided(watch: Watch, folder: Path, seed: int, runs: int, seconds: float) -> None:
    """As `run`, inputs chosen by coverage. Never returns: libFuzzer ends the process."""
    import atheris

    grown = folder / "corpus"
    grown.mkdir(exist_ok=True)
    began = time.monotonic()

    def change(data: bytes, most: int, number: int) -> bytes:
        draw = random.Random(number)
        if not data or draw.random() < 0.4:
            return atheris.Mutate(data, most)
        return changed(watch.target, draw, data)[:most]

    def feed(data: bytes) -> None:
        watch.feed(data)
        if watch.cases % 256 == 0:
            _write(folder, watch.result(time.monotonic() - began))

    told = [
        "fuzz", f"-runs={runs}", f"-max_total_time={max(1, int(seconds))}", f"-seed={seed % (1 << 31) or 1}",
        f"-max_len={_MOST_GUIDED_BYTES}", "-rss_limit_mb=0", "-timeout=600", "-verbosity=0", "-print_final_stats=0",
        "-reload=0", f"-artifact_prefix={folder}/", str(grown), str(watch.target.corpus_files()[0].parent),
    ]  # fmt: skip
    atheris.Setup(told, feed, custom_mutator=change)
    atheris.Fuzz()


def _write(folder: Path, result: dict[str, object]) -> None:
    (folder / "result.json").write_text(json.dumps(result))


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise TooLongError


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _address_space() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 4 << 30


def _target(name: str, *, guided: bool) -> "Target":
    if guided:
        import atheris

        with atheris.instrument_imports(include=["facevid_gui", "asn1crypto"], enable_loader_override=False):
            from tests.fuzz.targets import TARGETS
    else:
        from tests.fuzz.targets import TARGETS
    return TARGETS[name]


def main() -> None:
    """Run one target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--guided", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # cryptography warns of odd certificates
    scratch = arguments.folder / "scratch"
    scratch.mkdir()
    began = time.monotonic()
    watch = Watch(_target(arguments.target, guided=arguments.guided), arguments.folder, scratch)
    chosen = (arguments.seed, arguments.runs, arguments.seconds)
    if arguments.guided:
        run_guided(watch, arguments.folder, *chosen)
    run(watch, *chosen)
    _write(arguments.folder, watch.result(time.monotonic() - began))


if __name__ == "__main__":
    main()
