"""Answers whose content is not what the pages promise (floor 1).

What enters: a good answer of either service. What leaves: the same answer with nulls, wrong types, further fields
or media written in another way. Variants of base64: pitfalls.md 4.1; tolerance: ess.md 2.3, kyc.md 5.1.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from facevid_gui.simulator.wire import SimResponse

MEDIA_CHARACTERS = 100  # a text longer than this is a recording or a photo
_KEPT = frozenset({"code", "msg", "bizSeqNo", "RequestId", "orderNo"})
_LINE = 76
_FURTHER = {
    "FurtherField": {"Nested": [1, 2.5, None, True, {"Deep": "value"}], "Empty": {}},
    "ScreenShot": ["/9j/4AAQSkZJRgABAQ"],
    "Audios": None,
    "a/b~c": "odd name",
}
Content = dict[str, Any]


def with_nulls(response: SimResponse) -> SimResponse:
    """Everything may be null but the result code, the message and the ids."""
    return _changed(response, lambda holder: {n: v if n in _KEPT else _without_values(v) for n, v in holder.items()})


def with_wrong_types(response: SimResponse) -> SimResponse:
    """Numbers where texts should be, texts where numbers should be, one value instead of a list."""
    return _changed(response, lambda holder: {name: _of_another_type(name, value) for name, value in holder.items()})


def with_further_fields(response: SimResponse) -> SimResponse:
    """Further members in every object."""

    def grown(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            return {**{name: grown(inner) for name, inner in value.items()}, **_FURTHER}
        return [grown(item) for item in value] if isinstance(value, list) else value

    return replace(response, body=_bytes_of(grown(json.loads(response.body))))


def with_media(response: SimResponse, rewrite: Callable[[str], str]) -> SimResponse:
    """Every recording and photo written in another way."""

    def rewritten(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            return {name: rewritten(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [rewritten(item) for item in value]
        return rewrite(value) if isinstance(value, str) and len(value) > MEDIA_CHARACTERS else value

    return replace(response, body=_bytes_of(rewritten(json.loads(response.body))))


def in_lines(text: str) -> str:
    """Lines of 76 characters, as in mail."""
    return "\r\n".join(text[start : start + _LINE] for start in range(0, len(text), _LINE))


def url_safe(text: str) -> str:
    """The alphabet for addresses."""
    return text.replace("+", "-").replace("/", "_")


def cut(text: str) -> str:
    """Cut to a length that no base64 can have: one more than a multiple of four."""
    return text[: len(text) // 8 * 4 + 1]


def with_foreign_character(text: str) -> str:
    """A character in the middle of the first group that base64 does not have."""
    return f"{text[:6]}!{text[7:]}"


def _changed(response: SimResponse, change: Callable[[Content], Content]) -> SimResponse:
    """Change what the envelope holds: the members of `Response`, or those of a KYC answer and of its `result`."""
    document = json.loads(response.body)
    if "Response" in document:
        return replace(response, body=_bytes_of({"Response": change(document["Response"])}))
    changed = change({name: value for name, value in document.items() if name != "result"})
    if isinstance(document.get("result"), dict):
        changed["result"] = change(document["result"])
    return replace(response, body=_bytes_of(changed))


def _without_values(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {name: _without_values(inner) for name, inner in value.items()}
    return [_without_values(item) for item in value] if isinstance(value, list) else None


def _of_another_type(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {inner: _of_another_type(inner, item) for inner, item in value.items()}
    if isinstance(value, list):
        return _of_another_type(name, value[0]) if len(value) == 1 or name == "Details" else [*value, 7]
    if isinstance(value, str) and len(value) <= MEDIA_CHARACTERS:
        return _number(value)
    return str(value) if isinstance(value, int | float) else value


def _number(text: str) -> str | int | float:
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def _bytes_of(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8")
