"""Why something is looked at or done, where that has to be said (floor 0).

What enters: what the settings demand, what the user said. What leaves: the reason as it is logged. Deleting and
discarding always need one and are not listed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

ASKED_FOR = ("open", "export", "unmask")
MAX_REASON = 500
_REMEMBERED = 8


def reason_detail(demanded: Collection[str], what: str, reason: str | None) -> dict[str, str]:
    """What an access log line says of the reason; None: this goes on with what had one before.

    Raises `UsageError` reason_needed where one is demanded and none is given, option_value for one that is too long or
    cannot be printed.
    """
    if reason is None:
        return {}
    said = " ".join(reason.split())
    if not said:
        if what in demanded:
            raise UsageError("reason_needed")
        return {}
    if len(said) > MAX_REASON or not said.isprintable():
        raise UsageError("option_value", option="--reason", value=said[:40])
    return {"reason": said}


def remember(reasons: tuple[str, ...], reason: str) -> tuple[str, ...]:
    """The last reasons of this run, the newest first, each once."""
    said = " ".join(reason.split())
    return tuple(dict.fromkeys((said, *reasons) if said else reasons))[:_REMEMBERED]
