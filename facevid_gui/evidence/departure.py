"""What leaves this workstation as a file or on paper leaves a trace first (floor 1).

What enters: who asks for what of which folder, and how it is made. What leaves: a file that got its name last. Before
that, in this order: the intent in the journal, the custody event `exported` with its register line, the line of the
access log. What fails is taken back: the file under its other name goes, an event that stands already is answered by
the event `correction`; a killed one is cleared away at the next start, and the access log then says that it came to
nothing. To a folder that does not hold nothing is added: the register keeps the event.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.core.verdict import FolderVerdict, Verdict
from facevid_gui.evidence.package import sidecar_of
from facevid_gui.evidence.review import Reviewed, UnreadableFolderError, open_evidence
from facevid_gui.files import disk_errors, move_new, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from facevid_gui.evidence.access_log import AccessLog
    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.custody_writer import CustodyWriter
    from facevid_gui.evidence.identity import Identity
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.register import Register
    from facevid_gui.evidence.verify import Trust

_PREFIX = "export-"


class ExportRefusedError(SubjectError):
    """The folder does not hold, or cannot be read; `verdict` says why."""

    def __init__(self, code: str, verdict: FolderVerdict) -> None:
        super().__init__(code, path=verdict.folder)
        self.verdict = verdict


@dataclass
class Departure:
    """One thing on its way out of `folder`; `target` is the file it becomes, None when it becomes paper.

    `signer` is None where nothing may be added to the folder. `recorded`: the custody event is written; `told`: the
    access log was told.
    """

    folder: Path
    target: Path | None
    identity: Identity
    verdict: FolderVerdict
    signer: Signer | None
    nothing_made: str  # what a correction says
    export_id: str = field(default_factory=lambda: secrets.token_hex(16))
    recorded: bool = False
    told: bool = False

    @property
    def partial(self) -> Path:
        """The name under which the file is written."""
        assert self.target is not None, "paper has no name"
        return self.target.with_name(f".facevid-{self.export_id[:16]}.partial")


class Departures:
    """Notes for this home what leaves it."""

    def __init__(self, custody: CustodyWriter, register: Register, access_log: AccessLog, journal: Journal) -> None:
        self._custody = custody
        self._register = register
        self._access_log = access_log
        self._journal = journal

    @contextlib.contextmanager
    def under_way(self, departure: Departure) -> Iterator[None]:
        """What is done inside is undone when it fails, by the next start if need be."""
        name = f"{_PREFIX}{departure.export_id}"
        with self._journal.lock(name, 0):
            self._journal.write(name, _intent(departure))
            try:
                yield
            except BaseException:
                self.undo(departure)
                self._journal.done(name)
                raise
            self._journal.done(name)

    def note(self, departure: Departure, detail: Mapping[str, str]) -> None:
        """Add the event to the folder's custody; the register keeps it where the folder takes none or does not hold."""
        said = {"export_id": departure.export_id, **detail}
        if departure.signer is not None:
            departure.recorded = self._custody.append(departure.folder, "exported", said, departure.signer)
            return
        identity = departure.identity
        self._register.add(
            "pending", evidence_id=identity.evidence_id, seal_sha256=identity.seal_sha256,
            detail=said | {"event": "exported", "verdict": str(departure.verdict.verdict)},
        )  # fmt: skip

    def tell(self, departure: Departure, sha256: str, detail: Mapping[str, str]) -> None:
        """Tell the access log what leaves, and where it goes."""
        departure.told = True
        self._access_log.add(
            "exported", departure.identity.evidence_id, export_id=departure.export_id, sha256=sha256,
            verdict=str(departure.verdict.verdict), **detail,
        )  # fmt: skip

    def publish(self, departure: Departure, sha256: str, detail: Mapping[str, str]) -> None:
        """Tell the access log, then give the finished file its name. `UsageError` file_exists."""
        self._journal.write(f"{_PREFIX}{departure.export_id}", {**_intent(departure), "sha256": sha256})
        self.tell(departure, sha256, {"file": str(departure.target), **detail})
        target = departure.target
        if target is not None and not move_new(departure.partial, target):
            raise UsageError("file_exists", path=target)

    def undo(self, departure: Departure) -> None:
        """Take back what can be taken back, and say the rest: the event stands in a chain that nobody rewrites."""
        if departure.target is not None:
            with contextlib.suppress(OSError):
                departure.partial.unlink(missing_ok=True)
        with contextlib.suppress(FacevidError):
            if departure.recorded and departure.signer is not None:
                detail = {"export_id": departure.export_id, "reason": departure.nothing_made}
                self._custody.append(departure.folder, "correction", detail, departure.signer)
        with contextlib.suppress(FacevidError):
            if departure.recorded or departure.told:
                self._note_undone(departure.identity.evidence_id, departure.export_id, str(departure.target or ""))

    def recover(self) -> None:
        """Clear away what a killed one left. What cannot be reached now stays in the journal."""
        for name, intent in list(self._journal.pending(_PREFIX)):
            with contextlib.suppress(SurroundingsError), self._journal.lock(name, 0), disk_errors():
                partial, target = Path(str(intent.get("partial"))), Path(str(intent.get("target")))
                if not partial.parent.is_dir():
                    continue
                placed = target.is_file() and sha256_of(target)[0] == intent.get("sha256")
                partial.unlink(missing_ok=True)
                if not placed:
                    self._note_undone(str(intent.get("evidence_id")), name.removeprefix(_PREFIX), str(target))
                self._journal.done(name)

    def _note_undone(self, evidence_id: str, export_id: str, file: str) -> None:
        self._access_log.add("export_undone", evidence_id, export_id=export_id, file=file)


def check_target(folder: Path, target: Path) -> None:
    """Refuse a name that is taken, a place that does not exist, and the folder itself.

    `UsageError` file_exists, export_no_folder, export_inside.
    """
    if os.path.lexists(target):
        raise UsageError("file_exists", path=target)
    if not target.parent.is_dir():
        raise UsageError("export_no_folder", path=target.parent)
    place = target.parent.resolve()
    for inside in (folder.resolve(), sidecar_of(folder).resolve()):
        if place == inside or inside in place.parents:
            raise UsageError("export_inside", path=target)


def check_holds(folder: Path, trust: Trust, *, even_if_broken: bool) -> tuple[Reviewed | None, FolderVerdict]:
    """Verify and read a folder; `ExportRefusedError` for one that does not hold unless it was asked for.

    The record is None where none can be read.
    """
    reviewed: Reviewed | None = None
    try:
        reviewed = open_evidence(folder, trust)
        verdict = reviewed.verdict
        assert verdict is not None, "it was opened as evidence"
    except UnreadableFolderError as error:
        verdict = error.verdict
    if verdict.verdict is Verdict.UNREADABLE:
        raise ExportRefusedError("export_unreadable", verdict)
    if not verdict.verified and not even_if_broken:
        raise ExportRefusedError("export_not_clean", verdict)
    return reviewed, verdict


def _intent(departure: Departure) -> dict[str, str]:
    """What the next start must know of one that was killed."""
    return {
        "partial": str(departure.partial),
        "target": str(departure.target),
        "evidence_id": departure.identity.evidence_id,
    }
