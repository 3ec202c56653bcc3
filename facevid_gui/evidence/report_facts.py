"""Everything a report tells, gathered from the folder and the logs before a page is laid out (floor 1).

What enters: a folder that was checked just now, and up to where to tell. What leaves: one frozen value. Nothing of it
is the present moment: the same folder and logs give the same value.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from facevid_gui.core.errors import SubjectError, UsageError
from facevid_gui.core.report_sections import SECTIONS
from facevid_gui.core.wording import short_time
from facevid_gui.evidence import bag
from facevid_gui.evidence.access_log import SCHEMA as ACCESS_SCHEMA
from facevid_gui.evidence.chainlog import check_chain
from facevid_gui.evidence.notes import Notes, read_notes
from facevid_gui.evidence.reading import DATA, FolderReader
from facevid_gui.evidence.report_state import History, State, history_of
from facevid_gui.evidence.snapshots import Snapshots, read_snapshots
from facevid_gui.evidence.tree import walk
from facevid_gui.files import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from facevid_gui.core.messages import Messages
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.identity import Identity
    from facevid_gui.evidence.review import Reviewed
    from facevid_gui.evidence.verify import Trust

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FileRow:
    """A file of the folder: its hash and size; `finding` is the code of what is wrong, "" when it is as sealed.

    `sealed`: the sealed lists name it; else it came later and is vouched for by signatures of its own.
    """

    path: str
    sha256: str
    size_bytes: int
    finding: str
    sealed: bool


@dataclass(frozen=True)
class Wish:
    """What is to be told. `sections` in the order of `SECTIONS`; `mark` is the operator's, "" for none."""

    language: str
    sections: tuple[str, ...]
    unmask: bool
    mark: str


@dataclass(frozen=True)
class ReportFacts:
    """What a report tells. `reviewed` is None where no record can be read."""

    folder: Path
    identity: Identity
    verdict: FolderVerdict
    reviewed: Reviewed | None
    state: State
    history: History
    access_is_whole: bool
    notes: Notes
    snapshots: Snapshots
    files: tuple[FileRow, ...]
    moment: datetime
    wish: Wish
    program: str

    @property
    def at(self) -> str:
        """The latest moment that is told of, in China time."""
        return f"{short_time(self.moment)} UTC+8"


def check_sections(names: tuple[str, ...]) -> tuple[str, ...]:
    """The sections of a wish in their order, all when none is named; `UsageError` report_section for unknown ones."""
    for name in names:
        if name not in SECTIONS:
            raise UsageError("report_section", value=name[:40], known=", ".join(SECTIONS))
    return tuple(name for name in SECTIONS if name in names or not names)


def gather(
    folder: Path, identity: Identity, checked: tuple[Reviewed | None, FolderVerdict], state: State, trust: Trust,
    access_log: Path, wish: Wish, program: str,
) -> ReportFacts:  # fmt: skip
    """Collect what a report as of `state` tells; raises as the readers of folder, sidecar and logs."""
    reviewed, verdict = checked
    history = history_of(folder, state, identity.evidence_id, access_log)
    notes = read_notes(folder, identity, trust.signers, state.notes)
    snapshots = read_snapshots(folder, identity, trust.signers, state.snapshots)
    problems = [problem for problem in check_chain(access_log, ACCESS_SCHEMA) if problem.line <= state.access]
    return ReportFacts(
        folder, identity, verdict, reviewed, state, history, not problems, notes, snapshots,
        tuple(_files(folder, verdict, state)), _latest(reviewed, history, notes, snapshots), wish, program,
    )  # fmt: skip


def snapshot_bytes(facts: ReportFacts, picture: str, limit: int) -> bytes:
    """The bytes of a snapshot's picture; `OSError` or `ValueError`."""
    from facevid_gui.evidence.package import sidecar_of

    return FolderReader(sidecar_of(facts.folder)).read(picture, limit)


def size_text(size_bytes: int, messages: Messages) -> str:
    """A size in bytes, grouped by thousands."""
    return messages.text("report.bytes", size=f"{size_bytes:,}")


def _latest(reviewed: Reviewed | None, history: History, notes: Notes, snapshots: Snapshots) -> datetime:
    times = [event.at for event in history.custody] + [line.at for line in history.access]
    times += [note.at for note in notes.notes] + [snapshot.at for snapshot in snapshots.snapshots]
    if reviewed is not None:
        times += [moment for moment in (reviewed.capture.captured_at, reviewed.capture.sealed_at) if moment]
    return max(times, default=_NO_TIME)


def _files(folder: Path, verdict: FolderVerdict, state: State) -> Iterator[FileRow]:
    """Every file up to the state: sealed ones with the sealed hash, others with the one they have."""
    reader = FolderReader(folder)
    tree = walk(folder)
    sealed = _sealed(folder, reader, verdict)
    wrong = {reason.path: reason.code for reason in verdict.reasons if reason.path}
    for path in sorted({*tree.files, *sealed}, key=lambda path: (not path.startswith(DATA), path)):
        if path.startswith("custody/") and path[8:14].isdigit() and int(path[8:14]) > state.custody:
            continue
        digest = sealed.get(path) or _hash(reader, path)
        yield FileRow(path, digest, tree.sizes.get(path, 0), wrong.get(path, ""), path in sealed)


def _sealed(folder: Path, reader: FolderReader, verdict: FolderVerdict) -> dict[str, str]:
    """What both lists name, if they are still those that were checked; `SubjectError` report_changed.

    In a folder that does not hold a list that cannot be read names nothing: the check says so.
    """
    found: dict[str, str] = {}
    wanted = verdict.seal_sha256
    for name, parse in ((bag.TAG_MANIFEST, bag.read_tag_manifest), (bag.MANIFEST, bag.read_manifest)):
        try:
            raw = reader.read(name, bag.MAX_LIST_BYTES)
            found |= parse(raw)
        except (OSError, ValueError) as error:
            if verdict.verified:
                raise SubjectError("report_changed", path=folder / name) from error
            continue
        if verdict.verified and hashlib.sha256(raw).hexdigest() != wanted:
            raise SubjectError("report_changed", path=folder / name)
        wanted = found.get(bag.MANIFEST)
    return found


def _hash(reader: FolderReader, path: str) -> str:
    try:
        return sha256_of(reader.place_of(path))[0]
    except OSError:
        return ""
