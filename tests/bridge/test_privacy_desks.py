"""Who looked at what, what is stored where, what has expired: read by workers, told on the GUI thread."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from facevid_gui.bridge.access_desk import COLUMNS, AccessDesk, AccessModel
from facevid_gui.bridge.expiry_desk import ExpiryDesk
from facevid_gui.bridge.stored_desk import Listing, StoredDesk
from facevid_gui.core.clock import Clock
from facevid_gui.core.errors import FacevidError
from tests.support.bridge_office import Office
from tests.support.qt import pump_until

ORDER, OTHER = "simOrder0001", "simOrderNegative"


def log_of(office: Office) -> list[dict[str, Any]]:
    path = office.house.paths.access_log
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


# --- the access log ---------------------------------------------------------------------------------------------------


class Reader:
    """The desk, and what it said."""

    def __init__(self, office: Office) -> None:
        self.desk = AccessDesk(office.house, office.jobs)
        self.views: list[Any] = []
        self.lines: list[Any] = []
        self.written: list[tuple[Path, int]] = []
        self.refused: list[FacevidError] = []
        self.desk.read.connect(lambda view, choices: self.views.append((view, choices)))
        self.desk.narrowed.connect(self.lines.append)
        self.desk.written.connect(lambda path, count: self.written.append((path, count)))
        self.desk.refused.connect(self.refused.append)


def test_the_log_is_read_narrowed_and_written(office: Office, tmp_path: Path) -> None:
    first = office.look_up(ORDER).title_id
    office.look_up(OTHER)
    office.controller.unmask()
    office.settle()
    reader = Reader(office)
    reader.desk.load()
    office.settle()
    [(view, choices)] = reader.views
    assert choices.events == ("opened", "unmasked")
    assert [row[3] for row in view.rows] == ["opened", "opened", "unmasked"]
    reader.desk.narrow(view, first, "", "", "")
    office.settle()
    [lines] = reader.lines
    assert [row[4] for row in lines] == [first]
    target = tmp_path / "谁看过.csv"
    reader.desk.write_csv(target, lines)
    office.settle()
    assert reader.written == [(target, 1)]
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert [row["subject"] for row in csv.DictReader(file)] == [first]
    reader.desk.write_csv(tmp_path / "nowhere" / "x.csv", lines)
    office.settle()
    assert len(reader.refused) == 1


def test_the_model_shows_the_newest_first(office: Office) -> None:
    model = AccessModel(office.house.messages)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    lines = [
        (1, "2026-03-11T08:00:00Z", "li", "opened", "a", "court", ""),
        (2, "no time", "wang", "something new", "b", "", "x=1; y=2"),
    ]
    model.show(lines)
    cells = [[model.data(model.index(row, column)) for column in range(len(COLUMNS))] for row in range(2)]
    assert cells == [
        ["no time", "wang", "something new", "b", "", "x=1; y=2"],
        ["11 Mar 2026, 16:00", "li", "opened", "a", "court", ""],
    ]
    names = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(len(COLUMNS))]
    assert names[0] == "Time"
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.data(QModelIndex()) is None


# --- what is stored ---------------------------------------------------------------------------------------------------


def test_places_come_first_then_their_sizes(office: Office) -> None:
    office.look_up(ORDER)
    desk = StoredDesk(office.house, office.jobs)
    listed: list[Listing] = []
    measured: list[Any] = []
    desk.listed.connect(listed.append)
    desk.measured.connect(measured.append)
    desk.look()
    office.settle()
    [listing] = listed
    assert [one.place for one in measured] == list(listing.places)
    captures = next(one for one in measured if one.place.name == "captures")
    assert captures.size_bytes > 1000
    assert any(name.endswith("contracts/secret_key") for name in listing.keyring)


# --- what has expired -------------------------------------------------------------------------------------------------


@pytest.fixture
def late(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two unsaved captures, a month later."""
    captures = [office.look_up(text).title_id for text in (ORDER, OTHER)]
    office.controller.show_page(type(office.page)())
    later = office.house.clock.now() + timedelta(days=31)
    monkeypatch.setattr(Clock, "now", lambda _clock: later)
    return captures


def begin(office: Office) -> ExpiryDesk:
    desk = ExpiryDesk(office.house, office.controller)
    office.controller.refresh_library()
    office.settle()
    pump_until(lambda: office.jobs.is_idle)
    return desk


def test_what_has_expired_is_told_at_the_start_and_stays(office: Office, late: list[str]) -> None:
    begin(office)
    assert office.notice_code == "warn notice.captures_expired"
    assert office.session.notice is not None
    assert office.session.notice.values == {"count": "2"}
    assert {entry.evidence_id for entry in office.entries("complete")} == set(late)
    assert [line["event"] for line in log_of(office)] == ["opened", "opened"]
    office.controller.notify(None)
    office.controller.refresh_library()
    office.settle()
    assert office.session.notice is None, "it is told once"


def test_nothing_is_told_before_the_date(office: Office) -> None:
    office.look_up(ORDER)
    begin(office)
    assert office.session.notice is None


def test_only_what_was_chosen_is_removed_for_the_reason_given(office: Office, late: list[str]) -> None:
    desk = begin(office)
    found: list[Any] = []
    gone: list[int] = []
    desk.found.connect(found.append)
    desk.discarded.connect(gone.append)
    desk.look()
    office.settle()
    [[*listed]] = found
    assert {one.evidence_id for one in listed} == set(late)
    assert {one.subject for one in listed} == {ORDER, OTHER}
    desk.discard(late[:1], "never needed")
    office.settle()
    assert gone == [1]
    assert [entry.evidence_id for entry in office.entries("complete")] == late[1:]
    assert (log_of(office)[-1]["event"], log_of(office)[-1]["detail"]) == ("discarded", {"reason": "never needed"})


def test_the_open_record_is_never_removed(office: Office, late: list[str]) -> None:
    desk = begin(office)
    office.controller.open_capture(late[0])
    office.settle()
    desk.discard(late, "r")
    office.settle()
    assert [entry.evidence_id for entry in office.entries("complete")] == late[:1]


def test_where_it_was_chosen_they_go_at_the_start_and_that_is_told(office: Office, late: list[str]) -> None:
    office.house.settings_file.change({"captures_expire_automatically": True})
    begin(office)
    office.settle()
    assert office.notice_code == "warn notice.captures_removed"
    assert office.entries("complete") == []
    assert [line["detail"].get("reason") for line in log_of(office)[-2:]] == ["expired", "expired"]
    assert {line["subject"] for line in log_of(office)[-2:]} == set(late)


def test_where_nothing_expires_nothing_is_asked(office: Office, late: list[str]) -> None:
    office.house.settings_file.change({"captures_expire": False, "captures_expire_automatically": True})
    begin(office)
    assert office.session.notice is None
    assert len(office.entries("complete")) == len(late)
