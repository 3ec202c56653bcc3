"""Lines that another program writes, waited for, but not for ever."""

import subprocess
import threading
from typing import AnyStr

PATIENCE_S = 100


def next_line(program: "subprocess.Popen[AnyStr]") -> AnyStr:
    """The next line on a program's standard output; after `PATIENCE_S` it is killed, and the line is empty."""
    assert program.stdout is not None
    patience = threading.Timer(PATIENCE_S, program.kill)
    patience.start()
    try:
        return program.stdout.readline()
    finally:
        patience.cancel()
        patience.join()
