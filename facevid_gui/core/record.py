"""The record: what a provider said about one face verification, as one frozen value (floor 0).

What enters: an answer read by `captures.answers`. What leaves: this value, to the console, the window,
the report. Scores stay the strings that were received; "not returned" is None, never 0.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from facevid_gui.core.deadline import Deadline
    from facevid_gui.core.outcome import Outcome


@dataclass(frozen=True)
class MediaItem:
    """One clip or photo. `path` is relative to the folder that holds `capture.json`; None when unusable.

    `role` is "liveness", "question", "nod" or "photo", `index` counts from 1 within the role,
    `pointer` is the JSON pointer (RFC 6901) to the base64 text in the answer, `problem` a message id.
    """

    role: str
    index: int
    pointer: str
    path: str | None = None
    media_type: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    repairs: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True)
class Scores:
    """Scores exactly as received; None when the provider did not return them.

    `hollow` names scores that were returned without a value, each with what stood there: "null", "empty", or "odd"
    for something that is neither a text nor a number.
    """

    live_rate: str | None = None
    similarity: str | None = None
    hollow: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RiskTag:
    """One tag of one risk field. `meaning_id` is a message id, or None for a tag we have no table for.

    `received` is the text it was taken out of, where that holds more than the tag.
    """

    field: str
    tag: str
    meaning_id: str | None = None
    received: str = dataclasses.field(default="", compare=False)


@dataclass(frozen=True)
class Question:
    """One question of the intention check: what was recognised, and the code ("0" means matched)."""

    transcript: str | None
    code: str | None


@dataclass(frozen=True)
class Signer:
    """One signer of a flow. `state` is our word for the provider's status; times are aware UTC."""

    sign_id: str
    name: str
    type: str
    state: str
    approved_at: datetime | None
    deadline: Deadline
    mobile: str = ""
    organization: str = ""

    @property
    def is_signed_person(self) -> bool:
        """Whether a human signed, so that a recording may exist (ess.md 3.1)."""
        return self.state == "signed" and self.type in ("PERSON", "ORGANIZATION") and bool(self.sign_id)


@dataclass(frozen=True)
class Flow:
    """A contract flow and its signers, as `DescribeFlowInfo` or `DescribeFlowDetailInfo` gave them."""

    flow_id: str
    name: str
    status: str
    signers: tuple[Signer, ...]


@dataclass(frozen=True)
class Detail:
    """One further value of the answer, copied with its JSON pointer. `personal` values are shown masked."""

    name: str
    value: str
    pointer: str
    personal: bool = False


@dataclass(frozen=True)
class Record:
    """Everything the answer said, and where its media lie."""

    evidence_id: str
    kind: str
    source: str
    outcome: Outcome
    flow_id: str | None
    sign_id: str | None
    order_no: str | None
    scores: Scores
    risk_tags: tuple[RiskTag, ...]
    questions: tuple[Question, ...]
    clips: tuple[MediaItem, ...]
    photos: tuple[MediaItem, ...]
    details: tuple[Detail, ...]
    signer: Signer | None
    occurred_at: datetime | None
    captured_at: datetime
    deadline: Deadline
    clock_offset_s: float | None
    warnings: tuple[str, ...] = ()
    hollow_risks: tuple[tuple[str, str], ...] = ()  # risk fields without a value: "null", or "empty"
