"""The library as rows: headlines, order, counts, search, filters, and Qt's own opinion of the model."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from facevid_gui.bridge.library_model import ENTRY, FILTERS, HEADER, Header, LibraryModel
from facevid_gui.evidence.library import LibraryEntry


def entry(name: str, state: str, **more: Any) -> LibraryEntry:
    return LibraryEntry(Path("/library") / name, name, state, **more)


WAITING = entry("waiting", "complete", flow_id="yDFlowWaiting", person="赵样本")
CUT = entry("cut", "interrupted")
COMING = entry("coming", "receiving", order_no="order7")
GOOD = entry("good", "sealed", flow_id="yDFlowGood", case_ref="2026-0311", person="钱样本", last_verdict="verified")
BROKEN = entry("broken", "sealed", order_no="order9", last_verdict="altered")
STRANGE = entry("strange", "sealed", last_verdict="unknown_signer")
TORN = entry("torn", "unreadable")
UNCHECKED = entry(
    "unchecked", "sealed", captured_at=datetime(2026, 3, 1, tzinfo=UTC), review_by=datetime(2026, 3, 2, tzinfo=UTC)
)
ALL = (WAITING, CUT, COMING, GOOD, BROKEN, STRANGE, TORN, UNCHECKED)


@pytest.fixture
def model(application: object) -> Iterator[LibraryModel]:
    """A model whose every change Qt's tester checks; what it finds ends the program."""
    made = LibraryModel(now=lambda: datetime(2026, 3, 2, tzinfo=UTC))
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    tester.deleteLater()


def rows(model: LibraryModel) -> list[Any]:
    """What is to be seen: ("section", count) for headlines, names for entries."""
    found: list[Any] = []
    for number in range(model.rowCount()):
        index = model.index(number)
        header = model.data(index, HEADER)
        shown = model.entry_at(index)
        assert (header is None) != (shown is None)
        found.append((header.section, header.count) if header else shown.evidence_id if shown else None)
    return found


def test_it_is_empty_at_first(model: LibraryModel) -> None:
    assert rows(model) == []
    assert [model.count_of(name) for name in FILTERS] == [0] * len(FILTERS)
    model.tick()
    model.search("x")
    model.choose("trouble")
    assert rows(model) == []


def test_unsaved_ones_are_on_top_below_their_headline(model: LibraryModel) -> None:
    model.show([GOOD, WAITING, TORN, CUT])
    assert rows(model) == [("unsaved", 2), "waiting", "cut", ("sealed", 2), "good", "torn"]
    model.show([GOOD])
    assert rows(model) == [("sealed", 1), "good"]
    model.show([COMING])
    assert rows(model) == [("unsaved", 1), "coming"]
    model.show([])
    assert rows(model) == []


def test_filters_let_through_what_they_say_and_count_it(model: LibraryModel) -> None:
    model.show(ALL)
    seen = {}
    for name in FILTERS:
        model.choose(name)
        seen[name] = [row for row in rows(model) if isinstance(row, str)]
        assert model.count_of(name) == len(seen[name])
    assert seen == {
        "all": [e.evidence_id for e in ALL],
        "unsaved": ["waiting", "cut", "coming"],
        "trouble": ["cut", "broken", "strange", "torn"],
        "due": ["unchecked"],
    }
    model.choose("trouble")
    assert rows(model)[0] == ("unsaved", 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ydflow", ["waiting", "good"]),
        ("  样本 2026 ", ["good"]),
        ("ORDER", ["coming", "broken"]),
        ("nothing like it", []),
        ("", [e.evidence_id for e in ALL]),
    ],
)
def test_a_search_narrows_to_rows_with_every_word(model: LibraryModel, text: str, found: list[str]) -> None:
    model.show(ALL)
    model.search(text)
    assert [row for row in rows(model) if isinstance(row, str)] == found
    assert model.count_of("all") == len(ALL)


def test_search_and_filter_hold_when_the_library_changes(model: LibraryModel) -> None:
    model.show([WAITING])
    model.search("order")
    model.choose("trouble")
    assert rows(model) == []
    model.show(ALL)
    assert rows(model) == [("sealed", 1), "broken"]


def test_it_says_when_it_changed_and_is_quiet_when_it_did_not(model: LibraryModel) -> None:
    told: list[str] = []
    model.counts_changed.connect(lambda: told.append("counts"))
    model.modelReset.connect(lambda: told.append("rows"))
    model.show([GOOD])
    model.show([GOOD])
    model.show([entry("good", "sealed", flow_id="yDFlowGood", case_ref="2026-0311", person="钱样本",
                      last_verdict="verified")])  # fmt: skip
    assert told == ["rows", "counts"]
    model.search("good")
    assert told == ["rows", "counts", "rows"]


def test_time_that_passes_touches_every_row_but_moves_none(model: LibraryModel) -> None:
    model.show(ALL)
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, *_: changed.append((first.row(), last.row())))
    kept = QPersistentModelIndex(model.index(1))
    model.tick()
    assert changed == [(0, len(ALL) + 1)]
    assert model.entry_at(kept) is WAITING


def test_a_folder_has_a_row_while_it_is_shown(model: LibraryModel) -> None:
    model.show(ALL)
    assert model.entry_at(model.index(model.row_of(BROKEN.path))) is BROKEN
    assert model.row_of(Path("/elsewhere")) == -1
    model.search("waiting")
    assert model.row_of(BROKEN.path) == -1
    assert model.row_of(WAITING.path) == 1


def test_rows_read_as_text_and_headlines_cannot_be_chosen(model: LibraryModel) -> None:
    model.show([WAITING, GOOD, BROKEN, TORN])
    text = {model.index(n).data(): model.flags(model.index(n)) for n in range(model.rowCount())}
    assert set(text) == {None, "yDFlowWaiting", "yDFlowGood 2026-0311", "order9", "torn"}
    assert text[None] == Qt.ItemFlag.NoItemFlags
    assert text["order9"] & Qt.ItemFlag.ItemIsSelectable
    spoken = int(Qt.ItemDataRole.AccessibleTextRole)
    assert model.data(model.index(1), spoken) == "yDFlowWaiting"
    assert model.data(model.index(1), ENTRY) is WAITING
    assert model.data(model.index(1), int(Qt.ItemDataRole.DecorationRole)) is None
    assert model.data(model.index(0), HEADER) == Header("unsaved", 1)
    assert model.data(model.index(0), ENTRY) is None


def test_what_is_outside_has_nothing(model: LibraryModel) -> None:
    model.show([GOOD])
    assert model.data(QModelIndex()) is None
    assert model.entry_at(QModelIndex()) is None
    assert model.rowCount(model.index(1)) == 0
    gone = model.index(1)
    model.show([])
    assert model.entry_at(gone) is None
    assert model.data(gone) is None
