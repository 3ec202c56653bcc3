"""Certificate authorities made for one test, and TLS contexts for its servers."""

import ipaddress
import ssl
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
KEY_USAGE = x509.KeyUsage(
    digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
    key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
)  # fmt: skip


@dataclass(frozen=True)
class Authority:
    """A certificate authority; `chain` are the certificates between it and the root, its own first."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def write(self, folder: Path) -> str:
        """Write the certificate as PEM and return its path."""
        path = folder / f"ca-{self.certificate.serial_number}.pem"
        path.write_bytes(_pem(self.certificate))
        return str(path)

    def between(self, name: str = "Between CA") -> "Authority":
        """Make an authority below this one."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _signed(name, key, self, is_ca=True)
        return Authority(key, certificate, (certificate, *self.chain))

    def server(self, folder: Path, *names: str, ends: timedelta = DAY, key_identifier: bool = True) -> ssl.SSLContext:
        """A server's TLS context with a certificate for `names`, valid from yesterday until now plus `ends`."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _signed(names[0], key, self, names=names, ends=ends, key_identifier=key_identifier)
        path = folder / f"server-{leaf.serial_number}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(private + _pem(leaf) + b"".join(_pem(certificate) for certificate in self.chain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def make_authority(name: str = "Test CA") -> Authority:
    """Make a root."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Authority(key, _signed(name, key, None, is_ca=True))


def old_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    """Let a server speak nothing newer than TLS 1.1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: Authority | None,
    *,
    is_ca: bool = False,
    names: tuple[str, ...] = (),
    ends: timedelta = DAY,
    key_identifier: bool = True,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signer_key = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 2 * DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if key_identifier:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer_key.public_key())
        builder = builder.add_extension(identifier, critical=False)
    if is_ca:  # newer versions of Python refuse an authority without it
        builder = builder.add_extension(KEY_USAGE, critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_general_name(n) for n in names]), critical=False)
    return builder.sign(signer_key, hashes.SHA256())


def _general_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)
