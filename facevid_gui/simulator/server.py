"""The simulator's sockets: three loopback services in threads (floor 1).

What enters: a port, a fault's name. What leaves: base URLs, and the JSON line that describes them (design
section 9). Answers carry `Server: facevid-simulator`, by which provenance recognises them.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from facevid_gui import __version__
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.net.transport import SIMULATOR_SERVER
from facevid_gui.simulator import records
from facevid_gui.simulator.ess_service import EssService
from facevid_gui.simulator.faults import DRIP_BYTES, DRIP_PAUSE_S, FAULTS, Delivery
from facevid_gui.simulator.kyc_service import KycService
from facevid_gui.simulator.wire import SimRequest, SimResponse

SCHEMA = "facevid-simulator/1"
MAX_REQUEST_BYTES = 1024 * 1024
_SKEW = timedelta(hours=1)
Handle = Callable[[SimRequest], SimResponse]


class Simulator:
    """Three services on loopback. Use as a context manager, or `start` and `stop`."""

    def __init__(self, port: int = 0, fault: str = "none", now: Callable[[], datetime] | None = None) -> None:
        self._port = port
        self.fault = fault
        self._now = now or (lambda: datetime.now(UTC))
        started = self._now()
        flows = records.make_flows(started)
        self.ess = EssService("ess", flows, self.now, {records.SECRET_ID: records.SECRET_KEY})
        self.essbasic = EssService("essbasic", flows, self.now, {records.ESSBASIC_SECRET_ID: records.SECRET_KEY})
        self.kyc = KycService(records.make_orders(started), self.now)
        self.requests: list[SimRequest] = []
        self._servers: dict[str, ThreadingHTTPServer] = {}

    def now(self) -> datetime:
        """The simulated service's clock; one hour ahead under the fault `clock_skew`."""
        return self._now() + (_SKEW if self.fault == "clock_skew" else timedelta(0))

    def start(self) -> None:
        """Open the three ports. `SurroundingsError` port_in_use when one is taken or is none."""
        handlers: dict[str, Handle] = {
            "ess": self.ess.handle, "essbasic": self.essbasic.handle, "kyc": self.kyc.handle,
        }  # fmt: skip
        for offset, (name, handle) in enumerate(handlers.items()):
            port = self._port + offset if self._port else 0
            try:
                server = _Server(("127.0.0.1", port), _handler(self, handle))
            except (OSError, OverflowError) as error:
                self.stop()
                raise SurroundingsError("port_in_use", port=port) from error
            self._servers[name] = server
            threading.Thread(target=server.serve_forever, args=(0.05,), name=f"simulator-{name}", daemon=True).start()

    def stop(self) -> None:
        """Close the ports, side by side: each waits for its own loop to look up."""
        stopping = [threading.Thread(target=server.shutdown) for server in self._servers.values()]
        for thread in stopping:
            thread.start()
        for thread in stopping:
            thread.join()
        for server in self._servers.values():
            server.server_close()
        self._servers = {}

    def __enter__(self) -> Simulator:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def base_url(self, name: str) -> str:
        """The origin of "ess", "essbasic" or "kyc"."""
        return f"http://127.0.0.1:{self._servers[name].server_address[1]}"

    def describe(self) -> dict[str, Any]:
        """The JSON that `facevid simulator` prints first (design section 9)."""
        flows = [
            {"flow_id": flow.flow_id, "sign_id": flow.signers[0].sign_id, "about": flow.about}
            for flow in self.ess.flows
        ]
        keys = {"secret_key": records.SECRET_KEY}
        return {
            "schema": SCHEMA,
            "pid": os.getpid(),
            "ess": {
                "base_url": self.base_url("ess"),
                "settings": {"user_id": records.USER_ID},
                "secrets": {"secret_id": records.SECRET_ID, **keys},
                "records": flows,
            },
            "essbasic": {
                "base_url": self.base_url("essbasic"),
                "settings": {
                    "app_id": records.ESSBASIC_APP_ID,
                    "proxy_organization_open_id": records.ORGANIZATION,
                    "proxy_operator_open_id": records.OPERATOR,
                },
                "secrets": {"secret_id": records.ESSBASIC_SECRET_ID, **keys},
                "records": flows,
            },
            "kyc": {
                "base_url": self.base_url("kyc"),
                "settings": {"app_id": records.KYC_APP_ID},
                "secrets": {"secret": records.KYC_SECRET},
                "records": [{"order_no": o.order_no, "about": o.about} for o in self.kyc.orders],
            },
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name != "nt"
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A client that hangs up is not worth a traceback."""


def _handler(simulator: Simulator, service: Handle) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"simulator": simulator, "service": staticmethod(service)})


class _Handler(BaseHTTPRequestHandler):
    """One connection: request in, answer out, spoiled if a fault says so."""

    simulator: ClassVar[Simulator]
    service: ClassVar[Callable[[SimRequest], SimResponse]]

    protocol_version = "HTTP/1.1"
    server_version = f"{SIMULATOR_SERVER}/{__version__}"
    sys_version = ""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Nothing: URLs carry secrets."""

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - the simulated clock counts
        return format_datetime(self.simulator.now(), usegmt=True)

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isascii() and length.isdigit() else MAX_REQUEST_BYTES + 1
        if size > MAX_REQUEST_BYTES:
            self.send_error(413)
            return
        url = urlsplit(self.path)
        request = SimRequest(
            self.command, url.path, dict(parse_qsl(url.query)),
            {name.lower(): value for name, value in self.headers.items()}, self.rfile.read(size),
        )  # fmt: skip
        self.simulator.requests.append(request)
        response = type(self).service(request)
        self._deliver(self._spoil(request, response))

    def _spoil(self, request: SimRequest, response: SimResponse) -> Delivery:
        """Faults meet answers that hold media, or any answer when they are about the whole service."""
        is_record = request.path.endswith("queryfacerecord") or "FaceVideo" in request.headers.get("x-tc-action", "")
        if not is_record:
            return Delivery(response)
        return FAULTS[self.simulator.fault](response)

    def _deliver(self, delivery: Delivery) -> None:
        response = delivery.response
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        for name, value in response.headers:
            self.send_header(name, value)
        if delivery.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            declared = delivery.declared_length
            self.send_header("Content-Length", str(len(response.body) if declared is None else declared))
        self.send_header("Connection", "close")
        self.close_connection = True
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._send_body(delivery)

    def _send_body(self, delivery: Delivery) -> None:
        body = delivery.response.body[: delivery.cut_at]
        if delivery.chunked:
            for start in range(0, len(body), 65536):
                piece = body[start : start + 65536]
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if delivery.cut_at is None:
                self.wfile.write(b"0\r\n\r\n")
        elif delivery.drip:
            for start in range(0, len(body), DRIP_BYTES):
                self.wfile.write(body[start : start + DRIP_BYTES])
                self.wfile.flush()
                time.sleep(DRIP_PAUSE_S)
        else:
            self.wfile.write(body)
        if delivery.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.rfile.close()
            self.connection.close()  # now, because the server would first say a proper goodbye
