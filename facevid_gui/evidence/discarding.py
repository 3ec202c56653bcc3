"""Removing unsaved captures with everything that remembers them (floor 1).

What enters: a capture and a reason. What leaves: a line in the access log, written first; then the capture is gone, its
row of the index and its small pictures, too.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from facevid_gui.core.errors import FacevidError
from facevid_gui.files import disk_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from facevid_gui.captures.store import CaptureEntry, CaptureStore
    from facevid_gui.core.expiry import Keeping
    from facevid_gui.evidence.access_log import AccessLog

EXPIRED = "expired"


@dataclass(frozen=True)
class Discarded:
    """What was removed, and how many could not be; `problem` says why of the first."""

    evidence_ids: tuple[str, ...]
    kept: int = 0
    problem: FacevidError | None = None


class Discarder:
    """Removes captures of one home. `forget` removes what the library's index knows of a path."""

    def __init__(
        self, captures: CaptureStore, access_log: AccessLog, thumbs: Path, forget: Callable[[Path], None]
    ) -> None:
        self._captures = captures
        self._access_log = access_log
        self._thumbs = thumbs
        self._forget = forget

    def discard(self, entry: CaptureEntry, reason: str) -> None:
        """Remove a capture for good; the reason is logged first. Raises what the store raises."""
        self._access_log.add("discarded", entry.evidence_id, reason=reason)
        self._captures.discard(entry)
        self._forget(entry.path)
        remove_thumbs(self._thumbs, entry.evidence_id)

    def expired(self, keeping: Keeping, now: datetime) -> tuple[CaptureEntry, ...]:
        """The captures whose date has passed, interrupted ones too; never one that is just being received."""
        return tuple(
            entry for entry in self._captures.entries()
            if entry.state != "receiving" and keeping.is_capture_expired(received_at(entry), now)
        )  # fmt: skip

    def discard_all(self, entries: Iterable[CaptureEntry], reason: str) -> Discarded:
        """Remove several; one that the disk or another program holds back does not stop the others."""
        gone: list[str] = []
        kept, problem = 0, None
        for entry in entries:
            try:
                self.discard(entry, reason)
                gone.append(entry.evidence_id)
            except FacevidError as error:
                kept, problem = kept + 1, problem or error
        return Discarded(tuple(gone), kept, problem)


def received_at(entry: CaptureEntry) -> datetime | None:
    """When a capture was made; of one without a readable record, when its folder was last changed."""
    if entry.record is not None:
        return entry.record.captured_at
    with suppress(OSError):
        return datetime.fromtimestamp(entry.path.stat().st_mtime, UTC)
    return None


def remove_thumbs(folder: Path, evidence_id: str) -> None:
    """Remove every small picture of a record: any file of that stem, however it ends. `SurroundingsError`."""
    with disk_errors(folder):
        for path in list(folder.glob(f"{evidence_id}*")) if folder.is_dir() else ():
            if path.name.partition(".")[0] == evidence_id:
                path.unlink(missing_ok=True)
