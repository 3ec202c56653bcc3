"""Whether the cost of a megabyte, a clip and a folder stays flat. Asserts nothing, prints curves.

    python -m tests.benchmarks.growth [--rounds N] [--folders N,N,...]

Look-ups are whole processes, `facevid lookup`, start included; the service is another process. What the smallest
answer costs, start and all, is taken off each larger one, so that a row shows what the further megabytes or clips
cost. Scans are first scans of synthetic folders (`library_scan` tells what they are), each by a library made anew.
"""

import argparse
import os
import shutil
import statistics
import tempfile
from pathlib import Path

from facevid_gui.evidence.library_query import LibraryQuery
from tests.benchmarks.library_scan import Bench, timed
from tests.benchmarks.lookup_memory import SECRETS, look_up_at, measure, service
from tests.benchmarks.results import Result, tell
from tests.support.library_shelf import make_shelf

CLIPS = 12
ANSWERS_MB = (10, 20, 60, 120, 200)
COUNTS = (1, 2, 4, 8, 12)
COUNTED_MB = 24  # of an answer whose clips are counted, however many they are
MEDIA = 3 / 4  # of base64's letters


def look_up(clips: int, answer_mb: float, rounds: int) -> tuple[float, float]:
    """Median seconds and megabytes of memory at the peak."""
    clip_bytes = int(answer_mb * 1_000_000 * MEDIA / clips)
    with tempfile.TemporaryDirectory(prefix="facevid-growth-") as folder, service(clips, clip_bytes) as host:
        environ = {**os.environ, "FACEVID_HOME": folder, "FACEVID_LANG": "en"}
        command = look_up_at(host, environ)
        found = [measure(command, environ, SECRETS) for _ in range(rounds + 1)][1:]  # the first warms the disk
    seconds, peak = (statistics.median(column) for column in zip(*found, strict=True))
    return seconds, peak


def curve(what: str, sizes: tuple[int, ...], unit: str, rounds: int, *, clips: bool) -> None:
    """Print and tell the cost of one more megabyte or clip."""
    points = {size: look_up(size, COUNTED_MB, rounds) if clips else look_up(CLIPS, size, rounds) for size in sizes}
    least, (base, base_peak) = sizes[0], points[sizes[0]]
    print(f"{what}: {least} {unit} {base * 1000:.0f} ms, {base_peak:.0f} MB of memory, start included")
    first = 0.0
    for size in sizes[1:]:
        seconds, peak = points[size]
        each = (seconds - base) * 1000 / (size - least)
        first = first or each
        print(f"    {size:>4} {unit:<6} {seconds * 1000:7.0f} ms   {each:7.2f} ms per further one   {peak:6.0f} MB")
        tell(Result(f"growth: {what}, {size} {unit}; each further one costs", each, "ms", f"of the first {sizes[1]}",
                    first if not clips else None))  # fmt: skip
        tell(Result(f"growth: {what}, {size} {unit}; memory at its peak", peak, "MB", f"{least} {unit}", base_peak))


def folders(counts: tuple[int, ...]) -> None:
    """Print and tell what a folder costs in a first scan and what a page costs, however many there are."""
    first = 0.0
    for count in counts:
        base = Path(tempfile.mkdtemp(prefix="facevid-growth-"))
        try:
            bench = Bench(base, count)
            list(make_shelf(bench.root, count))
            each = timed(lambda bench=bench: bench.library().scan([bench.root])) / count * 1e6
            pages = [timed(lambda bench=bench: bench.library().page(LibraryQuery(), [bench.root])) for _ in range(5)]
        finally:
            shutil.rmtree(base)
        first = first or each
        page = statistics.median(pages) * 1000
        print(f"{count:>7} folders   {each:7.0f} us per folder, first scan   first page {page:6.1f} ms")
        tell(Result(f"growth: first scan of {count:,} folders; a folder costs", each, "us", f"of {counts[0]:,}", first))
        tell(Result(f"growth: first page of {count:,} folders", page, "ms"))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folders", default="1000,10000,100000", help="numbers of folders, smallest first")
    arguments = parser.parse_args()
    curve("an answer with 12 clips", ANSWERS_MB, "MB", arguments.rounds, clips=False)
    curve(f"an answer of {COUNTED_MB} MB", COUNTS, "clips", arguments.rounds, clips=True)
    folders(tuple(int(text) for text in arguments.folders.split(",")))


if __name__ == "__main__":
    main()
