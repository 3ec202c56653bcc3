"""Options several commands share (floor 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facevid_gui.console.context import Context


def tsa_roots(context: Context) -> tuple[tuple[bytes, ...], bool]:
    """The authorities' roots, and whether option or environment named them (a stamp is then required)."""
    return context.house.tsa_roots(getattr(context.arguments, "tsa_root", None) or ())


def tsa_urls(context: Context) -> tuple[str, ...]:
    """The authorities' URLs in the order they are asked: options, else environment, else setting."""
    return tuple(getattr(context.arguments, "tsa_url", None) or ()) or context.house.tsa_urls
