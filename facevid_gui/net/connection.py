"""Connections that can be watched: cancelled between two packets, bounded in time, and looked at (floor 1).

What enters: a `Watch` (cancel token, total and idle limits). What leaves: urllib3 pool classes whose
sockets wait in short slices, and what was seen at `connect()`: with `Connection: close` the socket is
gone afterwards, so the certificate chain is caught there.

Nobody closes a response from another thread: reading would then end without an error, and a truncated
body would look whole (measured; see the paper "qt-anchors", 7.2).
"""

from __future__ import annotations

import io
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import urllib3.connection
import urllib3.connectionpool
from urllib3.util import wait_for_read

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.exchange import TlsFacts

if TYPE_CHECKING:
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clock import Clock

SLICE_S = 0.1
_BUFFER_BYTES = 256 * 1024
_ENCODING_DER = 2  # _ssl.ENCODING_DER


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
    _idle_since: float = field(default=0.0)

    def connected(self, sock: Any) -> None:  # noqa: ANN401 - socket, SSLSocket or urllib3's own
        """Note who is at the other end."""
        self.ip = str(sock.getpeername()[0])
        if isinstance(sock, ssl.SSLSocket):
            self.tls_chain = peer_chain(sock)
            cipher = sock.cipher()
            self.tls = TlsFacts(
                sock.version() or "",
                cipher[0] if cipher else "",
                tuple(_sha256(der) for der in self.tls_chain),
            )

    def wait(self, sock: Any) -> None:  # noqa: ANN401
        """Return once `sock` can be read; raise when cancelled or out of time."""
        self._idle_since = self.clock.monotonic()
        while True:
            self.check()
            if isinstance(sock, ssl.SSLSocket) and sock.pending():
                return
            if wait_for_read(sock, timeout=SLICE_S):
                return

    def check(self) -> None:
        """Raise when cancelled, over the total limit, or idle for too long."""
        self.token.raise_if_cancelled()
        now = self.clock.monotonic()
        if now > self.ends_at or now - self._idle_since > self.idle_s:
            raise SurroundingsError("timeout")


class _WatchedFile(io.RawIOBase):
    """The reading end of a socket; every read first waits under the watch."""

    def __init__(self, sock: Any, watch: Watch) -> None:  # noqa: ANN401
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._watch = watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - any writable buffer
        self._watch.wait(self._sock)
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _WatchedSocket:
    """A socket that hands out watched files and is otherwise the socket it wraps."""

    def __init__(self, sock: Any, watch: Watch) -> None:  # noqa: ANN401
        self._sock = sock
        self._watch = watch

    def makefile(self, mode: str = "rb", *_: object, **__: object) -> io.BufferedReader:
        """Return the buffered reading end (`http.client` asks for nothing else)."""
        if mode != "rb":
            raise ValueError("only the reading end is watched")
        return io.BufferedReader(_WatchedFile(self._sock, self._watch), _BUFFER_BYTES)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._sock, name)


def watched_pools(watch: Watch) -> dict[str, type[urllib3.connectionpool.HTTPConnectionPool]]:
    """Make the pool classes for one exchange under `watch`, by URL scheme."""

    class _Http(urllib3.connection.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            watch.connected(self.sock)
            self.sock = _WatchedSocket(self.sock, watch)

    class _Https(urllib3.connection.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            watch.connected(self.sock)
            self.sock = _WatchedSocket(self.sock, watch)

    class _HttpPool(urllib3.connectionpool.HTTPConnectionPool):
        ConnectionCls = _Http

    class _HttpsPool(urllib3.connectionpool.HTTPSConnectionPool):
        ConnectionCls = _Https

    return {"http": _HttpPool, "https": _HttpsPool}


def peer_chain(sock: Any) -> tuple[bytes, ...]:  # noqa: ANN401
    """The certificates the peer sent, DER, leaf first.

    Public from Python 3.13 on; before that the same call exists one level deeper; last resort is the leaf.
    """
    if hasattr(sock, "get_unverified_chain"):
        return tuple(sock.get_unverified_chain())
    inner = getattr(sock, "_sslobj", None)
    if inner is not None and hasattr(inner, "get_unverified_chain"):
        return tuple(cert.public_bytes(_ENCODING_DER) for cert in inner.get_unverified_chain() or ())
    leaf = sock.getpeercert(binary_form=True)
    return (leaf,) if leaf else ()


def _sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()
