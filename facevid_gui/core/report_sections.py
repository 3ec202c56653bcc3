"""The sections a report can have, in their order (floor 0): for whoever offers them without making one."""

from __future__ import annotations

SECTIONS = (
    "sheet", "check", "provenance", "answer", "photo", "frames", "contact", "notes", "files", "signature", "custody",
    "access", "verify", "limits", "sign",
)  # fmt: skip
