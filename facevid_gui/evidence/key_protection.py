"""How the workstation key is protected, told from the first line of its file (floor 1). Loads no cryptography.

What enters: the keys folder. What leaves: "keyring" or "passphrase"; None when there is no key yet, or no such line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KEY_FILE = "workstation.key"
KEYRING_HEADER = "Protected-By: keyring"
PASSPHRASE_HEADER = re.compile(r"Protected-By: passphrase; scrypt n=32768 r=8 p=1 salt=([0-9a-f]{32})")
_MAX_HEADER_BYTES = 200


def key_protection(folder: Path) -> str | None:
    """Say what opens the key in `folder`; a file that cannot be read says nothing."""
    try:
        with (folder / KEY_FILE).open("rb") as file:
            header = file.readline(_MAX_HEADER_BYTES).decode("ascii", "replace").rstrip("\n")
    except OSError:
        return None
    if header == KEYRING_HEADER:
        return "keyring"
    return "passphrase" if PASSPHRASE_HEADER.fullmatch(header) else None
