"""From a query to a capture: the only place where network and folders meet (floor 1).

What enters: a query, a provider ready to ask, a cancel token. What leaves: a `LookupResult`: an outcome
with a name, and the capture on disk with everything that was received. Each try and each poll is an
exchange of its own. Policies: pitfalls.md 6; polling for late files: kyc.md 5.2. What comes after a good
answer (the flow of a named signer, a poll) can add to it but never spoil it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from facevid_gui.captures.answers import read_answer
from facevid_gui.captures.body import BytesBody, FileBody, unpacked
from facevid_gui.captures.flows import flow_of, trimmed_to
from facevid_gui.captures.outcomes import is_fresh, unreadable_outcome
from facevid_gui.captures.records import ReadAnswer, record_of
from facevid_gui.core.capture import CaptureRecord, ProviderFacts
from facevid_gui.core.clock import Clock, from_rfc3339, to_rfc3339
from facevid_gui.core.codes import meaning_of
from facevid_gui.core.errors import CancelledError, FacevidError, SubjectError, SurroundingsError
from facevid_gui.core.ids import new_evidence_id
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.net.http import HttpRequest, MemorySink, ResponseHead
from facevid_gui.net.retry import TRIES, is_passing, pause_before
from facevid_gui.net.transport import Limits, Transport
from facevid_gui.providers.kyc import ACTION, KycProvider
from facevid_gui.providers.kyc_sign import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.captures.scanner import Json
    from facevid_gui.captures.store import CaptureStore, PartialCapture
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.exchange import Exchange
    from facevid_gui.core.query import Query
    from facevid_gui.core.record import Flow, Record
    from facevid_gui.core.secret import Secret
    from facevid_gui.providers.ess import EssProvider
    from facevid_gui.providers.kyc_ticket import Ticket, TicketDesk

POLLS = 3
POLL_PAUSE_S = 2.0
_FLOW_LIMITS = Limits(connect_s=10, idle_s=30, total_s=60, max_bytes=8 * 1024 * 1024)
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class LookupResult:
    """What a look-up came to. `capture` is the folder with what was received, None when nothing was."""

    outcome: Outcome
    record: Record | None = None
    capture: Path | None = None
    flow: Flow | None = None


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


@dataclass(frozen=True)
class Workplace:
    """What every look-up of this home shares."""

    transport: Transport
    store: CaptureStore
    clock: Clock
    operator: Mapping[str, str]
    program: Mapping[str, str]
    retention_days: int
    limits: Limits = field(default_factory=Limits)


def _silent(_stage: str, _done: int) -> None:
    pass


class Lookup:
    """One look-up."""

    def __init__(self, workplace: Workplace, token: CancelToken, progress: Progress = _silent) -> None:
        self._place = workplace
        self._token = token
        self._progress = progress

    def flow(self, provider: EssProvider, kind: str, flow_id: str, *, tries: int = TRIES) -> FlowResult:
        """Ask for a flow and its signers. Network failures become outcomes; cancelling raises."""
        self._progress("flow", 0)
        result = self._flow_once(provider, kind, flow_id)
        for attempt in range(2, tries + 1):
            if not result.again:
                break
            self._token.wait(pause_before(attempt, _retry_after(result.sink.head)))
            result = self._flow_once(provider, kind, flow_id)
        return result

    def ess(self, provider: EssProvider, query: Query) -> LookupResult:
        """Look up the recordings of one signer of one flow."""
        edition = provider.edition
        facts = ProviderFacts(
            query.kind,
            provider.host,
            edition.face_video,
            edition.version,
            flow_id=query.flow_id,
            sign_id=query.sign_id,
        )
        return self._guarded(facts, lambda partial: self._ess(partial, provider, query))

    def kyc(self, provider: KycProvider, desk: TicketDesk, query: Query) -> LookupResult:
        """Look up one face-verification order."""
        facts = ProviderFacts("kyc", provider.host, ACTION, VERSION, order_no=query.order_no)
        return self._guarded(facts, lambda partial: self._kyc(partial, provider, desk, query))

    def _ess(self, partial: PartialCapture, provider: EssProvider, query: Query) -> LookupResult:
        assert query.flow_id is not None
        flow_id, sign_id = query.flow_id, query.sign_id
        flow_result = None
        if sign_id is None:
            flow_result = self.flow(provider, query.kind, flow_id)
            if flow_result.flow is None:
                return self._without_flow(partial, flow_result)
            sign_id, code = _only_signer(flow_result.flow)
            if sign_id is None:
                partial.abandon()
                outcome = replace(flow_result.outcome, kind=OutcomeKind.REFUSED, code=code, exit_code=1)
                return LookupResult(outcome, flow=flow_result.flow)
            partial.record = replace(partial.record, provider=replace(partial.record.provider, sign_id=sign_id))
        signer_id = sign_id
        found = self._ask(partial, lambda: provider.face_video(flow_id, signer_id))
        if flow_result is None and found is not None and not found.answer.is_refusal:
            flow_result = self.flow(provider, query.kind, flow_id, tries=1)
        if flow_result is not None:
            _keep_flow(partial, query, flow_result, signer_id)
        return self._finished(partial, found)

    def _kyc(self, partial: PartialCapture, provider: KycProvider, desk: TicketDesk, query: Query) -> LookupResult:
        assert query.order_no is not None
        order_no = query.order_no
        ticket = self._ticket(partial, desk, None)
        found = self._ask(partial, lambda: provider.face_record(order_no, ticket.value))
        if ticket.renewable and found is not None and _is_stale_ticket(found):
            ticket = self._ticket(partial, desk, ticket.value)
            found = self._ask(partial, lambda: provider.face_record(order_no, ticket.value))
        if found is not None:
            found = self._poll(partial, lambda: provider.face_record(order_no, ticket.value), found)
        return self._finished(partial, found)

    def _ticket(self, partial: PartialCapture, desk: TicketDesk, refused: Secret | None) -> Ticket:
        """Get a ticket and note the exchanges that brought it; network failures are tried again."""
        self._progress("ticket", 0)
        attempt = 1
        while True:
            try:
                ticket = desk.ticket(self._token, refused=refused)
            except SurroundingsError as error:
                if attempt == TRIES or not is_passing(error):
                    raise
            else:
                partial.note(*ticket.exchanges)
                return ticket
            attempt += 1
            self._progress("retry", attempt)
            self._token.wait(pause_before(attempt))

    def _poll(self, partial: PartialCapture, build: Callable[[], HttpRequest], found: ReadAnswer) -> ReadAnswer:
        """Ask again while the files of a fresh record may be on their way; return the better answer.

        A poll that is refused or fails ends the polling: the record that was found stays what it is.
        """
        for number in range(1, POLLS + 1):
            if not _is_late(found):
                break
            self._progress("poll", number)
            self._token.wait(POLL_PAUSE_S)
            try:
                again = self._ask(partial, build)
            except SurroundingsError:
                break
            if again is None or again.answer.is_refusal:
                break
            found = again
        return found

    def _ask(self, partial: PartialCapture, build: Callable[[], HttpRequest]) -> ReadAnswer | None:
        """Ask until there is an answer worth keeping; None when the last answer cannot be read."""
        retry_after = ""
        attempt = 1
        while True:
            sink = partial.sink(lambda done: self._progress("receive", done))
            self._progress("ask", attempt)
            try:
                exchange = self._place.transport.exchange(build(), sink, self._token, self._place.limits)
            except SurroundingsError as error:
                if attempt == TRIES or not is_passing(error):
                    raise
            else:
                retry_after = _retry_after(sink.head)
                found = partial.answer()
                if attempt == TRIES or not _worth_another_try(partial.record.provider.kind, found, exchange):
                    return found
            attempt += 1
            self._progress("retry", attempt)
            self._token.wait(pause_before(attempt, retry_after))

    def _finished(self, partial: PartialCapture, found: ReadAnswer | None) -> LookupResult:
        self._progress("store", 0)
        path = partial.complete(found)
        record = record_of(partial.record, lambda name: FileBody(path / name), found)
        return LookupResult(record.outcome, record, path)

    def _guarded(self, facts: ProviderFacts, work: Callable[[PartialCapture], LookupResult]) -> LookupResult:
        """Run `work` on a fresh partial capture; whatever happens, what was received stays on disk."""
        partial = self._place.store.begin(self._draft(facts))
        try:
            return work(partial)
        except FacevidError as error:
            return self._failed(partial, error)
        except BaseException:
            partial.close()
            raise

    def _failed(self, partial: PartialCapture, error: FacevidError) -> LookupResult:
        outcome = _outcome_of_error(partial, error)
        if not partial.received_anything:
            partial.abandon()
            return LookupResult(outcome)
        if partial.is_conclusive and not isinstance(error, CancelledError):
            with contextlib.suppress(SurroundingsError):  # a full disk; the next start completes it
                return LookupResult(outcome, None, partial.complete())
        partial.close()
        return LookupResult(outcome, None, partial.folder)

    def _draft(self, provider: ProviderFacts) -> CaptureRecord:
        now = from_rfc3339(to_rfc3339(self._place.clock.now()))  # as it will be read back
        return CaptureRecord(
            evidence_id=new_evidence_id(),
            captured_at=now,
            provider=provider,
            operator=self._place.operator,
            program=self._place.program,
            retention={
                "review_by": to_rfc3339(now + timedelta(days=self._place.retention_days)),
                "rule": f"{self._place.retention_days} days after capture (setting of this workstation)",
            },
        )

    def _flow_once(self, provider: EssProvider, kind: str, flow_id: str) -> FlowResult:
        request = provider.flow_info(flow_id)
        sink = MemorySink(limit=_FLOW_LIMITS.max_bytes)
        try:
            exchange = self._place.transport.exchange(request, sink, self._token, _FLOW_LIMITS)
        except SurroundingsError as error:
            outcome = Outcome(OutcomeKind.NETWORK, error.code, 3, params=tuple(error.params.items()))
            return FlowResult(outcome, None, request, sink, None, again=is_passing(error))
        return _read_flow(kind, flow_id, FlowResult(unreadable_outcome([exchange]), None, request, sink, exchange))

    def _without_flow(self, partial: PartialCapture, result: FlowResult) -> LookupResult:
        """Keep a refusal as the answer; an answer about other flows lists other people and is not kept."""
        if result.exchange is None or result.outcome.code == "flow_not_found":
            partial.abandon()
            return LookupResult(result.outcome)
        partial.keep(result.request.public(), result.sink.head, result.exchange, result.sink.body, trimmed=False)
        return LookupResult(result.outcome, None, partial.complete())


def _read_flow(kind: str, flow_id: str, result: FlowResult) -> FlowResult:
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
        meaning = meaning_of(kind, answer.provider_code or "")
        refused = replace(base, kind=meaning.outcome, code=meaning.message, exit_code=meaning.exit_code)
        return replace(result, outcome=refused, again=meaning.retry != "no")
    flow = flow_of(kind, answer.document, flow_id)
    if flow is None:
        return replace(result, outcome=replace(base, kind=OutcomeKind.NOT_FOUND, code="flow_not_found", exit_code=1))
    return replace(result, outcome=base, flow=flow, document=answer.document)


def _only_signer(flow: Flow) -> tuple[str | None, str]:
    """The SignId of the only person who signed, else None and the message id that says why there is none."""
    signed = [s for s in flow.signers if s.state == "signed" and s.type in ("PERSON", "ORGANIZATION")]
    if not signed:
        return None, "nobody_signed"
    if not any(signer.sign_id for signer in signed):
        return None, "sign_id_not_returned"
    if len(signed) > 1:
        return None, "signer_needed"
    return signed[0].sign_id, ""


def _keep_flow(partial: PartialCapture, query: Query, result: FlowResult, sign_id: str) -> None:
    """Keep the flow answer trimmed to the signer; without one the look-up goes on."""
    if result.exchange is None or result.flow is None:
        return
    trimmed = trimmed_to(query.kind, result.document, result.flow.flow_id, sign_id)
    if trimmed is not None:
        partial.keep(result.request.public(), result.sink.head, result.exchange, trimmed, trimmed=True)


def _retry_after(head: ResponseHead | None) -> str:
    return head.header("Retry-After") if head else ""


def _worth_another_try(kind: str, found: ReadAnswer | None, exchange: Exchange) -> bool:
    if found is None:
        return exchange.status != 200
    if not found.answer.is_refusal:
        return False
    return meaning_of(kind, found.answer.provider_code or "").retry != "no"


def _is_stale_ticket(found: ReadAnswer) -> bool:
    code = found.answer.provider_code or ""
    return meaning_of("kyc", code).message == "ticket_expired"


def _is_late(found: ReadAnswer) -> bool:
    """Whether a successful, fresh KYC answer lacks a file that was asked for."""
    answer = found.answer
    if answer.is_refusal or not is_fresh(answer, found.exchange):
        return False
    roles = {item.role for item in answer.media}
    return not {"liveness", "photo"} <= roles


def _outcome_of_error(partial: PartialCapture, error: FacevidError) -> Outcome:
    measured = [e.clock_offset_s for e in partial.record.exchanges if e.clock_offset_s is not None]
    kind = OutcomeKind.NETWORK
    if isinstance(error, SubjectError):
        kind = OutcomeKind.SIGNATURE
    elif partial.received_anything and not partial.is_conclusive:
        kind = OutcomeKind.INCOMPLETE
    return Outcome(
        kind, error.code, error.exit_code, provider_message=error.params.get("message"),
        provider_code=error.params.get("code"), clock_offset_s=measured[-1] if measured else None,
        params=tuple(error.params.items()),
    )  # fmt: skip
