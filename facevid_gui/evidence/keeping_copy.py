"""A copy of evidence that came from elsewhere, kept in a root of this home, byte for byte (floor 1).

What enters: a folder that was just unpacked, the notes beside it, a root. What leaves: the same bytes under the
folder's own name. Nothing is added and nothing signed: it stays what its sealer made. It is built hidden on the root's
own volume, flushed and compared, and appears by a rename; a crash before that is undone by the next start.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.core.errors import FacevidError, SubjectError
from facevid_gui.core.ids import evidence_id_of, folder_name
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.identity import Identity, identify
from facevid_gui.evidence.package import sidecar_of
from facevid_gui.evidence.reading import DATA, FolderReader
from facevid_gui.evidence.seal import set_sealed_modes
from facevid_gui.evidence.tree import walk
from facevid_gui.evidence.unpacking import require_room
from facevid_gui.evidence.verify import verify_folder
from facevid_gui.files import (
    disk_errors,
    flush_folder,
    flush_tree,
    make_private_folder,
    remove_tree,
    sha256_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.access_log import AccessLog
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.verify import Trust

ADDING = ".adding-"
_PREFIX = "keep-"
_PATIENCE_S = 30.0
# A stranger's signer is no reason not to keep a copy; a folder that is not what was sealed is.
_KEPT = (Verdict.VERIFIED, Verdict.VERIFIED_UNSTAMPED, Verdict.UNKNOWN_SIGNER)


class CopyKeeper:
    """Keeps copies for one home."""

    def __init__(self, access_log: AccessLog, journal: Journal) -> None:
        self._access_log = access_log
        self._journal = journal

    def keep(
        self, folder: Path, root: Path, trust: Trust, roots: Sequence[Path], token: CancelToken,
        tell: Callable[[str, int], None], **detail: str,
    ) -> Path:  # fmt: skip
        """Copy folder and notes into `root`; `roots` are looked through for the same evidence. Logged first.

        Raises `SubjectError` copy_not_clean, copy_exists, copy_other; `SurroundingsError` for the disk;
        `CancelledError`. Nothing half is left then.
        """
        tell("verify", 0)
        with disk_errors(folder):
            identity = identify(folder)
            if verify_folder(folder, trust).verdict not in _KEPT:
                raise SubjectError("copy_not_clean", path=folder.name)
            record = FolderReader(folder, DATA).capture()
        target = root.absolute() / folder_name(record.provider.kind, record.evidence_id, record.captured_at)
        name = f"{_PREFIX}{identity.evidence_id}"
        with self._journal.lock(name, _PATIENCE_S):
            with disk_errors(root):
                make_private_folder(root)
                _refuse_known(dict.fromkeys((root.absolute(), *roots)), identity, target)
                parts = [path for path in (folder, sidecar_of(folder)) if path.is_dir()]
                require_room(root, sum(sum(walk(part).sizes.values()) for part in parts))
            work = _Work(target, secrets.token_hex(4))
            self._journal.write(name, {"target": str(target), "key": work.key})
            try:
                with disk_errors(root):
                    self._copy(folder, work, token, tell)
                    self._access_log.add("kept", identity.evidence_id, **detail)
                    work.publish()
            except BaseException:
                with contextlib.suppress(OSError, FacevidError):
                    work.undo()
                    self._journal.done(name)
                raise
            self._journal.done(name)
        return target

    def recover(self) -> None:
        """Undo what a crash interrupted; a medium that is away is left for later."""
        for name, intent in list(self._journal.pending(_PREFIX)):
            work = _Work(Path(str(intent.get("target", ""))), str(intent.get("key", "")))
            with contextlib.suppress(FacevidError), self._journal.lock(name, 0):
                if not work.target.parent.is_dir():
                    continue
                with disk_errors(work.target):
                    work.undo()
                self._journal.done(name)

    def _copy(self, folder: Path, work: _Work, token: CancelToken, tell: Callable[[str, int], None]) -> None:
        done = 0
        beside = sidecar_of(folder), work.hidden(sidecar_of(work.target))
        for source, made in ((folder, work.hidden(work.target)), beside):
            if not source.is_dir():
                continue
            make_private_folder(made)
            tree = walk(source)
            for inside in sorted(tree.folders):
                make_private_folder(made / inside)
            for inside in sorted(tree.files):
                token.raise_if_cancelled()
                shutil.copyfile(source / inside, made / inside, follow_symlinks=False)
                if sha256_of(made / inside) != sha256_of(source / inside):
                    raise SubjectError("copy_changed", path=inside)
                done += tree.sizes[inside]
                tell("copy", done)
            flush_tree(made)
        set_sealed_modes(work.hidden(work.target))


@dataclass(frozen=True)
class _Work:
    """One copy on its way. `key` keeps it apart from what others build in the same root."""

    target: Path
    key: str

    def hidden(self, path: Path) -> Path:
        """Where something is built."""
        return path.with_name(f"{ADDING}{self.key}-{path.name}")

    def publish(self) -> None:
        """Give both their names; what others have put there meanwhile is not touched."""
        for path in (self.target, sidecar_of(self.target)):
            if os.path.lexists(path):
                raise SubjectError("copy_other", path=path)
        self.hidden(self.target).rename(self.target)
        self._publish_notes()
        flush_folder(self.target.parent)

    def undo(self) -> None:
        """Remove what did not appear; notes whose folder appeared follow it. Only what was built here is touched."""
        folder, notes = self.hidden(self.target), self.hidden(sidecar_of(self.target))
        if not folder.is_dir() and os.path.lexists(self.target) and not os.path.lexists(sidecar_of(self.target)):
            self._publish_notes()
        remove_tree(folder)
        remove_tree(notes)

    def _publish_notes(self) -> None:
        notes = self.hidden(sidecar_of(self.target))
        if notes.is_dir():
            notes.rename(sidecar_of(self.target))


def _refuse_known(roots: dict[Path, None], identity: Identity, target: Path) -> None:
    """The same evidence is not kept twice, and a name that is taken is not touched."""
    for root in roots:
        for path in sorted(root.iterdir()) if root.is_dir() else ():
            if evidence_id_of(path.name) != identity.evidence_id or not path.is_dir():
                continue
            if _is(path, identity):
                raise SubjectError("copy_exists", path=path)
            raise SubjectError("copy_other", path=path)
    if any(os.path.lexists(path) for path in (target, sidecar_of(target))):
        raise SubjectError("copy_other", path=target)


def _is(folder: Path, identity: Identity) -> bool:
    try:
        return identify(folder) == identity
    except SubjectError:
        return False
