"""What every test gets: a home of its own, no network beyond loopback, no keyring of the user's."""

import gc
import ipaddress
import os
import socket
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before any test or its child loads Qt

from facevid_gui.core.secret import Secret
from facevid_gui.evidence import key_file
from facevid_gui.house import House
from facevid_gui.logs import LOGGER
from facevid_gui.simulator.server import Simulator
from tests.support.console import Console
from tests.support.places import make_house

_FORBIDDEN = ("TENCENTCLOUD_", "FACEVID_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


def _leave_garbage_alone() -> None:
    """A forked child does not clear away what other tests left: a decoder would wait for threads it does not have."""
    gc.disable()
    gc.freeze()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_garbage_alone)


@pytest.fixture(scope="session", autouse=True)
def stretched_once() -> Iterator[None]:
    """What scrypt makes of a passphrase and a salt is calculated once: the same answer, without its 0.1 s again."""
    stretch = key_file._stretch
    known = lru_cache(maxsize=4096)(lambda passphrase, salt: stretch(Secret(passphrase), salt))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_file, "_stretch", lambda passphrase, salt: known(passphrase.reveal(), salt))
        yield


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the developer's own settings reaches a test."""
    for name in list(os.environ):
        if name.startswith(_FORBIDDEN):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def own_garbage() -> Iterator[None]:
    """The window program collects its garbage by itself; the next test begins as Python does."""
    gc.enable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """The program makes the umask private when it starts; the next test begins with an ordinary one."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that talks to anything but this computer fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            assert isinstance(address, tuple)
            assert ipaddress.ip_address(address[0]).is_loopback, f"network access to {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    return tmp_path / "home"


@pytest.fixture
def house(home: Path) -> House:
    """A house under that home, secrets in memory."""
    return make_house(home)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A running simulator of this test's own."""
    with Simulator() as running:
        yield running


@pytest.fixture
def console(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Console]:
    """The console on that home, with a keyring in memory and a log of its own."""
    stop_logging()
    yield Console(home, monkeypatch, capsys)
    stop_logging()


def stop_logging() -> None:
    """Close the log of the home before."""
    for handler in list(LOGGER.handlers):
        LOGGER.removeHandler(handler)
        handler.close()
