"""What lies in an evidence folder, before anything of it is opened (floor 1).

What enters: a folder. What leaves: the names of its files and folders, and as reasons what may not be
there: links (never followed), special files, anything too large or too many to look into.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.core.capture import MAX_CAPTURE_JSON_BYTES
from facevid_gui.core.verdict import Reason
from facevid_gui.evidence import bag
from facevid_gui.evidence.cms import MAX_SIGNATURE_BYTES
from facevid_gui.evidence.custody import MAX_EVENT_BYTES, MAX_EVENTS
from facevid_gui.evidence.timestamp import MAX_RESPONSE_BYTES

if TYPE_CHECKING:
    from collections.abc import Set

RECORD = "data/capture.json"
_MAX_ENTRIES = bag.MAX_FILES + 2 * MAX_EVENTS
_MAX_UNDERSTOOD_BYTES = 64 * 1024 * 1024
_LIMITS = {
    "json": MAX_EVENT_BYTES,
    ".p7s": MAX_SIGNATURE_BYTES,
    ".tsr": MAX_RESPONSE_BYTES,
    ".crt": MAX_RESPONSE_BYTES,
}


@dataclass
class Tree:
    """Files (with their sizes) and folders as slash paths; `reasons` for links, special files and limits."""

    files: set[str] = field(default_factory=set)
    sizes: dict[str, int] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    reasons: list[Reason] = field(default_factory=list)


def walk(root: Path) -> Tree:
    """List what is below `root`; nothing is followed or opened. `OSError` when a folder cannot be read."""
    tree = Tree()
    queue = [""]
    while queue:
        inside = queue.pop()
        with os.scandir(f"{root}/{inside}" if inside else root) as entries:
            for entry in entries:
                path = f"{inside}/{entry.name}" if inside else entry.name
                facts = entry.stat(follow_symlinks=False)
                mode = facts.st_mode
                if stat.S_ISLNK(mode):
                    tree.reasons.append(Reason("link", path))
                elif stat.S_ISDIR(mode):
                    tree.folders.add(path)
                    queue.append(path)
                elif stat.S_ISREG(mode):
                    tree.files.add(path)
                    tree.sizes[path] = facts.st_size
                else:
                    tree.reasons.append(Reason("special_file", path))
                if len(tree.files) + len(tree.folders) + len(tree.reasons) > _MAX_ENTRIES:
                    tree.reasons.append(Reason("too_large", "", "too many files"))
                    return tree
    _check_sizes(tree)
    return tree


def limit_of(path: str) -> int:
    """How large a file may be that is understood, not only hashed."""
    return MAX_CAPTURE_JSON_BYTES if path == RECORD else _LIMITS.get(path[-4:], bag.MAX_LIST_BYTES)


def may_lie_there(path: str, others: Set[str]) -> bool:
    """Whether a file outside the payload is allowed; an authority's chain only beside its stamp."""
    if path.endswith(".crt") and path.removesuffix(".crt") not in others:
        return False
    return bag.is_allowed_outside_data(path)


def shown(path: str) -> str:
    """A path as it can be written anywhere: bytes that are no UTF-8 as escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _check_sizes(tree: Tree) -> None:
    understood = [path for path in sorted(tree.files) if path == RECORD or bag.is_allowed_outside_data(path)]
    sizes = {path: tree.sizes[path] for path in understood}
    tree.reasons += [Reason("too_large", path) for path, size in sizes.items() if size > limit_of(path)]
    if sum(sizes.values()) > _MAX_UNDERSTOOD_BYTES:
        tree.reasons.append(Reason("too_large", "", "too much beside the payload"))
