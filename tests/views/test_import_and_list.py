"""A saved answer becomes a record nobody witnessed; a list is rescued beside the desk; the request can be looked at."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragLeaveEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton

from facevid_gui.bridge.rescue_desk import RESULT
from facevid_gui.core.errors import UsageError
from facevid_gui.core.wording import window_failure
from facevid_gui.demo import add_profiles
from facevid_gui.lookups.rescue_list import RowResult
from facevid_gui.lookups.rescue_state import Ending, Subject
from facevid_gui.resources import resource
from facevid_gui.simulator import records
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from facevid_gui.views.rescue_list_dialog import RescueListDialog
from tests.support import drops
from tests.support.window_driver import Driver


@pytest.fixture
def driver(make_driver: Callable[..., Driver], simulator: Simulator, tmp_path: Path) -> Driver:
    """A window with profiles of the simulated company; its workers have come."""
    made = make_driver(home=tmp_path / "home")
    add_profiles(made.desktop.house, simulator)
    made.start()
    return made


def drop(driver: Driver, path: Path) -> None:
    """Let a file or folder fall onto the window."""
    drops.drop(driver.window, path)


def test_what_is_dropped_is_never_taken_as_moved_and_a_frame_says_what_happens(driver: Driver, tmp_path: Path) -> None:
    actions, answer, frame = Qt.DropAction, saved_answer(tmp_path), driver.window.drops.frame
    over = drops.drag_over(driver.window, drops.files(answer))
    assert (over.isAccepted(), over.dropAction()) == (True, actions.CopyAction)
    assert "stays where it lies" in " ".join(driver.texts(frame))
    assert frame.isVisible()
    QApplication.sendEvent(driver.window, QDragLeaveEvent())
    assert not frame.isVisible()
    fallen = drops.drop(driver.window, answer, actions.LinkAction | actions.MoveAction)
    assert fallen.dropAction() == actions.LinkAction
    assert not frame.isVisible()
    driver.dialog("import_dialog")


def test_text_that_is_dragged_over_it_is_left_alone(driver: Driver) -> None:
    data = QMimeData()
    data.setText("yDSimFlowOne")
    assert not drops.drag_over(driver.window, data).isAccepted()
    assert not driver.window.drops.frame.isVisible()


def saved_answer(tmp_path: Path) -> Path:
    """What Tencent's own client prints of an e-sign answer."""
    clip = base64.b64encode(resource("demo/liveness-plain.mp4").read_bytes()).decode()
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"VideoData": {"LiveNessVideo": clip}, "RequestId": "s1"}))
    return path


def test_a_dropped_answer_is_asked_about_and_shown_as_unwitnessed(driver: Driver, tmp_path: Path) -> None:
    drop(driver, saved_answer(tmp_path))
    driver.dialog("import_dialog")
    driver.type("import_flow_field", flow_id("One"))
    driver.click("confirm_import_button")
    driver.until(lambda: driver.session.page.kind == "record" and driver.desktop.screening.image is not None)
    reviewed = driver.session.page.reviewed
    assert reviewed is not None
    assert (reviewed.record.source, reviewed.record.flow_id) == ("custom", flow_id("One"))
    assert not reviewed.capture.witnessed
    assert driver.window.page.banner.source.text() == "another server or an imported answer"


def test_an_id_that_cannot_be_is_told_in_the_dialog(driver: Driver, tmp_path: Path) -> None:
    driver.window.ask_import(saved_answer(tmp_path))
    driver.dialog("import_dialog")
    driver.type("import_flow_field", "short")
    driver.click("confirm_import_button")
    assert "5 characters instead of 32" in driver.find("dialog_error").text()  # type: ignore[attr-defined]


def test_what_is_no_answer_is_told_with_a_next_step(driver: Driver, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><body>log in</body></html>")
    driver.window.ask_import(page)
    driver.dialog("import_dialog")
    driver.click("confirm_import_button")
    driver.until(lambda: driver.session.notice is not None)
    assert driver.session.notice is not None
    assert driver.session.notice.error is not None
    assert driver.session.notice.error.code == "import_web_page"


def test_a_dropped_folder_is_opened_at_once(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "stranger").mkdir()
    drop(driver, tmp_path / "stranger")
    driver.until(lambda: driver.session.notice is not None)
    assert driver.session.notice.error.code == "no_evidence"  # type: ignore[union-attr]
    assert not driver.has_dialog()


def test_the_request_is_shown_without_its_secrets(driver: Driver) -> None:
    driver.type("look_up_field", flow_id("One"))
    driver.desktop.desks.imports.preview()
    dialog = driver.dialog("text_dialog")
    text = dialog.findChild(QPlainTextEdit).toPlainText()
    assert "DescribeSignFaceVideo" in text
    assert flow_id("One") in text
    assert records.SECRET_ID not in text
    assert records.SECRET_KEY not in text


def test_a_list_is_rescued_row_by_row_and_goes_on_where_it_was(driver: Driver, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(f"FlowId,orderNo\n{flow_id('Many')},\n,simOrder0001\n,simOrderGone\nbad!id,\n")
    driver.window.show_rescue_list()
    assert not driver.has_dialog(), "the desk stays usable"
    for name, text in (("file", str(listed)), ("case", "2026-1"), ("purpose", "dispute")):
        driver.type(f"rescue_{name}_field", text)
    for _ in range(2):
        driver.click("rescue_start_button")
        driver.until(lambda: not driver.desktop.desks.rescue.is_running)
        model = driver.find("rescue_table").model()  # type: ignore[attr-defined]
        results = [model.index(row, 0).data(RESULT) for row in range(model.rowCount())]
        assert sum(result.ending.evidence is not None for result in results) == 3
        assert len(results) == 5
        assert driver.find("rescue_status").text().startswith("3 sealed, 2 settled")  # type: ignore[attr-defined]
    driver.until(lambda: driver.desktop.library_model.count_of("all") == 4)
    assert len(list((tmp_path / "home" / "evidence").glob("fv-*"))) == 3, "nothing was fetched twice"


def test_a_list_that_is_none_is_told_in_its_window(driver: Driver, tmp_path: Path) -> None:
    driver.window.show_rescue_list()
    for name, text in (("file", str(tmp_path / "none.csv")), ("case", "c"), ("purpose", "p")):
        driver.type(f"rescue_{name}_field", text)
    driver.click("rescue_start_button")
    driver.until(lambda: not driver.desktop.desks.rescue.is_running)
    assert "cannot be read" in driver.find("rescue_status").text()  # type: ignore[attr-defined]


def test_each_row_says_why_it_failed_and_what_to_do(driver: Driver, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(f"FlowId,orderNo\n,simOrder0001\n,simOrderGone\nbad!id,\n{flow_id('NoVideo')},\n")
    driver.window.show_rescue_list()
    for name, text in (("file", str(listed)), ("case", "2026-1"), ("purpose", "dispute")):
        driver.type(f"rescue_{name}_field", text)
    driver.click("rescue_start_button")
    driver.until(lambda: not driver.desktop.desks.rescue.is_running)
    table, status = driver.find("rescue_table"), driver.find("rescue_status")
    model = table.model()  # type: ignore[attr-defined]
    failed = 0
    for row in range(model.rowCount()):
        result = model.index(row, 0).data(RESULT)
        tips = {model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) for column in (0, 2)}
        assert len(tips) == 1, "wherever the pointer is"
        told = str(tips.pop()).splitlines()
        table.setCurrentIndex(model.index(row, 0))  # type: ignore[attr-defined]
        assert status.text().startswith(told[0][:60]), "and for those who use no pointer"  # type: ignore[attr-defined]
        if result.ending.evidence is None:
            failed += 1
            code = (result.ending.problem or result.ending.outcome).code
            assert told == list(window_failure(code, dict(told_of(result)), driver.desktop.messages)), code
            assert all(line.strip() for line in told), code
            assert model.index(row, 2).data() == " ".join(told)
    assert failed == 3


def test_a_row_names_its_signer_or_says_what_stands_there(driver: Driver, tmp_path: Path) -> None:
    driver.window.show_rescue_list()
    dialog = driver.dialog("rescue_list_dialog")
    assert isinstance(dialog, RescueListDialog)
    flow, first, second = flow_id("Many"), "yDSimSignMany1" + "0" * 17 + "1", "yDSimSignMany2" + "0" * 17 + "2"
    ending = Ending(problem=UsageError("flow_id_malformed"))
    kept = Path("/srv/a/very/long/way/to/the/place/of/evidence", f"fv-20260311T080000Z-ess-{'ab' * 16}")
    for result in (
        RowResult(2, Subject(flow, first), Ending(evidence=kept)), RowResult(3, Subject(flow, second), ending),
        RowResult(4, Subject(None, None, "simOrder0001"), ending), RowResult(5, None, ending, "b\u202e<b>ad!id"),
        RowResult(6, None, ending),
    ):  # fmt: skip
        dialog.model.add(result)

    def cell(row: int, column: int, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> str:
        return str(dialog.model.index(row, column).data(role))

    records_named = [cell(row, 1) for row in range(5)]
    assert len(set(records_named)) == 5, "no two rows look alike"
    assert records_named[0].endswith("…00000001")
    assert records_named[1].endswith("…00000002")
    assert records_named[2:] == ["simOrder0001", "b\ufffd<b>ad!id", "–"]
    tips = [cell(row, 1, Qt.ItemDataRole.ToolTipRole) for row in range(4)]
    assert tips == [f"{flow}\n{first}", f"{flow}\n{second}", "simOrder0001", "<qt>b\ufffd&lt;b>ad!id</qt>"]
    assert kept.name in cell(0, 2)
    assert "/srv" not in cell(0, 2)
    assert str(kept) in cell(0, 2, Qt.ItemDataRole.ToolTipRole)


def told_of(result: RowResult) -> Mapping[str, str]:
    ending = result.ending
    return ending.problem.params if ending.problem else dict(ending.outcome.params)  # type: ignore[union-attr]


def test_enter_in_a_field_imports_and_rescues(driver: Driver, tmp_path: Path) -> None:
    drop(driver, saved_answer(tmp_path))
    dialog = driver.dialog("import_dialog")
    driver.type("import_flow_field", flow_id("One"))
    driver.press("import_flow_field", Qt.Key.Key_Return)
    assert not dialog.isVisible()
    driver.until(lambda: driver.session.page.kind == "record" and not driver.session.is_busy)
    assert not driver.has_dialog(), "no file is asked for"
    driver.window.show_rescue_list()
    driver.dialog("rescue_list_dialog")
    assert driver.find("rescue_start_button", QPushButton).isDefault()
