"""A discarded capture can be taken back for a few seconds; the log says what happened, when it happened."""

from pathlib import Path
from typing import Any

import pytest

from facevid_gui.bridge.session import Notice
from facevid_gui.bridge.undo_desk import UNDO_MS, UndoDesk
from facevid_gui.core.errors import SurroundingsError
from tests.support.bridge_office import Office
from tests.support.qt import pump_until


@pytest.fixture
def desk(office: Office) -> UndoDesk:
    office.look_up("simOrder0001")
    return UndoDesk(office.controller)


def captures(office: Office) -> int:
    return len(office.house.captures.entries())


def log(office: Office) -> str:
    path = Path(office.house.paths.access_log)
    return path.read_text("utf-8") if path.exists() else ""


def test_until_the_seconds_are_over_nothing_is_removed_and_nothing_logged(office: Office, desk: UndoDesk) -> None:
    desk.discard("looked up by mistake")
    office.settle()
    assert office.session.page.kind == "empty"
    assert captures(office) == 1
    assert '"discarded"' not in log(office)
    notice = office.session.notice
    assert notice is not None
    assert notice.message == "notice.discarding"
    assert notice.actions[0][0] == "undo"
    assert desk._timer.isActive()
    assert desk._timer.interval() == UNDO_MS
    desk._timer.timeout.emit()
    office.settle()
    assert captures(office) == 0
    assert '"discarded"' in log(office)
    assert "looked up by mistake" in log(office)


def test_taken_back_it_is_open_again_and_the_log_knows_of_no_removal(office: Office, desk: UndoDesk) -> None:
    evidence_id = office.session.page.title_id
    desk.discard("mistake")
    desk.take_back()
    office.settle()
    assert office.session.page.title_id == evidence_id
    assert office.session.notice is None
    assert not desk._timer.isActive()
    desk.finish()
    office.settle()
    assert captures(office) == 1
    assert '"discarded"' not in log(office)


def test_opening_it_again_takes_it_back(office: Office, desk: UndoDesk) -> None:
    evidence_id = office.session.page.title_id
    desk.discard("mistake")
    office.controller.open_capture(evidence_id)
    office.settle()
    assert office.session.page.title_id == evidence_id
    desk.finish()
    office.settle()
    assert captures(office) == 1


@pytest.mark.parametrize("newer", [None, Notice("bad", error=SurroundingsError("read_only", path="/x"))])
def test_closing_the_notice_or_newer_news_ends_the_seconds(office: Office, desk: UndoDesk, newer: Any) -> None:
    desk.discard("mistake")
    office.controller.notify(newer)
    pump_until(lambda: captures(office) == 0)
    office.settle()
    assert captures(office) == 0
    assert not desk._timer.isActive()


def test_a_second_one_does_not_keep_the_first_waiting(office: Office, desk: UndoDesk) -> None:
    desk.discard("first")
    office.look_up("simOrderPhotos")
    office.settle()
    desk.discard("second")
    office.settle()
    assert captures(office) == 1
    desk.take_back()
    office.settle()
    assert captures(office) == 1


def test_when_the_window_closes_it_is_removed(office: Office, desk: UndoDesk) -> None:
    desk.discard("mistake")
    desk.finish()
    assert office.controller.shut_down()
    assert captures(office) == 0
    assert '"discarded"' in log(office)


def test_sealed_evidence_and_nothing_are_never_discarded(office: Office, desk: UndoDesk) -> None:
    office.save()
    folder = office.session.page.folder
    desk.discard("mistake")
    desk.finish()
    office.settle()
    assert folder is not None
    assert folder.is_dir()
    assert office.session.page.folder == folder
