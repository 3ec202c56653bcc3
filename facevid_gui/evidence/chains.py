"""Certificates that lead to a trusted one, and which signer is trusted (floor 1).

What enters: certificates (DER) trusted from outside the folder, a certificate that claims something, those enclosed
with it, a time. What leaves: yes or no. Enclosed certificates are only ever steps on the way, never a reason to trust.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import verification as xv
from cryptography.x509.oid import ExtendedKeyUsageOID

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import SurroundingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from facevid_gui.evidence.cms import CheckedSignature

# What `cryptography` raises over a certificate that a stranger made; not all of it is a `ValueError`.
UNREADABLE = (
    ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)  # fmt: skip


def leads_to(roots: Sequence[bytes], leaf: bytes, others: Sequence[bytes], at: datetime) -> bool:
    """Whether `leaf` leads to one of `roots` at the time `at`, perhaps over some of `others`.

    The library's default policies are made for web servers and refuse real timestamp authorities.
    """
    if not roots:
        return False
    if leaf in roots:
        return is_valid(leaf, at)
    loaded_roots = [x509.load_der_x509_certificate(der) for der in roots]
    between = [x509.load_der_x509_certificate(der) for der in others if der != leaf]
    ca_policy = xv.ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, xv.Criticality.AGNOSTIC, None)
    builder = (
        xv.PolicyBuilder()
        .store(xv.Store(loaded_roots))
        .time(at)
        .extension_policies(ee_policy=xv.ExtensionPolicy.permit_all(), ca_policy=ca_policy)
    )
    try:
        builder.build_client_verifier().verify(x509.load_der_x509_certificate(leaf), between)
    except xv.VerificationError:
        return False
    return True


def trusts(signers: Iterable[bytes], checked: CheckedSignature, at: datetime) -> bool:
    """Whether a signature's certificate is one of `signers`, or leads at the time `at` to one that is an authority.

    An authority (an organisation's root) stands for every certificate it issued that may sign; a signer's own
    certificate only for itself. Whether that one was valid when it was used is a finding of its own (`verify`).
    """
    trusted = tuple(signers)
    if checked.certificate_der in trusted:
        return True
    authorities = tuple(der for der in trusted if is_authority(der))
    if not authorities or not may_sign(checked.certificate_der):
        return False
    try:
        return leads_to(authorities, checked.certificate_der, checked.others_der, at)
    except UNREADABLE:  # an enclosed certificate that cannot be read
        return False


def is_valid(certificate_der: bytes, at: datetime) -> bool:
    """Whether `at` lies between the two dates of a certificate."""
    return not validity_problem(certificate_der, at)


def validity_problem(certificate_der: bytes, at: datetime) -> str:
    """Why a certificate cannot vouch for what was signed at that time; empty when it can."""
    first, last = _dates(certificate_der)
    return "" if first <= at <= last else f"the certificate is valid from {to_rfc3339(first)} to {to_rfc3339(last)}"


def check_time(certificate_der: bytes, at: datetime) -> None:
    """Refuse to sign at a time that is not the certificate's, as by a clock that was set; `SurroundingsError`.

    Asked of the very moment that is signed: no check would ever accept it, and nothing sealed is rewritten.
    """
    if problem := validity_problem(certificate_der, at):
        raise SurroundingsError("signer_expired", reason=problem)


@lru_cache(maxsize=64)
def _dates(certificate_der: bytes) -> tuple[datetime, datetime]:
    certificate = x509.load_der_x509_certificate(certificate_der)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


@lru_cache(maxsize=64)
def is_authority(certificate_der: bytes) -> bool:
    """Whether a certificate may vouch for others (RFC 5280 section 4.2.1.9)."""
    certificate = x509.load_der_x509_certificate(certificate_der)
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, *UNREADABLE):
        return False


@lru_cache(maxsize=64)
def may_sign(certificate_der: bytes) -> bool:
    """Whether a certificate is for signing, as `openssl cms -verify` judges: else the README of a folder would fail.

    No authority, no critical extension that is not known; key usage, if stated, digitalSignature or nonRepudiation;
    extended usage, if stated, emailProtection (tried with OpenSSL 3.0: document signing, client authentication and
    even anyExtendedKeyUsage alone are refused).
    """
    try:
        extensions = x509.load_der_x509_certificate(certificate_der).extensions
        found = {type(extension.value): extension.value for extension in extensions}
        unknown = any(e.critical and isinstance(e.value, x509.UnrecognizedExtension) for e in extensions)
    except UNREADABLE:
        return False
    usage, extended = found.get(x509.KeyUsage), found.get(x509.ExtendedKeyUsage)
    if unknown or is_authority(certificate_der):
        return False
    if isinstance(usage, x509.KeyUsage) and not (usage.digital_signature or usage.content_commitment):
        return False
    return not isinstance(extended, x509.ExtendedKeyUsage) or ExtendedKeyUsageOID.EMAIL_PROTECTION in extended
