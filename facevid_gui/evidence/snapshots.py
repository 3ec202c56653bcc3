"""Snapshots: one exact frame of a sealed recording as a picture, with where it came from, signed (floor 1).

What enters: a PNG, and of which frame it is. What leaves: `snapshots/NNNNNN.png`, `.json` and `.json.p7s` in the
sidecar; on reading, what checking each came to. A snapshot is derived: it is never inside the seal, and anybody who has
the recording can make it again. Schema `facevid-snapshot/1`: the members of every document of the sidecar, and
`clip` {path, role, index, sha256}, `frame` (from 0), `pts_us` (microseconds from the clip's start), `damaged`,
`decoder` {name, version}, `planes` {sha256, format, width, height}, `shown` {rotation, mirrored, pixel_shape, matrix,
full_range, width, height} and `picture` {sha256}.

`planes.sha256` is that of the frame as it left the decoder, in the pixel format named: plane after plane, row by row
without padding. Decoders of one kind of recording agree on these bytes, whatever converts colours afterwards; FFmpeg
writes them as `rawvideo`. `shown` is how the picture was made of them, in this order: colours converted to RGB by
`matrix` (ITU-T H.273, table 4), stretched to the pixels' shape, turned clockwise by `rotation` degrees, mirrored.
Snapshots of earlier versions have no `shown`, and name `rgb24`: their hash is that of the pixels in the picture.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import from_rfc3339
from facevid_gui.core.exchange import capture_path
from facevid_gui.evidence.package import sidecar_of
from facevid_gui.evidence.reading import FolderReader
from facevid_gui.evidence.sidecar import BROKEN, SIGNED, number_of, read_documents, text_of
from facevid_gui.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.core.clip import FramePlanes, VideoFacts
    from facevid_gui.core.record import MediaItem
    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.identity import Identity
    from facevid_gui.evidence.sidecar import Document, SidecarWriter

SCHEMA = "facevid-snapshot/1"
SERIES = "snapshots"
_LONGEST = 400
_LARGEST = 10**15


@dataclass(frozen=True)
class FramePicture:
    """A decoded frame as a picture: PNG bytes and their size in pixels."""

    png: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Source:
    """Which frame of which clip it is, what decoded it, and to what. `pts_us` as in `core.clip.ClipFacts`."""

    item: MediaItem
    frame: int
    pts_us: int
    damaged: bool
    video: VideoFacts
    planes: FramePlanes


@dataclass(frozen=True)
class Snapshot:
    """A snapshot as it was read. `state` and `findings` are those of its document, its picture checked as well."""

    document: Document
    state: str
    findings: tuple[str, ...]
    at: datetime
    operator: str
    clip: str
    frame: int
    pts_us: int
    picture: str


@dataclass(frozen=True)
class Snapshots:
    """All snapshots of a record. `unreadable` are documents without the members of one, `gaps` missing numbers."""

    snapshots: tuple[Snapshot, ...] = ()
    unreadable: tuple[Document, ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every snapshot is there, with its picture, and signed by somebody who is trusted."""
        return not self.gaps and not self.unreadable and all(item.state == SIGNED for item in self.snapshots)


def add_snapshot(
    writer: SidecarWriter, folder: Path, subject: Identity, source: Source, picture: FramePicture, signer: Signer
) -> str:
    """Put a snapshot into the sidecar, signed; return the name of its document there. Raises as the writer does."""
    item, video, planes = source.item, source.video, source.planes
    members = {
        "clip": {"path": item.path, "role": item.role, "index": item.index, "sha256": item.sha256},
        "frame": source.frame,
        "pts_us": source.pts_us,
        "damaged": source.damaged,
        "decoder": {"name": video.decoder, "version": video.decoder_version},
        "planes": {
            "sha256": planes.sha256, "format": planes.format, "width": planes.width, "height": planes.height,
        },
        "shown": {
            "rotation": video.rotation, "mirrored": video.mirrored, "pixel_shape": video.pixel_shape,
            "matrix": planes.matrix, "full_range": planes.full_range, "width": picture.width, "height": picture.height,
        },
        "picture": {"sha256": hashlib.sha256(picture.png).hexdigest()},
    }  # fmt: skip
    return writer.append(folder, SERIES, SCHEMA, subject, members, signer, {".png": picture.png})


def read_snapshots(folder: Path, subject: Identity, trusted: Collection[bytes], last: int | None = None) -> Snapshots:
    """Read and check the snapshots beside a folder, with `last` up to that one, pictures included.

    Raises as `read_documents`.
    """
    documents = read_documents(folder, SERIES, SCHEMA, subject, trusted, last)
    reader = FolderReader(sidecar_of(folder))
    snapshots, unreadable = documents.parsed(lambda document: _snapshot_of(document, reader))
    return Snapshots(tuple(snapshots), unreadable, documents.gaps)


def _snapshot_of(document: Document, reader: FolderReader) -> Snapshot:
    """Read the members of a snapshot; `KeyError`, `TypeError` or `ValueError` when they are none."""
    data = document.data
    clip = text_of(data["clip"]["path"], _LONGEST)
    picture = f"{SERIES}/{document.seq:06d}.png"
    problem = _picture_problem(reader, picture, data["picture"])
    return Snapshot(
        document,
        BROKEN if problem else document.state,
        (*document.findings, *((problem,) if problem else ())),
        from_rfc3339(text_of(data["at"], _LONGEST)),
        text_of(data["operator"], _LONGEST),
        capture_path(clip),
        number_of(data["frame"], _LARGEST, -_LARGEST),
        number_of(data["pts_us"], _LARGEST, -_LARGEST),
        picture,
    )


def _picture_problem(reader: FolderReader, picture: str, said: Mapping[str, Any]) -> str:
    try:
        digest, _ = sha256_of(reader.place_of(picture))
    except OSError:
        return "picture_missing"
    return "" if digest == said["sha256"] else "picture_changed"
