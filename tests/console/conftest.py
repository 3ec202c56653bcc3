"""A console that knows the simulator's services, and evidence made through it."""

from pathlib import Path

import pytest

from facevid_gui.simulator.server import Simulator
from tests.support.console import Console

CASE = ("--case", "2026-0311", "--purpose", "disputed signature")


@pytest.fixture
def online(console: Console, simulator: Simulator) -> Console:
    """A console with a profile for each service."""
    console.add_profiles(simulator)
    return console


@pytest.fixture
def sealed(online: Console) -> Path:
    """An evidence folder of an order."""
    return Path(online("lookup", "kyc", "--order", "simOrder0001", "--save", *CASE, "--json").json["evidence"])
