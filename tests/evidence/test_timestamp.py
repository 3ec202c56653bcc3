"""RFC 3161: judging responses of genuine authorities, of `openssl ts`, and of liars."""

import hashlib
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from facevid_gui.core.errors import UsageError
from facevid_gui.evidence.cms import certificates_of, subject_of
from facevid_gui.evidence.timestamp import (
    MAX_RESPONSE_BYTES,
    Stamp,
    StampError,
    check_stamp,
    check_tsa_url,
    make_request,
)
from tests.support.evidence_authority import YEAR, Authority, Pair, Token, bare_response, make_pair
from tests.support.tools import need, run_tool

DATA = b"the bytes of a signature file"
GENUINE = Path(__file__).parent / "data"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of this module's own."""
    return Authority(tmp_path_factory.mktemp("tsa") / "tsa", "Module Authority")


def judged(tsa: Authority, **lies: Any) -> Stamp:
    """What we make of an answer with these lies, asked rightly and with the root pinned."""
    request = make_request(DATA)
    return check_stamp(tsa.respond(request.der, **lies), DATA, [tsa.root_der], request.nonce)


def refusal(tsa: Authority, **lies: Any) -> str:
    """Why we refuse an answer with these lies."""
    with pytest.raises(StampError) as caught:
        judged(tsa, **lies)
    return str(caught.value)


# --- asking ------------------------------------------------------------------------------------------------------


def test_a_request_holds_a_hash_a_nonce_and_nothing_else() -> None:
    request = make_request(DATA)
    asked = tsp.TimeStampReq.load(request.der, strict=True)
    assert asked["message_imprint"]["hashed_message"].native == hashlib.sha256(DATA).digest()
    assert asked["nonce"].native == request.nonce
    assert asked["cert_req"].native is True
    assert DATA not in request.der
    assert len(request.der) < 80


def test_openssl_reads_our_request(tmp_path: Path) -> None:
    need("openssl")
    (tmp_path / "q").write_bytes(make_request(DATA).der)
    shown = run_tool("openssl", "ts", "-query", "-in", "q", "-text", cwd=tmp_path).stdout.decode()
    assert "Hash Algorithm: sha256" in shown
    assert "Certificate required: yes" in shown


def test_every_request_has_a_nonce_of_its_own() -> None:
    assert len({make_request(DATA).nonce for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "url", ["http://tsa.example/", "https://tsa.example:8443/x?y=1", "http://[::1]:3180/", "http://127.0.0.1:1"]
)
def test_urls_of_authorities_may_be_plain_http(url: str) -> None:
    assert check_tsa_url(url) == url


@pytest.mark.parametrize("url", [
    "", "tsa.example", "ftp://tsa.example/", "http://", "http:///x", "https://user@tsa.example/",
    "https://:secret@tsa.example/", "http://[::1", "http://tsa.example:99999/", "http://tsa.example:x/",
    "http://时间戳.example/", "http://tsa.example/\r\nX: y", "http://tsa.example:0/",
])  # fmt: skip
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="tsa_url_malformed"):
        check_tsa_url(url)


# --- genuine responses -------------------------------------------------------------------------------------------


def test_a_response_of_openssl_holds_and_leads_to_the_root(tsa: Authority) -> None:
    request = make_request(DATA)
    stamp = check_stamp(tsa.respond_with_openssl(request.der), DATA, [tsa.root_der], request.nonce)
    assert stamp.trusted
    assert stamp.nonce == request.nonce
    assert stamp.authority == "CN=Module Authority Stamping Unit"
    assert abs(stamp.time - datetime.now(UTC)) < timedelta(seconds=60)


def test_openssl_accepts_what_our_test_authority_makes_by_hand(tsa: Authority, tmp_path: Path) -> None:
    """The lies below are only worth something if the truth of the same maker is accepted elsewhere."""
    need("openssl")
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "tsr").write_bytes(tsa.respond(make_request(DATA).der))
    command = ("openssl", "ts", "-verify", "-data", "data", "-in", "tsr", "-CAfile", str(tsa.root_pem))
    done = run_tool(*command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert judged(tsa).trusted


GENUINE_RESPONSES = {
    "digicert.tsr": (
        b"4b7b4e39f12b8c725e6e603e6d4422500316df94211070682ef10260ff5759ef", "CN=DigiCert Timestamp 2024",
        datetime(2025, 3, 24, 11, 17, 47, tzinfo=UTC),
    ),
    "identrust.tsr": (
        b"hello", "CN=TrustID Timestamp Authority", datetime(2025, 3, 11, 8, 52, 8, tzinfo=UTC),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GENUINE_RESPONSES)
def test_a_response_of_a_public_authority_holds(name: str) -> None:
    """Strict parsers refuse the order of DigiCert's certificates; anchored on the top one it carries."""
    data, authority, time = GENUINE_RESPONSES[name]
    raw = (GENUINE / name).read_bytes()
    enclosed = certificates_of(tsp.TimeStampResp.load(raw)["time_stamp_token"]["content"])
    top = enclosed[-1]
    stamp = check_stamp(raw, data, [top])
    assert (stamp.time, stamp.trusted) == (time, True)
    assert stamp.authority.startswith(authority)
    assert not check_stamp(raw, data, []).trusted
    assert not check_stamp(raw, data, [make_pair("Another Root").der]).trusted
    assert not check_stamp(raw, data, [make_pair(subject_of(top)[3:40]).der]).trusted
    with pytest.raises(StampError, match="made over other bytes"):
        check_stamp(raw, data + b".", [top])


# --- liars -------------------------------------------------------------------------------------------------------


def test_a_wrong_nonce_is_refused_when_we_asked_and_ignored_when_we_read_a_folder(tsa: Authority) -> None:
    assert refusal(tsa, nonce=5) == "not the answer to our request (nonce)"
    assert refusal(tsa, nonce=None) == "not the answer to our request (nonce)"
    assert check_stamp(tsa.respond(make_request(DATA).der, nonce=5), DATA, [tsa.root_der]).nonce == 5


def test_a_stamp_over_other_bytes_is_refused(tsa: Authority) -> None:
    assert refusal(tsa, imprint=hashlib.sha256(b"other").digest()) == "made over other bytes"
    assert refusal(tsa, imprint=b"") == "made over other bytes"


@pytest.mark.parametrize("name", ["sha1", "md5"])
def test_a_stamp_over_a_weak_hash_is_refused(tsa: Authority, name: str) -> None:
    assert refusal(tsa, hash_name=name, imprint=hashlib.new(name, DATA).digest()) == f"weak hash {name}"


@pytest.mark.parametrize("name", ["sha384", "sha512"])
def test_a_stamp_over_a_longer_hash_holds(tsa: Authority, name: str) -> None:
    assert judged(tsa, hash_name=name, imprint=hashlib.new(name, DATA).digest()).trusted


def test_a_refusal_of_the_authority_is_told(tsa: Authority) -> None:
    assert refusal(tsa, status="rejection") == "the authority refused: rejection"
    assert refusal(tsa, status="waiting") == "the authority refused: waiting"
    assert judged(tsa, status="granted_with_mods").trusted


def test_openssl_refusing_a_broken_query_is_told(tsa: Authority) -> None:
    with pytest.raises(StampError, match="the authority refused: rejection"):
        check_stamp(tsa.respond_with_openssl(b"garbage"), DATA, [tsa.root_der])


def test_granted_without_a_token_is_malformed() -> None:
    bare = bare_response(tsp.PKIStatusInfo({"status": "granted"}))
    with pytest.raises(StampError, match="malformed"):
        check_stamp(bare, DATA, [])


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_the_order_of_the_certificates_does_not_matter(tsa: Authority, order: tuple[int, ...]) -> None:
    three = (tsa.leaf.der, tsa.root_der, make_pair("Bystander").der)
    assert judged(tsa, certificates=tuple(three[i] for i in order)).trusted


def test_the_root_need_not_be_enclosed_the_leaf_must(tsa: Authority) -> None:
    assert judged(tsa, certificates=(tsa.leaf.der,)).trusted
    assert refusal(tsa, certificates=(tsa.root_der,)) == "the signer's certificate is not enclosed"
    assert refusal(tsa, certificates=()) == "the signer's certificate is not enclosed"


def test_an_untrusted_root_gives_a_stamp_that_holds_and_is_not_trusted(tsa: Authority, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger", "Module Authority")
    response = stranger.respond(make_request(DATA).der)
    assert check_stamp(response, DATA, [tsa.root_der]).trusted is False
    assert check_stamp(response, DATA, []).trusted is False
    assert check_stamp(response, DATA, [tsa.root_der, stranger.root_der]).trusted is True


def test_the_enclosed_chain_is_never_a_reason_to_trust(tsa: Authority, tmp_path: Path) -> None:
    """A stranger encloses our pinned root beside its own leaf."""
    stranger = Authority(tmp_path / "stranger", "Module Authority")
    token = stranger.respond(make_request(DATA).der, certificates=(stranger.leaf.der, tsa.root_der, stranger.root_der))
    assert check_stamp(token, DATA, [tsa.root_der]).trusted is False


def leaf(tsa: Authority, **options: Any) -> Pair:
    return make_pair("Another Unit", tsa.root, **options)


def test_a_leaf_expired_today_but_valid_at_the_stamped_time_is_trusted(tsa: Authority) -> None:
    expired = leaf(tsa, valid=(-timedelta(days=300), -timedelta(days=100)))
    then = NOW - timedelta(days=200)
    assert judged(tsa, signer=expired, at=then).trusted
    assert judged(tsa, signer=expired, at=then).time == then
    assert not judged(tsa, signer=expired, at=NOW).trusted
    assert not judged(tsa, signer=expired, at=NOW - timedelta(days=301)).trusted


def test_a_leaf_pinned_directly_is_judged_by_its_own_time(tsa: Authority) -> None:
    request = make_request(DATA)
    pinned = leaf(tsa, valid=(-timedelta(days=300), -timedelta(days=100)))
    for days, expected in ((200, True), (50, False), (301, False)):
        token = tsa.respond(request.der, signer=pinned, at=NOW - timedelta(days=days))
        assert check_stamp(token, DATA, [pinned.der]).trusted is expected


@pytest.mark.parametrize(("usage", "words"), [("none", "the certificate is not for timestamping"),
                                              ("plain", "the certificate is not for timestamping only"),
                                              ("mixed", "the certificate is not for timestamping only")])  # fmt: skip
def test_a_leaf_that_is_not_for_timestamping_only_is_refused(tsa: Authority, usage: str, words: str) -> None:
    assert refusal(tsa, signer=leaf(tsa, usage=usage)) == words


def test_a_leaf_below_a_leaf_is_not_trusted(tsa: Authority) -> None:
    below = make_pair("Below", tsa.leaf)
    assert not judged(tsa, signer=below, certificates=(below.der, tsa.leaf.der, tsa.root_der)).trusted


def test_what_the_signature_lacks_is_refused(tsa: Authority) -> None:
    assert refusal(tsa, with_certificate_hash=False) == "the certificate hash attribute is missing"
    assert refusal(tsa, signers=2) == "not exactly one signer"
    assert refusal(tsa, content_type="data") == "not a timestamp token"
    assert refusal(tsa, digest="sha1") == "digest sha1"


def test_a_token_whose_time_was_changed_does_not_hold(tsa: Authority) -> None:
    request = make_request(DATA)
    raw = tsa.respond(request.der, at=NOW)
    changed = raw.replace(NOW.strftime("%Y%m%d%H%M%SZ").encode(), (NOW - YEAR).strftime("%Y%m%d%H%M%SZ").encode())
    assert changed != raw
    with pytest.raises(StampError, match="the content is not what was signed"):
        check_stamp(changed, DATA, [tsa.root_der])


@pytest.mark.parametrize("raw", [b"", b"garbage", b"<html><body>login</body></html>", b"\x30\x00", b"\x30\x80"])
def test_what_is_no_response_is_malformed(raw: bytes) -> None:
    with pytest.raises(StampError, match="malformed"):
        check_stamp(raw, DATA, [])


def test_a_bare_token_trailing_bytes_and_an_oversized_response_are_refused(tsa: Authority) -> None:
    raw = tsa.respond(make_request(DATA).der)
    token = tsp.TimeStampResp.load(raw)["time_stamp_token"].dump()
    for bad in (token, raw + b"\0", raw[:-1]):
        with pytest.raises(StampError, match="malformed"):
            check_stamp(bad, DATA, [tsa.root_der])
    with pytest.raises(StampError, match="too large"):
        check_stamp(raw + b"\0" * MAX_RESPONSE_BYTES, DATA, [tsa.root_der])


def test_a_certificate_of_a_root_that_is_none_is_malformed(tsa: Authority) -> None:
    with pytest.raises(StampError, match="malformed"):
        check_stamp(tsa.respond(make_request(DATA).der), DATA, [b"no certificate"])


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 5000), st.integers(1, 255))
def test_a_changed_byte_never_gives_another_time_or_authority(position: int, mask: int) -> None:
    data, authority, time = GENUINE_RESPONSES["digicert.tsr"]
    raw = bytearray((GENUINE / "digicert.tsr").read_bytes())
    raw[position % len(raw)] ^= mask
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cryptography warns of odd certificates
        try:
            stamp = check_stamp(bytes(raw), data, [])
        except StampError:
            return
    assert stamp.time == time
    assert stamp.authority.startswith(authority)


def test_the_maker_of_lies_starts_from_the_truth(tsa: Authority) -> None:
    token = Token("sha256", hashlib.sha256(DATA).digest(), None)
    assert check_stamp(token.response(tsa), DATA, [tsa.root_der]).trusted
    assert x509.load_der_x509_certificate(tsa.root_der).subject.rfc4514_string() == "CN=Module Authority Root"
