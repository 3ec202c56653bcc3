"""Questions to the index, answered page by page (floor 1).

What enters: a connection in a transaction (all parts of an answer come from one state, whatever a scan writes
meanwhile), a question, the roots it is about, the time. What leaves: pages and counts. Nothing is read but the rows
that are asked for: what the words match is counted by the word index alone, what one narrows by in the short rows of
`marks`.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.evidence.library_entry import from_facts, with_history
from facevid_gui.evidence.library_query import Heading, LibraryChoices, LibraryPage
from facevid_gui.evidence.library_rows import CAPTURES, FIRST_SEALED, GOOD, NEVER, TROUBLE, moment
from facevid_gui.evidence.library_words import search_expression, storable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from facevid_gui.evidence.library_entry import LibraryEntry
    from facevid_gui.evidence.library_query import LibraryQuery

MOST_CHOICES = 2000  # a longer list to choose from helps nobody
_AT_ONCE = 500  # numbers in one question: old SQLite takes 999
_TROUBLE = f"(checked = {TROUBLE} OR state IN ('interrupted', 'unreadable'))"
_DUE = "(state = 'sealed' AND review_by <= ?)"
# As `Deadline`: unknown first, then what is ahead by its next moment, then what has passed; last what holds nothing.
_BY_URGENCY = (
    "(m.state = 'complete' AND m.media = 0),"
    " CASE WHEN m.outer IS NULL THEN 0 WHEN m.safe > :now OR m.outer > :now THEN 1 ELSE 2 END,"
    " CASE WHEN m.outer IS NULL THEN 0 WHEN m.safe > :now THEN m.safe ELSE m.outer END, m.captured DESC, m.id"
)
_BY_CASE = "m.no_case, m.case_ref, m.id DESC"


class Question:
    """One question to one state of the index."""

    def __init__(
        self, connection: sqlite3.Connection, query: LibraryQuery, roots: Sequence[bytes], now: datetime
    ) -> None:
        self._connection = connection
        self._query = query
        self._now = moment(now) or 0
        self._values: dict[str, object] = {"now": self._now, "first": FIRST_SEALED}
        self._conditions = [
            *_conditions(query, self._values),
            *roots_condition(connection, roots, remembered=query.remembered),
        ]
        self._match = search_expression(query.text)
        if self._match is not None:
            self._values["match"] = self._match

    def page(self, offset: int, limit: int) -> LibraryPage:
        """The answer's rows from `offset` on, and what it consists of."""
        headings = tuple(self._headings())
        numbers = list(self.numbers(offset, limit))
        return LibraryPage(sum(heading.count for heading in headings), offset, tuple(self._entries(numbers)), headings)

    def numbers(self, offset: int = 0, limit: int = -1) -> Iterator[int]:
        """The numbers of the answer's rows, in order."""
        unsaved = self._count("unsaved")
        if offset < unsaved:
            asked = self._rows("unsaved", marks=True)
            yield from self._ask(f"SELECT m.id {asked} ORDER BY {_BY_URGENCY}", offset, limit)
        left = limit if limit < 0 else max(0, limit - max(0, unsaved - offset))
        by_case = self._query.order == "case"
        column = "m.id" if by_case or self._match is None else "words.rowid"  # read off the word index from its end
        asked = self._rows("sealed", marks=by_case)
        order = _BY_CASE if by_case else f"{column} DESC"
        yield from self._ask(f"SELECT {column} {asked} ORDER BY {order}", max(0, offset - unsaved), left)

    def position_after(self, path: bytes, otherwise: int) -> int:
        """The place behind a folder; `otherwise` when the answer does not hold it any more."""
        row = self._connection.execute("SELECT id FROM folders WHERE path = ?", (path,)).fetchone()
        if row is not None:
            for place, number in enumerate(self.numbers()):
                if number == row[0]:
                    return place + 1
        return otherwise

    def _headings(self) -> Iterator[Heading]:
        unsaved = self._count("unsaved")
        if unsaved:
            yield Heading("unsaved", None, unsaved)
        if self._query.order != "case":
            sealed = self._count("sealed")
            if sealed:
                yield Heading("sealed", None, sealed)
            return
        asked = self._rows("sealed", marks=True)
        grouped = f"SELECT m.case_ref, count(*) {asked} GROUP BY m.no_case, m.case_ref ORDER BY m.no_case, m.case_ref"
        for case_ref, count in self._connection.execute(grouped, self._values):
            yield Heading("sealed", case_ref, count)

    def _count(self, section: str) -> int:
        if self._query.section not in ("", section):
            return 0
        if self._match is None and not self._conditions:  # counted off an index ten times smaller than `marks`
            comparison = "=" if section == "unsaved" else ">"
            counted = f"SELECT count(*) FROM folders WHERE root {comparison} {CAPTURES}"  # noqa: S608
            return int(self._connection.execute(counted).fetchone()[0])
        asked = self._rows(section, marks=False)
        return int(self._connection.execute(f"SELECT count(*) {asked}", self._values).fetchone()[0])

    def _rows(self, section: str, *, marks: bool) -> str:
        """FROM and WHERE of a part of the answer; `marks` when their columns are needed beyond the conditions."""
        matched = self._match is not None
        with_marks = marks or not matched or bool(self._conditions)
        number = "words.rowid" if matched else "m.id"
        tables = " CROSS JOIN ".join(["words"] * matched + ["marks m"] * with_marks)
        conditions = [f"{number} {'<' if section == 'unsaved' else '>='} :first", *self._conditions]
        if self._query.section not in ("", section):
            conditions.append("0")
        if matched:
            conditions.insert(0, "words MATCH :match")
            if with_marks:
                conditions.insert(1, "m.id = words.rowid")
        return f"FROM {tables} WHERE {' AND '.join(conditions)}"

    def _ask(self, statement: str, offset: int, limit: int) -> Iterator[int]:
        values = {**self._values, "offset": offset, "limit": limit}
        for (number,) in self._connection.execute(f"{statement} LIMIT :limit OFFSET :offset", values):
            yield int(number)

    def _entries(self, numbers: Sequence[int]) -> Iterator[LibraryEntry]:
        found: dict[int, LibraryEntry] = {}
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            rows = self._connection.execute(
                "SELECT f.id, f.path, f.facts, h.verdict, h.verified_at, coalesce(h.reason, '') FROM folders f"  # noqa: S608
                f" LEFT JOIN history h ON h.path = f.path WHERE f.id IN ({','.join('?' * len(some))})",
                some,
            )
            found.update(map(_entry, rows))
        try:
            yield from (found[number] for number in numbers)
        except KeyError as error:
            raise sqlite3.DatabaseError("damaged: a word without a folder") from error


def choices(
    connection: sqlite3.Connection, roots: Sequence[bytes], now: datetime, *, remembered: bool
) -> LibraryChoices:
    """What there is to narrow by, and what each of the simple filters lets through."""
    conditions = roots_condition(connection, roots, remembered=remembered)
    where = " AND ".join(["1", *conditions])
    counted = connection.execute(
        f"SELECT count(*), sum(id < {FIRST_SEALED}), sum{_TROUBLE}, sum{_DUE} FROM marks m WHERE {where}",  # noqa: S608
        (moment(now),),
    ).fetchone()
    counts = dict(zip(("all", "unsaved", "trouble", "due"), (int(count or 0) for count in counted), strict=True))
    return LibraryChoices(
        cases=_texts(connection, "case_ref", "marks m", ["no_case = 0", *conditions]),
        operators=_texts(connection, "operator", "marks m", conditions),
        tags=_texts(connection, "tag", "tags JOIN marks m USING (id)" if conditions else "tags", conditions),
        counts=counts,
    )


def unreadable(connection: sqlite3.Connection, roots: Sequence[bytes]) -> tuple[Path, ...]:
    """The folders whose record could not be read."""
    where = " AND ".join(["m.state = 'unreadable'", *roots_condition(connection, roots)])
    statement = f"SELECT f.path FROM marks m JOIN folders f ON f.id = m.id WHERE {where} ORDER BY f.path LIMIT ?"  # noqa: S608
    return tuple(Path(os.fsdecode(path)) for (path,) in connection.execute(statement, (MOST_CHOICES,)))


def _texts(connection: sqlite3.Connection, column: str, table: str, conditions: Sequence[str]) -> tuple[str, ...]:
    """The different texts of a column, in order. Each is looked for behind the one before: there are few of many."""
    where = " AND ".join([f"{column} > ?", *conditions])
    statement = f"SELECT min({column}) FROM {table} WHERE {where}"  # noqa: S608 - constants and numbers
    found: list[str] = []
    text = ""
    while len(found) < MOST_CHOICES:
        (text,) = connection.execute(statement, (text,)).fetchone()
        if not text:
            break
        found.append(str(text))
    return tuple(found)


def _conditions(query: LibraryQuery, values: dict[str, object]) -> Iterator[str]:
    """The question's conditions on `marks`; their values are added to `values`."""
    if query.kinds:
        names = {f"kind{number}": kind for number, kind in enumerate(query.kinds)}
        values.update(names)
        yield f"m.kind IN ({','.join(f':{name}' for name in names)})"
    for column, wanted in (("case_ref", query.case_ref), ("operator", query.operator)):
        if wanted:
            values[column] = storable(wanted)
            yield f"m.{column} = :{column}"
    if query.tag:
        values["tag"] = storable(query.tag)
        yield "m.id IN (SELECT id FROM tags WHERE tag = :tag)"
    if query.verdict:
        yield {
            "good": f"m.checked = {GOOD}",
            "trouble": _TROUBLE,
            "never": f"(m.checked = {NEVER} AND m.state = 'sealed')",
        }[query.verdict]
    if query.deadline:
        yield {
            "open": "(m.id < :first AND (m.outer IS NULL OR m.outer > :now))",
            "passed": "(m.id < :first AND m.outer <= :now)",
            "retention_due": _DUE.replace("?", ":now"),
        }[query.deadline]
    for name, day, comparison in (("since", query.since, ">="), ("until", query.until, "<")):
        if day is not None:
            values[name] = _midnight(day, days=name == "until")
            yield f"m.captured {comparison} :{name}"


def roots_condition(connection: sqlite3.Connection, roots: Sequence[bytes], *, remembered: bool = False) -> list[str]:
    """The condition on `marks m` that leaves out other roots and, unless `remembered`, those away; often none."""
    wanted = set(roots)
    others = [
        int(number)
        for number, path, away in connection.execute("SELECT id, path, away FROM roots")
        if number != CAPTURES and (path not in wanted or (away and not remembered))
    ]
    held = "SELECT EXISTS (SELECT 1 FROM folders WHERE root = ?)"
    full = [number for number in others if connection.execute(held, (number,)).fetchone()[0]]
    return [f"m.root NOT IN ({','.join(map(str, full))})"] if full else []


def _midnight(day: date, *, days: bool) -> int | None:
    """The beginning of a day or of the next, UTC, in milliseconds; the calendar's last day has no next."""
    try:
        return moment(datetime.combine(day, time(), UTC) + timedelta(days=days))
    except OverflowError:
        return (1 << 63) - 1


def _entry(row: tuple[object, ...]) -> tuple[int, LibraryEntry]:
    """A row of the right types: SQLite reads many a damaged page without a word. `DatabaseError` otherwise."""
    number, path, facts, verdict, verified_at, reason = row
    if (
        isinstance(number, int)
        and isinstance(path, bytes)
        and isinstance(facts, bytes)
        and isinstance(verdict, str | None)
        and isinstance(verified_at, str | None)
        and isinstance(reason, str)
    ):
        try:
            return number, with_history(from_facts(Path(os.fsdecode(path)), facts), verdict, verified_at, reason)
        except ValueError:
            pass
    raise sqlite3.DatabaseError("damaged")
