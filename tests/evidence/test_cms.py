"""Detached signatures: ours before other programs, theirs before ours, and forgeries before both."""

import hashlib
import warnings
from datetime import UTC, datetime
from pathlib import Path

import asn1crypto.tsp
import pytest
from asn1crypto import cms as acms
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from facevid_gui.evidence.cms import MAX_SIGNATURE_BYTES, CheckedSignature, CmsError, check_detached, sign_detached
from tests.support.evidence_cms import (
    DATA,
    SIGNED_AT,
    Forgery,
    Person,
    make_person,
    openssl_sign,
    person,
    to_der,
    to_pem,
)
from tests.support.tools import need, run_tool


@pytest.fixture(scope="module")
def ours() -> bytes:
    """A signature of ours."""
    return sign_detached(DATA, person(), SIGNED_AT)


def verdict(pem: bytes, data: bytes = DATA) -> str:
    """ "holds", or the code and words of the error."""
    try:
        check_detached(pem, data)
    except CmsError as error:
        return f"{error.code}: {error}"
    return "holds"


# --- ours, judged by others --------------------------------------------------------------------------------------


def test_openssl_accepts_our_signature_as_cades(tmp_path: Path, ours: bytes) -> None:
    need("openssl")
    done = openssl_verify(tmp_path, ours, person())
    assert done.returncode == 0, done.stderr
    assert done.stdout == DATA


def test_gnutls_accepts_our_signature(tmp_path: Path, ours: bytes) -> None:
    need("certtool")
    certificate, _ = person().write(tmp_path, "signer")
    (tmp_path / "p7s").write_bytes(ours)
    (tmp_path / "data").write_bytes(DATA)
    command = ("certtool", "--p7-verify", "--infile", "p7s", "--load-data", "data", "--load-ca-certificate")
    done = run_tool(*command, certificate, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "data").write_bytes(DATA + b".")
    assert run_tool(*command, certificate, cwd=tmp_path).returncode != 0


def test_our_own_check_says_who_signed_and_when(ours: bytes) -> None:
    checked = check_detached(ours, DATA)
    assert checked.certificate_der == person().certificate_der
    assert checked.certificate_sha256 == hashlib.sha256(person().certificate_der).hexdigest()
    assert checked.subject == "CN=p256 number 1"
    assert checked.signing_time == SIGNED_AT


def test_our_signature_is_a_pkcs7_pem_with_lines_of_64(ours: bytes) -> None:
    lines = ours.splitlines()
    assert (lines[0], lines[-1]) == (b"-----BEGIN PKCS7-----", b"-----END PKCS7-----")
    assert {len(line) for line in lines[1:-2]} == {64}


def test_the_content_itself_is_not_inside(ours: bytes) -> None:
    assert DATA[:40] not in to_der(ours)


# --- others', judged by us ---------------------------------------------------------------------------------------

FOREIGN = [
    ("p256", ("-cades", "-md", "sha256")),
    ("p256", ("-cades", "-md", "sha512")),
    ("p256", ("-cades", "-md", "sha256", "-keyid")),
    ("p384", ("-cades", "-md", "sha384")),
    ("rsa2048", ("-cades", "-md", "sha256")),
    ("rsa3072", ("-cades", "-md", "sha512")),
    ("rsa2048", ("-cades", "-md", "sha256", "rsa_padding_mode:pss")),
    ("rsa3072", ("-cades", "-md", "sha384", "rsa_padding_mode:pss", "rsa_pss_saltlen:20")),
]


@pytest.mark.parametrize(("kind", "options"), FOREIGN, ids=lambda value: " ".join(value) if value else "")
def test_a_cades_signature_of_openssl_holds(tmp_path: Path, kind: str, options: tuple[str, ...]) -> None:
    pem = openssl_sign(tmp_path, DATA, person(kind), options=options)
    assert check_detached(pem, DATA).certificate_der == person(kind).certificate_der
    assert verdict(pem, DATA + b".") == "bad_signature: the content is not what was signed"


@pytest.mark.parametrize("label", ["PKCS7", "CMS"])
def test_both_labels_are_read(label: str) -> None:
    assert verdict(Forgery().pem(label)) == "holds"


def test_a_forgery_without_a_fault_holds_for_us_and_for_openssl(tmp_path: Path) -> None:
    need("openssl")
    assert verdict(Forgery().pem()) == "holds"
    assert openssl_verify(tmp_path, Forgery().pem(), person()).returncode == 0


def test_a_signature_that_names_its_certificate_by_key_identifier_holds() -> None:
    assert verdict(Forgery(sid_by_key=True).pem()) == "holds"
    both = (person(number=2).certificate_der, person().certificate_der)
    assert check_detached(Forgery(sid_by_key=True, certificates=both).pem(), DATA).subject == "CN=p256 number 1"
    stranger = Forgery(sid_by_key=True, certificates=both[:1])
    assert verdict(stranger.pem()) == "bad_signature: the signer's certificate is not enclosed"


def test_a_certificate_hash_of_version_1_is_compared_too() -> None:
    first = asn1crypto.tsp.ESSCertID({"cert_hash": hashlib.sha1(person().certificate_der).digest()})
    wrong = asn1crypto.tsp.ESSCertID({"cert_hash": b"\0" * 20})
    for identified, expected in ((first, "holds"), (wrong, "bad_signature: the certificate hash attribute differs")):
        named = asn1crypto.tsp.SigningCertificate({"certs": [identified]})
        pem = Forgery(attributes={"signing_certificate_v2": None, "signing_certificate": [named]}).pem()
        assert verdict(pem) == expected


def test_without_signing_time_the_time_is_unknown() -> None:
    assert check_detached(Forgery(attributes={"signing_time": None}).pem(), DATA).signing_time is None


def test_unsigned_attributes_change_nothing() -> None:
    info = acms.ContentInfo.load(Forgery().der())
    signer = info["content"]["signer_infos"][0]
    signer["unsigned_attrs"] = [{"type": "counter_signature", "values": [signer.copy()]}]
    der = info.dump()
    assert acms.ContentInfo.load(der)["content"]["signer_infos"][0]["unsigned_attrs"].native, "it is really there"
    assert verdict(to_pem(der)) == "holds"


# --- what does not hold ------------------------------------------------------------------------------------------


def hash_attribute(certificate_der: bytes, algorithm: str = "sha256") -> list[object]:
    identified = {
        "hash_algorithm": {"algorithm": algorithm},
        "cert_hash": hashlib.new(algorithm, certificate_der).digest(),
    }
    return [asn1crypto.tsp.SigningCertificateV2({"certs": [asn1crypto.tsp.ESSCertIDv2(identified)]})]


TWIN = make_person(person(number=2).key, "p256 number 1", person().certificate.serial_number)
FORGERIES = {
    "two signers": (Forgery(signers=2), "bad_signature: not exactly one signer"),
    "no signer": (Forgery(signers=0), "bad_signature: not exactly one signer"),
    "no signed attributes": (
        Forgery(attributes=dict.fromkeys(("content_type", "signing_time", "message_digest", "signing_certificate_v2"))),
        "bad_signature: no signed attributes",
    ),
    "no content type attribute": (
        Forgery(attributes={"content_type": None}),
        "bad_signature: attribute content_type is missing",
    ),
    "no digest attribute": (
        Forgery(attributes={"message_digest": None}),
        "bad_signature: attribute message_digest is missing",
    ),
    "an attribute twice": (Forgery(repeated=("content_type",)), "bad_signature: attribute content_type is not single"),
    "two digests": (
        Forgery(attributes={"message_digest": [hashlib.sha256(DATA).digest(), b"\0" * 32]}),
        "bad_signature: attribute message_digest is not single",
    ),
    "wrong content type attribute": (
        Forgery(attributes={"content_type": ["tst_info"]}),
        "bad_signature: content type attribute differs",
    ),
    "wrong content type": (Forgery(content_type="digested_data"), "bad_signature: unexpected content type"),
    "wrong digest": (
        Forgery(attributes={"message_digest": [b"\0" * 32]}),
        "bad_signature: the content is not what was signed",
    ),
    "unexpected version": (Forgery(version="v5"), "bad_signature: unexpected version"),
    "unexpected version of the signer": (Forgery(signer_version="v3"), "bad_signature: unexpected version"),
    "digest not listed": (Forgery(listed_digests=("sha512",)), "bad_signature: the digest is not listed"),
    "no digest listed": (Forgery(listed_digests=()), "bad_signature: the digest is not listed"),
    "own content": (Forgery(content=DATA), "bad_signature: the signature carries its own content"),
    "own empty content": (Forgery(content=b""), "bad_signature: the signature carries its own content"),
    "sha1": (Forgery(digest="sha1"), "weak_signature: digest sha1"),
    "md5": (Forgery(digest="md5"), "weak_signature: digest md5"),
    "signature over sha1": (
        Forgery(signature_algorithm="sha1_ecdsa", signature_hash=hashes.SHA1),
        "weak_signature: signature hash sha1",
    ),
    "rsa 1024": (Forgery(person("rsa1024")), "weak_signature: RSA key too small"),
    "small curve": (Forgery(person("p224")), "weak_signature: elliptic curve too small"),
    "no certificate": (Forgery(certificates=()), "bad_signature: the signer's certificate is not enclosed"),
    "stranger's certificate": (
        Forgery(certificates=(person(number=2).certificate_der,)),
        "bad_signature: the signer's certificate is not enclosed",
    ),
    "certificate swapped for one of the same name and number": (
        Forgery(certificates=(TWIN.certificate_der,)),
        "bad_signature: the certificate hash attribute differs",
    ),
    "no certificate hash": (
        Forgery(attributes={"signing_certificate_v2": None}),
        "bad_signature: the certificate hash attribute is missing",
    ),
    "certificate hash by sha1": (
        Forgery(attributes={"signing_certificate_v2": hash_attribute(person().certificate_der, "sha1")}),
        "weak_signature: certificate hash sha1",
    ),
    "certificate hash of nothing": (
        Forgery(attributes={"signing_certificate_v2": [asn1crypto.tsp.SigningCertificateV2({"certs": []})]}),
        "bad_signature: malformed: IndexError",
    ),
    "another's signature value": (
        Forgery(value=person(number=2).sign(b"else")),
        "bad_signature: the signature does not match",
    ),
    "empty signature value": (Forgery(value=b""), "bad_signature: the signature does not match"),
    "rsa algorithm, elliptic key": (
        Forgery(signature_algorithm="sha256_rsa"),
        "bad_signature: algorithm and key differ",
    ),
    "elliptic algorithm, rsa key": (
        Forgery(person("rsa2048"), signature_algorithm="sha256_ecdsa"),
        "bad_signature: algorithm and key differ",
    ),
    "key of another kind": (
        Forgery(person("ed25519"), value=b"\0" * 64),
        "bad_signature: unsupported key type",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_does_not_hold(name: str) -> None:
    forgery, expected = FORGERIES[name]
    assert verdict(forgery.pem()) == expected


def test_openssl_signatures_without_what_we_require_do_not_hold(tmp_path: Path) -> None:
    both = openssl_sign(tmp_path, DATA, person(), person("p384"))
    plain = openssl_sign(tmp_path, DATA, person(), options=())
    bare = openssl_sign(tmp_path, DATA, person(), options=("-noattr",))
    inside = openssl_sign(tmp_path, DATA, person(), options=("-cades", "-nodetach"))
    nobody = openssl_sign(tmp_path, DATA, person(), options=("-cades", "-nocerts"))
    old = openssl_sign(tmp_path, DATA, person("rsa2048"), options=("-cades", "-md", "sha1"))
    assert verdict(both) == "bad_signature: not exactly one signer"
    assert verdict(plain) == "bad_signature: the certificate hash attribute is missing"
    assert verdict(bare) == "bad_signature: no signed attributes"
    assert verdict(inside) == "bad_signature: the signature carries its own content"
    assert verdict(nobody) == "bad_signature: the signer's certificate is not enclosed"
    assert verdict(old) == "weak_signature: digest sha1"


def test_a_pss_signature_with_sha1_inside_is_weak(tmp_path: Path) -> None:
    options = ("-cades", "-md", "sha1", "rsa_padding_mode:pss")
    pem = openssl_sign(tmp_path, DATA, person("rsa2048"), options=options)
    assert verdict(pem).startswith("weak_signature")


def test_another_cms_is_no_signature(tmp_path: Path) -> None:
    need("openssl")
    (tmp_path / "data").write_bytes(DATA)
    done = run_tool("openssl", "cms", "-digest_create", "-outform", "PEM", "-in", str(tmp_path / "data"))
    assert verdict(done.stdout) == "bad_signature: not signed data"


def test_trailing_bytes_and_truncation_are_malformed() -> None:
    der = Forgery().der()
    assert verdict(to_pem(der + b"\0")).startswith("bad_signature: malformed")
    for length in (0, 1, 2, len(der) // 2, len(der) - 1):
        assert verdict(to_pem(der[:length])).startswith("bad_signature: ")


def test_what_is_no_pem_is_refused(ours: bytes) -> None:
    assert verdict(b"") == "bad_signature: not a PKCS7 PEM"
    assert verdict(to_der(ours)) == "bad_signature: not a PKCS7 PEM"
    assert verdict(Forgery().pem("CERTIFICATE")) == "bad_signature: not a PKCS7 PEM"
    assert verdict(ours.replace(b"END PKCS7", b"END CMS")) == "bad_signature: not a PKCS7 PEM"
    assert verdict(ours + ours).startswith("bad_signature: ")
    assert verdict(ours.replace(b"M", b"*", 1)).startswith("bad_signature: not base64")


def test_an_oversized_file_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch, ours: bytes) -> None:
    monkeypatch.setattr("facevid_gui.evidence.cms.cms.ContentInfo.load", None)
    assert verdict(ours + b"\n" * MAX_SIGNATURE_BYTES) == "bad_signature: too large"


def test_a_certificate_whose_subject_cannot_be_read_is_malformed() -> None:
    """A stranger may sign rightly with a certificate that the libraries load but cannot name."""
    somebody = person(name="unreadable")
    der = somebody.certificate_der.replace(b"\x0c\x0aunreadable", b"\x03\x0a\x00nreadable")  # a bit string as name
    stranger = Person(somebody.key, x509.load_der_x509_certificate(der))
    with pytest.raises(TypeError):
        stranger.certificate.subject.rfc4514_string()
    assert verdict(Forgery(stranger).pem()) == "bad_signature: malformed: TypeError"


def test_a_digest_with_parameters_is_malformed() -> None:
    der = Forgery().der()
    digest = core.ObjectIdentifier("2.16.840.1.101.3.4.2.1").dump() + b"\x05\x00"
    before, between, after = der.split(digest)  # the list of digests, and the signer's
    other = digest[:-2] + b"\x04\x00"
    assert verdict(to_pem(before + other + between + digest + after)).startswith("bad_signature: malformed")
    assert verdict(to_pem(before + digest + between + other + after)).startswith("bad_signature: malformed")


def test_late_parsing_never_lets_another_error_out() -> None:
    """asn1crypto parses members when they are read: here the content's type is no object identifier at all."""
    der = Forgery().der()
    at = der.index(core.ObjectIdentifier("1.2.840.113549.1.7.1").dump(), 30)
    assert verdict(to_pem(der[:at] + b"\x05" + der[at + 1 :])).startswith("bad_signature: ")
    assert verdict(to_pem(der[: at - 1] + b"\x00" + der[at:])).startswith("bad_signature: ")


NOISE = settings(max_examples=200, deadline=None, derandomize=True, database=None)

# --- flips and noise ---------------------------------------------------------------------------------------------


def outcome(pem: bytes) -> CheckedSignature | None:
    """The checked signature, None when it does not hold; any other exception goes through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cryptography warns of odd certificates, as a stranger's may be
        try:
            return check_detached(pem, DATA)
        except CmsError:
            return None


@pytest.mark.parametrize("bit", range(8))
def test_no_flipped_bit_gives_a_signature_with_another_meaning_or_one_that_openssl_refuses(
    tmp_path: Path, ours: bytes, bit: int
) -> None:
    der, meaning = to_der(ours), check_detached(ours, DATA)
    for position in range(len(der)):
        flipped = bytearray(der)
        flipped[position] ^= 1 << bit
        pem = to_pem(bytes(flipped))
        found = outcome(pem)
        assert found in (None, meaning), position
        if found:
            assert openssl_verify(tmp_path, pem, person()).returncode == 0, position


def test_no_changed_character_of_the_file_gives_a_signature_with_another_meaning(ours: bytes) -> None:
    meaning = check_detached(ours, DATA)
    accepted = 0
    for position in range(len(ours)):
        for mask in (0x01, 0x20, 0x80):
            flipped = bytearray(ours)
            flipped[position] ^= mask
            found = outcome(bytes(flipped))
            assert found in (None, meaning), position
            accepted += found is not None
    assert accepted < 60, "only what carries no meaning may vary"


@NOISE
@given(st.binary(max_size=600))
def test_random_bytes_are_never_more_than_malformed(noise: bytes) -> None:
    assert outcome(noise) is None
    assert outcome(to_pem(noise)) is None


FIRST, SECOND = Forgery().der(), Forgery(person(number=2), data=DATA + b"!").der()


@NOISE
@given(st.integers(0, 700), st.integers(0, 700))
def test_a_splice_of_two_genuine_signatures_holds_for_neither(cut: int, rest: int) -> None:
    spliced = to_pem(FIRST[:cut] + SECOND[rest:])
    found = outcome(spliced)
    assert found is None or found.certificate_der == person().certificate_der


def test_the_signers_clock_is_kept_in_utc() -> None:
    local = datetime.fromisoformat("2026-03-05T20:00:00+08:00")
    checked = check_detached(sign_detached(DATA, person(), local), DATA)
    assert checked.signing_time == SIGNED_AT
    assert checked.signing_time.tzinfo is UTC


def openssl_verify(folder: Path, pem: bytes, signer: Person):
    """`openssl cms -verify -cades` with the signer's certificate from outside."""
    (folder / "p7s").write_bytes(pem)
    (folder / "data").write_bytes(DATA)
    (folder / "trusted.pem").write_bytes(signer.certificate.public_bytes(serialization.Encoding.PEM))
    return run_tool(
        "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "PEM", "-in", "p7s", "-content", "data",
        "-CAfile", "trusted.pem", cwd=folder,
    )  # fmt: skip
