"""A list of records to rescue, in the forms in which people have one (floor 1).

What enters: a CSV file in UTF-8, in GB18030 (Excel on a Chinese Windows) or in UTF-16 with its mark; separated by
comma, semicolon or tab; with column names in any usual spelling, or without: each line is then what `recognise` takes
it for. What leaves: one `ListRow` per line in the order of the file; a row that cannot be looked up says why. Blank
lines and those that begin with "#" are no rows. `UsageError` for a file that is no list.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from facevid_gui.core.clock import CHINA_TIME, from_china_compact, from_unix_seconds
from facevid_gui.core.errors import UsageError
from facevid_gui.core.ids import check_flow_id, check_order_no, check_sign_id, clean_id
from facevid_gui.evidence.seal import check_case
from facevid_gui.files import read_limited
from facevid_gui.lookups.recognise import CONTRACT_KINDS, recognise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo
    from pathlib import Path

MAX_ROWS = 10_000
_MOST_WRITTEN = 120
MAX_BYTES = 16 * 1024 * 1024
_COLUMNS = {
    "flow_id": (
        "flowid", "flow", "contractid", "contract", "合同流程id", "签署流程id", "流程id", "合同id", "合同编号",
    ),
    "sign_id": ("signid", "签署方id", "签署人id", "签署id"),
    "order_no": ("orderno", "ordernumber", "order", "订单号", "订单编号", "订单"),
    "profile": ("profile", "配置"),
    "case_ref": ("case", "caseref", "caseno", "案号", "案件号", "案件编号"),
    "purpose": ("purpose", "用途", "目的"),
    "started_at": (
        "signedat", "approvedat", "approvetime", "occurredat", "occurredtime",
        "签署时间", "刷脸时间", "核身时间", "认证时间",
    ),
}  # fmt: skip
_IDS = ("flow_id", "sign_id", "order_no")
_SEPARATORS = ",;\t"
_TOLD_SEPARATOR = re.compile(r'"?sep=([,;\t|])', re.IGNORECASE)  # a line of Excel's own
_NO_ROW = re.compile(r'\s*#|"?sep=|"?(?:ids?|编号)"?\s*$', re.IGNORECASE)  # comments, and a heading of a lone column
_AROUND = " \t\"'=‘’“”"  # ="123" keeps Excel from making a number of it
_NO_VALUE = ("", "-", "null")
_BY_SHAPE = ("recognised.order", "recognised.order_by_kind")
_UNRECOGNISED = ("not_recognised", "several_ids")
_TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
    r"\s*(?:(Z)|([+-])(\d{2}):?(\d{2}))?"
)


@dataclass(frozen=True)
class ListRow:
    """One row. The ids were checked; `problem` says why there are none. `line` counts from 1 in the file.

    `written` is what stands where the ids of a row with a problem should be, cut to what a table shows.
    """

    line: int
    flow_id: str | None = None
    sign_id: str | None = None
    order_no: str | None = None
    profile: str = ""
    case_ref: str = ""
    purpose: str = ""
    started_at: datetime | None = None
    problem: UsageError | None = None
    written: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of profile that can be asked for it."""
        return ("kyc",) if self.order_no else CONTRACT_KINDS


@dataclass(frozen=True)
class ListFile:
    """A list, and the hash of its bytes, by which a later run knows it again."""

    sha256: str
    rows: tuple[ListRow, ...]


def read_list(path: Path, kind: str | None) -> ListFile:
    """Read a list. `kind` of the profile in use decides what an id without a column name may be.

    `UsageError` list_file, list_no_text, list_line, list_empty, list_too_long, list_no_ids.
    """
    try:
        data = read_limited(path, MAX_BYTES)
    except ValueError as error:
        raise UsageError("list_too_long", limit=MAX_ROWS) from error
    except OSError as error:
        raise UsageError("list_file", path=path, reason=error.strerror or "") from error
    text = _text_of(data)
    if text is None:
        raise UsageError("list_no_text", path=path)
    rows = tuple(_rows(text, kind))
    if not rows:
        raise UsageError("list_empty", path=path)
    return ListFile(hashlib.sha256(data).hexdigest(), rows)


def _text_of(data: bytes) -> str | None:
    """The text, whatever wrote it; None for what is none, a workbook for example."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _rows(text: str, kind: str | None) -> Iterator[ListRow]:
    cells_of_line = list(_cells(text))
    columns = _columns_of(cells_of_line[0][1]) if cells_of_line else {}
    lines = cells_of_line[1:] if columns else cells_of_line
    if len(lines) > MAX_ROWS:
        raise UsageError("list_too_long", limit=MAX_ROWS)
    if columns:
        yield from (_named_row(line, cells, columns) for line, cells in lines)
        return
    rows = [_recognised_row(line, cells, kind) for line, cells in lines]
    if rows and all(row.problem is not None and row.problem.code in _UNRECOGNISED for row in rows):
        raise UsageError("list_no_ids")
    yield from rows


class _Source:
    """The lines of a text for the CSV reader; one that begins a row and is a remark becomes a blank one."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline=None)
        self._number = 0
        self._begins = True
        self.began = 0

    def begin_row(self) -> None:
        """The next line begins a row."""
        self._begins = True

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._number += 1
            is_remark = self._begins and _NO_ROW.match(line)
            if self._begins:
                self.began = self._number
            self._begins = False
            yield "\n" if is_remark else line


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with the number of the line where it begins."""
    source = _Source(text)
    reader = csv.reader(source, delimiter=_separator_of(text), strict=True)
    while True:
        source.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # a quotation mark left open swallows the rows after it
            raise UsageError("list_line", line=source.began) from error
        if any(cell.strip() for cell in cells):
            yield source.began, cells


def _separator_of(text: str) -> str:
    """The separator: the one that is told, else the most frequent of the first line that is a row."""
    for line in io.StringIO(text, newline=None):
        told = _TOLD_SEPARATOR.match(line)
        if told:
            return told[1]
        if line.strip() and not _NO_ROW.match(line):
            return max(_SEPARATORS, key=line.count)
    return _SEPARATORS[0]


def _columns_of(cells: list[str]) -> dict[str, int]:
    """Which column holds what, by the names in the first line; nothing when no name of an id is among them."""
    names = [_plain_name(cell) for cell in cells]
    columns: dict[str, int] = {}
    for member, spellings in _COLUMNS.items():
        index = next((index for index, name in enumerate(names) if name in spellings), None)
        if index is not None:
            columns[member] = index
    return columns if any(member in columns for member in _IDS) else {}


def _plain_name(cell: str) -> str:
    """A column name without blanks, dashes, capitals and what stands in brackets."""
    name = unicodedata.normalize("NFKC", cell).split("(")[0].lower()
    return "".join(character for character in name if character.isalnum())


def _named_row(line: int, cells: list[str], columns: Mapping[str, int]) -> ListRow:
    values = {member: _value(cells, columns.get(member)) for member in _COLUMNS}
    flow_id, sign_id, order_no = (clean_id(values[member]).text or None for member in _IDS)
    try:
        _check_ids(flow_id, sign_id, order_no)
        check_case(values["case_ref"] or "-", values["purpose"] or "-")
    except UsageError as problem:
        return ListRow(line, problem=problem, written=_shown([values[member] for member in _IDS]))
    return ListRow(
        line, flow_id, sign_id, order_no, values["profile"], values["case_ref"], values["purpose"],
        _moment_of(values["started_at"]),
    )  # fmt: skip


def _shown(cells: list[str]) -> str:
    return " ".join(" ".join(cells).split())[:_MOST_WRITTEN]


def _value(cells: list[str], index: int | None) -> str:
    text = cells[index].strip().strip(_AROUND) if index is not None and index < len(cells) else ""
    return "" if text.lower() in _NO_VALUE else text


def _check_ids(flow_id: str | None, sign_id: str | None, order_no: str | None) -> None:
    if order_no:
        if flow_id or sign_id:
            raise UsageError("several_ids", count=2)
        check_order_no(order_no)
        return
    if not flow_id:
        raise UsageError("sign_id_alone" if sign_id else "not_recognised")
    check_flow_id(flow_id)
    if sign_id:
        check_sign_id(sign_id)


def _recognised_row(line: int, cells: list[str], kind: str | None) -> ListRow:
    found = recognise("\t".join(cells), kind)
    problem = found.problem
    if found.reason in _BY_SHAPE and len(" ".join(cells).split()) > 1:
        problem = UsageError("not_recognised")  # words, not an order number that was broken
    if problem is not None:
        return ListRow(line, problem=problem, written=_shown(cells))
    return ListRow(line, found.flow_id, found.sign_id, found.order_no)


def _moment_of(text: str) -> datetime | None:
    """A time as tables write it, China time unless a zone stands there; None when it cannot be read."""
    match = _TIME.fullmatch(text)
    if match is None:
        is_compact = len(text) in (8, 12, 14)
        return from_china_compact(text.ljust(14, "0")) if is_compact else from_unix_seconds(text)
    year, month, day, hour, minute, second = (int(match[i] or 0) for i in range(1, 7))
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone_of(match)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone_of(match: re.Match[str]) -> tzinfo:
    if match[7]:
        return UTC
    if match[8]:
        offset = timedelta(hours=int(match[9]), minutes=int(match[10]))
        return timezone(-offset if match[8] == "-" else offset)
    return CHINA_TIME
