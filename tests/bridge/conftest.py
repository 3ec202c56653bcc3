"""One application without a display for all tests of this floor; what a slot raises fails its test."""

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.simulator.server import Simulator
from tests.support.evidence_places import unlock_folders
from tests.support.places import make_house

try:
    import PySide6  # noqa: F401
except ImportError:
    collect_ignore_glob = ["test_*.py"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault(
    "QT_LOGGING_RULES", "qt.multimedia.*.info=false;qt.multimedia.symbolsresolver=false;qt.multimedia.ffmpeg*=false"
)


@pytest.fixture(scope="session")
def application() -> Any:
    """The one application of this process."""
    from PySide6.QtWidgets import QApplication

    from facevid_gui.bridge.player import prepare_environment

    prepare_environment()
    return QApplication.instance() or QApplication([])


@pytest.fixture
def office(home: Path, application: Any, simulator: Simulator) -> Iterator[Any]:
    """A session on a home of its own that knows the simulator's profiles."""
    from tests.support.bridge_office import Office

    made = Office(make_house(home))
    made.know(simulator)
    made.start()
    yield made
    assert made.close()
    unlock_folders(home)


@pytest.fixture
def make_player(application: Any) -> Iterator[Callable[..., Any]]:
    """Players with these options; each lets go of its clip."""
    from facevid_gui.bridge.player import Player

    made: list[Player] = []

    def make(**options: Any) -> Player:
        made.append(Player(**options))
        return made[-1]

    yield make
    for player in made:
        player.unload()
        player.deleteLater()


@pytest.fixture
def make_exact_desk(application: Any) -> Iterator[Callable[..., Any]]:
    """Somebody who asks for exact frames with these options; each ends its child."""
    from facevid_gui.bridge.exact import ExactFrames
    from tests.support.exact_desk import Desk

    made: list[ExactFrames] = []

    def make(**options: Any) -> Desk:
        made.append(ExactFrames(**options))
        return Desk(made[-1])

    yield make
    for exact in made:
        exact.shut_down()
        exact.deleteLater()


@pytest.fixture(autouse=True)
def tidy(application: Any) -> Iterator[None]:
    """What a test leaves is destroyed when it ends and on this thread, not by chance on a worker of the next one."""
    from PySide6.QtCore import QCoreApplication, QEvent

    gc.disable()
    gc.freeze()
    yield
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def no_surprises(application: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A failure in a slot or a thread is printed by Qt and Python and forgotten: here it fails the test."""
    surprises: list[str] = []

    def note(kind: type[BaseException], value: BaseException | None, *_: Any) -> None:
        surprises.append(f"{kind.__name__}: {value}")

    monkeypatch.setattr(sys, "excepthook", note)
    monkeypatch.setattr(threading, "excepthook", lambda args: note(args.exc_type, args.exc_value))
    yield
    assert surprises == []
