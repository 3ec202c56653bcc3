"""What the decoding child looks at before it decodes anything: container, codec, size, length, streams (floor 1).

What enters: the bytes of a clip. What leaves: its container and its video stream, or a refusal with its reason. It
runs in the child; what is refused here never reaches the player in the window's process either.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from itertools import islice
from typing import Any

import av
from av.stream import Disposition

from facevid_gui.media.wholeness import NotShownError, why_unreadable

MAX_PIXELS = 36_000_000  # 8192 x 4320 fits
MAX_SIDE = 16_384
MAX_FRAMES = 300_000
MAX_STREAMS = 16
MAX_HOURS = 24
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,flv,mpegts"
CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263", "mjpeg", "mpeg2video"})
# What phones and browsers record sound with. The player in the window's process decodes nothing else.
PLAYED_SOUND = frozenset(
    {"aac", "mp3", "opus", "vorbis", "flac", "amr_nb", "amr_wb", "pcm_s16le", "pcm_s16be", "pcm_mulaw", "pcm_alaw"}
)
_TAGS = ("creation_time", "encoder")
_TAG_LETTERS = 100


def opened(data: bytes) -> av.container.InputContainer:
    """Open a container from memory; nothing it names is opened. Raises `NotShownError`."""
    options = {"format_whitelist": CONTAINERS, "protocol_whitelist": ""}
    try:
        return av.open(io.BytesIO(data), "r", container_options=options, metadata_errors="replace")
    except (av.FFmpegError, ValueError, OSError) as error:
        raise why_unreadable(data, type(error).__name__) from error


def video_of(container: av.container.InputContainer) -> av.VideoStream:
    """The stream to show. Raises `NotShownError` when there is none, or it is none that is decoded here."""
    if len(container.streams) > MAX_STREAMS:
        raise NotShownError("clip_too_many_streams", str(len(container.streams)))
    videos = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if not videos:
        audio = _audio_facts(container)
        raise (
            NotShownError("clip_no_video") if audio is None else NotShownError("clip_sound_only", audio["codec"] or "?")
        )
    context = videos[0].codec_context
    if context is None:  # PyAV has no decoder for it; its stub does not say so
        raise NotShownError("clip_codec", "?")
    if context.codec.canonical_name not in CODECS:
        raise NotShownError("clip_codec", context.codec.canonical_name)
    if context.width * context.height > MAX_PIXELS or max(context.width, context.height) > MAX_SIDE:
        raise NotShownError("clip_dimensions", f"{context.width}x{context.height}")
    return videos[0]


def not_for_player(container: av.container.InputContainer) -> str:
    """The kind of the first track that keeps a clip from the player in the window's process, "" where there is none.

    It may choose another track than the child's, and it makes a picture of every cover it finds (`QImage.fromData`).
    """
    for stream in container.streams:
        if stream.type in ("video", "audio"):
            codec = str(_stream_seen(stream)["codec"]) or "?"
            is_cover = stream.type == "video" and bool(stream.disposition & Disposition.attached_pic)
            if is_cover or codec not in (CODECS if stream.type == "video" else PLAYED_SOUND):
                return codec
    return ""


def seen_in(data: bytes) -> dict[str, Any] | None:
    """What can be said of a clip that is not shown, without decoding any of it; None where nothing can."""
    try:
        with opened(data) as container:
            streams = [_stream_seen(stream) for stream in islice(container.streams, MAX_STREAMS)]
            return {**container_facts(container), "duration_us": max(0, container.duration or 0), "seen": streams}
    except (NotShownError, av.FFmpegError, ValueError, LookupError, ArithmeticError):
        return None


def packets_of(
    container: av.container.InputContainer, stream: av.VideoStream, go_on: Callable[[], None]
) -> list[av.Packet[av.VideoStream]]:
    """Everything of the stream, in the order of decoding. Raises `NotShownError` when it is too much."""
    packets: list[av.Packet[av.VideoStream]] = []
    with contextlib.suppress(av.FFmpegError):  # cut off: what was read so far is shown, the health line says the rest
        for packet in container.demux(stream):
            go_on()
            if packet.size and not packet.is_corrupt:
                packets.append(packet)
            if len(packets) > MAX_FRAMES:
                raise NotShownError("clip_too_long", str(MAX_FRAMES))
    return packets


def container_facts(container: av.container.InputContainer) -> dict[str, Any]:
    """What the container says of itself and of its sound."""
    tags = container.metadata
    brands = (tags.get("major_brand"), tags.get("compatible_brands"))
    created, encoder = (str(tags.get(name, ""))[:_TAG_LETTERS] for name in _TAGS)
    return {
        "container": container.format.name,
        "brands": " ".join(filter(None, brands))[:_TAG_LETTERS],
        "created": created,
        "encoder": encoder,
        "streams": len(container.streams),
        "other_pictures": max(0, len(container.streams.video) - 1),
        "audio": _audio_facts(container),
    }


def _stream_seen(stream: av.stream.Stream) -> dict[str, Any]:
    context: Any = stream.codec_context if stream.type in ("video", "audio") else None
    codec = context.codec.canonical_name if context is not None else ""
    width, height = (context.width, context.height) if stream.type == "video" and context is not None else (0, 0)
    return {"kind": stream.type or "", "codec": codec, "width": width, "height": height}


def _audio_facts(container: av.container.InputContainer) -> dict[str, Any] | None:
    if not container.streams.audio:
        return None
    context = container.streams.audio[0].codec_context
    if context is None:
        return {"codec": "", "sample_rate": 0, "channels": 0}
    return {"codec": context.codec.canonical_name, "sample_rate": context.sample_rate, "channels": context.channels}
