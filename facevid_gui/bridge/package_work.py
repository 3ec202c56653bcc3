"""What workers do with what was dropped or named, and with packages that are looked at (floor 2). No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.bridge import work
from facevid_gui.core.errors import FacevidError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.review import Reviewed, UnreadableFolderError
    from facevid_gui.evidence.visiting import OpenedPackage


@dataclass(frozen=True)
class Came:
    """What was dropped or named turned out to be: evidence, perhaps out of a package, or a `file` to ask about."""

    reviewed: Reviewed | None = None
    package: OpenedPackage | None = None
    file: Path | None = None


class BrokenPackageError(FacevidError):
    """A package whose folder cannot be shown: `package` says where it came from, `verdict` what is wrong."""

    def __init__(self, package: OpenedPackage, error: UnreadableFolderError) -> None:
        super().__init__(error.code, **error.params)
        self.package = package
        self.verdict = error.verdict


def open_named(
    services: Services, path: Path, inside: str | None, reason: str, token: CancelToken, tell: Callable[[object], None]
) -> Came:
    """Open a folder or a package; any other file is handed back.

    Raises what they raise, `BrokenPackageError`, and what `evidence.marks` says of a folder that is no evidence.
    """
    from facevid_gui.evidence.marks import require_marks
    from facevid_gui.evidence.visiting import looks_like_package

    if path.is_dir():
        require_marks(path, services.evidence_roots(), token)
        return Came(work.open_folder(services, path, reason))
    if not looks_like_package(path):
        return Came(file=path)
    return open_package(services, path, inside, reason, token, tell)


def open_package(
    services: Services, path: Path, inside: str | None, reason: str, token: CancelToken, tell: Callable[[object], None]
) -> Came:
    """Unpack a package privately, then open its folder as any evidence is opened: verified first."""
    from facevid_gui.evidence.review import UnreadableFolderError

    package = services.visits.open(path, inside, token, work.paced(tell))
    try:
        token.raise_if_cancelled()
        tell(("verify", 0))
        return Came(work.open_folder(services, package.folder, reason, package_sha256=package.sha256), package)
    except UnreadableFolderError as error:
        services.visits.close(package)
        raise BrokenPackageError(package, error) from error
    except BaseException:
        services.visits.close(package)
        raise


def close_package(services: Services, package: OpenedPackage) -> None:
    """Remove what was unpacked."""
    services.visits.close(package)


def keep_copy(
    services: Services, package: OpenedPackage, root: Path, token: CancelToken, tell: Callable[[object], None]
) -> Reviewed:
    """Copy an opened package's folder into a root, then open it there: verified first."""
    kept = services.copy_keeper.keep(
        package.folder, root, services.trust(), services.evidence_roots(), token, work.paced(tell),
        package_sha256=package.sha256,
    )  # fmt: skip
    services.choose_evidence_root(root)
    return work.open_folder(services, kept)
