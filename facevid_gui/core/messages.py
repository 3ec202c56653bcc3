"""The one catalogue of words, Chinese and English, for console, window, report and README (floor 0).

What enters: a message id and its values. What leaves: a sentence in the chosen language. Foreign text
only ever enters as a value, so it cannot act as a template.

A language with several forms of a word names them behind the value that decides: `{count} {count:file|files}` says
"1 file" and "2 files". Chinese has one form and needs none of it. Numbers of things are grouped, as both languages do
it: 12,345. Numbers that name something (a line, a port, a frame) are not.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from facevid_gui.resources import resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facevid_gui.core.errors import FacevidError

LANGUAGES = ("zh_CN", "en")
_DETAIL = "detail."
_HOLE = re.compile(r"\\{(\w+)\\}")  # of an escaped template
_REASONS = frozenset({"reason", "detail", "why"})

_COUNTED = frozenset({
    "count", "done", "total", "files", "size", "left", "length", "limit", "received", "expected", "missing", "decoded",
    "undecodable", "damaged", "log", "other", "entries",
})  # fmt: skip


class _Value:
    """One value, as a sentence asks for it: a form of a word, a number of things, or as it is."""

    def __init__(self, name: str, value: object) -> None:
        self._name, self._value = name, value

    def __format__(self, spec: str) -> str:
        digits = str(self._value)
        is_number = digits.isascii() and digits.isdecimal()
        if "|" in spec:
            one, _, other = spec.partition("|")
            return one if digits == "1" else other
        if is_number and self._name in _COUNTED and not spec:
            return f"{int(digits):,}"
        return format(self._value, spec)


class _Values(dict[str, object]):
    """The values of one sentence; what is not known (any more) reads "?" instead of ending the program."""

    def __getitem__(self, name: str) -> _Value:
        return _Value(name, self.get(name, "?"))


class Messages:
    """The catalogue in one language."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no catalogue for {language}")
        self.language = language
        self._texts = _load(language)

    def text(self, message_id: str, /, **values: object) -> str:
        """Word `message_id`; an unknown id is shown as itself, a missing value as "?": nothing is lost to a typo."""
        template = self._texts.get(message_id)
        if template is None:
            return f"{message_id} {values}" if values else message_id
        return template.format_map(_Values(values))

    def has(self, message_id: str) -> bool:
        """Whether the catalogue knows `message_id`."""
        return message_id in self._texts

    def error(self, error: FacevidError) -> tuple[str, str]:
        """Word an error: what happened, and the next step."""
        return self.failure(error.code, error.params)

    def failure(self, code: str, params: Mapping[str, str]) -> tuple[str, str]:
        """Word a failure by its code: what happened, and the next step. A `cause` is the code of another failure."""
        words, params = self.words_for(code, params), self.worded(params)
        return self.text(words, **params), self.text(f"{words}.next", **params)

    def words_for(self, code: str, params: Mapping[str, str]) -> str:
        """The message id of a failure; one whose cause needs another cure has words of its own."""
        own = f"error.{code}.{params.get('cause', '')}"
        return own if self.has(own) else f"error.{code}"

    def worded(self, params: Mapping[str, str]) -> dict[str, str]:
        """Values of an error, those that are reasons in this language."""
        said = {name: self.detail(value) if name in _REASONS else value for name, value in params.items()}
        if self.has(cause := f"cause.{said.get('cause')}"):
            said["cause"] = self.text(cause)
        return said

    def detail(self, text: str) -> str:
        """A reason that system or verifier gives in English, in this language; one we have no words for as it is."""
        if self.language == "en" or not text:
            return text
        for pattern, message_id in _details():
            if found := pattern.fullmatch(text):
                return self.text(message_id, **{name: self.detail(value) for name, value in found.groupdict().items()})
        return text


def choose_language(wish: str | None, locale_name: str | None) -> str:
    """Pick `zh_CN` or `en` from an explicit wish (FACEVID_LANG, a setting), else from the locale's name."""
    for name in (wish, locale_name):
        if name:
            return "zh_CN" if name.lower().replace("-", "_").startswith("zh") else "en"
    return "en"


@lru_cache(maxsize=1)
def _details() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The English reasons, those that are nothing but words first."""
    found = [(text, key) for key, text in _load("en").items() if key.startswith(_DETAIL)]
    found.sort(key=lambda pair: "{" in pair[0])
    return tuple((re.compile(_HOLE.sub(r"(?P<\1>.+)", re.escape(text))), key) for text, key in found)


@lru_cache(maxsize=len(LANGUAGES))
def _load(language: str) -> Mapping[str, str]:
    texts: dict[str, str] = json.loads(resource(f"messages/{language}.json").read_text("utf-8"))
    return texts
