"""`facevid stored`: what is stored where, what it holds and how long it stays; what is sent (floor 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facevid_gui.console.output import plain
from facevid_gui.core.wording import size_text
from facevid_gui.stored import SENT, Measured, keyring_entries, measure, places

if TYPE_CHECKING:
    from facevid_gui.console.context import Context

SCHEMA = "facevid-stored/1"


def run(context: Context) -> int:
    """List every place of this home with its size; name the keyring entries and what is sent."""
    house, output = context.house, context.output
    found = [measure(place, context.token) for place in places(house.paths, house.evidence_roots())]
    for measured in found:
        _show(context, measured)
    entries = keyring_entries(house.keyring_service, house.profiles.all())
    output.say("stored.keyring", count=len(entries))
    for entry in entries:
        output.line(f"  {plain(entry)}")
    output.say("stored.sent")
    for what in SENT:
        output.line(f"  {context.messages.text(f'stored.sent.{what}')}")
    output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "places": [_member(measured) for measured in found],
            "keyring": list(entries),
            "sent": list(SENT),
        }
    )
    return 0


def _show(context: Context, measured: Measured) -> None:
    text, place = context.messages.text, measured.place
    context.output.line(f"{text(f'stored.{place.name}')}: {plain(str(place.path))}")
    if measured.exists:
        size = text("stored.size", files=measured.files, size=size_text(measured.size_bytes))
    else:
        size = text("stored.nothing")
    if measured.problem:
        size = f"{size} {text('stored.unreadable')}"
    context.output.line(f"    {size}")
    context.output.line(f"    {text(f'stored.{place.name}.holds')} {text(f'stored.{place.name}.stays')}")


def _member(measured: Measured) -> dict[str, Any]:
    place = measured.place
    return {
        "name": place.name,
        "path": str(place.path),
        "about": place.about,
        "exists": measured.exists,
        "files": measured.files,
        "size_bytes": measured.size_bytes,
        "complete": not measured.problem,
    }
