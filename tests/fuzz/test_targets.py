"""Every parser of foreign bytes: the corpus with all past findings, and a short run of our mutations.

The long runs: `python -m tests.fuzz` (see its help), whose last table is RESULTS.md.
"""

import base64
import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import __main__ as command
from tests.fuzz import child, der_level
from tests.fuzz.target import CORPORA, Feed, Target, ViolationError
from tests.fuzz.targets import TARGETS
from tests.support.forking import fork

TESTED_ELSEWHERE = "sealed_folder"  # its template takes seconds: tests/evidence/test_fuzz.py has one at hand
NAMES = [name for name in TARGETS if name != TESTED_ELSEWHERE]
EXAMPLES = 50

pytestmark = pytest.mark.filterwarnings("ignore")  # cryptography warns of odd certificates


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Feed]:
    """The function that feeds a target, made once."""
    made: dict[str, Feed] = {}

    def feed_of(name: str) -> Feed:
        target = TARGETS[name]
        if not command.available(target):
            pytest.skip(f"{target.needs} is not installed")
        if name not in made:
            made[name] = target.make(tmp_path_factory.mktemp(name))
        return made[name]

    return feed_of


@pytest.mark.parametrize("name", NAMES)
def test_every_input_of_the_corpus_gives_a_value_or_a_typed_error_in_time(
    feeds: Callable[[str], Feed], name: str
) -> None:
    target, feed = TARGETS[name], feeds(name)
    for path in target.corpus_files():
        began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        feed(path.read_bytes())
        assert time.process_time() - began < target.patience_s, path
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < target.memory_mb, path


@pytest.mark.parametrize("name", NAMES)
def test_changed_inputs_give_a_value_or_a_typed_error(feeds: Callable[[str], Feed], name: str) -> None:
    target, feed, corpus = TARGETS[name], feeds(name), TARGETS[name].corpus()

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(seed=st.integers(0, 1 << 32), raw=st.binary(max_size=40))
    def run(seed: int, raw: bytes) -> None:
        feed(child.case(target, corpus, seed, 0))
        feed(raw)

    run()


def test_the_corpus_is_small_and_every_target_has_one() -> None:
    assert {path.name for path in CORPORA.iterdir()} == set(TARGETS)
    files = [path for path in CORPORA.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1_000_000
    assert all(target.corpus_files() for target in TARGETS.values())


@pytest.mark.parametrize("target", ["capture_record", "cms", "package"])
def test_mutations_keep_the_structure_often_enough(target: str) -> None:
    """Else no parser behind the first check would ever be reached."""
    corpus = TARGETS[target].corpus()
    readers: dict[str, Callable[[bytes], object]] = {
        "capture_record": json.loads,
        "cms": lambda data: der_level.parse(base64.b64decode(b"".join(data.splitlines()[1:-1]))),
        "package": lambda data: data.endswith(b"\0\0") and data[:4] == b"PK\3\4",
    }
    good = 0
    for number in range(200):
        draw = Random(number)
        try:
            good += bool(readers[target](TARGETS[target].mutate(draw, draw.choice(corpus))))
        except (ValueError, RecursionError):
            continue
    assert good > 60


def broken(feed: Feed) -> Target:
    """A target whose parser does this."""
    return Target("base64", "a broken parser", lambda _: feed, lambda draw, data: data, patience_s=0.2, memory_mb=50)


def test_a_run_keeps_what_a_parser_must_not_do(tmp_path: Path) -> None:
    """In a process of its own: limits on memory and signals stay in it."""

    def feed(data: bytes) -> None:
        if data == b"raises":
            raise KeyError("x")
        if data == b"again":
            raise KeyError("x")
        if data == b"is slow":
            while True:
                pass
        if data == b"is large":
            bytearray(100 << 20)
        if data == b"lies":
            raise ViolationError("two programs read two things")

    pid = fork()
    if not pid:
        status = 1
        try:
            watch = child.Watch(broken(feed), tmp_path, tmp_path)
            for data in (b"", b"raises", b"again", b"is slow", b"is large", b"lies"):
                watch.feed(data)
            (tmp_path / "told").write_text(repr(watch.result(1.0)))
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
    said = [path.read_text().splitlines()[0] for path in sorted((tmp_path / "findings").glob("*.txt"))]
    assert [line.split(":")[0].strip() for line in said] == [
        "KeyError", "took too long", "took more than 50 MB", "ViolationError"
    ]  # fmt: skip
    assert (tmp_path / "findings" / "base64-02.bin").read_bytes() == b"is slow"
    assert "'cases': 6" in (tmp_path / "told").read_text()


def test_the_command_fuzzes_in_children_and_prints_a_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "FOUND", tmp_path / "found")
    monkeypatch.setattr(command.sys, "argv", ["fuzz", "--only", "moments", "--runs", "20", "--seed", "7", "--unguided"])
    assert command.main() == 0
    table = capsys.readouterr().out.splitlines()
    row = next(line for line in table if line.startswith("| moments"))
    cases = len(TARGETS["moments"].corpus()) + 20
    assert [cell.strip() for cell in row.strip("|").split("|")][2] == str(cases)
    assert not (tmp_path / "found").exists()


def test_what_is_kept_holds_the_rows_of_targets_that_were_not_run_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "RESULTS", tmp_path / "RESULTS.md")
    rows = [
        command.Row(TARGETS[name], 1000 + place, place, 9.6, 0, 50, place)
        for place, name in enumerate(("cms", "boxes"))
    ]
    command.write_results(rows, 1)
    command.write_results([command.Row(TARGETS["cms"], 2_000_000, 5, 3.0, 1, 40, 7)], 2)
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in command.RESULTS.read_text().splitlines()]
    assert [line[0] for line in lines[-3:]] == ["boxes", "cms", "all"]
    assert lines[-2][2:] == ["2,000,000", "5", "3", "1", "40", "7"]
    assert lines[-1][2:] == ["2,001,001", "6", "13", "1", "50", "7"]


def test_a_process_that_dies_is_a_finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "FOUND", tmp_path / "found")
    monkeypatch.setattr(command.sys, "executable", "/bin/false")
    row = command.fuzz(TARGETS["moments"], 1, 1, 1.0, guided=False)
    assert row.findings == 1
    assert (tmp_path / "found" / "moments-end.txt").exists()
