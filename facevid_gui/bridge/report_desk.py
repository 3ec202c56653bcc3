"""Making and printing reports from the window (floor 2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import report_work
from facevid_gui.bridge.session import Notice
from facevid_gui.core.errors import SurroundingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.printing import Printer
    from facevid_gui.bridge.report_work import ReportDone, Reporting
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.errors import FacevidError

ACTIVITY = "report"


class ReportDesk(QObject):
    """Commands of the report's dialog."""

    reported = Signal(object)  # evidence.report.Reported
    refused = Signal(object)  # FacevidError
    stopped = Signal()
    stage_changed = Signal(str, int)

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._is_at_work = False
        controller.session.activity_changed.connect(self._on_activity)

    def make(self, wish: Reporting) -> None:
        """Make a report as a file; while something else runs nothing is begun."""
        self._begin(partial(report_work.make_report, self._services, wish))

    def print(self, wish: Reporting, printer: Printer) -> None:
        """Print a report on the printer that was chosen."""
        self._begin(partial(report_work.print_report, self._services, wish, printer))

    def make_printer(self) -> Printer | None:
        """A printer for the print dialog; None where this system cannot print, and why is told."""
        from facevid_gui.bridge.printing import make_printer

        try:
            return make_printer()
        except SurroundingsError as error:
            self._controller.notify(Notice("warn", error=error))
            return None

    def stop(self) -> None:
        """Stop; nothing half is left."""
        if self._is_at_work:
            self._controller.cancel()

    def _begin(self, run: Callable[[Any, Any], ReportDone]) -> None:
        if self._controller.begin(ACTIVITY, run, self._on_reported, self._on_refused):
            self._is_at_work = True
        else:
            self.stopped.emit()

    def _on_reported(self, done: ReportDone) -> None:
        self._is_at_work = False
        reported, reviewed = done.reported, done.reviewed
        if reviewed is not None and reviewed.folder == self._controller.session.page.folder:
            self._controller.show_opened(reviewed)  # its history is longer now
        else:
            self._controller.end_activity()
        message = "notice.printed" if reported.file is None else "notice.reported"
        self._controller.notify(Notice("ok", message, {"path": str(reported.file), "pages": str(reported.draft.pages)}))
        self.reported.emit(reported)

    def _on_refused(self, error: FacevidError) -> None:
        self._is_at_work = False
        self._controller.end_activity()
        self.refused.emit(error)

    def _on_activity(self) -> None:
        """How far it is; what was stopped says so by its activity's end only."""
        activity = self._controller.session.activity
        if not self._is_at_work:
            return
        if activity.what == ACTIVITY:
            self.stage_changed.emit(activity.stage, activity.number)
        elif not self._controller.session.is_busy:
            self._is_at_work = False
            self.stopped.emit()
