"""`facevid register|log show|verify|head|export`: the register of seals and the access log (floor 4).

Both are chains of lines and have the same commands. `head` gives the one short line that is worth keeping elsewhere;
`verify --against` compares with such heads, or with a whole copy, and says where the two differ.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.output import plain
from facevid_gui.core.errors import SubjectError, UsageError
from facevid_gui.core.plain import plain_lines
from facevid_gui.evidence import access_log, register
from facevid_gui.evidence.chain_check import Chain, Comparison, Head, compare_with_copy, read_chain, read_heads
from facevid_gui.evidence.chainlog import ChainLog, ChainProblem, read_lines
from facevid_gui.files import append_line, disk_errors, write_new

if TYPE_CHECKING:
    from facevid_gui.console.context import Context

_SHORT = 16


@dataclass(frozen=True)
class _Log:
    """One of the two logs, and what to call its documents."""

    name: str
    schema: str
    log: ChainLog

    @property
    def path(self) -> Path:
        return self.log.path

    def document(self, action: str, *, ok: bool = True, **members: object) -> dict[str, Any]:
        return {"schema": f"facevid-{self.name}-{action}/1", "ok": ok, "path": str(self.path), **members}


def run_csv(context: Context) -> int:
    """Write the access log as CSV, whole or narrowed; its chain is checked, and said to be broken where it is."""
    from facevid_gui.evidence.access_view import Wanted, csv_of, read_access

    arguments, target = context.arguments, context.arguments.csv
    if target == "-" and arguments.json:
        raise UsageError("option_value", option="--csv", value="- --json")
    view = read_access(context.house.access_log.path, context.token)
    wanted = Wanted(arguments.id or "", arguments.operator or "")
    lines = [row for row in view.rows if wanted.takes(row)][-(arguments.last or 0) :]
    raw = csv_of(lines)
    if target == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(_for_terminal(raw) if sys.stdout.isatty() else raw)
        sys.stdout.buffer.flush()
    else:
        path = Path(target)
        if path.exists():
            raise UsageError("file_exists", path=path)
        with disk_errors(path):
            write_new(path, raw)
        context.output.say("access.csv_written", path=path, count=len(lines))
    if view.problems:
        context.output.note("chain.show_problems", command="facevid log verify")
    log = _chosen(context)
    context.output.document(
        log.document("show", csv=target, count=len(lines), problems=_problem_members(view.problems))
    )
    return 0


def _for_terminal(raw: bytes) -> bytes:
    """A CSV as a person looks at it: without the marks for spreadsheets, and with nothing a terminal would obey."""
    return plain_lines(raw.decode("utf-8-sig").replace("\r\n", "\n")).encode("utf-8")


def run_show(context: Context) -> int:
    """Print the entries, all or the last ones, perhaps only those about one id or of one operator."""
    log, last, wanted = _chosen(context), context.arguments.last, context.arguments.id
    if last is not None and last < 1:
        raise UsageError("option_value", option="--last", value=last)
    is_access = log.name == "log"
    if is_access and context.arguments.csv:
        return run_csv(context)
    operator = context.arguments.operator if is_access else None
    entries = []
    if log.path.exists():
        subject = "evidence_id" if log.name == "register" else "subject"
        entries = [
            data
            for line, data in read_lines(log.path)
            if data is not None
            and line.endswith(b"\n")
            and wanted in (None, data.get(subject))
            and operator in (None, data.get("operator"))
        ]
    if last is not None:
        entries = entries[-last:]
    if not entries:
        context.output.say("chain.empty")
    for entry in entries:
        context.output.line(_register_line(context, entry) if log.name == "register" else _access_line(context, entry))
    problems = read_chain(log.path, log.schema).problems
    if problems:
        context.output.note("chain.show_problems", command=f"facevid {log.name} verify")
    context.output.document(log.document("show", entries=entries, problems=_problem_members(problems)))
    return 0


def run_verify(context: Context) -> int:
    """Check the chain, then compare with what is kept elsewhere; 1 when something speaks against the log."""
    log, output = _chosen(context), context.output
    chain = read_chain(log.path, log.schema)
    copies = [Path(name) for name in context.arguments.against or ()]
    compared = [(copy, compare_with_copy(chain, copy)) for copy in copies]
    lost = _lost_heads(context, chain) if log.name == "log" else ()
    output.say("chain.lines", path=log.path, count=len(chain.hashes))
    for problem in chain.problems:
        output.say(f"chain.problem.{problem.code}", line=problem.line)
    for line in lost:
        output.say("chain.head_lost", line=line)
    moved = log.log.moved_aside()
    for name in moved:
        output.say("chain.moved_aside", name=name)
    for copy, comparison in compared:
        _show_comparison(context, copy, comparison)
    holds = not chain.problems and not lost and all(comparison.holds for _, comparison in compared)
    output.say("chain.holds" if holds else "chain.does_not_hold")
    if holds and not copies:
        output.say("chain.compare_elsewhere", command=f"facevid {log.name} verify --against COPY")
    output.document(log.document(
        "verify", ok=holds, lines=len(chain.hashes), head=_head_member(chain.head),
        problems=_problem_members(chain.problems), lost_heads=list(lost), moved_aside=list(moved),
        compared=[_comparison_member(copy, comparison) for copy, comparison in compared],
    ))  # fmt: skip
    return 0 if holds else 1


def run_head(context: Context) -> int:
    """Print the head, or put it at the end of a file of heads; the register's vouches for the access log as well."""
    log = _chosen(context)
    if log.name == "register":
        context.house.register.note_access()
    head = read_chain(log.path, log.schema).head
    if head is None:
        raise SubjectError("chain_empty", path=log.path)
    target = context.arguments.output
    if target is None:
        context.output.line(str(head))
    else:
        _keep_head(Path(target), head)
        context.output.say("chain.head_kept", path=target, head=head)
    context.output.document(log.document("head", head=_head_member(head), line=str(head), output=target))
    return 0


def run_export(context: Context) -> int:
    """Copy the whole log to a new file."""
    log, target = _chosen(context), Path(context.arguments.output)
    if target.exists():
        raise UsageError("file_exists", path=target)
    size = log.log.copy_to(target)
    chain = read_chain(target, log.schema)
    context.output.say("chain.exported", path=target, count=len(chain.hashes))
    if chain.head is not None:
        context.output.line(str(chain.head))
    context.output.document(log.document(
        "export", output=str(target), lines=len(chain.hashes), size_bytes=size, head=_head_member(chain.head)
    ))  # fmt: skip
    return 0


def _chosen(context: Context) -> _Log:
    if context.arguments.chain == "register":
        return _Log("register", register.SCHEMA, context.house.register.log)
    return _Log("log", access_log.SCHEMA, context.house.access_log.log)


def _lost_heads(context: Context, chain: Chain) -> tuple[int, ...]:
    """The lines of the register that carry a head of the access log which it no longer has."""
    known = set(chain.hashes)
    noted = read_chain(context.house.register.path, register.SCHEMA, note="access_head").noted
    return tuple(line for line, head in noted if head not in known)


def _keep_head(target: Path, head: Head) -> None:
    """Nothing is overwritten: a file that holds anything but heads is left alone."""
    with disk_errors(target):
        if not target.exists():
            write_new(target, f"{head}\n".encode())
            return
    if read_heads(target) is None:
        raise UsageError("file_exists", path=target)
    append_line(target, f"{head}\n".encode())


def _register_line(context: Context, entry: dict[str, Any]) -> str:
    event = str(entry.get("event"))
    known = f"register.event.{event}"
    words = context.messages.text(known) if context.messages.has(known) else event
    detail = " ".join(f"{name}={value}" for name, value in _detail(entry).items())
    seal = str(entry.get("seal_sha256") or "")[:_SHORT]
    parts = (_number(entry), entry.get("at"), words, entry.get("evidence_id"), seal and f"seal {seal}…", detail)
    return "  ".join(plain(str(part)) for part in parts if part)


def _access_line(context: Context, entry: dict[str, Any]) -> str:
    event = str(entry.get("event"))
    known = f"access.event.{event}"
    words = context.messages.text(known) if context.messages.has(known) else event
    detail = " ".join(f"{name}={value}" for name, value in _detail(entry).items())
    parts = (_number(entry), entry.get("at"), entry.get("operator"), words, entry.get("subject"), detail)
    return "  ".join(plain(str(part)) for part in parts if part)


def _number(entry: dict[str, Any]) -> str:
    return f"{entry.get('seq')!s:>5}"


def _detail(entry: dict[str, Any]) -> dict[str, Any]:
    detail = entry.get("detail")
    return detail if isinstance(detail, dict) else {}


def _show_comparison(context: Context, copy: Path, found: Comparison) -> None:
    name = f"rewritten_{found.whose or 'head'}" if found.result == "rewritten" else found.result
    context.output.say(
        f"chain.compared.{name}", copy=copy, line=found.line, after=found.after, log=found.log_lines,
        other=found.copy_lines,
    )  # fmt: skip


def _problem_members(problems: tuple[ChainProblem, ...]) -> list[dict[str, Any]]:
    return [{"code": problem.code, "line": problem.line} for problem in problems]


def _head_member(head: Head | None) -> dict[str, Any] | None:
    return {"seq": head.seq, "at": head.at, "sha256": head.sha256} if head else None


def _comparison_member(copy: Path, found: Comparison) -> dict[str, Any]:
    return {
        "copy": str(copy),
        "result": found.result,
        "holds": found.holds,
        "line": found.line,
        "after": found.after,
        "whose": found.whose or None,
        "log_lines": found.log_lines,
        "copy_lines": found.copy_lines,
    }
