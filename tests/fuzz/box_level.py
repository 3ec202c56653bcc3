"""Mutations of an MP4 file as a tree of boxes (ISO/IEC 14496-12, 4.2), and of the head of any media file."""

import random
import struct

from tests.fuzz import byte_level

KINDS = (b"ftyp", b"moov", b"mdat", b"free", b"trak", b"moof", b"uuid", b"skip", b"wide", b"\0\0\0\0", b"mvhd", b"stsz")
HEADS = (
    b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff",
    b"\x1a\x45\xdf\xa3\x01" + b"\0" * 6 + b"\x05webm!",
    b"RIFF\xff\xff\xff\xffWEBP", b"RIFF\0\0\0\0AVI ", b"BM\0\0\0\0\0\0\0\0", b"GIF89a", b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"FLV\x01", b"\0\0\0\x18ftypheic", b"<!DOCTYPE html>", b"%PDF-1.7\n", b"PK\3\4",
)  # fmt: skip
SIZES = (0, 1, 2, 7, 8, 9, 16, 0x7FFFFFFF, 0xFFFFFFFF)
_HOLDERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf", b"udta")


def _boxes(data: bytes | bytearray, start: int, end: int) -> list[int]:
    """Where boxes begin, those inside others included."""
    found = []
    while start + 8 <= end:
        size = int.from_bytes(data[start : start + 4], "big")
        if not 8 <= size <= end - start:
            break
        found.append(start)
        if bytes(data[start + 4 : start + 8]) in _HOLDERS:
            found += _boxes(data, start + 8, start + size)
        start += size
    return found


def mutated(draw: random.Random, data: bytes) -> bytes:
    """A changed file."""
    places = _boxes(data, 0, len(data))
    changed = bytearray(data)
    kind = draw.randrange(9)
    if not places or kind < 2:
        if kind == 0:
            head = draw.choice(HEADS)
            changed[: draw.choice((0, len(head)))] = head
        byte_level.mutate(draw, changed)
        return bytes(changed)
    place = draw.choice(places)
    size = int.from_bytes(changed[place : place + 4], "big")
    if kind == 2:
        changed[place : place + 4] = struct.pack(">L", draw.choice(SIZES))
    elif kind == 3:
        changed[place + 4 : place + 8] = draw.choice(KINDS)
    elif kind == 4:
        del changed[place : place + size]
    elif kind == 5:
        changed[place:place] = changed[place : place + size] * draw.choice((1, 2, 300))
    elif kind == 6:  # a size of 64 bits
        told = draw.choice((size + 8, 0, 1, 15, 16, 2**32, 2**63, 2**64 - 1))
        changed[place : place + 8] = struct.pack(">L", 1) + changed[place + 4 : place + 8] + struct.pack(">Q", told)
    elif kind == 7:
        changed[place:place] = struct.pack(">L4s", 8, draw.choice(KINDS)) * draw.choice((1, 20, 5000))
    else:
        inside = changed[place + 8 : place + size]
        byte_level.mutate(draw, inside)
        changed[place + 8 : place + size] = inside
    return bytes(changed)
