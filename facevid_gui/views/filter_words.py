"""What a question to the library narrows, in words (floor 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from facevid_gui.bridge.library_model import LibraryQuery

if TYPE_CHECKING:
    from facevid_gui.core.messages import Messages

_NOTHING = LibraryQuery()
PARTS = ("kinds", "verdict", "deadline", "case_ref", "operator", "since", "until", "tag")


def narrowed(query: LibraryQuery) -> tuple[str, ...]:
    """Which parts of a question narrow it, in the order of the panel."""
    return tuple(part for part in PARTS if getattr(query, part))


def widened(query: LibraryQuery, part: str) -> LibraryQuery:
    """The question without one of its parts."""
    return replace(query, **{part: getattr(_NOTHING, part)})


def part_words(query: LibraryQuery, part: str, messages: Messages) -> str:
    """A part in words, with its value; names of cases and operators come from folders and are not yet harmless."""
    value = getattr(query, part)
    if part == "kinds":
        return " / ".join(messages.text(f"library.kind.{kind}") for kind in value)
    if part in ("verdict", "deadline"):
        return messages.text(f"library.{part}.{value}")
    return messages.text(f"library.part.{part}", value=str(value))
