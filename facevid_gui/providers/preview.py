"""What a look-up will send, before it is sent, with every secret masked (floor 1).

What enters: a profile and a query, but no key, token or ticket: the requests are built by the same code that
builds the real ones, from stand-ins. What leaves: the requests in the order in which a look-up may send them.
Moment and nonce are examples: every request has its own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from facevid_gui.core.secret import Secret
from facevid_gui.providers.ess import EssCredentials, EssProvider
from facevid_gui.providers.kyc import APP_ID_NAMES, KycProvider
from facevid_gui.providers.kyc_ticket import server_request, ticket_request, token_request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.core.clock import Clock
    from facevid_gui.core.query import Query
    from facevid_gui.credentials.profiles import Profile
    from facevid_gui.net.http import HttpRequest

MASK = "***"
SIGN_ID_TO_COME = "<SignId>"
_STAND_IN = Secret(MASK)
_SIGNATURE = re.compile(r"(Credential=)[^/]*(/.*Signature=)[0-9a-f]+")
_SHOWN_IN_QUERY = frozenset({"appId", "grant_type", "type", "version"})


@dataclass(frozen=True)
class RequestPreview:
    """One request as it may be shown. `role` is the exchange's role; `body` is indented JSON, perhaps empty."""

    role: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def text(self) -> str:
        """Request line, headers and body, as one reads them."""
        lines = [f"{self.method} {self.url}", *(f"{name}: {value}" for name, value in self.headers)]
        return "\n".join([*lines, "", self.body] if self.body else lines)


def preview(profile: Profile, query: Query, clock: Clock, *, temporary: bool = False) -> tuple[RequestPreview, ...]:
    """Show what a look-up of `query` may send; `temporary` when the key comes with a token.

    Tokens and tickets that are cached are not asked for again, polls and retries repeat what is shown.
    """
    requests = _kyc(profile, query) if profile.kind == "kyc" else _ess(profile, query, clock, temporary=temporary)
    return tuple(masked(request) for request in requests)


def masked(request: HttpRequest) -> RequestPreview:
    """The request with its secrets masked."""
    headers = tuple(
        (name, _mask_header(value) if name.lower() in request.secret_headers else value)
        for name, value in request.headers
    )
    body = json.loads(request.body) if request.body else None
    if body is not None:
        body = {name: MASK if name in request.secret_members else value for name, value in body.items()}
    return RequestPreview(
        request.role, request.method, _mask_url(request), headers,
        "" if body is None else json.dumps(body, ensure_ascii=False, indent=2),
    )  # fmt: skip


def _ess(profile: Profile, query: Query, clock: Clock, *, temporary: bool) -> Iterator[HttpRequest]:
    """The signer is asked for first only when he is not named."""
    assert query.flow_id is not None
    provider = EssProvider(profile, EssCredentials(_STAND_IN, _STAND_IN, _STAND_IN if temporary else None), clock)
    flow = provider.flow_info(query.flow_id)
    video = provider.face_video(query.flow_id, query.sign_id or SIGN_ID_TO_COME)
    yield from (video, flow) if query.sign_id else (flow, video)


def _kyc(profile: Profile, query: Query) -> Iterator[HttpRequest]:
    assert query.order_no is not None
    provider = KycProvider(profile)
    if profile.ticket_mode == "server":
        yield server_request(profile, _STAND_IN)
    elif profile.ticket_mode == "direct":
        yield token_request(profile, _STAND_IN)
        yield ticket_request(profile, _STAND_IN)
    yield provider.face_record(query.order_no, _STAND_IN)
    yield provider.further_photos(query.order_no, _STAND_IN, APP_ID_NAMES[0])


def _mask_header(value: str) -> str:
    """A signature keeps its scope and the names it covers, which say what was wrong with it."""
    shown, count = _SIGNATURE.subn(rf"\g<1>{MASK}\g<2>{MASK}", value)
    return shown if count else MASK


def _mask_url(request: HttpRequest) -> str:
    """In an address that carries credentials only parameters are shown that are known to be none."""
    if not request.carries_credentials:
        return request.url
    parts = urlsplit(request.url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = "&".join(f"{name}={value if name in _SHOWN_IN_QUERY else MASK}" for name, value in pairs)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
