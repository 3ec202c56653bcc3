"""Captures made by hand: exchanges fed into a store without any network."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from facevid_gui.captures.answers import Answer, read_answer
from facevid_gui.captures.body import BytesBody
from facevid_gui.captures.store import CaptureStore, PartialCapture
from facevid_gui.core.capture import CaptureRecord, ProviderFacts
from facevid_gui.core.errors import SurroundingsError
from facevid_gui.core.exchange import Exchange
from facevid_gui.net.http import PublicRequest, ResponseHead
from tests.support.captures_samples import FLOW_ID, ORDER_NO, SIGN_ID, json_bytes
from tests.support.clocks import NOON

EVIDENCE_ID = "0123456789abcdef" * 2
HOSTS = {"ess": "ess.tencentcloudapi.com", "essbasic": "essbasic.tencentcloudapi.com", "kyc": "kyc1.qcloud.com"}


def read(kind: str, document: object) -> Answer:
    """Parse a document as the answer of a provider."""
    return read_answer(kind, BytesBody(document if isinstance(document, bytes) else json_bytes(document)))


def exchange(kind: str = "ess", **facts: Any) -> Exchange:
    """The facts of an exchange that went well."""
    usual: dict[str, Any] = {
        "method": "POST",
        "url": f"https://{HOSTS[kind]}/",
        "sent_at": NOON,
        "received_at": NOON + timedelta(seconds=1),
        "status": 200,
        "complete": True,
        "path": "exchanges/01/response-body.bin",
    }
    return Exchange(**{**usual, **facts})


def draft(kind: str = "ess", evidence_id: str = EVIDENCE_ID, **facts: Any) -> CaptureRecord:
    """A record as it is when a look-up begins."""
    ids = {"order_no": ORDER_NO} if kind == "kyc" else {"flow_id": FLOW_ID, "sign_id": SIGN_ID}
    usual: dict[str, Any] = {
        "evidence_id": evidence_id,
        "captured_at": NOON,
        "provider": ProviderFacts(kind, HOSTS[kind], "DescribeSignFaceVideo", "2020-11-11", **ids),
        "operator": {"account": "tester", "name": "", "role": ""},
        "program": {"name": "facevid_gui", "version": "0"},
    }
    return CaptureRecord(**{**usual, **facts})


def begin(store: CaptureStore, kind: str = "ess", evidence_id: str = EVIDENCE_ID) -> PartialCapture:
    """Start a capture."""
    return store.begin(draft(kind, evidence_id))


def pieces_of(body: bytes, size: int = 1000) -> list[bytes]:
    """A body as the network may bring it."""
    return [body[start : start + size] for start in range(0, len(body), size)]


def receive(
    partial: PartialCapture,
    body: bytes | Iterable[bytes],
    *,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),),
    error: str | None = None,
    chain: tuple[bytes, ...] = (),
    role: str = "record",
) -> Exchange:
    """Let one exchange happen, as the transport would; `error` cuts it short. Returns its facts in the record."""
    kind = partial.record.provider.kind
    url = f"https://{HOSTS[kind]}/"
    facts = Exchange(method="POST", url=url, sent_at=NOON, role=role)
    sink = partial.sink()
    sink.started(PublicRequest(role, "POST", url, (("Content-Type", "application/json"),), {"a": 1}, ()), facts)
    facts = replace(facts, status=status)
    sink.responded(ResponseHead("HTTP/1.1", status, "OK", headers, NOON, chain), facts)
    facts = replace(facts, received_at=NOON + timedelta(seconds=1))
    try:
        for piece in pieces_of(body) if isinstance(body, bytes) else body:
            sink.received(piece)
    except SurroundingsError as failure:
        sink.ended(replace(facts, error=failure.code))
        raise
    sink.ended(replace(facts, complete=error is None, error=error))
    return partial.record.exchanges[-1]


def sha256(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
