"""Snapshots: one exact frame of a sealed recording as a picture, with where it came from, signed (floor 1).

What enters: a PNG, and of which frame it is. What leaves: `snapshots/NNNNNN.png`, `.json` and `.json.p7s` in the
sidecar; on reading, what checking each came to. A snapshot is derived: it is never inside the seal, and anybody who has
the recording can make it again. Schema `facevid-snapshot/1`: the members of every document of the sidecar, and
`clip` {path, role, index, sha256}, `frame` (from 0), `pts_us` (microseconds from the clip's start), `damaged`,
`decoder` {name, version}, `planes` {sha256, format, width, height, rotation} and `picture` {sha256}.

`planes.sha256` is that of the decoded pixels as they are shown and stand in the picture: RGB, eight bits per channel,
row by row without padding, turned clockwise by `rotation` degrees as the recording asks for. Decoders and converters
differ by a grain of colour: who compares needs the decoder and this hash, and finds both here.
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

    from facevid_gui.core.record import MediaItem
    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.identity import Identity
    from facevid_gui.evidence.sidecar import Document, SidecarWriter

SCHEMA = "facevid-snapshot/1"
SERIES = "snapshots"
PLANES = "rgb24"
_LONGEST = 400
_LARGEST = 10**15


@dataclass(frozen=True)
class FramePicture:
    """A decoded frame as a picture: PNG bytes, and hash and size of the planes they hold (see above)."""

    png: bytes
    planes_sha256: str
    width: int
    height: int
    rotation: int


@dataclass(frozen=True)
class Source:
    """Which frame of which clip it is, and who decoded it. `pts_us` as in `core.clip.ClipFacts`."""

    item: MediaItem
    frame: int
    pts_us: int
    damaged: bool
    decoder: str
    decoder_version: str


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
    item = source.item
    members = {
        "clip": {"path": item.path, "role": item.role, "index": item.index, "sha256": item.sha256},
        "frame": source.frame,
        "pts_us": source.pts_us,
        "damaged": source.damaged,
        "decoder": {"name": source.decoder, "version": source.decoder_version},
        "planes": {
            "sha256": picture.planes_sha256, "format": PLANES, "width": picture.width, "height": picture.height,
            "rotation": picture.rotation,
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
