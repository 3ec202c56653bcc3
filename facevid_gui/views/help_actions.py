"""The menu's Help, its page and what it leads to (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.bridge.desks import Desks
    from facevid_gui.core.messages import Messages
    from facevid_gui.diagnosis.papers import Paper
    from facevid_gui.views.main_window import MainWindow
    from facevid_gui.views.status_line import StatusLine
    from facevid_gui.views.theme import Theme


class HelpActions(QObject):
    """Over one window."""

    def __init__(self, theme: Theme, messages: Messages, desks: Desks, window: MainWindow) -> None:
        super().__init__(window)
        self._theme = theme
        self._messages = messages
        self._desk = desks.help
        self._window = window
        self.help_action = QAction(self.tr("Help…"), self)
        self.help_action.setShortcut("F1")
        self.help_action.triggered.connect(lambda _checked=False: self.show_help())
        self.actions = (self.help_action,)
        window.page.outcome.help_wanted.connect(self.show_help)
        cast("StatusLine", window.statusBar()).help_wanted.connect(self.show_help)
        self._desk.checking_read.connect(self._show_checking)
        self._desk.licences_read.connect(self._show_licences)

    def show_help(self) -> None:
        """Show the Help page."""
        from facevid_gui.views.help_dialog import HelpDialog  # dialogs are loaded when they are asked for

        links = (
            (self.tr("Keys…"), self._window.show_keys),
            (self.tr("What is stored where…"), self._window.privacy_actions.show_stored),
            (self.tr("Check evidence without this program…"), self._desk.read_checking),
            (self.tr("Licences…"), self._desk.read_licences),
        )
        HelpDialog(self._theme, self._messages, self._desk, links, self._window).open()

    def _show_checking(self, text: str) -> None:
        from facevid_gui.views.text_dialog import TextDialog

        sentence = self._messages.text("help.checking")
        TextDialog(self.tr("Check evidence without this program"), sentence, text, self._window).open()

    def _show_licences(self, papers: Sequence[Paper]) -> None:
        from facevid_gui.views.papers_dialog import PapersDialog

        sentence = self._messages.text("help.licences")
        PapersDialog(self._theme, self.tr("Licences"), sentence, papers, self._window).open()
