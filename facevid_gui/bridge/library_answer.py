"""Rows of an answer: headlines between entries, of which only some pages are here (floor 2).

What enters: pages, each with the headlines of the whole answer. What leaves: which headline or entry stands in a row.
Nothing is held per row: a row is found by bisection over the headlines.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from itertools import accumulate
from typing import TYPE_CHECKING

from facevid_gui.evidence.library_query import PAGE_SIZE, Heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.evidence.library_query import LibraryPage

MAX_PAGES = 24


class Answer:
    """What is known of one answer. The pages looked at longest ago are let go of."""

    def __init__(self, headings: tuple[Heading, ...] = (), total: int = 0) -> None:
        self.headings = headings
        self.total = total
        self._ends = list(accumulate(heading.count for heading in headings))  # offsets of the first entry behind each
        counts = [heading.count for heading in headings]
        self.starts = [end - count + number for number, (end, count) in enumerate(zip(self._ends, counts, strict=True))]
        self._pages: OrderedDict[int, tuple[LibraryEntry, ...]] = OrderedDict()

    @property
    def rows(self) -> int:
        """Headlines and entries."""
        return self.total + len(self.headings)

    @property
    def pages(self) -> Sequence[int]:
        """Offsets of the pages that are here, those looked at last at the end."""
        return tuple(self._pages)

    def fits(self, page: LibraryPage) -> bool:
        """Whether a page belongs to this answer: the library has not changed in between."""
        return page.total == self.total and page.headings == self.headings

    def add(self, page: LibraryPage) -> None:
        """Take a page."""
        self._pages[page.offset] = page.entries
        self._pages.move_to_end(page.offset)
        while len(self._pages) > MAX_PAGES:
            self._pages.popitem(last=False)

    def heading_at(self, row: int) -> Heading | None:
        """The headline in a row."""
        number = bisect_right(self.starts, row) - 1
        return self.headings[number] if number >= 0 and self.starts[number] == row else None

    def offset_of(self, row: int) -> int:
        """Which entry of the whole answer stands in a row; for a headline, the first below it."""
        number = bisect_right(self.starts, row) - 1
        is_heading = number >= 0 and self.starts[number] == row
        return row - number - (0 if is_heading else 1)

    def row_of(self, offset: int) -> int:
        """The row of an entry."""
        return offset + bisect_right(self._ends, offset) + (1 if self.headings else 0)

    def entry(self, offset: int) -> LibraryEntry | None:
        """An entry, None while its page is not here."""
        number = offset - offset % PAGE_SIZE
        page = self._pages.get(number)
        if page is None:
            return None
        self._pages.move_to_end(number)
        return page[offset - number] if offset - number < len(page) else None

    def find(self, folder: Path) -> int:
        """The row that shows a folder, -1 when it is on no page that is here."""
        return next((self.row_of(offset) for offset, entry in self._entries() if entry.path == folder), -1)

    def rows_by_folder(self) -> dict[Path, int]:
        """The rows of all that is here."""
        return {entry.path: self.row_of(offset) for offset, entry in self._entries()}

    def shows_the_same(self, other: Answer) -> bool:
        """Whether each row of `other`'s pages is about the same folder as here."""
        if self.total != other.total or self.headings != other.headings:
            return False
        return all(number in self._pages and _folders(page) == _folders(self._pages[number])
                   for number, page in other._pages.items())  # fmt: skip

    def is_equal(self, other: Answer) -> bool:
        """Whether nothing that can be seen differs."""
        return self.shows_the_same(other) and all(self._pages[n] == page for n, page in other._pages.items())

    def entries(self) -> tuple[LibraryEntry, ...]:
        """The entries that are here, top to bottom."""
        return tuple(entry for _, entry in self._entries())

    def _entries(self) -> Iterator[tuple[int, LibraryEntry]]:
        for number in sorted(self._pages):
            yield from enumerate(self._pages[number], number)


def _folders(page: Sequence[LibraryEntry]) -> list[Path]:
    return [entry.path for entry in page]
