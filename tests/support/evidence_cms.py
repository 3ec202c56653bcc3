"""Signatures made by others: by `openssl cms`, and by hand with anything wrong that a forger may try."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import asn1crypto.tsp
from asn1crypto import algos, cms
from asn1crypto import x509 as ax509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import NameOID

from tests.support.tools import need, run_tool

SIGNED_AT = datetime(2026, 3, 5, 12, 0, 0, tzinfo=UTC)
DATA = b"ab" * 700 + b"\r\nnot text\x00\n"


@dataclass(frozen=True)
class Person:
    """Somebody with a key and a self-signed certificate; a `Signer`."""

    key: Any
    certificate: x509.Certificate
    chain_der: tuple[bytes, ...] = ()

    @cached_property
    def certificate_der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def certificate_pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def sign(self, data: bytes) -> bytes:
        """Sign with SHA-256 in the way of the key."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))

    def write(self, folder: Path, name: str) -> tuple[str, str]:
        """Write certificate and key as PEM; return their paths."""
        certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
        certificate.write_bytes(self.certificate_pem)
        key.write_bytes(
            self.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return str(certificate), str(key)


KEYS = {
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p224": lambda: ec.generate_private_key(ec.SECP224R1()),
    "rsa1024": lambda: rsa.generate_private_key(65537, 1024),
    "rsa2048": lambda: rsa.generate_private_key(65537, 2048),
    "rsa3072": lambda: rsa.generate_private_key(65537, 3072),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


@cache
def person(kind: str = "p256", number: int = 1, name: str = "") -> Person:
    """Somebody with a key of that kind; the same one within a test run."""
    return make_person(KEYS[kind](), name or f"{kind} number {number}")


def make_person(
    key: Any,
    name: str,
    serial: int | None = None,
    valid: tuple[timedelta, timedelta] = (timedelta(days=-1), timedelta(days=3650)),
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> Person:
    """A person of that name (and serial number); `extensions` of the certificate with whether they are critical."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(now + valid[0])
        .not_valid_after(now + valid[1])
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Person(key, builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()))


def openssl_sign(folder: Path, data: bytes, *people: Person, options: tuple[str, ...] = ("-cades",)) -> bytes:
    """What `openssl cms -sign` makes of it, PEM."""
    need("openssl")
    (folder / "data").write_bytes(data)
    signers: list[str] = []
    for number, somebody in enumerate(people):
        certificate, key = somebody.write(folder, f"signer{number}")
        signers += ["-signer", certificate, "-inkey", key]
    extra = [option for option in options if not option.startswith("rsa_")]
    padding_options = [part for option in options if option.startswith("rsa_") for part in ("-keyopt", option)]
    done = run_tool(
        "openssl", "cms", "-sign", "-binary", "-outform", "PEM", "-in", str(folder / "data"), *signers,
        *padding_options, *extra,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@dataclass
class Forgery:
    """A signature by hand; each member may be wrong. `attributes` replaces the signed attributes by name."""

    signer: Person = field(default_factory=person)
    data: bytes = DATA
    digest: str = "sha256"
    signature_algorithm: str | None = None
    signature_hash: Any = hashes.SHA256
    attributes: dict[str, list[Any] | None] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    certificates: tuple[bytes, ...] | None = None
    content: bytes | None = None
    content_type: str = "data"
    signers: int = 1
    sid_by_key: bool = False
    value: bytes | None = None
    version: str = "v1"
    signer_version: str | None = None
    listed_digests: tuple[str, ...] | None = None

    def pem(self, label: str = "PKCS7") -> bytes:
        """The whole thing as PEM."""
        return to_pem(self.der(), label)

    def der(self) -> bytes:
        """The whole thing as DER."""
        content: dict[str, Any] = {"content_type": self.content_type}
        if self.content is not None:
            content["content"] = self.content
        enclosed = self.certificates if self.certificates is not None else (self.signer.certificate_der,)
        signed = cms.SignedData(
            {
                "version": self.version,
                "digest_algorithms": [
                    algos.DigestAlgorithm({"algorithm": name})
                    for name in (self.listed_digests if self.listed_digests is not None else (self.digest,))
                ],
                "encap_content_info": content,
                "certificates": [ax509.Certificate.load(der) for der in enclosed],
                "signer_infos": [self._info() for _ in range(self.signers)],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()

    def _info(self) -> cms.SignerInfo:
        certificate = ax509.Certificate.load(self.signer.certificate_der)
        sid: dict[str, Any] = {
            "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
            )
        }
        if self.sid_by_key:
            sid = {"subject_key_identifier": certificate.key_identifier}
        is_rsa = isinstance(self.signer.key, rsa.RSAPrivateKey)
        algorithm = self.signature_algorithm or ("sha256_rsa" if is_rsa else "sha256_ecdsa")
        info = {
            "version": self.signer_version or ("v3" if self.sid_by_key else "v1"),
            "sid": cms.SignerIdentifier(sid),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": self.digest}),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}),
        }
        attributes = self._attributes()
        signed = self.data
        if attributes is not None:
            info["signed_attrs"] = attributes
            signed = attributes.dump()
        info["signature"] = self.value if self.value is not None else self._sign(signed)
        return cms.SignerInfo(info)

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self.signer.key, rsa.RSAPrivateKey):
            return self.signer.key.sign(data, padding.PKCS1v15(), self.signature_hash())
        return self.signer.key.sign(data, ec.ECDSA(self.signature_hash()))

    def _attributes(self) -> cms.CMSAttributes | None:
        certificate_id = asn1crypto.tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(self.signer.certificate_der).digest()})
        found: dict[str, list[Any] | None] = {
            "content_type": ["data"],
            "signing_time": [cms.Time({"utc_time": SIGNED_AT})],
            "message_digest": [hashlib.new(self.digest, self.data).digest()],
            "signing_certificate_v2": [asn1crypto.tsp.SigningCertificateV2({"certs": [certificate_id]})],
        }
        found |= self.attributes
        made = [cms.CMSAttribute({"type": name, "values": values}) for name, values in found.items() if values]
        made += [cms.CMSAttribute({"type": name, "values": found[name]}) for name in self.repeated]
        return cms.CMSAttributes(made) if made else None


def to_pem(der: bytes, label: str = "PKCS7") -> bytes:
    """DER as one PEM block."""
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[i : i + 64] for i in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()


def to_der(pem: bytes) -> bytes:
    """One PEM block as DER."""
    return base64.b64decode(b"".join(pem.splitlines()[1:-1]))
