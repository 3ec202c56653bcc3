"""The window opens as it was left: size, panes, scheme, loudness, speed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from facevid_gui.bridge.rates import RATES
from facevid_gui.bridge.session import Page
from facevid_gui.bridge.window_state import FILE, WindowState, read_window_state, write_window_state
from facevid_gui.views.theme import DARK
from tests.support.window_driver import Driver
from tests.support.window_records import clip, make_record, make_reviewed


def leave(driver: Driver) -> None:
    driver.window.close()
    driver.desktop.shut_down()


def test_it_opens_as_it_was_left(make_driver: Callable[..., Driver], tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = make_driver(home=home)
    first.window.resize(1480, 910)
    first.window.splitter.setSizes([310, 700, 420])
    first.settle()
    panes = first.window.splitter.sizes()
    transport = first.window.page.clip_view.transport
    transport.volume.setValue(35)
    transport.mute_button.setChecked(True)
    transport.speed_box.activated.emit(RATES.index(0.5))
    first.desktop.theme.choose("dark")
    leave(first)
    assert read_window_state(home / "state") == WindowState(1480, 910, False, tuple(panes), "dark", 35, True, 0.5)

    second = make_driver(home=home)
    assert (second.window.width(), second.window.height()) == (1480, 910)
    assert second.window.splitter.sizes() == panes
    assert second.desktop.theme.tokens is DARK
    transport = second.window.page.clip_view.transport
    assert (transport.volume.value(), transport.mute_button.isChecked()) == (35, True)
    assert transport.speed_box.currentData() == 0.5
    assert second.desktop.screening.rates.chosen == 0.5
    checked = [action.text() for menu in second.window.menu.findChildren(type(second.window.menu).__base__)
               for action in menu.actions() if action.isChecked()]  # fmt: skip
    assert checked == ["Dark"]


def test_the_player_learns_how_loud_and_fast_it_was(make_driver: Callable[..., Driver], tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "state").mkdir(parents=True)
    write_window_state(home / "state", WindowState(volume=20, muted=True, rate=2.0))
    driver = make_driver(home=home)
    told: list[tuple[str, object]] = []
    screening = driver.desktop.screening
    for name in ("set_volume", "set_muted"):
        setattr(screening, name, lambda value, name=name: told.append((name, value)))
    driver.start()
    assert told == [("set_volume", 0.2), ("set_muted", True)]
    assert screening.rates.current == 2.0


def test_it_is_never_larger_than_the_screen(
    make_driver: Callable[..., Driver], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / "state").mkdir(parents=True)
    write_window_state(home / "state", WindowState(4000, 3000))
    monkeypatch.setattr("facevid_gui.views.window_memory.screen_room", lambda: (1280, 720))
    driver = make_driver(home=home)
    assert driver.window.width() <= max(1280, driver.window.minimumSizeHint().width())
    assert driver.window.height() == max(720, driver.window.minimumSizeHint().height())


def test_the_whole_screen_is_not_what_is_remembered(make_driver: Callable[..., Driver], tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = make_driver(home=home)
    first.window.resize(1400, 800)
    first.show_page(Page("record", make_reviewed(make_record(clips=(clip(),)))))
    panes = tuple(first.window.splitter.sizes())
    first.window.stage_screen.enter()
    leave(first)
    left = read_window_state(home / "state")
    assert (left.width, left.height, left.panes, left.maximized) == (1400, 800, panes, False)
    assert not make_driver(home=home).window.isFullScreen()


def test_a_window_left_large_opens_large_and_knows_its_other_size(
    make_driver: Callable[..., Driver], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    first = make_driver(home=home)
    first.window.resize(1200, 800)
    first.window.showMaximized()
    leave(first)
    assert read_window_state(home / "state").maximized
    second = make_driver(home=home)
    assert second.window.isMaximized()
    leave(second)
    third = read_window_state(home / "state")
    assert (third.maximized, third.width, third.height) == (True, 1200, 800)


def test_leaving_without_a_change_writes_nothing(make_driver: Callable[..., Driver], tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = make_driver(home=home)
    first.window.resize(1500, 820)
    leave(first)
    before = (home / "state" / FILE).stat().st_mtime_ns
    leave(make_driver(home=home))
    assert (home / "state" / FILE).stat().st_mtime_ns == before


@pytest.mark.parametrize("raw", [b"{", b'{"panes": [9999, 1, 1], "scheme": 7, "width": 640}'])
def test_a_damaged_memory_opens_a_usable_window(make_driver: Callable[..., Driver], tmp_path: Path, raw: bytes) -> None:
    home = tmp_path / "home"
    (home / "state").mkdir(parents=True)
    (home / "state" / FILE).write_bytes(raw)
    driver = make_driver(home=home)
    seen = [size for size in driver.window.splitter.sizes() if size]  # one side may have no room
    assert len(seen) >= 2
    assert all(size >= 200 for size in seen)
    assert driver.session.notice is None


def test_nothing_of_a_person_or_record_is_remembered(make_driver: Callable[..., Driver], tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = make_driver(home=home)
    first.show_page(Page("record", make_reviewed()))
    first.window.resize(1410, 830)
    leave(first)
    data = json.loads((home / "state" / FILE).read_text())
    assert set(data) == {"schema", *WindowState.__dataclass_fields__}


def test_video_and_photo_are_as_wide_as_they_were_left(make_driver: Callable[..., Driver], tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = make_driver(home=home)
    first.desktop.controller.load_media = lambda *_: None
    record = Page("record", make_reviewed(make_record("kyc", clips=(clip(),))))
    first.show_page(record)
    first.window.page.pictures.setSizes([249, 415])
    first.settle()
    widths = first.window.page.pictures.sizes()
    assert widths != [600, 400]
    leave(first)
    second = make_driver(home=home)
    second.desktop.controller.load_media = lambda *_: None
    second.show_page(record)
    assert second.window.page.pictures.sizes() == widths
