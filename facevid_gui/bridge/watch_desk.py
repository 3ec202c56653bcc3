"""Watching a recording is logged: that it begins, once for each opening, and what of it was seen (floor 2).

What enters: that somebody plays or steps, and what is shown meanwhile. What leaves: lines in the access log. Playing
does not wait for the disk; where the first line cannot be written, the clip is held and why is told, each time it is
tried. What was seen is written when another clip or record is shown and when the window closes.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from facevid_gui.bridge import trust_work
from facevid_gui.core.watched import ClipWatch, watched_detail

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.services import Services
    from facevid_gui.bridge.shown import Shown
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.record import MediaItem
    from facevid_gui.evidence.review import Reviewed

LANE = "access log"  # its lines are written in the order of what was done


class WatchDesk(QObject):
    """Follows the one clip on the screen."""

    def __init__(
        self, services: Services, controller: Controller, screening: Screening, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._screening = screening
        self._numbers = count(1)
        self._noted: Reviewed | None = None  # the opening that was logged, or is being logged
        self._reviewed: Reviewed | None = None  # the opening whose clips are collected
        self._clip = ""
        self._seen: dict[str, ClipWatch] = {}
        screening.watching_began.connect(self._on_watching)
        screening.position_changed.connect(self._on_position)
        screening.picture_changed.connect(self._on_picture)
        screening.state_changed.connect(self._on_state)

    def show_clip(self, item: MediaItem | None) -> None:
        """Another clip is shown, perhaps of another record; None: nothing is."""
        self.leave()
        self._clip = item.path or "" if item is not None else ""
        self._reviewed = self._controller.session.page.reviewed if self._clip else None

    def leave(self) -> None:
        """Write down what was seen until now."""
        detail, reviewed = watched_detail(self._seen), self._reviewed
        self._seen = {}
        if detail and reviewed is not None and reviewed is self._noted:  # a first picture is no watching
            evidence_id = reviewed.record.evidence_id
            self._controller.jobs.submit(
                f"looked at {next(self._numbers)}",
                lambda _token, _tell: trust_work.note_seen(self._services, evidence_id, detail),
                lambda _none: None, failed=self._controller.tell_error, lasting=True, lane=LANE,
            )  # fmt: skip

    @Slot()
    def _on_watching(self) -> None:
        reviewed = self._controller.session.page.reviewed
        if reviewed is None or reviewed is self._noted:
            return
        self._noted = reviewed
        evidence_id = reviewed.record.evidence_id
        self._controller.jobs.submit(
            f"watched {id(reviewed)}", lambda _token, _tell: trust_work.note_watching(self._services, evidence_id),
            lambda _none: None, failed=self._on_refused, lasting=True, lane=LANE,
        )  # fmt: skip

    def _on_refused(self, error: FacevidError) -> None:
        self._noted = None
        self._screening.pause()
        self._controller.tell_error(error)

    @property
    def _watch(self) -> ClipWatch:
        return self._seen.setdefault(self._clip, ClipWatch())

    @Slot(object)
    def _on_position(self, position_us: int) -> None:
        if self._clip and self._screening.state == "playing":
            self._watch.play(position_us, self._screening.rates.current)

    @Slot(object, object)
    def _on_picture(self, _image: QImage, shown: Shown) -> None:
        if self._clip and shown.mode == "exact" and shown.number is not None:
            self._watch.show(shown.number)

    @Slot(str)
    def _on_state(self, state: str) -> None:
        if state != "playing" and self._clip in self._seen:
            self._seen[self._clip].hold()
