"""The sidecar `<folder>.work/`: signed documents beside an evidence folder, never inside its seal (floor 1).

What enters: what somebody says about a sealed folder (a note, a snapshot). What leaves: `SERIES/NNNNNN.json` and its
detached signature `NNNNNN.json.p7s`, and on reading every document with what checking it came to. A document is never
rewritten: a correction is a new one that names the old. Each names the record, the seal and, by hash, the document
before it, so that one that was changed, taken out or brought from another record is seen; that the last ones were
taken away is not seen by the sidecar alone.

The number of a document is claimed by exclusive creation of its file, whole: of two programs that write at the same
time each gets a number of its own. What a crash leaves is a document without a signature, and is said to be that.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.evidence.chainlog import compact_line
from facevid_gui.evidence.cms import MAX_SIGNATURE_BYTES, CmsError, Signer, check_detached, sign_detached
from facevid_gui.evidence.identity import identify
from facevid_gui.evidence.package import sidecar_of
from facevid_gui.evidence.reading import FolderReader
from facevid_gui.files import disk_errors, flush_folder, make_private_folder, write_new

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from facevid_gui.core.clock import Clock
    from facevid_gui.evidence.identity import Identity
    from facevid_gui.evidence.journal import Journal

Item = TypeVar("Item")
MAX_DOCUMENT_BYTES = 64 * 1024
MAX_DOCUMENTS = 2000
SIGNED, UNKNOWN_SIGNER, BROKEN = "signed", "unknown_signer", "broken"
_LAST_NUMBER = 999_999
_DOCUMENT = re.compile(r"([0-9]{6})\.json")
_NUMBERED = re.compile(r"([0-9]{6})\..*", re.DOTALL)
_PATIENCE_S = 30.0
_ATTEMPTS = 100
_REFUSED = frozenset({"permission_denied", "read_only"})


@dataclass(frozen=True)
class Document:
    """One document as it was read. `state` is "signed", "unknown_signer" or "broken"; `findings` say why.

    `sha256` is that of its bytes ("" when they cannot be read), `data` what they hold (nothing when they are no
    document). A document signed by a stranger may be whole; whether to believe it is for people to decide.
    """

    seq: int
    name: str
    state: str
    findings: tuple[str, ...]
    sha256: str
    data: Mapping[str, Any]
    signer_sha256: str = ""
    signer_subject: str = ""


@dataclass(frozen=True)
class Documents:
    """A series in the order of its numbers. `gaps` are runs of numbers (first, last) whose documents are missing."""

    items: tuple[Document, ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()

    def parsed(self, parse: Callable[[Document], Item]) -> tuple[list[Item], tuple[Document, ...]]:
        """What `parse` makes of them, and those it refuses by `KeyError`, `TypeError` or `ValueError`."""
        found, unreadable = [], []
        for document in self.items:
            try:
                found.append(parse(document))
            except (KeyError, TypeError, ValueError):
                unreadable.append(document)
        return found, tuple(unreadable)


def sealed_identity(folder: Path) -> Identity:
    """Which record and which seal a folder holds; raises as `identify`, and not_evidence where there is no seal."""
    with disk_errors(folder):
        identity = identify(folder)
    if not identity.seal_sha256:
        raise SubjectError("not_evidence", path=folder)
    return identity


def read_documents(
    folder: Path, series: str, schema: str, subject: Identity, trusted: Collection[bytes], last: int | None = None
) -> Documents:
    """Read and check a series of the sidecar of `folder`, with `last` only up to that number.

    No sidecar is an empty series. `SubjectError` sidecar_too_many, sidecar_no_folder (a link, a file);
    `SurroundingsError` when the disk refuses.
    """
    place = sidecar_of(folder)
    with disk_errors(place):
        numbers = sorted(_numbers_in(place / series, _DOCUMENT))
    if last is not None:
        numbers = [number for number in numbers if number <= last]
    if len(numbers) > MAX_DOCUMENTS:
        raise SubjectError("sidecar_too_many", path=place, limit=MAX_DOCUMENTS)
    check = _Check(place, series, schema, subject, frozenset(trusted))
    return Documents(tuple(check.document(number) for number in numbers), tuple(_gaps(numbers)))


class SidecarWriter:
    """Adds documents for this home; `operator` is the account that is named in them."""

    def __init__(self, journal: Journal, clock: Clock, operator: str) -> None:
        self._journal = journal
        self._clock = clock
        self._operator = operator

    def append(
        self, folder: Path, series: str, schema: str, subject: Identity, members: Mapping[str, Any], signer: Signer,
        extra: Mapping[str, bytes] | None = None,
    ) -> str:  # fmt: skip
        """Add a document with `members`, signed, and the files that belong to it (suffix to bytes); return its name.

        Raises `SurroundingsError` sidecar_refused where nothing may be written beside the folder, or for the disk;
        `SubjectError` sidecar_too_many, sidecar_no_folder (something else has its name), document_too_long.
        """
        place = sidecar_of(folder) / series
        with _refusals(place), disk_errors(place), self._journal.lock(f"sidecar-{subject.evidence_id}", _PATIENCE_S):
            _make_folders(place)
            for _ in range(_ATTEMPTS):
                number, previous = _end_of(place, series, subject)
                at = self._clock.now()
                head = {"schema": schema, "seq": number, "at": to_rfc3339(at), "operator": self._operator}
                about = {"evidence_id": subject.evidence_id, "seal_sha256": subject.seal_sha256}
                raw = compact_line({**head, **about, **members, "prev_sha256": previous})
                if len(raw) > MAX_DOCUMENT_BYTES:
                    raise SubjectError("document_too_long", limit=MAX_DOCUMENT_BYTES // 1024)
                signature = sign_detached(raw, signer, at)  # a signer that refuses leaves nothing behind
                name = f"{number:06d}.json"
                others = {f"{number:06d}{suffix}": data for suffix, data in (extra or {}).items()}
                if _put(place, name, raw, {**others, f"{name}.p7s": signature}):
                    return f"{series}/{name}"
        raise SurroundingsError("work_in_progress", name=place)


class _Check:
    """Checks the documents of one series one after the other."""

    def __init__(self, place: Path, series: str, schema: str, subject: Identity, trusted: frozenset[bytes]) -> None:
        self._reader = FolderReader(place)
        self._series = series
        self._schema = schema
        self._subject = subject
        self._trusted = trusted
        self._before: tuple[int, str] = (0, subject.seal_sha256)

    def document(self, number: int) -> Document:
        """Read and check the next document there is."""
        name = f"{self._series}/{number:06d}.json"
        last, previous = self._before
        try:
            raw = self._reader.read(name, MAX_DOCUMENT_BYTES)
        except (OSError, ValueError):
            self._before = (number, "")
            return Document(number, name, BROKEN, ("unreadable",), "", {})
        digest = hashlib.sha256(raw).hexdigest()
        self._before = (number, digest)
        data = _object(raw)
        findings = list(self._findings(number, data, previous if last == number - 1 else None))
        signer = self._signer(name, raw, findings)
        trusted = signer is not None and signer[2] in self._trusted
        state = BROKEN if findings else SIGNED if trusted else UNKNOWN_SIGNER
        subject, fingerprint = (signer[0], signer[1]) if signer else ("", "")
        return Document(number, name, state, tuple(findings), digest, data, fingerprint, subject)

    def _findings(self, number: int, data: Mapping[str, Any], previous: str | None) -> Iterator[str]:
        if data.get("schema") != self._schema or data.get("seq") != number:
            yield "malformed"
            return
        if (data.get("evidence_id"), data.get("seal_sha256")) != (self._subject.evidence_id, self._subject.seal_sha256):
            yield "other_record"
        if previous is not None and data.get("prev_sha256") != previous:
            yield "out_of_chain"

    def _signer(self, name: str, raw: bytes, findings: list[str]) -> tuple[str, str, bytes] | None:
        """Subject, fingerprint and certificate of whoever signed; what is wrong with the signature is a finding."""
        try:
            signature = self._reader.read(f"{name}.p7s", MAX_SIGNATURE_BYTES)
        except (OSError, ValueError):
            findings.append("unsigned")
            return None
        try:
            checked = check_detached(signature, raw)
        except CmsError:
            findings.append("bad_signature")
            return None
        return checked.subject, checked.certificate_sha256, checked.certificate_der


def text_of(value: object, limit: int) -> str:
    """A member that must be a text of at most `limit` characters; `TypeError` when it is none."""
    if not isinstance(value, str) or len(value) > limit:
        raise TypeError("not a text")
    return value


def number_of(value: object, limit: int, least: int = 0) -> int:
    """A member that must be a whole number from `least` to `limit`; `TypeError` when it is none."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= limit:
        raise TypeError("not a number")
    return value


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _numbers_in(place: Path, names: re.Pattern[str]) -> set[int]:
    """The numbers of the files whose names fit; nothing where there is no such folder."""
    try:
        for part in (place.parent, place):
            _check_folder(part)
    except FileNotFoundError:
        return set()
    with os.scandir(place) as entries:
        found = (names.fullmatch(entry.name) for entry in entries)
        return {int(match[1]) for match in found if match} - {0}


def _gaps(numbers: list[int]) -> Iterator[tuple[int, int]]:
    before = 0
    for number in numbers:
        if number > before + 1:
            yield before + 1, number - 1
        before = number


def _end_of(place: Path, series: str, subject: Identity) -> tuple[int, str]:
    """The next free number, and the hash that its document names as that of the one before.

    A number is taken by anything that bears it: a signature whose document is gone shows that there was one.
    """
    taken, documents = _numbers_in(place, _NUMBERED), _numbers_in(place, _DOCUMENT)
    number = max(taken, default=0) + 1
    if number > _LAST_NUMBER or len(documents) >= MAX_DOCUMENTS:
        raise SubjectError("sidecar_too_many", path=place, limit=MAX_DOCUMENTS)
    if not documents:
        return number, subject.seal_sha256
    try:
        raw = FolderReader(place.parent).read(f"{series}/{max(documents):06d}.json", MAX_DOCUMENT_BYTES)
    except (OSError, ValueError):
        return number, ""
    return number, hashlib.sha256(raw).hexdigest()


def _make_folders(place: Path) -> None:
    for part in (place.parent, place):
        try:
            make_private_folder(part)
        except FileExistsError as error:
            raise SubjectError("sidecar_no_folder", path=part) from error
        _check_folder(part)


def _check_folder(part: Path) -> None:
    """`SubjectError` when it is a file or a link, which would lead somewhere else; `FileNotFoundError`."""
    if not stat.S_ISDIR(part.lstat().st_mode):
        raise SubjectError("sidecar_no_folder", path=part)


def _put(place: Path, name: str, raw: bytes, others: Mapping[str, bytes]) -> bool:
    """Put a document and what belongs to it, unless its name is taken; return whether they were put.

    All bytes are on the disk before the name is claimed: no full disk and hardly a crash can part them.
    """
    written = {part: place / f".{part}.{os.getpid()}.{os.urandom(4).hex()}.tmp" for part in (name, *others)}
    try:
        for part, temporary in written.items():
            write_new(temporary, raw if part == name else others[part])
        if not _claim(written[name], place / name, raw):
            return False
        for part in others:
            os.replace(written[part], place / part)
    finally:
        for temporary in written.values():
            with suppress(OSError):  # what is left of a failure hides nothing
                temporary.unlink(missing_ok=True)
    for part in written:
        (place / part).chmod(0o444)
    flush_folder(place)
    return True


def _claim(temporary: Path, path: Path, raw: bytes) -> bool:
    """Give a finished file its name unless it is taken. Without hard links it is at least created exclusively."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:
        try:
            write_new(path, raw)
        except FileExistsError:
            return False
    return True


@contextmanager
def _refusals(place: Path) -> Iterator[None]:
    """Where nothing may be written beside a folder, the next step is another than for a file of one's own."""
    try:
        yield
    except SurroundingsError as error:
        if error.code in _REFUSED:
            raise SurroundingsError("sidecar_refused", path=place.parent) from error
        raise
