"""Purge: evidence is deleted for good, and a note of it stays (floor 1).

What enters: an evidence folder, whole or broken, and a reason. What goes: the folder, its sidecar, a capture of the
same record, index rows, waiting stamps. What stays: the register's line `purged` with the seal digest, and in the
access log who deleted what, in which state and why. The reason stands in the access log only: the register is shown
to others.

A journal entry comes first; from then on a crash is rolled forward by the next start. The folder loses its name in
one step, then the notes are written, then the bytes are removed: no half folder ever looks like evidence. When a note
cannot be written the folder gets its name back. Deleting a file does not prove that its bytes are gone from an SSD, a
backup or a synchronised copy; nothing here claims that.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import Clock, to_rfc3339
from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.ids import evidence_id_of
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.evidence.discarding import remove_thumbs
from facevid_gui.evidence.exports import KnownExport, known_exports
from facevid_gui.evidence.identity import Identity, identify
from facevid_gui.evidence.package import sidecar_of
from facevid_gui.evidence.reading import DATA, FolderReader
from facevid_gui.evidence.seal import MAX_TEXT
from facevid_gui.evidence.verify import Trust, verify_folder
from facevid_gui.files import disk_error, disk_errors, flush_folder, remove_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from facevid_gui.captures.store import CaptureStore
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.access_log import AccessLog
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.register import Register

PURGING = ".purging-"
_PREFIX = "purge-"
_PATIENCE_S = 30.0


@dataclass(frozen=True)
class PurgePlan:
    """What would be deleted, and what the user should know before. `copies` lie elsewhere and stay.

    `seal_sha256` is the digest that is noted, `identity` what the folder says it is; a broken one may say another.
    """

    folder: Path
    identity: Identity
    seal_sha256: str
    verdict: FolderVerdict
    review_by: datetime | None
    has_sidecar: bool
    copies: tuple[Path, ...]
    exports: tuple[KnownExport, ...]

    @property
    def evidence_id(self) -> str:
        """Which evidence it is."""
        return self.identity.evidence_id

    def is_due(self, now: datetime) -> bool:
        """Whether the retention date has passed; False when the record names none."""
        return self.review_by is not None and self.review_by <= now


@dataclass(frozen=True)
class Purged:
    """What was deleted. `register_head` is worth keeping elsewhere."""

    plan: PurgePlan
    at: datetime
    register_head: str


class Purger:
    """Deletes evidence of this home. `forget` removes what the index knows of a path, `thumbs` has small pictures."""

    def __init__(
        self, register: Register, access_log: AccessLog, journal: Journal, captures: CaptureStore, clock: Clock,
        forget: Callable[[Path], None], thumbs: Path,
    ) -> None:  # fmt: skip
        self._register = register
        self._access_log = access_log
        self._journal = journal
        self._captures = captures
        self._clock = clock
        self._forget = forget
        self._thumbs = thumbs

    def plan(self, folder: Path, trust: Trust, roots: Sequence[Path]) -> PurgePlan:
        """Look at a folder before it is deleted; copies are looked for in `roots`. Nothing is changed.

        Raises `SubjectError` not_evidence, two_identities; `SurroundingsError` for the disk.
        """
        folder = folder.absolute()
        with disk_errors(folder):
            identity = identify(folder)
            verdict = verify_folder(folder, trust)
            copies = tuple(path for root in dict.fromkeys(roots) for path in _copies(root, identity, folder))
        return PurgePlan(
            folder, identity, self._known_seal(identity), verdict, _review_by(folder),
            sidecar_of(folder).is_dir(), copies,
            known_exports(folder, identity.evidence_id, self._register.path, self._access_log.path),
        )  # fmt: skip

    def purge(self, plan: PurgePlan, reason: str) -> Purged:
        """Delete what was planned.

        Raises `UsageError` reason_missing, option_value; `SubjectError` purge_changed when the folder is no longer
        the one that was looked at; `SurroundingsError` for the disk: the folder is then where it was, or, with the
        code purge_unfinished, already noted as deleted and removed by the next start.
        """
        check_reason(reason)
        purge_id = secrets.token_hex(16)
        name = f"{_PREFIX}{purge_id}"
        with (
            self._journal.lock(f"{_PREFIX}{plan.evidence_id}", _PATIENCE_S),
            self._journal.lock(f"custody-{plan.evidence_id}", _PATIENCE_S),  # nobody adds an event meanwhile
        ):
            with disk_errors(plan.folder):
                if identify(plan.folder) != plan.identity:
                    raise SubjectError("purge_changed", path=plan.folder)
            intent = _intent(plan, reason.strip(), purge_id, self._clock)
            self._journal.write(name, intent)
            self._begin(name, intent)
            self._finish(name, intent)
        return Purged(plan, self._clock.now(), self._register.head())

    def recover(self) -> None:
        """Finish what a crash interrupted. What cannot be reached now stays in the journal."""
        for name, intent in list(self._journal.pending(_PREFIX)):
            with contextlib.suppress(FacevidError), self._journal.lock(f"{_PREFIX}{intent.get('evidence_id')}", 0):
                folder = _folder_of(intent)
                if not folder.parent.is_dir():
                    continue
                with disk_errors(folder):
                    if _is_meant(folder, intent) or _has_begun(folder, intent):
                        _hide(folder, intent)
                    self._note(intent)
                self._finish(name, intent)

    def _begin(self, name: str, intent: Mapping[str, Any]) -> None:
        """Take the folder's name away and note why; if that fails, nothing has happened."""
        folder = _folder_of(intent)
        try:
            with disk_errors(folder):
                _hide(folder, intent)
            self._note(intent)
        except BaseException:
            with contextlib.suppress(OSError, SurroundingsError):
                _show_again(folder, intent)
                self._journal.done(name)
                if _is_noted(self._access_log.path, str(intent["purge_id"])):
                    self._access_log.add("purge_undone", str(intent["evidence_id"]), purge_id=str(intent["purge_id"]))
            raise

    def _note(self, intent: Mapping[str, Any]) -> None:
        """Write both notes, each once: a start after a crash finds those that are there."""
        purge_id, evidence_id = str(intent["purge_id"]), str(intent["evidence_id"])
        if not _is_noted(self._access_log.path, purge_id):
            told = {name: str(intent[name]) for name in ("purge_id", "reason", "verdict", "seal_sha256", "folder")}
            self._access_log.add("purged", evidence_id, **told)
        if not _is_noted(self._register.path, purge_id):
            self._register.add(
                "purged", evidence_id=evidence_id, seal_sha256=str(intent["seal_sha256"]),
                detail={"purge_id": purge_id, "verdict": str(intent["verdict"])},
            )  # fmt: skip

    def _finish(self, name: str, intent: Mapping[str, Any]) -> None:
        """Remove the bytes and what else remembers the record."""
        folder = _folder_of(intent)
        try:
            for doomed in _doomed(folder, intent).values():
                remove_tree(doomed)
            flush_folder(folder.parent)
            self._clear(folder, str(intent["evidence_id"]))
        except OSError as error:
            raise SurroundingsError(
                "purge_unfinished", path=folder, reason=disk_error(error).params["reason"]
            ) from error
        self._journal.done(name)

    def _clear(self, folder: Path, evidence_id: str) -> None:
        """Forget captures, rows of the index, small pictures, stamps and events that wait for this folder."""
        remove_thumbs(self._thumbs, evidence_id)
        for entry in self._captures.entries():
            if entry.evidence_id == evidence_id:
                with contextlib.suppress(SubjectError):  # it is just being received
                    self._captures.discard(entry)
                self._forget(entry.path)
        self._forget(folder)
        for prefix in ("stamp-", f"custody-{evidence_id}"):
            for name, waiting in list(self._journal.pending(prefix)):
                if _folder_of(waiting) == folder:
                    (self._journal.folder / f"{name}.tsr").unlink(missing_ok=True)
                    self._journal.done(name)

    def _known_seal(self, identity: Identity) -> str:
        """The digest the register knows, if it knows exactly one; else the one that is there."""
        seals = self._register.view(identity.evidence_id).seals
        return next(iter(seals)) if len(seals) == 1 and identity.seal_sha256 not in seals else identity.seal_sha256


def check_reason(reason: str) -> None:
    """Refuse an empty, overlong or unprintable reason; `UsageError`."""
    if not reason.strip():
        raise UsageError("reason_missing")
    if len(reason) > MAX_TEXT or not reason.isprintable():
        raise UsageError("option_value", option="--reason", value=reason[:40])


def _intent(plan: PurgePlan, reason: str, purge_id: str, clock: Clock) -> dict[str, str]:
    return {
        "purge_id": purge_id,
        "folder": str(plan.folder),
        "evidence_id": plan.evidence_id,
        "seal_sha256": plan.seal_sha256,
        "found_seal_sha256": plan.identity.seal_sha256,
        "verdict": str(plan.verdict.verdict),
        "reason": reason,
        "at": to_rfc3339(clock.now()),
    }


def _folder_of(intent: Mapping[str, Any]) -> Path:
    return Path(str(intent.get("folder", "")))


def _doomed(folder: Path, intent: Mapping[str, Any]) -> dict[Path, Path]:
    """Folder and sidecar, and the names under which they are removed."""
    hidden = folder.with_name(f"{PURGING}{intent['purge_id']}")
    return {folder: hidden, sidecar_of(folder): hidden.with_name(f"{hidden.name}.work")}


def _hide(folder: Path, intent: Mapping[str, Any]) -> None:
    for path, hidden in _doomed(folder, intent).items():
        if os.path.lexists(path) and not path.is_symlink():
            path.rename(hidden)
    flush_folder(folder.parent)


def _show_again(folder: Path, intent: Mapping[str, Any]) -> None:
    for path, hidden in _doomed(folder, intent).items():
        if hidden.exists() and not os.path.lexists(path):
            hidden.rename(path)
    flush_folder(folder.parent)


def _is_meant(folder: Path, intent: Mapping[str, Any]) -> bool:
    """Whether what lies there is still what was to be deleted, not something put there since."""
    try:
        return identify(folder) == Identity(str(intent["evidence_id"]), str(intent["found_seal_sha256"]))
    except SubjectError:
        return False


def _has_begun(folder: Path, intent: Mapping[str, Any]) -> bool:
    """Whether the folder has lost its name already; its sidecar may still have its own."""
    return _doomed(folder, intent)[folder].is_dir() and not os.path.lexists(folder)


def _is_noted(log: Path, purge_id: str) -> bool:
    lines = read_lines(log) if log.exists() else ()
    details = (data.get("detail") for _, data in lines if data is not None)
    return any(isinstance(detail, dict) and detail.get("purge_id") == purge_id for detail in details)


def _copies(root: Path, identity: Identity, folder: Path) -> list[Path]:
    if not root.is_dir():
        return []
    named = [path for path in root.iterdir() if evidence_id_of(path.name) == identity.evidence_id]
    return [path for path in sorted(named) if path != folder and path.is_dir()]


def _review_by(folder: Path) -> datetime | None:
    try:
        return FolderReader(folder, DATA).capture().review_by
    except (OSError, ValueError):
        return None
