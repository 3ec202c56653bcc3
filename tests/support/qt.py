"""Waiting in tests of the window: the event loop runs until something is so. No sleeps, and a time limit."""

import os
import time
import traceback
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer


def pump_until(reached: Callable[[], object], timeout_s: float = 20.0, *, must: bool = True) -> bool:
    """Run the event loop until `reached()`; fail after `timeout_s` unless `must` is false."""
    until = time.monotonic() + timeout_s
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(5)
    done = bool(reached())
    wrong: list[BaseException] = []

    def look() -> None:
        nonlocal done
        try:
            done = done or bool(reached())
        except BaseException as error:  # Qt would print it, and go on for ever
            wrong.append(error)
        if wrong or done or time.monotonic() > until:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    if not done:
        loop.exec()
    timer.stop()
    if wrong:
        raise wrong[0]
    assert done or not must, "it did not come about in time"
    return done


def run_alone(main: Callable[[], None]) -> None:
    """Run a program of its own; what goes wrong is said, where the window's own hook would only log it."""
    try:
        main()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
