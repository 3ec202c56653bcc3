"""What is said of the picture on the canvas, and of a clip whose pictures the player does not show (floor 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facevid_gui.core.clip import ClipFacts, FramePlanes


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


def why_not_played(facts: ClipFacts) -> tuple[str, str] | None:
    """Why the player in this process may not have a clip (message id, technical detail); None where it may."""
    if facts.not_for_player:
        return "player_not_given", facts.not_for_player
    if facts.video.mirrored and facts.video.rotation in (90, 270):
        # Qt (seen in 6.11.3) mirrors before it turns, not after: it would show such a picture upside down.
        return "player_turns_wrong", ""
    return None
