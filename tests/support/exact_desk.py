"""Somebody who asks for exact frames and notes what comes. What enters: `ExactFrames`. What leaves: what it said."""

from functools import cache

from PySide6.QtCore import QThread

from facevid_gui.bridge.exact import ExactFrame, ExactFrames
from facevid_gui.core.clip import ClipFacts
from tests.support.media_clips import at_rate, make_clip
from tests.support.qt import pump_until

FRAMES = 60


@cache
def numbered(frames: int = FRAMES) -> bytes:
    """A clip whose pictures say which they are."""
    return make_clip(at_rate(frames), key_every=25, b_frames=2)


class Desk:
    """Asks for frames and notes what comes."""

    def __init__(self, exact: ExactFrames) -> None:
        self.exact = exact
        self.facts: list[ClipFacts] = []
        self.frames: list[ExactFrame] = []
        self.thumbnails: list[ExactFrame] = []
        self.missing: list[int] = []
        self.failures: list[tuple[str, str]] = []
        self.on_main_thread: set[bool] = set()
        exact.facts_found.connect(self.facts.append)
        exact.frame_ready.connect(self._on_frame)
        exact.thumbnail_ready.connect(self.thumbnails.append)
        exact.frame_missing.connect(self.missing.append)
        exact.failed.connect(lambda code, detail: self.failures.append((code, detail)))

    def _on_frame(self, frame: ExactFrame) -> None:
        self.frames.append(frame)
        self.on_main_thread.add(QThread.currentThread().isMainThread())

    def open(self, data: bytes, name: str = "a clip") -> ClipFacts:
        self.exact.open(name, data)
        pump_until(lambda: self.exact.facts is not None)
        return self.facts[-1]

    def frame(self, number: int) -> ExactFrame:
        """Ask for a frame and wait for it."""
        self.frames.clear()
        self.exact.want(number)
        pump_until(lambda: self.frames or number in self.missing)
        [frame] = self.frames
        return frame

    def comes_at_once(self, number: int) -> bool:
        self.frames.clear()
        self.exact.want(number)
        return [frame.number for frame in self.frames] == [number]

    def until_quiet(self) -> None:
        """Wait until nothing comes any more: the cache has what was asked for."""
        pump_until(lambda: self.exact._asked == (0, -1))
