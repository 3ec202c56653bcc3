"""Testing a connection: a harmless request that only good credentials can make (floor 1).

What enters: a provider. What leaves: an outcome: found when the credentials were accepted. Where a made-up id is
refused as "no such record", that proves the same; `DescribeFlowBriefs` skips it in silence (ess.md 3.2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from facevid_gui.captures.answers import read_answer
from facevid_gui.captures.body import BytesBody, unpacked
from facevid_gui.captures.outcomes import unreadable_outcome
from facevid_gui.core.codes import meaning_of
from facevid_gui.core.errors import FacevidError, SubjectError
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.net.http import MemorySink

if TYPE_CHECKING:
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.net.http import HttpRequest
    from facevid_gui.net.transport import Transport
    from facevid_gui.providers.ess import EssProvider
    from facevid_gui.providers.kyc import KycProvider
    from facevid_gui.providers.kyc_ticket import TicketDesk


def probe_ess(provider: EssProvider, kind: str, transport: Transport, token: CancelToken) -> Outcome:
    """Test an e-sign profile. Raises `CancelledError`."""
    return _ask(kind, provider.probe(), transport, token)


def probe_kyc(provider: KycProvider, desk: TicketDesk, transport: Transport, token: CancelToken) -> Outcome:
    """Test a KYC profile; a cached ticket that went stale is renewed once. Raises `CancelledError`, keyring errors."""
    try:
        ticket = desk.ticket(token)
        outcome = _ask("kyc", provider.probe(ticket.value), transport, token)
        if outcome.code == "ticket_expired" and ticket.renewable:
            ticket = desk.ticket(token, refused=ticket.value)
            outcome = _ask("kyc", provider.probe(ticket.value), transport, token)
    except FacevidError as error:
        return _failed(error)
    return outcome


def _ask(kind: str, request: HttpRequest, transport: Transport, token: CancelToken) -> Outcome:
    sink = MemorySink()
    try:
        exchange = transport.exchange(request, sink, token)
    except FacevidError as error:
        return _failed(error)
    try:
        body, _ = unpacked(BytesBody(sink.body), sink.head.header("Content-Encoding") if sink.head else "")
        answer = read_answer(kind, body)
    except ValueError:
        return unreadable_outcome([replace(exchange, role="record")])
    outcome = Outcome(
        OutcomeKind.FOUND, "found", 0, answer.provider_code, answer.provider_message, answer.request_id,
        exchange.clock_offset_s,
    )  # fmt: skip
    meaning = meaning_of(kind, answer.provider_code or "", asked="flow") if answer.is_refusal else None
    if meaning is None or (meaning.outcome is OutcomeKind.NOT_FOUND and kind != "ess"):
        return outcome
    return replace(outcome, kind=meaning.outcome, code=meaning.message, exit_code=meaning.exit_code)


def _failed(error: FacevidError) -> Outcome:
    """Network and ticket failures are outcomes; a locked keyring or a stop is for the caller."""
    if error.code.startswith("keyring") or error.exit_code not in (1, 3):
        raise error
    kind = OutcomeKind.SIGNATURE if isinstance(error, SubjectError) else OutcomeKind.NETWORK
    return Outcome(
        kind, error.code, error.exit_code, error.params.get("code"), error.params.get("message"),
        params=tuple(error.params.items()),
    )  # fmt: skip
