"""Verifying all of the library, or what is chosen, in the background (floor 2).

What enters: start, pause, go on, give up. What leaves: how far it is, then what it came to. A pause ends the job; what
is done is kept on disk (`evidence.checking`), so that going on works after the program was closed, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge import check_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.bridge.check_work import CheckProgress
    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.jobs import Work
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.evidence.checking import CheckingReport
    from facevid_gui.evidence.library import LibraryEntry

KEY = "checking"


@dataclass(frozen=True)
class CheckState:
    """`what` is "idle", "running", "stopping" or "paused"; with `chosen` only what was chosen is checked."""

    what: str = "idle"
    done: int = 0
    total: int = 0
    chosen: bool = False


class CheckDesk(QObject):
    """One run at a time."""

    state_changed = Signal()
    finished = Signal(object)  # CheckingReport

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._drops = False
        self.state = CheckState()
        self.report: CheckingReport | None = None

    def look(self) -> None:
        """Whether a run was left unfinished: it is offered, never begun by itself."""
        self._controller.jobs.submit(
            "checking waits", lambda _token, _tell: check_work.waiting(self._services), self._on_waiting,
            failed=self._controller.tell_error,
        )  # fmt: skip

    def start(self) -> None:
        """Verify everything; what was paused is gone on with."""
        if self.state.what in ("idle", "paused"):
            resume = self.state.what == "paused"
            self._begin(replace(self.state, what="running", chosen=False),
                        partial(check_work.check_all, self._services, resume=resume))  # fmt: skip

    def start_these(self, entries: Sequence[LibraryEntry]) -> bool:
        """Verify these folders; False while another run is under way or waits."""
        if self.state.what != "idle":
            return False
        self._begin(CheckState("running", 0, len(entries), chosen=True),
                    partial(check_work.check_these, self._services, tuple(entries)))  # fmt: skip
        return True

    def pause(self) -> None:
        """Hold after what is being checked."""
        if self.state.what == "running":
            self._set(replace(self.state, what="stopping"))
            self._controller.jobs.cancel(KEY)

    def give_up(self) -> None:
        """Stop, and do not offer to go on."""
        self._drops = True
        if self.state.what == "running":
            self.pause()
        elif self.state.what == "paused":
            self._drop()

    def _begin(self, state: CheckState, run: Work) -> None:
        self._drops = False
        self._set(state)
        self._controller.jobs.submit(
            KEY, run, self._on_ended, failed=self._on_failed, progress=self._on_progress, cancelled=self._on_stopped
        )

    def _on_waiting(self, progress: CheckProgress | None) -> None:
        if progress is not None and self.state.what == "idle":
            self._set(CheckState("paused", progress.done, progress.total))

    def _on_progress(self, progress: CheckProgress) -> None:
        self._set(replace(self.state, done=progress.done, total=progress.total))

    def _on_ended(self, report: CheckingReport) -> None:
        if not report.finished:
            self._set(replace(self.state, done=report.checked, total=report.total))
            self._on_stopped()
            return
        self.report = report
        self._set(CheckState())
        self._controller.library_noted.emit()
        self.finished.emit(report)

    def _on_stopped(self) -> None:
        """Chosen folders are chosen again in a moment: only a run over everything is kept."""
        if self._drops or self.state.chosen:
            self._drop()
        else:
            self._set(replace(self.state, what="paused"))
        self._controller.library_noted.emit()

    def _on_failed(self, error: FacevidError) -> None:
        self._set(CheckState() if self.state.chosen else replace(self.state, what="paused"))
        self._controller.tell_error(error)

    def _drop(self) -> None:
        if not self.state.chosen:
            self._controller.jobs.submit(
                "drop checking", lambda _token, _tell: check_work.drop(self._services),
                lambda _none: None, failed=self._controller.tell_error, lasting=True,
            )  # fmt: skip
        self._set(CheckState())

    def _set(self, state: CheckState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit()
