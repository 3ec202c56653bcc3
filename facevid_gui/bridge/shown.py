"""What is said of the picture on the canvas (floor 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facevid_gui.core.clip import FramePlanes


@dataclass(frozen=True)
class Shown:
    """What is on the canvas. `number` counts from 0 and is None while the clip's index is not known.

    `mode` is "exact" for a decoded frame, "live" for one of a player that runs (or that showed the very frame it was
    asked for), "nearest" for what a player showed instead, or without anybody knowing which frame it is. `planes` is
    what an exact picture was made of.
    """

    number: int | None
    count: int | None
    pts_us: int | None
    mode: str
    damaged: bool = False
    planes: FramePlanes | None = None
