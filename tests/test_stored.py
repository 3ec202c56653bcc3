"""What is stored where: every folder the program makes is named, sizes are right, nothing is opened."""

import os
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError
from facevid_gui.core.messages import Messages
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.house import House
from facevid_gui.simulator.records import SECRET_KEY
from facevid_gui.simulator.server import Simulator
from facevid_gui.stored import IDS, NOBODY, PEOPLE, SENT, keyring_entries, measure, places
from tests.support.evidence_places import capture_of, unlock_folders
from tests.support.places import look_up_order


def test_every_file_of_a_used_home_lies_in_a_place_that_is_named(house: House, simulator: Simulator) -> None:
    capture = capture_of(look_up_order(house, simulator, "simOrder0001"))
    from facevid_gui.evidence.seal import SealRequest

    root = house.evidence_root(None)
    house.sealer.seal(house.captures.open(str(capture)), SealRequest("c", "p", house.operator, root), house.keys.open())
    look_up_order(house, simulator, "simOrderNegative")
    house.library.scan([root])
    house.access_log.add("opened", "0" * 32)
    listed = places(house.paths, house.evidence_roots())
    home = house.paths.config.parent
    outside = [
        path.relative_to(home).as_posix() for path in home.rglob("*")
        if path.is_file() and not any(place.path == path or place.path in path.parents for place in listed)
    ]  # fmt: skip
    assert [name for name in outside if not name.startswith("cache/index.sqlite-")] == []
    unlock_folders(home)


def test_each_place_has_its_words_in_both_languages(house: House) -> None:
    for language in ("en", "zh_CN"):
        text = Messages(language).text
        for place in places(house.paths, [Path("/somewhere")]):
            assert place.about in (PEOPLE, IDS, NOBODY)
            assert all(text(f"stored.{place.name}{part}") for part in ("", ".holds", ".stays"))
            assert text(f"stored.about.{place.about}")
        assert all(text(f"stored.sent.{what}") for what in SENT)


def test_a_place_is_measured_without_following_links(house: House, tmp_path: Path) -> None:
    folder = house.paths.captures
    (folder / "a").mkdir()
    (folder / "a" / "one").write_bytes(b"12345")
    (folder / "two").write_bytes(b"123")
    (tmp_path / "big").write_bytes(bytes(10_000))
    os.symlink(tmp_path, folder / "link")
    place = next(place for place in places(house.paths, ()) if place.name == "captures")
    measured = measure(place, CancelToken())
    assert (measured.exists, measured.files, measured.problem) == (True, 3, False)
    assert 8 <= measured.size_bytes < 1000
    index = next(place for place in places(house.paths, ()) if place.name == "index")
    assert not measure(index, CancelToken()).exists
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        measure(place, token)


def test_the_keyring_is_named_without_a_value(house: House) -> None:
    profile = make_profile("contracts", "ess", {"user_id": "yDSimUser00000000000000000000000"})
    names = keyring_entries("facevid/abc", [profile])
    assert names[0] == "facevid/abc @workstation/key_password"
    assert "facevid/abc contracts/secret_key" in names
    assert SECRET_KEY not in str(names)
