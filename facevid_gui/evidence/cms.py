"""Detached CMS signatures with CAdES attributes: writing ours, checking anybody's (floor 1).

What enters: bytes, and a signing function with its certificate. What leaves: PEM with the label `PKCS7`
(OpenSSL, GnuTLS and bag-nabit all read that label). What is checked: exactly one signer, signed attributes
present, content type and digest equal, certificate hash attribute equal, only the algorithms listed here,
a certificate that is for signing, sizes limited before parsing. When the certificate has to be valid is for
the caller to say, who knows of a timestamp. Sources: RFC 5652, RFC 5035, ETSI EN 319 122-1 (CAdES-B-B).

Own glue instead of a library: `cryptography` cannot verify CMS and writes no certificate hash; pyHanko
brings a web client along (research: evidence-format, section 11). OpenSSL is the second opinion in tests.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import asn1crypto.tsp  # registers signing_certificate_v2 among the CMS attributes
from asn1crypto import algos, cms, core, x509
from cryptography import x509 as cx509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from facevid_gui.evidence.chains import may_sign

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SIGNATURE_BYTES = 256 * 1024
_BEGIN = b"-----BEGIN PKCS7-----\n"
_END = b"-----END PKCS7-----\n"
_HASHES: dict[str, Any] = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}
_SIGNED_BY = {"ec": "sha256_ecdsa", "rsa": "sha256_rsa"}
_MIN_RSA_BITS = 2048
_MIN_EC_BITS = 256
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{1,76}={0,2}")


class CmsError(ValueError):
    """A signature that does not hold. `code` is "bad_signature" or "weak_signature"."""

    def __init__(self, detail: str, code: str = "bad_signature") -> None:
        super().__init__(detail)
        self.code = code


class Signer(Protocol):
    """A certificate and the function that signs for it: a file today, a token tomorrow."""

    @property
    def certificate_der(self) -> bytes:
        """The signer's certificate, DER."""
        ...

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """The certificates above it, DER; empty for one that signed itself."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Sign `data` with SHA-256: ECDSA (DER) for an elliptic curve key, RSASSA-PKCS1-v1_5 for an RSA key."""
        ...


@dataclass(frozen=True)
class CheckedSignature:
    """A signature that holds: whose it claims to be, and when it says it was made (the signer's own clock).

    `subject` is the certificate's subject in RFC 4514 form: read while checking, because a stranger's
    certificate may hold one that cannot be read. `others_der` are the other certificates enclosed.
    """

    certificate_der: bytes
    subject: str
    signing_time: datetime | None
    others_der: tuple[bytes, ...] = ()

    @property
    def certificate_sha256(self) -> str:
        """The certificate's fingerprint."""
        return hashlib.sha256(self.certificate_der).hexdigest()


def sign_detached(data: bytes, signer: Signer, at: datetime) -> bytes:
    """Sign `data`; return PEM `PKCS7`. `at` (aware) becomes the signing time attribute."""
    certificate = x509.Certificate.load(signer.certificate_der)
    algorithm = _SIGNED_BY[certificate.public_key.algorithm]
    attributes = _signed_attributes(data, signer.certificate_der, at)
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}),
            "signature": signer.sign(attributes.dump()),
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate, *map(x509.Certificate.load, signer.chain_der)],
            "signer_infos": [info],
        }
    )
    der = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    text = base64.b64encode(der)
    lines = b"".join(text[i : i + 64] + b"\n" for i in range(0, len(text), 64))
    return _BEGIN + lines + _END


def check_detached(pem: bytes, data: bytes) -> CheckedSignature:
    """Check a detached signature over `data`. Raises `CmsError`; says nothing about trust."""
    signed = _load_signed_data(_der_of(pem))
    with _nothing_but_cms_errors():
        if signed["encap_content_info"]["content"].native is not None:
            raise CmsError("the signature carries its own content")
        if signed["encap_content_info"]["content_type"].native != "data":
            raise CmsError("unexpected content type")
        checked = _check_signer(signed, data, "data")
        if not may_sign(checked.certificate_der):
            raise CmsError("the certificate is not for signing", "weak_signature")
        return checked


def _der_of(pem: bytes) -> bytes:
    """Take the DER out of one PEM block labelled PKCS7 or CMS. Raises `CmsError`."""
    if len(pem) > MAX_SIGNATURE_BYTES:
        raise CmsError("too large")
    lines = pem.strip().splitlines()
    labels = {b"PKCS7", b"CMS"}
    if len(lines) < 3 or lines[0][11:-5] not in labels or lines[0] != b"-----BEGIN " + lines[0][11:-5] + b"-----":
        raise CmsError("not a PKCS7 PEM")
    if lines[-1] != lines[0].replace(b"BEGIN", b"END"):
        raise CmsError("not a PKCS7 PEM")
    if not all(map(_BASE64_LINE.fullmatch, lines[1:-1])):  # a second block, a comment: others may read another one
        raise CmsError("not base64")
    try:
        return base64.b64decode(b"".join(lines[1:-1]), validate=True)
    except ValueError as error:
        raise CmsError("not base64") from error


def _load_signed_data(der: bytes) -> Any:  # noqa: ANN401 - asn1crypto has no types
    """Parse a CMS SignedData with exactly one signer. Raises `CmsError`."""
    with _nothing_but_cms_errors():
        info = cms.ContentInfo.load(der, strict=True)
        if info["content_type"].native != "signed_data":
            raise CmsError("not signed data")
        signed = info["content"]
        if len(signed["signer_infos"]) != 1:
            raise CmsError("not exactly one signer")
        return signed


def check_signer(signed: Any, content: bytes, content_type: str) -> CheckedSignature:  # noqa: ANN401
    """Check the one signer of `signed` over `content`. Raises `CmsError`."""
    with _nothing_but_cms_errors():
        return _check_signer(signed, content, content_type)


def certificates_of(signed: Any) -> list[bytes]:  # noqa: ANN401
    """The certificates enclosed in a CMS, DER; never a reason to trust anything."""
    return [item.chosen.dump() for item in signed["certificates"] or () if item.name == "certificate"]


def subject_of(certificate_der: bytes) -> str:
    """A certificate's subject in RFC 4514 form."""
    return _certificate(certificate_der).subject


@dataclass(frozen=True)
class _Certificate:
    """What is asked of a signer's certificate."""

    subject: str
    key: Any


@lru_cache(maxsize=64)
def _certificate(der: bytes) -> _Certificate:
    """Read a signer's certificate; thousands of folders are signed with the same few."""
    certificate = cx509.load_der_x509_certificate(der)
    return _Certificate(certificate.subject.rfc4514_string(), certificate.public_key())


@contextlib.contextmanager
def _nothing_but_cms_errors() -> Iterator[None]:
    """asn1crypto parses late: whatever a stranger's bytes make it raise means that they are malformed."""
    try:
        yield
    except CmsError:
        raise
    except Exception as error:
        raise CmsError(f"malformed: {type(error).__name__}") from error


def _check_signer(signed: Any, content: bytes, content_type: str) -> CheckedSignature:  # noqa: ANN401
    info = signed["signer_infos"][0]
    digest_name = info["digest_algorithm"]["algorithm"].native
    if digest_name not in _HASHES:
        raise CmsError(f"digest {digest_name}", "weak_signature")
    _check_frame(signed, info)
    certificate_der = _signer_certificate(signed, info)
    if isinstance(info["signed_attrs"], core.Void):
        raise CmsError("no signed attributes")
    signed_bytes = info["signed_attrs"].contents  # as they came: once parsed, asn1crypto may write them anew
    attributes = _single_attributes(info["signed_attrs"])
    if attributes["content_type"].native != content_type:
        raise CmsError("content type attribute differs")
    if attributes["message_digest"].native != hashlib.new(digest_name, content).digest():
        raise CmsError("the content is not what was signed")
    _check_certificate_hash(attributes, certificate_der)
    _check_value(info, digest_name, certificate_der, signed_bytes)
    time = attributes.get("signing_time")
    return CheckedSignature(
        certificate_der,
        subject_of(certificate_der),
        time.native.astimezone(UTC) if time is not None else None,
        tuple(der for der in certificates_of(signed) if der != certificate_der),
    )


def _check_frame(signed: Any, info: Any) -> None:  # noqa: ANN401
    """Refuse what no signature covers but other programs look at, so that their answer is ours.

    Versions: RFC 5652 sections 5.1 and 5.3. Digests are read whole: their parameters can only be absent or null.
    """
    by_key = info["sid"].name == "subject_key_identifier"
    if signed["version"].native not in ("v1", "v3") or info["version"].native != ("v3" if by_key else "v1"):
        raise CmsError("unexpected version")
    listed = [algorithm.native["algorithm"] for algorithm in signed["digest_algorithms"]]
    if info["digest_algorithm"].native["algorithm"] not in listed:
        raise CmsError("the digest is not listed")


def _signer_certificate(signed: Any, info: Any) -> bytes:  # noqa: ANN401
    sid = info["sid"]
    by_key = sid.name == "subject_key_identifier"
    chosen = sid.chosen
    wanted = chosen.native if by_key else (chosen["issuer"].dump(), chosen["serial_number"].native)
    for der in certificates_of(signed):
        names = _names_of(der)
        if wanted == (names[2] if by_key else names[:2]):
            return der
    raise CmsError("the signer's certificate is not enclosed")


@lru_cache(maxsize=64)
def _names_of(certificate_der: bytes) -> tuple[bytes, int, bytes | None]:
    """Issuer (DER), serial number and key identifier; thousands of folders name the same few certificates."""
    certificate = x509.Certificate.load(certificate_der)
    return certificate.issuer.dump(), certificate.serial_number, certificate.key_identifier


def _single_attributes(attributes: Any) -> dict[str, Any]:  # noqa: ANN401
    found: dict[str, Any] = {}
    for attribute in attributes:
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise CmsError(f"attribute {name} is not single")
        found[name] = attribute["values"][0]
    for required in ("content_type", "message_digest"):
        if required not in found:
            raise CmsError(f"attribute {required} is missing")
    return found


def _check_certificate_hash(attributes: dict[str, Any], certificate_der: bytes) -> None:
    version_2 = attributes.get("signing_certificate_v2")
    version_1 = attributes.get("signing_certificate")
    if version_2 is not None:
        first = version_2["certs"][0]
        algorithm = first["hash_algorithm"]["algorithm"].native
        if algorithm not in _HASHES:
            raise CmsError(f"certificate hash {algorithm}", "weak_signature")
        expected = hashlib.new(algorithm, certificate_der).digest()
    elif version_1 is not None:
        first = version_1["certs"][0]
        expected = hashlib.sha1(certificate_der, usedforsecurity=False).digest()
    else:
        raise CmsError("the certificate hash attribute is missing")
    if first["cert_hash"].native != expected:
        raise CmsError("the certificate hash attribute differs")


def _check_value(info: Any, digest_name: str, certificate_der: bytes, signed_bytes: bytes) -> None:  # noqa: ANN401
    """The signature is over the attributes tagged as a SET (RFC 5652 section 5.4)."""
    to_check = core.SetOf(contents=signed_bytes, spec=cms.CMSAttribute).dump()
    algorithm = info["signature_algorithm"]
    key = _certificate(certificate_der).key
    value = info["signature"].native
    try:
        _check_with_key(key, algorithm, digest_name, value, to_check)
    except InvalidSignature as error:
        raise CmsError("the signature does not match") from error


def _check_with_key(key: Any, algorithm: Any, digest_name: str, value: bytes, data: bytes) -> None:  # noqa: ANN401
    kind = algorithm.signature_algo
    if isinstance(key, ec.EllipticCurvePublicKey):
        if kind != "ecdsa":
            raise CmsError("algorithm and key differ")
        if key.curve.key_size < _MIN_EC_BITS:
            raise CmsError("elliptic curve too small", "weak_signature")
        key.verify(value, data, ec.ECDSA(_HASHES[_hash_named(algorithm, digest_name)]()))
    elif isinstance(key, rsa.RSAPublicKey):
        if key.key_size < _MIN_RSA_BITS:
            raise CmsError("RSA key too small", "weak_signature")
        if kind not in ("rsassa_pkcs1v15", "rsassa_pss"):
            raise CmsError("algorithm and key differ")
        chosen = _HASHES[_hash_named(algorithm, digest_name)]()
        scheme: padding.AsymmetricPadding = padding.PKCS1v15()
        if kind == "rsassa_pss":
            scheme = padding.PSS(padding.MGF1(chosen), padding.PSS.AUTO)
        key.verify(value, data, scheme, chosen)
    else:
        raise CmsError("unsupported key type")


def _hash_named(algorithm: Any, digest_name: str) -> str:  # noqa: ANN401
    try:
        named = algorithm.hash_algo
    except ValueError:
        named = digest_name  # plain rsaEncryption names no hash
    if named not in _HASHES:
        raise CmsError(f"signature hash {named}", "weak_signature")
    return str(named)


def _signed_attributes(data: bytes, certificate_der: bytes, at: datetime) -> Any:  # noqa: ANN401
    certificate_id = asn1crypto.tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate_der).digest()})
    attributes = (
        ("content_type", "data"),
        ("signing_time", cms.Time({"utc_time": core.UTCTime(at.astimezone(UTC).replace(microsecond=0))})),
        ("message_digest", hashlib.sha256(data).digest()),
        ("signing_certificate_v2", asn1crypto.tsp.SigningCertificateV2({"certs": [certificate_id]})),
    )
    return cms.CMSAttributes([cms.CMSAttribute({"type": name, "values": [value]}) for name, value in attributes])
