"""The decoding child: the only place where PyAV is imported; runs alone, in a process of its own (floor 1).

What enters: requests on standard input, the bytes of clips among them. What leaves: facts and frames on standard
output. The subject of a fraud case controls these bytes: a crash here is a state of the record, not of the program.
Memory is limited, files cannot be written, only the given bytes are opened; the process ends with its standard input.

A message is a line of JSON and, when it names a `size`, that many bytes. Requests: `open` (with the clip), `frames`
(`first` to `last`), `thumbnails` (`count`, `height`), `close`; `cancel` stops the request of an `id` that is served.
`after` resumes an interrupted request behind a frame. Answers carry the request's `id` and are `facts`, a `frame` (with
its pixels), or an ending: `done`, `cancelled`, `error`; one with nothing else says that work goes on. `ready` is first.

How frames stay exact: the container is read once, from end to end, and every packet is given the number of its frame
in the order shown. Decoding starts at a packet in memory, never by seeking in a container, and frames are told apart
by that number, not by rounded times. AVI is not read: it tells the order of decoding, not that of showing.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import queue
import signal
import sys
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, BinaryIO

from facevid_gui.media.child_facts import audio_facts, decoder_facts

try:
    import av
    from av.stream import Disposition
    from av.video.reformatter import Colorspace, VideoReformatter
except ImportError as error:  # told to whoever wants to see a clip
    MISSING = str(error)
else:
    MISSING = ""

MEMORY_LIMIT_BYTES = 3 * 1024 * 1024 * 1024
MAX_PIXELS = 64_000_000
MAX_FRAMES = 300_000
MAX_STREAMS = 16
MAX_REORDERING = 16  # frames; more no decoder can hold (H.264, A.3.1)
MAX_THREADS = 4  # more only add delay to a step, and address space
MAX_DECODED_FOR_THUMBNAILS = 3000  # frames; in longer clips thumbnails are key frames
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,flv,mpegts"
CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263", "mjpeg", "mpeg2video"})
SIGN_OF_LIFE_S = 1.0
HD_ROWS = 576  # taller pictures that do not name their colours use those of BT.709 (Qt's rule as well)
_NAMED_COLOURS = frozenset({1, 4, 5, 6, 7, 9})  # ITU-T H.273, table 4: the matrices that can be converted
_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Decoded:
    """A frame as it left the decoder. `damaged`: parts are guessed, here or in a frame before it that it builds on."""

    number: int
    frame: av.VideoFrame
    damaged: bool


class NotShownError(Exception):
    """A clip that is not handed to anybody's eyes; `code` is a message id, `detail` goes into its sentence."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Clip:
    """One open clip: its packets in the order of decoding, its frames numbered in the order shown.

    `facts` is the report of `core.clip.ClipFacts`.
    """

    def __init__(self, data: bytes) -> None:
        with _opened(data) as container:
            stream = _video_of(container)
            self._container_start_us = container.start_time or 0
            self._time_base = stream.time_base
            self._number_packets(_packets_of(container, stream))
            self._decoder = stream.codec_context
            self._decoder.thread_type = "AUTO"
            self._decoder.thread_count = min(MAX_THREADS, os.cpu_count() or 1)
            self._decoder.options = {"max_pixels": str(MAX_PIXELS)}
            self._flow: Iterator[Decoded] = iter(())
            self._reached = self._count  # the number of the frame that was decoded last
            self._fed = 0  # packets the decoder was given since the beginning
            self._reformatter = VideoReformatter()
            self._rotation = self._find_rotation()
            self.facts = self._collect_facts(container, stream)

    def spread(self, count: int) -> list[int]:
        """The numbers of `count` frames spread evenly over the clip; of key frames when it is long."""
        count = max(1, min(count, self._count))
        numbers = [place * self._count // count for place in range(count)]
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
            self._go_before(wanted)
            for decoded in self._flow:
                self._reached = passed = decoded.number
                yield decoded
                if passed >= wanted:
                    break
            else:
                self._reached = self._count
                return

    def picture(self, decoded: Decoded, height: int = 0) -> tuple[dict[str, Any], memoryview]:
        """Describe a frame and give its RGB pixels; with `height` scaled down to at most that many rows."""
        frame = decoded.frame
        height = min(height or frame.height, frame.height)
        usual = Colorspace.ITU709 if frame.height > HD_ROWS else Colorspace.ITU601
        rgb = self._reformatter.reformat(
            frame,
            width=max(1, round(frame.width * height / frame.height)),
            height=height,
            format="rgb24",
            src_colorspace=None if frame.colorspace in _NAMED_COLOURS else usual,
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
        }
        return header, memoryview(plane)

    def _number_packets(self, packets: list[av.Packet[av.VideoStream]]) -> None:
        """Put the number of its frame in the place of every packet's time; none where nothing is shown."""
        shown = sorted((time, position) for position, time in enumerate(map(_time_of, packets)) if time is not None)
        if not shown:
            raise NotShownError("clip_no_frames")
        self._count = len(shown)
        self._pts_us = [self._microseconds(time) - self._container_start_us for time, _ in shown]
        lasting = packets[shown[-1][1]].duration or 0
        self._end_us = self._microseconds(shown[-1][0] + lasting) - self._container_start_us
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
            with contextlib.suppress(av.FFmpegError):  # a frame that cannot be decoded; those after it may
                yield from self._decoder.decode(packet)

    def _find_rotation(self) -> int:
        """Degrees clockwise, in quarter turns; the display matrix counts the other way (libavutil/display.h)."""
        first = next(self.walk(range(self._count)), None)
        if first is None:
            raise NotShownError("clip_undecodable", f"0/{self._count}")
        return round(-first.frame.rotation / 90) % 4 * 90

    def _collect_facts(self, container: av.container.InputContainer, stream: av.VideoStream) -> dict[str, Any]:
        context = self._decoder
        brands = (container.metadata.get("major_brand"), container.metadata.get("compatible_brands"))
        return {
            "container": container.format.name,
            "brands": " ".join(filter(None, brands)),
            "start_us": self._container_start_us,
            "duration_us": max(container.duration or 0, self._end_us),
            "streams": len(container.streams),
            "video": {
                "codec": context.codec.canonical_name,
                "profile": context.profile or "",
                "width": context.width,
                "height": context.height,
                "rotation": self._rotation,
                "fps": float(stream.average_rate or 0),
                "pixel_format": context.pix_fmt or "",
                "frames_stated": stream.frames,
                **decoder_facts(context, av.__version__, av.library_versions),
            },
            "audio": audio_facts(container),
            "pts_us": self._pts_us,
            "keys": self._keys,
        }

    def _microseconds(self, ticks: int) -> int:
        assert self._time_base is not None
        second = self._time_base.denominator
        return (ticks * self._time_base.numerator * _MICROSECONDS + second // 2) // second


def _opened(data: bytes) -> av.container.InputContainer:
    options = {"format_whitelist": CONTAINERS, "protocol_whitelist": ""}
    try:
        return av.open(io.BytesIO(data), "r", container_options=options, metadata_errors="replace")
    except (av.FFmpegError, ValueError, OSError) as error:
        raise NotShownError("clip_unreadable", type(error).__name__) from error


def _video_of(container: av.container.InputContainer) -> av.VideoStream:
    if len(container.streams) > MAX_STREAMS:
        raise NotShownError("clip_too_many_streams", str(len(container.streams)))
    videos = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if not videos:
        raise NotShownError("clip_no_video")
    context = videos[0].codec_context
    if context is None:  # PyAV has no decoder for it; its stub does not say so
        raise NotShownError("clip_codec", "?")
    if context.codec.canonical_name not in CODECS:
        raise NotShownError("clip_codec", context.codec.canonical_name)
    if context.width * context.height > MAX_PIXELS:
        raise NotShownError("clip_dimensions", f"{context.width}x{context.height}")
    return videos[0]


def _packets_of(container: av.container.InputContainer, stream: av.VideoStream) -> list[av.Packet[av.VideoStream]]:
    packets: list[av.Packet[av.VideoStream]] = []
    with contextlib.suppress(av.FFmpegError):  # cut off: what was read so far is shown, the health line says the rest
        for packet in container.demux(stream):
            if packet.size and not packet.is_corrupt:
                packets.append(packet)
            if len(packets) > MAX_FRAMES:
                raise NotShownError("clip_too_long", str(MAX_FRAMES))
    return packets


def _time_of(packet: av.Packet[av.VideoStream]) -> int | None:
    """When the frame of a packet is shown, in ticks; None when it never is."""
    if packet.is_discard:
        return None
    return packet.dts if packet.pts is None else packet.pts


class Child:
    """Answers requests until its standard input ends."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests, self._answers = requests, answers
        self._inbox: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
        self._cancelled = 0  # requests up to this id are no longer wanted
        self._spoken_at = time.monotonic()
        self._clip: Clip | None = None

    def run(self) -> None:
        """Serve; never returns."""
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        self._send({"ready": True})
        while True:
            self._answer(*self._inbox.get())

    def _answer(self, request: dict[str, Any], payload: bytes) -> None:
        try:
            ending = self._serve(request, payload)
        except NotShownError as error:
            ending = {"error": error.code, "detail": error.detail}
        except (av.FFmpegError, ValueError, LookupError, ArithmeticError, MemoryError) as error:
            ending = {"error": "clip_undecodable", "detail": type(error).__name__}
        self._send({"id": request["id"], **ending})

    def _read(self) -> None:
        """Read ahead, so that a request can be cancelled while it is served; end the process with its parent."""
        try:
            while line := self._requests.readline():
                request = json.loads(line)
                payload = self._requests.read(request.get("size", 0))
                if request["do"] == "cancel":
                    self._cancelled = request["id"]
                else:
                    self._inbox.put((request, payload))
        finally:
            os._exit(0)

    def _serve(self, request: dict[str, Any], payload: bytes) -> dict[str, Any]:
        if request["do"] in ("frames", "thumbnails"):
            return self._show(request)
        self._clip = None
        gc.collect()  # a clip and its unfinished decoding refer to each other: no picture of anybody stays behind
        if request["do"] == "open":
            if MISSING:
                raise NotShownError("decoder_missing", MISSING)
            self._clip = Clip(payload)
            self._send({"id": request["id"], "facts": self._clip.facts})
        return {"done": True}

    def _show(self, request: dict[str, Any]) -> dict[str, Any]:
        clip = self._clip
        if clip is None:
            raise NotShownError("clip_unreadable", "not open")
        is_range = request["do"] == "frames"
        numbers = clip.between(request["first"], request["last"]) if is_range else clip.spread(request["count"])
        wanted = [number for number in numbers if number > request["after"]]
        chosen = set(wanted)
        for decoded in clip.walk(wanted):
            if request["id"] <= self._cancelled:
                return {"cancelled": True}
            if decoded.number in chosen:
                header, pixels = clip.picture(decoded, request.get("height", 0))
                self._send({"id": request["id"], **header}, pixels)
            elif time.monotonic() - self._spoken_at > SIGN_OF_LIFE_S:
                self._send({"id": request["id"]})
        return {"done": True}

    def _send(self, header: dict[str, Any], pixels: memoryview | bytes = b"") -> None:
        self._answers.write(json.dumps({**header, "size": len(pixels)}).encode() + b"\n")
        self._answers.write(pixels)
        self._answers.flush()
        self._spoken_at = time.monotonic()


def limit_resources() -> None:
    """Take away what a decoder does not need, as far as the system has means for it."""
    if sys.platform == "win32":
        return  # the parent's patience remains
    import resource

    limits = {resource.RLIMIT_AS: MEMORY_LIMIT_BYTES, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    for which, value in limits.items():
        _, hard = resource.getrlimit(which)
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS has taken more address space than that already
            resource.setrlimit(which, (limit, limit))


def main() -> None:
    """Be the child: keep the protocol's stream apart from whatever libraries print."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent
    limit_resources()
    child = Child(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if not MISSING:
        av.logging.set_level(None)
    child.run()


if __name__ == "__main__":
    main()
