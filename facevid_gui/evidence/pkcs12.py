"""The organisation's key out of a PKCS 12 file (RFC 7292) (floor 1).

What enters: a file and its passphrase. What leaves: a `SigningKey` with the certificates above it, in order, or an
error that says what is wrong with the file, before anything of it is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asn1crypto.pkcs12
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from facevid_gui.core.errors import SubjectError, UsageError
from facevid_gui.evidence.chains import may_sign
from facevid_gui.evidence.key_file import SigningKey
from facevid_gui.files import read_limited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from facevid_gui.core.secret import Secret

_MAX_BYTES = 256 * 1024
_MIN_RSA_BITS = 2048
_MOST_ITERATIONS = 10_000_000  # two seconds; whoever writes more into a file lets its reader wait for hours
_CURVES = ("secp256r1", "secp384r1", "secp521r1")


def read_pkcs12(path: Path, passphrase: Secret) -> SigningKey:
    """Open a PKCS 12 file.

    Raises `UsageError` key_file_unreadable (no such file, or no PKCS 12), `SubjectError` key_file_passphrase,
    key_file_cipher (also one that would take for ever), key_file_empty, key_file_kind, key_wrong_usage. The two dates
    are not judged here.
    """
    raw = _read(path)
    try:
        found = pkcs12.load_pkcs12(raw, passphrase.reveal().encode())
    except UnsupportedAlgorithm as error:
        raise SubjectError("key_file_cipher", path=path) from error
    except ValueError as error:  # "Invalid password or PKCS12 data"; what it is was looked at before
        raise SubjectError("key_file_passphrase", path=path) from error
    if found.key is None or found.cert is None:
        raise SubjectError("key_file_empty", path=path)
    leaf, key = found.cert.certificate, found.key
    if not _is_usable(key) or key.public_key() != leaf.public_key():
        raise SubjectError("key_file_kind", path=path)
    der = leaf.public_bytes(Encoding.DER)
    if not may_sign(der):
        raise SubjectError("key_wrong_usage", subject=leaf.subject.rfc4514_string())
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    chain = _chain_above(leaf, [item.certificate for item in found.additional_certs])
    return SigningKey(der, key, tuple(certificate.public_bytes(Encoding.DER) for certificate in chain))


def _read(path: Path) -> bytes:
    try:
        raw = read_limited(path, _MAX_BYTES)
        parsed = asn1crypto.pkcs12.Pfx.load(raw, strict=True)
        version, iterations = parsed["version"].native, max(_iterations_of(parsed), default=0)
    except Exception as error:  # asn1crypto raises what it likes over bytes that are none of its kind
        raise UsageError("key_file_unreadable", path=path) from error
    if version != "v3":
        raise UsageError("key_file_unreadable", path=path)
    if iterations > _MOST_ITERATIONS:
        raise SubjectError("key_file_cipher", path=path)
    return raw


def _iterations_of(parsed: Any) -> Iterator[int]:  # noqa: ANN401 - asn1crypto has no types
    """How often the passphrase is hashed: for the MAC, for each part and for the keys that lie open (RFC 7292, 4).

    What lies inside an encrypted part is read only when the passphrase fits, so its writer knew it.
    """
    if parsed["mac_data"]:
        yield parsed["mac_data"]["iterations"].native
    for part in parsed.authenticated_safe:
        if part["content_type"].native == "encrypted_data":
            yield _rounds(part["content"]["encrypted_content_info"]["content_encryption_algorithm"])
        elif part["content_type"].native == "data":
            for item in asn1crypto.pkcs12.SafeContents.load(part["content"].native):
                if item["bag_id"].native == "pkcs8_shrouded_key_bag":
                    yield _rounds(item["bag_value"]["encryption_algorithm"])


def _rounds(algorithm: Any) -> int:  # noqa: ANN401
    try:
        return int(algorithm.kdf_iterations)
    except ValueError:  # a cipher that asn1crypto does not know: cryptography says what it thinks of it
        return 0
    except (KeyError, TypeError):  # a way of stretching whose cost cannot be told, scrypt among them
        return _MOST_ITERATIONS + 1


def _is_usable(key: object) -> bool:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.key_size >= _MIN_RSA_BITS
    return isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES


def _chain_above(leaf: x509.Certificate, others: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """The certificates that vouch for `leaf`, the nearest first; what does not belong is left out."""
    chain = [leaf]
    left = [certificate for certificate in others if certificate != leaf]
    while above := next((certificate for certificate in left if _issued(certificate, chain[-1])), None):
        chain.append(above)
        left.remove(above)
    return chain[1:]


def _issued(issuer: x509.Certificate, subject: x509.Certificate) -> bool:
    try:
        subject.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
