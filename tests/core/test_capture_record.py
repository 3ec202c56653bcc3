"""`capture.json`: written once, read for years, by people who may have got it from an adversary."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facevid_gui.core.capture import (
    LIMITS,
    MAX_CAPTURE_JSON_BYTES,
    SCHEMA,
    CaptureRecord,
    CopiedValue,
    Derived,
    ProviderFacts,
)
from facevid_gui.core.exchange import Exchange, TlsFacts
from tests.support.captures_exchanges import draft, exchange
from tests.support.clocks import NOON

FULL_EXCHANGE = Exchange(
    method="POST",
    url="https://ess.tencentcloudapi.com/",
    sent_at=NOON,
    role="flow",
    path="exchanges/02/response-body.bin",
    status=200,
    complete=True,
    received_at=NOON + timedelta(seconds=2),
    server_date=NOON + timedelta(seconds=1),
    clock_offset_s=-0.5,
    duration_s=2.25,
    tls=TlsFacts("TLSv1.3", "TLS_AES_128_GCM_SHA256", ("a" * 64, "b" * 64)),
    ip="203.0.113.7",
    custom_ca=True,
    proxied=True,
    simulated=True,
    sha256="c" * 64,
    size_bytes=123,
    removed=("Authorization",),
    trimmed=True,
    error="redirect",
)
FULL_DERIVED = Derived(
    path="media/nod-02.mp4",
    role="nod",
    index=2,
    source="exchanges/01/response-body.bin",
    pointer="/Response/IntentionActionResult/Details/1/Video",
    decoding=("gzip", "json", "base64"),
    sha256="d" * 64,
    size_bytes=7,
    media_type="video/mp4",
    repairs=("padding_added",),
    problem="damaged_base64",
)


def full_record() -> CaptureRecord:
    return draft(
        witnessed=False,
        exchanges=(exchange(), FULL_EXCHANGE),
        derived=(FULL_DERIVED,),
        result=(CopiedValue("liveRate", "99", "exchanges/01/response-body.bin", "/result/liveRate"),),
        retention={"review_by": "2027-03-05T12:00:00Z", "rule": "365 days"},
        case_ref="案-1",
        purpose="dispute",
        legal_basis="contract",
        sealed_at=NOON + timedelta(hours=1),
        draft_sha256="e" * 64,
    )


def members(record: CaptureRecord) -> dict[str, Any]:
    return json.loads(record.to_bytes())


def changed(pointer: str, value: object) -> bytes:
    """The bytes of a full record with one member changed."""
    data = members(full_record())
    *holders, name = pointer.split("/")[1:]
    holder: Any = data
    for part in holders:
        holder = holder[int(part)] if isinstance(holder, list) else holder[part]
    if isinstance(holder, list):
        holder[int(name)] = value
    else:
        holder[name] = value
    return json.dumps(data).encode()


def test_a_full_record_comes_back_as_it_was() -> None:
    assert CaptureRecord.from_bytes(full_record().to_bytes()) == full_record()
    assert CaptureRecord.from_bytes(draft().to_bytes()) == draft()
    assert Exchange.from_json(FULL_EXCHANGE.to_json()) == FULL_EXCHANGE
    assert Derived.from_json(FULL_DERIVED.to_json()) == FULL_DERIVED


def test_every_fact_of_an_exchange_and_of_a_file_is_written() -> None:
    assert set(FULL_EXCHANGE.to_json()) == {field.name for field in fields(Exchange)}
    assert set(FULL_DERIVED.to_json()) == {field.name for field in fields(Derived)}


def test_the_members_are_those_of_the_interface() -> None:
    data = members(full_record())
    assert set(data) == {
        "schema", "evidence_id", "case_ref", "purpose", "legal_basis", "operator", "captured_at", "sealed_at",
        "draft_sha256", "program", "provider", "witnessed", "exchanges", "derived", "result", "retention", "limits",
    }  # fmt: skip
    assert data["schema"] == SCHEMA == "facevid-evidence/1"
    assert data["limits"] == LIMITS
    assert data["captured_at"] == "2026-03-05T12:00:00Z"
    assert set(data["provider"]) == {
        "kind", "host", "action", "version", "source", "custom_ca", "flow_id", "sign_id", "order_no", "request_id",
    }  # fmt: skip


def test_the_bytes_are_utf_8_for_people_and_end_with_a_line_feed() -> None:
    raw = full_record().to_bytes()
    assert "案-1".encode() in raw
    assert raw.endswith(b"}\n")
    assert b"\r" not in raw


def test_text_that_no_file_can_hold_is_written_as_its_escape() -> None:
    record = draft(operator={"account": "caf\udce9"})
    assert CaptureRecord.from_bytes(record.to_bytes()) == record


def test_members_of_later_years_are_ignored() -> None:
    for pointer in ("/later", "/provider/later", "/exchanges/0/later", "/derived/0/later", "/result/0/later"):
        assert CaptureRecord.from_bytes(changed(pointer, {"x": [1]})) == full_record()
    kept = CaptureRecord.from_bytes(changed("/operator/badge", 5)).operator
    assert kept == full_record().operator


def test_a_record_of_an_early_writer_with_fewer_members_is_read() -> None:
    data = members(draft(exchanges=(exchange(),), derived=(FULL_DERIVED,)))
    for name in ("retention", "case_ref", "purpose", "legal_basis", "sealed_at", "draft_sha256"):
        del data[name]
    data["exchanges"] = [{"method": "GET", "url": "https://h/", "sent_at": "2026-03-05T12:00:00Z"}]
    for name in ("index", "repairs", "problem"):
        del data["derived"][0][name]
    record = CaptureRecord.from_bytes(json.dumps(data).encode())
    assert record.exchanges == (Exchange("GET", "https://h/", NOON),)
    assert record.derived == (replace(FULL_DERIVED, index=1, repairs=(), problem=None),)


WRONG: list[tuple[str, object]] = [
    ("/schema", "facevid-evidence/2"),
    ("/schema", None),
    ("/evidence_id", "../../x"),
    ("/evidence_id", 7),
    ("/captured_at", "yesterday"),
    ("/captured_at", 5),
    ("/captured_at", None),
    ("/sealed_at", "2026-03-05"),
    ("/sealed_at", ["2026-03-05T12:00:00Z"]),
    ("/operator", ["tester"]),
    ("/program", "facevid"),
    ("/retention", 5),
    ("/case_ref", 5),
    ("/draft_sha256", {}),
    ("/provider", None),
    ("/provider/kind", "other"),
    ("/provider/kind", ["ess"]),
    ("/provider/flow_id", ["x"]),
    ("/provider/request_id", 7),
    ("/exchanges", None),
    ("/exchanges", [None]),
    ("/exchanges/0/path", "../../../etc/passwd"),
    ("/exchanges/0/path", "/etc/passwd"),
    ("/exchanges/0/path", 5),
    ("/exchanges/0/status", "200"),
    ("/exchanges/0/status", True),
    ("/exchanges/0/sent_at", None),
    ("/exchanges/0/received_at", 5),
    ("/exchanges/0/clock_offset_s", "far"),
    ("/exchanges/0/clock_offset_s", True),
    ("/exchanges/0/duration_s", 10**400),
    ("/exchanges/0/removed", "Authorization"),
    ("/exchanges/0/removed", [1]),
    ("/exchanges/0/sha256", 5),
    ("/exchanges/0/size_bytes", 1.5),
    ("/exchanges/0/error", {"code": 1}),
    ("/exchanges/1/tls", "TLSv1.3"),
    ("/exchanges/1/tls", ["x"]),
    ("/exchanges/1/tls/chain_sha256", "abc"),
    ("/derived", {"a": 1}),
    ("/derived/0/path", "media/../../x"),
    ("/derived/0/source", "/etc/passwd"),
    ("/derived/0/index", "1"),
    ("/derived/0/size_bytes", "big"),
    ("/derived/0/decoding", "base64"),
    ("/derived/0/problem", 5),
    ("/result", 5),
    ("/result/0", "x"),
    ("/result/0", {"value": "99"}),
]


@pytest.mark.parametrize(("pointer", "value"), WRONG, ids=lambda value: str(value)[:40])
def test_a_record_with_a_wrong_member_is_no_record(pointer: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        CaptureRecord.from_bytes(changed(pointer, value))


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b'"x"', b"{}", b"{", b"\xff\xfe", b"[" * 100_000,
     full_record().to_bytes()[:-10],
     full_record().to_bytes().replace(b"2.25", b"NaN"), full_record().to_bytes().replace(b"2.25", b"1e999")],
    ids=range(11),
)  # fmt: skip
def test_bytes_that_are_no_record_are_refused_as_such(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        CaptureRecord.from_bytes(raw)


def test_a_record_beyond_its_limit_is_not_even_parsed() -> None:
    with pytest.raises(ValueError, match="too large"):
        CaptureRecord.from_bytes(b" " * (MAX_CAPTURE_JSON_BYTES + 1))


POINTERS = sorted(
    {f"/{name}" for name in members(full_record())}
    | {f"/provider/{name}" for name in members(full_record())["provider"]}
    | {f"/exchanges/1/{name}" for name in members(full_record())["exchanges"][1]}
    | {f"/derived/0/{name}" for name in members(full_record())["derived"][0]}
    | {f"/result/0/{name}" for name in members(full_record())["result"][0]}
)
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just(10**400)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


@settings(deadline=None, max_examples=300)
@given(pointer=st.sampled_from(POINTERS), value=JUNK)
def test_whatever_stands_in_a_member_a_value_error_is_the_worst_that_happens(pointer: str, value: object) -> None:
    try:
        record = CaptureRecord.from_bytes(changed(pointer, value))
    except ValueError:
        return
    assert CaptureRecord.from_bytes(record.to_bytes()) == record


RECORD = "exchanges/03/response-body.bin"


def test_the_answer_is_looked_for_in_whole_exchanges_that_asked_for_the_record_latest_first() -> None:
    first, second = exchange(), exchange(path="exchanges/02/response-body.bin", status=502)
    record = draft(
        exchanges=(
            exchange(role="ticket", path=None),
            first,
            second,
            exchange(path=RECORD, complete=False),
            exchange(path=None),
            exchange(role="flow", trimmed=True, path="exchanges/04/response-body.bin"),
            exchange(role="poll", path="exchanges/05/response-body.bin"),
        )
    )
    assert record.answer_exchanges() == (second, first)


def test_a_refused_flow_is_the_answer_when_nothing_else_was_asked() -> None:
    refused = exchange(role="flow")
    assert draft(exchanges=(refused,)).answer_exchanges() == (refused,)
    assert draft(exchanges=(replace(refused, trimmed=True),)).answer_exchanges() == ()
    assert draft().answer_exchanges() == ()


def test_the_copy_of_the_flow_is_the_latest_trimmed_one() -> None:
    old = exchange(role="flow", trimmed=True)
    new = replace(old, path=RECORD)
    assert draft(exchanges=(old, new, exchange())).flow_exchange() == new
    assert draft(exchanges=(replace(old, trimmed=False), replace(old, path=None))).flow_exchange() is None


def test_times_with_milliseconds_survive_and_finer_ones_are_cut() -> None:
    record = draft(captured_at=datetime(2026, 3, 5, 12, 0, 0, 123_456, tzinfo=UTC))
    assert CaptureRecord.from_bytes(record.to_bytes()).captured_at.microsecond == 123_000


def test_the_provider_facts_are_complete_in_json() -> None:
    facts = ProviderFacts("kyc", "kyc1.qcloud.com", "queryfacerecord", "1.0.0", "official", True, None, None, "o", "r")
    assert ProviderFacts.from_json(facts.to_json()) == facts
