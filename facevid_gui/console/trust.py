"""`facevid trust add PEM|list|remove`: whose signatures and whose timestamps count here (floor 4).

The console cannot make anybody compare two sheets of paper. It says the fingerprint and what to compare it with; with
`--fingerprint` it compares itself, before anything is trusted.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.console.output import plain
from facevid_gui.core.errors import SubjectError, UsageError
from facevid_gui.core.fingerprints import DIGITS, cleaned, grouped
from facevid_gui.evidence.trusted_set import SIGNER, Trusted, read_one_certificate, use_of

if TYPE_CHECKING:
    from facevid_gui.console.context import Context

SCHEMA = "facevid-trust/1"


def run_add(context: Context) -> int:
    """Trust the certificate of a PEM file."""
    arguments, house, output = context.arguments, context.house, context.output
    der = read_one_certificate(Path(arguments.pem))
    _compare(arguments.fingerprint, der)
    use = arguments.use or use_of(der)
    known = next((one for one in _all(context) if (one.use, one.der) == (use, der)), None)
    if known is not None:
        trusted = known
        output.say("trust.known")
    else:
        house.access_log.add("trusted", hashlib.sha256(der).hexdigest(), use=use)
        trusted = house.trusted.add(der, use)
        output.say(f"trust.added.{use}")
    _show(context, trusted)
    if known is None and arguments.fingerprint is None:
        output.say("trust.compare", fingerprint=grouped(trusted.sha256))
    output.document({"schema": SCHEMA, "ok": True, "added": known is None, "certificates": [_member(trusted)]})
    return 0


def run_list(context: Context) -> int:
    """List the home's own certificate and everything enrolled."""
    trusted = _all(context)
    if not trusted:
        context.output.say("trust.none")
    for one in trusted:
        _show(context, one)
    context.output.document({"schema": SCHEMA, "ok": True, "certificates": [_member(one) for one in trusted]})
    return 0


def run_remove(context: Context) -> int:
    """Trust a certificate no longer."""
    house = context.house
    wanted = "".join(context.arguments.fingerprint)
    digits = cleaned(wanted)
    if digits and any(hashlib.sha256(own).hexdigest().startswith(digits) for own in house.keys.own()):
        raise UsageError("trust_own_key")
    trusted = house.trusted.find(wanted)
    house.access_log.add("distrusted", trusted.sha256, use=trusted.use)
    house.trusted.remove(trusted)
    context.output.say("trust.removed", fingerprint=grouped(trusted.sha256))
    context.output.document({"schema": SCHEMA, "ok": True, "removed": trusted.sha256})
    return 0


def _all(context: Context) -> tuple[Trusted, ...]:
    own = (Trusted(SIGNER, der, None) for der in context.house.keys.own())
    return (*own, *context.house.trusted.all())


def _compare(expected: str | None, der: bytes) -> None:
    """Compare with the fingerprint that came by another road, if it was given: whole, or not at all."""
    if expected is None:
        return
    digits = cleaned(expected)
    if digits is None or len(digits) != DIGITS:
        raise UsageError("fingerprint_malformed", text=expected[:80])
    if digits != hashlib.sha256(der).hexdigest():
        raise SubjectError("fingerprint_differs", fingerprint=grouped(hashlib.sha256(der).hexdigest()))


def _show(context: Context, trusted: Trusted) -> None:
    output, facts = context.output, trusted.facts()
    output.line(f"{context.messages.text(f'trust.use.{trusted.use}')}: {plain(facts['subject'])}")
    output.line(f"  SHA-256  {grouped(trusted.sha256)}")
    output.pair("label.certificate_not_before", facts["not_before"])
    output.pair("label.certificate_not_after", facts["not_after"])
    output.pair("label.kept_in", plain(str(trusted.path)) if trusted.path else context.messages.text("trust.own"))


def _member(trusted: Trusted) -> dict[str, Any]:
    return {"use": trusted.use, **trusted.facts(), "path": str(trusted.path) if trusted.path else None}
