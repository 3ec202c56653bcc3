"""The library's index, brought up to date and asked, all on workers (floor 2).

What enters: that something changed, wishes for pages. What leaves: pages into the model, the state of the index into
the session. One scan runs at a time; what changes meanwhile is looked at behind it.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import library_work
from facevid_gui.bridge.session import LibraryState, Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.library_model import LibraryModel, Wish
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.evidence.library import LibraryEntry
    from facevid_gui.evidence.library_query import LibraryChoices, LibraryQuery
    from facevid_gui.evidence.library_scan import ScanReport

LOOK_EVERY_S = 2.0
SCAN, CHOICES, SELECTION = "library scan", "library choices", "library selection"


class LibraryDesk(QObject):
    """Serves one model."""

    state_changed = Signal()

    def __init__(
        self, services: Services, controller: Controller, model: LibraryModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._session = controller.session
        self._jobs = controller.jobs
        self.model = model
        self._is_again = self._is_counting = False
        self._numbers = count(1)
        self._looks = 0  # one after the other: the last one is the one that counts
        self._behind: list[Path] = []  # changed while a scan ran, which may have read them before
        self._seen_at = 0.0
        model.page_wanted.connect(self._fetch)
        controller.library_stale.connect(self.refresh)
        controller.library_noted.connect(self._on_changed)

    def refresh(self, paths: Sequence[Path] = ()) -> None:
        """Look at some folders again, or at all."""
        if paths:
            if self._session.library.is_scanning:
                self._behind += paths
            self._looks += 1
            self._jobs.submit(
                f"library paths {next(self._numbers)}",
                lambda _token, _tell: library_work.refresh(self._services, paths),
                lambda _none: self._on_looked(), failed=self._on_not_looked, lane="library paths",
            )  # fmt: skip
        elif self._session.library.is_scanning:
            self._is_again = True
        else:
            self._scan()

    def stop(self) -> None:
        """Read no more of the folders now; what was read so far is listed."""
        self._jobs.cancel(SCAN)

    @property
    def is_settled(self) -> bool:
        """Whether the index is up to date, and all that was asked of it is here."""
        is_busy = self._session.library.is_scanning or self._is_again or self._is_counting or self._looks
        return not is_busy and self.model.is_settled

    def entries_at(
        self, query: LibraryQuery, spans: Sequence[tuple[int, int]], done: Callable[[tuple[LibraryEntry, ...]], object]
    ) -> None:
        """Bring the entries of some spans of an answer."""

        def bring(entries: tuple[LibraryEntry, ...]) -> None:
            done(entries)

        self._jobs.submit(
            SELECTION, lambda token, _tell: library_work.entries_at(self._services, query, spans, token), bring,
            failed=self._controller.tell_error,
        )  # fmt: skip

    def _on_looked(self) -> None:
        self._looks -= 1
        self._on_changed()

    def _on_not_looked(self, error: FacevidError) -> None:
        self._looks -= 1
        self._controller.tell_error(error)

    def _scan(self) -> None:
        self._tell(replace(self._session.library, is_scanning=True, done=0, total=0, problem=None))
        if not self._session.library.is_scanned:  # what is remembered is shown meanwhile
            self.model.refresh()
        self._jobs.submit(
            SCAN, partial(library_work.scan, self._services), self._on_scanned, failed=self._on_failed,
            progress=self._on_progress, cancelled=self._on_stopped,
        )  # fmt: skip

    def _on_progress(self, told: tuple[int, int]) -> None:
        self._tell(replace(self._session.library, done=told[0], total=told[1]))
        is_new = not self._session.library.is_scanned
        if is_new and self.model.is_settled and time.monotonic() - self._seen_at >= LOOK_EVERY_S:
            self._seen_at = time.monotonic()
            self.model.refresh()  # what the first scan has found so far can be worked with

    def _on_scanned(self, report: ScanReport) -> None:
        self._tell(LibraryState(is_scanned=True, away=report.unreadable_roots))
        behind, self._behind = self._behind, []
        if behind:  # it may have found what was removed meanwhile: nothing of it is shown before it was looked at again
            self.refresh(behind)
        else:
            self._on_changed()
        if self._is_again:
            self._is_again = False
            self._scan()

    def _on_stopped(self) -> None:
        self._is_again = False
        self._tell(replace(self._session.library, is_scanned=True, is_scanning=False))
        self._controller.notify(Notice("warn", "notice.scan_stopped"))
        self._on_changed()

    def _on_failed(self, error: FacevidError) -> None:
        self._is_again = False
        self._tell(LibraryState(is_scanned=True, problem=error))
        self._controller.tell_error(error)
        self.model.refresh()

    def _on_changed(self) -> None:
        self.model.refresh()
        self._is_counting = True
        self._jobs.submit(CHOICES, lambda _token, _tell: library_work.choices(self._services), self._on_choices,
                          failed=self._on_uncounted)  # fmt: skip
        self._session.library_changed.emit()

    def _on_choices(self, choices: LibraryChoices) -> None:
        self._is_counting = False
        self.model.take_choices(choices)

    def _on_uncounted(self, error: FacevidError) -> None:
        self._is_counting = False
        self._controller.tell_error(error)

    def _fetch(self, wish: Wish) -> None:
        """A newer question's first page replaces an older one's; other pages stand beside each other."""
        self._jobs.submit(
            f"library page {wish.offset}", lambda _token, _tell: library_work.page(self._services, wish),
            partial(self.model.take, wish), failed=partial(self._refuse, wish),
        )  # fmt: skip

    def _refuse(self, wish: Wish, error: FacevidError) -> None:
        self.model.refuse(wish, error)

    def _tell(self, state: LibraryState) -> None:
        if state != self._session.library:
            self._session.library = state
            self.state_changed.emit()
