"""Tells when the screen is locked or the computer sleeps, where the system says so (floor 2).

On Linux the session's bus tells of a lock and logind of sleep. Everywhere a jump of the clock against the one that
stands still in sleep shows that there was one. What a system does not tell is not guessed.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import SLOT, QObject, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

ASLEEP_S = 30.0
_SCREEN_SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver",
                  "org.mate.ScreenSaver")  # fmt: skip


class ScreenLock(QObject):
    """Says `locked` when nobody can be in front of the screen."""

    locked = Signal()

    def __init__(
        self, parent: QObject | None = None, wall_s: Callable[[], float] = time.time,
        awake_s: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._wall_s, self._awake_s = wall_s, awake_s
        self._apart_s = wall_s() - awake_s()
        self.listens_to: tuple[str, ...] = ()

    def start(self) -> None:
        """Listen to the session where there is a bus; nothing is started to have one."""
        if not (sys.platform.startswith("linux") and os.environ.get("DBUS_SESSION_BUS_ADDRESS")):
            return
        try:
            from PySide6.QtDBus import QDBusConnection
        except ImportError:  # a build of Qt without it
            return
        session, system = QDBusConnection.sessionBus(), QDBusConnection.systemBus()
        signals = [(session, name, "ActiveChanged", SLOT("on_active(bool)")) for name in _SCREEN_SAVERS]
        signals += [
            (system, "org.freedesktop.login1.Manager", "PrepareForSleep", SLOT("on_active(bool)")),
            (system, "org.freedesktop.login1.Session", "Lock", SLOT("on_lock()")),
        ]
        heard = []
        for bus, interface, signal, slot in signals:
            # The stub asks for bytes, which the function itself refuses (6.11.3).
            if bus.isConnected() and bus.connect("", "", interface, signal, self, slot):  # type: ignore[call-overload]
                heard.append(interface)
        self.listens_to = tuple(heard)

    def tick(self) -> None:
        """Look at both clocks, now and then."""
        apart_s = self._wall_s() - self._awake_s()
        jumped_s, self._apart_s = apart_s - self._apart_s, apart_s
        if jumped_s > ASLEEP_S:
            self.locked.emit()

    @Slot(bool)
    def on_active(self, active: bool) -> None:
        """A screen saver came or went; the computer goes to sleep or has woken."""
        if active:
            self.locked.emit()

    @Slot()
    def on_lock(self) -> None:
        """The session was locked."""
        self.locked.emit()
