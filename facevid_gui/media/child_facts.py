"""What the decoding child reports beside pictures: what decodes (floor 1).

What enters: PyAV's objects, from the one module that imports it. What leaves: members of `core.clip.ClipFacts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def decoder_facts(context: Any, version: str, libraries: Mapping[str, tuple[int, ...]]) -> dict[str, str]:  # noqa: ANN401
    """Which decoder and which libraries make the pixels: made elsewhere, they may differ by a grain of colour."""
    parts = [f"{name} {'.'.join(map(str, libraries[name]))}" for name in ("libavcodec", "libswscale")
             if name in libraries]  # fmt: skip
    return {"decoder": context.codec.name, "decoder_version": ", ".join([f"PyAV {version}", *parts])}
