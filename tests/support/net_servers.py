"""Loopback servers that do to each connection what a script says: answer, stall, drip, cut, reset, tunnel."""

import contextlib
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

OVER_S = 30.0


@dataclass
class Talk:
    """One connection, seen from the server. `over` is set when the test is done, so that stalling ends."""

    conn: socket.socket
    over: threading.Event
    heard: threading.Event
    requests: list[bytes] = field(default_factory=list)

    def read_request(self) -> bytes:
        """Read one request, head and body."""
        data = b""
        while b"\r\n\r\n" not in data and (piece := self.conn.recv(65536)):
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length and (piece := self.conn.recv(65536)):
            body += piece
        whole = head + b"\r\n\r\n" + body
        self.requests.append(whole)
        self.heard.set()
        return whole

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.conn.sendall(data)

    def answer(self, body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> None:
        """Read the request, send a whole answer."""
        self.read_request()
        self.send(head_of(status, f"Content-Length: {len(body) if length is None else length}", *headers) + body)

    def stall(self) -> None:
        """Say nothing more until the test is over."""
        self.over.wait(OVER_S)

    def drip(self, data: bytes, pause_s: float = 0.05) -> None:
        """Send byte by byte until the data end or the test is over."""
        for byte in data:
            self.send(bytes([byte]))
            if self.over.wait(pause_s):
                return

    def reset(self) -> None:
        """End the connection hard."""
        self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.conn.close()

    def tunnel_to(self, port: int) -> None:
        """Pass bytes between this connection and a loopback port until one side ends."""
        with socket.create_connection(("127.0.0.1", port)) as other:
            ends = {self.conn: other, other: self.conn}
            while not self.over.is_set():
                waiting = [end for end in ends if isinstance(end, ssl.SSLSocket) and end.pending()]
                for end in waiting or select.select(list(ends), [], [], 0.05)[0]:
                    piece = end.recv(65536)
                    if not piece:
                        return
                    ends[end].sendall(piece)


Script = Callable[[Talk], None]


class ScriptedServer:
    """Runs the first script on the first connection and so on; the last one counts for all that follow."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self._scripts = scripts
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.over = threading.Event()
        self.heard = threading.Event()
        self.requests: list[bytes] = []
        self.connections = 0

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> "ScriptedServer":
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _run(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self.over.is_set():
                conn, _ = self._listener.accept()
                script = self._scripts[min(self.connections, len(self._scripts) - 1)]
                self.connections += 1
                self._run(self._serve, conn, script)

    def _serve(self, conn: socket.socket, script: Script) -> None:
        conn.settimeout(OVER_S)
        try:
            with contextlib.suppress(OSError, ValueError):
                if self._tls:
                    conn = self._tls.wrap_socket(conn, server_side=True)
                script(Talk(conn, self.over, self.heard, self.requests))
        finally:
            conn.close()


def head_of(status: str, *headers: str) -> bytes:
    """The head of an answer, with `Connection: close`."""
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "Connection: close", "", "")).encode("latin-1")


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Bytes in chunks; another `end` cuts them short."""
    return b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces) + end


def connect_proxy(target_port: int, status: str = "200 Connection established") -> Script:
    """The script of a proxy that tunnels every CONNECT to a loopback port, or refuses it."""

    def serve(talk: Talk) -> None:
        talk.read_request()
        talk.send(f"HTTP/1.1 {status}\r\n\r\n".encode())
        if status.startswith("200"):
            talk.tunnel_to(target_port)

    return serve
