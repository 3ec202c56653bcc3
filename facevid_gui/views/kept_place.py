"""Where somebody stood in a record, for the same record shown again: saved, or verified once more (floor 3).

What enters: the record before, the one now, the clip that is open. What leaves: clip, frame and marks to go back to.
Bytes are never carried over: the clip is read and checked again, and the place is found in what was read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facevid_gui.bridge.places import Marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from facevid_gui.bridge.screening import Screening
    from facevid_gui.core.note import Spot
    from facevid_gui.core.record import MediaItem, Record


@dataclass(frozen=True)
class Place:
    """A place in a record: the number of its clip, the frame (None: where the clip begins), the marked part."""

    clip: int = 0
    frame: int | None = None
    pts_us: int = 0
    marks: Marks = field(default_factory=Marks)

    @property
    def is_beginning(self) -> bool:
        """Whether a clip that was just opened stands there already."""
        return not self.frame and not self.pts_us and not self.marks.are_set

    @classmethod
    def of_spot(cls, spot: Spot, clips: Iterable[MediaItem]) -> Place | None:
        """The place that a note or snapshot names; None where its clip is not in the record."""
        number = next((n for n, item in enumerate(clips) if item.path == spot.clip), None)
        return None if number is None else cls(number, spot.frame, spot.pts_us)

    @classmethod
    def standing(cls, clip: int, screening: Screening) -> Place:
        """Where the open clip stands now; the beginning of one that has not opened yet."""
        facts = screening.facts
        if facts is None:
            return cls(clip)
        number = screening.current_number
        return cls(clip, number, facts.pts_us[number] if number else 0, screening.loop.marks)


def is_same(before: Record | None, now: Record) -> bool:
    """Whether it is the same record with the same recordings and photos, by its id and the hashes of its media."""
    return before is not None and before.evidence_id == now.evidence_id and _media(before) == _media(now)


def _media(record: Record) -> list[tuple[str, int, str | None]]:
    return [(item.role, item.index, item.sha256) for item in (*record.clips, *record.photos)]
