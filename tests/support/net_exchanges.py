"""A sink that remembers everything it was told, and shorthands for requests and cancelling in time."""

import contextlib
import threading
import time
from collections.abc import Iterator

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.clock import Clock
from facevid_gui.core.errors import CancelledError
from facevid_gui.core.exchange import Exchange
from facevid_gui.net.http import HttpRequest, PublicRequest, ResponseHead
from facevid_gui.net.settings import NetworkSettings
from facevid_gui.net.transport import Limits, Transport

QUICK = Limits(connect_s=2, idle_s=5, total_s=10)


class RecordingSink:
    """Keeps the calls by name, the request, the head, the body and the last facts."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.request: PublicRequest | None = None
        self.head: ResponseHead | None = None
        self.body = b""
        self.facts: Exchange | None = None
        self.first_piece = threading.Event()

    def started(self, request: PublicRequest, facts: Exchange) -> None:
        self.calls.append("started")
        self.request, self.facts = request, facts

    def responded(self, head: ResponseHead, facts: Exchange) -> None:
        self.calls.append("responded")
        self.head, self.facts = head, facts

    def received(self, piece: bytes) -> None:
        if self.calls[-1] != "received":
            self.calls.append("received")
        self.body += piece
        self.first_piece.set()

    def ended(self, facts: Exchange) -> None:
        self.calls.append("ended")
        self.facts = facts


def get(url: str, *headers: tuple[str, str]) -> HttpRequest:
    """A request without a body."""
    return HttpRequest("record", "GET", url, headers)


def post(url: str, body: bytes, *headers: tuple[str, str]) -> HttpRequest:
    """A request with a body."""
    return HttpRequest("record", "POST", url, headers, body)


def send(
    request: HttpRequest | str,
    sink: RecordingSink | None = None,
    network: NetworkSettings | None = None,
    limits: Limits = QUICK,
    clock: Clock | None = None,
    token: CancelToken | None = None,
) -> RecordingSink:
    """Exchange a request (or a GET of a URL) and return the sink."""
    sink = sink or RecordingSink()
    request = get(request) if isinstance(request, str) else request
    Transport(network or NetworkSettings(), clock or Clock()).exchange(request, sink, token or CancelToken(), limits)
    return sink


@contextlib.contextmanager
def cancelled_on(event: threading.Event, token: CancelToken, within_s: float = 0.8) -> Iterator[None]:
    """Cancel from another thread once `event` is set; the block must then end in time, with `CancelledError`."""
    cancelled_at: list[float] = []

    def cancel() -> None:
        if event.wait(10):
            cancelled_at.append(time.monotonic())
            token.cancel()

    canceller = threading.Thread(target=cancel, daemon=True)
    canceller.start()
    try:
        yield
    except CancelledError:
        canceller.join(10)
        assert time.monotonic() - cancelled_at[0] < within_s, "cancelling took too long"
    else:
        raise AssertionError("it was not cancelled")
