"""Rescue of a list: each record looked up and sealed once, the most urgent first, across any crash (floor 1).

What enters: a list, what a seal says, the tools of a home whose `recover` has run. What leaves: one `RowResult` per row
and person, as each ends. Only one process at a time rescues a list under a case.

The order: first what nobody knows the start of, in the order of the list ("unknown: look up now"); then by the
deadline that comes next, so that a contract past its safe 24 hours is urgent by its outer 72; last what is past every
deadline, latest first. A row with a flow alone is asked for its signers in its turn; then each person who signed
stands in the order by the time of the signature.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from facevid_gui.core.deadline import deadline_for
from facevid_gui.core.errors import FacevidError
from facevid_gui.credentials.choice import choose_profile
from facevid_gui.lookups.rescue_one import RescueOne, Tools, is_about_the_caller
from facevid_gui.lookups.rescue_state import Ending, RescueState, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.outcome import Outcome
    from facevid_gui.credentials.profiles import Profile, ProfileStore
    from facevid_gui.evidence.seal import SealRequest
    from facevid_gui.lookups.connection import Connection
    from facevid_gui.lookups.list_file import ListFile, ListRow

_UNKNOWN, _AHEAD, _PAST = range(3)


@dataclass(frozen=True)
class RowResult:
    """What a row came to, or one of the people it stands for; `subject` is None for a row that names nothing.

    What such a row holds instead is `written`, as it came: foreign text.
    """

    line: int
    subject: Subject | None
    ending: Ending
    written: str = ""


@dataclass
class _Task:
    subject: Subject
    profile: Profile
    rows: list[ListRow]


def urgency(kind: str, started_at: datetime | None, now: datetime) -> tuple[int, float]:
    """Where a record stands in the order, smaller first. A start that lies ahead is none."""
    if started_at is None or started_at > now:
        return _UNKNOWN, 0.0
    deadline = deadline_for(kind, started_at)
    ahead = [moment for moment in (deadline.safe, deadline.outer) if moment is not None and moment > now]
    if ahead:
        return _AHEAD, min(ahead).timestamp()
    return _PAST, -started_at.timestamp()


def profile_for(row: ListRow, named: str | None, environ: Mapping[str, str], profiles: ProfileStore) -> Profile:
    """The profile in the row's column, else the `named` one if it is of the right kind, else the only one of that kind.

    Raises as `choose_profile`, which is asked with FACEVID_PROFILE left out: that is what a caller may name.
    """
    environ = {name: text for name, text in environ.items() if name != "FACEVID_PROFILE"}
    if not row.profile and named:
        profile = profiles.get(named)
        if profile.kind in row.kinds:
            return profile
    return choose_profile(row.kinds, row.profile or None, environ, profiles)


def kind_in_use(named: str | None, profiles: ProfileStore) -> str | None:
    """The kind of the `named` profile, or the one that all profiles are of; None when they differ.

    `UsageError` profile_unknown.
    """
    kinds = {profile.kind for profile in ([profiles.get(named)] if named else profiles.all())}
    return kinds.pop() if len(kinds) == 1 else None


class RescueList:
    """The rescue of one list in one run."""

    def __init__(self, tools: Tools, request: SealRequest, token: CancelToken, *, retry: bool = False) -> None:
        self._tools = tools
        self._request = request
        self._token = token
        self._retry = retry
        self._queue: list[tuple[int, float, int, Subject]] = []
        self._numbers = itertools.count()
        self._tasks: dict[Subject, _Task] = {}
        self._ended: dict[Subject, Ending] = {}
        self._profiles: dict[tuple[tuple[str, ...], str], Profile | FacevidError] = {}
        self._connections: dict[Profile, Connection | FacevidError] = {}
        self._barred: dict[Profile, Outcome] = {}

    @property
    def waiting(self) -> int:
        """How many rows, or people known to stand for one, have no result yet."""
        return sum(len(task.rows) for task in self._tasks.values())

    def run(self, listed: ListFile) -> Iterator[RowResult]:
        """Rescue what is left of a list; yield the results of earlier runs first, then each as it comes.

        `BusyError` while another process is at this list, `SurroundingsError` for the state, what `open_key` raises
        before anything is asked, `CancelledError`: what is left then, the next run goes on with.
        """
        name = _name_of(listed, self._request.case_ref)
        journal = self._tools.journal
        with journal.lock(name, 0):
            state = RescueState(journal.folder / f"{name}.jsonl", self._tools.workplace.clock)
            self._ended = {
                subject: ending for subject, ending in state.endings.items() if ending.evidence or not self._retry
            }
            known = [result for row in listed.rows for result in self._take_in(row, state)]
            if not self._queue:
                yield from known
                return
            signer = self._tools.open_key()
            worker = RescueOne(self._tools, self._request, signer, state, self._token, retry=self._retry)
            self._connect()
            yield from known
            while self._queue:
                self._token.raise_if_cancelled()
                *_, subject = heapq.heappop(self._queue)
                yield from self._work(self._tasks[subject], worker, state)

    def _take_in(self, row: ListRow, state: RescueState) -> Iterator[RowResult]:
        if row.problem is not None:
            yield RowResult(row.line, None, Ending(problem=row.problem, settled=True), row.written)
            return
        profile = self._profile_of(row)
        if isinstance(profile, FacevidError):
            yield RowResult(row.line, Subject(row.flow_id, row.sign_id, row.order_no), Ending(problem=profile))
            return
        app_id = profile.app_id if row.order_no else None
        subject = Subject(row.flow_id, row.sign_id, row.order_no, app_id)
        signers = state.signers.get(row.flow_id or "") if subject.is_whole_flow else None
        if signers is None:
            yield from self._stand_in_line(row, profile, subject, row.started_at)
        for signer in signers or ():
            person = Subject(row.flow_id, signer.sign_id)
            yield from self._stand_in_line(row, profile, person, signer.approved_at)

    def _profile_of(self, row: ListRow) -> Profile | FacevidError:
        key = (row.kinds, row.profile)
        if key not in self._profiles:
            try:
                self._profiles[key] = self._tools.choose(row)
            except FacevidError as error:
                self._profiles[key] = error
        return self._profiles[key]

    def _stand_in_line(
        self, row: ListRow, profile: Profile, subject: Subject, started_at: datetime | None
    ) -> Iterator[RowResult]:
        """Put a subject into the queue once, however many rows name it; one that has ended is a result at once."""
        ending = self._ended.get(subject)
        if ending is not None and (ending.evidence is not None or ending.caller == _caller(profile)):
            yield RowResult(row.line, subject, ending)
        elif subject in self._tasks:
            self._tasks[subject].rows.append(row)
        else:
            self._tasks[subject] = _Task(subject, profile, [row])
            rank, moment = urgency(profile.kind, started_at, self._tools.workplace.clock.now())
            heapq.heappush(self._queue, (rank, moment, next(self._numbers), subject))

    def _connect(self) -> None:
        """Read the secrets of every profile that will be asked, once, while somebody is there to unlock a keyring."""
        for task in self._tasks.values():
            if task.profile not in self._connections:
                try:
                    self._connections[task.profile] = self._tools.connect(task.profile)
                except FacevidError as error:
                    self._connections[task.profile] = error

    def _work(self, task: _Task, worker: RescueOne, state: RescueState) -> Iterable[RowResult]:
        connection = self._connections[task.profile]
        if isinstance(connection, FacevidError):
            return self._finish(task, Ending(problem=connection), state)
        if task.profile in self._barred:
            return self._finish(task, Ending(self._barred[task.profile]), state)
        if not task.subject.is_whole_flow:
            return self._finish(
                task, worker.rescue(task.subject, task.rows[0], connection, _caller(task.profile)), state
            )
        found = worker.signers(task.subject.flow_id or "", connection)
        if isinstance(found, Ending):
            return self._finish(task, found, state)
        del self._tasks[task.subject]
        return [
            result
            for row in task.rows
            for signer in found
            for result in self._stand_in_line(
                row, task.profile, Subject(task.subject.flow_id, signer.sign_id), signer.approved_at
            )
        ]

    def _finish(self, task: _Task, ending: Ending, state: RescueState) -> Iterable[RowResult]:
        if ending.outcome is not None and is_about_the_caller(ending.outcome):
            self._barred[task.profile] = ending.outcome
        ending = replace(ending, caller=_caller(task.profile))
        if ending.settled:
            state.note_ending(task.subject, ending)
        self._ended[task.subject] = ending
        del self._tasks[task.subject]
        return [RowResult(row.line, task.subject, ending) for row in task.rows]


def _name_of(listed: ListFile, case_ref: str) -> str:
    """The name of a list's state: the same bytes under another case are another rescue."""
    key = hashlib.sha256(f"{listed.sha256} {case_ref}".encode("utf-8", "surrogatepass"))
    return f"rescue-{key.hexdigest()[:32]}"


def _caller(profile: Profile) -> str:
    """Who asks, without naming him: another operator, company, application or address is another caller."""
    known = (profile.kind, profile.base_url, profile.user_id, profile.proxy_organization_id, profile.app_id,
             profile.proxy_organization_open_id, profile.proxy_operator_open_id)  # fmt: skip
    return hashlib.sha256("\n".join(known).encode()).hexdigest()[:16]
