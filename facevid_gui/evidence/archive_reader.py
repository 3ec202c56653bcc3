"""Reading a zip that a stranger may have made: nothing in it is trusted (floor 1).

What enters: a file. What leaves: its members, named so that they unpack to one place on every system, and their
bytes piece by piece, or an `ArchiveError`. Accepted is a strict kind of zip: members follow one another without a gap,
directory and members agree, nothing lies before, between or behind them; stored or deflated, not encrypted, no links.
Whatever is accepted has one meaning to every program. Form: APPNOTE.TXT 6.3.10.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from facevid_gui.evidence.archive_names import collision_key, name_problem
from facevid_gui.files import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken

MAX_MEMBERS = 20_000
MAX_DIRECTORY_BYTES = 16 * 1024 * 1024
MAX_TOTAL_BYTES = 8 * 1024**3
MAX_RATIO = 100  # text shrinks to a fifth, media not at all
_RATIO_SLACK_BYTES = 10 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_DESCRIPTOR, _UTF8 = 0x0008, 0x0800
_DESCRIPTOR_BYTES = frozenset({12, 16, 20, 24})  # without and with signature, sizes of 4 or 8 bytes
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DOS_FOLDER = 0x10


class ArchiveError(Exception):
    """The archive is not looked into. `code` is a reason code of design section 9, `path` the member.

    `why` names the two cases a person can do something about at once: "encrypted" and "no_zip".
    """

    def __init__(self, code: str, path: str, detail: str, why: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.path = path
        self.why = why


@dataclass(frozen=True)
class Member:
    """One file of an archive: where its packed bytes begin, how many they are, and what they must come to."""

    name: str
    size: int
    packed: int
    crc: int
    deflated: bool
    start: int


class Archive:
    """The files of an open archive; folders are not listed."""

    def __init__(self, file: BinaryIO, members: tuple[Member, ...]) -> None:
        self._file = file
        self.members = members

    def sha256(self, token: CancelToken) -> str:
        """The hash of the whole file, read from the very file whose members are unpacked."""
        import hashlib

        digest = hashlib.sha256()
        self._file.seek(0)
        while piece := self._file.read(_PIECE_BYTES):
            token.raise_if_cancelled()
            digest.update(piece)
        return digest.hexdigest()

    def pieces(self, member: Member, token: CancelToken) -> Iterator[bytes]:
        """Yield a member's bytes; `ArchiveError` as soon as they are not what the directory says."""
        self._file.seek(member.start)
        crc = size = 0
        for piece in _unpacked(self._file, member):
            token.raise_if_cancelled()
            size += len(piece)
            if size > member.size:
                raise ArchiveError("too_large", member.name, "unpacks to more than it says")
            crc = zlib.crc32(piece, crc)
            yield piece
        if (size, crc) != (member.size, member.crc):
            raise _unreadable("unpacks to something else than it says", member.name)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open an archive after checking its whole structure; `ArchiveError`, or `OSError` from the disk."""
    with io.BufferedReader(open_regular(path)) as file:
        count, directory = _check_end(file)
        try:
            with zipfile.ZipFile(file) as parsed:
                entries = parsed.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error) as error:
            raise _unreadable(f"no zip archive: {error}", why="no_zip") from error
        if len(entries) != count:
            raise _unreadable("the directory and its number of members differ")
        for entry in entries:
            _check_entry(entry)
        _check_names(entries)
        _check_amount(entries)
        yield Archive(file, tuple(_locate(file, entries, directory)))


def _unreadable(detail: str, path: str = "", why: str = "") -> ArchiveError:
    return ArchiveError("unreadable", path, detail, why)


def _check_end(file: BinaryIO) -> tuple[int, int]:
    """Number of members and position of the directory; the end of the archive is the end of the file."""
    length = file.seek(0, os.SEEK_END)
    at = length - _END.size
    if at < 0 or not _starts_with(file, at, b"PK\5\6"):
        raise _unreadable("does not end as a zip archive does: no archive, or something behind it", why="no_zip")
    end = _read(file, at, _END, b"PK\5\6", "the end of the archive is damaged")
    disk, start_disk, here, count, size, directory, comment = end
    if comment:
        raise _unreadable("something lies behind the directory")
    if at >= _LOCATOR.size and _starts_with(file, at - _LOCATOR.size, b"PK\6\7"):
        at -= _LOCATOR.size
        locator_disk, where, disks = _read(file, at, _LOCATOR, b"PK\6\7", "")
        at -= _END_64.size
        if (locator_disk, where, disks) != (0, at, 1):
            raise _unreadable("the end of the large archive is not where it should be")
        end = _read(file, at, _END_64, b"PK\6\6", "the end of the large archive is damaged")
        rest, _, _, disk, start_disk, here, count, size, directory = end
        if rest != _END_64.size - 12:
            raise _unreadable("the end of the large archive is damaged")
    if disk or start_disk or here != count:
        raise _unreadable("a part of an archive of several parts")
    if count > MAX_MEMBERS or size > MAX_DIRECTORY_BYTES:
        raise ArchiveError("too_large", "", "too many members")
    if directory + size != at:
        raise _unreadable("something lies before the archive or behind its directory")
    return count, directory


def _starts_with(file: BinaryIO, at: int, signature: bytes) -> bool:
    file.seek(at)
    return file.read(len(signature)) == signature


def _read(file: BinaryIO, at: int, form: struct.Struct, signature: bytes, otherwise: str) -> tuple[int, ...]:
    """The numbers of a structure behind its signature."""
    if at < 0 or not _starts_with(file, at, signature):
        raise _unreadable(otherwise)
    file.seek(at)
    raw = file.read(form.size)
    if len(raw) != form.size:
        raise _unreadable(otherwise)
    return form.unpack(raw)[1:]


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    is_folder = name.endswith("/")
    problem = name_problem(name.removesuffix("/"))
    if problem:
        raise _unreadable(problem, name)
    if kind == stat.S_IFLNK:
        raise ArchiveError("link", name, "a link inside an archive")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError("special_file", name, "a special file inside an archive")
    if is_folder and (entry.file_size or entry.compress_size or kind == stat.S_IFREG):
        raise _unreadable("a folder with content", name)
    if not is_folder and (kind == stat.S_IFDIR or entry.external_attr & _DOS_FOLDER):
        raise _unreadable("a file that says it is a folder", name)
    if entry.flag_bits & _ENCRYPTED:
        raise _unreadable("encrypted", name, "encrypted")
    if entry.compress_type not in _METHODS:
        raise _unreadable("packed in a way that is not accepted", name)
    if entry.compress_type == zipfile.ZIP_STORED and entry.compress_size != entry.file_size:
        raise _unreadable("two sizes of one file", name)


def _check_names(entries: Iterable[zipfile.ZipInfo]) -> None:
    """No two names may be one file anywhere, and no file a folder of another."""
    files: dict[str, bool] = {}
    folders: set[str] = set()
    for entry in entries:
        key = collision_key(entry.orig_filename.removesuffix("/"))
        if key in files:
            raise _unreadable("a name twice, perhaps in other letters", entry.orig_filename)
        files[key] = not entry.orig_filename.endswith("/")
        parts = key.split("/")
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
    for key in folders:
        if files.get(key):
            raise _unreadable("a file that is also a folder", key)


def _check_amount(entries: Iterable[zipfile.ZipInfo]) -> None:
    total = packed = 0
    for entry in entries:
        total += entry.file_size
        packed += entry.compress_size
    if total > MAX_TOTAL_BYTES:
        raise ArchiveError("too_large", "", f"would unpack to {total} bytes")
    if total > MAX_RATIO * packed + _RATIO_SLACK_BYTES:
        raise ArchiveError("too_large", "", f"{packed} bytes would unpack to {total}")


def _locate(file: BinaryIO, entries: Iterable[zipfile.ZipInfo], directory: int) -> Iterator[Member]:
    """The files where their headers say they are: one behind the other, without overlap or gap."""
    expected, descriptor = 0, False
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        _check_gap(entry.header_offset - expected, entry.orig_filename, descriptor=descriptor)
        start = _check_header(file, entry)
        expected, descriptor = start + entry.compress_size, bool(entry.flag_bits & _DESCRIPTOR)
        if not entry.orig_filename.endswith("/"):
            yield Member(
                entry.orig_filename, entry.file_size, entry.compress_size, entry.CRC,
                entry.compress_type == zipfile.ZIP_DEFLATED, start,
            )  # fmt: skip
    _check_gap(directory - expected, "", descriptor=descriptor)


def _check_gap(gap: int, name: str, *, descriptor: bool) -> None:
    if gap < 0:
        raise _unreadable("members that overlap", name)
    if gap and not (descriptor and gap in _DESCRIPTOR_BYTES):
        raise _unreadable("bytes that belong to no member", name)


def _check_header(file: BinaryIO, entry: zipfile.ZipInfo) -> int:
    """Compare a member's own header with the directory; return where its bytes begin."""
    name = entry.orig_filename
    differs = "its header and the directory differ"
    header = _read(file, entry.header_offset, _LOCAL, b"PK\3\4", differs)
    _, flags, method, _, _, crc, packed, size, name_length, extra_length = header
    own_name = file.read(name_length)
    if own_name != name.encode("utf-8" if entry.flag_bits & _UTF8 else "cp437"):
        raise _unreadable(differs, name)
    if (flags, method) != (entry.flag_bits, entry.compress_type):
        raise _unreadable(differs, name)
    if not flags & _DESCRIPTOR:
        large = 0xFFFFFFFF
        if crc != entry.CRC or packed not in (entry.compress_size, large) or size not in (entry.file_size, large):
            raise _unreadable(differs, name)
    return entry.header_offset + _LOCAL.size + name_length + extra_length


def _unpacked(file: BinaryIO, member: Member) -> Iterator[bytes]:
    left = member.packed
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if member.deflated else None
    while left and (piece := file.read(min(_PIECE_BYTES, left))):
        left -= len(piece)
        if unpacker is None:
            yield piece
        else:
            yield from _inflated(unpacker, piece, member.name)
    if unpacker is not None:  # what did not fit into the last piece
        while rest := unpacker.decompress(b"", _PIECE_BYTES):
            yield rest
    if left or (unpacker is not None and (not unpacker.eof or unpacker.unused_data)):
        raise _unreadable("its packed bytes end too early or too late", member.name)


def _inflated(unpacker: zlib._Decompress, piece: bytes, name: str) -> Iterator[bytes]:
    """Unpack one piece of input into pieces that are never larger than one megabyte."""
    while piece:
        if unpacker.eof:
            raise _unreadable("its packed bytes end too early or too late", name)
        try:
            yield unpacker.decompress(piece, _PIECE_BYTES)
        except zlib.error as error:
            raise _unreadable("its packed bytes are damaged", name) from error
        piece = unpacker.unconsumed_tail
