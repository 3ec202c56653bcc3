"""Verifying a zip as it was handed over, without trusting it (floor 1).

What enters: a zip, what to trust, a private place. What leaves: one verdict per evidence folder in it, by the one
strict verifier, and the names of what lies beside them and was not checked (reading page, sidecar, strangers). Only
evidence folders are unpacked, one at a time, and removed again, also after an error or a stop; what a killed program
left is removed the next time. A zip that cannot be trusted to unpack is not unpacked at all.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.ids import evidence_id_of
from facevid_gui.core.verdict import FolderVerdict, Reason, Verdict
from facevid_gui.evidence import bag
from facevid_gui.evidence.archive_reader import Archive, ArchiveError, Member, open_archive
from facevid_gui.evidence.library_reading import SIDECAR_SUFFIX
from facevid_gui.evidence.verify import Trust, verify_folder
from facevid_gui.files import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    disk_errors,
    make_private_folder,
    open_new,
    remove_tree,
    write_all,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from facevid_gui.core.cancel import CancelToken

_MARKS = (bag.TAG_MANIFEST, bag.BAGIT, "data/capture.json")
_BY_CODE = {"too_large": "package_too_large", "link": "package_unsafe", "special_file": "package_unsafe"}
_BY_WHY = {"encrypted": "package_encrypted", "no_zip": "package_no_zip"}
_SPARE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class ArchiveVerdicts:
    """A verdict per evidence folder; for an archive that is not looked into, one for all. `beside` was not checked.

    `problem` is why it is not looked into, as the code of an error that says what to do about it.
    """

    verdicts: tuple[FolderVerdict, ...]
    beside: tuple[str, ...] = ()
    problem: str = ""


def verify_archive(path: Path, trust: Trust, scratch: Path, token: CancelToken) -> ArchiveVerdicts:
    """Verify every evidence folder of a zip; `scratch` is a folder of ours to unpack below.

    A folder is named `FILE.zip!/NAME`. Never raises for what is in the archive. Raises `SurroundingsError` when there
    is no room to unpack, `CancelledError`.
    """
    try:
        with open_archive(path) as archive:
            folders, beside = sort_members(archive.members)
            if not folders:
                reason = Reason("unreadable", "", "no evidence folder in it")
                return ArchiveVerdicts((_unreadable(path, trust, reason),), problem="package_none")
            verdicts = [
                _verify_one(archive, name, members, path, trust, scratch, token) for name, members in folders.items()
            ]
            return ArchiveVerdicts(tuple(verdicts), beside)
    except ArchiveError as error:
        reason = Reason(error.code, error.path, str(error))
        return ArchiveVerdicts((_unreadable(path, trust, reason),), problem=package_problem(error))
    except OSError as error:
        detail = error.strerror or "cannot be read"
        return ArchiveVerdicts((_unreadable(path, trust, Reason("unreadable", "", detail)),))


def package_problem(error: ArchiveError) -> str:
    """The code of the error that says what to do about an archive that is not looked into."""
    return _BY_CODE.get(error.code) or _BY_WHY.get(error.why, "package_damaged")


def _unreadable(path: Path, trust: Trust, reason: Reason) -> FolderVerdict:
    return FolderVerdict(str(path), Verdict.UNREADABLE, (reason,), stamp_required=trust.stamp_required)


def sort_members(members: Sequence[Member]) -> tuple[dict[str, list[tuple[str, Member]]], tuple[str, ...]]:
    """Members by the evidence folder they lie in, with their path inside it; and the names of all others."""
    roots = {root for member in members if (root := _root_of(member.name)) is not None}
    outermost = {root for root in roots if not any(parent in roots for parent in _parents(root))}
    folders: dict[str, list[tuple[str, Member]]] = {root: [] for root in sorted(outermost)}
    beside: list[str] = []
    for member in members:
        root = next((parent for parent in _parents(member.name) if parent in outermost), None)
        if root is None:
            beside.append(member.name)
        else:
            folders[root].append((member.name[len(root) :].lstrip("/"), member))
    return folders, tuple(beside)


def _root_of(name: str) -> str | None:
    """The evidence folder that a member gives away: by the folder's name, or by a file only such a folder has."""
    for parent in reversed(_parents(name)):
        if evidence_id_of(PurePosixPath(parent).name):
            return parent
        if evidence_id_of(PurePosixPath(parent).name.removesuffix(SIDECAR_SUFFIX)):
            return None
    for mark in _MARKS:
        if name == mark or name.endswith(f"/{mark}"):
            return name[: -len(mark)].rstrip("/")
    return None


def _parents(name: str) -> list[str]:
    """The folders a name lies in, the innermost first; the archive itself is ""."""
    return ["" if str(parent) == "." else str(parent) for parent in PurePosixPath(name).parents]


def _verify_one(
    archive: Archive, name: str, members: Sequence[tuple[str, Member]], path: Path, trust: Trust, scratch: Path,
    token: CancelToken,
) -> FolderVerdict:  # fmt: skip
    with disk_errors(scratch), private_folder(scratch) as private:
        require_room(private, sum(member.size for _, member in members))
        folder = private / "evidence"
        make_private_folder(folder)
        for inside, member in members:
            unpack_member(archive, member, folder / inside, token)
        token.raise_if_cancelled()
        verdict = verify_folder(folder, trust)
    return replace(verdict, folder=f"{path}!/{name}" if name else str(path))


def unpack_member(archive: Archive, member: Member, target: Path, token: CancelToken) -> None:
    """Write one member to a new file of ours."""
    make_private_folder(target.parent)
    with open_new(target) as file:
        for piece in archive.pieces(member, token):
            write_all(file, piece)


def require_room(folder: Path, size_bytes: int) -> None:
    """Refuse to begin what the disk cannot hold; `SurroundingsError` disk_full."""
    if shutil.disk_usage(folder).free < size_bytes + _SPARE_BYTES:
        raise SurroundingsError("disk_full", path=folder)


@contextmanager
def private_folder(scratch: Path) -> Iterator[Path]:
    """A new folder below `scratch` that only this user can read, removed whatever happens inside the block."""
    make_private_folder(scratch)
    remove_left_behind(scratch)
    folder = scratch / secrets.token_hex(8)
    with _lock_of(folder):
        folder.mkdir(mode=PRIVATE_FOLDER)
        try:
            yield folder
        finally:
            remove_tree(folder)
            with contextlib.suppress(OSError):  # Windows keeps an open file; the next one removes it
                _lock_path(folder).unlink()


def remove_left_behind(scratch: Path) -> None:
    """Remove what a killed program left: nobody holds its lock any more. What is in use stays."""
    if not scratch.is_dir():
        return
    for folder in list(scratch.iterdir()):
        if folder.is_dir():
            with contextlib.suppress(Timeout, OSError), _lock_of(folder):
                remove_tree(folder)
                _lock_path(folder).unlink()


def _lock_path(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.lock")


def _lock_of(folder: Path) -> FileLock:
    """One worker takes it, another may let it go."""
    return FileLock(_lock_path(folder), timeout=0, mode=PRIVATE_FILE, thread_local=False)
