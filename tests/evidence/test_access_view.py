"""The access log as a table and as CSV: nothing lost, nothing calculated, a broken chain said."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.clock import Clock
from facevid_gui.core.errors import CancelledError
from facevid_gui.evidence.access_log import AccessLog
from facevid_gui.evidence.access_view import (
    BOM,
    COLUMNS,
    AccessView,
    Wanted,
    choices_of,
    csv_of,
    day_of,
    harmless,
    read_access,
)

FIRST, SECOND = "0" * 32, "1" * 32


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access" / "access.jsonl"
    for operator in ("li", "wang"):
        made = AccessLog(path, Clock(), operator)
        made.add("opened", FIRST, reason="=cmd|' /C calc'!A0")
        made.add("looked_at", FIRST, **{"media/liveness.mp4": "played 0-3200 ms at 1"})
        made.add("unmasked", SECOND, command="window")
    return path


def rows(raw: bytes) -> list[dict[str, str]]:
    assert raw.startswith(BOM)
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_every_line_is_told_and_can_be_narrowed(log: Path) -> None:
    view = read_access(log, CancelToken())
    assert [row[0] for row in view.rows] == [1, 2, 3, 4, 5, 6]
    assert view.problems == ()
    counts = {
        wanted: sum(map(wanted.takes, view.rows))
        for wanted in (
            Wanted(),
            Wanted(subject=FIRST),
            Wanted(operator="li"),
            Wanted(event="unmasked"),
            Wanted(FIRST, "wang", "opened"),
            Wanted(day=day_of(view.rows[0][1])),
            Wanted(day="1999-01-01"),
        )
    }
    assert list(counts.values()) == [6, 4, 3, 2, 1, 6, 0]


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-26T15:59:59Z", "2026-11-26"), ("2026-11-26T16:00:00Z", "2026-11-27"),
        ("2026-12-31T20:00:00.5Z", "2027-01-01"), ("2026-11-26", "2026-11-26"), ("yesterday", "yesterday"), ("", ""),
        ("9999-12-31T23:59:59Z", "9999-12-31"),
    ],
)  # fmt: skip
def test_a_day_is_that_of_the_hours_shown(at: str, day: str) -> None:
    """The dialog shows China time: a line of 00:30 belongs to that day, not to the one before."""
    assert day_of(at) == day
    row = (1, at, "li", "opened", FIRST, "", "")
    assert Wanted(day=day).takes(row)
    assert choices_of(AccessView((row,), ()), "").days == (day,)


def test_a_broken_chain_is_said_and_still_shown(log: Path) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join([*lines[:2], lines[2].replace(b"window", b"nobody"), *lines[3:]]))
    view = read_access(log, CancelToken())
    assert [(problem.code, problem.line) for problem in view.problems] == [("broken", 4)]
    assert len(view.rows) == 6


def test_no_log_is_no_line(tmp_path: Path) -> None:
    view = read_access(tmp_path / "none.jsonl", CancelToken())
    assert (view.rows, view.problems) == ((), ())
    assert rows(csv_of(view.rows)) == []


def test_strange_lines_do_not_stop_it(log: Path) -> None:
    with log.open("ab") as file:
        file.write(b"[]\n" + json.dumps({"seq": "x", "detail": [1], "operator": None, "at": 5}).encode() + b"\n{torn")
    view = read_access(log, CancelToken())
    assert len(view.rows) == 7
    assert len(view.problems) == 3
    assert len(rows(csv_of(view.rows))) == 7


def test_reading_can_be_stopped(log: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        read_access(log, token)


def test_the_csv_has_its_columns_and_nothing_is_calculated(log: Path) -> None:
    raw = csv_of(read_access(log, CancelToken()).rows)
    assert raw.count(b"\r\n") == 7
    table = rows(raw)
    assert tuple(table[0]) == COLUMNS
    assert table[0]["reason"] == "'=cmd|' /C calc'!A0"
    assert table[1]["detail"] == "media/liveness.mp4=played 0-3200 ms at 1"
    assert table[2]["subject"] == SECOND


@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r"), max_size=60))
def test_any_text_comes_back_as_it_was_or_with_apostrophes(text: str) -> None:
    [row] = rows(csv_of([(1, "2026-03-11T08:00:00Z", text, "opened", text, text, f"x={text}")]))
    assert row["operator"].replace("'", "") == text.replace("'", "")
    assert row["operator"] in (text, f"'{text}") or set(";\t\n") & set(text)
    assert row["operator"] == harmless(text)
    assert not row["reason"].startswith(("=", "+", "-", "@", "\t", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"))


SPLIT = [
    "x;=1+1",
    "x;=cmd|' /C calc'!A0;y",
    'x;"=1+1;"',
    'x; "" =1+1',
    "x\t@SUM(1)",
    "x\n=1+1",
    "a;b;+1;-1",
    "x;\uff1d1+1",
]


@pytest.mark.parametrize("text", SPLIT)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_separator_a_spreadsheet_may_use_makes_a_cell_that_is_calculated(text: str, separator: str) -> None:
    raw = csv_of([(1, "2026-03-11T08:00:00Z", text, "opened", text, text, f"x={text}")]).decode("utf-8-sig")
    for line in csv.reader(io.StringIO(raw, newline=""), delimiter=separator):
        assert not [cell for cell in line if cell.lstrip(' "').startswith(("=", "+", "-", "@", "\uff1d"))]


@given(st.text("ab=+-@;\t\n\"', \uff1d", max_size=25))
def test_whatever_is_noted_no_separator_makes_a_cell_that_is_calculated(text: str) -> None:
    raw = csv_of([(1, "2026-03-11T08:00:00Z", text, "opened", text, text, text)]).decode("utf-8-sig")
    for separator in ",;\t":
        for line in csv.reader(io.StringIO(raw, newline=""), delimiter=separator):
            assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@", "\uff1d"))]
