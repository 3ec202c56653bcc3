"""A large screen for windows that nobody sees: Qt's own off-screen one is 800 by 800 pixels."""

import json
from pathlib import Path

SCREEN = {"name": "large", "x": 0, "y": 0, "width": 3840, "height": 2400, "logicalDpi": 96, "dpr": 1}


def large_screen(folder: Path) -> str:
    """The QT_QPA_PLATFORM of a screen of 3840 by 2400 pixels; `folder` keeps its description."""
    file = folder / "screen.json"
    file.write_text(json.dumps({"screens": [SCREEN]}))
    return f"offscreen:configfile={file}"
