"""Nobody is asked anything unasked: importing and starting the program reaches for no network.

Watched from inside by Python's audit events, in every process that is started, and from outside by the system's list
of sockets, which knows those of Qt and other libraries, too.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.window_flows import ROOT, environment

PATIENCE_S = 120
HOOK = """
import os, sys
ASKED = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto", "socket.sendmsg"}
def hear(event, arguments):
    if not event.startswith("socket."):
        return
    inside = event == "socket.__new__" and arguments[1] == 1  # AF_UNIX: the desktop's bus, the keyring, sound
    inside = inside or (event in ("socket.connect", "socket.bind") and not isinstance(arguments[1], tuple))
    if event in ASKED or (event in ("socket.__new__", "socket.connect", "socket.bind") and not inside):
        with open(os.environ["FACEVID_TEST_HEARD"], "a") as file:
            file.write(f"{event} {arguments[1:]!r}" + chr(10))
sys.addaudithook(hear)
"""
WINDOW = """
import os
import facevid_gui.app
import facevid_gui.desktop as roof
from pathlib import Path
from PySide6.QtCore import QTimer

def sockets():
    lists = [Path("/proc/self/net", name) for name in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")]
    known = {line.split()[9] for path in lists if path.exists() for line in path.read_text().splitlines()[1:]}
    links = [os.readlink(entry.path) for entry in os.scandir("/proc/self/fd") if os.path.islink(entry.path)]
    return [link for link in links if link.startswith("socket:[") and link[8:-1] in known]

class Watched(roof.Desktop):
    def _bring_player(self):
        super()._bring_player()
        QTimer.singleShot(0, self.tell)

    def tell(self):
        if not self.jobs.is_idle:
            QTimer.singleShot(20, self.tell)
            return
        print("there", sockets() if Path("/proc/self/net").exists() else [], flush=True)
        self.window.close()

roof.Desktop = Watched
raise SystemExit(facevid_gui.app.main([]))
"""
EVERYTHING = """
import importlib, pkgutil
import facevid_gui
for module in pkgutil.walk_packages(facevid_gui.__path__, "facevid_gui."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""
COMMANDS = [
    ("--version",), ("--help",), ("library", "list"), ("profile", "list"), ("trust", "list"), ("captures", "list"),
    ("log", "show"), ("key", "show"), ("doctor",),
]  # fmt: skip


class Watcher:
    """Runs programs of ours in a home of their own, and tells what they reached for."""

    def __init__(self, folder: Path) -> None:
        self.heard_file = folder / "heard"
        (folder / "hook").mkdir()
        (folder / "hook" / "sitecustomize.py").write_text(HOOK, "utf-8")
        self.home = folder / "home"
        self._environ = environment(
            HOME=str(folder), FACEVID_HOME=str(self.home), FACEVID_LANG="en", FACEVID_TEST_HEARD=str(self.heard_file)
        )
        self._environ["PYTHONPATH"] = f"{folder / 'hook'}:{ROOT}"

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *arguments], env=self._environ, capture_output=True, text=True, timeout=PATIENCE_S,
            cwd=ROOT, check=False,
        )  # fmt: skip

    def heard(self) -> list[str]:
        return self.heard_file.read_text().splitlines() if self.heard_file.exists() else []


@pytest.fixture
def watcher(tmp_path: Path) -> Watcher:
    return Watcher(tmp_path)


def test_the_watcher_hears_what_it_is_for(watcher: Watcher) -> None:
    program = "import socket\nfor family in (socket.AF_UNIX, socket.AF_INET): socket.socket(family).close()"
    assert watcher.run("-c", program).returncode == 0
    assert len(watcher.heard()) == 1, "the family of the internet, not that of this computer"
    watcher.run("-c", "import socket; socket.getaddrinfo('localhost', 80)")
    assert watcher.heard()[-1].startswith("socket.getaddrinfo")


@pytest.mark.parametrize("roof", ["facevid_gui.app", "facevid_gui.cli", "facevid_gui.desktop", "facevid_gui.house"])
def test_importing_the_programs_makes_no_socket(watcher: Watcher, roof: str) -> None:
    pytest.importorskip("PySide6")
    done = watcher.run("-c", f"import {roof}")
    assert (done.returncode, watcher.heard()) == (0, []), done.stderr


def test_importing_every_module_asks_nobody(watcher: Watcher) -> None:
    """urllib3 tries whether a socket can be bound to ::1: that is this computer, and nothing is sent."""
    pytest.importorskip("PySide6")
    done = watcher.run("-c", EVERYTHING)
    assert done.returncode == 0, done.stderr
    foreign = [line for line in watcher.heard() if "::1" not in line and not line.startswith("socket.__new__")]
    assert foreign == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_that_looks_things_up_here_makes_no_socket(watcher: Watcher, command: tuple[str, ...]) -> None:
    done = watcher.run("-m", "facevid_gui", *command)
    assert done.returncode in (0, 1, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert watcher.heard() == []


def test_starting_the_window_makes_no_socket(watcher: Watcher) -> None:
    pytest.importorskip("PySide6")
    done = watcher.run("-c", WINDOW)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1:] == ["there []"], done.stdout + done.stderr
    assert watcher.heard() == []


def test_a_home_that_names_services_asks_none_of_them_at_its_start(watcher: Watcher) -> None:
    """Settings name an authority, a profile a service."""
    settings = {"schema": "facevid-settings/1", "tsa_url": "http://tsa.example/", "request_stamp": True}
    config = watcher.home / "config"
    config.mkdir(parents=True)
    (config / "settings.json").write_text(json.dumps(settings))
    profile = {"kind": "kyc", "app_id": "IDA1", "ticket_mode": "pasted"}
    (config / "profiles.json").write_text(json.dumps({"schema": "facevid-profiles/1", "profiles": {"work": profile}}))
    pytest.importorskip("PySide6")
    done = watcher.run("-c", WINDOW)
    assert done.stdout.splitlines()[-1:] == ["there []"], done.stdout + done.stderr
    assert watcher.heard() == []
