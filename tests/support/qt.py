"""Waiting in tests of the window: the event loop runs until something is so. No sleeps, and a time limit."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer


def pump_until(reached: Callable[[], object], timeout_s: float = 20.0, *, must: bool = True) -> bool:
    """Run the event loop until `reached()`; fail after `timeout_s` unless `must` is false."""
    until = time.monotonic() + timeout_s
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(5)
    timer.timeout.connect(lambda: loop.quit() if reached() or time.monotonic() > until else None)
    timer.start()
    if not reached():
        loop.exec()
    timer.stop()
    done = bool(reached())
    assert done or not must, "it did not come about in time"
    return done
