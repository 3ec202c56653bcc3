"""What is known about the rescue of a list: a log in `queue/`, so that no crash costs a second look-up (floor 1).

What enters: what is about to be asked, what was received, what it came to, each noted before the next step. What
leaves: the same at the next run of the same list. Ids, times, codes and folders only; no name, no secret. The log's
lines are those of the register: flushed one by one, a torn last one moved aside.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import Clock, from_rfc3339, to_rfc3339
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.exchange import optional
from facevid_gui.core.ids import is_evidence_id
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.evidence.chainlog import ChainLog, read_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from facevid_gui.core.errors import FacevidError

SCHEMA = "facevid-rescue-state/1"
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError)


@dataclass(frozen=True)
class Subject:
    """What is rescued: one signer of a flow, a whole flow (no `sign_id`), or one order of the app `app_id`."""

    flow_id: str | None = None
    sign_id: str | None = None
    order_no: str | None = None
    app_id: str | None = None

    @property
    def is_whole_flow(self) -> bool:
        """Whether its signers are still to be asked for."""
        return self.flow_id is not None and self.sign_id is None


@dataclass(frozen=True)
class KnownSigner:
    """A person who signed a flow."""

    sign_id: str
    approved_at: datetime | None


@dataclass(frozen=True)
class Received:
    """A capture that was received, and the folder it is sealed into."""

    evidence_id: str
    folder: Path


@dataclass(frozen=True)
class Ending:
    """What the rescue of one subject came to.

    `evidence` is the sealed folder, `capture` what was received and is not sealed, `problem` says why it is not, or
    why nothing was asked. `settled`: the next run of the list does not ask again, unless by another `caller`: what a
    service does not have for one company or refuses it, it may have for another.
    """

    outcome: Outcome | None = None
    problem: FacevidError | None = None
    capture: Path | None = None
    evidence: Path | None = None
    evidence_id: str | None = None
    seal_sha256: str | None = None
    settled: bool = False
    caller: str = ""

    @property
    def exit_code(self) -> int:
        """As in design section 9."""
        if self.problem is not None:
            return self.problem.exit_code
        return self.outcome.exit_code if self.outcome is not None else 0


class RescueState:
    """The state of one list under one case. `SurroundingsError` when the log cannot be read."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._log = ChainLog(path, SCHEMA, clock)
        self.asked: dict[Subject, datetime] = {}
        self.callers: dict[Subject, str] = {}
        self.received: dict[Subject, Received] = {}
        self.endings: dict[Subject, Ending] = {}
        self.signers: dict[str, tuple[KnownSigner, ...]] = {}
        for _, data in read_lines(path) if path.exists() else ():
            with contextlib.suppress(*_UNREADABLE):  # of another version, or damaged: asked again
                self._read(data or {})

    def note_asked(self, subject: Subject, caller: str) -> None:
        """It is about to be asked for. `SurroundingsError` when that cannot be noted: then nothing is asked."""
        self._add("asked", subject, caller=caller)

    def note_received(self, subject: Subject, received: Received) -> None:
        """It was found and is about to be sealed. `SurroundingsError` when that cannot be noted."""
        self._add("received", subject, evidence_id=received.evidence_id, folder=str(received.folder))

    def note_signers(self, flow_id: str, signers: tuple[KnownSigner, ...]) -> None:
        """These people signed; when that cannot be noted, the flow is asked for again."""
        people = [
            {"sign_id": signer.sign_id, "approved_at": to_rfc3339(signer.approved_at) if signer.approved_at else None}
            for signer in signers
        ]
        with contextlib.suppress(SurroundingsError):
            self._add("signers", Subject(flow_id), signers=people)

    def note_ending(self, subject: Subject, ending: Ending) -> None:
        """It is settled. When that cannot be noted, the next run finds what was sealed by what was noted before."""
        outcome = ending.outcome
        assert outcome is not None
        with contextlib.suppress(SurroundingsError):
            self._add(
                "ended",
                subject,
                outcome=str(outcome.kind),
                code=outcome.code,
                exit_code=outcome.exit_code,
                provider_code=outcome.provider_code,
                request_id=outcome.request_id,
                capture=str(ending.capture) if ending.capture else None,
                evidence=str(ending.evidence) if ending.evidence else None,
                evidence_id=ending.evidence_id,
                seal_sha256=ending.seal_sha256,
                caller=ending.caller,
            )

    def _add(self, event: str, subject: Subject, **details: object) -> None:
        ids = {name: value for name, value in vars(subject).items() if value is not None}
        self._log.append({"event": event, **ids, **details})

    def _read(self, data: Mapping[str, Any]) -> None:
        subject = Subject(*(optional(data, name, str) for name in ("flow_id", "sign_id", "order_no", "app_id")))
        match data["event"]:
            case "asked":
                self.asked.setdefault(subject, from_rfc3339(data["at"]))
                self.callers[subject] = optional(data, "caller", str) or ""
            case "received":
                evidence_id = str(data["evidence_id"])
                if is_evidence_id(evidence_id):
                    self.received[subject] = Received(evidence_id, Path(data["folder"]))
            case "signers":
                self.signers[str(subject.flow_id)] = tuple(_signer_of(item) for item in data["signers"])
            case "ended":
                self.endings[subject] = _ending_of(data)


def _signer_of(item: Mapping[str, Any]) -> KnownSigner:
    approved_at = optional(item, "approved_at", str)
    return KnownSigner(str(item["sign_id"]), from_rfc3339(approved_at) if approved_at else None)


def _ending_of(data: Mapping[str, Any]) -> Ending:
    text = {name: optional(data, name, str) for name in ("provider_code", "request_id", "evidence_id", "seal_sha256")}
    capture, evidence = optional(data, "capture", str), optional(data, "evidence", str)
    outcome = Outcome(
        OutcomeKind(data["outcome"]), str(data["code"]), int(data["exit_code"]),
        provider_code=text["provider_code"], request_id=text["request_id"],
    )  # fmt: skip
    return Ending(
        outcome,
        capture=Path(capture) if capture else None,
        evidence=Path(evidence) if evidence else None,
        evidence_id=text["evidence_id"],
        seal_sha256=text["seal_sha256"],
        settled=True,
        caller=optional(data, "caller", str) or "",
    )
