"""Which key signs and how its file is protected, told without loading any cryptography (floor 1).

What enters: the keys folder. What leaves: the name of the key in use, and "keyring" or "passphrase" from the first line
of its file; None when there is no key yet, or no such line. And what a passphrase must be before a key is made with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from facevid_gui.core.errors import UsageError
from facevid_gui.core.secret import LEAST_PASSPHRASE

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.core.secret import Secret

WORKSTATION = "workstation"
ORGANISATION = "organisation"
KEY_FILE = f"{WORKSTATION}.key"
IN_USE_FILE = "in-use"
KEYRING_HEADER = "Protected-By: keyring"
PASSPHRASE_HEADER = re.compile(r"Protected-By: passphrase; scrypt n=32768 r=8 p=1 salt=([0-9a-f]{32})")
_MAX_HEADER_BYTES = 200


def key_in_use(folder: Path) -> str:
    """Name the key that signs: the workstation's, unless the organisation's was chosen."""
    return ORGANISATION if _first_line(folder / IN_USE_FILE) == ORGANISATION else WORKSTATION


def key_protection(folder: Path) -> str | None:
    """Say what opens the key in use in `folder`; a file that cannot be read says nothing."""
    header = _first_line(folder / f"{key_in_use(folder)}.key")
    if header == KEYRING_HEADER:
        return "keyring"
    return "passphrase" if header is not None and PASSPHRASE_HEADER.fullmatch(header) else None


def check_new_passphrase(passphrase: Secret | None) -> None:
    """`UsageError` passphrase_short; None (the keyring protects the key) is fine. Keys there are keep theirs."""
    if passphrase is not None and not passphrase.is_long_enough:
        raise UsageError("passphrase_short", least=LEAST_PASSPHRASE)


def _first_line(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file.readline(_MAX_HEADER_BYTES).decode("ascii", "replace").rstrip("\n")
    except OSError:
        return None
