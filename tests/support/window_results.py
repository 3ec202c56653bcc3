"""Notes, packages, reports and plans as dialogs and cards get them, made of nothing but words."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from facevid_gui.core.note import NOTE, Spot
from facevid_gui.core.report_sections import SECTIONS
from facevid_gui.evidence.export import Exported
from facevid_gui.evidence.identity import Identity
from facevid_gui.evidence.notes import Note
from facevid_gui.evidence.purge import PurgePlan
from facevid_gui.evidence.report import Draft, Reported, ReportRequest
from facevid_gui.evidence.report_state import State
from facevid_gui.evidence.sidecar import Document
from facevid_gui.evidence.snapshots import Snapshot
from tests.support.window_records import EVIDENCE_ID, NOW, NOWHERE, SHA, make_verdict

SPOT = Spot("media/liveness.mp4", 12, 480_000)


def document(seq: int, state: str = "signed", *findings: str, subject: str = "CN=desk-1") -> Document:
    return Document(seq, f"notes/{seq:06d}.json", state, findings, f"{seq:064x}", {}, SHA, subject)


def note(seq: int, text: str = "looks away", **changes: Any) -> Note:
    made = Note(document(seq), NOTE, text, NOW + timedelta(minutes=seq), "investigator", None, None)
    return replace(made, **changes)


def snapshot(seq: int, **changes: Any) -> Snapshot:
    made = Snapshot(
        replace(document(seq), name=f"snapshots/{seq:06d}.json"),
        "signed",
        (),
        NOW,
        "investigator",
        SPOT.clip,
        12,
        480_000,
        f"snapshots/{seq:06d}.png",
    )
    return replace(made, **changes)


def exported(**changes: Any) -> Exported:
    done = Exported(Path("/srv/x.zip"), "0" * 32, EVIDENCE_ID, SHA, 4711, 17, make_verdict(), True, ())
    return replace(done, **changes)


def plan(**changes: Any) -> PurgePlan:
    made = PurgePlan(NOWHERE, Identity(EVIDENCE_ID, SHA), SHA, make_verdict(), NOW + timedelta(days=9), True, (), ())
    return replace(made, **changes)


def reported(file: Path | None = Path("/srv/x.pdf"), **changes: Any) -> Reported:
    draft = Draft(
        ReportRequest(NOWHERE, "en"), Identity(EVIDENCE_ID, SHA), make_verdict(), State(3, 9, 0, 0), b"%PDF", 8, "en",
        SECTIONS, False, "", None,
    )  # fmt: skip
    return Reported(replace(draft, **changes), file, "0" * 32, True)
