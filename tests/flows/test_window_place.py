"""Saving a record, or verifying it once more, leaves whoever looks at it where they stood; the bytes are read anew."""

from typing import Any

import pytest

pytest.importorskip("PySide6")

from facevid_gui.bridge.places import Marks
from facevid_gui.bridge.work import Sealing
from facevid_gui.simulator.records import flow_id
from tests.views.conftest import application, make_driver  # noqa: F401 - fixtures

PLACE = Marks(20, 70)


def stand_somewhere(driver: Any) -> None:
    """The second clip, frame 61, pinned, a part marked, zoomed."""
    page, screening = driver.window.page, driver.desktop.screening
    page.clip_tabs.setCurrentIndex(1)
    driver.at_frame(0)
    screening.go_to_frame(60)
    driver.at_frame(60)
    screening.loop.mark(PLACE)
    page._pin()
    page.stage.canvas.zoom_exact()


def seal(driver: Any) -> None:
    driver.desktop.controller.save(Sealing("case", "purpose", driver.session.evidence_roots[0]))
    driver.until(lambda: driver.session.page.reviewed.is_sealed and not driver.session.is_busy)


def check_place(driver: Any, pinned: Any) -> None:
    page, screening = driver.window.page, driver.desktop.screening
    driver.at_frame(60)
    assert page.clip_tabs.currentIndex() == 1
    assert screening.loop.marks == PLACE
    assert page.clip_view.timeline._marks == PLACE
    assert page.photo.canvas.image == pinned
    assert page.photo._unpin.isVisible()
    assert not page.stage.canvas.is_fitted


def test_save_and_verify_again_keep_clip_frame_pin_marks_and_zoom(driver: Any) -> None:
    assert driver.look_up(flow_id("One")) == "record"
    driver.at_frame(0)
    stand_somewhere(driver)
    pinned, page = driver.window.page.photo.canvas.image, driver.window.page
    seal(driver)
    check_place(driver, pinned)
    opened: list[bytes] = []
    load = driver.desktop.screening.load
    page._screening.load = lambda data: (opened.append(data), load(data))
    sealed = driver.session.page.reviewed
    driver.window._verify_again()
    driver.until(lambda: driver.session.page.reviewed is not sealed and not driver.session.is_busy)
    driver.until(lambda: opened)
    check_place(driver, pinned)
    assert len(opened) == 1, "what is shown was read and checked again"


def test_another_record_begins_at_its_beginning(driver: Any) -> None:
    assert driver.look_up(flow_id("One")) == "record"
    driver.at_frame(0)
    stand_somewhere(driver)
    assert driver.look_up("simOrder0001") == "record"
    driver.at_frame(0)
    page = driver.window.page
    assert page.clip_tabs.currentIndex() == 0
    assert driver.desktop.screening.loop.marks == Marks()
    assert page.stage.canvas.is_fitted
    driver.until(lambda: page.photo.canvas.image is not None)
    assert not page.photo._unpin.isVisible()


def test_a_pin_stays_before_the_photo_and_gives_its_place_back(driver: Any) -> None:
    assert driver.look_up("simOrder0001") == "record"
    driver.at_frame(0)
    page = driver.window.page
    driver.until(lambda: page.photo.canvas.image is not None)
    photo = page.photo.canvas.image.size()
    page._pin()
    pinned = page.photo.canvas.image
    seal(driver)
    driver.at_frame(0)
    driver.settle()
    assert page.photo.canvas.image == pinned
    page.photo.show_own()
    assert page.photo.canvas.image.size() == photo


def test_a_clip_chosen_meanwhile_is_not_left_for_a_place_in_another(driver: Any) -> None:
    assert driver.look_up(flow_id("One")) == "record"
    driver.at_frame(0)
    stand_somewhere(driver)
    sealed_of = driver.session.page.reviewed
    driver.desktop.controller.save(Sealing("case", "purpose", driver.session.evidence_roots[0]))
    driver.until(lambda: driver.session.page.reviewed is not sealed_of)
    driver.window.page.clip_tabs.setCurrentIndex(0)
    driver.at_frame(0)
    driver.until(lambda: not driver.session.is_busy)
    driver.settle()
    assert driver.desktop.screening.current_number == 0
    assert driver.desktop.screening.loop.marks == Marks()
