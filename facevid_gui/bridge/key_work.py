"""What workers do about the key that signs: functions of frozen values, no Qt but for printing (floor 2)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.evidence.key_protection import ORGANISATION
from facevid_gui.files import disk_errors, write_new

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from facevid_gui.bridge.printing import Printer
    from facevid_gui.bridge.services import Services
    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.core.secret import Secret

_FOR_EVERYBODY = 0o644  # a certificate and its sheet are made to be handed on


@dataclass(frozen=True)
class KeyState:
    """How the key in use stands. `facts` (subject, sha256, not_before, not_after) are empty before there is one.

    `protection` is that of `Session.key_protection`; `has_sheet`: its enrolment sheet was printed or saved here;
    `problem` says why nothing is known of the key.
    """

    in_use: str = "workstation"
    protection: str = "keyring"
    facts: Mapping[str, str] = field(default_factory=dict)
    has_sheet: bool = False
    problem: FacevidError | None = None
    has_organisation: bool = False  # its key was imported, whichever signs


@dataclass(frozen=True)
class KeyDone:
    """What was done, as a message id with its values, and how the key stands now."""

    state: KeyState
    message: str
    values: Mapping[str, str] = field(default_factory=dict)
    warning: str = ""


def look(services: Services) -> KeyState:
    """See how the key stands; a certificate that cannot be read is told, not raised."""
    from facevid_gui.evidence.signing_key import describe_certificate

    in_use, protection = services.keys.in_use, services.key_protection
    has_organisation = (services.paths.keys / f"{ORGANISATION}.key").exists()
    try:
        certificate = services.keys.certificate()
        facts = describe_certificate(certificate) if certificate is not None else {}
    except FacevidError as error:
        return KeyState(in_use, protection, problem=error, has_organisation=has_organisation)
    has_sheet = False
    with suppress(SurroundingsError):  # damaged settings are told elsewhere
        has_sheet = bool(facts) and services.settings.sheet_of == facts["sha256"]
    return KeyState(in_use, protection, facts, has_sheet, has_organisation=has_organisation)


def make(services: Services, passphrase: Secret | None) -> KeyDone:
    """Make the workstation key where there is none; prove that it opens where there is one."""
    services.keys.open(passphrase)
    return KeyDone(look(services), "key.window.made")


def rotate(services: Services, passphrase: Secret | None) -> KeyDone:
    """Replace the workstation key; the old one signs a statement naming the new one and stays trusted."""
    old, fresh = services.keys.rotate(passphrase, services.register)
    values = {"old": old.certificate_sha256[:16], "new": fresh.certificate_sha256[:16]}
    return KeyDone(look(services), "key.window.rotated", values)


def import_organisation(services: Services, path: Path, passphrase: Secret) -> KeyDone:
    """Keep the organisation's key out of a PKCS 12 file; it signs from now on."""
    from facevid_gui.evidence.pkcs12 import read_pkcs12

    services.learn(passphrase)
    protection = services.keys.keep_organisation_key(read_pkcs12(path, passphrase), passphrase, services.register)
    return KeyDone(look(services), f"key.window.imported.{protection}")


def use(services: Services, which: str) -> KeyDone:
    """Sign with this key from now on: "workstation" or "organisation"."""
    services.keys.choose(which, services.register)
    return KeyDone(look(services), f"key.chosen.{which}")


def export_certificate(services: Services, path: Path) -> KeyDone:
    """Write the certificate, never the key, to a new file."""
    from facevid_gui.evidence.signing_key import pem_of_certificate

    _write(path, pem_of_certificate(_certificate(services)))
    return KeyDone(look(services), "key.window.exported", {"path": str(path)})


def write_sheet(services: Services, path: Path) -> KeyDone:
    """Write the enrolment sheet to a new file."""
    pdf, warning = _sheet(services)
    _write(path, pdf)
    return _with_sheet(services, "key.window.sheet_written", warning, path=str(path))


def print_sheet(
    services: Services, printer: Printer, token: CancelToken, tell: Callable[[object], None]
) -> KeyDone:  # fmt: skip
    """Print the enrolment sheet."""
    from facevid_gui.bridge.printing import print_pdf, written_file

    pdf, warning = _sheet(services)
    print_pdf(pdf, printer, token, lambda stage, number: tell((stage, number)))
    file = written_file(printer)
    if file is not None:
        return _with_sheet(services, "key.window.sheet_written", warning, path=str(file))
    return _with_sheet(services, "key.window.sheet_printed", warning)


def _with_sheet(services: Services, message: str, warning: str, **values: str) -> KeyDone:
    """Remember whose sheet there is; that it cannot be remembered takes nothing from the sheet."""
    sha256 = look(services).facts.get("sha256", "")
    with suppress(SurroundingsError):
        services.settings_file.change({"sheet_of": sha256}, even_unwritten=True)
    return KeyDone(look(services), message, values, warning)


def _sheet(services: Services) -> tuple[bytes, str]:
    from facevid_gui.evidence.enrolment import enrolment_sheet

    sheet = enrolment_sheet(_certificate(services), services.clock.now())
    return sheet.pdf, "" if sheet.in_chinese else "key.sheet_without_chinese"


def _certificate(services: Services) -> bytes:
    certificate = services.keys.certificate()
    if certificate is None:
        raise SubjectError("no_key_yet")
    return certificate


def _write(path: Path, raw: bytes) -> None:
    if path.exists():
        raise UsageError("file_exists", path=path)
    with disk_errors(path):
        write_new(path, raw)
        path.chmod(_FOR_EVERYBODY)
