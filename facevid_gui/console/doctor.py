"""`facevid doctor`: what is there, what is missing, how to get it (floor 4). No secret, no person."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facevid_gui import system_libraries
from facevid_gui.core.errors import FacevidError
from facevid_gui.files import replace_file
from facevid_gui.program import program_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.console.context import Context

SCHEMA = "facevid-doctor/1"
_LIBRARIES = (
    "requests",
    "urllib3",
    "keyring",
    "cryptography",
    "asn1crypto",
    "pybase64",
    "av",
    "filelock",
    "platformdirs",
)
_WINDOW = ("PySide6-Essentials", "PySide6-Addons")
_PATIENCE_S = 10
_MIN_FREE_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True)
class Check:
    """One finding. `state` is "ok", "warn" or "missing"; `cure` a message id with its values."""

    name: str
    state: str
    value: str
    cure: str = ""
    values: tuple[tuple[str, str], ...] = ()


def run(context: Context) -> int:
    """Check everything; exit 3 when something needed for look-up and evidence is missing."""
    checks = [
        *_versions(), *_directories(context), *_keyring(context), *_key(context), *_retention(context),
        *_system_libraries(),
        *_chinese_font(),
    ]  # fmt: skip
    for check in checks:
        mark = {"ok": "✓", "warn": "!", "missing": "✗"}[check.state]
        context.output.line(f"{mark} {context.messages.text(f'doctor.{check.name}')}: {_value(context, check)}")
        if check.cure:
            context.output.line(f"    → {context.messages.text(check.cure, **dict(check.values))}")
    healthy = all(check.state != "missing" for check in checks)
    context.output.document({"schema": SCHEMA, "ok": healthy, "checks": [_member(context, check) for check in checks]})
    return 0 if healthy else 3


def _versions() -> Iterator[Check]:
    facts = program_facts()
    yield Check("program", "ok", f"{facts['name']} {facts['version']}")
    yield Check("system", "ok", f"{facts['os']}, Python {facts['python']}, {facts['tls_library']}")
    yield Check("libraries", "ok", ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES))
    missing = [name for name in _WINDOW if not _installed(name)]
    if missing:
        yield Check("window", "warn", ", ".join(missing), "doctor.cure.window", (("names", " ".join(missing)),))
    else:
        versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _WINDOW)
        bad = sys.version_info < (3, 12) and importlib.metadata.version(_WINDOW[0]).startswith("6.12")
        yield Check("window", "missing" if bad else "ok", versions, "doctor.cure.qt_pair" if bad else "")


def _directories(context: Context) -> Iterator[Check]:
    paths = context.house.paths
    for name, folder in (("config", paths.config), ("data", paths.data), ("cache", paths.cache)):
        try:
            replace_file(folder / ".doctor", b"")
            (folder / ".doctor").unlink()
        except OSError as error:
            yield Check(f"folder_{name}", "missing", f"{folder}: {error.strerror}", "doctor.cure.folder",
                        (("path", str(folder)),))  # fmt: skip
            continue
        yield Check(f"folder_{name}", "ok", str(folder))
    free = shutil.disk_usage(paths.data).free
    state = "ok" if free > _MIN_FREE_BYTES else "warn"
    yield Check("disk", state, f"{free // 1_000_000} MB", "" if state == "ok" else "doctor.cure.disk")


def _keyring(context: Context) -> Iterator[Check]:
    state = context.house.secret_store.state()
    if state == "ready":
        yield Check("keyring", "ok", state)
    else:
        yield Check("keyring", "warn", state, f"doctor.cure.keyring_{state}")


def _key(context: Context) -> Iterator[Check]:
    try:
        certificate = context.house.keys.certificate()
    except FacevidError as error:
        yield Check("key", "missing", error.code, f"error.{error.code}.next", tuple(error.params.items()))
        return
    if certificate is None:
        yield Check("key", "ok", "none")
        return
    from facevid_gui.evidence.signing_key import describe_certificate

    facts = describe_certificate(certificate)
    yield Check("key", "ok", f"{facts['subject']}, SHA-256 {facts['sha256']}")


def _retention(context: Context) -> Iterator[Check]:
    """How many sealed records are past the date by which they must be reviewed or deleted."""
    house = context.house
    try:
        roots = house.evidence_roots()
        house.library.scan(roots)
        due = house.library.choices(roots).counts.get("due", 0)
    except FacevidError as error:
        yield Check("retention", "warn", error.code, f"error.{error.code}.next", tuple(error.params.items()))
        return
    yield Check("retention", "warn" if due else "ok", str(due), "doctor.cure.retention" if due else "")


def _system_libraries() -> Iterator[Check]:
    if not sys.platform.startswith("linux"):
        return
    missing = system_libraries.missing(system_libraries.ALL)
    if not missing:
        yield Check("system_libraries", "ok", ", ".join(system_libraries.ALL))
        return
    packages = system_libraries.packages_everywhere(missing)
    yield Check("system_libraries", "warn", ", ".join(missing), "doctor.cure.packages", (("packages", packages),))


def _chinese_font() -> Iterator[Check]:
    """Whether the window can show names and answers; only fontconfig is asked, elsewhere nothing is said."""
    asked = shutil.which("fc-list") if sys.platform.startswith("linux") else None
    if asked is None:
        return
    try:
        done = subprocess.run(  # noqa: S603 - a tool of the system, no word of a stranger's
            [asked, ":lang=zh-cn", "family"], capture_output=True, timeout=_PATIENCE_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return
    families = done.stdout.decode("utf-8", "replace").split("\n")
    name = min((family.split(",")[0].strip() for family in families if family.strip()), default="")
    if name:
        yield Check("chinese_font", "ok", name)
    else:
        yield Check("chinese_font", "warn", "none", "error.no_chinese_font.next")


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _value(context: Context, check: Check) -> str:
    known = f"doctor.value.{check.name}.{check.value}"
    return context.messages.text(known) if context.messages.has(known) else check.value


def _member(context: Context, check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "state": check.state,
        "value": check.value,
        "next_step": context.messages.text(check.cure, **dict(check.values)) if check.cure else "",
    }
