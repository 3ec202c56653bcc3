"""Asking timestamp authorities, politely (floor 1).

What enters: bytes, the URLs of authorities in the order of preference, trusted roots. What leaves: the first answer
that holds, whole, with its facts. One good stamp is what a verdict needs, and authorities count requests: the next one
is asked only when the one before did not deliver. Whoever wants a second stamp asks for it by name (`facevid stamp`).

An authority that failed rests, a minute at first, then twice as long each time, at most an hour: a list of hundreds
does not wait for its silence hundreds of times. A response is handed out before anything tries to understand it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from facevid_gui import __version__
from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.evidence.timestamp import MAX_RESPONSE_BYTES, StampError, StampRequest, check_stamp, make_request
from facevid_gui.net.http import HttpRequest, MemorySink
from facevid_gui.net.transport import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.clock import Clock
    from facevid_gui.core.errors import FacevidError
    from facevid_gui.evidence.timestamp import Stamp
    from facevid_gui.net.transport import Transport

_LIMITS = Limits(connect_s=10, idle_s=20, total_s=30, max_bytes=MAX_RESPONSE_BYTES)
FIRST_REST_S = 60.0
LONGEST_REST_S = 3600.0


class Keeper(Protocol):
    """Keeps what must not be lost: the nonce before a request goes out, the response before it is understood."""

    def asking(self, nonce: int) -> None:
        """A request with this nonce is about to be sent."""

    def answered(self, response: bytes) -> None:
        """These bytes came back, whatever they are."""


@dataclass(frozen=True)
class _Rest:
    """An authority that failed is not asked before `until` (monotonic seconds)."""

    until: float
    seconds: float
    error: FacevidError


class Authorities:
    """Asks authorities for one home, and remembers those that failed."""

    def __init__(self, transport: Transport, clock: Clock) -> None:
        self._transport = transport
        self._clock = clock
        self._rests: dict[str, _Rest] = {}

    def ask(
        self, urls: Sequence[str], data: bytes, roots: Sequence[bytes], token: CancelToken, keeper: Keeper | None = None
    ) -> tuple[bytes, Stamp]:
        """Have `data` stamped by the first authority that delivers; return its response and what it says.

        With `roots`, an authority that leads to none of them did not deliver. Raises what the last one failed with:
        `SurroundingsError` for the network, `SubjectError` bad_stamp; `CancelledError`; `OSError` of the keeper.
        """
        problem: FacevidError = UsageError("tsa_url_missing")
        for url in urls:
            try:
                return self._ask_one(url, data, roots, token, keeper)
            except (SurroundingsError, SubjectError) as error:
                problem = error
        raise problem

    def _ask_one(
        self, url: str, data: bytes, roots: Sequence[bytes], token: CancelToken, keeper: Keeper | None
    ) -> tuple[bytes, Stamp]:
        rest = self._rests.get(url)
        if rest is not None and self._clock.monotonic() < rest.until:
            raise rest.error
        request = make_request(data)
        if keeper is not None:
            keeper.asking(request.nonce)
        try:
            response = fetch(url, request, self._transport, token)
            if keeper is not None:
                keeper.answered(response)
            stamp = judge(response, data, roots, request.nonce)
        except (SurroundingsError, SubjectError) as error:
            seconds = min(2 * rest.seconds, LONGEST_REST_S) if rest else FIRST_REST_S
            self._rests[url] = _Rest(self._clock.monotonic() + seconds, seconds, error)
            raise
        self._rests.pop(url, None)
        return response, stamp


def judge(response: bytes, data: bytes, roots: Sequence[bytes], nonce: int | None) -> Stamp:
    """Read a response; `SubjectError` bad_stamp when it does not hold, or leads to none of the roots, if any."""
    try:
        stamp = check_stamp(response, data, roots, nonce)
    except StampError as error:
        raise SubjectError("bad_stamp") from error
    if roots and not stamp.trusted:
        raise SubjectError("bad_stamp")
    return stamp


def fetch(url: str, request: StampRequest, transport: Transport, token: CancelToken) -> bytes:
    """Send a request to an authority; return its response bytes, whatever they are.

    Raises `SurroundingsError` for the network, a redirect, more than 1 MB, and an HTTP status other than 200.
    """
    http = HttpRequest(
        role="stamp",
        method="POST",
        url=url,
        headers=(
            ("Host", urlsplit(url).netloc),
            ("Content-Type", "application/timestamp-query"),
            ("Accept", "application/timestamp-reply"),
            ("User-Agent", f"facevid_gui/{__version__}"),
        ),
        body=request.der,
    )
    sink = MemorySink(limit=MAX_RESPONSE_BYTES)
    exchange = transport.exchange(http, sink, token, _LIMITS)
    if exchange.status != 200:
        raise SurroundingsError("http_status", status=exchange.status)
    return sink.body
