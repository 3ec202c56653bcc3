"""Watching a recording is logged: once each time the record is opened (floor 2).

What enters: that somebody plays or steps. What leaves: a line in the access log. Playing does not wait for the disk;
where the line cannot be written, the clip is held and why is told, each time it is tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from facevid_gui.bridge import trust_work

if TYPE_CHECKING:
    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.evidence.review import Reviewed


class WatchDesk(QObject):
    """Follows the one clip on the screen."""

    def __init__(
        self, services: Services, controller: Controller, screening: Screening, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._screening = screening
        self._noted: Reviewed | None = None  # the opening that was logged, or is being logged
        screening.watching_began.connect(self._on_watching)

    @Slot()
    def _on_watching(self) -> None:
        reviewed = self._controller.session.page.reviewed
        if reviewed is None or reviewed is self._noted:
            return
        self._noted = reviewed
        evidence_id = reviewed.record.evidence_id
        self._controller.jobs.submit(
            f"watched {id(reviewed)}", lambda _token, _tell: trust_work.note_watching(self._services, evidence_id),
            lambda _none: None, failed=self._on_refused, lasting=True,
        )  # fmt: skip

    def _on_refused(self, error: FacevidError) -> None:
        self._noted = None
        self._screening.pause()
        self._controller.tell_error(error)
