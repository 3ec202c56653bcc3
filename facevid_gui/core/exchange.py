"""One HTTP request and its answer, as facts (floor 0).

The bytes live in files; this value says what was sent, what came back and what was seen of the
connection. Retries and polls are exchanges of their own. An exchange that carried credentials
(access token, SIGN ticket) has no `path`: only host, status, times and TLS facts were kept of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facevid_gui.core.clock import from_rfc3339, to_rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class TlsFacts:
    """What was seen of the TLS connection. `chain_sha256`: SHA-256 of each peer certificate (DER), leaf first."""

    version: str
    cipher: str
    chain_sha256: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The `tls` member of an exchange in `capture.json`."""
        return {"version": self.version, "cipher": self.cipher, "chain_sha256": list(self.chain_sha256)}


@dataclass(frozen=True)
class Exchange:
    """The facts of one exchange. Times are aware UTC, `clock_offset_s` is server minus local clock.

    `role` says what was asked for: "record", "flow", "token", "ticket", "photos" or "test".
    `complete` is true only when the whole body arrived; `trimmed` when the copy on disk was reduced
    to the chosen signer; `error` names what cut the exchange short.
    """

    method: str
    url: str
    sent_at: datetime
    role: str = "record"
    path: str | None = None
    status: int | None = None
    complete: bool = False
    received_at: datetime | None = None
    server_date: datetime | None = None
    clock_offset_s: float | None = None
    duration_s: float | None = None
    tls: TlsFacts | None = None
    ip: str | None = None
    custom_ca: bool = False
    proxied: bool = False
    simulated: bool = False
    sha256: str | None = None
    size_bytes: int | None = None
    removed: tuple[str, ...] = ()
    trimmed: bool = False
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """One item of `exchanges` in `capture.json` (design section 9)."""
        return {
            "path": self.path,
            "role": self.role,
            "method": self.method,
            "url": self.url,
            "status": self.status,
            "complete": self.complete,
            "sent_at": to_rfc3339(self.sent_at),
            "received_at": _time_or_none(self.received_at),
            "duration_s": self.duration_s,
            "server_date": _time_or_none(self.server_date),
            "clock_offset_s": self.clock_offset_s,
            "tls": self.tls.to_json() if self.tls else None,
            "ip": self.ip,
            "custom_ca": self.custom_ca,
            "proxied": self.proxied,
            "simulated": self.simulated,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "removed": list(self.removed),
            "trimmed": self.trimmed,
            "error": self.error,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Exchange:
        """Read one item of `exchanges`; unknown members are ignored. `ValueError`/`KeyError` when malformed."""
        tls = data.get("tls")
        return cls(
            method=str(data["method"]),
            url=str(data["url"]),
            sent_at=from_rfc3339(data["sent_at"]),
            role=str(data.get("role", "record")),
            path=data.get("path"),
            status=data.get("status"),
            complete=data.get("complete") is True,
            received_at=_read_time(data.get("received_at")),
            server_date=_read_time(data.get("server_date")),
            clock_offset_s=data.get("clock_offset_s"),
            duration_s=data.get("duration_s"),
            tls=TlsFacts(str(tls["version"]), str(tls["cipher"]), tuple(tls["chain_sha256"])) if tls else None,
            ip=data.get("ip"),
            custom_ca=data.get("custom_ca") is True,
            proxied=data.get("proxied") is True,
            simulated=data.get("simulated") is True,
            sha256=data.get("sha256"),
            size_bytes=data.get("size_bytes"),
            removed=tuple(data.get("removed", ())),
            trimmed=data.get("trimmed") is True,
            error=data.get("error"),
        )


def _time_or_none(moment: datetime | None) -> str | None:
    return to_rfc3339(moment) if moment else None


def _read_time(text: str | None) -> datetime | None:
    return from_rfc3339(text) if text else None
