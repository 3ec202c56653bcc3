"""Mutations of bytes as bytes: what any parser may be handed."""

import random
from collections.abc import Callable, Sequence

Mutation = Callable[[random.Random, bytearray], None]

WORDS = [
    b"null", b"true", b"-1", b"1e999", b"NaN", b"Infinity", b"9" * 5000, b'""', b'"\\ud800"', b"[]", b"{}",
    b"[" * 3000, b'{"a":' * 2000, b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"../", b"data/", b"%00",
    b"\xe2\x80\xae", b"\\u0000", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x06\x00", b"\x05\x00", b"\x02\x01\x00",
    b"\xa0\x80", b"\x04\x82\xff\xff", b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:60Z", b"content-encoding: gzip\r\n",
    b"content-encoding: deflate\r\n", b"sealed", b"stamped", b"prev_sha256", b"/Response/VideoData", b"~1~0", b"gzip",
    b"base64",
]  # fmt: skip
ODD_BYTES = (0, 1, 0x30, 0x31, 0x7F, 0x80, 0x84, 0xA0, 0xFF)


def _at(draw: random.Random, data: bytearray) -> int:
    return draw.randrange(len(data) + 1)


def _flip(draw: random.Random, data: bytearray) -> None:
    if data:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def _set(draw: random.Random, data: bytearray) -> None:
    if data:
        data[draw.randrange(len(data))] = draw.choice(ODD_BYTES)


def _cut(draw: random.Random, data: bytearray) -> None:
    start = _at(draw, data)
    del data[start : start + draw.choice((1, 2, 16, 200))]


def _end(draw: random.Random, data: bytearray) -> None:
    del data[_at(draw, data) :]


def _double(draw: random.Random, data: bytearray) -> None:
    start = _at(draw, data)
    piece = data[start : start + draw.choice((1, 8, 64, 500))]
    data[start:start] = piece * draw.choice((1, 1, 2, 40))


def _move(draw: random.Random, data: bytearray) -> None:
    start, length = _at(draw, data), draw.choice((1, 8, 64))
    piece = data[start : start + length]
    del data[start : start + length]
    to = _at(draw, data)
    data[to:to] = piece


def _say(draw: random.Random, data: bytearray) -> None:
    say(draw, data, WORDS)


def say(draw: random.Random, data: bytearray, words: Sequence[bytes]) -> None:
    """Put one of the words somewhere, perhaps over what stands there."""
    start = _at(draw, data)
    data[start : start + draw.choice((0, 0, 1, 4, 20))] = draw.choice(words)


def _value(draw: random.Random, data: bytearray) -> None:
    """Another value behind a colon: JSON stays JSON more often."""
    colons = [position for position, byte in enumerate(data[:200_000]) if byte == 0x3A]
    if not colons:
        return
    start = draw.choice(colons) + 1
    end = min([p for p in (data.find(b",", start), data.find(b"}", start)) if p >= 0], default=len(data))
    data[start:end] = draw.choice(WORDS)


MUTATIONS: list[Mutation] = [
    _flip, _flip, _set, _set, _cut, _end, _double, _move, _say, _say, _value, _value,
]  # fmt: skip


def mutate(draw: random.Random, data: bytearray, mutations: Sequence[Mutation] = MUTATIONS) -> None:
    """A few mutations, in place."""
    for _ in range(draw.choice((1, 1, 1, 2, 5))):
        draw.choice(mutations)(draw, data)


def mutated(draw: random.Random, data: bytes) -> bytes:
    """A few mutations of bytes."""
    changed = bytearray(data)
    mutate(draw, changed)
    return bytes(changed)
