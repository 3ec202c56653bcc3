"""The hash of a frame's planes is that of the bytes FFmpeg writes as raw video, whatever the format and the padding."""

import hashlib
import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import pytest

from facevid_gui.core.clip import FramePixels, FramePlanes
from facevid_gui.media.child_clip import Clip
from facevid_gui.media.child_planes import planes_facts
from tests.support.media_clips import HEIGHT, WIDTH, at_rate, make_clip

FORMATS = ("yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p12le", "nv12", "p010le", "gray",
           "gray10le", "gbrp", "rgb24", "yuva420p")  # fmt: skip


def raw_video(frame: Any) -> bytes:
    raw: Any = av.CodecContext.create("rawvideo", "w")
    raw.width, raw.height, raw.pix_fmt = frame.width, frame.height, frame.format.name
    raw.time_base = Fraction(1, 25)
    return b"".join(map(bytes, [*raw.encode(frame), *raw.encode(None)]))


def frames_of(data: bytes) -> Iterator[Any]:
    with av.open(io.BytesIO(data)) as container:
        yield from container.decode(video=0)


@pytest.mark.parametrize("size", [(96, 64), (98, 66), (1, 1), (33, 7)])
@pytest.mark.parametrize("name", FORMATS)
def test_planes_are_raw_video(name: str, size: tuple[int, int]) -> None:
    frame = av.VideoFrame(*size, name)
    for number, plane in enumerate(frame.planes):
        plane.update(bytes((7 * place + 31 * number) % 251 for place in range(plane.buffer_size)))
    said = planes_facts(frame, 5)
    assert said["sha256"] == hashlib.sha256(raw_video(frame)).hexdigest()
    assert (said["format"], said["width"], said["height"]) == (name, *size)
    assert said["full_range"] is (name == "yuvj420p")


def test_every_whole_frame_of_a_clip_says_what_it_was_made_of_and_no_small_one() -> None:
    data = make_clip(at_rate(12), b_frames=2)
    expected = [hashlib.sha256(raw_video(frame)).hexdigest() for frame in frames_of(data)]
    clip = Clip(data)
    for decoded in clip.walk(range(12)):
        header, pixels = clip.picture(decoded)
        planes = FramePixels.from_json(header, bytes(pixels)).planes
        assert planes == FramePlanes(expected[decoded.number], "yuv420p", WIDTH, HEIGHT, 5, False)
    header, pixels = clip.picture(decoded, HEIGHT // 2)
    assert FramePixels.from_json(header, bytes(pixels)).planes is None


def test_pixels_that_are_not_square_change_the_picture_not_the_planes() -> None:
    data = make_clip(at_rate(2), settings=":sar=2/1")
    clip = Clip(data)
    decoded = next(clip.walk([0]))
    header, _ = clip.picture(decoded)
    assert (header["width"], header["height"]) == (2 * WIDTH, HEIGHT)
    assert (header["planes"]["width"], header["planes"]["height"]) == (WIDTH, HEIGHT)
    assert header["planes"]["sha256"] == hashlib.sha256(raw_video(next(frames_of(data)))).hexdigest()


@pytest.mark.parametrize("spoiled", [{"sha256": "ab"}, {"format": "a b"}, {"format": "x" * 99}, {"width": "wide"}])
def test_malformed_words_of_the_child_are_refused(spoiled: dict[str, object]) -> None:
    said = {"sha256": "ab" * 32, "format": "nv12", "width": 2, "height": 2, "matrix": 1, "full_range": False}
    assert FramePlanes.from_json(said).matrix == 1
    with pytest.raises((TypeError, ValueError)):
        FramePlanes.from_json(said | spoiled)
