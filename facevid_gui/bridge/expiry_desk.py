"""Unsaved captures whose date has passed: told at the start, removed when that is confirmed (floor 2).

What enters: the start, and what somebody chose. What leaves: a notice, or captures that are gone. Nothing is removed
without being asked for, unless the settings say so; then how many is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge.session import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services
    from facevid_gui.evidence.discarding import Discarded

KEY = "expired captures"


@dataclass(frozen=True)
class Expired:
    """An unsaved capture that may be removed. `state` is "complete" or "interrupted", `subject` the provider's id."""

    evidence_id: str
    state: str
    subject: str
    captured_at: datetime | None


@dataclass(frozen=True)
class _Round:
    found: tuple[Expired, ...]
    discarded: Discarded | None = None


class ExpiryDesk(QObject):
    """One round at the start; later whenever somebody looks."""

    found = Signal(object)  # tuple of Expired
    discarded = Signal(int)
    refused = Signal(object)  # FacevidError

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._is_begun = False
        controller.session.library_changed.connect(self._on_library)

    def look(self) -> None:
        """List what has expired."""
        self._controller.jobs.submit(
            KEY, lambda _token, _tell: _look(self._services), self.found.emit, failed=self.refused.emit
        )

    def discard(self, evidence_ids: Sequence[str], reason: str) -> None:
        """Remove these for good; they are looked up again, for one may have been saved meanwhile."""
        wanted = frozenset(evidence_ids) - {self._controller.session.page.title_id}
        self._controller.jobs.submit(
            f"{KEY} discard", lambda _token, _tell: _discard(self._services, wanted, reason), self._on_discarded,
            failed=self.refused.emit,
        )  # fmt: skip

    def _on_library(self) -> None:
        """The first time the library was listed: what a crash left is promoted by then."""
        if not self._is_begun:
            self._is_begun = True
            shown = self._controller.session.page.title_id
            self._controller.jobs.submit(
                KEY, lambda _token, _tell: _begin(self._services, shown), self._on_begun,
                failed=self._controller.tell_error,
            )  # fmt: skip

    def _on_begun(self, done: _Round) -> None:
        if done.discarded is not None and done.discarded.evidence_ids:
            count = str(len(done.discarded.evidence_ids))
            self._tell(Notice("warn", "notice.captures_removed", {"count": count}))
            self._controller.refresh_library()
        elif done.found:
            self._tell(Notice("warn", "notice.captures_expired", {"count": str(len(done.found))}))
        if done.discarded is not None and done.discarded.problem is not None:
            self._controller.tell_error(done.discarded.problem)

    def _on_discarded(self, done: Discarded) -> None:
        self._controller.refresh_library()
        self.discarded.emit(len(done.evidence_ids))
        if done.problem is not None:
            self.refused.emit(done.problem)

    def _tell(self, notice: Notice) -> None:
        """Nothing that somebody has to read is pushed aside."""
        if self._controller.session.notice is None or self._controller.session.notice.tone == "ok":
            self._controller.notify(notice)


def _begin(services: Services, shown: str) -> _Round:
    found = _look(services)
    if not found or not services.settings.captures_expire_automatically:
        return _Round(found)
    from facevid_gui.evidence.discarding import EXPIRED

    return _Round(found, _discard(services, frozenset(one.evidence_id for one in found) - {shown}, EXPIRED))


def _look(services: Services) -> tuple[Expired, ...]:
    if services.keeping.capture_days is None:
        return ()
    from facevid_gui.evidence.discarding import received_at

    found = []
    for entry in services.discarder.expired(services.keeping, services.clock.now()):
        provider = entry.record.provider if entry.record is not None else None
        subject = (provider.flow_id or provider.order_no or "") if provider is not None else ""
        found.append(Expired(entry.evidence_id, entry.state, subject, received_at(entry)))
    return tuple(found)


def _discard(services: Services, wanted: frozenset[str], reason: str) -> Discarded:
    entries = services.discarder.expired(services.keeping, services.clock.now())
    return services.discarder.discard_all([entry for entry in entries if entry.evidence_id in wanted], reason)
