"""The KYC sign against every vector, and what is asked for an order."""

import json
import re
from typing import Any

import pytest

from facevid_gui.core.ids import check_order_no
from facevid_gui.core.secret import Secret
from facevid_gui.credentials.profiles import make_profile
from facevid_gui.providers.kyc import APP_ID_NAMES, PROBE_ORDER_NO, Files, KycProvider
from facevid_gui.providers.kyc_sign import new_nonce, sign
from tests.support.net_vectors import vectors

TICKET = Secret("XO99Qfxlti9iTVgHAjwvJdAZKN3nMuUhrsPdPlPVKlcyS50N6tlLnfuFBPIucaMS")
PROFILE = make_profile("orders", "kyc", {"app_id": "IDAXXXXX"})


@pytest.mark.parametrize("vector", vectors()["kyc_sha1"], ids=lambda v: str(v["id"]))
def test_the_sign_is_as_published(vector: dict[str, Any]) -> None:
    assert sign(vector["inputs"].values()) == vector["expected_sign"]
    assert sign(reversed(vector["inputs"].values())) == vector["expected_sign"]
    published = vector.get("published_sign", vector["expected_sign"])
    assert (published == vector["expected_sign"]) is vector["usable"]


def test_a_nonce_is_32_letters_and_digits_and_never_the_same() -> None:
    nonces = {new_nonce() for _ in range(50)}
    assert len(nonces) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9]{32}", nonce) for nonce in nonces)


def test_an_order_is_asked_for_with_the_nonce_that_was_signed() -> None:
    request = KycProvider(PROFILE).face_record("orderNo596551", TICKET)
    body = json.loads(request.body)
    assert request.url == "https://kyc1.qcloud.com/api/v2/base/queryfacerecord?orderNo=orderNo596551"
    assert dict(request.headers)["Host"] == "kyc1.qcloud.com"
    assert dict(request.headers)["Content-Type"] == "application/json"
    values = [body["appId"], body["orderNo"], body["version"], body["nonce"], TICKET.reveal()]
    assert body["sign"] == sign(values)
    assert {key: value for key, value in body.items() if key not in ("nonce", "sign")} == {
        "appId": "IDAXXXXX",
        "version": "1.0.0",
        "orderNo": "orderNo596551",
        "getFile": "1",
        "queryVersion": "1.0",
    }
    assert all(isinstance(value, str) for value in body.values())


@pytest.mark.parametrize(
    ("files", "sent"), [(Files.BOTH, "1"), (Files.PHOTO, "2"), (Files.VIDEO, "3"), (Files.NONE, None)]
)
def test_any_files_can_be_asked_for(files: Files, sent: str | None) -> None:
    body = json.loads(KycProvider(PROFILE).face_record("a1", TICKET, files=files).body)
    assert body.get("getFile") == sent
    assert body["queryVersion"] == "1.0"


def test_the_query_version_can_be_left_out() -> None:
    body = json.loads(KycProvider(PROFILE).face_record("a1", TICKET, query_version="").body)
    assert "queryVersion" not in body
    assert body["getFile"] == "1"


@pytest.mark.parametrize("name", APP_ID_NAMES)
def test_further_photos_are_asked_for_with_the_same_sign(name: str) -> None:
    request = KycProvider(PROFILE).further_photos("orderNo596551", TICKET, name)
    body = json.loads(request.body)
    assert request.url == "https://kyc1.qcloud.com/api/v2/base/queryphotoinfo?orderNo=orderNo596551"
    assert set(body) == {name, "version", "nonce", "orderNo", "sign"}
    assert body["sign"] == sign([body[name], body["orderNo"], body["version"], body["nonce"], TICKET.reveal()])
    assert request.role == "photos"
    assert json.loads(request.public().to_bytes())["removed"] == ["sign"]


@pytest.mark.parametrize("host", ["kyc.qcloud.com", "miniprogram-kyc.tencentcloudapi.com", "kyc.example:8443"])
def test_the_host_is_a_matter_of_the_profile(host: str) -> None:
    provider = KycProvider(make_profile("orders", "kyc", {"app_id": "IDAXXXXX", "endpoint": f"https://{host}"}))
    for request in (provider.face_record("a1", TICKET), provider.further_photos("a1", TICKET, "appId")):
        assert request.url.startswith(f"https://{host}/api/v2/base/")
        assert dict(request.headers)["Host"] == provider.host == host


def test_every_request_has_a_nonce_of_its_own() -> None:
    provider = KycProvider(PROFILE)
    nonces = {json.loads(provider.face_record("a1", TICKET).body)["nonce"] for _ in range(20)}
    assert len(nonces) == 20


def test_the_sign_is_never_written_down() -> None:
    request = KycProvider(PROFILE).face_record("a1", TICKET)
    written = request.public().to_bytes().decode()
    assert json.loads(request.body)["sign"] not in written
    assert TICKET.reveal() not in written
    assert json.loads(written)["removed"] == ["sign"]


def test_the_probe_asks_for_no_files_of_an_order_that_does_not_exist() -> None:
    request = KycProvider(PROFILE).probe(TICKET)
    body = json.loads(request.body)
    assert body["orderNo"] == check_order_no(PROBE_ORDER_NO)
    assert "getFile" not in body
    assert request.role == "test"
