"""Who opened, watched, unmasked, exported or deleted what, and why: chained, apart from the folders (floor 1).

What enters: an event and what it was done to: an evidence id, or the fingerprint of a certificate that is now trusted
or no longer. What leaves: one line, written before the thing is done or shown. No line holds personal data or a
provider's id; the account of the operator and, in the operator's own words, a reason and to whom something went are
all it says of people.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.evidence.chainlog import NO_PREVIOUS, ChainLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.core.clock import Clock

SCHEMA = "facevid-access/1"
EVENTS = (
    "opened", "watched", "unmasked", "exported", "export_undone", "discarded", "purged", "purge_undone", "trusted",
    "distrusted", "noted", "snapshot", "kept", "looked_at",
)  # fmt: skip
_DATE = len("2026-11-21")


class AccessLog:
    """The access log of this home. `new_day` is called before the first entry of a day, with a log of days before."""

    def __init__(self, path: Path, clock: Clock, operator: str, new_day: Callable[[], None] | None = None) -> None:
        self.path = path
        self.log = ChainLog(path, SCHEMA, clock)
        self._clock = clock
        self._operator = operator
        self._new_day = new_day

    def add(self, event: str, subject: str, **detail: str) -> None:
        """Append that the operator did `event` to `subject`."""
        self._begin_day()
        self.log.append({"event": event, "operator": self._operator, "subject": subject, "detail": detail})

    def head(self) -> str:
        """The hash of the last line; "" when there is none."""
        head = self.log.head()
        return "" if head == NO_PREVIOUS else head

    def _begin_day(self) -> None:
        """The head of the day before goes into the register; a register in trouble does not stop this log."""
        if self._new_day is None:
            return
        with suppress(SurroundingsError):
            last = self.log.last_entry()
            if last is not None and str(last.get("at"))[:_DATE] != to_rfc3339(self._clock.now())[:_DATE]:
                self._new_day()
