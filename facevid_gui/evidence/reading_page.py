"""The reading page of a hand-over package: one HTML file for people without any program of ours (floor 1).

What enters: what checking and reading a folder came to, and the list of what was packed. What leaves: the bytes of a
page in Chinese and English, without script, network or picture; its policy forbids all of them. Every text that is
not ours is escaped and made harmless; personal data are masked unless asked otherwise. The page is no evidence, and
says so.
"""

from __future__ import annotations

import base64
import hashlib
import shlex
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.messages import LANGUAGES, Messages
from facevid_gui.core.plain import plain
from facevid_gui.core.wording import local_time
from facevid_gui.evidence import bag
from facevid_gui.evidence.reading_rows import (
    Row,
    answer_rows,
    check_rows,
    detail_rows,
    headline,
    identity_rows,
    reason_lines,
)
from facevid_gui.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from facevid_gui.core.verdict import FolderVerdict
    from facevid_gui.evidence.review import Reviewed, ReviewedEvent

_LANG = {"zh_CN": "zh-CN", "en": "en"}
LIMITS = ("sender", "person", "others")
COMMANDS = f"""cd {{folder}}
sha256sum --strict --quiet -c {bag.TAG_MANIFEST} {bag.MANIFEST} && echo OK
openssl cms -verify -cades -binary -inform PEM -in {bag.SIGNATURE} -content {bag.TAG_MANIFEST} \\
  -CAfile ../enrolled-signer.pem -out /dev/null
sha256sum {bag.TAG_MANIFEST}"""
STAMP_COMMAND = f"""
openssl ts -verify -data {bag.SIGNATURE} -in {bag.SIGNATURE}.tsr -CAfile ../tsa-root.pem"""


@dataclass(frozen=True)
class Page:
    """What the page tells. `folder` is the folder's name in the package, `sizes` and `hashes` say what was packed.

    `reviewed` is None when no record can be read, `custody` is the history that was packed; `left_out` are paths that
    could not be packed.
    """

    folder: str
    verdict: FolderVerdict
    checked_at: datetime
    reviewed: Reviewed | None
    custody: tuple[ReviewedEvent, ...]
    sizes: Mapping[str, int]
    hashes: Mapping[str, str]
    left_out: tuple[str, ...]
    unmasked: bool
    program: str


def page_bytes(page: Page) -> bytes:
    """The page, UTF-8 with LF."""
    style = resource("evidence/page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    sections = "".join(_section(page, Messages(language)) for language in LANGUAGES)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{_safe(page.folder)}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n<main>\n{sections}{_files(page)}</main>\n</body>\n</html>\n"
    ).encode("utf-8", "replace")


def _safe(text: str) -> str:
    return escape(plain(text))


def _section(page: Page, messages: Messages) -> str:
    parts = (
        f"<h1>{_safe(messages.text('page.title'))}</h1>",
        _paragraph(messages.text("page.about", folder=page.folder)),
        _paragraph(messages.text("page.unmasked" if page.unmasked else "page.masked"), "warn"),
        *_check(page, messages),
        *_record(page, messages),
        *_custody(page, messages),
        *_how(page, messages),
    )
    return f'<section lang="{_LANG[messages.language]}">\n' + "\n".join(parts) + "\n</section>\n"


def _paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{_safe(text)}</p>' if kind else f"<p>{_safe(text)}</p>"


def _heading(messages: Messages, name: str) -> str:
    return f"<h3>{_safe(messages.text(f'page.section.{name}'))}</h3>"


def _table(rows: Iterable[Row]) -> str:
    lines = [f"<tr><th>{_safe(name)}</th><td>{_safe(value)}</td></tr>" for name, value in rows if value]
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def _check(page: Page, messages: Messages) -> Iterator[str]:
    verdict, text = page.verdict, messages.text
    tone = ("ok" if verdict.source == "official" else "warn") if verdict.verified else "bad"
    yield _heading(messages, "check")
    yield f'<p class="state {tone}">{_safe(headline(verdict, messages))}</p>'
    yield _paragraph(text("page.moment", time=local_time(page.checked_at, messages)))
    if not verdict.verified:
        yield _paragraph(text("page.not_clean"), "bad")
    reasons = reason_lines(verdict, messages)
    if reasons:
        yield "<ul>\n" + "\n".join(f"<li>{_safe(reason)}</li>" for reason in reasons) + "\n</ul>"
    yield _table((*check_rows(verdict, messages), (text("page.label.program"), page.program)))


def _record(page: Page, messages: Messages) -> Iterator[str]:
    yield _heading(messages, "record")
    if page.reviewed is None:
        yield _paragraph(messages.text("page.no_record"), "bad")
        return
    record = page.reviewed.record
    rows = (*identity_rows(page.reviewed, messages, unmask=page.unmasked), *answer_rows(record, messages))
    yield _table((*rows, *detail_rows(record, unmask=page.unmasked)))
    for warning in record.warnings:
        yield _paragraph(warning, "warn")


def _custody(page: Page, messages: Messages) -> Iterator[str]:
    yield _heading(messages, "custody")
    yield _table(
        (f"{event.seq}  {messages.text(f'custody.event.{event.event}')}", f"{to_rfc3339(event.at)}  {event.operator}")
        for event in page.custody
    )


def _how(page: Page, messages: Messages) -> Iterator[str]:
    text = messages.text
    yield _heading(messages, "limits")
    yield "<ul>\n" + "\n".join(f"<li>{_safe(text(f'page.limit.{name}'))}</li>" for name in LIMITS) + "\n</ul>"
    yield _heading(messages, "how")
    yield _paragraph(text("page.how"))
    stamp = STAMP_COMMAND if page.verdict.stamp or _has_stamp(page) else ""
    yield f"<pre>{_safe_lines(COMMANDS.format(folder=shlex.quote(page.folder)) + stamp)}</pre>"
    readme = f"{page.folder}/{bag.README}"
    if readme in page.hashes:
        link = f'<a href="{escape(quote(readme))}">{_safe(readme)}</a>'
        yield f"<p>{_safe(text('page.more_commands'))} {link}</p>"
    yield _paragraph(text("page.other_systems"), "muted")


def _has_stamp(page: Page) -> bool:
    return f"{page.folder}/{bag.SIGNATURE}.tsr" in page.hashes


def _safe_lines(text: str) -> str:
    return "\n".join(_safe(line) for line in text.split("\n"))


def _files(page: Page) -> str:
    """Every packed file with its hash, once for both languages."""
    both = [Messages(language) for language in LANGUAGES]
    title = " / ".join(messages.text("page.section.files") for messages in both)
    lines = [
        f'<tr><td><a href="{escape(quote(name))}">{_safe(name)}</a><br><code>{digest}</code></td>'
        f'<td class="number">{page.sizes[name]}</td></tr>'
        for name, digest in sorted(page.hashes.items())
    ]
    parts = [f"<h2>{_safe(title)}</h2>", "<p>SHA-256</p>", "<table>", *lines, "</table>"]
    if page.left_out:
        parts += [_paragraph(messages.text("page.left_out"), "bad") for messages in both]
        parts += ["<ul>", *(f"<li>{_safe(path)}</li>" for path in page.left_out), "</ul>"]
    return "<section>\n" + "\n".join(parts) + "\n</section>\n"
