"""Writes what is written in `tests/FAULTS.md`: `python -m tests.support.fault_page`."""

import re
from collections.abc import Iterable, Iterator

from tests.evidence.test_tamper_matrix import CASES
from tests.flows import test_killed, test_rescue_list
from tests.lookups.test_faults import FAULT_TABLE, kind_of
from tests.support.promised_tests import ROOT, named_in, rows_of

PAGE = ROOT / "tests" / "FAULTS.md"
FUZZED = ROOT / "tests" / "fuzz" / "RESULTS.md"
_SIMULATOR = "`tests/lookups/test_faults.py::test_a_fault`, `tests/lookups/test_faults.py::test_a_fault_in_the_console`"
_HEAD = "| fault | state | message | tests |\n|---|---|---|---|\n"


def with_blocks(page: str) -> str:
    """The page with its blocks written anew."""
    page = _filled(page, "simulator", _HEAD + "".join(simulator_rows()))
    return _filled(page, "counts", "".join(counts(page)))


def simulator_rows() -> Iterator[str]:
    """One row for each fault of the simulator that is one."""
    for fault in dict.fromkeys(row[0] for row in FAULT_TABLE if row[0] != "none"):
        rows = [row for row in FAULT_TABLE if row[0] == fault]
        states = _told(f"{kind_of(row[1])} {row[2]}, {row[5]}" for row in rows)
        messages = ", ".join(dict.fromkeys(f"`{row[3]}`" for row in rows))
        yield f"| {fault.replace('_', ' ')} | {states} | {messages} | {_SIMULATOR} |\n"


def counts(page: str) -> Iterator[str]:
    """How much is tried, section by section, and what the other tables hold."""
    yield "| what | how many |\n|---|---|\n"
    total = 0
    for section in page.split("\n## ")[1:]:
        title, _, rest = section.partition("\n")
        if rows := [row for row in rows_of(rest) if len(row) == 4]:
            total += len(rows)
            yield f"| faults: {title[0].lower()}{title[1:]} | {len(rows)} |\n"
    yield f"| faults, together | {total} |\n"
    yield f"| tests that try them, each once (many of them run with both protocols, or many values) | {len(named_in(page))} |\n"  # noqa: E501
    yield f"| runs of the simulator's faults: both protocols, as a library and through the console | {2 * len(FAULT_TABLE)} |\n"  # noqa: E501
    kills = len(test_killed.COMMANDS) * test_killed.USUAL_MOMENTS + test_rescue_list.USUAL_MOMENTS
    yield f"| moments at which the program is killed | {kills} |\n"
    yield f"| kinds of tampering with a sealed folder (`facevid_gui/evidence/TAMPERING.md`) | {len(CASES)} |\n"
    cases, guided, findings = fuzzed()
    yield f"| fuzzing, last long run (`tests/fuzz/RESULTS.md`): cases, of which guided by coverage | {cases}, {guided} |\n"  # noqa: E501
    yield f"| findings of it that are open | {findings} |\n"
    yield "| bytes received and lost | 0, or one of these tests fails |\n"


def fuzzed() -> tuple[str, str, str]:
    """Cases, guided ones and findings of the last long run, all targets together."""
    rows = rows_of(FUZZED.read_text("utf-8"))
    *_, whole = (row for row in rows if row[0] == "all")
    return whole[2], whole[3], whole[5]


def _told(states: Iterable[str]) -> str:
    """States of both protocols, said once where they are the same."""
    by_state: dict[str, list[str]] = {}
    for state in dict.fromkeys(states):
        kind, _, rest = state.partition(" ")
        by_state.setdefault(rest, []).append(kind)
    return "; ".join(rest if len(kinds) > 1 else f"{kinds[0]}: {rest}" for rest, kinds in by_state.items())


def _filled(page: str, mark: str, text: str) -> str:
    block = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- end -->)", re.DOTALL)
    assert block.search(page), mark
    return block.sub(lambda found: found[1] + text + found[2], page)


if __name__ == "__main__":
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8")), "utf-8")
