"""The decoding child: the only place where PyAV is imported; runs alone, in a process of its own (floor 1).

What enters: requests on standard input, the bytes of clips among them. What leaves: facts and frames on
standard output. The subject of a fraud case controls these bytes: a crash here is a state of the record, not
of the program. Memory is limited, files cannot be written, nothing but the given bytes is opened.

A message is a line of JSON and, when it names a `size`, that many bytes. Run as `python -m
facevid_gui.media.frames_child`, or by a frozen program with `--frames-child`.
"""

from __future__ import annotations

import io
import json
import os
import sys
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, BinaryIO

import av
import av.error

MEMORY_LIMIT_BYTES = 3 * 1024 * 1024 * 1024
MAX_PIXELS = 64_000_000
MAX_FRAMES = 300_000
MAX_STREAMS = 16
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpegts"
CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "h263", "mjpeg", "mpeg2video"})
_MICROSECONDS = 1_000_000


class NotShownError(Exception):
    """A clip that is not handed to anybody's eyes; `code` is a message id."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Clip:
    """One open clip and the index of its frames."""

    def __init__(self, data: bytes) -> None:
        try:
            self._container: Any = av.open(io.BytesIO(data), container_options={"format_whitelist": CONTAINERS})
        except (av.error.FFmpegError, ValueError, OSError) as error:
            raise NotShownError("clip_unreadable", type(error).__name__) from error
        if len(self._container.streams) > MAX_STREAMS:
            raise NotShownError("clip_too_many_streams", str(len(self._container.streams)))
        if not self._container.streams.video:
            raise NotShownError("clip_no_video")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._check_stream()
        self._pts, self._keys = self._index()
        if not self._pts:
            raise NotShownError("clip_no_frames")
        self._rotation = self._first_rotation()

    def facts(self) -> dict[str, Any]:
        """The report of `core.clip.ClipFacts`."""
        stream, container = self._stream, self._container
        context = stream.codec_context
        metadata = container.metadata
        audio = container.streams.audio[0] if container.streams.audio else None
        return {
            "container": container.format.name,
            "brands": " ".join(filter(None, (metadata.get("major_brand"), metadata.get("compatible_brands")))),
            "duration_us": self._duration_us(),
            "streams": len(container.streams),
            "video": {
                "codec": context.name,
                "profile": str(context.profile or ""),
                "width": context.width,
                "height": context.height,
                "rotation": self._rotation,
                "fps": float(stream.average_rate or 0),
                "pixel_format": str(context.pix_fmt or ""),
                "frames_stated": stream.frames,
            },
            "audio": {
                "codec": audio.codec_context.name,
                "sample_rate": audio.codec_context.sample_rate,
                "channels": audio.codec_context.channels,
            }
            if audio
            else None,
            "pts_us": [self._us(pts) for pts in self._pts],
            "keys": self._keys,
        }

    def frames(self, first: int, last: int, height: int = 0) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Decode the frames `first` to `last`; with `height` scaled down to that many rows."""
        for frame in self._decode_from(first):
            number = bisect_left(self._pts, frame.pts) if frame.pts is not None else -1
            if number > last:
                return
            if number >= first:
                yield self._pixels(frame, number, height)
            if number == last:
                return

    def thumbnails(self, count: int, height: int) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Decode `count` frames spread evenly over the clip, small."""
        count = max(1, min(count, len(self._pts)))
        wanted = sorted({number * len(self._pts) // count for number in range(count)})
        if len(self._pts) <= 3000:
            chosen = set(wanted)
            for header, data in self._chosen(chosen, height):
                yield header, data
            return
        for number in wanted:
            near = max((key for key in self._keys if key <= number), default=0)
            yield from self.frames(near, near, height)

    def _chosen(self, wanted: set[int], height: int) -> Iterator[tuple[dict[str, Any], bytes]]:
        left = set(wanted)
        for frame in self._decode_from(0):
            number = bisect_left(self._pts, frame.pts) if frame.pts is not None else -1
            if number in left:
                left.discard(number)
                yield self._pixels(frame, number, height)
            if not left:
                return

    def _decode_from(self, first: int) -> Iterator[Any]:
        key = max((k for k in self._keys if k <= first), default=0)
        for start in (self._pts[key], self._pts[0]):
            self._container.seek(start, stream=self._stream, backward=True, any_frame=False)
            decoded = self._container.decode(self._stream)
            opening = next(decoded, None)
            if opening is None:
                return
            if opening.pts is None or opening.pts <= self._pts[first] or start == self._pts[0]:
                yield opening
                yield from decoded
                return

    def _pixels(self, frame: Any, number: int, height: int) -> tuple[dict[str, Any], bytes]:  # noqa: ANN401
        width = frame.width
        if height and frame.height > height:
            width = max(2, round(frame.width * height / frame.height))
            frame = frame.reformat(width=width, height=height, format="rgb24")
        else:
            frame = frame.reformat(format="rgb24")
        plane = frame.planes[0]
        data = bytes(plane)
        header = {
            "frame": number,
            "pts_us": self._us(self._pts[number]),
            "width": frame.width,
            "height": frame.height,
            "stride": plane.line_size,
            "rotation": self._rotation,
            "size": len(data),
        }
        return header, data

    def _check_stream(self) -> None:
        context = self._stream.codec_context
        if context.name not in CODECS:
            raise NotShownError("clip_codec", context.name)
        if context.width * context.height > MAX_PIXELS:
            raise NotShownError("clip_dimensions", f"{context.width}x{context.height}")

    def _index(self) -> tuple[list[int], list[int]]:
        found: dict[int, bool] = {}
        try:
            for packet in self._container.demux(self._stream):
                if packet.pts is not None and packet.size:
                    found[packet.pts] = found.get(packet.pts, False) or packet.is_keyframe
                if len(found) > MAX_FRAMES:
                    raise NotShownError("clip_too_long", str(len(found)))
        except av.error.FFmpegError:
            pass  # cut off in the middle: what was indexed so far is shown, the health line says the rest
        pts = sorted(found)
        return pts, [number for number, moment in enumerate(pts) if found[moment]]

    def _first_rotation(self) -> int:
        """Clockwise degrees; the display matrix counts the other way round (ISO/IEC 14496-12, 8.3.2)."""
        try:
            frame = next(self._decode_from(0), None)
        except av.error.FFmpegError as error:
            raise NotShownError("clip_undecodable", type(error).__name__) from error
        if frame is None:
            raise NotShownError("clip_undecodable")
        if frame.width * frame.height > MAX_PIXELS:
            raise NotShownError("clip_dimensions", f"{frame.width}x{frame.height}")
        return int(-frame.rotation) % 360

    def _duration_us(self) -> int:
        if self._container.duration:
            return int(self._container.duration)
        pts = self._pts
        step = (pts[-1] - pts[0]) // max(1, len(pts) - 1)
        return self._us(pts[-1] + step)

    def _us(self, pts: int) -> int:
        return int(pts * self._stream.time_base * _MICROSECONDS)


class Child:
    """Answers requests until its standard input ends."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests = requests
        self._answers = answers
        self._clips: dict[str, Clip] = {}

    def run(self) -> None:
        """Serve."""
        self._send({"hello": av.__version__})
        while line := self._requests.readline():
            request = json.loads(line)
            payload = self._requests.read(request.get("size", 0))
            try:
                self._serve(request, payload)
            except NotShownError as error:
                self._send({"id": request["id"], "error": error.code, "detail": error.detail})
            except (av.error.FFmpegError, ValueError, MemoryError, KeyError) as error:
                self._send({"id": request["id"], "error": "clip_undecodable", "detail": type(error).__name__})

    def _serve(self, request: dict[str, Any], payload: bytes) -> None:
        name, what = request["clip"], request["do"]
        if what == "open":
            self._clips = {name: Clip(payload)}
            self._send({"id": request["id"], "facts": self._clips[name].facts()})
        elif what == "frames":
            self._stream(request, self._clips[name].frames(request["first"], request["last"]))
        elif what == "thumbnails":
            self._stream(request, self._clips[name].thumbnails(request["count"], request["height"]))
        self._send({"id": request["id"], "done": True})

    def _stream(self, request: dict[str, Any], frames: Iterator[tuple[dict[str, Any], bytes]]) -> None:
        for header, data in frames:
            self._send({"id": request["id"], **header}, data)

    def _send(self, header: dict[str, Any], data: bytes = b"") -> None:
        self._answers.write(json.dumps(header).encode() + b"\n")
        self._answers.write(data)
        self._answers.flush()


def limit_resources() -> None:
    """Take away what a decoder does not need, as far as the system has means for it."""
    try:
        import resource
    except ImportError:
        return  # Windows: the parent's time limit remains
    limits = {"RLIMIT_AS": MEMORY_LIMIT_BYTES, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    for name, value in limits.items():
        which = getattr(resource, name, None)
        if which is not None:
            _, hard = resource.getrlimit(which)
            limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(which, (limit, limit))


def main() -> None:
    """Be the child: keep the protocol's stream apart from whatever libraries print."""
    limit_resources()
    answers = os.fdopen(os.dup(1), "wb", buffering=1024 * 1024)
    os.dup2(2, 1)
    av.logging.set_level(None)
    Child(sys.stdin.buffer, answers).run()


if __name__ == "__main__":
    main()
