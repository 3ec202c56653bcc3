"""Foreign text that is shown where it could act: on a terminal, in a page (floor 0)."""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_LONGEST_NAME = 80
_ACTING = _UNSEEN | {"Zl", "Zp"}


def plain(text: str) -> str:
    """Control, direction and invisible characters and halves of characters become visible marks."""
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _UNSEEN else c for c in text)


def plain_lines(text: str) -> str:
    """The same for text of several lines, whose ends and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _UNSEEN and c not in "\n\t" else c for c in text
    )


def file_name(text: str, instead: str = "record") -> str:
    """A name to propose for a file, made of a name that somebody else chose: what hides, turns or leads away goes."""
    kept = "".join("_" if unicodedata.category(c) in _ACTING or c in '<>:"/|?*\\' else c for c in text)
    return kept[:_LONGEST_NAME].strip(" .") or instead


def escaped_json(text: str) -> str:
    """A JSON document in which such characters, and the ends of lines that JSON does not know, are JSON's own escapes.

    It means the same; a terminal it is printed on obeys none of them.
    """
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(_escaped(c) if unicodedata.category(c) in _ACTING and c != "\n" else c for c in text)


def _escaped(character: str) -> str:
    """One character as JSON spells it (RFC 8259 section 7): beyond the basic plane as a pair."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
