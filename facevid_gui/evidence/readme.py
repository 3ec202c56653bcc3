"""The README inside an evidence folder: bilingual, with commands that need no program of ours (floor 1).

What enters: a capture record. What leaves: the bytes of `README.txt`, whose last commands derive every
media file from the answer again, the repairs of the tolerant decoder included.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from facevid_gui.core.capture import SCHEMA
from facevid_gui.evidence.request_stamp import REQUEST_STAMP
from facevid_gui.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from facevid_gui.core.capture import CaptureRecord, Derived

# What `media.base64s` takes off; browsers write commas into it: data:video/webm;codecs=vp8,opus;base64,
_DATA_URL = "s/^[[:space:]]*[Dd][Aa][Tt][Aa]:(.*;[Bb][Aa][Ss][Ee]64|[^,]*),//"
_UNDO = {"gzip": "gunzip -c"} | {name: f"iconv -f {name} -t utf-8" for name in ("utf-16le", "utf-16be")}


def request_stamps_in(paths: Iterable[str]) -> tuple[str, ...]:
    """The stamps over requests among the payload's paths."""
    return tuple(path for path in sorted(paths) if REQUEST_STAMP.fullmatch(path))


def readme_bytes(record: CaptureRecord, sealed_at: str, request_stamps: Sequence[str] = ()) -> bytes:
    """Fill in the README of a folder sealed at `sealed_at` (RFC 3339); an imported answer is called one."""
    template = resource("evidence/README.txt").read_text("utf-8")
    origin = "" if record.witnessed else resource("evidence/imported.txt").read_text("utf-8")
    commands = "\n".join(media_command(item) for item in record.derived) or "# 无媒体 / no media"
    for name, value in {
        "schema": SCHEMA,
        "evidence_id": record.evidence_id,
        "sealed_at": sealed_at,
        "origin": origin,
        "request_stamps": "".join(_request_command(path) for path in request_stamps),
        "media_commands": commands,
    }.items():
        template = template.replace(f"{{{name}}}", value)
    return template.encode("utf-8")


def _request_command(path: str) -> str:
    return (
        "   请求时间戳：本文件夹的封存不早于所示时间 / stamp over the request: not sealed earlier than that\n"
        f"openssl ts -verify -data {path.removesuffix('.tsr')} -in {path} -CAfile ../tsa-root.pem\n"
        f"openssl ts -reply -in {path} -text\n"
    )


def media_command(item: Derived) -> str:
    """The stock command that derives a media file from its answer again, with the same repairs.

    Damaged text is decoded up to the damage: as many whole groups of four characters as gave the file.
    """
    path = shlex.quote("".join(_jq_step(part) for part in item.pointer.split("/")[1:]))
    source = shlex.quote(f"data/{item.source}")
    steps = [_UNDO[step] for step in item.decoding if step in _UNDO]
    steps = [f"{steps[0]} < {source}", *steps[1:], f"jq -r {path}"] if steps else [f"jq -r {path} {source}"]
    if "data_url_prefix_removed" in item.repairs:
        steps.append(f"sed -E '{_DATA_URL}'")
    if "url_safe_alphabet" in item.repairs:
        steps.append("tr -- '-_' '+/'")
    if "blanks_removed" in item.repairs:
        steps.append("tr -d ' \\t\\r\\n'")
    if item.problem:
        steps.append(f"head -c {item.size_bytes // 3 * 4}")
    elif {"padding_added", "padding_removed"} & set(item.repairs):
        padding = "=" * (-item.size_bytes % 3)
        steps += ["tr -d '=\\n'", f"{{ cat; printf '{padding}'; }}"]
    note = f"   # {', '.join(item.repairs)}" if item.repairs else ""
    return f"{' | '.join(steps)} | base64 -d | sha256sum   # data/{item.path}{note}"


def _jq_step(part: str) -> str:
    name = part.replace("~1", "/").replace("~0", "~")
    if name.isdigit():
        return f"[{name}]"
    return f".{name}" if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else f'."{name}"'
