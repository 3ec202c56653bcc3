"""The trusted set: one certificate at a time, signers apart from authorities, what is no certificate refused."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from facevid_gui.core.errors import FacevidError
from facevid_gui.core.verdict import Verdict
from facevid_gui.evidence.trusted_set import (
    MAX_CERTIFICATE_BYTES,
    SIGNER,
    TSA_ROOT,
    TrustedSet,
    read_one_certificate,
    signer_of,
    use_of,
)
from facevid_gui.evidence.verify import verify_folder
from tests.support.evidence_authority import Authority
from tests.support.evidence_cms import Person
from tests.support.evidence_cms import person as make_person
from tests.support.evidence_places import Place, Template
from tests.support.places import make_house
from tests.support.unprivileged import as_unprivileged, unprivileged_folder


@pytest.fixture
def trusted(tmp_path: Path) -> TrustedSet:
    return TrustedSet(tmp_path / "keys" / "trusted")


@pytest.fixture(scope="module")
def person() -> Person:
    return make_person()


def refusal(path: Path) -> tuple[str, int]:
    with pytest.raises(FacevidError) as caught:
        read_one_certificate(path)
    return caught.value.code, caught.value.exit_code


# --- one certificate -------------------------------------------------------------------------------------------------


def test_a_certificate_is_read_with_whatever_text_stands_around_it(tmp_path: Path, person: Person) -> None:
    path = tmp_path / "sent.pem"
    path.write_bytes("指纹见另纸\n".encode() + person.certificate_pem + b"\nkind regards\n")
    assert read_one_certificate(path) == person.certificate_der


def test_what_is_not_one_certificate_is_refused(tmp_path: Path, person: Person) -> None:
    path = tmp_path / "sent.pem"
    assert refusal(path) == ("certificate_file", 2)
    for raw, code in (
        (b"", "certificate_file"),
        (b"hello", "certificate_file"),
        (person.certificate_der, "certificate_file"),
        (person.certificate_pem[:200], "certificate_file"),
        (person.certificate_pem * 2, "certificate_not_one"),
        (person.certificate_pem + b" " * MAX_CERTIFICATE_BYTES, "certificate_too_large"),
    ):
        path.write_bytes(raw)
        assert refusal(path) == (code, 2), raw[:20]
    assert refusal(tmp_path) == ("certificate_file", 2)


@pytest.mark.parametrize("form", ["plain", "encrypted", "traditional", "behind the certificate"])
def test_a_private_key_is_never_taken_in_whatever_lies_beside_it(tmp_path: Path, person: Person, form: str) -> None:
    secret = serialization.BestAvailableEncryption(b"x") if form == "encrypted" else serialization.NoEncryption()
    kind = (
        serialization.PrivateFormat.TraditionalOpenSSL if form == "traditional" else serialization.PrivateFormat.PKCS8
    )
    key = person.key.private_bytes(serialization.Encoding.PEM, kind, secret)
    path = tmp_path / "sent.pem"
    path.write_bytes(person.certificate_pem + key if form.startswith("behind") else key + person.certificate_pem)
    assert refusal(path) == ("certificate_with_key", 2)


def test_the_key_file_of_a_workstation_is_refused(place: Place) -> None:
    assert refusal(place.house.paths.keys / "workstation.key") == ("certificate_with_key", 2)


def test_what_a_certificate_is_for_follows_from_what_it_says(place: Place, authority: Authority) -> None:
    assert use_of(place.house.keys.trusted()[0]) == SIGNER
    assert use_of(authority.root_der) == TSA_ROOT
    assert use_of(authority.leaf.der) == TSA_ROOT


# --- the set ---------------------------------------------------------------------------------------------------------


def test_signers_and_roots_are_kept_apart(trusted: TrustedSet, person: Person, authority: Authority) -> None:
    assert (trusted.all(), trusted.signers(), trusted.tsa_roots()) == ((), (), ())
    trusted.add(authority.root_der, TSA_ROOT)
    one = trusted.add(person.certificate_der, SIGNER)
    assert trusted.signers() == (person.certificate_der,)
    assert trusted.tsa_roots() == (authority.root_der,)
    assert [known.use for known in trusted.all()] == [SIGNER, TSA_ROOT]
    assert one.path is not None
    assert one.path.read_bytes() == person.certificate_pem
    assert stat.S_IMODE(one.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(trusted.folder.stat().st_mode) == 0o700
    trusted.add(person.certificate_der, SIGNER)
    assert len(trusted.all()) == 2


def test_one_certificate_is_found_by_the_beginning_of_its_fingerprint(trusted: TrustedSet, person: Person) -> None:
    one = trusted.add(person.certificate_der, SIGNER)
    for text in (one.sha256, one.sha256.upper(), one.sha256[:8], f"{one.sha256[:4]} {one.sha256[4:8]}"):
        assert trusted.find(text).der == person.certificate_der
    other = ("0" if one.sha256[0] != "0" else "1") * 8
    for text, code in ((one.sha256[:7], "fingerprint_malformed"), ("", "fingerprint_malformed"),
                       ("zz" * 8, "fingerprint_malformed"), (other, "trust_unknown")):  # fmt: skip
        with pytest.raises(FacevidError, match=code):
            trusted.find(text)


def test_removing_takes_every_file_of_a_certificate(trusted: TrustedSet, person: Person) -> None:
    one = trusted.add(person.certificate_der, SIGNER)
    (trusted.folder / "colleague.pem").write_bytes(person.certificate_pem)
    trusted.remove(one)
    assert trusted.all() == ()
    assert list(trusted.folder.iterdir()) == []


def test_a_file_that_is_no_certificate_is_named(trusted: TrustedSet, person: Person) -> None:
    trusted.add(person.certificate_der, SIGNER)
    (trusted.folder / "broken.pem").write_bytes(b"x")
    with pytest.raises(FacevidError, match="trusted_unreadable") as caught:
        trusted.signers()
    assert caught.value.params["path"].endswith("broken.pem")


def test_where_the_keys_cannot_be_written_that_is_told_and_nothing_is_trusted(person: Person) -> None:
    with unprivileged_folder() as base:
        trusted = TrustedSet(base / "keys" / "trusted")
        trusted.folder.mkdir(parents=True)
        trusted.folder.chmod(0o555)

        def attempt() -> str:
            try:
                trusted.add(person.certificate_der, SIGNER)
            except FacevidError as error:
                return error.code
            return "added"

        assert as_unprivileged(attempt) == "permission_denied"
        assert list(trusted.folder.iterdir()) == []


# --- what it means for folders ---------------------------------------------------------------------------------------


def test_a_folder_of_a_stranger_is_verified_once_its_signer_is_enrolled(place: Place, tmp_path: Path) -> None:
    folder = place.folder("kyc")
    checker = make_house(tmp_path / "checker")
    checker.keys.open()
    stranger = verify_folder(folder, checker.trust())
    assert stranger.verdict is Verdict.UNKNOWN_SIGNER
    assert stranger.signer is not None
    der = signer_of(folder, stranger.signer.sha256)
    checker.trusted.add(der, SIGNER)
    assert verify_folder(folder, checker.trust()).verdict is Verdict.VERIFIED_UNSTAMPED
    checker.trusted.remove(checker.trusted.find(stranger.signer.sha256))
    assert verify_folder(folder, checker.trust()).verdict is Verdict.UNKNOWN_SIGNER


def test_an_enrolled_root_judges_stamps_and_signs_nothing(place: Place, tmp_path: Path, template: Template) -> None:
    folder = place.folder("stamped")
    checker = make_house(tmp_path / "checker")
    checker.trusted.add(place.house.keys.trusted()[0], SIGNER)
    assert verify_folder(folder, checker.trust()).verdict is Verdict.VERIFIED_UNSTAMPED
    checker.trusted.add(template.authority.root_der, TSA_ROOT)
    assert verify_folder(folder, checker.trust()).verdict is Verdict.VERIFIED
    assert template.authority.root_der not in checker.trust().signers
    checker.trusted.remove(checker.trusted.find(checker.trusted.all()[0].sha256))
    assert verify_folder(folder, checker.trust()).verdict is Verdict.UNKNOWN_SIGNER


def test_an_enrolled_signer_does_not_vouch_for_times(place: Place, tmp_path: Path, authority: Authority) -> None:
    checker = make_house(tmp_path / "checker")
    checker.trusted.add(authority.root_der, SIGNER)
    assert checker.tsa_roots() == ((), False)


def test_the_signer_that_is_trusted_is_the_one_that_was_compared(place: Place) -> None:
    folder = place.open_folder("kyc")
    der = place.house.keys.trusted()[0]
    sha256 = place.signer.certificate_sha256
    assert signer_of(folder, sha256) == der
    for fingerprint in ("0" * 64, sha256[:-1]):
        with pytest.raises(FacevidError, match="signer_changed"):
            signer_of(folder, fingerprint)
    (folder / "tagmanifest-sha256.txt").write_bytes(b"changed")
    with pytest.raises(FacevidError, match="signer_changed"):
        signer_of(folder, sha256)
