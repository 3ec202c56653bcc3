"""The simulator's sockets: three loopback services in threads, shared by two companies (floor 1).

What enters: a port, a fault's name. What leaves: base URLs, and the JSON line that describes the first company
(design section 9). Answers carry `Server: facevid-simulator`, by which provenance recognises them.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from facevid_gui import __version__
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.net.transport import SIMULATOR_SERVER
from facevid_gui.simulator import records
from facevid_gui.simulator.ess_service import EssService, company_of
from facevid_gui.simulator.faults import DRIP_BYTES, DRIP_PAUSE_S, FAULTS, Delivery
from facevid_gui.simulator.kyc_service import KycService, app_of
from facevid_gui.simulator.wire import SimRequest, SimResponse

SCHEMA = "facevid-simulator/1"
MAX_REQUEST_BYTES = 1024 * 1024
_FILLER = b"A" * (256 * 1024)
_FILLER_FRAME = (b'{"Filler": "', b'", ')
_SKEW = timedelta(hours=1)
Handle = Callable[[SimRequest], SimResponse]


@dataclass
class Services:
    """The three services of one company."""

    ess: EssService
    essbasic: EssService
    kyc: KycService

    def age(self, by: timedelta) -> None:
        """Let every record be so much older."""
        for service in (self.ess, self.essbasic):
            service.flows = tuple(records.older_flow(flow, by) for flow in service.flows)
        self.kyc.orders = tuple(records.older_order(order, by) for order in self.kyc.orders)


class Simulator:
    """Three services on loopback for two companies. Use as a context manager, or `start` and `stop`.

    `ess`, `essbasic` and `kyc` are those of the first company, the one that describes itself; `second` are those
    of the other.
    """

    def __init__(self, port: int = 0, fault: str = "none", now: Callable[[], datetime] | None = None) -> None:
        self._port = port
        self.fault = fault
        self._now = now or (lambda: datetime.now(UTC))
        started = self._now()
        first = self._services(records.FIRST, records.make_flows(started), records.make_orders(started))
        self.ess, self.essbasic, self.kyc = first.ess, first.essbasic, first.kyc
        self.first = first
        self.second = self._services(
            records.SECOND, records.make_second_flows(started), records.make_second_orders(started)
        )
        for mine, other in ((first, self.second), (self.second, first)):
            mine.ess.neighbours, mine.essbasic.neighbours = (other.ess,), (other.essbasic,)
        self.requests: list[SimRequest] = []
        self._servers: dict[str, _Server] = {}

    def _services(
        self, company: records.SimCompany, flows: tuple[records.SimFlow, ...], orders: tuple[records.SimOrder, ...]
    ) -> Services:
        ess_keys = {company.secret_id: company.secret_key}
        essbasic_keys = {company.essbasic_secret_id: company.secret_key}
        return Services(
            EssService("ess", flows, self.now, ess_keys, company=company),
            EssService("essbasic", flows, self.now, essbasic_keys, company=company),
            KycService(orders, self.now, company, lambda: self.fault == "late_photo"),
        )

    def now(self) -> datetime:
        """The simulated service's clock; one hour ahead under the fault `clock_skew`."""
        return self._now() + (_SKEW if self.fault == "clock_skew" else timedelta(0))

    def let_records_age(self, **span: float) -> None:
        """Make every record older while running: `let_records_age(hours=30)`.

        The service's own clock stays, because signatures are judged by it.
        """
        self.first.age(timedelta(**span))
        self.second.age(timedelta(**span))

    def start(self) -> None:
        """Open the three ports. `SurroundingsError` port_in_use when one is taken or is none."""
        companies = (self.first, self.second)
        handlers: dict[str, Handle] = {
            "ess": lambda request: company_of([c.ess for c in companies], request).handle(request),
            "essbasic": lambda request: company_of([c.essbasic for c in companies], request).handle(request),
            "kyc": lambda request: app_of([c.kyc for c in companies], request).handle(request),
        }
        for offset, (name, handle) in enumerate(handlers.items()):
            port = self._port + offset if self._port else 0
            try:
                server = _Server(("127.0.0.1", port), _handler(self, handle))
            except (OSError, OverflowError) as error:
                self.stop()
                raise SurroundingsError("port_in_use", port=port) from error
            self._servers[name] = server
            server.thread = threading.Thread(target=server.serve, name=f"simulator-{name}", daemon=True)
            server.thread.start()

    def stop(self) -> None:
        """Close the ports."""
        for server in self._servers.values():
            server.end()
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

    def describe(self, company: Services | None = None) -> dict[str, Any]:
        """The JSON that `facevid simulator` prints first (design section 9), by default of the first company."""
        services = company or self.first
        owner = services.ess.company
        flows = [
            {"flow_id": flow.flow_id, "sign_id": flow.signers[0].sign_id, "about": flow.about}
            for flow in services.ess.flows
        ]
        return {
            "schema": SCHEMA,
            "pid": os.getpid(),
            "ess": {
                "base_url": self.base_url("ess"),
                "settings": {"user_id": owner.user_id},
                "secrets": {"secret_id": owner.secret_id, "secret_key": owner.secret_key},
                "records": flows,
            },
            "essbasic": {
                "base_url": self.base_url("essbasic"),
                "settings": {
                    "app_id": owner.essbasic_app_id,
                    "proxy_organization_open_id": owner.organization_open_id,
                    "proxy_operator_open_id": owner.operator_open_id,
                },
                "secrets": {"secret_id": owner.essbasic_secret_id, "secret_key": owner.secret_key},
                "records": flows,
            },
            "kyc": {
                "base_url": self.base_url("kyc"),
                "settings": {"app_id": owner.kyc_app_id},
                "secrets": {"secret": owner.kyc_secret},
                "records": [{"order_no": o.order_no, "about": o.about} for o in services.kyc.orders],
            },
        }


class _Server(ThreadingHTTPServer):
    """Ends at once: `serve_forever` would look up only now and then whether it should."""

    daemon_threads = True
    allow_reuse_address = os.name != "nt"
    request_queue_size = 64
    timeout = 0.5  # seconds, should the knock of `end` not be heard
    ending = False
    thread: threading.Thread | None = None

    def serve(self) -> None:
        """Handle requests until `end`."""
        while not self.ending:
            self.handle_request()

    def end(self) -> None:
        """Leave the loop, and wait for that: it is woken by a connection that nobody answers."""
        self.ending = True
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.server_port), self.timeout):
            pass
        if self.thread is not None:
            self.thread.join()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ANN401, ARG002
        """Nothing is answered once it ends."""
        return not self.ending

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
        action = request.headers.get("x-tc-action", "") or request.path.rsplit("/", 1)[1]
        if "FaceVideo" not in action and action not in ("queryfacerecord", "queryphotoinfo"):
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
            declared = len(response.body) if delivery.declared_length is None else delivery.declared_length
            extra = delivery.filler + sum(map(len, _FILLER_FRAME)) - 1 if delivery.filler else 0
            self.send_header("Content-Length", str(declared + extra))
        self.send_header("Connection", "close")
        self.close_connection = True
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._send_body(delivery)

    def _send_filler(self, size: int) -> None:
        """A first member of that size; what follows is the rest of the object."""
        before, after = _FILLER_FRAME
        self.wfile.write(before)
        for start in range(0, size, len(_FILLER)):
            self.wfile.write(_FILLER[: size - start])
        self.wfile.write(after)

    def _send_body(self, delivery: Delivery) -> None:
        body = delivery.response.body[: delivery.cut_at]
        if delivery.filler:
            self._send_filler(delivery.filler)
            body = body[1:]
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
