"""Zips made anew from an old one, with lies in names, sizes, places and counts (APPNOTE.TXT 6.3.10)."""

import io
import random
import struct
import zipfile
import zlib
from dataclasses import replace

from tests.fuzz import byte_level
from tests.support.evidence_zips import Entry, deflated, make_zip

NAMES = (
    "", "/", "..", "../x", "/etc/passwd", "C:\\x", "a\\b", "a:b", "con", "NUL.txt", "a.", " a", "a/", "a//b",
    "a/./b", "x" * 300,
    "d/" * 20 + "x", "e\u0301", "\u202ex", "\0", "A", "a", "aux", "字", "data/capture.json", "bagit.txt",
)  # fmt: skip
NUMBERS = (0, 1, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
ATTRIBUTES = (0o120777 << 16, 0o010644 << 16, 0o040755 << 16, 0o060644 << 16, 0x10, 0)
FLAGS = (0, 1, 8, 0x0800, 0x0808, 0x40, 0x2000, 0xFFFF)
EXTRAS = (
    b"\x01\x00\x10\x00" + b"\xff" * 16, b"\x75\x70\x05\x00\x01" + b"\0" * 4, b"\x01\x00", b"\xff" * 30,
)  # fmt: skip
_MOST = 200_000


def _entries(data: bytes) -> list[Entry]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = [info for info in archive.infolist() if info.file_size <= _MOST][:12]
        return [
            Entry(info.orig_filename, archive.read(info), 8 if info.compress_type == 8 else 0, info.flag_bits & 0x0800,
                  info.external_attr)
            for info in infos
        ]  # fmt: skip


_LIES = {
    "name": NAMES,
    "local_name": [name.encode("utf-8") for name in NAMES],
    "size": NUMBERS,
    "crc": NUMBERS,
    "offset": (0, 1, 30, 0xFFFFFFFF),
    "attributes": ATTRIBUTES,
    "flags": FLAGS,
    "method": (0, 8, 12, 99),
    "gap": (b"x", b"PK\3\4", b"\0" * 12, b"\0" * 16),
}


def _changed(draw: random.Random, entry: Entry) -> Entry:
    kind = draw.randrange(len(_LIES) + 2)
    if kind == 0:
        return replace(entry, method=8, packed=byte_level.mutated(draw, deflated(entry.data)))
    if kind == 1:
        return replace(entry, method=8, data=b"\0" * draw.choice((1000, 100_000, 4_000_000)))
    what = draw.choice(list(_LIES))
    return replace(entry, **{what: draw.choice(_LIES[what])})


def _anew(draw: random.Random, data: bytes) -> bytes:
    entries = _entries(data)
    if not entries:
        return byte_level.mutated(draw, data)
    for _ in range(draw.choice((1, 1, 2, 4))):
        place = draw.randrange(len(entries))
        kind = draw.randrange(5)
        if kind == 0:
            entries.insert(draw.randrange(len(entries) + 1), entries[place])
        elif kind == 1 and len(entries) > 1:
            del entries[place]
        else:
            entries[place] = _changed(draw, entries[place])
    around = {"before": b"MZ", "after": b"<html>"}
    chosen = {name: text for name, text in around.items() if draw.random() < 0.05}
    return make_zip(entries, **chosen, count=draw.choice((None,) * 8 + (0, 1, 0xFFFF)))


def _extra(draw: random.Random, data: bytes) -> bytes:
    """An extra field, true or not, in the first entry of the directory."""
    start = data.rfind(b"PK\5\6")
    size, place = struct.unpack("<2L", data[start + 12 : start + 20])
    extra, name = draw.choice(EXTRAS), int.from_bytes(data[place + 28 : place + 30], "little")
    behind = place + 46 + name
    directory = data[place : place + 30] + struct.pack("<H", len(extra)) + data[place + 32 : behind] + extra
    end = data[start : start + 12] + struct.pack("<L", size + len(extra)) + data[start + 16 :]
    return data[:place] + directory + data[behind:start] + end


def mutated(draw: random.Random, data: bytes) -> bytes:
    """A changed archive; what is none changes as bytes."""
    try:
        kind = draw.randrange(4)
        if kind == 0:
            return byte_level.mutated(draw, data)
        return _extra(draw, data) if kind == 1 else _anew(draw, data)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, RuntimeError, struct.error, zlib.error):
        return byte_level.mutated(draw, data)
