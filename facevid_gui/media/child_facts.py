"""What the decoding child reports beside pictures: the sound, and what decodes (floor 1).

What enters: PyAV's objects, from the one module that imports it. What leaves: members of `core.clip.ClipFacts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def audio_facts(container: Any) -> dict[str, Any] | None:  # noqa: ANN401 - av's own types stay in the child
    """The first sound track; None without one, empty and 0 when its codec is unknown here."""
    if not container.streams.audio:
        return None
    context = container.streams.audio[0].codec_context
    if context is None:
        return {"codec": "", "sample_rate": 0, "channels": 0}
    return {"codec": context.codec.canonical_name, "sample_rate": context.sample_rate, "channels": context.channels}


def decoder_facts(context: Any, version: str, libraries: Mapping[str, tuple[int, ...]]) -> dict[str, str]:  # noqa: ANN401
    """Which decoder and which libraries make the pixels: made elsewhere, they may differ by a grain of colour."""
    parts = [f"{name} {'.'.join(map(str, libraries[name]))}" for name in ("libavcodec", "libswscale")
             if name in libraries]  # fmt: skip
    return {"decoder": context.codec.name, "decoder_version": ", ".join([f"PyAV {version}", *parts])}
