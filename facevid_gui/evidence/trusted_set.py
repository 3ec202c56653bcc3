"""The trusted set: signers and timestamp roots this home was told to trust, from outside every folder (floor 1).

What enters: one certificate at a time. What leaves: `keys/trusted/*.pem`, one file per certificate, and their DER.
A file whose name begins with `tsa-` holds a root of a timestamp authority, any other a signer: a signer's certificate
never vouches for a time, and an authority's never for a folder. The home's own certificate is trusted without lying
here; those it had before do.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from facevid_gui.core.errors import SubjectError, SurroundingsError, UsageError
from facevid_gui.core.fingerprints import cleaned
from facevid_gui.evidence import bag
from facevid_gui.evidence.chains import UNREADABLE
from facevid_gui.evidence.cms import MAX_SIGNATURE_BYTES, CmsError, check_detached
from facevid_gui.evidence.signing_key import describe_certificate, pem_of_certificate
from facevid_gui.files import disk_errors, flush_folder, make_private_folder, read_limited, replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNER, TSA_ROOT = "signer", "tsa-root"
USES = (SIGNER, TSA_ROOT)
MAX_CERTIFICATE_BYTES = 64 * 1024
_ROOT_PREFIX = "tsa-"
_MIN_DIGITS = 8
_BEGIN = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True)
class Trusted:
    """A certificate that is trusted for one use. `path` is None for the home's own."""

    use: str
    der: bytes
    path: Path | None

    @property
    def sha256(self) -> str:
        """Its fingerprint."""
        return hashlib.sha256(self.der).hexdigest()

    def facts(self) -> Mapping[str, str]:
        """Subject, fingerprint and validity, for people."""
        return describe_certificate(self.der)


class TrustedSet:
    """The folder `keys/trusted` of this home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> tuple[Trusted, ...]:
        """Everything enrolled, signers first. `SurroundingsError` trusted_unreadable names a file that is no PEM."""
        with disk_errors(self.folder):
            paths = sorted(self.folder.glob("*.pem")) if self.folder.is_dir() else []
        found = (Trusted(_use_named(path), _read_enrolled(path), path) for path in paths)
        return tuple(sorted(found, key=lambda trusted: USES.index(trusted.use)))

    def signers(self) -> tuple[bytes, ...]:
        """The enrolled signers' certificates, DER."""
        return tuple(trusted.der for trusted in self.all() if trusted.use == SIGNER)

    def tsa_roots(self) -> tuple[bytes, ...]:
        """The enrolled authorities' roots, DER."""
        return tuple(trusted.der for trusted in self.all() if trusted.use == TSA_ROOT)

    def add(self, der: bytes, use: str) -> Trusted:
        """Trust a certificate for `use` from now on; doing so twice changes nothing."""
        prefix = _ROOT_PREFIX if use == TSA_ROOT else ""
        path = self.folder / f"{prefix}{hashlib.sha256(der).hexdigest()[:16]}.pem"
        with disk_errors(path):
            make_private_folder(self.folder)
            replace_file(path, pem_of_certificate(der))
        return Trusted(use, der, path)

    def find(self, fingerprint: str) -> Trusted:
        """The one enrolled certificate whose fingerprint begins so.

        Raises `UsageError` fingerprint_malformed, trust_ambiguous; `SubjectError` trust_unknown.
        """
        digits = cleaned(fingerprint)
        if digits is None or not _MIN_DIGITS <= len(digits) <= 64:
            raise UsageError("fingerprint_malformed", text=fingerprint[:80])
        found = [trusted for trusted in self.all() if trusted.sha256.startswith(digits)]
        if not found:
            raise SubjectError("trust_unknown", fingerprint=digits)
        if len({trusted.sha256 for trusted in found}) > 1:
            raise UsageError("trust_ambiguous", fingerprint=digits)
        return found[0]

    def remove(self, trusted: Trusted) -> None:
        """Trust a certificate no longer, in whichever files it lies."""
        for path in [known.path for known in self.all() if known.der == trusted.der and known.path]:
            with disk_errors(path):
                path.unlink(missing_ok=True)
                flush_folder(self.folder)


def read_one_certificate(path: Path) -> bytes:
    """Read the one certificate (DER) of a PEM file that somebody sent.

    `UsageError` certificate_file, certificate_too_large, certificate_not_one; certificate_with_key for a file that
    holds a private key, whatever else it holds: it must not lie about.
    """
    try:
        raw = read_limited(path, MAX_CERTIFICATE_BYTES)
    except OSError as error:
        raise UsageError("certificate_file", path=path) from error
    except ValueError as error:
        raise UsageError("certificate_too_large", path=path, limit=MAX_CERTIFICATE_BYTES // 1024) from error
    if b"PRIVATE KEY-----" in raw:
        raise UsageError("certificate_with_key", path=path)
    if raw.count(_BEGIN) > 1:
        raise UsageError("certificate_not_one", path=path, count=raw.count(_BEGIN))
    try:
        der = x509.load_pem_x509_certificate(raw).public_bytes(Encoding.DER)
        describe_certificate(der)  # a subject that cannot be read could not be shown either
    except UNREADABLE as error:
        raise UsageError("certificate_file", path=path) from error
    return der


def use_of(der: bytes) -> str:
    """What a certificate seems to be for: one that may issue others, or stamp times, is an authority's."""
    try:
        extensions = x509.load_der_x509_certificate(der).extensions
    except UNREADABLE:
        return SIGNER
    for extension in extensions:
        value = extension.value
        if isinstance(value, x509.BasicConstraints) and value.ca:
            return TSA_ROOT
        if isinstance(value, x509.ExtendedKeyUsage) and ExtendedKeyUsageOID.TIME_STAMPING in value:
            return TSA_ROOT
    return SIGNER


def signer_of(folder: Path, sha256: str) -> bytes:
    """The certificate (DER) that signed a folder, if it is the one whose fingerprint was compared.

    `SubjectError` signer_changed when the folder now holds another, or its signature does not hold.
    """
    try:
        with disk_errors(folder):
            signature = read_limited(folder / bag.SIGNATURE, MAX_SIGNATURE_BYTES)
            signed = read_limited(folder / bag.TAG_MANIFEST, bag.MAX_LIST_BYTES)
        der = check_detached(signature, signed).certificate_der
    except (CmsError, ValueError) as error:
        raise SubjectError("signer_changed", path=folder) from error
    if hashlib.sha256(der).hexdigest() != sha256:
        raise SubjectError("signer_changed", path=folder)
    return der


def _use_named(path: Path) -> str:
    return TSA_ROOT if path.name.startswith(_ROOT_PREFIX) else SIGNER


def _read_enrolled(path: Path) -> bytes:
    try:
        with disk_errors(path):
            raw = read_limited(path, MAX_CERTIFICATE_BYTES)
        der = x509.load_pem_x509_certificate(raw).public_bytes(Encoding.DER)
        describe_certificate(der)  # it lies in a folder where anybody may put a file
    except UNREADABLE as error:
        raise SurroundingsError("trusted_unreadable", path=path) from error
    return der
