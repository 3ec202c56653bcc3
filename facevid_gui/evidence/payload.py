"""What a folder holds against what its two lists say (floor 1).

What enters: a folder and what lies in it. What leaves: the hashes of the payload as they were sealed, the seal
digest, the very bytes of the files that are understood later, and a reason for everything that differs. Each
such file is read once: whoever can write while we read must not show the hash one thing and the parser another.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facevid_gui.core.verdict import Reason
from facevid_gui.evidence import bag
from facevid_gui.evidence.request_stamp import REQUEST_STAMP
from facevid_gui.evidence.tree import RECORD, Tree, limit_of, may_lie_there
from facevid_gui.files import read_limited, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_WORTH_THREADS_BYTES = 4 * 1024 * 1024  # starting them takes longer than hashing less
_UNTOLD_BYTES = 1024 * 1024 * 1024
_FOLDERS = frozenset({"data", "signatures", "custody"})
_HARMLESS = "left by a file manager"


@dataclass
class Payload:
    """What the lists came to. `listed` holds the payload's hashes when the manifest could be read.

    `understood` are the bytes of what is understood, as they were hashed; request stamps and requests among them.
    """

    reasons: list[Reason] = field(default_factory=list)
    listed: Mapping[str, str] = field(default_factory=dict)
    seal_sha256: str | None = None
    tag_manifest: bytes | None = None
    record: bytes | None = None
    understood: Mapping[str, bytes] = field(default_factory=dict)
    files_checked: int = 0


def check_payload(folder: Path, tree: Tree, threads: int) -> Payload:
    """Compare a folder with its lists. Raises `OSError` for what cannot be read, `ValueError` for what grew."""
    return _Check(folder, tree, threads).run()


class _Check:
    def __init__(self, folder: Path, tree: Tree, threads: int) -> None:
        self._root = str(folder)
        self._tree = tree
        self._threads = threads
        self._read_once: dict[str, bytes] = {}
        self._listed: dict[str, str] = {}
        self._found = Payload()
        self._reasons = self._found.reasons

    def run(self) -> Payload:
        if RECORD in self._tree.files:
            self._found.record = self._read(RECORD)
        for path in filter(REQUEST_STAMP.fullmatch, self._tree.files):
            for name in (path, path.removesuffix(".tsr")):
                if self._tree.sizes.get(name, limit_of(name) + 1) <= limit_of(name):
                    self._read(name)
        self._found.understood = self._read_once
        self._read_lists()
        self._found.tag_manifest = self._read_once.get(bag.TAG_MANIFEST)
        self._compare_names()
        self._compare_folders()
        self._compare_hashes()
        return self._found

    def _read(self, path: str) -> bytes:
        """Read a file that is understood, not only hashed; its size was limited when the tree was walked."""
        raw = self._read_once.get(path)
        if raw is None:
            raw = self._read_once[path] = read_limited(f"{self._root}/{path}", limit_of(path))
        return raw

    def _read_lists(self) -> None:
        """Both hash lists; what cannot be read becomes a reason."""
        for name, read in ((bag.TAG_MANIFEST, bag.read_tag_manifest), (bag.MANIFEST, bag.read_manifest)):
            if name not in self._tree.files:
                if name == bag.TAG_MANIFEST:
                    self._reasons.append(Reason("missing", name))
                continue
            raw = self._read(name)
            if name == bag.TAG_MANIFEST:
                self._found.seal_sha256 = hashlib.sha256(raw).hexdigest()
            try:
                entries = read(raw)
            except bag.ListError as error:
                self._reasons.append(Reason("bad_manifest", name, str(error)))
                continue
            self._listed |= entries
            if name == bag.MANIFEST:
                self._found.listed = entries
        if bag.MANIFEST not in self._tree.files and bag.MANIFEST not in self._listed:
            self._reasons.append(Reason("missing", bag.MANIFEST))

    def _compare_names(self) -> None:
        files, listed = self._tree.files, self._listed
        named_otherwise = {r.path for r in self._tree.reasons if r.code in ("link", "special_file")}
        self._reasons += [Reason("missing", path) for path in sorted(listed.keys() - files - named_otherwise)]
        present = {path for path in files if path.startswith("data/")}
        if RECORD in listed:  # else the list itself is what is wrong
            self._reasons += [_extra(path) for path in sorted(present - listed.keys())]
        outside = files - present
        self._reasons += [_extra(path) for path in sorted(outside) if not may_lie_there(path, outside)]

    def _compare_folders(self) -> None:
        needed = set(_FOLDERS)
        for path in self._listed:
            needed.update(_parents(path))
        for name in sorted(self._tree.folders - needed):
            if RECORD in self._listed or not name.startswith("data/"):
                self._reasons.append(Reason("extra", f"{name}/", "folder"))

    def _compare_hashes(self) -> None:
        paths = sorted(self._listed.keys() & self._tree.files)
        told = self._told_bytes()
        larger = [path for path in paths if self._tree.sizes[path] > told]
        self._reasons += [Reason("changed", path, "larger than the whole payload was") for path in larger]
        paths = [path for path in paths if self._tree.sizes[path] <= told]
        results = dict(zip(paths, self._hash_all(paths), strict=True))
        self._found.files_checked = len(results)
        self._reasons += [
            Reason("changed", path) for path, (digest, _) in results.items() if digest != self._listed[path]
        ]
        sizes = [size for path, (_, size) in results.items() if path.startswith("data/")]
        self._check_bag_files(f"Payload-Oxum: {sum(sizes)}.{len(sizes)}", is_whole=bool(sizes))

    def _told_bytes(self) -> int:
        """The sealed size of the payload: what is larger was changed, and hashing a terabyte of zeros takes an hour.

        `_UNTOLD_BYTES` when no size line can be believed.
        """
        if bag.BAG_INFO not in self._tree.files or bag.BAG_INFO not in self._listed:
            return _UNTOLD_BYTES
        raw = self._read(bag.BAG_INFO)
        if hashlib.sha256(raw).hexdigest() != self._listed[bag.BAG_INFO]:
            return _UNTOLD_BYTES
        return max(bag.payload_bytes(raw) or 0, bag.MAX_LIST_BYTES)

    def _hash_all(self, paths: Sequence[str]) -> list[tuple[str, int]]:
        if self._threads < 2 or sum(self._tree.sizes[path] for path in paths) < _WORTH_THREADS_BYTES:
            return [self._hash_of(path) for path in paths]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._hash_of, paths))

    def _hash_of(self, path: str) -> tuple[str, int]:
        """Hash and size of a file; what is also understood is hashed and understood from one reading."""
        raw = self._read_once.get(path)
        if raw is None:
            return sha256_of(f"{self._root}/{path}")
        return hashlib.sha256(raw).hexdigest(), len(raw)

    def _check_bag_files(self, oxum: str, *, is_whole: bool) -> None:
        files = self._tree.files
        if bag.BAGIT in files and self._read(bag.BAGIT) != bag.BAGIT_BYTES:
            self._reasons.append(Reason("bad_manifest", bag.BAGIT, "not BagIt 1.0, UTF-8"))
        incomplete = {"changed", "missing", "link", "special_file"}
        if any(reason.code in incomplete for reason in (*self._tree.reasons, *self._reasons)):
            return
        if bag.BAG_INFO in files and is_whole and self._read(bag.BAG_INFO).split(b"\n").count(oxum.encode()) != 1:
            self._reasons.append(Reason("bad_manifest", bag.BAG_INFO, "Payload-Oxum differs"))


def _parents(path: str) -> Iterator[str]:
    """The folders on the way to a slash path."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _extra(path: str) -> Reason:
    return Reason("extra", path, _HARMLESS if path.rpartition("/")[2] in bag.HARMLESS_STRANGERS else "")
