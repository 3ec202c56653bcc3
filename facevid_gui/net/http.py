"""The values of an exchange on the wire (floor 1).

`HttpRequest` holds the bytes that are sent; `public()` is the part of it that may be written down.
An `ExchangeSink` is whatever the caller wants done with an answer while it arrives.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from facevid_gui.core.errors import SurroundingsError

if TYPE_CHECKING:
    from datetime import datetime

    from facevid_gui.core.exchange import Exchange


@dataclass(frozen=True)
class HttpRequest:
    """One request, whole. `secret_*` name what must never be written; `body` is sent exactly as it is.

    `role` is the exchange's role (see `core.exchange`); with `carries_credentials` not even the body or
    the query of the exchange is kept.
    """

    role: str
    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    secret_headers: frozenset[str] = frozenset()
    secret_members: frozenset[str] = frozenset()
    carries_credentials: bool = False

    def public(self) -> PublicRequest:
        """The request without its secrets, and the names of what was removed."""
        removed = [name for name, _ in self.headers if name.lower() in self.secret_headers]
        headers = tuple((n, v) for n, v in self.headers if n.lower() not in self.secret_headers)
        body = None if self.carries_credentials else _json_or_none(self.body)
        if isinstance(body, dict):
            removed += [name for name in body if name in self.secret_members]
            body = {name: value for name, value in body.items() if name not in self.secret_members}
        return PublicRequest(self.role, self.method, self._public_url(), headers, body, tuple(removed))

    def _public_url(self) -> str:
        if not self.carries_credentials:
            return self.url
        return re.split("[?#]", self.url, maxsplit=1)[0]


@dataclass(frozen=True)
class PublicRequest:
    """A request as it may be shown and kept."""

    role: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: Any
    removed: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """The bytes of `request.json`."""
        data = {
            "method": self.method,
            "url": self.url,
            "headers": [list(pair) for pair in self.headers],
            "body": self.body,
            "removed": list(self.removed),
        }
        return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


@dataclass(frozen=True)
class ResponseHead:
    """Status line and headers as received, and the peer's certificates (DER, leaf first)."""

    http_version: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    received_at: datetime
    tls_chain: tuple[bytes, ...] = ()

    def header(self, name: str) -> str:
        """The first header of that name, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def to_bytes(self) -> bytes:
        """The bytes of `response-headers.txt`: status line and header list in the order received."""
        lines = [f"{self.http_version} {self.status} {self.reason}".rstrip()]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


class ExchangeSink(Protocol):
    """Where an exchange goes while it happens. Calls come in this order, on one thread."""

    def started(self, request: PublicRequest, facts: Exchange) -> None:
        """The request is about to be sent."""
        ...

    def responded(self, head: ResponseHead, facts: Exchange) -> None:
        """Status and headers arrived."""
        ...

    def received(self, piece: bytes) -> None:
        """The next bytes of the body arrived."""
        ...

    def ended(self, facts: Exchange) -> None:
        """Nothing more will come; `facts.complete` says whether all came."""
        ...


@dataclass
class MemorySink:
    """Keeps an answer in memory, up to `limit` bytes: for tickets and flows, never for media."""

    limit: int = 8 * 1024 * 1024
    head: ResponseHead | None = None
    body: bytes = field(default=b"", repr=False)

    def started(self, request: PublicRequest, facts: Exchange) -> None:
        """Nothing is kept of the request."""

    def responded(self, head: ResponseHead, facts: Exchange) -> None:  # noqa: ARG002 - only the head is kept
        """Keep status and headers."""
        self.head = head

    def received(self, piece: bytes) -> None:
        """Keep the bytes; `SurroundingsError` too_large above the limit."""
        if len(self.body) + len(piece) > self.limit:
            raise SurroundingsError("too_large", limit_mb=self.limit // 1_000_000)
        self.body += piece

    def ended(self, facts: Exchange) -> None:
        """Nothing to close."""


def _json_or_none(body: bytes) -> Any:  # noqa: ANN401 - whatever was sent
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
