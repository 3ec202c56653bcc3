"""One HTTP transport: sends one request, streams its answer undecoded into the caller's sink (floor 1).

What enters: an `HttpRequest`, an `ExchangeSink`, limits and a cancel token. What leaves: the facts of the
exchange, or a `SurroundingsError` after the sink was told how far it came. Nothing is retried here: each
try is an exchange of its own (see `net.retry`).

The environment is read by us, not by requests: with `trust_env` a `.netrc` silently replaced our
Authorization header. Its adapter is used without its session for one more reason: a session reads the body
of a redirect before we do. Redirects are outcomes. TLS 1.2 is the floor.
"""

from __future__ import annotations

import contextlib
import logging
import ssl
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import requests.adapters
from urllib3.util.ssl_ import create_urllib3_context

from facevid_gui.core.clock import Clock, from_http_date
from facevid_gui.core.errors import FacevidError, SurroundingsError
from facevid_gui.core.exchange import Exchange
from facevid_gui.core.provenance import is_loopback
from facevid_gui.net.connection import Watch, watched_pools, watched_tls
from facevid_gui.net.failures import NETWORK_ERRORS, network_error
from facevid_gui.net.http import ExchangeSink, HttpRequest, ResponseHead
from facevid_gui.net.settings import NetworkSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from facevid_gui.core.cancel import CancelToken

PIECE_BYTES = 1024 * 1024
CLOCK_MOVED_S = 2.0  # a wall clock that ran so much more or less than the other one was set; less is steering
SIMULATOR_SERVER = "facevid-simulator"
logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # it logs whole URLs, and the token's URL holds the secret


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes one exchange may take. `total_s` covers everything from connect to the last byte."""

    connect_s: float = 15.0
    idle_s: float = 60.0
    total_s: float = 600.0
    max_bytes: int = 200 * 1024 * 1024


class Transport:
    """Sends requests under the rules above."""

    def __init__(self, network: NetworkSettings, clock: Clock) -> None:
        self._network = network
        self._clock = clock

    def exchange(
        self, request: HttpRequest, sink: ExchangeSink, token: CancelToken, limits: Limits | None = None
    ) -> Exchange:
        """Send `request`, stream the answer into `sink`, return the facts.

        Raises `SurroundingsError` (unreachable, tls_failed, timeout, incomplete_body, redirect, too_large,
        proxy_failed, bad_response), `CancelledError`, or what the sink raised; the sink's `ended` has then
        been called with `complete` false.
        """
        return _Run(self._network, self._clock, request, sink, token, limits or Limits()).go()


class _Run:
    """One exchange in progress."""

    def __init__(
        self, network: NetworkSettings, clock: Clock, request: HttpRequest, sink: ExchangeSink,
        token: CancelToken, limits: Limits,
    ) -> None:  # fmt: skip
        self._network = network
        self._clock = clock
        self._request = request
        self._sink = sink
        self._limits = limits
        self._began = clock.monotonic()
        self._watch = Watch(token, clock, limits.idle_s, self._began + limits.total_s)
        self._host = _host_of(request.url)
        self._secure = request.url.lower().startswith("https:")
        self._proxies = network.proxies_for(request.url) if self._host else {}
        self._size = 0
        self._public = request.public()
        self._facts = Exchange(
            method=request.method, url=self._public.url, sent_at=clock.now(), role=request.role,
            removed=self._public.removed, custom_ca=bool(network.ca_file) and self._secure,
            proxied=bool(self._proxies),
        )  # fmt: skip

    def go(self) -> Exchange:
        self._sink.started(self._public, self._facts)
        try:
            self._talk()
        except FacevidError as error:
            self._end(error.code)
            raise
        except BaseException:
            self._end("interrupted")
            raise
        self._end(None)
        return self._facts

    def _talk(self) -> None:
        self._watch.token.raise_if_cancelled()
        with (
            contextlib.closing(self._watch),
            contextlib.closing(_Adapter(self._watch)) as adapter,
            self._send(adapter) as response,
        ):
            self._read(response.raw)

    def _send(self, adapter: _Adapter) -> requests.Response:
        ca_file = self._network.ca_file
        if ca_file and self._secure and not Path(ca_file).exists():
            raise SurroundingsError("tls_failed", host=self._host, reason=f"no such file: {ca_file}")
        prepared = self._prepared()
        try:
            return adapter.send(
                prepared, stream=True, timeout=(self._limits.connect_s, self._limits.idle_s),
                verify=ca_file or True, proxies=self._proxies,
            )  # fmt: skip
        except NETWORK_ERRORS as error:
            cause = None if self._request.carries_credentials else error  # which shows the URL, whole
            raise network_error(error, self._host, proxied=bool(self._proxies)) from cause

    def _prepared(self) -> requests.PreparedRequest:
        request = self._request
        try:
            prepared = requests.Request(
                request.method, request.url, data=request.body or None, headers=dict(request.headers)
            ).prepare()
        except ValueError:
            raise SurroundingsError("bad_url", host=self._host) from None  # the cause shows headers
        prepared.headers.setdefault("Accept-Encoding", "identity")
        prepared.headers.setdefault("Connection", "close")
        return prepared

    def _read(self, raw: Any) -> None:  # noqa: ANN401 - urllib3's response
        version = {10: "HTTP/1.0", 11: "HTTP/1.1"}.get(raw.version, "HTTP/1.1")
        headers = tuple((str(name), str(value)) for name, value in _headers_in_order(raw))
        head = ResponseHead(version, raw.status, raw.reason or "", headers, self._clock.now(), self._watch.tls_chain)
        self._note_head(head)
        self._sink.responded(head, self._facts)
        for piece in self._pieces(raw, head.header("Content-Length")):
            self._size += len(piece)
            self._sink.received(piece)
            if self._size > self._limits.max_bytes:
                raise SurroundingsError("too_large", limit_mb=self._limits.max_bytes // 1_000_000)
        if 300 <= head.status < 400:
            raise SurroundingsError("redirect", location=_shown_location(head.header("Location")))

    def _pieces(self, raw: Any, expected: str) -> Iterator[bytes]:  # noqa: ANN401
        """The body as it arrives; only what the network did to it becomes a network error."""
        while True:
            try:
                piece = raw.read1(PIECE_BYTES, decode_content=False)
            except NETWORK_ERRORS as error:
                raise network_error(error, self._host, received=self._size, expected=expected) from error
            if not piece:
                return
            yield piece

    def _note_head(self, head: ResponseHead) -> None:
        server_date = from_http_date(head.header("Date"))
        self._facts = replace(
            self._facts,
            status=head.status,
            tls=self._watch.tls,
            ip=self._watch.ip,
            server_date=server_date,
            clock_offset_s=self._offset(server_date, head.received_at),
            simulated=is_loopback(self._host) and head.header("Server").startswith(SIMULATOR_SERVER),
        )

    def _offset(self, server_date: datetime | None, received_at: datetime) -> float | None:
        """Server minus local clock in seconds; `Date` counts whole seconds, so half a second is its middle.

        None when the clock was set meanwhile, or the computer slept: then nobody knows what the server's time was
        compared with, and a number would stand in the evidence.
        """
        passed = received_at - self._facts.sent_at
        unexplained_s = passed.total_seconds() - (self._clock.monotonic() - self._began)
        if server_date is None or abs(unexplained_s) > CLOCK_MOVED_S:
            return None
        local = self._facts.sent_at + passed / 2
        return round((server_date - local).total_seconds() + 0.5, 1)

    def _end(self, error: str | None) -> None:
        self._facts = replace(
            self._facts,
            complete=error is None or error == "redirect",
            error=error,
            received_at=self._clock.now(),
            duration_s=round(self._clock.monotonic() - self._began, 3),
            ip=self._watch.ip,
            tls=self._watch.tls,
        )
        self._sink.ended(self._facts)


class _Adapter(requests.adapters.HTTPAdapter):
    """requests' adapter over watched connections, TLS 1.2 or newer."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Make the pool manager for direct connections."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._tls_context())
        self.poolmanager.pool_classes_by_scheme = watched_pools(self._watch)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Make the pool manager for connections through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs, ssl_context=self._tls_context())
        manager.pool_classes_by_scheme = watched_pools(self._watch)
        return manager

    def _tls_context(self) -> ssl.SSLContext:
        context = create_urllib3_context(ssl_minimum_version=ssl.TLSVersion.TLSv1_2)
        context.sslsocket_class = watched_tls(self._watch)
        return context


def _headers_in_order(raw: Any) -> Any:  # noqa: ANN401
    """Every header line in the order received; urllib3's own collection brings lines of one name together."""
    return raw._original_response.headers.items()  # noqa: SLF001


def _host_of(url: str) -> str:
    """The host of `url`, or an empty text when it is no URL."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port may be none, too
    except ValueError:
        return ""
    return host or ""


def _shown_location(url: str) -> str:
    """Where a redirect points: its host, or its path; a query may hold what is not to be shown."""
    return _host_of(url) or url.split("?", 1)[0][:60]
