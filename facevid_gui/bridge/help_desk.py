"""What the Help page shows: the diagnosis of `facevid doctor`, and texts to read, found by a worker (floor 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFontDatabase

from facevid_gui.diagnosis.finding import Finding as Finding  # what the views show comes from here
from facevid_gui.diagnosis.finding import Running
from facevid_gui.paths import find_paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.bridge.jobs import JobRunner
    from facevid_gui.bridge.screening import Screening
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.messages import Messages

KEY = "help"


class HelpDesk(QObject):
    """`found` comes finding by finding, then `ended` once."""

    found = Signal(object)  # Finding
    ended = Signal()
    refused = Signal(object)  # FacevidError
    checking_read = Signal(str)
    licences_read = Signal(object)  # tuple of Paper

    def __init__(
        self, services: Services, jobs: JobRunner, screening: Screening | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._jobs = jobs
        self._screening = screening
        self.findings: tuple[Finding, ...] = ()

    def look(self) -> None:
        """Look at everything anew. What takes long is done in children; nothing of it waits here."""
        running = None
        if self._screening is not None:
            families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
            running = Running(self._screening.has_player, self._screening.has_sound, bool(families))
        self.findings = ()
        self._jobs.submit(
            KEY, lambda token, tell: _look(self._services, running, token, tell), lambda _none: self.ended.emit(),
            progress=self._on_found, failed=self._on_failed, cancelled=self.ended.emit,
        )  # fmt: skip

    def stop(self, *, quietly: bool = False) -> None:
        """What was found so far is enough; `quietly` when nobody looks any more."""
        self._jobs.cancel(KEY, drop=quietly)

    def text(self, messages: Messages) -> str:
        """What was found, as lines to copy."""
        from facevid_gui.diagnosis.words import text_of

        return text_of(self.findings, messages)

    def read_checking(self) -> None:
        """Read how evidence is checked without this program."""
        from facevid_gui.diagnosis.papers import checking_by_hand

        self._jobs.submit(f"{KEY} text", lambda _token, _tell: checking_by_hand(), self.checking_read.emit,
                          failed=self.refused.emit)  # fmt: skip

    def read_licences(self) -> None:
        """Read the licences of all that is inside."""
        from facevid_gui.diagnosis.papers import licences

        self._jobs.submit(f"{KEY} text", lambda _token, _tell: licences(), self.licences_read.emit,
                          failed=self.refused.emit)  # fmt: skip

    @property
    def logs(self) -> Path:
        """Where the log lies."""
        return find_paths(self._services.environ).logs

    def _on_found(self, finding: Finding) -> None:
        self.findings = (*self.findings, finding)
        self.found.emit(finding)

    def _on_failed(self, error: object) -> None:
        self.refused.emit(error)
        self.ended.emit()


def words_of(finding: Finding, messages: Messages) -> tuple[str, str, str]:
    """Name, value and cure of a finding."""
    from facevid_gui.diagnosis import words

    return (
        words.name_of(finding, messages), words.value_of(finding, messages), words.cure_of(finding, messages),
    )  # fmt: skip


def _look(services: Services, running: Running | None, token: CancelToken, tell: Callable[[object], None]) -> None:
    from facevid_gui.diagnosis.checking import findings
    from facevid_gui.diagnosis.finding import Question

    for finding in findings(Question(services, token, running, fresh=False)):
        tell(finding)
