"""Getting sealed folders stamped, now or later (floor 1).

What enters: a sealed folder and the URL of an authority. What leaves: `signatures/….tsr`, a custody event
that names its hash, a register line; or a queue entry when the authority is out of reach: the folder then
says "not yet stamped". A response is saved in the queue before anything tries to understand it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.evidence import bag
from facevid_gui.evidence.cms import MAX_SIGNATURE_BYTES, Signer
from facevid_gui.evidence.timestamp import Stamp, StampError, check_stamp, check_tsa_url, fetch, make_request
from facevid_gui.files import disk_errors, flush_folder, read_limited, replace_file, write_new

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.custody_writer import CustodyWriter
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.net.transport import Transport

_PREFIX = "stamp-"
_MAX_STAMPS = 99


@dataclass(frozen=True)
class StampResult:
    """A stamp, or the error code that keeps the folder waiting in the queue."""

    folder: Path
    stamp: Stamp | None
    waiting_because: str | None = None


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
        name = f"{_PREFIX}{folder.name}"
        self._journal.write(name, {"folder": str(folder.absolute()), "url": url})
        with disk_errors(folder):
            try:
                data = read_limited(folder / bag.SIGNATURE, MAX_SIGNATURE_BYTES)
            except (OSError, ValueError) as error:
                self._journal.done(name)
                raise SubjectError("not_evidence", path=folder) from error
            request = make_request(data)
            try:
                response = fetch(url, request, self._transport, token)
                replace_file(self._journal.folder / f"{name}.tsr", response)
                stamp = check_stamp(response, data, self._roots, request.nonce)
                if self._roots and not stamp.trusted:
                    raise StampError("untrusted")
            except SurroundingsError as error:
                return StampResult(folder, None, error.code)
            except StampError:
                return StampResult(folder, None, "bad_stamp")
            self._keep(folder, response, stamp, signer)
            (self._journal.folder / f"{name}.tsr").unlink(missing_ok=True)
        self._journal.done(name)
        return StampResult(folder, stamp)

    def waiting(self) -> Iterator[tuple[Path, str]]:
        """Folders that wait for a stamp, with the URL to ask."""
        for _, intent in self._journal.pending(_PREFIX):
            yield Path(str(intent.get("folder", ""))), str(intent.get("url", ""))

    def forget(self, folder: Path) -> None:
        """Take a folder out of the queue (it is gone)."""
        self._journal.done(f"{_PREFIX}{folder.name}")

    def _keep(self, folder: Path, response: bytes, stamp: Stamp, signer: Signer) -> None:
        name = _free_name(folder)
        path = folder / name
        write_new(path, response)
        path.chmod(0o444)
        flush_folder(path.parent)
        detail = {
            "tsr": name,
            "tsr_sha256": hashlib.sha256(response).hexdigest(),
            "stamp_time": to_rfc3339(stamp.time),
            "authority": stamp.authority,
        }
        self._custody.append(folder, "stamped", detail, signer, stamp.time)


def _free_name(folder: Path) -> str:
    """The first stamp is `….p7s.tsr`, further authorities get a number."""
    names = [
        f"{bag.SIGNATURE}.tsr",
        *(f"{bag.SIGNATURE}.{number:02d}.tsr" for number in range(2, _MAX_STAMPS + 1)),
    ]
    return next(name for name in names if not (folder / name).exists())
