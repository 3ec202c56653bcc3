"""Tencent KYC face verification: `queryfacerecord` (floor 1).

What enters: a profile, a live SIGN ticket, an orderNo. What leaves: a signed request. The request object
is built once and signed from its own fields, so that nonce signed and nonce sent cannot differ.
Source: kyc.md sections 4 and 5.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from facevid_gui import __version__
from facevid_gui.net.http import HttpRequest
from facevid_gui.providers.kyc_sign import VERSION, new_nonce, sign

if TYPE_CHECKING:
    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.profiles import Profile

FILES_BOTH = "1"
QUERY_VERSION = "1.0"
ACTION = "queryfacerecord"
PROBE_ORDER_NO = "facevidConnectionTest"


class KycProvider:
    """Builds signed requests for one profile."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self.host = urlsplit(profile.base_url).netloc

    def face_record(self, order_no: str, ticket: Secret) -> HttpRequest:
        """Ask for scores, photo and video of one order (kyc.md 5)."""
        return self._signed("record", order_no, ticket, get_file=FILES_BOTH)

    def probe(self, ticket: Secret) -> HttpRequest:
        """Ask for an order that does not exist: "no such record" proves that the ticket is good."""
        return self._signed("test", PROBE_ORDER_NO, ticket, get_file=None)

    def _signed(self, role: str, order_no: str, ticket: Secret, *, get_file: str | None) -> HttpRequest:
        body = {"appId": self._profile.app_id, "version": VERSION, "nonce": new_nonce(), "orderNo": order_no}
        body["sign"] = sign([*body.values(), ticket.reveal()])
        if get_file:
            body |= {"getFile": get_file, "queryVersion": QUERY_VERSION}
        return HttpRequest(
            role=role,
            method="POST",
            url=f"{self._profile.base_url}/api/v2/base/{ACTION}?orderNo={order_no}",
            headers=(
                ("Host", self.host),
                ("Content-Type", "application/json"),
                ("Accept-Encoding", "identity"),
                ("User-Agent", f"facevid_gui/{__version__}"),
            ),
            body=json.dumps(body).encode("ascii"),
            secret_members=frozenset({"sign"}),
        )
