"""What goes into a hand-over package, under which names (floor 1).

What enters: an evidence folder and the sidecar beside it. What leaves: a plan: name in the package to file, and the
paths that cannot be packed because they are no regular files or their names do not exist everywhere. A folder that
holds has none of those; a broken one and a sidecar may, and they are named, never dropped without a word.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.core.errors import SubjectError
from facevid_gui.evidence import bag
from facevid_gui.evidence.archive_names import collision_key, name_problem
from facevid_gui.evidence.custody import MAX_EVENT_BYTES, MAX_EVENTS
from facevid_gui.evidence.library_reading import SIDECAR_SUFFIX
from facevid_gui.evidence.reading import FolderReader
from facevid_gui.evidence.tree import shown, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facevid_gui.core.verdict import FolderVerdict

CUSTODY = "custody/"


@dataclass(frozen=True)
class Plan:
    """What is packed. `name` is the folder's name in the package, `files` maps names in the package to files."""

    name: str
    files: Mapping[str, Path]
    size_bytes: int
    left_out: tuple[str, ...]

    @property
    def inside(self) -> tuple[str, ...]:
        """The paths inside the folder itself."""
        return tuple(name.removeprefix(f"{self.name}/") for name in self.files if name.startswith(f"{self.name}/"))


def plan_package(folder: Path, evidence_id: str) -> Plan:
    """List folder and sidecar; nothing is opened. `SubjectError` export_too_many, `OSError` from the disk."""
    name = folder.name if not name_problem(folder.name) else f"evidence-{evidence_id}"
    files: dict[str, Path] = {}
    taken: set[str] = set()
    left_out: list[str] = []
    size = 0
    for root, packed in ((folder, name), (sidecar_of(folder), name + SIDECAR_SUFFIX)):
        if root.is_symlink():
            left_out.append(f"{packed}/")
        if root.is_symlink() or not root.is_dir():
            continue
        tree = walk(root)
        if any(reason.code == "too_large" and not reason.path for reason in tree.reasons):
            raise SubjectError("export_too_many", path=root)
        left_out += [f"{packed}/{r.path}" for r in tree.reasons if r.code in ("link", "special_file")]
        for path in sorted(tree.files):
            inside = f"{packed}/{path}"
            if name_problem(inside) or collision_key(inside) in taken:
                left_out.append(inside)
                continue
            taken.add(collision_key(inside))
            files[inside] = root / path
            size += tree.sizes[path]
    return Plan(name, files, size, tuple(shown(path) for path in left_out))


def sidecar_of(folder: Path) -> Path:
    """Where notes, markers and snapshots of an evidence folder lie, if there are any."""
    return folder.with_name(folder.name + SIDECAR_SUFFIX)


@dataclass(frozen=True)
class History:
    """Custody files and the stamps they name, as paths inside the folder; `head` is the hash of the last event."""

    paths: tuple[str, ...]
    head: str


def history_up_to(folder: Path, export_id: str) -> History:
    """The history up to the event of this export.

    What another program is just adding behind it belongs to the next package. `SubjectError` export_changed when the
    event is not there.
    """
    reader = FolderReader(folder)
    paths: list[str] = []
    for number in range(1, MAX_EVENTS + 1):
        path = f"{CUSTODY}{number:06d}.json"
        raw, detail = _event(reader, path)
        if detail is None:
            break
        paths += [path, f"{path}.p7s"]
        stamp = detail.get("tsr")
        if isinstance(stamp, str) and bag.is_allowed_outside_data(stamp):
            paths.append(stamp)
        if detail.get("export_id") == export_id:
            return History(tuple(dict.fromkeys(paths)), hashlib.sha256(raw).hexdigest())
    raise SubjectError("export_changed", path=folder / CUSTODY)


def check_copy(folder: Path, name: str, verdict: FolderVerdict, hashes: Mapping[str, str]) -> None:
    """Compare what was packed with what was verified a moment ago; `SubjectError` export_changed when it differs."""
    reader = FolderReader(folder)
    try:
        tags = reader.read(bag.TAG_MANIFEST, bag.MAX_LIST_BYTES)
        manifest = reader.read(bag.MANIFEST, bag.MAX_LIST_BYTES)
        listed = bag.read_tag_manifest(tags) | bag.read_manifest(manifest)
    except (OSError, ValueError) as error:
        raise SubjectError("export_changed", path=folder) from error
    wanted = {**listed, bag.TAG_MANIFEST: verdict.seal_sha256}
    if hashlib.sha256(manifest).hexdigest() != listed[bag.MANIFEST]:
        raise SubjectError("export_changed", path=folder / bag.MANIFEST)
    if hashlib.sha256(tags).hexdigest() != verdict.seal_sha256:
        raise SubjectError("export_changed", path=folder / bag.TAG_MANIFEST)
    for path, digest in wanted.items():
        if hashes.get(f"{name}/{path}") != digest:
            raise SubjectError("export_changed", path=folder / path)


def _event(reader: FolderReader, path: str) -> tuple[bytes, Mapping[str, Any] | None]:
    """The bytes of an event and its detail; None when there is no such event."""
    try:
        raw = reader.read(path, MAX_EVENT_BYTES)
        detail = json.loads(raw)["detail"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return b"", None
    return raw, detail if isinstance(detail, dict) else None
