"""The rescue of one subject of a list: found among what is there already, or asked for; sealed, stamped (floor 1).

What enters: a subject, the row that names it, a connection to the service. What leaves: an `Ending`. What is about to
happen is noted in the state first, so that after a crash at any moment the next run finds the sealed folder or the
complete capture instead of asking again; only an answer that was cut is asked for once more.
"""

from __future__ import annotations

import contextlib
import functools
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from facevid_gui.captures.body import FileBody
from facevid_gui.captures.records import record_of
from facevid_gui.captures.store import PARTIAL
from facevid_gui.core.errors import CancelledError, FacevidError, SurroundingsError
from facevid_gui.core.ids import folder_name
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.query import Query
from facevid_gui.lookups.flow_question import only_signer
from facevid_gui.lookups.lookup import Lookup, LookupResult
from facevid_gui.lookups.pace import Pace
from facevid_gui.lookups.rescue import Rescued, rescue
from facevid_gui.lookups.rescue_state import Ending, KnownSigner, Received

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.capture import CaptureRecord, ProviderFacts
    from facevid_gui.core.record import Record
    from facevid_gui.core.record import Signer as FlowSigner
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.register import Register
    from facevid_gui.evidence.seal import Sealer, SealRequest
    from facevid_gui.lookups.connection import Connection
    from facevid_gui.lookups.list_file import ListRow
    from facevid_gui.lookups.lookup import Workplace
    from facevid_gui.lookups.rescue_state import RescueState, Subject

# Allowed are 20 videos and 50 flows (ess.md 2.2, 3.1) and 5 requests about orders a second (kyc.md 5.2). The look-up of
# a signer asks for the flow, too; that of an order asks up to three times, for further photos.
VIDEOS_PER_S = 5.0
FLOWS_PER_S = 10.0
ORDERS_PER_S = 1.5
_Ids = tuple[str | None, str | None, str | None]
_FINAL = frozenset({OutcomeKind.NOT_FOUND, OutcomeKind.NO_RECORDING, OutcomeKind.REFUSED})
_PASSING = frozenset({"rate_limited", "quota_used_up", "provider_trouble"})
_MAY_CHANGE = frozenset({"nobody_signed", "flow_not_signed"})  # people sign later
_PEOPLE = frozenset({"PERSON", "ORGANIZATION"})
_TO_COME = frozenset({"not_started", "not_begun", "waiting", "waiting_fill_in", "filled_in", "waiting_pick_up"})
_ABOUT_THE_CALLER = frozenset({"operator_unknown", "address_refused", "app_refused", "wrong_service"})


@dataclass(frozen=True)
class Tools:
    """What a rescue needs of its home.

    `choose` names the profile of a row, `connect` reads its secrets, `open_key` unlocks the signing key: each a
    `FacevidError` when it cannot. `stamp` has a sealed folder stamped and tells itself what keeps it waiting.
    """

    workplace: Workplace
    sealer: Sealer
    register: Register
    journal: Journal
    choose: Callable[[ListRow], Profile]
    connect: Callable[[Profile], Connection]
    open_key: Callable[[], Signer]
    stamp: Callable[[Path, Signer], object]


def is_about_the_caller(outcome: Outcome) -> bool:
    """Whether every further question of this profile would end the same way: keys, clock, operator, address."""
    return outcome.kind is OutcomeKind.SIGNATURE or outcome.code in _ABOUT_THE_CALLER


def is_final(outcome: Outcome) -> bool:
    """Whether asking again by itself makes no sense: the service said what it has to say about this record."""
    return outcome.kind in _FINAL and outcome.code not in _PASSING | _ABOUT_THE_CALLER | _MAY_CHANGE


class RescueOne:
    """Rescues subject after subject under one key."""

    def __init__(
        self, tools: Tools, request: SealRequest, signer: Signer, state: RescueState, token: CancelToken, *, retry: bool
    ) -> None:
        self._tools = tools
        self._request = request
        self._signer = signer
        self._state = state
        self._token = token
        self._retry = retry
        clock = tools.workplace.clock
        self._flow_pace = Pace(FLOWS_PER_S, clock)
        self._video_pace = Pace(VIDEOS_PER_S, clock)
        self._order_pace = Pace(ORDERS_PER_S, clock)

    def signers(self, flow_id: str, connection: Connection) -> tuple[KnownSigner, ...] | Ending:
        """The people who signed a flow, noted; or why there are none. `CancelledError`."""
        self._flow_pace.wait(self._token)
        found = connection.signers(self._lookup(self._flow_pace), flow_id)
        outcome = found.outcome
        _adapt(self._flow_pace, outcome)
        if found.flow is not None:
            signed = [signer for signer in found.flow.signers if signer.is_signed_person]
            if signed:
                people = tuple(KnownSigner(signer.sign_id, signer.approved_at) for signer in signed)
                if not any(_may_still_sign(signer) for signer in found.flow.signers):
                    self._state.note_signers(flow_id, people)
                return people
            _, code = only_signer(found.flow)
            outcome = replace(outcome, kind=OutcomeKind.REFUSED, code=code, exit_code=1)
        return Ending(outcome, settled=is_final(outcome))

    def rescue(self, subject: Subject, row: ListRow, connection: Connection, caller: str) -> Ending:
        """Rescue one signer or order. `CancelledError`; every other failure is an ending."""
        sealed = self._sealed_before(subject)
        if sealed is not None:
            return sealed
        try:
            result = self._kept(subject, connection, caller) or self._ask(subject, connection, caller)
        except CancelledError:
            raise
        except FacevidError as error:  # no room for the state or the capture: nothing was asked
            return Ending(problem=error)
        if result.outcome.code == "cancelled":
            raise CancelledError
        try:
            if result.outcome.ok and result.record is not None:
                self._state.note_received(subject, self._received(result.record))
        except SurroundingsError as error:  # sealed but not noted, it would be asked for again after a crash
            return _ended(Rescued(result, None, error))
        request = replace(
            self._request,
            case_ref=row.case_ref or self._request.case_ref,
            purpose=row.purpose or self._request.purpose,
        )
        done = rescue(lambda: result, self._tools.workplace.store, self._tools.sealer, request, self._signer)
        if done.sealed is not None:
            self._stamp(done.sealed.folder)
        return _ended(done)

    def _sealed_before(self, subject: Subject) -> Ending | None:
        """The folder that was sealed when a crash came before this could be noted; the register knows it."""
        received = self._state.received.get(subject)
        if received is None:
            return None
        if any(path.name == received.evidence_id for path, _ in self._captures.get(_ids_of(subject), ())):
            return None
        seals = self._tools.register.view(received.evidence_id).seals
        if not seals:
            return None
        folder = received.folder
        if folder.is_dir() and not any((folder / "signatures").glob("*.tsr")):
            self._stamp(folder)
        found = Outcome(OutcomeKind.FOUND, "found", 0)
        return Ending(found, evidence=folder, evidence_id=received.evidence_id, seal_sha256=min(seals), settled=True)

    def _kept(self, subject: Subject, connection: Connection, caller: str) -> LookupResult | None:
        """What arrived whole in an earlier run and was not sealed; a refusal only if it was this caller's."""
        asked_at = self._state.asked.get(subject)
        if asked_at is None:
            return None
        is_same_caller = self._state.callers.get(subject) == caller
        for path, capture in self._captures.get(_ids_of(subject), ()):
            if not _is_of(capture, connection, asked_at):
                continue
            with contextlib.suppress(OSError):  # a damaged capture is asked for again
                record = record_of(capture, functools.partial(_body_in, path))
                if record.outcome.ok or (is_final(record.outcome) and not self._retry and is_same_caller):
                    return LookupResult(record.outcome, record, path)
        return None

    @cached_property
    def _captures(self) -> dict[_Ids, list[tuple[Path, CaptureRecord]]]:
        """What earlier runs received whole, by ids, newest first; read when first needed, never for a fresh list."""
        captures: defaultdict[_Ids, list[tuple[Path, CaptureRecord]]] = defaultdict(list)
        for entry in self._tools.workplace.store.entries():
            if entry.state == "complete" and entry.record is not None:
                captures[_ids_of(entry.record.provider)].append((entry.path, entry.record))
        return captures

    def _ask(self, subject: Subject, connection: Connection, caller: str) -> LookupResult:
        pace = self._order_pace if subject.order_no else self._video_pace
        pace.wait(self._token)
        self._state.note_asked(subject, caller)
        order, flow = subject.order_no, subject.flow_id or ""
        query = Query.for_order(order) if order else Query.for_flow(connection.kind, flow, subject.sign_id)
        result = connection.look_up(self._lookup(pace), query)
        _adapt(pace, result.outcome)
        return result

    def _lookup(self, pace: Pace) -> Lookup:
        """A look-up whose retries slow the pace down: the service is in trouble, or said "too often"."""

        def heed(stage: str, _number: int) -> None:
            if stage == "retry":
                pace.slow_down()

        return Lookup(self._tools.workplace, self._token, heed)

    def _received(self, record: Record) -> Received:
        name = folder_name(record.kind, record.evidence_id, record.captured_at)
        return Received(record.evidence_id, self._request.root.absolute() / name)

    def _stamp(self, folder: Path) -> None:
        with contextlib.suppress(CancelledError):  # it is sealed, and waits in the queue of stamps
            self._tools.stamp(folder, self._signer)


def _ids_of(source: Subject | ProviderFacts) -> _Ids:
    return source.flow_id, source.sign_id, source.order_no


def _is_of(capture: CaptureRecord, connection: Connection, asked_at: datetime) -> bool:
    """Whether this rescue received a capture: not an import, not another look-up before."""
    is_from_here = capture.witnessed and capture.provider.host == connection.provider.host
    return is_from_here and capture.captured_at >= asked_at


def _body_in(folder: Path, name: str) -> FileBody:
    return FileBody(folder / name)


def _adapt(pace: Pace, outcome: Outcome) -> None:
    if outcome.code == "rate_limited":
        pace.slow_down()
    elif outcome.ok:
        pace.speed_up()


def _ended(done: Rescued) -> Ending:
    outcome, sealed, capture = done.result.outcome, done.sealed, done.result.capture
    if sealed is None:
        evidence_id = capture.name.removeprefix(PARTIAL) if capture else None
        is_settled = done.problem is None and is_final(outcome)
        return Ending(outcome, done.problem, capture, evidence_id=evidence_id, settled=is_settled)
    return Ending(
        outcome,
        evidence=sealed.folder,
        evidence_id=sealed.evidence_id,
        seal_sha256=sealed.seal_sha256,
        settled=True,
    )


def _may_still_sign(signer: FlowSigner) -> bool:
    """Whether this person may have a recording tomorrow: then the flow is asked for again."""
    return signer.type in _PEOPLE and signer.state in _TO_COME
