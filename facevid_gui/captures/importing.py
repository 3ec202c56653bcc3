"""Import: an answer saved earlier becomes a capture, marked as witnessed by nobody (floor 1).

What enters: a file from Tencent's console, SDK or CLI, the kind of service it is said to come from, and ids the
answer itself may not hold. What leaves: a capture like any other, of one exchange whose body is the file byte for
byte; nothing else about the file is kept, neither its name nor its times. It is read first and kept only if it is
an answer about a recording: tokens are answers, too, and a flow lists other people. A copy that fails is removed:
the file is where it was.
"""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.captures.body import PIECE_BYTES, FileBody, as_saved
from facevid_gui.captures.records import Scanned, record_of
from facevid_gui.captures.scanner import AnswerFormatError, Json, member, read_document, text_of
from facevid_gui.captures.store import CaptureStore, PartialCapture
from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.capture import CaptureRecord, ProviderFacts, retention_rule
from facevid_gui.core.clock import Clock, from_rfc3339, to_rfc3339
from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.core.exchange import Exchange
from facevid_gui.core.ids import check_flow_id, check_order_no, check_sign_id, new_evidence_id
from facevid_gui.files import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.core.query import Query
    from facevid_gui.core.record import Record

METHOD, URL = "IMPORT", "file:"  # an exchange needs both; the second without any path of the user's
_ESS_PARTS = frozenset({"VideoData", "IntentionQuestionResult", "IntentionActionResult", "Error"})
_ESS_EMPTY = frozenset({"RequestId", "DeprecatedWarning"})


@dataclass(frozen=True)
class Imported:
    """The record of an imported answer, and its capture."""

    record: Record
    capture: Path


@dataclass(frozen=True)
class Importer:
    """Imports answers into the captures of one home; `max_bytes` is the most a file may have."""

    store: CaptureStore
    clock: Clock
    operator: Mapping[str, str]
    program: Mapping[str, str]
    retention_days: int
    max_bytes: int

    def import_file(self, path: Path, query: Query, token: CancelToken) -> Imported:
        """Make a capture of the answer in `path`; `query` has the kind, and ids where the answer holds none.

        A refusal is an answer, too. Raises `UsageError` for what is no file and for ids of another kind,
        `SubjectError` for a file that is not such an answer, `SurroundingsError` for one that cannot be read.
        """
        _check_ids(query)
        with _opened(path, self.max_bytes, token) as source:
            document = _read(source)
            _check_answer(query.kind, document, path)
            return self._keep(source, document, _with_order_of(document, query))

    def _keep(self, source: _Source, document: Json, query: Query) -> Imported:
        partial = self.store.begin(self._draft(query))
        try:
            found = partial.answer(scanned=self._copy(source, partial))
            if found is None or found.answer.document != document:
                raise SubjectError("import_changed", path=source.path)
            capture = partial.complete(found)
        except BaseException:
            partial.abandon()
            raise
        return Imported(record_of(partial.record, lambda name: FileBody(capture / name), found), capture)

    def _copy(self, source: _Source, partial: PartialCapture) -> Scanned | None:
        facts = Exchange(METHOD, URL, sent_at=self.clock.now())
        sink = partial.sink()
        try:
            sink.opened(facts)
            for piece in source.pieces():
                sink.received(piece)
            facts = replace(facts, complete=True)
        finally:
            sink.ended(replace(facts, received_at=self.clock.now()))
        return sink.scanned()

    def _draft(self, query: Query) -> CaptureRecord:
        now = from_rfc3339(to_rfc3339(self.clock.now()))  # as it will be read back
        return CaptureRecord(
            evidence_id=new_evidence_id(),
            captured_at=now,
            provider=ProviderFacts(
                query.kind, "", "", "", flow_id=query.flow_id, sign_id=query.sign_id, order_no=query.order_no
            ),
            operator=self.operator,
            program=self.program,
            witnessed=False,
            retention=retention_rule(now, self.retention_days),
        )


@dataclass(frozen=True)
class _Source:
    """The file while it is open: a `Body` of the bytes it had when it was opened, and that can be cancelled."""

    path: Path
    file: FileIO
    size_bytes: int
    token: CancelToken

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        left = (self.size_bytes if end is None else min(end, self.size_bytes)) - start
        with _reading(self.path):
            self.file.seek(start)
            while left > 0 and (piece := self.file.read(min(PIECE_BYTES, left))):
                self.token.raise_if_cancelled()
                left -= len(piece)
                yield piece


@contextlib.contextmanager
def _opened(path: Path, max_bytes: int, token: CancelToken) -> Iterator[_Source]:
    """Open a file that is neither empty nor too large; links are not followed, pipes and devices not touched."""
    with _reading(path):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise UsageError("import_not_a_file", path=path)
        file = open_regular(path)
    with file:
        size = file.seek(0, 2)
        if size == 0:
            raise SubjectError("import_empty", path=path)
        if size > max_bytes:
            raise SubjectError("import_too_large", path=path, limit_mb=max_bytes // 1_000_000)
        yield _Source(path, file, size, token)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError("import_no_file", path=path) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SurroundingsError("import_unreadable", path=path, reason=reason) from error


def _read(source: _Source) -> Json:
    try:
        body, _ = as_saved(source)
    except ValueError as error:
        raise SubjectError("import_undecodable", path=source.path) from error
    try:
        return read_document(body.pieces())
    except AnswerFormatError as error:
        beginning = b"".join(body.pieces(0, 200)).removeprefix(b"\xef\xbb\xbf").lstrip()
        is_page = beginning.startswith(b"<")
        raise SubjectError("import_web_page" if is_page else "import_not_json", path=source.path) from error


def _check_answer(kind: str, document: Json, path: Path) -> None:
    """Refuse an answer of the other service, and one about something else: a token, a flow and its signers."""
    fits = {"ess": _is_ess(document), "kyc": _is_kyc(document)}
    own, other = ("kyc", "ess") if kind == "kyc" else ("ess", "kyc")
    if fits[other] and not fits[own]:
        raise SubjectError("import_wrong_kind", path=path, kind=kind, other=other)
    if not fits[own]:
        raise SubjectError("import_not_an_answer", path=path, kind=kind)


def _is_ess(document: Json) -> bool:
    """Whether this is an answer of `DescribeSignFaceVideo` (ess.md 2.3), with or without its envelope."""
    response = document.get("Response", document) if isinstance(document, dict) else None
    if not isinstance(response, dict) or not response:
        return False
    return not _ESS_PARTS.isdisjoint(response) or _ESS_EMPTY.issuperset(response)


def _is_kyc(document: Json) -> bool:
    """Whether this is an answer of `queryfacerecord` (kyc.md 5.1); a refusal may come without a result."""
    code = text_of(member(document, "code"))
    if isinstance(member(document, "result"), dict):
        return code is not None
    return code not in (None, "0") and text_of(member(document, "msg")) is not None


def _check_ids(query: Query) -> None:
    of_orders, of_flows = query.order_no is not None, (query.flow_id, query.sign_id) != (None, None)
    if of_flows if query.kind == "kyc" else of_orders:
        raise UsageError("import_ids", kind=query.kind)
    checks = ((query.flow_id, check_flow_id), (query.sign_id, check_sign_id), (query.order_no, check_order_no))
    for text, check in checks:
        if text is not None:
            check(text)


def _with_order_of(document: Json, query: Query) -> Query:
    """The query with the order number that the answer holds; `SubjectError` when another one was given."""
    held = text_of(member(member(document, "result"), "orderNo")) if query.kind == "kyc" else None
    try:
        order_no = check_order_no(held or "")
    except UsageError:
        return query
    if query.order_no not in (None, order_no):
        raise SubjectError("import_other_order", given=query.order_no, held=order_no)
    return replace(query, order_no=order_no)
