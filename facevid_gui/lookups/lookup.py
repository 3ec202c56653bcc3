"""From a query to a capture: the only place where network and folders meet (floor 1).

What enters: a query, a provider ready to ask, a cancel token. What leaves: a `LookupResult`: an outcome
with a name, and the capture on disk with everything that was received. Each try and each poll is an
exchange of its own. Policies: pitfalls.md 6; polling for late files: kyc.md 5.2. What comes after a good
answer (the flow of a named signer, a poll, further photos) can add to it but never spoil it.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from facevid_gui.captures.body import FileBody
from facevid_gui.captures.flows import trimmed_to
from facevid_gui.captures.outcomes import is_fresh
from facevid_gui.captures.records import ReadAnswer, record_of
from facevid_gui.core.capture import CaptureRecord, ProviderFacts, retention_rule
from facevid_gui.core.clock import Clock, from_rfc3339, to_rfc3339
from facevid_gui.core.codes import meaning_of
from facevid_gui.core.errors import CancelledError, FacevidError, SubjectError, SurroundingsError
from facevid_gui.core.ids import new_evidence_id
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.lookups.flow_question import FlowResult, ask_flow, only_signer
from facevid_gui.net.http import HttpRequest
from facevid_gui.net.retry import TRIES, asked_pause, is_passing, pause_before
from facevid_gui.net.transport import Limits, Transport
from facevid_gui.providers.kyc import ACTION, APP_ID_NAMES, Files, KycProvider
from facevid_gui.providers.kyc_sign import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.captures.extract import Written
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
_ROLES = {
    Files.BOTH: frozenset({"liveness", "photo"}),
    Files.PHOTO: frozenset({"photo"}),
    Files.VIDEO: frozenset({"liveness"}),
    Files.NONE: frozenset[str](),
}
Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class LookupResult:
    """What a look-up came to. `capture` is the folder with what was received, None when nothing was.

    `received` is the capture's own record, as it was written: that of which `record` was made.
    """

    outcome: Outcome
    record: Record | None = None
    capture: Path | None = None
    flow: Flow | None = None
    received: CaptureRecord | None = None


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
    stamp_request: Callable[[bytes, CancelToken], bytes | None] | None = None  # "not earlier than", if that is wanted


def _silent(_stage: str, _done: int) -> None:
    pass


class Lookup:
    """One look-up. `first_clip` is told of the first clip while the rest of the capture is still being written."""

    def __init__(
        self,
        workplace: Workplace,
        token: CancelToken,
        progress: Progress = _silent,
        first_clip: Written | None = None,
    ) -> None:
        self._place = workplace
        self._token = token
        self._progress = progress
        self._first_clip = first_clip

    def flow(self, provider: EssProvider, kind: str, flow_id: str, *, tries: int = TRIES) -> FlowResult:
        """Ask for a flow and its signers. Network failures become outcomes; cancelling raises."""
        self._progress("flow", 0)
        attempt = 1
        while True:
            request = provider.flow_info(flow_id)
            result = ask_flow(self._place.transport, self._token, request, kind, flow_id)
            attempt += 1
            if not result.again or attempt > tries or not self._again(attempt, asked_pause(result.sink.head)):
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

    def kyc(self, provider: KycProvider, desk: TicketDesk, query: Query, *, files: Files = Files.BOTH) -> LookupResult:
        """Look up one face-verification order; with photos, if there are any, all of them."""
        facts = ProviderFacts("kyc", provider.host, ACTION, VERSION, order_no=query.order_no)
        return self._guarded(facts, lambda partial: self._kyc(partial, provider, desk, query, files))

    def _ess(self, partial: PartialCapture, provider: EssProvider, query: Query) -> LookupResult:
        assert query.flow_id is not None
        flow_id, sign_id = query.flow_id, query.sign_id
        flow_result = None
        if sign_id is None:
            flow_result = self.flow(provider, query.kind, flow_id)
            if flow_result.flow is None:
                return self._without_flow(partial, flow_result)
            sign_id, code = only_signer(flow_result.flow)
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

    def _kyc(
        self, partial: PartialCapture, provider: KycProvider, desk: TicketDesk, query: Query, files: Files
    ) -> LookupResult:
        assert query.order_no is not None
        order_no = query.order_no
        ticket = self._ticket(partial, desk, None)

        def ask() -> ReadAnswer | None:
            return self._ask(partial, lambda: provider.face_record(order_no, ticket.value, files=files))

        found = ask()
        if ticket.renewable and found is not None and _is_stale_ticket(found):
            ticket = self._ticket(partial, desk, ticket.value)
            found = ask()
        if found is not None:
            found = self._poll(ask, found, _ROLES[files])
            if "photo" in _ROLES[files] and _is_of_a_record(found):
                self._further_photos(partial, provider, order_no, ticket.value)
        return self._finished(partial, found)

    def _ticket(self, partial: PartialCapture, desk: TicketDesk, refused: Secret | None) -> Ticket:
        """Get a ticket and note the exchanges that brought it; network failures are tried again."""
        self._progress("ticket", 0)
        attempt = 1
        while True:
            try:
                ticket = desk.ticket(self._token, refused=refused)
            except SurroundingsError as error:
                attempt += 1
                if not is_passing(error) or not self._again(attempt):
                    raise
            else:
                partial.note(*ticket.exchanges)
                return ticket

    def _poll(self, ask: Callable[[], ReadAnswer | None], found: ReadAnswer, wanted: frozenset[str]) -> ReadAnswer:
        """Ask again while the files of a fresh record may be on their way; return the better answer.

        A poll that is refused or fails ends the polling: the record that was found stays what it is.
        """
        for number in range(1, POLLS + 1):
            if not _is_late(found, wanted):
                break
            self._progress("poll", number)
            self._token.wait(POLL_PAUSE_S)
            try:
                again = ask()
            except SurroundingsError:
                break
            if again is None or again.answer.is_refusal:
                break
            found = again
        return found

    def _further_photos(self, partial: PartialCapture, provider: KycProvider, order_no: str, ticket: Secret) -> None:
        """Ask for the further photos of a record; whatever comes of it takes nothing away from the record.

        The pages differ about the name of the appId (kyc.md 6): a refusal may be about the first one.
        """
        for name in APP_ID_NAMES:
            try:
                found = self._ask(partial, functools.partial(provider.further_photos, order_no, ticket, name))
            except SurroundingsError:
                return
            if found is None or not found.answer.is_refusal or not _may_be_about_the_name(found):
                return

    def _ask(self, partial: PartialCapture, build: Callable[[], HttpRequest]) -> ReadAnswer | None:
        """Ask until there is an answer worth keeping; None when the last answer cannot be read."""
        attempt = 1
        while True:
            request = build()
            stamp = self._stamped(partial, request)
            sink = partial.sink(lambda done: self._progress("receive", done), stamp)
            self._progress("ask", attempt)
            attempt += 1
            try:
                exchange = self._place.transport.exchange(request, sink, self._token, self._place.limits)
            except SurroundingsError as error:
                if not is_passing(error) or not self._again(attempt):
                    raise
                continue
            found = partial.answer(request.role, sink.scanned())
            again = _worth_another_try(partial.record.provider.kind, found, exchange)
            if not again or not self._again(attempt, asked_pause(sink.head)):
                return found

    def _stamped(self, partial: PartialCapture, request: HttpRequest) -> bytes | None:
        """A stamp over the first request of a capture: nothing in it was received earlier."""
        if self._place.stamp_request is None or (partial.folder / "exchanges").exists():
            return None
        self._progress("stamp", 0)
        stamp = self._place.stamp_request(request.public().to_bytes(), self._token)
        if stamp is None:
            self._progress("not_stamped", 0)
        return stamp

    def _again(self, attempt: int, asked_s: float = 0.0) -> bool:
        """Wait before try `attempt`; False when there is none."""
        pause = pause_before(attempt, asked_s)
        if pause is None:
            return False
        self._progress("retry", attempt)
        self._token.wait(pause)
        return True

    def _finished(self, partial: PartialCapture, found: ReadAnswer | None) -> LookupResult:
        self._progress("store", 0)
        path = partial.complete(found, self._first_clip)
        record = record_of(partial.record, lambda name: FileBody(path / name), found)
        return LookupResult(record.outcome, record, path, received=partial.record)

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
            retention=retention_rule(now, self._place.retention_days),
        )

    def _without_flow(self, partial: PartialCapture, result: FlowResult) -> LookupResult:
        """Keep a refusal as the answer; an answer about other flows lists other people and is not kept."""
        if result.exchange is None or result.outcome.code == "flow_not_found":
            partial.abandon()
            return LookupResult(result.outcome)
        partial.keep(result.request.public(), result.sink.head, result.exchange, result.sink.body, trimmed=False)
        return LookupResult(result.outcome, None, partial.complete())


def _keep_flow(partial: PartialCapture, query: Query, result: FlowResult, sign_id: str) -> None:
    """Keep the flow answer trimmed to the signer; without one the look-up goes on."""
    if result.exchange is None or result.flow is None:
        return
    trimmed = trimmed_to(query.kind, result.document, result.flow.flow_id, sign_id)
    if trimmed is not None:
        partial.keep(result.request.public(), result.sink.head, result.exchange, trimmed, trimmed=True)


def _worth_another_try(kind: str, found: ReadAnswer | None, exchange: Exchange) -> bool:
    if found is None:
        is_there = exchange.role == "record" or exchange.status in (429, 502, 503, 504)
        return exchange.status != 200 and is_there
    if not found.answer.is_refusal:
        return False
    return meaning_of(kind, found.answer.provider_code or "").retry != "no"


def _is_stale_ticket(found: ReadAnswer) -> bool:
    code = found.answer.provider_code or ""
    return meaning_of("kyc", code).message == "ticket_expired"


def _is_late(found: ReadAnswer, wanted: frozenset[str]) -> bool:
    """Whether a successful, fresh KYC answer lacks a file that was asked for."""
    answer = found.answer
    if answer.is_refusal or not is_fresh(answer, found.exchange):
        return False
    return not wanted <= {item.role for item in answer.media}


def _is_of_a_record(found: ReadAnswer) -> bool:
    """Whether a KYC answer says that there is a record, be it a negative one without files."""
    answer = found.answer
    if answer.media or not answer.is_refusal:
        return True
    return meaning_of("kyc", answer.provider_code or "").outcome is OutcomeKind.NO_RECORDING


def _may_be_about_the_name(refused: ReadAnswer) -> bool:
    """Whether a refusal may be due to the name of the appId: not one that says what else is the matter."""
    meaning = meaning_of("kyc", refused.answer.provider_code or "")
    return meaning.retry == "no" and meaning.outcome is not OutcomeKind.NOT_FOUND


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
