"""KYC's risk tags and what they mean (floor 1).

What enters: a document of `queryfacerecord`. What leaves: tags, split, and further risk members as they
are; no text is dropped. Only LivenessInfoTag has a table for this product (kyc.md 7.2); faceid numbers the same tags
differently from 04 on, and mixing the two tables would accuse people of the wrong thing.
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
    for holder in (document, *_members_any_case(document, "result")):
        for info in _members_any_case(holder, "riskinfo"):
            if isinstance(info, dict):
                for field, value in info.items():
                    found += _tags_of(field, value)
    return tuple(dict.fromkeys(found))


def _tags_of(field: str, value: Json) -> list[RiskTag]:
    texts = [text for item in (value if isinstance(value, list) else [value]) if (text := text_of(item))]
    name = field.lower()
    if not name.endswith("tag"):
        return [RiskTag(field, text) for text in texts]
    tags = [tag for text in texts for tag in _SEPARATORS.split(text) if tag]
    known = LIVENESS_TAGS if name == "livenessinfotag" else ()
    return [RiskTag(field, tag, f"risk.liveness.{tag}" if tag in known else None) for tag in tags]


def _members_any_case(holder: Json, name: str) -> list[Json]:
    if not isinstance(holder, dict):
        return []
    return [value for key, value in holder.items() if key.lower() == name]
