"""From an answer to an outcome: a state with a name (floor 1).

What enters: the answer (or that there is none), what could be made of its media, the facts of the
exchange. What leaves: an `Outcome`. Files count more than codes: a negative KYC result that still carries
its recording is found, and the most valuable evidence of a fraud attempt (pitfalls.md 3.8).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from facevid_gui.core.codes import meaning_of
from facevid_gui.core.outcome import Outcome, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from facevid_gui.captures.answers import Answer
    from facevid_gui.core.exchange import Exchange
    from facevid_gui.core.record import MediaItem

FRESH = timedelta(minutes=10)


def outcome_of(kind: str, answer: Answer, items: Sequence[MediaItem], exchange: Exchange) -> Outcome:
    """Name the state of an answer that could be read."""
    if any(item.problem is None for item in items):
        return _outcome(OutcomeKind.FOUND, "found", 0, answer, exchange)
    if items:
        return _outcome(OutcomeKind.INCOMPLETE, "media_unreadable", 1, answer, exchange)
    if answer.is_refusal:
        meaning = meaning_of(kind, answer.provider_code or "", asked=exchange.role)
        return _outcome(meaning.outcome, meaning.message, meaning.exit_code, answer, exchange)
    if kind == "kyc" and is_fresh(answer, exchange):
        return _outcome(OutcomeKind.NO_MEDIA_YET, "no_media_yet", 1, answer, exchange)
    return _outcome(OutcomeKind.NO_RECORDING, "no_files" if kind == "kyc" else "no_recording", 1, answer, exchange)


def unreadable_outcome(exchanges: Iterable[Exchange]) -> Outcome:
    """Name the state when no exchange brought a readable answer."""
    last = next((e for e in reversed(tuple(exchanges)) if e.role in ("record", "flow") and not e.trimmed), None)
    if last is None:
        return Outcome(OutcomeKind.NETWORK, "unreachable", 3)
    if last.error:
        is_cut = bool(last.size_bytes) and last.error != "redirect"
        return _network_outcome(OutcomeKind.INCOMPLETE if is_cut else OutcomeKind.NETWORK, last.error, last)
    if last.status != 200:
        return _network_outcome(OutcomeKind.NETWORK, "http_status", last)
    return Outcome(OutcomeKind.INCOMPLETE, "unreadable_answer", 1, clock_offset_s=last.clock_offset_s)


def is_fresh(answer: Answer, exchange: Exchange) -> bool:
    """Whether a KYC record is so new that its files may still be on their way (kyc.md 5.2).

    Nobody knows when an imported answer was asked for; it has no status.
    """
    if exchange.status is None:
        return False
    asked_at: datetime | None = exchange.server_date or exchange.received_at
    if answer.occurred_at is None or asked_at is None:
        return True
    return asked_at - answer.occurred_at < FRESH


def _network_outcome(kind: OutcomeKind, code: str, exchange: Exchange) -> Outcome:
    known = (
        ("host", _host_of(exchange.url)),
        ("status", str(exchange.status)),
        ("received", str(exchange.size_bytes or 0)),
    )
    return Outcome(kind, code, 3, clock_offset_s=exchange.clock_offset_s, params=known)


def _host_of(url: str) -> str:
    return url.split("://", 1)[-1].split("/", 1)[0]


def _outcome(kind: OutcomeKind, code: str, exit_code: int, answer: Answer, exchange: Exchange) -> Outcome:
    return Outcome(
        kind=kind,
        code=code,
        exit_code=exit_code,
        provider_code=answer.provider_code,
        provider_message=answer.provider_message,
        request_id=answer.request_id,
        clock_offset_s=exchange.clock_offset_s,
    )
