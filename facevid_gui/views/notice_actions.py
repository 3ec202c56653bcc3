"""What the buttons of a notice do, and how a deadline is told to somebody who looks elsewhere (floor 3)."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from facevid_gui.core.wording import short_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.desks import Desks
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.main_window import MainWindow

TRAY_MS = 30_000


class NoticeActions(QObject):
    """Over one window. `save` asks how the open record is saved."""

    def __init__(
        self, messages: Messages, controller: Controller, desks: Desks, window: MainWindow, save: Callable[[], object]
    ) -> None:
        super().__init__(window)
        self._messages = messages
        self._controller = controller
        self._desk, self._undo, self._settings = desks.deadlines, desks.undo, desks.settings
        self._roots = desks.roots
        self._window = window
        self._save = save
        self._to_save = ""
        self._tray: QSystemTrayIcon | None = None
        self._tray_end = QTimer(self)
        self._tray_end.setSingleShot(True)
        self._tray_end.setInterval(TRAY_MS)
        self._tray_end.timeout.connect(self._end_tray)
        window.page.notice_bar.action_wanted.connect(self._act)
        controller.session.page_changed.connect(self._on_page)
        self._desk.neared.connect(self._on_neared)
        self._desk.tray_wanted.connect(self._show_in_tray)

    def _act(self, what: str, key: str) -> None:
        if what == "help":
            self._window.help.show_help()
            return
        if what == "set_aside":
            self._settings.set_aside()
            return
        if what == "profile":
            self._window.show_profiles()
            return
        if what == "rescue_list":
            self._controller.dismiss_notice()
            self._window.show_rescue_list()
            return
        if what == "add_place":
            self._controller.dismiss_notice()
            self._roots.add(Path(key), self._controller.tell_error)
            return
        if what == "undo":
            self._undo.take_back()
            return
        self._controller.dismiss_notice()
        page = self._controller.session.page
        self._to_save = key if what == "save" else ""
        if page.title_id == key:
            self._on_page()
        else:
            self._controller.open_capture(key)

    def _on_page(self) -> None:
        """The record that was to be saved is open."""
        wanted, page = self._to_save, self._controller.session.page
        if wanted and page.title_id:
            self._to_save = ""
            if page.title_id == wanted and page.reviewed is not None and not page.reviewed.is_sealed:
                QTimer.singleShot(0, self, partial(self._ask_save, wanted))  # once the page is shown

    def _ask_save(self, wanted: str) -> None:
        if self._controller.session.page.title_id == wanted:
            self._save()

    def _on_neared(self, count: int, until: datetime) -> None:
        QApplication.alert(self._window, 0)
        if not self._window.isActiveWindow():
            text = self._messages.text("notification.deadline", count=count, when=short_time(until))
            self._desk.notify(self._messages.text("notification.title"), text)

    def _show_in_tray(self, title: str, text: str) -> None:
        """An icon for as long as its message is worth reading."""
        if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
            self._tray.messageClicked.connect(self._come_forward)
            self._tray.activated.connect(lambda _reason: self._come_forward())
        self._tray.show()
        self._tray.showMessage(title, text, QSystemTrayIcon.MessageIcon.Warning, TRAY_MS)
        self._tray_end.start()

    def _come_forward(self) -> None:
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def _end_tray(self) -> None:
        if self._tray is not None:
            self._tray.hide()
