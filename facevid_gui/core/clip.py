"""What a clip is made of, as its decoder found it (floor 0). Times are whole microseconds from the clip's start.

What enters: the facts the decoding child reports. What leaves: these values, to the player's timeline and the
health line. A timeline need not begin at zero; the index is the truth, header durations are only statements.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class VideoFacts:
    """The video stream. `rotation` is what a viewer must turn the picture by, clockwise, in degrees."""

    codec: str
    profile: str
    width: int
    height: int
    rotation: int
    fps: float
    pixel_format: str
    frames_stated: int


@dataclass(frozen=True)
class AudioFacts:
    """The audio stream."""

    codec: str
    sample_rate: int
    channels: int


@dataclass(frozen=True)
class ClipFacts:
    """A clip that can be shown. `pts_us` has one entry per frame, rising; `keys` the numbers of key frames."""

    container: str
    brands: str
    duration_us: int
    streams: int
    video: VideoFacts
    audio: AudioFacts | None
    pts_us: tuple[int, ...]
    keys: tuple[int, ...]

    @property
    def frame_count(self) -> int:
        """How many frames the index holds."""
        return len(self.pts_us)

    def frame_at(self, position_us: int) -> int:
        """The number (from 0) of the frame shown at a time."""
        return max(0, bisect_right(self.pts_us, position_us) - 1)

    def group_of(self, frame: int) -> tuple[int, int]:
        """First and last frame of the group of pictures that holds `frame`."""
        place = max(0, bisect_right(self.keys, frame) - 1)
        first = self.keys[place] if self.keys else 0
        following = self.keys[place + 1] if place + 1 < len(self.keys) else self.frame_count
        return min(first, frame), max(following - 1, frame)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClipFacts:
        """Read the child's report. Raises `KeyError`/`TypeError` when it is malformed."""
        audio = data["audio"]
        return cls(
            container=str(data["container"]),
            brands=str(data["brands"]),
            duration_us=int(data["duration_us"]),
            streams=int(data["streams"]),
            video=VideoFacts(**data["video"]),
            audio=AudioFacts(**audio) if audio else None,
            pts_us=tuple(data["pts_us"]),
            keys=tuple(data["keys"]),
        )


@dataclass(frozen=True)
class FramePixels:
    """One decoded frame: RGB, eight bits per channel, `stride` bytes per row, not yet rotated."""

    number: int
    pts_us: int
    width: int
    height: int
    stride: int
    rotation: int
    data: bytes
