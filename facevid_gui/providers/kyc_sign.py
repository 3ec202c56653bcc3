"""The KYC sign: SHA-1 over five sorted values (floor 1).

Source: kyc.md section 4 (product/1007/57640, 1007/73391 and others), with published examples. SHA-1 is
the service's choice; it protects nothing of ours.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = "1.0.0"
NONCE_LENGTH = 32
_ALPHABET = string.ascii_letters + string.digits


def new_nonce() -> str:
    """Make 32 random letters and digits. A retry takes a new one: replay rules are not documented."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(NONCE_LENGTH))


def sign(values: Iterable[str]) -> str:
    """Sort the values by code unit, join them without a separator, hash; 40 upper-case hex digits."""
    joined = "".join(sorted(values)).encode("utf-8")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest().upper()
