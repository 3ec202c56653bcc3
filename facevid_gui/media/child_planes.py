"""The hash of a decoded frame, as it left the decoder: before colours are converted or anything is scaled (floor 1).

What enters: a decoded frame, in the decoding child. What leaves: members of `core.clip.FramePlanes`. Hashed are the
planes one after the other, each row by row without the padding behind it, samples in the pixel format's own order and
size. These are the bytes FFmpeg writes as `rawvideo`, so that anybody who decodes the clip can make the hash again.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av

FULL_RANGE = 2  # AVCOL_RANGE_JPEG


def planes_facts(frame: av.VideoFrame, matrix: int) -> dict[str, Any]:
    """Hash, pixel format and size of a frame's planes; `matrix` (ITU-T H.273, table 4) is what converts its colours."""
    return {
        "sha256": _digest(frame),
        "format": frame.format.name,
        "width": frame.width,
        "height": frame.height,
        "matrix": matrix,
        "full_range": int(frame.color_range) == FULL_RANGE or frame.format.name.startswith("yuvj"),
    }


def _digest(frame: av.VideoFrame) -> str:
    digest = hashlib.sha256()
    components = frame.format.components
    for number, plane in enumerate(frame.planes):
        parts = [part for part in components if part.plane == number]
        row = min(plane.line_size, sum(part.width * -(-part.bits // 8) for part in parts))
        rows = max((part.height for part in parts), default=0)
        pixels = memoryview(plane)
        if row == plane.line_size:
            digest.update(pixels[: row * rows])
            continue
        for start in range(0, plane.line_size * rows, plane.line_size):
            digest.update(pixels[start : start + row])
    return digest.hexdigest()
