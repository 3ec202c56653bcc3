"""Where a record came from: never "official" by accident."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.core.provenance import is_loopback, source_of, used_custom_ca
from tests.support.captures_exchanges import HOSTS, exchange

OFFICIAL = [
    ("ess", "https://ess.tencentcloudapi.com/"),
    ("ess", "https://ESS.tencentcloudapi.com:443/"),
    ("essbasic", "https://essbasic.tencentcloudapi.com/"),
    ("kyc", "https://kyc1.qcloud.com/api/v2/base/queryfacerecord?orderNo=1"),
    ("kyc", "https://kyc.qcloud.com/"),
    ("kyc", "https://miniprogram-kyc.tencentcloudapi.com/"),
]
TEST = [("ess", "https://ess.test.ess.tencent.cn/"), ("essbasic", "https://essbasic.test.ess.tencent.cn/")]
CUSTOM = [
    ("ess", "http://ess.tencentcloudapi.com/"),
    ("ess", "https://ess.tencentcloudapi.com:8443/"),
    ("ess", "https://ess.tencentcloudapi.com.example.com/"),
    ("ess", "https://ess.tencentcloudapi.com@example.com/"),
    ("ess", "https://example.com/ess.tencentcloudapi.com"),
    ("ess", "https://essbasic.tencentcloudapi.com/"),
    ("ess", "https://kyc1.qcloud.com/"),
    ("kyc", "https://ess.tencentcloudapi.com/"),
    ("essbasic", "https://ess.test.ess.tencent.cn/"),
    ("ess", "http://127.0.0.1:8080/"),
    ("ess", "http://[::1]:8080/"),
    ("ess", "http://127.0.0.1.example.com/"),
    ("other", "https://ess.tencentcloudapi.com/"),
    ("ess", "https://ess.tencentcloudapi.com:99999/"),
    ("ess", "https://[::1/"),
    ("ess", "ess.tencentcloudapi.com"),
    ("ess", ""),
]


@pytest.mark.parametrize(
    ("kind", "url", "source"),
    [
        *((*row, "official") for row in OFFICIAL),
        *((*row, "test") for row in TEST),
        *((*row, "custom") for row in CUSTOM),
    ],
)
def test_the_url_decides(kind: str, url: str, source: str) -> None:
    assert source_of(kind, [replace(exchange(), url=url)], witnessed=True) == source


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "[::1]"])
def test_this_computer_is_the_simulator_only_when_it_said_so(host: str) -> None:
    local = exchange(url=f"http://{host}:5000/")
    assert source_of("ess", [replace(local, simulated=True)], witnessed=True) == "simulator"
    assert source_of("ess", [local], witnessed=True) == "custom"


def test_a_foreign_server_that_claims_to_be_the_simulator_is_not_believed() -> None:
    assert source_of("ess", [exchange(url="https://example.com/", simulated=True)], witnessed=True) == "custom"


def test_the_least_trustworthy_exchange_decides() -> None:
    official = exchange()
    test = exchange(url=TEST[0][1])
    simulated = exchange(url="http://127.0.0.1:1/", simulated=True)
    custom = exchange(url="https://example.com/")
    for mixture, source in (
        ([official, test], "test"),
        ([test, simulated, official], "simulator"),
        ([simulated, custom, official], "custom"),
    ):
        assert source_of("ess", mixture, witnessed=True) == source
        assert source_of("ess", reversed(mixture), witnessed=True) == source


@pytest.mark.parametrize("role", ["record", "photos", "flow"])
def test_whatever_is_shown_counts(role: str) -> None:
    assert source_of("ess", [exchange(), exchange(role=role, url="https://x.example/")], witnessed=True) == "custom"


@pytest.mark.parametrize("role", ["ticket", "token", "test", "poll"])
def test_what_is_not_shown_does_not_count(role: str) -> None:
    assert source_of("ess", [exchange(), exchange(role=role, url="https://x.example/")], witnessed=True) == "official"


def test_a_try_without_an_answer_does_not_hide_that_the_next_one_was_simulated() -> None:
    url = "http://127.0.0.1:1/"
    failed = exchange(url=url, status=None, path=None, complete=False, error="connection_reset")
    answered = exchange(url=url, simulated=True)
    assert source_of("ess", [failed, answered], witnessed=True) == "simulator"


def test_a_refused_flow_of_the_official_service_is_official() -> None:
    assert source_of("ess", [exchange(role="flow")], witnessed=True) == "official"


def test_without_an_exchange_or_a_witness_nothing_is_official() -> None:
    assert source_of("ess", [], witnessed=True) == "custom"
    assert source_of("ess", [exchange(role="ticket")], witnessed=True) == "custom"
    assert source_of("ess", [exchange()], witnessed=False) == "custom"


def test_an_authority_the_user_brought_is_told_of_any_exchange() -> None:
    assert not used_custom_ca([exchange(), exchange(role="ticket")])
    assert used_custom_ca([exchange(), exchange(role="ticket", custom_ca=True)])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.255.255", "::1", "localhost"])
def test_loopback_is_this_computer(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "128.0.0.1", "127.0.0", "127.0.0.256", "127.0.0.1.1", "127.a.0.1", "127.0.0.٣", "127.0..1", "::2",
             "localhost.example.com", "0.0.0.0"]
)  # fmt: skip
def test_everything_else_is_not(host: str) -> None:
    assert not is_loopback(host)


@given(st.sampled_from([*HOSTS, "x"]), st.one_of(st.text(max_size=60), st.text("htps:/[].@1ees", max_size=30)))
def test_any_text_as_url_has_a_source_and_it_is_not_official(kind: str, url: str) -> None:
    assert source_of(kind, [replace(exchange(), url=url)], witnessed=True) == "custom"
