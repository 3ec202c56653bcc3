"""When to try again (floor 1). Each try is an exchange of its own; the caller waits under its cancel token.

Source: pitfalls.md 6 (three tries, pauses of 1, 2, 4 s, as the official client's optional retryer).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.core.clock import from_http_date

if TYPE_CHECKING:
    from facevid_gui.core.errors import SurroundingsError
    from facevid_gui.net.http import ResponseHead

PAUSES_S = (1.0, 2.0)
TRIES = len(PAUSES_S) + 1
_PASSING = frozenset(
    {"unreachable", "timeout", "incomplete_body", "connection_reset", "proxy_failed", "bad_response", "http_status"}
)
MAX_RETRY_AFTER_S = 30.0


def is_passing(error: SurroundingsError) -> bool:
    """Whether a network error may pass by itself."""
    return error.code in _PASSING


def asked_pause(head: ResponseHead | None) -> float:
    """Seconds the server asks to wait (`Retry-After`, RFC 9110 section 10.2.3); 0 when it does not say.

    A moment counts from the server's own `Date`, because clocks differ.
    """
    if head is None:
        return 0.0
    value = head.header("Retry-After").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    moment = from_http_date(value)
    if moment is None:
        return 0.0
    return max(0.0, (moment - (from_http_date(head.header("Date")) or head.received_at)).total_seconds())


def pause_before(attempt: int, asked_s: float = 0.0) -> float | None:
    """Seconds to wait before try `attempt` (2 is the first retry); None when the last one was the last.

    A longer pause that the server asks for counts, but nobody waits longer than half a minute: then it is the
    user's turn to try again.
    """
    if attempt > TRIES or asked_s > MAX_RETRY_AFTER_S:
        return None
    return max(PAUSES_S[attempt - 2], asked_s)
