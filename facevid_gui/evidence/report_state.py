"""Up to where a report tells, and which reports were made already (floor 1).

What enters: a folder, the access log. What leaves: the state of both as numbers, and the history up to there. Noting a
report makes custody log and access log longer, so the next report would tell more. Each report therefore says up to
which event, line, note and snapshot it tells, and its note says the same: made again as of then, it has the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import from_rfc3339
from facevid_gui.core.errors import SubjectError
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.evidence.custody import MAX_EVENT_BYTES
from facevid_gui.evidence.notes import SCHEMA as NOTE_SCHEMA
from facevid_gui.evidence.notes import SERIES as NOTES
from facevid_gui.evidence.reading import FolderReader
from facevid_gui.evidence.review import custody_events
from facevid_gui.evidence.sidecar import read_documents
from facevid_gui.evidence.snapshots import SCHEMA as SNAPSHOT_SCHEMA
from facevid_gui.evidence.snapshots import SERIES as SNAPSHOTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.evidence.identity import Identity
    from facevid_gui.evidence.review import ReviewedEvent

REPORT = "report"
_NUMBERS = ("custody", "access", "notes", "snapshots")
_LEAST_HEX = 8


@dataclass(frozen=True)
class State:
    """The last custody event, line of the access log about this record, note and snapshot; 0 for none."""

    custody: int
    access: int
    notes: int
    snapshots: int

    def to_detail(self) -> dict[str, str]:
        """As members of an event's detail."""
        return {name: str(getattr(self, name)) for name in _NUMBERS}


@dataclass(frozen=True)
class AccessLine:
    """One line of the access log about this record."""

    seq: int
    at: datetime
    event: str
    operator: str
    detail: Mapping[str, str]


@dataclass(frozen=True)
class NotedReport:
    """A report that was made: what its note says."""

    sha256: str
    state: State
    language: str
    sections: tuple[str, ...]
    unmasked: bool
    mark: str


@dataclass(frozen=True)
class History:
    """What the logs tell up to a state. The heads are the hashes of the last event and line that are told."""

    custody: tuple[ReviewedEvent, ...]
    custody_head: str
    access: tuple[AccessLine, ...]
    access_head: str


def state_now(folder: Path, subject: Identity, access_log: Path, custody_head: str | None) -> State:
    """How far folder (up to the head that was checked), sidecar and access log tell now; raises as their readers."""
    lines = [line.seq for line, _ in _access_lines(access_log, subject.evidence_id)]
    ends = [
        max((item.seq for item in read_documents(folder, series, schema, subject, ()).items), default=0)
        for series, schema in ((NOTES, NOTE_SCHEMA), (SNAPSHOTS, SNAPSHOT_SCHEMA))
    ]
    return State(len(custody_events(folder, custody_head)), max(lines, default=0), *ends)


def history_of(folder: Path, state: State, evidence_id: str, access_log: Path) -> History:
    """What both logs tell up to `state`."""
    events = custody_events(folder, None)[: state.custody]
    lines = [(line, head) for line, head in _access_lines(access_log, evidence_id) if line.seq <= state.access]
    access_head = lines[-1][1] if lines else ""
    return History(events, _custody_head(folder, len(events)), tuple(line for line, _ in lines), access_head)


def find_report(folder: Path, wanted: str, evidence_id: str, access_log: Path) -> NotedReport:
    """The report that was made as of custody event `wanted`, or whose SHA-256 begins with it; the latest of several.

    `SubjectError` report_not_noted when neither the custody log nor the access log of this home tells of one.
    """
    wanted = wanted.strip().lower()
    for noted in reversed(list(_noted_reports(folder, evidence_id, access_log))):
        if wanted == str(noted.state.custody) or (len(wanted) >= _LEAST_HEX and noted.sha256.startswith(wanted)):
            return noted
    raise SubjectError("report_not_noted", path=folder, wanted=wanted)


def _noted_reports(folder: Path, evidence_id: str, access_log: Path) -> Iterator[NotedReport]:
    details: list[Mapping[str, Any]] = [line.detail for line, _ in _access_lines(access_log, evidence_id)]
    details += [event.detail for event in custody_events(folder, None) if event.event == "exported"]
    for detail in details:
        try:
            yield _noted(detail)
        except (KeyError, TypeError, ValueError):
            continue


def _noted(detail: Mapping[str, Any]) -> NotedReport:
    if detail["kind"] != REPORT:
        raise ValueError("no report")
    state = State(*(int(detail[name]) for name in _NUMBERS))
    sections = tuple(filter(None, str(detail["sections"]).split(",")))
    mark = str(detail.get("mark", ""))
    return NotedReport(
        str(detail["sha256"]), state, str(detail["language"]), sections, detail.get("unmasked") == "yes", mark
    )


def _access_lines(path: Path, evidence_id: str) -> Iterator[tuple[AccessLine, str]]:
    """The lines about one record, each with its hash."""
    for raw, data in read_lines(path) if path.exists() else ():
        if data is None or data.get("subject") != evidence_id or not raw.endswith(b"\n"):
            continue
        detail = data.get("detail")
        texts = {str(k): str(v) for k, v in detail.items()} if isinstance(detail, dict) else {}
        try:
            line = AccessLine(
                int(data["seq"]), from_rfc3339(data["at"]), str(data["event"]), str(data.get("operator")), texts
            )
        except (KeyError, TypeError, ValueError):
            continue
        yield line, hashlib.sha256(raw).hexdigest()


def _custody_head(folder: Path, number: int) -> str:
    if not number:
        return ""
    try:
        raw = FolderReader(folder).read(f"custody/{number:06d}.json", MAX_EVENT_BYTES)
    except (OSError, ValueError):
        return ""
    return hashlib.sha256(raw).hexdigest()
