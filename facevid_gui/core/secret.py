"""A secret that cannot be shown by accident (floor 0).

What enters: text read from a keyring, a prompt or standard input. What leaves: the same text, only
through `reveal()`, which is therefore easy to search for.
"""

from __future__ import annotations

from typing import NoReturn

# Secrets that may be given by the environment (design section 9), by their names in a profile.
SECRET_VARIABLES = {
    "secret_id": "TENCENTCLOUD_SECRET_ID",
    "secret_key": "TENCENTCLOUD_SECRET_KEY",
    "token": "TENCENTCLOUD_TOKEN",
}
LEAST_PASSPHRASE = 8  # characters, the least of NIST SP 800-63B, 5.1.1.1; scrypt slows whoever guesses at a key file


class Secret:
    """A masked text: `repr`, `str` and `format` show stars, pickling is refused."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret text itself."""
        return self._text

    @property
    def is_long_enough(self) -> bool:
        """Whether it may protect a new key."""
        return len(self._text) >= LEAST_PASSPHRASE

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled")
