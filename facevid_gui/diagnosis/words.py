"""How findings are said, on a terminal, in the window and as a text to send to somebody (floor 1)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.logs import REDACTOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.core.messages import Messages
    from facevid_gui.diagnosis.finding import Finding

_SYSTEMS = {"win32": "windows", "darwin": "mac", "linux": "linux"}
MARKS = {"ok": "✓", "warn": "!", "missing": "✗"}


def name_of(finding: Finding, messages: Messages) -> str:
    """What was looked at."""
    return messages.text(f"doctor.{finding.name}")


def value_of(finding: Finding, messages: Messages) -> str:
    """What was found."""
    known = f"doctor.value.{finding.name}.{finding.value}"
    if messages.has(known):
        return messages.text(known, **dict(finding.values))
    if messages.has(f"error.{finding.value}"):
        return messages.text(f"error.{finding.value}", **dict(finding.values))
    where, mark, reason = finding.value.rpartition(": ")  # a folder, and what the system says of it
    return f"{where}{mark}{messages.detail(reason)}"


def line_of(finding: Finding, messages: Messages) -> str:
    """Both, in one line."""
    return messages.text("doctor.line", name=name_of(finding, messages), value=value_of(finding, messages))


def cure_of(finding: Finding, messages: Messages, system: str = sys.platform) -> str:
    """What to do about it on this system; empty when there is nothing to do."""
    if not finding.cure:
        return ""
    own = f"{finding.cure}.on_{_SYSTEMS.get(system, 'linux')}"
    return messages.text(own if messages.has(own) else finding.cure, **dict(finding.values))


def text_of(findings: Sequence[Finding], messages: Messages) -> str:
    """All of it as lines to copy: no secret, and the name of the account's folder is left out."""
    lines = []
    for finding in findings:
        state = messages.text(f"doctor.state.{finding.state}")
        lines.append(f"{MARKS[finding.state]} {state} · {line_of(finding, messages)}")
        cure = cure_of(finding, messages)
        if cure:
            lines.append(f"    → {cure}")
    return shortened(REDACTOR.redact("\n".join(lines))) + "\n"


def shortened(text: str) -> str:
    """A text in which the user's own folder is "~"."""
    try:
        home = str(Path.home())
    except RuntimeError:
        return text
    return text if len(home) <= 1 else text.replace(home, "~")
