"""The states of the record page with ordinary words, the longest there are; and what stands around it."""

from collections.abc import Iterator
from pathlib import Path

from facevid_gui.bridge.session import Page
from facevid_gui.core.clip import AudioFacts, ClipFacts, VideoFacts
from facevid_gui.core.deadline import Deadline, deadline_for
from facevid_gui.core.errors import SubjectError
from facevid_gui.core.outcome import Outcome, OutcomeKind
from facevid_gui.core.record import Flow, Question, Signer
from facevid_gui.core.verdict import Verdict
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.evidence.review import UnreadableFolderError
from facevid_gui.simulator.records import sign_id
from tests.support.window_driver import Driver
from tests.support.window_records import (
    NOW,
    clip,
    make_capture,
    make_entry,
    make_record,
    make_reviewed,
    make_verdict,
    reasons,
)

VIDEO = VideoFacts("h264", "High", 480, 640, 0, 25.0, "yuv420p", 125)
TIMES = tuple(range(0, 5_000_000, 40_000))
FACTS = ClipFacts("mov,mp4", "isom iso2", 0, 5_000_000, 2, VIDEO, AudioFacts("aac", 16000, 1), TIMES, (0,))


def pages() -> Iterator[tuple[str, Page]]:
    """States of the page with ordinary words, the longest there are."""
    late = deadline_for("ess", NOW.replace(day=9))
    capture = make_capture(case_ref="2026-0311 (district court, second instance)", purpose="disputed signature")
    people = tuple(
        Signer(sign_id(name), "赵样本", kind, state, NOW, Deadline(None, None))
        for name, kind, state in (
            ("A", "PERSON", "signed"),
            ("B", "ORGANIZATION", "waiting"),
            ("C", "PERSON", "refused"),
        )
    )
    clips = (clip(), clip("question"), *(clip("nod", number) for number in range(1, 11)))
    questions = tuple(Question("是的,本人自愿签署本合同并知晓全部内容", code) for code in ("0", "-1"))
    yield "empty", Page()
    yield "contract", Page("record", make_reviewed(make_record(clips=clips, questions=questions, deadline=late)))
    yield "order", Page("record", make_reviewed(make_record("kyc", clips=(clip(),), source="custom")))
    for verdict in (Verdict.VERIFIED, Verdict.UNKNOWN_SIGNER, Verdict.REGISTER_DISAGREES):
        found = make_verdict(
            verdict, source="custom", reasons=reasons("changed", "missing", "custody_changed", "extra")
        )
        record = make_record("kyc", clips=(clip(),), source="custom")
        yield f"sealed {verdict}", Page("record", make_reviewed(record, found, capture))
    yield "no recording", Page("record", make_reviewed(make_record(source="simulator")))
    yield "signers", Page("outcome", outcome=Outcome(OutcomeKind.REFUSED, "signer_needed", 1, request_id="r" * 36),
                          flow=Flow("", "", "", people))  # fmt: skip
    for kind, code in ((OutcomeKind.NETWORK, "unreachable"), (OutcomeKind.SIGNATURE, "credentials_refused")):
        outcome = Outcome(
            kind, code, 3, "AuthFailure.SignatureFailure", "The signature is not valid.", "r" * 36, 3600.0
        )
        yield f"outcome {code}", Page("outcome", outcome=outcome, capture=Path("/captures/x"))
    yield "error", Page("error", error=SubjectError("media_too_large", path="media/liveness.mp4", limit=400))
    unreadable = make_verdict(Verdict.UNREADABLE, reasons=reasons("unreadable"))
    yield "unreadable", Page("error", error=UnreadableFolderError(unreadable), verdict=unreadable)


def furnish(driver: Driver) -> None:
    """What stands around the page."""
    driver.choose_profile(
        make_profile("contracts", "ess", {"user_id": "u", "endpoint": "https://proxy.example"}),
        make_profile("orders", "kyc", {"app_id": "a"}),
    )
    driver.session.evidence_roots = (Path("/srv/investigator/Documents/evidence of the fraud department"),)
    driver.window.page._now = driver.window.library.view.itemDelegate()._now = lambda: NOW  # type: ignore[attr-defined]
    driver.session.keyring = "unavailable"
    driver.session.keyring_changed.emit()
    driver.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    driver.list_entries(
        (
            make_entry(number, state, last_verdict="altered", case_ref="2026-0311")
            for number, state in enumerate(("complete", "interrupted", "sealed", "unreadable"))
        ),
        NOW,
    )
