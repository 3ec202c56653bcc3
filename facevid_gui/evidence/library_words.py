"""Words: what is searched, and how what somebody types is looked for (floor 1).

What enters: texts of records, and what a user types. What leaves: tokens parted by blanks for the index, and a
question in the language of SQLite's FTS5. Both go through the same fold: full and half width, upper and lower case are
one (NFKC, casefold). Every Chinese, Japanese or Korean character is a token of its own and a run of them a phrase:
tokens of three would miss words of two characters, and there are no blanks to part words at. Everything else parts at
what is no letter or digit, and is found by its beginning. The last characters of an id, which people read out, are
found as the beginning of the id read backwards.

Nothing that is typed reaches FTS5 as syntax: quotes, `*`, `OR`, `NEAR`, minus are blanks or words like others.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_INDEXED = 200_000  # characters of one folder: more than any honest one has
_MAX_TYPED = 400
_MAX_WORDS = 16
_LEAST_TAIL = 2
# Where a letter is a word: kana, bopomofo, Hangul, ideographs with their extensions and compatibility forms.
_ALONE = (
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3041, 0x312F), (0x3131, 0x318E), (0x31A0, 0x31BF),
    (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)  # fmt: skip


def tokens_of(text: str) -> Iterator[str]:
    """The tokens of a text, in order, folded."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    for kind, characters in groupby(folded, _kind):
        if kind == "alone":
            yield from characters
        elif kind == "word":
            yield "".join(characters)


def indexed(texts: Iterable[str | None]) -> str:
    """Texts as they are indexed; a phrase does not reach from one into the next."""
    parts: list[str] = []
    left = MAX_INDEXED
    for text in texts:
        if text and left > 0:
            parts.append(" ".join(tokens_of(text[:left])))
            left -= len(text)
    return " \x1f ".join(filter(None, parts))


def tails(ids: Iterable[str | None]) -> str:
    """Ids as they are indexed to be found by their last characters."""
    return " ".join(token[::-1] for text in ids if text for token in tokens_of(text))


def search_expression(typed: str) -> str | None:
    """What was typed as a question to FTS5: every word of it; None when there is nothing to look for."""
    words = [list(tokens_of(word)) for word in typed[:_MAX_TYPED].split()]
    asked = [_asked(tokens) for tokens in words[:_MAX_WORDS] if tokens]
    return " AND ".join(asked) or None


def _asked(tokens: list[str]) -> str:
    last = tokens[-1]
    phrase = f'texts : "{" ".join(tokens)}"'
    if _kind(last[-1]) == "alone":
        return phrase
    if len(tokens) == 1 and len(last) >= _LEAST_TAIL:
        return f'({phrase} * OR tails : "{last[::-1]}" *)'
    return f"{phrase} *"


def _kind(character: str) -> str:
    if not (character.isalnum() or unicodedata.category(character)[0] == "M"):
        return ""
    code = ord(character)
    return "alone" if code >= _ALONE[0][0] and any(first <= code <= last for first, last in _ALONE) else "word"
