"""One row of the library as a value, and as the facts the index keeps of it (floor 1).

What enters: a capture record and the record read from its answer, or facts written earlier. What leaves: an entry.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from facevid_gui.core.clock import from_rfc3339, to_rfc3339
from facevid_gui.core.deadline import Deadline, deadline_for
from facevid_gui.core.exchange import optional

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.core.capture import CaptureRecord

_TEXTS = ("state", "evidence_id", "kind", "flow_id", "sign_id", "order_no", "person", "case_ref", "purpose",
          "operator")  # fmt: skip
_TIMES = ("captured_at", "sealed_at", "occurred_at", "review_by")
_UNKNOWN = Deadline(None, None)


@dataclass(frozen=True)
class LibraryEntry:
    """One capture or evidence folder. `state` is "complete", "interrupted", "receiving", "sealed" or "unreadable".

    `person` is the signer's name as received, `media` the number of clips and photos that came, `review_by` when
    this copy must be reviewed or deleted. The `last_` members are history, not what a check would say now;
    `last_reason` is the code and path of what was wrong. `operator` is the account that captured or sealed it.
    """

    path: Path
    evidence_id: str
    state: str
    kind: str = ""
    flow_id: str | None = None
    sign_id: str | None = None
    order_no: str | None = None
    person: str = ""
    case_ref: str | None = None
    purpose: str | None = None
    captured_at: datetime | None = None
    sealed_at: datetime | None = None
    occurred_at: datetime | None = None
    review_by: datetime | None = None
    deadline: Deadline = _UNKNOWN
    media: int = 0
    last_verdict: str | None = None
    last_verified_at: datetime | None = None
    last_reason: str = ""
    operator: str = ""

    def is_due(self, now: datetime) -> bool:
        """Whether this is evidence whose retention date has passed."""
        return self.state == "sealed" and self.review_by is not None and self.review_by <= now


def with_capture(entry: LibraryEntry, capture: CaptureRecord) -> LibraryEntry:
    """The entry with what its `capture.json` says."""
    provider = capture.provider
    return replace(
        entry,
        evidence_id=capture.evidence_id,
        kind=provider.kind,
        flow_id=provider.flow_id,
        sign_id=provider.sign_id,
        order_no=provider.order_no,
        case_ref=capture.case_ref,
        purpose=capture.purpose,
        operator=capture.operator.get("account", ""),
        captured_at=capture.captured_at,
        sealed_at=capture.sealed_at,
        review_by=capture.review_by,
        media=len(capture.derived),
    )


def with_history(entry: LibraryEntry, verdict: str | None, verified_at: str | None, reason: str) -> LibraryEntry:
    """The entry with what its last check came to; history that cannot be read is none."""
    try:
        at = _moment(verified_at)
    except ValueError:
        return entry
    return replace(entry, last_verdict=verdict, last_verified_at=at, last_reason=reason)


def to_facts(entry: LibraryEntry) -> bytes:
    """What the index keeps of an entry; its path and its history are kept apart."""
    texts = {name: getattr(entry, name) for name in _TEXTS}
    times = {name: getattr(entry, name) for name in _TIMES}
    moments = {name: moment and to_rfc3339(moment) for name, moment in times.items()}
    return json.dumps({**texts, **moments, "media": entry.media}).encode()


def from_facts(path: Path, facts: bytes) -> LibraryEntry:
    """The entry those facts describe; `ValueError` when they are damaged."""
    try:
        data = json.loads(facts)
        kind, occurred_at = str(data["kind"]), _moment(data["occurred_at"])
        return LibraryEntry(
            path=path,
            state=str(data["state"]),
            evidence_id=str(data["evidence_id"]),
            kind=kind,
            flow_id=optional(data, "flow_id", str),
            sign_id=optional(data, "sign_id", str),
            order_no=optional(data, "order_no", str),
            person=str(data["person"]),
            case_ref=optional(data, "case_ref", str),
            purpose=optional(data, "purpose", str),
            captured_at=_moment(data["captured_at"]),
            sealed_at=_moment(data["sealed_at"]),
            occurred_at=occurred_at,
            review_by=_moment(data["review_by"]),
            deadline=deadline_for(kind, occurred_at),
            media=int(data["media"]),
            operator=str(data.get("operator") or ""),
        )
    except (TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError("damaged facts") from error


def _moment(text: str | None) -> datetime | None:
    return None if text is None else from_rfc3339(text)
