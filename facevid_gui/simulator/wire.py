"""Requests and answers between the simulator's socket and its services (floor 1)."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class SimRequest:
    """One HTTP request as received; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json_body(self) -> dict[str, Any]:
        """The body as an object, empty when it is not one."""
        try:
            data = json.loads(self.body)
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}


@dataclass(frozen=True)
class SimResponse:
    """One HTTP answer before any fault spoils it."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = field(default=())


class SimError(Exception):
    """A refusal with the provider's own code and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def tc3_envelope(content: Mapping[str, Any]) -> SimResponse:
    """Wrap an answer the way Tencent Cloud does. The content type is exactly what its own client needs."""
    body = {"Response": {**content, "RequestId": str(uuid.uuid4())}}
    return SimResponse(json.dumps(body, ensure_ascii=False).encode("utf-8"))


def tc3_refusal(error: SimError) -> SimResponse:
    """Wrap a refusal the way Tencent Cloud does: HTTP 200 with `Response.Error`."""
    return tc3_envelope({"Error": {"Code": error.code, "Message": error.message}})


def kyc_answer(content: Mapping[str, Any]) -> SimResponse:
    """Write a KYC answer."""
    return SimResponse(json.dumps(content, ensure_ascii=False).encode("utf-8"))
