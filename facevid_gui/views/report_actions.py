"""The actions "Report…" and "Print…", offered while evidence is open (floor 3)."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from facevid_gui.bridge.desks import Desks
    from facevid_gui.bridge.report_work import Reporting
    from facevid_gui.bridge.session import Session
    from facevid_gui.core.messages import Messages
    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.views.report_dialog import ReportDialog
    from facevid_gui.views.theme import Theme


class ReportActions(QObject):
    """Both actions and their dialog, over one window."""

    def __init__(self, theme: Theme, messages: Messages, session: Session, desks: Desks, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._messages = messages
        self._session = session
        self._settings, self._desk = desks.settings, desks.reports
        self._window = window
        self.report_action = QAction(self.tr("Report…"), self)
        self.report_action.setShortcut("Ctrl+Shift+R")
        self.report_action.triggered.connect(lambda _checked=False: self.ask())
        self.print_action = QAction(self.tr("Print…"), self)
        self.print_action.setShortcut("Ctrl+P")
        self.print_action.triggered.connect(lambda _checked=False: self.ask_print())
        self.actions = (self.report_action, self.print_action)
        session.page_changed.connect(self._offer)
        self._offer()

    def ask(self) -> None:
        """Ask what the report of the open evidence tells and where it goes."""
        dialog = self._dialog(printing=False)
        if dialog is not None:
            dialog.confirmed.connect(self._desk.make)
            dialog.open()

    def ask_print(self) -> None:
        """The same for paper; where this system cannot print, why is told instead."""
        if self._verdict() is None or self._desk.make_printer() is None:
            return
        dialog = self._dialog(printing=True)
        if dialog is not None:
            dialog.confirmed.connect(partial(self._choose_printer, dialog))
            dialog.open()

    def _dialog(self, *, printing: bool) -> ReportDialog | None:
        verdict = self._verdict()
        if verdict is None:
            return None
        from facevid_gui.views.report_dialog import ReportDialog  # dialogs are loaded when they are asked for

        dialog = ReportDialog(
            self._theme, self._messages, Path(verdict.folder), self._settings.settings, self._session.key_protection,
            self._window, holds=verdict.verified, printing=printing, reasons=self._session.reasons,
        )  # fmt: skip
        dialog.stop_wanted.connect(self._desk.stop)
        self._desk.stage_changed.connect(dialog.show_stage)
        self._desk.reported.connect(dialog.finish)
        self._desk.refused.connect(dialog.refuse)
        self._desk.stopped.connect(dialog.stopped)
        self._desk.reported.connect(self._settings.read)  # what was chosen is remembered
        return dialog

    def _choose_printer(self, dialog: ReportDialog, wish: Reporting) -> None:
        """The system's own dialog; leaving it leaves everything as it was."""
        from PySide6.QtPrintSupport import QPrintDialog

        printer = self._desk.make_printer()
        if printer is None:
            dialog.stopped()
            return
        chooser = QPrintDialog(printer, dialog)
        chooser.setObjectName("print_dialog")
        chooser.accepted.connect(lambda *_: self._desk.print(wish, printer))
        chooser.rejected.connect(dialog.stopped)
        chooser.finished.connect(chooser.deleteLater)
        chooser.setModal(True)
        chooser.show()

    def _verdict(self) -> FolderVerdict | None:
        """What the page shows of a folder, broken ones included; None for anything that is no sealed folder."""
        page = self._session.page
        return page.reviewed.verdict if page.reviewed is not None else page.verdict

    def _offer(self) -> None:
        for action in self.actions:
            action.setEnabled(self._verdict() is not None)
