"""RFC 3161 timestamps over the signature: the question, and judging an answer (floor 1).

What enters: the bytes of the signature file, a response. What leaves: a request of which only a 32-byte
hash can be learned, and the facts of a stamp that holds. The authority's certificate is judged at the
stated time, against roots from outside the folder; the chain enclosed in a response is never a reason to
trust it. One real authority orders its certificates in a way strict parsers refuse (research:
evidence-format, finding 4); asn1crypto reads it. No network here: verifying needs none.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from facevid_gui.core.errors import UsageError
from facevid_gui.evidence.chains import leads_to
from facevid_gui.evidence.cms import CmsError, certificates_of, check_signer, subject_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_RESPONSE_BYTES = 1024 * 1024
LATE_AFTER_S = 600.0
_HASHES = ("sha256", "sha384", "sha512")
_GRANTED = ("granted", "granted_with_mods")


class StampError(ValueError):
    """A timestamp that does not hold; the text says why."""


@dataclass(frozen=True)
class StampRequest:
    """A request as sent: its bytes and its nonce."""

    der: bytes
    nonce: int


@dataclass(frozen=True)
class Stamp:
    """A timestamp that holds over the data. `trusted` when its authority leads to one of the roots."""

    time: datetime
    authority: str
    nonce: int | None
    trusted: bool


class _Response(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """RFC 3161 section 2.4.2; the library's own class demands a token even of a refusal."""

    _fields: ClassVar[list[Any]] = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def make_request(data: bytes) -> StampRequest:
    """Ask for a stamp over the SHA-256 of `data`, with a nonce and the authority's certificate."""
    nonce = secrets.randbits(64)
    request = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": hashlib.sha256(data).digest(),
            },
            "nonce": nonce,
            "cert_req": True,
        }
    )
    return StampRequest(request.dump(), nonce)


def check_tsa_url(url: str) -> str:
    """Return an authority's URL; plain `http:` is fine, the answer is signed. `UsageError` otherwise."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or "@" in parts.netloc or not url.isascii() or not url.isprintable():
        raise UsageError("tsa_url_malformed", url=url[:120])
    return url


def check_stamp(response: bytes, data: bytes, roots: Sequence[bytes], nonce: int | None = None) -> Stamp:
    """Check a whole response over `data`. `roots` are trusted certificates (DER) from outside the folder.

    Raises `StampError` when the stamp does not hold over `data`; an authority that leads to none of the
    roots gives a stamp that is not `trusted`.
    """
    if len(response) > MAX_RESPONSE_BYTES:
        raise StampError("too large")
    try:
        return _check_stamp(response, data, roots, nonce)
    except StampError:
        raise
    except CmsError as error:
        raise StampError(str(error)) from error
    except Exception as error:
        raise StampError(f"malformed: {type(error).__name__}") from error


def _check_stamp(response: bytes, data: bytes, roots: Sequence[bytes], nonce: int | None) -> Stamp:
    answer = _Response.load(response, strict=True)
    status = answer["status"]["status"].native
    if status not in _GRANTED:
        raise StampError(f"the authority refused: {status}")
    signed = answer["time_stamp_token"]["content"]
    if len(signed["signer_infos"]) != 1:
        raise StampError("not exactly one signer")
    if signed["encap_content_info"]["content_type"].native != "tst_info":
        raise StampError("not a timestamp token")
    content = signed["encap_content_info"]["content"]
    info = content.parsed
    if info["version"].native != "v1":
        raise StampError("unknown version of a timestamp")
    extensions = info["extensions"]
    if extensions.native and any(extension["critical"].native for extension in extensions):
        raise StampError("a critical extension that is not understood")  # RFC 3161 section 2.4.2: we know none
    _check_imprint(info, data)
    stated_nonce = info["nonce"].native
    if nonce is not None and stated_nonce != nonce:
        raise StampError("not the answer to our request (nonce)")
    checked = check_signer(signed, bytes(content), "tst_info")
    _check_usage(checked.certificate_der)
    time = info["gen_time"].native.astimezone(UTC)
    trusted = leads_to(roots, checked.certificate_der, certificates_of(signed), time)
    return Stamp(time, subject_of(checked.certificate_der), stated_nonce, trusted)


def _check_imprint(info: Any, data: bytes) -> None:  # noqa: ANN401
    imprint = info["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    if algorithm not in _HASHES:
        raise StampError(f"weak hash {algorithm}")
    if imprint["hashed_message"].native != hashlib.new(algorithm, data).digest():
        raise StampError("made over other bytes")


def _check_usage(certificate_der: bytes) -> None:
    certificate = x509.load_der_x509_certificate(certificate_der)
    try:
        extension = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise StampError("the certificate is not for timestamping") from error
    if not extension.critical or list(extension.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise StampError("the certificate is not for timestamping only")
    if any(e.critical and isinstance(e.value, x509.UnrecognizedExtension) for e in certificate.extensions):
        raise StampError("the certificate holds a critical extension that is not understood")
