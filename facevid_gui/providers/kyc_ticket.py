"""SIGN tickets: pasted, from the company's own server, or fetched with the app secret (floor 1).

What enters: a profile and its one secret. What leaves: a live SIGN ticket. Fetching a token may end the
production server's token within a minute (kyc.md 2), so `direct` is the last choice: token and ticket are
cached in the secret store, bound to each other, reused for twenty minutes, and fetched by one process at a
time under an empty lock file. Nothing of these exchanges is kept but host, status, times and TLS facts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from filelock import FileLock, Timeout

from facevid_gui import __version__
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.net.http import HttpRequest, MemorySink
from facevid_gui.net.transport import Limits, Transport
from facevid_gui.providers.kyc_sign import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clock import Clock
    from facevid_gui.core.exchange import Exchange
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.credentials.secret_store import SecretStore

REUSE_S = 20 * 60
MARGIN_S = 60
LOCK_PATIENCE_S = 60.0
CACHE_FIELDS = ("cache_ticket", "cache_until")
_LIMITS = Limits(connect_s=10, idle_s=20, total_s=40, max_bytes=256 * 1024)


@dataclass(frozen=True)
class Ticket:
    """A SIGN ticket, whether a fresh one can be had in its place, and the exchanges that brought it."""

    value: Secret
    renewable: bool
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class TicketDesk:
    """Hands out SIGN tickets for one profile. `lock_path` is an empty file of this home."""

    profile: Profile
    secret: Secret
    store: SecretStore
    transport: Transport
    clock: Clock
    lock_path: Path
    learned: Callable[[Secret], None] = lambda _: None

    def ticket(self, token: CancelToken, *, renew: bool = False) -> Ticket:
        """Return a ticket; with `renew` a fresh one, because the cached one was refused.

        Raises `SubjectError` ticket_refused, `SurroundingsError` for the network, `CancelledError`.
        """
        mode = self.profile.ticket_mode or "pasted"
        if mode == "pasted":
            return Ticket(self.secret, renewable=False)
        if mode == "server":
            return self._from_server(token)
        try:
            with FileLock(self.lock_path, timeout=LOCK_PATIENCE_S, mode=0o600):
                return self._direct(token, renew=renew)
        except Timeout as error:
            raise SurroundingsError("ticket_busy") from error

    def _from_server(self, token: CancelToken) -> Ticket:
        name = self.profile.ticket_header or "Authorization"
        request = HttpRequest(
            role="ticket", method="GET", url=self.profile.ticket_url, carries_credentials=True,
            headers=(*self._headers(self.profile.ticket_url), (name, self.secret.reveal())),
            secret_headers=frozenset({name.lower()}),
        )  # fmt: skip
        document, exchange = self._ask(request, token)
        value = _find_ticket(document)
        if value is None:
            raise SubjectError("ticket_missing", host=urlsplit(request.url).hostname or "")
        return Ticket(self._known(value), renewable=True, exchanges=(exchange,))

    def _direct(self, token: CancelToken, *, renew: bool) -> Ticket:
        owner = self.profile.name
        if not renew:
            cached = self._cached(owner)
            if cached is not None:
                return Ticket(cached, renewable=True)
        access, first = self._fetch("token", "/api/oauth2/access_token", token, {
            "appId": self.profile.app_id, "secret": self.secret.reveal(),
            "grant_type": "client_credential", "version": VERSION,
        })  # fmt: skip
        access_token = access.get("access_token")
        if not isinstance(access_token, str) or not access_token:
            raise _refused(access)
        self._known(access_token)
        answer, second = self._fetch("ticket", "/api/oauth2/api_ticket", token, {
            "appId": self.profile.app_id, "access_token": access_token, "type": "SIGN", "version": VERSION,
        })  # fmt: skip
        value = _find_ticket(answer)
        if value is None:
            raise _refused(answer)
        lifetime = min(REUSE_S, _seconds(access.get("expire_in")) - MARGIN_S, _ticket_seconds(answer) - MARGIN_S)
        ticket = self._known(value)
        self._remember(owner, ticket, lifetime)
        return Ticket(ticket, renewable=True, exchanges=(first, second))

    def _cached(self, owner: str) -> Secret | None:
        ticket = self.store.read(owner, "cache_ticket")
        until = self.store.read(owner, "cache_until")
        if ticket is None or until is None or not until.reveal().isdigit():
            return None
        left = int(until.reveal()) - self.clock.now().timestamp()
        if not 0 < left <= REUSE_S:
            return None
        return self._known(ticket.reveal())

    def _remember(self, owner: str, ticket: Secret, lifetime_s: float) -> None:
        if lifetime_s > 0:
            until = int(self.clock.now().timestamp() + lifetime_s)
            self.store.write(owner, "cache_ticket", ticket)
            self.store.write(owner, "cache_until", Secret(str(until)))

    def _fetch(
        self, role: str, path: str, token: CancelToken, parameters: dict[str, str]
    ) -> tuple[dict[str, Any], Exchange]:
        url = f"{self.profile.base_url}{path}?{urlencode(parameters)}"
        request = HttpRequest(
            role=role, method="GET", url=url, headers=self._headers(url), carries_credentials=True
        )  # fmt: skip
        document, exchange = self._ask(request, token)
        if str(document.get("code")) != "0":
            raise _refused(document)
        return document, exchange

    def _ask(self, request: HttpRequest, token: CancelToken) -> tuple[dict[str, Any], Exchange]:
        sink = MemorySink(limit=_LIMITS.max_bytes)
        exchange = self.transport.exchange(request, sink, token, _LIMITS)
        try:
            document = json.loads(sink.body)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise SubjectError("ticket_refused", code=f"HTTP {exchange.status}", message="")
        return document, exchange

    def _known(self, text: str) -> Secret:
        secret = Secret(text)
        self.learned(secret)
        return secret

    @staticmethod
    def _headers(url: str) -> tuple[tuple[str, str], ...]:
        return (("Host", urlsplit(url).netloc), ("User-Agent", f"facevid_gui/{__version__}"))


def _find_ticket(document: dict[str, Any]) -> str | None:
    """Find the ticket: Tencent's own answer, or a company server's `{"ticket": ...}` / `{"value": ...}`."""
    tickets = document.get("tickets")
    first = tickets[0] if isinstance(tickets, list) and tickets else None
    values = (
        first.get("value") if isinstance(first, dict) else None,
        document.get("ticket"),
        document.get("value"),
    )
    return next((value for value in values if isinstance(value, str) and value), None)


def _refused(document: dict[str, Any]) -> SubjectError:
    message = document.get("msg")
    return SubjectError(
        "ticket_refused",
        code=str(document.get("code", "?"))[:20],
        message=message.strip()[:200] if isinstance(message, str) else "",
    )


def _ticket_seconds(document: dict[str, Any]) -> float:
    tickets = document.get("tickets")
    return _seconds(tickets[0].get("expire_in")) if isinstance(tickets, list) and tickets else 0.0


def _seconds(value: object) -> float:
    """Read `expire_in`: text in the sample, a number in the table, both seen (kyc.md 2)."""
    text = str(value)
    return float(text) if text.isascii() and text.isdigit() else 0.0
