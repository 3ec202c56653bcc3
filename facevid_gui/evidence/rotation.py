"""Replacing the workstation key: what the old key says about the new one (floor 1).

What enters: both keys. What leaves: `rotations/….txt` and its signature by the old key, and one register line. The
signature is the moment of decision: before it a rotation is undone, after it finished.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.evidence.cms import MAX_SIGNATURE_BYTES, CmsError, check_detached, sign_detached
from facevid_gui.files import make_private_folder, read_limited, replace_file

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.evidence.key_file import SigningKey
    from facevid_gui.evidence.register import Register

ROTATIONS_FOLDER = "rotations"
_OLD = re.compile(rb"old certificate SHA-256: ([0-9a-f]{64})\n")


def make_statement(keys: Path, old: SigningKey, fresh: SigningKey, now: datetime) -> Path:
    """Have the old key say, in words and signed, which key follows it; return the statement's path."""
    text = (
        f"facevid key rotation\nold certificate SHA-256: {old.certificate_sha256}\n"
        f"new certificate SHA-256: {fresh.certificate_sha256}\nat: {to_rfc3339(now)}\n"
    ).encode("ascii")
    folder = keys / ROTATIONS_FOLDER
    make_private_folder(folder)
    path = folder / f"{now:%Y%m%dT%H%M%SZ}-{fresh.certificate_sha256[:16]}.txt"
    replace_file(path, text)
    replace_file(path.with_name(f"{path.name}.p7s"), sign_detached(text, old, now))
    return path


def path_of_statement(keys: Path, fresh_sha256: str) -> Path | None:
    """Where the statement about a key lies, if there is one."""
    return next(iter(sorted((keys / ROTATIONS_FOLDER).glob(f"*-{fresh_sha256[:16]}.txt"))), None)


def statement_about(keys: Path, fresh_sha256: str) -> str | None:
    """The fingerprint of the key that signed a statement about `fresh_sha256`; None when no statement holds."""
    for path in sorted((keys / ROTATIONS_FOLDER).glob(f"*-{fresh_sha256[:16]}.txt")):
        try:
            text = read_limited(path, MAX_SIGNATURE_BYTES)
            checked = check_detached(read_limited(path.with_name(f"{path.name}.p7s"), MAX_SIGNATURE_BYTES), text)
        except (OSError, CmsError, ValueError):
            continue
        named = _OLD.search(text)
        if named and named[1].decode() == hashlib.sha256(checked.certificate_der).hexdigest():
            return checked.certificate_sha256
    return None


def withdraw_statement(keys: Path, fresh_sha256: str) -> None:
    """Remove what was said about a key that will not be used; the signature goes first."""
    for path in sorted((keys / ROTATIONS_FOLDER).glob(f"*-{fresh_sha256[:16]}.txt*"), reverse=True):
        path.unlink()


def is_registered(register: Register, previous_sha256: str, fresh_sha256: str) -> bool:
    """Whether the register holds the line of a rotation."""
    if not register.path.exists():
        return False
    wanted = _detail(previous_sha256)
    return any(
        data and data.get("signer_sha256") == fresh_sha256 and data.get("detail") == wanted
        for _, data in read_lines(register.path)
    )


def register_rotation(register: Register, previous_sha256: str, fresh_sha256: str) -> None:
    """Write the register line of a rotation."""
    register.add("key", signer_sha256=fresh_sha256, detail=_detail(previous_sha256))


def _detail(previous_sha256: str) -> dict[str, str]:
    return {"previous_signer_sha256": previous_sha256, "reason": "rotated"}
