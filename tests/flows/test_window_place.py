"""Saving a record, or verifying it once more, leaves whoever looks at it where they stood; the bytes are read anew."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from facevid_gui.bridge.places import Marks
from facevid_gui.bridge.work import Sealing
from facevid_gui.demo import add_profiles
from facevid_gui.simulator.records import flow_id
from facevid_gui.simulator.server import Simulator
from tests.support.evidence_places import unlock_folders
from tests.views.conftest import application, make_driver  # noqa: F401 - fixtures

PLACE = Marks(20, 70)


@pytest.fixture
def driver(make_driver: Callable[..., Any], simulator: Simulator, tmp_path: Path) -> Iterator[Any]:  # noqa: F811
    made = make_driver(home=tmp_path / "desk")
    add_profiles(made.desktop.house, simulator)
    made.start()
    yield made
    unlock_folders(tmp_path)


def look_up(driver: Any, text: str) -> None:
    driver.window.bar.field.setText(text)
    driver.click("look_up_button")
    driver.until(lambda: not driver.session.is_busy and driver.session.page.kind == "record")
    exact(driver, 0)


def exact(driver: Any, number: int) -> None:
    screening = driver.desktop.screening
    driver.until(lambda: (s := screening.shown) is not None and (s.mode, s.number) == ("exact", number))


def stand_somewhere(driver: Any) -> None:
    """The second clip, frame 61, pinned, a part marked, zoomed."""
    page, screening = driver.window.page, driver.desktop.screening
    page.clip_tabs.setCurrentIndex(1)
    exact(driver, 0)
    screening.go_to_frame(60)
    exact(driver, 60)
    screening.loop.mark(PLACE)
    page._pin()
    page.stage.canvas.zoom_exact()


def seal(driver: Any) -> None:
    driver.desktop.controller.save(Sealing("case", "purpose", driver.session.evidence_roots[0]))
    driver.until(lambda: driver.session.page.reviewed.is_sealed and not driver.session.is_busy)


def check_place(driver: Any, pinned: Any) -> None:
    page, screening = driver.window.page, driver.desktop.screening
    exact(driver, 60)
    assert page.clip_tabs.currentIndex() == 1
    assert screening.loop.marks == PLACE
    assert page.clip_view.timeline._marks == PLACE
    assert page.photo.canvas.image == pinned
    assert page.photo._unpin.isVisible()
    assert not page.stage.canvas.is_fitted


def test_save_and_verify_again_keep_clip_frame_pin_marks_and_zoom(driver: Any) -> None:
    look_up(driver, flow_id("One"))
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
    look_up(driver, flow_id("One"))
    stand_somewhere(driver)
    look_up(driver, "simOrder0001")
    page = driver.window.page
    assert page.clip_tabs.currentIndex() == 0
    assert driver.desktop.screening.loop.marks == Marks()
    assert page.stage.canvas.is_fitted
    driver.until(lambda: page.photo.canvas.image is not None)
    assert not page.photo._unpin.isVisible()


def test_a_pin_stays_before_the_photo_and_gives_its_place_back(driver: Any) -> None:
    look_up(driver, "simOrder0001")
    page = driver.window.page
    driver.until(lambda: page.photo.canvas.image is not None)
    photo = page.photo.canvas.image.size()
    page._pin()
    pinned = page.photo.canvas.image
    seal(driver)
    exact(driver, 0)
    driver.settle()
    assert page.photo.canvas.image == pinned
    page.photo.show_own()
    assert page.photo.canvas.image.size() == photo


def test_a_clip_chosen_meanwhile_is_not_left_for_a_place_in_another(driver: Any) -> None:
    look_up(driver, flow_id("One"))
    stand_somewhere(driver)
    sealed_of = driver.session.page.reviewed
    driver.desktop.controller.save(Sealing("case", "purpose", driver.session.evidence_roots[0]))
    driver.until(lambda: driver.session.page.reviewed is not sealed_of)
    driver.window.page.clip_tabs.setCurrentIndex(0)
    exact(driver, 0)
    driver.until(lambda: not driver.session.is_busy)
    driver.settle()
    assert driver.desktop.screening.current_number == 0
    assert driver.desktop.screening.loop.marks == Marks()
