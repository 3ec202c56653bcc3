"""A timestamp authority of our own: certificates, tokens made to order, `openssl ts`, a loopback server.

`respond_with_openssl` is a genuine second implementation; `respond` can lie in every way a test needs.
"""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as ax509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.tools import need, run_tool

YEAR = timedelta(days=365)
_CONFIG = """
[authority]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/leaf.pem
certs = {folder}/root.pem
signer_key = {folder}/leaf.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def make_pair(
    name: str, issuer: Pair | None = None, *, usage: str = "critical", now: datetime | None = None,
    valid: tuple[timedelta, timedelta] = (-YEAR, 10 * YEAR), unknown: bool = False,
) -> Pair:  # fmt: skip
    """A root, or a leaf below `issuer`. `usage` is "critical", "plain", "mixed" or "none" timestamping.

    `unknown` adds a critical extension that nobody knows.
    """
    now = now or datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + valid[0])
        .not_valid_after(now + valid[1])
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_key_usage(is_root=issuer is None), critical=True)
    )
    if issuer is not None:
        public = issuer.key.public_key()
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        purposes = {
            "critical": [ExtendedKeyUsageOID.TIME_STAMPING],
            "plain": [ExtendedKeyUsageOID.TIME_STAMPING],
            "mixed": [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING],
        }.get(usage)
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=usage != "plain")
    if unknown:
        mystery = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
        builder = builder.add_extension(mystery, critical=True)
    return Pair(builder.sign((issuer or _Self(key)).key, hashes.SHA256()), key)


@dataclass(frozen=True)
class _Self:
    key: ec.EllipticCurvePrivateKey


def _key_usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=is_root, crl_sign=is_root, encipher_only=False, decipher_only=False,
    )  # fmt: skip


class Authority:
    """A root, a leaf, and the two ways of answering a query."""

    def __init__(self, folder: Path, name: str = "Test Authority", **leaf: Any) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.root = make_pair(f"{name} Root")
        self.leaf = make_pair(f"{name} Stamping Unit", self.root, **leaf)
        (folder / "root.pem").write_bytes(self.root.pem)
        (folder / "leaf.pem").write_bytes(self.leaf.pem)
        (folder / "leaf.key").write_bytes(
            self.leaf.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))

    @property
    def root_der(self) -> bytes:
        """The root, DER."""
        return self.root.der

    @property
    def root_pem(self) -> Path:
        """The root as a file."""
        return self.folder / "root.pem"

    def respond_with_openssl(self, query: bytes) -> bytes:
        """What `openssl ts -reply` answers, refusals included."""
        need("openssl")
        question = self.folder / "query.tsq"
        question.write_bytes(query)
        answer = self.folder / "answer.tsr"
        done = run_tool(
            "openssl", "ts", "-reply", "-config", str(self.folder / "tsa.cnf"), "-section", "authority",
            "-queryfile", str(question), "-out", str(answer),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        return answer.read_bytes()

    def respond(self, query: bytes, **lies: Any) -> bytes:
        """An answer made by hand; see `Token` for what can be wrong with it."""
        asked = tsp.TimeStampReq.load(query)
        imprint = asked["message_imprint"]
        token = Token(
            imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native, asked["nonce"].native
        )
        for name, value in lies.items():
            assert hasattr(token, name), name
            setattr(token, name, value)
        return token.response(self)


@dataclass
class Token:
    """What goes into a token; each member may lie."""

    hash_name: str
    imprint: bytes
    nonce: int | None
    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    status: str = "granted"
    certificates: tuple[bytes, ...] | None = None
    signer: Pair | None = None
    with_certificate_hash: bool = True
    content_type: str = "tst_info"
    signers: int = 1
    digest: str = "sha256"
    policy: str = "1.2.3.4.1"
    extension: bool | None = None  # one that nobody knows, critical or not

    def response(self, authority: Authority) -> bytes:
        """The whole TimeStampResp, DER."""
        status = tsp.PKIStatusInfo({"status": self.status})
        if self.status not in ("granted", "granted_with_mods"):
            return bare_response(status)
        token = self._token(self.signer or authority.leaf, authority)
        return tsp.TimeStampResp({"status": status, "time_stamp_token": token}).dump()

    def _token(self, signer: Pair, authority: Authority) -> cms.ContentInfo:
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": self.policy,
                "message_imprint": {"hash_algorithm": {"algorithm": self.hash_name}, "hashed_message": self.imprint},
                "serial_number": 7,
                "gen_time": self.at,
                **({"nonce": self.nonce} if self.nonce is not None else {}),
                **({} if self.extension is None else {"extensions": [_unknown_extension(critical=self.extension)]}),
            }
        )
        content = info.dump()
        certificate = ax509.Certificate.load(signer.der)
        chain = self.certificates if self.certificates is not None else (signer.der, authority.root_der)
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": self.digest})],
                "encap_content_info": {
                    "content_type": self.content_type, "content": core.ParsableOctetString(content),
                },
                "certificates": [ax509.Certificate.load(der) for der in chain],
                "signer_infos": [self._signer_info(signer, certificate, content) for _ in range(self.signers)],
            }
        )  # fmt: skip
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})

    def _signer_info(self, signer: Pair, certificate: ax509.Certificate, content: bytes) -> cms.SignerInfo:
        values: list[tuple[str, Any]] = [
            ("content_type", self.content_type),
            ("message_digest", hashlib.new(self.digest, content).digest()),
        ]
        if self.with_certificate_hash:
            identified = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(signer.der).digest()})
            values.append(("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [identified]})))
        attributes = cms.CMSAttributes([cms.CMSAttribute({"type": n, "values": [v]}) for n, v in values])
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    {
                        "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                            {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                        )
                    }
                ),
                "digest_algorithm": algos.DigestAlgorithm({"algorithm": self.digest}),
                "signed_attrs": attributes,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                "signature": signer.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )


def _unknown_extension(*, critical: bool) -> dict[str, Any]:
    return {"extn_id": "1.2.3.4.5", "critical": critical, "extn_value": b"\x05\x00"}


def bare_response(status: tsp.PKIStatusInfo) -> bytes:
    """A response without a token, as RFC 3161 allows for refusals; asn1crypto cannot write one."""
    content = status.dump()
    return b"\x30" + bytes([len(content)]) + content


@dataclass(frozen=True)
class HttpReply:
    """What the server says instead of a stamp; `stall` says nothing after the head."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    stall: bool = False


Answer = Callable[[bytes], bytes | HttpReply]


class AuthorityServer:
    """An authority on loopback; `answer` maps a query to a response. Notes every query."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.queries: list[bytes] = []
        self._closing = threading.Event()

    @property
    def url(self) -> str:
        """Where to ask."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/tsa"

    def __enter__(self) -> "AuthorityServer":
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                owner.queries.append(query)
                owner._reply(self, owner.answer(query))

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients hang up on purpose
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _reply(self, handler: BaseHTTPRequestHandler, reply: bytes | HttpReply) -> None:
        if isinstance(reply, bytes):
            reply = HttpReply(reply, headers=(("Content-Type", "application/timestamp-reply"),))
        handler.send_response(reply.status)
        for name, value in reply.headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body) + (1 if reply.stall else 0)))
        handler.send_header("Connection", "close")
        handler.close_connection = True
        handler.end_headers()
        handler.wfile.write(reply.body)
        if reply.stall:
            handler.wfile.flush()
            self._closing.wait(20)
