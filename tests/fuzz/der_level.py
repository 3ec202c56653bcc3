"""Mutations of DER as a tree (X.690): tags, lengths, values and order change, the lengths around them fit again."""

import base64
import random
from dataclasses import dataclass, field

from tests.fuzz import byte_level

OIDS = [bytes.fromhex(text) for text in (
    "2a864886f70d010701", "2a864886f70d010702", "2a864886f70d010703", "2a864886f70d010706", "2a864886f70d010903",
    "2a864886f70d010904", "2a864886f70d010905", "2a864886f70d0109100104", "2a864886f70d010910022f",
    "608648016503040201", "608648016503040203", "2b0e03021a", "2a864886f70d0205", "2a8648ce3d040302",
    "2a8648ce3d0201", "2a8648ce3d030107", "2a864886f70d010101", "2a864886f70d01010b", "2a864886f70d01010a",
    "2b6570", "550403", "551d0f", "551d25", "551d13", "551d11", "2a864886f70d01050d", "2a864886f70d01050c",
    "2b06010401da470402", "2a03", "80" * 60,
)]  # fmt: skip
VALUES = (
    b"", b"\0", b"\xff", b"\x7f" * 20, b"\xff" * 9, b"\x01" + b"\0" * 8, b"\x7f\xff\xff\xff", b"\0" * 300,
    b"991231235959Z",
    b"00000101000000Z", b"99991231235959Z", b"20261121022900.5Z", b"2026112102", b"20261331000000Z", b"\xed\xa0\x80",
    b"a\0b", b"\xe2\x80\xae", b"x" * 5000, b"\x00\x80", b"\x30\x00",
)  # fmt: skip
TAGS = (
    b"\x02", b"\x03", b"\x04", b"\x05", b"\x06", b"\x0c", b"\x16", b"\x17", b"\x18", b"\x30", b"\x31", b"\xa0",
    b"\xa1", b"\x80", b"\x1e", b"\x01", b"\x24", b"\xbf\x81\x01",
)  # fmt: skip
LENGTHS = (b"\x80", b"\x84\xff\xff\xff\xff", b"\x00", b"\x81\x01", b"\x88" + b"\xff" * 8, b"\xff")
_MOST_NODES = 5000
_MOST_REPEATED_BYTES = 50_000


@dataclass
class Node:
    """One value. A primitive one that holds DER itself (an OCTET STRING around a structure) has children, too."""

    tag: bytes
    content: bytes = b""
    children: list["Node"] = field(default_factory=list)
    before: bytes = b""  # the count of unused bits of a BIT STRING
    length: bytes | None = None  # told instead of the true one
    whole: bytes | None = None  # all of it, as it stands elsewhere

    def to_bytes(self) -> bytes:
        """Its bytes, lengths as they are, unless it tells another."""
        if self.whole is not None:
            return self.whole
        inside = self.before + (b"".join(child.to_bytes() for child in self.children) or self.content)
        return self.tag + (_length(len(inside)) if self.length is None else self.length) + inside


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    raw = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(raw)]) + raw


def parse(data: bytes, depth: int = 0) -> list[Node] | None:
    """The values one after the other, None when these bytes are not made of values."""
    nodes: list[Node] = []
    place = 0
    while place < len(data):
        start = place
        place += 1
        if data[start] & 0x1F == 0x1F:
            return None
        if place >= len(data):
            return None
        size = data[place]
        place += 1
        if size & 0x80:
            count = size & 0x7F
            if not 1 <= count <= 4 or place + count > len(data):
                return None
            size = int.from_bytes(data[place : place + count], "big")
            place += count
        if place + size > len(data):
            return None
        nodes.append(_node(data[start : start + 1], data[place : place + size], depth))
        place += size
    return nodes


def _node(tag: bytes, content: bytes, depth: int) -> Node:
    before = content[:1] if tag == b"\x03" and content[:1] == b"\0" else b""
    holds = tag[0] & 0x20 or (
        tag in (b"\x04", b"\x03") and content[len(before) : len(before) + 1] in (b"\x30", b"\x31")
    )
    children = parse(content[len(before) :], depth + 1) if holds and content and depth < 30 else None
    return Node(tag, content[len(before) :], children or [], before)


def _copy(node: Node) -> Node:
    """The same bytes; no value may come to lie inside itself."""
    return Node(b"", whole=node.to_bytes())


def _all(nodes: list[Node]) -> list[tuple[list[Node], int]]:
    found = []
    waiting = [nodes]
    while waiting:
        holder = waiting.pop()
        for place, node in enumerate(holder):
            found.append((holder, place))
            waiting.append(node.children)
    return found


def _mutate(draw: random.Random, nodes: list[Node]) -> None:
    spots = _all(nodes)
    if not spots or len(spots) > _MOST_NODES:
        return
    holder, place = draw.choice(spots)
    if draw.random() < 0.5:
        _mutate_value(draw, holder[place])
    else:
        _mutate_place(draw, holder, place, spots)


def _mutate_value(draw: random.Random, node: Node) -> None:
    kind = draw.randrange(5)
    if kind == 0:
        node.tag = draw.choice(TAGS)
    elif kind == 1:
        node.length = draw.choice(LENGTHS)
    elif node.tag == b"\x06" and kind < 4:
        node.content, node.children = draw.choice(OIDS), []
    elif kind == 2:
        node.content, node.children = draw.choice(VALUES), []
    else:
        node.content, node.children = byte_level.mutated(draw, node.content), []


def _mutate_place(draw: random.Random, holder: list[Node], place: int, spots: list[tuple[list[Node], int]]) -> None:
    kind = draw.randrange(5)
    node = holder[place]
    if kind == 0:
        del holder[place]
    elif kind == 1:
        most = max(1, _MOST_REPEATED_BYTES // (len(node.to_bytes()) or 1))
        holder[place:place] = [node] * min(draw.choice((1, 1, 2, 30, 500)), most)
    elif kind == 2:
        other, there = draw.choice(spots)
        if there < len(other):
            holder[place], other[there] = _copy(other[there]), _copy(node)
    else:
        for _ in range(draw.choice((1, 3, 50, 400))):
            holder[place] = Node(draw.choice((b"\x30", b"\x31", b"\xa0", b"\x04", b"\x24")), b"", [holder[place]])


def mutated(draw: random.Random, data: bytes) -> bytes:
    """A changed structure; in PEM, the first block is changed and put back among what stands around it."""
    begin, dashes = data.find(b"-----BEGIN "), b"-----\n"
    if begin >= 0 and draw.random() < 0.8:
        start = data.find(dashes, begin) + len(dashes)
        end = data.find(b"-----END ", start)
        try:
            der = base64.b64decode(data[start:end])
        except ValueError:
            return byte_level.mutated(draw, data)
        text = base64.b64encode(_mutated_der(draw, der))
        lines = b"".join(text[i : i + 64] + b"\n" for i in range(0, len(text), 64))
        return data[:start] + lines + data[end:]
    return _mutated_der(draw, data) if begin < 0 else byte_level.mutated(draw, data)


def _mutated_der(draw: random.Random, data: bytes) -> bytes:
    nodes = parse(data)
    if not nodes:
        return byte_level.mutated(draw, data)
    try:
        for _ in range(draw.choice((1, 1, 2, 4))):
            _mutate(draw, nodes)
        return b"".join(node.to_bytes() for node in nodes)[: 2 << 20]
    except RecursionError:
        return data
