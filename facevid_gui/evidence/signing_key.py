"""The keys of one home: the workstation's, made at first use, and perhaps the organisation's (floor 1).

What enters: the keys folder, and the keyring or a passphrase. What leaves: a signer, the certificates this home
trusts. The workstation key is P-256, self-signed, ten years, key usage digitalSignature and nonRepudiation (research:
evidence-format, section 8). The organisation's key is a copy of a PKCS 12 file, kept like the workstation key: one way
of unlocking serves a list of hundreds and stamps in the background, and the file itself can go back into the safe.
"""

from __future__ import annotations

import contextlib
import hashlib
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from filelock import FileLock

from facevid_gui.core.clock import to_rfc3339
from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.evidence import rotation
from facevid_gui.evidence.cms import subject_of
from facevid_gui.evidence.fresh_key import make_workstation_key
from facevid_gui.evidence.key_file import MAX_KEY_BYTES, KeyFile, SigningKey
from facevid_gui.evidence.key_protection import (
    IN_USE_FILE,
    ORGANISATION,
    WORKSTATION,
    check_new_passphrase,
    key_in_use,
    key_protection,
)
from facevid_gui.files import PRIVATE_FILE, disk_errors, make_private_folder, read_limited, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from facevid_gui.core.clock import Clock
    from facevid_gui.core.secret import Secret
    from facevid_gui.credentials.secret_store import SecretStore
    from facevid_gui.evidence.register import Register

TRUSTED_FOLDER = "trusted"


class KeyCabinet:
    """The keys folder of this home. `name` goes into the certificate of the workstation key.

    `learn` hears of every passphrase before it is used: the log is to know what it must never hold.
    """

    def __init__(
        self, folder: Path, store: SecretStore, clock: Clock, name: str,
        learn: Callable[[Secret], object] = lambda _secret: None,
    ) -> None:  # fmt: skip
        self._learn = learn
        self._folder = folder
        self._store = store
        self._clock = clock
        self._name = name

    @property
    def in_use(self) -> str:
        """The key that signs: "workstation" or "organisation"."""
        return key_in_use(self._folder)

    @property
    def is_made(self) -> bool:
        """Whether there is a key to be opened; else `open` makes one."""
        return self._file(self.in_use).path.exists()

    def certificate(self) -> bytes | None:
        """The certificate of the key in use (DER), or None before there is a key."""
        path = self._certificate_path(self.in_use)
        return _read_certificate(path) if path.exists() else None

    def open(self, passphrase: Secret | None = None) -> SigningKey:
        """Unlock the key in use, making the workstation's first if there is none.

        Raises `UsageError` passphrase_short for a new key; `SurroundingsError` no_signing_key when there is neither a
        usable keyring nor a passphrase, key_passphrase_wrong, key_damaged; `SubjectError` key_expired or
        key_not_yet_valid.
        """
        self._hear(passphrase)
        with disk_errors(self._folder):
            make_private_folder(self._folder)
            with self._lock():
                which = self.in_use
                if which == WORKSTATION and not self._file(WORKSTATION).path.exists():
                    self._make(passphrase)
                key = self._load(which, passphrase)
        # A clock that was set back must not stop a rescue: the workstation key was made on this computer.
        check_validity(key.certificate_der, self._clock.now(), too_early=which != WORKSTATION)
        return key

    def trusted(self) -> tuple[bytes, ...]:
        """The certificates (DER) whose signatures this home trusts: its own, and those enrolled."""
        from facevid_gui.evidence.trusted_set import TrustedSet  # which reads certificates as this module does

        return (*self.own(), *TrustedSet(self._folder / TRUSTED_FOLDER).signers())

    def own(self) -> tuple[bytes, ...]:
        """The certificates (DER) of the keys here, whichever of them signs."""
        paths = (self._certificate_path(which) for which in (WORKSTATION, ORGANISATION))
        return tuple(_read_certificate(path) for path in paths if path.exists())

    def rotate(self, passphrase: Secret | None, register: Register) -> tuple[SigningKey, SigningKey]:
        """Replace the workstation key; the old one signs a statement naming the new one. Returns (old, new).

        Raises as `open` does; there must be a key, and it must be in use (`SubjectError` rotate_organisation). A crash
        on the way is finished or undone by `recover`.
        """
        self._hear(passphrase)
        if self.in_use != WORKSTATION:
            raise SubjectError("rotate_organisation")
        with disk_errors(self._folder), self._lock():
            self._finish_rotation(register)
            if key_protection(self._folder) == "keyring":
                check_new_passphrase(passphrase)
            old = self._load(WORKSTATION, passphrase)
            fresh = make_workstation_key(self._name, self._clock.now())
            staged = self._staged()
            staged.write(fresh, passphrase)
            try:
                rotation.make_statement(self._folder, old, fresh, self._clock.now())
                self._finish_rotation(register)
            except BaseException:
                if not rotation.is_registered(register, old.certificate_sha256, fresh.certificate_sha256):
                    rotation.withdraw_statement(self._folder, fresh.certificate_sha256)
                    staged.path.unlink(missing_ok=True)
                raise
        return old, fresh

    def recover(self, register: Register) -> None:
        """Finish a rotation that a crash interrupted, or undo it when the old key had not spoken yet.

        What cannot be finished now (a full disk, a damaged register) stays; the old key signs until then.
        """
        if self._staged().path.exists():
            with contextlib.suppress(SurroundingsError), disk_errors(self._folder), self._lock():
                self._finish_rotation(register)

    def keep_organisation_key(self, key: SigningKey, passphrase: Secret, register: Register) -> str:
        """Keep the organisation's key and use it from now on; return what protects it.

        That is the keyring, else the passphrase of the file it came in.
        """
        self._hear(passphrase)
        check_validity(key.certificate_der, self._clock.now())
        with disk_errors(self._folder):
            make_private_folder(self._folder)
            with self._lock():
                before = self.certificate()
                self._keep_trusting_own(ORGANISATION)
                protection = self._write_organisation(key, passphrase)
                replace_file(self._certificate_path(ORGANISATION), pem_of_certificate(key.certificate_der))
                self._choose(ORGANISATION, before, register)
        return protection

    def choose(self, which: str, register: Register) -> None:
        """Sign with this key from now on. `SubjectError` no_organisation_key when none was imported."""
        if which == ORGANISATION and not self._file(ORGANISATION).path.exists():
            raise SubjectError("no_organisation_key")
        with disk_errors(self._folder):
            make_private_folder(self._folder)
            with self._lock():
                self._choose(which, self.certificate(), register)

    def retire(self, register: Register, detail: dict[str, str]) -> None:
        """Never sign with the key in use again: note why, remove the key. What it signed still verifies.

        The next use makes a fresh workstation key, without a statement by the old one: who stole it could make that.
        """
        with disk_errors(self._folder), self._lock():
            which = self.in_use
            certificate = self.certificate()
            if certificate is None:
                raise SubjectError("no_key_yet")
            self._keep_trusting(certificate)
            register.add("key", signer_sha256=hashlib.sha256(certificate).hexdigest(), detail=detail)
            self._staged().path.unlink(missing_ok=True)
            self._file(which).path.unlink(missing_ok=True)
            self._certificate_path(which).unlink(missing_ok=True)
            (self._folder / IN_USE_FILE).unlink(missing_ok=True)

    def _file(self, which: str) -> KeyFile:
        return KeyFile(self._folder / f"{which}.key", self._store)

    def _staged(self) -> KeyFile:
        return KeyFile(self._folder / f"{WORKSTATION}.key.next", self._store)

    def _certificate_path(self, which: str) -> Path:
        return self._folder / f"{which}.crt"

    def _lock(self) -> FileLock:
        return FileLock(self._folder / "workstation.lock", timeout=30, mode=PRIVATE_FILE)

    def _hear(self, passphrase: Secret | None) -> None:
        if passphrase is not None:
            self._learn(passphrase)

    def _make(self, passphrase: Secret | None) -> None:
        check_new_passphrase(passphrase)
        self._keep_trusting_own(WORKSTATION)  # the key file is gone; what it signed must still verify
        key = make_workstation_key(self._name, self._clock.now())
        self._file(WORKSTATION).write(key, passphrase)
        replace_file(self._certificate_path(WORKSTATION), pem_of_certificate(key.certificate_der))

    def _keep_trusting_own(self, which: str) -> None:
        path = self._certificate_path(which)
        if path.exists():
            self._keep_trusting(_read_certificate(path))

    def _keep_trusting(self, certificate_der: bytes) -> None:
        trusted = self._folder / TRUSTED_FOLDER
        make_private_folder(trusted)
        name = f"{hashlib.sha256(certificate_der).hexdigest()[:16]}.pem"
        replace_file(trusted / name, pem_of_certificate(certificate_der))

    def _write_organisation(self, key: SigningKey, passphrase: Secret) -> str:
        file = self._file(ORGANISATION)
        try:
            file.write(key, None)
        except SurroundingsError as error:
            if error.code != "no_signing_key":
                raise
            file.write(key, passphrase)
            return "passphrase"
        return "keyring"

    def _choose(self, which: str, before: bytes | None, register: Register) -> None:
        after = self._certificate_path(which)
        detail = {"reason": f"{which} key chosen"}
        if before is not None:
            detail["previous_signer_sha256"] = hashlib.sha256(before).hexdigest()
        sha256 = hashlib.sha256(_read_certificate(after)).hexdigest() if after.exists() else ""
        register.add("key", signer_sha256=sha256, detail=detail)
        replace_file(self._folder / IN_USE_FILE, f"{which}\n".encode())

    def _load(self, which: str, passphrase: Secret | None) -> SigningKey:
        key = self._file(which).load(passphrase)
        pem = pem_of_certificate(key.certificate_der)
        path = self._certificate_path(which)
        if not path.exists() or path.read_bytes() != pem:  # a crash between the two files, or damage: the key's counts
            replace_file(path, pem)
        return key

    def _finish_rotation(self, register: Register) -> None:
        staged = self._staged()
        if not staged.path.exists():
            return
        fresh = staged.certificate()
        sha256 = hashlib.sha256(fresh).hexdigest()
        in_use = hashlib.sha256(self._file(WORKSTATION).certificate()).hexdigest()
        previous = rotation.statement_about(self._folder, sha256)
        if previous != in_use:  # the key in use has not spoken; what another said about this one is nothing
            staged.path.unlink()
            return
        self._keep_trusting_own(WORKSTATION)
        if not rotation.is_registered(register, in_use, sha256):
            rotation.register_rotation(register, in_use, sha256)
        staged.path.replace(self._file(WORKSTATION).path)
        replace_file(self._certificate_path(WORKSTATION), pem_of_certificate(fresh))


class LateSigner:
    """A signer that is unlocked only when it signs: for work that may turn out to need no signature."""

    def __init__(self, unlock: Callable[[], SigningKey]) -> None:
        self._unlock = unlock

    @cached_property
    def _key(self) -> SigningKey:
        return self._unlock()

    @property
    def certificate_der(self) -> bytes:
        """See `Signer`; raises what unlocking raises, as the others do."""
        return self._key.certificate_der

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """See `Signer`."""
        return self._key.chain_der

    def sign(self, data: bytes) -> bytes:
        """See `Signer`."""
        return self._key.sign(data)


def check_validity(certificate_der: bytes, now: datetime, *, too_early: bool = True) -> None:
    """Refuse to sign with a certificate after its time and, with `too_early`, before it; `SubjectError`."""
    certificate = x509.load_der_x509_certificate(certificate_der)
    if now > certificate.not_valid_after_utc:
        raise SubjectError("key_expired", at=to_rfc3339(certificate.not_valid_after_utc))
    if too_early and now < certificate.not_valid_before_utc:
        raise SubjectError("key_not_yet_valid", at=to_rfc3339(certificate.not_valid_before_utc))


def _read_certificate(path: Path) -> bytes:
    try:
        with disk_errors(path):
            return certificate_from_pem(read_limited(path, MAX_KEY_BYTES))
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
