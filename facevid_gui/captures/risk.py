"""KYC's risk tags and what they mean (floor 1).

What enters: a document of `queryfacerecord`. What leaves: tags, split and never dropped. Only
LivenessInfoTag has a table for this product (kyc.md 7.2); faceid numbers the same tags differently from
04 on, and mixing the two tables would accuse people of the wrong thing.
"""

from __future__ import annotations

import re

from facevid_gui.captures.scanner import Json, text_of
from facevid_gui.core.record import RiskTag

LIVENESS_TAGS = tuple(f"{number:02d}" for number in range(1, 13))
_SEPARATORS = re.compile(r"[_,;，；\s]+")


def risk_tags(document: Json) -> tuple[RiskTag, ...]:
    """Collect the members of every `RiskInfo` object, in any spelling, in `result` or at top level."""
    found: list[RiskTag] = []
    for holder in (document, _member_any_case(document, "result")):
        info = _member_any_case(holder, "riskinfo")
        if isinstance(info, dict):
            for field, value in info.items():
                found += _tags_of(field, value)
    return tuple(dict.fromkeys(found))


def _tags_of(field: str, value: Json) -> list[RiskTag]:
    text = text_of(value)
    if text is None:
        return []
    is_liveness = field.lower() == "livenessinfotag"
    tags = [tag for tag in _SEPARATORS.split(text) if tag]
    return [
        RiskTag(field, tag, f"risk.liveness.{tag}" if is_liveness and tag in LIVENESS_TAGS else None) for tag in tags
    ]


def _member_any_case(holder: Json, name: str) -> Json:
    if not isinstance(holder, dict):
        return None
    return next((value for key, value in holder.items() if key.lower() == name), None)
