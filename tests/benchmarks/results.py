"""What a benchmark found, as rows of the one table that `python -m tests.benchmarks` prints and keeps.

What enters: `tell(...)`, once per figure, by each benchmark. What leaves: a line of JSON per figure in the file that
`FACEVID_BENCHMARK_RESULTS` names, or nothing when a benchmark is run by itself.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

ENVIRONMENT = "FACEVID_BENCHMARK_RESULTS"


@dataclass(frozen=True)
class Result:
    """One figure of ours and what it is measured against: a peer or a floor of the same run, or a fixed limit.

    `limit` bounds the ratio of ours to `beside`, or ours itself where there is no `beside`; with `at_least` it is a
    lower bound. Without a limit the figure is told and not judged.
    """

    what: str
    ours: float
    unit: str
    beside_what: str = ""
    beside: float | None = None
    limit: float | None = None
    at_least: bool = False

    @property
    def figure(self) -> float:
        """What is judged."""
        return self.ours / self.beside if self.beside else self.ours

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.limit is None:
            return None
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit


def tell(*results: Result) -> None:
    """Note figures for the table, where somebody makes one."""
    if name := os.environ.get(ENVIRONMENT):
        with Path(name).open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(asdict(result))}\n" for result in results)


def told(path: Path) -> list[Result]:
    """What was noted in a file."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [Result(**json.loads(line)) for line in lines]


def _number(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def _target(result: Result) -> str:
    if result.limit is None:
        return ""
    sign, unit = ("≥" if result.at_least else "≤"), ("x" if result.beside else result.unit)
    return f"{sign} {result.limit:g} {unit}"


def table(runs: Sequence[Iterable[Result]]) -> list[str]:
    """A Markdown table, a row per figure: the medians of the runs, then the judged figure of every run."""
    rows: dict[str, list[Result]] = {}
    for run in runs:
        for result in run:
            rows.setdefault(result.what, []).append(result)
    lines = [
        "| what | ours | beside it | ratio, or figure, of each run | target | holds |",
        "|---|---|---|---|---|---|",
    ]
    for what, found in rows.items():
        first = found[0]
        ours = _number(median(result.ours for result in found), first.unit)
        beside = [result.beside for result in found if result.beside is not None]
        peer = f"{first.beside_what}: {_number(median(beside), first.unit)}" if beside else first.beside_what
        figures = ", ".join(_number(result.figure, "x" if result.beside else "") for result in found)
        held = [result.holds for result in found]
        verdict = "" if held[0] is None else "yes" if all(held) else f"no: {held.count(False)} of {len(held)}"
        lines.append(f"| {what} | {ours} | {peer} | {figures} | {_target(first)} | {verdict} |")
    return lines
