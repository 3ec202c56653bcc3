"""What somebody says of a sealed record, before it is signed and as others refer to it (floor 0).

What enters: words, and a place in a recording. What leaves: frozen values for whoever writes, signs and shows notes.
"""

from __future__ import annotations

from dataclasses import dataclass

NOTE, MARKER, RETRACTION = "note", "marker", "retraction"
KINDS = (NOTE, MARKER, RETRACTION)


@dataclass(frozen=True)
class Spot:
    """A place in a recording: path of the clip below `data/`, frame number from 0, time in microseconds."""

    clip: str
    frame: int | None
    pts_us: int


@dataclass(frozen=True)
class NoteRef:
    """The note that another one speaks of."""

    seq: int
    sha256: str


@dataclass(frozen=True)
class NoteDraft:
    """A note before it is signed."""

    kind: str
    text: str
    spot: Spot | None = None
    about: NoteRef | None = None
