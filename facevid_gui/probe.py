"""`facevid-gui --probe`: tells what Qt Multimedia can do here, as one line of JSON, and ends (floor 4).

What enters: nothing. What leaves: `{"player": "ready|no_picture|none", "detail", "sound"}`. The diagnosis starts it, so
that a console without Qt can ask, and so that a library that hangs or crashes takes nobody with it.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import Any

from facevid_gui.core.errors import FacevidError


def run() -> int:
    """Play a clip of our own, look for a sound device, tell both."""
    line = json.dumps(_seen()) + "\n"
    if sys.stdout is not None:
        sys.stdout.write(line)
        sys.stdout.flush()
    else:  # a windowed program on Windows; what it was handed by its parent is there all the same
        with suppress(OSError):
            os.write(1, line.encode())
    return 0


def _seen() -> dict[str, Any]:
    from PySide6.QtWidgets import QApplication

    from facevid_gui.smoke import CHECKS

    application = QApplication.instance() or QApplication([])
    try:
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError as error:
        return {"player": "none", "detail": str(error)}
    try:
        seen: dict[str, Any] = {"player": "ready", "detail": CHECKS["player"]()}
    except FacevidError as error:
        seen = {"player": "no_picture", "detail": error.params.get("detail", error.code)}
    seen["sound"] = not QMediaDevices.defaultAudioOutput().isNull()
    application.quit()
    return seen
