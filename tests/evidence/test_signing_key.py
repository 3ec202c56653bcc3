"""The workstation key: made once, never unprotected, healed, rotated without losing what was signed before."""

import json
import os
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from facevid_gui.core.errors import SubjectError, SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.evidence import key_protection, rotation
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.evidence.cms import check_detached, sign_detached
from facevid_gui.evidence.key_file import SigningKey
from facevid_gui.evidence.register import Register
from facevid_gui.evidence.signing_key import (
    KeyCabinet,
    LateSigner,
    certificate_from_pem,
    describe_certificate,
    pem_of_certificate,
)
from tests.support.clocks import NOON, StillClock
from tests.support.evidence_cms import person
from tests.support.evidence_crash import crash_before, end_of, start_child, umask
from tests.support.evidence_places import Place
from tests.support.tools import need, run_tool

PASSPHRASE = Secret("correct horse 电池 staple")


class FileStore(SessionStore):
    """A keyring that several processes share."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def read(self, owner: str, field: str) -> Secret | None:
        kept = json.loads(self._path.read_text()) if self._path.exists() else {}
        return Secret(kept[f"{owner}/{field}"]) if f"{owner}/{field}" in kept else None

    def write(self, owner: str, field: str, secret: Secret) -> None:
        kept = json.loads(self._path.read_text()) if self._path.exists() else {}
        self._path.write_text(json.dumps({**kept, f"{owner}/{field}": secret.reveal()}))


class BrokenStore(SessionStore):
    """A keyring in one of its bad states."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code

    def read(self, owner: str, field: str) -> Secret | None:
        raise SurroundingsError(self._code)


class ForgetfulStore(SessionStore):
    """A keyring that says it kept a secret and did not."""

    def write(self, owner: str, field: str, secret: Secret) -> None:
        pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def store() -> SessionStore:
    return SessionStore()


@pytest.fixture
def cabinet(folder: Path, store: SessionStore) -> KeyCabinet:
    """A keys folder whose password lies in a keyring."""
    return KeyCabinet(folder, store, StillClock(datetime.now(UTC)), "facevid workstation 测试-01")


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "register.jsonl", StillClock())


def cause(work: Callable[[], object]) -> str:
    """The code of an error of the surroundings, with its cause."""
    with pytest.raises(SurroundingsError) as caught:
        work()
    return " ".join([caught.value.code, *([caught.value.params["cause"]] if "cause" in caught.value.params else [])])


# --- making it ---------------------------------------------------------------------------------------------------


def test_a_key_is_made_at_first_use_and_the_same_one_opened_afterwards(cabinet: KeyCabinet) -> None:
    assert cabinet.certificate() is None
    assert cabinet.trusted() == ()
    first = cabinet.open()
    again = cabinet.open()
    assert again.certificate_der == first.certificate_der == cabinet.certificate()
    assert again.private_key.private_numbers() == first.private_key.private_numbers()
    assert cabinet.trusted() == (first.certificate_der,)
    checked = check_detached(sign_detached(b"data", again, NOON), b"data")
    assert checked.certificate_sha256 == first.certificate_sha256


def test_the_certificate_is_what_the_paper_asks_for(cabinet: KeyCabinet) -> None:
    certificate = x509.load_der_x509_certificate(cabinet.open().certificate_der)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.digital_signature, usage.value.content_commitment) == (True, True)
    assert not usage.value.key_cert_sign
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    with pytest.raises(x509.ExtensionNotFound):
        certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert certificate.issuer == certificate.subject
    assert certificate.subject.rfc4514_string() == "CN=facevid workstation 测试-01"
    span = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert timedelta(days=3650) <= span < timedelta(days=3651)
    assert certificate.public_key().curve.name == "secp256r1"  # type: ignore[union-attr]
    certificate.verify_directly_issued_by(certificate)


def test_a_very_long_name_is_cut_to_what_a_certificate_holds(folder: Path, store: SessionStore) -> None:
    cabinet = KeyCabinet(folder, store, StillClock(), "x" * 200)
    certificate = x509.load_der_x509_certificate(cabinet.open().certificate_der)
    assert certificate.subject.rfc4514_string() == f"CN={'x' * 64}"


def test_a_long_chinese_name_is_cut_between_two_letters(folder: Path, store: SessionStore) -> None:
    """64 bytes, not letters: a computer named by 30 Chinese letters once could not have a key at all."""
    certificate = x509.load_der_x509_certificate(
        KeyCabinet(folder, store, StillClock(), "名" * 30).open().certificate_der
    )
    assert certificate.subject.rfc4514_string() == f"CN={'名' * 21}"


def test_files_are_private_under_umask_zero(cabinet: KeyCabinet, folder: Path, register: Register) -> None:
    with umask(0):
        cabinet.open()
        cabinet.rotate(None, register)
    modes = {path.relative_to(folder): stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert {str(path): oct(mode) for path, mode in modes.items() if mode != 0o600 and (folder / path).is_file()} == {}
    assert {str(path): oct(mode) for path, mode in modes.items() if mode != 0o700 and (folder / path).is_dir()} == {}


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_the_key_file_holds_no_plain_key(cabinet: KeyCabinet, folder: Path, passphrase: Secret | None) -> None:
    key = cabinet.open(passphrase)
    raw = (folder / "workstation.key").read_bytes()
    private = key.private_key.private_numbers().private_value.to_bytes(32, "big")
    der = key.private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for plain in (private, private.hex().encode(), der, PASSPHRASE.reveal().encode()):
        assert plain not in everything
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in raw
    assert b"BEGIN PRIVATE KEY" not in raw
    assert b"BEGIN EC PRIVATE KEY" not in raw


def test_openssl_opens_the_key_only_with_the_password_of_the_keyring(
    cabinet: KeyCabinet, folder: Path, store: SessionStore
) -> None:
    need("openssl")
    cabinet.open()
    command = ("openssl", "pkey", "-in", str(folder / "workstation.key"), "-noout", "-passin")
    password = store.read("@workstation", "key_password")
    assert password is not None
    assert len(password.reveal()) >= 43, "32 random bytes"
    assert run_tool(*command, "pass:").returncode != 0
    assert run_tool(*command, "pass:wrong").returncode != 0
    assert run_tool(*command, f"pass:{password.reveal()}").returncode == 0


def test_the_password_never_lies_beside_the_key(cabinet: KeyCabinet, folder: Path, store: SessionStore) -> None:
    cabinet.open()
    password = store.read("@workstation", "key_password")
    assert password is not None
    for path in folder.rglob("*"):
        assert path.is_dir() or password.reveal().encode() not in path.read_bytes()


def test_of_two_first_starts_both_get_the_same_key(folder: Path, tmp_path: Path) -> None:
    gate = os.pipe()

    def start(name: str) -> None:
        os.read(gate[0], 1)
        key = KeyCabinet(folder, FileStore(tmp_path / "keyring.json"), StillClock(), "x").open()
        (tmp_path / name).write_bytes(key.certificate_der)

    children = [start_child(lambda name=name: start(name)) for name in ("one", "two", "three")]
    os.write(gate[1], b"...")
    assert [end_of(child) for child in children] == [0, 0, 0]
    assert len({(tmp_path / name).read_bytes() for name in ("one", "two", "three")}) == 1
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".lock") == [
        "workstation.crt", "workstation.key",
    ]  # fmt: skip


# --- keyring and passphrase --------------------------------------------------------------------------------------


def test_without_a_keyring_a_passphrase_protects_the_key(folder: Path) -> None:
    cabinet = KeyCabinet(folder, BrokenStore("keyring_unavailable"), StillClock(), "x")
    made = cabinet.open(PASSPHRASE)
    header = (folder / "workstation.key").read_text("utf-8").splitlines()[0]
    assert header.startswith("Protected-By: passphrase; scrypt n=32768 r=8 p=1 salt=")
    assert cabinet.open(PASSPHRASE).certificate_der == made.certificate_der
    assert cause(lambda: cabinet.open(Secret("wrong"))) == "key_passphrase_wrong"
    assert cause(cabinet.open) == "no_signing_key passphrase_needed"


def test_every_key_has_a_salt_of_its_own(tmp_path: Path) -> None:
    headers = set()
    for name in "ab":
        KeyCabinet(tmp_path / name, SessionStore(), StillClock(), "x").open(PASSPHRASE)
        headers.add((tmp_path / name / "workstation.key").read_text("utf-8").splitlines()[0])
    assert len(headers) == 2


@pytest.mark.parametrize("code", ["keyring_locked", "keyring_denied", "keyring_unavailable", "keyring_hangs"])
def test_no_key_is_made_without_keyring_and_passphrase(folder: Path, code: str) -> None:
    cabinet = KeyCabinet(folder, BrokenStore(code), StillClock(), "x")
    assert cause(cabinet.open) == f"no_signing_key {code}"
    assert not (folder / "workstation.key").exists()
    assert cabinet.certificate() is None


def test_a_keyring_that_forgets_at_once_is_not_trusted_with_the_password(folder: Path) -> None:
    assert cause(KeyCabinet(folder, ForgetfulStore(), StillClock(), "x").open) == "no_signing_key keyring_unavailable"
    assert not (folder / "workstation.key").exists()


def test_a_key_whose_keyring_is_gone_or_locked_says_so(cabinet: KeyCabinet, folder: Path) -> None:
    cabinet.open()
    locked = KeyCabinet(folder, BrokenStore("keyring_locked"), StillClock(), "x")
    assert cause(locked.open) == "no_signing_key keyring_locked"
    assert cause(KeyCabinet(folder, SessionStore(), StillClock(), "x").open) == "no_signing_key keyring_entry_absent"


def test_a_passphrase_given_for_a_key_of_the_keyring_changes_nothing(cabinet: KeyCabinet) -> None:
    made = cabinet.open()
    assert cabinet.open(PASSPHRASE).certificate_der == made.certificate_der


# --- damage ------------------------------------------------------------------------------------------------------


def replace_in(name: str, old: bytes, new: bytes) -> Callable[[Path], object]:
    def damage(folder: Path) -> None:
        raw = (folder / name).read_bytes()
        assert old in raw
        (folder / name).write_bytes(raw.replace(old, new, 1))

    return damage


def swap_certificate(folder: Path) -> None:
    raw = (folder / "workstation.key").read_bytes()
    key = raw.partition(b"-----BEGIN CERTIFICATE-----")[0]
    (folder / "workstation.key").write_bytes(key + person().certificate_pem)


def another_kind_of_key(store: SessionStore) -> Callable[[Path], object]:
    def damage(folder: Path) -> None:
        password = store.read("@workstation", "key_password")
        assert password is not None
        other = person("ed25519")
        pem = other.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password.reveal().encode()),
        )  # fmt: skip
        (folder / "workstation.key").write_bytes(b"Protected-By: keyring\n" + pem + other.certificate_pem)

    return damage


def plain_key(folder: Path) -> None:
    pem = person().key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "workstation.key").write_bytes(b"Protected-By: keyring\n" + pem + person().certificate_pem)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda folder: (folder / "workstation.key").write_bytes(b""),
    "garbage": lambda folder: (folder / "workstation.key").write_bytes(b"\xff\x00" * 40),
    "one line": lambda folder: (folder / "workstation.key").write_bytes(b"Protected-By: keyring"),
    "too large": lambda folder: (folder / "workstation.key").write_bytes(b"x" * 70_000),
    "another protection": replace_in("workstation.key", b"keyring", b"nothing"),
    "no header": replace_in("workstation.key", b"Protected-By: keyring\n", b""),
    "a changed byte of the key": replace_in("workstation.key", b"KEY-----\nM", b"KEY-----\nN"),
    "no certificate": replace_in("workstation.key", b"BEGIN CERTIFICATE", b"BEGIN NOTHING"),
    "another's certificate": swap_certificate,
    "an unprotected key": plain_key,
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_key_file_is_told_and_left_alone(cabinet: KeyCabinet, folder: Path, what: str) -> None:
    cabinet.open()
    DAMAGE[what](folder)
    left = (folder / "workstation.key").read_bytes()
    assert cause(cabinet.open) == "key_damaged"
    assert (folder / "workstation.key").read_bytes() == left


def test_a_key_of_another_kind_is_told(cabinet: KeyCabinet, folder: Path, store: SessionStore) -> None:
    cabinet.open()
    another_kind_of_key(store)(folder)
    assert cause(cabinet.open) == "key_damaged"


def test_a_damaged_passphrase_key_is_told(folder: Path) -> None:
    cabinet = KeyCabinet(folder, SessionStore(), StillClock(), "x")
    cabinet.open(PASSPHRASE)
    replace_in("workstation.key", b"n=32768", b"n=2")(folder)
    assert cause(lambda: cabinet.open(PASSPHRASE)) == "key_damaged"


@pytest.mark.parametrize("damage", [
    lambda path: path.unlink(), lambda path: path.write_bytes(b"x"), lambda path: path.write_bytes(b"x" * 70_000),
    lambda path: path.write_bytes(person().certificate_pem),
])  # fmt: skip
def test_the_certificate_file_is_healed_from_the_key_file(
    cabinet: KeyCabinet, folder: Path, damage: Callable[[Path], object]
) -> None:
    made = cabinet.open()
    damage(folder / "workstation.crt")
    assert cabinet.open().certificate_der == made.certificate_der
    assert cabinet.certificate() == made.certificate_der


@pytest.mark.parametrize("raw", [b"", b"x", b"x" * 70_000])
def test_an_unreadable_certificate_is_told(cabinet: KeyCabinet, folder: Path, raw: bytes) -> None:
    cabinet.open()
    (folder / "workstation.crt").write_bytes(raw)
    assert cause(cabinet.certificate) == "certificate_unreadable"
    assert cause(cabinet.trusted) == "certificate_unreadable"


def test_a_key_file_that_is_lost_costs_no_trust_in_what_it_signed(cabinet: KeyCabinet, folder: Path) -> None:
    lost = cabinet.open()
    (folder / "workstation.key").unlink()
    fresh = cabinet.open()
    assert fresh.certificate_der != lost.certificate_der
    assert cabinet.trusted() == (fresh.certificate_der, lost.certificate_der)


def test_a_crash_while_the_key_is_made_is_healed_at_the_next_start(folder: Path, tmp_path: Path) -> None:
    cabinet = KeyCabinet(folder, FileStore(tmp_path / "keyring.json"), StillClock(), "x")
    for step in range(1, 100):
        crashed = crash_before(step, cabinet.open)
        key = cabinet.open()
        assert check_detached(sign_detached(b"x", key, NOON), b"x").certificate_der == cabinet.certificate(), step
        assert cabinet.trusted() == (key.certificate_der,), step
        if not crashed:
            break
        shutil.rmtree(folder)
        (tmp_path / "keyring.json").unlink(missing_ok=True)
    assert step > 10


# --- rotation ----------------------------------------------------------------------------------------------------


def test_rotation_makes_a_fresh_key_and_keeps_the_old_one_trusted(
    cabinet: KeyCabinet, folder: Path, register: Register
) -> None:
    first = cabinet.open()
    old, fresh = cabinet.rotate(None, register)
    assert old.certificate_der == first.certificate_der != fresh.certificate_der
    assert cabinet.open().certificate_der == fresh.certificate_der == cabinet.certificate()
    assert set(cabinet.trusted()) == {old.certificate_der, fresh.certificate_der}
    [(_, line)] = read_lines(register.path)
    assert line is not None
    assert (line["event"], line["signer_sha256"]) == ("key", fresh.certificate_sha256)
    assert line["detail"] == {"previous_signer_sha256": old.certificate_sha256, "reason": "rotated"}
    assert sorted(path.name for path in (folder / "trusted").iterdir()) == [f"{old.certificate_sha256[:16]}.pem"]


def test_three_rotations_keep_all_four_certificates_trusted(cabinet: KeyCabinet, register: Register) -> None:
    keys = [cabinet.open(), *(cabinet.rotate(None, register)[1] for _ in range(3))]
    assert set(cabinet.trusted()) == {key.certificate_der for key in keys}
    assert len(set(cabinet.trusted())) == 4


def test_openssl_accepts_the_statement_of_the_old_key_about_the_new_one(
    cabinet: KeyCabinet, folder: Path, register: Register, tmp_path: Path
) -> None:
    need("openssl")
    cabinet.open()
    old, fresh = cabinet.rotate(None, register)
    [statement] = (folder / "rotations").glob("*.txt")
    text = statement.read_text("ascii")
    assert old.certificate_sha256 in text
    assert fresh.certificate_sha256 in text
    (tmp_path / "old.pem").write_bytes(pem_of_certificate(old.certificate_der))
    (tmp_path / "new.pem").write_bytes(pem_of_certificate(fresh.certificate_der))
    command = ("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "PEM", "-in", f"{statement}.p7s",
               "-content", str(statement), "-CAfile")  # fmt: skip
    assert run_tool(*command, str(tmp_path / "old.pem")).returncode == 0
    assert run_tool(*command, str(tmp_path / "new.pem")).returncode != 0


def test_a_key_can_be_rotated_from_passphrase_to_passphrase(folder: Path, register: Register) -> None:
    cabinet = KeyCabinet(folder, BrokenStore("keyring_unavailable"), StillClock(), "x")
    cabinet.open(PASSPHRASE)
    _, fresh = cabinet.rotate(PASSPHRASE, register)
    assert cabinet.open(PASSPHRASE).certificate_der == fresh.certificate_der
    assert cause(lambda: cabinet.rotate(Secret("wrong"), register)) == "key_passphrase_wrong"
    assert cabinet.open(PASSPHRASE).certificate_der == fresh.certificate_der


def test_without_a_key_there_is_nothing_to_rotate(cabinet: KeyCabinet, register: Register) -> None:
    with pytest.raises(SurroundingsError):
        cabinet.rotate(None, register)
    assert not register.path.exists()


def test_a_register_that_refuses_leaves_the_old_key_in_use(cabinet: KeyCabinet, register: Register) -> None:
    old = cabinet.open()
    register.path.write_bytes(b"not a register\n")
    with pytest.raises(SurroundingsError, match="log_damaged"):
        cabinet.rotate(None, register)
    assert cabinet.open().certificate_der == old.certificate_der


def test_two_rotations_at_once_each_start_from_the_key_in_use(folder: Path, tmp_path: Path, register: Register) -> None:
    """The statement of each must be signed by the key before it, not by one read before the lock was taken."""

    def cabinet() -> KeyCabinet:
        return KeyCabinet(folder, FileStore(tmp_path / "keyring.json"), StillClock(datetime.now(UTC)), "x")

    first = cabinet().open()
    children = [start_child(lambda: cabinet().rotate(None, register)) for _ in range(2)]
    assert [end_of(child) for child in children] == [0, 0]
    lines = [data for _, data in read_lines(register.path) if data]
    before = [line["detail"]["previous_signer_sha256"] for line in lines]
    assert before == [first.certificate_sha256, lines[0]["signer_sha256"]]
    assert cabinet().open().certificate_sha256 == lines[1]["signer_sha256"]
    assert len(set(cabinet().trusted())) == 3


def test_a_crash_while_rotating_never_loses_a_key_that_signed(folder: Path, tmp_path: Path) -> None:
    keyring, register = FileStore(tmp_path / "keyring.json"), Register(tmp_path / "register.jsonl", StillClock())
    cabinet = KeyCabinet(folder, keyring, StillClock(), "x")
    old = cabinet.open()
    pristine = tmp_path / "pristine"
    shutil.copytree(folder, pristine)
    in_use = []
    for step in range(1, 200):
        crashed = crash_before(step, lambda: cabinet.rotate(None, register))
        key = cabinet.open()
        assert {old.certificate_der, key.certificate_der} <= set(cabinet.trusted()), step
        in_use.append(key.certificate_der != old.certificate_der)
        if not crashed:
            break
        shutil.rmtree(folder)
        shutil.copytree(pristine, folder)
    assert in_use == sorted(in_use)
    assert in_use.count(False) > 10
    assert in_use.count(True) > 2


def test_old_folders_stay_verified_and_new_ones_carry_the_fresh_key(place: Place) -> None:
    old, fresh = place.house.keys.rotate(None, place.house.register)
    sealed = place.seal(place.capture("order"))
    before, after = place.verify(place.folder("kyc")), place.verify(sealed.folder)
    assert before.verified
    assert after.verified
    assert before.signer is not None
    assert after.signer is not None
    assert (before.signer.sha256, after.signer.sha256) == (old.certificate_sha256, fresh.certificate_sha256)


# --- trust and description ---------------------------------------------------------------------------------------


def test_enrolled_certificates_are_trusted_beside_the_own_one(cabinet: KeyCabinet, folder: Path) -> None:
    own = cabinet.open()
    (folder / "trusted").mkdir()
    (folder / "trusted" / "colleague.pem").write_bytes(person().certificate_pem)
    (folder / "trusted" / "notes.txt").write_bytes(b"not a certificate")
    assert cabinet.trusted() == (own.certificate_der, person().certificate_der)


def test_an_enrolled_file_that_is_no_certificate_is_told(cabinet: KeyCabinet, folder: Path) -> None:
    cabinet.open()
    (folder / "trusted").mkdir()
    (folder / "trusted" / "colleague.pem").write_bytes(b"x")
    assert cause(cabinet.trusted) == "trusted_unreadable"


def test_a_certificate_is_described_for_people(cabinet: KeyCabinet) -> None:
    key: SigningKey = cabinet.open()
    facts = describe_certificate(key.certificate_der)
    assert facts["subject"] == "CN=facevid workstation 测试-01"
    assert facts["sha256"] == key.certificate_sha256
    assert facts["not_before"] < facts["not_after"]
    assert certificate_from_pem(pem_of_certificate(key.certificate_der)) == key.certificate_der


def test_scrypt_takes_long_enough_to_be_worth_it() -> None:
    """Cost parameters are part of the file's header; weaker ones would be a silent change."""
    assert key_protection.PASSPHRASE_HEADER.pattern.startswith("Protected-By: passphrase; scrypt n=32768 r=8 p=1 ")


# --- a rotation that was interrupted, a key that is retired ------------------------------------------------------


def test_the_next_start_finishes_or_undoes_a_rotation_that_a_crash_interrupted(folder: Path, tmp_path: Path) -> None:
    """After every crash: one key, the statement and the register line of exactly that key, no half key left."""
    register = Register(tmp_path / "register.jsonl", StillClock())
    cabinet = KeyCabinet(folder, FileStore(tmp_path / "keyring.json"), StillClock(), "x")
    old = cabinet.open()
    pristine = tmp_path / "pristine"
    shutil.copytree(folder, pristine)
    finished = []
    for step in range(1, 300):
        crashed = crash_before(step, lambda: cabinet.rotate(None, register))
        cabinet.recover(register)
        key = cabinet.open()
        assert not (folder / "workstation.key.next").exists(), step
        lines = [data for _, data in read_lines(register.path) if data] if register.path.exists() else []
        registered = [line["signer_sha256"] for line in lines if line["event"] == "key"]
        is_new = key.certificate_der != old.certificate_der
        assert registered == ([key.certificate_sha256] if is_new else []), step
        assert (rotation.statement_about(folder, key.certificate_sha256) == old.certificate_sha256) is is_new, step
        finished.append(is_new)
        if not crashed:
            break
        shutil.rmtree(folder)
        shutil.copytree(pristine, folder)
        for path in tmp_path.glob("register.*"):
            path.unlink()
    assert finished == sorted(finished)
    assert finished.count(False) > 10
    assert finished.count(True) > 10


def test_a_register_that_refuses_leaves_no_statement_either(
    cabinet: KeyCabinet, folder: Path, register: Register
) -> None:
    cabinet.open()
    register.path.write_bytes(b"not a register\n")
    with pytest.raises(SurroundingsError, match="log_damaged"):
        cabinet.rotate(None, register)
    assert list((folder / "rotations").iterdir()) == []
    assert not (folder / "workstation.key.next").exists()


def test_a_key_that_waits_without_a_statement_of_the_old_one_is_never_taken(
    cabinet: KeyCabinet, folder: Path, register: Register, tmp_path: Path
) -> None:
    """Whoever can put a file into the folder cannot make it the key that signs."""
    own = cabinet.open()
    other = KeyCabinet(tmp_path / "other", SessionStore(), StillClock(datetime.now(UTC)), "x")
    stranger = other.open()
    shutil.copy(tmp_path / "other" / "workstation.key", folder / "workstation.key.next")
    rotation.make_statement(folder, stranger, stranger, datetime.now(UTC))
    cabinet.recover(register)
    assert cabinet.open().certificate_der == own.certificate_der
    assert not (folder / "workstation.key.next").exists()


def test_a_retired_key_signs_no_more_and_what_it_signed_stays_verified(
    cabinet: KeyCabinet, folder: Path, register: Register
) -> None:
    stolen = cabinet.open()
    cabinet.retire(register, {"reason": "retired", "why": "laptop lost"})
    assert cabinet.certificate() is None
    assert list(folder.glob("*.key")) == []
    fresh = cabinet.open()
    assert fresh.certificate_der != stolen.certificate_der
    assert stolen.certificate_der in cabinet.trusted()
    [(_, line)] = read_lines(register.path)
    assert line is not None
    assert (line["event"], line["signer_sha256"]) == ("key", stolen.certificate_sha256)
    assert line["detail"]["why"] == "laptop lost"
    assert not (folder / "rotations").exists(), "no statement: whoever has the key could make one"


def test_a_certificate_that_has_expired_signs_no_more_but_can_be_rotated(folder: Path, tmp_path: Path) -> None:
    clock = StillClock()
    cabinet = KeyCabinet(folder, SessionStore(), clock, "x")
    cabinet.open()
    clock.move(days=3660)
    with pytest.raises(SubjectError, match="key_expired"):
        cabinet.open()
    cabinet.rotate(None, Register(tmp_path / "register.jsonl", clock))
    cabinet.open()


def test_a_late_signer_is_unlocked_only_by_signing(cabinet: KeyCabinet) -> None:
    opened = []

    def unlock() -> SigningKey:
        opened.append(1)
        return cabinet.open()

    signer = LateSigner(unlock)
    assert opened == []
    checked = check_detached(sign_detached(b"x", signer, NOON), b"x")
    assert checked.certificate_der == cabinet.certificate()
    assert opened == [1]
