"""The window as it was left, and as it is (floor 3). Values only: who reads and writes the file is the roof."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from facevid_gui.bridge.rates import RATES

if TYPE_CHECKING:
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.window_state import WindowState
    from facevid_gui.views.clip_view import Transport
    from facevid_gui.views.main_window import MainWindow
    from facevid_gui.views.theme import Theme

_NO_LIMIT = 1 << 20
_SIDES, _TITLE = 4, 40  # of the frame that window managers put around a window


def screen_room() -> tuple[int, int]:
    """How large a window can be beside its own frame; without a display nothing limits it."""
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        return _NO_LIMIT, _NO_LIMIT
    room = QGuiApplication.primaryScreen().availableGeometry()
    return room.width() - _SIDES, room.height() - _TITLE


def restore_window(window: MainWindow, state: WindowState) -> None:
    """Make a window as large as it was left, never larger than the screen there is now."""
    width, height = screen_room()
    window.resize(min(state.width, width), min(state.height, height))
    window.splitter.setSizes(list(state.panes))
    window.splitter.want(library=state.library, findings=state.findings)
    if state.maximized:
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def restore_pictures(window: MainWindow, state: WindowState) -> None:
    """Video and photo as they were left, once they are there."""
    window.page.pictures.setSizes(list(state.pictures))


def restore_sound(transport: Transport, screening: Screening, state: WindowState) -> None:
    """Loudness and speed as they were left."""
    transport.volume.setValue(state.volume)
    transport.mute_button.setChecked(state.muted)
    if state.rate in RATES:
        screening.rates.choose(state.rate)


def tell_player(transport: Transport, screening: Screening) -> None:
    """The player came after its controls: it learns where they stand."""
    screening.set_volume(transport.volume.value() / 100)
    screening.set_muted(transport.mute_button.isChecked())


def window_state(window: MainWindow, theme: Theme, screening: Screening | None, before: WindowState) -> WindowState:
    """How a window is; what it does not have yet, without a screening, is as before."""
    is_large = bool(window.windowState() & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen))
    size = window.normalGeometry().size() if is_large else window.size()
    panes = tuple(window.splitter.sizes())
    library, findings = window.splitter.wanted
    now = replace(before, maximized=window.isMaximized(), scheme=theme.choice, library=library, findings=findings)
    if size.isValid() and not size.isEmpty():
        now = replace(now, width=size.width(), height=size.height())
    if all(panes):
        now = replace(now, panes=panes)
    if screening is None:
        return now
    transport = window.page.clip_view.transport
    pictures = tuple(window.page.pictures.sizes())
    if window.page.pictures.isVisible() and all(pictures):  # not while they lie on one stage
        now = replace(now, pictures=pictures)
    return replace(now, volume=transport.volume.value(), muted=transport.mute_button.isChecked(),
                   rate=screening.rates.chosen)  # fmt: skip
