"""The terminal both programs speak to (floor 4)."""

from __future__ import annotations

import contextlib
import sys


def speak_utf8() -> None:
    """Words in UTF-8 on every terminal; what it cannot show is escaped."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
