"""How other threads reach the GUI thread: a queue, and a bell that outlives everybody (floor 2).

What enters: values, from any thread. What leaves: the same values, one by one, on the GUI thread. A signal must not be
emitted from another thread on an object that may be deleted meanwhile: Python checks that it is there, then lets go
of the interpreter, and Qt runs into freed memory (measured: nine processes of ten died). So only the bell's signal is
emitted elsewhere. It is made once and belongs to Qt's own main thread object, so that it is there even for a worker
that speaks while the interpreter ends; and Qt itself sees to receivers that go while it rings.

What is sent to somebody who has gone is dropped at once: pictures of a closed window would stay for as long as the
thread that sends them.
"""

from __future__ import annotations

import queue
import weakref
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot


class _Bell(QObject):
    """Rings in the thread it was made in."""

    rung = Signal()


@cache
def _bell() -> _Bell:
    return _Bell(QThread.currentThread())


class Inbox(QObject):
    """Takes in what others send, in the order they sent it, and calls `take` for each on the GUI thread."""

    def __init__(self, take: Callable[[Any], None], parent: QObject) -> None:
        super().__init__(parent)
        self._take = take
        self._values: queue.SimpleQueue[Any] = queue.SimpleQueue()
        _bell().rung.connect(self._on_rung, Qt.ConnectionType.QueuedConnection)

    @property
    def send(self) -> Callable[[Any], None]:
        """A function that sends a value from any thread; it holds nothing of this object and never waits."""
        return partial(_send, weakref.ref(self._values), _bell())

    @Slot()
    def _on_rung(self) -> None:
        values = getattr(self, "_values", None)
        if values is None:
            return  # Python has taken this object apart, Qt deletes it in a moment
        for _ in range(values.qsize()):  # what comes meanwhile rings again
            self._take(values.get_nowait())


def _send(whose: weakref.ref[queue.SimpleQueue[Any]], bell: _Bell, value: Any) -> None:  # noqa: ANN401 - as agreed on
    values = whose()
    if values is not None:
        values.put(value)
        bell.rung.emit()
