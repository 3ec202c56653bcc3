"""Finding a font of this system that has Chinese letters, to be embedded into a PDF (floor 1).

What enters: the system's font folders. What leaves: a font file and which of its faces is the simplified Chinese one;
None when there is none. No font is shipped with the program: the smallest good one is larger than all its code. PDF
readers bring their own Chinese fonts or none; so what is written in Chinese embeds the letters it uses, or is not
written in Chinese (`pdf.Paper`).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# By name, the better ones first; the face of simplified Chinese in a collection.
_KNOWN: tuple[tuple[str, int], ...] = (
    ("NotoSansCJK-Regular.ttc", 2),
    ("NotoSansCJKsc-Regular.otf", 0),
    ("NotoSansSC-Regular.otf", 0),
    ("NotoSansSC-Regular.ttf", 0),
    ("SourceHanSans-Regular.ttc", 2),
    ("SourceHanSansSC-Regular.otf", 0),
    ("SourceHanSansCN-Regular.otf", 0),
    ("msyh.ttc", 0),
    ("msyh.ttf", 0),
    ("Deng.ttf", 0),
    ("simhei.ttf", 0),
    ("simsun.ttc", 0),
    ("Hiragino Sans GB.ttc", 0),
    ("STHeiti Light.ttc", 1),
    ("Songti.ttc", 6),
    ("Arial Unicode.ttf", 0),
    ("wqy-microhei.ttc", 0),
    ("wqy-zenhei.ttc", 0),
    ("NotoSerifCJK-Regular.ttc", 2),
    ("uming.ttc", 0),
    ("DroidSansFallbackFull.ttf", 0),
    ("DroidSansFallback.ttf", 0),
)


@dataclass(frozen=True)
class FontFace:
    """A font file and the number of a face in it."""

    path: Path
    number: int


def find_chinese_font(environ: Mapping[str, str] | None = None) -> FontFace | None:
    """The best known font with simplified Chinese letters on this system."""
    there = {path.name: path for folder in _folders(environ or os.environ) for path in _fonts_below(folder)}
    return next((FontFace(there[name], number) for name, number in _KNOWN if name in there), None)


def _folders(environ: Mapping[str, str]) -> Iterator[Path]:
    """Where fonts lie; the user's own come last and so win over the system's of the same name."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or "/nowhere")
    if sys.platform == "win32":
        yield Path(environ.get("WINDIR", "C:\\Windows")) / "Fonts"
        yield home / "AppData" / "Local" / "Microsoft" / "Windows" / "Fonts"
    elif sys.platform == "darwin":
        yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts")
    else:
        for folder in (environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
            if folder:
                yield Path(folder) / "fonts"
        yield Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "fonts"


def _fonts_below(folder: Path) -> Iterator[Path]:
    names = {name for name, _ in _KNOWN}
    for inside, _, files in os.walk(folder):
        for name in names.intersection(files):
            yield Path(inside, name)
