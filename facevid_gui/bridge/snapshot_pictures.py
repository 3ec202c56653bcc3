"""Pictures of snapshots, to be looked at (floor 2): read on a worker, hashed, and decoded only when the hash matches.

What enters: a snapshot whose document was checked. What leaves: its picture, of its whole size or small. A picture
that is gone, or is not the one that was signed, is not decoded at all.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from facevid_gui.core.errors import SubjectError

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.evidence.snapshots import Snapshot

SMALL_HEIGHT = 192  # pixels; twice what a card shows, for screens at 200 %
_MAX_BYTES = 256 * 1024 * 1024


class SnapshotPictures(QObject):
    """Reads the pictures beside the open record."""

    small_read = Signal(str, object)  # path of the picture in the sidecar, QImage
    read = Signal(object, object)  # Snapshot, QImage of its whole size

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller

    def want_small(self, reviewed: Reviewed, snapshot: Snapshot) -> None:
        """Ask for a small picture; of one that cannot be shown the card says why."""
        self._submit(f"snapshot small {snapshot.picture}", reviewed, snapshot, SMALL_HEIGHT)

    def want(self, reviewed: Reviewed, snapshot: Snapshot) -> None:
        """Ask for the picture as it was kept; a notice tells why it cannot be shown."""
        self._submit("snapshot large", reviewed, snapshot, 0)

    def _submit(self, key: str, reviewed: Reviewed, snapshot: Snapshot, height: int) -> None:
        self._controller.jobs.submit(
            key, lambda _token, _tell: read_snapshot(reviewed, snapshot, height),
            partial(self._on_read, reviewed, snapshot, height),
            failed=self._on_no_small if height else self._controller.tell_error,
        )  # fmt: skip

    def _on_read(self, reviewed: Reviewed, snapshot: Snapshot, height: int, image: QImage) -> None:
        if reviewed is not self._controller.session.page.reviewed:
            return
        if height:
            self.small_read.emit(snapshot.picture, image)
        else:
            self.read.emit(snapshot, image)

    def _on_no_small(self, error: object) -> None:
        """Its place stays empty: what checking it came to stands on the card."""


def read_snapshot(reviewed: Reviewed, snapshot: Snapshot, height: int = 0) -> QImage:
    """Read, check and decode the picture of a snapshot; with `height` no higher than that.

    `SubjectError` snapshot_picture when it is gone, is not the one that was signed, or is no picture.
    """
    from facevid_gui.bridge.photos import decode_picture
    from facevid_gui.evidence.package import sidecar_of
    from facevid_gui.evidence.reading import FolderReader

    refused = SubjectError("snapshot_picture", path=snapshot.picture)
    try:
        raw = FolderReader(sidecar_of(reviewed.folder)).read(snapshot.picture, _MAX_BYTES)
        said = snapshot.document.data["picture"]["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise refused from error
    if hashlib.sha256(raw).hexdigest() != said:
        raise refused
    image = decode_picture(raw)
    if image is None:
        raise refused
    if not height or image.height() <= height:
        return image
    return image.scaledToHeight(height, Qt.TransformationMode.SmoothTransformation)
