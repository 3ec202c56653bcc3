"""Texts to read beside the program: how to check evidence without it, and the licences of all that is inside (floor 1).

What enters: nothing. What leaves: titles and texts. A bundle brings its notice and texts with it; where the packages
are installed, each says its own licence.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui import __version__
from facevid_gui.diagnosis.installation import LIBRARIES, WINDOW
from facevid_gui.resources import resource

if TYPE_CHECKING:
    from email.message import Message

OWN = "facevid-gui"
_LICENCE_FILE = re.compile(r"\.dist-info/(?:licenses/)?((?:LICEN[CS]E|COPYING|NOTICE)[^/]*)$", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_BLANK = re.compile(r"\{[a-z_]+\}")
# What stands in each folder in the place of this; the README is in both languages, too.
_MEDIA = (
    "# 每个文件夹内的 README.txt 列出其自身媒体的命令 / the README.txt of each folder holds the commands for its media"
)


@dataclass(frozen=True)
class Paper:
    """A text with its title."""

    title: str
    text: str


def checking_by_hand() -> str:
    """The commands that every evidence folder brings with it, in both languages, without what is one folder's own."""
    template = resource("evidence/README.txt").read_text("utf-8")
    _, _, commands = template.partition("\n====")
    return _BLANK.sub("", f"===={commands}".replace("{media_commands}", _MEDIA))


def licences() -> tuple[Paper, ...]:
    """The overview first, then each text."""
    if getattr(sys, "frozen", False):
        folder = Path(sys.executable).parent
        files = [folder / "NOTICE.txt", *sorted((folder / "licenses").glob("*"), key=lambda path: path.name.lower())]
        return tuple(Paper(path.stem, _read(path)) for path in files if path.is_file())
    found = [one for name in _names() if (one := _distribution(name)) is not None]
    lines = [f"{one.metadata['Name']} {one.version}: {licence_of(one)}" for one in found]
    papers = [Paper("facevid", f"facevid {__version__}: Apache-2.0\n\n" + "\n".join(lines) + "\n")]
    papers += [Paper(path.stem, _read(path)) for path in sorted(resource("licenses").glob("*.txt"))]
    for one in found:
        for file in one.files or ():
            if inside := _LICENCE_FILE.search(str(file)):
                papers.append(Paper(f"{one.metadata['Name']} {inside[1]}", _read(Path(str(file.locate())))))
    return tuple(papers)


def licence_of(distribution: importlib.metadata.Distribution) -> str:
    """What a package says about its licence."""
    about: Message = distribution.metadata  # type: ignore[assignment] # a protocol that knows no `get`
    classified = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier", []) if line.startswith("License")]
    stated = about.get("License-Expression") or about.get("License") or ", ".join(classified)
    return stated.splitlines()[0] if stated else "?"


def _names() -> list[str]:
    """Our own package and what it needs, and what that needs in turn."""
    known: dict[str, None] = {}
    waiting = [OWN, *LIBRARIES, *WINDOW]
    while waiting:
        name = waiting.pop(0).lower().replace("_", "-")
        if name not in known:
            known[name] = None
            found = _distribution(name)
            needs = (line for line in (found.requires if found else None) or () if "extra ==" not in line)
            waiting += [match[0] for line in needs if (match := _NAME.match(line))]
    return sorted(known)


def _distribution(name: str) -> importlib.metadata.Distribution | None:
    with suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.distribution(name)
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError as error:
        return str(error.strerror)
