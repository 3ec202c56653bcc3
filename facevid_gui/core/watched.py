"""What of a recording was looked at: times that were played, frames that were shown exactly (floor 0).

What enters: positions as they come, in microseconds, and frame numbers. What leaves: merged ranges, and one short text
per clip for the access log: times and numbers only, never anything of the person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Range = tuple[int, int]
LONGEST_STEP_US = 2_000_000  # a player tells its position many times a second; what is farther was jumped over
MAX_RANGES = 40
MAX_CLIPS = 30


def merge(ranges: Iterable[Range], gap: int = 0) -> tuple[Range, ...]:
    """Ranges in order, those that touch, overlap or lie at most `gap` apart as one. Each is (first, last)."""
    merged: list[Range] = []
    for first, last in sorted((min(pair), max(pair)) for pair in ranges):
        if merged and first <= merged[-1][1] + gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def runs(numbers: Iterable[int]) -> tuple[Range, ...]:
    """Numbers as runs without holes, in order."""
    return merge(((number, number) for number in numbers), gap=1)


@dataclass
class ClipWatch:
    """One clip while it is looked at."""

    played_us: list[Range] = field(default_factory=list)
    speeds: set[float] = field(default_factory=set)
    frames: set[int] = field(default_factory=set)
    _last_us: int | None = None

    def play(self, position_us: int, speed: float) -> None:
        """The clip runs and stands at this position now."""
        self.speeds.add(speed)
        last, self._last_us = self._last_us, position_us
        if last is None or not 0 <= position_us - last <= LONGEST_STEP_US * max(1.0, speed):
            return
        if self.played_us and self.played_us[-1][1] == last:
            self.played_us[-1] = (self.played_us[-1][0], position_us)
        else:
            self.played_us.append((last, position_us))

    def hold(self) -> None:
        """It does not run any more."""
        self._last_us = None

    def show(self, frame: int) -> None:
        """A frame (from 0) was shown exactly."""
        self.frames.add(frame)

    def __bool__(self) -> bool:
        return bool(self.played_us or self.frames)


def watched_detail(clips: Mapping[str, ClipWatch]) -> dict[str, str]:
    """What the access log says of the clips that were looked at, by their path; bounded.

    Times in milliseconds as start-end, frames counted from 1 as the window shows them.
    """
    told = {path: _words(watch) for path, watch in list(clips.items())[:MAX_CLIPS] if watch}
    if len(clips) > MAX_CLIPS:
        told["more"] = str(len(clips) - MAX_CLIPS)
    return told


def _words(watch: ClipWatch) -> str:
    parts = []
    played = merge((start // 1000, end // 1000) for start, end in watch.played_us)
    if played:
        speeds = ",".join(f"{speed:g}" for speed in sorted(watch.speeds))
        parts.append(f"played {_listed(played)} ms at {speeds}")
    if watch.frames:
        parts.append(f"frames {len(watch.frames)}: {_listed(runs(number + 1 for number in watch.frames))}")
    return "; ".join(parts)


def _listed(ranges: tuple[Range, ...]) -> str:
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:MAX_RANGES]]
    if len(ranges) > MAX_RANGES:
        shown.append(f"and {len(ranges) - MAX_RANGES} more")
    return ",".join(shown)
