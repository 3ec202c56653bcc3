"""The organisation's key: out of the file that `openssl pkcs12` wrote, into signatures that `openssl cms` accepts."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asn1crypto.pkcs12
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import FacevidError, SubjectError, SurroundingsError
from facevid_gui.core.secret import Secret
from facevid_gui.core.verdict import Verdict
from facevid_gui.credentials.secret_store import SessionStore
from facevid_gui.evidence import bag
from facevid_gui.evidence.chainlog import read_lines
from facevid_gui.evidence.chains import trusts
from facevid_gui.evidence.cms import check_detached, sign_detached
from facevid_gui.evidence.key_protection import key_in_use, key_protection
from facevid_gui.evidence.pkcs12 import read_pkcs12
from facevid_gui.evidence.signing_key import KeyCabinet, certificate_from_pem, pem_of_certificate
from tests.evidence.test_signing_key import BrokenStore
from tests.support.clocks import NOON, StillClock
from tests.support.evidence_authority import AuthorityServer
from tests.support.evidence_organisation import PASSPHRASE, SIGNING, Organisation, make_organisation
from tests.support.evidence_places import Place, Template
from tests.support.tools import run_tool

SECRET = Secret(PASSPHRASE)


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Organisation:
    return make_organisation(tmp_path_factory.mktemp("organisation") / "ca")


def root_of(organisation: Organisation) -> bytes:
    return certificate_from_pem(organisation.root_pem.read_bytes())


def refusal(path: Path, secret: Secret = SECRET) -> str:
    with pytest.raises(FacevidError) as caught:
        read_pkcs12(path, secret)
    assert PASSPHRASE not in str(caught.value)
    return caught.value.code


def rewritten(path: Path, change: Callable[[Any], None]) -> Path:
    """A copy of a file whose parsed form was changed; the MAC no longer fits."""
    parsed = asn1crypto.pkcs12.Pfx.load(path.read_bytes())
    change(parsed)
    other = path.with_name("rewritten.p12")
    other.write_bytes(parsed.dump(force=True))
    return other


@pytest.mark.parametrize("rounds", [10_000_001, 2**31 - 1, 2**63])
def test_a_file_that_would_take_for_ever_is_refused_at_once(organisation: Organisation, rounds: int) -> None:
    """Found by looking at what the fuzzer may not reach: 2**63 rounds are an eternity."""
    path = organisation.issue(f"slow {rounds}")

    def mac(parsed: Any) -> None:
        parsed["mac_data"]["iterations"] = rounds

    def part(parsed: Any) -> None:
        for item in (safe := parsed.authenticated_safe):
            if item["content_type"].native == "encrypted_data":
                algorithm = item["content"]["encrypted_content_info"]["content_encryption_algorithm"]
                algorithm["parameters"]["key_derivation_func"]["parameters"]["iteration_count"] = rounds
        parsed["auth_safe"]["content"] = safe.dump(force=True)

    def key(parsed: Any) -> None:
        for item in (safe := parsed.authenticated_safe):
            if item["content_type"].native == "data":
                bags = asn1crypto.pkcs12.SafeContents.load(item["content"].native)
                derivation = bags[0]["bag_value"]["encryption_algorithm"]["parameters"]["key_derivation_func"]
                derivation["parameters"]["iteration_count"] = rounds
                item["content"] = bags.dump(force=True)
        parsed["auth_safe"]["content"] = safe.dump(force=True)

    began = time.process_time()
    assert [refusal(rewritten(path, change)) for change in (mac, part, key)] == ["key_file_cipher"] * 3
    assert time.process_time() - began < 5
    assert read_pkcs12(path, SECRET).certificate_der, "the usual number of rounds"


# --- reading the file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "expected"), [("p256", ec.EllipticCurvePrivateKey), ("rsa", rsa.RSAPrivateKey)])
def test_key_certificate_and_chain_are_read_in_order(organisation: Organisation, kind: str, expected: type) -> None:
    key = read_pkcs12(organisation.issue(f"signer {kind}", kind), SECRET)
    assert isinstance(key.private_key, expected)
    middle = certificate_from_pem((organisation.folder / "middle.pem").read_bytes())
    assert key.chain_der == (middle, root_of(organisation)), "the nearest first, whatever the order in the file"


@pytest.mark.parametrize("kind", ["p256", "rsa"])
def test_openssl_verifies_the_signature_with_nothing_but_the_root(
    organisation: Organisation, tmp_path: Path, kind: str
) -> None:
    key = read_pkcs12(organisation.issue(f"cms {kind}", kind), SECRET)
    data = b"what is signed\n" * 50
    (tmp_path / "data").write_bytes(data)
    (tmp_path / "data.p7s").write_bytes(sign_detached(data, key, NOON))
    command = ("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "PEM", "-in", str(tmp_path / "data.p7s"),
               "-content", str(tmp_path / "data"), "-CAfile")  # fmt: skip
    assert run_tool(*command, str(organisation.root_pem)).returncode == 0
    stranger = make_organisation(tmp_path / "other")
    assert run_tool(*command, str(stranger.root_pem)).returncode != 0
    checked = check_detached((tmp_path / "data.p7s").read_bytes(), data)
    assert (checked.certificate_der, set(checked.others_der)) == (key.certificate_der, set(key.chain_der))


def test_what_is_wrong_with_a_file_is_said(organisation: Organisation, tmp_path: Path) -> None:
    good = organisation.issue("good")
    assert refusal(good, Secret("wrong")) == "key_file_passphrase"
    for name, raw in (("text", b"hello"), ("empty", b""), ("cut", good.read_bytes()[:-30]), ("pem", b"-----BEGIN X")):
        (tmp_path / name).write_bytes(raw)
        assert refusal(tmp_path / name) == "key_file_unreadable", name
    assert refusal(tmp_path / "missing") == "key_file_unreadable"
    assert refusal(tmp_path) == "key_file_unreadable"
    flipped = bytearray(good.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    (tmp_path / "flipped").write_bytes(flipped)
    assert refusal(tmp_path / "flipped") == "key_file_passphrase", "its own checksum no longer fits the passphrase"


def test_a_file_without_a_key_or_with_an_unfit_one_is_refused(organisation: Organisation) -> None:
    bare = organisation.folder / "bare.p12"
    run_tool("openssl", "pkcs12", "-export", "-nokeys", "-in", str(organisation.root_pem), "-out", str(bare),
             "-passout", f"pass:{PASSPHRASE}")  # fmt: skip
    assert refusal(bare) == "key_file_empty"
    assert refusal(organisation.issue("edwards", "ed25519")) == "key_file_kind"
    assert refusal(organisation.issue("small", "rsa1024")) == "key_file_kind"


@pytest.mark.parametrize(
    ("usage", "fits"),
    [
        (SIGNING, True),
        ("keyUsage=critical,nonRepudiation", True),
        ("subjectKeyIdentifier=hash", True),
        ("extendedKeyUsage=emailProtection,clientAuth", True),
        ("keyUsage=critical,keyEncipherment", False),
        ("extendedKeyUsage=clientAuth", False),
        ("extendedKeyUsage=1.3.6.1.5.5.7.3.36", False),
        ("extendedKeyUsage=anyExtendedKeyUsage", False),
    ],
)
def test_usage_is_judged_as_openssl_judges_it(
    organisation: Organisation, tmp_path: Path, usage: str, fits: bool
) -> None:
    """What we would take and `openssl cms -verify` refuse, no README in any folder could explain."""
    file = organisation.issue("usage", usage=usage)
    (tmp_path / "data").write_bytes(b"x")
    common = ("openssl", "cms", "-binary", "-content", str(tmp_path / "data"))
    run_tool("openssl", "cms", "-sign", "-binary", "-in", str(tmp_path / "data"), "-outform", "PEM", "-signer",
             str(file.with_suffix(".pem")), "-inkey", str(file.with_suffix(".key")), "-certfile",
             str(organisation.folder / "chain.pem"), "-out", str(tmp_path / "p7s"))  # fmt: skip
    verified = run_tool(*common, "-verify", "-inform", "PEM", "-in", str(tmp_path / "p7s"), "-CAfile",
                        str(organisation.root_pem)).returncode == 0  # fmt: skip
    assert verified is fits, "what openssl says"
    if fits:
        read_pkcs12(file, SECRET)
    else:
        assert refusal(file) == "key_wrong_usage"


# --- keeping it --------------------------------------------------------------------------------------------------


def test_an_imported_key_signs_verifies_and_can_be_left_again(place: Place, organisation: Organisation) -> None:
    keys, register = place.house.keys, place.house.register
    own = keys.open()
    key = read_pkcs12(organisation.issue("signer"), SECRET)
    assert keys.keep_organisation_key(key, SECRET, register) == "keyring"
    assert keys.in_use == "organisation"
    assert (keys.open().certificate_der, keys.open().chain_der) == (key.certificate_der, key.chain_der)
    assert set(keys.trusted()) == {own.certificate_der, key.certificate_der}
    line = list(read_lines(register.path))[-1][1]
    assert line is not None
    assert (line["event"], line["signer_sha256"]) == ("key", key.certificate_sha256)
    assert line["detail"] == {"previous_signer_sha256": own.certificate_sha256, "reason": "organisation key chosen"}
    keys.choose("workstation", register)
    assert keys.open().certificate_der == own.certificate_der
    keys.choose("organisation", register)
    assert keys.open().certificate_der == key.certificate_der


def test_no_plain_key_and_no_passphrase_lie_anywhere(place: Place, organisation: Organisation) -> None:
    key = read_pkcs12(organisation.issue("hidden"), SECRET)
    place.house.keys.keep_organisation_key(key, SECRET, place.house.register)
    assert isinstance(key.private_key, ec.EllipticCurvePrivateKey)
    private = key.private_key.private_numbers().private_value.to_bytes(32, "big")
    for path in place.home.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert private not in raw, path
            assert PASSPHRASE.encode() not in raw, path


def test_without_a_keyring_the_passphrase_of_the_file_protects_the_copy(
    organisation: Organisation, tmp_path: Path
) -> None:
    from facevid_gui.evidence.register import Register

    folder = tmp_path / "keys"
    cabinet = KeyCabinet(folder, BrokenStore("keyring_unavailable"), StillClock(), "x")
    key = read_pkcs12(organisation.issue("signer"), SECRET)
    assert cabinet.keep_organisation_key(key, SECRET, Register(tmp_path / "r.jsonl", StillClock())) == "passphrase"
    assert (key_in_use(folder), key_protection(folder)) == ("organisation", "passphrase")
    assert cabinet.open(SECRET).certificate_der == key.certificate_der
    with pytest.raises(SurroundingsError, match="key_passphrase_wrong"):
        cabinet.open(Secret("wrong"))
    with pytest.raises(SurroundingsError, match="no_signing_key"):
        cabinet.open()


def test_a_certificate_out_of_its_time_is_refused_at_import_and_when_signing(
    organisation: Organisation, tmp_path: Path
) -> None:
    from facevid_gui.evidence.register import Register

    clock = StillClock(datetime(2030, 6, 1, tzinfo=UTC))
    register = Register(tmp_path / "r.jsonl", clock)
    cabinet = KeyCabinet(tmp_path / "keys", SessionStore(), clock, "x")
    past = read_pkcs12(organisation.issue("past", end="20290101000000Z"), SECRET)
    future = read_pkcs12(organisation.issue("future", start="20310101000000Z"), SECRET)
    for key, code in ((past, "key_expired"), (future, "key_not_yet_valid")):
        with pytest.raises(SubjectError, match=code):
            cabinet.keep_organisation_key(key, SECRET, register)
    assert cabinet.certificate() is None
    assert not register.path.exists()
    short = read_pkcs12(organisation.issue("short", end="20300701000000Z"), SECRET)
    cabinet.keep_organisation_key(short, SECRET, register)
    clock.move(days=40)
    with pytest.raises(SubjectError, match="key_expired"):
        cabinet.open()


def test_an_organisation_key_is_not_rotated_here_and_none_cannot_be_chosen(
    place: Place, organisation: Organisation
) -> None:
    with pytest.raises(SubjectError, match="no_organisation_key"):
        place.house.keys.choose("organisation", place.house.register)
    key = read_pkcs12(organisation.issue("signer"), SECRET)
    place.house.keys.keep_organisation_key(key, SECRET, place.house.register)
    with pytest.raises(SubjectError, match="rotate_organisation"):
        place.house.keys.rotate(None, place.house.register)


def test_its_successor_leaves_the_older_certificate_trusted(place: Place, organisation: Organisation) -> None:
    keys, register = place.house.keys, place.house.register
    first, second = (read_pkcs12(organisation.issue(name), SECRET) for name in ("first", "second"))
    for key in (first, second):
        keys.keep_organisation_key(key, SECRET, register)
    assert {first.certificate_der, second.certificate_der} <= set(keys.trusted())
    assert keys.open().certificate_der == second.certificate_der


# --- folders and trust -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["p256", "rsa"])
def test_a_folder_sealed_with_it_is_verified_by_the_root_alone(
    place: Place, organisation: Organisation, kind: str
) -> None:
    key = read_pkcs12(organisation.issue(f"seal {kind}", kind), SECRET)
    place.house.keys.keep_organisation_key(key, SECRET, place.house.register)
    folder = place.seal(place.capture("order")).folder
    by_root = place.verify(folder, signers=(root_of(organisation),))
    assert (by_root.verdict, by_root.reasons) == (Verdict.VERIFIED_UNSTAMPED, ())
    assert by_root.signer is not None
    assert by_root.signer.trusted
    assert place.verify(folder).verified, "by the certificate itself, as this home trusts it"
    command = ("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "PEM", "-in", str(folder / bag.SIGNATURE),
               "-content", str(folder / bag.TAG_MANIFEST), "-CAfile", str(organisation.root_pem))  # fmt: skip
    assert run_tool(*command).returncode == 0


def test_another_root_of_the_same_name_trusts_nobody(place: Place, organisation: Organisation, tmp_path: Path) -> None:
    key = read_pkcs12(organisation.issue("signer"), SECRET)
    place.house.keys.keep_organisation_key(key, SECRET, place.house.register)
    folder = place.seal(place.capture("order")).folder
    namesake = make_organisation(tmp_path / "namesake")
    verdict = place.verify(folder, signers=(root_of(namesake),))
    assert verdict.verdict is Verdict.UNKNOWN_SIGNER
    assert verdict.signer is not None
    assert not verdict.signer.trusted


def test_a_workstation_certificate_vouches_for_nobody_else(place: Place, organisation: Organisation) -> None:
    """It is no authority: trusting it trusts its own signatures only."""
    key = read_pkcs12(organisation.issue("signer"), SECRET)
    checked = check_detached(sign_detached(b"x", key, NOON), b"x")
    assert trusts((root_of(organisation),), checked, NOON)
    assert not trusts((place.signer.certificate_der,), checked, NOON)
    middle = certificate_from_pem((organisation.folder / "middle.pem").read_bytes())
    assert trusts((middle,), checked, NOON), "an authority in between can be trusted instead of the root"


def test_an_event_by_a_stranger_is_seen_although_the_seal_leads_to_the_root(
    place: Place, organisation: Organisation
) -> None:
    own = place.house.keys.open()
    key = read_pkcs12(organisation.issue("signer"), SECRET)
    place.house.keys.keep_organisation_key(key, SECRET, place.house.register)
    folder = place.seal(place.capture("order")).folder
    assert place.house.custody.append(folder, "verified", {}, own)
    verdict = place.verify(folder, signers=(root_of(organisation),))
    assert [reason.code for reason in verdict.reasons] == ["custody_unknown_signer"]
    assert verdict.verdict is Verdict.CHAIN_BROKEN
    both = place.verify(folder, signers=(root_of(organisation), own.certificate_der))
    assert both.verified


def test_a_certificate_that_has_expired_counts_only_where_a_stamp_shows_it_was_in_time(
    place: Place, organisation: Organisation
) -> None:
    """As `openssl cms -verify` without and with `-attime`: the signature's own date is only its maker's word."""
    key = read_pkcs12(organisation.issue("short", end="20210101000000Z"), SECRET)
    at = datetime(2020, 6, 1, tzinfo=UTC)
    checked = check_detached(sign_detached(b"x", key, at), b"x")
    root = (root_of(organisation),)
    assert trusts(root, checked, at)
    assert not trusts(root, checked, datetime.now(UTC))
    assert trusts((key.certificate_der,), checked, datetime.now(UTC)), "a pinned certificate is pinned"


def test_a_certificate_not_made_for_signing_is_not_trusted_through_the_root(organisation: Organisation) -> None:
    from dataclasses import replace

    good = read_pkcs12(organisation.issue("signer"), SECRET)
    bad = organisation.issue("server", usage="extendedKeyUsage=serverAuth")
    der = certificate_from_pem(bad.with_suffix(".pem").read_bytes())
    checked = check_detached(sign_detached(b"x", good, NOON), b"x")
    assert not trusts((root_of(organisation),), replace(checked, certificate_der=der), NOON)
    assert pem_of_certificate(der)


def test_a_folder_of_an_expired_certificate_is_verified_by_its_stamp_alone(
    template: Template, organisation: Organisation, tmp_path: Path
) -> None:
    ago = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    end = ago + timedelta(hours=1)
    place = Place(template, tmp_path / "home", StillClock(ago))
    key = read_pkcs12(organisation.issue("gone", end=f"{end:%Y%m%d%H%M%SZ}"), SECRET)
    place.house.keys.keep_organisation_key(key, SECRET, place.house.register)
    folder = place.seal(place.capture("order")).folder
    root = (root_of(organisation),)
    unstamped = place.verify(folder, signers=root)
    assert (unstamped.verdict, unstamped.verified) == (Verdict.UNKNOWN_SIGNER, False)
    late = datetime.now(UTC).replace(microsecond=0)
    for at, expected in ((late, Verdict.UNKNOWN_SIGNER), (ago, Verdict.VERIFIED)):
        with AuthorityServer(lambda query, at=at: template.authority.respond(query, at=at)) as server:
            stamper = place.house.stamper([template.authority.root_der])
            assert stamper.stamp(folder, [server.url], place.house.keys.open(), CancelToken()).stamp
        assert place.verify(folder, signers=root).verdict is expected
