"""Verifying all of the library, or what is chosen, in the background (floor 2).

What enters: start, pause, go on, give up. What leaves: how far it is, then what it came to. A pause ends the job; what
is done is kept on disk (`evidence.checking`), so that going on works after the program was closed, too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.evidence.checking import CheckingProgress, CheckingReport

KEY = "checking"


@dataclass(frozen=True)
class CheckState:
    """`what` is "idle", "running", "stopping" or "paused"; `folder` is the one that was checked last."""

    what: str = "idle"
    done: int = 0
    total: int = 0
    folder: Path | None = None
    changed: int = 0


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
            "checking waits", lambda _token, _tell: self._services.checking.waiting(), self._on_waiting,
            failed=self._controller.tell_error,
        )  # fmt: skip

    def start(self, folders: Sequence[Path] = ()) -> None:
        """Check these folders; none: the whole library, going on where it was left."""
        if self.state.what in ("running", "stopping"):
            return
        before = self.state if self.state.what == "paused" and not folders else CheckState()
        self._set(replace(before, what="running"))
        self._drops = False
        self._controller.jobs.submit(
            KEY, partial(_run, self._services, tuple(folders)), self._on_finished, failed=self._on_failed,
            progress=self._on_progress, cancelled=self._on_stopped,
        )  # fmt: skip

    def pause(self) -> None:
        """Hold after what is being checked."""
        if self.state.what == "running":
            self._set(replace(self.state, what="stopping"))
            self._controller.jobs.cancel(KEY)

    def give_up(self) -> None:
        """Stop, and do not offer to go on."""
        if self.state.what == "running":
            self._drops = True
            self.pause()
        elif self.state.what == "paused":
            self._drop()

    def _on_waiting(self, progress: CheckingProgress | None) -> None:
        if progress is not None and self.state.what == "idle":
            self._set(CheckState("paused", progress.done, progress.total, None, progress.changed))

    def _on_progress(self, progress: CheckingProgress) -> None:
        self._set(replace(self.state, done=progress.done, total=progress.total, folder=progress.folder,
                          changed=progress.changed))  # fmt: skip

    def _on_finished(self, report: CheckingReport) -> None:
        self.report = report
        self._set(CheckState())
        self._controller.refresh_library(*(row.folder for row in report.rows))
        self.finished.emit(report)

    def _on_stopped(self) -> None:
        if self._drops:
            self._drop()
        else:
            self._set(replace(self.state, what="paused"))
        self._controller.session.library_changed.emit()

    def _on_failed(self, error: FacevidError) -> None:
        self._set(replace(self.state, what="paused"))
        self._controller.tell_error(error)

    def _drop(self) -> None:
        self._controller.jobs.submit(
            "drop checking", lambda _token, _tell: self._services.checking.drop(), lambda _none: None,
            failed=self._controller.tell_error, lasting=True,
        )  # fmt: skip
        self._set(CheckState())

    def _set(self, state: CheckState) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit()


def _run(
    services: Services, folders: tuple[Path, ...], token: CancelToken, tell: Callable[[object], None]
) -> CheckingReport:
    return services.checking.run(services.evidence_roots(), token, tell, folders)
