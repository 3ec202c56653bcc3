"""The library as rows: headlines, pages that come late or never, filters, and Qt's own opinion of the model."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from facevid_gui.bridge.library_answer import MAX_PAGES
from facevid_gui.bridge.library_model import ENTRY, HEADER, LibraryModel, Wish
from facevid_gui.bridge.session import LIBRARY_FILTERS as FILTERS
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.evidence.library import LibraryEntry
from facevid_gui.evidence.library_query import PAGE_SIZE, Heading, LibraryPage, LibraryQuery
from tests.support.library_source import ListedLibrary
from tests.support.qt import pump_until

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def entry(name: str, state: str, **more: Any) -> LibraryEntry:
    return LibraryEntry(Path("/library") / name, name, state, **more)


WAITING = entry("waiting", "complete", flow_id="yDFlowWaiting", person="赵样本")
CUT = entry("cut", "interrupted")
COMING = entry("coming", "receiving", order_no="order7")
GOOD = entry("good", "sealed", flow_id="yDFlowGood", case_ref="2026-0311", person="钱样本", last_verdict="verified")
BROKEN = entry("broken", "sealed", order_no="order9", last_verdict="altered")
STRANGE = entry("strange", "sealed", last_verdict="unknown_signer")
TORN = entry("torn", "unreadable")
UNCHECKED = entry("unchecked", "sealed", captured_at=datetime(2026, 3, 1, tzinfo=UTC), review_by=NOW)
ALL = (WAITING, CUT, COMING, GOOD, BROKEN, STRANGE, TORN, UNCHECKED)


class Desk:
    """Answers the wishes of a model when told to."""

    def __init__(self, model: LibraryModel) -> None:
        self.model = model
        self.library = ListedLibrary((), NOW)
        self.wishes: list[Wish] = []
        model.page_wanted.connect(self.wishes.append)

    def hold(self, *entries: LibraryEntry) -> None:
        """The library holds these now; the model is told and answered."""
        self.library.all = list(entries)
        self.model.refresh()
        self.answer()

    def answer(self) -> None:
        """Answer until nothing more is wished for."""
        pump_until(lambda: self.model._typing.isActive() is False)
        while not self.model.is_settled:
            while self.wishes:
                self.give(self.wishes.pop(0))
            pump_until(lambda: self.wishes or self.model.is_settled)
        self.model.take_choices(self.library.choices(()))

    def page(self, wish: Wish) -> LibraryPage:
        return self.library.page(wish.query, (), wish.offset, PAGE_SIZE)

    def give(self, wish: Wish) -> None:
        self.model.take(wish, self.page(wish))


@pytest.fixture
def model(application: object) -> Iterator[LibraryModel]:
    """A model whose every change Qt's tester checks; what it finds ends the program."""
    made = LibraryModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    tester.deleteLater()


@pytest.fixture
def desk(model: LibraryModel) -> Desk:
    return Desk(model)


def many(number: int, **changes: Any) -> list[LibraryEntry]:
    return [entry(f"e{n}", "sealed", flow_id=f"yDFlow{n:06d}", **changes) for n in range(number)]


def rows(model: LibraryModel) -> list[Any]:
    """What is to be seen: (section, case, count) for headlines, names for entries, None for what is not here."""
    found: list[Any] = []
    for number in range(model.rowCount()):
        index = model.index(number)
        heading, shown = model.data(index, HEADER), model.data(index, ENTRY)
        assert heading is None or shown is None
        found.append((heading.section, heading.count) if heading else shown.evidence_id if shown else None)
    return found


def test_it_is_empty_at_first_and_does_not_claim_to_know(model: LibraryModel, desk: Desk) -> None:
    assert rows(model) == []
    assert not model.is_known
    assert [model.count_of(name) for name in FILTERS] == [0] * len(FILTERS)
    model.tick()
    desk.hold()
    assert rows(model) == []
    assert model.is_known


def test_unsaved_ones_are_on_top_below_their_headline(model: LibraryModel, desk: Desk) -> None:
    desk.hold(GOOD, WAITING, TORN, CUT)
    assert rows(model) == [("unsaved", 2), "waiting", "cut", ("sealed", 2), "good", "torn"]
    desk.hold(GOOD)
    assert rows(model) == [("sealed", 1), "good"]
    desk.hold(COMING)
    assert rows(model) == [("unsaved", 1), "coming"]
    desk.hold()
    assert rows(model) == []


def test_filters_ask_for_what_they_say(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*ALL)
    seen = {}
    for name in FILTERS:
        model.choose(name)
        desk.answer()
        seen[name] = [row for row in rows(model) if isinstance(row, str)]
        assert model.count_of(name) == len(seen[name])
    assert seen == {
        "all": [e.evidence_id for e in ALL],
        "unsaved": ["waiting", "cut", "coming"],
        "trouble": ["cut", "broken", "strange", "torn"],
        "due": ["unchecked"],
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ydflow", ["waiting", "good"]),
        ("  样本 2026 ", ["good"]),
        ("ORDER", ["coming", "broken"]),
        ("nothing like it", []),
    ],
)
def test_a_search_is_asked_a_moment_after_the_last_letter(
    model: LibraryModel, desk: Desk, text: str, found: list[str]
) -> None:
    desk.hold(*ALL)
    for end in range(1, len(text) + 1):
        model.search(text[:end])
    assert desk.wishes == [], "not for each letter"
    desk.answer()
    assert [row for row in rows(model) if isinstance(row, str)] == found
    assert model.count_of("all") == len(ALL)
    assert model.query.text == text.strip()
    asked = len(desk.library.asked)
    model.search(f" {text} ")
    desk.answer()
    assert len(desk.library.asked) == asked, "the same question is not asked twice"


def test_a_filter_chosen_in_the_middle_of_typing_asks_for_what_was_typed_too(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*ALL)
    model.search("yd")
    model.choose("unsaved")
    desk.answer()
    assert model.query == LibraryQuery("yd", section="unsaved")
    assert model.question == LibraryQuery("yd")
    assert [row for row in rows(model) if isinstance(row, str)] == ["waiting"]


def test_everything_that_narrows_is_asked_together(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*ALL)
    model.search("yd")
    desk.answer()
    model.choose("trouble")
    model.narrow(LibraryQuery(kinds=("kyc",), case_ref="2026-1", order="case", text="dropped"))
    desk.answer()
    assert model.query == LibraryQuery("yd", ("kyc",), verdict="trouble", case_ref="2026-1", order="case")
    kept = LibraryQuery("样本", operator="li", section="")
    told: list[str] = []
    model.query_changed.connect(lambda: told.append("query"))
    model.set_question(kept, "all")
    desk.answer()
    assert (model.query, model.filter_name, told) == (kept, "all", ["query"])


def test_what_is_shown_stays_until_the_new_answer_is_here(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*ALL)
    before = rows(model)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.choose("unsaved")
    assert rows(model) == before
    assert resets == []
    desk.answer()
    assert rows(model)[0] == ("unsaved", 3)
    assert resets == [1]


def test_late_answers_to_an_older_question_are_dropped(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*ALL)
    model.choose("unsaved")
    model.choose("trouble")
    late, current = desk.wishes
    desk.give(current)
    shown = rows(model)
    desk.give(late)
    model.refuse(late, SurroundingsError("disk_full"))
    assert rows(model) == shown
    assert model.problem is None
    assert [row for row in shown if isinstance(row, str)] == ["cut", "broken", "strange", "torn"]


def test_only_pages_that_are_looked_at_are_asked_for(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*many(PAGE_SIZE * 50))
    asked = {offset for _, offset in desk.library.asked}
    assert asked == {0}
    row = 31 * PAGE_SIZE + 7
    assert model.data(model.index(row), ENTRY) is None
    assert model.data(model.index(row)) is None
    desk.answer()
    shown = model.data(model.index(row), ENTRY)
    assert shown is not None
    assert shown.evidence_id == f"e{row - 1}"
    assert {offset for _, offset in desk.library.asked} == {0, 31 * PAGE_SIZE}


def test_flying_through_asks_for_the_pages_where_one_stops(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*many(PAGE_SIZE * 50))
    for number in range(1, 40):
        model.data(model.index(number * PAGE_SIZE + 1), ENTRY)
    desk.answer()
    assert {offset // PAGE_SIZE for _, offset in desk.library.asked} == {0, 38, 39}


@pytest.mark.no_cover
def test_memory_is_bounded(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*many(PAGE_SIZE * (MAX_PAGES + 20)))
    for number in range(MAX_PAGES + 20):
        model.data(model.index(number * PAGE_SIZE + 1), ENTRY)
        desk.answer()
    assert len(model.here()) == MAX_PAGES * PAGE_SIZE
    assert model.data(model.index(1), ENTRY) is None, "the pages looked at longest ago are let go of"


def test_a_library_that_changes_between_two_pages_is_asked_again(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*many(PAGE_SIZE * 3))
    desk.library.all.insert(0, WAITING)
    model.data(model.index(2 * PAGE_SIZE + 5), ENTRY)
    desk.answer()
    assert model.rowCount() == 3 * PAGE_SIZE + 3
    assert model.data(model.index(0), HEADER) == Heading("unsaved", None, 1)


def test_a_library_that_shrinks_below_what_is_looked_at_begins_at_the_top(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*many(PAGE_SIZE * 9))
    for number in (7, 8):
        model.data(model.index(number * PAGE_SIZE + 1), ENTRY)
    desk.answer()
    desk.hold(GOOD)
    assert rows(model) == [("sealed", 1), "good"]


def test_a_page_that_cannot_be_read_leaves_what_is_shown_and_says_why(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*ALL)
    before = rows(model)
    model.choose("due")
    problem = SurroundingsError("disk_full")
    model.refuse(desk.wishes.pop(), problem)
    assert (model.problem, rows(model), model.is_settled) == (problem, before, True)
    model.refresh()
    desk.answer()
    assert model.problem is None


def test_it_is_quiet_when_nothing_changed_and_resets_only_for_other_rows(model: LibraryModel, desk: Desk) -> None:
    told: list[str] = []
    model.modelReset.connect(lambda: told.append("rows"))
    model.dataChanged.connect(lambda *_: told.append("words"))
    desk.hold(GOOD, BROKEN)
    desk.hold(GOOD, replace(BROKEN))
    assert told == ["rows"]
    kept = QPersistentModelIndex(model.index(2))
    desk.hold(GOOD, replace(BROKEN, last_verdict="verified"))
    assert told == ["rows", "words"]
    assert kept.isValid()
    assert model.entry_at(kept) == replace(BROKEN, last_verdict="verified")
    desk.hold(BROKEN, GOOD)
    assert told == ["rows", "words", "rows"]


def test_time_that_passes_touches_every_row_but_moves_none(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*ALL)
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, *_: changed.append((first.row(), last.row())))
    kept = QPersistentModelIndex(model.index(1))
    model.tick()
    assert changed == [(0, len(ALL) + 1)]
    assert model.entry_at(kept) is WAITING


def test_a_folder_has_a_row_while_it_is_shown(model: LibraryModel, desk: Desk) -> None:
    desk.hold(*ALL)
    assert model.entry_at(model.index(model.row_of(BROKEN.path))) is BROKEN
    assert model.row_of(Path("/elsewhere")) == -1
    assert {path: row for path, row in model.rows_by_folder().items() if row < 3} == {WAITING.path: 1, CUT.path: 2}
    model.search("waiting")
    desk.answer()
    assert model.row_of(BROKEN.path) == -1
    assert model.row_of(WAITING.path) == 1


def test_grouped_by_case_each_case_has_its_headline(model: LibraryModel, desk: Desk) -> None:
    entries = [entry(f"e{n}", "sealed", case_ref=f"2026-{n % 700:04d}") for n in range(2100)]
    model.narrow(LibraryQuery(order="case"))
    desk.answer()
    desk.hold(WAITING, *entries)
    assert model.rowCount() == 2101 + 701
    assert len(model.headings) == 701
    for row in (0, 1, 2, 3, 6, 7, 1500, 2800, 2801):
        heading = model.heading_at(row)
        assert (heading is not None) == (row in model.heading_rows)
        assert (model.data(model.index(row), HEADER) is None) == (heading is None)
    assert model.data(model.index(2), HEADER) == Heading("sealed", "2026-0000", 3)
    model.data(model.index(2801), ENTRY)
    desk.answer()
    assert model.data(model.index(2801), ENTRY).case_ref == "2026-0699"
    assert [model.offset_of(row) for row in (0, 1, 2, 3, 5, 6, 7, 2801)] == [0, 0, 1, 1, 3, 4, 4, 2100]


def test_rows_read_as_text_and_headlines_cannot_be_chosen(model: LibraryModel, desk: Desk) -> None:
    desk.hold(WAITING, GOOD, BROKEN, TORN)
    text = {model.index(n).data(): model.flags(model.index(n)) for n in range(model.rowCount())}
    assert set(text) == {None, "yDFlowWaiting", "yDFlowGood 2026-0311", "order9", "torn"}
    assert text[None] == Qt.ItemFlag.NoItemFlags
    assert text["order9"] & Qt.ItemFlag.ItemIsSelectable
    spoken = int(Qt.ItemDataRole.AccessibleTextRole)
    assert model.data(model.index(1), spoken) == "yDFlowWaiting"
    model.say = lambda row: f"said {row.count if isinstance(row, Heading) else row.evidence_id}"
    assert [model.data(model.index(row), spoken) for row in (0, 1)] == ["said 1", "said waiting"]
    assert model.data(model.index(1), ENTRY) is WAITING
    assert model.data(model.index(1), int(Qt.ItemDataRole.DecorationRole)) is None
    assert model.data(model.index(0), HEADER) == Heading("unsaved", None, 1)
    assert model.data(model.index(0), ENTRY) is None


def test_what_is_outside_has_nothing(model: LibraryModel, desk: Desk) -> None:
    desk.hold(GOOD)
    assert model.data(QModelIndex()) is None
    assert model.entry_at(QModelIndex()) is None
    assert model.rowCount(model.index(1)) == 0
    gone = model.index(1)
    desk.hold()
    assert model.entry_at(gone) is None
    assert model.data(gone) is None
