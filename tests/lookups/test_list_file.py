"""Lists as people have them: whatever wrote them, each row is its ids or the reason why not."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from facevid_gui.core.errors import UsageError
from facevid_gui.lookups.list_file import MAX_BYTES, MAX_ROWS, ListRow, read_list
from facevid_gui.simulator.records import flow_id, sign_id

FLOW, SIGN = flow_id("One"), sign_id("One")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def rows_of(path: Path, content: str | bytes, kind: str | None = None) -> tuple[ListRow, ...]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_list(path, kind).rows


def codes(rows: tuple[ListRow, ...]) -> list[str | None]:
    return [row.problem.code if row.problem else None for row in rows]


def refusal(path: Path, content: str | bytes) -> str:
    with pytest.raises(UsageError) as caught:
        rows_of(path, content)
    return caught.value.code


# --- what wrote it ------------------------------------------------------------------------------------------------

TABLE = f"合同ID,签署方ID,订单号,案号,用途,签署时间\n{FLOW},{SIGN},,（2026）京01,借款纠纷,2026-03-05 12:00\n,,A1,,,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_line_ends_and_separators_as_they_come(
    path: Path, encoding: str, line_end: str, separator: str
) -> None:
    text = TABLE.replace(",", separator).replace("\n", line_end)
    assert rows_of(path, text.encode(encoding)) == (
        ListRow(2, FLOW, SIGN, None, "", "（2026）京01", "借款纠纷", datetime(2026, 3, 5, 4, tzinfo=UTC)),
        ListRow(3, None, None, "A1"),
    )


def test_a_list_is_known_again_by_its_bytes(path: Path) -> None:
    path.write_bytes(TABLE.encode("gbk"))
    assert read_list(path, None).sha256 == hashlib.sha256(TABLE.encode("gbk")).hexdigest()


def test_a_separator_that_is_told_counts(path: Path) -> None:
    assert rows_of(path, f"sep=|\nFlowId|a,b,c\n{FLOW}|x\n") == (ListRow(3, FLOW),)


def test_quoted_cells_may_hold_separators_quotes_and_line_breaks(path: Path) -> None:
    text = f'note,FlowId,purpose\n"a, ""b""\n# no remark\nc",{FLOW},"x, y"\nd,{FLOW},\n'
    assert rows_of(path, text) == (ListRow(2, FLOW, purpose="x, y"), ListRow(5, FLOW))


def test_blank_lines_and_remarks_are_no_rows(path: Path) -> None:
    text = f'# from the claims desk, "unfinished\n\nFlowId,purpose\n , \n  # later: {FLOW}\n{FLOW},\n,,\n'
    assert rows_of(path, text) == (ListRow(6, FLOW),)


# --- columns ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["FlowId", "flow_id", "FLOW ID", "Flow-Id", "flowid", "合同流程ID", "合同ID", "合同ＩＤ", "合同ID（FlowId）"],
)
def test_the_column_of_flows_in_any_usual_spelling(path: Path, name: str) -> None:
    assert rows_of(path, f"no,{name}\n1,{FLOW}\n") == (ListRow(2, FLOW),)


@pytest.mark.parametrize("name", ["orderNo", "order_no", "Order No.", "订单号", "订单编号"])
def test_the_column_of_orders_in_any_usual_spelling(path: Path, name: str) -> None:
    assert rows_of(path, f"{name}\n0012\n") == (ListRow(2, order_no="0012"),)


@pytest.mark.parametrize("name", ["SignId", "sign_id", "签署方ID"])
def test_the_column_of_signers_in_any_usual_spelling(path: Path, name: str) -> None:
    assert rows_of(path, f"FlowId,{name}\n{FLOW},{SIGN}\n{FLOW},\n{FLOW}\n") == (
        ListRow(2, FLOW, SIGN), ListRow(3, FLOW), ListRow(4, FLOW),
    )  # fmt: skip


def test_what_a_table_says_of_a_row_goes_with_it(path: Path) -> None:
    text = f"profile,case,purpose,flow_id,occurred_at,名字\np1,C,why,{FLOW},1772683200,张三\n"
    assert rows_of(path, text) == (ListRow(2, FLOW, None, None, "p1", "C", "why", datetime(2026, 3, 5, 4, tzinfo=UTC)),)


@pytest.mark.parametrize("cell", ['="0012"', "'0012", " 0012 ", "00 12", "００12", "“0012”", "0012\t"])
def test_what_tables_put_around_a_number_is_no_part_of_it(path: Path, cell: str) -> None:
    assert rows_of(path, f"orderNo,x\n{cell},\n") == (ListRow(2, order_no="0012"),)


@pytest.mark.parametrize("cell", ["", "-", "NULL", " "])
def test_a_cell_that_says_nothing_is_empty(path: Path, cell: str) -> None:
    assert rows_of(path, f"FlowId,SignId\n{FLOW},{cell}\n") == (ListRow(2, FLOW),)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("short,,,", "flow_id_length"),
        (f"{FLOW[:-1]}!,,,", "flow_id_characters"),
        (f"{FLOW},x,,", "sign_id_length"),
        (f",{SIGN},,", "sign_id_alone"),
        (",,1.61709E+15,", "order_no_characters"),
        (f",,{'1' * 33},", "order_no_length"),
        (f"{FLOW},,1,", "several_ids"),
        (",,,why", "not_recognised"),
        (f"{FLOW},,,{'x' * 501}", "option_value"),
    ],
)
def test_a_bad_row_says_why_and_the_others_stay(path: Path, cells: str, code: str) -> None:
    rows = rows_of(path, f"FlowId,SignId,orderNo,purpose\n{cells}\n,,1,\n")
    assert codes(rows) == [code, None]
    assert (rows[0].flow_id, rows[0].sign_id, rows[0].order_no) == (None, None, None)
    assert rows[0].written.split() == [cell for cell in cells.split(",")[:3] if cell], "what stands there can be read"
    assert rows[1].written == ""


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-05 12:00:30", datetime(2026, 3, 5, 4, 0, 30, tzinfo=UTC)),
        ("2026/3/5 9:05", datetime(2026, 3, 5, 1, 5, tzinfo=UTC)),
        ("2026年3月5日 12:00", datetime(2026, 3, 5, 4, tzinfo=UTC)),
        ("2026-03-05", datetime(2026, 3, 4, 16, tzinfo=UTC)),
        ("20260305", datetime(2026, 3, 4, 16, tzinfo=UTC)),
        ("20260305120000", datetime(2026, 3, 5, 4, tzinfo=UTC)),
        ("2026-03-05T12:00:00Z", datetime(2026, 3, 5, 12, tzinfo=UTC)),
        ("2026-03-05T12:00:00.123+09:30", datetime(2026, 3, 5, 2, 30, tzinfo=UTC)),
        ("2026-03-05T12:00:00-0100", datetime(2026, 3, 5, 13, tzinfo=UTC)),
        ("1772683200", datetime(2026, 3, 5, 4, tzinfo=UTC)),
        ("yesterday", None),
        ("2026-13-05", None),
        ("2026-03-05T12:00:00+99:00", None),
        ("0001-01-01", None),
    ],
)
def test_times_are_china_time_unless_they_say_otherwise(path: Path, text: str, moment: datetime | None) -> None:
    assert rows_of(path, f"orderNo,签署时间\n1,{text}\n") == (ListRow(2, order_no="1", started_at=moment),)


# --- without names of columns -------------------------------------------------------------------------------------


def test_without_names_each_line_is_what_it_is_recognised_as(path: Path) -> None:
    text = f"{FLOW}\nhttps://x.example/?flowId={FLOW}&signId={SIGN}\nsimOrder0001\n7,{FLOW},张三\n订单号: 12\n"
    assert rows_of(path, text) == (
        ListRow(1, FLOW), ListRow(2, FLOW, SIGN), ListRow(3, order_no="simOrder0001"), ListRow(4, FLOW),
        ListRow(5, order_no="12"),
    )  # fmt: skip


def test_the_kind_of_the_profile_decides_what_32_letters_are(path: Path) -> None:
    letters = "A" * 32
    assert rows_of(path, letters, "ess") == (ListRow(1, letters),)
    assert rows_of(path, letters, "kyc") == (ListRow(1, order_no=letters),)
    assert rows_of(path, letters) == (ListRow(1, order_no=letters),)


def test_a_line_that_is_no_id_says_so_and_the_others_stay(path: Path) -> None:
    text = f"the first ones:\n{FLOW}\n{FLOW},{SIGN}\nyDshort\n{SIGN[:-1]}!\n"
    assert codes(rows_of(path, text)) == [
        "not_recognised", None, "several_ids", "flow_id_length", "flow_id_characters",
    ]  # fmt: skip


def test_of_a_line_without_ids_as_much_is_kept_as_a_table_shows(path: Path) -> None:
    rows = rows_of(path, f"{FLOW}\n  the   others, {'x' * 500}\n")
    assert rows[1].written == f"the others {'x' * 500}"[:120]


# --- no lists -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "list_empty"),
        (b"\xef\xbb\xbf\r\n", "list_empty"),
        ("FlowId,SignId\n# nothing yet\n", "list_empty"),
        (b"PK\x03\x04\x14\0\x06\0", "list_no_text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "list_no_text"),
        (b"\xff\xfe\x00\xd8", "list_no_text"),
        (b"abc\xff", "list_no_text"),
        ("Dear colleague,\nplease look at the contracts of last week.\n", "list_no_ids"),
        (f"FlowId,note\n{FLOW},\"open\n{FLOW},\n", "list_line"),
        (f"FlowId,note\n\"{FLOW}\"x,\n", "list_line"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(path: Path, content: str | bytes, code: str) -> None:
    assert refusal(path, content) == code


def test_a_list_is_not_longer_than_can_be_rescued_in_time(path: Path) -> None:
    assert len(rows_of(path, "orderNo\n" + "1\n" * MAX_ROWS)) == MAX_ROWS
    assert refusal(path, "orderNo\n" + "1\n" * (MAX_ROWS + 1)) == "list_too_long"
    assert refusal(path, b"1" * (MAX_BYTES + 1)) == "list_too_long"


def test_the_line_that_cannot_be_read_is_named(path: Path) -> None:
    path.write_text(f'FlowId,note\n{FLOW},ok\n\n{FLOW},"open\n{FLOW},\n')
    with pytest.raises(UsageError) as caught:
        read_list(path, None)
    assert caught.value.params == {"line": "4"}


def test_a_file_that_is_not_there_and_one_that_is_a_folder(path: Path) -> None:
    for unreadable in (path, path.parent):
        with pytest.raises(UsageError, match="list_file"):
            read_list(unreadable, None)
