"""The decoding child as its parent sees it: a process, and two threads that write to it and read from it (floor 1).

What enters: requests. What leaves: messages, as function calls put into the inbox of whoever started it. Neither a
child that does not read nor one that does not answer ever makes that one wait.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import IO, Any

FROZEN_ARGUMENT = "--frames-child"
END_PATIENCE_S = 5.0
MAX_HEADER_BYTES = 32 * 1024 * 1024
MAX_PIXEL_BYTES = 256 * 1024 * 1024
PIPE_BYTES = 1024 * 1024  # what everybody may ask for by default (pipe(7), pipe-max-size)
_READ_AHEAD = 4  # messages
# Where a system and a frozen program find their libraries; nothing else of the user's environment is handed on.
_KEPT_ENVIRONMENT = frozenset(
    {"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "PYTHONHOME"}
)
_KEPT_PREFIXES = ("_PYI_", "_MEIPASS")


def child_command() -> list[str]:
    """How to start the child: this program's own executable when frozen, else this Python."""
    if getattr(sys, "frozen", False):
        return [sys.executable, FROZEN_ARGUMENT]
    # -P: the folder the user is in may be evidence; nothing in it is imported.
    return [sys.executable, "-P", "-m", "facevid_gui.media.frames_child"]


def child_environment() -> dict[str, str]:
    """What the child knows of this one's environment: where libraries are, and no more."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _KEPT_ENVIRONMENT or name.startswith(_KEPT_PREFIXES)
    }
    if not getattr(sys, "frozen", False):
        kept["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return kept


class ChildProcess:
    """A running child."""

    def __init__(
        self,
        command: Sequence[str],
        post: Callable[[Callable[[], None]], None],
        on_message: Callable[[ChildProcess, dict[str, Any], bytes], None],
        on_gone: Callable[[ChildProcess, str], None],
    ) -> None:
        self._post, self._on_message, self._on_gone = post, on_message, on_gone
        self._process = _started(command)
        self._ended = False
        self._outbox: queue.SimpleQueue[tuple[dict[str, Any], bytes] | None] = queue.SimpleQueue()
        self.room = threading.Semaphore(_READ_AHEAD)  # released when a message was taken: frames do not pile up here
        self._threads = [
            threading.Thread(target=target, name=f"frames-{name}", daemon=True)
            for name, target in (("writer", self._write), ("reader", self._read))
        ]
        for thread in self._threads:
            thread.start()

    def send(self, request: dict[str, Any], data: bytes = b"") -> None:
        """Send a request as soon as the child takes it."""
        self._outbox.put(({**request, "size": len(data)}, data))

    def end(self) -> None:
        """Kill the process and let go of everything."""
        self._ended = True
        self._process.kill()
        self._outbox.put(None)
        self.room.release()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_PATIENCE_S)
        for thread in self._threads:
            thread.join(END_PATIENCE_S)

    def _write(self) -> None:
        stream = self._process.stdin
        assert stream is not None
        with contextlib.suppress(OSError), stream:  # it may be gone in the middle of anything
            while (message := self._outbox.get()) is not None:
                stream.write(json.dumps(message[0]).encode() + b"\n")
                stream.write(message[1])
                stream.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        why = "the child ended"
        try:
            with stream:
                while self.room.acquire() and not self._ended and (line := stream.readline(MAX_HEADER_BYTES)):
                    header = json.loads(line)
                    payload = stream.read(_size_in(header))
                    self._post(partial(self._on_message, self, header, payload))
        except (OSError, ValueError, RecursionError) as error:
            why = f"malformed answer: {type(error).__name__}"
        self._post(partial(self._on_gone, self, why))


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start the process; on Windows without a console window, elsewhere out of reach of the terminal's Ctrl+C."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    else:
        flags = 0
    process = subprocess.Popen(  # noqa: S603 - our own executable
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(),
        start_new_session=True,
        creationflags=flags,
    )
    _widen(process.stdin, process.stdout)
    return process


def _widen(*streams: IO[bytes] | None) -> None:
    """Let a clip go through its pipe in a few large pieces; where the system refuses, in many small ones."""
    if sys.platform != "linux":
        return
    import fcntl

    for stream in streams:
        assert stream is not None
        with contextlib.suppress(OSError):
            fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _size_in(header: object) -> int:
    size = header.get("size", 0) if isinstance(header, dict) else -1
    if not isinstance(size, int) or not 0 <= size <= MAX_PIXEL_BYTES:
        raise ValueError("size")
    return size
