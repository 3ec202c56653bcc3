"""One HTTP request and its answer, as facts (floor 0).

The bytes live in files; this value says what was sent, what came back and what was seen of the
connection. Retries and polls are exchanges of their own. An exchange that carried credentials
(access token, SIGN ticket) has no `path`: only host, status, times and TLS facts were kept of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from facevid_gui.core.clock import from_rfc3339, to_rfc3339
from facevid_gui.core.ids import is_capture_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

T = TypeVar("T")


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

    `role` says what was asked for: "record", "flow", "token", "ticket", "photos", "test", or
    "poll": asking again for late files in vain, which is kept and never the answer.
    `complete` is true only when the whole body arrived; `trimmed` when the copy on disk was reduced
    to the chosen signer; `error` names what cut the exchange short. An imported answer has the method
    "IMPORT", the URL "file:" and no status: nobody saw it come.
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
        """Read one item of `exchanges`; unknown members are ignored.

        Raises `ValueError`, `KeyError` or `TypeError` when it is malformed: the file may be someone else's.
        """
        tls = data.get("tls")
        path = optional(data, "path", str)
        return cls(
            method=str(data["method"]),
            url=str(data["url"]),
            sent_at=from_rfc3339(data["sent_at"]),
            role=str(data.get("role", "record")),
            path=capture_path(path) if path is not None else None,
            status=optional(data, "status", int),
            complete=data.get("complete") is True,
            received_at=_read_time(data.get("received_at")),
            server_date=_read_time(data.get("server_date")),
            clock_offset_s=_seconds(data, "clock_offset_s"),
            duration_s=_seconds(data, "duration_s"),
            tls=TlsFacts(str(tls["version"]), str(tls["cipher"]), texts(tls["chain_sha256"])) if tls else None,
            ip=optional(data, "ip", str),
            custom_ca=data.get("custom_ca") is True,
            proxied=data.get("proxied") is True,
            simulated=data.get("simulated") is True,
            sha256=optional(data, "sha256", str),
            size_bytes=optional(data, "size_bytes", int),
            removed=texts(data.get("removed", [])),
            trimmed=data.get("trimmed") is True,
            error=optional(data, "error", str),
        )


def optional(data: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """The member `name` when it is of `kind`, None when it is null or absent; `TypeError` otherwise."""
    value = data.get(name)
    if value is None or type(value) is kind:
        return value
    raise TypeError(name)


def texts(value: object) -> tuple[str, ...]:
    """A list of strings; `TypeError` for anything else."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise TypeError("not a list of strings")


def capture_path(path: str) -> str:
    """A path inside the capture; `ValueError` for one that leads elsewhere."""
    if not is_capture_path(path):
        raise ValueError("a path leads out of the capture")
    return path


def _seconds(data: Mapping[str, Any], name: str) -> float | None:
    seconds = optional(data, name, float if isinstance(data.get(name), float) else int)
    if seconds is not None and not math.isfinite(seconds):
        raise ValueError(name)
    return seconds


def _time_or_none(moment: datetime | None) -> str | None:
    return to_rfc3339(moment) if moment else None


def _read_time(text: str | None) -> datetime | None:
    return from_rfc3339(text) if text else None
