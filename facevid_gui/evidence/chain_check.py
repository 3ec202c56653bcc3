"""Checking a chained log as a whole, and against what of it is kept elsewhere (floor 1).

What enters: a log and copies of it: whole ones, or heads. What leaves: what is wrong, and where the two differ. A
head is one short line, `SCHEMA SEQ AT SHA256`: the last line of the log as it was then, by number, time and hash. It
can be mailed, written down or read out, and stands for every line before it; stock tools check it with
`sed -n SEQp register.jsonl | sha256sum`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from facevid_gui.core.errors import UsageError
from facevid_gui.evidence.chainlog import ChainProblem, check_lines, read_lines
from facevid_gui.files import disk_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any

_HEAD = re.compile(r"(facevid-[a-z]+/[0-9]+) ([1-9][0-9]{0,9}) ([0-9TZ:.-]{20,27}) ([0-9a-f]{64})", re.ASCII)
_MAX_HEADS_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Head:
    """The last line of a log at a moment: its number, time and SHA-256 (with its LF)."""

    schema: str
    seq: int
    at: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.schema} {self.seq} {self.at} {self.sha256}"


@dataclass(frozen=True)
class Chain:
    """A log that was read: the hash of every whole line, what is wrong, and the last line as a head.

    `noted` are the values of one member, with the number of their line.
    """

    schema: str
    hashes: tuple[str, ...]
    problems: tuple[ChainProblem, ...]
    head: Head | None
    noted: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """How a log and a copy of it differ.

    `result` is "same"; "older" (the copy ends earlier, nothing else); "cut" (the log lacks lines the copy has);
    "rewritten" (a line was replaced: `whose` chain is broken there, the "log"'s, the "copy"'s or "both"; "" when a
    head does not fit, which says no more); "forked" (from `line` on there are two histories, each chained in itself:
    one was written anew, or both were continued from the same state); "other" (not even the first line is the same).
    `line` is the first one that differs, is lacking or is new; with heads, that one lies behind `after`, at the latest
    at `line`.
    """

    result: str
    line: int | None = None
    after: int | None = None
    whose: str = ""
    log_lines: int = 0
    copy_lines: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the log."""
        return self.result in ("same", "older")


def read_chain(path: Path, schema: str, *, note: str = "") -> Chain:
    """Read and check a whole log; an absent one is empty. With `note`, keep what that member says in each line."""
    hashes: list[str] = []
    noted: list[tuple[int, str]] = []
    last: tuple[int, str] | None = None

    def lines() -> Iterator[tuple[bytes, dict[str, Any] | None]]:
        nonlocal last
        for line, data in read_lines(path):
            if line.endswith(b"\n"):
                hashes.append(hashlib.sha256(line).hexdigest())
                last = (len(hashes), str((data or {}).get("at", "")))
                if note and data and data.get(note):
                    noted.append((len(hashes), str(data[note])))
            yield line, data

    with disk_errors(path):
        exists = path.exists()
    problems = check_lines(lines(), schema) if exists else ()
    head = Head(schema, last[0], last[1], hashes[-1]) if last else None
    return Chain(schema, tuple(hashes), problems, head, tuple(noted))


def compare_with_copy(chain: Chain, copy: Path) -> Comparison:
    """Compare with a whole copy or with heads; `UsageError` copy_unreadable for a file that is neither."""
    heads = read_heads(copy)
    if heads is not None:
        own = [head for head in heads if head.schema == chain.schema]
        if not own:
            raise UsageError("copy_unreadable", path=copy)
        newest = max(head.seq for head in own)
        return replace(_compare_heads(chain, own), log_lines=len(chain.hashes), copy_lines=newest)
    other = read_chain(copy, chain.schema)
    if _is_no_log(other):
        raise UsageError("copy_unreadable", path=copy)
    return replace(_compare_lines(chain, other), log_lines=len(chain.hashes), copy_lines=len(other.hashes))


def read_heads(path: Path) -> tuple[Head, ...] | None:
    """The heads in a file, one a line, blank lines between them allowed; None when it holds anything else."""
    with disk_errors(path):
        if not path.is_file():
            raise UsageError("copy_unreadable", path=path)
        with path.open("rb") as file:
            raw = file.read(_MAX_HEADS_BYTES)
    lines = [line.strip() for line in raw.decode("utf-8", "replace").splitlines() if line.strip()]
    found = [_HEAD.fullmatch(line) for line in lines]
    if not found or not all(found):
        return None
    return tuple(Head(match[1], int(match[2]), match[3], match[4]) for match in found if match)


def _is_no_log(chain: Chain) -> bool:
    return len([problem for problem in chain.problems if problem.code == "malformed"]) == len(chain.hashes)


def _compare_lines(log: Chain, copy: Chain) -> Comparison:
    common = min(len(log.hashes), len(copy.hashes))
    first = next((n for n in range(common) if log.hashes[n] != copy.hashes[n]), None)
    if first is None:
        if len(log.hashes) == len(copy.hashes):
            return Comparison("same")
        result = "older" if len(log.hashes) > common else "cut"
        return Comparison(result, common + 1)
    line = first + 1
    broken = [name for name, chain in (("log", log), ("copy", copy)) if _breaks_at(chain, line)]
    if any(a == b for a, b in zip(log.hashes[line:], copy.hashes[line:], strict=False)) or broken:
        return Comparison("rewritten", line, whose=broken[0] if len(broken) == 1 else "both")
    return Comparison("forked" if first else "other", line)


def _breaks_at(chain: Chain, line: int) -> bool:
    """Whether the chain is broken at a line that was replaced: at the line itself, or at the one that names it."""
    return any(problem.line in (line, line + 1) and problem.code != "torn" for problem in chain.problems)


def _compare_heads(log: Chain, heads: Sequence[Head]) -> Comparison:
    good = [head.seq for head in heads if head.seq <= len(log.hashes) and log.hashes[head.seq - 1] == head.sha256]
    bad = [head.seq for head in heads if head.seq <= len(log.hashes) and log.hashes[head.seq - 1] != head.sha256]
    lacking = [head.seq for head in heads if head.seq > len(log.hashes)]
    if bad:
        before = [seq for seq in good if seq < min(bad)]
        return Comparison("rewritten", min(bad), max(before, default=0))
    if lacking:
        return Comparison("cut", len(log.hashes) + 1)
    newest = max(good)
    if newest == len(log.hashes):
        return Comparison("same")
    return Comparison("older", newest + 1)
