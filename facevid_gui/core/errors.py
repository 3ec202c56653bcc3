"""The error family: a code, safe parameters and an exit code; no sentence, no secret (floor 0).

What enters: a message id and the values its sentence needs. What leaves: an exception that the
catalogue words in Chinese or English (`error.<code>` and `error.<code>.next`).
"""

from __future__ import annotations

from typing import ClassVar


class FacevidError(Exception):
    """Something did not work, and the user can be told what and what to do next.

    `code` is the stable name used in `--json`; `params` fill the sentence and must be safe to show.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, str] = {name: str(value) for name, value in params.items()}

    def __str__(self) -> str:
        if not self.params:
            return self.code
        return f"{self.code} ({', '.join(f'{k}={v}' for k, v in self.params.items())})"


class SubjectError(FacevidError):
    """The thing asked about failed: refused, not found, not verified (exit 1)."""

    exit_code = 1


class UsageError(FacevidError):
    """The call itself was wrong: options, malformed ids, unknown profile (exit 2)."""

    exit_code = 2


class SurroundingsError(FacevidError):
    """Network, clock, keyring, disk, permission (exit 3)."""

    exit_code = 3


class CancelledError(FacevidError):
    """The user stopped it (exit 130)."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("cancelled")
