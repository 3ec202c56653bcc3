"""Named faults: how an answer can go wrong on its way (floor 1).

What enters: a good answer. What leaves: how it is delivered. `facevid simulator --faults NAME` makes every
answer with media go wrong that way; tests name them too.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from facevid_gui.simulator import spoilt
from facevid_gui.simulator.wire import SimResponse

if TYPE_CHECKING:
    from collections.abc import Callable

DRIP_BYTES = 4096
DRIP_PAUSE_S = 0.05
HUGE_BYTES = 256 * 1024 * 1024  # beyond what a client takes unless told otherwise
_HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Delivery:
    """How an answer goes out: `cut_at` bytes are sent before the connection ends, `reset` ends it hard.

    `filler` bytes of the letter A are sent in the member in front of all others.
    """

    response: SimResponse
    declared_length: int | None = None
    cut_at: int | None = None
    reset: bool = False
    chunked: bool = False
    drip: bool = False
    filler: int = 0


def _whole(response: SimResponse) -> Delivery:
    return Delivery(response)


def _cut(response: SimResponse) -> Delivery:
    return Delivery(response, cut_at=len(response.body) // 2)


def _reset(response: SimResponse) -> Delivery:
    return Delivery(response, cut_at=len(response.body) // 2, reset=True)


def _wrong_length(response: SimResponse) -> Delivery:
    return Delivery(response, declared_length=len(response.body) + 1000)


def _short_length(response: SimResponse) -> Delivery:
    return Delivery(response, declared_length=len(response.body) // 2)


def _server_error(_response: SimResponse) -> Delivery:
    return Delivery(SimResponse(_HTML, 502, "text/html"))


def _proxy_page(_response: SimResponse) -> Delivery:
    return Delivery(SimResponse(b"<html><body>please log in</body></html>", 200, "text/html"))


def _rate_limit(_response: SimResponse) -> Delivery:
    error = {"Code": "RequestLimitExceeded", "Message": "请求的次数超过了频率限制。"}
    body = {"Response": {"Error": error, "RequestId": "fault"}, "code": "400504", "msg": "请求过于频繁"}
    return Delivery(SimResponse(json.dumps(body).encode(), headers=(("Retry-After", "1"),)))


def _redirect(_response: SimResponse) -> Delivery:
    return Delivery(SimResponse(b"", 302, "text/html", (("Location", "https://elsewhere.example/"),)))


def _gzipped(response: SimResponse) -> Delivery:
    packed = replace(response, body=gzip.compress(response.body, 1, mtime=0))
    return Delivery(replace(packed, headers=(*packed.headers, ("Content-Encoding", "gzip"))))


def _charset(response: SimResponse) -> Delivery:
    return Delivery(replace(response, content_type="application/json; charset=utf-8"))


def _media(rewrite: Callable[[str], str]) -> Callable[[SimResponse], Delivery]:
    return lambda response: Delivery(spoilt.with_media(response, rewrite))


def _escaped(response: SimResponse) -> Delivery:
    """Every slash escaped, as some serialisers do."""
    return Delivery(replace(response, body=response.body.replace(b"/", b"\\/")))


FAULTS: dict[str, Callable[[SimResponse], Delivery]] = {
    "none": _whole,
    # the way
    "cut_short": _cut,
    "reset_mid_body": _reset,
    "wrong_length": _wrong_length,
    "short_length": _short_length,
    "server_error_html": _server_error,
    "proxy_page": _proxy_page,
    "rate_limit": _rate_limit,
    "redirect": _redirect,
    "gzip": _gzipped,
    "charset": _charset,
    "chunked": lambda response: Delivery(response, chunked=True),
    "chunked_cut": lambda response: Delivery(response, chunked=True, cut_at=len(response.body) // 2),
    "slow_drip": lambda response: Delivery(response, drip=True),
    "huge_answer": lambda response: Delivery(response, filler=HUGE_BYTES),
    # the content
    "nulls": lambda response: Delivery(spoilt.with_nulls(response)),
    "wrong_types": lambda response: Delivery(spoilt.with_wrong_types(response)),
    "extra_fields": lambda response: Delivery(spoilt.with_further_fields(response)),
    "bad_base64": _media(spoilt.with_foreign_character),
    "base64_cut": _media(spoilt.cut),
    "base64_placeholder": _media(lambda _: "******"),
    "base64_empty": _media(lambda _: ""),
    "base64_lines": _media(spoilt.in_lines),
    "base64_blanks": _media(lambda text: f"  {text}\n"),
    "base64_unpadded": _media(lambda text: text.rstrip("=")),
    "base64_url_safe": _media(spoilt.url_safe),
    "base64_data_url": _media(lambda text: f"data:application/octet-stream;base64,{text}"),
    "base64_escaped": _escaped,
    # the service: see `server.Simulator`
    "clock_skew": _whole,
    "late_photo": _whole,
}
