"""`facevid key show|export|rotate|import|use|retire`: the keys that sign (floor 4)."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.console.keys import ask, learn, open_key, passphrase
from facevid_gui.console.options import tsa_roots, tsa_urls
from facevid_gui.console.output import plain
from facevid_gui.core.clock import from_rfc3339, to_rfc3339
from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError, UsageError
from facevid_gui.evidence.notices import stamp_notice, write_notice
from facevid_gui.evidence.pkcs12 import read_pkcs12
from facevid_gui.evidence.rotation import path_of_statement
from facevid_gui.evidence.seal import MAX_TEXT
from facevid_gui.evidence.signing_key import describe_certificate, pem_of_certificate
from facevid_gui.evidence.timestamp import check_tsa_url
from facevid_gui.files import disk_errors, write_new

if TYPE_CHECKING:
    from datetime import datetime

    from facevid_gui.console.context import Context
    from facevid_gui.core.secret import Secret

SCHEMA = "facevid-key/1"


def run_show(context: Context) -> int:
    """Show the certificate of the key that signs; makes the workstation key if there is none yet."""
    facts = describe_certificate(_certificate(context))
    in_use = context.house.keys.in_use
    context.output.say(f"key.in_use.{in_use}")
    for name, value in facts.items():
        context.output.pair(f"label.certificate_{name}", value)
    context.output.document({"schema": SCHEMA, "ok": True, "in_use": in_use, "certificate": facts})
    return 0


def run_export(context: Context) -> int:
    """Write the certificate (never the key) to a new file, the enrolment sheet to another, or both."""
    target, sheet = (Path(name) if name else None for name in (context.arguments.output, context.arguments.sheet))
    if target is None and sheet is None:
        raise UsageError("export_nothing")
    for path in filter(None, (target, sheet)):
        if path.exists():
            raise UsageError("file_exists", path=path)
    der = _certificate(context)
    facts = describe_certificate(der)
    if target is not None:
        _write(target, pem_of_certificate(der))
        context.output.say("key.exported", path=target, sha256=facts["sha256"])
    if sheet is not None:
        _write_sheet(context, sheet, der)
    context.output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "path": str(target) if target else None,
            "sheet": str(sheet) if sheet else None,
            "certificate": facts,
        }
    )
    return 0


def run_rotate(context: Context) -> int:
    """Replace the workstation key; the old one signs a statement naming the new one and stays trusted."""
    house = context.house
    if house.keys.certificate() is None:
        raise SubjectError("no_key_yet")
    given = passphrase(context, protects_new=house.key_protection == "keyring")
    old, fresh = house.keys.rotate(given, house.register)
    statement = path_of_statement(house.paths.keys, fresh.certificate_sha256)
    context.output.say("key.rotated", old=old.certificate_sha256, new=fresh.certificate_sha256)
    context.output.say("key.statement", path=statement)
    context.output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "previous_sha256": old.certificate_sha256,
            "statement": str(statement),
            "certificate": describe_certificate(fresh.certificate_der),
        }
    )
    return 0


def run_import(context: Context) -> int:
    """Keep the organisation's key out of a PKCS 12 file; it signs from now on."""
    house = context.house
    secret = _file_passphrase(context)
    key = read_pkcs12(Path(context.arguments.file), secret)
    protection = house.keys.keep_organisation_key(key, secret, house.register)
    facts = describe_certificate(key.certificate_der)
    words = context.messages.text(f"key.protection.{protection}")
    subject = plain(facts["subject"])
    context.output.say("key.imported", protection=words, subject=subject, sha256=facts["sha256"])
    context.output.document(
        {"schema": SCHEMA, "ok": True, "in_use": house.keys.in_use, "protection": protection, "certificate": facts}
    )
    return 0


def run_use(context: Context) -> int:
    """Sign with this key from now on."""
    keys, which = context.house.keys, context.arguments.key
    keys.choose(which, context.house.register)
    context.output.say(f"key.chosen.{which}")
    certificate = keys.certificate()
    facts = describe_certificate(certificate) if certificate else None
    context.output.document({"schema": SCHEMA, "ok": True, "in_use": which, "certificate": facts})
    return 0


def run_retire(context: Context) -> int:
    """A key that may be in other hands: note it, in the register and stamped, and never sign with it again."""
    house, reason = context.house, context.arguments.reason.strip()
    if not reason or len(reason) > MAX_TEXT or not reason.isprintable():
        raise UsageError("option_value", option="--reason", value=plain(reason[:40]))
    since = _moment(context.arguments.since)
    roots, _ = tsa_roots(context)
    urls = tuple(map(check_tsa_url, tsa_urls(context)))
    certificate = house.keys.certificate()
    if certificate is None:
        raise SubjectError("no_key_yet")
    sha256 = hashlib.sha256(certificate).hexdigest()
    notice = write_notice(house.paths.keys, sha256, reason, since, house.register.head(), house.clock.now())
    detail = {"reason": "retired", "why": reason, "notice_sha256": hashlib.sha256(notice.read_bytes()).hexdigest()}
    house.keys.retire(house.register, {**detail, **({"since": to_rfc3339(since)} if since else {})})
    context.output.say("key.retired", sha256=sha256, notice=notice)
    stamped = None
    try:
        stamped = to_rfc3339(stamp_notice(notice, house.authorities, urls, roots, context.token).time)
        context.output.say("key.retired_stamped", time=stamped)
    except FacevidError as error:
        why, _ = context.messages.error(error)
        context.output.note("key.retired_not_stamped", why=plain(why), head=house.register.head())
    context.output.document(
        {
            "schema": SCHEMA,
            "ok": True,
            "retired_sha256": sha256,
            "notice": str(notice),
            "stamp_time": stamped,
            "register_head": house.register.head(),
        }
    )
    return 0


def _certificate(context: Context) -> bytes:
    known = context.house.keys.certificate()
    return known if known is not None else open_key(context).certificate_der


def _write(path: Path, raw: bytes) -> None:
    with disk_errors(path):
        write_new(path, raw)
        path.chmod(0o644)


def _write_sheet(context: Context, path: Path, der: bytes) -> None:
    from facevid_gui.evidence.enrolment import enrolment_sheet

    sheet = enrolment_sheet(der, context.house.clock.now())
    _write(path, sheet.pdf)
    context.output.say("key.sheet_written", path=path)
    with suppress(SurroundingsError):  # the window's guide says that there is one
        context.house.settings_file.change({"sheet_of": hashlib.sha256(der).hexdigest()}, even_unwritten=True)
    if not sheet.in_chinese:
        context.output.note("key.sheet_without_chinese")


def _file_passphrase(context: Context) -> Secret:
    """The passphrase of a PKCS 12 file: standard input with the option, else asked for."""
    if context.arguments.key_passphrase_stdin and not sys.stdin.isatty():
        return learn(context, context.passphrase_from_stdin())
    if not sys.stdin.isatty():
        raise UsageError("key_file_passphrase_needed")
    return ask(context, "secret.key_file_passphrase")


def _moment(text: str | None) -> datetime | None:
    try:
        return from_rfc3339(text) if text else None
    except ValueError as error:
        raise UsageError("option_value", option="--since", value=plain(str(text)[:40])) from error
