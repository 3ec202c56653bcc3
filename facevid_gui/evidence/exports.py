"""Where copies of a record went: what custody log, register and access log tell of exports (floor 1).

What enters: a folder, both logs. What leaves: one entry per export that came to something, so that the user can ask
for the copies back. What left this workstation by other ways, nobody wrote down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.evidence.review import custody_events

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class KnownExport:
    """One export. `at` is RFC 3339; texts are empty where nothing tells them."""

    export_id: str
    at: str = ""
    operator: str = ""
    recipient: str = ""
    file: str = ""
    sha256: str = ""


def known_exports(folder: Path, evidence_id: str, register: Path, access_log: Path) -> tuple[KnownExport, ...]:
    """Every export that is known, the oldest first; those that came to nothing are left out.

    `SurroundingsError` when a log cannot be read.
    """
    known: dict[str, KnownExport] = {}
    undone: set[str] = set()
    for event, told in (*_custody(folder), *_register(register, evidence_id), *_access(access_log, evidence_id)):
        if event == "exported":
            known[told.export_id] = _merged(known.get(told.export_id), told)
        else:
            undone.add(told.export_id)
    return tuple(sorted((e for e in known.values() if e.export_id not in undone), key=lambda export: export.at))


def _custody(folder: Path) -> Iterator[tuple[str, KnownExport]]:
    for event in custody_events(folder, None):
        if event.event in ("exported", "correction"):
            at = to_rfc3339(event.at)
            export_id = _text(event.detail, "export_id") or f"{event.seq} {at}"  # another program's event
            yield event.event, KnownExport(export_id, at, event.operator, _text(event.detail, "to"))


def _register(path: Path, evidence_id: str) -> Iterator[tuple[str, KnownExport]]:
    for data in _lines(path):
        detail = data.get("detail")
        if data.get("evidence_id") == evidence_id and isinstance(detail, dict) and detail.get("event") == "exported":
            at = _text(data, "at")
            yield "exported", KnownExport(_text(detail, "export_id") or at, at, recipient=_text(detail, "to"))


def _access(path: Path, evidence_id: str) -> Iterator[tuple[str, KnownExport]]:
    for data in _lines(path):
        detail, event = data.get("detail"), data.get("event")
        if data.get("subject") == evidence_id and isinstance(detail, dict) and event in ("exported", "export_undone"):
            at = _text(data, "at")
            yield event, KnownExport(
                _text(detail, "export_id") or at, at, _text(data, "operator"), _text(detail, "to"),
                _text(detail, "file"), _text(detail, "sha256"),
            )  # fmt: skip


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    for _, data in read_lines(path) if path.exists() else ():
        if data is not None:
            yield data


def _merged(first: KnownExport | None, second: KnownExport) -> KnownExport:
    """What one source does not tell is taken from the other."""
    if first is None:
        return second
    return replace(first, **{name: value for name, value in vars(second).items() if not getattr(first, name)})


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
