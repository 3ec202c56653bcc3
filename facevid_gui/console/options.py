"""Options several commands share (floor 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facevid_gui.console.context import Context
    from facevid_gui.core.secret import Secret


def tsa_roots(context: Context) -> tuple[tuple[bytes, ...], bool]:
    """The authorities' roots, and whether option or environment named them (a stamp is then required)."""
    return context.house.tsa_roots(getattr(context.arguments, "tsa_root", None) or ())


def tsa_url(context: Context) -> str:
    """The authority's URL: option, environment, setting; empty when none is set."""
    return getattr(context.arguments, "tsa_url", None) or context.house.tsa_url


def passphrase(context: Context) -> Secret | None:
    """The key passphrase from standard input, when `--key-passphrase-stdin` was given."""
    if not getattr(context.arguments, "key_passphrase_stdin", False):
        return None
    secret = context.passphrase_from_stdin()
    context.house.learn(secret)
    return secret
