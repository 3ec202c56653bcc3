"""Breaking text into lines, Chinese and Latin mixed, and making every letter printable (floor 1).

What enters: text, whoever wrote it, and what a font can draw. What leaves: lines that fit. Latin words stay whole where
they can; Chinese breaks between any two letters, but no line begins with a closing mark or ends with an opening one
(the rule of Chinese typesetting, GB/T 15834). A letter the font lacks, and one that would act or not be seen, is
written as its code point, `[U+1F600]`: never dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from facevid_gui.core.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDE = "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6"
_PIECES = re.compile(rf" +|[{_WIDE}]|(?<=[{_WIDE}])[,.:;!?)\]}}%]+|[^ {_WIDE}]+")
_NEVER_FIRST = frozenset("，。、；：？！）】》」』”’…％—·,.;:?!)]}%")
_NEVER_LAST = frozenset("（【《「『“‘([{")


def printable(text: str, has: Callable[[str], bool]) -> str:
    """One line of `text` as a font that `has` some letters can show it."""
    return "".join(c if has(c) and plain(c) == c else f"[U+{ord(c):04X}]" for c in text)


def wrapped(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """`text`, without line ends, in lines at most `width` wide; a letter wider than that stands alone."""
    lines: list[str] = []
    line, used = "", 0.0
    for part in _parts(text):
        piece, size = part, measure(part)
        if line and used + size > width:
            lines.append(line.rstrip(" "))
            line, used = "", 0.0
            if piece[0] == " ":
                continue
        while size > width and len(piece) > 1:
            fits = _fitting(piece, width, measure)
            lines.append(piece[:fits])
            piece, size = piece[fits:], measure(piece[fits:])
        line += piece
        used += size
    return [*lines, line.rstrip(" ")]


def _parts(text: str) -> list[str]:
    """What must not be torn: words, blanks, single Chinese letters with the marks that cling to them."""
    parts: list[str] = []
    for piece in _PIECES.findall(text):
        clings = parts and parts[-1][0] != " " and (
            _NEVER_FIRST.issuperset(piece) or parts[-1][-1] in _NEVER_LAST
        )  # fmt: skip
        if clings:
            parts[-1] += piece
        else:
            parts.append(piece)
    return parts


def _fitting(piece: str, width: float, measure: Callable[[str], float]) -> int:
    """How many letters of a piece that is too long go on a line: at least one, and about as many on each."""
    width *= measure(piece) / width / -(-measure(piece) // width) * 1.03
    used = 0.0
    for place, letter in enumerate(piece):
        used += measure(letter)
        if used > width:
            return max(1, place)
    return len(piece)
