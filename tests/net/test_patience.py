"""Waiting has an end: cancelled at once from another thread, or out of time, whatever the server does."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from facevid_gui.core.cancel import CancelToken
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.net import connection
from facevid_gui.net.settings import NetworkSettings
from facevid_gui.net.transport import Limits
from tests.support.net_certificates import make_authority
from tests.support.net_exchanges import RecordingSink, cancelled_on, send
from tests.support.net_servers import ScriptedServer, Talk, chunked, head_of

LONG = Limits(connect_s=20, idle_s=20, total_s=20)
SHORT_IDLE = Limits(connect_s=0.3, idle_s=0.3, total_s=20)
SHORT_TOTAL = Limits(connect_s=20, idle_s=20, total_s=0.4)


def silent_after_the_request(talk: Talk) -> None:
    talk.read_request()
    talk.stall()


def silent_in_the_headers(talk: Talk) -> None:
    talk.read_request()
    talk.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    talk.stall()


def silent_in_the_body(talk: Talk) -> None:
    talk.read_request()
    talk.send(head_of("200 OK", "Content-Length: 5000") + b"x" * 1000)
    talk.stall()


def silent_between_chunks(talk: Talk) -> None:
    talk.read_request()
    talk.send(head_of("200 OK", "Transfer-Encoding: chunked") + chunked(b"x" * 1000, end=b""))
    talk.stall()


def dripping_headers(talk: Talk) -> None:
    talk.read_request()
    talk.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Filler: aaaaaaaaaaaaaaaaaaaa\r\n" * 20)


def dripping_body(talk: Talk) -> None:
    talk.read_request()
    talk.send(head_of("200 OK", "Content-Length: 5000"))
    talk.drip(b"x" * 5000)


STALLS = [silent_after_the_request, silent_in_the_headers, silent_in_the_body, silent_between_chunks]
DRIPS = [dripping_headers, dripping_body]


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A resolver that never answers; the event tells that it was asked."""
    asked, over = threading.Event(), threading.Event()

    def never(*_: object) -> list[object]:
        asked.set()
        over.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", never)
    yield asked
    over.set()


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Connections that are never accepted; the event tells that one was begun."""
    begun = threading.Event()

    def never(sock: socket.socket, timeout: float) -> bool:
        begun.set()
        threading.Event().wait(timeout)
        return False

    monkeypatch.setattr(connection, "wait_for_write", never)
    return begun


@pytest.mark.parametrize("script", [*STALLS, *DRIPS])
def test_cancelling_is_answered_at_once(script) -> None:
    token, sink = CancelToken(), RecordingSink()
    with ScriptedServer(script) as server:
        event = sink.first_piece if "body" in script.__name__ or "chunks" in script.__name__ else server.heard
        with cancelled_on(event, token):
            send(server.url(), sink, limits=LONG, token=token)
    assert sink.facts is not None
    assert (sink.facts.complete, sink.facts.error) == (False, "cancelled")


@pytest.mark.parametrize("script", STALLS)
def test_cancelling_is_answered_at_once_over_tls_too(script, tmp_path: Path) -> None:
    """With TLS 1.3 session tickets make the socket readable although no answer came."""
    authority = make_authority()
    network = NetworkSettings(ca_file=authority.write(tmp_path))
    token, sink = CancelToken(), RecordingSink()
    with ScriptedServer(script, tls=authority.server(tmp_path, "127.0.0.1")) as server:
        event = sink.first_piece if "body" in script.__name__ or "chunks" in script.__name__ else server.heard
        with cancelled_on(event, token):
            send(server.url(), sink, network, limits=LONG, token=token)
    assert sink.facts is not None
    assert sink.facts.tls is not None
    assert sink.facts.tls.version == "TLSv1.3"


def test_cancelling_is_answered_while_the_name_is_looked_up(stuck: threading.Event) -> None:
    token = CancelToken()
    with cancelled_on(stuck, token):
        send("http://somewhere.invalid/", limits=LONG, token=token)


def test_cancelling_is_answered_while_connecting(deaf: threading.Event) -> None:
    token = CancelToken()
    with ScriptedServer(silent_after_the_request) as server, cancelled_on(deaf, token):
        send(server.url(), limits=LONG, token=token)


def test_cancelling_is_answered_during_the_handshake() -> None:
    begun = threading.Event()

    def no_handshake(talk: Talk) -> None:
        talk.conn.recv(10)
        begun.set()
        talk.stall()

    token = CancelToken()
    with ScriptedServer(no_handshake) as server, cancelled_on(begun, token):
        send(server.url().replace("http:", "https:"), limits=LONG, token=token)


def test_cancelling_is_answered_while_a_proxy_says_nothing() -> None:
    token = CancelToken()
    with ScriptedServer(silent_after_the_request) as proxy, cancelled_on(proxy.heard, token):
        send("https://far.invalid/", network=NetworkSettings({"https": proxy.url()}), limits=LONG, token=token)


def timed_out(url: str, limits: Limits, network: NetworkSettings | None = None) -> RecordingSink:
    """Exchange; it must end with `timeout`, long before a default limit would."""
    sink = RecordingSink()
    began = time.monotonic()
    with pytest.raises(SurroundingsError) as caught:
        send(url, sink, network, limits)
    assert caught.value.code == "timeout"
    assert time.monotonic() - began < 3
    assert sink.facts is not None
    assert (sink.facts.complete, sink.facts.error) == (False, "timeout")
    return sink


@pytest.mark.parametrize("script", STALLS)
def test_a_server_that_says_nothing_for_too_long_is_left(script) -> None:
    with ScriptedServer(script) as server:
        sink = timed_out(server.url(), SHORT_IDLE)
    assert sink.body == (b"x" * 1000 if sink.head else b"")


@pytest.mark.parametrize("script", [*STALLS, *DRIPS])
def test_the_total_deadline_counts_even_while_bytes_drip(script) -> None:
    with ScriptedServer(script) as server:
        timed_out(server.url(), SHORT_TOTAL)


def test_dripping_within_the_idle_limit_is_patiently_received() -> None:
    def script(talk: Talk) -> None:
        talk.read_request()
        talk.send(head_of("200 OK", "Content-Length: 12"))
        talk.drip(b"slow but sure"[:12])

    with ScriptedServer(script) as server:
        assert send(server.url(), limits=SHORT_IDLE).body == b"slow but sur"


@pytest.mark.parametrize("limits", [SHORT_IDLE, SHORT_TOTAL])
def test_a_resolver_that_never_answers_is_left(stuck: threading.Event, limits: Limits) -> None:
    timed_out("http://somewhere.invalid/", limits)


@pytest.mark.parametrize("limits", [SHORT_IDLE, SHORT_TOTAL])
def test_a_connection_that_is_never_accepted_is_left(deaf: threading.Event, limits: Limits) -> None:
    with ScriptedServer(silent_after_the_request) as server:
        timed_out(server.url(), limits)


@pytest.mark.parametrize("limits", [SHORT_IDLE, SHORT_TOTAL])
def test_a_handshake_that_never_ends_is_left(limits: Limits) -> None:
    with ScriptedServer(lambda talk: talk.stall()) as server:
        timed_out(server.url().replace("http:", "https:"), limits)


def test_a_proxy_that_says_nothing_is_left() -> None:
    with ScriptedServer(silent_after_the_request) as proxy:
        timed_out("https://far.invalid/", SHORT_IDLE, NetworkSettings({"https": proxy.url()}))


def test_a_proxy_that_is_never_reached_is_the_proxys_failure(deaf: threading.Event) -> None:
    with ScriptedServer(silent_after_the_request) as proxy, pytest.raises(SurroundingsError) as caught:
        send("http://far.invalid/", network=NetworkSettings({"http": proxy.url()}), limits=SHORT_IDLE)
    assert caught.value.code == "proxy_failed"
