"""A report from the real window: look up, save, Report…, what it noted, what is remembered, the same bytes again."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtWidgets import QCheckBox, QLineEdit

from facevid_gui.core.cancel import CancelToken
from facevid_gui.evidence.report import ReportRequest
from facevid_gui.evidence.verify import verify_folder
from facevid_gui.simulator.records import flow_id
from tests.support.reports import text_of
from tests.views.conftest import application, make_driver  # noqa: F401 - fixtures


def test_from_the_look_up_to_the_paper(driver: Any, tmp_path: Path) -> None:
    driver.look_up(flow_id("One"))
    driver.first_frame()
    reports = driver.window._reports
    assert not reports.report_action.isEnabled(), "what is not saved gets no report"
    driver.save("2026-0311", "disputed signature", None)
    folder = driver.session.page.reviewed.folder
    file = tmp_path / "court.pdf"
    reports.report_action.trigger()
    driver.dialog("report_dialog")
    driver.find("report_file_field", QLineEdit).setText(str(file))
    driver.find("report_section_photo", QCheckBox).setChecked(False)
    driver.click("confirm_report_button")
    shown = driver.find("report_sha256", QLineEdit)
    driver.until(shown.text, timeout_s=60)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert shown.text() == digest
    driver.click("report_back_button")

    assert [event.event for event in driver.session.page.reviewed.custody] == ["sealed", "exported"]
    event = json.loads((folder / "custody" / "000002.json").read_bytes())
    assert event["detail"]["sha256"] == digest
    assert "frame 1 of 150" in text_of(file.read_bytes(), tmp_path)
    house = driver.desktop.house
    assert verify_folder(folder, house.trust()).verified
    again = house.reporter.build(ReportRequest(folder, "en", as_of=digest), house.trust(), CancelToken())
    assert again.pdf == file.read_bytes()

    driver.until(lambda: driver.desktop.desks.settings.settings.report_sections)
    reports.report_action.trigger()
    driver.dialog("report_dialog")
    assert not driver.find("report_section_photo", QCheckBox).isChecked(), "the choice is remembered"
    driver.click("report_back_button")
    driver.close()
