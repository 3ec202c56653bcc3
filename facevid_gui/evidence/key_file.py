"""An encrypted key with its certificates in one file, and the function that signs with it (floor 1).

What enters: a path, the keyring or a passphrase. What leaves: a `SigningKey`. First line: what protects the key. Then
PKCS 8, encrypted, then the certificate and its chain, readable without any password. The password is random and lives
in the keyring; without a usable keyring the user's own passphrase protects the file instead, stretched by scrypt. There
is never an unprotected key file.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.evidence.key_protection import KEYRING_HEADER, PASSPHRASE_HEADER
from facevid_gui.files import disk_errors, read_limited, replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.credentials.secret_store import SecretStore

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
OWNER = "@workstation"
MAX_KEY_BYTES = 256 * 1024
_FIELD = "key_password"
_BEGIN_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True)
class SigningKey:
    """An unlocked key; signs through `sign`. `chain_der` are the certificates above its own, as far as known."""

    certificate_der: bytes
    private_key: PrivateKey
    chain_der: tuple[bytes, ...] = ()

    def sign(self, data: bytes) -> bytes:
        """ECDSA (DER) or RSASSA-PKCS1-v1_5, as the key is; with SHA-256."""
        if isinstance(self.private_key, rsa.RSAPrivateKey):
            return self.private_key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.private_key.sign(data, ec.ECDSA(hashes.SHA256()))

    @property
    def certificate_sha256(self) -> str:
        """The certificate's fingerprint."""
        return hashlib.sha256(self.certificate_der).hexdigest()


class KeyFile:
    """One key file; its password is that of the home's keyring entry, shared by all key files."""

    def __init__(self, path: Path, store: SecretStore) -> None:
        self.path = path
        self._store = store

    def write(self, key: SigningKey, passphrase: Secret | None) -> None:
        """Put the key in place in one step, protected by the passphrase, else by the keyring.

        Raises `SurroundingsError` no_signing_key when there is neither.
        """
        header, password = self._new_protection(passphrase)
        pem = key.private_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password.encode()),
        )
        chain = b"".join(map(_pem, (key.certificate_der, *key.chain_der)))
        replace_file(self.path, f"{header}\n".encode() + pem + chain)

    def load(self, passphrase: Secret | None) -> SigningKey:
        """Unlock the key. `SurroundingsError` key_damaged, key_passphrase_wrong, no_signing_key."""
        header, key_pem, certificates = self._parts()
        password = self._password(header, passphrase)
        try:
            key = serialization.load_pem_private_key(key_pem, password.encode())
        except (ValueError, TypeError) as error:
            code = "key_damaged" if header == KEYRING_HEADER else "key_passphrase_wrong"
            raise SurroundingsError(code, path=self.path) from error
        if not isinstance(key, PrivateKey) or key.public_key() != certificates[0].public_key():
            raise SurroundingsError("key_damaged", path=self.path)
        ders = [certificate.public_bytes(serialization.Encoding.DER) for certificate in certificates]
        return SigningKey(ders[0], key, tuple(ders[1:]))

    def certificate(self) -> bytes:
        """The certificate (DER), without unlocking anything; `SurroundingsError` key_damaged."""
        return self._parts()[2][0].public_bytes(serialization.Encoding.DER)

    def _parts(self) -> tuple[str, bytes, list[x509.Certificate]]:
        try:
            with disk_errors(self.path):
                raw = read_limited(self.path, MAX_KEY_BYTES)
            first_line, _, pem = raw.partition(b"\n")
            key_pem, marker, rest = pem.partition(_BEGIN_CERTIFICATE)
            certificates = x509.load_pem_x509_certificates(marker + rest)
        except ValueError as error:
            raise SurroundingsError("key_damaged", path=self.path) from error
        return first_line.decode("ascii", "replace"), key_pem, certificates

    def _new_protection(self, passphrase: Secret | None) -> tuple[str, str]:
        if passphrase is not None:
            salt = secrets.token_bytes(16)
            header = f"Protected-By: passphrase; scrypt n=32768 r=8 p=1 salt={salt.hex()}"
            return header, _stretch(passphrase, salt)
        try:
            kept = self._store.read(OWNER, _FIELD)  # reused, so that a crash never parts a key from its password
            password = kept or Secret(secrets.token_urlsafe(32))
            if kept is None:
                self._store.write(OWNER, _FIELD, password)
                kept = self._store.read(OWNER, _FIELD)
        except SurroundingsError as error:
            raise SurroundingsError("no_signing_key", cause=error.code) from error
        if kept != password:
            raise SurroundingsError("no_signing_key", cause="keyring_unavailable")
        return KEYRING_HEADER, password.reveal()

    def _password(self, header: str, passphrase: Secret | None) -> str:
        match = PASSPHRASE_HEADER.fullmatch(header)
        if match:
            if passphrase is None:
                raise SurroundingsError("no_signing_key", cause="passphrase_needed")
            return _stretch(passphrase, bytes.fromhex(match[1]))
        if header != KEYRING_HEADER:
            raise SurroundingsError("key_damaged", path=self.path)
        try:
            password = self._store.read(OWNER, _FIELD)
        except SurroundingsError as error:
            raise SurroundingsError("no_signing_key", cause=error.code) from error
        if password is None:
            raise SurroundingsError("no_signing_key", cause="keyring_entry_absent")
        return password.reveal()


def _pem(certificate_der: bytes) -> bytes:
    return x509.load_der_x509_certificate(certificate_der).public_bytes(serialization.Encoding.PEM)


def _stretch(passphrase: Secret, salt: bytes) -> str:
    """Scrypt (RFC 7914), about 32 MB and 0.1 s: the PKCS 8 file itself only iterates PBKDF2 2048 times."""
    raw = hashlib.scrypt(passphrase.reveal().encode(), salt=salt, n=32768, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=32)
    return raw.hex()
