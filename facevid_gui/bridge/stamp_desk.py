"""Stamps that are still missing, fetched in the background while the window is open (floor 2).

What enters: the passing of time. What leaves: a notice when folders were stamped. One round at a time: the first soon
after the start, then a minute later, then after twice as long each time nothing came of it, at most an hour. An
authority that failed rests besides (`evidence.authorities`), so a round asks it once, whatever waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from facevid_gui.bridge import stamp_work
from facevid_gui.bridge.session import Notice
from facevid_gui.core.errors import UsageError

if TYPE_CHECKING:
    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.errors import FacevidError

KEY = "stamps"
SOON_MS = 5_000
FIRST_MS = 60_000
LONGEST_MS = 3_600_000


class StampDesk(QObject):
    """Runs the rounds. `interval_ms` is the time to the next one."""

    def __init__(self, services: Services, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._is_running = self._is_asked = False
        self.interval_ms = FIRST_MS
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.try_now)
        controller.session.folder_waits.connect(self.begin_anew)

    def start(self) -> None:
        """Begin with the rounds."""
        self._timer.start(SOON_MS)

    def begin_anew(self) -> None:
        """A folder was just sealed and not stamped: its stamp is worth more the sooner it comes."""
        self.interval_ms = FIRST_MS
        if not self._is_running:
            self._timer.start(FIRST_MS)

    def fetch_now(self) -> None:
        """Somebody wants them now, and to hear what came of it."""
        self._is_asked = True
        self.try_now()

    def try_now(self) -> None:
        """One round."""
        if self._is_running:
            return
        self._is_running = True
        self._controller.jobs.submit(
            KEY, lambda token, _tell: stamp_work.stamp_waiting(self._services, token), self._on_done,
            failed=self._on_failed, cancelled=self._go_on,
        )  # fmt: skip

    def _on_done(self, done: stamp_work.StampRound) -> None:
        if done.stamped or not done.waiting:
            self.interval_ms = FIRST_MS
        else:
            self.interval_ms = min(2 * self.interval_ms, LONGEST_MS)
        if done.stamped:
            self._tell(Notice("ok", "notice.stamped", {"number": str(len(done.stamped))}))
            self._controller.refresh_library(*done.stamped)
        elif self._is_asked and done.problem is not None:
            self._tell(Notice("warn", error=done.problem))
        elif self._is_asked:
            self._tell(Notice("ok", "notice.no_stamp_waits"))
        self._go_on()

    def _on_failed(self, error: FacevidError) -> None:
        """A root that cannot be read is the user's to mend; the rest passes."""
        self.interval_ms = min(2 * self.interval_ms, LONGEST_MS)
        if isinstance(error, UsageError):
            self._tell(Notice("warn", error=error))
        self._go_on()

    def _go_on(self) -> None:
        self._is_running = self._is_asked = False
        self._timer.start(self.interval_ms)

    def _tell(self, notice: Notice) -> None:
        """Nothing that somebody has to read is pushed aside by what happened in the background."""
        session = self._controller.session
        if session.notice is None or session.notice.tone == "ok":
            session.notice = notice
            session.notice_changed.emit()
