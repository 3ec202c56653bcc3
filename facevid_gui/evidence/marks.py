"""Whether a folder is meant to be evidence at all, and how many folders of it hold some (floor 1).

What enters: a folder that somebody chose. What leaves: an answer that says nothing of a verdict. A single mark of a
seal is enough, and so is the name: what was emptied or taken apart is still checked, and found altered.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from facevid_gui.core.errors import SubjectError
from facevid_gui.evidence.library_reading import is_evidence_name

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken

_MARKS = frozenset({"bagit.txt", "bag-info.txt", "data", "signatures", "custody"})
_LISTS = ("manifest", "tagmanifest")  # of whatever digest


def bears_mark(folder: Path) -> bool:
    """Whether a folder bears a mark of a seal, by its own name or in it. `OSError` when it cannot be listed."""
    if is_evidence_name(folder.name):
        return True
    with os.scandir(folder) as entries:
        return any(_is_mark(entry.name) for entry in entries)


def require_marks(folder: Path, places: Collection[Path], token: CancelToken | None = None) -> None:
    """Refuse a folder that is no evidence.

    Raises `SubjectError` no_evidence; evidence_inside, where folders in it are evidence, evidence_listed where it is
    one of the `places` that are listed; `CancelledError`. A link, and a folder that cannot be looked into, are left to
    whoever verifies: that says what is wrong with them.
    """
    try:
        if folder.is_symlink() or bears_mark(folder):
            return
        count = _count_inside(folder, token)
    except OSError:
        return
    if not count:
        raise SubjectError("no_evidence", path=folder)
    is_listed = any(os.path.realpath(place) == os.path.realpath(folder) for place in places)
    raise SubjectError("evidence_listed" if is_listed else "evidence_inside", path=folder, count=count)


def _count_inside(folder: Path, token: CancelToken | None) -> int:
    """As the library counts: by their names."""
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if token is not None:
                token.raise_if_cancelled()
            count += is_evidence_name(entry.name) and entry.is_dir(follow_symlinks=False)
    return count


def _is_mark(name: str) -> bool:
    name = name.casefold()  # as some systems compare names
    return name in _MARKS or name.startswith(_LISTS)
