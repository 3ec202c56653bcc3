"""Requests, answers and retries as values: what may be written down, and when to try again."""

import json
import math
import ssl
from datetime import UTC, datetime

import pytest
import requests
import urllib3

from facevid_gui.core.errors import SurroundingsError, UsageError
from facevid_gui.core.exchange import Exchange
from facevid_gui.net.failures import network_error
from facevid_gui.net.http import HttpRequest, MemorySink, ResponseHead
from facevid_gui.net.retry import TRIES, asked_pause, is_passing, pause_before
from facevid_gui.net.settings import check_proxy
from tests.support.clocks import NOON

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FACTS = Exchange("GET", "http://127.0.0.1/", NOW)


def request_with(body: bytes, **more: object) -> HttpRequest:
    headers = (("Host", "h.example"), ("Authorization", "top-secret"), ("X-TC-Token", "token-secret"))
    names = frozenset({"authorization", "x-tc-token"})
    members = frozenset({"sign"})
    return HttpRequest("record", "POST", "https://h.example/p?q=1#f", headers, body, names, members, **more)  # type: ignore[arg-type]


def test_the_public_request_names_what_was_removed_and_holds_none_of_it() -> None:
    public = request_with(b'{"orderNo": "a", "sign": "ABCDEF"}').public()
    assert public.headers == (("Host", "h.example"),)
    assert public.body == {"orderNo": "a"}
    assert public.removed == ("Authorization", "X-TC-Token", "sign")
    assert public.url == "https://h.example/p?q=1#f"
    document = json.loads(public.to_bytes())
    assert document == {
        "method": "POST",
        "url": "https://h.example/p?q=1#f",
        "headers": [["Host", "h.example"]],
        "body": {"orderNo": "a"},
        "removed": ["Authorization", "X-TC-Token", "sign"],
    }


def test_a_request_with_credentials_shows_neither_query_nor_body() -> None:
    public = request_with(b'{"secret": "x"}', carries_credentials=True).public()
    assert (public.url, public.body) == ("https://h.example/p", None)


@pytest.mark.parametrize(
    ("body", "shown"), [(b"", None), (b"[1]", [1]), (b"plain \xff", "plain \ufffd"), (b'{"a": 1}', {"a": 1})]
)
def test_a_body_is_shown_as_what_it_is(body: bytes, shown: object) -> None:
    assert request_with(body).public().body == shown


def test_the_head_is_written_as_received() -> None:
    head = ResponseHead("HTTP/1.1", 200, "OK", (("Date", "x"), ("X-Name", "\u00e9"), ("date", "y")), NOW)
    assert head.to_bytes() == "HTTP/1.1 200 OK\nDate: x\nX-Name: \u00e9\ndate: y\n".encode()
    assert (head.header("DATE"), head.header("none")) == ("x", "")
    assert ResponseHead("HTTP/1.1", 200, "", (), NOW).to_bytes() == b"HTTP/1.1 200\n"


def test_a_memory_sink_keeps_head_and_body_up_to_its_limit() -> None:
    sink = MemorySink(limit=4)
    head = ResponseHead("HTTP/1.1", 200, "OK", (), NOW)
    sink.started(request_with(b"").public(), FACTS)
    sink.responded(head, FACTS)
    sink.received(b"ab")
    sink.received(b"cd")
    sink.ended(FACTS)
    assert (sink.head, sink.body) == (head, b"abcd")
    assert "abcd" not in repr(sink)
    with pytest.raises(SurroundingsError) as caught:
        sink.received(b"e")
    assert caught.value.code == "too_large"


def test_a_request_never_shows_its_secrets_in_a_traceback() -> None:
    shown = repr(request_with(b"body-secret"))
    assert "top-secret" not in shown
    assert "token-secret" not in shown
    assert "body-secret" not in shown
    assert "h.example" not in shown


def test_there_are_three_tries_with_growing_pauses() -> None:
    assert TRIES == 3
    assert [pause_before(attempt) for attempt in (2, 3, 4)] == [1.0, 2.0, None]


@pytest.mark.parametrize(("asked_s", "pause"), [(0.0, 1.0), (0.5, 1.0), (5.0, 5.0), (30.0, 30.0), (30.5, None)])
def test_a_longer_pause_is_kept_unless_it_is_too_long_to_wait_for(asked_s: float, pause: float | None) -> None:
    assert pause_before(2, asked_s) == pause


def head(*headers: tuple[str, str]) -> ResponseHead:
    return ResponseHead("HTTP/1.1", 503, "Busy", headers, NOON)


@pytest.mark.parametrize(
    ("value", "asked_s"),
    [("5", 5.0), (" 7 ", 7.0), ("0", 0.0), ("99999", 99999.0), ("9" * 400, math.inf), ("", 0.0), ("soon", 0.0),
     ("-3", 0.0), ("1.5", 0.0), ("\u00b2", 0.0)],
)  # fmt: skip
def test_a_server_may_ask_for_a_pause_in_seconds(value: str, asked_s: float) -> None:
    assert asked_pause(head(("Retry-After", value))) == asked_s


@pytest.mark.parametrize(
    ("date", "asked_s"),
    [("Thu, 05 Mar 2026 13:00:00 GMT", 20.0), ("Thu, 05 Mar 2026 14:00:00 GMT", 0.0), ("", 3620.0), ("?", 3620.0)],
)
def test_a_server_may_name_a_moment_by_its_own_clock(date: str, asked_s: float) -> None:
    assert asked_pause(head(("Retry-After", "Thu, 05 Mar 2026 13:00:20 GMT"), ("Date", date))) == asked_s


def test_without_an_answer_nobody_asked_for_a_pause() -> None:
    assert asked_pause(None) == asked_pause(head()) == 0.0


@pytest.mark.parametrize(
    ("code", "passes"),
    [("unreachable", True), ("timeout", True), ("incomplete_body", True), ("connection_reset", True),
     ("proxy_failed", True), ("bad_response", True), ("http_status", True), ("tls_failed", False), ("too_large", False),
     ("redirect", False), ("bad_url", False), ("disk_full", False)],
)  # fmt: skip
def test_only_what_may_pass_by_itself_is_tried_again(code: str, passes: bool) -> None:
    assert is_passing(SurroundingsError(code)) is passes


def verification_error(message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = message
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (requests.exceptions.SSLError(verification_error("Missing Authority Key Identifier")), "tls_no_key_identifier"),
        (requests.exceptions.SSLError(verification_error("self-signed")), "tls_failed"),
        (urllib3.exceptions.SSLError("no reason at all"), "tls_failed"),
        (ssl.SSLError(1, "[SSL] unknown error"), "tls_failed"),
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "connection_reset"),
        (BrokenPipeError(32, "Broken pipe"), "connection_reset"),
        (requests.exceptions.ReadTimeout(), "timeout"),
        (TimeoutError(), "timeout"),
        (OSError(113, "No route to host"), "unreachable"),
        (requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support."), "bad_url"),
        (SurroundingsError("disk_full"), "disk_full"),
    ],
)
def test_every_library_error_gets_a_name(error: Exception, code: str) -> None:
    assert network_error(error, "h.example").code == code


def test_errors_that_refer_to_each_other_do_not_hang() -> None:
    first, second = OSError("first"), OSError("second")
    first.__cause__, second.__cause__ = second, first
    assert network_error(first, "h.example").code == "unreachable"


@pytest.mark.parametrize("url", ["", "http://proxy.example:3128", "https://10.0.0.1:8080/", "http://[::1]:3128"])
def test_a_proxy_that_can_be_one(url: str) -> None:
    assert check_proxy(url) == url


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("proxy.example:3128", "proxy_malformed"),
        ("socks5://proxy.example:1080", "proxy_malformed"),
        ("http://", "proxy_malformed"),
        ("http://proxy.example:0", "proxy_malformed"),
        ("http://proxy.example:99999", "proxy_malformed"),
        ("http://proxy.example:3128/path", "proxy_malformed"),
        ("http://代理.example:3128", "proxy_malformed"),
        ("http://proxy.example:3128\n", "proxy_malformed"),
        ("http://me:top-secret@proxy.example:3128", "proxy_with_password"),
        ("http://me:top-secret@proxy.example:99999", "proxy_with_password"),
        ("socks5://me:top-secret@proxy.example:99999", "proxy_with_password"),
    ],
)
def test_a_proxy_that_is_none_or_holds_a_secret_is_refused(url: str, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_proxy(url)
    assert caught.value.code == code
    assert "top-secret" not in str(caught.value)
