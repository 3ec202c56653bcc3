"""Mutations of JSON as JSON: members, types, depths and numbers change, the text stays one a parser accepts."""

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.fuzz import byte_level

Holder = dict[str, Any] | list[Any]
Spot = tuple[Holder, Any]

DEPTHS = (59, 60, 61, 200, 900, 930, 960, 975, 985, 990, 994, 1500, 20_000)
TEXTS = (
    "", " ", "\0", "\ud800", "\u202e", "x" * 10_000, "字" * 3000, "<b>", "../..", "/etc/passwd", "a/b", "~0~1",
    "0", "-1",
    "NaN", "Infinity", "null", "2026-11-21T02:29:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
    "2026-02-30T00:00:00Z", "20220329104717", "99991231235959", "9" * 14, "=1+1", "\r\n", "0" * 64, "f" * 32, "١٢٣",
    "data:video/mp4;base64,AAAA", "AAAA", "QUJD=", "exchanges/01/response-body.bin", "liveness", "ess", "kyc",
)  # fmt: skip
NUMBERS = ("0", "-0", "1", "-1", "2", "9007199254740993", "1e400", "-1e400", "1E-400", "NaN", "Infinity", "-Infinity",
           "1" + "0" * 400, "9" * 4299, "9" * 4300, "9" * 4301, "0.1", "253402300800", "1.0")  # fmt: skip


_MOST_SPOTS = 2000
_MOST_RAWS = 40
_RAW = re.compile(r'"\\u0001RAW(\d+)\\u0001"')


class Raw:
    """A value that is written as it stands."""

    def __init__(self, text: str) -> None:
        self.text = text


def _odd(draw: random.Random) -> Any:
    kind = draw.randrange(10)
    if kind < 4:
        return draw.choice(TEXTS)
    if kind < 6:
        return Raw(draw.choice(NUMBERS))
    if kind == 6:
        depth = draw.choice(DEPTHS)
        opening, closing = draw.choice((("[", "]"), ('{"a":', "}")))
        return Raw(opening * depth + "1" + closing * depth)
    return draw.choice((None, True, False, [], {}, [None], [[]], ["x"], {"": ""}, {"a": {"b": []}}, 0, 1))


def _spots(value: Any) -> Iterator[Spot]:
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        keys = holder if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            yield holder, key
            waiting.append(holder[key])


def _replace(draw: random.Random, holder: Holder, key: Any, _spots: list[Spot]) -> None:
    holder[key] = _odd(draw)


def _delete(draw: random.Random, holder: Holder, key: Any, _spots: list[Spot]) -> None:
    del holder[key]


def _rename(draw: random.Random, holder: Holder, key: Any, _spots: list[Spot]) -> None:
    if isinstance(holder, dict):
        holder[draw.choice(TEXTS)] = holder.pop(key)


def _swap(draw: random.Random, holder: Holder, key: Any, spots: list[Spot]) -> None:
    """Two places of the document exchange copies of what stands there; a member may take another's type."""
    other, there = draw.choice(spots)
    first, second = json_copy(holder[key]), json_copy(other[there])
    holder[key], other[there] = second, first


def _wrap(draw: random.Random, holder: Holder, key: Any, _spots: list[Spot]) -> None:
    holder[key] = [holder[key]] if draw.random() < 0.5 else {draw.choice(TEXTS): holder[key]}


def _repeat(draw: random.Random, holder: Holder, key: Any, spots: list[Spot]) -> None:
    """Many of the same; few of what is long already, or nothing would come to an end."""
    is_long = isinstance(holder[key], Raw) or len(str(holder[key])) > 1000
    times = 2 if is_long else draw.choice((2, 3, 65, 300)) if len(spots) < 200 else 3
    if isinstance(holder, list):
        holder += [json_copy(holder[key])] * times
    else:
        holder[key] = [json_copy(holder[key])] * times


def _twice(draw: random.Random, holder: Holder, key: Any, _spots: list[Spot]) -> None:
    """A member that stands twice."""
    if isinstance(holder, dict):
        name = json.dumps(key)
        holder[key] = Raw(f"{_text(holder[key])},{name}:{_text(_odd(draw))}")


def _inside(draw: random.Random, holder: Holder, key: Any, _spots: list[Spot]) -> None:
    """Characters of a text change; a number becomes a neighbour."""
    value = holder[key]
    if isinstance(value, str):
        data = bytearray(value.encode("utf-8", "surrogatepass"))
        byte_level.mutate(draw, data)
        holder[key] = data.decode("utf-8", "replace")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        holder[key] = draw.choice((value + 1, value - 1, -value, str(value)))
    else:
        holder[key] = not value


_MUTATIONS: list[Callable[[random.Random, Holder, Any, list[Spot]], None]] = [
    _replace, _replace, _replace, _delete, _rename, _swap, _wrap, _repeat, _twice, _inside, _inside,
]  # fmt: skip


def json_copy(value: Any) -> Any:
    """A deep copy of a document with raw values."""
    if isinstance(value, dict):
        return {key: json_copy(item) for key, item in value.items()}
    return [json_copy(item) for item in value] if isinstance(value, list) else value


def _text(value: Any, ensure_ascii: bool = True, indent: int | None = None) -> str:
    raws: list[str] = []

    def keep(raw: Raw) -> str:
        raws.append(raw.text if len(raws) < _MOST_RAWS else "0")
        return f"\x01RAW{len(raws) - 1}\x01"

    text = json.dumps(value, default=keep, ensure_ascii=ensure_ascii, indent=indent, separators=(",", ":"))
    return _RAW.sub(lambda found: raws[int(found[1])], text)


def mutated(draw: random.Random, data: bytes) -> bytes:
    """A changed document; what is no JSON changes as bytes."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return byte_level.mutated(draw, data)
    for _ in range(draw.choice((1, 1, 2, 3, 6))):
        spots = list(_spots(document))
        if not spots or draw.random() < 0.02:
            document = _odd(draw)
            break
        if len(spots) > _MOST_SPOTS:
            break
        draw.choice(_MUTATIONS)(draw, *draw.choice(spots), spots)
    try:
        text = _text(document, ensure_ascii=draw.random() < 0.5, indent=draw.choice((None, 2)))
    except (RecursionError, ValueError):
        return data
    return text.encode("utf-8", draw.choice(("replace", "surrogatepass", "backslashreplace")))


def mutated_lines(draw: random.Random, data: bytes) -> bytes:
    """One line of many changes, or the order of lines."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return byte_level.mutated(draw, data)
    place = draw.randrange(len(lines))
    kind = draw.randrange(6)
    if kind == 0:
        lines.insert(draw.randrange(len(lines) + 1), lines[place])
    elif kind == 1:
        del lines[place]
    elif kind == 2:
        lines[place] = byte_level.mutated(draw, lines[place])
    else:
        lines[place] = mutated(draw, lines[place]).replace(b"\n", b"") + b"\n"
    return b"".join(lines)
