"""One open clip in the decoding child: its packets, its frames numbered in the order shown, its facts (floor 1).

What enters: the bytes of a clip. What leaves: facts, and frames with their pixels.

How frames stay exact: the container is read once, from end to end, and every packet is given the number of its frame
in the order shown. Decoding starts at a packet in memory, never by seeking in a container, and frames are told apart
by that number, not by rounded times. AVI is not read: it tells the order of decoding, not that of showing.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from math import atan2, degrees
from typing import Any

import av
from av.video.reformatter import Colorspace, VideoReformatter

from facevid_gui.core.clip import MAX_DECODED_FOR_THUMBNAILS, moments_of, span_of
from facevid_gui.media.child_facts import decoder_facts
from facevid_gui.media.child_planes import planes_facts
from facevid_gui.media.child_probe import (
    MAX_HOURS,
    MAX_PIXELS,
    container_facts,
    not_for_player,
    opened,
    packets_of,
    video_of,
)
from facevid_gui.media.wholeness import NotShownError, missing_bytes

MAX_REORDERING = 16  # frames; more no decoder can hold (H.264, A.3.1)
MAX_STRETCH = 8  # of pixels that are not square
SQUARE = Fraction(1)
MAX_THREADS = 4  # more only add delay to a step, and address space
THREADS = min(MAX_THREADS, os.cpu_count() or 1)  # counted now: later the child may not read how many there are
HD_ROWS = 576  # taller pictures that do not name their colours use those of BT.709 (Qt's rule as well)
_NAMED_COLOURS = frozenset({1, 4, 5, 6, 7, 9})  # ITU-T H.273, table 4: the matrices that can be converted
_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Decoded:
    """A frame as it left the decoder. `damaged`: parts are guessed, here or in a frame before it that it builds on."""

    number: int
    frame: av.VideoFrame
    damaged: bool


class Clip:
    """One open clip: its packets in the order of decoding, its frames numbered in the order shown.

    `facts` is the report of `core.clip.ClipFacts`. `go_on` is called for each packet: it says that work goes
    on, and what it raises while the clip is opened ends that.
    """

    def __init__(self, data: bytes, go_on: Callable[[], None] = lambda: None) -> None:
        self.data = data
        self._go_on = go_on
        with opened(data) as container:
            stream = video_of(container)
            self.start_us = container.start_time or 0
            self._time_base = stream.time_base
            self._number_packets(packets_of(container, stream, go_on))
            self._decoder = stream.codec_context
            self._decoder.thread_type = "AUTO"
            self._decoder.thread_count = THREADS
            self._decoder.options = {"max_pixels": str(MAX_PIXELS)}
            self._flow: Iterator[Decoded] = iter(())
            self._reached = self._count  # the number of the frame that was decoded last
            self._latest: Decoded | None = None  # the frame itself: the first one is looked at before it is asked for
            self._fed = 0  # packets the decoder was given since the beginning
            self._reformatter = VideoReformatter()
            self._rotation, self._mirrored = self._find_orientation()
            self._pixel_shape = _pixel_shape(stream)
            self.facts = self._collect_facts(container, stream)
            self.facts["missing_bytes"] = missing_bytes(data)

    @property
    def span_us(self) -> tuple[int, int]:
        """Where its timeline begins and ends, in microseconds."""
        return span_of(self._pts_us, self.facts["duration_us"])

    def spread(self, count: int) -> list[int]:
        """The frames at the beginnings of `count` equal parts of the clip's time; key frames when it is long."""
        times = moments_of(self.span_us, max(1, count))
        numbers = [max(0, bisect_right(self._pts_us, time) - 1) for time in times]
        if self._count > MAX_DECODED_FOR_THUMBNAILS:
            numbers = [self._start_for(number)[0] for number in numbers]
        return sorted(set(numbers))

    def between(self, first: int, last: int) -> list[int]:
        """The numbers from `first` to `last` that exist."""
        return list(range(max(0, first), min(last, self._count - 1) + 1))

    def walk(self, numbers: Sequence[int]) -> Iterator[Decoded]:
        """Decode the frames `numbers` (rising); those on the way there are given as well, undecodable ones are not."""
        passed = -1
        for wanted in numbers:
            if wanted <= passed:
                continue
            if self._latest is not None and self._latest.number == wanted == self._reached:
                passed = wanted
                yield self._latest
                continue
            self._go_before(wanted)
            for decoded in self._flow:
                self._reached = passed = decoded.number
                self._latest = decoded
                yield decoded
                if passed >= wanted:
                    break
            else:
                self._reached = self._count
                return

    def picture(self, decoded: Decoded, height: int = 0) -> tuple[dict[str, Any], memoryview]:
        """Describe a frame and give its RGB pixels; with `height` scaled down to at most that many rows.

        Pixels that are not square are stretched to the side that makes the picture larger, as the player does. One of
        its whole size is described as it was before that, too.
        """
        is_whole = not height
        frame, shape = decoded.frame, self._pixel_shape
        width, rows = int(frame.width * max(shape, SQUARE)), int(frame.height / min(shape, SQUARE))
        height = min(height or rows, rows)
        usual = Colorspace.ITU709 if frame.height > HD_ROWS else Colorspace.ITU601
        is_named = frame.colorspace in _NAMED_COLOURS
        rgb = self._reformatter.reformat(
            frame,
            width=max(1, round(width * height / rows)),
            height=height,
            format="rgb24",
            src_colorspace=None if is_named else usual,
        )
        plane = rgb.planes[0]
        header = {
            "frame": decoded.number,
            "pts_us": self._pts_us[decoded.number],
            "damaged": decoded.damaged,
            "width": rgb.width,
            "height": rgb.height,
            "stride": plane.line_size,
            "rotation": self._rotation,
            "mirrored": self._mirrored,
            "planes": planes_facts(frame, int(frame.colorspace if is_named else usual)) if is_whole else None,
        }
        return header, memoryview(plane)

    def _number_packets(self, packets: list[av.Packet[av.VideoStream]]) -> None:
        """Put the number of its frame in the place of every packet's time; none where nothing is shown."""
        shown = sorted((time, position) for position, time in enumerate(map(_time_of, packets)) if time is not None)
        if not shown:
            raise NotShownError("clip_no_frames")
        self._count = len(shown)
        self._pts_us = [self._microseconds(time) - self.start_us for time, _ in shown]
        if self._pts_us[-1] - self._pts_us[0] > MAX_HOURS * 3600 * _MICROSECONDS:
            raise NotShownError("clip_lasts_too_long", str(MAX_HOURS))
        lasting = packets[shown[-1][1]].duration or 0
        self._end_us = self._microseconds(shown[-1][0] + lasting) - self.start_us
        for packet in packets:
            packet.pts = None
        for number, (_, position) in enumerate(shown):
            packets[position].pts = number
        self._packets = packets
        self._keys = [number for number, (_, position) in enumerate(shown) if packets[position].is_keyframe]
        self._starts = [(0, 0), *((number, shown[number][1]) for number in self._keys if number)]
        decoding_order = (packet.pts for packet in packets if packet.pts is not None)
        self._reordering = min(MAX_REORDERING, max(place - number for place, number in enumerate(decoding_order)))

    def _start_for(self, number: int) -> tuple[int, int]:
        """Number and position of the packet from which frame `number` can be decoded."""
        return self._starts[bisect_right(self._starts, (number, len(self._packets))) - 1]

    def _go_before(self, wanted: int) -> None:
        """Bring the decoder before frame `wanted`; let it run on when it is on its way there."""
        while True:
            number, position = self._start_for(wanted)
            if self._reached < wanted and position <= self._fed:
                return
            self._flow = self._decode(number, position)
            if number == 0:
                return
            first = next(self._flow, None)
            if first is not None and first.number == number and first.frame.key_frame:
                self._flow = chain([first], self._flow)
                return
            self._starts.remove((number, position))  # called a key frame, but nothing can begin there
            self._reached = self._count

    def _decode(self, first: int, position: int) -> Iterator[Decoded]:
        """Decode from a packet on: the frames from number `first`, in the order shown."""
        damaged, expected = False, first
        for frame in self._decode_all(position):
            number = frame.pts
            if number is None or number < expected:
                continue
            damaged = frame.is_corrupt or (not frame.key_frame and (damaged or number != expected))
            expected = number + 1
            yield Decoded(number, frame, damaged)

    def _decode_all(self, position: int) -> Iterator[av.VideoFrame]:
        self._decoder.flush_buffers()  # forgets how many frames to hold back, and then drops some
        self._decoder.reorder_depth = max(self._decoder.reorder_depth, self._reordering)
        self._fed = position
        for packet in chain(islice(self._packets, position, None), [None]):
            self._fed += 1
            self._go_on()
            try:
                yield from self._decoder.decode(packet)
            except av.error.MemoryError:
                raise
            except av.FFmpegError:  # a frame that cannot be decoded; those after it may
                continue

    def _find_orientation(self) -> tuple[int, bool]:
        """How the first frame that can be decoded, and with it the clip, is to be turned and mirrored."""
        first = next(self.walk(range(self._count)), None)
        if first is None:
            raise NotShownError("clip_undecodable", f"0/{self._count}")
        return _orientation(first.frame)

    def _collect_facts(self, container: av.container.InputContainer, stream: av.VideoStream) -> dict[str, Any]:
        context = self._decoder
        return {
            **container_facts(container),
            "not_for_player": not_for_player(container),
            "start_us": self.start_us,
            "duration_us": max(container.duration or 0, self._end_us),
            "end_us": self._end_us,
            "video": {
                "codec": context.codec.canonical_name,
                "profile": context.profile or "",
                "width": context.width,
                "height": context.height,
                "rotation": self._rotation,
                "mirrored": self._mirrored,
                "pixel_shape": f"{self._pixel_shape.numerator}:{self._pixel_shape.denominator}",
                "fps": float(stream.average_rate or 0),
                "pixel_format": context.pix_fmt or "",
                "frames_stated": stream.frames,
                **decoder_facts(context, av.__version__, av.library_versions),
            },
            "pts_us": self._pts_us,
            "keys": self._keys,
        }

    def _microseconds(self, ticks: int) -> int:
        assert self._time_base is not None
        second = self._time_base.denominator
        return (ticks * self._time_base.numerator * _MICROSECONDS + second // 2) // second


def _time_of(packet: av.Packet[av.VideoStream]) -> int | None:
    """When the frame of a packet is shown, in ticks; None when it never is."""
    if packet.is_discard:
        return None
    return packet.dts if packet.pts is None else packet.pts


def _pixel_shape(stream: av.VideoStream) -> Fraction:
    """How much wider than high a pixel is to be shown; square where nothing credible is said."""
    shape = Fraction(stream.sample_aspect_ratio or 1)
    if not Fraction(1, MAX_STRETCH) <= shape <= MAX_STRETCH:
        return SQUARE
    stretched = stream.codec_context.width * stream.codec_context.height * max(shape, 1 / shape)
    if stretched > MAX_PIXELS:
        raise NotShownError("clip_dimensions", f"{stream.codec_context.width}x{stream.codec_context.height}")
    return shape


def _orientation(frame: av.VideoFrame) -> tuple[int, bool]:
    """Quarter turns clockwise, in degrees, and whether to mirror after them: from the display matrix.

    Its numbers are those of ISO/IEC 14496-12, 6.2.2: x' = ax + cy, y' = bx + dy, y pointing down.
    """
    stated: Any = frame.side_data.get("DISPLAYMATRIX")
    if stated is None:
        return 0, False
    a, b, _, c, d = memoryview(bytes(stated)).cast("i")[:5]
    mirrored = a * d - b * c < 0
    return round(degrees(atan2(b, -a if mirrored else a)) / 90) % 4 * 90, mirrored
