"""`--reason R`: why something is shown or done, where the settings demand it (floor 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.core.reasons import reason_detail

if TYPE_CHECKING:
    from facevid_gui.console.context import Context


def reason_given(context: Context, *whats: str) -> dict[str, str]:
    """What the access log says of the reason; `UsageError` reason_needed when one of `whats` demands one."""
    demanded = context.house.safe_settings.ask_purpose
    told: dict[str, str] = {}
    for what in whats:
        told = reason_detail(demanded, what, context.arguments.reason)
    return told


def check_unmasking(context: Context) -> None:
    """Before anything is asked or read: personal data are shown for a reason where one is demanded; `UsageError`."""
    if context.arguments.unmask:
        reason_given(context, "unmask")
