"""One HTTP transport: sends one request, streams its answer undecoded into the caller's sink (floor 1).

What enters: an `HttpRequest`, an `ExchangeSink`, limits and a cancel token. What leaves: the facts of the
exchange, or a `SurroundingsError` after the sink was told how far it came. Nothing is retried here: each
try is an exchange of its own (see `net.retry`).

The environment is read by us, not by requests: with `trust_env` a `.netrc` silently replaced our
Authorization header. Redirects are outcomes. TLS 1.2 is the floor.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import requests.adapters
import urllib3
from requests.utils import should_bypass_proxies
from urllib3.util.ssl_ import create_urllib3_context

from facevid_gui.core.clock import Clock, from_http_date
from facevid_gui.core.errors import FacevidError, SurroundingsError
from facevid_gui.core.exchange import Exchange
from facevid_gui.core.provenance import is_loopback
from facevid_gui.net.connection import Watch, watched_pools
from facevid_gui.net.http import ExchangeSink, HttpRequest, ResponseHead

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from facevid_gui.core.cancel import CancelToken

PIECE_BYTES = 1024 * 1024
SIMULATOR_SERVER = "facevid-simulator"


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes one exchange may take. `total_s` covers everything from connect to the last byte."""

    connect_s: float = 15.0
    idle_s: float = 60.0
    total_s: float = 600.0
    max_bytes: int = 200 * 1024 * 1024


@dataclass(frozen=True)
class NetworkSettings:
    """Where requests go through and whom they trust. Empty `ca_file` means the bundled authorities."""

    proxies: Mapping[str, str] = field(default_factory=dict)
    no_proxy: str = ""
    ca_file: str = ""


def network_settings(environ: Mapping[str, str], *, proxy: str = "", ca_file: str = "") -> NetworkSettings:
    """Read proxies and certificate authorities: the environment before the settings."""

    def env(*names: str) -> str:
        return next((environ[n] for name in names for n in (name, name.lower()) if environ.get(n)), "")

    proxies = {"https": env("HTTPS_PROXY") or proxy, "http": env("HTTP_PROXY") or proxy}
    return NetworkSettings(
        proxies={scheme: url for scheme, url in proxies.items() if url},
        no_proxy=env("NO_PROXY"),
        ca_file=environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE") or ca_file,
    )


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
        host = urlsplit(request.url).hostname or ""
        self._proxies = self._proxies_for(host)
        self._local = is_loopback(host)
        public = request.public()
        self._public = public
        self._facts = Exchange(
            method=public.method, url=public.url, sent_at=clock.now(), role=public.role, removed=public.removed,
            custom_ca=bool(network.ca_file) and request.url.startswith("https:"), proxied=bool(self._proxies),
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
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.mount("https://", _Adapter(self._watch))
                session.mount("http://", _Adapter(self._watch))
                response = session.send(
                    self._prepared(), stream=True, allow_redirects=False, proxies=dict(self._proxies),
                    timeout=(self._limits.connect_s, self._limits.idle_s), verify=self._network.ca_file or True,
                )  # fmt: skip
                with response:
                    self._read(response)
        except (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            ssl.SSLError,
            socket.gaierror,
        ) as error:
            raise network_error(error, urlsplit(self._request.url).hostname or "") from error

    def _prepared(self) -> requests.PreparedRequest:
        prepared = requests.Request(
            self._request.method,
            self._request.url,
            data=self._request.body or None,
            headers=dict(self._request.headers),
        ).prepare()
        prepared.headers.setdefault("Accept-Encoding", "identity")
        prepared.headers.setdefault("Connection", "close")
        return prepared

    def _read(self, response: requests.Response) -> None:
        raw: Any = response.raw
        version = {10: "HTTP/1.0", 11: "HTTP/1.1"}.get(raw.version, "HTTP/1.1")
        headers = tuple((str(k), str(v)) for k, v in raw.headers.iteritems())
        head = ResponseHead(
            version, response.status_code, raw.reason or "", headers, self._clock.now(), self._watch.tls_chain
        )
        self._note_head(head)
        self._sink.responded(head, self._facts)
        size = 0
        while piece := raw.read1(PIECE_BYTES, decode_content=False):
            size += len(piece)
            self._sink.received(piece)
            if size > self._limits.max_bytes:
                raise SurroundingsError("too_large", limit_mb=self._limits.max_bytes // 1_000_000)
        declared = head.header("Content-Length")
        if declared.isdigit() and not head.header("Transfer-Encoding") and size < int(declared):
            raise SurroundingsError("incomplete_body", received=size, expected=int(declared))
        if 300 <= head.status < 400:
            raise SurroundingsError("redirect", location=_host_of(head.header("Location")))

    def _note_head(self, head: ResponseHead) -> None:
        server_date = from_http_date(head.header("Date"))
        self._facts = replace(
            self._facts,
            status=head.status,
            tls=self._watch.tls,
            ip=self._watch.ip,
            server_date=server_date,
            clock_offset_s=self._offset(server_date, head.received_at),
            simulated=self._local and head.header("Server").startswith(SIMULATOR_SERVER),
        )

    def _offset(self, server_date: datetime | None, received_at: datetime) -> float | None:
        """Server minus local clock in seconds; `Date` counts whole seconds, so half a second is its middle."""
        if server_date is None:
            return None
        local = self._facts.sent_at + (received_at - self._facts.sent_at) / 2
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

    def _proxies_for(self, host: str) -> Mapping[str, str]:
        if is_loopback(host) or should_bypass_proxies(self._request.url, no_proxy=self._network.no_proxy or None):
            return {}
        scheme = urlsplit(self._request.url).scheme
        return {scheme: self._network.proxies[scheme]} if scheme in self._network.proxies else {}


class _Adapter(requests.adapters.HTTPAdapter):
    """requests' adapter over watched connections, TLS 1.2 or newer."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Make the pool manager for direct connections."""
        super().init_poolmanager(*args, **kwargs, ssl_context=_tls_context())
        self.poolmanager.pool_classes_by_scheme = watched_pools(self._watch)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Make the pool manager for connections through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs, ssl_context=_tls_context())
        manager.pool_classes_by_scheme = watched_pools(self._watch)
        return manager


def _tls_context() -> ssl.SSLContext:
    return create_urllib3_context(ssl_minimum_version=ssl.TLSVersion.TLSv1_2)


def network_error(error: Exception, host: str) -> FacevidError:
    """Turn what requests, urllib3, ssl or the resolver said into an error with a sentence and a next step."""
    for cause in _causes(error):
        if isinstance(cause, FacevidError):
            return cause
    causes = list(_causes(error))
    tls = next((c for c in causes if isinstance(c, ssl.SSLError)), None)
    if tls is not None and not isinstance(tls, ssl.SSLEOFError):
        return _tls_error(tls, host)
    if any(isinstance(c, requests.exceptions.ProxyError | urllib3.exceptions.ProxyError) for c in causes):
        return SurroundingsError("proxy_failed", host=host)
    if any(isinstance(c, urllib3.exceptions.IncompleteRead) for c in causes):
        return SurroundingsError("incomplete_body", received="?", expected="?")
    if any(isinstance(c, TimeoutError | requests.exceptions.Timeout | urllib3.exceptions.TimeoutError) for c in causes):
        return SurroundingsError("timeout")
    if any(isinstance(c, requests.exceptions.InvalidURL | urllib3.exceptions.LocationParseError) for c in causes):
        return SurroundingsError("bad_url", host=host)
    if any(isinstance(c, ConnectionResetError | BrokenPipeError) for c in causes):
        return SurroundingsError("connection_reset", host=host)
    if any(isinstance(c, http.client.HTTPException) for c in causes):
        return SurroundingsError("bad_response", host=host)
    return SurroundingsError("unreachable", host=host)


def _tls_error(error: ssl.SSLError, host: str) -> SurroundingsError:
    reason = getattr(error, "verify_message", "") or error.reason or "TLS"
    if "Missing Authority Key Identifier" in str(reason):
        return SurroundingsError("tls_no_key_identifier", host=host)
    return SurroundingsError("tls_failed", host=host, reason=reason)


def _causes(error: BaseException) -> list[BaseException]:
    """The error, what it wraps and what it was raised from, outermost first."""
    found: list[BaseException] = []
    queue: list[BaseException] = [error]
    while queue:
        current = queue.pop(0)
        if current in found:
            continue
        found.append(current)
        linked = (current.__cause__, current.__context__, getattr(current, "reason", None), *current.args)
        queue += [item for item in linked if isinstance(item, BaseException)]
    return found


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or url[:60]
