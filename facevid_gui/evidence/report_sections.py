"""What a report says in words: the record sheet, the check, where the record came from, the answer (floor 1).

What enters: the gathered facts. What leaves: parts on the paper. The fields of the record sheet are those that China's
rules for electronic data ask for (Supreme People's Court, Procuratorate and Ministry of Public Security, 2016, art. 14;
civil evidence rules, art. 93 and 94): cause, object, content, time, place, method, process, people, tool, environment,
check values. What the program cannot know is left to be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from facevid_gui.core.report_sections import SECTIONS
from facevid_gui.core.wording import (
    local_time,
    media_name,
    question_result,
    risk_limits,
    risk_meaning,
    score_text,
    signer_text,
)
from facevid_gui.evidence.reading_rows import (
    Row,
    answer_rows,
    check_rows,
    detail_rows,
    headline,
    identity_rows,
    reason_lines,
    source_text,
)
from facevid_gui.evidence.report_paper import Column, ReportPaper

if TYPE_CHECKING:
    from facevid_gui.core.exchange import Exchange
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.record import Record
    from facevid_gui.evidence.report_facts import ReportFacts
    from facevid_gui.evidence.review import Reviewed

_PROGRAM = ("name", "version", "build_sha256", "python", "tls_library")


def add_front(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """What no choice of sections leaves out: the verdict, what it speaks of, what the paper is and is not."""
    text, verdict, state, chosen = messages.text, facts.verdict, facts.state, facts.wish.sections
    paper.title(text("report.title"))
    paper.statement(headline(verdict, messages), bad=not verdict.verified)
    if not verdict.verified:
        paper.paragraph(text("report.not_clean"), bad=True)
        paper.bullets(reason_lines(verdict, messages), bad=True)
    paper.rows(_front_rows(facts, messages))
    paper.paragraph(text("report.about", folder=facts.folder.name))
    noted = "noted" if verdict.verified else "noted_broken"
    paper.paragraph(
        text("report.as_of", custody=state.custody, access=state.access, notes=state.notes, snapshots=state.snapshots,
             at=facts.at)
    )  # fmt: skip
    paper.paragraph(text(f"report.{noted}", next=state.custody + 1, custody=state.custody))
    paper.paragraph(text("report.unmasked" if facts.wish.unmask else "report.masked"))
    if missing := [text(f"report.section.{name}") for name in SECTIONS if name not in chosen]:
        paper.paragraph(text("report.left_out", sections=", ".join(missing)), grey=True)


def add_sheet(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """The record sheet."""
    paper.paragraph(messages.text("report.sheet.note"), grey=True)
    if facts.reviewed is None:
        paper.paragraph(messages.text("page.no_record"), bad=True)
        return
    label = messages.text
    paper.rows((label(f"report.sheet.{name}"), value) for name, value in _sheet(facts, facts.reviewed, messages))


def add_check(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """What this run's check came to, with every finding."""
    text, verdict = messages.text, facts.verdict
    paper.paragraph(text("report.check.note", count=verdict.files_checked))
    head = text("page.label.custody_head")  # that of the state, not of what was added since
    rows = [row for row in check_rows(verdict, messages) if row[0] != head]
    paper.rows([*rows, (head, facts.history.custody_head)])
    if verdict.reasons:
        paper.subheading(text("report.check.reasons"))
        paper.bullets(reason_lines(verdict, messages), bad=not verdict.verified)
    else:
        paper.paragraph(text("report.check.no_reasons"))


def add_provenance(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """Whose record, from where, in which exchanges."""
    text, reviewed = messages.text, facts.reviewed
    if reviewed is None:
        paper.paragraph(text("page.no_record"), bad=True)
        return
    paper.paragraph(text("report.zone"), grey=True)
    paper.rows(identity_rows(reviewed, messages, unmask=facts.wish.unmask))
    paper.rows(_origin_rows(facts, reviewed, messages))
    paper.subheading(text("report.exchanges"), needs_mm=45)
    paper.paragraph(text("report.exchanges.note"), grey=True)
    columns = [Column(text(f"report.exchange.{name}"), share) for name, share in
               (("number", 0.06), ("request", 0.34), ("answer", 0.13), ("times", 0.47))]  # fmt: skip
    paper.table(columns, (_exchange(number, e, messages) for number, e in enumerate(reviewed.capture.exchanges, 1)))


def add_answer(paper: ReportPaper, facts: ReportFacts, messages: Messages) -> None:
    """Scores, tags with their limits, questions."""
    text, reviewed = messages.text, facts.reviewed
    if reviewed is None:
        paper.paragraph(text("page.no_record"), bad=True)
        return
    record = reviewed.record
    paper.rows(_answer(record, messages))
    is_order = record.kind == "kyc"
    paper.paragraph(text("scores.limits" if is_order else "scores.none_ess"), grey=True)
    if is_order:
        _add_tags(paper, record, messages)
    if record.questions:
        paper.subheading(text("report.questions"))
        for number, question in enumerate(record.questions, 1):
            said = text("value.not_returned") if question.transcript is None else question.transcript
            paper.rows([(text("label.question", number=number), f"{said}\n{question_result(question, messages)[0]}")])
    if details := list(detail_rows(record, unmask=facts.wish.unmask)):
        paper.subheading(text("report.details"))
        paper.rows(details)
    for warning in record.warnings:
        paper.paragraph(warning, bad=True)


def _front_rows(facts: ReportFacts, messages: Messages) -> Iterator[Row]:
    text, reviewed = messages.text, facts.reviewed
    yield text("page.label.evidence_id"), facts.identity.evidence_id
    if reviewed is not None:
        record = reviewed.record
        yield text("report.sheet.object"), _object(record, messages)
        yield text("label.signer"), signer_text(record.signer, unmask=facts.wish.unmask) if record.signer else None
        yield text("page.label.case"), reviewed.capture.case_ref
        yield text("page.label.captured_at"), local_time(reviewed.capture.captured_at, messages)
        yield text("page.label.sealed_at"), local_time(reviewed.capture.sealed_at, messages)
    yield text("label.source"), source_text(facts.verdict, messages)
    yield text("page.label.seal"), facts.verdict.seal_sha256


def _sheet(facts: ReportFacts, reviewed: Reviewed, messages: Messages) -> Iterator[Row]:
    text, capture, record = messages.text, reviewed.capture, reviewed.record
    program, provider = capture.program, capture.provider
    operator = [capture.operator.get(name) for name in ("name", "role", "account")]
    yield "case", capture.case_ref
    yield "purpose", capture.purpose
    yield "legal_basis", capture.legal_basis
    yield "object", _object(record, messages)
    yield "content", _content(record, messages)
    yield "people", " · ".join(filter(None, operator))
    yield "time", local_time(capture.captured_at, messages)
    yield "sealed", local_time(capture.sealed_at, messages)
    yield "clock", text("report.clock", seconds=f"{record.clock_offset_s:+g}") if record.clock_offset_s else None
    yield "place", text("report.by_hand")
    yield "source", f"{source_text(facts.verdict, messages)}\n{provider.host} · {provider.action} {provider.version}"
    yield "method", text("report.method" if capture.witnessed else "report.method_imported")
    yield "process", "\n".join(_process(reviewed, messages))
    yield "tool", " · ".join(filter(None, (program.get(name) for name in _PROGRAM)))
    yield "environment", " · ".join(filter(None, (program.get("host"), program.get("os"))))
    yield "algorithm", text("report.algorithm")
    yield "digest", facts.verdict.seal_sha256
    yield "integrity", headline(facts.verdict, messages)
    yield "list", text("report.list")


def _object(record: Record, messages: Messages) -> str:
    ids = (("FlowId", record.flow_id), ("SignId", record.sign_id), ("orderNo", record.order_no))
    named = [f"{name} {value}" for name, value in ids if value]
    return "\n".join([messages.text(f"record.kind.{record.kind}"), *named])


def _content(record: Record, messages: Messages) -> str:
    names = [media_name(item, messages) for item in (*record.clips, *record.photos)]
    return messages.text("report.content", media=", ".join(names) or messages.text("page.none"))


def _process(reviewed: Reviewed, messages: Messages) -> Iterator[str]:
    text, capture = messages.text, reviewed.capture
    for number, exchange in enumerate(capture.exchanges, 1):
        role = text(f"report.role.{exchange.role}")
        yield text("report.process.asked", number=number, role=role, at=local_time(exchange.sent_at, messages))
    yield text("report.process.derived", count=len(capture.derived))
    if capture.sealed_at is not None:
        yield text("report.process.sealed", at=local_time(capture.sealed_at, messages))


def _origin_rows(facts: ReportFacts, reviewed: Reviewed, messages: Messages) -> Iterator[Row]:
    text = messages.text
    yield text("label.source"), source_text(facts.verdict, messages)
    yield (
        text("report.witnessed"),
        text("report.witnessed.yes" if reviewed.capture.witnessed else "report.witnessed.no"),
    )
    if reviewed.capture.provider.custom_ca:
        yield text("report.custom_ca"), text("report.custom_ca.yes")


def _exchange(number: int, exchange: Exchange, messages: Messages) -> tuple[str, ...]:
    parts = urlsplit(exchange.url)
    asked = f"{exchange.method} {parts.netloc}{parts.path}\n{messages.text(f'report.role.{exchange.role}')}"
    status = "-" if exchange.status is None else f"HTTP {exchange.status}"
    size = "" if exchange.size_bytes is None else f"\n{messages.text('report.bytes', size=f'{exchange.size_bytes:,}')}"
    whole = "" if exchange.complete else f"\n{messages.text('report.incomplete')}"
    times = [f"→ {local_time(exchange.sent_at, messages)}"]
    if exchange.received_at:
        times.append(f"← {local_time(exchange.received_at, messages)}")
    tls = exchange.tls
    if tls is not None:
        times.append(" ".join(filter(None, (tls.version, tls.cipher, exchange.ip))))
    return str(number), asked, f"{status}{size}{whole}", "\n".join(times)


def _answer(record: Record, messages: Messages) -> Iterator[Row]:
    """What was answered; scores say how they are missing, tags and questions have parts of their own."""
    text = messages.text
    scores = {text(f"label.{name}"): name for name in ("live_rate", "similarity")}
    apart = {text("label.risk_tag"), *(text("label.question", number=n + 1) for n in range(len(record.questions)))}
    for label, value in answer_rows(record, messages):
        if label in scores:
            yield label, score_text(record.scores, scores[label], messages)
        elif label not in apart:
            yield label, value


def _add_tags(paper: ReportPaper, record: Record, messages: Messages) -> None:
    paper.subheading(messages.text("report.tags"))
    if not record.risk_tags:
        paper.paragraph(messages.text("report.no_tags"))
    for tag in record.risk_tags:
        look = [messages.text(f"{tag.meaning_id}.look")] if tag.meaning_id else []
        lines = [risk_meaning(tag, messages), *look, risk_limits(tag, messages)]
        paper.rows([(f"{tag.field} {tag.tag}", "\n".join(lines))])
