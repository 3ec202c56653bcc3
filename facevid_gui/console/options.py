"""Options several commands share (floor 4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from facevid_gui.core.errors import UsageError

if TYPE_CHECKING:
    from facevid_gui.console.context import Context
    from facevid_gui.core.secret import Secret

Subparsers = Any  # argparse._SubParsersAction, which has no public name
_MAX_PEM_BYTES = 1024 * 1024


def read_certificates(paths: list[str] | None) -> tuple[bytes, ...]:
    """Read every certificate (DER) of the PEM files named; `UsageError` when one holds none."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from facevid_gui.files import read_limited

    found: list[bytes] = []
    for name in paths or ():
        try:
            loaded = x509.load_pem_x509_certificates(read_limited(Path(name), _MAX_PEM_BYTES))
        except (OSError, ValueError) as error:
            raise UsageError("certificate_file", path=name) from error
        found += [certificate.public_bytes(Encoding.DER) for certificate in loaded]
    return tuple(found)


def tsa_roots(context: Context) -> tuple[tuple[bytes, ...], bool]:
    """The authorities' roots, and whether option or environment named them (a stamp is then required)."""
    house = context.house
    named = getattr(context.arguments, "tsa_root", None)
    from_environment = house.environ.get("FACEVID_TSA_ROOT")
    if named or from_environment:
        return read_certificates(named or [str(from_environment)]), True
    return read_certificates([house.settings.tsa_root] if house.settings.tsa_root else None), False


def tsa_url(context: Context) -> str:
    """The authority's URL: option, environment, setting; empty when none is set."""
    house = context.house
    option = getattr(context.arguments, "tsa_url", None)
    return option or house.environ.get("FACEVID_TSA_URL") or house.settings.tsa_url


def passphrase(context: Context) -> Secret | None:
    """The key passphrase from standard input, when `--key-passphrase-stdin` was given."""
    if not getattr(context.arguments, "key_passphrase_stdin", False):
        return None
    secret = context.passphrase_from_stdin()
    context.house.learn(secret)
    return secret
