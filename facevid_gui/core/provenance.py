"""Where a record came from, computed from its exchanges and never by default "official" (floor 0).

What enters: the exchanges of a capture record. What leaves: "official", "test", "simulator" or
"custom" (which is also what an answer not witnessed by this program is). Hosts: ess.md section 5, kyc.md section 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from facevid_gui.core.exchange import Exchange

OFFICIAL_HOSTS = {
    "ess": frozenset({"ess.tencentcloudapi.com"}),
    "essbasic": frozenset({"essbasic.tencentcloudapi.com"}),
    "kyc": frozenset({"kyc1.qcloud.com", "kyc.qcloud.com", "miniprogram-kyc.tencentcloudapi.com"}),
}
TEST_HOSTS = {
    "ess": frozenset({"ess.test.ess.tencent.cn"}),
    "essbasic": frozenset({"essbasic.test.ess.tencent.cn"}),
    "kyc": frozenset[str](),
}
LOOPBACK_HOSTS = frozenset({"localhost", "::1"})


def is_loopback(host: str) -> bool:
    """Whether `host` is this computer: 127.0.0.0/8, ::1 or localhost."""
    return host in LOOPBACK_HOSTS or _is_loopback_v4(host)


def source_of(kind: str, exchanges: Iterable[Exchange], *, witnessed: bool) -> str:
    """Name the least trustworthy source among the exchanges that brought the answer."""
    if not witnessed:
        return "custom"
    sources = {_source_of_one(kind, exchange) for exchange in exchanges if _brought_something(exchange)}
    for source in ("custom", "simulator", "test"):
        if source in sources:
            return source
    return "official" if sources == {"official"} else "custom"


def used_custom_ca(exchanges: Iterable[Exchange]) -> bool:
    """Whether any exchange trusted a certificate authority that the user or the environment brought."""
    return any(exchange.custom_ca for exchange in exchanges)


def _brought_something(exchange: Exchange) -> bool:
    """Whether what is shown may stem from it: the record, its photos, the signer; not a try that got no answer."""
    return exchange.role in ("record", "photos", "flow") and (exchange.status is not None or exchange.error is None)


def _source_of_one(kind: str, exchange: Exchange) -> str:
    try:
        url = urlsplit(exchange.url)
        host, port = url.hostname or "", url.port
    except ValueError:  # no URL at all: a record written by someone else
        return "custom"
    if is_loopback(host):
        return "simulator" if exchange.simulated else "custom"
    if url.scheme != "https" or port not in (None, 443):
        return "custom"
    if host in OFFICIAL_HOSTS.get(kind, ()):
        return "official"
    return "test" if host in TEST_HOSTS.get(kind, ()) else "custom"


def _is_loopback_v4(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and parts[0] == "127" and all(p.isascii() and p.isdigit() and int(p) < 256 for p in parts)
