"""An answer on its way to the disk: one exchange, streamed into its folder (floor 1).

What enters: the events of one exchange, in order (`net.http.ExchangeSink`), or of an import (`opened`,
`received`, `ended`). What leaves: `request.json`, `response-headers.txt`, `tls-chain.pem` and
`response-body.bin`, and at every step the facts in the record of the capture. What was written stays,
whatever happens next. The body is hashed and scanned on its way: nothing of it is read a second time.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from os import fsync
from typing import TYPE_CHECKING

from facevid_gui.captures.records import Scanned
from facevid_gui.captures.scanner import AnswerFormatError, AnswerScanner
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.files import disk_errors, make_private_folder, open_new, write_all, write_new

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import FileIO
    from pathlib import Path

    from facevid_gui.captures.store import PartialCapture
    from facevid_gui.core.exchange import Exchange
    from facevid_gui.net.http import PublicRequest, ResponseHead

_FLUSH_EVERY_S = 5.0


class FileSink:
    """Streams one exchange into its folder, hashing and scanning on the way."""

    def __init__(
        self, partial: PartialCapture, name: str, progress: Callable[[int], None], request_stamp: bytes | None = None
    ) -> None:
        self._partial = partial
        self._progress = progress
        self._request_stamp = request_stamp
        self._name = name
        self._folder = partial.folder / name
        self._digest = hashlib.sha256()
        self._scanner: AnswerScanner | None = AnswerScanner()
        self._size = 0
        self._file: FileIO | None = None
        self._facts: Exchange | None = None
        self._flushed_at = time.monotonic()
        self.head: ResponseHead | None = None

    def started(self, request: PublicRequest, facts: Exchange) -> None:
        """Make the folder, keep the request."""
        with disk_errors(self._folder):
            make_private_folder(self._folder)
            write_new(self._folder / "request.json", request.to_bytes())
            if self._request_stamp is not None:
                write_new(self._folder / "request.json.tsr", self._request_stamp)
        self._note(facts)

    def responded(self, head: ResponseHead, facts: Exchange) -> None:
        """Keep the headers and the certificates, open the body."""
        self.head = head
        with disk_errors(self._folder):
            write_head(self._folder, head)
            self._file = open_new(self._folder / "response-body.bin")
        self._note(replace(facts, path=f"{self._name}/response-body.bin"))

    def opened(self, facts: Exchange) -> None:
        """Open the body of an answer that comes as a file: it has neither request nor headers."""
        with disk_errors(self._folder):
            make_private_folder(self._folder)
            self._file = open_new(self._folder / "response-body.bin")
        self._note(replace(facts, path=f"{self._name}/response-body.bin"))

    def received(self, piece: bytes) -> None:
        """Write and hash the next bytes; flush every few seconds, for a slow answer and a power cut."""
        assert self._file is not None
        with disk_errors(self._folder):
            write_all(self._file, piece)
            if time.monotonic() - self._flushed_at > _FLUSH_EVERY_S:
                fsync(self._file.fileno())
                self._flushed_at = time.monotonic()
        self._digest.update(piece)
        self._scan(piece)
        self._size += len(piece)
        self._progress(self._size)

    def ended(self, facts: Exchange) -> None:
        """Note hash and size first, then flush: a crash in between is recognised by the hash."""
        if self._file is None:
            self._finish(facts)
            return
        path = f"{self._name}/response-body.bin"
        with disk_errors(self._folder), self._file:
            self._finish(replace(facts, path=path, sha256=self._digest.hexdigest(), size_bytes=self._size))
            fsync(self._file.fileno())

    def scanned(self) -> Scanned | None:
        """What the whole body holds; None for a cut one, and for what is no answer as it came."""
        if self._facts is None or not self._facts.complete or self._scanner is None:
            return None
        try:
            return Scanned(self._facts, self._scanner.finish())
        except AnswerFormatError:
            return None

    def _scan(self, piece: bytes) -> None:
        try:
            if self._scanner is not None:
                self._scanner.feed(piece)
        except AnswerFormatError:
            self._scanner = None

    def _finish(self, facts: Exchange) -> None:
        try:
            self._note(facts)
        except SurroundingsError:
            if facts.complete:
                raise  # otherwise the first failure is the one to tell

    def _note(self, facts: Exchange) -> None:
        self._partial.update(self._facts, facts)
        self._facts = facts


def pem_of(chain: tuple[bytes, ...]) -> bytes:
    """Write certificates (DER) as PEM, RFC 7468."""
    import ssl

    return "".join(ssl.DER_cert_to_PEM_cert(der) for der in chain).encode("ascii")


def write_head(folder: Path, head: ResponseHead) -> None:
    """Keep status, headers and certificates of an answer."""
    write_new(folder / "response-headers.txt", head.to_bytes())
    if head.tls_chain:
        write_new(folder / "tls-chain.pem", pem_of(head.tls_chain))
