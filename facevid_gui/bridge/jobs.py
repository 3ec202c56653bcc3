"""One job runner: work goes to a thread pool, its answer comes back to the GUI thread (floor 2).

What enters: a function of frozen values and a cancel token. What leaves: exactly one of done, failed or cancelled,
on the GUI thread, through bound methods of QObjects. A runnable never owns its signals object (it would be destroyed
on the pool's thread); it holds a bound signal of the runner. A late answer whose job is no longer current is dropped.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, FacevidError, SurroundingsError
from facevid_gui.logs import LOGGER

SHUTDOWN_PATIENCE_MS = 3000
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


class JobRunner(QObject):
    """The only user of a thread pool. Jobs of one key replace each other: the older one is cancelled and dropped."""

    idle_changed = Signal(bool)
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None, threads: int = 4) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._jobs: dict[int, _Job] = {}
        self._numbers = count(1)
        self._closing = False
        self._arrived.connect(self._on_arrived)

    def submit(
        self,
        key: str,
        work: Work,
        done: Callable[[Any], None],
        *,
        failed: Callable[[FacevidError], None] | None = None,
        progress: Callable[[Any], None] | None = None,
        cancelled: Callable[[], None] | None = None,
    ) -> int:
        """Run `work(token, tell)` on a worker; return the job's number. Nothing runs once shutdown began."""
        if self._closing:
            return 0
        self.cancel(key, drop=True)
        number = next(self._numbers)
        job = _Job(key, CancelToken(), done, failed, progress, cancelled)
        self._jobs[number] = job
        self._pool.start(_Runnable(number, work, job.token, self._arrived.emit))
        if len(self._jobs) == 1:
            self.idle_changed.emit(False)
        return number

    def cancel(self, key: str, *, drop: bool = False) -> None:
        """Ask the jobs of `key` to stop; with `drop` their answers no longer matter to anybody."""
        for number in [n for n, job in self._jobs.items() if job.key == key]:
            self._jobs[number].token.cancel()
            if drop:
                del self._jobs[number]

    def is_running(self, key: str) -> bool:
        """Whether a job of `key` is under way."""
        return any(job.key == key for job in self._jobs.values())

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._jobs

    def shut_down(self) -> bool:
        """Refuse new jobs, cancel what runs, wait a little; False when something still hangs and is left behind."""
        self._closing = True
        for job in self._jobs.values():
            job.token.cancel()
        self._jobs.clear()
        self._pool.clear()
        return self._pool.waitForDone(SHUTDOWN_PATIENCE_MS)

    @Slot(object)
    def _on_arrived(self, outgoing: Outgoing) -> None:
        job = self._jobs.get(outgoing.job)
        if job is None or self._closing:
            return
        if outgoing.kind == "progress":
            if job.progress is not None:
                job.progress(outgoing.value)
            return
        del self._jobs[outgoing.job]
        if not self._jobs:
            self.idle_changed.emit(True)
        if outgoing.kind == "done":
            job.done(outgoing.value)
        elif outgoing.kind == "cancelled":
            if job.cancelled is not None:
                job.cancelled()
        elif job.failed is not None:
            job.failed(outgoing.value)


class _Runnable(QRunnable):
    """Runs one piece of work and emits exactly one ending."""

    def __init__(self, number: int, work: Work, token: CancelToken, send: Callable[[Outgoing], None]) -> None:
        super().__init__()
        self._number = number
        self._work = work
        self._token = token
        self._send = send

    def run(self) -> None:
        threading.current_thread().name = f"job-{self._number}"
        try:
            self._token.raise_if_cancelled()
            ending = Outgoing(self._number, "done", self._work(self._token, self._tell))
        except CancelledError:
            ending = Outgoing(self._number, "cancelled", None)
        except FacevidError as error:
            ending = Outgoing(self._number, "failed", error)
        except Exception:
            LOGGER.exception("job failed")
            ending = Outgoing(self._number, "failed", SurroundingsError("unforeseen", log=""))
        self._emit(ending)

    def _tell(self, value: Any) -> None:  # noqa: ANN401 - any frozen value
        self._emit(Outgoing(self._number, "progress", value))

    def _emit(self, outgoing: Outgoing) -> None:
        with contextlib.suppress(RuntimeError):  # the runner is gone: the program is leaving
            self._send(outgoing)
