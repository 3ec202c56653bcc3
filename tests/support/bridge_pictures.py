"""What a picture shows: which person of the demo clips, which number of a numbered clip; and references from PyAV.

Import it only where `QT_QPA_PLATFORM` was set before: it imports Qt.
"""

import io
from functools import cache

import av
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from facevid_gui.resources import resource
from tests.support.media_clips import HEIGHT, number_in

WIDTH_LOOKED_AT, HEIGHT_LOOKED_AT = 16, 20
SAME_PERSON = 20  # pictures of one person differ by at most 12 levels on average, of two by at least 30 (measured)
# One clip of each person. The other demo clips are of the third.
PEOPLE = {"A": "order.mp4", "B": "liveness-plain.mp4", "C": "liveness-fragmented.mp4"}


def demo(person: str) -> bytes:
    """The demo clip of a person."""
    return resource(f"demo/{PEOPLE[person]}").read_bytes()


@cache
def pictures_of(data: bytes) -> tuple[QImage, ...]:
    """Every frame of a clip as PyAV decodes it, not turned; decoded from its beginning, which nobody can get wrong."""
    with av.open(io.BytesIO(data)) as container:
        return tuple(_picture(frame) for frame in container.decode(video=0))


@cache
def times_of(data: bytes) -> tuple[int, ...]:
    """When every frame is shown, in microseconds from the container's start."""
    with av.open(io.BytesIO(data)) as container:
        start = container.start_time or 0
        base = container.streams.video[0].time_base
        assert base is not None
        frames = list(container.decode(video=0))
        return tuple(round((frame.pts or 0) * base * 1_000_000) - start for frame in frames)


def _picture(frame: av.VideoFrame) -> QImage:
    rgb = frame.reformat(format="rgb24")
    plane = rgb.planes[0]
    return QImage(bytes(plane), rgb.width, rgb.height, plane.line_size, QImage.Format.Format_RGB888).copy()


def difference(one: QImage, other: QImage) -> float:
    """How many levels two pictures differ by on average, looked at from far away."""
    return _distance(_seen(one), _seen(other))


def is_same(one: QImage, other: QImage) -> bool:
    """Whether two pictures agree in every pixel."""
    rgb = QImage.Format.Format_RGB888
    return one.convertToFormat(rgb) == other.convertToFormat(rgb)


def person_in(image: QImage) -> str:
    """Who is to be seen: a key of PEOPLE, or "nobody"."""
    seen = _seen(image)
    near = {person: _distance(seen, known) for person, known in _known().items()}
    nearest = min(near, key=lambda person: near[person])
    return nearest if near[nearest] < SAME_PERSON else "nobody"


def number_on(image: QImage) -> int:
    """The number drawn into a picture of `media_clips.make_clip`; -1 when there is none."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    return number_in(bytes(rgb.constBits()), rgb.bytesPerLine(), min(rgb.height(), HEIGHT))


@cache
def _known() -> dict[str, bytes]:
    found = {}
    for person in PEOPLE:
        with av.open(io.BytesIO(demo(person))) as container:
            found[person] = _seen(_picture(next(container.decode(video=0))))
    return found


def _seen(image: QImage) -> bytes:
    smooth = Qt.TransformationMode.SmoothTransformation
    small = image.scaled(WIDTH_LOOKED_AT, HEIGHT_LOOKED_AT, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    rgb = small.convertToFormat(QImage.Format.Format_RGB888)
    return bytes(rgb.constBits())


def _distance(one: bytes, other: bytes) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)
