"""Starting the demo beside the window (floor 2).

What enters: the language of the window. What leaves: a process of its own that outlives this one if it likes; its home
is thrown away when it ends (`facevid_gui.demo`), and of this one's home it is told nothing.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QDir, QProcess, QProcessEnvironment

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.program import window_command, window_environment

DEMO = "demo"


def start_demo(language: str) -> None:
    """Start it; `SurroundingsError` demo_not_started names what could not be started."""
    program, *arguments = window_command()
    process = QProcess()
    process.setProgram(program)
    process.setArguments([*arguments, DEMO])
    process.setWorkingDirectory(QDir.homePath())
    process.setProcessEnvironment(_environment(language))
    null = QProcess.nullDevice()
    process.setStandardOutputFile(null)
    process.setStandardErrorFile(null)
    if not process.startDetached():
        raise SurroundingsError("demo_not_started", program=program)


def _environment(language: str) -> QProcessEnvironment:
    environment = QProcessEnvironment()
    for name, value in window_environment().items():
        environment.insert(name, value)
    environment.insert("FACEVID_LANG", language)
    if getattr(sys, "frozen", False):
        environment.insert("PYINSTALLER_RESET_ENVIRONMENT", "1")  # a program of its own, not a part of this one
    return environment
