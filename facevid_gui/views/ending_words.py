"""What a row of the library says when the time of a record ends: icon, words, tone (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.core.moments import shown_day

if TYPE_CHECKING:
    from datetime import datetime

    from facevid_gui.core.expiry import Keeping
    from facevid_gui.core.messages import Messages
    from facevid_gui.evidence.library import LibraryEntry

State = tuple[str, str, str]


def draft_ending(entry: LibraryEntry, keeping: Keeping, now: datetime, messages: Messages) -> State | None:
    """Of an unsaved capture: that it may be removed, or soon may; None while that is far."""
    if entry.state not in ("complete", "interrupted"):
        return None
    if keeping.is_capture_expired(entry.captured_at, now):
        return "clock", messages.text("library.expired"), "warn"
    if keeping.is_capture_ending(entry.captured_at, now):
        when = shown_day(keeping.capture_until(entry.captured_at), messages)
        return "clock", messages.text("library.expires", when=when), "warn"
    return None


def retention_ending(entry: LibraryEntry, keeping: Keeping, now: datetime, messages: Messages) -> State | None:
    """Of sealed evidence: that its retention date is near; None while it is far, or passed."""
    if not keeping.is_retention_ending(entry.review_by, now):
        return None
    return "clock", messages.text("library.due_soon", when=shown_day(entry.review_by, messages)), "warn"
