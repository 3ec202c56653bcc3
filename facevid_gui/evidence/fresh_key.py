"""Making a workstation key (floor 1).

What enters: a name, a time. What leaves: a P-256 key with a certificate it signed itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from facevid_gui.evidence.key_file import SigningKey

if TYPE_CHECKING:
    from datetime import datetime

_LIFETIME = timedelta(days=3650)


def make_workstation_key(name: str, now: datetime) -> SigningKey:
    """A fresh key, its certificate valid for ten years from `now`; `name` is cut to what a certificate holds."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _cut(name))])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _LIFETIME)
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return SigningKey(certificate.public_bytes(serialization.Encoding.DER), key)


def _cut(name: str) -> str:
    """At most 64 bytes (RFC 5280 says characters, the library counts bytes), and no half letter."""
    return name.encode("utf-8", "replace")[:64].decode("utf-8", "ignore")
