"""What a clip is made of, as its decoder found it (floor 0).

What enters: the facts the decoding child reports. What leaves: these values, to the player's timeline and the
health line. Times are whole microseconds from the clip's start, rounded as Qt's player rounds them, so that a time
it tells finds its frame. The pictures need not begin at zero (sound may come first). The index is the truth; what a
header states is only a statement.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

_MOST = 1 << 62
_KINDS: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}
Stream = TypeVar("Stream", bound="VideoFacts | AudioFacts")


def span_of(pts_us: Sequence[int], duration_us: int) -> tuple[int, int]:
    """Where a timeline begins and ends, in microseconds; at least one long."""
    start = min(0, pts_us[0])
    return start, max(start + 1, duration_us, pts_us[-1])


def moments_of(span_us: tuple[int, int], count: int) -> list[int]:
    """When each of `count` equal parts of a timeline begins; rounded up, so that a frame beginning there is its own."""
    start, end = span_us
    return [start - (-place * (end - start) // count) for place in range(count)]


MAX_DECODED_FOR_THUMBNAILS = 3000  # frames; in longer clips small frames are key frames


@dataclass(frozen=True)
class VideoFacts:
    """The video stream. `rotation` is what a viewer must turn the picture by, clockwise, in degrees.

    `mirrored`: after turning, left and right must change places. `fps` and `frames_stated` are 0 when the container
    does not say. `pixel_shape` is the width of a pixel to its height: a picture of pixels that are not square is shown
    stretched; `width` and `height` count the pixels of the file.
    `decoder` and `decoder_version` say what decodes.
    """

    codec: str
    profile: str
    width: int
    height: int
    rotation: int
    fps: float
    pixel_format: str
    frames_stated: int
    mirrored: bool = False
    pixel_shape: str = "1:1"
    decoder: str = ""
    decoder_version: str = ""


@dataclass(frozen=True)
class AudioFacts:
    """The audio stream; empty and 0 when its codec is unknown here."""

    codec: str
    sample_rate: int
    channels: int


def _whole(value: Any) -> int:  # noqa: ANN401 - whatever the child says
    """A whole number that everybody can reckon with; `TypeError` or `ValueError` for anything else."""
    if type(value) is not int:
        raise TypeError("not a whole number")
    if abs(value) > _MOST:
        raise ValueError("too large a number")
    return value


def _words(value: Any) -> str:  # noqa: ANN401
    """A text; `TypeError` for anything else."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _stream(kind: type[Stream], data: Mapping[str, Any]) -> Stream:
    """A stream as the child describes it; `TypeError` or `ValueError` where a member is of another kind.

    The child decodes foreign bytes and is not trusted: what is read here is reckoned with by the window.
    """
    made = kind(**data)
    for name, value in vars(made).items():
        wanted = kind.__annotations__[name]
        if type(value) not in _KINDS[wanted]:
            raise TypeError(name)
        if not isinstance(value, str) and not -_MOST <= value <= _MOST:  # nor is that true of what is no number
            raise ValueError(name)
    return made


@dataclass(frozen=True)
class ClipFacts:
    """A clip that can be shown.

    `pts_us` has one entry per frame, never falling; `keys` holds the numbers of key frames. `start_us` is where the
    container's own clock begins: added to a time it gives the one that other tools print. `duration_us` is what the
    container states, or the end of the last frame (`end_us`, 0 when not known) where that is later. `created` is the
    time of creation the container names, as it stands there, `encoder` the program; both may be empty, and both are
    mere statements. `missing_bytes` of the file are not there, by its own outermost sizes. `other_pictures` is how many
    further tracks of pictures it holds, covers among them; they are not shown. `not_for_player` is the kind of a track
    that only the child may decode; empty where the player in the window's process may have the clip.
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
    end_us: int = 0
    created: str = ""
    encoder: str = ""
    missing_bytes: int = 0
    other_pictures: int = 0
    not_for_player: str = ""

    @property
    def span_us(self) -> tuple[int, int]:
        """Where a timeline of this clip begins and ends: from 0, or the first frame if earlier, to its duration."""
        return span_of(self.pts_us, self.duration_us)

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

    def small_frame_at(self, moment_us: int) -> int | None:
        """The number of the small frame that stands for a moment of the timeline; None where there are no pictures.

        In a long clip it is the key frame before it. Behind the end of the pictures none stands for them.
        """
        if moment_us < self.pts_us[0] or (self.end_us and moment_us >= self.end_us):
            return None
        number = self.frame_at(moment_us)
        return self.group_of(number)[0] if self.frame_count > MAX_DECODED_FOR_THUMBNAILS else number

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClipFacts:
        """Read the child's report. Raises `KeyError`, `TypeError` or `ValueError` when it is malformed."""
        audio = data["audio"]
        facts = cls(
            container=_words(data["container"]),
            brands=_words(data["brands"]),
            start_us=_whole(data["start_us"]),
            duration_us=_whole(data["duration_us"]),
            streams=_whole(data["streams"]),
            video=_stream(VideoFacts, data["video"]),
            audio=_stream(AudioFacts, audio) if audio is not None else None,
            pts_us=tuple(map(_whole, data["pts_us"])),
            keys=tuple(map(_whole, data["keys"])),
            end_us=_whole(data.get("end_us", 0)),
            created=_words(data.get("created", "")),
            encoder=_words(data.get("encoder", "")),
            missing_bytes=_whole(data.get("missing_bytes", 0)),
            other_pictures=_whole(data.get("other_pictures", 0)),
            not_for_player=_words(data.get("not_for_player", "")),
        )
        facts._check_index()
        return facts

    def _check_index(self) -> None:
        """`ValueError` when the frames are none or run backwards, or a key frame is none of them."""
        if not self.pts_us or any(later < earlier for earlier, later in pairwise(self.pts_us)):
            raise ValueError("pts_us")
        if any(later <= earlier for earlier, later in pairwise((-1, *self.keys, self.frame_count))):
            raise ValueError("keys")


@dataclass(frozen=True)
class StreamSeen:
    """A stream of a clip that is not shown; `codec` is empty where it is unknown here, a size of 0 is not known."""

    kind: str
    codec: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class ClipSeen:
    """What was seen of a clip that is not shown, before it was refused. Members as in `ClipFacts`; nothing was decoded.

    `duration_us` is what the container states, 0 where it does not.
    """

    container: str
    brands: str
    created: str
    encoder: str
    duration_us: int
    streams: tuple[StreamSeen, ...]
    audio: AudioFacts | None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClipSeen:
        """Read the child's report. Raises `KeyError`, `TypeError` or `ValueError` when it is malformed."""
        audio = data["audio"]
        return cls(
            container=_words(data["container"]),
            brands=_words(data["brands"]),
            created=_words(data["created"]),
            encoder=_words(data["encoder"]),
            duration_us=_whole(data["duration_us"]),
            streams=tuple(
                StreamSeen(_words(item["kind"]), _words(item["codec"]), _whole(item["width"]), _whole(item["height"]))
                for item in data["seen"]
            ),
            audio=_stream(AudioFacts, audio) if audio is not None else None,
        )


@dataclass(frozen=True)
class ClipCheck:
    """What decoding frame after frame, from the first, came to.

    `types` has one letter per frame: I, P, B or S as the decoder says, "?" where it does not; i, p, b, s and "!" where
    parts are guessed; "-" where nothing came. It is shorter than the clip when a long one was not decoded to its end.
    """

    types: str

    def is_damaged(self, number: int) -> bool:
        """Whether parts of a frame are guessed, or nothing came of it; no for what was not looked at."""
        letter = self.types[number : number + 1]
        return letter in ("!", "-") or letter.islower()

    @property
    def looked_at(self) -> int:
        """How many frames, counted from the first."""
        return len(self.types)

    @property
    def undecodable(self) -> int:
        """How many gave no picture."""
        return self.types.count("-")

    @property
    def damaged(self) -> int:
        """How many gave a picture of which parts are guessed."""
        return sum(letter.islower() or letter == "!" for letter in self.types)

    @property
    def decoded(self) -> int:
        """How many gave a picture."""
        return self.looked_at - self.undecodable

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClipCheck:
        """Read the child's report. Raises `KeyError`, `TypeError` or `ValueError` when it is malformed."""
        types = _words(data["types"])
        if set(types) - set("IPBS?ipbs!-"):
            raise ValueError("types")
        return cls(types)


@dataclass(frozen=True)
class FramePlanes:
    """A frame as it left the decoder: SHA-256 of its planes (`media/child_planes.py`), pixel format, size in pixels.

    `matrix` (ITU-T H.273, table 4) and `full_range` are what its colours were converted by to be shown.
    """

    sha256: str
    format: str
    width: int
    height: int
    matrix: int
    full_range: bool

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FramePlanes:
        """Read what the child says. Raises `KeyError`, `TypeError` or `ValueError` when it is malformed."""
        sha256, name = _words(data["sha256"]), _words(data["format"])
        if len(bytes.fromhex(sha256)) != 32 or not name.isalnum() or len(name) > 40:
            raise ValueError("planes")
        return cls(
            sha256,
            name,
            _whole(data["width"]),
            _whole(data["height"]),
            _whole(data["matrix"]),
            bool(data["full_range"]),
        )


@dataclass(frozen=True)
class FramePixels:
    """One decoded frame: RGB, eight bits per channel, `stride` bytes per row, not yet rotated.

    `damaged`: the clip's bytes are broken here or in a frame that this one builds on; the decoder guessed parts of it.
    `planes` is there where the frame has its whole size.
    """

    number: int
    pts_us: int
    width: int
    height: int
    stride: int
    rotation: int
    data: bytes
    damaged: bool = False
    mirrored: bool = False
    planes: FramePlanes | None = None

    @classmethod
    def from_json(cls, header: Mapping[str, Any], data: bytes) -> FramePixels:
        """Read what the child says of its pixels. Raises `KeyError`, `TypeError` or `ValueError` when they do not fit.

        The window trusts the sizes to stay inside `data`; the child, which decodes foreign bytes, is not trusted.
        """
        pixels = cls(
            number=_whole(header["frame"]),
            pts_us=_whole(header["pts_us"]),
            width=_whole(header["width"]),
            height=_whole(header["height"]),
            stride=_whole(header["stride"]),
            rotation=_whole(header["rotation"]),
            data=data,
            damaged=bool(header["damaged"]),
            mirrored=bool(header.get("mirrored", False)),
            planes=FramePlanes.from_json(header["planes"]) if header.get("planes") is not None else None,
        )
        if min(pixels.width, pixels.height) < 1 or pixels.stride < 3 * pixels.width:
            raise ValueError("stride")
        if len(data) < pixels.stride * pixels.height:
            raise ValueError("size")
        return pixels
