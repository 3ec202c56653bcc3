"""What workers do for the library pane (floor 2). No Qt here."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from facevid_gui.evidence.library_query import PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from facevid_gui.bridge.library_model import Wish
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.evidence.library_query import LibraryChoices, LibraryPage, LibraryQuery
    from facevid_gui.evidence.library_scan import ScanReport

_TELL_EVERY_S = 0.1
MOST_SELECTED = 10_000


def scan(services: Services, token: CancelToken, tell: Callable[[tuple[int, int]], None]) -> ScanReport:
    """Bring the index up to date; progress is told ten times a second."""
    told = time.monotonic()  # what is done at once needs no telling

    def pass_on(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _TELL_EVERY_S:
            told = now
            tell((done, total))

    report = services.library.scan(services.evidence_roots(), token, pass_on)
    unborn = services.paths.default_evidence_root  # made with the first seal: until then it is not away
    return replace(report, unreadable_roots=tuple(root for root in report.unreadable_roots if root != unborn))


def refresh(services: Services, paths: Sequence[Path]) -> None:
    """Look at these folders again, and at no other; what lies elsewhere (a package) is none of the library's."""
    services.library.refresh([path for path in paths if is_listed(services, path)])


def is_listed(services: Services, folder: Path) -> bool:
    """Whether a folder lies where the library lists."""
    return folder.absolute().parent in {
        root.absolute() for root in (*services.evidence_roots(), services.paths.captures)
    }


def page(services: Services, wish: Wish) -> LibraryPage:
    """A page of what is asked for."""
    return services.library.page(_with_away(wish.query), services.evidence_roots(), wish.offset, PAGE_SIZE)


def choices(services: Services) -> LibraryChoices:
    """What the library can be narrowed to."""
    return services.library.choices(services.evidence_roots(), remembered=True)


def entries_at(
    services: Services, query: LibraryQuery, spans: Sequence[tuple[int, int]], token: CancelToken
) -> tuple[LibraryEntry, ...]:
    """The entries of some spans (first and last offset) of an answer, at most `MOST_SELECTED`."""
    roots = services.evidence_roots()
    found: list[LibraryEntry] = []
    for first, last in spans:
        offset, end = first, min(last + 1, first + MOST_SELECTED - len(found))
        while offset < end:
            token.raise_if_cancelled()
            got = services.library.page(_with_away(query), roots, offset, min(PAGE_SIZE, end - offset)).entries
            if not got:
                break
            found += got
            offset += len(got)
    return tuple(found)


def _with_away(query: LibraryQuery) -> LibraryQuery:
    """The window lists what lies in a place that is away, and says that it is from memory."""
    return replace(query, remembered=True)
