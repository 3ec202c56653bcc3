"""Locks are heard on a real bus, sleep is seen by the clocks; without either nothing is guessed."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

pytest.importorskip("PySide6")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from facevid_gui.bridge.screen_lock import ASLEEP_S, ScreenLock
from tests.support.lines import next_line
from tests.support.qt import pump_until
from tests.support.tools import need

HEARD = (
    ("org.freedesktop.ScreenSaver", "ActiveChanged", [True]),
    ("org.gnome.ScreenSaver", "ActiveChanged", [True]),
    ("org.freedesktop.login1.Manager", "PrepareForSleep", [True]),
    ("org.freedesktop.login1.Session", "Lock", []),
)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bus of this test's own, in the place of the session's and the system's."""
    need("dbus-daemon")
    daemon = subprocess.Popen(
        [shutil.which("dbus-daemon") or "", "--session", "--print-address", "--nofork", "--nopidfile"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert daemon.stdout is not None
    address = next_line(daemon).strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    yield address
    daemon.terminate()
    daemon.wait(10)
    daemon.stdout.close()


def test_a_lock_is_heard_on_the_bus_and_its_end_is_not(application: object, bus: str) -> None:
    qtdbus = pytest.importorskip("PySide6.QtDBus")
    lock = ScreenLock()
    said: list[str] = []
    lock.locked.connect(lambda: said.append("locked"))
    lock.start()
    assert {name for name, _, _ in HEARD} <= set(lock.listens_to)
    other = qtdbus.QDBusConnection.connectToBus(bus, "somebody")
    assert other.isConnected()
    for interface, signal, arguments in HEARD:
        for values in ([not value for value in arguments], arguments):
            message = qtdbus.QDBusMessage.createSignal("/somewhere", interface, signal)
            message.setArguments(values)
            said.clear()
            assert other.send(message)
            if values and not values[0]:
                continue
            pump_until(lambda: said)
            assert said == ["locked"], (interface, values)
    qtdbus.QDBusConnection.disconnectFromBus("somebody")


def test_without_a_bus_nothing_is_started(application: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    lock = ScreenLock()
    lock.start()
    assert lock.listens_to == ()


def test_sleep_is_seen_by_the_clocks(application: object) -> None:
    wall, awake = [1_000_000.0], [50.0]
    lock = ScreenLock(wall_s=lambda: wall[0], awake_s=lambda: awake[0])
    said: list[str] = []
    lock.locked.connect(lambda: said.append("locked"))
    for wall_step, awake_step, expected in ((20, 20, 0), (20 + ASLEEP_S, 20, 0), (3600, 20, 1), (20, 20, 1),
                                            (-3600, 20, 1), (20, 20, 1)):  # fmt: skip
        wall[0] += wall_step
        awake[0] += awake_step
        lock.tick()
        assert len(said) == expected, (wall_step, awake_step)
