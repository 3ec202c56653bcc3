"""When to try again (floor 1). Each try is an exchange of its own; the caller waits under its cancel token.

Source: pitfalls.md 6 (three tries, pauses of 1, 2, 4 s, as the official client's optional retryer).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facevid_gui.core.errors import SurroundingsError

PAUSES_S = (1.0, 2.0)
TRIES = len(PAUSES_S) + 1
_PASSING = frozenset(
    {"unreachable", "timeout", "incomplete_body", "connection_reset", "proxy_failed", "bad_response", "http_status"}
)
MAX_RETRY_AFTER_S = 30.0


def is_passing(error: SurroundingsError) -> bool:
    """Whether a network error may pass by itself."""
    return error.code in _PASSING


def pause_before(attempt: int, retry_after: str = "") -> float:
    """Seconds to wait before try `attempt` (2 is the first retry); a `Retry-After` in seconds counts when longer."""
    pause = PAUSES_S[min(attempt - 2, len(PAUSES_S) - 1)]
    if retry_after.isascii() and retry_after.isdigit():
        pause = max(pause, min(float(retry_after), MAX_RETRY_AFTER_S))
    return pause
