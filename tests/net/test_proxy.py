"""Proxies: used for others, never for this computer; exceptions as NO_PROXY names them."""

import base64
from pathlib import Path

import pytest

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.net.settings import NetworkSettings, network_settings
from tests.support.net_certificates import make_authority
from tests.support.net_exchanges import get, send
from tests.support.net_servers import ScriptedServer, connect_proxy


def test_plain_http_to_others_goes_through_the_proxy_with_our_headers() -> None:
    with ScriptedServer(lambda talk: talk.answer(b"from afar")) as proxy:
        request = get("http://far.example/a?b=c", ("Host", "far.example"), ("Authorization", "ours"))
        sink = send(request, network=NetworkSettings({"http": proxy.url()}))
    assert sink.body == b"from afar"
    assert proxy.requests[0].startswith(b"GET http://far.example/a?b=c HTTP/1.1\r\n")
    assert b"Authorization: ours\r\n" in proxy.requests[0]
    assert sink.facts is not None
    assert (sink.facts.proxied, sink.facts.simulated) == (True, False)


def test_https_to_others_is_tunnelled_and_the_far_end_is_checked_and_noted(tmp_path: Path) -> None:
    authority = make_authority()
    network = {"ca_file": authority.write(tmp_path)}
    with (
        ScriptedServer(lambda talk: talk.answer(b"secret"), tls=authority.server(tmp_path, "far.example")) as far,
        ScriptedServer(connect_proxy(far.port)) as proxy,
    ):
        request = get("https://far.example/", ("X-Ours", "1"))
        sink = send(request, network=NetworkSettings({"https": proxy.url()}, **network))
    assert sink.body == b"secret"
    assert proxy.requests[0].startswith(b"CONNECT far.example:443 ")
    assert b"X-Ours" not in proxy.requests[0]
    assert sink.facts is not None
    assert sink.facts.proxied
    assert sink.facts.tls is not None
    assert len(sink.facts.tls.chain_sha256) == 1


def test_a_proxy_that_inspects_needs_its_authority(tmp_path: Path) -> None:
    with (
        ScriptedServer(lambda talk: talk.answer(b""), tls=make_authority().server(tmp_path, "far.example")) as far,
        ScriptedServer(connect_proxy(far.port)) as proxy,
        pytest.raises(SurroundingsError) as caught,
    ):
        send("https://far.example/", network=NetworkSettings({"https": proxy.url()}))
    assert caught.value.code == "tls_failed"
    assert far.requests == []


def test_a_proxy_may_itself_speak_tls(tmp_path: Path) -> None:
    authority = make_authority()
    with (
        ScriptedServer(lambda talk: talk.answer(b"twice"), tls=authority.server(tmp_path, "far.example")) as far,
        ScriptedServer(connect_proxy(far.port), tls=authority.server(tmp_path, "127.0.0.1")) as proxy,
    ):
        network = NetworkSettings({"https": proxy.url()}, ca_file=authority.write(tmp_path))
        sink = send("https://far.example/", network=network)
    assert sink.body == b"twice"
    assert sink.facts is not None
    assert sink.facts.ip == "127.0.0.1"
    assert sink.facts.tls is not None
    assert len(sink.facts.tls.chain_sha256) == 1


def test_a_password_for_the_proxy_goes_to_the_proxy_only() -> None:
    with ScriptedServer(lambda talk: talk.answer(b"ok")) as proxy:
        url = proxy.url().replace("http://", "http://user:pass@")
        send("http://far.example/", network=NetworkSettings({"http": url}))
    expected = base64.b64encode(b"user:pass")
    assert b"Proxy-Authorization: Basic " + expected in proxy.requests[0]


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"])
def test_a_tunnel_refused_is_the_proxys_failure(status: str) -> None:
    with ScriptedServer(connect_proxy(0, status)) as proxy, pytest.raises(SurroundingsError) as caught:
        send("https://far.example/", network=NetworkSettings({"https": proxy.url()}))
    assert caught.value.code == "proxy_failed"
    assert caught.value.params == {"host": "far.example"}


@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:1", "http://", "socks5://127.0.0.1:1", "ftp://127.0.0.1:1", "http://:80", "http://[bad"]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_cannot_be_used_is_the_proxys_failure(scheme: str, proxy: str) -> None:
    with pytest.raises(SurroundingsError) as caught:
        send(f"{scheme}://far.example/", network=NetworkSettings({scheme: proxy}))
    assert caught.value.code == "proxy_failed"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.3.2.1"])
def test_this_computer_is_never_asked_through_a_proxy(host: str) -> None:
    network = NetworkSettings({"http": "http://127.0.0.1:1", "https": "http://127.0.0.1:1"})
    assert network.proxies_for(f"http://{host}:8000/") == {}
    assert network.proxies_for("http://[::1]:8000/") == {}
    with ScriptedServer(lambda talk: talk.answer(b"direct")) as server:
        sink = send(server.url(), network=network)
    assert sink.body == b"direct"
    assert sink.facts is not None
    assert not sink.facts.proxied


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("", False),
        ("*", True),
        ("corp.example", True),
        (".corp.example", True),
        ("*.corp.example", True),
        ("CORP.Example", True),
        ("other, kyc.corp.example", True),
        ("other kyc.corp.example:8443", True),
        ("kyc.corp.example:443", False),
        ("orp.example", False),
        ("kyc", False),
        (",,", False),
    ],
)
def test_no_proxy_names_hosts_and_all_below_them(no_proxy: str, direct: bool) -> None:
    network = NetworkSettings({"https": "http://proxy.example:3128"}, no_proxy=no_proxy)
    assert (network.proxies_for("https://kyc.corp.example:8443/") == {}) is direct


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [("10.1.2.3", True), ("10.0.0.0/8", True), ("10.1.2.3/16", True), ("10.2.0.0/16", False), ("fe80::/10", False)],
)
def test_no_proxy_names_addresses_and_networks(no_proxy: str, direct: bool) -> None:
    network = NetworkSettings({"https": "http://proxy.example:3128"}, no_proxy=no_proxy)
    assert (network.proxies_for("https://10.1.2.3/") == {}) is direct


def test_the_process_environment_has_no_say_about_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("NO_PROXY", "*")
    network = NetworkSettings({"https": "http://proxy.example:3128"})
    assert network.proxies_for("https://far.example/") == {"https": "http://proxy.example:3128"}


def test_a_scheme_without_a_proxy_is_asked_directly() -> None:
    assert NetworkSettings({"https": "http://proxy.example:3128"}).proxies_for("http://far.example/") == {}


def test_the_environment_comes_before_the_settings() -> None:
    environ = {"HTTPS_PROXY": "http://a", "http_proxy": "http://b", "NO_PROXY": "c", "REQUESTS_CA_BUNDLE": "d"}
    assert network_settings(environ, proxy="http://x", ca_file="y") == NetworkSettings(
        {"https": "http://a", "http": "http://b"}, "c", "d"
    )
    assert network_settings({"SSL_CERT_FILE": "e"}, proxy="http://x", ca_file="y") == NetworkSettings(
        {"https": "http://x", "http": "http://x"}, "", "e"
    )
    assert network_settings({}, ca_file="y") == NetworkSettings({}, "", "y")
    assert network_settings({"HTTPS_PROXY": ""}) == NetworkSettings()
