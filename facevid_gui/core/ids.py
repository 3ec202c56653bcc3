"""The ids of the field: what they look like, and what is wrong with one that does not (floor 0).

What enters: text as pasted. What leaves: a cleaned id, or a `UsageError` that says what is wrong.
Sources: FlowId and SignId are 32 letters and digits (ess.md 2.2); orderNo is 1 to 32 letters and
digits chosen by the integrator (kyc.md 5).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from facevid_gui.core.errors import UsageError

KINDS = ("ess", "essbasic", "kyc")
_ALNUM = re.compile(r"[A-Za-z0-9]*")
_EVIDENCE_ID = re.compile(r"[0-9a-f]{32}")
_FOLDER_NAME = re.compile(r"fv-([0-9]{8}T[0-9]{6}Z)-(ess|essbasic|kyc)-([0-9a-f]{32})")
_CAPTURE_PATH = re.compile(r"(?:[a-z0-9][a-z0-9._-]{0,60}/){0,3}[a-z0-9][a-z0-9._-]{0,60}")
_INVISIBLE = {"Cf", "Cc", "Zs", "Zl", "Zp"}


@dataclass(frozen=True)
class CleanedId:
    """An id after cleaning; `changed` says that the user should see it was cleaned."""

    text: str
    changed: bool


def clean_id(pasted: str) -> CleanedId:
    """Turn full-width letters into plain ones and drop blanks and invisible characters around and inside."""
    normal = unicodedata.normalize("NFKC", pasted)
    text = "".join(c for c in normal if unicodedata.category(c) not in _INVISIBLE)
    return CleanedId(text, text != pasted)


def check_flow_id(text: str) -> str:
    """Return a FlowId of 32 letters and digits; `UsageError` otherwise."""
    return _check_exact("flow_id", text)


def check_sign_id(text: str) -> str:
    """Return a SignId of 32 letters and digits; `UsageError` otherwise."""
    return _check_exact("sign_id", text)


def check_order_no(text: str) -> str:
    """Return an orderNo of 1 to 32 letters and digits; `UsageError` otherwise."""
    if not text:
        raise UsageError("order_no_empty")
    if not _ALNUM.fullmatch(text):
        raise UsageError("order_no_characters", bad=_first_bad(text))
    if len(text) > 32:
        raise UsageError("order_no_length", length=len(text))
    return text


def _check_exact(what: str, text: str) -> str:
    if not text:
        raise UsageError(f"{what}_empty")
    if not _ALNUM.fullmatch(text):
        raise UsageError(f"{what}_characters", bad=_first_bad(text))
    if len(text) != 32:
        raise UsageError(f"{what}_length", length=len(text))
    return text


def _first_bad(text: str) -> str:
    return next(c for c in text if not _ALNUM.fullmatch(c))


def new_evidence_id() -> str:
    """Make 32 random hex digits; says nothing about person, provider or time."""
    import secrets  # costs more than the window has to spend at its start

    return secrets.token_hex(16)


def is_evidence_id(text: str) -> bool:
    """Whether `text` is 32 lower-case hex digits."""
    return _EVIDENCE_ID.fullmatch(text) is not None


def folder_name(kind: str, evidence_id: str, captured_at: datetime) -> str:
    """Name an evidence folder: `fv-<YYYYMMDD>T<HHMMSS>Z-<kind>-<evidence_id>` (design section 9)."""
    return f"fv-{captured_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{kind}-{evidence_id}"


def evidence_id_of(name: str) -> str | None:
    """Return the evidence id inside a folder name, or None when it is not such a name."""
    match = _FOLDER_NAME.fullmatch(name)
    return match[3] if match else None


def is_capture_path(text: str) -> bool:
    """Whether `text` names a file inside a capture: relative, lower-case ASCII, never leading out of it."""
    return _CAPTURE_PATH.fullmatch(text) is not None and ".." not in text
