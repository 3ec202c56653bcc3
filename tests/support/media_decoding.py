"""Every kind of recording decoded by a child, whichever program it is."""

import queue
from collections.abc import Sequence

from facevid_gui.media.frames import Done, Failure, Frame, FrameClient, Reply, Sound, Unseen
from tests.support.media_clips import number_in
from tests.support.media_matrix import FIXTURES, Fixture, fixture

PATIENCE_S = 30
ASKED = 12  # frames


def decode_every_kind(command: Sequence[str] | None = None) -> str:
    """Check what comes of each fixture that can be shown; the child's word for its walls."""
    heard: queue.SimpleQueue[Reply] = queue.SimpleQueue()
    client = FrameClient(heard.put, command)
    try:
        for name, kind in FIXTURES.items():
            client.open_clip(name, fixture(name))
            client.want_frames(name, 0, ASKED - 1)
            client.want_sound(name, 8)
            replies = answers_of(heard, name, 2)
            if kind.refused:
                assert [reply.code for reply in replies if isinstance(reply, Failure)] == [kind.refused], name
            else:
                check_frames(name, kind, replies)
        return client.walls
    finally:
        client.close()


def check_frames(name: str, kind: Fixture, replies: list[Reply]) -> None:
    frames = [reply.pixels for reply in replies if isinstance(reply, Frame)]
    assert len(frames) == min(ASKED, kind.frames or ASKED), name
    assert any(isinstance(reply, Sound) for reply in replies) is kind.sound, name
    if kind.size == (96, 64) and not kind.spoken:  # others bear numbers that are stretched, or none
        drawn = [number_in(pixels.data, pixels.stride, pixels.height) for pixels in frames]
        assert drawn == [pixels.number for pixels in frames], name


def answers_of(heard: "queue.SimpleQueue[Reply]", clip: str, wishes: int) -> list[Reply]:
    """Everything told of a clip until its wishes have ended, or it failed."""
    found: list[Reply] = []
    while wishes:
        reply = heard.get(timeout=PATIENCE_S)
        assert reply.clip == clip
        found.append(reply)
        wishes = 0 if isinstance(reply, Failure) else wishes - isinstance(reply, Done | Unseen)
    return found
