"""What opens the workstation key, told without loading cryptography."""

from pathlib import Path

import pytest

from facevid_gui.core.errors import UsageError
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


@pytest.mark.parametrize("passphrase", ["", "7 chars", "七个字的口令啊"])
def test_no_new_key_is_made_with_a_passphrase_that_is_quickly_guessed(house: House, passphrase: str) -> None:
    with pytest.raises(UsageError, match="passphrase_short"):
        house.keys.open(Secret(passphrase))
    assert not house.keys.is_made


def test_nor_does_a_key_of_the_keyring_change_to_one(house: House) -> None:
    before = house.keys.open()
    with pytest.raises(UsageError, match="passphrase_short"):
        house.keys.rotate(Secret("7 chars"), house.register)
    assert house.keys.open().certificate_sha256 == before.certificate_sha256


def test_a_key_made_with_a_short_one_in_earlier_days_still_opens_and_is_replaced(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr("facevid_gui.core.secret.LEAST_PASSPHRASE", 1)
        made = house.keys.open(Secret("short"))
    assert house.keys.open(Secret("short")).certificate_sha256 == made.certificate_sha256
    old, _ = house.keys.rotate(Secret("short"), house.register)
    assert old.certificate_sha256 == made.certificate_sha256


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"-----BEGIN", b"Protected-By: nobody\n", b"x" * 1000])
def test_a_file_that_is_no_key_says_nothing(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(raw)
    assert key_protection(tmp_path) is None


def test_a_folder_in_its_place_says_nothing(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).mkdir()
    assert key_protection(tmp_path) is None
