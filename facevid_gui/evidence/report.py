"""The report: a PDF of one record for people who have neither the program nor the time to learn it (floor 1).

What enters: an evidence folder, what is to be told, the key. What leaves: a PDF, built from the folder and the logs
only. The folder is checked first, by this very run, and the first page says what the check came to. The same input
gives the same bytes; how a report that is already noted is made again: `report_state`. Its SHA-256 is noted like any
file that leaves (`departure`): in the custody log with what the report tells, then in the access log, and only then the
file gets its name.

A folder that does not hold is refused. Asked for explicitly it gets a report, on every page of which stands what is
wrong; nothing is added to it.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.captures.store import CAPTURE_FILE
from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.evidence.departure import Departure, Departures, check_holds, check_target
from facevid_gui.evidence.identity import identify
from facevid_gui.evidence.reading_rows import headline, reason_lines, source_text
from facevid_gui.evidence.report_facts import ReportFacts, Wish, check_sections, gather
from facevid_gui.evidence.report_state import REPORT, NotedReport, State, find_report, state_now
from facevid_gui.files import disk_errors, write_new

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.access_log import AccessLog
    from facevid_gui.evidence.cms import Signer
    from facevid_gui.evidence.custody_writer import CustodyWriter
    from facevid_gui.evidence.identity import Identity
    from facevid_gui.evidence.journal import Journal
    from facevid_gui.evidence.register import Register
    from facevid_gui.evidence.report_paper import ReportPaper
    from facevid_gui.evidence.verify import Trust
    from facevid_gui.media.stills import StillsReader

    _Part = tuple[str, Callable[[ReportPaper, ReportFacts, Messages], None]]

_MOST_REASONS = 3
_LANG = {"zh_CN": "zh-CN", "en": "en"}
# What must not be parted from its heading: the first lines of a table, places to sign, a first row of pictures.
_NEEDS_MM = {"notes": 60.0, "sign": 90.0, "files": 50.0, "custody": 50.0, "access": 45.0}
_PICTURE_NEEDS_MM = {"photo": 125.0, "frames": 135.0, "contact": 115.0}


@dataclass(frozen=True)
class ReportRequest:
    """What the user says. No section means all; `mark` is the operator's, laid over every picture, "" for none.

    `as_of` asks for a report that was made already: by the number of the last custody event it tells of, or by the
    beginning of its SHA-256. Its note then says what it tells; language, sections, unmasking and mark are taken from
    there.
    """

    folder: Path
    language: str
    sections: tuple[str, ...] = ()
    unmask: bool = False
    even_if_broken: bool = False
    as_of: str = ""
    mark: str = ""
    reason: str = ""  # stands in the access log only


@dataclass(frozen=True)
class Draft:
    """A report that was built and not yet given away. `noted` is the report that was asked for again."""

    request: ReportRequest
    identity: Identity
    verdict: FolderVerdict
    state: State
    pdf: bytes
    pages: int
    language: str
    sections: tuple[str, ...]
    unmasked: bool
    mark: str
    noted: NotedReport | None

    @property
    def sha256(self) -> str:
        """The hash of the PDF."""
        return hashlib.sha256(self.pdf).hexdigest()


@dataclass(frozen=True)
class Reported:
    """A report that was given away; `file` is None when it was printed.

    `recorded`: the event stands in the folder; else the register keeps it, or, for a report made again, it stood there
    before.
    """

    draft: Draft
    file: Path | None
    export_id: str
    recorded: bool


class Reporter:
    """Makes reports for this home."""

    def __init__(
        self, custody: CustodyWriter, register: Register, access_log: AccessLog, journal: Journal, program: str
    ) -> None:
        self._departures = Departures(custody, register, access_log, journal)
        self._access_log = access_log.path
        self._program = program

    def build(
        self, request: ReportRequest, trust: Trust, token: CancelToken,
        tell: Callable[[str, int], None] = lambda _stage, _number: None,
    ) -> Draft:  # fmt: skip
        """Check the folder and lay out the report; nothing is written anywhere.

        Raises `ExportRefusedError`, `SubjectError` (not_evidence, report_unsaved, report_not_noted,
        report_not_repeated, report_changed), `UsageError` report_section, `SurroundingsError` (report_no_font, disk),
        `CancelledError`.
        """
        wish = Wish(request.language, check_sections(request.sections), request.unmask, request.mark)
        folder = request.folder.absolute()
        if (folder / CAPTURE_FILE).is_file():
            raise SubjectError("report_unsaved", path=folder)
        with disk_errors(folder):
            identity = identify(folder)
            tell("verify", 0)
            checked = check_holds(folder, trust, even_if_broken=request.even_if_broken)
            token.raise_if_cancelled()
            noted = None
            if request.as_of:
                noted = find_report(folder, request.as_of, identity.evidence_id, self._access_log)
                wish = Wish(noted.language, check_sections(noted.sections), noted.unmasked, noted.mark)
            state = noted.state if noted else state_now(folder, identity, self._access_log, checked[1].custody_head)
            facts = gather(folder, identity, checked, state, trust, self._access_log, wish, self._program)
            pdf, pages = lay_out(facts, token, tell)
        draft = Draft(
            replace(request, folder=folder), identity, checked[1], state, pdf, pages, wish.language, wish.sections,
            wish.unmask, wish.mark, noted,
        )  # fmt: skip
        if noted and noted.sha256 != draft.sha256:
            raise SubjectError("report_not_repeated", wanted=noted.sha256, made=draft.sha256)
        return draft

    def write(self, draft: Draft, target: Path, open_signer: Callable[[], Signer]) -> Reported:
        """Note a report, then give it its name; the key is asked for only where an event is added.

        Raises `UsageError` (file_exists, export_inside, export_no_folder), `SurroundingsError` for disk and key.
        """
        target = target.absolute()
        departure = self._departure(draft, target, open_signer)
        with disk_errors(target):
            check_target(draft.request.folder, target)
            with self._departures.under_way(departure):
                write_new(departure.partial, draft.pdf)
                self._note(departure, draft)
                self._departures.publish(departure, draft.sha256, _told(draft))
        return Reported(draft, target, departure.export_id, departure.recorded)

    def note_printing(self, draft: Draft, printer: str, open_signer: Callable[[], Signer]) -> Departure:
        """Note that a report goes to a printer, before it does; raises as `write`."""
        departure = self._departure(draft, None, open_signer)
        try:
            self._note(departure, draft, printed="yes")
            self._departures.tell(departure, draft.sha256, {**_told(draft), "printer": printer})
        except BaseException:
            self._departures.undo(departure)
            raise
        return departure

    def withdraw(self, departure: Departure) -> None:
        """Say that nothing was printed after all."""
        self._departures.undo(departure)

    def _departure(self, draft: Draft, target: Path | None, open_signer: Callable[[], Signer]) -> Departure:
        adds = draft.verdict.verified and draft.noted is None
        signer = open_signer() if adds else None
        return Departure(draft.request.folder, target, draft.identity, draft.verdict, signer, "no report was made")

    def _note(self, departure: Departure, draft: Draft, **more: str) -> None:
        """A report made again is noted already: only the access log is told of the copy."""
        if draft.noted is None:
            self._departures.note(departure, {"sha256": draft.sha256, **_detail(draft), **more})


def lay_out(facts: ReportFacts, token: CancelToken, tell: Callable[[str, int], None]) -> tuple[bytes, int]:
    """The PDF and its number of pages. `SurroundingsError` report_no_font: without one there is no Chinese report."""
    from facevid_gui.evidence.fonts import find_chinese_font
    from facevid_gui.evidence.report_ink import Letterhead
    from facevid_gui.evidence.report_paper import ReportPaper
    from facevid_gui.media.stills import stills_reader

    if facts.wish.language not in LANGUAGES:
        raise UsageError("option_value", option="--lang", value=facts.wish.language)
    messages, font = Messages(facts.wish.language), find_chinese_font()
    if font is None and facts.wish.language == "zh_CN":
        raise SurroundingsError("report_no_font")
    text, verdict = messages.text, facts.verdict
    head = (text("report.head", id=facts.identity.evidence_id), text("report.head.seal", sha256=verdict.seal_sha256))
    letterhead = Letterhead(
        head,
        text("report.foot", at=facts.at),
        text("report.page", page="{page}", pages="{pages}"),
        _LANG[messages.language],
        _broken(facts, messages),
    )
    title = f"{text('report.title')} {facts.identity.evidence_id}"
    mark = text("privacy.mark", who=facts.wish.mark, day=facts.at[:10]) if facts.wish.mark else ""
    paper = ReportPaper(title, letterhead, facts.moment, font, mark)
    with contextlib.closing(paper), stills_reader() as reader:
        for number, (name, add) in enumerate(_parts(reader, token, tell)):
            token.raise_if_cancelled()
            if name and name not in facts.wish.sections:
                continue
            tell("page", number)
            if name:
                paper.heading(text(f"report.section.{name}"), needs_mm=_needs_mm(name, facts))
            add(paper, facts, messages)
        tell("letters", 0)
        return paper.to_bytes(), paper.pages


def _parts(reader: StillsReader, token: CancelToken, tell: Callable[[str, int], None]) -> tuple[_Part, ...]:
    """The parts in their order, each with the section it is, "" for what is never left out."""
    from facevid_gui.evidence import report_logs as logs
    from facevid_gui.evidence import report_media as media
    from facevid_gui.evidence import report_sections as said

    return (
        ("", said.add_front),
        ("sheet", said.add_sheet),
        ("check", said.add_check),
        ("provenance", said.add_provenance),
        ("answer", said.add_answer),
        ("photo", media.add_photos),
        ("frames", media.add_snapshots),
        ("contact", partial(media.add_contacts, reader=reader, token=token, tell=tell)),
        ("notes", logs.add_notes),
        ("files", logs.add_files),
        ("signature", logs.add_signature),
        ("custody", logs.add_custody),
        ("access", logs.add_access),
        ("verify", logs.add_verify),
        ("limits", logs.add_limits),
        ("sign", logs.add_signature_lines),
    )


def _needs_mm(name: str, facts: ReportFacts) -> float:
    """How much of a section must fit on the page its heading stands on."""
    record = facts.reviewed.record if facts.reviewed else None
    pictures = {
        "frames": facts.snapshots.snapshots,
        "photo": record and record.photos,
        "contact": record and record.clips,
    }
    if pictures.get(name) and facts.verdict.verified:
        return _PICTURE_NEEDS_MM[name]
    return _NEEDS_MM.get(name, 26.0)


def _broken(facts: ReportFacts, messages: Messages) -> tuple[str, ...]:
    """What every page of a broken folder's report says."""
    verdict = facts.verdict
    if verdict.verified:
        official = verdict.source == "official"
        return () if official else (messages.text("report.not_official", source=source_text(verdict, messages)),)
    lines = reason_lines(verdict, messages)
    more = len(lines) - _MOST_REASONS
    rest = [messages.text("banner.more", count=more)] if more > 0 else []
    return (messages.text("report.broken", found=headline(verdict, messages)), *lines[:_MOST_REASONS], *rest)


def _detail(draft: Draft) -> Mapping[str, str]:
    """What custody log and access log say of a report: all that is needed to make it again."""
    detail = {
        "kind": REPORT,
        "language": draft.language,
        "sections": ",".join(draft.sections),
        "unmasked": "yes" if draft.unmasked else "no",
        "pages": str(draft.pages),
        **draft.state.to_detail(),
    }
    return detail | ({"mark": draft.mark} if draft.mark else {})


def _told(draft: Draft) -> dict[str, str]:
    """What the access log says besides: why."""
    return {**_detail(draft), **({"reason": draft.request.reason} if draft.request.reason else {})}
