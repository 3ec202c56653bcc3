"""What people paste, and what it is taken for."""

import json
import random
import time
from urllib.parse import quote

import pytest

from facevid_gui.core.errors import UsageError
from facevid_gui.core.recognised import Recognised
from facevid_gui.lookups.recognise import MAX_PASTED, recognise
from tests.support.captures_samples import FLOW_ID, ORDER_NO, SIGN_ID

OTHER_FLOW = "yD" + "a1" * 15
LONG_ORDER = "0123456789abcdef" * 2
KINDS = [None, "ess", "essbasic", "kyc"]
CALLBACK = f"https://shop.example/face/done?code=0&orderNo={ORDER_NO}&h5faceId=a6dd86&newSignature=4B1F&liveRate=99"
SIGNING = f"https://sign.example/guide?flowId={FLOW_ID}&signId={SIGN_ID}#/contract"


def code_of(found: Recognised) -> str | None:
    return found.problem.code if found.problem else None


def ids_of(found: Recognised) -> tuple[str | None, str | None, str | None]:
    return found.flow_id, found.sign_id, found.order_no


# --- one id ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_flow_id_is_one_with_any_profile(kind: str | None) -> None:
    assert recognise(FLOW_ID, kind) == Recognised("flow", flow_id=FLOW_ID, reason="recognised.flow")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", [ORDER_NO, "orderNo596551", "7", "simOrder0001"])
def test_an_order_number_is_one_with_any_profile(kind: str | None, order: str) -> None:
    assert recognise(order, kind) == Recognised("order", order_no=order, reason="recognised.order")


@pytest.mark.parametrize(
    ("kind", "what", "reason"),
    [
        (None, "order", "recognised.order"),
        ("kyc", "order", "recognised.order_by_kind"),
        ("ess", "flow", "recognised.flow_by_kind"),
        ("essbasic", "flow", "recognised.flow_by_kind"),
    ],
)
def test_the_profile_decides_what_32_letters_are(kind: str | None, what: str, reason: str) -> None:
    found = recognise(LONG_ORDER, kind)
    assert (found.what, found.reason, found.problem, found.changed) == (what, reason, None, False)
    assert ids_of(found) == ((LONG_ORDER, None, None) if what == "flow" else (None, None, LONG_ORDER))


@pytest.mark.parametrize(
    ("pasted", "kind", "what", "problem", "params"),
    [
        (FLOW_ID[:-1], "ess", "flow", "flow_id_length", {"length": "31"}),
        (FLOW_ID[:-1], None, "flow", "flow_id_length", {"length": "31"}),
        (FLOW_ID + "x", "ess", "flow", "flow_id_length", {"length": "33"}),
        (FLOW_ID[:-1] + "!", "essbasic", "flow", "flow_id_characters", {"bad": "!"}),
        ("1" * 40, "ess", "flow", "flow_id_length", {"length": "40"}),
        (ORDER_NO + "-1", "kyc", "order", "order_no_characters", {"bad": "-"}),
        ("1" * 33, "kyc", "order", "order_no_length", {"length": "33"}),
        ("订单", "kyc", "order", "order_no_characters", {"bad": "订"}),
    ],
)
def test_what_is_wrong_with_an_id_is_said(
    pasted: str, kind: str | None, what: str, problem: str, params: dict[str, str]
) -> None:
    found = recognise(pasted, kind)
    assert (found.what, code_of(found)) == (what, problem)
    assert found.problem is not None
    assert found.problem.params == params
    assert pasted in ids_of(found)


def test_a_short_order_that_begins_like_a_contract_is_an_order_for_kyc() -> None:
    assert recognise("yD2026", "kyc") == Recognised("order", order_no="yD2026", reason="recognised.order")


@pytest.mark.parametrize("pasted", ["", "  ", "\n\t\r\n", "\u200b\ufeff", "　"])
def test_nothing_is_empty(pasted: str) -> None:
    assert recognise(pasted, "kyc").what == recognise(pasted, None).what == "empty"
    assert code_of(recognise(pasted, "kyc")) == "order_no_empty"
    assert code_of(recognise(pasted, "ess")) == code_of(recognise(pasted, None)) == "flow_id_empty"


# --- cleaned -----------------------------------------------------------------------------------------------------


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize(
    "pasted",
    [
        f" {FLOW_ID} ", f"{FLOW_ID}\n", f"\t{FLOW_ID}\r\n", full_width(FLOW_ID), f"{FLOW_ID[:9]}\u200b{FLOW_ID[9:]}",
        f"\ufeff{FLOW_ID}", f"{FLOW_ID[:16]} {FLOW_ID[16:]}", f"{FLOW_ID[:20]}\n{FLOW_ID[20:]}",
        f"{FLOW_ID[:2]}\r\n{FLOW_ID[2:30]}\r\n{FLOW_ID[30:]}", f"“{FLOW_ID}”", f"'{FLOW_ID}", f"{FLOW_ID},",
        f"{FLOW_ID[:9]}\u202e{FLOW_ID[9:]}", f"{FLOW_ID}；", f"（{FLOW_ID}）", f"{FLOW_ID}\n{FLOW_ID}",
        f"合同{FLOW_ID}已签署", f"see {FLOW_ID} please", f"张三\t{FLOW_ID}\t2026-03-05", f"{FLOW_ID} 99",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [None, "ess", "kyc"])
def test_a_flow_id_is_cleaned_visibly(pasted: str, kind: str | None) -> None:
    assert recognise(pasted, kind) == Recognised("flow", flow_id=FLOW_ID, changed=True, reason="recognised.flow")


@pytest.mark.parametrize(
    "pasted",
    [
        f" {ORDER_NO}", full_width(ORDER_NO), f"{ORDER_NO}\r\n", f"1617 {ORDER_NO[4:]}", f"'{ORDER_NO}",
        f"{ORDER_NO}\t2026-03-05 10:00", f"{ORDER_NO}, 张三", f"\u2060{ORDER_NO}\n\n{ORDER_NO}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [None, "ess", "kyc"])
def test_an_order_number_is_cleaned_visibly(pasted: str, kind: str | None) -> None:
    assert recognise(pasted, kind) == Recognised("order", order_no=ORDER_NO, changed=True, reason="recognised.order")


def test_32_letters_broken_over_lines_are_one_id_for_contracts_and_two_orders_for_kyc() -> None:
    pasted = f"{LONG_ORDER[:16]}\n{LONG_ORDER[16:30]}ZZ"
    whole = pasted.replace("\n", "")
    assert recognise(pasted, "ess") == Recognised("flow", whole, None, None, True, "recognised.flow_by_kind")
    assert recognise(pasted, "kyc").what == recognise(pasted, None).what == "several"


# --- links and labels --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_callback_holds_an_order(kind: str | None) -> None:
    for link in (
        CALLBACK,
        f"https://login.example/?next={quote(CALLBACK, '')}",
        CALLBACK.replace("orderNo", "ORDERNO"),
    ):
        found = recognise(link, kind)
        assert found == Recognised("order", order_no=ORDER_NO, changed=True, reason="recognised.order_from_url")
    twice = f"https://a.example/?to={quote('https://b.example/?to=' + quote(CALLBACK, ''), '')}"
    assert recognise(twice, kind).order_no == ORDER_NO


@pytest.mark.parametrize("kind", KINDS)
def test_a_signing_link_holds_flow_and_signer(kind: str | None) -> None:
    for link in (SIGNING, SIGNING.replace("flowId", "FlowId"), SIGNING.replace("flowId", "flow_id")):
        found = recognise(link, kind)
        assert found == Recognised(
            "flow_and_signer", FLOW_ID, SIGN_ID, None, True, "recognised.flow_and_signer_from_url"
        )
    only = recognise(SIGNING.replace(f"&signId={SIGN_ID}", ""), kind)
    assert only == Recognised("flow", FLOW_ID, None, None, True, "recognised.flow_from_url")


def test_a_signer_alone_needs_a_flow() -> None:
    found = recognise(f"https://sign.example/?signId={SIGN_ID}", "ess")
    assert (found.what, found.sign_id, found.reason) == ("signer", SIGN_ID, "recognised.signer_from_url")
    assert code_of(found) == "sign_id_alone"
    assert code_of(recognise("SignId: yD", "ess")) == "sign_id_length"


@pytest.mark.parametrize(
    ("pasted", "what", "ids"),
    [
        (f"FlowId: {FLOW_ID}", "flow", (FLOW_ID, None, None)),
        (f"flow id：{FLOW_ID}，SIGN_ID＝{SIGN_ID}", "flow_and_signer", (FLOW_ID, SIGN_ID, None)),
        (json.dumps({"FlowId": FLOW_ID, "SignId": SIGN_ID}, indent=1), "flow_and_signer", (FLOW_ID, SIGN_ID, None)),
        (json.dumps({"Operator": {"UserId": OTHER_FLOW}, "FlowId": FLOW_ID}), "flow", (FLOW_ID, None, None)),
        (f"SignId={SIGN_ID}", "signer", (None, SIGN_ID, None)),
        (f"订单号：{ORDER_NO}", "order", (None, None, ORDER_NO)),
        (f"Order No.: {ORDER_NO} (paid)", "order", (None, None, ORDER_NO)),
        (f"{{'orderNo': '{ORDER_NO}'}}", "order", (None, None, ORDER_NO)),
        (f"shop.example/cb?code=0&orderNo={ORDER_NO}", "order", (None, None, ORDER_NO)),
    ],
)
def test_an_id_is_found_by_its_name(pasted: str, what: str, ids: tuple[str | None, str | None, str | None]) -> None:
    found = recognise(pasted, None)
    assert (found.what, ids_of(found), found.changed) == (what, ids, True)
    assert found.reason == f"recognised.{what}_named"


def test_of_a_contract_and_an_order_the_profile_decides() -> None:
    pasted = f"orderNo={ORDER_NO}; flowId={FLOW_ID}"
    assert (recognise(pasted, "kyc").what, recognise(pasted, "ess").what) == ("order", "flow")
    assert recognise(pasted, None).what == "flow"


@pytest.mark.parametrize(
    ("pasted", "what", "problem"),
    [
        ("https://shop.example/?orderNo=a-b", "order", "order_no_characters"),
        ("https://shop.example/?orderNo=" + "1" * 33, "order", "order_no_length"),
        ("https://sign.example/?flowId=yD1", "flow", "flow_id_length"),
        (f"https://sign.example/?flowId={FLOW_ID}&signId=yD1", "flow_and_signer", "sign_id_length"),
    ],
)
def test_a_malformed_id_in_a_link_is_said(pasted: str, what: str, problem: str) -> None:
    found = recognise(pasted, None)
    assert (found.what, code_of(found)) == (what, problem)


@pytest.mark.parametrize(
    "pasted",
    [
        "https://shop.example/", f"https://sign.example/{FLOW_ID}", "https://shop.example/?orderNo=&code=0",
        f"https://shop.example/?subOrderNo={ORDER_NO}",
    ],
)  # fmt: skip
def test_a_link_without_a_named_id_is_not_guessed_at(pasted: str) -> None:
    for kind in KINDS:
        assert recognise(pasted, kind).what == "unknown"
        assert code_of(recognise(pasted, kind)) == "not_recognised"


# --- several, and nothing known ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "count"),
    [
        (f"{FLOW_ID}\n{OTHER_FLOW}", 2),
        (f"{FLOW_ID} {OTHER_FLOW}", 2),
        (f"合同ID\t{FLOW_ID}\n合同ID\t{OTHER_FLOW}\n合同ID\t{FLOW_ID}", 2),
        (f"{ORDER_NO}\n{ORDER_NO[::-1]}\n12345", 3),
        (f"{ORDER_NO}\t{ORDER_NO[::-1]}", 2),
        (f"{ORDER_NO}，{ORDER_NO[::-1]}", 2),
        (f"orderNo={ORDER_NO}\norderNo=2\norderNo=3", 3),
        (f"flowId={FLOW_ID} flowId={OTHER_FLOW}", 2),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_several_ids_are_counted(pasted: str, count: int, kind: str | None) -> None:
    found = recognise(pasted, kind)
    assert (found.what, found.reason, code_of(found)) == ("several", "recognised.several", "several_ids")
    assert found.problem is not None
    assert found.problem.params == {"count": str(count)}
    assert ids_of(found) == (None, None, None)


def test_of_a_row_with_one_whole_id_contracts_take_that() -> None:
    found = recognise(f"{LONG_ORDER}\t99\tdone", "ess")
    assert (found.what, found.flow_id) == ("flow", LONG_ORDER)


@pytest.mark.parametrize("pasted", ["你好", "hello world!", "...", "a-b", "，，", "“”", "1" * 40, "（?）\n（!）"])
def test_what_is_nothing_is_unknown_without_a_profile(pasted: str) -> None:
    found = recognise(pasted, None)
    assert (found.what, found.reason, code_of(found)) == ("unknown", "recognised.unknown", "not_recognised")


# --- whatever is pasted ------------------------------------------------------------------------------------------

PARTS = [
    FLOW_ID, SIGN_ID, ORDER_NO, "yD", "orderNo=", "flowId:", "signId", "\n", "\t", " ", "，", "%25", "%", "://", "&",
    "\u200b", "\ufdfa", "\ud800", "ﬁ", "订单号", "'", '"', "=", "\x00", "é", "🙂", full_width("yD9"), "?", "#",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(300))
def test_it_never_raises_and_says_one_of_seven_things(seed: int) -> None:
    chance = random.Random(seed)
    pasted = "".join(chance.choices(PARTS, k=chance.randint(1, 30)))
    for kind in KINDS:
        found = recognise(pasted, kind)
        assert found.what in ("empty", "flow", "signer", "flow_and_signer", "order", "several", "unknown")
        assert found.reason.startswith("recognised.")
        assert isinstance(found.problem, UsageError | None)
        if found.problem is None:
            assert any(ids_of(found))
            assert all(text is None or (text.isascii() and text.isalnum()) for text in ids_of(found))
        if found.what in ("flow", "order"):
            assert found.changed == (pasted not in ids_of(found))


@pytest.mark.parametrize(
    "part",
    ["a", "1,", "yD", FLOW_ID, FLOW_ID + " ", "orderNo", "orderNo=", "flowId   ", "%25", "\ufdfa", "'", "\n", "://"],
)
def test_long_texts_take_no_time(part: str) -> None:
    pasted = (part * 10_000)[: 10 * MAX_PASTED]
    began = time.perf_counter()
    for kind in KINDS:
        recognise(pasted, kind)
    assert time.perf_counter() - began < 2
