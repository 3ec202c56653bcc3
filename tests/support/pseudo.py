"""A language nobody speaks: every text with accents, two fifths longer, in ⟦ ⟧. No Qt.

For tests and for developers (`GALLERY=qps:light python -m tests.support.gallery FOLDER`). It is no language of the
program: FACEVID_LANG does not know it, so nobody gets it by accident. Placeholders, marks of menus, markup and line
breaks stay as they are.
"""

import re
from functools import cache

from facevid_gui.core.messages import Messages

NAME = "qps"
OPEN, CLOSE = "⟦", "⟧"
_KEPT = re.compile(r"(\{\{|\}\}|\{(?:[^{}]|\{[^{}]*\})*\}|%n|%L?\d+|%\(\w+\)[a-z]|%[sd]|%%|&(?=\w)|<[^<>]+>|\n)")
_ACCENTS = str.maketrans("aceinouyACEINOUYszg", "áçéïñöüýÁÇÉÏÑÖÜÝšžğ")
_STRETCH = 0.4
_VOWELS = re.compile(r"[áéïöüý]", re.IGNORECASE)


@cache
def pseudo(text: str) -> str:
    """The text in the language nobody speaks; nothing stays nothing, blanks at the ends stay outside."""
    core = text.strip()
    if not core:
        return text
    left, right = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    parts = _KEPT.split(core)
    words = [part if place % 2 else part.translate(_ACCENTS) for place, part in enumerate(parts)]
    missing = round(sum(len(word) for word in words[::2]) * _STRETCH)
    for place in range(0, len(words), 2):
        words[place], missing = _stretched(words[place], missing)
    return f"{left}{OPEN}{''.join(words)}{'~' * missing}{CLOSE}{right}"


def _stretched(word: str, missing: int) -> tuple[str, int]:
    """Each vowel once more, as long as letters are missing; the text, and how many are missing still."""

    def again(found: re.Match[str]) -> str:
        nonlocal missing
        missing -= 1
        return found[0] * (2 if missing >= 0 else 1)

    stretched = _VOWELS.sub(again, word)
    return stretched, max(0, missing)


class PseudoMessages(Messages):
    """The English catalogue, stretched."""

    def __init__(self) -> None:
        super().__init__("en")
        self._texts = {name: pseudo(text) for name, text in self._texts.items()}
