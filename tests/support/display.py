"""A display that nobody sees, for tests that need what users have: windows drawn through X11."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.lines import next_line
from tests.support.tools import need


@contextmanager
def virtual_display(size: str = "1600x1000x24") -> Iterator[dict[str, str]]:
    """An X server of its own (Xvfb); what the environment of its clients must say."""
    need("Xvfb")
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield {"DISPLAY": f":{next_line(server).strip()}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.communicate(timeout=10)
