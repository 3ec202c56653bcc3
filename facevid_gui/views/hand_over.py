"""The actions "Export…" and "Delete evidence…", offered while evidence is open (floor 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from facevid_gui.bridge.hand_over_desk import HandOverDesk
    from facevid_gui.bridge.session import Session
    from facevid_gui.bridge.settings_desk import SettingsDesk
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.purge import PurgePlan


class HandOver(QObject):
    """Both actions and their dialogs, over one window."""

    def __init__(
        self, messages: Messages, session: Session, desk: HandOverDesk, settings: SettingsDesk,
        now: Callable[[], datetime], window: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._messages = messages
        self._session = session
        self._desk = desk
        self._settings = settings
        self._now = now
        self._window = window
        self.export_action = QAction(self.tr("Export…"), self)
        self.export_action.setShortcut("Ctrl+E")
        self.export_action.triggered.connect(lambda _checked=False: self.ask_export())
        self.purge_action = QAction(self.tr("Delete evidence…"), self)
        self.purge_action.triggered.connect(lambda _checked=False: self.ask_purge())
        self.actions = (self.export_action, self.purge_action)
        desk.purge_planned.connect(self._show_plan)
        session.page_changed.connect(self._offer)
        self._offer()

    def ask_export(self) -> None:
        """Ask where the package of the open evidence goes."""
        verdict = self._verdict()
        if verdict is None:
            return
        from facevid_gui.views.export_dialog import ExportDialog  # dialogs are loaded when they are asked for

        dialog = ExportDialog(
            self._messages, Path(verdict.folder), self._session.key_protection, self._window, holds=verdict.verified,
            ask_purpose=self._settings.settings.ask_purpose, remembered=self._session.reasons,
        )  # fmt: skip
        dialog.confirmed.connect(self._desk.export)
        dialog.stop_wanted.connect(self._desk.stop)
        self._desk.exported.connect(dialog.finish)
        self._desk.export_refused.connect(dialog.refuse)
        self._desk.export_stopped.connect(dialog.stopped)
        dialog.open()

    def ask_purge(self) -> None:
        """Look at the open evidence once more, then ask."""
        verdict = self._verdict()
        if verdict is not None:
            self._desk.look_for_purge(Path(verdict.folder))

    def _show_plan(self, plan: PurgePlan) -> None:
        from facevid_gui.views.purge_dialog import PurgeDialog

        dialog = PurgeDialog(self._messages, plan, self._now(), self._window, self._session.reasons)
        dialog.confirmed.connect(self._desk.purge)
        dialog.open()

    def _verdict(self) -> FolderVerdict | None:
        """What the page shows of a folder of ours, broken ones included; None for anything else.

        A package that is only looked at is nobody's to hand over or delete here: the page says so.
        """
        page = self._session.page
        if self._session.visiting is not None:
            return None
        return page.reviewed.verdict if page.reviewed is not None else page.verdict

    def _offer(self) -> None:
        for action in self.actions:
            action.setEnabled(self._verdict() is not None)
