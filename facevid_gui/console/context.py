"""What every command gets (floor 4)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facevid_gui.core.errors import UsageError
from facevid_gui.core.secret import Secret

if TYPE_CHECKING:
    import argparse

    from facevid_gui.console.output import Output
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.messages import Messages
    from facevid_gui.house import House

MAX_STDIN_BYTES = 64 * 1024


@dataclass
class Context:
    """The house, the streams, the cancel token and the arguments of one command."""

    house: House
    output: Output
    token: CancelToken
    arguments: argparse.Namespace
    _stdin_lines: list[bytes] | None = field(default=None)

    @property
    def messages(self) -> Messages:
        """The catalogue."""
        return self.output.messages

    def secrets_from_stdin(self) -> object:
        """The JSON object on standard input; `UsageError` when it is not one."""
        text = self._stdin_part(json_first=True)
        try:
            return json.loads(text)
        except ValueError as error:
            raise UsageError("secrets_malformed") from error

    def passphrase_from_stdin(self) -> Secret:
        """The passphrase line on standard input; `UsageError` when it is empty."""
        text = self._stdin_part(json_first=False).decode("utf-8", "replace").rstrip("\r\n")
        if not text:
            raise UsageError("passphrase_empty")
        return Secret(text)

    def _stdin_part(self, *, json_first: bool) -> bytes:
        """One part of standard input: a single part is all of it; of two, first the secrets object, then a line."""
        both = getattr(self.arguments, "secrets_stdin", False) and getattr(
            self.arguments, "key_passphrase_stdin", False
        )
        if self._stdin_lines is None:
            raw = sys.stdin.buffer.read(MAX_STDIN_BYTES)
            self._stdin_lines = _object_and_rest(raw) if both else [raw, raw]
        if json_first:
            return self._stdin_lines[0]
        return self._stdin_lines[-1].split(b"\n", 1)[0]


def _object_and_rest(raw: bytes) -> list[bytes]:
    """A JSON object, on however many lines, and what comes after it; without one, the first line and the rest."""
    text = raw.decode("utf-8", "surrogateescape").lstrip()
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return raw.split(b"\n", 1)
    rest = text[end:].lstrip(" \t\r").removeprefix("\n")
    return [part.encode("utf-8", "surrogateescape") for part in (text[:end], rest)]


Command = Callable[[Context], int]
