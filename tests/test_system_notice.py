"""Notifications of the desktop: a service on a bus of the test's own gets them, and without one nothing waits."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from facevid_gui import system_notice

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the session's bus is of Linux")


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session bus on which nothing can be started."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("no dbus-daemon")
    config = tmp_path / "bus.conf"
    config.write_text(
        "<busconfig><type>session</type><auth>EXTERNAL</auth>"
        f'<listen>unix:path={tmp_path}/bus</listen><policy context="default"><allow send_destination="*"/>'
        '<allow own="*"/><allow receive_sender="*"/></policy></busconfig>'
    )
    command = [daemon, f"--config-file={config}", "--nofork", "--print-address"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield address
    process.terminate()
    process.wait(10)
    process.stdout.close()


class Desktop:
    """Owns the name of the notification service and answers one call."""

    def __init__(self, *, refuses: bool = False) -> None:
        from jeepney import HeaderFields, new_error, new_method_return
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        self.seen: list[Any] = []
        connection = open_dbus_connection(bus="SESSION")
        connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.Notifications"), timeout=5)

        def serve() -> None:
            while not self.seen:
                message = connection.receive(timeout=10)
                if message.header.fields.get(HeaderFields.member) == "Notify":
                    self.seen.append((message.header.fields[HeaderFields.signature], message.body))
                    answer = (
                        new_error(message, "org.freedesktop.DBus.Error.Failed")
                        if refuses
                        else new_method_return(message, "u", (7,))
                    )
                    connection.send(answer)
            connection.close()

        self.thread = threading.Thread(target=serve, daemon=True)
        self.thread.start()


def test_the_desktop_gets_a_notification_that_stays(bus: str) -> None:
    desktop = Desktop()
    assert system_notice.notify("Title 标题", "Text <b>")
    desktop.thread.join(10)
    ((signature, body),) = desktop.seen
    assert signature == "susssasa{sv}i"
    assert (body[0], body[3], body[4], body[7]) == ("facevid", "Title 标题", "Text <b>", 0)
    assert body[6]["urgency"] == ("y", 2)


def test_a_desktop_that_refuses_did_not_take_it(bus: str) -> None:
    desktop = Desktop(refuses=True)
    assert not system_notice.notify("Title", "Text")
    desktop.thread.join(10)


def test_where_nobody_listens_nothing_waits(bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not system_notice.notify("Title", "Text")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert not system_notice.notify("Title", "Text")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    assert not system_notice.notify("Title", "Text")
    assert "DBUS_SESSION_BUS_ADDRESS" not in os.environ
