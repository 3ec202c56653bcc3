"""Who unmasked, opened, exported or discarded what, and why: chained, apart from the folders (floor 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.evidence.chainlog import ChainLog

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.core.clock import Clock

SCHEMA = "facevid-access/1"


class AccessLog:
    """The access log of this home."""

    def __init__(self, path: Path, clock: Clock, operator: str) -> None:
        self.path = path
        self._log = ChainLog(path, SCHEMA, clock)
        self._operator = operator

    def add(self, event: str, subject: str, **detail: str) -> None:
        """Append that the operator did `event` to `subject` (an evidence id or a flow or order)."""
        self._log.append({"event": event, "operator": self._operator, "subject": subject, "detail": detail})
