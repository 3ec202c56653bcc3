"""The menu's actions about privacy: who looked at what, what is stored where (floor 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.bridge.desks import Desks
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.messages import Messages
    from facevid_gui.views.main_window import MainWindow
    from facevid_gui.views.theme import Theme


class PrivacyActions(QObject):
    """The actions and their dialogs, over one window."""

    def __init__(
        self, theme: Theme, messages: Messages, session: Session, desks: Desks, window: MainWindow
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._theme = theme
        self._messages = messages
        self._session = session
        self._desks = desks
        self._window = window
        self.record_action = self._action(self.tr("Who looked at this record…"), self.show_record_log)
        self.log_action = self._action(self.tr("Access log…"), self.show_log)
        self.stored_action = self._action(self.tr("What is stored where…"), self.show_stored)
        self.expired_action = self._action(self.tr("Unsaved captures past their date…"), self.show_expired)
        self.actions = (self.record_action, self.log_action, self.expired_action, self.stored_action)
        session.page_changed.connect(self._offer)
        desks.settings.changed.connect(self._on_settings)
        window.findings.custody_panel.log_wanted.connect(self.show_record_log)
        self._offer()

    def show_log(self) -> None:
        """Show the whole access log."""
        self._show("")

    def show_record_log(self) -> None:
        """Show what the access log says of the open record."""
        if self._session.page.title_id:
            self._show(self._session.page.title_id)

    def show_stored(self) -> None:
        """Show what is stored where."""
        from facevid_gui.views.stored_dialog import StoredDialog  # dialogs are loaded when they are asked for

        StoredDialog(self._messages, self._desks.stored, self._window).open()

    def show_expired(self) -> None:
        """Show the unsaved captures that may be removed."""
        from facevid_gui.views.expired_dialog import ExpiredDialog

        ExpiredDialog(self._messages, self._desks.expiry, self._session.reasons, self._window).open()

    def _show(self, evidence_id: str) -> None:
        from facevid_gui.views.access_dialog import AccessDialog

        AccessDialog(self._theme, self._messages, self._desks.access, self._window, evidence_id).open()

    def _action(self, name: str, act: Callable[[], object]) -> QAction:
        action = QAction(name, self)
        action.triggered.connect(lambda _checked=False: act())
        return action

    def _on_settings(self) -> None:
        """What is said of dates that come near."""
        keeping = self._desks.settings.keeping
        self._window.library.keep(keeping)
        self._window.page.banner.keeping = keeping

    def _offer(self) -> None:
        self.record_action.setEnabled(bool(self._session.page.title_id))
