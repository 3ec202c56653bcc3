"""The access log as a table: who did what to which record, when and why; narrowed, and as CSV (floor 1).

What enters: the log. What leaves: its lines in order, what is wrong with its chain, and a CSV for spreadsheet
programs: UTF-8 with BOM, CRLF (RFC 4180), columns `COLUMNS`. A cell that a spreadsheet would take for a formula gets an
apostrophe before it (OWASP, "CSV Injection"), also where it would become a cell of its own with another separator;
nothing else is changed.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from facevid_gui.core.clock import CHINA_TIME
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
# Where lists are separated by semicolons or tabs, as in much of Europe, our quotation marks hold nothing together.
_NEXT_CELL = re.compile('([;\t\r\n][\\s"]*)([=+@\uff1d\uff0b\uff20\uff0d-])')
_DATE, _HOUR = len("2026-11-21"), len("2026-11-21T08")
_CHECK_EVERY = 500
_REPEATED = ("at", "operator", "event", "subject")


class AccessLine(NamedTuple):
    """One entry. `at` is RFC 3339 in UTC, `subject` an evidence id or the fingerprint of a certificate.

    `reason` is why, where that was said, `rest` everything else that was noted.
    """

    seq: int
    at: str
    operator: str
    event: str
    subject: str
    reason: str
    rest: str


# Plain tuples of plain values: the garbage collector looks at them once and never again. A hundred thousand objects
# of a class would stop every thread for a tenth of a second at each full collection.
Row = tuple[int, str, str, str, str, str, str]


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted; an empty member leaves them all. `day` is one of China time."""

    subject: str = ""
    operator: str = ""
    event: str = ""
    day: str = ""

    def takes(self, row: Row) -> bool:
        """Whether a line is wanted."""
        _, at, operator, event, subject, _, _ = row
        return (
            self.subject in ("", subject)
            and self.operator in ("", operator)
            and self.event in ("", event)
            and self.day in ("", day_of(at))
        )


@dataclass(frozen=True)
class AccessView:
    """The whole log, each row what `AccessLine` names; `problems` say what is wrong with its chain."""

    rows: tuple[Row, ...]
    problems: tuple[ChainProblem, ...]


@dataclass(frozen=True)
class Choices:
    """What can be chosen of the lines about one record, or about all: each sorted, the newest day first."""

    operators: tuple[str, ...]
    events: tuple[str, ...]
    days: tuple[str, ...]


def choices_of(view: AccessView, subject: str) -> Choices:
    """Who did what on which days."""
    about = [row for row in view.rows if subject in ("", row[4])]
    operators, events = {row[2] for row in about}, {row[3] for row in about}
    days = {day_of(row[1]) for row in about}
    return Choices(tuple(sorted(operators)), tuple(sorted(events)), tuple(sorted(days, reverse=True)))


def day_of(at: str) -> str:
    """The day of a moment in China time, as the window shows its hour; of what is no moment, what stands for a day."""
    return _day_of_hour(at[:_HOUR])


@lru_cache(maxsize=1024)
def _day_of_hour(hour: str) -> str:
    try:
        return datetime.fromisoformat(f"{hour}:00:00+00:00").astimezone(CHINA_TIME).date().isoformat()
    except (ValueError, OverflowError):
        return hour[:_DATE]


def read_access(path: Path, token: CancelToken) -> AccessView:
    """Read the log and check its chain; one that is not there is empty. `SurroundingsError`, `CancelledError`."""
    rows: list[Row] = []

    def collected() -> Iterator[tuple[bytes, dict[str, Any] | None]]:
        for number, (raw, data) in enumerate(read_lines(path)):
            if number % _CHECK_EVERY == 0:
                token.raise_if_cancelled()
            if data is not None and raw.endswith(b"\n"):
                rows.append(_row_of(data))
            yield raw, data

    with disk_errors(path):
        exists = path.exists()
    problems = check_lines(collected(), SCHEMA) if exists else ()
    return AccessView(tuple(rows), problems)


def csv_of(rows: Iterable[Row]) -> bytes:
    """The lines as CSV, for a file or standard output."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([harmless(str(cell)) for cell in row])
    return BOM + text.getvalue().encode("utf-8", "backslashreplace")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet program calculates."""
    cell = _NEXT_CELL.sub(r"\1'\2", cell)
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row_of(data: Mapping[str, Any]) -> Row:
    seq, detail = data.get("seq"), data.get("detail")
    told = {str(name): str(value) for name, value in detail.items()} if isinstance(detail, dict) else {}
    reason = told.pop("reason", "")
    at, operator, event, subject = (sys.intern(str(data.get(name) or "")) for name in _REPEATED)
    rest = "; ".join(f"{name}={value}" for name, value in told.items())
    return (seq if isinstance(seq, int) else 0, at, operator, event, subject, reason, rest)
