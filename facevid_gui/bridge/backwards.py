"""Playing backwards: exact frames, one after the other, at the times they were recorded at (floor 2).

The player only runs forwards, so the frames are asked for one by one. Where the decoder is quick enough they keep the
recording's own time; where it is not, time waits for them: what is shown is never ahead of what was decoded. At high
speed frames are left out as the clock demands, like the player does.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.bridge.places import Loop
    from facevid_gui.core.clip import ClipFacts

_LATE_US = 40_000  # a frame that comes later than this makes the clock wait
_MICROSECONDS = 1_000_000


class Backwards(QObject):
    """Runs while it is started, to the start or round in the loop.

    `want` is asked for frames; whoever shows one says so by `arrived`.
    """

    reached_start = Signal()

    def __init__(self, want: Callable[[int], None], loop: Loop, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._want, self._loop = want, loop
        self._facts: ClipFacts | None = None
        self._number = 0
        self._wanted: int | None = None
        self._speed = 1.0
        self._clock_us, self._clock_at = 0, 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_time)

    def start(self, facts: ClipFacts, number: int, speed: float) -> None:
        """Run from frame `number` on, at a `speed` above 0; from the end where there is nothing before it."""
        self._facts, self._number, self._speed, self._wanted = facts, number, speed, None
        self._set_clock(self._end_of(number))
        if number <= self._loop.part[0]:
            self._show(self._loop.part[1])
        else:
            self._wait()

    def stop(self) -> None:
        """Hold."""
        self._timer.stop()
        self._facts = self._wanted = None

    def set_speed(self, speed: float) -> None:
        """Go on at another speed."""
        now_us = self._now_us()
        self._speed = speed
        if self._facts is not None:
            self._set_clock(now_us)
            if self._wanted is None:
                self._wait()

    def arrived(self, number: int) -> None:
        """Frame `number` is shown, or cannot be."""
        if self._facts is None or number != self._wanted:
            return
        self._number, self._wanted = number, None
        if abs(self._end_of(number) - self._now_us()) > _LATE_US * self._speed:  # late, or somewhere else
            self._set_clock(self._end_of(number))
        self._wait()

    @Slot()
    def _on_time(self) -> None:
        if self._facts is None:
            return
        first, last = self._loop.part
        if self._number > first:
            due = min(self._facts.frame_at(self._now_us()), self._number - 1)
            self._show(max(due, first))
        elif self._loop.looping:
            self._show(last)
        else:
            self.stop()
            self.reached_start.emit()

    def _show(self, number: int) -> None:
        """Ask for a frame; it may be here before this returns."""
        self._wanted = number
        self._want(number)

    def _wait(self) -> None:
        """Until the frame that is shown has been shown as long as it was in the recording."""
        assert self._facts is not None
        left_us = self._now_us() - self._facts.pts_us[self._number]
        self._timer.start(max(0, round(left_us / self._speed / 1000)))

    def _end_of(self, number: int) -> int:
        assert self._facts is not None
        times = self._facts.pts_us
        return times[number + 1] if number + 1 < len(times) else max(times[number], self._facts.end_us)

    def _set_clock(self, position_us: int) -> None:
        self._clock_us, self._clock_at = position_us, time.monotonic()

    def _now_us(self) -> int:
        return self._clock_us - round((time.monotonic() - self._clock_at) * self._speed * _MICROSECONDS)
