"""Where requests go through and whom they trust (floor 1).

What enters: the environment and the settings of this home. What leaves: `NetworkSettings`. Read here and
not by requests, which would look at the process's environment, a `.netrc` and the system's own settings.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from facevid_gui.core.errors import UsageError
from facevid_gui.core.provenance import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class NetworkSettings:
    """Proxy URLs by scheme, exceptions to them, and a file (or folder) of certificate authorities.

    Empty `ca_file` means the bundled authorities.
    """

    proxies: Mapping[str, str] = field(default_factory=dict)
    no_proxy: str = ""
    ca_file: str = ""

    def proxies_for(self, url: str) -> dict[str, str]:
        """The proxy for `url` by its scheme, or nothing. This computer is never asked through a proxy."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
        if is_loopback(host) or _is_exempt(host, port, self.no_proxy) or parts.scheme not in self.proxies:
            return {}
        return {parts.scheme: self.proxies[parts.scheme]}


def check_proxy(url: str) -> str:
    """Return a proxy's URL, or nothing. `UsageError` otherwise.

    A name and a password in it are refused: settings never hold a secret.
    """
    if not url:
        return ""
    if "@" in url:
        raise UsageError("proxy_with_password")
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and parts.path in ("", "/")
    except ValueError:
        good = False
    if not good or not url.isascii() or not url.isprintable():
        raise UsageError("proxy_malformed", url=url[:120])
    return url


def network_settings(environ: Mapping[str, str], *, proxy: str = "", ca_file: str = "") -> NetworkSettings:
    """Read proxies and certificate authorities: the environment before the settings."""

    def env(*names: str) -> str:
        return next((environ[n] for name in names for n in (name, name.lower()) if environ.get(n)), "")

    proxies = {"https": env("HTTPS_PROXY") or proxy, "http": env("HTTP_PROXY") or proxy}
    return NetworkSettings(
        proxies={scheme: url for scheme, url in proxies.items() if url},
        no_proxy=env("NO_PROXY"),
        ca_file=environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE") or ca_file,
    )


def _is_exempt(host: str, port: int | None, no_proxy: str) -> bool:
    """Whether NO_PROXY names `host`: `*`, a name with all below it, an address, a network; with or without port."""
    for entry in re.split(r"[\s,]+", no_proxy.strip().lower()):
        name, _, entry_port = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
        if entry_port and entry_port != str(port):
            continue
        domain = name.removeprefix("*").removeprefix(".")
        if name == "*" or (domain and (host == domain or host.endswith(f".{domain}"))) or _is_within(host, name):
            return True
    return False


def _is_within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
