"""Mutations of text as people and spreadsheet programs have it: separators, quotes, encodings, odd characters."""

import random

from tests.fuzz import byte_level

PIECES = (
    ",", ";", "\t", '"', "'", "\n", "\r\n", "\r", "\0", "\u202e", "\ufeff", "\u2028", "=", "=1+1", "#", "sep=;",
    "ＦlowＩd", "１２",
    "yD" + "a" * 30, "a" * 32, "a" * 33, "订单号:", "flowId=", "SignId: ", "https://x.example/?orderNo=",
    "%2525", "&", "e\u0301",
    "\U000e0041", "x" * 20_000, "\n" * 12_000, '"' * 9_000, "a,b\n" * 300, "2026-11-21 02:29:00+99:99",
    "2026年2月30日", "١٢٣",
    "\ufdfa" * 400, "99999999999", "20220329104717", "案号", "%", "{0}", "(", "[", "-", "null",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030", "latin-1")


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def mutated(draw: random.Random, data: bytes) -> bytes:
    """A changed text, perhaps in another encoding."""
    if draw.random() < 0.2:
        return byte_level.mutated(draw, data)
    text = _decoded(data)
    for _ in range(draw.choice((1, 1, 2, 5))):
        start = draw.randrange(len(text) + 1)
        end = start + draw.choice((0, 0, 1, 5, 40))
        kind = draw.randrange(4)
        if kind < 2:
            text = text[:start] + draw.choice(PIECES) + text[end:]
        elif kind == 2:
            text = text[:start] + text[end:]
        else:
            text = text[:start] + text[start:end] * draw.choice((2, 50)) + text[end:]
    return text[:400_000].encode(draw.choice(ENCODINGS), "replace")
