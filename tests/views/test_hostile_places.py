"""Foreign text in the rarer places: access log, lists to rescue, names of files and packages, what a menu says."""

import csv
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QTableView

from facevid_gui.bridge.session import Page
from facevid_gui.core.clock import Clock
from facevid_gui.core.record import MediaItem
from facevid_gui.demo import add_profiles
from facevid_gui.evidence.access_log import AccessLog
from facevid_gui.simulator.server import Simulator
from facevid_gui.views.export_dialog import ExportDialog
from tests.support.window_driver import Driver
from tests.support.window_records import make_record, make_reviewed
from tests.views.test_hostile_text import HOSTILE, SIZE, check_harmless, check_in_place, size_of, words_of_model

SHORT = {name: text[:60] for name, text in HOSTILE.items()}
NAMES = {
    name: "".join(c for c in text if c not in "/\0" and not 0xD800 <= ord(c) < 0xE000) for name, text in SHORT.items()
}


@pytest.fixture
def small(driver: Driver) -> Driver:
    driver.window.resize(*SIZE)
    driver.settle()
    return driver


def test_the_access_log_shows_what_was_noted_as_harmless_text(small: Driver) -> None:
    path = small.desktop.house.paths.access_log
    for text in HOSTILE.values():
        AccessLog(path, Clock(), text[:400]).add("opened", text[:400], reason=text[:400], x=text[:400])
    small.window.privacy_actions.log_action.trigger()
    dialog: Any = small.dialog("access_dialog")
    small.until(lambda: small.desktop.jobs.is_idle)
    small.settle()
    table = small.find("access_table", QTableView)
    assert table.model().rowCount() == len(HOSTILE)
    assert any("<b>bold</b>" in words for words in words_of_model(table.model())), "as it was written"
    check_harmless(dialog)
    dialog.close()


def test_a_list_to_rescue_shows_its_rows_as_harmless_text(small: Driver, simulator: Simulator, tmp_path: Path) -> None:
    add_profiles(small.desktop.house, simulator)
    small.start()
    listed = tmp_path / "list.csv"
    with listed.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("orderNo", "case", "purpose", "profile"))
        writer.writerows((text, text, text, text) for text in SHORT.values() if "\0" not in text)
    small.window.show_rescue_list()
    dialog: Any = small.dialog("rescue_list_dialog")
    for name, text in (("file", str(listed)), ("case", "c"), ("purpose", "p")):
        small.type(f"rescue_{name}_field", text)
    small.click("rescue_start_button")
    small.until(lambda: not small.desktop.desks.rescue.is_running)
    table = small.find("rescue_table", QTableView)
    assert table.model().rowCount() >= 5
    for row in range(table.model().rowCount()):
        table.setCurrentIndex(table.model().index(row, 0))
        small.settle()
        check_harmless(dialog)
    dialog.close()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_name_of_a_reference_picture_is_harmless(small: Driver, tmp_path: Path, name: str) -> None:
    """Somebody sends a file; its name is his."""
    photo = MediaItem("photo", 1, "/result/photo", "media/photo-01.jpg", "image/jpeg", 10, "ab" * 32)
    small.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    small.show_page(Page("record", make_reviewed(make_record("kyc", photos=(photo,)))))
    before = size_of(small)
    file = tmp_path / f"{name.strip('. ') or 'x'}.png"
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(file), "png")
    small.window.page.show_reference(file)
    small.until(lambda: "Reference" in small.window.page.photo.line.caption.text())
    small.settle()
    check_harmless(small.window)
    check_in_place(small, before)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_title_bar_is_one_harmless_line(small: Driver, name: str) -> None:
    small.desktop.controller.load_media = lambda *_: None  # type: ignore[method-assign]
    small.show_page(Page("record", make_reviewed(make_record("kyc", order_no=name))))
    title = small.window.windowTitle()
    assert title.endswith("facevid")
    assert "\n" not in title
    assert len(title) < 200
    check_harmless(small.window)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_the_file_that_is_proposed_is_what_it_looks_like(small: Driver, name: str) -> None:
    """A folder of somebody else has the name he gave it."""
    folder = Path("/nonexistent") / name
    package = ExportDialog(small.desktop.messages, folder, "keyring", small.window, holds=True)
    proposed = package.package_field.text()
    assert proposed.endswith(".zip")
    assert Path(proposed).parent == Path.home()
    assert not [c for c in proposed if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert len(Path(proposed).name) < 120
    check_harmless(package)
    package.close()
