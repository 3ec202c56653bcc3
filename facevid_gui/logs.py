"""The program's log: rotated, private, redacted in the formatter (floor 1).

What enters: log records. What leaves: lines in which no registered secret and nothing that looks like one
appears, tracebacks included (a filter would never see those). Never logged: bodies, headers, canonical
requests, names, numbers of identity cards.
"""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.files import PRIVATE_FILE, make_private_folder

if TYPE_CHECKING:
    from facevid_gui.core.secret import Secret

LOGGER = logging.getLogger("facevid_gui")
_STARS = "***"
_PATTERNS = (
    re.compile(r"(?i)(authorization|x-tc-token|secret(?:_?key|_?id)?|access_token|ticket|sign|password)"
               r"(\"?\s*[:=]\s*\"?)[^\s\"&,;}]+"),
    re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])"),
    re.compile(r"[A-Za-z0-9+/=_-]{120,}"),
)  # fmt: skip


class Redactor:
    """Knows the secrets of this run by value, and what secrets look like."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def register(self, secret: Secret) -> None:
        """Remember a secret so that it can never be written; very short ones would blank ordinary words."""
        if len(secret.reveal()) >= 6:
            self._values.add(secret.reveal())

    def redact_known(self, text: str) -> str:
        """Replace the secrets registered in this run; likely ones stay (ids are long, too)."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, _STARS)
        return text

    def redact(self, text: str) -> str:
        """Replace every known or likely secret in `text`."""
        text = self.redact_known(text)
        text = _PATTERNS[0].sub(rf"\1\2{_STARS}", text)
        for pattern in _PATTERNS[1:]:
            text = pattern.sub(_STARS, text)
        return text


REDACTOR = Redactor()


class RedactingFormatter(logging.Formatter):
    """Formats first, then redacts the finished text: message and traceback alike."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the redacted line."""
        return REDACTOR.redact(super().format(record))


class _PrivateHandler(RotatingFileHandler):
    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the stdlib's own signature
        stream = super()._open()
        Path(self.baseFilename).chmod(PRIVATE_FILE)
        return stream


def start_logging(folder: Path) -> None:
    """Log to a rotated file in `folder`; a folder that cannot be written to means no log, not no program."""
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    if LOGGER.handlers:
        return
    try:
        make_private_folder(folder)
        handler: logging.Handler = _PrivateHandler(
            folder / "facevid.log", maxBytes=1024 * 1024, backupCount=5, encoding="utf-8"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    LOGGER.addHandler(handler)
