"""Talks to the decoding child: exact frames, thumbnails and facts of clips (floor 1).

What enters: the bytes of a clip (those whose hash matched) and wishes for frames. What leaves: replies, on a
thread of this room's own, through the callback it was given. The child is kept warm, started when a look-up or
an open begins, restarted after a crash or a stall; a clip that takes it down twice is said to be undecodable.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from facevid_gui.core.clip import ClipFacts, FramePixels

PATIENCE_S = 20.0
URGENT, NORMAL, IDLE = 0, 1, 2
FROZEN_ARGUMENT = "--frames-child"
_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "PYTHONPATH", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Facts:
    """A clip was opened."""

    clip: str
    facts: ClipFacts


@dataclass(frozen=True)
class Frame:
    """A frame was decoded; `purpose` is what was asked for: "frames" or "thumbnails"."""

    clip: str
    purpose: str
    pixels: FramePixels


@dataclass(frozen=True)
class Done:
    """A request was answered whole."""

    clip: str
    purpose: str
    first: int
    last: int


@dataclass(frozen=True)
class Failure:
    """A clip cannot be shown; `code` is a message id."""

    clip: str
    code: str
    detail: str = ""


Reply = Facts | Frame | Done | Failure


@dataclass(order=True)
class _Wish:
    priority: int
    order: int
    clip: str = field(compare=False)
    request: dict[str, Any] = field(compare=False)


def child_command() -> list[str]:
    """How to start the child: this program's own executable when frozen, else this Python."""
    if getattr(sys, "frozen", False):
        return [sys.executable, FROZEN_ARGUMENT]
    return [sys.executable, "-m", "facevid_gui.media.frames_child"]


class FrameClient:
    """One child and the queue of wishes for it. `tell` is called on the client's own thread."""

    def __init__(
        self, tell: Callable[[Reply], None], command: Sequence[str] | None = None, patience_s: float = PATIENCE_S
    ) -> None:
        self._tell = tell
        self._command = list(command or child_command())
        self._patience_s = patience_s
        self._wishes: queue.PriorityQueue[_Wish] = queue.PriorityQueue()
        self._numbers = count(1)
        self._clips: dict[str, bytes] = {}
        self._crashes: dict[str, int] = {}
        self._child: _Child | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="frames", daemon=True)
        self._thread.start()

    def warm_up(self) -> None:
        """Start the child now, so that it has loaded its libraries when the first clip comes."""
        self._put(NORMAL, "", {"do": "warm"})

    def open_clip(self, clip: str, data: bytes) -> None:
        """Make `clip` the open one; wishes for the clip before are forgotten."""
        self._forget_wishes()
        self._clips = {clip: data}
        self._put(URGENT, clip, {"do": "open"})

    def want_frames(self, clip: str, first: int, last: int, priority: int = URGENT) -> None:
        """Ask for the frames `first` to `last`."""
        self._put(priority, clip, {"do": "frames", "first": first, "last": last})

    def want_thumbnails(self, clip: str, number: int, height: int) -> None:
        """Ask for `number` small frames spread over the clip."""
        self._put(IDLE, clip, {"do": "thumbnails", "count": number, "height": height})

    def close_clip(self) -> None:
        """Forget the open clip and everything wished of it."""
        self._forget_wishes()
        self._clips = {}

    def close(self) -> None:
        """End the child and the thread."""
        self._closing.set()
        self._forget_wishes()
        self._put(URGENT, "", {"do": "stop"})
        child = self._child
        if child is not None:
            child.end()
        self._thread.join(timeout=5)

    def _put(self, priority: int, clip: str, request: dict[str, Any]) -> None:
        self._wishes.put(_Wish(priority, next(self._numbers), clip, request))

    def _forget_wishes(self) -> None:
        while True:
            try:
                self._wishes.get_nowait()
            except queue.Empty:
                return

    def _work(self) -> None:
        while not self._closing.is_set():
            wish = self._wishes.get()
            if wish.request["do"] == "stop":
                break
            self._fulfil(wish)
        if self._child is not None:
            self._child.end()

    def _fulfil(self, wish: _Wish) -> None:
        if wish.request["do"] == "warm":
            self._running()
            return
        data = self._clips.get(wish.clip)
        if data is None or self._crashes.get(wish.clip, 0) > 1:
            return  # a wish for a clip that is no longer open, or that took the child down twice
        try:
            child = self._running()
            if wish.request["do"] != "open" and wish.clip not in child.opened:
                self._exchange(child, _Wish(URGENT, 0, wish.clip, {"do": "open"}), data, quiet=True)
            self._exchange(child, wish, data if wish.request["do"] == "open" else b"")
        except (_ChildGoneError, OSError) as error:
            self._after_crash(wish, str(error))

    def _exchange(self, child: _Child, wish: _Wish, data: bytes, *, quiet: bool = False) -> None:
        number = next(self._numbers)
        child.send({**wish.request, "id": number, "clip": wish.clip, "size": len(data)}, data)
        while True:
            header, payload = child.receive(self._patience_s)
            if header.get("id") != number:
                continue
            if "done" in header or "error" in header:
                if "error" in header:
                    self._tell(Failure(wish.clip, header["error"], header["detail"]))
                elif wish.request["do"] == "open":
                    child.opened = {wish.clip}
                elif not quiet:
                    self._tell(_done(wish))
                return
            if not quiet:
                self._tell(_reply(wish, header, payload))

    def _after_crash(self, wish: _Wish, why: str) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None
        if self._closing.is_set():
            return
        self._crashes[wish.clip] = self._crashes.get(wish.clip, 0) + 1
        if self._crashes[wish.clip] > 1:
            self._tell(Failure(wish.clip, "decoder_crashed", why))
        else:
            self._wishes.put(wish)

    def _running(self) -> _Child:
        if self._child is None or not self._child.is_alive:
            self._child = _Child(self._command)
        return self._child


class _ChildGoneError(Exception):
    """The child ended or did not answer in time."""


class _Child:
    """The process, and a thread that reads what it says."""

    def __init__(self, command: Sequence[str]) -> None:
        environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 - our own executable
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._answers: queue.SimpleQueue[tuple[dict[str, Any], bytes] | None] = queue.SimpleQueue()
        self.opened: set[str] = set()
        threading.Thread(target=self._listen, name="frames-reader", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def send(self, header: dict[str, Any], data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(header).encode() + b"\n")
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def receive(self, patience_s: float) -> tuple[dict[str, Any], bytes]:
        try:
            answer = self._answers.get(timeout=patience_s)
        except queue.Empty:
            raise _ChildGoneError("no answer in time") from None
        if answer is None:
            raise _ChildGoneError("the child ended")
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        try:
            while line := stream.readline():
                header = json.loads(line)
                self._answers.put((header, stream.read(header.get("size", 0))))
        except (OSError, ValueError):
            pass
        self._answers.put(None)


def _reply(wish: _Wish, header: dict[str, Any], payload: bytes) -> Reply:
    if "facts" in header:
        return Facts(wish.clip, ClipFacts.from_json(header["facts"]))
    pixels = FramePixels(
        number=header["frame"],
        pts_us=header["pts_us"],
        width=header["width"],
        height=header["height"],
        stride=header["stride"],
        rotation=header["rotation"],
        data=payload,
    )
    return Frame(wish.clip, wish.request["do"], pixels)


def _done(wish: _Wish) -> Done:
    request = wish.request
    return Done(wish.clip, request["do"], request.get("first", 0), request.get("last", 0))
