"""Foreign text that is shown where it could act: on a terminal, in a page (floor 0)."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Control, direction and invisible characters and halves of characters become visible marks."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c for c in text)
