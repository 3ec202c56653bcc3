"""The list that is being rescued, and what was said for it, until nothing of it is left (floor 2). No Qt here.

What enters: a file's path, case, purpose, place. What leaves: the same at the next start, after a crash, too; the rows
themselves are the rescue's own log. No id, no name of a person, no passphrase. Reading never fails.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from facevid_gui.files import disk_errors, read_limited, replace_file

FILE = "rescue-list.json"
SCHEMA = "facevid-kept-list/1"
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True)
class KeptList:
    """What starts the rescue of a list again, but for a passphrase."""

    file: Path
    case_ref: str
    purpose: str
    root: Path
    retry: bool = False


def read_kept_list(folder: Path) -> KeptList | None:
    """What was kept; None for nothing, and for what cannot be used."""
    try:
        data = json.loads(read_limited(folder / FILE, _MAX_BYTES))
        if data["schema"] != SCHEMA or type(data["retry"]) is not bool:
            return None
        texts = [data[name] for name in ("file", "case_ref", "purpose", "root")]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None
    if not all(isinstance(text, str) and text and "\0" not in text for text in texts):
        return None
    file, case_ref, purpose, root = texts
    return KeptList(Path(file), case_ref, purpose, Path(root), data["retry"])


def keep_list(folder: Path, kept: KeptList) -> None:
    """Keep it. `SurroundingsError` where that is not possible."""
    data = {"schema": SCHEMA, **{name: value if isinstance(value, bool) else str(value)
                                 for name, value in vars(kept).items()}}  # fmt: skip
    with disk_errors(folder):
        replace_file(folder / FILE, (json.dumps(data, indent=2) + "\n").encode("ascii"))


def forget_list(folder: Path) -> None:
    """Nothing is left of it."""
    with disk_errors(folder):
        (folder / FILE).unlink(missing_ok=True)
