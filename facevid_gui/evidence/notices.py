"""A key that may be in other hands: the note about it, and the note's stamp (floor 1).

What enters: a certificate's fingerprint, a reason, the register's head. What leaves: `notices/….txt` in the keys
folder and beside it, now or later, an authority's response over it. The register names the note's hash, the note the
register's head before: so the stamp bounds from above when both were written, and all that the register held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.files import disk_errors, make_private_folder, read_limited, replace_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.core.cancel import CancelToken
    from facevid_gui.evidence.authorities import Authorities
    from facevid_gui.evidence.timestamp import Stamp

NOTICES_FOLDER = "notices"
_MAX_BYTES = 64 * 1024


def write_notice(
    keys: Path, certificate_sha256: str, reason: str, since: datetime | None, register_head: str, now: datetime
) -> Path:
    """Write the note; return its path. `since` is when the key may have left this computer, if that is known."""
    text = (
        f"facevid key retired\ncertificate SHA-256: {certificate_sha256}\nnoted at: {to_rfc3339(now)}\n"
        f"suspected since: {to_rfc3339(since) if since else 'unknown'}\nreason: {reason}\n"
        f"register head before this note: {register_head}\n"
    )
    folder = keys / NOTICES_FOLDER
    path = folder / f"{now:%Y%m%dT%H%M%SZ}-{certificate_sha256[:16]}.txt"
    with disk_errors(folder):
        make_private_folder(folder)
        replace_file(path, text.encode("utf-8", "backslashreplace"))
    return path


def unstamped_notices(keys: Path) -> list[Path]:
    """The notes that no authority has stamped yet."""
    return [path for path in sorted((keys / NOTICES_FOLDER).glob("*.txt")) if not _response_of(path).exists()]


def stamp_notice(
    path: Path, authorities: Authorities, urls: Sequence[str], roots: Sequence[bytes], token: CancelToken
) -> Stamp:
    """Have a note stamped; raises what `Authorities.ask` raises, `SurroundingsError` for the disk."""
    with disk_errors(path):
        keeper = _Keeper(path.with_name(f"{path.name}.tsr.unchecked"))
        _, stamp = authorities.ask(urls, read_limited(path, _MAX_BYTES), roots, token, keeper)
        keeper.path.replace(_response_of(path))
    return stamp


def _response_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.tsr")


@dataclass(frozen=True)
class _Keeper:
    """Saves a response before it is understood."""

    path: Path

    def asking(self, nonce: int) -> None:
        """See `authorities.Keeper`; a note is asked for anew each time."""

    def answered(self, response: bytes) -> None:
        """See `authorities.Keeper`."""
        replace_file(self.path, response)
