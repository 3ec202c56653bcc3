"""Talks to the decoding child: exact frames, thumbnails and facts of clips (floor 1).

What enters: the bytes of a clip (those whose hash matched) and wishes for frames. What leaves: replies, on a thread
of this room's own, through the callback it was given; it must not wait for the thread that closes the client. The
child is kept warm, started when a look-up or an open begins, restarted after a crash; a clip that takes it down twice
is said to crash the decoder, one that stalls it is not tried again. One clip is open at a time; a child holds no other.

The most urgent wish is served first, and among equals the newest: what is looked at now goes before what was looked
at a moment ago. A wish that is being served is interrupted by a more urgent one, by an equal one once it has given at
least one frame, and by another clip; it goes on later where it stopped.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

from facevid_gui.core.clip import ClipCheck, ClipFacts, ClipSeen, FramePixels
from facevid_gui.media.frames_process import END_PATIENCE_S, ChildProcess, child_command

PATIENCE_S = 20.0  # how long the child may say nothing; it gives a sign of life every second while work goes on
CLOSED_CLIP_PATIENCE_S = 1.0  # the same, when what it works on is no longer wanted
URGENT, NORMAL, IDLE, LATER, LAST = range(5)
_CRASHES_ALLOWED = 1
_LOOKS = frozenset({"sound", "check"})  # what may fail while the pictures can still be shown


@dataclass(frozen=True)
class Facts:
    """A clip was opened."""

    clip: str
    facts: ClipFacts


@dataclass(frozen=True)
class Frame:
    """A frame was decoded; `purpose` is what was asked for: "frames", "preview" or "thumbnails"."""

    clip: str
    purpose: str
    pixels: FramePixels


@dataclass(frozen=True)
class Done:
    """A wish was answered whole: frames of it that did not come cannot be decoded."""

    clip: str
    purpose: str
    first: int
    last: int


@dataclass(frozen=True)
class Failure:
    """A clip cannot be shown; `code` is a message id. Nothing else comes until it is opened again.

    `seen` is what could be said of it all the same.
    """

    clip: str
    code: str
    detail: str = ""
    seen: ClipSeen | None = None


@dataclass(frozen=True)
class Sound:
    """How loud the clip is: the loudest sample (0 to 255) in each of equal slices of its time (`span_us`)."""

    clip: str
    peaks: bytes


@dataclass(frozen=True)
class Checked:
    """Every frame was decoded once."""

    clip: str
    check: ClipCheck


@dataclass(frozen=True)
class Unseen:
    """A look at the whole clip failed ("sound" or "check"); its frames can still be had."""

    clip: str
    purpose: str
    code: str


Reply = Facts | Frame | Done | Failure | Sound | Checked | Unseen


@dataclass(eq=False)
class _Opening:
    """A clip from its opening to its closing."""

    clip: str
    data: bytes
    facts_told: bool = False
    crashes: int = 0
    failed: bool = False


@dataclass(eq=False)
class _Wish:
    """What is wanted of a clip. `after` is the last frame that was given; `request` what the child is asked."""

    priority: int
    number: int
    request: dict[str, Any]
    after: int = -1

    @property
    def purpose(self) -> str:
        """What it is for, by the word the child knows it by."""
        return str(self.request["do"])

    @property
    def rank(self) -> tuple[int, int]:
        """The lowest is served first."""
        return self.priority, -self.number


@dataclass(eq=False)
class _Job:
    """What the child works on: the opening of a clip (no wish), or a wish."""

    number: int
    opening: _Opening
    wish: _Wish | None
    gave: bool = False
    cancelled: bool = False


class FrameClient:
    """One child and the wishes for it. `tell` is called on the client's own thread."""

    def __init__(
        self, tell: Callable[[Reply], None], command: Sequence[str] | None = None, patience_s: float = PATIENCE_S
    ) -> None:
        self._tell_anyone = tell
        self._command = list(command or child_command())
        self._patience_s = patience_s
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._numbers = count(1)
        self._opening: _Opening | None = None
        self._wishes: list[_Wish] = []
        self._child: ChildProcess | None = None
        self._child_is_ready = False  # it has loaded its libraries
        self.walls = ""  # what the system keeps the child from, by its word in `walls`; "" until it is known
        self._held: _Opening | None = None  # what the child has open
        self._job: _Job | None = None
        self._deadline = 0.0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="frames", daemon=True)
        self._thread.start()

    def warm_up(self) -> None:
        """Start the child now, so that it has loaded its libraries when the first clip comes."""
        self._inbox.put(self._on_warm_up)

    def open_clip(self, clip: str, data: bytes) -> None:
        """Make `clip` the open one; wishes for the clip before are forgotten."""
        self._inbox.put(partial(self._on_opening, _Opening(clip, data)))

    def want_frames(self, clip: str, first: int, last: int, priority: int = URGENT) -> None:
        """Ask for the frames `first` to `last`; they come in rising order."""
        self._want(clip, priority, {"do": "frames", "first": first, "last": last})

    def want_thumbnails(self, clip: str, number: int, height: int) -> None:
        """Ask for `number` small frames spread over the clip, at most `height` rows each."""
        self._want(clip, IDLE, {"do": "thumbnails", "count": number, "height": height})

    def want_preview(self, clip: str, number: int, height: int) -> None:
        """Ask for one frame, at most `height` rows high."""
        self._want(clip, NORMAL, {"do": "preview", "first": number, "last": number, "height": height})

    def want_sound(self, clip: str, count: int) -> None:
        """Ask how loud the clip is in `count` slices of its time."""
        self._want(clip, LATER, {"do": "sound", "count": count})

    def want_check(self, clip: str) -> None:
        """Ask for every frame to be decoded once, and what came of it."""
        self._want(clip, LAST, {"do": "check"})

    def close_clip(self) -> None:
        """Forget the open clip and everything wished of it."""
        self._inbox.put(partial(self._on_opening, None))

    def close(self) -> None:
        """End the child and the thread; nothing is told any more."""
        self._closing.set()
        self._inbox.put(lambda: None)
        self._thread.join(END_PATIENCE_S)

    def _want(self, clip: str, priority: int, request: dict[str, Any]) -> None:
        self._inbox.put(partial(self._on_wish, clip, _Wish(priority, next(self._numbers), request)))

    # Everything below runs on the client's own thread.

    def _work(self) -> None:
        try:
            while not self._closing.is_set():
                try:
                    self._inbox.get(timeout=self._time_left())()
                except queue.Empty:
                    self._on_silence()
                self._advance()
        finally:
            self._end_child()

    def _time_left(self) -> float | None:
        return None if self._job is None else max(0.0, self._deadline - time.monotonic())

    def _on_warm_up(self) -> None:
        with contextlib.suppress(OSError):  # told when a clip is opened
            self._running_child()

    def _on_opening(self, opening: _Opening | None) -> None:
        self._opening = opening
        self._wishes.clear()

    def _on_wish(self, clip: str, wish: _Wish) -> None:
        if self._opening is not None and self._opening.clip == clip and not self._opening.failed:
            self._wishes.append(wish)

    def _on_message(self, child: ChildProcess, header: dict[str, Any], payload: bytes) -> None:
        child.room.release()
        if child is not self._child:
            return
        if not self._child_is_ready:
            self._child_is_ready, self.walls = True, str(header.get("walls", ""))
        job = self._job
        if job is not None:
            self._be_patient(job)
        if job is None or header.get("id") != job.number:
            return
        try:
            reply = self._take(job, header, payload)
        except (KeyError, TypeError, ValueError) as error:
            self._on_gone(child, f"malformed answer: {type(error).__name__}")
            return
        if reply is not None:
            self._tell(job.opening, reply)

    def _on_silence(self) -> None:
        """The child says nothing: end it. While it was still loading that is nobody's fault; else the clip's."""
        job = self._job
        is_look = job is not None and job.wish is not None and job.wish.purpose in _LOOKS
        if job is None or is_look or job.opening is not self._opening or not self._child_is_ready:
            self._on_gone(self._child, "no answer in time")
            return
        self._end_child()
        self._job = None
        self._tell(job.opening, self._failed(job.opening, "decoder_stalled", f"{self._patience_s:g}"))

    def _on_gone(self, child: ChildProcess | None, why: str) -> None:
        if child is None or child is not self._child:
            return
        self._end_child()
        job, self._job = self._job, None
        if job is None or job.opening is not self._opening:
            return
        if job.wish is not None and job.wish.purpose in _LOOKS:
            self._tell(job.opening, Unseen(job.opening.clip, job.wish.purpose, "decoder_crashed"))
            return
        job.opening.crashes += 1
        if job.opening.crashes > _CRASHES_ALLOWED:
            self._tell(job.opening, self._failed(job.opening, "decoder_crashed", why))
        elif job.wish is not None:
            self._wishes.append(job.wish)

    def _take(self, job: _Job, header: dict[str, Any], payload: bytes) -> Reply | None:
        """Take an answer in. Raises `KeyError`, `TypeError` or `ValueError` when it is malformed."""
        opening = job.opening
        if "frame" in header and job.wish is not None:
            pixels = FramePixels.from_json(header, payload)
            job.wish.after, job.gave = pixels.number, True
            return Frame(opening.clip, job.wish.purpose, pixels)
        if "peaks" in header:
            return Sound(opening.clip, payload)
        if "check" in header:
            return Checked(opening.clip, ClipCheck.from_json(header["check"]))
        if "facts" in header:
            facts = ClipFacts.from_json(header["facts"])
            already, opening.facts_told = opening.facts_told, True
            return None if already else Facts(opening.clip, facts)
        if "error" in header:
            self._job = None
            if job.wish is not None and job.wish.purpose in _LOOKS:
                return Unseen(opening.clip, job.wish.purpose, str(header["error"]))
            seen = header.get("seen")
            known = ClipSeen.from_json(seen) if seen is not None else None
            return self._failed(opening, str(header["error"]), str(header["detail"]), known)
        if "done" in header or "cancelled" in header:
            reply = self._finish(job, is_whole="done" in header)
            self._job = None
            return reply
        return None

    def _finish(self, job: _Job, *, is_whole: bool) -> Reply | None:
        if job.wish is None:
            if not job.opening.facts_told:
                raise ValueError("no facts")
            self._held = job.opening
        elif is_whole:
            request = job.wish.request
            return Done(job.opening.clip, job.wish.purpose, request.get("first", 0), request.get("last", 0))
        elif job.opening is self._opening:
            self._wishes.append(job.wish)
        return None

    def _tell(self, opening: _Opening, reply: Reply) -> None:
        if opening is self._opening and not self._closing.is_set():
            self._tell_anyone(reply)

    def _failed(self, opening: _Opening, code: str, detail: str, seen: ClipSeen | None = None) -> Failure:
        opening.failed = True
        if opening is self._opening:
            self._wishes.clear()
        return Failure(opening.clip, code, detail, seen)

    def _advance(self) -> None:
        """Give the child its next work, or take from it what has become less urgent."""
        if self._job is not None:
            self._interrupt(self._job)
        elif self._opening is None:
            if self._child is not None and self._held is not None:
                self._child.send({"do": "close", "id": 0})
                self._held = None
        elif not self._opening.failed and not self._closing.is_set():
            self._start(self._opening)

    def _interrupt(self, job: _Job) -> None:
        if job.cancelled or self._child is None or not self._is_overtaken(job):
            return
        job.cancelled = True
        self._child.send({"do": "cancel", "id": job.number})
        self._be_patient(job)

    def _is_overtaken(self, job: _Job) -> bool:
        if job.opening is not self._opening:
            return True
        best = min(self._wishes, key=lambda wish: wish.rank, default=None)
        if best is None or job.wish is None:
            return False
        return best.priority < job.wish.priority or (job.gave and best.rank < job.wish.rank)

    def _start(self, opening: _Opening) -> None:
        if opening.facts_told and not self._wishes:
            return
        try:
            child = self._running_child()
        except OSError as error:
            self._tell(opening, self._failed(opening, "decoder_missing", str(error)))
            return
        if self._held is not opening:
            self._ask(child, _Job(next(self._numbers), opening, None), {"do": "open"}, opening.data)
        else:
            wish = min(self._wishes, key=lambda wish: wish.rank)
            self._wishes.remove(wish)
            self._ask(child, _Job(next(self._numbers), opening, wish), {**wish.request, "after": wish.after})

    def _ask(self, child: ChildProcess, job: _Job, request: dict[str, Any], data: bytes = b"") -> None:
        self._job = job
        self._be_patient(job)
        child.send({**request, "id": job.number}, data)

    def _be_patient(self, job: _Job) -> None:
        patience_s = self._patience_s
        if job.opening is not self._opening and self._child_is_ready:
            patience_s = min(patience_s, CLOSED_CLIP_PATIENCE_S)
        self._deadline = time.monotonic() + patience_s

    def _running_child(self) -> ChildProcess:
        if self._child is None:
            self._child = ChildProcess(self._command, self._inbox.put, self._on_message, self._on_gone)
        return self._child

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.end()
        self._child = self._held = None
        self._child_is_ready = False
