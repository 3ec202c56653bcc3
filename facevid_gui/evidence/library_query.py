"""What one asks the library for, and what it answers (floor 1).

What enters: what the user typed and chose. What leaves: a frozen question that the index can answer page by page,
and the page. A page holds entries of one root list in one order, so that 100 000 folders never lie in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from facevid_gui.evidence.library import LibraryEntry

SECTIONS = ("unsaved", "sealed")
ORDERS = ("time", "case")
VERDICTS = ("good", "trouble", "never")
DEADLINES = ("open", "passed", "retention_due")
PAGE_SIZE = 200


@dataclass(frozen=True)
class LibraryQuery:
    """A question. Empty members do not narrow.

    `text` is searched in everything shown (ids, names, case, purpose, notes, transcripts, tags), every word of it,
    Chinese as phrases; `kinds` as `core.ids.KINDS`; `section` one of SECTIONS; `verdict` one of VERDICTS: what the
    last check came to; `tag` a risk tag as received; `operator` an account; `since` and `until` the days of capture,
    both included, UTC; `deadline` one of DEADLINES; `order` one of ORDERS, "case" groups by case reference.
    `remembered`: roots that are away are answered for, too, as they were last seen.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    section: str = ""
    verdict: str = ""
    case_ref: str = ""
    operator: str = ""
    tag: str = ""
    since: date | None = None
    until: date | None = None
    deadline: str = ""
    order: str = "time"
    remembered: bool = False


@dataclass(frozen=True)
class Heading:
    """A headline: "unsaved" or "sealed", or with order "case" the case it stands for ("" for none), and its rows."""

    section: str
    case_ref: str | None
    count: int


@dataclass(frozen=True)
class LibraryPage:
    """Entries `offset` and on of an answer; `headings` divide all `total` entries, in order, whatever the page."""

    total: int
    offset: int
    entries: tuple[LibraryEntry, ...]
    headings: tuple[Heading, ...]


@dataclass(frozen=True)
class LibraryChoices:
    """What the library could be narrowed to, and how many entries each of `counts` would let through.

    `counts` has the keys of `bridge.session.LIBRARY_FILTERS`: "all", "unsaved", "trouble", "due".
    """

    cases: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
