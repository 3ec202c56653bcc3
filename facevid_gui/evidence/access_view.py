"""The access log as a table: who did what to which record, when and why; narrowed, and as CSV (floor 1).

What enters: the log. What leaves: its lines in order, what is wrong with its chain, and a CSV for spreadsheet
programs: UTF-8 with BOM, CRLF (RFC 4180), columns `COLUMNS`. A cell that a spreadsheet would take for a formula gets an
apostrophe before it (OWASP, "CSV Injection"); nothing else is changed.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facevid_gui.evidence.access_log import SCHEMA
from facevid_gui.evidence.chainlog import check_lines, read_lines
from facevid_gui.files import disk_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.chainlog import ChainProblem

COLUMNS = ("seq", "at", "operator", "event", "subject", "reason", "detail")
BOM = b"\xef\xbb\xbf"
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # full-width ones count in East Asia
_DATE = len("2026-11-21")
_CHECK_EVERY = 500


@dataclass(frozen=True)
class AccessLine:
    """One entry. `at` is RFC 3339 in UTC, `subject` an evidence id or the fingerprint of a certificate."""

    seq: int
    at: str
    operator: str
    event: str
    subject: str
    detail: Mapping[str, str]

    @property
    def day(self) -> str:
        """The day in UTC."""
        return self.at[:_DATE]

    @property
    def reason(self) -> str:
        """Why, where that was said."""
        return self.detail.get("reason", "")

    @property
    def rest(self) -> str:
        """Everything else that was noted."""
        return "; ".join(f"{name}={value}" for name, value in self.detail.items() if name != "reason")


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted; an empty member leaves them all."""

    subject: str = ""
    operator: str = ""
    event: str = ""
    day: str = ""

    def takes(self, line: AccessLine) -> bool:
        """Whether a line is wanted."""
        return (
            self.subject in ("", line.subject)
            and self.operator in ("", line.operator)
            and self.event in ("", line.event)
            and self.day in ("", line.day)
        )


@dataclass(frozen=True)
class AccessView:
    """The whole log; `problems` say what is wrong with its chain."""

    lines: tuple[AccessLine, ...]
    problems: tuple[ChainProblem, ...]


def read_access(path: Path, token: CancelToken) -> AccessView:
    """Read the log and check its chain; one that is not there is empty. `SurroundingsError`, `CancelledError`."""
    lines: list[AccessLine] = []

    def collected() -> Iterator[tuple[bytes, dict[str, Any] | None]]:
        for number, (raw, data) in enumerate(read_lines(path)):
            if number % _CHECK_EVERY == 0:
                token.raise_if_cancelled()
            if data is not None and raw.endswith(b"\n"):
                lines.append(_line_of(data))
            yield raw, data

    with disk_errors(path):
        exists = path.exists()
    problems = check_lines(collected(), SCHEMA) if exists else ()
    return AccessView(tuple(lines), problems)


def csv_of(lines: Iterable[AccessLine]) -> bytes:
    """The lines as CSV, for a file or standard output."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        cells = (str(line.seq), line.at, line.operator, line.event, line.subject, line.reason, line.rest)
        writer.writerow([harmless(cell) for cell in cells])
    return BOM + text.getvalue().encode("utf-8", "backslashreplace")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet program calculates."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _line_of(data: Mapping[str, Any]) -> AccessLine:
    seq, detail = data.get("seq"), data.get("detail")
    texts = {str(name): str(value) for name, value in detail.items()} if isinstance(detail, dict) else {}
    at, operator, event, subject = (str(data.get(name) or "") for name in ("at", "operator", "event", "subject"))
    return AccessLine(seq if isinstance(seq, int) else 0, at, operator, event, subject, texts)
