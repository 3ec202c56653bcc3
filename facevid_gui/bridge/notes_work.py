"""What workers do with notes and snapshots (floor 2): read and check them, sign new ones, make a picture of a frame.

Notes belong to sealed evidence: they name its seal. A record that is not saved yet has none, so it is saved first; a
copy kept aside until then would be one more thing that can be lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from facevid_gui.core.errors import SubjectError

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.bridge.services import Services
    from facevid_gui.core.note import NoteDraft
    from facevid_gui.core.secret import Secret
    from facevid_gui.evidence.identity import Identity
    from facevid_gui.evidence.notes import Notes
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.evidence.sidecar import SidecarWriter
    from facevid_gui.evidence.snapshots import FramePicture, Snapshots, Source


@dataclass(frozen=True)
class Beside:
    """What lies beside a sealed folder, just read and checked."""

    notes: Notes
    snapshots: Snapshots


@dataclass(frozen=True)
class Kept:
    """What was signed and kept, and all there is now."""

    path: Path
    beside: Beside


def read_beside(services: Services, reviewed: Reviewed) -> Beside:
    """Read and check the notes and snapshots of an opened folder."""
    from facevid_gui.evidence.notes import read_notes
    from facevid_gui.evidence.snapshots import read_snapshots

    identity, trusted = _identity_of(reviewed), services.trust().signers
    return Beside(read_notes(reviewed.folder, identity, trusted), read_snapshots(reviewed.folder, identity, trusted))


def add_note(services: Services, reviewed: Reviewed, draft: NoteDraft, passphrase: Secret | None) -> Kept:
    """Sign a note and put it beside the folder; it is logged first."""
    from facevid_gui.evidence.notes import add_note as add
    from facevid_gui.evidence.notes import check_text

    identity = _identity_of(reviewed)
    check_text(draft.text)
    signer = services.keys.open(passphrase)
    services.access_log.add("noted", identity.evidence_id, kind=draft.kind)
    name = add(_writer(services), reviewed.folder, identity, draft, signer)
    return _kept(services, reviewed, name)


def keep_snapshot(
    services: Services, reviewed: Reviewed, source: Source, image: QImage, passphrase: Secret | None
) -> Kept:
    """Make a picture of an exact frame, sign where it came from, put both beside the folder; it is logged first."""
    from facevid_gui.evidence.snapshots import add_snapshot

    identity = _identity_of(reviewed)
    signer = services.keys.open(passphrase)
    made = picture_file(image)
    services.access_log.add("snapshot", identity.evidence_id, clip=str(source.item.path), frame=str(source.frame))
    name = add_snapshot(_writer(services), reviewed.folder, identity, source, made, signer)
    return _kept(services, reviewed, name)


def picture_file(image: QImage) -> FramePicture:
    """A frame as it is shown, upright and untouched, as PNG."""
    from facevid_gui.evidence.snapshots import FramePicture

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_RGB888).save(buffer, "PNG")  # type: ignore[call-overload]
    return FramePicture(bytes(buffer.data().data()), image.width(), image.height())


def _writer(services: Services) -> SidecarWriter:
    from facevid_gui.evidence.sidecar import SidecarWriter

    return SidecarWriter(services.journal, services.clock, services.operator["account"])


def _identity_of(reviewed: Reviewed) -> Identity:
    from facevid_gui.evidence.identity import Identity

    if reviewed.verdict is None:
        raise SubjectError("save_first")
    if reviewed.verdict.seal_sha256 is None:
        raise SubjectError("not_evidence", path=reviewed.folder)
    return Identity(reviewed.record.evidence_id, reviewed.verdict.seal_sha256)


def _kept(services: Services, reviewed: Reviewed, name: str) -> Kept:
    from facevid_gui.evidence.package import sidecar_of

    return Kept(sidecar_of(reviewed.folder) / name, read_beside(services, reviewed))
