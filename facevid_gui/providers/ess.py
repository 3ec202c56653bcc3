"""Tencent e-sign, both editions: enterprise (`ess`) and third-party platform (`essbasic`) (floor 1).

What enters: a profile, its keys, an id. What leaves: signed requests, ready to send. The body is
serialised once; the bytes that are hashed are the bytes that are sent. Sources: ess.md sections 1 to 4.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from facevid_gui import __version__
from facevid_gui.net.http import HttpRequest
from facevid_gui.providers.tc3 import Tc3Request, authorization

if TYPE_CHECKING:
    from facevid_gui.core.clock import Clock
    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.profiles import Profile

CONTENT_TYPE = "application/json"
PROBE_FLOW_ID = "yDfacevidConnectionTest000000000"


@dataclass(frozen=True)
class Edition:
    """What differs between the two editions: service name, API version, action names."""

    service: str
    version: str
    face_video: str
    flow_info: str
    probe: str


EDITIONS = {
    "ess": Edition("ess", "2020-11-11", "DescribeSignFaceVideo", "DescribeFlowInfo", "DescribeFlowBriefs"),
    "essbasic": Edition(
        "essbasic",
        "2021-05-26",
        "ChannelDescribeSignFaceVideo",
        "DescribeFlowDetailInfo",
        "DescribeFlowDetailInfo",
    ),
}


@dataclass(frozen=True)
class EssCredentials:
    """Keys of a cloud API account; `token` only with temporary credentials."""

    secret_id: Secret
    secret_key: Secret
    token: Secret | None = None


class EssProvider:
    """Builds signed requests for one profile."""

    def __init__(self, profile: Profile, credentials: EssCredentials, clock: Clock) -> None:
        self._profile = profile
        self._credentials = credentials
        self._clock = clock
        self.edition = EDITIONS[profile.kind]
        self.host = urlsplit(profile.base_url).netloc

    def face_video(self, flow_id: str, sign_id: str) -> HttpRequest:
        """Ask for the recordings of one signer of one flow (ess.md 2.2, 4.1)."""
        return self._signed("record", self.edition.face_video, {"FlowId": flow_id, "SignId": sign_id})

    def flow_info(self, flow_id: str) -> HttpRequest:
        """Ask for one flow and its signers; one id per call, since an unknown one fails the call (ess.md 3.1)."""
        return self._signed("flow", self.edition.flow_info, {"FlowIds": [flow_id]})

    def probe(self) -> HttpRequest:
        """Ask something harmless that only answers to good credentials (ess.md 3.2)."""
        return self._signed("test", self.edition.probe, {"FlowIds": [PROBE_FLOW_ID]})

    def _who(self) -> dict[str, Any]:
        profile = self._profile
        if profile.kind == "essbasic":
            return {
                "Agent": {
                    "AppId": profile.app_id,
                    "ProxyOrganizationOpenId": profile.proxy_organization_open_id,
                    "ProxyOperator": {"OpenId": profile.proxy_operator_open_id},
                }
            }
        who: dict[str, Any] = {"Operator": {"UserId": profile.user_id}}
        if profile.proxy_organization_id:
            who["Agent"] = {"ProxyOrganizationId": profile.proxy_organization_id}
        return who

    def _signed(self, role: str, action: str, parameters: dict[str, Any]) -> HttpRequest:
        body = json.dumps({**self._who(), **parameters}).encode("ascii")
        timestamp = int(self._clock.now().timestamp())
        keys = self._credentials
        header = authorization(
            Tc3Request.for_post(self.host, CONTENT_TYPE, body),
            timestamp,
            self.edition.service,
            keys.secret_id.reveal(),
            keys.secret_key.reveal(),
        )
        headers = [
            ("Host", self.host),
            ("Content-Type", CONTENT_TYPE),
            ("Accept-Encoding", "identity"),
            ("User-Agent", f"facevid_gui/{__version__}"),
            ("X-TC-Action", action),
            ("X-TC-Version", self.edition.version),
            ("X-TC-Timestamp", str(timestamp)),
            ("Authorization", header),
        ]
        if keys.token:
            headers.append(("X-TC-Token", keys.token.reveal()))
        return HttpRequest(
            role=role,
            method="POST",
            url=f"{self._profile.base_url}/",
            headers=tuple(headers),
            body=body,
            secret_headers=frozenset({"authorization", "x-tc-token"}),
        )
