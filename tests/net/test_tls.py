"""TLS: who is trusted, what is refused and in which words, and what is noted of the other end."""

import hashlib
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from facevid_gui.core.errors import SurroundingsError
from facevid_gui.net import transport
from facevid_gui.net.connection import peer_chain
from facevid_gui.net.settings import NetworkSettings
from tests.support.net_certificates import Authority, make_authority, old_tls
from tests.support.net_exchanges import RecordingSink, send
from tests.support.net_servers import ScriptedServer, Talk


def hello(talk: Talk) -> None:
    talk.answer(b"hello")


def refused(server_tls: ssl.SSLContext, ca_file: str = "", host: str = "127.0.0.1") -> SurroundingsError:
    """Exchange with a server that must not be trusted; nothing may be sent to it."""
    sink = RecordingSink()
    with ScriptedServer(hello, tls=server_tls) as server, pytest.raises(SurroundingsError) as caught:
        send(server.url(host=host), sink, NetworkSettings(ca_file=ca_file))
    assert server.requests == []
    assert sink.calls == ["started", "ended"]
    assert caught.value.code == "tls_failed"
    return caught.value


def test_a_custom_authority_works_and_is_marked(tmp_path: Path) -> None:
    authority = make_authority()
    network = NetworkSettings(ca_file=authority.write(tmp_path))
    with ScriptedServer(hello, tls=authority.server(tmp_path, "127.0.0.1")) as server:
        sink = send(server.url(), network=network)
    assert sink.body == b"hello"
    assert sink.facts is not None
    assert sink.facts.custom_ca


def test_a_custom_authority_is_not_marked_where_no_tls_was_spoken(tmp_path: Path) -> None:
    network = NetworkSettings(ca_file=make_authority().write(tmp_path))
    with ScriptedServer(hello) as server:
        sink = send(server.url(), network=network)
    assert sink.facts is not None
    assert not sink.facts.custom_ca


def test_the_whole_chain_the_version_and_the_cipher_are_noted_leaf_first(tmp_path: Path) -> None:
    root = make_authority()
    between = root.between()
    context = between.server(tmp_path, "127.0.0.1")
    with ScriptedServer(hello, tls=context) as server:
        sink = send(server.url(), network=NetworkSettings(ca_file=root.write(tmp_path)))
    assert sink.head is not None
    chain = [x509.load_der_x509_certificate(der) for der in sink.head.tls_chain]
    assert [c.subject.rfc4514_string() for c in chain] == ["CN=127.0.0.1", "CN=Between CA"]
    assert chain[1] == between.certificate
    facts = sink.facts
    assert facts is not None
    assert facts.tls is not None
    assert facts.tls.version == "TLSv1.3"
    assert facts.tls.cipher.startswith("TLS_")
    assert facts.tls.chain_sha256 == tuple(hashlib.sha256(c.public_bytes(Encoding.DER)).hexdigest() for c in chain)
    assert facts.ip == "127.0.0.1"


def test_tls_1_2_is_the_floor(tmp_path: Path) -> None:
    authority = make_authority()
    context = authority.server(tmp_path, "127.0.0.1")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with ScriptedServer(hello, tls=context) as server:
        sink = send(server.url(), network=NetworkSettings(ca_file=authority.write(tmp_path)))
    assert sink.facts is not None
    assert sink.facts.tls is not None
    assert sink.facts.tls.version == "TLSv1.2"


def test_tls_1_1_is_refused(tmp_path: Path) -> None:
    authority = make_authority()
    error = refused(old_tls(authority.server(tmp_path, "127.0.0.1")), authority.write(tmp_path))
    assert "PROTOCOL_VERSION" in error.params["reason"]


def test_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    error = refused(make_authority().server(tmp_path, "127.0.0.1"))
    assert error.params["host"] == "127.0.0.1"
    assert "issuer" in error.params["reason"]


def test_another_custom_authority_is_refused(tmp_path: Path) -> None:
    refused(make_authority().server(tmp_path, "127.0.0.1"), make_authority("Other CA").write(tmp_path))


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    authority = make_authority()
    error = refused(authority.server(tmp_path, "ess.tencentcloudapi.com"), authority.write(tmp_path))
    assert "mismatch" in error.params["reason"]


def test_an_expired_certificate_is_refused(tmp_path: Path) -> None:
    authority = make_authority()
    server_tls = authority.server(tmp_path, "127.0.0.1", ends=timedelta(days=-1))
    assert "expired" in refused(server_tls, authority.write(tmp_path)).params["reason"]


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates are checked as Python 3.13 and newer do, whichever runs here."""
    make = transport.create_urllib3_context

    def make_strict(**options: object) -> ssl.SSLContext:
        context = make(**options)  # type: ignore[arg-type]
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(transport, "create_urllib3_context", make_strict)


def test_a_company_authority_that_names_no_key_is_refused_by_newer_pythons_and_named(
    tmp_path: Path, strict: None
) -> None:
    authority = make_authority()
    network = NetworkSettings(ca_file=authority.write(tmp_path))
    inspecting = authority.server(tmp_path, "127.0.0.1", key_identifier=False)
    with ScriptedServer(hello, tls=inspecting) as server, pytest.raises(SurroundingsError) as caught:
        send(server.url(), network=network)
    assert caught.value.code == "tls_no_key_identifier"
    assert caught.value.params == {"host": "127.0.0.1"}
    assert server.requests == []


def test_a_company_authority_that_names_its_key_passes_the_strict_check(tmp_path: Path, strict: None) -> None:
    authority = make_authority()
    network = NetworkSettings(ca_file=authority.write(tmp_path))
    with ScriptedServer(hello, tls=authority.server(tmp_path, "127.0.0.1")) as server:
        assert send(server.url(), network=network).body == b"hello"


def test_the_process_environment_cannot_bring_an_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = make_authority()
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, authority.write(tmp_path))
    refused(authority.server(tmp_path, "127.0.0.1"))


def test_a_server_that_does_not_speak_tls_is_refused() -> None:
    def plain(talk: Talk) -> None:
        talk.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        talk.stall()

    with ScriptedServer(plain) as server, pytest.raises(SurroundingsError) as caught:
        send(server.url().replace("http:", "https:"))
    assert caught.value.code == "tls_failed"


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_connection_cut_during_the_handshake_is_a_reset(end: str) -> None:
    def cut(talk: Talk) -> None:
        talk.conn.recv(10000)
        if end == "reset":
            talk.reset()

    with ScriptedServer(cut) as server, pytest.raises(SurroundingsError) as caught:
        send(server.url().replace("http:", "https:"))
    assert caught.value.code == "connection_reset"


def ca_file_fails(tmp_path: Path, ca_file: Path) -> str:
    context = make_authority().server(tmp_path, "127.0.0.1")
    with ScriptedServer(hello, tls=context) as server, pytest.raises(SurroundingsError) as caught:
        send(server.url(), network=NetworkSettings(ca_file=str(ca_file)))
    assert caught.value.code == "tls_failed"
    return caught.value.params["reason"]


def test_a_missing_authority_file_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "gone.pem") in ca_file_fails(tmp_path, tmp_path / "gone.pem")


def test_an_authority_file_without_certificates_is_an_error_with_a_name(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate")
    assert ca_file_fails(tmp_path, tmp_path / "ca.pem")


def test_an_authority_file_that_cannot_be_read_is_an_error_with_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "ca.pem").write_text("")
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", forbidden)
    assert ca_file_fails(tmp_path, tmp_path / "ca.pem") == "Permission denied"


def test_a_folder_of_authorities_works(tmp_path: Path) -> None:
    authority = make_authority()
    folder = tmp_path / "authorities"
    folder.mkdir()
    Path(authority.write(folder)).rename(folder / f"{subject_hash(authority)}.0")
    with ScriptedServer(hello, tls=authority.server(tmp_path, "127.0.0.1")) as server:
        sink = send(server.url(), network=NetworkSettings(ca_file=str(folder)))
    assert sink.body == b"hello"


def subject_hash(authority: Authority) -> str:
    """The name OpenSSL looks for: the subject's canonical SHA-1 (c_rehash), asked of the tool itself."""
    from tests.support.tools import need, run_tool

    need("openssl")
    pem = authority.certificate.public_bytes(Encoding.PEM)
    return run_tool("openssl", "x509", "-noout", "-hash", data=pem).stdout.decode().strip()


class PublicChain:
    """What Python 3.13 offers."""

    def get_unverified_chain(self) -> list[bytes]:
        return [b"leaf", b"root"]


class LeafOnly:
    """What the oldest Python offers."""

    def __init__(self, leaf: bytes | None) -> None:
        self._leaf = leaf

    def getpeercert(self, binary_form: bool) -> bytes | None:
        return self._leaf


def test_the_chain_is_read_however_this_python_offers_it() -> None:
    assert peer_chain(PublicChain()) == (b"leaf", b"root")
    assert peer_chain(LeafOnly(b"leaf")) == (b"leaf",)
    assert peer_chain(LeafOnly(None)) == ()
