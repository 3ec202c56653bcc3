"""Frames for paper: evenly spread, exact, the same each time; what cannot be shown says why."""

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.clip import FramePixels
from facevid_gui.core.errors import CancelledError, SubjectError
from facevid_gui.media.frames_process import child_command
from facevid_gui.media.stills import StillsReader, stills_reader
from facevid_gui.resources import resource


def clip(name: str) -> bytes:
    return resource(f"demo/{name}").read_bytes()


def picture(frame: FramePixels) -> bytes:
    """The pixels without what pads the rows."""
    return b"".join(frame.data[row * frame.stride :][: 3 * frame.width] for row in range(frame.height))


def test_frames_of_several_clips_with_one_child() -> None:
    with stills_reader() as reader:
        first = reader.read(clip("order.mp4"), 6, 120, CancelToken())
        second = reader.read(clip("nod-01.mp4"), 4, 120, CancelToken())
        again = reader.read(clip("order.mp4"), 6, 120, CancelToken())
    assert [frame.number for frame in first.frames] == sorted({frame.number for frame in first.frames})
    assert len(first.frames) == 6
    assert len(second.frames) == 4
    for frame in first.frames:
        assert frame.pts_us == first.facts.pts_us[frame.number]
        assert min(frame.width, frame.height) > 0
        assert frame.height <= 120
    assert first.frames[-1].number > first.facts.frame_count // 2
    assert [picture(frame) for frame in first.frames] == [picture(frame) for frame in again.frames]


def test_what_is_no_recording_says_so_and_the_next_one_is_read() -> None:
    with stills_reader() as reader:
        with pytest.raises(SubjectError) as caught:
            reader.read(b"hello", 4, 120, CancelToken())
        assert caught.value.code.startswith("clip_")
        assert len(reader.read(clip("nod-02.mp4"), 3, 60, CancelToken()).frames) == 3


def test_it_stops_when_asked_to() -> None:
    token = CancelToken()
    token.cancel()
    with stills_reader() as reader, pytest.raises(CancelledError):
        reader.read(clip("order.mp4"), 4, 60, token)


def test_a_system_without_the_decoder_says_so() -> None:
    reader = StillsReader([*child_command()[:1], "-c", "raise SystemExit(1)"])
    try:
        with pytest.raises(SubjectError) as caught:
            reader.read(clip("order.mp4"), 4, 60, CancelToken())
    finally:
        reader.close()
    assert caught.value.code.startswith("decoder_")
