"""The library as an item model: rows of which only the pages that are looked at are here (floor 2).

What enters: what is asked for, and pages as workers bring them. What leaves: rows with roles, and wishes for pages.
What is shown stays until the first page of a new answer is there; late pages of an older question are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from facevid_gui.bridge.library_answer import Answer
from facevid_gui.core.plain import plain
from facevid_gui.evidence.library_query import DEADLINES as DEADLINES  # what the views ask with comes from here
from facevid_gui.evidence.library_query import PAGE_SIZE, LibraryChoices
from facevid_gui.evidence.library_query import VERDICTS as VERDICTS
from facevid_gui.evidence.library_query import Heading as Heading
from facevid_gui.evidence.library_query import LibraryQuery as LibraryQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from facevid_gui.core.errors import FacevidError
    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.evidence.library_query import LibraryPage

ENTRY = int(Qt.ItemDataRole.UserRole) + 1
HEADER = int(Qt.ItemDataRole.UserRole) + 2
SEARCH_MS = 60
_SPOKEN = int(Qt.ItemDataRole.AccessibleTextRole)
_AT_ONCE = 2
_NARROW: dict[str, dict[str, str]] = {
    "all": {}, "unsaved": {"section": "unsaved"}, "trouble": {"verdict": "trouble"},
    "due": {"deadline": "retention_due"},
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """A page that is asked for; `number` tells questions apart."""

    number: int
    query: LibraryQuery
    offset: int


class LibraryModel(QAbstractListModel):
    """Rows of the library pane. `page_wanted` is answered by `take` or `refuse`, some time later."""

    page_wanted = Signal(object)  # Wish
    query_changed = Signal()
    counts_changed = Signal()
    answered = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._query = LibraryQuery()
        self._filter = "all"
        self._text = self._typed = ""
        self._number = 0
        self._shown = Answer()
        self._coming: Answer | None = None
        self._awaited: set[int] = set()
        self._missing: list[int] = []
        self.is_known = False
        self.problem: FacevidError | None = None
        self.choices = LibraryChoices()
        self.say: Callable[[LibraryEntry | Heading], str] = _record_id  # for screen readers; the view knows more words
        self._typing = self._timer(SEARCH_MS, self._on_typed)
        self._looking = self._timer(0, self._ask_missing)

    # --- asking ----------------------------------------------------------------------------------------

    @property
    def query(self) -> LibraryQuery:
        """What is asked for, all narrowing together."""
        return replace(self._query, text=self._text, **_NARROW[self._filter])  # type: ignore[arg-type]

    @property
    def narrowing(self) -> LibraryQuery:
        """What was chosen beside the search and LIBRARY_FILTERS."""
        return self._query

    @property
    def question(self) -> LibraryQuery:
        """What was chosen and searched for, without LIBRARY_FILTERS: what is kept under a name."""
        return replace(self._query, text=self._text)

    @property
    def filter_name(self) -> str:
        """The one of LIBRARY_FILTERS that is chosen."""
        return self._filter

    @property
    def is_settled(self) -> bool:
        """Whether all that was asked for is here."""
        return not (self._typing.isActive() or self._looking.isActive() or self._awaited or self._coming)

    def search(self, text: str) -> None:
        """Narrow the rows to those that hold every word of `text`, a moment after the last letter."""
        self._typed = text.strip()
        self._typing.start()

    def choose(self, filter_name: str) -> None:
        """Narrow the rows to one of LIBRARY_FILTERS."""
        if filter_name != self._filter:
            self._filter = filter_name
            self._ask_anew()

    def narrow(self, query: LibraryQuery) -> None:
        """Narrow and order the rows by everything but text and LIBRARY_FILTERS."""
        wanted = replace(query, text="")
        if wanted != self._query:
            self._query = wanted
            self._ask_anew()

    def set_question(self, query: LibraryQuery, filter_name: str) -> None:
        """Ask all of it at once: text, narrowing, filter."""
        self._typing.stop()
        self._text, self._query, self._filter = query.text, replace(query, text=""), filter_name
        self._ask_anew()

    def refresh(self) -> None:
        """The library changed: ask again for what is being looked at."""
        pages = self._shown.pages[-_AT_ONCE:] or (0,)
        self._ask(pages)

    def take_choices(self, choices: LibraryChoices) -> None:
        """What the library can be narrowed to, and the counts."""
        if choices != self.choices:
            self.choices = choices
            self.counts_changed.emit()

    def take(self, wish: Wish, page: LibraryPage) -> None:
        """A page has come."""
        if wish.number != self._number:
            return
        self._awaited.discard(wish.offset)
        self.problem, self.is_known = None, True
        if self._coming is not None:
            self._take_coming(page)
        elif self._shown.fits(page):
            self._shown.add(page)
            first = self._shown.row_of(page.offset)
            last = self._shown.row_of(page.offset + max(0, len(page.entries) - 1))
            self.dataChanged.emit(self.index(first), self.index(last))
        else:
            self.refresh()
        self.answered.emit()

    def refuse(self, wish: Wish, error: FacevidError) -> None:
        """A page could not be read; what is shown stays."""
        if wish.number == self._number:
            self._awaited.clear()
            self._coming = None
            self.problem = error
            self.answered.emit()

    # --- seeing ----------------------------------------------------------------------------------------

    def count_of(self, filter_name: str) -> int:
        """How many entries a filter lets through, whatever was searched."""
        return self.choices.counts.get(filter_name, 0)

    def row_of(self, folder: Path) -> int:
        """The row that shows a folder, -1 when it is not among what is here."""
        return self._shown.find(folder)

    def rows_by_folder(self) -> dict[Path, int]:
        """The rows of all folders that are here."""
        return self._shown.rows_by_folder()

    def entry_at(self, index: QModelIndex | QPersistentModelIndex) -> LibraryEntry | None:
        """The entry of a row, None for a headline or while it is not here."""
        if not index.isValid() or index.row() >= self._shown.rows or self.heading_at(index.row()) is not None:
            return None
        return self._shown.entry(self._shown.offset_of(index.row()))

    def heading_at(self, row: int) -> Heading | None:
        """The headline of a row."""
        return self._shown.heading_at(row)

    def offset_of(self, row: int) -> int:
        """Which entry of the answer stands in a row."""
        return self._shown.offset_of(row)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headlines of what is shown."""
        return self._shown.headings

    @property
    def heading_rows(self) -> Sequence[int]:
        """The rows in which headlines stand, ascending."""
        return self._shown.starts

    def here(self) -> tuple[LibraryEntry, ...]:
        """The entries that are here just now."""
        return self._shown.entries()

    def tick(self) -> None:
        """Time passed: the countdowns of the unsaved rows read differently now."""
        if self._shown.rows:
            self.dataChanged.emit(self.index(0), self.index(self._shown.rows - 1))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Headlines and entries."""
        return 0 if parent.isValid() else self._shown.rows

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        """The entry or headline; as text its id, for keyboard search, and what a screen reader says of it.

        What is not here is wished for.
        """
        if not index.isValid() or index.row() >= self._shown.rows:
            return None
        heading = self.heading_at(index.row())
        if heading is not None:
            return heading if role == HEADER else self.say(heading) if role == _SPOKEN else None
        if role not in (ENTRY, _SPOKEN, Qt.ItemDataRole.DisplayRole):
            return None
        offset = self._shown.offset_of(index.row())
        entry = self._shown.entry(offset)
        if entry is None:
            self._miss(offset - offset % PAGE_SIZE)
            return None
        if role == ENTRY:
            return entry
        return self.say(entry) if role == _SPOKEN else plain(_record_id(entry))

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Headlines cannot be chosen."""
        if not index.isValid() or self.heading_at(index.row()) is not None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    # --- within ----------------------------------------------------------------------------------------

    def _timer(self, interval_ms: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(act)
        return timer

    def _on_typed(self) -> None:
        if self._typed != self._text:
            self._text = self._typed
            self._ask_anew()

    def _ask_anew(self) -> None:
        if self._typing.isActive():  # what was typed a moment ago is part of the question
            self._typing.stop()
            self._text = self._typed
        self._ask((0,))
        self.query_changed.emit()

    def _ask(self, offsets: Sequence[int]) -> None:
        self._number += 1
        self._coming = Answer()
        self._awaited = set(offsets)
        self._missing.clear()
        for offset in offsets:
            self.page_wanted.emit(Wish(self._number, self.query, offset))

    def _miss(self, offset: int) -> None:
        """A row that is looked at is not here; on the way through many pages, only the last ones are asked for."""
        if offset in self._missing:
            self._missing.remove(offset)
        self._missing.append(offset)
        if self._coming is None and not self._looking.isActive():
            self._looking.start()

    def _ask_missing(self) -> None:
        wanted = [offset for offset in self._missing[-_AT_ONCE:] if offset not in self._awaited]
        self._missing.clear()
        for offset in wanted[: max(0, _AT_ONCE - len(self._awaited))]:  # the rest is missed again when one has come
            self._awaited.add(offset)
            self.page_wanted.emit(Wish(self._number, self.query, offset))

    def _take_coming(self, page: LibraryPage) -> None:
        """A page of a new answer; it is shown once all that was looked at is here."""
        coming = self._coming
        assert coming is not None
        if not coming.pages:
            coming = self._coming = Answer(page.headings, page.total)
        if not coming.fits(page):  # it changed again in between
            self._ask((0,))
            return
        if page.entries or not page.total:
            coming.add(page)
        if self._awaited:
            return
        self._coming = None
        if not coming.pages:  # fewer than were looked at: begin at the top
            self._ask((0,))
        else:
            self._show(coming)

    def _show(self, answer: Answer) -> None:
        if self._shown.shows_the_same(answer):
            is_equal = self._shown.is_equal(answer)
            self._shown = answer
            if answer.rows and not is_equal:
                self.dataChanged.emit(self.index(0), self.index(answer.rows - 1))
            return
        self.beginResetModel()
        self._shown = answer
        self.endResetModel()


def _record_id(row: LibraryEntry | Heading) -> str:
    if isinstance(row, Heading):
        return ""
    return " ".join(filter(None, (row.flow_id or row.order_no or row.evidence_id, row.case_ref)))
