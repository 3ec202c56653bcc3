"""KYC's risk tags and what they mean (floor 1).

What enters: a document of `queryfacerecord`. What leaves: tags, split, and further risk members as they
are; no text is dropped. Neither spelling nor place of `RiskInfo` is certain (kyc.md 7.1), so it is looked for
everywhere. Only LivenessInfoTag has a table for this product (kyc.md 7.2); faceid numbers the same tags
differently from 04 on, and mixing the two tables would accuse people of the wrong thing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from facevid_gui.captures.scanner import Json, text_of
from facevid_gui.core.record import RiskTag

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVENESS_TAGS = tuple(f"{number:02d}" for number in range(1, 13))
_SEPARATORS = re.compile(r"[_,;，；\s]+")
_SUBJECTS = ("liveness", "device", "risk", "camera")
_MEMBERS = {"riskinfo"} | {f"{subject}info{what}" for subject in _SUBJECTS for what in ("tag", "level")}


def risk_tags(document: Json) -> tuple[RiskTag, ...]:
    """Collect the members of every `RiskInfo`, and risk members that stand without one, each tag once."""
    return tuple(dict.fromkeys(_search(document)))


def hollow_risks(document: Json) -> tuple[tuple[str, str], ...]:
    """The tags and levels that were returned without a value, "null" or "empty": that is not "not returned"."""
    return tuple(dict.fromkeys(_hollow(document)))


def is_risk_member(name: str) -> bool:
    """Whether a member of this name holds risk information."""
    return _plain(name) in _MEMBERS


def _search(value: Json) -> Iterator[RiskTag]:
    if isinstance(value, list):
        for item in value:
            yield from _search(item)
    elif isinstance(value, dict):
        for field, inner in value.items():
            yield from _info(field, inner) if is_risk_member(field) else _search(inner)


def _hollow(value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _hollow(item)
    elif isinstance(value, dict):
        for field, inner in value.items():
            text = text_of(inner)
            if not (is_risk_member(field) and _plain(field) != "riskinfo"):
                yield from _hollow(inner)
            elif inner is None:
                yield field, "null"
            elif text is not None and not text.strip():
                yield field, "empty"


def _info(field: str, value: Json) -> Iterator[RiskTag]:
    """The members of a `RiskInfo`, however deep; one that is no object but a text is shown as it is."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            for name, inner in item.items():
                yield from _info(name, inner)
        elif isinstance(item, bool) and _plain(field) not in _MEMBERS:
            yield RiskTag(field, str(item).lower())
        elif text := text_of(item):
            yield from _tags_of(field, text)


def _tags_of(field: str, text: str) -> Iterator[RiskTag]:
    name = _plain(field)
    known = LIVENESS_TAGS if name == "livenessinfotag" else ()
    for tag in filter(None, _SEPARATORS.split(text) if name.endswith("tag") else [text]):
        received = text if text != tag else ""
        yield RiskTag(field, tag, f"risk.liveness.{tag}" if tag in known else None, received)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
