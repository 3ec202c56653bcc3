"""Records, verdicts and library entries as the window gets them, made of nothing but words. No Qt."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from facevid_gui.captures.body import BytesBody
from facevid_gui.core.capture import CaptureRecord, ProviderFacts
from facevid_gui.core.deadline import Deadline, deadline_for
from facevid_gui.core.exchange import Exchange
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.record import Detail, MediaItem, Question, Record, RiskTag, Scores, Signer
from facevid_gui.core.verdict import FolderVerdict, Reason, SignerFacts, StampFacts, Verdict
from facevid_gui.evidence.answer_tree import AnswerTree, answer_tree
from facevid_gui.evidence.library import LibraryEntry
from facevid_gui.evidence.review import Reviewed, ReviewedEvent
from facevid_gui.simulator.records import flow_id, sign_id

NOW = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
EVIDENCE_ID = "0123456789abcdef" * 2
SHA = "ab" * 32
BODY = "exchanges/01/response-body.bin"
NOWHERE = Path("/nonexistent/fv-20260311T080000Z-ess-" + EVIDENCE_ID)
FOUND = Outcome(OutcomeKind.FOUND, "found", 0, "0", "请求成功", "request-1", 0.0)


def clip(role: str = "liveness", index: int = 1, **changes: Any) -> MediaItem:
    """A clip that is said to be there."""
    item = MediaItem(role, index, f"/Response/{role}", f"media/{role}.mp4", "video/mp4", 1000, SHA)
    return replace(item, **changes)


def make_record(kind: str = "ess", **changes: Any) -> Record:
    """A record without media."""
    contract = kind != "kyc"
    signer = Signer(sign_id("One"), "赵样本", "PERSON", "signed", NOW, Deadline(None, None), "13200000001")
    record = Record(
        evidence_id=EVIDENCE_ID,
        kind=kind,
        source="official",
        outcome=FOUND,
        flow_id=flow_id("One") if contract else None,
        sign_id=sign_id("One") if contract else None,
        order_no=None if contract else "simOrder0001",
        scores=Scores() if contract else Scores("99", "88.01"),
        risk_tags=() if contract else (RiskTag("LivenessInfoTag", "03", "risk.liveness.03"),),
        questions=(Question("同意", "0"), Question(None, "-1")) if contract else (),
        clips=(),
        photos=(),
        details=(
            Detail("sdkVersion", "1.12.12", "/sdkVersion"),
            Detail("idNo", "110101199003070000", "/idNo", personal=True),
        ),
        signer=signer if contract else None,
        occurred_at=NOW - timedelta(hours=2),
        captured_at=NOW,
        deadline=deadline_for(kind, NOW - timedelta(hours=2)),
        clock_offset_s=0.4,
    )
    return replace(record, **changes)


def make_capture(kind: str = "ess", **changes: Any) -> CaptureRecord:
    """The capture record of such a record."""
    capture = CaptureRecord(
        EVIDENCE_ID, NOW, ProviderFacts(kind, "ess.tencentcloudapi.com", "Describe", "2020-11-11"), {}, {}
    )
    return replace(capture, **changes)


def make_verdict(verdict: Verdict = Verdict.VERIFIED, **changes: Any) -> FolderVerdict:
    """A verdict on a folder of an official source, stamped when it is verified."""
    made = FolderVerdict(
        folder=str(NOWHERE),
        verdict=verdict,
        reasons=(),
        evidence_id=EVIDENCE_ID,
        seal_sha256=SHA,
        source="official",
        signer=SignerFacts("CN=facevid workstation desk-1", SHA, trusted=True),
        stamp=StampFacts(NOW, "CN=An authority", 2.0, late=False) if verdict is Verdict.VERIFIED else None,
        capture_to_seal_s=12.0,
        custody_head=SHA,
        files_checked=15,
    )
    return replace(made, **changes)


def make_reviewed(
    record: Record | None = None, verdict: FolderVerdict | None = None, capture: CaptureRecord | None = None
) -> Reviewed:
    """A record as it was opened: unsaved without a verdict."""
    shown = record or make_record()
    if verdict is not None:
        shown = replace(shown, source=verdict.source or shown.source)
    events = (ReviewedEvent(1, "sealed", NOW, "investigator", {}),) if verdict else ()
    return Reviewed(NOWHERE, NOWHERE / "data", capture or make_capture(shown.kind), shown, verdict, events)


def make_tree(document: object, media: tuple[MediaItem, ...] = ()) -> AnswerTree:
    """The raw answer of a record, as the worker reads it."""
    raw = json.dumps(document).encode()
    exchange = Exchange("POST", "https://ess.tencentcloudapi.com/", NOW, path=BODY, status=200, complete=True)
    return answer_tree(make_capture(exchanges=(exchange,)), _OneFile(raw), media)  # type: ignore[arg-type]


class _OneFile:
    """A folder with one answer and nothing else."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def __call__(self, path: str) -> BytesBody:
        return BytesBody(self._raw if path == BODY else b"")


def make_entry(number: int, state: str = "sealed", **changes: Any) -> LibraryEntry:
    """A row of the library."""
    evidence_id = f"{number:032x}"
    entry = LibraryEntry(
        path=Path(f"/nonexistent/fv-20260311T080000Z-ess-{evidence_id}"),
        evidence_id=evidence_id,
        state=state,
        kind="ess",
        flow_id=f"yDFlow{number:026d}",
        person="赵样本",
        captured_at=NOW - timedelta(hours=number),
        deadline=deadline_for("ess", NOW - timedelta(hours=2)),
        media=1,
    )
    return replace(entry, **changes)


def reasons(*codes: str) -> tuple[Reason, ...]:
    """Findings, each about a file."""
    return tuple(Reason(code, f"data/{code}.bin") for code in codes)
