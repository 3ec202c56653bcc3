"""Getting sealed folders stamped, now or later (floor 1).

What enters: a sealed folder and the URLs of authorities. What leaves: `signatures/….tsr`, a custody event that names
its hash, a register line; or a queue entry when no authority is in reach, the folder takes no files or the key is
locked: the folder then says "not yet stamped". A response is saved in the queue before anything tries to understand
it. What was fetched and could not be put into the folder is put there the next time, without asking again: its time
is what counts.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError
from facevid_gui.evidence import bag
from facevid_gui.evidence.authorities import judge
from facevid_gui.evidence.cms import MAX_SIGNATURE_BYTES, Signer
from facevid_gui.evidence.timestamp import MAX_RESPONSE_BYTES, Stamp, check_tsa_url
from facevid_gui.files import disk_errors, read_limited, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.authorities import Authorities
    from facevid_gui.evidence.custody_writer import CustodyWriter
    from facevid_gui.evidence.journal import Journal

_PREFIX = "stamp-"


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


class _Waiting:
    """One entry of the queue: the folder, whom to ask, the nonce of the last request, and its response."""

    def __init__(self, journal: Journal, folder: Path, urls: Sequence[str]) -> None:
        self.name = _name_of(folder)
        self._journal = journal
        self._intent: dict[str, Any] = {"folder": str(folder.absolute()), "urls": list(urls)}
        self._saved = journal.folder / f"{self.name}.tsr"
        before = next((intent for name, intent in journal.pending(self.name)), {})
        self._write(before.get("nonce"))

    def asking(self, nonce: int) -> None:
        """See `Keeper`."""
        self._write(nonce)

    def answered(self, response: bytes) -> None:
        """See `Keeper`."""
        replace_file(self._saved, response)

    def fetched(self, data: bytes, roots: Sequence[bytes]) -> tuple[bytes, Stamp] | None:
        """A response fetched earlier that holds over `data` and answers our own request."""
        nonce = self._intent["nonce"]
        if not isinstance(nonce, int):
            return None
        try:
            response = read_limited(self._saved, MAX_RESPONSE_BYTES)
            return response, judge(response, data, roots, nonce)
        except (OSError, ValueError, SubjectError):
            return None

    def _write(self, nonce: object) -> None:
        self._intent["nonce"] = nonce
        self._journal.write(self.name, self._intent)


class Stamper:
    """Stamps folders of this home. `roots`: trusted roots (DER); empty means the authority is not judged."""

    def __init__(
        self, authorities: Authorities, journal: Journal, custody: CustodyWriter, roots: Sequence[bytes]
    ) -> None:
        self._authorities = authorities
        self._journal = journal
        self._custody = custody
        self._roots = tuple(roots)

    def stamp(self, folder: Path, urls: Sequence[str], signer: Signer, token: CancelToken) -> StampResult:
        """Stamp a sealed folder, or put it into the queue when no authority delivers.

        The `urls` are asked in order. Raises `SubjectError` not_evidence, `UsageError` tsa_url_malformed,
        `SurroundingsError` for the disk and work_in_progress, `CancelledError`.
        """
        for url in urls:
            check_tsa_url(url)
        with self._journal.lock(_name_of(folder), 0):  # window and console may both work on the queue
            return self._stamp(folder, urls, signer, token)

    def _stamp(self, folder: Path, urls: Sequence[str], signer: Signer, token: CancelToken) -> StampResult:
        with disk_errors(folder):
            try:
                data = read_limited(folder / bag.SIGNATURE, MAX_SIGNATURE_BYTES)
            except (OSError, ValueError) as error:
                raise SubjectError("not_evidence", path=folder) from error
            accepted = self._custody.accepts(folder)
            waiting = _Waiting(self._journal, folder, urls)
            if not accepted:  # found out first: authorities count requests
                return StampResult(folder, None, SurroundingsError("read_only", path=folder))
            try:
                response, stamp = waiting.fetched(data, self._roots) or self._authorities.ask(
                    urls, data, self._roots, token, waiting
                )
            except (SurroundingsError, SubjectError) as error:
                return StampResult(folder, None, error)
            if _is_in(folder, response):  # put there by a try that a crash ended
                self.forget(folder)
                return StampResult(folder, stamp)
            try:
                added = self._custody.append_stamp(folder, response, stamp, signer)
            except SurroundingsError as error:
                if error.code not in ("no_signing_key", "signer_expired"):
                    raise
                return StampResult(folder, None, error)
            if not added:
                return StampResult(folder, None, SurroundingsError("read_only", path=folder))
        self.forget(folder)
        return StampResult(folder, stamp)

    def waiting(self) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Folders that wait for a stamp, with the URLs to ask."""
        for _, intent in self._journal.pending(_PREFIX):
            yield Path(str(intent.get("folder", ""))), _urls_of(intent)

    def stamp_waiting(
        self, urls: Sequence[str], signer: Signer, token: CancelToken, *, only_answered: bool = False
    ) -> Iterator[StampResult]:
        """Try every folder of the queue, with these authorities or, without any, with those it was queued for.

        With `only_answered`, those whose answer was fetched earlier and only lacked the key. What is wrong with one
        folder (its medium is away, another process has it) does not keep the others. `CancelledError`.
        """
        for folder, queued in list(self.waiting()):
            token.raise_if_cancelled()
            if only_answered and not self._answer_of(folder).exists():
                continue
            try:
                with self._journal.lock(_name_of(folder), 0):
                    if any(waiting == folder for waiting, _ in self.waiting()):  # else somebody was faster
                        yield self._stamp(folder, urls or queued, signer, token)
            except (SubjectError, SurroundingsError) as error:
                yield StampResult(folder, None, error)

    def forget(self, folder: Path) -> None:
        """Take a folder out of the queue."""
        with disk_errors(self._journal.folder):
            self._answer_of(folder).unlink(missing_ok=True)
        self._journal.done(_name_of(folder))

    def _answer_of(self, folder: Path) -> Path:
        return self._journal.folder / f"{_name_of(folder)}.tsr"


def stamp_sealed(
    open_stamper: Callable[[], Stamper], folder: Path, urls: Sequence[str], signer: Signer, token: CancelToken
) -> FacevidError | None:
    """Have a folder stamped that was just sealed; without an authority nothing is asked.

    The seal stands whatever comes of this: nothing is raised. What keeps the folder without a stamp is returned,
    being asked to stop included.
    """
    if not urls:
        return None
    try:
        return open_stamper().stamp(folder, urls, signer, token).error
    except FacevidError as error:
        return error


def _is_in(folder: Path, response: bytes) -> bool:
    return any(path.stat().st_size == len(response) and path.read_bytes() == response
               for path in (folder / "signatures").glob("*.tsr"))  # fmt: skip


def _urls_of(intent: Mapping[str, Any]) -> tuple[str, ...]:
    urls = intent.get("urls")
    return tuple(map(str, urls)) if isinstance(urls, list) else ()


def _name_of(folder: Path) -> str:
    """The queue's name for a folder: copies of one folder in two places are two entries."""
    return f"{_PREFIX}{hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:32]}"
