"""Zips as hostile or sloppy senders make them, byte by byte where `zipfile` would refuse."""

import binascii
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
REGULAR = 0o100644 << 16


@dataclass(frozen=True)
class Entry:
    """One member as it is to be written; what is None follows from `data`."""

    name: str
    data: bytes = b""
    method: int = 0
    flags: int = 0x0800
    attributes: int = REGULAR
    size: int | None = None
    crc: int | None = None
    packed: bytes | None = None
    raw_name: bytes | None = None
    local_name: bytes | None = None
    descriptor: bytes = b""
    offset: int | None = None
    gap: bytes = b""


def deflated(data: bytes) -> bytes:
    """Raw deflate."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def make_zip(entries: list[Entry], *, before: bytes = b"", after: bytes = b"", count: int | None = None) -> bytes:
    """A zip of these entries."""
    body, directory = bytearray(before), bytearray()
    for entry in entries:
        packed = entry.packed if entry.packed is not None else _pack(entry)
        size = len(entry.data) if entry.size is None else entry.size
        crc = binascii.crc32(entry.data) if entry.crc is None else entry.crc
        name = entry.raw_name if entry.raw_name is not None else entry.name.encode()
        offset = len(body) if entry.offset is None else entry.offset
        late = bool(entry.flags & 8)
        numbers = (0, 0, 0) if late else (crc, len(packed), size)
        local = entry.local_name if entry.local_name is not None else name
        body += struct.pack("<4s5H3L2H", LOCAL, 20, entry.flags, entry.method, 0, 33, *numbers, len(local), 0)
        body += local + packed + entry.descriptor + entry.gap
        directory += struct.pack(
            "<4s6H3L5H2L", CENTRAL, 0x314, 20, entry.flags, entry.method, 0, 33, crc, len(packed), size, len(name), 0,
            0, 0, 0, entry.attributes, offset,
        )  # fmt: skip
        directory += name
    number = len(entries) if count is None else count
    end = struct.pack("<4s4H2LH", END, 0, 0, number, number, len(directory), len(body), 0)
    return bytes(body + directory + end + after)


def _pack(entry: Entry) -> bytes:
    return deflated(entry.data) if entry.method == 8 else entry.data


def entries_of(folder: Path, **changes: object) -> list[Entry]:
    """A folder as entries, named as it is."""
    return [
        replace(Entry(f"{folder.name}/{path.relative_to(folder).as_posix()}", path.read_bytes()), **changes)  # type: ignore[arg-type]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def zip_folder(folder: Path, target: Path, *, deflate: bool = False, wrapper: str = "") -> Path:
    """A zip of a folder as ordinary programs make it, folders included."""
    method = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "w", method) as package:
        for path in [folder, *sorted(folder.rglob("*"))]:
            package.write(path, f"{wrapper}{folder.name}/{path.relative_to(folder).as_posix()}".replace("/.", ""))
    return target
