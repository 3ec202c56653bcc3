"""A window that knows the simulator's services, as several flows begin with it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from facevid_gui.simulator.server import Simulator
from tests.support.evidence_places import unlock_folders


@pytest.fixture
def driver(make_driver: Callable[..., Any], simulator: Simulator, tmp_path: Path) -> Iterator[Any]:
    """The window, started; what was sealed in it can be removed afterwards. Who asks for it has `make_driver`, too."""
    from facevid_gui.demo import add_profiles

    made = make_driver(home=tmp_path / "desk")
    add_profiles(made.desktop.house, simulator)
    made.start()
    yield made
    unlock_folders(tmp_path)
