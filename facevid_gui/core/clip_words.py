"""How a recording is described: its times, its health in one line, all its facts (floor 0).

What enters: what the decoder found and the catalogue. What leaves: sentences; what a file states of itself comes from
strangers, and whoever shows it makes it harmless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.core.clip import ClipCheck, ClipFacts, ClipSeen, StreamSeen
    from facevid_gui.core.messages import Messages

TYPES_IN_LINE = 50
_UNEVEN_US = 2_000  # frames whose lengths differ by less come at a constant rate, rounded
_TAIL_US = 500_000  # a duration that ends so much behind the pictures is worth a word


def clock_text(position_us: int) -> str:
    """Hours (where there are any), minutes, seconds and milliseconds of a position."""
    millis = max(0, position_us) // 1000
    hours, minutes = divmod(millis // 60_000, 60)
    rest = f"{minutes:02d}:{millis // 1000 % 60:02d}.{millis % 1000:03d}"
    return f"{hours}:{rest}" if hours else rest


def is_sound(facts: ClipFacts, check: ClipCheck | None) -> bool:
    """Whether nothing is known to be wrong with a recording."""
    whole = not facts.missing_bytes and facts.video.frames_stated in (0, facts.frame_count)
    return whole and not facts.other_pictures and (check is None or not (check.undecodable or check.damaged))


def health_text(facts: ClipFacts, check: ClipCheck | None, messages: Messages) -> str:
    """What the recording is made of and whether all of it can be seen, in one line; what is wrong comes first."""
    video = facts.video
    wrong = [*_wrong(facts, check, messages)]
    width, height = _size(facts)
    parts = [f"{video.codec.upper()} {width}×{height}, {video.fps:.4g} fps"]
    parts += _frames_text(facts, check, messages, is_whole=not wrong)
    brand = facts.brands.split(" ")[0]
    container = container_name(facts)
    parts.append(messages.text("health.brand", container=container, brand=brand) if brand else container)
    parts.append(_sound_text(facts, messages))
    return " · ".join([*wrong, *parts])


def details_text(facts: ClipFacts, check: ClipCheck | None, messages: Messages) -> str:
    """All that is known of a recording, a line each, and the kind of every frame."""
    lines = [f"{messages.text(f'recording.{name}')}: {value}" for name, value in _details(facts, messages)]
    if check is None:
        lines.append(messages.text("recording.unchecked"))
    else:
        lines.append(_check_text(facts, check, messages))
        lines += ["", messages.text("recording.types"), *_type_lines(check.types)]
    return "\n".join(lines)


def seen_text(seen: ClipSeen, messages: Messages) -> str:
    """What is known of a recording that is not shown, in one line."""
    pictures = [stream for stream in seen.streams if stream.kind == "video"]
    parts = [_stream_text(stream, messages) for stream in pictures[:1]]
    if len(pictures) > 1:
        parts.append(messages.text("health.other_pictures", count=len(pictures) - 1))
    brand = seen.brands.split(" ")[0]
    container = container_name(seen)
    parts.append(messages.text("health.brand", container=container, brand=brand) if brand else container)
    parts.append(_sound_text(seen, messages))
    if seen.duration_us:
        parts.append(clock_text(seen.duration_us))
    return " · ".join([messages.text("recording.not_decoded"), *parts])


def seen_details(seen: ClipSeen, messages: Messages) -> str:
    """All that is known of a recording that is not shown, a line each."""
    none = messages.text("recording.not_stated")
    lines = [
        ("container", f"{container_name(seen)} ({seen.container})"),
        ("brands", _brands_text(seen.brands) or none),
        ("created", seen.created or none),
        ("encoder", seen.encoder or none),
        ("lasts", clock_text(seen.duration_us) if seen.duration_us else none),
        ("sound", _sound_text(seen, messages)),
        ("streams", str(len(seen.streams))),
        *(("stream", f"{stream.kind} {_stream_text(stream, messages)}") for stream in seen.streams),
    ]
    said = [f"{messages.text(f'recording.{name}')}: {value}" for name, value in lines]
    return "\n".join([*said, messages.text("recording.not_decoded")])


def _stream_text(stream: StreamSeen, messages: Messages) -> str:
    codec = stream.codec.upper() or messages.text("recording.unknown_codec")
    return f"{codec} {stream.width}×{stream.height}" if stream.width else codec


def container_name(facts: ClipFacts | ClipSeen) -> str:
    """The container by a name people know."""
    kinds = facts.container.split(",")
    if "mp4" not in kinds:
        return "WebM / Matroska" if "webm" in kinds else kinds[0].upper()
    return {"qt": "MOV", "3g": "3GP"}.get(facts.brands[:2], "MP4")


def _frames_text(facts: ClipFacts, check: ClipCheck | None, messages: Messages, *, is_whole: bool) -> Iterator[str]:
    """How many frames there are and were decoded; what was said with what is wrong is not said twice."""
    count = facts.frame_count
    if check is None:
        if facts.video.frames_stated in (0, count):
            yield messages.text("health.frames", count=count)
    elif check.looked_at < count:
        yield messages.text("health.first_decoded", count=count, decoded=check.decoded)
    elif is_whole:
        yield messages.text("health.all_decoded", count=count)
    else:
        yield messages.text("health.some_decoded", count=count, decoded=check.decoded)


def _wrong(facts: ClipFacts, check: ClipCheck | None, messages: Messages) -> Iterator[str]:
    stated = facts.video.frames_stated
    if facts.missing_bytes:
        yield messages.text("health.cut_off", missing=facts.missing_bytes)
    if stated and stated != facts.frame_count:
        yield messages.text("health.frames_stated", count=facts.frame_count, stated=stated)
    if check is not None and check.undecodable:
        yield messages.text("health.undecodable", count=check.undecodable)
    if check is not None and check.damaged:
        yield messages.text("health.damaged", count=check.damaged)
    if facts.other_pictures:
        yield messages.text("health.other_pictures", count=facts.other_pictures)
    if facts.end_us and facts.duration_us - facts.end_us > _TAIL_US:
        ends, lasts = clock_text(facts.end_us), clock_text(facts.duration_us)
        yield messages.text("health.pictures_end", ends=ends, lasts=lasts)


def _details(facts: ClipFacts, messages: Messages) -> Iterator[tuple[str, str]]:
    video = facts.video
    none = messages.text("recording.not_stated")
    yield "container", f"{container_name(facts)} ({facts.container})"
    yield "brands", _brands_text(facts.brands) or none
    yield "created", facts.created or none
    yield "encoder", facts.encoder or none
    others = [messages.text("health.other_pictures", count=facts.other_pictures)] if facts.other_pictures else []
    yield "streams", "; ".join([str(facts.streams), *others])
    yield "picture", f"{video.codec.upper()} {video.profile}, {video.width}×{video.height}, {video.pixel_format}"
    yield "shown", ", ".join(_shown(facts, messages))
    frames = "recording.frames_stated" if video.frames_stated else "recording.frames_found"
    yield "frames", messages.text(frames, count=facts.frame_count, stated=video.frames_stated)
    yield "rate", _rate_text(facts, messages)
    yield "times", f"{clock_text(facts.pts_us[0])} – {clock_text(facts.end_us)} / {clock_text(facts.duration_us)}"
    yield "clock", clock_text(facts.start_us)
    yield "keys", messages.text("recording.key_frames", count=len(facts.keys), first=_first_keys(facts))
    yield "sound", _sound_text(facts, messages)
    missing = facts.missing_bytes
    yield "whole", messages.text("health.cut_off", missing=missing) if missing else messages.text("recording.no_loss")


def _shown(facts: ClipFacts, messages: Messages) -> Iterator[str]:
    video = facts.video
    yield messages.text("recording.turned", degrees=video.rotation)
    if video.mirrored:
        yield messages.text("recording.mirrored")
    if video.pixel_shape != "1:1":
        yield messages.text("recording.stretched", shape=video.pixel_shape)


def _brands_text(brands: str) -> str:
    """The major brand, then the compatible ones, which stand there without blanks (ISO/IEC 14496-12, 4.3)."""
    major, _, others = brands.partition(" ")
    return ", ".join([major, *(others[place : place + 4] for place in range(0, len(others), 4))])


def _rate_text(facts: ClipFacts, messages: Messages) -> str:
    lengths = [after - before for before, after in zip(facts.pts_us, facts.pts_us[1:], strict=False)]
    if not lengths or max(lengths) - min(lengths) < _UNEVEN_US:
        return messages.text("recording.constant", fps=f"{facts.video.fps:.4g}")
    shortest, longest = (f"{length / 1000:.4g}" for length in (min(lengths), max(lengths)))
    return messages.text("recording.variable", fps=f"{facts.video.fps:.4g}", shortest=shortest, longest=longest)


def _first_keys(facts: ClipFacts) -> str:
    shown = ", ".join(str(number + 1) for number in facts.keys[:8])
    return f"{shown}, …" if len(facts.keys) > 8 else shown


def _check_text(facts: ClipFacts, check: ClipCheck, messages: Messages) -> str:
    name = "recording.checked" if check.looked_at == facts.frame_count else "recording.checked_first"
    return messages.text(
        name, decoded=check.decoded, undecodable=check.undecodable, damaged=check.damaged, looked_at=check.looked_at
    )


def _type_lines(types: str) -> Iterator[str]:
    for first in range(0, len(types), TYPES_IN_LINE):
        yield f"{first + 1:>7}  {types[first : first + TYPES_IN_LINE]}"


def _sound_text(facts: ClipFacts | ClipSeen, messages: Messages) -> str:
    audio = facts.audio
    if audio is None:
        return messages.text("health.no_audio")
    if not audio.codec:
        return messages.text("health.unknown_audio")
    return messages.text("health.audio", codec=audio.codec.upper(), rate=f"{audio.sample_rate / 1000:g}")


def _size(facts: ClipFacts) -> tuple[int, int]:
    video = facts.video
    return (video.height, video.width) if video.rotation in (90, 270) else (video.width, video.height)
