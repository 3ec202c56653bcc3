"""SIGN tickets: pasted, from the company's own server, or fetched with the app secret (floor 1).

What enters: a profile and its one secret. What leaves: a live SIGN ticket. Fetching a token may end the
production server's token within a minute (kyc.md 2), so `direct` is the last choice, and a new token its
last step: token and ticket are cached in the secret store (in memory when it refuses), each with its own
end, and the ticket with the mark of its token, because it dies with it. A ticket is reused for twenty minutes;
a refused or old one is replaced with the cached token, and only a token that the service no longer knows is
replaced itself. One process at a time does so, under an empty lock file. Nothing of these exchanges is kept
but host, status, times and TLS facts.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from filelock import FileLock, Timeout

from facevid_gui import __version__
from facevid_gui.core.codes import meaning_of
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.profiles import CACHE_TICKET, CACHE_TOKEN
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.net.http import HttpRequest, MemorySink
from facevid_gui.net.transport import Limits, Transport
from facevid_gui.providers.kyc_sign import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clock import Clock
    from facevid_gui.core.exchange import Exchange
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.credentials.secret_store import SecretStore

REUSE_S = 20 * 60
MARGIN_S = 60
TOKEN_LIFETIME_S = 7200  # the documented maxima count when `expire_in` cannot be read:
TICKET_LIFETIME_S = 3600  # a cached value that died is replaced, one not cached costs a token per look-up
LOCK_PATIENCE_S = 60.0
LOCK_PAUSE_S = 0.1
_NO_MARK = "-"
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
    _memory: SessionStore = field(init=False, default_factory=SessionStore, repr=False)

    def ticket(self, token: CancelToken, *, refused: Secret | None = None) -> Ticket:
        """Return a ticket; another one than `refused`, which the service did not accept.

        Raises `SubjectError` ticket_refused or ticket_missing, `SurroundingsError` for network and keyring,
        `CancelledError`.
        """
        mode = self.profile.ticket_mode or "pasted"
        if mode == "pasted":
            return Ticket(self.secret, renewable=False)
        exchanges: list[Exchange] = []
        if mode == "server":
            value = self._from_server(token, exchanges)
        else:
            with self._only_one(token):
                value = self._direct(token, refused, exchanges)
        return Ticket(value, renewable=True, exchanges=tuple(exchanges))

    def _from_server(self, token: CancelToken, exchanges: list[Exchange]) -> Secret:
        request = server_request(self.profile, self.secret)
        value = _find_ticket(self._ask(request, token, exchanges))
        if value is None:
            raise SubjectError("ticket_missing", host=urlsplit(request.url).hostname or "")
        return self._known(value)

    @contextlib.contextmanager
    def _only_one(self, token: CancelToken) -> Iterator[None]:
        """Hold the lock of this home; wait for it under the cancel token."""
        lock = FileLock(self.lock_path, mode=0o600)
        for _ in range(round(LOCK_PATIENCE_S / LOCK_PAUSE_S)):
            try:
                lock.acquire(blocking=False)
                break
            except Timeout:
                token.wait(LOCK_PAUSE_S)
            except OSError as error:
                raise SurroundingsError("disk_failed", path=self.lock_path, reason=error.strerror) from error
        else:
            raise SurroundingsError("ticket_busy")
        try:
            yield
        finally:
            lock.release()

    def _direct(self, token: CancelToken, refused: Secret | None, exchanges: list[Exchange]) -> Secret:
        access_token, _ = self._recall(CACHE_TOKEN, TOKEN_LIFETIME_S)
        cached, mark = self._recall(CACHE_TICKET, REUSE_S)
        if access_token is not None:
            if cached not in (None, refused) and mark == _mark(access_token):
                return cached
            try:
                return self._fetch_ticket(access_token, token, exchanges)
            except SubjectError as error:
                if meaning_of("kyc", error.params.get("code", "")).message != "ticket_expired":
                    raise  # another token would be refused for the same reason
        return self._fetch_ticket(self._fetch_token(token, exchanges), token, exchanges)

    def _fetch_token(self, token: CancelToken, exchanges: list[Exchange]) -> Secret:
        answer = self._fetch(token_request(self.profile, self.secret), token, exchanges)
        value = answer.get("access_token")
        if not isinstance(value, str) or not value:
            raise _refused(answer)
        access_token = self._known(value)
        self._remember(CACHE_TOKEN, access_token, _seconds(answer.get("expire_in"), TOKEN_LIFETIME_S) - MARGIN_S)
        return access_token

    def _fetch_ticket(self, access_token: Secret, token: CancelToken, exchanges: list[Exchange]) -> Secret:
        answer = self._fetch(ticket_request(self.profile, access_token), token, exchanges)
        value = _find_ticket(answer)
        if value is None:
            raise _refused(answer)
        ticket = self._known(value)
        lifetime_s = _seconds(_first_ticket(answer).get("expire_in"), TICKET_LIFETIME_S) - MARGIN_S
        self._remember(CACHE_TICKET, ticket, min(REUSE_S, lifetime_s), _mark(access_token))
        return ticket

    def _recall(self, field_name: str, at_most_s: float) -> tuple[Secret | None, str]:
        """A cached value and its mark; none whose end is past, or further ahead than `at_most_s`.

        An end that far off was noted by a clock that has been set since.
        """
        owner = self.profile.name
        entry = self._memory.read(owner, field_name) or self.store.read(owner, field_name)
        until, mark, value = [*(entry.reveal() if entry else "").split(" ", 2), "", ""][:3]
        if not (until.isascii() and until.isdigit() and value):
            return None, ""
        left = int(until) - self.clock.now().timestamp()
        return (self._known(value), mark) if 0 < left <= at_most_s else (None, "")

    def _remember(self, field_name: str, value: Secret, lifetime_s: float, mark: str = _NO_MARK) -> None:
        """Cache a value with its end and its mark in one entry, so that they cannot part."""
        entry = Secret(f"{int(self.clock.now().timestamp() + lifetime_s)} {mark} {value.reveal()}")
        self._memory.delete(self.profile.name, (field_name,))
        try:
            self.store.write(self.profile.name, field_name, entry)
        except SurroundingsError:
            self._memory.write(self.profile.name, field_name, entry)

    def _fetch(self, request: HttpRequest, token: CancelToken, exchanges: list[Exchange]) -> dict[str, Any]:
        document = self._ask(request, token, exchanges)
        if str(document.get("code")) != "0":
            raise _refused(document)
        return document

    def _ask(self, request: HttpRequest, token: CancelToken, exchanges: list[Exchange]) -> dict[str, Any]:
        sink = MemorySink(limit=_LIMITS.max_bytes)
        exchange = self.transport.exchange(request, sink, token, _LIMITS)
        exchanges.append(exchange)
        try:
            document = json.loads(sink.body)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict):
            return document
        if (exchange.status or 0) >= 500:
            raise SurroundingsError("http_status", status=exchange.status)
        raise SubjectError("ticket_refused", code=f"HTTP {exchange.status}", message="")

    def _known(self, text: str) -> Secret:
        secret = Secret(text)
        self.learned(secret)
        return secret


def server_request(profile: Profile, header_value: Secret) -> HttpRequest:
    """Ask the company's own server for a ticket."""
    name = profile.ticket_header or "Authorization"
    return HttpRequest(
        role="ticket", method="GET", url=profile.ticket_url, carries_credentials=True,
        headers=(*_headers(profile.ticket_url), (name, header_value.reveal())),
        secret_headers=frozenset({name.lower()}),
    )  # fmt: skip


def token_request(profile: Profile, secret: Secret) -> HttpRequest:
    """Ask for an access token (kyc.md 2); the secret stands in the address."""
    parameters = {
        "appId": profile.app_id, "secret": secret.reveal(), "grant_type": "client_credential", "version": VERSION,
    }  # fmt: skip
    return _authorization_request("token", profile, "access_token", parameters)


def ticket_request(profile: Profile, access_token: Secret) -> HttpRequest:
    """Ask for a SIGN ticket (kyc.md 3); the token stands in the address."""
    parameters = {
        "appId": profile.app_id, "access_token": access_token.reveal(), "type": "SIGN", "version": VERSION,
    }  # fmt: skip
    return _authorization_request("ticket", profile, "api_ticket", parameters)


def _authorization_request(role: str, profile: Profile, name: str, parameters: dict[str, str]) -> HttpRequest:
    url = f"{profile.base_url}/api/oauth2/{name}?{urlencode(parameters)}"
    return HttpRequest(role=role, method="GET", url=url, headers=_headers(url), carries_credentials=True)


def _headers(url: str) -> tuple[tuple[str, str], ...]:
    return (("Host", urlsplit(url).netloc), ("User-Agent", f"facevid_gui/{__version__}"))


def _mark(access_token: Secret) -> str:
    """What a ticket remembers of its token."""
    return hashlib.sha256(access_token.reveal().encode()).hexdigest()[:16]


def _find_ticket(document: dict[str, Any]) -> str | None:
    """Find the ticket: Tencent's own answer, or a company server's `{"ticket": ...}` / `{"value": ...}`."""
    values = (_first_ticket(document).get("value"), document.get("ticket"), document.get("value"))
    return next((value for value in values if isinstance(value, str) and value), None)


def _first_ticket(document: dict[str, Any]) -> dict[str, Any]:
    tickets = document.get("tickets")
    first = tickets[0] if isinstance(tickets, list) and tickets else None
    return first if isinstance(first, dict) else {}


def _refused(document: dict[str, Any]) -> SubjectError:
    message = document.get("msg")
    return SubjectError(
        "ticket_refused",
        code=str(document.get("code", "?"))[:20],
        message=message.strip()[:200] if isinstance(message, str) else "",
    )


def _seconds(value: object, otherwise: float) -> float:
    """Read `expire_in`: text in the sample, a number in the table, both seen (kyc.md 2)."""
    try:
        seconds = float(str(value))
    except ValueError:
        return otherwise
    return min(seconds, otherwise) if seconds > 0 else otherwise
