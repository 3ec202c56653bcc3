"""`facevid key show|export|rotate`: the workstation key (floor 4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.console.options import passphrase
from facevid_gui.core.errors import SubjectError, UsageError
from facevid_gui.evidence.signing_key import describe_certificate, pem_of_certificate
from facevid_gui.files import disk_errors, write_new

if TYPE_CHECKING:
    from facevid_gui.console.context import Context

SCHEMA = "facevid-key/1"


def run_show(context: Context) -> int:
    """Show the certificate; makes the key if there is none yet."""
    facts = describe_certificate(_certificate(context))
    for name, value in facts.items():
        context.output.pair(f"label.certificate_{name}", value)
    context.output.document({"schema": SCHEMA, "ok": True, "certificate": facts})
    return 0


def run_export(context: Context) -> int:
    """Write the certificate (never the key) to a new file."""
    target = Path(context.arguments.output)
    if target.exists():
        raise UsageError("file_exists", path=target)
    der = _certificate(context)
    with disk_errors(target):
        write_new(target, pem_of_certificate(der))
        target.chmod(0o644)
    facts = describe_certificate(der)
    context.output.say("key.exported", path=target, sha256=facts["sha256"])
    context.output.document({"schema": SCHEMA, "ok": True, "path": str(target), "certificate": facts})
    return 0


def run_rotate(context: Context) -> int:
    """Replace the key; the old one signs a statement naming the new one and stays trusted."""
    house = context.house
    if house.keys.certificate() is None:
        raise SubjectError("no_key_yet")
    old, fresh = house.keys.rotate(passphrase(context), house.register)
    context.output.say("key.rotated", old=old.certificate_sha256, new=fresh.certificate_sha256)
    context.output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "previous_sha256": old.certificate_sha256,
            "certificate": describe_certificate(fresh.certificate_der),
        }
    )
    return 0


def _certificate(context: Context) -> bytes:
    known = context.house.keys.certificate()
    return known if known is not None else context.house.keys.open(passphrase(context)).certificate_der
