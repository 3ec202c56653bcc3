"""Tells when the provider is about to delete the recording of something that is not saved (floor 2).

What enters: the library as it changes, the settings, the minutes as the window counts them. What leaves: a notice with
what to do, once for each record and warning in a run of the program, and a wish for a notification of the desktop.
Moments are compared with the wall clock and nothing else: after a sleep, or once the clock was set, the next look is
right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facevid_gui.bridge.session import Notice
from facevid_gui.core.deadline import warned_at

if TYPE_CHECKING:
    from facevid_gui.bridge.controller import Controller
    from facevid_gui.bridge.deadline_work import Unsaved
    from facevid_gui.bridge.services import Services
    from facevid_gui.bridge.settings_desk import SettingsDesk

KEY = "deadlines"


class DeadlineDesk(QObject):
    """Watches what is not saved."""

    neared = Signal(int, object)  # how many records, and the first moment: something was told just now
    tray_wanted = Signal(str, str)  # title and text: the bus has nobody who shows it

    def __init__(
        self, services: Services, controller: Controller, settings: SettingsDesk, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._controller = controller
        self._settings = settings
        self._unsaved: tuple[Unsaved, ...] = ()
        self._told: set[tuple[str, int]] = set()
        self._waiting: tuple[Unsaved, ...] = ()
        self._shown: Notice | None = None
        session = controller.session
        session.library_changed.connect(self.look)
        session.signers_changed.connect(self.look)
        session.minute_passed.connect(self._compare)
        session.notice_changed.connect(self._on_notice)
        settings.changed.connect(self._compare)

    def look(self) -> None:
        """List what is not saved; then compare."""
        session = self._controller.session
        signers, flow_id = session.signers, session.signers_of

        def listed(_token: object, _tell: object) -> tuple[Unsaved, ...]:
            from facevid_gui.bridge.deadline_work import unsaved

            return unsaved(self._services, signers, flow_id)

        self._controller.jobs.submit(KEY, listed, self._on_listed, failed=self._controller.tell_error)

    def notify(self, title: str, text: str) -> None:
        """Have the desktop show it. It may stand on a locked screen: no name and no id goes into it."""

        def send(_token: object, _tell: object) -> bool:
            from facevid_gui.system_notice import notify

            return notify(title, text)

        def sent(taken: bool) -> None:
            if not taken:
                self.tray_wanted.emit(title, text)

        self._controller.jobs.submit(f"{KEY} notification", send, sent)

    def _on_listed(self, unsaved: tuple[Unsaved, ...]) -> None:
        self._unsaved = unsaved
        known = {one.key for one in unsaved}
        self._waiting = tuple(one for one in self._waiting if one.key in known)
        shown = self._shown
        if shown is not None and shown is self._controller.session.notice and shown.values["key"] not in known:
            self._controller.notify(None)  # it was saved or removed meanwhile
        self._compare()

    def _compare(self) -> None:
        settings = self._settings.settings
        if not settings.deadline_warn:
            self._waiting = ()
            return
        now = self._services.clock.now()
        fresh = []
        for one in self._unsaved:
            hours = warned_at(one.until, now, settings.deadline_warn_hours)
            if hours is not None and (one.key, hours) not in self._told:
                self._told |= {(one.key, hours), (one.key, settings.deadline_warn_hours)}
                fresh.append(one)
        if fresh:
            keys = {one.key for one in fresh}
            self._waiting = (*fresh, *(one for one in self._waiting if one.key not in keys))
            self.neared.emit(len(fresh), min(one.until for one in fresh))
            self._on_notice()

    def _on_notice(self) -> None:
        """Tell it where nothing else is to be read; else it waits for its turn."""
        now = self._services.clock.now()
        shown = self._controller.session.notice
        self._waiting = tuple(one for one in self._waiting if one.until > now)
        if not self._waiting or (shown is not None and shown.tone != "ok"):
            return
        first, count = min(self._waiting, key=lambda one: one.until), len(self._waiting)
        self._waiting = ()
        minutes = int((first.until - now).total_seconds()) // 60
        what = "empty" if first.is_empty else "full"
        values = {
            "id": first.subject, "key": first.key, "hours": str(minutes // 60), "minutes": str(minutes % 60),
            "others": str(count - 1),
        }  # fmt: skip
        message = f"notice.deadline.{what}.{'several' if count > 1 else 'one'}"
        actions: tuple[tuple[str, str], ...] = ()
        if first.is_capture:
            actions = (("open", first.key),) if first.is_empty else (("open", first.key), ("save", first.key))
        self._shown = Notice("warn", message, values, actions=actions)
        self._controller.notify(self._shown)
