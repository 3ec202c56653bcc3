"""BagIt 1.0 (RFC 8493) with a strict profile: writing the lists, reading them without mercy (floor 1).

What enters: files with fixed lower-case ASCII names. What leaves: `manifest-sha256.txt` and
`tagmanifest-sha256.txt` in the one form that `sha256sum -c` and `bagit.py` both read. Plain BagIt lets
extra files, a missing tag manifest or a `fetch.txt` pass; the profile here does not (research:
evidence-format, sections 5 and 7).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
README = "README.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = f"signatures/{TAG_MANIFEST}.p7s"
TAGGED = (README, BAG_INFO, BAGIT, MANIFEST)
ROOT_FILES = frozenset({*TAGGED, TAG_MANIFEST})
BAGIT_BYTES = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
HARMLESS_STRANGERS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})

MAX_LIST_BYTES = 1024 * 1024
MAX_FILES = 4096
_LINE = re.compile(rb"([0-9a-f]{64})  ([a-zA-Z0-9._/-]{1,200})")
_DATA_PATH = re.compile(r"data(?:/[a-z0-9][a-z0-9._-]{0,60}){1,4}")
_SIGNATURES = re.compile(r"signatures/tagmanifest-sha256\.txt\.p7s(?:(?:\.[0-9]{2})?(?:\.tsr)+(?:\.crt)?)?")
_CUSTODY = re.compile(r"custody/[0-9]{6}\.json(?:\.p7s)?")


class ListError(ValueError):
    """A hash list that is not in the one accepted form."""


@dataclass(frozen=True)
class BagInfo:
    """What goes into `bag-info.txt`: nothing personal, no provider id; folder lists are seen by many."""

    evidence_id: str
    bagging_date: str
    program: str
    schema: str
    payload_bytes: int
    payload_files: int

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        return (
            f"Bag-Software-Agent: {self.program}\n"
            f"Bagging-Date: {self.bagging_date}\n"
            f"External-Identifier: {self.evidence_id}\n"
            f"Facevid-Schema: {self.schema}\n"
            f"Payload-Oxum: {self.payload_bytes}.{self.payload_files}\n"
        ).encode("ascii")


def write_list(hashes: Mapping[str, str]) -> bytes:
    """Write a hash list: hash, two blanks, path, LF; sorted by path."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items())).encode("ascii")


def read_manifest(raw: bytes) -> dict[str, str]:
    """Read `manifest-sha256.txt`: path to hash, every path below `data/`. Raises `ListError`."""
    entries = _read_list(raw)
    for path in entries:
        if not is_data_path(path):
            raise ListError(f"path not allowed: {path}")
    if "data/capture.json" not in entries:
        raise ListError("data/capture.json is not listed")
    return entries


def read_tag_manifest(raw: bytes) -> dict[str, str]:
    """Read `tagmanifest-sha256.txt`: exactly the four tag files. Raises `ListError`."""
    entries = _read_list(raw)
    if set(entries) != set(TAGGED):
        raise ListError("does not list exactly the four tag files")
    return entries


def is_data_path(path: str) -> bool:
    """Whether a payload path has the fixed form."""
    return _DATA_PATH.fullmatch(path) is not None and ".." not in path


def is_allowed_outside_data(path: str) -> bool:
    """Whether a file may lie at `path` outside `data/`."""
    return path in ROOT_FILES or bool(_SIGNATURES.fullmatch(path) or _CUSTODY.fullmatch(path))


def payload_bytes(bag_info: bytes) -> int | None:
    """The bytes of the payload as `bag-info.txt` tells them (`Payload-Oxum`); None when it does not."""
    match = re.search(rb"^Payload-Oxum: ([0-9]{1,15})\.[0-9]{1,6}$", bag_info, re.MULTILINE)
    return int(match[1]) if match else None


def _read_list(raw: bytes) -> dict[str, str]:
    if len(raw) > MAX_LIST_BYTES:
        raise ListError("too large")
    if not raw.endswith(b"\n"):
        raise ListError("does not end with a line feed")
    entries: dict[str, str] = {}
    previous = ""
    for line in raw[:-1].split(b"\n"):
        match = _LINE.fullmatch(line)
        if match is None:
            raise ListError("a line is not a hash and a path")
        path = match[2].decode("ascii")
        if path <= previous:
            raise ListError("not sorted, or a path twice")
        entries[path] = match[1].decode("ascii")
        previous = path
    if len(entries) > MAX_FILES:
        raise ListError("too many files")
    return entries
