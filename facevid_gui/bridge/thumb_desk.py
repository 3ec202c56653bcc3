"""Small pictures of the library's rows: made when a record is opened, read when its row is seen (floor 2).

What enters: the open record, the decoder's first small frame, rows that are painted. What leaves: pictures in memory, a
bounded number of them. They are made of bytes whose hash matched: of an unsaved capture, or of evidence that was found
whole when it was opened. Foreign bytes are decoded by the decoder's child or, photos, on a worker.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from facevid_gui.bridge import work
from facevid_gui.bridge.library_work import is_listed
from facevid_gui.evidence.thumbnails import Thumbnails

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.exact import ExactFrame
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.services import Services
    from facevid_gui.bridge.settings_desk import SettingsDesk
    from facevid_gui.evidence.review import Reviewed

SIDE = 96  # pixels: a row's tile at 200 %
IN_MEMORY = 600
_AT_ONCE = 40
_QUALITY = 82
Pictures = dict[str, QImage | None]
Picture = Callable[[], QImage | None]


class ThumbDesk(QObject):
    """Answers `picture` at once with what is in memory; what is not is read, and `changed` says when it is here."""

    changed = Signal()

    def __init__(
        self, services: Services, controller: Controller, screening: Screening, settings: SettingsDesk,
        parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._settings = settings
        self._held: OrderedDict[str, QImage | None] = OrderedDict()
        self._missing: OrderedDict[str, None] = OrderedDict()
        self._is_reading = self._is_covered = False
        self._awaits_frame_of = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read_missing)
        self._was_allowed = settings.settings.library_thumbnails
        controller.session.page_changed.connect(self._on_page)
        screening.thumbnail_ready.connect(self._on_frame)
        settings.changed.connect(self._on_settings)

    @property
    def is_allowed(self) -> bool:
        """Whether pictures may be seen now."""
        return self._settings.settings.library_thumbnails and not self._is_covered

    def picture(self, evidence_id: str) -> QImage | None:
        """The picture of a record, if it is here and may be seen."""
        if not self.is_allowed:
            return None
        if evidence_id in self._held:
            self._held.move_to_end(evidence_id)
            return self._held[evidence_id]
        self._missing[evidence_id] = None
        if not self._is_reading and not self._timer.isActive():
            self._timer.start(0)
        return None

    def set_covered(self, covered: bool) -> None:
        """While the curtain is down nothing is shown, and nothing is kept in memory."""
        self._is_covered = covered
        self._drop_all()

    def forget(self, evidence_id: str) -> None:
        """A record is gone."""
        self._held.pop(evidence_id, None)

    # --- reading ---------------------------------------------------------------------------------------

    def _read_missing(self) -> None:
        wanted = [*self._missing][-_AT_ONCE:]  # what was painted last; the rest is painted again when it is seen
        self._missing.clear()
        if wanted:
            self._is_reading = True
            self._controller.jobs.submit(
                "thumbnails", lambda _token, _tell: read_pictures(self._services, wanted), self._on_read,
                failed=lambda _error: self._on_read({}), cancelled=lambda: self._on_read({}),
            )  # fmt: skip

    def _on_read(self, pictures: Pictures) -> None:
        self._is_reading = False
        if self.is_allowed:
            for evidence_id, picture in pictures.items():
                self._hold(evidence_id, picture)
            self.changed.emit()

    def _hold(self, evidence_id: str, picture: QImage | None) -> None:
        self._held[evidence_id] = picture
        self._held.move_to_end(evidence_id)
        while len(self._held) > IN_MEMORY:
            self._held.popitem(last=False)

    def _drop_all(self) -> None:
        self._held.clear()
        self._missing.clear()
        self.changed.emit()

    def _on_settings(self) -> None:
        """Who wants no pictures wants none on the disk."""
        allowed = self._settings.settings.library_thumbnails
        if not allowed and self._was_allowed:
            self._controller.jobs.submit(
                "drop thumbnails", lambda _token, _tell: Thumbnails(self._services.paths.thumbs).clear(),
                lambda _none: None, failed=self._controller.tell_error, lasting=True,
            )  # fmt: skip
        if allowed != self._was_allowed:
            self._was_allowed = allowed
            self._drop_all()

    # --- making ----------------------------------------------------------------------------------------

    def _on_page(self) -> None:
        """A record is open: of its photo a picture is made now, of its clip once the decoder has one."""
        page = self._controller.session.page
        self._awaits_frame_of = ""
        reviewed = page.reviewed
        if reviewed is None or not self._settings.settings.library_thumbnails or not may_be_shown(reviewed):
            return
        if reviewed.record.photos:
            self._make(reviewed, lambda: photo_of(reviewed))
        else:
            self._awaits_frame_of = reviewed.record.evidence_id

    def _on_frame(self, frame: ExactFrame) -> None:
        evidence_id, self._awaits_frame_of = self._awaits_frame_of, ""
        reviewed = self._controller.session.page.reviewed
        if reviewed is not None and evidence_id == reviewed.record.evidence_id:
            image = frame.image
            self._make(reviewed, lambda: image)

    def _make(self, reviewed: Reviewed, picture: Picture) -> None:
        evidence_id = reviewed.record.evidence_id
        self._controller.jobs.submit(
            f"thumbnail {evidence_id}", lambda _token, _tell: make_picture(self._services, reviewed, picture),
            lambda made: self._on_made(evidence_id, made), failed=lambda _error: None,
        )  # fmt: skip

    def _on_made(self, evidence_id: str, made: QImage | None) -> None:
        if made is not None and self.is_allowed:
            self._hold(evidence_id, made)
            self.changed.emit()


def may_be_shown(reviewed: Reviewed) -> bool:
    """Whether what was read of a record was whole: of evidence that is broken no picture is made."""
    return reviewed.verdict is None or reviewed.verdict.verified


def photo_of(reviewed: Reviewed) -> QImage | None:
    """The first photo, its hash checked."""
    from facevid_gui.bridge.photos import decode_picture

    return decode_picture(work.load_media(reviewed, reviewed.record.photos[0]))


def read_pictures(services: Services, wanted: Sequence[str]) -> Pictures:
    """The kept pictures of some records, None for those that have none."""
    from facevid_gui.bridge.photos import decode_picture

    thumbnails, found = Thumbnails(services.paths.thumbs), Pictures()
    for evidence_id in wanted:
        data = thumbnails.read(evidence_id)
        image = decode_picture(data) if data is not None else None
        found[evidence_id] = small(image) if image is not None else None
    return found


def make_picture(services: Services, reviewed: Reviewed, picture: Picture) -> QImage | None:
    """Make and keep the picture of a record of the library that has none yet; of a package no trace is left."""
    evidence_id, thumbnails = reviewed.record.evidence_id, Thumbnails(services.paths.thumbs)
    if thumbnails.has(evidence_id) or not is_listed(services, reviewed.folder):
        return None
    image = picture()
    if image is None or image.isNull():
        return None
    made = small(image)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made.save(buffer, "JPEG", _QUALITY)  # type: ignore[call-overload]
    thumbnails.keep(evidence_id, bytes(buffer.data().data()))
    return made


def small(image: QImage) -> QImage:
    """The middle of a picture, as a square of `SIDE` pixels."""
    aspect, how = Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    if image.size() == QSize(SIDE, SIDE):
        return image
    scaled = image.convertToFormat(QImage.Format.Format_RGB32).scaled(SIDE, SIDE, aspect, how)
    return scaled.copy((scaled.width() - SIDE) // 2, (scaled.height() - SIDE) // 2, SIDE, SIDE)
