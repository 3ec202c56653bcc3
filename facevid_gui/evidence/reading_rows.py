"""What documents for people without this program say of a folder, row by row (floor 1).

What enters: what checking and reading a folder came to. What leaves: labels and values in one language, for the reading
page of a package and for the report. Values come from strangers: whoever lays them out makes them harmless. Personal
data are masked unless asked otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.masking import mask_number
from facevid_gui.core.wording import local_time, media_name, risk_meaning, signer_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import Record
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.review import Reviewed

Row = tuple[str, str | None]


def headline(verdict: FolderVerdict, messages: Messages) -> str:
    """The verdict in capitals; what is not of an official source says so in the same breath."""
    text = messages.text
    found = text(f"verdict.{verdict.verdict}")
    if verdict.source == "official":
        return found
    return text("verdict.not_official", headline=found, source=source_text(verdict, messages))


def source_text(verdict: FolderVerdict, messages: Messages) -> str:
    """Where the record came from, as computed from its exchanges."""
    return messages.text(f"source.{verdict.source or 'unknown'}")


def reason_lines(verdict: FolderVerdict, messages: Messages) -> list[str]:
    """Every finding of the check: what, which file, the technical detail."""
    return [
        f"{messages.text(f'reason.{r.code}')} {r.path} {messages.detail(r.detail)}".rstrip() for r in verdict.reasons
    ]


def check_rows(verdict: FolderVerdict, messages: Messages) -> Iterator[Row]:
    """What the check found of seal, signature and timestamp."""
    text, signer, stamp, delay = messages.text, verdict.signer, verdict.stamp, verdict.capture_to_seal_s
    yield text("label.source"), source_text(verdict, messages)
    yield text("page.label.seal"), verdict.seal_sha256
    yield text("label.signed_by"), signer.subject if signer else None
    yield text("page.label.signer_sha256"), signer.sha256 if signer else None
    yield text("page.label.stamp"), f"{to_rfc3339(stamp.time)} {stamp.authority}" if stamp else text("page.none")
    yield text("page.label.capture_to_seal"), None if delay is None else f"{delay:g} s"
    yield text("page.label.custody_head"), verdict.custody_head


def detail_rows(record: Record, *, unmask: bool) -> Iterator[Row]:
    """The further values of the answer under their own names."""
    for detail in record.details:
        yield detail.name, detail.value if unmask or not detail.personal else mask_number(detail.value)


def identity_rows(reviewed: Reviewed, messages: Messages, *, unmask: bool) -> Iterator[Row]:
    """Which record this is, whose, from when, and who took it for what."""
    text, record, capture = messages.text, reviewed.record, reviewed.capture
    yield text("page.label.kind"), text(f"record.kind.{record.kind}")
    yield text("page.label.evidence_id"), record.evidence_id
    yield text("label.flow_id"), record.flow_id
    yield text("label.sign_id"), record.sign_id
    yield text("label.order_no"), record.order_no
    yield text("label.signer"), signer_text(record.signer, unmask=unmask) if record.signer else None
    yield text("label.occurred_at"), local_time(record.occurred_at, messages)
    yield text("page.label.captured_at"), local_time(capture.captured_at, messages)
    yield text("page.label.sealed_at"), local_time(capture.sealed_at, messages)
    yield text("page.label.case"), capture.case_ref
    yield text("page.label.purpose"), capture.purpose
    yield text("page.label.legal_basis"), capture.legal_basis
    yield text("page.label.operator"), capture.operator.get("account")
    yield text("page.label.host"), capture.provider.host
    yield text("page.label.review_by"), capture.retention.get("review_by")


def answer_rows(record: Record, messages: Messages) -> Iterator[Row]:
    """What the provider answered: result, scores and tags as received, transcripts, what media came."""
    text = messages.text
    outcome = record.outcome
    yield text("label.provider_code"), " ".join(filter(None, (outcome.provider_code, outcome.provider_message)))
    yield text("label.request_id"), outcome.request_id
    if record.kind == "kyc":
        none = text("value.not_returned")
        yield text("label.live_rate"), none if record.scores.live_rate is None else record.scores.live_rate
        yield text("label.similarity"), none if record.scores.similarity is None else record.scores.similarity
    for tag in record.risk_tags:
        yield text("label.risk_tag"), f"{tag.field} {tag.tag}: {risk_meaning(tag, messages)}"
    for number, question in enumerate(record.questions, 1):
        said = text("value.not_returned") if question.transcript is None else question.transcript
        yield text("label.question", number=number), f"{said} ({question.code or '-'})"
    for item in (*record.clips, *record.photos):
        unusable = text("media.unusable")
        problem = text(f"problem.{item.problem}") if item.problem and item.path else ""
        yield media_name(item, messages), f"{item.path or unusable} {problem}".rstrip()
