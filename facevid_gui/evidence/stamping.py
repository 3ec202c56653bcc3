"""Getting sealed folders stamped, now or later (floor 1).

What enters: a sealed folder and the URL of an authority. What leaves: `signatures/….tsr`, a custody event
that names its hash, a register line; or a queue entry when the authority is out of reach or the folder
takes no files: the folder then says "not yet stamped". A response is saved in the queue before anything
tries to understand it, and stays there when it does not hold.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from facevid_gui import __version__
from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError
from facevid_gui.evidence import bag
from facevid_gui.evidence.cms import MAX_SIGNATURE_BYTES, Signer
from facevid_gui.evidence.timestamp import (
    MAX_RESPONSE_BYTES,
    Stamp,
    StampError,
    StampRequest,
    check_stamp,
    check_tsa_url,
    make_request,
)
from facevid_gui.files import disk_errors, read_limited, replace_file
from facevid_gui.net.http import HttpRequest, MemorySink
from facevid_gui.net.transport import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.custody_writer import CustodyWriter
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.net.transport import Transport

_PREFIX = "stamp-"
_LIMITS = Limits(connect_s=10, idle_s=20, total_s=30, max_bytes=MAX_RESPONSE_BYTES)


@dataclass(frozen=True)
class StampResult:
    """A stamp, or the error that keeps the folder waiting in the queue."""

    folder: Path
    stamp: Stamp | None
    error: FacevidError | None = None

    @property
    def waiting_because(self) -> str | None:
        """The code of that error."""
        return self.error.code if self.error else None


def fetch(url: str, request: StampRequest, transport: Transport, token: CancelToken) -> bytes:
    """Send a request to an authority; return its response bytes, whatever they are.

    Raises `SurroundingsError` for the network and for an HTTP status other than 200.
    """
    http = HttpRequest(
        role="stamp",
        method="POST",
        url=url,
        headers=(
            ("Host", urlsplit(url).netloc),
            ("Content-Type", "application/timestamp-query"),
            ("Accept", "application/timestamp-reply"),
            ("User-Agent", f"facevid_gui/{__version__}"),
        ),
        body=request.der,
    )
    sink = MemorySink(limit=MAX_RESPONSE_BYTES)
    exchange = transport.exchange(http, sink, token, _LIMITS)
    if exchange.status != 200:
        raise SurroundingsError("http_status", status=exchange.status)
    return sink.body


class Stamper:
    """Stamps folders of this home. `roots`: trusted roots (DER); empty means the authority is not judged."""

    def __init__(self, transport: Transport, journal: Journal, custody: CustodyWriter, roots: Sequence[bytes]) -> None:
        self._transport = transport
        self._journal = journal
        self._custody = custody
        self._roots = tuple(roots)

    def stamp(self, folder: Path, url: str, signer: Signer, token: CancelToken) -> StampResult:
        """Stamp a sealed folder, or put it into the queue when the authority does not deliver.

        Raises `SubjectError` not_evidence, `SurroundingsError` for the disk, `CancelledError`.
        """
        check_tsa_url(url)
        with disk_errors(folder):
            try:
                data = read_limited(folder / bag.SIGNATURE, MAX_SIGNATURE_BYTES)
            except (OSError, ValueError) as error:
                raise SubjectError("not_evidence", path=folder) from error
            accepted = self._custody.accepts(folder)
            name = _name_of(folder)
            self._journal.write(name, {"folder": str(folder.absolute()), "url": url})
            if not accepted:  # found out first: authorities count requests
                return StampResult(folder, None, SurroundingsError("read_only", path=folder))
            request = make_request(data)
            saved = self._journal.folder / f"{name}.tsr"
            try:
                response = fetch(url, request, self._transport, token)
                replace_file(saved, response)
                stamp = check_stamp(response, data, self._roots, request.nonce)
            except SurroundingsError as error:
                return StampResult(folder, None, error)
            except StampError:
                return StampResult(folder, None, SubjectError("bad_stamp"))
            if self._roots and not stamp.trusted:
                return StampResult(folder, None, SubjectError("bad_stamp"))
            if not self._custody.append_stamp(folder, response, stamp, signer):
                return StampResult(folder, None, SurroundingsError("read_only", path=folder))
        self.forget(folder)
        return StampResult(folder, stamp)

    def waiting(self) -> Iterator[tuple[Path, str]]:
        """Folders that wait for a stamp, with the URL to ask."""
        for _, intent in self._journal.pending(_PREFIX):
            yield Path(str(intent.get("folder", ""))), str(intent.get("url", ""))

    def forget(self, folder: Path) -> None:
        """Take a folder out of the queue."""
        name = _name_of(folder)
        with disk_errors(self._journal.folder):
            (self._journal.folder / f"{name}.tsr").unlink(missing_ok=True)
        self._journal.done(name)


def stamp_sealed(
    open_stamper: Callable[[], Stamper], folder: Path, url: str, signer: Signer, token: CancelToken
) -> FacevidError | None:
    """Have a folder stamped that was just sealed; without a URL nothing is asked.

    The seal stands whatever comes of this: nothing is raised. What keeps the folder without a stamp is returned,
    being asked to stop included.
    """
    if not url:
        return None
    try:
        return open_stamper().stamp(folder, url, signer, token).error
    except FacevidError as error:
        return error


def _name_of(folder: Path) -> str:
    """The queue's name for a folder: copies of one folder in two places are two entries."""
    return f"{_PREFIX}{hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:32]}"
