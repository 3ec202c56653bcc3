"""What the console says: sentences for people, or one JSON document (floor 4).

What enters: message ids, values, documents. What leaves: text on standard output (results) and standard
error (progress, notes, errors). With `--json` standard output holds exactly one document.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import TYPE_CHECKING, Any, TextIO

from facevid_gui.core.plain import escaped_json, plain_lines
from facevid_gui.core.plain import plain as plain  # part of what the console says
from facevid_gui.logs import REDACTOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from facevid_gui.core.errors import FacevidError
    from facevid_gui.core.messages import Messages


class Output:
    """Both streams of one command."""

    def __init__(self, messages: Messages, *, as_json: bool) -> None:
        self.messages = messages
        self.as_json = as_json

    def say(self, message_id: str, /, **values: object) -> None:
        """Print a sentence as a result; silent with `--json`."""
        self.line(self.messages.text(message_id, **values))

    def line(self, text: str = "") -> None:
        """Print a line of a result; silent with `--json`."""
        if not self.as_json:
            _print(text, sys.stdout)

    def pair(self, label_id: str, value: str | None) -> None:
        """Print a labelled value; "not returned" when there is none."""
        shown = self.messages.text("value.not_returned") if value is None else value
        self.line(f"  {_padded(self.messages.text(label_id), 24)} {shown}")

    def note(self, message_id: str, /, **values: object) -> None:
        """Print a sentence beside the result."""
        _print(self.messages.text(message_id, **values), sys.stderr)

    def document(self, data: Mapping[str, Any]) -> None:
        """Print the JSON document; silent without `--json`."""
        if self.as_json:
            _print(escaped_json(json.dumps(data, ensure_ascii=False, indent=2)), sys.stdout)

    def error(self, error: FacevidError) -> None:
        """Print what happened and what to do next, on standard error."""
        self.failure(*self.messages.error(error))

    def failure(self, message: str, next_step: str) -> None:
        """Print a failure and its next step, on standard error."""
        _print(message, sys.stderr)
        if next_step:
            _print(f"→ {next_step}", sys.stderr)


def error_document(schema: str, error: FacevidError, messages: Messages) -> dict[str, Any]:
    """The document of a failure (design section 9)."""
    message, next_step = messages.error(error)
    return {
        "schema": schema,
        "ok": False,
        "error": error_member(error.code, message, next_step),
        "capture": None,
    }


def error_member(
    code: str, message: str, next_step: str, *, provider_code: str | None = None, provider_message: str | None = None,
    request_id: str | None = None, clock_offset_s: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The `error` member of a failure document."""
    return {
        "code": code,
        "message": message,
        "next_step": next_step,
        "provider_code": provider_code,
        "provider_message": provider_message,
        "request_id": request_id,
        "clock_offset_s": clock_offset_s,
    }


def _print(text: str, stream: TextIO) -> None:
    if stream is sys.stderr:
        text = REDACTOR.redact_known(text)
    text = plain_lines(text)  # whatever was forgotten where the words were put together: a terminal obeys nothing
    print(text.encode("utf-8", "backslashreplace").decode("utf-8"), file=stream, flush=True)


def _padded(text: str, width: int) -> str:
    """Pad to `width` terminal columns; Chinese characters take two."""
    columns = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(0, width - columns)
