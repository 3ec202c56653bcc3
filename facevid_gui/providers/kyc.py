"""Tencent KYC face verification: `queryfacerecord` and `queryphotoinfo` (floor 1).

What enters: a profile, a live SIGN ticket, an orderNo. What leaves: a signed request. The request object
is built once and signed from its own fields, so that nonce signed and nonce sent cannot differ.
Source: kyc.md sections 4 to 6.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from facevid_gui import __version__
from facevid_gui.net.http import HttpRequest
from facevid_gui.providers.kyc_sign import VERSION, new_nonce, sign

if TYPE_CHECKING:
    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.profiles import Profile

QUERY_VERSION = "1.0"
ACTION = "queryfacerecord"
PHOTOS_ACTION = "queryphotoinfo"
APP_ID_NAMES = ("appId", "webankAppId")  # the pages about `queryphotoinfo` differ: first choice first
PROBE_ORDER_NO = "facevidConnectionTest"


class Files(StrEnum):
    """Which files a record shall bring along: the values of `getFile`, which is left out for NONE (kyc.md 5)."""

    BOTH = "1"
    PHOTO = "2"
    VIDEO = "3"
    NONE = ""


class KycProvider:
    """Builds signed requests for one profile."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self.host = urlsplit(profile.base_url).netloc

    def face_record(
        self, order_no: str, ticket: Secret, *, files: Files = Files.BOTH, query_version: str = QUERY_VERSION
    ) -> HttpRequest:
        """Ask for the scores and the files of one order (kyc.md 5); `query_version` "" leaves it out."""
        return self._signed("record", ACTION, order_no, ticket, getFile=files, queryVersion=query_version)

    def further_photos(self, order_no: str, ticket: Secret, app_id_name: str) -> HttpRequest:
        """Ask for the one to three photos of an order, the appId under one of `APP_ID_NAMES` (kyc.md 6)."""
        return self._signed("photos", PHOTOS_ACTION, order_no, ticket, app_id_name)

    def probe(self, ticket: Secret) -> HttpRequest:
        """Ask for an order that does not exist: "no such record" proves that the ticket is good."""
        return self._signed("test", ACTION, PROBE_ORDER_NO, ticket)

    def _signed(
        self, role: str, action: str, order_no: str, ticket: Secret, app_id_name: str = APP_ID_NAMES[0], **more: str
    ) -> HttpRequest:
        body = {app_id_name: self._profile.app_id, "version": VERSION, "nonce": new_nonce(), "orderNo": order_no}
        body["sign"] = sign([*body.values(), ticket.reveal()])
        body |= {name: value for name, value in more.items() if value}
        return HttpRequest(
            role=role,
            method="POST",
            url=f"{self._profile.base_url}/api/v2/base/{action}?orderNo={order_no}",
            headers=(
                ("Host", self.host),
                ("Content-Type", "application/json"),
                ("Accept-Encoding", "identity"),
                ("User-Agent", f"facevid_gui/{__version__}"),
            ),
            body=json.dumps(body).encode("ascii"),
            secret_members=frozenset({"sign"}),
        )
