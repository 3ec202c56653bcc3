"""What workers do about the settings: read them, check changes as the console checks its options (floor 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.core.errors import FacevidError, SurroundingsError, UsageError
from facevid_gui.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from facevid_gui.bridge.services import Services

# Which variables of the environment decide instead of a setting, the stronger one first.
_VARIABLES = {
    "evidence_root": ("FACEVID_EVIDENCE_ROOT",), "tsa_url": ("FACEVID_TSA_URL",), "tsa_root": ("FACEVID_TSA_ROOT",),
    "proxy": ("HTTPS_PROXY", "https_proxy"), "ca_file": ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"),
    "language": ("FACEVID_LANG",),
}  # fmt: skip


@dataclass(frozen=True)
class Read:
    """The settings in force, who works here, and by setting the variable of the environment that decides instead."""

    settings: Settings = field(default_factory=Settings)
    operator: str = ""
    decided: Mapping[str, str] = field(default_factory=dict)
    problem: FacevidError | None = None  # why these are only `settings.SAFE_DEFAULTS`


class RefusedSettingError(FacevidError):
    """A change that cannot be: what is wrong with it, and with which setting."""

    exit_code = 2

    def __init__(self, setting: str, reason: FacevidError) -> None:
        super().__init__(reason.code, **reason.params)
        self.setting = setting


def read(services: Services) -> Read:
    """Read the settings; where the file is damaged, what stands in for them, and the problem."""
    problem = None
    try:
        _ = services.settings
    except SurroundingsError as error:
        problem = error
    operator = services.operator
    name = operator.get("name") or operator.get("account") or ""
    return Read(services.safe_settings, name, _decided(services.environ), problem)


def set_aside(services: Services) -> tuple[Read, Path | None]:
    """Rename a damaged file; the settings then in force, and the path it has now (None: it was whole already)."""
    aside = services.settings_file.set_aside(services.clock.now())
    services.follow_settings()
    return read(services), aside


def change(services: Services, changes: Mapping[str, object]) -> Read:
    """Write changes; all of them, or none when one is refused. What is made of the settings is made anew."""
    _check(services, changes)
    services.settings_file.change(changes)
    services.follow_settings()
    return read(services)


def _decided(environ: Mapping[str, str]) -> dict[str, str]:
    found = {name: next((v for v in variables if environ.get(v)), "") for name, variables in _VARIABLES.items()}
    return {name: variable for name, variable in found.items() if variable}


def _check(services: Services, changes: Mapping[str, object]) -> None:
    for name, check in _CHECKS.items():
        if name in changes:
            try:
                check(str(changes[name]))
            except FacevidError as error:
                raise RefusedSettingError(name, error) from error
    has_authority = bool(changes.get("tsa_url")) or bool(services.environ.get("FACEVID_TSA_URL"))
    if changes.get("request_stamp") and not has_authority:
        raise RefusedSettingError("request_stamp", UsageError("request_stamp_alone"))


def _check_text(text: str) -> None:
    """What goes into every seal must be what a seal takes."""
    from facevid_gui.evidence.seal import MAX_TEXT

    if len(text) > MAX_TEXT or not text.isprintable():
        raise UsageError("setting_text", limit=MAX_TEXT)


def _check_authorities(text: str) -> None:
    from facevid_gui.evidence.timestamp import check_tsa_url

    for url in text.split():
        check_tsa_url(url)


def _check_certificates(text: str) -> None:
    from facevid_gui.evidence.certificate_files import paths_in, read_certificates

    read_certificates(paths_in(text))


def _check_authorities_of_hosts(text: str) -> None:
    """A file of certificates, or a folder of them."""
    if not Path(text).is_dir():
        _check_certificates(text)


def _check_proxy(text: str) -> None:
    from facevid_gui.net.settings import check_proxy

    check_proxy(text)


_CHECKS: dict[str, Callable[[str], None]] = {
    "operator_name": _check_text, "operator_role": _check_text, "legal_basis": _check_text,
    "tsa_url": _check_authorities, "tsa_root": _check_certificates, "proxy": _check_proxy,
    "ca_file": _check_authorities_of_hosts,
}  # fmt: skip
