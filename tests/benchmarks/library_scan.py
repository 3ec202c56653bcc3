"""How the library stands a hundred thousand folders. Asserts nothing, prints a table.

    python -m tests.benchmarks.library_scan [--folders N] [--rounds N] [--below DIR]

The folders are synthetic (`tests.support.library_shelf`): a valid `capture.json`, a small answer, made names; no media,
no signature. Real answers have megabytes, which the first scan reads once and no other scan touches again.

Every question is asked of a library made anew, as if the program had just been started: opening SQLite is in every
figure. Questions of all kinds are asked in turn in each round; re-scan and bare walk take turns, too. The bare walk
reads and parses each `capture.json` and keeps nothing. The first scan finds the folders in the system's cache, since
they have just been written; so does the walk. "cpu" is the processor time of the process: what is left of a figure when
other programs want the machine, too.
"""

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from facevid_gui.bridge.heap import resident_bytes
from facevid_gui.captures.store import CaptureStore
from facevid_gui.core.clock import Clock
from facevid_gui.evidence.library import Library
from facevid_gui.evidence.library_query import LibraryQuery
from tests.benchmarks.results import Result, tell
from tests.support.library_shelf import FAMILY, GIVEN, Sample, make_shelf

BESIDE = ("narrowed", "grouped")  # questions that are not only typed
FIRST_PAGE_MS, SEARCH_MS = 300.0, 30.0  # design section 7
TYPED = 24  # questions of each kind and round


def bare_walk(root: Path) -> int:
    """Read and parse every capture record, keep nothing."""
    count = 0
    with os.scandir(root) as entries:
        for entry in entries:
            with open(f"{entry.path}/data/capture.json", "rb") as file:
                count += "evidence_id" in json.loads(file.read())
    return count


def questions(samples: list[Sample], chance: random.Random) -> dict[str, Callable[[], LibraryQuery]]:
    """The kinds of question, each made anew for every asking."""

    def one() -> Sample:
        return chance.choice(samples)

    def text(typed: str, **more: object) -> LibraryQuery:
        return LibraryQuery(text=typed, **more)  # type: ignore[arg-type]

    def ids() -> str:
        sample = one()
        return chance.choice([sample.evidence_id, sample.flow_id or sample.order_no])

    def typing(whole: str) -> str:
        return whole[: chance.randint(1, len(whole))]

    return {
        "typing an id, any length": lambda: text(typing(ids())),
        "first two characters all flow ids share": lambda: text("yD"),
        "the last 6 characters of an id": lambda: text(ids()[-6:]),
        "typing a case reference": lambda: text(typing(one().case_ref.split()[0])),
        "a name": lambda: text(one().person),
        "a family name": lambda: text(chance.choice(FAMILY)),
        "two characters of a given name": lambda: text("".join(chance.choices(GIVEN, k=2))),
        "a word in a sixth of all (纠纷)": lambda: text("纠纷"),
        "a transcript (我同意签署)": lambda: text("我同意签署"),
        "name and case": lambda: text(f"{one().person} {one().case_ref[:4]}"),
        "narrowed: a name, orders of one year": lambda: text(
            chance.choice(FAMILY), kinds=("kyc",), since=date(2023, 1, 1), until=date(2023, 12, 31)
        ),
        "nothing found": lambda: text("zzzqqq 龘"),
        "narrowed: everything of one operator": lambda: LibraryQuery(operator="operator3"),
        "grouped by case: everything": lambda: LibraryQuery(order="case"),
        "grouped by case: a name": lambda: text(chance.choice(FAMILY), order="case"),
    }


def rss_mb() -> float:
    """The most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], object]) -> float:
    """The seconds some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


class Bench:
    """A shelf, and libraries over it."""

    def __init__(self, base: Path, count: int) -> None:
        self.root = base / "evidence"
        self.index = base / "cache" / "index.sqlite"
        self.store = CaptureStore(base / "captures")
        self.count = count

    def library(self) -> Library:
        """A library as a program has it that was just started."""
        return Library(self.store, self.index, Clock())

    def run(self, rounds: int) -> None:
        """Make the shelf, measure, print."""
        chance = random.Random(11)
        samples, made = [], 0.0
        began = time.perf_counter()
        for number, sample in enumerate(make_shelf(self.root, self.count)):
            if number % 50 == 0:
                samples.append(sample)
        made = time.perf_counter() - began
        print(f"{self.count} folders made in {made:.0f} s, {rounds} rounds")
        before, top = resident_bytes(), rss_mb()
        first = timed(lambda: self.library().scan([self.root]))
        print(f"{'first scan':<45}{first:9.2f} s  {first / self.count * 1e6:6.0f} us/folder")
        more_mb = (resident_bytes() - before) / 1e6
        print(f"{'memory while scanning':<45}{rss_mb() - top:9.1f} MB more at its peak, {more_mb:.1f} after")
        again, walk = [], []
        for _ in range(rounds):
            again.append(timed(lambda: self.library().scan([self.root])))
            walk.append(timed(lambda: bare_walk(self.root)))
        rescan, bare = statistics.median(again), statistics.median(walk)
        print(f"{'re-scan, nothing changed':<45}{rescan:9.2f} s  first scan = {first / rescan:.1f} x")
        print(f"{'bare walk that reads each capture.json':<45}{bare:9.2f} s  first scan = {first / bare:.1f} x,"
              f" re-scan = {rescan / bare:.2f} x")  # fmt: skip
        tell(
            Result(f"library: first scan of {self.count:,} folders", first, "s", "bare walk reading each record", bare),
            Result("library: a scan that finds nothing changed; the first takes", first, "s", "it", rescan, 5.0,
                   at_least=True),
            Result("library: memory while scanning, at its peak", rss_mb() - top, "MB"),
        )  # fmt: skip
        print(f"{'index':<45}{self.index.stat().st_size / 1e6:9.1f} MB")
        self._ask(samples, chance, rounds)

    def _ask(self, samples: list[Sample], chance: random.Random, rounds: int) -> None:
        before = rss_mb()
        roots = [self.root]
        pages = [timed(lambda: self.library().page(LibraryQuery(), roots)) for _ in range(9)]
        deep = [timed(lambda: self.library().page(LibraryQuery(), roots, self.count - 100)) for _ in range(9)]
        some = [timed(lambda: self.library().choices(roots)) for _ in range(9)]
        for name, times in (("first page", pages), ("last page", deep), ("choices and counts", some)):
            print(f"{name:<45}{statistics.median(times) * 1000:9.1f} ms")
            limit = FIRST_PAGE_MS if name == "first page" else None
            tell(Result(f"library: {name}", statistics.median(times) * 1000, "ms", limit=limit))
        kinds = questions(samples, chance)
        times: dict[str, list[float]] = {name: [] for name in kinds}
        own: dict[str, list[float]] = {name: [] for name in kinds}
        found = {name: [] for name in kinds}
        for _ in range(rounds * TYPED):
            for name, make in kinds.items():
                query = make()
                began, used = time.perf_counter(), time.process_time()
                page = self.library().page(query, roots)
                times[name].append((time.perf_counter() - began) * 1000)
                own[name].append((time.process_time() - used) * 1000)
                found[name].append(page.total)
        print(f"{'search, ms':<45}{'p50':>9}{'p95':>9}{'cpu p50':>9}{'cpu p95':>9}   found (median)")
        for name in kinds:
            print(_row(name, times[name], own[name]) + f"   {statistics.median(found[name]):.0f}")
        typed = [name for name in kinds if not name.startswith(BESIDE)]
        all_of = [[value for name in typed for value in values[name]] for values in (times, own)]
        print(_row("all that is typed, nothing else chosen", *all_of))
        for words, values, limit in zip(("", ", processor time"), all_of, (SEARCH_MS, None), strict=True):
            tell(Result(f"library: search while typing, 95 of 100{words}", percentile(values), "ms", limit=limit))
        tell(Result("library: memory while searching", rss_mb() - before, "MB"))
        print(f"{'memory while searching':<45}{rss_mb() - before:9.1f} MB more")


def percentile(values: list[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[int(len(values) * 0.95)]


def _row(name: str, *measured: list[float]) -> str:
    """Median and 95th percentile of each list."""
    shown = (f"{statistics.median(values):9.1f}{percentile(values):9.1f}" for values in measured)
    return f"{name:<45}{''.join(shown)}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folders", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--below", type=Path, help="a folder that the synthetic ones are made in, and removed from")
    arguments = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="facevid-benchmark-", dir=arguments.below))
    try:
        Bench(base, arguments.folders).run(arguments.rounds)
    finally:
        shutil.rmtree(base)


if __name__ == "__main__":
    main()
