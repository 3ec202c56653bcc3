"""The decoding child: the only process in which PyAV is imported; it runs alone (floor 1).

What enters: requests on standard input, the bytes of clips among them. What leaves: facts and frames on standard
output. The subject of a fraud case controls these bytes: a crash here is a state of the record, not of the program.
Only the given bytes are opened; the process ends with its standard input.

A message is a line of JSON and, when it names a `size`, that many bytes. Requests: `open` (with the clip), `frames`
(`first` to `last`), `preview` (the same, with `height`), `thumbnails` (`count`, `height`), `sound` (`count`), `check`,
`close`; `cancel` stops the request of an `id` that is served. `after` resumes an interrupted request behind a frame.
Answers carry the request's `id` and are `facts`, a `frame` (with its pixels), `peaks` (with a byte for each), a
`check`, or an ending: `done`, `cancelled`, `error` (with what was `seen` of a clip refused); one with nothing else says
that work goes on. `ready` is first.

What a clip may take. Everywhere: what `child_probe` lets through, a time for opening, and the patience of the parent,
which kills this process when it says nothing. On POSIX systems the system also limits memory, writing, and processor
time without an answer; macOS does not hold the limit of memory, and a job on Windows holds no more than that. On Linux
a filter leaves no system call that decoding does not need: no file, no network, no other process. `ready` tells by its
`walls` (`walls`) which of these hold.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

from facevid_gui.media.walls import raise_walls
from facevid_gui.media.wholeness import NotShownError

try:
    import av
    import av.subtitles.stream  # PyAV imports it at the first stream of another kind, when nothing can be read any more

    from facevid_gui.media.child_clip import Clip
    from facevid_gui.media.child_looks import FrameCheck, Loudness
    from facevid_gui.media.child_probe import seen_in
except ImportError as error:  # told to whoever wants to see a clip
    MISSING = str(error)
else:
    MISSING = ""

MEMORY_LIMIT_BYTES = 3 * 1024 * 1024 * 1024
CPU_LIMIT_S = 60  # of processor time, of all threads together, without an answer
OPENING_LIMIT_S = 15.0
SIGN_OF_LIFE_S = 1.0
MAX_PEAKS = 10_000
SEEN_ENOUGH = ("decoder_missing", "clip_too_slow")  # why a clip is refused without another look at it

AnyLook = TypeVar("AnyLook", "FrameCheck", "Loudness")


class Child:
    """Answers requests until its standard input ends."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests, self._answers = requests, answers
        self._inbox: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
        self._cancelled = 0  # requests up to this id are no longer wanted
        self._spoken_at = time.monotonic()
        self._serving = 0  # the id of the request
        self._open_until = 0.0
        self._clip: Clip | None = None
        self._check: FrameCheck | None = None
        self._loudness: Loudness | None = None

    def run(self, walls: str) -> None:
        """Serve; never returns. `walls`: what the system keeps this process from, told to the parent."""
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        self._send({"ready": True, "walls": walls})
        while True:
            self._answer(*self._inbox.get())

    def _answer(self, request: dict[str, Any], payload: bytes) -> None:
        self._serving = request["id"]
        try:
            ending = self._serve(request, payload)
        except NotShownError as error:
            ending = {"error": error.code, "detail": error.detail}
            if request["do"] == "open" and error.code not in SEEN_ENOUGH:
                ending["seen"] = seen_in(payload)
        except MemoryError:
            ending = {"error": "clip_memory", "detail": ""}
        except (av.FFmpegError, ValueError, LookupError, ArithmeticError) as error:
            ending = {"error": "clip_undecodable", "detail": type(error).__name__}
        self._send(ending)

    def _read(self) -> None:
        """Read ahead, so that a request can be cancelled while it is served; end the process with its parent."""
        try:
            while line := self._requests.readline():
                request = json.loads(line)
                payload = self._requests.read(request.get("size", 0))
                if request["do"] == "cancel":
                    self._cancelled = request["id"]
                else:
                    self._inbox.put((request, payload))
        finally:
            os._exit(0)

    def _serve(self, request: dict[str, Any], payload: bytes) -> dict[str, Any]:
        if request["do"] in ("open", "close"):
            return self._change(request, payload)
        if self._clip is None:
            raise NotShownError("clip_unreadable", "not open")
        if request["do"] == "check":
            return self._look(self._checking(self._clip), lambda check: self._send({"check": {"types": check.types}}))
        if request["do"] == "sound":
            loudness = self._listening(self._clip, request["count"])
            return self._look(loudness, lambda sound: self._send({"peaks": True}, bytes(sound.peaks)))
        return self._show(self._clip, request)

    def _change(self, request: dict[str, Any], payload: bytes) -> dict[str, Any]:
        self._clip = self._check = self._loudness = None
        gc.collect()  # a clip and its unfinished decoding refer to each other: no picture of anybody stays behind
        if request["do"] == "open":
            if MISSING:
                raise NotShownError("decoder_missing", MISSING)
            self._open_until = time.monotonic() + OPENING_LIMIT_S
            self._clip = Clip(payload, self._go_on)
            self._open_until = 0.0
            self._send({"facts": self._clip.facts})
        return {"done": True}

    def _go_on(self) -> None:
        """Say now and then that work goes on; end an opening that takes too long."""
        now = time.monotonic()
        if self._open_until and now > self._open_until:
            self._open_until = 0.0
            raise NotShownError("clip_too_slow", f"{OPENING_LIMIT_S:g}")
        if now - self._spoken_at > SIGN_OF_LIFE_S:
            self._send({})

    def _is_cancelled(self) -> bool:
        return self._serving <= self._cancelled

    def _show(self, clip: Clip, request: dict[str, Any]) -> dict[str, Any]:
        is_range = request["do"] != "thumbnails"
        numbers = clip.between(request["first"], request["last"]) if is_range else clip.spread(request["count"])
        wanted = [number for number in numbers if number > request["after"]]
        chosen = set(wanted)
        for decoded in clip.walk(wanted):
            if self._is_cancelled():
                return {"cancelled": True}
            if decoded.number in chosen:
                self._send(*clip.picture(decoded, request.get("height", 0)))
        return {"done": True}

    def _checking(self, clip: Clip) -> FrameCheck:
        self._check = self._check or FrameCheck(clip)
        return self._check

    def _listening(self, clip: Clip, count: int) -> Loudness:
        self._loudness = self._loudness or Loudness(clip, min(max(1, count), MAX_PEAKS))
        return self._loudness

    def _look(self, look: AnyLook, tell: Callable[[AnyLook], None]) -> dict[str, Any]:
        for _ in look.run():
            if self._is_cancelled():
                return {"cancelled": True}
            self._go_on()
        tell(look)
        return {"done": True}

    def _send(self, header: dict[str, Any], pixels: memoryview | bytes = b"") -> None:
        limit_time()
        header = {"id": self._serving, **header, "size": len(pixels)}
        self._answers.write(json.dumps(header).encode() + b"\n")
        self._answers.write(pixels)
        self._answers.flush()
        self._spoken_at = time.monotonic()


def limit_resources() -> None:
    """Take away what a decoder does not need, as far as the system has means for it."""
    if sys.platform == "win32":
        return
    import resource

    limits = {resource.RLIMIT_AS: MEMORY_LIMIT_BYTES, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}
    for which, value in limits.items():
        _, hard = resource.getrlimit(which)
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS has taken more address space than that already
            resource.setrlimit(which, (limit, limit))


def limit_time() -> None:
    """Let the system end this process when it takes much processor time from now on without answering (POSIX)."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    limit = int(time.process_time()) + 1 + CPU_LIMIT_S
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def main() -> None:
    """Be the child: keep the protocol's stream apart from whatever libraries print."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent
    limit_resources()
    child = Child(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if not MISSING:
        av.logging.set_level(None)
    walls = raise_walls(MEMORY_LIMIT_BYTES)
    gc.freeze()  # what is here by now stays: only clips are looked through when one gives way to another
    child.run(walls)


if __name__ == "__main__":
    main()
