"""The program's folders cannot be made: on a display the Help page says so, and the program ends as it should."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.display import virtual_display
from tests.support.window_flows import PATIENCE_S, ROOT

pytest.importorskip("PySide6")

# Starts the program as a user does; once the page has looked at everything it is read, and closed by Escape.
START = """
import json, sys, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from facevid_gui import app, trouble
make = trouble.make_dialog
seen = {}
def made(*given):
    dialog = make(*given)
    timer = QTimer(dialog)
    def look():
        if dialog.refresh_button.isEnabled() and dialog.isVisible():
            timer.stop()
            top = dialog.findChild(QWidget, "help_trouble")
            seen.update(said=top.accessibleName(), summary=dialog.summary.text())
            dialog.reject()
    timer.timeout.connect(look)
    timer.start(20)
    return dialog
trouble.make_dialog = made
code = app.main(sys.argv[1:])
print(json.dumps({**seen, "code": code}))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11")
def test_without_folders_help_comes_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with virtual_display() as display:
        environ = {**os.environ, **display, "FACEVID_HOME": str(tmp_path / "file" / "home"), "FACEVID_LANG": "en"}
        done = subprocess.run(
            [sys.executable, "-c", START], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=PATIENCE_S,
            check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["code"] == 3
    assert str(tmp_path / "file") in seen["said"]
    assert "To be mended" in seen["summary"]
    assert str(tmp_path / "file") in done.stderr, "who has a terminal reads it there, too"
