"""Are the folders there, writable, private and roomy, and the files in them whole (floor 1)."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.diagnosis.finding import MISSING, OK, WARN, Finding
from facevid_gui.files import disk_error, make_private_folder, replace_file
from facevid_gui.paths import find_paths, looks_synced
from facevid_gui.settings import read_json_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.diagnosis.finding import Question

MIN_FREE_BYTES = 1024 * 1024 * 1024
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def own_folders(question: Question) -> Iterator[Finding]:
    """Write to each of the program's folders."""
    paths = find_paths(question.services.environ)
    for name, folder in (("config", paths.config), ("data", paths.data), ("cache", paths.cache)):
        yield _written(f"folder_{name}", folder)


def room(question: Question) -> Iterator[Finding]:
    """What is free where answers are received."""
    paths = find_paths(question.services.environ)
    with suppress(OSError):
        free = shutil.disk_usage(_nearest(paths.data)).free
        roomy = free > MIN_FREE_BYTES
        yield Finding("disk", OK if roomy else WARN, f"{free // 1_000_000} MB", "" if roomy else "doctor.cure.disk")


def privacy(question: Question) -> Iterator[Finding]:
    """Whether other accounts can look into the program's folders, and whether this one can."""
    if os.name == "nt":
        return  # modes mean nothing there; the user's profile is private
    paths = find_paths(question.services.environ)
    folders = dict.fromkeys(
        (paths.config, paths.data, paths.state, paths.logs, paths.cache, paths.captures, paths.keys)
    )
    open_ones = [str(path) for path in folders if _mode_of(path) & _OPEN_TO_OTHERS]
    if open_ones:
        names = " ".join(f"'{path}'" if " " in path else path for path in open_ones)
        yield Finding("modes", WARN, "open", "doctor.cure.modes", (("count", str(len(open_ones))), ("paths", names)))
    else:
        yield Finding("modes", OK, "0700")


def own_files(question: Question) -> Iterator[Finding]:
    """Whether settings, profiles and the home's id can be read; a damaged file is never overwritten."""
    config = find_paths(question.services.environ).config
    for name in ("settings", "profiles", "home"):
        path = config / f"{name}.json"
        try:
            found = read_json_object(path)
            if name == "profiles" and found is not None:
                question.services.profiles.all()
        except SurroundingsError as error:
            yield Finding(f"file_{name}", MISSING, error.code, "doctor.cure.file",
                          (*_pairs(error), ("file", str(path))))  # fmt: skip
        else:
            if name != "home":
                yield Finding(f"file_{name}", OK, "readable" if found is not None else "none")


def evidence(question: Question) -> Iterator[Finding]:
    """Each place that evidence is kept in: there, writable, roomy, not copied away by somebody."""
    roots = question.services.evidence_roots()
    if not roots:
        yield Finding("evidence", OK, "none")
    unborn = find_paths(question.services.environ).default_evidence_root
    for number, root in enumerate(roots):
        yield _root(root, is_main=number == 0, may_be_missing=root == unborn)


def _root(root: Path, *, is_main: bool, may_be_missing: bool) -> Finding:
    values = (("path", str(root)),)
    try:
        facts = root.stat()
        is_folder = stat.S_ISDIR(facts.st_mode)
    except OSError:
        is_folder = False
    if not is_folder:
        if may_be_missing and not root.exists():
            return Finding("evidence", OK, "unborn", values=values)
        return Finding("evidence", WARN, "away", "doctor.cure.evidence_away", values)
    if not os.access(root, os.R_OK | os.X_OK):
        return Finding("evidence", WARN, "unreadable", "doctor.cure.evidence_unreadable", values)
    if is_main and (_is_read_only(root) or not os.access(root, os.W_OK)):
        return Finding("evidence", WARN, "read_only", "doctor.cure.evidence_read_only", values)
    if is_main and (free := shutil.disk_usage(root).free) <= MIN_FREE_BYTES:
        return Finding(
            "evidence", WARN, "full", "doctor.cure.evidence_full", (*values, ("free", str(free // 1_000_000)))
        )
    if looks_synced(root):
        return Finding("evidence", WARN, "synced", "doctor.cure.evidence_synced", values)
    return Finding("evidence", OK, "fine", values=values)


def _written(name: str, folder: Path) -> Finding:
    """Whether a file can be made and removed in a folder, which is made where it is missing."""
    probe = folder / ".doctor"
    try:
        make_private_folder(folder)
        replace_file(probe, b"")
        probe.unlink()
    except OSError as error:
        code = disk_error(error, folder).code
        return Finding(name, MISSING, f"{folder}: {error.strerror}", f"doctor.cure.folder_{code}",
                       (("path", str(folder)),))  # fmt: skip
    return Finding(name, OK, str(folder))


def _nearest(path: Path) -> Path:
    """The folder, or the first one above it that is there."""
    while not path.exists() and path.parent != path:
        path = path.parent
    return path


def _mode_of(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def _is_read_only(path: Path) -> bool:
    with suppress(OSError, AttributeError):  # Windows has no statvfs
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    return False


def _pairs(error: SurroundingsError) -> tuple[tuple[str, str], ...]:
    return tuple(error.params.items())
