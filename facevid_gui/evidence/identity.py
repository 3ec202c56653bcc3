"""Which evidence a folder is, also when it is broken (floor 1).

What enters: a folder. What leaves: its evidence id and seal digest, as far as it still tells them. A verdict is no
part of this: `verify` says what holds.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.core.errors import SubjectError
from facevid_gui.core.ids import evidence_id_of
from facevid_gui.evidence import bag
from facevid_gui.evidence.reading import DATA, FolderReader

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = (bag.TAG_MANIFEST, bag.BAGIT, bag.MANIFEST, "data/capture.json")


@dataclass(frozen=True)
class Identity:
    """An evidence id, and the SHA-256 of the tag manifest that is there now; empty when there is none."""

    evidence_id: str
    seal_sha256: str


def identify(folder: Path) -> Identity:
    """Say which evidence a folder is, by its record and its name.

    Raises `SubjectError` not_evidence for anything that is none, two_identities when record and name disagree;
    `OSError` from the disk.
    """
    try:
        is_folder = stat.S_ISDIR(folder.lstat().st_mode)
    except FileNotFoundError:
        is_folder = False
    if not is_folder or not any((folder / mark).is_file() for mark in _MARKS):
        raise SubjectError("not_evidence", path=folder)
    named, recorded = evidence_id_of(folder.name), _recorded_id(folder)
    if named and recorded and named != recorded:
        raise SubjectError("two_identities", path=folder, named=named, recorded=recorded)
    evidence_id = recorded or named
    if evidence_id is None:
        raise SubjectError("not_evidence", path=folder)
    return Identity(evidence_id, _seal(folder))


def _recorded_id(folder: Path) -> str | None:
    try:
        return FolderReader(folder, DATA).capture().evidence_id
    except (OSError, ValueError):
        return None


def _seal(folder: Path) -> str:
    try:
        return hashlib.sha256(FolderReader(folder).read(bag.TAG_MANIFEST, bag.MAX_LIST_BYTES)).hexdigest()
    except (OSError, ValueError):
        return ""
