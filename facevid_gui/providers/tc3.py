"""TC3-HMAC-SHA256, Tencent Cloud's request signature (floor 1).

What enters: the exact bytes and headers of a request, a timestamp, a key. What leaves: the Authorization
header. Source: Tencent Cloud API "Signature v3" page; ess.md section 1; every step has published vectors.
The scope's date is the UTC date of the timestamp: local dates fail every night in China.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM = "TC3-HMAC-SHA256"
MAX_SKEW_S = 300


@dataclass(frozen=True)
class Tc3Request:
    """What is signed: method, path "/", query text, the headers to sign as sent, and the payload's SHA-256."""

    method: str
    query: str
    signed_headers: Mapping[str, str]
    payload_sha256: str

    @classmethod
    def for_post(cls, host: str, content_type: str, body: bytes) -> Tc3Request:
        """A POST that signs Host and Content-Type, as the official clients do."""
        return cls("POST", "", {"content-type": content_type, "host": host}, hashlib.sha256(body).hexdigest())


def canonical_request(request: Tc3Request) -> str:
    """The canonical request: names and values in lower case, sorted by name, an empty line before the names."""
    headers = sorted((name.lower(), value.strip().lower()) for name, value in request.signed_headers.items())
    lines = "".join(f"{name}:{value}\n" for name, value in headers)
    names = ";".join(name for name, _ in headers)
    return f"{request.method}\n/\n{request.query}\n{lines}\n{names}\n{request.payload_sha256}"


def scope_of(timestamp: int, service: str) -> str:
    """The credential scope: UTC date, service, fixed ending."""
    return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d}/{service}/tc3_request"


def signature(request: Tc3Request, timestamp: int, service: str, secret_key: str) -> str:
    """The signature as 64 lower-case hex digits. `timestamp` is in UNIX seconds."""
    scope = scope_of(timestamp, service)
    hashed = hashlib.sha256(canonical_request(request).encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashed}"
    key = f"TC3{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


def authorization(request: Tc3Request, timestamp: int, service: str, secret_id: str, secret_key: str) -> str:
    """The value of the Authorization header."""
    names = ";".join(sorted(name.lower() for name in request.signed_headers))
    return (
        f"{ALGORITHM} Credential={secret_id}/{scope_of(timestamp, service)}, "
        f"SignedHeaders={names}, Signature={signature(request, timestamp, service, secret_key)}"
    )
