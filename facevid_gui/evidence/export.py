"""Hand-over: an evidence folder becomes one zip that unpacks to the same bytes everywhere (floor 1).

What enters: a folder, a file name that is free, the key. What leaves: the zip: the folder, its sidecar if there is
one, and a reading page beside them. The folder is verified first, and what was packed is compared with what was
verified. The custody event `exported` is in the package that it tells of; the access log says where it went, with its
hash. The zip is written under another name, flushed, read back by the reader of strangers' zips, and gets its name
last: a file of that name is whole.

A folder that does not hold is refused. Asked for explicitly it is packed all the same, because an expert may have to
see just that; page and logs then name what is wrong, and nothing is added to the folder: it stays as it was found,
and the register keeps the event. What cannot even be read is never packed.

How traces are left, and what happens to an export that fails or is killed: `departure`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.clock import Clock
from facevid_gui.core.errors import SurroundingsError, UsageError
from facevid_gui.core.verdict import FolderVerdict
from facevid_gui.evidence.archive_reader import ArchiveError, open_archive
from facevid_gui.evidence.archive_writer import OVERHEAD_BYTES, PackageWriter
from facevid_gui.evidence.departure import Departure, Departures, check_holds, check_target
from facevid_gui.evidence.identity import identify
from facevid_gui.evidence.package import CUSTODY, Plan, check_copy, history_up_to, plan_package
from facevid_gui.evidence.reading_page import Page, page_bytes
from facevid_gui.evidence.review import Reviewed, ReviewedEvent, custody_events
from facevid_gui.evidence.seal import MAX_TEXT
from facevid_gui.files import disk_errors, open_new, sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from facevid_gui.evidence.access_log import AccessLog
    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.custody_writer import CustodyWriter
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.register import Register
    from facevid_gui.evidence.verify import Trust

_SPARE_BYTES = 2 * 1024 * 1024  # page, events and what else the last steps write


@dataclass(frozen=True)
class ExportRequest:
    """What the user says. `recipient` goes into the custody event and so into the package."""

    folder: Path
    target: Path
    recipient: str = ""
    unmask: bool = False
    even_if_broken: bool = False
    reason: str = ""  # stands in the access log only


@dataclass(frozen=True)
class Exported:
    """A package. `recorded`: the event stands in the folder; else the register keeps it, as pending."""

    package: Path
    export_id: str
    evidence_id: str
    sha256: str
    size_bytes: int
    files: int
    verdict: FolderVerdict
    recorded: bool
    left_out: tuple[str, ...]


@dataclass
class _Work:
    """One export on its way."""

    request: ExportRequest
    departure: Departure
    plan: Plan
    reviewed: Reviewed | None
    checked_at: datetime
    custody: tuple[ReviewedEvent, ...]


class Exporter:
    """Makes packages for this home."""

    def __init__(
        self, custody: CustodyWriter, register: Register, access_log: AccessLog, journal: Journal, clock: Clock,
        program: str,
    ) -> None:  # fmt: skip
        self._departures = Departures(custody, register, access_log, journal)
        self._clock = clock
        self._program = program

    def export(
        self, request: ExportRequest, trust: Trust, open_signer: Callable[[], Signer], token: CancelToken,
        tell: Callable[[str, int], None] = lambda _stage, _number: None,
    ) -> Exported:  # fmt: skip
        """Make a package; the key is asked for only when the folder holds.

        Raises `ExportRefusedError`, `SubjectError` (not_evidence, export_changed, export_too_many), `UsageError`
        (file_exists, export_inside, option_value), `SurroundingsError` for disk and key, `CancelledError`: then
        there is no package, and nothing half of one.
        """
        check_recipient(request.recipient)
        folder, target = request.folder.absolute(), request.target.absolute()
        with disk_errors(folder):
            identity = identify(folder)
            check_target(folder, target)
            plan = plan_package(folder, identity.evidence_id)
            tell("verify", 0)
            reviewed, verdict = check_holds(folder, trust, even_if_broken=request.even_if_broken)
        checked_at = self._clock.now()
        token.raise_if_cancelled()
        signer = open_signer() if verdict.verified else None
        departure = Departure(folder, target, identity, verdict, signer, "no package was made")
        work = _Work(
            replace(request, folder=folder, target=target), departure, plan, reviewed, checked_at,
            reviewed.custody if reviewed else (),
        )  # fmt: skip
        with disk_errors(target):
            return self._make(work, token, tell)

    def recover(self) -> None:
        """Clear away what a killed export left. What cannot be reached now stays in the journal."""
        self._departures.recover()

    def _make(self, work: _Work, token: CancelToken, tell: Callable[[str, int], None]) -> Exported:
        _check_room(work)
        with self._departures.under_way(work.departure):
            hashes = self._write(work, token, tell)
            tell("compare", 0)
            _read_back(work.departure.partial, hashes, token)
            return self._publish(work, len(hashes))

    def _write(self, work: _Work, token: CancelToken, tell: Callable[[str, int], None]) -> dict[str, str]:
        with open_new(work.departure.partial) as file:
            writer = PackageWriter(file)
            try:
                self._fill(writer, work, token, tell)
                writer.close()
            except BaseException:
                writer.give_up()
                raise
            os.fsync(file.fileno())
        return writer.hashes

    def _fill(self, writer: PackageWriter, work: _Work, token: CancelToken, tell: Callable[[str, int], None]) -> None:
        plan, folder = work.plan, work.request.folder
        history = f"{plan.name}/{CUSTODY}"
        done = 0
        for name, path in plan.files.items():
            if work.departure.signer is None or not name.startswith(history):  # the history is not over yet
                writer.add_file(name, path, token)
                done += writer.sizes[name]
                tell("pack", done)
        if work.departure.signer is not None:
            check_copy(folder, plan.name, work.departure.verdict, writer.hashes)
        token.raise_if_cancelled()
        for inside in self._record(work):
            name = f"{plan.name}/{inside}"
            if name not in writer.hashes:
                writer.add_file(name, folder / inside, CancelToken())
        writer.add_bytes(f"{plan.name}.html", self._page(writer, work))

    def _record(self, work: _Work) -> tuple[str, ...]:
        """Note the export where it belongs; return the paths of the history that goes into the package."""
        departure, folder = work.departure, work.request.folder
        self._departures.note(departure, {"to": work.request.recipient} if work.request.recipient else {})
        if departure.signer is None:
            return ()
        if not departure.recorded:
            return tuple(path for path in work.plan.inside if path.startswith(CUSTODY))
        history = history_up_to(folder, departure.export_id)
        work.custody = custody_events(folder, history.head)
        return history.paths

    def _page(self, writer: PackageWriter, work: _Work) -> bytes:
        return page_bytes(
            Page(
                folder=work.plan.name, verdict=work.departure.verdict, checked_at=work.checked_at,
                reviewed=work.reviewed, custody=work.custody, sizes=writer.sizes, hashes=writer.hashes,
                left_out=work.plan.left_out,
                unmasked=work.request.unmask, program=self._program,
            )
        )  # fmt: skip

    def _publish(self, work: _Work, files: int) -> Exported:
        """Say where the package goes, then give it its name."""
        departure, request = work.departure, work.request
        digest, size = sha256_of(departure.partial)
        told = {"to": request.recipient, "unmasked": "yes" if request.unmask else "no"}
        self._departures.publish(departure, digest, told | ({"reason": request.reason} if request.reason else {}))
        return Exported(
            request.target, departure.export_id, departure.identity.evidence_id, digest, size, files,
            departure.verdict, departure.recorded, work.plan.left_out,
        )  # fmt: skip


def check_recipient(recipient: str) -> None:
    """Refuse an overlong or unprintable recipient; `UsageError`."""
    if len(recipient) > MAX_TEXT or not recipient.isprintable():
        raise UsageError("option_value", option="--to", value=recipient[:40])


def _check_room(work: _Work) -> None:
    """Refuse what will not fit before anything is written; a disk that fills up later is told, too."""
    names = sum(2 * len(name.encode()) + OVERHEAD_BYTES for name in work.plan.files)
    needed = work.plan.size_bytes + names + _SPARE_BYTES
    if shutil.disk_usage(work.departure.partial.parent).free < needed:
        raise SurroundingsError("disk_full", path=work.request.target)


def _read_back(partial: Path, hashes: Mapping[str, str], token: CancelToken) -> None:
    """Read the package as a stranger would; `SurroundingsError` disk_failed when it is not what was written."""
    found: dict[str, str] = {}
    try:
        with open_archive(partial) as archive:
            for member in archive.members:
                digest = hashlib.sha256()
                for piece in archive.pieces(member, token):
                    digest.update(piece)
                found[member.name] = digest.hexdigest()
    except ArchiveError as error:
        raise SurroundingsError("disk_failed", path=partial, reason=str(error)) from error
    if found != hashes:
        raise SurroundingsError("disk_failed", path=partial, reason="what was written does not read back")
