"""What opens the workstation key, told without loading cryptography."""

from pathlib import Path

import pytest

from facevid_gui.core.secret import Secret
from facevid_gui.evidence.key_protection import KEY_FILE, key_protection
from facevid_gui.house import House


def test_no_key_yet_says_nothing(tmp_path: Path) -> None:
    assert key_protection(tmp_path) is None


def test_a_key_in_the_keyring_and_one_with_a_passphrase_say_so(house: House) -> None:
    house.keys.open()
    assert key_protection(house.paths.keys) == "keyring"
    (house.paths.keys / KEY_FILE).unlink()
    house.keys.open(Secret("a passphrase for the test"))
    assert key_protection(house.paths.keys) == "passphrase"


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"-----BEGIN", b"Protected-By: nobody\n", b"x" * 1000])
def test_a_file_that_is_no_key_says_nothing(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(raw)
    assert key_protection(tmp_path) is None


def test_a_folder_in_its_place_says_nothing(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).mkdir()
    assert key_protection(tmp_path) is None
