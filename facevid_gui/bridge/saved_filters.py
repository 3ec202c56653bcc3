"""Questions to the library that were kept under a name (floor 2).

What enters: `state/library-filters.json`, perhaps damaged or of another version. What leaves: frozen values; what
cannot be used is left out. The file may hold names and cases that somebody searched for: mode 0600.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge.session import LIBRARY_FILTERS
from facevid_gui.core.ids import KINDS
from facevid_gui.evidence.library_query import DEADLINES, ORDERS, SECTIONS, VERDICTS, LibraryQuery
from facevid_gui.files import disk_errors, read_limited, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services

FILE = "library-filters.json"
SCHEMA = "facevid-library-filters/1"
LONGEST_NAME = 80
MOST = 200
_MAX_BYTES = 512 * 1024
_CHANGING = threading.Lock()  # one worker at a time reads, changes and writes
Filters = tuple["SavedFilter", ...]


@dataclass(frozen=True)
class SavedFilter:
    """A question under a name; `filter_name` is one of `LIBRARY_FILTERS`."""

    name: str
    query: LibraryQuery
    filter_name: str = "all"


class FilterDesk(QObject):
    """The kept questions of this home, in the order in which they were kept."""

    changed = Signal()

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self.filters: Filters = ()
        self._numbers = count(1)

    def read(self) -> None:
        """Read them."""
        self._submit(lambda known: known)

    def keep(self, kept: SavedFilter) -> None:
        """Keep one; one of the same name is replaced."""
        self._submit(lambda known: (*(f for f in known if f.name != kept.name), kept)[-MOST:])

    def rename(self, name: str, new: str) -> None:
        """Give one another name; one that has it already makes room."""
        self._submit(lambda known: tuple(
            replace(f, name=new) if f.name == name else f for f in known if f.name != new or name == new))  # fmt: skip

    def delete(self, name: str) -> None:
        """Forget one."""
        self._submit(lambda known: tuple(f for f in known if f.name != name))

    def _submit(self, change: Callable[[Filters], Filters]) -> None:
        self._controller.jobs.submit(
            f"filters {next(self._numbers)}",
            lambda _token, _tell: change_filters(self._services.paths.state, change), self._on_known,
            failed=self._controller.tell_error, lasting=True,
        )  # fmt: skip

    def _on_known(self, known: Filters) -> None:
        if known != self.filters:
            self.filters = known
            self.changed.emit()


def change_filters(folder: Path, change: Callable[[Filters], Filters]) -> Filters:
    """Change what is kept and return it; `SurroundingsError` when it cannot be written."""
    with _CHANGING:
        known = read_filters(folder)
        changed = change(known)
        if changed == known:
            return known
        document = {"schema": SCHEMA, "filters": [_to_json(item) for item in changed]}
        with disk_errors(folder / FILE):
            replace_file(folder / FILE, (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())
    return changed


def read_filters(folder: Path) -> Filters:
    """Read what is kept."""
    try:
        data = json.loads(read_limited(folder / FILE, _MAX_BYTES))
        found = [_from_json(item) for item in data["filters"]]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ()
    return tuple(item for item in found if item is not None)[:MOST]


def _to_json(item: SavedFilter) -> dict[str, Any]:
    told = {field.name: getattr(item.query, field.name) for field in fields(LibraryQuery)}
    given = {name: str(value) if isinstance(value, date) else value for name, value in told.items() if value}
    return {"name": item.name, "filter": item.filter_name, "query": given}


def _is_possible(query: LibraryQuery) -> bool:
    return (
        set(query.kinds) <= set(KINDS) and query.section in ("", *SECTIONS) and query.order in ORDERS
        and query.verdict in ("", *VERDICTS) and query.deadline in ("", *DEADLINES)
    )  # fmt: skip


def _from_json(item: Any) -> SavedFilter | None:  # noqa: ANN401 - whatever a file holds
    try:
        name, filter_name, given = str(item["name"])[:LONGEST_NAME], item["filter"], dict(item["query"])
        texts = {field.name: str(given[field.name]) for field in fields(LibraryQuery)
                 if field.name in given and field.name not in ("kinds", "since", "until")}  # fmt: skip
        days = {day: date.fromisoformat(given[day]) for day in ("since", "until") if day in given}
        query = LibraryQuery(kinds=tuple(str(kind) for kind in given.get("kinds", ())), **texts, **days)  # type: ignore[arg-type]
    except (ValueError, TypeError, KeyError):
        return None
    return (
        SavedFilter(name, query, filter_name)
        if name and filter_name in LIBRARY_FILTERS and _is_possible(query)
        else None
    )
