"""Adding a custody event to a sealed folder (floor 1).

What enters: a folder, an event. What leaves: two new files in `custody/`, and a register line naming the
new head, written first. Files appear by exclusive creation; a journal entry lets the next start finish
what a crash interrupted. Where the medium refuses, the register keeps the event as `pending` and the
caller's action proceeds with a notice (design section 6).
"""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.core.capture import MAX_CAPTURE_JSON_BYTES, CaptureRecord
from facevid_gui.core.errors import SubjectError
from facevid_gui.evidence import bag
from facevid_gui.evidence.custody import MAX_EVENT_BYTES, CustodyEvent, make_event
from facevid_gui.files import flush_folder, read_limited, write_new

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from facevid_gui.core.clock import Clock
    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.register import Register

_PREFIX = "custody-"
_REGISTER_EVENT = {"stamped": "stamped"}


class CustodyWriter:
    """Writes custody events for this home."""

    def __init__(self, register: Register, journal: Journal, clock: Clock, operator: str) -> None:
        self._register = register
        self._journal = journal
        self._clock = clock
        self._operator = operator

    def append(
        self,
        folder: Path,
        event: str,
        detail: Mapping[str, Any],
        signer: Signer,
        stamp_time: datetime | None = None,
    ) -> bool:
        """Add an event; False when the medium refused and the register keeps it as pending.

        Raises `SubjectError` not_evidence when the folder has no custody log to add to.
        """
        evidence_id, seal_sha256, last = _read_folder(folder)
        made = make_event(
            last + 1, event, at=self._clock.now(), operator=self._operator, detail=detail,
            previous=_head_of(folder, last), signer=signer,
        )  # fmt: skip
        name = f"{_PREFIX}{evidence_id}-{made.seq:06d}"
        self._journal.write(name, _intent(folder, made))
        if not _is_writable(folder):
            self._register.add(
                "pending",
                evidence_id=evidence_id,
                seal_sha256=seal_sha256,
                detail={"event": event, "head": made.sha256},
            )
            self._journal.done(name)
            return False
        self._register.add(
            _REGISTER_EVENT.get(event, "custody"),
            evidence_id=evidence_id,
            seal_sha256=seal_sha256,
            custody_head=made.sha256,
            signer_sha256=hashlib.sha256(signer.certificate_der).hexdigest(),
            stamp_time=stamp_time,
        )
        _put(folder, made)
        self._journal.done(name)
        return True

    def recover(self) -> None:
        """Finish events that a crash interrupted after their register line."""
        for name, intent in list(self._journal.pending(_PREFIX)):
            folder = Path(str(intent.get("folder", "")))
            if not folder.is_dir():
                continue
            made = CustodyEvent(
                int(intent["seq"]), base64.b64decode(intent["raw"]), base64.b64decode(intent["signature"])
            )
            evidence_id = name.removeprefix(_PREFIX)[:32]
            if made.sha256 in self._register.view(evidence_id).heads and _is_writable(folder):
                _put(folder, made)
            self._journal.done(name)


def _read_folder(folder: Path) -> tuple[str, str, int]:
    try:
        capture = CaptureRecord.from_bytes(read_limited(folder / "data" / "capture.json", MAX_CAPTURE_JSON_BYTES))
        seal = hashlib.sha256(read_limited(folder / bag.TAG_MANIFEST, bag.MAX_LIST_BYTES)).hexdigest()
        numbers = [int(path.stem) for path in (folder / "custody").glob("[0-9][0-9][0-9][0-9][0-9][0-9].json")]
    except (OSError, ValueError) as error:
        raise SubjectError("not_evidence", path=folder) from error
    if not numbers:
        raise SubjectError("not_evidence", path=folder)
    return capture.evidence_id, seal, max(numbers)


def _head_of(folder: Path, last: int) -> str:
    return hashlib.sha256(read_limited(folder / "custody" / f"{last:06d}.json", MAX_EVENT_BYTES)).hexdigest()


def _intent(folder: Path, event: CustodyEvent) -> dict[str, Any]:
    return {
        "folder": str(folder.absolute()),
        "seq": event.seq,
        "raw": base64.b64encode(event.raw).decode(),
        "signature": base64.b64encode(event.signature).decode(),
    }


def _is_writable(folder: Path) -> bool:
    """Try it: permission bits say too little (root, read-only media, network shares)."""
    probe = folder / "custody" / ".probe"
    try:
        with suppress(FileNotFoundError):
            probe.unlink()
        write_new(probe, b"")
        probe.unlink()
    except OSError:
        return False
    return True


def _put(folder: Path, event: CustodyEvent) -> None:
    for name, raw in ((event.name, event.raw), (f"{event.name}.p7s", event.signature)):
        path = folder / name
        if not path.exists():
            write_new(path, raw)
            path.chmod(0o444)
    flush_folder(folder / "custody")
