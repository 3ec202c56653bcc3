"""A package that was handed over, opened to be looked at; nothing of it is taken over (floor 1).

What enters: a zip as it came, a place of ours. What leaves: its one evidence folder and the notes beside it, unpacked
into a private folder for as long as they are looked at, by the same strict reader that `facevid verify` uses. The zip
is only read. What is unpacked is held by a lock: it goes when it is let go, and what a killed program left goes at the
next start, while what another running program still shows stays.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.evidence.archive_reader import Archive, ArchiveError, Member, open_archive
from facevid_gui.evidence.library_reading import SIDECAR_SUFFIX
from facevid_gui.evidence.unpacking import (
    package_problem,
    private_folder,
    remove_left_behind,
    require_room,
    sort_members,
    unpack_member,
)
from facevid_gui.files import disk_error, disk_errors, make_private_folder, open_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken

NAMELESS = "evidence"
_MAGIC = (b"PK\3\4", b"PK\5\6")


@dataclass(frozen=True)
class Packed:
    """An evidence folder inside a package: where it lies in there, its size with what lies beside it, in bytes."""

    inside: str
    size_bytes: int
    files: int

    @property
    def name(self) -> str:
        """Its own name."""
        return PurePosixPath(self.inside).name or NAMELESS


@dataclass(frozen=True)
class OpenedPackage:
    """A package and the folder unpacked from it; `sha256` is the package's own."""

    package: Path
    sha256: str
    inside: str
    folder: Path


class SeveralInsideError(UsageError):
    """More than one evidence folder: somebody has to say which."""

    def __init__(self, package: Path, found: Sequence[Packed]) -> None:
        super().__init__("package_several", path=package, count=len(found))
        self.package = package
        self.found = tuple(found)


class Visits:
    """The packages that are open in this program, unpacked below `scratch`."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._held: dict[Path, ExitStack] = {}
        self._guard = threading.Lock()

    def open(
        self, package: Path, inside: str | None, token: CancelToken, tell: Callable[[str, int], None]
    ) -> OpenedPackage:
        """Unpack the evidence folder at `inside`, or the only one; `tell` gets a stage and bytes.

        Raises `SeveralInsideError`; `SubjectError` package_none, package_no_zip, package_encrypted,
        package_too_large, package_unsafe, package_damaged; `SurroundingsError` package_gone, disk_full and for the
        disk; `CancelledError`. Nothing is left behind then.
        """
        with _package_errors(package), open_archive(package) as archive:
            folders, beside = sort_members(archive.members)
            found = [_packed(name, members, archive.members) for name, members in folders.items()]
            if not found:
                raise SubjectError("package_none", path=package)
            if inside is None and len(found) > 1:
                raise SeveralInsideError(package, found)
            chosen = next((one for one in found if inside in (None, one.inside)), None)
            if chosen is None:
                raise SubjectError("package_none", path=package)
            tell("hash", 0)
            sha256 = archive.sha256(token)
            members = folders[chosen.inside]
            wanted = set(beside)
            notes = [m for m in archive.members if m.name in wanted and _is_beside(m.name, chosen.inside)]
            with ExitStack() as held:
                folder = self._unpack(held, archive, chosen, [*members, *((None, m) for m in notes)], token, tell)
                with self._guard:
                    self._held[folder] = held.pop_all()
        return OpenedPackage(package, sha256, chosen.inside, folder)

    def close(self, opened: OpenedPackage) -> None:
        """Remove what was unpacked; `SurroundingsError` when it cannot be, then the next start does."""
        with self._guard:
            held = self._held.pop(opened.folder, None)
        if held is not None:
            with disk_errors(opened.folder):
                held.close()

    def close_all(self) -> None:
        """Remove everything that is still unpacked."""
        with self._guard:
            stacks = list(self._held.values())
            self._held.clear()
        for held in stacks:
            with disk_errors(self._scratch):
                held.close()

    def recover(self) -> None:
        """Remove what a killed program left."""
        with disk_errors(self._scratch):
            remove_left_behind(self._scratch)

    def holds(self, folder: Path) -> bool:
        """Whether a folder is one of those unpacked here."""
        return self._scratch in folder.parents

    def _unpack(
        self, held: ExitStack, archive: Archive, chosen: Packed, members: Sequence[tuple[str | None, Member]],
        token: CancelToken, tell: Callable[[str, int], None],
    ) -> Path:  # fmt: skip
        with disk_errors(self._scratch):
            private = held.enter_context(private_folder(self._scratch))
            require_room(private, chosen.size_bytes)
            folder = private / chosen.name
            make_private_folder(folder)
            done = 0
            for inside, member in members:
                place = folder / inside if inside is not None else private / _name_beside(member.name, chosen.inside)
                unpack_member(archive, member, place, token)
                done += member.size
                tell("unpack", done)
        return folder


def looks_like_package(path: Path) -> bool:
    """Whether a file is meant to be a zip: by its name, or because it begins as one. `SurroundingsError`."""
    with _package_errors(path):
        if path.suffix.lower() == ".zip":
            return True
        with open_regular(path) as file:  # a pipe is not waited for
            return file.read(4) in _MAGIC


@contextmanager
def _package_errors(package: Path) -> Iterator[None]:
    """What is wrong with a package, each with a sentence and a next step of its own."""
    try:
        yield
    except ArchiveError as error:
        raise SubjectError(package_problem(error), path=package) from error
    except FileNotFoundError as error:
        raise SurroundingsError("package_gone", path=package) from error
    except OSError as error:
        raise disk_error(error, package) from error


def _packed(name: str, members: Sequence[tuple[str, Member]], everything: Sequence[Member]) -> Packed:
    sizes = [member.size for _, member in members] + [m.size for m in everything if _is_beside(m.name, name)]
    return Packed(name, sum(sizes), len(sizes))


def _is_beside(member: str, inside: str) -> bool:
    """Whether a member belongs to the notes that lie beside the folder."""
    return bool(inside) and member.startswith(f"{inside}{SIDECAR_SUFFIX}/")


def _name_beside(member: str, inside: str) -> str:
    """A member of the notes, relative to the place where the folder itself lies."""
    parent = str(PurePosixPath(inside).parent)
    return member if parent == "." else member[len(parent) + 1 :]
