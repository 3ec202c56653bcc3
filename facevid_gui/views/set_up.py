"""The menu's actions that set this workstation up: the guide, the settings (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

if TYPE_CHECKING:
    from facevid_gui.bridge.desks import Desks
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.guide_page import GuidePage
    from facevid_gui.views.main_window import MainWindow
    from facevid_gui.views.theme import Theme


class SetUp(QObject):
    """Both are made when they are asked for."""

    def __init__(
        self, theme: Theme, messages: Messages, session: Session, desks: Desks, screening: Screening,
        window: MainWindow,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._screening = screening
        self._theme, self._messages, self._session = theme, messages, session
        self._desks, self._window = desks, window
        self.guide: GuidePage | None = None
        self.guide_action = QAction(self.tr("Getting started…"), self)
        self.guide_action.triggered.connect(lambda _checked=False: self.show_guide())
        self.settings_action = QAction(self.tr("Settings…"), self)
        self.settings_action.setShortcut("Ctrl+,")
        self.settings_action.triggered.connect(lambda _checked=False: self.show_settings())
        self.actions = (self.guide_action, self.settings_action)

    def show_guide(self) -> None:
        """Show the guide in the middle of the window, at the first step that is to be done."""
        from facevid_gui.views.guide_page import GuidePage

        if self.guide is None:
            self.guide = GuidePage(self._theme, self._messages, self._session, self._desks)
            self.guide.closed.connect(self._close_guide)
            self.guide.id_wanted.connect(self._paste)
            self._window.page.notice_bar.keep_clear(self.guide.foot)
        self._window.stage_screen.leave()
        self._window.page.notice_bar.leave()
        self._window.page.show_guide(self.guide)
        self.guide.begin()
        self.guide.steps.setFocus()

    def show_settings(self) -> None:
        """Open the settings."""
        from facevid_gui.views.settings_dialog import SettingsDialog

        transport = self._window.page.clip_view.transport
        SettingsDialog(
            self._theme, self._messages, self._session, self._desks, transport, self._screening, self._window
        ).open()

    def _close_guide(self) -> None:
        self._window.page.close_guide()

    def _paste(self) -> None:
        self._close_guide()
        self._window.bar.focus_field()
