"""Frames of a recording for paper: evenly spread, exact, each with its number and time (floor 1).

What enters: the bytes of a clip whose hash matched. What leaves: what the clip is made of and some of its frames, as
the decoding child gives them; the caller waits meanwhile and may cancel.
"""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.core.errors import SubjectError
from facevid_gui.media.frames import Done, Facts, Failure, Frame, FrameClient, Reply

if TYPE_CHECKING:
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clip import ClipFacts, FramePixels

_LOOK_S = 0.1  # how often a wish to cancel is looked for


@dataclass(frozen=True)
class Stills:
    """A clip and frames of it in rising order; those that cannot be decoded are missing."""

    facts: ClipFacts
    frames: tuple[FramePixels, ...]


class StillsReader:
    """One decoding child for the clips of one document."""

    def __init__(self, command: Sequence[str] | None = None) -> None:
        self._replies: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._client = FrameClient(self._replies.put, command)
        self._clips = 0

    def read(self, data: bytes, count: int, height: int, token: CancelToken) -> Stills:
        """`count` frames spread over a clip, each at most `height` rows high.

        `SubjectError` with the decoder's code when the clip cannot be shown; `CancelledError`.
        """
        self._clips += 1
        clip = str(self._clips)
        self._client.open_clip(clip, data)
        self._client.want_thumbnails(clip, count, height)
        facts: ClipFacts | None = None
        frames: list[FramePixels] = []
        while True:
            token.raise_if_cancelled()
            with contextlib.suppress(queue.Empty):
                reply = self._replies.get(timeout=_LOOK_S)
                if reply.clip != clip:
                    continue
                if isinstance(reply, Failure):
                    raise SubjectError(reply.code, detail=reply.detail)
                if isinstance(reply, Facts):
                    facts = reply.facts
                elif isinstance(reply, Frame):
                    frames.append(reply.pixels)
                elif isinstance(reply, Done) and facts is not None:
                    self._client.close_clip()
                    return Stills(facts, tuple(frames))

    def close(self) -> None:
        """End the child."""
        self._client.close()


@contextlib.contextmanager
def stills_reader() -> Iterator[StillsReader]:
    """A reader that ends its child whatever happens."""
    reader = StillsReader()
    try:
        yield reader
    finally:
        reader.close()
