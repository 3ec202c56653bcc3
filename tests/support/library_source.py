"""A library of words only, in the place of the real one: pages of any number of entries, without a folder. No Qt.

What it answers follows `evidence.library_query` to the letter, by plain Python over a list.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from facevid_gui.evidence.library import LibraryEntry, ScanReport
from facevid_gui.evidence.library_query import PAGE_SIZE, Heading, LibraryChoices, LibraryPage, LibraryQuery

_BAD_STATES = ("interrupted", "unreadable")


class ListedLibrary:
    """Lists what it is given. `asked` are the questions it was asked, `gate` is called before each answer."""

    def __init__(self, entries: Iterable[LibraryEntry], now: datetime) -> None:
        self.all = list(entries)
        self.now = now
        self.index = NoIndex()
        self.away: tuple[Path, ...] = ()
        self.asked: list[tuple[LibraryQuery, int]] = []
        self.refreshed: list[Path] = []
        self.gate: Callable[[], object] = lambda: None

    def scan(self, _roots: Sequence[Path], _token: Any = None, tell: Callable[[int, int], None] | None = None) -> Any:
        if tell is not None:
            tell(len(self.all), len(self.all))
        return ScanReport(len(self.all), 0, 0, self.away)

    def refresh(self, paths: Sequence[Path]) -> None:
        self.refreshed += paths

    def note(self, *_: Any) -> None:
        return None

    def forget(self, path: Path) -> None:
        self.all = [entry for entry in self.all if entry.path != path]

    def page(self, query: LibraryQuery, _roots: Sequence[Path], offset: int, limit: int = PAGE_SIZE) -> LibraryPage:
        self.gate()
        self.asked.append((query, offset))
        found = [entry for entry in self.all if self._fits(entry, query)]
        found.sort(
            key=lambda entry: (not is_unsaved(entry), entry.case_ref or "\uffff" if query.order == "case" else "")
        )
        counted: dict[tuple[str, str | None], int] = {}
        for entry in found:
            section = "unsaved" if is_unsaved(entry) else "sealed"
            key = section, entry.case_ref or "" if query.order == "case" and section == "sealed" else None
            counted[key] = counted.get(key, 0) + 1
        headings = tuple(Heading(section, case, number) for (section, case), number in counted.items())
        return LibraryPage(len(found), offset, tuple(found[offset : offset + limit]), headings)

    def choices(self, _roots: Sequence[Path], **_: Any) -> LibraryChoices:
        cases = sorted({entry.case_ref for entry in self.all if entry.case_ref})
        counts = {
            "all": len(self.all),
            "unsaved": sum(map(is_unsaved, self.all)),
            "trouble": sum(is_trouble(entry) for entry in self.all),
            "due": sum(entry.is_due(self.now) for entry in self.all),
        }
        operators = sorted({entry.operator for entry in self.all if entry.operator})
        return LibraryChoices(tuple(cases), tuple(operators), ("LivenessInfoTag 03",), counts)

    def _fits(self, entry: LibraryEntry, query: LibraryQuery) -> bool:
        whole = "\n".join(filter(None, (
            entry.evidence_id, entry.flow_id, entry.order_no, entry.case_ref, entry.purpose, entry.person, entry.kind,
        ))).casefold()  # fmt: skip
        day = entry.captured_at.date() if entry.captured_at else None
        return (
            all(word in whole for word in query.text.casefold().split())
            and (not query.kinds or entry.kind in query.kinds)
            and (not query.section or (query.section == "unsaved") == is_unsaved(entry))
            and (query.verdict != "trouble" or is_trouble(entry))
            and (not query.case_ref or entry.case_ref == query.case_ref)
            and (not query.operator or entry.operator == query.operator)
            and (query.since is None or (day is not None and day >= query.since))
            and (query.until is None or (day is not None and day <= query.until))
            and (query.deadline != "retention_due" or entry.is_due(self.now))
        )


class NoIndex:
    """An index that holds nothing."""

    def use(self, _work: Any, otherwise: Any) -> Any:
        return otherwise


def is_unsaved(entry: LibraryEntry) -> bool:
    """What the provider still may have to keep."""
    return entry.state in ("complete", "interrupted", "receiving")


def is_trouble(entry: LibraryEntry) -> bool:
    """What the last check, or reading, came to was bad."""
    return entry.state in _BAD_STATES or entry.last_verdict not in (None, "verified", "verified_unstamped")
