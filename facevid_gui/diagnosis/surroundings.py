"""Keyring, key, clock, network settings, dates of records (floor 1). No network is asked."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from facevid_gui.core.clock import from_rfc3339, to_rfc3339
from facevid_gui.core.errors import FacevidError
from facevid_gui.diagnosis.finding import MISSING, OK, WARN, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from facevid_gui.core.capture import CaptureRecord
    from facevid_gui.diagnosis.finding import Question

LARGE_OFFSET_S = 60.0  # TC3 signatures are refused from 300 s on (tc3.md); stamps and records are doubted earlier
_ZONES = timedelta(days=1)  # archives keep local times, so a fresh file may seem to come from tomorrow
_PATIENCE = timedelta(minutes=2)
_RECENT = timedelta(days=2)  # a difference measured earlier says nothing about today
_MOST_RECORDS = 20
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


def keyring(question: Question) -> Iterator[Finding]:
    """Where the secrets are kept: ready, locked, denied, hanging or not there are five different things."""
    state = question.services.secret_store.state()
    ready = state == "ready"
    yield Finding("keyring", OK if ready else WARN, state, "" if ready else f"doctor.cure.keyring_{state}")


def key(question: Question) -> Iterator[Finding]:
    """The workstation key, by its certificate."""
    certificate = question.services.keys.certificate()
    if certificate is None:
        yield Finding("key", OK, "none")
        return
    from facevid_gui.evidence.signing_key import describe_certificate

    facts = describe_certificate(certificate)
    yield Finding("key", OK, f"{facts['subject']}, SHA-256 {facts['sha256']}")


def clock(question: Question) -> Iterator[Finding]:
    """What this computer takes for the time, against all that it knows already."""
    now = question.services.clock.now()
    program, register = _program_time(), _register_time(question)
    if program is not None and now < program - _ZONES:
        yield _wrong_clock("before_program", now, program)
        return
    if register is not None and now < register - _PATIENCE:
        yield _wrong_clock("before_register", now, register)
        return
    measured = _newest_offset(question, now)
    if measured is not None and abs(measured[0]) > LARGE_OFFSET_S:
        offset, at = measured
        values = (("seconds", f"{offset:+.0f}"), ("when", to_rfc3339(at)), ("now", to_rfc3339(now)))
        yield Finding("clock", WARN, "ahead" if offset < 0 else "behind", "doctor.cure.clock", values)
        return
    yield Finding("clock", OK, to_rfc3339(now.replace(microsecond=0)))


def network(question: Question) -> Iterator[Finding]:
    """Through whom look-ups go, and which authorities they trust; a name or password in a proxy's URL is left out."""
    environ = question.services.environ
    settings = question.services.safe_settings
    named = next(((name, value) for name in _PROXIES for value in (environ.get(name) or environ.get(name.lower()),)
                  if value), None)  # fmt: skip
    source, proxy = named or ("settings.json", settings.proxy)
    if proxy:
        host = _host_of(proxy)
        cure, values = ("proxy", host) if host else ("proxy_malformed", "?")
        yield Finding("proxy", OK if host else WARN, f"{source}: {values}", f"doctor.cure.{cure}", (("name", source),))
    else:
        yield Finding("proxy", OK, "none")
    for name, file in (*((name, environ.get(name)) for name in _AUTHORITIES), ("settings.json", settings.ca_file)):
        if file and not Path(file).exists():
            yield Finding("authorities", WARN, f"{name}: {file}", "doctor.cure.authorities", (("name", name),))


def retention(question: Question) -> Iterator[Finding]:
    """How many sealed records are past the date by which they must be reviewed or deleted."""
    services = question.services
    roots = services.evidence_roots()
    if question.fresh:
        services.library.scan(roots, question.token)
    due = services.library.choices(roots, remembered=not question.fresh).counts.get("due", 0)
    yield Finding("retention", WARN if due else OK, str(due), "doctor.cure.retention" if due else "")


def _wrong_clock(what: str, now: datetime, known: datetime) -> Finding:
    values = (("now", to_rfc3339(now)), ("known", to_rfc3339(known)))
    return Finding("clock", MISSING, what, "doctor.cure.clock", values)


def _program_time() -> datetime | None:
    """When this build was made or put here: the time of its file."""
    import facevid_gui

    file = sys.executable if getattr(sys, "frozen", False) else facevid_gui.__file__
    with suppress(OSError):
        return datetime.fromtimestamp(int(Path(file).stat().st_mtime), UTC)
    return None


def _register_time(question: Question) -> datetime | None:
    with suppress(FacevidError, ValueError, TypeError):
        last = question.services.register.log.last_entry()
        return from_rfc3339(str(last["at"])) if last and "at" in last else None
    return None


def _newest_offset(question: Question, now: datetime) -> tuple[float, datetime] | None:
    """Server minus local clock of the newest exchange that measured it lately, with its moment."""
    found: list[tuple[datetime, float]] = []
    for record in _newest_records(question):
        found += [(one.sent_at, one.clock_offset_s) for one in record.exchanges if one.clock_offset_s is not None]
    recent = [pair for pair in found if now - _RECENT <= pair[0] <= now + _RECENT]
    if not recent:
        return None
    at, offset = max(recent)
    return offset, at


def _newest_records(question: Question) -> Iterator[CaptureRecord]:
    """The newest unsaved captures, and the newest evidence that the library remembers."""
    with suppress(FacevidError):
        kept = [entry.record for entry in question.services.captures.entries() if entry.record is not None]
        yield from sorted(kept, key=lambda record: record.captured_at, reverse=True)[:_MOST_RECORDS]
    with suppress(FacevidError):
        from facevid_gui.captures.store import read_capture_record
        from facevid_gui.evidence.library_query import LibraryQuery

        roots = question.services.evidence_roots()
        page = question.services.library.page(LibraryQuery(section="sealed"), roots, 0, 3)
        read = [read_capture_record(entry.path / "data") for entry in page.entries]
        yield from (record for record in read if record is not None)


def _host_of(proxy: str) -> str:
    """Host and port of a proxy's URL, which may name a user and a password; nothing for what is no URL."""
    try:
        parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    except ValueError:
        return ""
