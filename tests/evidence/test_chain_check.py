"""A chained log against what is kept elsewhere, copies or heads: cut, rewritten, forked, merely older."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from facevid_gui.core.errors import FacevidError
from facevid_gui.evidence.chain_check import Chain, Comparison, compare_with_copy, read_chain, read_heads
from facevid_gui.evidence.chainlog import ChainLog
from tests.support.clocks import StillClock
from tests.support.tools import need

SCHEMA = "facevid-test/1"


class Both:
    """A log, and a copy of it that was taken elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.clock = StillClock()
        self.path = folder / "log.jsonl"
        self.copy = folder / "elsewhere.jsonl"
        self.heads = folder / "heads.txt"
        self.log = ChainLog(self.path, SCHEMA, self.clock)

    def grow(self, count: int) -> "Both":
        for _ in range(count):
            self.clock.move(minutes=1)
            self.log.append({"number": self.clock.seconds})
        return self

    def take_copy(self) -> "Both":
        self.log.copy_to(self.copy)
        return self

    def take_head(self) -> "Both":
        with self.heads.open("a") as file:
            file.write(f"{self.chain.head}\n")
        return self

    def edit(self, path: Path, change: Callable[[list[bytes]], object]) -> None:
        lines = path.read_bytes().splitlines(keepends=True)
        change(lines)
        path.write_bytes(b"".join(lines))

    def rewrite(self, path: Path, line: int) -> None:
        """Write the log anew from a line on, each line chained in itself: what the owner of the file can always do."""
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[: line - 1]))
        forged = ChainLog(path, SCHEMA, self.clock)
        for _ in lines[line - 1 :]:
            forged.append({"number": "forged"})

    @property
    def chain(self) -> Chain:
        return read_chain(self.path, SCHEMA)

    def against_copy(self) -> Comparison:
        return compare_with_copy(self.chain, self.copy)

    def against_heads(self) -> Comparison:
        return compare_with_copy(self.chain, self.heads)


@pytest.fixture
def both(tmp_path: Path) -> Both:
    return Both(tmp_path).grow(5)


def told(found: Comparison) -> tuple[object, ...]:
    return (found.result, found.line, found.whose, found.holds)


# --- whole copies ----------------------------------------------------------------------------------------------------


def test_an_untouched_copy_is_the_same(both: Both) -> None:
    found = both.take_copy().against_copy()
    assert told(found) == ("same", None, "", True)
    assert (found.log_lines, found.copy_lines) == (5, 5)
    assert both.path.read_bytes() == both.copy.read_bytes()


def test_a_copy_of_yesterday_is_merely_older(both: Both) -> None:
    found = both.take_copy().grow(3).against_copy()
    assert told(found) == ("older", 6, "", True)
    assert (found.log_lines, found.copy_lines) == (8, 5)


def test_a_cut_end_is_found_and_the_chain_alone_does_not_show_it(both: Both) -> None:
    both.take_copy()
    both.edit(both.path, lambda lines: lines.__delitem__(slice(3, None)))
    assert both.chain.problems == ()
    found = both.against_copy()
    assert told(found) == ("cut", 4, "", False)
    assert (found.log_lines, found.copy_lines) == (3, 5)


def test_an_end_cut_and_grown_again_is_a_fork(both: Both) -> None:
    both.take_copy()
    both.rewrite(both.path, 3)
    assert both.chain.problems == ()
    assert told(both.against_copy()) == ("forked", 3, "", False)
    both.grow(4)
    assert told(both.against_copy()) == ("forked", 3, "", False)


@pytest.mark.parametrize("whose", ["log", "copy"])
@pytest.mark.parametrize("line", [1, 2, 4])
def test_a_line_rewritten_in_place_is_found_and_whose_it_is(both: Both, line: int, whose: str) -> None:
    both.take_copy()
    path = both.path if whose == "log" else both.copy

    def change(lines: list[bytes]) -> None:
        lines[line - 1] = lines[line - 1].replace(b'"number":1', b'"number":2')

    both.edit(path, change)
    assert told(both.against_copy()) == ("rewritten", line, whose, False)


def test_a_line_taken_out_of_the_middle_is_found(both: Both) -> None:
    both.take_copy()
    both.edit(both.path, lambda lines: lines.pop(2))
    assert told(both.against_copy()) == ("rewritten", 3, "log", False)


def test_lines_rewritten_on_both_sides_are_told_as_such(both: Both) -> None:
    both.take_copy()
    for path, new in ((both.path, b'"number":2'), (both.copy, b'"number":3')):
        both.edit(path, lambda lines, new=new: lines.__setitem__(1, lines[1].replace(b'"number":1', new)))
    assert told(both.against_copy()) == ("rewritten", 2, "both", False)


def test_the_log_of_another_workstation_is_another_log(both: Both, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Both(tmp_path / "other")
    other.clock.move(days=1)
    other.grow(3).log.copy_to(both.copy)
    assert told(both.against_copy()) == ("other", 1, "", False)


def test_an_absent_log_against_a_copy_is_cut_from_the_first_line_on(both: Both) -> None:
    both.take_copy()
    both.path.unlink()
    assert told(both.against_copy()) == ("cut", 1, "", False)


def test_a_torn_end_of_either_side_is_no_line(both: Both) -> None:
    both.take_copy().grow(1)
    torn = both.path.read_bytes()[:-20]
    both.path.write_bytes(torn)
    both.copy.write_bytes(torn)
    assert told(both.against_copy()) == ("same", None, "", True)
    assert [problem.code for problem in both.chain.problems] == ["torn"]
    both.copy.unlink()
    both.take_copy()
    assert both.copy.read_bytes().endswith(b"\n")


# --- heads -----------------------------------------------------------------------------------------------------------


def test_a_head_is_one_short_line_that_stock_tools_can_check(both: Both) -> None:
    both.take_head()
    schema, seq, at, digest = both.heads.read_text().split()
    lines = both.path.read_bytes().splitlines(keepends=True)
    assert (schema, seq, at) == (SCHEMA, "5", json.loads(lines[-1])["at"])
    assert digest == hashlib.sha256(lines[-1]).hexdigest() == both.log.head()
    need("sha256sum")
    command = f"sed -n {seq}p '{both.path}' | sha256sum"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == digest
    assert len(both.heads.read_text()) < 140


def test_heads_of_several_days_hold_while_the_log_grows(both: Both) -> None:
    assert told(both.take_head().against_heads()) == ("same", None, "", True)
    both.grow(2).take_head().grow(1)
    found = both.against_heads()
    assert told(found) == ("older", 8, "", True)
    assert (found.log_lines, found.copy_lines) == (8, 7)


def test_a_head_shows_the_cut(both: Both) -> None:
    both.take_head()
    both.edit(both.path, lambda lines: lines.pop())
    assert told(both.against_heads()) == ("cut", 5, "", False)


def test_heads_say_between_which_lines_the_log_was_rewritten(both: Both) -> None:
    both.take_head().grow(5).take_head().grow(5).take_head()
    both.rewrite(both.path, 8)
    found = both.against_heads()
    assert (found.result, found.after, found.line) == ("rewritten", 5, 10)
    both.rewrite(both.path, 1)
    found = both.against_heads()
    assert (found.result, found.after, found.line, found.holds) == ("rewritten", 0, 5, False)


def test_heads_of_other_logs_in_the_same_file_do_not_matter(both: Both) -> None:
    both.heads.write_text(f"facevid-other/1 9 2026-03-05T12:00:00Z {'0' * 64}\n\n")
    both.take_head()
    assert told(both.against_heads()) == ("same", None, "", True)
    heads = read_heads(both.heads)
    assert heads is not None
    assert [head.schema for head in heads] == ["facevid-other/1", SCHEMA]


@pytest.mark.parametrize("raw", [
    b"", b"\n", b"hello\n", b"[]\n", b'{"schema":"facevid-other/1","seq":1}\n', b"\xff\xfe\n",
    b"facevid-other/1 9 2026-03-05T12:00:00Z " + b"0" * 64 + b"\n",
    b"facevid-test/1 0 2026-03-05T12:00:00Z " + b"0" * 64 + b"\n",
])  # fmt: skip
def test_what_is_no_copy_is_refused_instead_of_being_called_a_difference(both: Both, raw: bytes) -> None:
    both.copy.write_bytes(raw)
    with pytest.raises(FacevidError, match="copy_unreadable") as caught:
        both.against_copy()
    assert caught.value.exit_code == 2


def test_a_copy_that_is_not_there_or_no_file_is_refused(both: Both, tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(FacevidError, match="copy_unreadable"):
            compare_with_copy(both.chain, path)


def test_values_of_one_member_are_noted_with_their_lines(both: Both) -> None:
    both.log.append({"access_head": "abc"})
    assert read_chain(both.path, SCHEMA, note="access_head").noted == ((6, "abc"),)
