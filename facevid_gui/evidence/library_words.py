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

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_INDEXED = 200_000  # characters of one folder: more than any honest one has
_MAX_TYPED = 400
_MAX_WORDS = 16
_LEAST_TAIL = 2
# Where a letter is a word: kana, bopomofo, Hangul, ideographs with their extensions and compatibility forms.
_ALONE = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")
_IS_ALONE = re.compile(rf"[{_ALONE}]")


def storable(text: str) -> str:
    """A text as SQLite takes it: half of a surrogate pair, which JSON can hold, as its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def tokens_of(text: str) -> list[str]:
    """The tokens of a text, in order, folded."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()))


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
    words = [tokens_of(word) for word in typed[:_MAX_TYPED].split()]
    asked = [_asked(tokens) for tokens in words[:_MAX_WORDS] if tokens]
    return " AND ".join(asked) or None


def _asked(tokens: list[str]) -> str:
    last = tokens[-1]
    phrase = f'texts : "{" ".join(tokens)}"'
    if _IS_ALONE.fullmatch(last):
        return phrase
    if len(tokens) == 1 and len(last) >= _LEAST_TAIL:
        return f'({phrase} * OR tails : "{last[::-1]}" *)'
    return f"{phrase} *"
