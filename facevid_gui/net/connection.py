"""Connections that can be watched: cancelled at any moment, bounded in time, and looked at (floor 1).

What enters: a `Watch` (cancel token, total and idle limits). What leaves: urllib3 pool classes and TLS
sockets that resolve, connect, shake hands and read in short slices, and what was seen at `connect()`: with
`Connection: close` the socket is gone afterwards, so the certificate chain is caught there.

Nobody closes a response from another thread: reading would then end without an error, and a truncated
body would look whole (measured; see the paper "qt-anchors", 7.2). Nor is a socket asked whether it can be
read: over TLS 1.3 it can, because session tickets arrived, and reading then waits for data that never come.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import io
import os
import queue
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import urllib3.connection
import urllib3.connectionpool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import wait_for_write
from urllib3.util.connection import allowed_gai_family

from facevid_gui.core.errors import FacevidError, SurroundingsError
from facevid_gui.core.exchange import TlsFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clock import Clock

SLICE_S = 0.1
_BUFFER_BYTES = 256 * 1024
_ENCODING_DER = 2  # _ssl.ENCODING_DER
_Result = TypeVar("_Result")


@dataclass
class Watch:
    """Limits of one exchange, and what was seen of its connection. Times are seconds of `clock.monotonic`."""

    token: CancelToken
    clock: Clock
    idle_s: float
    ends_at: float
    ip: str | None = None
    tls: TlsFacts | None = None
    tls_chain: tuple[bytes, ...] = ()
    answers: list[http.client.HTTPResponse] = field(default_factory=list)

    def close(self) -> None:
        """Close every answer: urllib3 forgets one whose headers it refuses."""
        for answer in self.answers:
            answer.close()

    def connected(self, sock: Any) -> None:  # noqa: ANN401 - socket, SSLSocket or urllib3's TLS in TLS
        """Note who is at the other end; behind a proxy, `ip` is the proxy's."""
        self.ip = str(getattr(sock, "socket", sock).getpeername()[0])
        if hasattr(sock, "cipher"):
            self.tls_chain = peer_chain(sock)
            cipher = sock.cipher()
            chain_sha256 = tuple(hashlib.sha256(der).hexdigest() for der in self.tls_chain)
            self.tls = TlsFacts(sock.version() or "", cipher[0] if cipher else "", chain_sha256)

    def check(self) -> None:
        """Raise when cancelled or over the total limit."""
        self.token.raise_if_cancelled()
        if self.clock.monotonic() > self.ends_at:
            raise SurroundingsError("timeout")

    def in_slices(self, sock: Any, action: Callable[[], _Result], limit_s: float) -> _Result:  # noqa: ANN401
        """Run an action of `sock` that may wait `limit_s` seconds, looking up from it every slice."""
        since = self.clock.monotonic()
        before = sock.gettimeout()
        sock.settimeout(SLICE_S)
        try:
            while True:
                self.check()
                try:
                    return action()
                except TimeoutError:
                    if self.clock.monotonic() - since > limit_s:
                        raise SurroundingsError("timeout") from None
        finally:
            with contextlib.suppress(OSError):  # the action may have closed it
                sock.settimeout(before)

    def open_socket(
        self, host: str, port: int, limit_s: float, options: Iterable[tuple[Any, ...]]
    ) -> socket.socket:  # fmt: skip
        """Connect to the first address of `host` that answers within `limit_s`; else the last one's `OSError`."""
        failure = OSError("no address")
        for family, kind, protocol, _, address in self._resolve(host, port, limit_s):
            try:
                sock = socket.socket(family, kind, protocol)
            except OSError as error:  # a kind of address this system does not speak
                failure = error
                continue
            try:
                for option in options:
                    sock.setsockopt(*option)
                self._connect(sock, address, limit_s)
            except OSError as error:
                sock.close()
                failure = error
            except BaseException:
                sock.close()
                raise
            else:
                sock.settimeout(limit_s)
                return sock
        raise failure

    def _resolve(self, host: str, port: int, limit_s: float) -> list[Any]:
        """Ask the resolver in a thread of its own: it cannot be interrupted, and is left behind if need be."""
        results: queue.SimpleQueue[tuple[list[Any], Exception | None]] = queue.SimpleQueue()

        def run() -> None:
            try:
                results.put((socket.getaddrinfo(host, port, allowed_gai_family(), socket.SOCK_STREAM), None))
            except Exception as error:  # noqa: BLE001 - carried to the caller
                results.put(([], error))

        threading.Thread(target=run, name="resolver", daemon=True).start()
        since = self.clock.monotonic()
        while True:
            self.check()
            with contextlib.suppress(queue.Empty):
                addresses, error = results.get(timeout=SLICE_S)
                break
            if self.clock.monotonic() - since > limit_s:
                raise TimeoutError
        if error is not None:
            raise error
        return addresses

    def _connect(self, sock: socket.socket, address: Any, limit_s: float) -> None:  # noqa: ANN401
        sock.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            sock.connect(address)
        since = self.clock.monotonic()
        while not wait_for_write(sock, timeout=SLICE_S):
            self.check()
            if self.clock.monotonic() - since > limit_s:
                raise TimeoutError
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))


class _WatchedFile(io.RawIOBase):
    """The reading end of a socket; every read waits under the watch."""

    def __init__(self, sock: Any, watch: Watch) -> None:  # noqa: ANN401
        self._sock = sock
        self._hold = sock.makefile("rb", buffering=0)  # keeps the socket open when its connection lets go of it
        self._watch = watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        count: int = self._watch.in_slices(self._sock, lambda: self._sock.recv_into(buffer), self._watch.idle_s)
        return count

    def close(self) -> None:
        self._hold.close()
        super().close()


class _WatchedSocket:
    """A socket that hands out watched files and is otherwise the socket it wraps."""

    def __init__(self, sock: Any, watch: Watch) -> None:  # noqa: ANN401
        self._sock = sock
        self._watch = watch

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        """Return the buffered reading end (`http.client` asks for nothing else)."""
        return io.BufferedReader(_WatchedFile(self._sock, self._watch), _BUFFER_BYTES)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._sock, name)


def watched_pools(watch: Watch) -> dict[str, type[urllib3.connectionpool.HTTPConnectionPool]]:
    """Make the pool classes for one exchange under `watch`, by URL scheme."""

    class _Answer(http.client.HTTPResponse):
        def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
            super().__init__(*args, **kwargs)
            watch.answers.append(self)

    class _Http(urllib3.connection.HTTPConnection):
        response_class = _Answer

        def _new_conn(self) -> Any:  # noqa: ANN401 - a socket in all but type
            return _new_socket(self, watch)

        def connect(self) -> None:
            super().connect()
            watch.connected(self.sock)

    class _Https(urllib3.connection.HTTPSConnection):
        response_class = _Answer

        def _new_conn(self) -> Any:  # noqa: ANN401 - a socket in all but type
            return _new_socket(self, watch)

        def connect(self) -> None:
            super().connect()
            watch.connected(self.sock)
            self.sock = _WatchedSocket(self.sock, watch)

    class _HttpPool(urllib3.connectionpool.HTTPConnectionPool):
        ConnectionCls = _Http

    class _HttpsPool(urllib3.connectionpool.HTTPSConnectionPool):
        ConnectionCls = _Https

    return {"http": _HttpPool, "https": _HttpsPool}


def watched_tls(watch: Watch) -> type[ssl.SSLSocket]:
    """Make the TLS socket class for one exchange: its handshake waits under the watch."""

    class _TlsSocket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:  # noqa: ARG002 - the signature of ssl
            try:
                watch.in_slices(self, super().do_handshake, self.gettimeout() or watch.idle_s)
            except FacevidError:
                self.close()  # ssl closes it for errors of its own only
                raise

    return _TlsSocket


def _new_socket(connection: urllib3.connection.HTTPConnection, watch: Watch) -> Any:  # noqa: ANN401
    """Open the connection's socket; raise what urllib3 expects, so that it can tell a proxy's failure."""
    limit_s = float(connection.timeout or watch.idle_s)
    try:
        sock = watch.open_socket(connection._dns_host, connection.port, limit_s, connection.socket_options or ())  # noqa: SLF001
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "connecting took too long") from error
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error
    return _WatchedSocket(sock, watch)


def peer_chain(sock: Any) -> tuple[bytes, ...]:  # noqa: ANN401
    """The certificates the peer sent, DER, leaf first.

    Public from Python 3.13 on; before that the same call exists one level deeper; last resort is the leaf.
    """
    layer = getattr(sock, "sslobj", sock)  # urllib3's TLS in TLS keeps an `SSLObject`
    if hasattr(layer, "get_unverified_chain"):
        return tuple(layer.get_unverified_chain())
    inner = getattr(layer, "_sslobj", None)
    if inner is not None and hasattr(inner, "get_unverified_chain"):
        return tuple(cert.public_bytes(_ENCODING_DER) for cert in inner.get_unverified_chain() or ())
    leaf = sock.getpeercert(binary_form=True)
    return (leaf,) if leaf else ()
