"""Asking for a flow and its signers (floor 1).

What enters: a provider and a FlowId. What leaves: a `FlowResult`: the flow, or an outcome that says why there is
none. Nothing is kept here: the answer lists people the look-up may not be about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from facevid_gui.captures.answers import read_answer
from facevid_gui.captures.body import BytesBody, unpacked
from facevid_gui.captures.flows import flow_of
from facevid_gui.captures.outcomes import unreadable_outcome
from facevid_gui.core.codes import meaning_of
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.net.http import HttpRequest, MemorySink
from facevid_gui.net.retry import is_passing
from facevid_gui.net.transport import Limits, Transport

if TYPE_CHECKING:
    from facevid_gui.captures.scanner import Json
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.exchange import Exchange
    from facevid_gui.core.record import Flow

LIMITS = Limits(connect_s=10, idle_s=30, total_s=60, max_bytes=8 * 1024 * 1024)


@dataclass(frozen=True)
class FlowResult:
    """A flow, or why there is none; with the exchange that asked for it, and whether asking again makes sense."""

    outcome: Outcome
    flow: Flow | None
    request: HttpRequest
    sink: MemorySink
    exchange: Exchange | None
    document: Json = None
    again: bool = False


def ask_flow(transport: Transport, token: CancelToken, request: HttpRequest, kind: str, flow_id: str) -> FlowResult:
    """Ask once. Network failures become outcomes; cancelling raises."""
    sink = MemorySink(limit=LIMITS.max_bytes)
    try:
        exchange = transport.exchange(request, sink, token, LIMITS)
    except SurroundingsError as error:
        outcome = Outcome(OutcomeKind.NETWORK, error.code, 3, params=tuple(error.params.items()))
        return FlowResult(outcome, None, request, sink, None, again=is_passing(error))
    return _read(kind, flow_id, FlowResult(unreadable_outcome([exchange]), None, request, sink, exchange))


def only_signer(flow: Flow) -> tuple[str | None, str]:
    """The SignId of the only person who signed, else None and the message id that says why there is none."""
    signed = [s for s in flow.signers if s.state == "signed" and s.type in ("PERSON", "ORGANIZATION")]
    if not signed:
        return None, "nobody_signed"
    if not any(signer.sign_id for signer in signed):
        return None, "sign_id_not_returned"
    if len(signed) > 1:
        return None, "signer_needed"
    return signed[0].sign_id, ""


def _read(kind: str, flow_id: str, result: FlowResult) -> FlowResult:
    """Read what was received for `result`; it stays as it is when that is no answer."""
    exchange, head = result.exchange, result.sink.head
    assert exchange is not None
    try:
        body, _ = unpacked(BytesBody(result.sink.body), head.header("Content-Encoding") if head else "")
        answer = read_answer(kind, body)
    except ValueError:
        return replace(result, again=exchange.status != 200)
    base = Outcome(
        OutcomeKind.FOUND, "found", 0, answer.provider_code, answer.provider_message, answer.request_id,
        exchange.clock_offset_s,
    )  # fmt: skip
    if answer.is_refusal:
        meaning = meaning_of(kind, answer.provider_code or "", asked="flow")
        refused = replace(base, kind=meaning.outcome, code=meaning.message, exit_code=meaning.exit_code)
        return replace(result, outcome=refused, again=meaning.retry != "no")
    flow = flow_of(kind, answer.document, flow_id)
    if flow is None:
        return replace(result, outcome=replace(base, kind=OutcomeKind.NOT_FOUND, code="flow_not_found", exit_code=1))
    return replace(result, outcome=base, flow=flow, document=answer.document)
