"""The house offers what the window's workers ask for."""

from pathlib import Path

from facevid_gui.bridge.services import Services
from facevid_gui.house import House
from tests.support.places import make_house


def test_the_house_is_the_services(home: Path) -> None:
    house = make_house(home)
    asked = {name for name in vars(Services) if not name.startswith("_")} | set(Services.__annotations__)
    assert len(asked) > 20
    assert {name for name in asked if not hasattr(house, name)} == set()
    for name in asked:
        offered = getattr(House, name, None)
        if callable(vars(Services).get(name)):
            assert callable(offered), name
