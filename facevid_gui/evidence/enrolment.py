"""The enrolment sheet: a certificate's fingerprint on paper, signed by two people (floor 1).

What enters: a certificate. What leaves: one page of PDF. A self-signed key proves only "the same key as the other
folders"; a fingerprint that left this computer on paper, early, lets nobody exchange it later (research:
evidence-format, section 8). The QR code holds the 64 hex digits and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.evidence.pdf import MARGIN_MM, Paper
from facevid_gui.evidence.signing_key import describe_certificate

if TYPE_CHECKING:
    from datetime import datetime

    from facevid_gui.evidence.fonts import FontFace

_CODE_MM = 46.0
_STEPS = ("compare", "sign", "away", "give", "enrol", "later")
_TO_FILL_IN = ("name", "function", "place_and_date", "signature")
COMMAND = "openssl x509 -in enrolled-signer.pem -noout -fingerprint -sha256"


@dataclass(frozen=True)
class Sheet:
    """The sheet, and whether it could be written in Chinese."""

    pdf: bytes
    in_chinese: bool


def enrolment_sheet(certificate_der: bytes, at: datetime, font: FontFace | None = None) -> Sheet:
    """Make the sheet of a certificate; `at` is the day it is printed, `font` another than the system's."""
    facts = describe_certificate(certificate_der)
    paper = Paper(f"facevid enrolment sheet {facts['sha256'][:16]}", at, font)
    paper.title("sheet.title")
    paper.paragraph("sheet.purpose")
    top = paper.top_mm
    beside = paper.width_mm - _CODE_MM - 6
    paper.code(facts["sha256"], MARGIN_MM + paper.width_mm - _CODE_MM, top, _CODE_MM)
    paper.fact("sheet.subject", facts["subject"], beside)
    paper.fact("sheet.not_before", facts["not_before"], beside)
    paper.fact("sheet.not_after", facts["not_after"], beside)
    paper.fact("sheet.printed", to_rfc3339(at.replace(microsecond=0)), beside)
    paper.move_to(max(paper.top_mm, top + _CODE_MM))
    paper.heading("sheet.fingerprint")
    for line in fingerprint_lines(facts["sha256"]):
        paper.fixed(line)
    paper.paragraph("sheet.command")
    paper.fixed(COMMAND, 9)
    paper.heading("sheet.steps")
    for step in _STEPS:
        paper.paragraph(f"sheet.step.{step}")
    paper.heading("sheet.signatures")
    columns = ("", "sheet.first_person", "sheet.second_person")
    paper.boxes([columns, *((f"sheet.{name}", "", "") for name in _TO_FILL_IN)], 12)
    return Sheet(paper.to_bytes(), paper.in_chinese)


def fingerprint_lines(sha256: str) -> list[str]:
    """64 hex digits in groups of four, eight groups on a line: what two people can read to each other."""
    groups = [sha256[i : i + 4] for i in range(0, len(sha256), 4)]
    return [" ".join(groups[i : i + 8]) for i in range(0, len(groups), 8)]
