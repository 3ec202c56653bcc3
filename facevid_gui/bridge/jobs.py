"""One job runner: work goes to a few threads, its answer comes back to the GUI thread (floor 2).

What enters: a function of frozen values and a cancel token. What leaves: exactly one of done, failed or cancelled,
on the GUI thread, by way of an inbox. A worker knows no object of Qt's that can be deleted. A late answer whose job
is no longer current is dropped.

The threads are Python's own daemons, not those of `QThreadPool`: its destructor waits without end for work that
hangs (a dead network drive), so that the program could not be left; and coverage sees what they run.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from facevid_gui.bridge.inbox import Inbox
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, FacevidError, SurroundingsError
from facevid_gui.logs import LOGGER

if TYPE_CHECKING:
    from pathlib import Path

SHUTDOWN_PATIENCE_S = 3.0
Work = Callable[[CancelToken, Callable[[Any], None]], Any]


@dataclass(frozen=True)
class Outgoing:
    """What a worker sends to the GUI thread: kind is "progress", "done", "failed" or "cancelled"."""

    job: int
    kind: str
    value: Any


@dataclass
class _Job:
    key: str
    token: CancelToken
    done: Callable[[Any], None]
    failed: Callable[[FacevidError], None] | None
    progress: Callable[[Any], None] | None
    cancelled: Callable[[], None] | None
    is_lasting: bool


class _Lane:
    """Pieces of work that go one after the other, in their order; the thread that did one does the next."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[_Piece] = deque()
        self._is_busy = False

    def may_begin(self, piece: _Piece) -> bool:
        """Whether a piece goes to a free thread; else it waits here for the one before."""
        with self._guard:
            begins, self._is_busy = not self._is_busy, True
            if not begins:
                self._waiting.append(piece)
            return begins

    def following(self) -> _Piece | None:
        """The next piece, now that one is done."""
        with self._guard:
            self._is_busy = bool(self._waiting)
            return self._waiting.popleft() if self._is_busy else None


@dataclass(frozen=True)
class _Piece:
    """Work as a thread gets it; `send` never waits. `logs` is the folder that an unforeseen error points to."""

    number: int
    work: Work
    token: CancelToken
    send: Callable[[Outgoing], None]
    logs: str
    is_lasting: bool
    lane: _Lane | None = None

    def run(self) -> None:
        """Do it, and send exactly one ending."""
        try:
            self.token.raise_if_cancelled()
            kind, value = "done", self.work(self.token, self._tell)
        except CancelledError:
            kind, value = "cancelled", None
        except FacevidError as error:
            kind, value = "failed", error
        except BaseException:
            LOGGER.exception("job failed")
            kind, value = "failed", SurroundingsError("unforeseen", log=self.logs)
        self._send(kind, value)

    def _tell(self, value: Any) -> None:  # noqa: ANN401 - any frozen value
        self._send("progress", value)

    def _send(self, kind: str, value: Any) -> None:  # noqa: ANN401
        self.send(Outgoing(self.number, kind, value))


_Pieces = queue.SimpleQueue[_Piece | None]


class JobRunner(QObject):
    """The threads and what runs on them. Jobs of one key replace each other: the older one is cancelled and dropped.

    A job that waits for a free thread when it is replaced is never begun: commands that must not be lost have keys
    of their own.
    """

    def __init__(self, parent: QObject | None = None, threads: int = 4, logs: Path | str = "") -> None:
        super().__init__(parent)
        self._limit = threads
        self._logs = str(logs)
        self._threads: list[threading.Thread] = []
        self._pieces: _Pieces = queue.SimpleQueue()
        self._jobs: dict[int, _Job] = {}
        self._lanes: dict[str, _Lane] = {}
        self._numbers = count(1)
        self._closing = False
        self._inbox = Inbox(self._on_arrived, self)

    def submit(
        self,
        key: str,
        work: Work,
        done: Callable[[Any], None],
        *,
        failed: Callable[[FacevidError], None] | None = None,
        progress: Callable[[Any], None] | None = None,
        cancelled: Callable[[], None] | None = None,
        lasting: bool = False,
        lane: str = "",
    ) -> int:
        """Run `work(token, tell)` on a worker; return the job's number. Nothing is taken on once shutdown began.

        A `lasting` job is still done then, within the patience there is: what it writes must not be lost. Jobs of one
        `lane` are done one after the other, in the order they were submitted.
        """
        if self._closing:
            return 0
        self.cancel(key, drop=True)
        number = next(self._numbers)
        job = _Job(key, CancelToken(), done, failed, progress, cancelled, lasting)
        self._jobs[number] = job
        row = self._lanes.setdefault(lane, _Lane()) if lane else None
        piece = _Piece(number, work, job.token, self._inbox.send, self._logs, lasting, row)
        if row is None or row.may_begin(piece):
            self._pieces.put(piece)
        if len(self._threads) < self._limit:
            thread = threading.Thread(target=_serve, args=(self._pieces,), name=f"job-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return number

    def cancel(self, key: str, *, drop: bool = False) -> None:
        """Ask the jobs of `key` to stop; with `drop` their answers no longer matter to anybody."""
        for number in [n for n, job in self._jobs.items() if job.key == key]:
            self._jobs[number].token.cancel()
            if drop:
                del self._jobs[number]

    @property
    def is_idle(self) -> bool:
        """Whether no answer is awaited."""
        return not self._jobs

    def shut_down(self) -> bool:
        """Refuse new jobs, cancel what runs, wait a little; False when something still hangs and is left behind."""
        self._closing = True
        for job in self._jobs.values():
            if not job.is_lasting:
                job.token.cancel()
        self._jobs.clear()
        for piece in self._withdraw():
            if piece.is_lasting or piece.lane is not None:  # behind it in its lane something lasting may wait
                self._pieces.put(piece)
        for _ in self._threads:
            self._pieces.put(None)
        until = time.monotonic() + SHUTDOWN_PATIENCE_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _withdraw(self) -> list[_Piece]:
        """What no thread has begun."""
        pieces: list[_Piece] = []
        with contextlib.suppress(queue.Empty):
            while True:
                piece = self._pieces.get_nowait()
                if piece is not None:
                    pieces.append(piece)
        return pieces

    def _on_arrived(self, outgoing: Outgoing) -> None:
        job = self._jobs.get(outgoing.job)
        if job is None:
            return
        if outgoing.kind == "progress":
            if job.progress is not None:
                job.progress(outgoing.value)
            return
        del self._jobs[outgoing.job]
        if outgoing.kind == "done":
            job.done(outgoing.value)
        elif outgoing.kind == "cancelled":
            if job.cancelled is not None:
                job.cancelled()
        elif job.failed is not None:
            job.failed(outgoing.value)


def _serve(pieces: _Pieces) -> None:
    """Be a worker: run what comes, until None comes. It holds no reference to the runner."""
    while (piece := pieces.get()) is not None:
        following: _Piece | None = piece
        while following is not None:
            following.run()
            following = following.lane.following() if following.lane is not None else None
        del piece, following  # what they held is free while the next one is waited for
