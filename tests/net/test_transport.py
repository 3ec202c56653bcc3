"""One exchange over plain sockets: bytes exactly as sent, and every way a connection can end."""

import gzip
import os
import socket
import traceback
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import CancelledError, SurroundingsError
from facevid_gui.net.http import HttpRequest, MemorySink
from facevid_gui.net.settings import NetworkSettings
from facevid_gui.net.transport import Limits, Transport
from tests.support.clocks import NOON, StillClock
from tests.support.net_exchanges import RecordingSink, get, post, send
from tests.support.net_servers import ScriptedServer, Talk, chunked, head_of

BODY = bytes(range(256)) * 4


def fails(script, code: str, **more: object) -> tuple[RecordingSink, SurroundingsError]:
    """Exchange with a server that misbehaves; return the sink and the error of that code."""
    sink = RecordingSink()
    with ScriptedServer(script) as server, pytest.raises(SurroundingsError) as caught:
        send(server.url(), sink, **more)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert sink.calls[-1] == "ended"
    assert sink.facts is not None
    assert sink.facts.error == code
    return sink, caught.value


def test_the_body_arrives_exactly_as_sent_and_the_facts_say_what_was_seen() -> None:
    with ScriptedServer(lambda talk: talk.answer(BODY, "Date: Thu, 05 Mar 2026 12:00:00 GMT")) as server:
        sink = send(server.url())
    assert sink.body == BODY
    assert sink.calls == ["started", "responded", "received", "ended"]
    facts = sink.facts
    assert facts is not None
    assert (facts.complete, facts.status, facts.error, facts.ip) == (True, 200, None, "127.0.0.1")
    assert (facts.tls, facts.custom_ca, facts.proxied, facts.simulated) == (None, False, False, False)
    assert facts.server_date == NOON
    assert facts.received_at is not None
    assert facts.received_at >= facts.sent_at
    assert facts.duration_s is not None


def test_the_request_is_sent_byte_for_byte_with_our_headers_only() -> None:
    with ScriptedServer(lambda talk: talk.answer(b"")) as server:
        host = f"127.0.0.1:{server.port}"
        headers = (
            ("Host", host),
            ("Content-Type", "application/json"),
            ("User-Agent", "facevid"),
            ("X-TC-Action", "A"),
        )
        send(post(server.url("/a?b=c"), b'{"a": 1}', *headers))
    head, body = server.requests[0].split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /a?b=c HTTP/1.1"
    assert body == b'{"a": 1}'
    assert dict(line.split(": ", 1) for line in lines[1:]) == {
        "Host": host,
        "Content-Type": "application/json",
        "User-Agent": "facevid",
        "X-TC-Action": "A",
        "Content-Length": "8",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def test_a_netrc_and_the_process_environment_cannot_change_what_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login mallory password secret\ndefault login m password s\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with ScriptedServer(lambda talk: talk.answer(b"ok")) as server:
        sink = send(get(server.url(), ("Authorization", "TC3-HMAC-SHA256 ours")))
    assert sink.body == b"ok"
    assert b"Authorization: TC3-HMAC-SHA256 ours\r\n" in server.requests[0]
    assert b"Basic" not in server.requests[0]


def test_chunks_are_joined_and_nothing_else_is_undone() -> None:
    def script(talk: Talk) -> None:
        talk.read_request()
        talk.send(head_of("200 OK", "Transfer-Encoding: chunked") + chunked(BODY[:10], BODY[10:]))

    with ScriptedServer(script) as server:
        sink = send(server.url())
    assert sink.body == BODY
    assert sink.facts is not None
    assert sink.facts.complete


def test_a_compressed_body_stays_compressed() -> None:
    packed = gzip.compress(BODY, mtime=0)
    with ScriptedServer(lambda talk: talk.answer(packed, "Content-Encoding: gzip")) as server:
        sink = send(server.url())
    assert sink.body == packed


def test_a_large_body_arrives_whole() -> None:
    body = os.urandom(1024 * 1024) * 24
    with ScriptedServer(lambda talk: talk.answer(body)) as server:
        sink = send(server.url())
    assert sink.body == body


def test_without_a_length_the_end_of_the_connection_is_the_end_of_the_body() -> None:
    def script(talk: Talk) -> None:
        talk.read_request()
        talk.send(b"HTTP/1.0 200 OK\r\n\r\n" + BODY)

    with ScriptedServer(script) as server:
        sink = send(server.url())
    assert sink.body == BODY
    assert sink.head is not None
    assert sink.head.http_version == "HTTP/1.0"
    assert sink.facts is not None
    assert sink.facts.complete


def test_bytes_beyond_the_declared_length_are_not_part_of_the_body() -> None:
    with ScriptedServer(lambda talk: talk.answer(BODY, length=100)) as server:
        sink = send(server.url())
    assert sink.body == BODY[:100]
    assert sink.facts is not None
    assert sink.facts.complete


def test_headers_are_kept_in_the_order_received_with_repeated_ones_where_they_stood() -> None:
    with ScriptedServer(lambda talk: talk.answer(b"x", "Set-Cookie: a=1", "X-One: 1", "Set-Cookie: b=2")) as server:
        sink = send(server.url())
    assert sink.head is not None
    assert [name for name, _ in sink.head.headers] == [
        "Content-Length",
        "Set-Cookie",
        "X-One",
        "Set-Cookie",
        "Connection",
    ]
    assert sink.head.reason == "OK"


def test_a_body_cut_short_is_kept_and_marked() -> None:
    sink, error = fails(lambda talk: talk.answer(BODY, length=len(BODY) + 1000), "incomplete_body")
    assert sink.body == BODY
    assert sink.facts is not None
    assert not sink.facts.complete
    assert error.params == {"received": "1024", "expected": "2024"}


@pytest.mark.parametrize("end", [b"", b"a\r\nhalf", b"zz\r\n"], ids=["no end", "inside a chunk", "no chunk size"])
def test_chunks_cut_short_are_kept_and_marked(end: bytes) -> None:
    def script(talk: Talk) -> None:
        talk.read_request()
        talk.send(head_of("200 OK", "Transfer-Encoding: chunked") + chunked(BODY, end=end))

    sink, error = fails(script, "incomplete_body")
    assert sink.body.startswith(BODY)
    assert error.params["expected"] == "?"


def test_a_reset_in_the_middle_keeps_what_arrived() -> None:
    sink = RecordingSink()

    def script(talk: Talk) -> None:
        talk.read_request()
        talk.send(head_of("200 OK", "Content-Length: 5000") + BODY)
        sink.first_piece.wait(5)
        talk.reset()

    with ScriptedServer(script) as server, pytest.raises(SurroundingsError) as caught:
        send(server.url(), sink)
    assert caught.value.code == "connection_reset"
    assert sink.body == BODY
    assert sink.facts is not None
    assert not sink.facts.complete


def test_a_connection_closed_without_an_answer_is_a_reset() -> None:
    fails(lambda talk: talk.read_request(), "connection_reset")


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00" * 100 + b"\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200,
    ],
    ids=["another protocol", "noise", "no status", "too many headers"],
)
def test_garbage_instead_of_http_is_a_bad_response(garbage: bytes) -> None:
    def script(talk: Talk) -> None:
        talk.read_request()
        talk.send(garbage)

    sink, _ = fails(script, "bad_response")
    assert sink.calls == ["started", "ended"]


def test_contradicting_lengths_are_a_bad_response() -> None:
    fails(lambda talk: talk.answer(BODY, "Content-Length: 7"), "bad_response")


def test_a_redirect_is_an_outcome_and_its_body_is_kept() -> None:
    script = lambda talk: talk.answer(b"moved", "Location: https://login.example/a?ticket=1", status="302 Found")  # noqa: E731
    sink, error = fails(script, "redirect")
    assert error.params == {"location": "login.example"}
    assert sink.body == b"moved"
    assert sink.facts is not None
    assert sink.facts.complete
    assert sink.facts.status == 302


@pytest.mark.parametrize(
    ("location", "shown"), [("/login?token=secret", "/login"), ("http://[bad", "http://[bad"), ("", "")]
)
def test_a_strange_redirect_is_an_outcome_too(location: str, shown: str) -> None:
    _, error = fails(lambda talk: talk.answer(b"", f"Location: {location}", status="307 Elsewhere"), "redirect")
    assert error.params == {"location": shown}


def test_the_body_of_a_redirect_is_under_the_size_limit() -> None:
    script = lambda talk: talk.answer(BODY * 8, "Location: /x", status="302 Found")  # noqa: E731
    fails(script, "too_large", limits=Limits(max_bytes=2000))


def test_an_answer_above_the_size_limit_ends_early() -> None:
    sink, error = fails(lambda talk: talk.answer(BODY * 4000), "too_large", limits=Limits(max_bytes=1_000_000))
    assert error.params == {"limit_mb": "1"}
    assert 1_000_000 < len(sink.body) < 4_096_000


def test_an_answer_of_exactly_the_limit_is_fine() -> None:
    with ScriptedServer(lambda talk: talk.answer(BODY)) as server:
        sink = send(server.url(), limits=Limits(max_bytes=len(BODY)))
    assert sink.body == BODY


def test_a_memory_sink_refuses_large_answers_in_the_same_words() -> None:
    sink = MemorySink(limit=1000)
    with ScriptedServer(lambda talk: talk.answer(BODY)) as server, pytest.raises(SurroundingsError) as caught:
        Transport(NetworkSettings(), StillClock()).exchange(get(server.url()), sink, CancelToken())
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(("date", "offset"), [("12:01:30", 90.5), ("11:58:30", -89.5), ("12:00:00", 0.5)])
def test_the_clock_offset_is_server_minus_local(date: str, offset: float) -> None:
    with ScriptedServer(lambda talk: talk.answer(b"x", f"Date: Thu, 05 Mar 2026 {date} GMT")) as server:
        sink = send(server.url(), clock=StillClock(NOON))
    assert sink.facts is not None
    assert sink.facts.clock_offset_s == offset


def test_without_a_date_there_is_no_offset() -> None:
    with ScriptedServer(lambda talk: talk.answer(b"x")) as server:
        sink = send(server.url())
    assert sink.facts is not None
    assert (sink.facts.clock_offset_s, sink.facts.server_date) == (None, None)


def test_a_local_server_is_the_simulator_only_when_it_says_so() -> None:
    with ScriptedServer(lambda talk: talk.answer(b"x", "Server: facevid-simulator/0.1")) as server:
        sink = send(server.url())
    assert sink.facts is not None
    assert sink.facts.simulated


def test_a_refused_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sink = RecordingSink()
    with pytest.raises(SurroundingsError) as caught:
        send(f"http://127.0.0.1:{port}/", sink)
    assert caught.value.code == "unreachable"
    assert caught.value.params == {"host": "127.0.0.1"}
    assert sink.calls == ["started", "ended"]


def test_a_name_nobody_knows_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(SurroundingsError) as caught:
        send("http://nobody.invalid/")
    assert caught.value.code == "unreachable"
    assert caught.value.params == {"host": "nobody.invalid"}


def test_a_name_without_addresses_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [])
    with pytest.raises(SurroundingsError) as caught:
        send("http://nobody.invalid/")
    assert caught.value.code == "unreachable"


def test_the_next_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        dead = free.getsockname()
    with ScriptedServer(lambda talk: talk.answer(b"second")) as server:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        unspoken = (12345, socket.SOCK_STREAM, 6, "", dead)
        addresses = [unspoken, (*kind, dead), (*kind, ("127.0.0.1", server.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: addresses)
        sink = send(server.url(host="two.invalid"))
    assert sink.body == b"second"


@pytest.mark.parametrize(
    "url",
    [
        "http://[bad/",
        "http://:80/",
        "http://h:x/",
        "http://h:99999/",
        "nothing",
        "http://a..b/",
        f"http://{'a' * 70}.invalid/",
        "http://*.x/",
    ],
)
def test_an_address_that_cannot_be_used_is_said_so(url: str) -> None:
    sink = RecordingSink()
    with pytest.raises(SurroundingsError) as caught:
        send(url, sink)
    assert caught.value.code == "bad_url"
    assert sink.calls == ["started", "ended"]


@pytest.mark.parametrize("value", ["two\r\nlines", "密钥"])
def test_a_header_that_cannot_be_written_is_an_error_with_a_name(value: str) -> None:
    with ScriptedServer(lambda talk: talk.answer(b"")) as server, pytest.raises(SurroundingsError) as caught:
        send(get(server.url(), ("X-Ours", value)))
    assert caught.value.code == "bad_url"
    assert value not in str(caught.value)


def test_a_cancelled_token_sends_nothing() -> None:
    token, sink = CancelToken(), RecordingSink()
    token.cancel()
    with ScriptedServer(lambda talk: talk.answer(b"")) as server, pytest.raises(CancelledError):
        send(server.url(), sink, token=token)
    assert server.connections == 0
    assert sink.calls == ["started", "ended"]
    assert sink.facts is not None
    assert sink.facts.error == "cancelled"


@pytest.mark.parametrize("error", [ValueError("of the sink"), OSError(28, "of the sink"), KeyboardInterrupt()])
def test_what_a_sink_raises_is_not_taken_for_a_network_error(error: BaseException) -> None:
    class BrokenSink(RecordingSink):
        def received(self, piece: bytes) -> None:
            raise error

    sink = BrokenSink()
    with ScriptedServer(lambda talk: talk.answer(b"x")) as server, pytest.raises(type(error)) as caught:
        send(server.url(), sink)
    assert caught.value is error
    assert sink.calls[-1] == "ended"
    assert sink.facts is not None
    assert (sink.facts.complete, sink.facts.error) == (False, "interrupted")


def test_the_facts_of_an_exchange_with_credentials_hold_none_of_them() -> None:
    with ScriptedServer(lambda talk: talk.answer(b"{}")) as server:
        request = HttpRequest(
            "token", "GET", server.url("/token?secret=hidden"), (("X-Key", "hidden"),),
            secret_headers=frozenset({"x-key"}), carries_credentials=True,
        )  # fmt: skip
        sink = send(request)
    assert b"secret=hidden" in server.requests[0]
    assert "hidden" not in f"{sink.facts} {sink.request} {request!r}"
    assert sink.facts is not None
    assert sink.facts.url == server.url("/token")
    assert sink.facts.removed == ("X-Key",)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/token?secret=hidden", "http://[bad/token?secret=hidden"])
def test_the_traceback_of_an_exchange_with_credentials_holds_none_of_them(url: str) -> None:
    headers = (("X-Key", "hidden\r\nvalue"),) if "[" in url else (("X-Key", "hidden"),)
    request = HttpRequest("token", "GET", url, headers, carries_credentials=True)
    with pytest.raises(SurroundingsError) as caught:
        send(request)
    assert "hidden" not in "".join(traceback.format_exception(caught.value))


def test_libraries_cannot_log_the_urls_they_see(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with ScriptedServer(lambda talk: talk.answer(b"{}", "bad header line")) as server:
        send(server.url("/token?secret=hidden"))
    assert "hidden" not in caplog.text
