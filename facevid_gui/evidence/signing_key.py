"""The workstation key: one per home, encrypted, made at first use (floor 1).

What enters: the keys folder, and the keyring or a passphrase. What leaves: a `Signer`. The password of the
key file is random and lives in the keyring; without a usable keyring the user's own passphrase protects
the file instead, stretched by scrypt. There is never an unprotected key file. P-256, self-signed, ten
years, key usage digitalSignature and nonRepudiation (research: evidence-format, section 8).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from filelock import FileLock

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.evidence.cms import sign_detached, subject_of
from facevid_gui.evidence.key_protection import KEY_FILE, KEYRING_HEADER, PASSPHRASE_HEADER
from facevid_gui.files import (
    PRIVATE_FILE,
    disk_errors,
    make_private_folder,
    read_limited,
    replace_file,
    write_new,
)

if TYPE_CHECKING:
    from pathlib import Path

    from facevid_gui.core.clock import Clock
    from facevid_gui.credentials.secret_store import SecretStore
    from facevid_gui.evidence.register import Register

CERTIFICATE_FILE = "workstation.crt"
TRUSTED_FOLDER = "trusted"
ROTATIONS_FOLDER = "rotations"
OWNER = "@workstation"
_FIELD = "key_password"
_LIFETIME = timedelta(days=3650)
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True)
class WorkstationKey:
    """The unlocked key; signs through `sign`."""

    certificate_der: bytes
    private_key: ec.EllipticCurvePrivateKey

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256, DER."""
        return self.private_key.sign(data, ec.ECDSA(hashes.SHA256()))

    @property
    def certificate_sha256(self) -> str:
        """The certificate's fingerprint."""
        return hashlib.sha256(self.certificate_der).hexdigest()


class KeyCabinet:
    """The keys folder of this home. `name` goes into the certificate's subject."""

    def __init__(self, folder: Path, store: SecretStore, clock: Clock, name: str) -> None:
        self._folder = folder
        self._store = store
        self._clock = clock
        self._name = name

    def certificate(self) -> bytes | None:
        """The certificate of the current key (DER), or None before there is a key."""
        path = self._folder / CERTIFICATE_FILE
        return _read_certificate(path) if path.exists() else None

    def open(self, passphrase: Secret | None = None) -> WorkstationKey:
        """Unlock the key, making it first if there is none.

        Raises `SurroundingsError` no_signing_key when there is neither a usable keyring nor a passphrase,
        key_passphrase_wrong, key_damaged.
        """
        with disk_errors(self._folder):
            make_private_folder(self._folder)
            with self._lock():
                if not (self._folder / KEY_FILE).exists():
                    self._make(passphrase)
                return self._load(passphrase)

    def trusted(self) -> tuple[bytes, ...]:
        """The certificates (DER) whose signatures this home trusts: its own, and those enrolled."""
        from facevid_gui.evidence.trusted_set import TrustedSet  # which reads certificates as this module does

        own = self.certificate()
        return (*((own,) if own else ()), *TrustedSet(self._folder / TRUSTED_FOLDER).signers())

    def rotate(self, passphrase: Secret | None, register: Register) -> tuple[WorkstationKey, WorkstationKey]:
        """Replace the key: the old one signs a statement naming the new one; returns (old, new).

        Raises as `open` does; there must be a key.
        """
        with disk_errors(self._folder), self._lock():
            old = self._load(passphrase)
            fresh = _fresh_key(self._name, self._clock.now())
            self._keep_statement(old, fresh)
            self._keep_trusting(old.certificate_der)
            detail = {"previous_signer_sha256": old.certificate_sha256, "reason": "rotated"}
            register.add("key", signer_sha256=fresh.certificate_sha256, detail=detail)
            self._write(fresh, passphrase)
        return old, fresh

    def _lock(self) -> FileLock:
        return FileLock(self._folder / "workstation.lock", timeout=30, mode=PRIVATE_FILE)

    def _make(self, passphrase: Secret | None) -> None:
        lost = self.certificate()
        if lost is not None:  # the key file is gone; what it signed must still verify
            self._keep_trusting(lost)
        self._write(_fresh_key(self._name, self._clock.now()), passphrase)

    def _keep_trusting(self, certificate_der: bytes) -> None:
        trusted = self._folder / TRUSTED_FOLDER
        make_private_folder(trusted)
        name = f"{hashlib.sha256(certificate_der).hexdigest()[:16]}.pem"
        replace_file(trusted / name, pem_of_certificate(certificate_der))

    def _write(self, key: WorkstationKey, passphrase: Secret | None) -> None:
        header, password = self._new_protection(passphrase)
        pem = key.private_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password.encode()),
        )
        certificate = pem_of_certificate(key.certificate_der)
        replace_file(self._folder / KEY_FILE, f"{header}\n".encode() + pem + certificate)
        replace_file(self._folder / CERTIFICATE_FILE, certificate)

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

    def _load(self, passphrase: Secret | None) -> WorkstationKey:
        path = self._folder / KEY_FILE
        try:
            raw = read_limited(path, _MAX_BYTES)
        except ValueError as error:
            raise SurroundingsError("key_damaged", path=path) from error
        first_line, _, pem = raw.partition(b"\n")
        header = first_line.decode("ascii", "replace")
        password = self._password(header, passphrase)
        key_pem, marker, rest = pem.partition(b"-----BEGIN CERTIFICATE-----")
        try:
            certificate = x509.load_pem_x509_certificate(marker + rest)
        except ValueError as error:
            raise SurroundingsError("key_damaged", path=path) from error
        try:
            key = serialization.load_pem_private_key(key_pem, password.encode())
        except (ValueError, TypeError) as error:
            code = "key_damaged" if header == KEYRING_HEADER else "key_passphrase_wrong"
            raise SurroundingsError(code, path=path) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise SurroundingsError("key_damaged", path=path)
        der = certificate.public_bytes(serialization.Encoding.DER)
        self._heal_certificate(der)
        return WorkstationKey(der, key)

    def _heal_certificate(self, der: bytes) -> None:
        """After a crash between the two files, or damage, the copy beside the key counts."""
        pem = pem_of_certificate(der)
        path = self._folder / CERTIFICATE_FILE
        if not path.exists() or path.read_bytes() != pem:
            replace_file(path, pem)

    def _password(self, header: str, passphrase: Secret | None) -> str:
        match = PASSPHRASE_HEADER.fullmatch(header)
        if match:
            if passphrase is None:
                raise SurroundingsError("no_signing_key", cause="passphrase_needed")
            return _stretch(passphrase, bytes.fromhex(match[1]))
        if header != KEYRING_HEADER:
            raise SurroundingsError("key_damaged", path=self._folder / KEY_FILE)
        try:
            password = self._store.read(OWNER, _FIELD)
        except SurroundingsError as error:
            raise SurroundingsError("no_signing_key", cause=error.code) from error
        if password is None:
            raise SurroundingsError("no_signing_key", cause="keyring_entry_absent")
        return password.reveal()

    def _keep_statement(self, old: WorkstationKey, fresh: WorkstationKey) -> None:
        now = self._clock.now()
        text = (
            f"facevid key rotation\nold certificate SHA-256: {old.certificate_sha256}\n"
            f"new certificate SHA-256: {fresh.certificate_sha256}\nat: {now:%Y-%m-%dT%H:%M:%SZ}\n"
        ).encode("ascii")
        folder = self._folder / ROTATIONS_FOLDER
        make_private_folder(folder)
        name = f"{now:%Y%m%dT%H%M%SZ}-{fresh.certificate_sha256[:16]}.txt"
        write_new(folder / name, text)
        write_new(folder / f"{name}.p7s", sign_detached(text, old, now))


def _read_certificate(path: Path) -> bytes:
    try:
        with disk_errors(path):
            return certificate_from_pem(read_limited(path, _MAX_BYTES))
    except ValueError as error:
        raise SurroundingsError("certificate_unreadable") from error


def certificate_from_pem(pem: bytes) -> bytes:
    """Read one certificate from PEM and return its DER; `SurroundingsError` when there is none."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise SurroundingsError("certificate_unreadable") from error
    return certificate.public_bytes(serialization.Encoding.DER)


def pem_of_certificate(der: bytes) -> bytes:
    """Write a certificate as PEM."""
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def describe_certificate(der: bytes) -> dict[str, str]:
    """Subject, fingerprint and validity, for people."""
    certificate = x509.load_der_x509_certificate(der)
    return {
        "subject": subject_of(der),
        "sha256": hashlib.sha256(der).hexdigest(),
        "not_before": f"{certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}",
        "not_after": f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
    }


def _fresh_key(name: str, now: datetime) -> WorkstationKey:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
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
    return WorkstationKey(certificate.public_bytes(serialization.Encoding.DER), key)


def _stretch(passphrase: Secret, salt: bytes) -> str:
    """Scrypt (RFC 7914), about 32 MB and 0.1 s: the PKCS 8 file itself only iterates PBKDF2 2048 times."""
    raw = hashlib.scrypt(passphrase.reveal().encode(), salt=salt, n=32768, r=8, p=1, maxmem=64 * 1024 * 1024, dklen=32)
    return raw.hex()
