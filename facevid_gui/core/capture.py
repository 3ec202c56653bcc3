"""The capture record `capture.json`: what was asked, what came back, what was made of it (floor 0).

What enters: facts gathered while looking up. What leaves: the bytes of `capture.json`, and the same
facts read back years later. The bytes that were hashed are the record: nothing is ever re-serialised
in order to verify, and there is no canonical form. Members: design section 9.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import from_rfc3339, to_rfc3339
from facevid_gui.core.exchange import Exchange, capture_path, optional, texts
from facevid_gui.core.ids import KINDS, is_evidence_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import NoReturn

SCHEMA = "facevid-evidence/1"
MAX_CAPTURE_JSON_BYTES = 4 * 1024 * 1024
LIMITS = (
    "TLS leaves no proof a third party could check that the provider sent these bytes; "
    "the folder shows what this workstation, at this time, says it received."
)


@dataclass(frozen=True)
class ProviderFacts:
    """Who was asked, for what. `source` and `custom_ca` are what was computed at capture time; see `provenance`."""

    kind: str
    host: str
    action: str
    version: str
    source: str = ""
    custom_ca: bool = False
    flow_id: str | None = None
    sign_id: str | None = None
    order_no: str | None = None
    request_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The `provider` member."""
        return dict(vars(self))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ProviderFacts:
        """Read the `provider` member; unknown members are ignored."""
        if data["kind"] not in KINDS:
            raise ValueError("unknown kind of provider")
        return cls(
            kind=data["kind"],
            host=str(data["host"]),
            action=str(data["action"]),
            version=str(data["version"]),
            source=optional(data, "source", str) or "",
            custom_ca=data.get("custom_ca") is True,
            flow_id=optional(data, "flow_id", str),
            sign_id=optional(data, "sign_id", str),
            order_no=optional(data, "order_no", str),
            request_id=optional(data, "request_id", str),
        )


@dataclass(frozen=True)
class Derived:
    """A file made from an answer: where its text stood, what was undone to get it, and its hash.

    `pointer` is a JSON pointer into `source`; `decoding` lists the steps in order; `repairs` names what
    the tolerant decoder had to mend; `problem` is a message id when the text was damaged.
    """

    path: str
    role: str
    index: int
    source: str
    pointer: str
    decoding: tuple[str, ...]
    sha256: str
    size_bytes: int
    media_type: str
    repairs: tuple[str, ...] = ()
    problem: str | None = None

    def to_json(self) -> dict[str, Any]:
        """One item of `derived`."""
        return {**vars(self), "decoding": list(self.decoding), "repairs": list(self.repairs)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Derived:
        """Read one item of `derived`; unknown members are ignored."""
        return cls(
            path=capture_path(str(data["path"])),
            role=str(data["role"]),
            index=optional(data, "index", int) or 1,
            source=capture_path(str(data["source"])),
            pointer=str(data["pointer"]),
            decoding=texts(data["decoding"]),
            sha256=str(data["sha256"]),
            size_bytes=optional(data, "size_bytes", int) or 0,
            media_type=str(data["media_type"]),
            repairs=texts(data.get("repairs", [])),
            problem=optional(data, "problem", str),
        )


@dataclass(frozen=True)
class CopiedValue:
    """A value copied from an answer, marked as a copy by its source file and JSON pointer."""

    name: str
    value: str
    source: str
    pointer: str

    def to_json(self) -> dict[str, str]:
        """One item of `result`."""
        return dict(vars(self))


@dataclass(frozen=True)
class CaptureRecord:
    """The whole record. Times are aware UTC. The sealing members are None until a capture is sealed."""

    evidence_id: str
    captured_at: datetime
    provider: ProviderFacts
    operator: Mapping[str, str]
    program: Mapping[str, str]
    witnessed: bool = True
    exchanges: tuple[Exchange, ...] = ()
    derived: tuple[Derived, ...] = ()
    result: tuple[CopiedValue, ...] = ()
    retention: Mapping[str, str] = field(default_factory=dict)
    case_ref: str | None = None
    purpose: str | None = None
    legal_basis: str | None = None
    sealed_at: datetime | None = None
    draft_sha256: str | None = None

    def to_bytes(self) -> bytes:
        """Serialise as UTF-8 JSON with two-space indent and a final LF."""
        data = {
            "schema": SCHEMA,
            "evidence_id": self.evidence_id,
            "case_ref": self.case_ref,
            "purpose": self.purpose,
            "legal_basis": self.legal_basis,
            "operator": dict(self.operator),
            "captured_at": to_rfc3339(self.captured_at),
            "sealed_at": to_rfc3339(self.sealed_at) if self.sealed_at else None,
            "draft_sha256": self.draft_sha256,
            "program": dict(self.program),
            "provider": self.provider.to_json(),
            "witnessed": self.witnessed,
            "exchanges": [exchange.to_json() for exchange in self.exchanges],
            "derived": [item.to_json() for item in self.derived],
            "result": [value.to_json() for value in self.result],
            "retention": dict(self.retention),
            "limits": LIMITS,
        }
        text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
        return text.encode("utf-8", "backslashreplace")  # half a surrogate pair becomes its JSON escape

    @classmethod
    def from_bytes(cls, raw: bytes) -> CaptureRecord:
        """Read a record; unknown members are ignored. `ValueError` for anything that is not one."""
        if len(raw) > MAX_CAPTURE_JSON_BYTES:
            raise ValueError("capture.json is too large")
        try:
            data = json.loads(raw, parse_constant=_refuse, object_pairs_hook=unique_members)
            if data["schema"] != SCHEMA:
                raise ValueError(f"unknown schema {str(data['schema'])[:40]!r}")
            return cls._from_json(data)
        except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ValueError(f"capture.json is malformed: {type(error).__name__}") from error

    @classmethod
    def _from_json(cls, data: Mapping[str, Any]) -> CaptureRecord:
        sealed_at = data.get("sealed_at")
        if not is_evidence_id(data["evidence_id"]):
            raise ValueError("not an evidence id")
        return cls(
            evidence_id=data["evidence_id"],
            captured_at=from_rfc3339(data["captured_at"]),
            provider=ProviderFacts.from_json(data["provider"]),
            operator=_mapping(data["operator"]),
            program=_mapping(data["program"]),
            witnessed=data["witnessed"] is True,
            exchanges=tuple(Exchange.from_json(item) for item in data["exchanges"]),
            derived=tuple(Derived.from_json(item) for item in data["derived"]),
            result=tuple(
                CopiedValue(str(v.get("name", "")), str(v["value"]), str(v.get("source", "")), str(v["pointer"]))
                for v in data["result"]
            ),
            retention=_mapping(data.get("retention", {})),
            case_ref=optional(data, "case_ref", str),
            purpose=optional(data, "purpose", str),
            legal_basis=optional(data, "legal_basis", str),
            sealed_at=from_rfc3339(sealed_at) if sealed_at else None,
            draft_sha256=optional(data, "draft_sha256", str),
        )

    @property
    def review_by(self) -> datetime | None:
        """When this copy must be reviewed or deleted; None when the record does not say."""
        try:
            return from_rfc3339(self.retention["review_by"])
        except (KeyError, ValueError):
            return None

    def answer_exchanges(self) -> tuple[Exchange, ...]:
        """The exchanges that may hold the answer, latest first: the complete ones that asked for the record.

        When the flow itself was refused, that refusal is the answer.
        """
        whole = [e for e in reversed(self.exchanges) if e.complete and e.path and not e.trimmed]
        return tuple([e for e in whole if e.role == "record"] or whole)

    def flow_exchange(self) -> Exchange | None:
        """The exchange that holds the trimmed copy of the flow, if any."""
        for exchange in reversed(self.exchanges):
            if exchange.role == "flow" and exchange.trimmed and exchange.path:
                return exchange
        return None


def retention_rule(captured_at: datetime, days: int) -> dict[str, str]:
    """The `retention` member: when this copy must be reviewed or deleted, and by which rule."""
    return {
        "review_by": to_rfc3339(captured_at + timedelta(days=days)),
        "rule": f"{days} days after capture (setting of this workstation)",
    }


def unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object for `json.loads`; `ValueError` when a member stands twice: no two readers agree on which counts."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _mapping(value: object) -> dict[str, str]:
    """The members of an object that are texts; `TypeError` when it is no object."""
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return {name: text for name, text in value.items() if isinstance(text, str)}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
