"""What a clip is made of, as its decoder found it (floor 0).

What enters: the facts the decoding child reports. What leaves: these values, to the player's timeline and the
health line. Times are whole microseconds from the clip's start, rounded as Qt's player rounds them, so that a time
it tells finds its frame. The pictures need not begin at zero (sound may come first). The index is the truth; what a
header states is only a statement.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class VideoFacts:
    """The video stream. `rotation` is what a viewer must turn the picture by, clockwise, in degrees.

    `fps` and `frames_stated` are 0 when the container does not say. `decoder` and `decoder_version` say what decodes.
    """

    codec: str
    profile: str
    width: int
    height: int
    rotation: int
    fps: float
    pixel_format: str
    frames_stated: int
    decoder: str = ""
    decoder_version: str = ""


@dataclass(frozen=True)
class AudioFacts:
    """The audio stream; empty and 0 when its codec is unknown here."""

    codec: str
    sample_rate: int
    channels: int


@dataclass(frozen=True)
class ClipFacts:
    """A clip that can be shown.

    `pts_us` has one entry per frame, never falling; `keys` holds the numbers of key frames. `start_us` is where the
    container's own clock begins: added to a time it gives the one that other tools print. `duration_us` is what the
    container states, or the end of the last frame where that is later.
    """

    container: str
    brands: str
    start_us: int
    duration_us: int
    streams: int
    video: VideoFacts
    audio: AudioFacts | None
    pts_us: tuple[int, ...]
    keys: tuple[int, ...]

    @property
    def frame_count(self) -> int:
        """How many frames the index holds; `video.frames_stated` may say otherwise when some are missing."""
        return len(self.pts_us)

    def frame_at(self, position_us: int) -> int:
        """The number (from 0) of the frame shown at a time; the first one before it begins."""
        return max(0, bisect_right(self.pts_us, position_us) - 1)

    def group_of(self, frame: int) -> tuple[int, int]:
        """First and last frame of the group of pictures that holds `frame`: from one key frame up to the next."""
        place = bisect_right(self.keys, frame)
        first = self.keys[place - 1] if place else 0
        following = self.keys[place] if place < len(self.keys) else self.frame_count
        return first, following - 1

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClipFacts:
        """Read the child's report. Raises `KeyError`, `TypeError` or `ValueError` when it is malformed."""
        audio = data["audio"]
        return cls(
            container=str(data["container"]),
            brands=str(data["brands"]),
            start_us=int(data["start_us"]),
            duration_us=int(data["duration_us"]),
            streams=int(data["streams"]),
            video=VideoFacts(**data["video"]),
            audio=AudioFacts(**audio) if audio is not None else None,
            pts_us=tuple(map(int, data["pts_us"])),
            keys=tuple(map(int, data["keys"])),
        )


@dataclass(frozen=True)
class FramePixels:
    """One decoded frame: RGB, eight bits per channel, `stride` bytes per row, not yet rotated.

    `damaged`: the clip's bytes are broken here or in a frame that this one builds on; the decoder guessed parts of it.
    """

    number: int
    pts_us: int
    width: int
    height: int
    stride: int
    rotation: int
    data: bytes
    damaged: bool = False

    @classmethod
    def from_json(cls, header: Mapping[str, Any], data: bytes) -> FramePixels:
        """Read what the child says of its pixels. Raises `KeyError`, `TypeError` or `ValueError` when they do not fit.

        The window trusts the sizes to stay inside `data`; the child, which decodes foreign bytes, is not trusted.
        """
        pixels = cls(
            number=int(header["frame"]),
            pts_us=int(header["pts_us"]),
            width=int(header["width"]),
            height=int(header["height"]),
            stride=int(header["stride"]),
            rotation=int(header["rotation"]),
            data=data,
            damaged=bool(header["damaged"]),
        )
        if min(pixels.width, pixels.height) < 1 or pixels.stride < 3 * pixels.width:
            raise ValueError("stride")
        if len(data) < pixels.stride * pixels.height:
            raise ValueError("size")
        return pixels
