"""Beside the look-up: answers saved earlier, the request shown, lists that are rescued."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from facevid_gui.bridge.import_desk import ImportDesk
from facevid_gui.bridge.kept_list import read_kept_list
from facevid_gui.bridge.rescue_desk import COLUMNS, RESULT, RescueDesk, RescueModel
from facevid_gui.bridge.rescue_work import ListSummary
from facevid_gui.core.query import Query
from facevid_gui.resources import resource
from facevid_gui.simulator.records import SECRET_ID, SECRET_KEY, flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.bridge_office import ORDERS, NoKeyring, Office
from tests.support.places import make_house
from tests.support.qt import pump_until

ORDER = "simOrder0001"


# --- import, drop, preview -----------------------------------------------------------------------------


class Imports:
    """The import desk, and what it said."""

    def __init__(self, office: Office) -> None:
        self.desk = ImportDesk(office.house, office.controller)
        self.previews: list[str] = []
        self.desk.request_previewed.connect(self.previews.append)


@pytest.fixture
def imports(office: Office) -> Imports:
    return Imports(office)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """What a client prints of an e-sign answer."""
    clip = base64.b64encode(resource("demo/nod-01.mp4").read_bytes()).decode()
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"VideoData": {"LiveNessVideo": clip}, "RequestId": "s1"}))
    return path


def test_an_answer_saved_earlier_is_an_unsaved_record_nobody_witnessed(
    office: Office, imports: Imports, saved: Path
) -> None:
    imports.desk.import_answer(saved, Query.for_flow("ess", flow_id("One"), None))
    office.settle()
    assert office.page.kind == "record"
    assert office.page.reviewed
    assert not office.page.reviewed.capture.witnessed
    assert len(office.page.reviewed.record.clips) == 1
    assert len(office.entries("complete")) == 1
    page = office.save()
    assert page.reviewed
    assert page.reviewed.is_sealed


def test_what_is_no_answer_is_told(office: Office, imports: Imports, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html><body>log in</body></html>")
    imports.desk.import_answer(path, Query.for_order(ORDER))
    office.settle()
    assert office.notice_code == "bad import_web_page"
    assert office.page.kind == "empty"
    assert office.entries("complete") == []


@pytest.mark.parametrize(("name", "text"), [("contracts", flow_id("One")), (ORDERS, ORDER)])
def test_the_request_is_shown_without_its_secrets_and_nothing_is_sent(
    office: Office, imports: Imports, simulator: Simulator, name: str, text: str
) -> None:
    office.controller.choose_profile(name)
    office.ask(text, imports.desk.preview)
    office.settle()
    [shown] = imports.previews
    assert text in shown
    assert not {SECRET_ID, SECRET_KEY} & set(shown.replace('"', " ").split())
    assert SECRET_KEY not in shown
    assert simulator.requests == []
    office.ask("", imports.desk.preview)
    office.settle()
    assert len(imports.previews) == 1
    assert office.notice_code.startswith("bad ")


def test_asked_again_it_is_the_same_question_whatever_was_pasted_meanwhile(
    office: Office, imports: Imports, simulator: Simulator
) -> None:
    office.ask(flow_id("One"), imports.desk.ask_again)  # nothing was asked before: what is pasted
    office.settle()
    assert office.page.kind == "record"
    office.look_up("noSuchOrder1")
    assert office.page.kind == "outcome"
    office.controller.recognise(flow_id("Many"))
    office.controller.choose_profile("platform")
    office.ask(flow_id("Many"), imports.desk.preview)  # neither of these changes what the page speaks of
    office.ask(flow_id("Many"), office.controller.list_signers)
    office.settle()
    asked = len(simulator.requests)
    imports.desk.ask_again()
    office.settle()
    assert office.page.kind == "outcome"
    again = simulator.requests[asked:]
    assert again
    assert {request.headers.get("x-tc-action", "") for request in again} == {""}
    assert any("noSuchOrder1" in f"{request.query} {request.body!r}" for request in again)
    assert office.session.profile
    assert office.session.profile.name == "platform"


# --- lists ---------------------------------------------------------------------------------------------


class Lists:
    """The rescue desk, and what it said."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.told: list[Any] = []
        self.desk = RescueDesk(
            office.house, office.session, office.jobs, lambda name, notice: self.told.append((name, notice))
        )
        self.rows: list[Any] = []
        self.ends: list[Any] = []
        self.desk.row_ended.connect(self.rows.append)
        self.desk.finished.connect(self.ends.append)
        self.desk.failed.connect(self.ends.append)
        self.desk.stopped.connect(lambda: self.ends.append("stopped"))

    def run(self, file: Path) -> Any:
        self.rows.clear()
        self.ends.clear()
        self.desk.start(file, self.office.sealing())
        assert self.desk.is_running
        pump_until(lambda: self.ends)
        self.office.settle()
        assert not self.desk.is_running
        return self.ends[-1]


@pytest.fixture
def lists(office: Office) -> Lists:
    return Lists(office)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(f"FlowId,orderNo\n{flow_id('One')},\n,{ORDER}\n,simOrderGone\nbad!id,\n")
    return path


def test_a_list_is_rescued_row_by_row_and_nothing_twice(lists: Lists, file: Path, simulator: Simulator) -> None:
    first = lists.run(file)
    assert isinstance(first, ListSummary)
    assert (first.sealed, first.sealed + first.unsealed + first.left) == (2, 4)
    assert {row.line for row in lists.rows} == {2, 3, 4, 5}
    office = lists.office
    office.controller.refresh_library()
    office.settle()
    assert len(office.entries("sealed")) == 2
    asked = len(simulator.requests)
    second = lists.run(file)
    assert second.sealed == 2
    assert len(lists.rows) == 4
    assert len([r for r in simulator.requests[asked:] if "Video" in r.headers.get("x-tc-action", "")]) == 0
    office.controller.refresh_library()
    office.settle()
    assert len(office.entries("sealed")) == 2


def test_a_list_that_was_cut_short_is_told_of_at_the_next_start(lists: Lists, file: Path, simulator: Simulator) -> None:
    office = lists.office
    lists.desk.row_ended.connect(lambda _row: lists.desk.stop())
    assert lists.run(file) == "stopped"
    again = Lists(office)
    office.controller.refresh_library()
    pump_until(lambda: again.told)
    ((name, notice),) = again.told
    assert (name, notice.message, notice.values["name"]) == ("list", "notice.list_unfinished", file.name)
    assert notice.actions == (("rescue_list", ""),)
    kept = again.desk.unfinished
    assert kept is not None
    assert (kept.file, kept.case_ref, kept.purpose) == (file, office.sealing().case_ref, office.sealing().purpose)
    assert again.run(file).is_over
    assert again.desk.unfinished is None
    last = Lists(office)
    office.controller.refresh_library()
    office.settle()
    assert last.told == []


def test_a_list_that_ended_for_want_of_a_network_waits_too(lists: Lists, file: Path, simulator: Simulator) -> None:
    simulator.stop()
    assert not lists.run(file).is_over
    assert read_kept_list(lists.office.house.paths.state) is not None


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"schema": "facevid-kept-list/1"}', b"\xff" * 99, b"[" * 60_000])
def test_a_reminder_that_cannot_be_read_is_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "rescue-list.json").write_bytes(raw)
    assert read_kept_list(tmp_path) is None


def test_secrets_of_this_run_rescue_too(home: Path, application: object, simulator: Simulator, file: Path) -> None:
    office = Office(make_house(home))
    office.know(simulator)
    office.house.__dict__["secret_store"] = NoKeyring()
    office.start()
    from tests.support.places import ESS_SECRETS, KYC_SECRETS

    office.session.given = {"contracts": ESS_SECRETS, ORDERS: KYC_SECRETS}
    lists = Lists(office)
    lists.desk.start(file, office.sealing(passphrase="for the key"))
    pump_until(lambda: lists.ends)
    assert isinstance(lists.ends[0], ListSummary), lists.ends
    assert lists.ends[0].sealed == 2
    assert office.close()


def test_what_is_no_list_is_told(lists: Lists, tmp_path: Path) -> None:
    error = lists.run(tmp_path / "nothing here.csv")
    assert error.code
    assert lists.rows == []


def test_a_list_can_be_stopped_and_gone_on_with(lists: Lists, file: Path, simulator: Simulator) -> None:
    simulator.fault = "slow_drip"
    lists.desk.start(file, lists.office.sealing())
    pump_until(lambda: simulator.requests)
    lists.desk.stop()
    pump_until(lambda: lists.ends)
    assert not lists.desk.is_running
    simulator.fault = "none"
    assert lists.run(file).sealed == 2


def test_one_list_at_a_time(lists: Lists, file: Path, simulator: Simulator, tmp_path: Path) -> None:
    simulator.fault = "slow_drip"
    lists.desk.start(file, lists.office.sealing())
    lists.desk.start(tmp_path / "another.csv", lists.office.sealing())
    lists.desk.stop()
    pump_until(lambda: lists.ends)
    lists.office.settle()
    assert len(lists.ends) == 1
    assert getattr(lists.ends[0], "code", "stopped") != "list_unreadable"


@pytest.fixture
def make_model(application: object) -> Callable[[], RescueModel]:
    def make() -> RescueModel:
        model = RescueModel(lambda result, column: f"{result} {column}", ("Line", "Record", "State"), None)
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
        return model

    return make


def test_rows_of_a_list_are_worded_as_they_end(make_model: Callable[[], RescueModel]) -> None:
    model = make_model()
    assert (model.rowCount(), model.columnCount()) == (0, 3)
    model.add("first")  # type: ignore[arg-type]
    model.add("second")  # type: ignore[arg-type]
    texts = [[model.index(row, column).data() for column in range(3)] for row in range(2)]
    assert texts == [[f"{row} {column}" for column in COLUMNS] for row in ("first", "second")]
    assert model.data(model.index(1, 0), RESULT) == "second"
    assert model.data(model.index(1, 0), int(Qt.ItemDataRole.DecorationRole)) is None
    assert model.data(QModelIndex()) is None
    assert model.rowCount(model.index(0, 0)) == model.columnCount(model.index(0, 0)) == 0
    assert [model.headerData(n, Qt.Orientation.Horizontal) for n in range(3)] == ["Line", "Record", "State"]
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    model.clear()
    assert model.rowCount() == 0
