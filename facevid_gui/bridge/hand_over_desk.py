"""Handing evidence over, and deleting it (floor 2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import hand_over_work
from facevid_gui.bridge.session import Notice, Page
from facevid_gui.core.reasons import remember

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.hand_over_work import HandingOver
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.evidence.export import Exported
    from facevid_gui.evidence.purge import Purged, PurgePlan
    from facevid_gui.evidence.review import Reviewed


class HandOverDesk(QObject):
    """Commands of the hand-over dialogs."""

    exported = Signal(object)  # Exported
    export_refused = Signal(object)  # FacevidError
    export_stopped = Signal()
    purge_planned = Signal(object)  # PurgePlan

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        controller.session.activity_changed.connect(self._on_activity)
        self._is_packing = False

    def export(self, wish: HandingOver) -> None:
        """Pack a folder; while something else runs nothing is begun."""
        session = self._controller.session
        session.reasons = remember(session.reasons, wish.reason)
        self._is_packing = self._controller.begin(
            "export", partial(hand_over_work.export, self._services, wish), self._on_exported, self._on_refused
        )
        if not self._is_packing:
            self.export_stopped.emit()

    def stop(self) -> None:
        """Stop packing; nothing half is left."""
        if self._is_packing:
            self._controller.cancel()

    def look_for_purge(self, folder: Path) -> None:
        """Say what deleting a folder would mean."""
        self._controller.begin(
            "purge", lambda _token, _tell: hand_over_work.look_for_purge(self._services, folder), self._on_planned
        )

    def purge(self, plan: PurgePlan, reason: str) -> None:
        """Delete a folder for good; its files are let go of first."""
        self._controller.session.reasons = remember(self._controller.session.reasons, reason)
        if self._controller.session.is_busy:
            self._controller.notify(Notice("warn", "notice.busy"))
            return
        self._controller.show_page(Page())
        self._controller.begin(
            "purge", lambda _token, _tell: hand_over_work.purge(self._services, plan, reason), self._on_purged
        )

    def _on_exported(self, done: tuple[Exported, Reviewed | None]) -> None:
        exported, reviewed = done
        self._is_packing = False
        if reviewed is not None and reviewed.folder == self._controller.session.page.folder:
            self._controller.show_opened(reviewed)  # its history is longer now
        else:
            self._controller.end_activity()
        self._controller.notify(Notice("ok", "notice.exported", {"path": str(exported.package)}))
        self.exported.emit(exported)

    def _on_refused(self, error: FacevidError) -> None:
        self._is_packing = False
        self._controller.end_activity()
        self.export_refused.emit(error)

    def _on_activity(self) -> None:
        """What was stopped says so by its activity's end only."""
        if self._is_packing and not self._controller.session.is_busy:
            self._is_packing = False
            self.export_stopped.emit()

    def _on_planned(self, plan: PurgePlan) -> None:
        self._controller.end_activity()
        self.purge_planned.emit(plan)

    def _on_purged(self, purged: Purged) -> None:
        self._controller.end_activity()
        self._controller.notify(Notice("ok", "notice.purged", {"id": purged.plan.evidence_id}))
        self._controller.refresh_library(purged.plan.folder)
