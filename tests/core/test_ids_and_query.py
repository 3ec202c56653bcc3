"""The ids of the field: cleaned when pasted, refused with a reason when malformed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facevid_gui.core.errors import UsageError
from facevid_gui.core.ids import (
    CleanedId,
    check_flow_id,
    check_order_no,
    check_sign_id,
    clean_id,
    evidence_id_of,
    folder_name,
    is_capture_path,
    is_evidence_id,
    new_evidence_id,
)
from facevid_gui.core.query import Query
from tests.support.captures_samples import FLOW_ID, ORDER_NO, SIGN_ID
from tests.support.clocks import NOON


@pytest.mark.parametrize(
    "pasted",
    [
        f" {FLOW_ID}\n",
        f"\ufeff{FLOW_ID}",
        f"{FLOW_ID[:8]} {FLOW_ID[8:]}",
        f"{FLOW_ID[:8]}\u200b{FLOW_ID[8:]}",
        f"{FLOW_ID}\u00a0\u3000\u2028",
        "".join(chr(ord(letter) + 0xFEE0) for letter in FLOW_ID),
    ],
    ids=["blanks", "mark", "inner blank", "invisible", "odd blanks", "full width"],
)
def test_a_pasted_id_is_cleaned_and_that_is_said(pasted: str) -> None:
    assert clean_id(pasted) == CleanedId(FLOW_ID, True)


def test_a_clean_id_stays_and_nothing_is_said() -> None:
    assert clean_id(FLOW_ID) == CleanedId(FLOW_ID, False)
    assert clean_id("yD-Cw") == CleanedId("yD-Cw", False)


@given(st.text(max_size=60))
def test_no_blank_and_nothing_invisible_is_left_in_a_cleaned_id(pasted: str) -> None:
    cleaned = clean_id(pasted)
    assert cleaned.changed == (cleaned.text != pasted)
    assert cleaned.text == "".join(cleaned.text.split())
    assert not set(cleaned.text) & set("\u200b\u200d\u202e\ufeff\x00\x1b\x7f")


@pytest.mark.parametrize(("check", "what"), [(check_flow_id, "flow_id"), (check_sign_id, "sign_id")])
def test_flow_and_sign_ids_have_32_letters_and_digits(check, what: str) -> None:
    assert check(FLOW_ID) == FLOW_ID
    for text, code, value in (
        ("", "empty", {}),
        (FLOW_ID[:-1], "length", {"length": "31"}),
        (FLOW_ID + "a", "length", {"length": "33"}),
        (FLOW_ID[:-1] + "-", "characters", {"bad": "-"}),
        (FLOW_ID[:-1] + "é", "characters", {"bad": "é"}),
        (FLOW_ID[:-1] + "٣", "characters", {"bad": "٣"}),
        ("../" + FLOW_ID[3:], "characters", {"bad": "."}),
    ):
        with pytest.raises(UsageError) as caught:
            check(text)
        assert (caught.value.code, caught.value.params) == (f"{what}_{code}", value)


def test_order_numbers_have_one_to_32_letters_and_digits() -> None:
    for text in ("1", ORDER_NO, "a" * 32):
        assert check_order_no(text) == text
    for text, code in (("", "empty"), ("a" * 33, "length"), ("a_b", "characters"), ("订单1", "characters")):
        with pytest.raises(UsageError) as caught:
            check_order_no(text)
        assert caught.value.code == f"order_no_{code}"


@given(st.text(max_size=40))
def test_only_letters_and_digits_ever_pass(text: str) -> None:
    for check, form in ((check_flow_id, r"[A-Za-z0-9]{32}"), (check_order_no, r"[A-Za-z0-9]{1,32}")):
        try:
            assert check(text) == text
        except UsageError:
            assert not re.fullmatch(form, text)
        else:
            assert re.fullmatch(form, text)


def test_a_query_holds_checked_ids() -> None:
    assert Query.for_flow("ess", FLOW_ID, SIGN_ID) == Query("ess", flow_id=FLOW_ID, sign_id=SIGN_ID)
    assert Query.for_flow("essbasic", FLOW_ID, None) == Query("essbasic", flow_id=FLOW_ID)
    assert Query.for_order(ORDER_NO) == Query("kyc", order_no=ORDER_NO)
    with pytest.raises(UsageError, match="flow_id"):
        Query.for_flow("ess", "x", None)
    with pytest.raises(UsageError, match="order_no"):
        Query.for_order("")


def test_an_empty_sign_id_is_an_error_and_not_the_wish_for_any_signer() -> None:
    with pytest.raises(UsageError, match="sign_id_empty"):
        Query.for_flow("ess", FLOW_ID, "")


def test_evidence_ids_are_32_random_hex_digits() -> None:
    made = {new_evidence_id() for _ in range(50)}
    assert len(made) == 50
    assert all(is_evidence_id(text) for text in made)
    for text in ("", "0" * 31, "0" * 33, "A" * 32, "g" * 32, "0" * 32 + "\n", "٣" * 32):
        assert not is_evidence_id(text)


@pytest.mark.parametrize("kind", ["ess", "essbasic", "kyc"])
def test_a_folder_name_tells_time_kind_and_id_and_nothing_else(kind: str) -> None:
    name = folder_name(kind, "0123456789abcdef" * 2, NOON)
    assert name == f"fv-20260305T120000Z-{kind}-" + "0123456789abcdef" * 2
    assert evidence_id_of(name) == "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "name",
    ["", "fv-", "fv-20260305T120000Z-ess-0", "x" + folder_name("ess", "0" * 32, NOON),
     folder_name("ess", "0" * 32, NOON) + ".work", folder_name("other", "0" * 32, NOON),
     folder_name("ess", "0" * 32, NOON).replace("2026", "٢٠٢٦")],
)  # fmt: skip
def test_other_names_hold_no_evidence_id(name: str) -> None:
    assert evidence_id_of(name) is None


@pytest.mark.parametrize(
    "path", ["capture.json", "exchanges/01/response-body.bin", "media/nod-01.mp4", "media/video.bin", "a/b/c/d"]
)
def test_paths_of_a_capture_lead_into_it(path: str) -> None:
    assert is_capture_path(path)


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "media/../../x", "media/..", "media//x", "media/", "./x", ".hidden", "C:/x", "c:x",
     "media\\x", "media/x y", "media/X", "media/照片", "media/x\n", "a/b/c/d/e", "a" * 62],
)  # fmt: skip
def test_paths_that_lead_elsewhere_are_none_of_a_capture(path: str) -> None:
    assert not is_capture_path(path)
