"""What is stored where, and what is sent: the one list behind the window's page and `facevid stored` (floor 1).

What enters: the directories of this home, the evidence roots, the profiles. What leaves: each place with what it holds;
its words are `stored.<name>`, `.holds` and `.stays` of the catalogue; its size on the disk on demand. Nothing is opened
and no secret is read: of the keyring only the names of the entries are told.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.credentials.keeping import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.paths import Paths

PEOPLE, IDS, NOBODY = "people", "ids", "nobody"  # whom what is stored there tells of
SENT = ("lookup", "ticket", "stamp", "probe")  # everything this program ever sends
KEY_ENTRY = "@workstation/key_password"
_CHECK_EVERY = 200


@dataclass(frozen=True)
class Place:
    """A folder or file. `about` says whether it holds faces and names, only ids of records, or neither."""

    name: str
    path: Path
    about: str


@dataclass(frozen=True)
class Measured:
    """A place as it is on the disk; `problem` when it cannot be read to the end."""

    place: Place
    exists: bool
    files: int
    size_bytes: int
    problem: bool = False


def places(paths: Paths, roots: Sequence[Path]) -> tuple[Place, ...]:
    """Every place of this home, what holds most of people first."""
    found = [
        Place("captures", paths.captures, PEOPLE),
        *(Place("evidence", root, PEOPLE) for root in roots),
        Place("index", paths.cache / "index.sqlite", PEOPLE),
        Place("thumbs", paths.thumbs, PEOPLE),
        Place("visiting", paths.visiting, PEOPLE),
        Place("unpacked", paths.unpacked, PEOPLE),
        Place("access", paths.access_log.parent, IDS),
        Place("register", paths.register.parent, IDS),
        Place("queue", paths.queue, IDS),
        Place("logs", paths.logs, IDS),
        Place("keys", paths.keys, NOBODY),
        Place("config", paths.config, NOBODY),
        Place("state", paths.state, NOBODY),
    ]
    return tuple(found)


def measure(place: Place, token: CancelToken) -> Measured:
    """Count the files of a place and their bytes; links are not followed. `CancelledError`."""
    try:
        facts = place.path.lstat()
    except OSError as error:
        return Measured(place, False, 0, 0, not isinstance(error, FileNotFoundError | NotADirectoryError))
    if not stat.S_ISDIR(facts.st_mode):
        return Measured(place, True, 1, facts.st_size)
    files = size = 0
    problem = False
    waiting = [str(place.path)]
    while waiting:
        token.raise_if_cancelled()
        try:
            with os.scandir(waiting.pop()) as entries:
                for number, entry in enumerate(entries):
                    if number % _CHECK_EVERY == 0:
                        token.raise_if_cancelled()
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        files += 1
                        size += entry.stat(follow_symlinks=False).st_size
        except OSError:
            problem = True
    return Measured(place, True, files, size, problem)


def keyring_entries(service: str, profiles: Iterable[Profile]) -> tuple[str, ...]:
    """The names of the entries that this home may have in the system's keyring; never what they hold."""
    names = [f"{profile.name}/{field}" for profile in profiles for field in fields_of(profile.kind)]
    return tuple(f"{service} {name}" for name in (KEY_ENTRY, *names))
