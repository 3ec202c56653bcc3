"""`facevid doctor`: what is there, what is missing, how to get it (floor 4). No secret, no person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from facevid_gui.diagnosis import words
from facevid_gui.diagnosis.checking import findings
from facevid_gui.diagnosis.finding import MISSING, Finding, Question

if TYPE_CHECKING:
    from facevid_gui.console.context import Context

SCHEMA = "facevid-doctor/1"


def run(context: Context) -> int:
    """Check everything; exit 3 when something needed for look-up and evidence is missing."""
    found: list[Finding] = []
    for finding in findings(Question(context.house, context.token)):
        found.append(finding)
        context.output.line(f"{words.MARKS[finding.state]} {words.line_of(finding, context.messages)}")
        cure = words.cure_of(finding, context.messages)
        if cure:
            context.output.line(f"    → {cure}")
    healthy = all(finding.state != MISSING for finding in found)
    context.output.document({"schema": SCHEMA, "ok": healthy, "checks": [_member(context, one) for one in found]})
    return 0 if healthy else 3


def _member(context: Context, finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "state": finding.state,
        "value": finding.value,
        "next_step": words.cure_of(finding, context.messages),
    }
