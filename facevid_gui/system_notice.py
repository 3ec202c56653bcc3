"""A notification of the desktop, on Linux over the session's bus (floor 1).

What enters: a title and a text, which may appear on a locked screen: never a person's name or an id. What leaves:
whether the desktop took it. Elsewhere, and where no service listens, the window has a tray icon for it. Qt cannot send
this call: its second argument is unsigned, and PySide makes every number signed (org.freedesktop.Notifications,
Notify: susssasa{sv}i, Desktop Notifications Specification 1.2).
"""

from __future__ import annotations

import os
import sys
from contextlib import closing

APP_NAME = "facevid"
_ICON = "facevid-gui"
PATIENCE_S = 3.0
_CRITICAL = 2
_NEVER_EXPIRES = 0


def notify(title: str, text: str) -> bool:
    """Show a notification that stays until it was seen; False where this desktop offers none."""
    if not (sys.platform.startswith("linux") and os.environ.get("DBUS_SESSION_BUS_ADDRESS")):
        return False
    try:
        from jeepney import DBusAddress, MessageType, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        service = DBusAddress(
            "/org/freedesktop/Notifications", bus_name="org.freedesktop.Notifications",
            interface="org.freedesktop.Notifications",
        )  # fmt: skip
        hints = {"urgency": ("y", _CRITICAL), "desktop-entry": ("s", _ICON)}
        body: tuple[object, ...] = (APP_NAME, 0, _ICON, title, text, [], hints, _NEVER_EXPIRES)
        with closing(open_dbus_connection(bus="SESSION")) as connection:
            call = new_method_call(service, "Notify", "susssasa{sv}i", body)
            reply = connection.send_and_get_reply(call, timeout=PATIENCE_S)
    except Exception:  # noqa: BLE001 - a desktop without notifications is no reason to stop
        return False
    return bool(reply.header.message_type is MessageType.method_return)
