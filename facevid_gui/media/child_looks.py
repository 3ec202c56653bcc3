"""Two looks at a whole clip in the decoding child: what each frame is, and how loud its sound is (floor 1).

What enters: an open clip. What leaves: one letter per frame (`core.clip.ClipCheck`), one byte per slice of its time.
Both take a while, are interrupted for whatever is looked at meanwhile, and go on where they stopped.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import av

from facevid_gui.media.child_probe import opened

if TYPE_CHECKING:
    from facevid_gui.media.child_clip import Clip, Decoded

MAX_CHECKED = 3000  # frames; a longer clip is looked at this far
LONG_CLIP_S = 600
LONG_CLIP_RATE = 8000  # samples a second looked at in a long clip
_TYPES = "?IPBSSPI"  # libavutil's picture types: none, I, P, B, S, SI, SP, BI
_NOTHING = ord("-")
_MICROSECONDS = 1_000_000


class FrameCheck:
    """Decodes from the first frame on and notes what comes."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self._next = 0
        self._end = min(len(clip.facts["pts_us"]), MAX_CHECKED)
        self._letters = bytearray([_NOTHING] * self._end)

    @property
    def types(self) -> str:
        """The letters; whole once `run` has come to its end."""
        return self._letters.decode("ascii")

    def run(self) -> Iterator[None]:
        """Go on; each step is a frame."""
        for decoded in self._clip.walk(range(self._next, self._end)):
            if decoded.number < self._end:
                self._letters[decoded.number] = _letter_of(decoded)
                self._next = decoded.number + 1
            yield


class Loudness:
    """The loudest sample in each of `count` equal slices of the clip's time, 0 to 255; of all channels together."""

    def __init__(self, clip: Clip, count: int) -> None:
        self._data, self._clip_start_us = clip.data, clip.start_us
        self._start_us, self._end_us = clip.span_us
        self.peaks = bytearray(count)
        self._steps: Iterator[None] | None = None

    def run(self) -> Iterator[None]:
        """Go on; each step is a packet of sound."""
        if self._steps is None:
            self._steps = self._listen()
        for _ in self._steps:  # not `yield from`: who stops listening here must not end it
            yield

    def _listen(self) -> Iterator[None]:
        is_long = self._end_us - self._start_us > LONG_CLIP_S * _MICROSECONDS
        with opened(self._data) as container:
            stream = container.streams.audio[0]
            plain = av.AudioResampler("s16", stream.layout, LONG_CLIP_RATE if is_long else stream.rate)
            for packet in _packets(container, stream):
                yield
                try:
                    for frame in packet.decode():
                        for piece in plain.resample(frame):
                            self._take(piece)
                except av.error.MemoryError:
                    raise
                except (av.FFmpegError, ValueError):  # a piece that cannot be decoded; those after it may
                    continue

    def _take(self, piece: av.AudioFrame) -> None:
        if piece.pts is None or piece.time_base is None:
            return
        channels, rate = piece.layout.nb_channels, piece.sample_rate
        samples = memoryview(piece.planes[0]).cast("B").cast("h")[: piece.samples * channels]
        first_us = round(piece.pts * piece.time_base * _MICROSECONDS) - self._clip_start_us - self._start_us
        span_us, slices = self._end_us - self._start_us, len(self.peaks)
        done = max(0, -first_us * rate // _MICROSECONDS)  # what lies before the first picture's clock
        while done < piece.samples:
            place = (first_us + done * _MICROSECONDS // rate) * slices // span_us
            if place >= slices:
                return
            next_us = -(-(place + 1) * span_us // slices) - first_us
            upto = min(piece.samples, max(done + 1, -(-next_us * rate // _MICROSECONDS)))
            chunk = samples[done * channels : upto * channels]
            loudest, lowest = max(chunk), min(chunk)
            self.peaks[place] = max(self.peaks[place], min(255, max(loudest, -lowest) >> 7))
            done = upto


def _packets(container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[av.Packet[av.AudioStream]]:
    with contextlib.suppress(av.FFmpegError):  # cut off: what was read so far is heard
        yield from container.demux(stream)


def _letter_of(decoded: Decoded) -> int:
    kind = int(decoded.frame.pict_type)
    letter = _TYPES[kind] if 0 <= kind < len(_TYPES) else "?"
    if decoded.damaged:
        letter = "!" if letter == "?" else letter.lower()
    return ord(letter)
