"""Profiles: which service, which environment, which company; never a secret (floor 1).

What enters: the options of `facevid profile add`. What leaves: frozen profiles, kept in
`config/profiles.json`. The edition fixes host, service, version and action together, so that enterprise
keys cannot meet the channel host by accident (pitfalls.md 1.6).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from facevid_gui.core.errors import UsageError
from facevid_gui.core.provenance import is_loopback
from facevid_gui.settings import read_json_object, write_json_object

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROFILES_SCHEMA = "facevid-profiles/1"
TICKET_MODES = ("pasted", "server", "direct")
ENVIRONMENTS = ("prod", "test")
SECRET_FIELDS = {
    "ess": ("secret_id", "secret_key", "token"),
    "essbasic": ("secret_id", "secret_key", "token"),
    "kyc": ("ticket", "header_value", "secret"),
}
OPTIONAL_SECRETS = frozenset({"token"})
CACHE_TOKEN = "cache_token"  # noqa: S105 - names of keyring entries
CACHE_TICKET = "cache_ticket"
CACHE_FIELDS = (CACHE_TOKEN, CACHE_TICKET)
MODE_FIELD = {"pasted": "ticket", "server": "header_value", "direct": "secret"}
_REQUIRED = {
    "ess": ("user_id",),
    "essbasic": ("app_id", "proxy_organization_open_id", "proxy_operator_open_id"),
    "kyc": ("app_id",),
}
_ALLOWED = {
    "ess": frozenset({"user_id", "proxy_organization_id"}),
    "essbasic": frozenset({"app_id", "proxy_organization_open_id", "proxy_operator_open_id"}),
    "kyc": frozenset({"app_id", "ticket_mode", "ticket_url", "ticket_header", "accept_token_risk"}),
}
_ENDPOINTS = {
    ("ess", "prod"): "https://ess.tencentcloudapi.com",
    ("ess", "test"): "https://ess.test.ess.tencent.cn",
    ("essbasic", "prod"): "https://essbasic.tencentcloudapi.com",
    ("essbasic", "test"): "https://essbasic.test.ess.tencent.cn",
    ("kyc", "prod"): "https://kyc1.qcloud.com",
    ("kyc", "test"): "https://kyc1.qcloud.com",
}
_NAME = re.compile(r"[\w.-]{1,40}")
_HOST_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")


@dataclass(frozen=True)
class Profile:
    """One way of asking one service. Empty text means "not set"."""

    name: str
    kind: str
    environment: str = "prod"
    endpoint: str = ""
    user_id: str = ""
    proxy_organization_id: str = ""
    app_id: str = ""
    proxy_organization_open_id: str = ""
    proxy_operator_open_id: str = ""
    ticket_mode: str = ""
    ticket_url: str = ""
    ticket_header: str = ""
    accept_token_risk: bool = False

    @property
    def base_url(self) -> str:
        """The origin requests go to."""
        return self.endpoint or _ENDPOINTS[self.kind, self.environment]

    @property
    def secret_fields(self) -> tuple[str, ...]:
        """The names of the secrets this profile uses; `token` is optional."""
        if self.kind == "kyc":
            return (MODE_FIELD[self.ticket_mode or "pasted"],)
        return SECRET_FIELDS[self.kind]


def make_profile(name: str, kind: str, options: Mapping[str, str | bool | None]) -> Profile:
    """Build and check a profile; `UsageError` says which option is missing, foreign or malformed."""
    if not _NAME.fullmatch(name) or name.startswith((".", "-")):
        raise UsageError("profile_name", name=name[:60])
    if kind not in SECRET_FIELDS:
        raise UsageError("option_value", option="--kind", value=kind[:40])
    given = {key: value for key, value in options.items() if value not in (None, "", False)}
    common = {"environment", "endpoint"}
    for key in given:
        if key not in common and key not in _ALLOWED[kind]:
            raise UsageError("option_not_for_kind", option=_option(key), kind=kind)
    for key in _REQUIRED[kind]:
        if not str(given.get(key, "")).strip():
            raise UsageError("option_missing", option=_option(key), kind=kind)
    cleaned = {key: value.strip() if isinstance(value, str) else value for key, value in given.items()}
    if "endpoint" in cleaned:
        cleaned["endpoint"] = check_origin(str(cleaned["endpoint"]))
    profile = Profile(name=name, kind=kind, **cleaned)  # type: ignore[arg-type]
    if profile.environment not in ENVIRONMENTS:
        raise UsageError("option_value", option="--environment", value=profile.environment[:40])
    if kind == "kyc":
        check_ticket(profile)
    return profile


def check_origin(text: str) -> str:
    """Return `scheme://host[:port]` in lower case; `http:` only for this computer. `UsageError` otherwise."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
        host = _checked_host(parts.hostname or "")
    except ValueError as error:
        raise UsageError("endpoint_malformed", endpoint=text[:80]) from error
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if extra or port == 0 or parts.scheme not in ("http", "https"):
        raise UsageError("endpoint_malformed", endpoint=text[:80])
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError("endpoint_insecure", endpoint=text[:80])
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def _checked_host(host: str) -> str:
    """Return a host name or address as it can stand in a Host header; `ValueError` for any other text."""
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    if not _HOST_NAME.fullmatch(host):
        raise ValueError("not a host")
    return host


def check_ticket(profile: Profile) -> None:
    """Check where a KYC profile gets its tickets from; `UsageError` says which option is missing or malformed."""
    mode = profile.ticket_mode
    if mode and mode not in TICKET_MODES:
        raise UsageError("option_value", option="--ticket-mode", value=mode)
    if mode == "server" or profile.ticket_url:
        _check_ticket_url(profile.ticket_url)
    if not _HEADER_NAME.fullmatch(profile.ticket_header or "Authorization"):
        raise UsageError("option_value", option="--ticket-header", value=profile.ticket_header[:40])
    if mode == "direct":
        host = urlsplit(profile.base_url).hostname or ""
        if not profile.accept_token_risk and not is_loopback(host):
            raise UsageError("token_risk")


def _check_ticket_url(url: str) -> None:
    """The URL stands in the profile and in captures, so no user name or password may stand in it."""
    if not url:
        raise UsageError("option_missing", option="--ticket-url", kind="kyc")
    try:
        parts = urlsplit(url)
        host = _checked_host(parts.hostname or "")
        malformed = parts.port == 0 or parts.username is not None or parts.scheme not in ("http", "https")
    except ValueError:
        malformed = True
    if malformed or not url.isascii() or any(character.isspace() for character in url):
        raise UsageError("option_value", option="--ticket-url", value=url.split("?", 1)[0].rsplit("@", 1)[-1][:80])
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError("endpoint_insecure", endpoint=url[:80])


class ProfileStore:
    """The profiles of this home."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> tuple[Profile, ...]:
        """Every profile, by name. `SurroundingsError` when the file is damaged."""
        profiles = (_read_profile(name, item) for name, item in sorted(self._items().items()))
        return tuple(profile for profile in profiles if profile is not None)

    def get(self, name: str) -> Profile:
        """The profile of that name; `UsageError` when there is none."""
        for profile in self.all():
            if profile.name == name:
                return profile
        raise UsageError("profile_unknown", name=name[:60])

    def save(self, profile: Profile, *, replace: bool) -> None:
        """Add a profile; `UsageError` when the name is taken and `replace` is false."""
        items = self._items()
        if profile.name in items and not replace:
            raise UsageError("profile_exists", name=profile.name)
        items[profile.name] = {key: value for key, value in asdict(profile).items() if key != "name"}
        self._write(items)

    def remove(self, name: str) -> Profile:
        """Forget a profile and return it; `UsageError` when there is none."""
        profile = self.get(name)
        self._write({key: item for key, item in self._items().items() if key != name})
        return profile

    def _items(self) -> dict[str, Any]:
        """The file's own items: those that another version of the program wrote stay as they are."""
        items = (read_json_object(self._path) or {}).get("profiles")
        return items if isinstance(items, dict) else {}

    def _write(self, items: Mapping[str, Any]) -> None:
        write_json_object(self._path, {"schema": PROFILES_SCHEMA, "profiles": items})


def _read_profile(name: str, item: object) -> Profile | None:
    """Read one item of the file, checked like options: the file can be edited. None for what is not a profile."""
    if not isinstance(item, dict):
        return None
    defaults = Profile("", "")
    options = {
        field.name: item[field.name]
        for field in fields(Profile)
        if field.name not in ("name", "kind") and type(item.get(field.name)) is type(getattr(defaults, field.name))
    }
    try:
        return make_profile(name, str(item.get("kind")), options)
    except UsageError:
        return None


def _option(key: str) -> str:
    return f"--{key.replace('_', '-')}"
