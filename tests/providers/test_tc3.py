"""TC3-HMAC-SHA256 against every vector: Tencent's own pages, its own client, and independent computation."""

import hashlib
from typing import Any

import pytest

from facevid_gui.providers.tc3 import Tc3Request, authorization, canonical_request, scope_of, signature
from tests.support.net_vectors import tc3_request, vectors

TC3 = vectors()["tc3"]


def by_id(vector: dict[str, Any]) -> str:
    return str(vector["id"])


def test_the_vectors_are_all_there() -> None:
    assert (len(TC3), len(vectors()["tc3_negative"]), len(vectors()["kyc_sha1"])) == (13, 7, 11)


@pytest.mark.parametrize("vector", TC3, ids=by_id)
def test_the_canonical_request_is_as_published(vector: dict[str, Any]) -> None:
    text = canonical_request(tc3_request(vector))
    assert text == vector["canonical_request"]
    assert hashlib.sha256(text.encode()).hexdigest() == vector["hashed_canonical_request"]


@pytest.mark.parametrize("vector", TC3, ids=by_id)
def test_the_scope_is_the_utc_day_of_the_timestamp(vector: dict[str, Any]) -> None:
    assert scope_of(vector["timestamp"], vector["service"]) == vector["credential_scope"]


@pytest.mark.parametrize("vector", TC3, ids=by_id)
def test_signature_and_authorization_are_as_published(vector: dict[str, Any]) -> None:
    request = tc3_request(vector)
    where = (vector["timestamp"], vector["service"])
    assert signature(request, *where, vector["secret_key"]) == vector["signature"]
    assert authorization(request, *where, vector["secret_id"], vector["secret_key"]) == vector["authorization"]


@pytest.mark.parametrize(
    "vector", [v for v in TC3 if v["method"] == "POST" and v["signed_headers"] == "content-type;host"], ids=by_id
)
def test_a_post_signs_its_very_bytes(vector: dict[str, Any]) -> None:
    sent = {name.lower(): value for name, value in vector["sent_headers"].items()}
    request = Tc3Request.for_post(sent["host"], sent["content-type"], vector["body"].encode())
    unsigned_payload = "x-tc-content-sha256" in sent
    assert (request == _lower(tc3_request(vector))) is not unsigned_payload


def test_header_values_are_trimmed_and_lowered_and_names_sorted() -> None:
    request = Tc3Request("POST", "", {"Host": " H.Example ", "Content-Type": "Application/JSON"}, "0" * 64)
    expected = "POST\n/\n\ncontent-type:application/json\nhost:h.example\n\ncontent-type;host\n" + "0" * 64
    assert canonical_request(request) == expected


def _lower(request: Tc3Request) -> Tc3Request:
    headers = {name.lower(): value for name, value in request.signed_headers.items()}
    return Tc3Request(request.method, request.query, headers, request.payload_sha256)
