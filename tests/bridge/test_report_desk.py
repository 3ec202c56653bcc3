"""Reports from the window's floor: what is begun, what comes back, what is remembered, what printing leaves."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtPrintSupport import QPrinter

from facevid_gui.bridge import report_work
from facevid_gui.bridge.report_desk import ReportDesk
from facevid_gui.bridge.report_work import Reporting
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.media import stills
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import ORDERS, Office
from tests.support.evidence_places import unlock
from tests.support.evidence_tampering import flip, video
from tests.support.places import make_house
from tests.support.qt import pump_until


class ReportOffice(Office):
    """An office with the desk, and what it said."""

    def __init__(self, house: Any) -> None:
        super().__init__(house)
        self.reports = ReportDesk(house, self.controller)
        self.stages: list[str] = []
        self.reports.reported.connect(lambda done: self.said.append(("reported", done)))
        self.reports.refused.connect(lambda error: self.said.append(("refused", error)))
        self.reports.stopped.connect(lambda: self.said.append(("stopped", None)))
        self.reports.stage_changed.connect(lambda stage, _number: self.stages.append(stage))


@pytest.fixture
def office(home: Path, application: object, simulator: Simulator) -> Iterator[ReportOffice]:
    made = ReportOffice(make_house(home))
    made.know(simulator)
    made.start()
    made.controller.choose_profile(ORDERS)
    made.look_up("simOrder0001")
    made.save()
    yield made
    assert made.close()


def wish(office: ReportOffice, file: Path | None, **more: Any) -> Reporting:
    assert office.page.folder is not None
    return Reporting(office.page.folder, file, "en", **more)


def events(office: ReportOffice) -> list[str]:
    assert office.page.reviewed
    return [event.event for event in office.page.reviewed.custody]


def access(office: ReportOffice) -> list[tuple[str, dict[str, str]]]:
    lines = [data for _, data in read_lines(office.house.paths.access_log) if data]
    return [(line["event"], line["detail"]) for line in lines if line["event"] in ("exported", "export_undone")]


def test_a_report_is_made_and_the_choice_remembered(office: ReportOffice, tmp_path: Path) -> None:
    file = tmp_path / "x.pdf"
    office.reports.make(wish(office, file, sections=("check", "contact")))
    assert office.session.activity.what == "report"
    office.settle()
    ((what, done),) = office.said[-1:]
    assert (what, done.file, done.recorded) == ("reported", file, True)
    assert file.read_bytes() == done.draft.pdf
    assert office.notice_code == "ok notice.reported"
    assert events(office) == ["sealed", "exported"], "the page tells the longer history"
    assert {"verify", "page", "frames", "letters"} <= set(office.stages)
    settings = office.house.settings
    assert (settings.report_language, settings.report_sections) == ("en", ("check", "contact"))


def test_a_refusal_comes_back_to_the_dialog(office: ReportOffice, tmp_path: Path) -> None:
    first = wish(office, tmp_path / "x.pdf", sections=("check",))
    flip(video(unlock(first.folder)))
    office.reports.make(first)
    office.settle()
    assert (office.said[-1][0], office.said[-1][1].code) == ("refused", "export_not_clean")
    assert list(tmp_path.glob("*.pdf")) == []
    office.reports.make(wish(office, tmp_path / "x.pdf", sections=("check",), even_if_broken=True))
    office.settle()
    assert not office.said[-1][1].draft.verdict.verified
    assert not office.session.is_busy


def test_it_can_be_stopped_and_leaves_nothing(
    office: ReportOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hold(_self: Any, _data: bytes, _count: int, _height: int, token: Any) -> Any:
        token.wait(30)

    monkeypatch.setattr(stills.StillsReader, "read", hold)
    office.reports.make(wish(office, tmp_path / "x.pdf"))
    pump_until(lambda: office.session.activity.stage == "frames")
    office.reports.make(wish(office, tmp_path / "second.pdf"))
    assert office.notice_code == "warn notice.busy"
    office.reports.stop()
    office.settle()
    assert office.said[-1][0] == "stopped"
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name or path.suffix == ".pdf"] == []
    assert access(office) == []


def printer_into(office: ReportOffice, file: Path) -> QPrinter:
    printer = office.reports.make_printer()
    assert printer is not None
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(file))
    printer.setResolution(72)
    printer.setFromTo(1, 99)  # of chosen pages each is painted, as for paper
    return printer  # type: ignore[no-any-return]


def test_printing_is_noted_before_and_prints_the_very_report(office: ReportOffice, tmp_path: Path) -> None:
    office.reports.print(wish(office, None, sections=("check",)), printer_into(office, tmp_path / "paper.pdf"))
    office.settle()
    ((what, done),) = office.said[-1:]
    assert (what, done.file) == ("reported", None)
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000
    assert office.notice_code == "ok notice.printed"
    assert events(office) == ["sealed", "exported"]
    assert office.page.reviewed
    detail = office.page.reviewed.custody[-1].detail
    assert (detail["kind"], detail["printed"], detail["sha256"]) == ("report", "yes", done.draft.sha256)
    ((_, told),) = access(office)
    assert told["printer"] == str(tmp_path / "paper.pdf")
    assert told["sha256"] == done.draft.sha256


def test_all_of_it_printed_into_a_file_is_the_report_as_a_file(office: ReportOffice, tmp_path: Path) -> None:
    printer = printer_into(office, tmp_path / "paper.pdf")
    printer.setFromTo(0, 0)
    office.reports.print(wish(office, None, sections=("check",)), printer)
    office.settle()
    ((what, done),) = office.said[-1:]
    assert (what, done.file) == ("reported", tmp_path / "paper.pdf")
    assert hashlib.sha256((tmp_path / "paper.pdf").read_bytes()).hexdigest() == done.draft.sha256
    assert office.notice_code == "ok notice.reported"


def test_what_never_began_to_print_is_taken_back(office: ReportOffice, tmp_path: Path) -> None:
    folder = office.page.folder
    office.reports.print(wish(office, None, sections=("check",)), printer_into(office, tmp_path / "no" / "x.pdf"))
    office.settle()
    assert (office.said[-1][0], office.said[-1][1].code) == ("refused", "printing_failed")
    assert [event for event, _ in access(office)] == ["exported", "export_undone"]
    assert folder is not None
    office.controller.open_folder(folder)
    office.settle()
    assert events(office) == ["sealed", "exported", "correction"]


def test_what_may_lie_in_the_tray_stays_noted(
    office: ReportOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def jam(_pdf: bytes, _printer: object, _token: object, tell: Any) -> None:
        tell("print", 1)
        raise SurroundingsError("printing_failed", printer="x")

    monkeypatch.setattr(report_work, "print_pdf", jam)
    office.reports.print(wish(office, None, sections=("check",)), printer_into(office, tmp_path / "x.pdf"))
    office.settle()
    assert office.said[-1][0] == "refused"
    assert [event for event, _ in access(office)] == ["exported"]


def test_a_system_that_cannot_print_says_why(office: ReportOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "PySide6.QtPrintSupport", None)
    assert office.reports.make_printer() is None
    assert office.session.notice is not None
    assert office.session.notice.error is not None
    assert office.session.notice.error.code == "no_printing"
