"""The library: unsaved captures and evidence folders in one list (floor 1).

What enters: the captures of this home, the roots that hold evidence, verdicts as they are found. What leaves:
entries, the unsaved first. The folders are the truth; the index only spares reading an unchanged folder again
(its answer can be 60 MB), and remembers the last verdict as history.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.captures.records import record_of
from facevid_gui.captures.store import CAPTURE_FILE
from facevid_gui.core.clock import from_rfc3339, to_rfc3339
from facevid_gui.core.deadline import Deadline, deadline_for
from facevid_gui.core.exchange import optional
from facevid_gui.core.ids import evidence_id_of
from facevid_gui.evidence.library_index import LibraryIndex, Row
from facevid_gui.evidence.library_query import PAGE_SIZE, Heading, LibraryChoices, LibraryPage, LibraryQuery
from facevid_gui.evidence.reading import DATA, FolderReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from facevid_gui.captures.store import CaptureEntry, CaptureStore
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.capture import CaptureRecord
    from facevid_gui.core.clock import Clock
    from facevid_gui.core.verdict import FolderVerdict

FOLDER_PREFIX = "fv-"
SIDECAR_SUFFIX = ".work"
_NOTICES = frozenset(
    {
        "stamp_late", "stamp_early", "stamp_unchecked", "stamp_unnamed", "register_torn",
        "request_stamped", "request_stamp_unchecked", "request_stamp_bad",
    }
)  # fmt: skip
_TEXTS = ("evidence_id", "kind", "flow_id", "sign_id", "order_no", "person", "case_ref", "purpose")
_TIMES = ("captured_at", "sealed_at", "occurred_at", "review_by")
_UNKNOWN = Deadline(None, None)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class LibraryEntry:
    """One capture or evidence folder. `state` is "complete", "interrupted", "receiving", "sealed" or "unreadable".

    `person` is the signer's name as received, `media` the number of clips and photos that came, `review_by` when
    this copy must be reviewed or deleted. The `last_` members are history, not what a check would say now;
    `last_reason` is the code and path of what was wrong.
    """

    path: Path
    evidence_id: str
    state: str
    kind: str = ""
    flow_id: str | None = None
    sign_id: str | None = None
    order_no: str | None = None
    person: str = ""
    case_ref: str | None = None
    purpose: str | None = None
    captured_at: datetime | None = None
    sealed_at: datetime | None = None
    occurred_at: datetime | None = None
    review_by: datetime | None = None
    deadline: Deadline = _UNKNOWN
    media: int = 0
    last_verdict: str | None = None
    last_verified_at: datetime | None = None
    last_reason: str = ""
    operator: str = ""

    def is_due(self, now: datetime) -> bool:
        """Whether this is evidence whose retention date has passed."""
        return self.state == "sealed" and self.review_by is not None and self.review_by <= now

    def matches(self, text: str) -> bool:
        """Whether every word of `text` stands in an id, case, purpose, name or kind, whatever its case."""
        texts = (
            self.evidence_id, self.flow_id, self.sign_id, self.order_no, self.case_ref, self.purpose, self.person,
            self.kind,
        )  # fmt: skip
        whole = "\n".join(filter(None, texts)).casefold()
        return all(word in whole for word in text.casefold().split())


@dataclass(frozen=True)
class ScanReport:
    """What a scan came to: folders seen, read because they were new or had changed, gone; roots that are away."""

    seen: int
    read: int
    gone: int
    unreadable_roots: tuple[Path, ...] = ()


class Library:
    """The captures of this home and the evidence below some roots."""

    def __init__(self, captures: CaptureStore, index: Path, clock: Clock) -> None:
        self._captures = captures
        self._index = LibraryIndex(index)
        self._clock = clock

    def entries(self, roots: Sequence[Path]) -> tuple[LibraryEntry, ...]:
        """List all: unsaved first, the most urgent on top, then evidence, the newest first.

        An unknown deadline is the most urgent, one that has passed and an answer without media the least. A root
        that cannot be read holds nothing. `SurroundingsError` when the captures cannot be read.
        """
        listing = _Listing(self._index.rows())
        unsaved = list(listing.captures(self._captures.root, self._captures.entries()))
        sealed = [entry for root in dict.fromkeys(roots) for entry in listing.evidence(root.absolute())]
        self._index.update(listing.fresh, listing.gone())
        now = self._clock.now()
        unsaved.sort(key=_age, reverse=True)
        unsaved.sort(key=lambda entry: (_holds_nothing(entry), _urgency(entry.deadline, now)))
        return (*unsaved, *sorted(sealed, key=_age, reverse=True))

    def scan(
        self, roots: Sequence[Path], token: CancelToken | None = None, tell: Callable[[int, int], None] | None = None
    ) -> ScanReport:
        """Bring the index up to date."""
        listing = _Listing(self._index.rows())
        found = list(listing.captures(self._captures.root, self._captures.entries()))
        away = []
        for root in dict.fromkeys(roots):
            if not root.is_dir():
                away.append(root)
            found += listing.evidence(root.absolute())
            if token is not None:
                token.raise_if_cancelled()
        self._index.update(listing.fresh, listing.gone())
        if tell is not None:
            tell(len(found), len(found))
        return ScanReport(len(found), len(listing.fresh), len(listing.gone()), tuple(away))

    def refresh(self, paths: Sequence[Path]) -> None:
        """Index these folders anew."""
        for path in paths:
            self._index.update({}, [_key(path)])

    def page(self, query: LibraryQuery, roots: Sequence[Path], offset: int = 0, limit: int = PAGE_SIZE) -> LibraryPage:
        """Answer a question."""
        found = [entry for entry in self.entries(roots) if self._fits(entry, query)]
        if query.order == "case":
            found.sort(key=lambda entry: entry.case_ref or "")
        counted: dict[tuple[str, str | None], int] = {}
        for entry in found:
            section = "sealed" if entry.state in ("sealed", "unreadable") else "unsaved"
            key = (section, entry.case_ref or "" if query.order == "case" else None)
            counted[key] = counted.get(key, 0) + 1
        headings = tuple(Heading(section, case, count) for (section, case), count in counted.items())
        return LibraryPage(len(found), offset, tuple(found[offset : offset + limit]), headings)

    def choices(self, roots: Sequence[Path]) -> LibraryChoices:
        """What the library can be narrowed to."""
        entries = self.entries(roots)
        cases = tuple(sorted({entry.case_ref for entry in entries if entry.case_ref}))
        now = self._clock.now()
        counts = {
            "all": len(entries),
            "unsaved": sum(e.state not in ("sealed", "unreadable") for e in entries),
            "trouble": sum(
                e.state in ("interrupted", "unreadable")
                or e.last_verdict not in (None, "verified", "verified_unstamped")
                for e in entries
            ),
            "due": sum(e.is_due(now) for e in entries),
        }
        return LibraryChoices(cases, counts=counts)

    def _fits(self, entry: LibraryEntry, query: LibraryQuery) -> bool:
        now = self._clock.now()
        unsaved = entry.state not in ("sealed", "unreadable")
        good = entry.last_verdict in ("verified", "verified_unstamped")
        verdict = "never" if entry.last_verdict is None else "good" if good else "trouble"
        outer = entry.deadline.outer
        passed = outer is not None and outer <= now
        deadline = {"retention_due": entry.is_due(now), "passed": unsaved and passed, "open": unsaved and not passed}
        day = entry.captured_at.date() if entry.captured_at else None
        return (
            entry.matches(query.text)
            and (not query.kinds or entry.kind in query.kinds)
            and (not query.section or (query.section == "unsaved") == unsaved)
            and (
                not query.verdict
                or query.verdict == verdict
                or (query.verdict == "trouble" and entry.state in ("interrupted", "unreadable"))
            )
            and (not query.case_ref or query.case_ref == entry.case_ref)
            and (query.since is None or (day is not None and day >= query.since))
            and (query.until is None or (day is not None and day <= query.until))
            and (not query.deadline or deadline[query.deadline])
        )

    def note(self, verdict: FolderVerdict, at: datetime) -> None:
        """Remember what a check came to, and the first thing that was wrong."""
        wrong = [] if verdict.verified else [r for r in verdict.reasons if r.code not in _NOTICES]
        reason = f"{wrong[0].code} {wrong[0].path}".strip() if wrong else ""
        self._index.note(_key(Path(verdict.folder)), str(verdict.verdict), to_rfc3339(at), reason)

    def forget(self, path: Path) -> None:
        """Remove all that the index knows of a folder."""
        self._index.update({}, [_key(path)])


class _Listing:
    """One listing: entries out of rows where nothing changed, out of folders elsewhere."""

    def __init__(self, rows: Mapping[bytes, Row]) -> None:
        self._rows = rows
        self._seen: set[bytes] = set()
        self._listed: set[bytes] = set()
        self.fresh: dict[bytes, Row] = {}

    def captures(self, root: Path, found: Sequence[CaptureEntry]) -> Iterator[LibraryEntry]:
        """The captures; only complete ones are looked into."""
        self._listed.add(_key(root))
        for capture in found:
            entry = LibraryEntry(capture.path, capture.evidence_id, capture.state)
            if capture.state != "complete":
                yield _with_capture(entry, capture.record) if capture.record else entry
            elif capture.path.is_dir():  # not sealed or discarded meanwhile
                yield self._entry(entry, "")

    def evidence(self, root: Path) -> Iterator[LibraryEntry]:
        """The evidence folders directly below a root; links and sidecars are none."""
        try:
            with os.scandir(root) as entries:
                names = [e.name for e in entries if _is_evidence_name(e.name) and e.is_dir(follow_symlinks=False)]
        except OSError:
            return
        self._listed.add(_key(root))
        for name in names:
            yield self._entry(LibraryEntry(root / name, evidence_id_of(name) or "", "sealed"), DATA)

    def gone(self) -> list[bytes]:
        """What the index knows below what was listed, and is not there any more; a root that is away loses nothing."""
        return [key for key in self._rows if key not in self._seen and os.path.dirname(key) in self._listed]  # noqa: PTH120

    def _entry(self, blank: LibraryEntry, inside: str) -> LibraryEntry:
        key = _key(blank.path)
        self._seen.add(key)
        row = self._rows.get(key, Row())
        stamp = _stamp_of(blank.path / inside / CAPTURE_FILE)
        entry = _from_facts(blank, row.facts) if row.facts and row.stamp == stamp else None
        if entry is None:
            entry = _read_folder(blank, inside)
            if stamp is not None and entry.state != "unreadable":
                self.fresh[key] = Row(stamp, _to_facts(entry))
        return _with_history(entry, row)


def _key(path: Path) -> bytes:
    return os.fsencode(path.absolute())


def _is_evidence_name(name: str) -> bool:
    return name.startswith(FOLDER_PREFIX) and not name.endswith(SIDECAR_SUFFIX)


def _stamp_of(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.lstat()
    except OSError:
        return None
    return (facts.st_size, facts.st_mtime_ns) if stat.S_ISREG(facts.st_mode) else None


def _read_folder(blank: LibraryEntry, inside: str) -> LibraryEntry:
    reader = FolderReader(blank.path, inside)
    try:
        capture = reader.capture()
        record = record_of(capture, reader)
    except (OSError, ValueError):
        return replace(blank, state="unreadable")
    person = record.signer.name if record.signer else ""
    return replace(
        _with_capture(blank, capture), person=person, occurred_at=record.occurred_at, deadline=record.deadline
    )


def _with_capture(entry: LibraryEntry, capture: CaptureRecord) -> LibraryEntry:
    provider = capture.provider
    return replace(
        entry,
        evidence_id=capture.evidence_id,
        kind=provider.kind,
        flow_id=provider.flow_id,
        sign_id=provider.sign_id,
        order_no=provider.order_no,
        case_ref=capture.case_ref,
        purpose=capture.purpose,
        captured_at=capture.captured_at,
        sealed_at=capture.sealed_at,
        review_by=capture.review_by,
        media=len(capture.derived),
    )


def _to_facts(entry: LibraryEntry) -> bytes:
    texts = {name: getattr(entry, name) for name in _TEXTS}
    times = {name: getattr(entry, name) for name in _TIMES}
    moments = {name: moment and to_rfc3339(moment) for name, moment in times.items()}
    return json.dumps({**texts, **moments, "media": entry.media}).encode()


def _from_facts(blank: LibraryEntry, facts: bytes) -> LibraryEntry | None:
    """The entry those facts describe; None when they are damaged."""
    try:
        data = json.loads(facts)
        kind, occurred_at = str(data["kind"]), _moment(data["occurred_at"])
        return replace(
            blank,
            evidence_id=str(data["evidence_id"]),
            kind=kind,
            flow_id=optional(data, "flow_id", str),
            sign_id=optional(data, "sign_id", str),
            order_no=optional(data, "order_no", str),
            person=str(data["person"]),
            case_ref=optional(data, "case_ref", str),
            purpose=optional(data, "purpose", str),
            captured_at=_moment(data["captured_at"]),
            sealed_at=_moment(data["sealed_at"]),
            occurred_at=occurred_at,
            review_by=_moment(data["review_by"]),
            deadline=deadline_for(kind, occurred_at),
            media=int(data["media"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None


def _with_history(entry: LibraryEntry, row: Row) -> LibraryEntry:
    try:
        at = _moment(row.verified_at)
    except ValueError:
        return entry
    return replace(entry, last_verdict=row.verdict, last_verified_at=at, last_reason=row.reason)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else from_rfc3339(text)


def _age(entry: LibraryEntry) -> datetime:
    return entry.sealed_at or entry.captured_at or _NEVER


def _holds_nothing(entry: LibraryEntry) -> bool:
    """Whether a whole answer came without any recording or photo: there is nothing to save from deletion."""
    return entry.state == "complete" and not entry.media


def _urgency(deadline: Deadline, now: datetime) -> tuple[int, datetime]:
    if deadline.outer is None:
        return 0, _NEVER
    ahead = [moment for moment in (deadline.safe, deadline.outer) if moment and moment > now]
    return (1, ahead[0]) if ahead else (2, deadline.outer)
