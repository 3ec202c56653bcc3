"""Small clips whose pictures say which frame they are, and changes made to them byte by byte."""

import io
import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import pi, sin
from typing import Any

import av

SQUARE = 16
COLUMNS, ROWS = 6, 4
WIDTH, HEIGHT = COLUMNS * SQUARE, ROWS * SQUARE
BITS = COLUMNS * ROWS // 2
TICKS = 90_000
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
INDEX_FIRST = {"moov_size": "4000"}
QUICK = {  # how the slower encoders are asked to hurry
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:pools=1:frame-threads=1"},
    "libsvtav1": {"preset": "8", "crf": "1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}
TURNED = {  # the matrix of a track's header (ISO/IEC 14496-12, 6.2.2) by the degrees clockwise it asks for
    90: (0, 0x10000, -0x10000, 0),
    180: (-0x10000, 0, 0, -0x10000),
    270: (0, -0x10000, 0x10000, 0),
    0: (0x10000, 0, 0, 0x10000),
}


def at_rate(frames: int, fps: int = 30, first: int = 0) -> list[int]:
    """When frames of a constant rate are shown, in ticks."""
    return [first + number * TICKS // fps for number in range(frames)]


def make_clip(
    times: Sequence[int],
    *,
    key_every: int = 10,
    b_frames: int = 0,
    sound: bool = False,
    container: str = "mp4",
    options: dict[str, str] | None = None,
    encoder: str = "libx264",
    settings: str = "",
    pixels: str = "yuv420p",
    copies: int = 1,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    clock: int = TICKS,
    tone_s: float = 0.0,
    sound_encoder: str = "aac",
    cover: bytes = b"",
) -> bytes:
    """A clip whose n-th frame is shown at `times[n]` ticks and has n drawn into it; `copies` video tracks of it.

    `sound` is a moment of silence, `tone_s` a tone of that many seconds, `cover` a JPEG picture (Matroska only).
    """
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options or {}) as output:
        streams: list[Any] = []
        for _ in range(copies):
            stream: Any = output.add_stream(encoder, rate=30)
            stream.width, stream.height = size
            stream.pix_fmt = pixels
            stream.codec_context.time_base = Fraction(1, clock)
            stream.gop_size, stream.max_b_frames = key_every, b_frames
            stream.codec_context.thread_count = 1
            if encoder == "libx264":
                own = f"keyint={key_every}:scenecut=0:b-adapt=0:bframes={b_frames}{settings}"
                stream.options = {"preset": "veryfast", "crf": "20", "x264-params": own}
            elif encoder in QUICK:
                stream.options = {**QUICK[encoder], **({"svtav1-params": f"keyint={key_every}:pred-struct=1"}
                                                       if encoder == "libsvtav1" else {})}  # fmt: skip
            streams.append(stream)
        voice: Any = output.add_stream(sound_encoder, rate=48_000, layout="mono") if sound or tone_s else None
        if cover:
            output.add_attachment("cover.jpg", "image/jpeg", cover)
        if sound:
            output.mux(voice.encode(_silence(voice)))
        for start in range(0, round(tone_s * 48_000), 1024):
            output.mux(voice.encode(_tone(start, 1024, 48_000, [(0.0, tone_s)])))
        for number, moment in enumerate(times):
            for stream in streams:
                output.mux(stream.encode(_picture(number, moment, stream)))
        for stream in [*streams, *([voice] if voice else [])]:
            output.mux(stream.encode(None))
    return file.getvalue()


def make_sound_only() -> bytes:
    """An MP4 file without a picture."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        voice = output.add_stream("aac", rate=48_000)
        output.mux(voice.encode(_silence(voice)))
        output.mux(voice.encode(None))
    return file.getvalue()


def make_flat_clip(height: int, yuv: tuple[int, int, int]) -> bytes:
    """One frame of one colour, whose colour space is not named."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream: Any = output.add_stream("libx264", rate=30, options={"crf": "1", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 32, height, "yuv420p"
        frame = av.VideoFrame(32, height, "yuv420p")
        for plane, value in zip(frame.planes, yuv, strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def make_song_with_cover(cover: bytes) -> bytes:
    """Sound, and a JPEG picture as its cover."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        voice = output.add_stream("aac", rate=48_000)
        output.add_attachment("cover.jpg", "image/jpeg", cover)
        output.mux(voice.encode(_silence(voice)))
        output.mux(voice.encode(None))
    return file.getvalue()


def make_talking_clip(
    spoken: Sequence[tuple[float, float]], seconds: float = 2.0, rate: int = 16_000, pictures_s: float | None = None
) -> bytes:
    """Numbered pictures at 25 a second, and a tone of half the full scale from and to each of the `spoken` seconds."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream: Any = output.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS)
        voice: Any = output.add_stream("aac", rate=rate, layout="mono")
        for number, moment in enumerate(at_rate(round((pictures_s or seconds) * 25), 25)):
            output.mux(stream.encode(_picture(number, moment, stream)))
        for start in range(0, round(seconds * rate), voice.frame_size or 1024):
            output.mux(voice.encode(_tone(start, voice.frame_size or 1024, rate, spoken)))
        output.mux(stream.encode(None))
        output.mux(voice.encode(None))
    return file.getvalue()


def make_long_clip(frames: int, fps: int = 25, group: int = 250) -> bytes:
    """Many frames, quickly: one group of pictures again and again; frame n has n % `group` drawn into it."""
    file = io.BytesIO()
    with av.open(io.BytesIO(make_clip(at_rate(group, fps), key_every=group))) as source:
        packets = [packet for packet in source.demux(video=0) if packet.size]
        with av.open(file, "w", format="mp4") as output:
            stream = output.add_stream_from_template(source.streams.video[0])
            for number in range(frames):
                packet = packets[number % group]
                packet.stream, packet.time_base = stream, Fraction(1, TICKS)
                packet.pts = packet.dts = number * TICKS // fps
                packet.duration = TICKS // fps
                output.mux(packet)
    return file.getvalue()


def turned(data: bytes, degrees: int, *, mirrored: bool = False) -> bytes:
    """The same clip, to be shown turned clockwise, then perhaps with left and right exchanged."""
    start, _ = boxes(data, "moov/trak/tkhd")[0]  # the pictures' track is the first
    a, b, c, d = TURNED[degrees]
    if mirrored:
        a, c = -a, -c
    return changed(data, start + 40, struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000))


def number_in(data: bytes, stride: int, height: int = HEIGHT) -> int:
    """The number drawn into an RGB picture of the clip's own size or smaller; -1 when the pattern is damaged."""
    side = height // ROWS
    bits = []
    for place in range(2 * BITS):
        row, column = divmod(place, COLUMNS)
        offset = (row * side + side // 2) * stride + (column * side + side // 2) * 3
        bits.append(data[offset + 1] > 127)
    if any(bit == inverse for bit, inverse in zip(bits[:BITS], bits[BITS:], strict=True)):
        return -1
    return sum(1 << place for place, bit in enumerate(bits[:BITS]) if bit)


def _picture(number: int, moment: int, stream: Any) -> Any:
    width, height = stream.width, stream.height
    pattern = [number >> place & 1 for place in range(BITS)]
    pattern += [1 - bit for bit in pattern]
    side = height // ROWS
    gray = av.VideoFrame(width, height, "gray")
    stride = gray.planes[0].line_size
    rows = bytearray()
    for row in range(ROWS):
        line = b"".join(bytes([255 * bit]) * side for bit in pattern[row * COLUMNS : (row + 1) * COLUMNS])
        rows += line[:width].ljust(stride, b"\x80") * side
    gray.planes[0].update(bytes(rows.ljust(stride * height, b"\x80")))
    frame = gray.reformat(format=stream.pix_fmt)
    frame.pts, frame.time_base = moment, Fraction(1, TICKS)
    return frame


def _silence(voice: Any) -> Any:
    frame = av.AudioFrame(format="fltp", layout="mono", samples=voice.frame_size or 1024)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.sample_rate, frame.pts = voice.sample_rate, 0
    return frame


def _tone(start: int, samples: int, rate: int, spoken: Sequence[tuple[float, float]]) -> Any:
    frame = av.AudioFrame(format="fltp", layout="mono", samples=samples)
    times = [(start + place) / rate for place in range(samples)]
    wave = [
        0.5 * sin(2 * pi * 440 * time) if any(begin <= time < end for begin, end in spoken) else 0.0 for time in times
    ]
    frame.planes[0].update(struct.pack(f"{samples}f", *wave).ljust(frame.planes[0].buffer_size, b"\0"))
    frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
    return frame


def boxes(data: bytes, path: str) -> list[tuple[int, int]]:
    """Where the contents of the boxes of `path` ("moov/trak/tkhd") begin and end (ISO/IEC 14496-12, 4.2)."""
    found = [(0, len(data))]
    for kind in path.split("/"):
        found = [inner for start, end in found for inner in _children(data, start, end, kind.encode())]
    return found


def _children(data: bytes, start: int, end: int, kind: bytes) -> list[tuple[int, int]]:
    found = []
    while start + 8 <= end:
        size = struct.unpack(">I", data[start : start + 4])[0]
        if size < 8:
            break
        if data[start + 4 : start + 8] == kind:
            found.append((start + 8, start + size))
        start += size
    return found


def changed(data: bytes, offset: int, new: bytes) -> bytes:
    """The same bytes with others at one place."""
    return data[:offset] + new + data[offset + len(new) :]


def renamed(data: bytes, path: str, name: bytes) -> bytes:
    """The same clip with boxes called something else, so that a reader skips them."""
    for start, _ in boxes(data, path):
        data = changed(data, start - 4, name)
    return data


def damage_frames(data: bytes, numbers: Sequence[int], damage: Callable[[bytes], bytes]) -> bytes:
    """The same clip (no B-frames) with some of its frames damaged, sizes kept."""
    with av.open(io.BytesIO(data)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    for number in numbers:
        position, size = places[number]
        assert position is not None
        worse = damage(data[position : position + size])
        assert len(worse) == size
        data = changed(data, position, worse)
    return data
