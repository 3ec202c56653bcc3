"""Places in a clip: what a person typed, the part between two marks, and running round in it (floor 2).

What enters: text, frame numbers. What leaves: a frame number from 0, or that the text names no place; where a loop
begins and ends.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.core.clip import ClipFacts

_FRAME = re.compile(r"\d{1,7}")
_STEPS = re.compile(r"[+-]\d{1,7}")
_SECONDS = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ?(?:s|秒)|(\d{1,6}\.\d{1,6})")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:\.\d{1,6})?)")
_MICROSECONDS = 1_000_000


def place_named(text: str, facts: ClipFacts, current: int) -> int | None:
    """The frame that a text names, or None.

    "12" is the twelfth frame; "+5" and "-5" count from the `current` one; "1:02.5", "62.5" and "3s" are times.
    Full-width digits, as Chinese input methods give them, are digits.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if _FRAME.fullmatch(text):
        number = int(text) - 1
    elif _STEPS.fullmatch(text):
        number = current + int(text)
    else:
        moment = _moment(text)
        start, end = facts.span_us
        if moment is None or not start <= moment <= end:
            return None
        return facts.frame_at(moment)
    return number if 0 <= number < facts.frame_count else None


def _moment(text: str) -> int | None:
    """The microseconds that a text names."""
    if seconds := _SECONDS.fullmatch(text):
        return round(float(seconds[1] or seconds[2]) * _MICROSECONDS)
    if clock := _CLOCK.fullmatch(text):
        minutes = 60 * int(clock[1] or 0) + int(clock[2])
        return round((60 * minutes + float(clock[3])) * _MICROSECONDS)
    return None


@dataclass(frozen=True)
class Marks:
    """The first and the last frame of a part of a clip, both in it; None where no mark is set."""

    first: int | None = None
    last: int | None = None

    @property
    def are_set(self) -> bool:
        """Whether there is at least one."""
        return self.first is not None or self.last is not None

    def begin_at(self, number: int) -> Marks:
        """The same part, beginning here; an end that lies before it is taken away."""
        return Marks(number, self.last if self.last is None or self.last >= number else None)

    def end_at(self, number: int) -> Marks:
        """The same part, ending here; a beginning that lies behind it is taken away."""
        return Marks(self.first if self.first is None or self.first <= number else None, number)


class Loop(QObject):
    """The marked part of the open clip, and whether it runs round: in that part, or in all of it."""

    looping_changed = Signal(bool)
    marks_changed = Signal(object)  # Marks

    def __init__(self, where: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._where = where  # the number of the frame that stands
        self._facts: ClipFacts | None = None
        self._is_turning = False  # it begins anew: pictures from behind its end may still be on their way
        self.looping = False
        self.marks = Marks()

    def open(self, facts: ClipFacts | None) -> None:
        """Another clip, or none; nothing of it is marked."""
        self._facts, self._is_turning = facts, False
        self.mark(Marks())

    def set_looping(self, looping: bool) -> None:
        """Begin again at the end, or not."""
        self.looping = looping
        self.looping_changed.emit(looping)

    def mark(self, marks: Marks) -> None:
        """Set both marks, or take them away."""
        if marks != self.marks and (self._facts is not None or not marks.are_set):
            self.marks = marks
            self.marks_changed.emit(marks)

    def mark_first(self) -> None:
        """The marked part begins with the frame that stands."""
        self.mark(self.marks.begin_at(self._where()))

    def mark_last(self) -> None:
        """The marked part ends with the frame that stands."""
        self.mark(self.marks.end_at(self._where()))

    @property
    def part(self) -> tuple[int, int]:
        """The first and the last frame of what it runs through: the marked part when it loops, else everything."""
        end = self._facts.frame_count - 1 if self._facts is not None else 0
        if not self.looping:
            return 0, end
        return self.marks.first or 0, end if self.marks.last is None else self.marks.last

    @property
    def start_us(self) -> int:
        """When it begins."""
        return self._facts.pts_us[self.part[0]] if self._facts is not None else 0

    def is_at_end(self, number: int | None) -> bool:
        """Whether playing on from a frame means playing from the start."""
        self._is_turning = False
        return self._facts is not None and number is not None and number >= self.part[1]

    def hides(self, number: int | None) -> bool:
        """Whether a frame that the running player brought lies behind the end of what is looped."""
        hidden = self.looping and number is not None and self.marks.last is not None and number > self.marks.last
        self._is_turning = self._is_turning and hidden
        return hidden

    def turns(self) -> bool:
        """Whether it is to begin anew because of such a frame: once, though more of them come."""
        turning, self._is_turning = self._is_turning, True
        return not turning
