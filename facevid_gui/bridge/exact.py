"""Exact frames on the GUI side: asks the decoding child, keeps what it sent in a bounded cache (floor 2).

What enters: the bytes of a clip and wishes for frames. What leaves: pictures with number and time. Pixels become
pictures on the client's own thread; the GUI thread only receives them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QTransform

from facevid_gui.bridge.inbox import Inbox
from facevid_gui.media.frames import NORMAL, Checked, Done, Facts, Failure, Frame, FrameClient, Sound, Unseen

if TYPE_CHECKING:
    from facevid_gui.core.clip import ClipCheck, ClipFacts, FramePixels, FramePlanes
    from facevid_gui.media.frames import Reply

CACHE_BYTES = 192 * 1024 * 1024
THUMBNAIL_HEIGHT = 96
PREVIEW_HEIGHT = 132
PREVIEWS_KEPT = 120
SOUND_SLICES = 1200
_AROUND = 24  # frames asked for on each side of the wanted one, inside its group of pictures, if they fit
_AHEAD = 8  # how near the edge of what is cached more is asked for


@dataclass(frozen=True)
class ExactFrame:
    """A decoded frame: number from 0, time in microseconds, upright picture; `damaged` when parts are guessed."""

    clip: str
    number: int
    pts_us: int
    image: QImage
    damaged: bool = False
    planes: FramePlanes | None = None  # what it was made of; not of small frames


@dataclass(frozen=True)
class _Told:
    """A reply, its pixels already a picture."""

    reply: Reply
    image: QImage | None = None


@dataclass
class _Ahead:
    """A clip the child has begun with, and what it said of it so far."""

    clip: str
    data: bytes
    told: list[_Told] = field(default_factory=list)


class ExactFrames(QObject):
    """One clip at a time."""

    facts_found = Signal(object)  # ClipFacts
    frame_ready = Signal(object)  # ExactFrame
    thumbnail_ready = Signal(object)  # ExactFrame
    frame_missing = Signal(int)  # a frame that was wanted cannot be decoded
    preview_ready = Signal(object)  # ExactFrame, small
    preview_missing = Signal(int)
    sound_heard = Signal(object)  # bytes: the loudest sample of each slice of the clip's span
    clip_checked = Signal(object)  # ClipCheck
    look_failed = Signal(str, str)  # "sound" or "check", message id
    refused_seen = Signal(object)  # ClipSeen: what was seen of a clip that is not shown
    failed = Signal(str, str)  # message id, technical detail

    def __init__(
        self,
        parent: QObject | None = None,
        make_client: Callable[[Callable[[Reply], None]], FrameClient] = FrameClient,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        super().__init__(parent)
        self._inbox = Inbox(self._on_told, self)
        self._cache_bytes = cache_bytes
        self._client = make_client(partial(_tell, self._inbox.send))
        self._clip = ""
        self._wanted: int | None = None
        self._asked: tuple[int, int] = (0, -1)
        self._cache: OrderedDict[int, ExactFrame] = OrderedDict()
        self._held_bytes = 0
        self._previews: OrderedDict[int, ExactFrame] = OrderedDict()
        self._preview_wanted: int | None = None
        self._preview_asked: int | None = None
        self._data = b""
        self._numbers = count(1)
        self._thumbnails, self._looks = 0, False  # what else was asked of it
        self._ahead: _Ahead | None = None
        self._began_ahead = False  # its first frame was asked for before it was opened
        self.facts: ClipFacts | None = None
        self._check: ClipCheck | None = None

    def warm_up(self) -> None:
        """Start the child now; a clip is about to come."""
        self._client.warm_up()

    def expect(self, data: bytes | None) -> None:
        """These bytes will be opened in a moment: let the child begin. None: they will not be, after all.

        The open clip can do no more meanwhile than show what is cached of it.
        """
        if data is not None:
            self._ahead = _Ahead(f"ahead-{next(self._numbers)}", data)
            self._client.open_clip(self._ahead.clip, data)
            self._client.want_frames(self._ahead.clip, 0, 0)
        elif self._ahead is not None:
            self._ahead = None
            self._go_on()

    def open(self, clip: str, data: bytes) -> None:
        """Make this the open clip; one that was expected is known by the name it has already."""
        ahead = self._ahead if self._ahead is not None and self._ahead.data is data else None
        self.close_clip()
        self._ahead = None
        self._clip, self._data = clip if ahead is None else ahead.clip, data
        if ahead is None:
            self._client.open_clip(clip, data)
            return
        self._asked, self._began_ahead = (0, 0), True
        for told in sorted(ahead.told, key=lambda told: not isinstance(told.reply, Frame)):  # frames before facts
            self._take_in(told)

    def close_clip(self) -> None:
        """Forget the open clip."""
        self._clip, self._data = "", b""
        self._thumbnails, self._looks, self._began_ahead = 0, False, False
        self.facts = self._check = None
        self._wanted = None
        self._asked = (0, -1)
        self._cache.clear()
        self._held_bytes = 0
        self._previews.clear()
        self._preview_wanted = self._preview_asked = None
        if self._ahead is None:  # else the child has let go of it
            self._client.close_clip()

    def is_damaged(self, number: int | None) -> bool:
        """Whether a frame is known to be damaged in the recording, whoever shows it."""
        return number is not None and self._check is not None and self._check.is_damaged(number)

    def want(self, number: int) -> None:
        """Ask for a frame; it comes by `frame_ready`, at once when it is cached."""
        if self.facts is None:
            return
        number = max(0, min(number, self.facts.frame_count - 1))
        cached = self._cache.get(number)
        if cached is not None:
            self._cache.move_to_end(number)
            self._wanted = None
            self.frame_ready.emit(cached)
            if not self._began_ahead:
                self._look_ahead(number)
            return
        self._wanted = number
        if not self._asked[0] <= number <= self._asked[1]:
            self._ask_around(number)
            self._client.want_frames(self._clip, number, number)  # first of all; the others follow

    def want_around(self) -> None:
        """Ask for the frames after the first one of a clip that was expected: that one is shown by now."""
        if self._began_ahead:
            self._began_ahead = False
            self._look_ahead(0)

    def want_thumbnails(self, count: int) -> None:
        """Ask for small frames spread over the clip."""
        self._thumbnails = count
        self._client.want_thumbnails(self._clip, count, THUMBNAIL_HEIGHT)

    def want_looks(self) -> None:
        """Ask for what takes a look at the whole clip: how loud it is, and whether every frame can be decoded."""
        self._looks = True
        if self.facts is not None and self.facts.audio is not None and self.facts.audio.codec:
            self._client.want_sound(self._clip, SOUND_SLICES)
        self._client.want_check(self._clip)

    def want_preview(self, number: int) -> None:
        """Ask for a small picture of a frame. While one is on its way only the wish made last is remembered."""
        if self.facts is None:
            return
        kept = self._previews.get(number)
        self._preview_wanted = None
        if kept is not None:
            self._previews.move_to_end(number)
            self.preview_ready.emit(kept)
        elif self._preview_asked is None:
            self._preview_asked = number
            self._client.want_preview(self._clip, number, PREVIEW_HEIGHT)
        else:
            self._preview_wanted = number

    def shut_down(self) -> None:
        """End the child."""
        self._clip = ""
        self._client.close()

    def _go_on(self) -> None:
        """Open the clip once more that another one was to take the place of, and ask again for what had not come."""
        if not self._clip:
            self._client.close_clip()
            return
        self._client.open_clip(self._clip, self._data)
        self._asked = (0, -1)
        wanted, self._wanted = self._wanted, None
        self._preview_wanted = self._preview_asked = None
        if wanted is not None:
            self.want(wanted)
        if self._thumbnails:
            self.want_thumbnails(self._thumbnails)
        if self._looks:
            self.want_looks()

    def _look_ahead(self, number: int) -> None:
        """Near the edge of what is cached, ask for what lies behind it, so that stepping never waits."""
        assert self.facts is not None
        last, distance = self.facts.frame_count - 1, min(_AHEAD, self._reach)
        for ahead in (min(number + distance, last), max(number - distance, 0)):
            if ahead not in self._cache and not self._asked[0] <= ahead <= self._asked[1]:
                self._ask_around(ahead)
                return

    def _ask_around(self, number: int) -> None:
        assert self.facts is not None
        first, last = self.facts.group_of(number)
        self._asked = (max(first, number - self._reach), min(max(last, number), number + self._reach))
        self._client.want_frames(self._clip, *self._asked, NORMAL)

    @property
    def _reach(self) -> int:
        """How many frames on each side of one are asked for: no more than can be kept."""
        assert self.facts is not None
        frame_bytes = 3 * self.facts.video.width * self.facts.video.height
        return max(0, min(_AROUND, (self._cache_bytes // max(1, frame_bytes) - 1) // 2))

    def _on_told(self, told: _Told) -> None:
        if self._ahead is not None and told.reply.clip == self._ahead.clip:
            self._ahead.told.append(told)
        elif self._clip and told.reply.clip == self._clip:
            self._take_in(told)

    def _take_in(self, told: _Told) -> None:
        reply = told.reply
        if isinstance(reply, Facts):
            is_known, self.facts = self.facts is not None, reply.facts
            if not is_known:  # else it was opened once more
                self.facts_found.emit(reply.facts)
        elif isinstance(reply, Failure):
            self._asked = (0, -1)
            self._preview_wanted = self._preview_asked = None
            self.failed.emit(reply.code, reply.detail)
            if reply.seen is not None:
                self.refused_seen.emit(reply.seen)
        elif isinstance(reply, Done):
            self._finish(reply)
        elif isinstance(reply, Sound):
            self.sound_heard.emit(reply.peaks)
        elif isinstance(reply, Checked):
            self._check = reply.check
            self.clip_checked.emit(reply.check)
        elif isinstance(reply, Unseen):
            self.look_failed.emit(reply.purpose, reply.code)
        elif told.image is not None:
            pixels = reply.pixels
            frame = ExactFrame(reply.clip, pixels.number, pixels.pts_us, told.image, pixels.damaged, pixels.planes)
            self._take(frame, reply.purpose)

    def _finish(self, done: Done) -> None:
        """What was asked for came, as far as it can: a frame that was asked for alone then cannot be decoded."""
        if done.purpose == "preview":
            self._finish_preview(done.first)
        if done.purpose != "frames":
            return
        if (done.first, done.last) == self._asked:
            self._asked = (0, -1)
        wanted = self._wanted
        if wanted is None or not done.first <= wanted <= done.last:
            return
        if done.first == done.last:
            self._wanted = None
            self.frame_missing.emit(wanted)
        else:  # it came and had to give way to others before it was wanted, or it never will: this tells
            self._client.want_frames(self._clip, wanted, wanted)

    def _finish_preview(self, number: int) -> None:
        self._preview_asked = None
        if number not in self._previews:
            self.preview_missing.emit(number)
        if self._preview_wanted is not None:
            self.want_preview(self._preview_wanted)

    def _keep_preview(self, frame: ExactFrame) -> None:
        self._previews[frame.number] = frame
        while len(self._previews) > PREVIEWS_KEPT:
            self._previews.popitem(last=False)
        self.preview_ready.emit(frame)

    def _take(self, frame: ExactFrame, purpose: str) -> None:
        if purpose == "thumbnails":
            self.thumbnail_ready.emit(frame)
            return
        if purpose == "preview":
            self._keep_preview(frame)
            return
        if frame.number not in self._cache:
            self._held_bytes += frame.image.sizeInBytes()
        self._cache[frame.number] = frame
        while self._held_bytes > self._cache_bytes and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            self._held_bytes -= dropped.image.sizeInBytes()
        if frame.number == self._wanted:
            self._wanted = None
            self.frame_ready.emit(frame)


def _tell(send: Callable[[_Told], None], reply: Reply) -> None:
    """On the client's thread: make the picture there, so that the GUI thread only receives it."""
    send(_Told(reply, picture_of(reply.pixels) if isinstance(reply, Frame) else None))


def picture_of(pixels: FramePixels) -> QImage:
    """Turn pixels into an upright picture of its own memory."""
    shared = QImage(pixels.data, pixels.width, pixels.height, pixels.stride, QImage.Format.Format_RGB888)
    if not pixels.rotation and not pixels.mirrored:
        return shared.copy()
    upright = shared.transformed(QTransform().rotate(pixels.rotation))
    return upright.transformed(QTransform().scale(-1, 1)) if pixels.mirrored else upright
