"""Certificates named on the command line, in the environment and in the settings (floor 1).

What enters: names of PEM files. What leaves: every certificate in them, DER. Loads no cryptography without a name.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from facevid_gui.core.errors import UsageError
from facevid_gui.files import read_limited

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_PEM_BYTES = 1024 * 1024


def paths_in(text: str) -> list[str]:
    """The names in a list written as in PATH, with the system's separator."""
    return [name for name in text.split(os.pathsep) if name]


def read_certificates(names: Sequence[str]) -> tuple[bytes, ...]:
    """Read every certificate (DER) of the PEM files named; `UsageError` when one holds none."""
    if not names:
        return ()
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from facevid_gui.evidence.chains import UNREADABLE

    found: list[bytes] = []
    for name in names:
        try:
            loaded = x509.load_pem_x509_certificates(read_limited(Path(name), _MAX_PEM_BYTES))
        except (OSError, *UNREADABLE) as error:
            raise UsageError("certificate_file", path=name) from error
        found += [certificate.public_bytes(Encoding.DER) for certificate in loaded]
    return tuple(found)
