"""The program's log: rotated, private, redacted in the formatter (floor 1).

What enters: log records. What leaves: lines in which no registered secret and nothing that looks like one
appears, tracebacks included (a filter would never see those). Never logged: bodies, headers, canonical
requests, names, numbers of identity cards.
"""

from __future__ import annotations

import json
import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from facevid_gui.core.plain import plain_lines
from facevid_gui.files import PRIVATE_FILE, make_private_folder

if TYPE_CHECKING:
    from facevid_gui.core.secret import Secret

LOGGER = logging.getLogger("facevid_gui")
_STARS = "***"
# A name of a secret, then its value: quoted as JSON or Python quote it, or up to the next separator.
_NAMED = re.compile(
    r"(?i)((?:secret(?:_?key|_?id)?|credential|token|ticket|header_?value|sign(?:ature)?|password|passphrase)"
    r"[\\\"']*\s*[:=]\s*)b?(?:\\?([\"'])(?:\\.|(?!\2)[^\\\r\n])*\2?|[^\s\"'&,;})\]]+)"
)
_HEADER = re.compile(r"(?i)(authorization[\\\"']*\s*[:=]\s*)[^\r\n]+")
_PATTERNS = (
    re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])"),  # identity card
    re.compile(r"(?<![0-9A-Za-z])(?:86)?1[3-9][0-9]{9}(?![0-9A-Za-z])"),  # mobile phone
    re.compile(r"[A-Za-z0-9+/=_-]{120,}"),
)


class Redactor:
    """Knows the secrets of this run by value, and what secrets look like."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def register(self, secret: Secret) -> None:
        """Remember a secret, also as URLs, JSON and `repr` spell it; very short ones would blank ordinary words."""
        value = secret.reveal()
        if len(value) >= 6:
            self._values |= {value, quote(value, safe=""), quote_plus(value), repr(value)[1:-1]}
            self._values |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}

    def redact_known(self, text: str) -> str:
        """Replace the secrets registered in this run; likely ones stay (ids are long, too)."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, _STARS)
        return text

    def redact(self, text: str) -> str:
        """Replace every known or likely secret in `text`."""
        text = self.redact_known(text)
        for pattern in (_HEADER, _NAMED):
            text = pattern.sub(rf"\1{_STARS}", text)
        for pattern in _PATTERNS:
            text = pattern.sub(_STARS, text)
        return text


REDACTOR = Redactor()


class RedactingFormatter(logging.Formatter):
    """Formats first, then redacts the finished text: message and traceback alike."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the redacted line, in which nothing acts on the terminal that shows the log."""
        return plain_lines(REDACTOR.redact(super().format(record)))


class _PrivateHandler(RotatingFileHandler):
    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the stdlib's own signature
        stream = super()._open()
        Path(self.baseFilename).chmod(PRIVATE_FILE)
        return stream

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the stdlib's own name
        """A line that cannot be written is lost; the standard library would print it unredacted."""


def start_logging(folder: Path) -> None:
    """Log to a rotated file in `folder`; a folder that cannot be written to means no log, not no program."""
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    if any(isinstance(handler, (_PrivateHandler, logging.NullHandler)) for handler in LOGGER.handlers):
        return  # started already; handlers of others, who embed or test us, do not count
    try:
        make_private_folder(folder)
        handler: logging.Handler = _PrivateHandler(
            folder / "facevid.log", maxBytes=1024 * 1024, backupCount=5, encoding="utf-8"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    LOGGER.addHandler(handler)
